"""What does a candidate do, from sign-up to the final request, and what must the server answer?"""

import json
import secrets
import time
import uuid
from typing import Any
from urllib.parse import quote

from service.tools.smoke.files import UploadFile, jpeg, pdf
from service.tools.smoke.signing import webhook_headers
from service.tools.smoke.walk import Skipped, Steps, Walk, expect

ANY_TEXT = "no.token"

SIGN_UP = Steps()
JOURNEY = Steps()
IDENTITY = Steps()
FAREWELL = Steps()


@SIGN_UP.step("health", "GET /health", base=True)
async def check_health(walk: Walk) -> None:
    await walk.api.call("GET", "/health")
    await walk.api.call("GET", "/v1/health")


@SIGN_UP.step("readiness", "GET /health/ready", base=True)
async def check_readiness(walk: Walk) -> None:
    await walk.api.call("GET", "/health/ready")


@SIGN_UP.step("unknown addresses are 404", base=True)
async def check_unknown_addresses(walk: Walk) -> None:
    for method, path in (
        ("GET", f"/nothing-{walk.run_id}"),
        ("GET", "/v1"),
        ("GET", "/v1/v1/jobs"),
        ("GET", "/jobs/"),
        ("PUT", "/jobs"),
        ("GET", f"/admin/nothing-{walk.run_id}"),
    ):
        await walk.api.call(method, path, expect=404, code="not_found")


@SIGN_UP.step("preflight", base=True)
async def check_preflight(walk: Walk) -> None:
    await walk.api.call("OPTIONS", "/jobs", expect=204)
    await walk.api.call("OPTIONS", f"/nothing-{walk.run_id}", expect=204)


@SIGN_UP.step("account page", "GET /account", "GET /account/password", "GET /account/deletion")
async def read_account_page(walk: Walk) -> None:
    for language in ("en", "id"):
        for path in ("/account", "/account/password", "/v1/account/deletion"):
            page = await walk.api.page(path, language=language)
            expect(f'<html lang="{language}">' in page, "a page is in another language")
            expect("<script" not in page, "a page holds a script")
            expect(('<form id="form" method="post"' in page) is not path.endswith("/account"), "a form is missing")


@SIGN_UP.step("register candidate", "POST /auth/register", base=True)
async def register(walk: Walk) -> None:
    account = {"fullName": "Smoke Candidate", "email": walk.email, "password": walk.password}
    answer = await walk.api.call("POST", "/v1/auth/register", body=account, expect=201)
    keep_tokens(walk, answer)
    walk.user_id = answer["user"]["id"]
    walk.development_code = str(answer["emailVerification"].get("developmentCode") or "")
    expect(answer["user"]["email"] == walk.email, "the answer names another address")
    expect(not answer["user"]["emailVerified"], "a fresh address is already verified")
    await walk.api.call("POST", "/auth/register", body=account, expect=409, code="email_exists")
    await walk.api.call("POST", "/auth/register", raw=b"{", expect=400, code="invalid_request_body")


@SIGN_UP.step("own account", "GET /auth/me", base=True)
async def read_me(walk: Walk) -> None:
    answer = await walk.call("GET", "/v1/auth/me")
    expect(answer["user"]["id"] == walk.user_id, "the token belongs to another account")
    await walk.api.call("GET", "/auth/me", expect=401, code="missing_access_token")
    await walk.api.call("GET", "/auth/me", token=ANY_TEXT, expect=401, code="invalid_access_token")


@SIGN_UP.step("verify e-mail", "POST /auth/email-verification/verify", base=True)
async def verify_email(walk: Walk) -> None:
    code = walk.options.email_code or walk.development_code
    if not code:
        raise Skipped("the code is not known (SMOKE_EMAIL_CODE)")
    answer = await walk.api.call(
        "POST",
        "/v1/auth/email-verification/verify",
        body={"email": walk.email, "code": code},
    )
    expect(not answer["alreadyVerified"], "the address was verified before its code was sent")
    me = await walk.call("GET", "/auth/me")
    expect(me["user"]["emailVerified"] and me["user"]["emailVerifiedAt"], "the account is not verified afterwards")


