"""Do the statements say the same as the models, and how many are there?"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.applications.models import ApplicationDocument, JobApplication, JourneyEvent
from service.applications.queries import find_documents, find_journey, list_cases, list_own_applications
from service.applications.schemas import AdminApplicationsQuery, Application, ApplicationsQuery, StoredStep
from service.applications.schemas import ApplicationDocument as Document
from service.database import db
from tests.factories import Candidate, make_application, make_application_document


async def test_each_row_is_the_models_object(candidate: Candidate) -> None:
    application_id = await make_application(candidate.id, note="Please", status="OFFERED")
    await make_application(candidate.id)
    document_id = await make_application_document(candidate.id, application_id, review_reason="Why")
    await db.execute(
        "INSERT INTO job_application_journey_events (id, application_id, status, title, description, actor_type)"
        " VALUES ($1, $2, 'OFFERED', 'Offered', 'x', 'ADMIN')",
        uuid4(),
        application_id,
    )
    models = await JobApplication.all().select_related("job").order_by("-updated_at", "id")
    found = await list_own_applications(candidate.id, ApplicationsQuery())
    assert found.items == [Application.model_validate(model) for model in models]
    cases = await list_cases(AdminApplicationsQuery())
    assert [case.application for case in cases.items] == found.items
    found_journey = await find_journey(application_id)
    assert found_journey is not None
    events = await JourneyEvent.filter(application_id=application_id).order_by("created_at", "id")
    assert found_journey.journey == [StoredStep.model_validate(event) for event in events]
    [case] = [case for case in cases.items if case.application.id == application_id]
    assert case.last_event == found_journey.journey[-1]
    documents = await find_documents(application_id)
    assert documents.items == [Document.model_validate(await ApplicationDocument.get(id=document_id))]
    assert documents.total == 1


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/users/me/applications", 1),
        ("/users/me/applications/{}/journey", 1),
        ("/users/me/applications/{}/documents", 2),
    ],
)
async def test_few_statements_beside_the_session_check(
    api: httpx.AsyncClient, candidate: Candidate, monkeypatch: pytest.MonkeyPatch, path: str, statements: int
) -> None:
    application_id = await make_application(candidate.id)
    for _ in range(3):
        await make_application(candidate.id)
    real, ran = db._run, []

    async def counted(method: str, sql: str, *arguments: Any, **options: Any) -> Any:
        ran.append(sql)
        return await real(method, sql, *arguments, **options)

    monkeypatch.setattr(db, "_run", counted)
    assert (await api.get(path.format(application_id), headers=candidate.headers)).status_code == 200
    assert len(ran) == statements + 1, ran


async def test_own_applications_are_read_through_an_index_at_any_size(candidate: Candidate) -> None:
    """100 000 applications of others do not matter."""
    await db.execute(
        "INSERT INTO users (id, full_name, email, password_hash)"
        " SELECT md5(n::text)::uuid, 'x', 'u' || n || '@example.com', 'x' FROM generate_series(1, 1000) n"
    )
    await db.execute(
        "INSERT INTO jobs (id, title, employment_type, description, location_json, employer_json)"
        " SELECT 'j' || n, 'x', 'FULL_TIME', 'x', '{}', '{}' FROM generate_series(0, 9999) n"
    )
    # Or each new row would be checked with a plan from when the two were empty, which reads all of them.
    await db.execute("ANALYZE users, jobs")
    await db.execute(
        "INSERT INTO job_applications (id, user_id, job_id, status)"
        " SELECT gen_random_uuid(), md5(u::text)::uuid, 'j' || (u * 100 + j) % 10000, 'SUBMITTED'"
        " FROM generate_series(1, 1000) u, generate_series(1, 100) j"
    )
    await db.execute("ANALYZE users, jobs, job_applications")
    real = db.fetch_all
    seen: list[str] = []

    async def explain(sql: str, *arguments: Any, **options: Any) -> Any:
        seen.extend(row[0] for row in await real(f"EXPLAIN {sql}", *arguments))
        return await real(sql, *arguments, **options)

    db.fetch_all = explain
    try:
        await list_own_applications(candidate.id, ApplicationsQuery())
    finally:
        db.fetch_all = real
    plan = "\n".join(seen)
    assert "Seq Scan" not in plan, plan
