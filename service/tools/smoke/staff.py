"""What do staff do with the smoke's candidate, and what does the candidate see of it?"""

import asyncio
import time
from typing import Any
from urllib.parse import quote

from service.tools.smoke.candidate import keep_tokens, own_application, own_session
from service.tools.smoke.http import StepFailed
from service.tools.smoke.walk import Skipped, Steps, Walk, expect

STAFF = Steps()

REVIEWER = "smoke@example.com"
# The worker reads uploaded bytes in the background; where a decision requires that, it may have to wait for it.
BYTES_WAIT_SECONDS = 60.0
QUEUE_PAGES = 5


@STAFF.step("staff sign in", "POST /auth/login")
async def sign_in(walk: Walk) -> None:
    need_staff(walk)
    if not walk.options.admin_email:
        raise Skipped("the staff key is used")
    credentials = {"email": walk.options.admin_email, "password": walk.options.admin_password}
    answer = await walk.api.call("POST", "/auth/login", body=credentials)
    walk.staff_token = answer["accessToken"]


@STAFF.step(
    "staff create, publish and delete a job",
    "POST /admin/jobs",
    "POST /admin/jobs/{}/publish",
    "DELETE /admin/jobs/{}",
    "GET /jobs/{}",
)
async def manage_job(walk: Walk) -> None:
    need_staff(walk)
    await walk.call("POST", "/admin/jobs", expect=(403,), code="insufficient_admin_role")
    body = {
        "title": f"Smoke {walk.run_id}",
        "employmentType": "FULL_TIME",
        "visaSponsorship": False,
        "description": "Made and deleted by the smoke.",
        "requirements": ["None at all"],
        "location": {
            "countryCode": "JP",
            "city": "Tokyo",
            "displayLabel": "Tokyo, JP",
            "latitude": 35.6762,
            "longitude": 139.6503,
        },
        "employer": {"id": "emp_smoke", "name": "Smoke Employer", "isVerifiedEmployer": False},
        "lifecycle": {"status": "DRAFT"},
    }
    job = (await walk.call_as_staff("POST", "/admin/jobs", body=body, expect=201))["job"]
    walk.staff_job_id = job["id"]
    expect(job["lifecycle"]["effectiveStatus"] == "DRAFT", "the draft is not a draft")
    path = f"/jobs/{quote(job['id'])}"
    await walk.call("GET", path, expect=404, code="job_not_found")
    await walk.call_as_staff("POST", f"/admin{path}/publish")
    await walk.call("GET", path)
    await walk.call_as_staff("DELETE", f"/admin{path}")
    walk.staff_job_id = ""
    await walk.call("GET", path, expect=404, code="job_not_found")


@STAFF.step("candidate is in the review queue", "GET /admin/kyc/review-queue", "POST /identity/kyc/sessions/{}/submit")
async def find_in_queue(walk: Walk) -> None:
    need_staff(walk)
    session_id = own_session(walk)
    for page in range(QUEUE_PAGES):
        path = f"/admin/kyc/review-queue?limit=100&cursor={page * 100}"
        items = (await walk.call_as_staff("GET", path))["items"]
        for item in items:
            if item["session"]["id"] == session_id:
                expect(item["documentCount"] == 2 and item["user"]["email"] == walk.email, "the item is not complete")
                walk.kyc_version = item["session"].get("version")  # servers of before have none
                return
        if len(items) < 100:
            break
    raise StepFailed("the submitted session is not in the queue")


@STAFF.step("staff claim the session", "POST /admin/kyc/claims", "POST /identity/kyc/sessions/{}/submit")
async def claim_session(walk: Walk) -> None:
    need_staff(walk)
    body = {"sessionId": own_session(walk), "reviewedBy": REVIEWER}
    await walk.call_as_staff("POST", "/admin/kyc/claims", body=body, expect=201)


@STAFF.step("staff verify the candidate", "POST /admin/kyc/review", "POST /identity/kyc/sessions/{}/submit")
async def verify_candidate(walk: Walk) -> None:
    need_staff(walk)
    body: dict[str, Any] = {"sessionId": own_session(walk), "decision": "VERIFIED", "reason": "smoke"}
    if walk.kyc_version is not None:  # what came after the submission was seen in the queue, also with the key
        body["version"] = walk.kyc_version
    if walk.staff_token is None:
        body["reviewedBy"] = REVIEWER
    answer = await decide(walk, body)
    expect(answer["status"] == "VERIFIED" and answer["session"]["reviewedAt"], "the session is not verified")
    await walk.call_as_staff("POST", "/admin/kyc/review", body=body, expect=409, code="kyc_session_locked")


@STAFF.step(
    "candidate is verified",
    "POST /admin/kyc/review",
    "POST /identity/kyc/sessions/{}/submit",
    "GET /identity/kyc/status",
    "GET /users/me/verification-documents",
)
async def see_verified(walk: Walk) -> None:
    need_staff(walk)
    session_id = own_session(walk)
    state = await walk.call("GET", "/identity/kyc/status")
    expect(state["status"] == "VERIFIED", "the candidate does not see the decision")
    checklist = await walk.call("GET", "/users/me/verification-documents")
    expect(checklist["summary"]["verifiedRequired"] == 2, "the checklist is not verified")
    path = f"/identity/kyc/sessions/{session_id}/submit"
    await walk.call("POST", path, expect=409, code="kyc_session_locked")