@SIGN_UP.step("resend to a verified address", "POST /auth/email-verification/resend", base=True)
async def resend_code(walk: Walk) -> None:
    me = await walk.call("GET", "/auth/me")
    if not me["user"]["emailVerified"]:
        raise Skipped("the address is not verified")
    answer = await walk.api.call("POST", "/auth/email-verification/resend", body={"email": walk.email})
    expect(answer["verified"] and answer.get("alreadyVerified", False), "the answer does not say that it is verified")


@SIGN_UP.step("log in", "POST /auth/login", base=True)
async def log_in(walk: Walk) -> None:
    # One app sends `email`, the other `identifier` together with whatever token it still holds.
    answer = await walk.api.call("POST", "/v1/auth/login", body={"email": walk.email, "password": walk.password})
    keep_tokens(walk, answer)
    await walk.api.call(
        "POST",
        "/v1/auth/login",
        body={"identifier": walk.email.upper(), "password": walk.password},
        token=ANY_TEXT,
    )
    await walk.api.call(
        "POST",
        "/auth/login",
        body={"email": walk.email, "password": walk.password + " "},
        expect=401,
        code="invalid_credentials",
    )


@SIGN_UP.step("refresh, and again with the same token", "POST /auth/refresh", base=True)
async def refresh(walk: Walk) -> None:
    used = walk.refresh_token
    answer = await walk.api.call("POST", "/v1/auth/refresh", body={"refreshToken": used})
    expect(answer["refreshToken"] != used, "the refresh token did not change")
    keep_tokens(walk, answer)
    if walk.options.has_refresh_grace:
        # The reply got lost on the way: the app asks again and must not be logged out.
        again = await walk.api.call("POST", "/v1/auth/refresh", body={"refreshToken": used})
        expect(again["refreshToken"] == walk.refresh_token, "the repeated refresh gave another successor")
        keep_tokens(walk, again)
    else:
        await walk.api.call(
            "POST", "/auth/refresh", body={"refreshToken": used}, expect=401, code="invalid_refresh_token"
        )
    await walk.api.call("POST", "/auth/refresh", expect=400, code="invalid_refresh_token")
    await walk.call("GET", "/auth/me")


@SIGN_UP.step(
    "ask for a new password",
    "POST /auth/password-reset",
    "POST /auth/password-reset/confirm",
)
async def ask_for_reset(walk: Walk) -> None:
    known = await walk.api.call("POST", "/v1/auth/password-reset", body={"email": walk.email}, expect=202)
    stranger = {"email": f"nobody-{walk.run_id}@example.com"}
    unknown = await walk.api.call("POST", "/auth/password-reset", body=stranger, expect=202)
    expect(known.keys() == unknown.keys(), "the answer tells who has an account")
    # A code that was never sent; the one in a million that is right would set the password that is there.
    await walk.api.call(
        "POST",
        "/auth/password-reset/confirm",
        body={"email": stranger["email"], "code": "000000", "newPassword": walk.password},
        expect=400,
        code="verification_code_invalid",
    )


@SIGN_UP.step("change the password", "POST /users/me/password")
async def change_password(walk: Walk) -> None:
    fresh = secrets.token_urlsafe(18)
    await walk.call(
        "POST",
        "/users/me/password",
        body={"currentPassword": fresh, "newPassword": fresh},
        expect=400,
        code="invalid_current_password",
    )
    body = {"currentPassword": walk.password, "newPassword": fresh}
    await walk.call("POST", "/v1/users/me/password", body=body, expect=204)
    old = {"email": walk.email, "password": walk.password}
    await walk.api.call("POST", "/auth/login", body=old, expect=401, code="invalid_credentials")
    walk.password = fresh


@SIGN_UP.step("see and end sign-ins", "GET /users/me/sessions")
async def see_sign_ins(walk: Walk) -> None:
    other = await walk.api.call("POST", "/auth/login", body={"email": walk.email, "password": walk.password})
    seen = (await walk.call("GET", "/v1/users/me/sessions"))["items"]
    expect([one["current"] for one in seen].count(True) == 1, "not exactly one sign-in is the present one")
    theirs = await walk.api.call("GET", "/users/me/sessions", token=other["accessToken"])
    other_id = next(one["id"] for one in theirs["items"] if one["current"])
    expect(other_id in [one["id"] for one in seen], "a sign-in is missing in the list")
    await walk.call("DELETE", f"/v1/users/me/sessions/{other_id}", expect=204)
    await walk.api.call("GET", "/auth/me", token=other["accessToken"], expect=401, code="invalid_access_token")
    await walk.call("DELETE", f"/users/me/sessions/{other_id}", expect=404, code="sign_in_not_found")
    await walk.call("DELETE", "/users/me/sessions", expect=204)
    await walk.call("GET", "/auth/me")


