"""Is a delivery taken exactly when its sender is right, and refused in the contract's order of checks?"""

from __future__ import annotations

import math
import time

import httpx
import pytest
from sanic import Sanic

from service.base.clock import utc_now
from service.base.settings import Settings
from service.webhooks import signature
from service.webhooks.signature import DeliveryHeaders, check_sender
from tests.answers import code
from tests.webhooks.provider import PATH, SECRET, deliver, signed, signed_as

BODY = b'{"metadata": {"a": 1}}'
KEYED = ("x-kyc-webhook-secret", "x-idempotency-key", "x-kyc-webhook-timestamp", "x-kyc-webhook-signature")


async def post(api: httpx.AsyncClient, headers: dict[str, str], body: bytes = BODY) -> httpx.Response:
    return await api.post(PATH, content=body, headers=headers)


@pytest.fixture
def changed(app: Sanic, settings: Settings):  # type: ignore[no-untyped-def]
    """Serve with other settings until the end of the test."""

    def change(**values: object) -> None:
        app.ctx.settings = settings.model_copy(update=values)

    yield change
    app.ctx.settings = settings


class TestTime:
    @pytest.mark.parametrize("offset", [0, -290, 290])
    async def test_a_time_within_the_skew_is_taken(self, api: httpx.AsyncClient, offset: int) -> None:
        assert (await post(api, signed(BODY, at=time.time() + offset))).status_code == 202

    @pytest.mark.parametrize("offset", [-310, 310, -80 * 3600, 10**9])
    async def test_a_time_outside_is_stale(self, api: httpx.AsyncClient, offset: int) -> None:
        answer = await post(api, signed(BODY, at=time.time() + offset))
        assert code(answer) == (401, "stale_webhook_timestamp")

    @pytest.mark.parametrize(
        ("write", "meant"),
        [
            (lambda now: str(int(now)), lambda now: int(now) * 1000),
            (lambda now: str(int(now * 1000)), lambda now: int(now * 1000)),
            (lambda now: f"{int(now)}.25", lambda now: int(now) * 1000 + 250),
            (lambda now: f"{int(now)}.0", lambda now: int(now) * 1000),
            (lambda now: f"{int(now * 1000)}.75", lambda now: int(now * 1000)),
            (lambda now: f"  {int(now)} ", lambda now: int(now) * 1000),
            (lambda now: f"{int(now)}e0", lambda now: int(now) * 1000),
            (lambda now: f"+{int(now)}", lambda now: int(now) * 1000),
            (lambda now: hex(int(now)), lambda now: int(now) * 1000),
            (lambda now: f"{int(now)}.123", lambda now: math.floor(float(f"{int(now)}.123") * 1000)),
        ],
    )
    async def test_whatever_is_written_milliseconds_are_signed(self, api, write, meant) -> None:  # type: ignore[no-untyped-def]
        now = time.time()
        answer = await post(api, signed_as(BODY, stamp=write(now), milliseconds=meant(now)))
        assert answer.status_code == 202, answer.text

    async def test_seconds_signed_as_seconds_are_wrong(self, api: httpx.AsyncClient) -> None:
        now = int(time.time())
        answer = await post(api, signed_as(BODY, stamp=str(now), milliseconds=now))
        assert code(answer) == (403, "invalid_webhook_signature")

    @pytest.mark.parametrize("stamp", ["now", "0", "-5", "1e999", "Infinity", "NaN", "2026-03-01", "1,5", "0x", "٣"])
    async def test_no_number_is_refused(self, api: httpx.AsyncClient, stamp: str) -> None:
        headers = {**signed(BODY), "x-kyc-webhook-timestamp": stamp.encode()}
        answer = await api.post(PATH, content=BODY, headers=headers)
        assert code(answer) == (400, "invalid_webhook_timestamp")


