"""Do column lists name what the tables have, and are answers read from rows and models alike?"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

import pytest
from pydantic import Field, ValidationError
from sanic import Sanic
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError
from tortoise.fields.relational import ForeignKeyFieldInstance
from tortoise.models import Model

from service.content.jobs.models import Job, SavedJob
from service.database import db
from service.database.records import columns, insert, read
from service.http.web import Output, Ts, Uuid, answer
from service.kyc.models import KycSession
from tests.factories import Candidate, make_job


class Kept(Output):
    id: Uuid
    owner_id: Annotated[Uuid, Field(validation_alias="user_id")]
    created_at: Ts
    parent_id: Uuid | None = None


class TestColumns:
    def test_name_fields_and_keys_of_relations(self) -> None:
        assert columns(SavedJob, "s") == "s.id, s.user_id, s.job_id, s.created_at"

    def test_may_leave_some_out(self) -> None:
        left = {"description", "requirements_json"}
        assert set(columns(Job, "j").split(", ")) - set(columns(Job, "j", skip=left).split(", ")) == {
            "j.description",
            "j.requirements_json",
        }

    def test_of_another_name_come_under_the_fields(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(Job._meta.fields_map["title"], "source_field", "heading")
        assert columns(Job, "j").startswith("j.id, j.heading AS title, j.employment_type")

    async def test_are_those_of_every_table(self, app: Sanic) -> None:
        assert Tortoise.apps is not None
        models: dict[str, type[Model]] = Tortoise.apps["models"]
        for model in models.values():
            fields = model._meta.fields_db_projection
            statement = f"SELECT {columns(model, 't')} FROM {model._meta.db_table} t RIGHT JOIN (SELECT 1) o ON true"
            row = await db.fetch_row(statement + " LIMIT 1")
            assert row is not None
            assert set(row.keys()) == set(fields), model


class TestRead:
    async def test_a_row_and_a_model_are_one_answer(self, app: Sanic, candidate: Candidate) -> None:
        job = await make_job()
        saved = await SavedJob.create(id=uuid4(), user_id=candidate.id, job_id=job)
        row = await db.fetch_row(f"SELECT {columns(SavedJob, 's')}, 1 AS other FROM user_saved_jobs s")
        assert row is not None
        model = await SavedJob.get(id=saved.id)
        assert isinstance(model._meta.fields_map["user"], ForeignKeyFieldInstance)
        expected = Kept(id=str(saved.id), user_id=candidate.id, created_at=saved.created_at)
        assert read(Kept, row) == Kept.model_validate(model) == expected
        assert answer(read(Kept, row)).body == answer(expected).body
        assert b'"ownerId":"' + candidate.id.encode() in (answer(expected).body or b"")

    def test_more_goes_before_the_row(self) -> None:
        row = {"id": uuid4(), "user_id": uuid4(), "created_at": "2026-01-01T00:00:00Z", "parent_id": None}
        parent = uuid4()
        assert read(Kept, row, parent_id=parent).parent_id == str(parent)

    def test_a_uuid_is_never_made_of_something_else(self) -> None:
        with pytest.raises(ValidationError):
            Kept(id=UUID(int=1).int, user_id="x", created_at="2026-01-01T00:00:00Z")


class TestInsert:
    async def test_answers_what_the_database_keeps(self, app: Sanic, candidate: Candidate) -> None:
        """Its clock, its defaults, and its own form of JSON: shorter keys come first."""
        before = await db.fetch_value("SELECT clock_timestamp()")
        made = await insert(
            KycSession,
            id=uuid4(),
            user_id=candidate.id,
            status="CREATED",
            provider_metadata_json={"longer": 1, "b": 2},
            created_at=db.NOW,
            updated_at=db.NOW,
        )
        assert before < made.created_at == made.updated_at < await db.fetch_value("SELECT clock_timestamp()")
        assert (made.version, made.provider, made.submitted_at) == (1, "manual", None)
        assert list(made.provider_metadata_json) == ["b", "longer"]
        stored = await KycSession.get(id=made.id)
        assert dict(stored) == dict(made)

    async def test_raises_what_models_raise(self, app: Sanic, candidate: Candidate) -> None:
        with pytest.raises(IntegrityError) as caught:
            await insert(KycSession, id=uuid4(), user_id=candidate.id, status="UNHEARD_OF")
        assert db.constraint_name(caught.value) == "kyc_sessions_status_check"