@SIGN_UP.step("jobs without an account", "GET /jobs", base=True)
async def list_jobs_anonymously(walk: Walk) -> None:
    answer = await walk.api.call("GET", "/v1/jobs")
    walk.jobs, walk.jobs_total = answer["items"], answer["pageInfo"]["total"]
    viewer = {"authenticated": False, "saved": False, "canApply": False, "applyCta": "LOGIN_TO_APPLY"}
    expect(all(job["viewerState"] == viewer for job in walk.jobs), "viewerState is not that of a visitor")
    expect(
        answer["pageInfo"]["limit"] == 20 and answer["pageInfo"]["cursor"] == "0", "the default page is not 20 from 0"
    )


@SIGN_UP.step("jobs with an account", "GET /jobs", base=True)
async def list_jobs(walk: Walk) -> None:
    answer = await walk.call("GET", "/v1/jobs")
    viewer = {"authenticated": True, "saved": False, "canApply": True, "applyCta": "APPLY"}
    expect(all(job["viewerState"] == viewer for job in answer["items"]), "viewerState is not that of a candidate")
    await walk.api.call("GET", "/jobs", token=ANY_TEXT, expect=401, code="invalid_access_token")


@SIGN_UP.step("search jobs", "GET /jobs", base=True)
async def search_jobs(walk: Walk) -> None:
    title = walk.first_job()["title"]
    found = await walk.call("GET", f"/jobs?q={quote(title.upper())}")
    expect(found["pageInfo"]["total"] >= 1 and found["items"], "a job is not found by its own title")
    nothing = await walk.call("GET", f"/jobs?q={quote('%_' + walk.run_id)}")
    expect(nothing["items"] == [] and nothing["pageInfo"]["total"] == 0, "percent and underscore act as wildcards")
    kinds = await walk.call("GET", "/jobs?employmentType=full_time&visaSponsored=TRUE")
    wanted = {("FULL_TIME", True)}
    expect(
        {(job["employmentType"], job["visaSponsorship"]) for job in kinds["items"]} <= wanted, "filters do not filter"
    )
    await walk.call("GET", "/jobs?employmentType=sometimes", expect=400, code="invalid_employment_type")


@SIGN_UP.step("pages of jobs", "GET /jobs", base=True)
async def page_jobs(walk: Walk) -> None:
    if walk.jobs_total < 3:
        raise Skipped("the server shows fewer than three jobs")
    first = await walk.call("GET", "/jobs?limit=2")
    expect(first["pageInfo"]["nextCursor"] == "2", "nextCursor of the first two is not the text 2")
    second = await walk.call("GET", "/jobs?limit=2&cursor=2")
    expect(ids(first["items"]).isdisjoint(ids(second["items"])), "two pages share a job")
    after = first["pageInfo"].get("after")
    if after is not None:
        by_key = await walk.call("GET", f"/jobs?limit=2&after={quote(after)}")
        expect(ids(by_key["items"]) == ids(second["items"]), "after and cursor disagree about the second page")
    past = await walk.call("GET", "/jobs?cursor=1000000")
    expect(past["items"] == [] and past["pageInfo"]["nextCursor"] is None, "a page past the end is not empty")
    await walk.call("GET", "/jobs?limit=51", expect=400, code="invalid_limit")
    await walk.call("GET", "/jobs?cursor=x&limit=x", expect=400, code="invalid_cursor")


@SIGN_UP.step("one job", "GET /jobs/{}", base=True)
async def read_job(walk: Walk) -> None:
    job_id = walk.first_job()["id"]
    for token in (None, walk.access_token):
        answer = await walk.api.call("GET", f"/v1/jobs/{quote(job_id)}", token=token)
        expect(answer["job"]["id"] == job_id, "the answer is another job")
        expect(answer["viewerState"]["authenticated"] is (token is not None), "viewerState is somebody else's")