class TestSignature:
    @pytest.mark.parametrize(
        "write",
        [
            str.lower,
            str.upper,
            lambda text: f"sha256={text}",
            lambda text: f"SHA256={text.upper()}",
            lambda t: f" {t} ",
        ],
    )
    async def test_hex_in_any_case_and_with_its_prefix(self, api, write) -> None:  # type: ignore[no-untyped-def]
        plain = signed_as(BODY, stamp=str(int(time.time())), milliseconds=int(time.time()) * 1000)
        headers = {**plain, "x-kyc-webhook-signature": write(plain["x-kyc-webhook-signature"])}
        assert (await post(api, headers)).status_code == 202

    @pytest.mark.parametrize(
        "text", ["x", "0" * 63, "0" * 65, "g" * 64, "sha1=" + "0" * 64, "sha256= " + "0" * 64, "sha256=", "０" * 64]
    )
    async def test_another_form_is_400(self, api: httpx.AsyncClient, text: str) -> None:
        headers = {**signed(BODY), "x-kyc-webhook-signature": text.encode()}
        answer = await api.post(PATH, content=BODY, headers=headers)
        assert code(answer) == (400, "invalid_webhook_signature")

    async def test_another_value_is_403(self, api: httpx.AsyncClient) -> None:
        answer = await post(api, {**signed(BODY), "x-kyc-webhook-signature": "0" * 64})
        assert code(answer) == (403, "invalid_webhook_signature")

    @pytest.mark.parametrize(
        "other",
        [b'{"metadata":{"a":1}}', b'{"metadata": {"a": 1}}\n', b'{"metadata": {"a": 1.0}}', b' {"metadata": {"a": 1}}'],
    )
    async def test_the_same_json_written_otherwise_is_403(self, api: httpx.AsyncClient, other: bytes) -> None:
        assert code(await post(api, signed(BODY), other)) == (403, "invalid_webhook_signature")

    async def test_the_key_is_signed_too(self, api: httpx.AsyncClient) -> None:
        answer = await post(api, {**signed(BODY), "x-idempotency-key": "evt-2"})
        assert code(answer) == (403, "invalid_webhook_signature")

    async def test_the_time_is_signed_too(self, api: httpx.AsyncClient) -> None:
        answer = await post(api, {**signed(BODY), "x-kyc-webhook-timestamp": str(int(time.time()) + 1)})
        assert code(answer) == (403, "invalid_webhook_signature")

    async def test_raw_bytes_are_signed(self, api: httpx.AsyncClient) -> None:
        body = '{ "metadata" : {"nama":"Sari 🌸 \\u00e9",  "n": 1.50} }\r\n'.encode()
        assert (await post(api, signed(body), body)).status_code == 202

    async def test_an_empty_body_is_signed_as_nothing(self, api: httpx.AsyncClient) -> None:
        answer = await post(api, signed(b""), b"")
        assert (answer.status_code, answer.json()["updated"]) == (202, False)


class TestSecret:
    async def test_both_secrets_count_while_one_replaces_the_other(self, api: httpx.AsyncClient, changed) -> None:  # type: ignore[no-untyped-def]
        changed(kyc_provider_webhook_secret="the-new-one", kyc_provider_webhook_secret_previous=SECRET)
        assert (await post(api, signed(BODY, secret="the-new-one", key="n"))).status_code == 202
        assert (await post(api, signed(BODY, key="o"))).status_code == 202
        mixed = {**signed(BODY, key="m"), "x-kyc-webhook-secret": "the-new-one"}
        assert (await post(api, mixed)).status_code == 202
        third = await post(api, signed(BODY, secret="a-third", key="t"))
        assert code(third) == (403, "invalid_webhook_secret")
        forged = {**signed(BODY, secret="a-third", key="f"), "x-kyc-webhook-secret": SECRET}
        assert code(await post(api, forged)) == (403, "invalid_webhook_signature")

    async def test_the_old_one_is_wrong_once_it_is_gone(self, api: httpx.AsyncClient, changed) -> None:  # type: ignore[no-untyped-def]
        changed(kyc_provider_webhook_secret="the-new-one")
        assert code(await post(api, signed(BODY))) == (403, "invalid_webhook_secret")

    async def test_an_empty_previous_secret_is_not_a_secret(self, api: httpx.AsyncClient) -> None:
        answer = await post(api, {**signed(BODY, secret=" "), "x-kyc-webhook-secret": '""'})
        assert code(answer) == (403, "invalid_webhook_secret")

    async def test_a_repeated_header_is_not_the_secret(self, api: httpx.AsyncClient) -> None:
        headers = [*signed(BODY).items(), ("x-kyc-webhook-secret", SECRET)]
        assert code(await api.post(PATH, content=BODY, headers=headers)) == (403, "invalid_webhook_secret")

    @pytest.mark.parametrize("values", [{"kyc_provider_webhook_enabled": False}, {"kyc_provider_webhook_secret": ""}])
    async def test_switched_off(self, api: httpx.AsyncClient, changed, values: dict[str, object]) -> None:  # type: ignore[no-untyped-def]
        changed(**values)
        answer = await post(api, signed(BODY))
        assert code(answer) == (503, "provider_webhook_disabled")
        assert "retry-after" in answer.headers

    async def test_bearer_tokens_do_not_matter(self, api: httpx.AsyncClient) -> None:
        assert (await post(api, {**signed(BODY), "Authorization": "Bearer rubbish"})).status_code == 202


