"""Does the smoke read its options, make real files, sign as agreed, and judge answers strictly?"""

import argparse
import asyncio
import hashlib
import hmac
import io
import re
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import pytest
import yaml
from PIL import Image
from pypdf import PdfReader
from sanic import Sanic

from service.base.settings import Settings
from service.database import db
from service.tools.seed import fill_database
from service.tools.smoke import add_arguments, main
from service.tools.smoke.answers import CONTRACT_FILE, AnswerError, Contract, declared
from service.tools.smoke.files import jpeg, pdf
from service.tools.smoke.http import CORS_HEADERS, Api, StepFailed
from service.tools.smoke.options import Options, WrongUse, options_from, parse_resolve
from service.tools.smoke.run import STEPS, run
from service.tools.smoke.signing import webhook_headers, webhook_signature
from service.tools.smoke.walk import Skipped, Step, Steps, Walk, served_operations, take
from tests.conftest import TEST_ENVIRONMENT
from tests.running import running_server

ROOT = Path(__file__).resolve().parents[2]


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(list(arguments))


class TestOptions:
    def test_defaults_to_this_machine(self) -> None:
        options = options_from(parsed(), {})
        assert (options.base_url, options.has_admin, options.has_refresh_grace) == (
            "http://localhost:4000",
            False,
            True,
        )

    def test_command_line_wins_over_environment(self) -> None:
        options = options_from(parsed("--base-url", "https://a.test/"), {"SMOKE_BASE_URL": "https://b.test"})
        assert options.base_url == "https://a.test"

    def test_an_empty_key_is_no_key(self) -> None:
        assert options_from(parsed(), {"ADMIN_API_KEY": "k"}).admin_key == "k"
        assert not options_from(parsed(), {"ADMIN_API_KEY": "k", "SMOKE_ADMIN_KEY": ""}).has_admin

    def test_secrets_are_not_shown(self) -> None:
        environ = {"SMOKE_ADMIN_KEY": "hidden-1", "SMOKE_WEBHOOK_SECRET": "hidden-2", "SMOKE_EMAIL_CODE": "123456"}
        assert not any(word in repr(options_from(parsed(), environ)) for word in environ.values())

    @pytest.mark.parametrize(
        ("arguments", "environ"),
        [
            (("--base-url", "localhost:4000"), {}),
            (("--base-url", "http://user@host"), {}),
            (("--base-url", "http://host:99999"), {}),
            (("--base-url", "http://host/?x=1"), {}),
            (("--ca-file", "/nowhere.pem"), {}),
            (("--resolve", "host"), {}),
            ((), {"SMOKE_ADMIN_EMAIL": "a@example.com"}),
            ((), {"SMOKE_ADMIN_PASSWORD": "x"}),
            ((), {"SMOKE_EMAIL_CODE": "12345"}),
        ],
    )
    def test_wrong_use_is_exit_code_2(
        self,
        arguments: tuple[str, ...],
        environ: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        for name in ("SMOKE_BASE_URL", "SMOKE_ADMIN_EMAIL", "SMOKE_ADMIN_PASSWORD", "SMOKE_EMAIL_CODE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        assert main(parsed(*arguments)) == 2
        assert capsys.readouterr().err.startswith("smoke: ")

    def test_ca_file_must_be_pem(self, tmp_path: Path) -> None:
        file = tmp_path / "ca.pem"
        file.write_text("nothing")
        with pytest.raises(WrongUse, match="--ca-file"):
            options_from(parsed("--ca-file", str(file)), {})


class TestParseResolve:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("api.test:443:127.0.0.1", (("api.test", 443), "127.0.0.1")),
            ("API.test:30443:::1", (("api.test", 30443), "::1")),
            ("api.test:80:[2001:db8::7]", (("api.test", 80), "2001:db8::7")),
            ("[2001:db8::1]:80:10.0.0.1", (("2001:db8::1", 80), "10.0.0.1")),
        ],
    )
    def test_reads(self, text: str, expected: object) -> None:
        assert parse_resolve(text) == expected

    @pytest.mark.parametrize(
        "text",
        ["", "a", "a:80", "a:80:", "a:x:1.1.1.1", "a:0:1.1.1.1", "a:65536:1.1.1.1", ":80:1.1.1.1", "a:80:b", "a:٣:::1"],
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(WrongUse, match="--resolve"):
            parse_resolve(text)


class TestFiles:
    def test_jpeg_decodes_and_differs_by_mark(self) -> None:
        one, two = jpeg("a.jpg", "one"), jpeg("a.jpg", "two")
        assert one.checksum_sha256 != two.checksum_sha256
        with Image.open(io.BytesIO(one.data)) as image:
            image.load()
            assert (image.format, image.size, image.info["comment"]) == ("JPEG", (16, 16), b"one")

    def test_pdf_reads_without_repair(self, caplog: pytest.LogCaptureFixture) -> None:
        file = pdf("a.pdf", "Smoke 4f-1")
        reader = PdfReader(io.BytesIO(file.data), strict=True)
        assert [page.extract_text() for page in reader.pages] == ["Smoke 4f-1"]
        assert not reader.is_encrypted
        assert caplog.records == []

    def test_checksum_is_of_the_bytes(self) -> None:
        file = pdf("a.pdf", "x")
        assert file.checksum_sha256 == hashlib.sha256(file.data).hexdigest()


class TestWebhookSignature:
    def test_signs_milliseconds_key_and_raw_bytes(self) -> None:
        message = b'1700000000000.key-1.{"a": 1}'
        expected = hmac.new(b"secret", message, hashlib.sha256).hexdigest()
        signature = webhook_signature(
            " secret ", timestamp_ms=1_700_000_000_000, idempotency_key="key-1", body=b'{"a": 1}'
        )
        assert signature == expected

    def test_header_carries_seconds_but_milliseconds_are_signed(self) -> None:
        headers = webhook_headers("s", timestamp_sec=1_700_000_000, idempotency_key="k", body=b"")
        assert headers["x-kyc-webhook-timestamp"] == "1700000000"
        signed = webhook_signature("s", timestamp_ms=1_700_000_000_000, idempotency_key="k", body=b"")
        assert headers["x-kyc-webhook-signature"] == f"sha256={signed}"


USER = {
    "id": "a0000000-0000-4000-8000-000000000000",
    "fullName": "",
    "email": "a@example.com",
    "emailVerified": False,
    "emailVerifiedAt": None,
    "createdAt": "2026-01-01T09:00:00.000Z",
    "roles": ["sdm"],
}
PAGE = {"cursor": "0", "nextCursor": None, "limit": 20, "total": 0, "after": None}
LIFECYCLE = {"status": "PUBLISHED", "effectiveStatus": "PUBLISHED", "publishedAt": None, "scheduledAt": None}
POST = {
    "id": "post_1",
    "title": "A post",
    "excerpt": "",
    "category": "VISA",
    "author": "",
    "imageUrl": None,
    "publishedAt": "2026-01-01T09:00:00Z",
    "lifecycle": LIFECYCLE,
    "viewerState": {"authenticated": False, "saved": False},
}


def posts(**changed: Any) -> dict[str, Any]:
    return {"items": [POST | changed], "pageInfo": PAGE}


class TestContract:
    @pytest.mark.parametrize(
        ("answer", "complaint"),
        [
            ({"user": USER | {"emailVerified": 1}}, "answer.user.emailVerified must be a boolean, got int"),
            ({"user": USER | {"email": " "}}, "answer.user.email must be a non-empty string, got str"),
            ({"user": USER | {"fullName": None}}, "answer.user.fullName must be a string, got null"),
            ({"user": USER | {"id": USER["id"].upper()}}, "answer.user.id must be a lower-case UUID, got str"),
            ({"user": USER | {"roles": {}}}, "answer.user.roles must be an array, got dict"),
            ({"user": USER | {"roles": ["sdm", 1]}}, "answer.user.roles[1] must be a string, got int"),
            ({"user": USER, "emailVerification": {}}, "answer has a field that is not declared: emailVerification"),
            ({"user": USER | {"a@example.com": 1}}, "answer.user has a field that is not declared"),
            ({"user": {k: v for k, v in USER.items() if k != "roles"}}, "answer.user.roles is missing"),
            ([], "answer must be an object, got list"),
            *(
                ({"user": USER | {"createdAt": text}}, "answer.user.createdAt must be a UTC time with milliseconds")
                for text in ("2026-01-01T09:00:00Z", "2026-01-01T09:00:00.000+00:00", "2026-01-01T09:00:00.000000Z")
            ),
        ],
    )
    def test_refuses_and_names_the_field_but_not_its_value(self, answer: Any, complaint: str) -> None:
        with pytest.raises(AnswerError) as caught:
            declared().check("GET", "/v1/auth/me", 200, answer)
        assert str(caught.value).startswith(complaint)

    @pytest.mark.parametrize(
        ("method", "path", "status", "answer", "complaint"),
        [
            ("GET", "/feed/posts", 200, posts(publishedAt="2026-01-01T09:00:00.000Z"), "a UTC time in whole seconds"),
            (
                "GET",
                "/feed/posts?limit=1",
                200,
                posts() | {"pageInfo": PAGE | {"cursor": 0}},
                "cursor must be a string",
            ),
            ("GET", "/feed/posts", 200, posts() | {"pageInfo": PAGE | {"total": 1.0}}, "total must be an integer"),
            ("GET", "/feed/posts", 200, posts(lifecycle=LIFECYCLE | {"status": "GONE"}), "'DRAFT' or 'PUBLISHED'"),
            ("POST", "/users/me/saved-jobs", 200, {"saved": 1, "created": True, "jobId": "j"}, "saved must be a bool"),
            ("POST", "/users/me/saved-jobs", 200, {"saved": False, "created": True, "jobId": "j"}, "must be True"),
            ("GET", "/auth/me", 201, {"user": USER}, "getMe does not declare the status 201"),
            (
                "GET",
                "/auth/me",
                401,
                {"error": {"code": "job_not_found", "message": "x"}},
                "not declare this answer.er",
            ),
            ("GET", "/auth/me", 401, {"error": {"code": "invalid_access_token", "message": ""}}, "a non-empty string"),
            ("GET", "/nothing", 404, {"error": {"code": "not_found"}}, "answer.error.message is missing"),
            ("GET", "/nothing", 200, {}, "no operation declares the status 200"),
            ("GET", "/v1/v1/auth/me", 200, {"user": USER}, "no operation declares the status 200"),
        ],
    )
    def test_each_operation_and_status_has_its_own(
        self, method: str, path: str, status: int, answer: Any, complaint: str
    ) -> None:
        with pytest.raises(AnswerError, match=re.escape(complaint)):
            declared().check(method, path, status, answer)

    def test_takes_what_is_declared(self) -> None:
        declared().check("GET", "/v1/auth/me", 200, {"user": USER})
        declared().check("GET", "/feed/posts?limit=2", 200, posts())
        declared().check("PUT", "/jobs", 404, {"error": {"code": "not_found", "message": "There is none."}})

    def test_values_of_a_free_object_are_checked_where_their_type_is_declared(self) -> None:
        document = {
            "paths": {"/a/{b}": {"get": {"operationId": "a", "responses": {"200": {}}, "x-error-codes": {}}}},
            "components": {"schemas": {"A": {"type": "object", "additionalProperties": {"type": "string"}}}},
        }
        document["paths"]["/a/{b}"]["get"]["responses"]["200"] = {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
        }
        Contract(document).check("GET", "/a/x", 200, {"b": "c"})
        with pytest.raises(AnswerError, match=r"answer\.b must be a string"):
            Contract(document).check("GET", "/a/x", 200, {"b": 1})

    def test_it_knows_every_word_of_the_document(self) -> None:
        """A word that it does not look at would be promised and never checked."""
        told = {"description", "example", "default"}
        checked = {"$ref", "allOf", "additionalProperties", "enum", "format", "items", "nullable", "properties"}
        checked |= {"required", "type", "x-extensible-enum", "minLength"}
        formats, words = set(), set()

        def look(schema: Any) -> None:
            words.update(schema)
            formats.update({schema["format"]} if "format" in schema else ())
            for inner in (*schema.get("properties", {}).values(), *schema.get("allOf", ())):
                look(inner)
            for key in ("items", "additionalProperties"):
                if isinstance(schema.get(key), dict):
                    look(schema[key])

        document = yaml.load(CONTRACT_FILE.read_text(), Loader=yaml.CSafeLoader)
        for name, schema in document["components"]["schemas"].items():
            if not name.endswith(("Input", "Form")):
                look(schema)
        assert words <= told | checked
        assert formats == {"uuid", "date-time"}


class TestServedOperations:
    def test_forgets_the_names_of_parameters(self) -> None:
        document = b"paths:\n  /jobs/{jobId}:\n    parameters: []\n    get: {}\n  /jobs:\n    post: {}\n"
        assert served_operations(document) == {"GET /jobs/{}", "POST /jobs"}

    @pytest.mark.parametrize("document", [b"", b"[]", b"{", b"paths: 3"])
    def test_refuses_other_documents(self, document: bytes) -> None:
        with pytest.raises(StepFailed, match="openapi"):
            served_operations(document)


class TestTake:
    @staticmethod
    async def _lines(steps: Steps, served: frozenset[str] | None) -> tuple[str | None, list[str]]:
        lines: list[str] = []
        walk = Walk(Options(), Api(Options()), served=served)
        return await take(walk, list(steps), lines.append), lines

    async def test_says_a_line_a_step_and_stops_at_the_first_failure(self) -> None:
        steps = Steps()

        @steps.step("good", "GET /a")
        async def good(_: Walk) -> None: ...

        @steps.step("absent", "GET /b")
        async def absent(_: Walk) -> None: ...

        @steps.step("unable", "GET /a")
        async def unable(_: Walk) -> None:
            raise Skipped("no reason")

        @steps.step("bad", "GET /a")
        async def bad(_: Walk) -> None:
            raise StepFailed("it broke")

        @steps.step("never", "GET /a")
        async def never(_: Walk) -> None: ...

        failure, lines = await self._lines(steps, frozenset({"GET /a"}))
        assert failure == "bad: it broke"
        assert lines[0].startswith("ok  good (")
        assert lines[1:] == ["--  absent, skipped: not served yet", "--  unable, skipped: no reason"]

    async def test_without_a_document_only_base_steps_run(self) -> None:
        assert {step.base for step in STEPS} == {True, False}
        steps = Steps([Step("base", _nothing, (), True), Step("other", _nothing, (), False)])
        failure, lines = await self._lines(steps, None)
        assert failure is None
        assert [line[:2] for line in lines] == ["ok", "--"]


async def _nothing(_: Walk) -> None: ...


class TestRun:
    async def test_an_absent_server_is_one_clear_line(self, unused_tcp_port: int) -> None:
        lines: list[str] = []
        code = await run(Options(base_url=f"http://127.0.0.1:{unused_tcp_port}"), say=lines.append)
        assert code == 1
        assert lines == [f"SMOKE FAILED connect: no answer from 127.0.0.1:{unused_tcp_port}: ClientConnectorError"]

    async def test_it_can_wait_for_the_first_answer(self, unused_tcp_port: int) -> None:
        """Nobody listens at first, then a product that serves nothing: the first step is reached, and fails."""
        lines: list[str] = []
        options = Options(base_url=f"http://127.0.0.1:{unused_tcp_port}", wait_seconds=60)
        running = asyncio.create_task(run(options, say=lines.append))
        await asyncio.sleep(0.2)
        async with Gateway(unused_tcp_port, own_answers=0):
            assert await running == 1
        assert lines
        assert "connect" not in lines[-1]

    @pytest.mark.parametrize("status", ["404 Not Found", "503 Service Unavailable"])
    async def test_a_gateway_s_own_answers_are_waited_out(self, unused_tcp_port: int, status: str) -> None:
        lines: list[str] = []
        options = Options(base_url=f"http://127.0.0.1:{unused_tcp_port}", wait_seconds=60)
        async with Gateway(unused_tcp_port, own_answers=3, status=status) as gateway:
            assert await run(options, say=lines.append) == 1
        assert gateway.asked > 3
        assert lines[-1].startswith("SMOKE FAILED health: GET /health: expected 200, got 404 not_found")

    async def test_waiting_for_the_product_has_an_end(self, unused_tcp_port: int) -> None:
        lines: list[str] = []
        options = Options(base_url=f"http://127.0.0.1:{unused_tcp_port}", wait_seconds=1)
        async with Gateway(unused_tcp_port, own_answers=1_000_000):
            assert await run(options, say=lines.append) == 1
        assert lines == [
            "SMOKE FAILED connect: GET /openapi.yaml: status 404 without an x-request-id: something else answers there"
        ]


class Gateway:
    """Answers like a gateway that has not yet taken the route, then like a product that serves nothing."""

    def __init__(self, port: int, *, own_answers: int, status: str = "404 Not Found") -> None:
        self.asked = 0
        self._port, self._own_answers, self._status = port, own_answers, status

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        if self.asked <= self._own_answers:
            head, body = [f"HTTP/1.1 {self._status}"], b"404 page not found"
        else:
            headers = {**CORS_HEADERS, "x-request-id": str(uuid.uuid4()), "content-type": "application/json"}
            head = ["HTTP/1.1 404 Not Found", *(f"{name}: {value}" for name, value in headers.items())]
            body = b'{"error": {"code": "not_found", "message": "There is no such thing."}}'
        lines = "\r\n".join([*head, f"Content-Length: {len(body)}", "Connection: close", "", ""])
        writer.write(lines.encode() + body)
        await writer.drain()
        writer.close()


@pytest.fixture(scope="module")
async def server_url(app: Sanic[Any, Any], database_url: str, object_storage_env: dict[str, str]) -> AsyncIterator[str]:
    """A server process of its own, as it runs in production, on the tests' database and object store.

    All its tests show it the same number of jobs: it may count them once.
    """
    async with running_server({**TEST_ENVIRONMENT, **object_storage_env, "DATABASE_URL": database_url}) as server:
        yield server.url


class TestWholeWalk:
    async def test_walks_everything_and_leaves_one_candidate(self, settings: Settings, server_url: str) -> None:
        await fill_database(settings, environ={})
        jobs = await db.fetch_value("SELECT count(*) FROM jobs")
        users = await db.fetch_value("SELECT count(*) FROM users")
        options = Options(
            base_url=server_url,
            admin_key=TEST_ENVIRONMENT["ADMIN_API_KEY"],
            webhook_secret=TEST_ENVIRONMENT["KYC_PROVIDER_WEBHOOK_SECRET"],
        )
        lines: list[str] = []
        code = await run(options, say=lines.append)
        assert (code, lines[-1]) == (0, "SMOKE OK"), "\n".join(lines)
        skipped = [line for line in lines if line.startswith("--") and not line.endswith("not served yet")]
        assert skipped == ["--  staff sign in, skipped: the staff key is used"]
        assert await db.fetch_value("SELECT count(*) FROM jobs") == jobs
        assert await db.fetch_value("SELECT count(*) FROM users") == users + 1

    async def test_staff_may_log_in_instead(self, settings: Settings, server_url: str) -> None:
        await fill_database(settings, environ={"SEED_CANDIDATE_PASSWORD": "a password for staff"})
        options = Options(base_url=server_url, admin_email="admin@example.com", admin_password="a password for staff")
        lines: list[str] = []
        code = await run(options, say=lines.append)
        assert (code, lines[-1]) == (0, "SMOKE OK"), "\n".join(lines)
        assert [line for line in lines if line.startswith("ok  staff sign in (")]

    async def test_resolve_reaches_a_name_that_no_one_knows(self, settings: Settings, server_url: str) -> None:
        await fill_database(settings, environ={})
        port = int(server_url.rpartition(":")[2])
        options = Options(base_url=f"http://api.invalid:{port}", resolve={("api.invalid", port): "127.0.0.1"})
        lines: list[str] = []
        code = await run(options, say=lines.append)
        assert (code, lines[-1]) == (0, "SMOKE OK"), "\n".join(lines)