@SIGN_UP.step("unknown job", "GET /jobs/{}", base=True)
async def read_unknown_job(walk: Walk) -> None:
    await walk.call("GET", f"/v1/jobs/job_unknown_{walk.run_id}", expect=404, code="job_not_found")


@JOURNEY.step(
    "save and unsave a job",
    "GET /users/me/saved-jobs",
    "POST /users/me/saved-jobs",
    "DELETE /users/me/saved-jobs/{}",
)
async def save_job(walk: Walk) -> None:
    job_id = walk.first_job()["id"]
    saved = await walk.call("POST", "/v1/users/me/saved-jobs", body={"jobId": job_id})
    again = await walk.call("POST", "/v1/users/me/saved-jobs", body={"jobId": job_id})
    expect(saved["created"] and not again["created"], "created must be true once")
    items = (await walk.call("GET", "/v1/users/me/saved-jobs"))["items"]
    expect([job["id"] for job in items] == [job_id] and items[0]["viewerState"]["saved"], "the saved list is wrong")
    detail = await walk.call("GET", f"/v1/jobs/{quote(job_id)}")
    expect(detail["viewerState"]["saved"], "the job itself is not shown as saved")
    gone = await walk.call("DELETE", f"/v1/users/me/saved-jobs/{quote(job_id)}")
    repeat = await walk.call("DELETE", f"/v1/users/me/saved-jobs/{quote(job_id)}")
    expect(gone["removed"] and not repeat["removed"], "removed must be true once")
    await walk.call("POST", "/users/me/saved-jobs", expect=400, code="invalid_job_id")


@JOURNEY.step("feed", "GET /feed/posts")
async def list_posts(walk: Walk) -> None:
    answer = await walk.api.call("GET", "/v1/feed/posts")
    walk.posts = answer["items"]
    moments = [post["publishedAt"] for post in walk.posts]
    expect(moments == sorted(moments, reverse=True), "the newest post is not first")
    mine = await walk.call("GET", "/feed/posts?limit=1")
    expect(
        all(post["viewerState"]["authenticated"] for post in mine["items"]), "viewerState is not that of a candidate"
    )
    none = await walk.call("GET", f"/feed/posts?category=none-{walk.run_id}")
    expect(none["items"] == [], "an unknown category is not empty")


@JOURNEY.step(
    "save and unsave a post",
    "GET /feed/posts",
    "GET /users/me/saved-posts",
    "POST /users/me/saved-posts",
    "DELETE /users/me/saved-posts/{}",
)
async def save_post(walk: Walk) -> None:
    if not walk.posts:
        raise Skipped("the server shows no post")
    post_id = walk.posts[0]["id"]
    saved = await walk.call("POST", "/users/me/saved-posts", body={"postId": post_id})
    again = await walk.call("POST", "/users/me/saved-posts", body={"postId": post_id})
    expect(saved["created"] and not again["created"], "created must be true once")
    items = (await walk.call("GET", "/users/me/saved-posts"))["items"]
    expect([post["id"] for post in items] == [post_id], "the saved list is wrong")
    gone = await walk.call("DELETE", f"/users/me/saved-posts/{quote(post_id)}")
    repeat = await walk.call("DELETE", f"/users/me/saved-posts/{quote(post_id)}")
    expect(gone["removed"] and not repeat["removed"], "removed must be true once")


@JOURNEY.step("fresh profile", "GET /users/me/profile")
async def read_profile(walk: Walk) -> None:
    profile = (await walk.call("GET", "/users/me/profile"))["profile"]
    expect(profile["profileCompletionPercent"] == 40, "a fresh profile is not 40 per cent complete")
    expect(profile["verificationStatus"] == "NOT_STARTED", "a fresh profile has a verification")


@JOURNEY.step("change the profile", "PATCH /users/me/profile")
async def change_profile(walk: Walk) -> None:
    avatar = "https://example.com/smoke.png"
    changed = {"fullName": "  Smoke Candidate Two ", "avatarUrl": avatar}
    profile = (await walk.call("PATCH", "/users/me/profile", body=changed))["profile"]
    expect(profile["fullName"] == "Smoke Candidate Two" and profile["avatarUrl"] == avatar, "the change is not shown")
    await walk.call("PATCH", "/users/me/profile", expect=400, code="invalid_profile_update")


