"""A person with something in every table, and a search for what is left of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from tortoise.transactions import in_transaction

from service.adapters.object_storage import ObjectStorage
from service.audit.domain import audit
from service.auth import codes
from service.auth.codes import Purpose
from service.base.settings import Settings
from service.database import db
from service.evidence.domain import derived_key
from service.notices.domain import notify
from service.notices.models import NoticeKind
from tests.factories import (
    PASSWORD,
    Candidate,
    make_application,
    make_application_document,
    make_candidate,
    make_job,
    make_kyc_document,
    make_kyc_session,
    make_post,
)


@dataclass
class Person:
    """Somebody with everything; `secrets` are the texts that must be nowhere afterwards."""

    account: Candidate
    verification: str
    application: str
    document: str
    organization: str
    keys: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        return self.account.headers


async def make_person(settings: Settings, storage: ObjectStorage, *, roles: tuple[str, ...] = ("sdm",)) -> Person:
    """A person with rows in every table that can hold any, and files with several versions."""
    mark = uuid4().hex[:8]
    name = f'Wulan "{mark}" Pergi-Jauh'
    account = await make_candidate(
        settings, email=f"wulan-{mark}@mailbox.test", full_name=name, verified=True, roles=roles
    )
    files = [b"the bytes of a passport " + uuid4().bytes, b"the bytes of a letter " + uuid4().bytes]
    hashes = [hashlib.sha256(data).hexdigest() for data in files]
    voices = {voice: f"{voice} {uuid4()}" for voice in ("client", "server", "signed")}
    said: dict[str, Any] = {f"{voice}_metadata_json": f'{{"said": "{text}"}}' for voice, text in voices.items()}
    references: dict[str, Any] = {f"{voice}_provider_ref": f"{voice}-ref-{mark}" for voice in ("client", "signed")}
    verification = await make_kyc_session(account.id, status="SUBMITTED", **said, **references)
    passport_key = f"kyc/{account.id}/{verification}/passport.jpg"
    passport = await make_kyc_document(
        account.id, verification, checksum_sha256=hashes[0], metadata_json=f'{{"objectKey": "{passport_key}"}}'
    )
    application = await make_application(account.id, note=f"I am {name}")
    letter_key = f"applications/{account.id}/{application}/letter.pdf"
    letter = await make_application_document(
        account.id, application, object_key=letter_key, checksum_sha256=hashes[1], file_name=f"{name}.pdf"
    )
    loose = f"kyc/{account.id}/never-registered.png"
    keys = [passport_key, letter_key, loose, derived_key(passport), derived_key(letter)]
    for key in keys:
        for _ in range(2):
            await storage.write(key, files[0] if "passport" in key else files[1], content_type="image/png")
    job, post, organization = await make_job(), await make_post(), uuid4()
    for sql, *arguments in (
        ("INSERT INTO user_saved_jobs (id, user_id, job_id) VALUES (gen_random_uuid(), $1, $2)", account.id, job),
        ("INSERT INTO user_saved_posts (id, user_id, post_id) VALUES (gen_random_uuid(), $1, $2)", account.id, post),
        (
            "INSERT INTO organizations (id, owner_user_id, name, org_type, country_code)"
            " VALUES ($1, $2, 'Contoh Karya', 'LPK', 'ID')",
            organization,
            account.id,
        ),
        (
            "INSERT INTO organization_verifications (id, org_id, status, registration_number, legal_name,"
            " supporting_object_keys_json) VALUES (gen_random_uuid(), $1, 'PENDING', 'LPK-1', 'Contoh Karya', $2)",
            organization,
            [passport_key],
        ),
        (
            "INSERT INTO webhook_deliveries (id, idempotency_key, body, body_sha256, event_at, kyc_session_id, state)"
            " VALUES (gen_random_uuid(), $1, $2, $3, now(), $4, 'applied')",
            f"delivery-{uuid4()}",
            f'{{"metadata": {{"name": "{mark}"}}}}'.encode(),
            "0" * 64,
            verification,
        ),
        (
            "INSERT INTO background_tasks (id, kind, payload_json, run_at)"
            " VALUES (gen_random_uuid(), 'verify_document', $1, now() + interval '1 hour')",
            {"subject": "identity", "documentId": passport},
        ),
        (
            "INSERT INTO background_tasks (id, kind, payload_json, run_at)"
            " VALUES (gen_random_uuid(), 'send_verification_mail', $1, now() + interval '1 hour')",
            {"to": account.email, "code": "482913"},
        ),
        (
            "INSERT INTO kyc_claims (id, kyc_session_id, actor_id, reviewer, expires_at)"
            " VALUES (gen_random_uuid(), $1, 'admin_api_key', 'Rina', now() + interval '1 hour')",
            verification,
        ),
        (
            "INSERT INTO seen_versions (user_id, subject_id, version)"
            " VALUES ($1, gen_random_uuid(), 1), (gen_random_uuid(), $2, 1)",
            account.id,
            verification,
        ),
    ):
        await db.execute(sql, *arguments)
    async with in_transaction():
        await codes.issue(Purpose.VERIFICATION, account.email, account.id, settings)
        await codes.issue(Purpose.PASSWORD_RESET, account.email, None, settings)
        cause, kind = str(uuid4()), NoticeKind.PASSWORD_RESET_CODE
        await notify(kind, user_id=None, cause=cause, address=account.email, parameters={"challengeId": cause})
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=account.id, cause=cause)
        for kind_of, subject in (
            ("USER", account.id),
            ("KYC_SESSION", verification),
            ("KYC_DOCUMENT", passport),
            ("JOB_APPLICATION", application),
            ("APPLICATION_DOCUMENT", letter),
        ):
            detail = {"name": name, "email": account.email, "sha256": hashes[0], "userId": account.id}
            await audit(
                "test.seen",
                actor_type="ADMIN",
                actor_id="staff-1",
                subject_type=kind_of,
                subject_id=subject,
                detail=detail,
            )
        await audit(
            "test.done",
            actor_type="USER",
            actor_id=account.id,
            subject_type="ORGANIZATION",
            subject_id=str(organization),
            detail={"by": account.email.upper()},
        )
    secrets = [account.id, account.email, name, mark, *voices.values(), *references.values(), *hashes, verification]
    return Person(account, verification, application, letter, str(organization), keys, secrets)


async def work_beside(person: Person, settings: Settings) -> str:
    """Have the person act as staff in the rows of somebody else; returns that one's verification."""
    other = await make_candidate(settings)
    verification = await make_kyc_session(other.id, status="VERIFIED", reviewed_by=person.account.email)
    await db.execute(
        "INSERT INTO kyc_status_events (id, kyc_session_id, to_status, actor_type, actor_id)"
        " VALUES (gen_random_uuid(), $1, 'VERIFIED', 'ADMIN', $2)",
        verification,
        person.account.email,
    )
    application = await make_application(other.id)
    await make_application_document(other.id, application, reviewed_by=person.account.email)
    await audit(
        "kyc.reviewed",
        actor_type="ADMIN",
        actor_id=person.account.id,
        subject_type="KYC_SESSION",
        subject_id=verification,
        detail={"after": {"reviewedBy": person.account.email}},
    )
    return verification


