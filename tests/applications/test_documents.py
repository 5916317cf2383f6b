"""Can a candidate upload and register documents of their own applications?"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx
import pytest

from service.base.settings import Settings
from service.database import db
from tests.answers import code
from tests.decoders import decode
from tests.factories import Candidate, make_application, make_application_document, make_candidate

DATA = b"\x89PNG a small picture"
FIELDS: dict[str, Any] = {
    "documentType": "cv",
    "fileName": " My CV.png ",
    "contentType": "IMAGE/PNG",
    "contentLength": len(DATA),
    "checksumSha256": hashlib.sha256(DATA).hexdigest().upper(),
}
BAD_VALUES: dict[str, tuple[str, list[Any]]] = {
    "documentType": ("invalid_document_type", [None, "", " ", "x" * 65, ["CV"], {}, "C\x00V"]),
    "fileName": ("invalid_file_name", [None, "", " ", "x" * 181, "😀" * 91, ["a"], "a\x00"]),
    "contentType": (
        "invalid_content_type",
        [None, "", "image/gif", "application/pdf; charset=x", ["image/png"], 1, "image/png\x00"],
    ),
    "contentLength": (
        "invalid_content_length",
        [None, "", 0, -1, 0.5, 1.5, 10_485_761, "many", True, [1], {}, 10**30, "1e400", "１"],
    ),
}
BAD_FIELDS: list[tuple[dict[str, Any], str]] = [
    ({name: value}, expected) for name, (expected, values) in BAD_VALUES.items() for value in values
]
BAD_KEYS: tuple[Any, ...] = (None, "", "/a", "a/../b", "x" * 1025, "a b", "a\x00", "é", "a?b", ["a"], {}, "a\\b")
BAD_CHECKSUMS: tuple[Any, ...] = (None, "", "a" * 63, "a" * 65, "g" * 64, ["a" * 64], 1, "a" * 63 + "\x00")


def path_of(application_id: str, suffix: str = "") -> str:
    return f"/v1/users/me/applications/{application_id}/documents{suffix}"


def key_of(candidate: Candidate, application_id: str, name: str = "cv.png") -> str:
    return f"applications/{candidate.id}/{application_id}/{name}"


class TestUploadUrl:
    async def test_the_file_is_uploaded_registered_and_listed(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id, status="REJECTED")  # any status
        before = await db.fetch_row("SELECT * FROM job_applications")
        answer = await api.post(path_of(application_id, "/upload-url"), headers=candidate.headers, json=FIELDS)
        assert answer.status_code == 201
        decode("POST /users/me/applications/{applicationId}/documents/upload-url", answer.json())
        assert answer.json()["applicationId"] == application_id
        upload = answer.json()["upload"]
        assert upload["objectKey"].startswith(f"applications/{candidate.id}/{application_id}/")
        assert upload["objectKey"].endswith("-my-cv.png")
        assert upload["headers"]["Content-Type"] == "image/png"
        assert await db.fetch_value("SELECT count(*) FROM job_application_documents") == 0
        async with httpx.AsyncClient() as phone:
            put = await phone.request(upload["method"], upload["uploadUrl"], content=DATA, headers=upload["headers"])
        assert put.status_code in range(200, 300)
        body = FIELDS | {"objectKey": upload["objectKey"]}
        added = await api.post(path_of(application_id), headers=candidate.headers, json=body)
        assert added.status_code == 201
        decode("POST /users/me/applications/{applicationId}/documents", added.json())
        document = added.json()["document"]
        assert {name: document[name] for name in FIELDS} == {
            "documentType": "CV",
            "fileName": "My CV.png",
            "contentType": "image/png",
            "contentLength": len(DATA),
            "checksumSha256": hashlib.sha256(DATA).hexdigest(),
        }
        assert (document["applicationId"], document["userId"]) == (application_id, candidate.id)
        assert document["reviewStatus"] == "PENDING"
        assert document["reviewReason"] is document["reviewedAt"] is document["reviewedBy"] is None
        assert document["createdAt"] == document["updatedAt"]
        assert set(document).isdisjoint({"objectKey", "fileUrl", "url"})
        listed = await api.get(path_of(application_id), headers=candidate.headers)
        decode("GET /users/me/applications/{applicationId}/documents", listed.json())
        assert listed.json()["items"] == [document]
        assert listed.json()["total"] == 1
        assert listed.json()["application"]["id"] == application_id
        assert await db.fetch_row("SELECT * FROM job_applications") == before
        assert await db.fetch_value("SELECT count(*) FROM job_application_journey_events") == 1

    @pytest.mark.parametrize(("change", "expected"), BAD_FIELDS)
    async def test_the_first_wrong_field_is_named(
        self, api: httpx.AsyncClient, candidate: Candidate, change: dict[str, Any], expected: str
    ) -> None:
        application_id = await make_application(candidate.id)
        body = FIELDS | {"checksumSha256": "no", "objectKey": "/no"} | change
        for suffix in ("/upload-url", ""):
            answer = await api.post(path_of(application_id, suffix), headers=candidate.headers, json=body)
            assert code(answer) == (400, expected), suffix

    async def test_bad_checksums(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id)
        for value in BAD_CHECKSUMS:
            body = FIELDS | {"checksumSha256": value, "objectKey": key_of(candidate, application_id)}
            for suffix in ("/upload-url", ""):
                answer = await api.post(path_of(application_id, suffix), headers=candidate.headers, json=body)
                assert code(answer) == (400, "invalid_checksum_sha256"), (suffix, value)

    async def test_bodies_that_are_no_objects_have_no_fields(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        for raw in (b"", b"[]", b'"x"', b"1", b"true"):
            answer = await api.post(path_of(application_id, "/upload-url"), headers=candidate.headers, content=raw)
            assert code(answer) == (400, "invalid_document_type")

    async def test_an_unknown_application_comes_before_the_fields(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        for suffix in ("/upload-url", ""):
            answer = await api.post(path_of(str(uuid4()), suffix), headers=candidate.headers, json={})
            assert code(answer) == (404, "application_not_found")

    async def test_numbers_as_text_and_odd_names_are_accepted(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        accepted: list[dict[str, Any]] = [
            {"contentLength": " 10485760 "},
            {"contentLength": 5.0},
            {"documentType": "Residence card..", "fileName": "../../履歴書 ….pdf"},
            {"documentType": "在留カード", "fileName": "x" * 180},
            {"fileName": 12},
        ]
        for number, change in enumerate(accepted):
            body = FIELDS | change | {"checksumSha256": f"{number:064x}"}
            answer = await api.post(path_of(application_id, "/upload-url"), headers=candidate.headers, json=body)
            assert answer.status_code == 201
            body["objectKey"] = answer.json()["upload"]["objectKey"]
            assert (await api.post(path_of(application_id), headers=candidate.headers, json=body)).status_code == 201


class TestRegister:
    async def test_the_object_need_not_exist(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id)
        body = FIELDS | {
            "objectKey": key_of(candidate, application_id),
            "contentLength": 512000,
            "checksumSha256": "a" * 64,
        }
        answer = await api.post(path_of(application_id), headers=candidate.headers, json=body)
        assert answer.status_code == 201

    async def test_bad_keys_come_before_the_checksum(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id)
        for value in BAD_KEYS:
            body = FIELDS | {"objectKey": value, "checksumSha256": "no"}
            answer = await api.post(path_of(application_id), headers=candidate.headers, json=body)
            assert code(answer) == (400, "invalid_object_key"), value

    async def test_keys_of_others_are_forbidden_after_the_fields_and_before_duplicates(
        self, api: httpx.AsyncClient, settings: Settings, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        other = await make_application(candidate.id)
        stranger = await make_candidate(settings)
        await make_application_document(candidate.id, application_id, checksum_sha256="a" * 64)
        for key in (
            key_of(candidate, other),
            key_of(stranger, application_id),
            f"applications/{candidate.id}/{application_id}",
            f"x/{key_of(candidate, application_id)}",
            f"kyc/{candidate.id}/{application_id}/a.pdf",
            "a",
        ):
            body = FIELDS | {"objectKey": key, "checksumSha256": "a" * 64}
            answer = await api.post(path_of(application_id), headers=candidate.headers, json=body)
            assert code(answer) == (403, "invalid_object_key_ownership"), key
            bad = await api.post(
                path_of(application_id), headers=candidate.headers, json=body | {"checksumSha256": "no"}
            )
            assert code(bad) == (400, "invalid_checksum_sha256")

    async def test_the_same_file_or_key_is_refused_in_one_application_only(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        first, second = await make_application(candidate.id), await make_application(candidate.id)
        body = FIELDS | {"objectKey": key_of(candidate, first)}
        assert (await api.post(path_of(first), headers=candidate.headers, json=body)).status_code == 201
        for change in ({}, {"objectKey": key_of(candidate, first, "b.png")}, {"checksumSha256": "b" * 64}):
            answer = await api.post(path_of(first), headers=candidate.headers, json=body | change)
            assert code(answer) == (409, "duplicate_application_document")
        body["objectKey"] = key_of(candidate, second)
        assert (await api.post(path_of(second), headers=candidate.headers, json=body)).status_code == 201

    async def test_of_twenty_at_once_one_is_stored(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id)
        answers = await asyncio.gather(
            *(
                api.post(
                    path_of(application_id),
                    headers=candidate.headers,
                    json=FIELDS | {"objectKey": key_of(candidate, application_id, f"{number}.png")},
                )
                for number in range(20)
            )
        )
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
        assert await db.fetch_value("SELECT count(*) FROM job_application_documents") == 1


class TestList:
    async def test_newest_first_and_only_of_this_application(
        self, api: httpx.AsyncClient, candidate: Candidate
    ) -> None:
        application_id = await make_application(candidate.id)
        await make_application_document(candidate.id, await make_application(candidate.id))
        made = [await make_application_document(candidate.id, application_id) for _ in range(3)]
        answer = await api.get(path_of(application_id), headers=candidate.headers)
        assert [item["id"] for item in answer.json()["items"]] == made[::-1]
        assert answer.json()["total"] == 3
        none = await api.get(path_of(await make_application(candidate.id)), headers=candidate.headers)
        assert (none.json()["items"], none.json()["total"]) == ([], 0)

    async def test_a_very_long_list_is_cut_and_counted(self, api: httpx.AsyncClient, candidate: Candidate) -> None:
        application_id = await make_application(candidate.id)
        newest = await make_application_document(candidate.id, application_id)
        await db.execute(
            "INSERT INTO job_application_documents (id, application_id, user_id, document_type, file_name,"
            " content_type, content_length, object_key, checksum_sha256, file_url, created_at)"
            " SELECT gen_random_uuid(), $1, $2, 'CV', 'a', 'image/png', 1, 'k' || n, 'c' || n, 'u',"
            " timestamptz '2025-01-01' + n * interval '1 s' FROM generate_series(1, 600) n",
            application_id,
            candidate.id,
        )
        answer = await api.get(path_of(application_id), headers=candidate.headers)
        assert len(answer.json()["items"]) == 500
        assert answer.json()["items"][0]["id"] == newest
        assert answer.json()["total"] == 601