@JOURNEY.step("old address of the profile", "GET /trust/profile")
async def read_trust_profile(walk: Walk) -> None:
    await walk.call("GET", "/trust/profile")


@JOURNEY.step("apply, twice", "POST /jobs/{}/applications")
async def apply(walk: Walk) -> None:
    path = f"/v1/jobs/{quote(walk.first_job()['id'])}/applications"
    first = await walk.call("POST", path, body={"note": " Smoke "}, expect=201)
    expect(first["created"] and first["application"]["status"] == "SUBMITTED", "the application is not new")
    expect(first["application"]["note"] == "Smoke", "the note was not kept")
    # One app sends no body at all and says that it is JSON.
    again = await walk.call("POST", path, expect=200)
    expect(not again["created"] and again["application"]["id"] == first["application"]["id"], "applied twice")
    walk.application_id = first["application"]["id"]
    unknown = f"/jobs/job_unknown_{walk.run_id}/applications"
    await walk.call("POST", unknown, expect=404, code="job_not_found")


@JOURNEY.step("own applications", "POST /jobs/{}/applications", "GET /users/me/applications")
async def list_applications(walk: Walk) -> None:
    application_id = own_application(walk)
    for path in ("/v1/users/me/applications", "/users/me/applications?status=submitted"):
        items = (await walk.call("GET", path))["items"]
        expect([item["id"] for item in items] == [application_id], "the list is not the one application")
    await walk.call("GET", "/users/me/applications?status=lost", expect=400, code="invalid_application_status")


@JOURNEY.step("journey", "POST /jobs/{}/applications", "GET /users/me/applications/{}/journey")
async def read_journey(walk: Walk) -> None:
    path = f"/v1/users/me/applications/{own_application(walk)}/journey"
    events = (await walk.call("GET", path))["journey"]
    expect([event["status"] for event in events] == ["SUBMITTED"], "the journey is not the one event")
    expect(events[0]["description"] == "Smoke" and events[0]["actorType"] == "USER", "the event is not the candidate's")
    await walk.call("GET", f"/users/me/applications/{uuid.uuid4()}/journey", expect=404, code="application_not_found")


@JOURNEY.step(
    "upload a CV",
    "POST /jobs/{}/applications",
    "POST /users/me/applications/{}/documents/upload-url",
    "POST /users/me/applications/{}/documents",
    "GET /users/me/applications/{}/documents",
)
async def upload_cv(walk: Walk) -> None:
    application_id = own_application(walk)
    path = f"/v1/users/me/applications/{application_id}/documents"
    file = pdf("smoke cv.pdf", f"Smoke {walk.run_id}")
    fields = {**declared(file), "documentType": "CV"}
    upload = (await walk.call("POST", f"{path}/upload-url", body=fields, expect=201))["upload"]
    prefix = f"applications/{walk.user_id}/{application_id}/"
    expect(upload["objectKey"].startswith(prefix), "the object key is not below the application")
    await put(walk, upload, file)
    document = {**fields, "objectKey": upload["objectKey"]}
    added = await walk.call("POST", path, body=document, expect=201)
    expect(added["document"]["reviewStatus"] == "PENDING", "a new document is already reviewed")
    await walk.call("POST", path, body=document, expect=409, code="duplicate_application_document")
    foreign = {**document, "objectKey": f"applications/{uuid.uuid4()}/{application_id}/x.pdf"}
    await walk.call("POST", path, body=foreign, expect=403, code="invalid_object_key_ownership")
    listed = await walk.call("GET", path)
    expect(listed["total"] == 1 and listed["items"][0]["id"] == added["document"]["id"], "the document is not listed")


@JOURNEY.step("no offer yet", "POST /jobs/{}/applications", "POST /users/me/applications/{}/offer/accept")
async def accept_without_offer(walk: Walk) -> None:
    path = f"/users/me/applications/{own_application(walk)}/offer/accept"
    await walk.call("POST", path, expect=409, code="offer_not_available")


