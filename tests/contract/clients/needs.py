"""Which fields do shipped apps fail without? By operation; `[]` steps into a list."""

from __future__ import annotations

TEXT, WHOLE, FLAG = "text", "whole number", "flag"

_PAGE = {"pageInfo.limit": WHOLE, "pageInfo.total": WHOLE}
_USER = {"user.id": TEXT, "user.fullName": TEXT, "user.email": TEXT}
_TOKENS = {"accessToken": TEXT, "refreshToken": TEXT, **_USER}
_CHALLENGE = {
    "email": TEXT,
    "required": FLAG,
    "verified": FLAG,
    "sent": FLAG,
    "expiresInSec": WHOLE,
    "resendAvailableInSec": WHOLE,
}
_JOB = {
    "id": TEXT,
    "title": TEXT,
    "employmentType": TEXT,
    "visaSponsorship": FLAG,
    "location.countryCode": TEXT,
    "location.city": TEXT,
    "location.displayLabel": TEXT,
    "employer.id": TEXT,
    "employer.name": TEXT,
    "employer.isVerifiedEmployer": FLAG,
}
_VIEWER = {
    "viewerState.authenticated": FLAG,
    "viewerState.saved": FLAG,
    "viewerState.canApply": FLAG,
    "viewerState.applyCta": TEXT,
}
_APPLICATION = {"id": TEXT, "jobId": TEXT, "status": TEXT, "createdAt": TEXT, "updatedAt": TEXT}
_PROFILE = {
    "profile.id": TEXT,
    "profile.fullName": TEXT,
    "profile.email": TEXT,
    "profile.trustScoreLabel": TEXT,
    "profile.verificationStatus": TEXT,
    "profile.profileCompletionPercent": WHOLE,
    "profile.verification.trustStatus": TEXT,
    "profile.verification.documentsUploaded": WHOLE,
    "profile.verification.requiredDocuments": WHOLE,
    "profile.verification.requiredDocumentsUploaded": WHOLE,
}
_SESSION = {"status": TEXT, "session.id": TEXT, "session.status": TEXT}
_UPLOAD = {
    "upload.objectKey": TEXT,
    "upload.uploadUrl": TEXT,
    "upload.method": TEXT,
    "upload.expiresAt": TEXT,
    "upload.headers{}": TEXT,
}
_POST_SAVED = {"saved": FLAG, "postId": TEXT}
_FILE = {
    **dict.fromkeys(
        (
            "id",
            "applicationId",
            "userId",
            "documentType",
            "fileName",
            "contentType",
            "checksumSha256",
            "reviewStatus",
            "createdAt",
            "updatedAt",
        ),
        TEXT,
    ),
    "contentLength": WHOLE,
}


def _under(prefix: str, fields: dict[str, str]) -> dict[str, str]:
    return {f"{prefix}.{name}": kind for name, kind in fields.items()}


NEEDS: dict[str, dict[str, str]] = {
    "login": _TOKENS,
    "refresh": _TOKENS,
    "register": {**_TOKENS, **_under("emailVerification", _CHALLENGE)},
    "getMe": _USER,
    "resendVerificationCode": _CHALLENGE,
    "verifyEmail": {"email": TEXT, "verified": FLAG, "alreadyVerified": FLAG},
    "listJobs": {**_under("items[]", {**_JOB, **_VIEWER}), **_PAGE, "pageInfo.cursor": TEXT},
    "listSavedJobs": {**_under("items[]", {**_JOB, **_VIEWER}), **_PAGE, "pageInfo.cursor": TEXT},
    "getJob": {**_under("job", _JOB), "job.description": TEXT, "job.requirements[]": TEXT, **_VIEWER},
    "applyToJob": {"created": FLAG, **_under("application", _APPLICATION), **_under("application.job", _JOB)},
    "listMyApplications": {
        **_under("items[]", _APPLICATION),
        **_under("items[].job", _JOB),
        **_PAGE,
        "pageInfo.cursor": TEXT,
    },
    "listPosts": {
        **_under("items[]", dict.fromkeys(("id", "title", "excerpt", "category", "author", "publishedAt"), TEXT)),
        "items[].viewerState.authenticated": FLAG,
        "items[].viewerState.saved": FLAG,
        **_PAGE,
        "pageInfo.cursor": TEXT,
    },
    "savePost": _POST_SAVED,
    "unsavePost": _POST_SAVED,
    "saveJob": {"saved": FLAG},
    "unsaveJob": {"saved": FLAG},
    "getProfile": _PROFILE,
    "changeProfile": _PROFILE,
    "getKycStatus": {"status": TEXT},
    "startKycSession": _SESSION,
    "submitKycSession": _SESSION,
    "createKycUploadUrl": {**_SESSION, **_UPLOAD},
    "addKycDocument": {
        **_SESSION,
        **_under(
            "document",
            dict.fromkeys(("id", "kycSessionId", "documentType", "fileUrl", "checksumSha256", "createdAt"), TEXT),
        ),
    },
    "createApplicationDocumentUploadUrl": {"applicationId": TEXT, **_UPLOAD},
    "addApplicationDocument": {"applicationId": TEXT, **_under("document", _FILE)},
    "listMyApplicationDocuments": {"total": WHOLE, **_under("items[]", _FILE)},
}