async def tables_with(texts: list[str]) -> dict[str, list[str]]:
    """Which rows of which tables hold one of `texts`, in any case, in any column, as text or in bytes."""
    found: dict[str, list[str]] = {}
    names = await db.fetch_all(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
    )
    for name in (row["relname"] for row in names):
        for row in await db.fetch_all(f'SELECT * FROM public."{name}"'):
            shown = " ".join(_text(value) for value in row.values()).lower()
            if any(text.lower() in shown for text in texts):
                found.setdefault(name, []).append(shown)
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


async def versions_with(texts: list[str], storage: ObjectStorage) -> list[str]:
    """Keys of object versions whose key, bytes or the SHA-256 of those hold one of `texts`."""
    found = []
    client = await storage._opened()
    for key, version in await storage._versions(client, ""):
        named = {"VersionId": version} if version and version != "null" else {}
        try:
            answer = await client.get_object(Bucket=storage.bucket, Key=key, **named)
        except client.exceptions.ClientError:
            data = b""  # a mark of a deletion
        else:
            async with answer["Body"] as body:
                data = await body.read()
        shown = f"{key} {data.decode('utf-8', 'replace')} {hashlib.sha256(data).hexdigest()}".lower()
        if any(text.lower() in shown for text in texts):
            found.append(key)
    return found


async def ask(api: httpx.AsyncClient, headers: dict[str, str], password: str = PASSWORD) -> httpx.Response:
    return await api.post("/users/me/deletion", json={"password": password}, headers=headers)


async def make_due() -> None:
    """Let the time of grace pass."""
    await db.execute("UPDATE hidden_accounts SET erase_at = now() - interval '1 minute', complete_by = now()")
    await db.execute("UPDATE background_tasks SET run_at = now() WHERE kind = 'erase_account'")