@IDENTITY.step("verification not started", "GET /identity/kyc/status", "GET /users/me/verification-documents")
async def read_fresh_status(walk: Walk) -> None:
    state = await walk.call("GET", "/v1/identity/kyc/status")
    expect((state["status"], state["session"]) == ("NOT_STARTED", None), "a fresh candidate has a verification")
    checklist = await walk.call("GET", "/users/me/verification-documents")
    rows = [(row["documentType"], row["status"]) for row in checklist["documents"]]
    expect(rows == [("PASSPORT", "MISSING"), ("SELFIE", "MISSING")], "the fresh checklist is wrong")


@IDENTITY.step("start verification", "POST /identity/kyc/sessions", "POST /identity/kyc/sessions/{}/submit")
async def start_verification(walk: Walk) -> None:
    answer = await walk.call("POST", "/v1/identity/kyc/sessions", body={"provider": "manual"}, expect=201)
    expect(answer["status"] == "IN_PROGRESS" and answer["session"]["status"] == "CREATED", "the session is not new")
    walk.kyc_session_id = answer["session"]["id"]
    path = f"/identity/kyc/sessions/{walk.kyc_session_id}/submit"
    await walk.call("POST", path, expect=409, code="kyc_session_incomplete")
    unknown = f"/identity/kyc/sessions/{uuid.uuid4()}/submit"
    await walk.call("POST", unknown, expect=404, code="kyc_session_not_found")


_UPLOAD_OPERATIONS = (
    "POST /identity/kyc/sessions",
    "POST /identity/kyc/sessions/{}/submit",
    "POST /identity/kyc/upload-url",
    "POST /identity/kyc/documents",
)


@IDENTITY.step("upload a passport", *_UPLOAD_OPERATIONS)
async def upload_passport(walk: Walk) -> None:
    file = jpeg("passport photo.jpg", f"passport {walk.run_id}")
    upload = await kyc_upload(walk, file, "PASSPORT")
    longer = await walk.api.upload(upload, file.data + b"\0", file.content_type)
    expect(400 <= longer < 500, f"the store took a longer file than declared ({longer})")
    await put(walk, upload, file)
    document = kyc_document(walk, file, "PASSPORT", upload["objectKey"])
    path = "/v1/identity/kyc/documents"
    added = await walk.call("POST", path, body=document, expect=201)
    expect(added["document"]["metadata"] == {"objectKey": upload["objectKey"], "side": "front"}, "metadata is wrong")
    await walk.call("POST", path, body=document, expect=409, code="duplicate_document")
    foreign = kyc_document(walk, file, "PASSPORT", f"kyc/{uuid.uuid4()}/{walk.kyc_session_id}/x.jpg")
    await walk.call("POST", path, body=foreign, expect=400, code="invalid_object_key")


@IDENTITY.step("submit verification, twice", *_UPLOAD_OPERATIONS)
async def submit_verification(walk: Walk) -> None:
    path = f"/v1/identity/kyc/sessions/{own_session(walk)}/submit"
    first = await walk.call("POST", path)
    # The body of this operation is never read.
    again = await walk.call("POST", path, raw=b"{not json")
    expect(first["session"]["status"] == "SUBMITTED", "the session is not submitted")
    expect(again["session"]["submittedAt"] == first["session"]["submittedAt"], "submittedAt did not keep its value")


@IDENTITY.step("verification status", *_UPLOAD_OPERATIONS, "GET /identity/kyc/status")
async def read_status(walk: Walk) -> None:
    state = await walk.call("GET", "/v1/identity/kyc/status")
    expect(state["status"] == "IN_PROGRESS" and state["session"] is not None, "the verification is not in progress")
    expect(state["session"]["id"] == own_session(walk), "the status is of another session")


@IDENTITY.step("verification history", *_UPLOAD_OPERATIONS, "GET /identity/kyc/history")
async def read_history(walk: Walk) -> None:
    events = (await walk.call("GET", "/identity/kyc/history"))["events"]
    steps = [(event["fromStatus"], event["toStatus"], event["reason"]) for event in events]
    wanted = [(None, "CREATED", "session_created"), ("CREATED", "SUBMITTED", "session_submitted")]
    expect(steps == wanted, "the history is not created, submitted")
    unknown = f"/identity/kyc/history?sessionId={uuid.uuid4()}"
    await walk.call("GET", unknown, expect=404, code="kyc_session_not_found")


