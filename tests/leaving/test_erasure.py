"""Is nothing left of a person who leaves, whatever fails on the way, and does the audit chain stay whole?"""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sanic import Sanic

from service.adapters.object_storage import ObjectStorage
from service.audit.proof import verify
from service.auth import codes
from service.auth.codes import Purpose
from service.base.settings import Settings
from service.database import db
from service.evidence import domain as evidence
from service.http.errors import StorageUnavailable
from service.leaving import erasure, queries
from service.leaving.erasure import enqueue_due
from tests.factories import PASSWORD, make_application_document
from tests.leaving.person import Person, ask, make_due, make_person, tables_with, versions_with, work_beside
from tests.webhooks.provider import deliver
from tests.working import run_due


async def leave(api: httpx.AsyncClient, person: Person, settings: Settings, storage: ObjectStorage) -> None:
    """The whole way: the request, the days of grace, the worker's work."""
    assert (await ask(api, person.headers)).status_code == 202
    await make_due()
    await run_tasks(settings, storage)


async def run_tasks(settings: Settings, storage: ObjectStorage) -> None:
    """Run all due tasks but mails."""
    await db.execute("DELETE FROM background_tasks WHERE kind = 'send_notice'")
    while await run_due(settings, storage):
        pass


async def hidden_id() -> str:
    return str(await db.fetch_value("SELECT id FROM hidden_accounts"))


