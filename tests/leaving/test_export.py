"""Does a person get all that is kept about them, and nobody else?"""

from __future__ import annotations

import asyncio
import hashlib
import io
import itertools
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sanic import Sanic

from service.adapters import object_storage
from service.adapters.object_storage import ObjectStorage
from service.audit.proof import verify
from service.base.settings import Settings
from service.database import db
from service.http.errors import StorageUnavailable
from service.takeout import archive, domain
from service.takeout.areas import AREAS
from service.tasks import worker
from tests.answers import code
from tests.factories import Candidate, make_candidate, make_kyc_document, make_kyc_session
from tests.inbox import Inbox
from tests.leaving.person import Person, make_person, tables_with
from tests.working import run_due

Api = httpx.AsyncClient


async def ask(api: Api, headers: dict[str, str]) -> httpx.Response:
    return await api.post("/users/me/export", headers=headers)


async def work(settings: Settings, storage: ObjectStorage) -> None:
    await db.execute("DELETE FROM background_tasks WHERE kind NOT IN ('build_export', 'erase_account')")
    while await run_due(settings, storage):
        pass


async def download(api: Api, headers: dict[str, str]) -> zipfile.ZipFile:
    found = (await api.get("/users/me/export", headers=headers)).json()
    assert found["status"] == "READY"
    async with httpx.AsyncClient() as phone:
        answer = await phone.get(found["url"])
    assert (answer.status_code, len(answer.content)) == (200, found["sizeBytes"])
    return zipfile.ZipFile(io.BytesIO(answer.content))


@pytest.fixture
async def owner(app: Sanic[Any, Any], settings: Settings) -> Person:
    """A person in the bucket that the application signs links for."""
    return await make_person(settings, app.ctx.storage)