@IDENTITY.step("provider metadata", "POST /identity/kyc/sessions", "POST /identity/kyc/sessions/{}/provider-metadata")
async def add_provider_metadata(walk: Walk) -> None:
    path = f"/identity/kyc/sessions/{own_session(walk)}/provider-metadata"
    body = {"providerRef": f"smoke-{walk.run_id}", "metadata": {"smoke": True, "finalVerification": {"id": "forged"}}}
    session = (await walk.call("POST", path, body=body))["session"]
    expect(session["providerRef"] == f"smoke-{walk.run_id}", "providerRef was not kept")
    expect(session["providerMetadata"] == {"smoke": True}, "the metadata is not what the candidate may set")
    await walk.call("POST", path, expect=400, code="invalid_provider_metadata")


@IDENTITY.step(
    "final request with one document, twice",
    *_UPLOAD_OPERATIONS,
    "POST /users/me/verification/final-request",
    "GET /users/me/profile",
)
async def request_final_verification(walk: Walk) -> None:
    path = "/users/me/verification/final-request"
    body = {"source": "smoke", "note": "Please check."}
    first = await walk.call("POST", path, body=body, expect=201)
    again = await walk.call("POST", path, expect=200)
    expect(first["created"] and not again["created"], "created must be true once")
    expect(first["request"]["documentsCount"] == 1, "documentsCount does not say one")
    expect(first["request"] == again["request"], "the repeated answer is another request")
    profile = (await walk.call("GET", "/users/me/profile"))["profile"]
    expect(profile["verification"]["finalRequest"] == first["request"], "the profile does not show the request")


@IDENTITY.step("upload a selfie", *_UPLOAD_OPERATIONS)
async def upload_selfie(walk: Walk) -> None:
    file = jpeg("selfie.jpg", f"selfie {walk.run_id}")
    upload = await kyc_upload(walk, file, "SELFIE")
    await put(walk, upload, file)
    document = kyc_document(walk, file, "SELFIE", upload["objectKey"])
    await walk.call("POST", "/identity/kyc/documents", body=document, expect=201)


@IDENTITY.step(
    "verification documents", *_UPLOAD_OPERATIONS, "GET /users/me/verification-documents", "GET /users/me/profile"
)
async def read_checklist(walk: Walk) -> None:
    checklist = await walk.call("GET", "/users/me/verification-documents")
    rows = [(row["documentType"], row["status"]) for row in checklist["documents"]]
    expect(rows == [("PASSPORT", "PENDING"), ("SELFIE", "PENDING")], "the checklist is wrong")
    expect(checklist["summary"]["allRequiredUploaded"], "the summary misses a document")
    profile = (await walk.call("GET", "/users/me/profile"))["profile"]
    expect(profile["profileCompletionPercent"] == 100, "a complete profile is not 100 per cent")


@IDENTITY.step(
    "provider webhook",
    "POST /identity/kyc/sessions",
    "POST /identity/kyc/provider-webhook",
    "GET /identity/kyc/status",
)
async def deliver_webhook(walk: Walk) -> None:
    secret = walk.options.webhook_secret
    if not secret:
        raise Skipped("the secret is not known (SMOKE_WEBHOOK_SECRET)")
    session_id = own_session(walk)
    key, now = f"smoke-{uuid.uuid4()}", int(time.time())
    payload = {"sessionId": session_id, "metadata": {"webhook": walk.run_id}}
    body = json.dumps(payload, indent=1).encode()
    headers = webhook_headers(secret, timestamp_sec=now, idempotency_key=key, body=body)
    path = "/identity/kyc/provider-webhook"
    forged = {**headers, "x-kyc-webhook-signature": "0" * 64}
    await walk.api.call("POST", path, raw=body, headers=forged, expect=403, code="invalid_webhook_signature")
    first = await walk.api.call("POST", path, raw=body, headers=headers, expect=202)
    expect(first["updated"] and not first["duplicate"], "the first delivery was not applied")
    again = await walk.api.call("POST", path, raw=body, headers=headers, expect=202)
    expect(again["duplicate"] and not again["updated"], "the second delivery is not a duplicate")
    other = body + b" "
    changed = webhook_headers(secret, timestamp_sec=now, idempotency_key=key, body=other)
    await walk.api.call("POST", path, raw=other, headers=changed, expect=409, code="idempotency_key_conflict")
    state = await walk.call("GET", "/identity/kyc/status")
    expect(state["session"]["providerMetadata"].get("webhook") == walk.run_id, "the delivery is not in the session")