class TestUnsigned:
    async def test_without_the_duty_to_sign_nothing_is_looked_at(self, api: httpx.AsyncClient, changed) -> None:  # type: ignore[no-untyped-def]
        changed(kyc_provider_webhook_require_signature=False)
        headers = {"x-kyc-webhook-secret": SECRET, "x-idempotency-key": "k"}
        assert (await post(api, headers)).status_code == 202

    async def test_but_a_header_that_is_there_is(self, api: httpx.AsyncClient, changed) -> None:  # type: ignore[no-untyped-def]
        changed(kyc_provider_webhook_require_signature=False)
        headers = {"x-kyc-webhook-secret": SECRET, "x-idempotency-key": "k"}
        only_time = await post(api, {**headers, "x-kyc-webhook-timestamp": str(int(time.time()))})
        assert code(only_time) == (401, "missing_webhook_signature")
        only_signature = await post(api, {**headers, "x-kyc-webhook-signature": "0" * 64})
        assert code(only_signature) == (401, "missing_webhook_timestamp")


class TestOrder:
    """Each step is refused although everything after it is wrong as well."""

    async def test_of_checks(self, api: httpx.AsyncClient, changed) -> None:  # type: ignore[no-untyped-def]
        stale = str(int(time.time()) - 9999)
        steps: list[tuple[dict[str, str], bytes, tuple[int, str]]] = [
            ({}, b"{", (400, "invalid_request_body")),
            ({}, b"[]", (401, "missing_webhook_secret")),
            ({"x-kyc-webhook-secret": "no"}, b"[]", (403, "invalid_webhook_secret")),
            ({"x-kyc-webhook-secret": SECRET}, b"[]", (400, "missing_idempotency_key")),
            ({"x-idempotency-key": "k" * 201}, b"[]", (400, "invalid_idempotency_key")),
            ({"x-idempotency-key": "k"}, b"[]", (401, "missing_webhook_timestamp")),
            ({"x-kyc-webhook-timestamp": "soon"}, b"[]", (400, "invalid_webhook_timestamp")),
            ({"x-kyc-webhook-timestamp": stale}, b"[]", (401, "stale_webhook_timestamp")),
            ({"x-kyc-webhook-timestamp": str(int(time.time()))}, b"[]", (401, "missing_webhook_signature")),
            ({"x-kyc-webhook-signature": "zz"}, b"[]", (400, "invalid_webhook_signature")),
            ({"x-kyc-webhook-signature": "0" * 64}, b"[]", (403, "invalid_webhook_signature")),
        ]
        headers: dict[str, str] = {}
        for added, body, expected in steps:
            headers |= added
            assert code(await post(api, headers, body)) == expected
        changed(kyc_provider_webhook_secret="")
        assert code(await post(api, {}, b"{")) == (400, "invalid_request_body")
        assert code(await post(api, {}, b"[]")) == (503, "provider_webhook_disabled")

    async def test_the_key_comes_before_the_content(self, api: httpx.AsyncClient) -> None:
        assert (await deliver(api, {"metadata": {}}, key="k")).status_code == 202
        assert code(await deliver(api, b"[]", key="k")) == (409, "idempotency_key_conflict")
        assert code(await deliver(api, {"providerRef": "r" * 129, "metadata": 1}, key="k")) == (
            409,
            "idempotency_key_conflict",
        )
        assert code(await deliver(api, b"[]", key="n")) == (400, "invalid_metadata")
        bad = {"providerRef": "r" * 129, "metadata": [1]}
        assert code(await deliver(api, bad, key="n")) == (400, "invalid_provider_ref")
        assert code(await deliver(api, {"metadata": [1]}, key="n")) == (400, "invalid_metadata")

    @pytest.mark.parametrize("name", KEYED)
    async def test_each_header_is_needed(self, api: httpx.AsyncClient, name: str) -> None:
        missing = {
            "x-kyc-webhook-secret": (401, "missing_webhook_secret"),
            "x-idempotency-key": (400, "missing_idempotency_key"),
            "x-kyc-webhook-timestamp": (401, "missing_webhook_timestamp"),
            "x-kyc-webhook-signature": (401, "missing_webhook_signature"),
        }
        headers = signed(BODY)
        del headers[name]
        assert code(await post(api, headers)) == missing[name]
        assert code(await post(api, {**headers, name: "   "})) == missing[name]

    async def test_the_key_is_trimmed_and_at_most_200_long(self, api: httpx.AsyncClient) -> None:
        long = "k" * 200
        answer = await post(api, {**signed(BODY, key=long), "x-idempotency-key": f"  {long}  "})
        assert (answer.status_code, answer.json()["idempotencyKey"]) == (202, long)

    async def test_a_key_that_is_no_text_is_refused(self, settings: Settings) -> None:
        for key in ("a\x00b", "a\udce9b"):
            with pytest.raises(signature.InvalidIdempotencyKey):
                check_sender(DeliveryHeaders(SECRET, key, None, None), b"", settings, utc_now())

    async def test_too_large(self, api: httpx.AsyncClient) -> None:
        body = b'{"metadata": {"a": "' + b"x" * 1_048_576 + b'"}}'
        assert code(await post(api, signed(body), body)) == (400, "invalid_request_body")