@STAFF.step("staff offer the job", "PATCH /admin/applications/{}/status", "POST /jobs/{}/applications")
async def offer_job(walk: Walk) -> None:
    need_staff(walk)
    path = f"/admin/applications/{own_application(walk)}/status"
    for status in ("IN_REVIEW", "OFFERED"):
        body = {"status": status, "updatedBy": REVIEWER}
        answer = await walk.call_as_staff("PATCH", path, body=body)
        expect(answer["application"]["status"] == status, "the status did not change")
    await walk.call_as_staff("PATCH", path, body={"status": "HIRED"}, expect=409, code="offer_decision_required")


@STAFF.step(
    "candidate accepts the offer",
    "PATCH /admin/applications/{}/status",
    "POST /jobs/{}/applications",
    "POST /users/me/applications/{}/offer/accept",
    "POST /users/me/applications/{}/offer/decline",
    "GET /users/me/applications/{}/journey",
)
async def accept_offer(walk: Walk) -> None:
    need_staff(walk)
    path = f"/users/me/applications/{own_application(walk)}"
    answer = await walk.call("POST", f"{path}/offer/accept", body={"reason": "Gladly"})
    expect(answer["decision"] == "ACCEPT" and answer["application"]["status"] == "HIRED", "the offer is not accepted")
    await walk.call("POST", f"{path}/offer/decline", expect=409, code="offer_not_available")
    events = (await walk.call("GET", f"{path}/journey"))["journey"]
    expect(
        [event["status"] for event in events] == ["SUBMITTED", "IN_REVIEW", "OFFERED", "HIRED"],
        "the journey is not submitted, in review, offered, hired",
    )


@STAFF.step(
    "staff suspend the candidate and let them in again",
    "POST /admin/users/{}/suspension",
    "DELETE /admin/users/{}/suspension",
    "DELETE /admin/users/{}/sessions",
)
async def suspend(walk: Walk) -> None:
    need_staff(walk)
    account = f"/admin/users/{walk.user_id}"
    body = {"reason": "smoke"}
    made = await walk.call_as_staff("POST", f"{account}/suspension", body=body, expect=(200, 403))
    if "error" in made:
        raise Skipped("these staff manage no accounts")
    again = await walk.call_as_staff("POST", f"{account}/suspension", body=body)
    expect(again == made, "a second suspension is another one")
    sign_in = {"email": walk.email, "password": walk.password}
    try:
        await walk.call("GET", "/auth/me", expect=401, code="invalid_access_token")
        await walk.api.call("POST", "/auth/login", body=sign_in, expect=403, code="account_suspended")
        wrong = sign_in | {"password": f"{walk.password}?"}
        await walk.api.call("POST", "/auth/login", body=wrong, expect=401, code="invalid_credentials")
        ended = {"refreshToken": walk.refresh_token}
        await walk.api.call("POST", "/auth/refresh", body=ended, expect=401, code="invalid_refresh_token")
    finally:
        await walk.call_as_staff("DELETE", f"{account}/suspension", expect=204)
    token = (await walk.api.call("POST", "/auth/login", body=sign_in))["accessToken"]
    await walk.call_as_staff("DELETE", f"{account}/sessions", expect=204)
    await walk.api.call("GET", "/auth/me", token=token, expect=401, code="invalid_access_token")
    keep_tokens(walk, await walk.api.call("POST", "/auth/login", body=sign_in))


async def clean_up(walk: Walk) -> None:
    """Delete the job that an interrupted staff half left; fails silently, the failure before it is what matters."""
    if not walk.staff_job_id:
        return
    try:
        await walk.call_as_staff("DELETE", f"/admin/jobs/{quote(walk.staff_job_id)}", expect=(200, 404))
    except StepFailed:
        return


def need_staff(walk: Walk) -> None:
    """Raise Skipped unless the operator gave a staff key or login."""
    if not walk.options.has_admin:
        raise Skipped("no staff key or login (SMOKE_ADMIN_KEY, or SMOKE_ADMIN_EMAIL and SMOKE_ADMIN_PASSWORD)")


async def decide(walk: Walk, body: dict[str, Any]) -> Any:
    """Review the session; while the server says that it has not read the documents yet, ask again each two seconds."""
    give_up_at = time.monotonic() + BYTES_WAIT_SECONDS
    while True:
        answer = await walk.call_as_staff("POST", "/admin/kyc/review", body=body, expect=(200, 409))
        if "error" not in answer:
            return answer
        code = answer["error"]["code"]
        if code != "documents_not_verified" or time.monotonic() > give_up_at:
            raise StepFailed(f"POST /admin/kyc/review: 409 {code}")
        await asyncio.sleep(2)