class TestErase:
    async def test_nothing_of_a_person_with_everything_is_left_but_the_receipt(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        other = await make_person(own, storage)
        before = await tables_with(person.secrets)
        assert len(before) >= 20
        assert len(await versions_with(person.secrets, storage)) >= 10
        await leave(api, person, own, storage)
        assert await tables_with(person.secrets[:-1]) == {}
        assert set(await tables_with(person.secrets)) == {"audit_events"}  # ids of things of theirs, which are gone
        assert await versions_with(person.secrets, storage) == []
        assert (await verify(own.audit_key_ring)).broken_at is None
        receipt = await db.fetch_row("SELECT * FROM erasure_receipts")
        assert receipt is not None
        assert receipt["counts_json"] | {"auditRows": 0, "objectVersions": 0} == {
            "accessEvents": 0,
            "applications": 1,
            "auditRows": 0,
            "deliveries": 1,
            "documents": 2,
            "objectVersions": 0,
            "organizations": 1,
            "refreshTokens": 1,
            "signIns": 1,
            "verifications": 1,
        }
        assert receipt["counts_json"]["objectVersions"] >= 10
        # Nobody else lost anything.
        assert len(await versions_with(other.secrets, storage)) >= 10
        assert len(await tables_with(other.secrets)) == len(before)

    async def test_a_key_of_a_delivery_is_never_free_again(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        keys = await db.fetch_all("SELECT idempotency_key, body_sha256 FROM webhook_deliveries")
        await leave(api, person, own, storage)
        assert await db.fetch_all("SELECT idempotency_key, body_sha256 FROM webhook_deliveries") == keys
        assert await db.fetch_value("SELECT body FROM webhook_deliveries") == b""

    async def test_an_organization_stays_and_passes_to_nobody(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        await leave(api, person, own, storage)
        assert await db.fetch_value("SELECT owner_user_id FROM organizations") is None
        key = {"x-admin-api-key": own.admin_api_key}
        (listed,) = (await api.get("/admin/organizations", headers=key)).json()["items"]
        assert listed["owner"] is None
        assert listed["organization"]["id"] == person.organization

    async def test_who_worked_here_leaves_other_peoples_rows(
        self, api: httpx.AsyncClient, own: Settings, storage: ObjectStorage, app: Sanic[Any, Any]
    ) -> None:
        await make_person(own, storage, roles=("super_admin",))
        leaver = await make_person(own, storage, roles=("super_admin",))
        verification = await work_beside(leaver, own)
        await leave(api, leaver, own, storage)
        assert await tables_with(leaver.secrets[:-1]) == {}
        assert (
            await db.fetch_value("SELECT reviewed_by FROM kyc_sessions WHERE id = $1", verification) == erasure.STAND_IN
        )
        assert (await verify(own.audit_key_ring)).broken_at is None

    async def test_a_store_without_versions_is_emptied_too(
        self, api: httpx.AsyncClient, settings: Settings, app: Sanic[Any, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        storage: ObjectStorage = app.ctx.storage
        person = await make_person(settings, storage)
        client = await storage._opened()
        real = client.get_paginator

        def refuse(name: str) -> Any:
            if name == "list_object_versions":
                raise client.exceptions.ClientError(
                    {"Error": {"Code": "NotImplemented"}, "ResponseMetadata": {"HTTPStatusCode": 501}}, name
                )
            return real(name)

        monkeypatch.setattr(client, "get_paginator", refuse)
        await leave(api, person, settings, storage)
        assert [key for key in person.keys if await storage.size_of(key) is not None] == []

    async def test_another_persons_file_is_never_removed(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        victim = await make_person(own, storage)
        await db.execute(
            "UPDATE identity_documents SET metadata_json = $2 WHERE kyc_session_id = $1",
            person.verification,
            json.dumps({"objectKey": victim.keys[0]}),
        )
        await storage.write("imported/mine.png", b"mine", content_type="image/png")
        await make_application_document(person.account.id, person.application, object_key="imported/mine.png")
        await leave(api, person, own, storage)
        assert [key for key in victim.keys if await storage.size_of(key) is None] == []
        assert await storage.size_of("imported/mine.png") is None


class TestFailures:
    async def test_a_failing_store_leaves_it_to_be_tried_again(
        self,
        api: httpx.AsyncClient,
        own: Settings,
        person: Person,
        storage: ObjectStorage,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        async def fail(*_: Any, **__: Any) -> int:
            raise StorageUnavailable

        with monkeypatch.context() as patch:
            patch.setattr(ObjectStorage, "remove_versions", fail)
            await leave(api, person, own, storage)
        assert await db.fetch_value("SELECT state FROM background_tasks WHERE kind = 'erase_account'") == "waiting"
        assert await db.fetch_value("SELECT count(*) FROM erasure_receipts") == 0
        login = await api.post("/auth/login", json={"email": person.account.email, "password": PASSWORD})
        assert login.status_code == 401  # it has begun
        await make_due()
        await run_tasks(own, storage)
        assert await tables_with(person.secrets[:-1]) == {}

    async def test_a_task_that_was_given_up_comes_again(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        await ask(api, person.headers)
        await make_due()
        await db.execute("UPDATE background_tasks SET state = 'failed', payload_json = '{}'")
        await asyncio.gather(*(enqueue_due() for _ in range(3)))
        await run_tasks(own, storage)
        assert await db.fetch_value("SELECT count(*) FROM erasure_receipts") == 1

    @pytest.mark.parametrize("step", ["delete_by_address", "forget_among_others", "forget_proofs", "delete_account"])
    async def test_a_crash_in_any_step_is_made_up_for(
        self,
        api: httpx.AsyncClient,
        own: Settings,
        person: Person,
        storage: ObjectStorage,
        monkeypatch: pytest.MonkeyPatch,
        step: str,
    ) -> None:
        async def crash(*_: Any) -> None:
            raise RuntimeError("the process dies here")

        await ask(api, person.headers)
        await make_due()
        with monkeypatch.context() as patch:
            patch.setattr(queries, step, crash)
            with pytest.raises(RuntimeError):
                await erasure.erase(await hidden_id(), own, storage)
        assert await erasure.erase(await hidden_id(), own, storage)
        assert await tables_with(person.secrets[:-1]) == {}
        assert await versions_with(person.secrets, storage) == []
        assert (await verify(own.audit_key_ring)).broken_at is None
        counts = await db.fetch_value("SELECT counts_json FROM erasure_receipts")
        assert (counts["deliveries"], counts["refreshTokens"], counts["documents"]) == (1, 1, 2)

    async def test_two_workers_at_once_leave_one_receipt(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        await ask(api, person.headers)
        await make_due()
        found = await hidden_id()
        done = await asyncio.gather(*(erasure.erase(found, own, storage) for _ in range(3)))
        assert sorted(done) == [False, False, True]
        assert await db.fetch_value("SELECT count(*) FROM erasure_receipts") == 1
        assert (await verify(own.audit_key_ring)).broken_at is None

    async def test_tasks_of_who_has_a_longer_address_stay(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        await db.execute(
            "INSERT INTO background_tasks (id, kind, payload_json, run_at)"
            " VALUES (gen_random_uuid(), 'send_verification_mail', $1, now() + interval '1 hour')",
            {"to": f"sri.{person.account.email}", "code": "482913"},
        )
        await leave(api, person, own, storage)
        kept = await db.fetch_all("SELECT payload_json FROM background_tasks WHERE kind = 'send_verification_mail'")
        assert [row["payload_json"]["to"] for row in kept] == [f"sri.{person.account.email}"]

    async def test_a_reset_opens_no_account_that_is_being_erased(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        """The object store was away, so the erasure had begun and not ended; with a code somebody was let in again."""
        await ask(api, person.headers)
        await make_due()
        await db.execute("DELETE FROM email_verification_challenges")
        assert (await api.post("/auth/password-reset", json={"email": person.account.email})).status_code == 202
        challenge = await codes.newest(Purpose.PASSWORD_RESET, person.account.email).get()
        found = await queries.lock_due(await hidden_id())
        assert found is not None
        await queries.begin(found["id"], found["user_id"])
        body = {"email": person.account.email, "code": codes.code_of(challenge, own), "newPassword": "another word"}
        answers = await asyncio.gather(
            *(api.post("/auth/password-reset/confirm", json=body | {"startOver": n % 2 == 0}) for n in range(4))
        )
        assert {answer.json()["error"]["code"] for answer in answers} == {"verification_code_invalid"}
        assert await db.fetch_value("SELECT password_hash FROM users WHERE id = $1", person.account.id) == "erased"
        await run_tasks(own, storage)
        assert await tables_with(person.secrets[:-1]) == {}

    async def test_what_the_provider_says_afterwards_is_not_kept(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        await leave(api, person, own, storage)
        said = {"sessionId": person.verification, "metadata": {"name": "Wulan"}}
        answer = await deliver(api, said, key="late")
        assert (answer.status_code, answer.json()["updated"], answer.json()["session"]) == (202, False, None)
        assert await tables_with(["wulan"]) == {}
        assert (await deliver(api, said, key="late")).json()["duplicate"]
        unknown = await deliver(api, said | {"sessionId": str(uuid4())}, key="early")
        assert unknown.json() | {"idempotencyKey": ""} == answer.json() | {"idempotencyKey": ""}
        states = await db.fetch_all("SELECT state FROM webhook_deliveries WHERE idempotency_key = 'early'")
        assert [row["state"] for row in states] == ["waiting"]

    async def test_nothing_stays_of_deliveries_beside_the_erasure(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        await ask(api, person.headers)
        await make_due()
        found = await hidden_id()

        async def go_on_delivering() -> None:
            while await db.fetch_value("SELECT count(*) FROM users"):
                answer = await deliver(api, {"sessionId": person.verification, "metadata": {"name": "Wulan"}})
                assert answer.status_code == 202

        await asyncio.gather(*(go_on_delivering() for _ in range(4)), erasure.erase(found, own, storage))
        assert await db.fetch_value("SELECT count(*) FROM webhook_deliveries") > 1
        assert await tables_with(["wulan"]) == {}

    async def test_a_late_upload_is_swept_up(
        self, api: httpx.AsyncClient, own: Settings, person: Person, storage: ObjectStorage
    ) -> None:
        await leave(api, person, own, storage)
        late = [f"applications/{person.account.id}/late.pdf", evidence.derived_key(person.document)]
        for key in late:
            await storage.write(key, b"late", content_type="application/pdf")
        assert await tables_with([person.account.id]) == {}
        await db.execute("UPDATE background_tasks SET run_at = now()")
        await run_tasks(own, storage)
        assert await versions_with([person.account.id, late[1]], storage) == []
