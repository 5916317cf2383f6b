"""What can be asked next, with what an answer says? Links for generated requests, by the operation that answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Link:
    """`target` takes its path parameters, and its body where one is given, from the answer or its request.

    Values are OpenAPI's runtime expressions, such as `$response.body#/session/id`.
    """

    target: str
    parameters: dict[str, str]
    body: dict[str, str] | None = None

    def as_document(self) -> dict[str, Any]:
        """The link as OpenAPI writes it."""
        document: dict[str, Any] = {"operationId": self.target}
        if self.parameters:
            document["parameters"] = self.parameters
        if self.body is not None:
            document["requestBody"] = self.body
        return document


def _to(name: str, value: str, *targets: str) -> tuple[Link, ...]:
    return tuple(Link(target, {name: value}) for target in targets)


def _answer(pointer: str) -> str:
    return f"$response.body#/{pointer}"


def _asked(*names: str) -> dict[str, str]:
    return {name: f"$request.body#/{name}" for name in names}


_TOKENS = (
    Link("refresh", {}, {"refreshToken": _answer("refreshToken")}),
    Link("logout", {}, {"refreshToken": _answer("refreshToken")}),
    *_to("userId", _answer("user/id"), "getUser", "getUserKycHistory"),
)
_OWN_APPLICATION = (
    "getMyApplicationJourney",
    "listMyApplicationDocuments",
    "createApplicationDocumentUploadUrl",
    "acceptOffer",
    "declineOffer",
)
_STAFF_APPLICATION = (
    "adminGetApplication",
    "adminGetApplicationJourney",
    "adminListApplicationDocuments",
    "adminChangeApplicationStatus",
)
_SESSION = _answer("session/id")
_REVIEW = (
    Link("reviewKycSession", {}, {"sessionId": _SESSION, "decision": "VERIFIED"}),
    Link("claimKycSession", {}, {"sessionId": _SESSION}),
    *_to("caseId", _SESSION, "actOnCase"),
)
_FILE = ("documentType", "fileName", "contentType", "contentLength", "checksumSha256")
_CLAIM = _to("claimId", _answer("claim/id"), "renewKycClaim", "releaseKycClaim")

LINKS: dict[str, tuple[Link, ...]] = {
    "register": (
        *_TOKENS,
        Link("verifyEmail", {}, {"email": _answer("user/email"), "code": _answer("emailVerification/developmentCode")}),
        Link("resendVerificationCode", {}, {"email": _answer("user/email")}),
    ),
    "login": _TOKENS,
    "refresh": _TOKENS,
    "listJobs": (
        *_to("jobId", _answer("items/0/id"), "getJob", "applyToJob", "unsaveJob"),
        Link("saveJob", {}, {"jobId": _answer("items/0/id")}),
    ),
    "getJob": (
        *_to("jobId", _answer("job/id"), "applyToJob"),
        Link("saveJob", {}, {"jobId": _answer("job/id")}),
    ),
    "saveJob": _to("jobId", _answer("jobId"), "unsaveJob", "getJob"),
    "listSavedJobs": _to("jobId", _answer("items/0/id"), "unsaveJob"),
    "listPosts": (Link("savePost", {}, {"postId": _answer("items/0/id")}),),
    "savePost": _to("postId", _answer("postId"), "unsavePost"),
    "listSavedPosts": _to("postId", _answer("items/0/id"), "unsavePost"),
    "applyToJob": _to("applicationId", _answer("application/id"), *_OWN_APPLICATION, *_STAFF_APPLICATION),
    "listMyApplications": _to("applicationId", _answer("items/0/id"), *_OWN_APPLICATION),
    "createApplicationDocumentUploadUrl": (
        Link(
            "addApplicationDocument",
            {"applicationId": _answer("applicationId")},
            {**_asked(*_FILE), "objectKey": _answer("upload/objectKey")},
        ),
    ),
    "addApplicationDocument": (
        *_to("documentId", _answer("document/id"), "adminPreviewApplicationDocument"),
        Link(
            "adminReviewApplicationDocument",
            {"applicationId": _answer("applicationId"), "documentId": _answer("document/id")},
        ),
    ),
    "adminListApplications": _to("applicationId", _answer("items/0/application/id"), *_STAFF_APPLICATION),
    "adminListApplicationDocuments": _to("documentId", _answer("items/0/id"), "adminPreviewApplicationDocument"),
    "startKycSession": (
        *_to("sessionId", _SESSION, "submitKycSession", "mergeKycProviderMetadata"),
        Link("receiveProviderWebhook", {}, {"sessionId": _SESSION}),
    ),
    "createKycUploadUrl": (
        Link(
            "addKycDocument",
            {},
            {
                **_asked("documentType", "checksumSha256"),
                "sessionId": _SESSION,
                "objectKey": _answer("upload/objectKey"),
            },
        ),
    ),
    "addKycDocument": (
        *_to("sessionId", _SESSION, "submitKycSession"),
        *_to("documentId", _answer("document/id"), "previewKycDocument"),
    ),
    "submitKycSession": _REVIEW,
    "listKycReviewQueue": (
        *_to("userId", _answer("items/0/user/id"), "getUserKycHistory", "getUserProfile"),
        *_to("documentId", _answer("items/0/documents/0/id"), "previewKycDocument"),
        Link("claimKycSession", {}, {"sessionId": _answer("items/0/session/id")}),
    ),
    "listCases": _to("caseId", _answer("items/0/session/id"), "actOnCase"),
    "claimKycSession": (
        *_CLAIM,
        Link("reviewKycSession", {}, {"sessionId": _answer("claim/sessionId"), "decision": "MANUAL_REVIEW"}),
    ),
    "renewKycClaim": _CLAIM,
    "createOrganization": _to(
        "orgId",
        _answer("id"),
        "submitOrganizationVerification",
        "getOrganizationVerification",
        "decideOrganizationVerification",
    ),
    "submitOrganizationVerification": _to(
        "orgId", _answer("orgId"), "getOrganizationVerification", "decideOrganizationVerification"
    ),
    "listOrganizations": _to("orgId", _answer("items/0/organization/id"), "decideOrganizationVerification"),
    "createUser": _to("userId", _answer("user/id"), "getUser", "changeUser", "getUserProfile", "getUserKycHistory"),
    "listUsers": _to("userId", _answer("items/0/id"), "getUser", "changeUser", "getUserProfile", "getUserKycHistory"),
}


def links_of(operation_id: str) -> dict[str, Any]:
    """The links of the operation's good answers, by name; empty when there are none."""
    return {link.target: link.as_document() for link in LINKS.get(operation_id, ())}