@FAREWELL.step("ask for one's own data", "POST /users/me/export", "GET /users/me/export")
async def ask_for_data(walk: Walk) -> None:
    asked = await walk.call("POST", "/v1/users/me/export", expect=202)
    again = await walk.call("GET", "/users/me/export")
    expect(again["requestedAt"] == asked["requestedAt"], "another export is told of than was asked for")


@FAREWELL.step("log out", "POST /auth/logout", base=True)
async def log_out(walk: Walk) -> None:
    token = walk.refresh_token
    await walk.api.call("POST", "/v1/auth/logout", body={"refreshToken": token}, expect=204)
    await walk.api.call("POST", "/v1/auth/logout", body={"refreshToken": token}, expect=204)
    await walk.api.call("POST", "/v1/auth/logout", expect=204)
    await walk.api.call("POST", "/auth/refresh", body={"refreshToken": token}, expect=401, code="invalid_refresh_token")


@FAREWELL.step("leave, and stay after all", "POST /users/me/deletion", "DELETE /users/me/deletion")
async def leave(walk: Walk) -> None:
    sign_in = {"email": walk.email, "password": walk.password}
    token = (await walk.api.call("POST", "/auth/login", body=sign_in))["accessToken"]
    body = {"password": walk.password}
    asked = await walk.api.call("POST", "/v1/users/me/deletion", body=body, token=token, expect=202)
    await walk.api.call("GET", "/auth/me", token=token, expect=401, code="invalid_access_token")
    if asked["completeBy"] == asked["requestedAt"]:  # no days of grace: the worker may have begun
        return
    back = await walk.api.call("POST", "/auth/login", body=sign_in)
    expect(back["deletion"]["completeBy"] == asked["completeBy"], "the sign-in tells of another deletion")
    token = back["accessToken"]
    await walk.api.call("DELETE", "/v1/users/me/deletion", token=token, expect=204)
    await walk.api.call("DELETE", "/users/me/deletion", token=token, expect=409, code="deletion_not_requested")


def keep_tokens(walk: Walk, answer: Any) -> None:
    """The candidate uses these tokens from now on."""
    walk.access_token, walk.refresh_token = answer["accessToken"], answer["refreshToken"]


def ids(items: list[Any]) -> set[str]:
    """The ids of a page."""
    return {item["id"] for item in items}


def own_application(walk: Walk) -> str:
    """The id of the candidate's application. Raises Skipped when there is none."""
    if not walk.application_id:
        raise Skipped("there is no application")
    return walk.application_id


def own_session(walk: Walk) -> str:
    """The id of the candidate's verification session. Raises Skipped when there is none."""
    if not walk.kyc_session_id:
        raise Skipped("there is no verification session")
    return walk.kyc_session_id


def declared(file: UploadFile) -> dict[str, object]:
    """What a phone says about a file before it uploads it."""
    return {
        "fileName": file.name,
        "contentType": file.content_type,
        "contentLength": len(file.data),
        "checksumSha256": file.checksum_sha256,
    }


async def put(walk: Walk, upload: Any, file: UploadFile) -> None:
    """Upload the file; anything but 2xx fails the step."""
    status = await walk.api.upload(upload, file.data, file.content_type)
    expect(200 <= status < 300, f"the store refused the upload with status {status}")


async def kyc_upload(walk: Walk, file: UploadFile, document_type: str) -> Any:
    """Ask for the address of an identity document; returns the `upload` part of the answer."""
    session_id = own_session(walk)
    body = {**declared(file), "sessionId": session_id, "documentType": document_type}
    answer = await walk.call("POST", "/v1/identity/kyc/upload-url", body=body, expect=201)
    upload = answer["upload"]
    expect(upload["objectKey"].startswith(f"kyc/{walk.user_id}/{session_id}/"), "the key is not below the session")
    return upload


def kyc_document(walk: Walk, file: UploadFile, document_type: str, object_key: str) -> dict[str, object]:
    """The body that registers an identity document."""
    return {
        "sessionId": own_session(walk),
        "documentType": document_type,
        "objectKey": object_key,
        "checksumSha256": file.checksum_sha256,
        "metadata": {"side": "front"},
    }