class TestContent:
    async def test_it_is_complete_against_a_search_of_all_tables(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person
    ) -> None:
        # What they are known by in the tables, beside the address: an id in each area's own words.
        other = await make_person(settings, app.ctx.storage)
        tables = set(await tables_with(owner.secrets))
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, owner.headers)
        data = {area.name: orjson.loads(found.read(f"data/{area.name}.json")) for area in AREAS}
        assert [name for name, rows in data.items() if not rows] == []
        text = orjson.dumps(data).decode().lower()
        assert [
            secret for secret in owner.secrets if orjson.dumps(secret).decode().strip('"').lower() not in text
        ] == []
        assert [secret for secret in other.secrets if secret.lower() in text] == []
        assert tables <= EXPORTED | {"background_tasks", "user_versions", "kyc_claims", "seen_versions"}

    async def test_every_area_is_as_its_schema_says(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person
    ) -> None:
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, owner.headers)
        for name in [*(area.name for area in AREAS), "files"]:
            schema = orjson.loads(found.read(f"schemas/{name}.json"))
            Draft202012Validator.check_schema(schema)
            Draft202012Validator(schema, format_checker=FormatChecker()).validate(
                orjson.loads(found.read(f"data/{name}.json"))
            )

    async def test_every_file_is_in_it_byte_for_byte(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person
    ) -> None:
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, owner.headers)
        files = {row["objectKey"]: row["path"] for row in orjson.loads(found.read("data/files.json"))}
        assert set(files) == {key for key in owner.keys if not key.startswith("derived/")}
        for key, path in files.items():
            assert found.read(path) == await app.ctx.storage.read(key, limit_bytes=1_000_000)
        hashes = {hashlib.sha256(found.read(path)).hexdigest() for path in files.values()}
        assert hashes <= set(owner.secrets)
        assert found.testzip() is None

    async def test_it_names_no_member_of_staff_and_no_hold(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person
    ) -> None:
        admin = await make_candidate(settings, roles=("super_admin",))
        await api.get(f"/admin/users/{owner.account.id}", headers=admin.headers)
        await api.post(
            f"/admin/users/{owner.account.id}/hold",
            json={"reason": "A quiet investigation", "until": (datetime.now(UTC) + timedelta(days=9)).isoformat()},
            headers=admin.headers,
        )
        await app.ctx.looks.record()
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, owner.headers)
        access = orjson.loads(found.read("data/access.json"))
        assert {"by": "staff", "action": "user.read"}.items() <= {
            **next(row for row in access if row["action"] == "user.read")
        }.items()
        assert {"by": "staff", "action": "getUser", "whatType": "USER", "whatId": owner.account.id}.items() <= {
            **next(row for row in access if row["action"] == "getUser")
        }.items()
        everything = b"".join(found.read(name) for name in found.namelist() if name.startswith("data/"))
        for hidden in (admin.id, admin.email, "quiet investigation", "account.held", "staff-1"):
            assert hidden.encode() not in everything

    async def test_sign_ins_tell_device_and_network(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person
    ) -> None:
        await db.execute("UPDATE session_families SET user_agent = 'Jembatan/9 (phone)', network = '203.0.113.0/24'")
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        (one,) = orjson.loads((await download(api, owner.headers)).read("data/sign_ins.json"))
        assert (one["userAgent"], one["network"]) == ("Jembatan/9 (phone)", "203.0.113.0/24")

    async def test_who_works_here_takes_nothing_of_others_along(
        self, api: Api, app: Sanic[Any, Any], settings: Settings
    ) -> None:
        admin = await make_candidate(settings, roles=("super_admin",))
        body = {
            "fullName": "Budi Orang Lain",
            "email": "budi@mailbox.test",
            "password": "correct horse 9",
            "roles": ["sdm"],
        }
        assert (await api.post("/admin/users", json=body, headers=admin.headers)).status_code == 201
        await ask(api, admin.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, admin.headers)
        rows = {row["action"]: row["detail"] for row in orjson.loads(found.read("data/own_actions.json"))}
        assert rows["user.created"] == {}
        everything = b"".join(found.read(name) for name in found.namelist())
        assert b"budi" not in everything.lower()

    async def test_what_would_be_too_large_is_named_and_left_out(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 10)
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, owner.headers)
        assert {row["path"] for row in orjson.loads(found.read("data/files.json"))} == {None}

    async def test_a_file_that_another_persons_row_names_too_is_left_out(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person
    ) -> None:
        other = await make_candidate(settings)
        verification = await make_kyc_session(other.id)
        for key, people in (("imports/own.png", [owner]), ("imports/shared.png", [owner, other])):
            await app.ctx.storage.write(key, b"bytes", content_type="image/png")
            for person in people:
                account, session = (
                    (other.id, verification) if person is other else (owner.account.id, owner.verification)
                )
                await make_kyc_document(
                    account,
                    session,
                    checksum_sha256=hashlib.sha256(key.encode()).hexdigest(),
                    metadata_json=f'{{"objectKey": "{key}"}}',
                )
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        names = (await download(api, owner.headers)).namelist()
        assert "files/imports/own.png" in names
        assert "files/imports/shared.png" not in names

    async def test_files_for_which_the_time_does_not_suffice_are_named_and_left_out(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Three hundred files of 10 MB from a slow store took longer than a task may, at each try."""
        ticks = itertools.count()
        monkeypatch.setattr(archive, "_clock", lambda: next(ticks) * archive.FILES_SECONDS / 2.5)
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, owner.headers)
        files = orjson.loads(found.read("data/files.json"))
        assert [row["path"] is not None for row in files] == [True, True, False]
        assert all(row["sizeBytes"] > 0 for row in files)

    def test_a_task_has_twice_the_time(self) -> None:
        assert archive.FILES_SECONDS * 2 <= worker._TASK_SECONDS

    async def test_a_large_one_leaves_in_parts(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, owner: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(object_storage, "_PART_BYTES", 5 * 1024 * 1024)
        big = bytes(range(256)) * 50_000  # 12.8 MB
        await app.ctx.storage.write(f"kyc/{owner.account.id}/big.pdf", big, content_type="application/pdf")
        await ask(api, owner.headers)
        await work(settings, app.ctx.storage)
        found = await download(api, owner.headers)
        assert found.read("files/kyc/big.pdf") == big


EXPORTED = {
    "users",
    "session_families",
    "sessions",
    "email_verification_challenges",
    "notices",
    "user_roles",
    "user_saved_jobs",
    "user_saved_posts",
    "job_applications",
    "job_application_journey_events",
    "job_application_documents",
    "kyc_sessions",
    "kyc_status_events",
    "identity_documents",
    "webhook_deliveries",
    "organizations",
    "organization_verifications",
    "audit_events",
}


class TestAsking:
    async def test_one_is_made_at_a_time(self, api: Api, candidate: Candidate) -> None:
        answers = await asyncio.gather(*(ask(api, candidate.headers) for _ in range(8)))
        assert {answer.status_code for answer in answers} == {202}
        assert {answer.json()["status"] for answer in answers} == {"PREPARING"}
        assert await db.fetch_value("SELECT count(*) FROM personal_exports") == 1
        assert await db.fetch_value("SELECT count(*) FROM background_tasks WHERE kind = 'build_export'") == 1

    async def test_another_one_is_a_day_away(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, candidate: Candidate
    ) -> None:
        await ask(api, candidate.headers)
        await work(settings, app.ctx.storage)
        answer = await ask(api, candidate.headers)
        assert code(answer) == (429, "rate_limited")
        assert 86_000 < int(answer.headers["Retry-After"]) <= 86_401
        await db.execute("UPDATE personal_exports SET requested_at = now() - interval '25 hours'")
        assert (await ask(api, candidate.headers)).status_code == 202

    async def test_it_is_for_its_person_alone(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, candidate: Candidate
    ) -> None:
        await ask(api, candidate.headers)
        await work(settings, app.ctx.storage)
        other = await make_candidate(settings)
        assert code(await api.get("/users/me/export", headers=other.headers)) == (404, "export_not_requested")
        assert (await api.get("/users/me/export")).status_code == 401
        assert (await api.post("/users/me/export")).status_code == 401

    async def test_the_mail_carries_no_link(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, smtp: Settings, inbox: tuple[Inbox, str]
    ) -> None:
        person = await make_candidate(settings, email="sari@mailbox.test")
        await ask(api, person.headers)
        while await run_due(smtp, app.ctx.storage):
            pass
        (mail,) = inbox[0].read()
        assert mail["Subject"] == "Your data are ready"
        assert "exports/" not in mail.get_content()
        assert "X-Amz" not in mail.get_content()

    async def test_link_and_file_end(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, candidate: Candidate
    ) -> None:
        await ask(api, candidate.headers)
        await work(settings, app.ctx.storage)
        found = (await api.get("/users/me/export", headers=candidate.headers)).json()
        ends = datetime.fromisoformat(found["urlExpiresAt"])
        assert timedelta(minutes=14) < ends - datetime.now(ends.tzinfo) <= timedelta(minutes=15)
        assert "X-Amz-Expires=900" in found["url"]
        life = datetime.fromisoformat(found["expiresAt"]) - datetime.fromisoformat(found["readyAt"])
        assert life == timedelta(days=7)
        await db.execute("UPDATE personal_exports SET expires_at = now()")
        after = (await api.get("/users/me/export", headers=candidate.headers)).json()
        assert (after["status"], after["url"]) == ("EXPIRED", None)
        await domain.tend(app.ctx.storage)
        async with httpx.AsyncClient() as phone:
            assert (await phone.get(found["url"])).status_code == 404
        assert await db.fetch_value("SELECT state FROM personal_exports") == "EXPIRED"

    async def test_request_build_and_links_are_audited(
        self, api: Api, app: Sanic[Any, Any], settings: Settings, candidate: Candidate
    ) -> None:
        await ask(api, candidate.headers)
        await work(settings, app.ctx.storage)
        await api.get("/users/me/export", headers=candidate.headers)
        rows = await db.fetch_all(
            "SELECT action FROM audit_events WHERE action LIKE 'account.export%' ORDER BY position"
        )
        assert [row["action"].removeprefix("account.export_") for row in rows] == ["requested", "built", "link_issued"]
        assert (await verify(settings.audit_key_ring)).broken_at is None


class TestFailures:
    async def test_a_failing_store_leaves_it_to_be_tried_again(
        self,
        api: Api,
        app: Sanic[Any, Any],
        settings: Settings,
        candidate: Candidate,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def fail(*_: Any, **__: Any) -> list[str]:
            raise StorageUnavailable

        await ask(api, candidate.headers)
        with monkeypatch.context() as patch:
            patch.setattr(ObjectStorage, "sizes_below", fail)
            await work(settings, app.ctx.storage)
        assert (await api.get("/users/me/export", headers=candidate.headers)).json()["status"] == "PREPARING"
        assert await app.ctx.storage.sizes_below(f"exports/{candidate.id}/") == {}
        # The last try failed as well: the task is given up, and another one is left.
        await db.execute("UPDATE background_tasks SET state = 'failed'")
        await domain.tend(app.ctx.storage)
        await domain.tend(app.ctx.storage)
        await work(settings, app.ctx.storage)
        assert (await api.get("/users/me/export", headers=candidate.headers)).json()["status"] == "READY"

    async def test_who_is_erased_meanwhile_leaves_no_file(
        self, app: Sanic[Any, Any], api: Api, settings: Settings, candidate: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = domain.write_archive

        async def slowly(user_id: str, key: str, storage: ObjectStorage) -> int:
            size = await real(user_id, key, storage)
            await db.execute("DELETE FROM users WHERE id = $1", user_id)
            return size

        monkeypatch.setattr(domain, "write_archive", slowly)
        await ask(api, candidate.headers)
        await work(settings, app.ctx.storage)
        assert await app.ctx.storage.sizes_below(f"exports/{candidate.id}/") == {}
