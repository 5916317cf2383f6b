"""Can every refusal be read by the people who see it, in both languages, and is the page of errors up to date?"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest
from sanic import Sanic

from service.auth import mails
from service.contract.errors_page import ERRORS_FILE, build_page, error_rows, example_text, product_errors
from service.http.errors import ApiError, InternalError

ERRORS = product_errors()
LONGEST_TEXT = 160
# Words that are no word of the other language; a text that was put into the wrong slot has some.
ENGLISH = frozenset(["the", "is", "are", "not", "please", "this", "your", "you", "already", "was", "again", "too"])
INDONESIAN = frozenset(
    ["tidak", "silakan", "anda", "ini", "telah", "sudah", "terlalu", "atau", "yang", "kembali", "sedang"]
)


@pytest.fixture(params=ERRORS, ids=lambda error: f"{error.__module__}.{error.__name__}")
def error(request: pytest.FixtureRequest) -> type[ApiError]:
    found: type[ApiError] = request.param
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


class TestEachError:
    def test_has_a_code_in_lower_snake_case_and_a_status_of_the_contract(self, error: type[ApiError]) -> None:
        assert re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", error.code)
        assert error.status_code in {400, 401, 403, 404, 409, 429, 500, 503}

    def test_has_texts_of_its_own_in_both_languages(self, error: type[ApiError]) -> None:
        english, indonesian = example_text(error, "en"), example_text(error, "id")
        assert english != indonesian
        if error is not InternalError:
            assert english != ApiError.message
            assert indonesian != ApiError.message_id
        assert not words(english) & INDONESIAN
        assert not words(indonesian) & ENGLISH

    @pytest.mark.parametrize("language", ["en", "id"])
    def test_reads_as_plain_text(self, error: type[ApiError], language: str) -> None:
        """One sentence says what is the matter, and at most one more what to do."""
        text = example_text(error, language)
        assert text == text.strip()
        assert 0 < len(text) <= LONGEST_TEXT
        assert re.fullmatch(r"[A-Z0-9][^{}<>`_\n]*\.", text), text
        assert 1 <= len(re.findall(r"[.!?](?:\s|$)", text)) <= 2, text

    def test_says_when_to_come_back_where_that_helps(self, error: type[ApiError]) -> None:
        assert (error.retry_after is not None) == (error.status_code in {429, 503})


@pytest.mark.parametrize("limited", [error for error in ERRORS if error.status_code == 429])
class TestWaits:
    """Apps show the message as it is, so it says how long. The rule: docs/rules/auth.md, Guessing."""

    @pytest.mark.parametrize(
        ("seconds", "english", "indonesian"),
        [
            (61, "two", "dua"),
            (300, "five", "lima"),
            (661, "twelve", "dua belas"),
            (900, "fifteen", "lima belas"),
            (901, "16", "16"),
            (7200, "120", "120"),
        ],
    )
    def test_more_than_a_minute_is_named(
        self, limited: type[ApiError], seconds: int, english: str, indonesian: str
    ) -> None:
        refusal = limited(retry_after=seconds)
        texts = refusal.text("en"), refusal.text("id")
        assert f" {english} minutes" in texts[0]
        assert f" {indonesian} menit" in texts[1]
        assert not words(texts[0]) & INDONESIAN
        assert not words(texts[1]) & ENGLISH
        for text in texts:
            assert len(text) <= LONGEST_TEXT
            assert re.fullmatch(r"[A-Z][^{}<>`_\n]*\.", text), text
        assert refusal.retry_after == seconds

    @pytest.mark.parametrize("seconds", [1, 60])
    def test_up_to_a_minute_is_told_as_before(self, limited: type[ApiError], seconds: int) -> None:
        refusal = limited(retry_after=seconds)
        assert refusal.text("en") == limited.message.replace("{seconds}", str(seconds))
        assert refusal.text("id") == limited.message_id.replace("{seconds}", str(seconds))


class TestAllErrors:
    def test_one_code_and_status_has_one_pair_of_texts(self) -> None:
        texts = defaultdict(set)
        for error in ERRORS:
            texts[error.code, error.status_code].add((error.message, error.message_id))
        assert {key: found for key, found in texts.items() if len(found) > 1} == {}

    def test_the_page_is_up_to_date(self, app: Sanic[Any, Any]) -> None:
        assert ERRORS_FILE.read_text() == build_page(app), "run: make errors"

    def test_the_page_is_the_same_each_time(self, app: Sanic[Any, Any]) -> None:
        assert build_page(app) == build_page(app)

    def test_the_page_has_every_error_that_an_operation_declares(self, app: Sanic[Any, Any]) -> None:
        rows = error_rows(app)
        assert {(error.code, error.status_code) for error in ERRORS} == {(row.code, row.status) for row in rows}
        by_code = {(row.code, row.status): row.operations for row in rows}
        assert by_code["email_exists", 409][-1] == "register"
        assert set(by_code["invalid_refresh_token", 401]) == {"refresh"}


class TestMails:
    def test_exist_in_both_languages(self) -> None:
        for texts in (mails._SUBJECT, mails._TEXT):
            assert set(texts) == {"en", "id"}
            assert texts["en"] != texts["id"]
            fields = [sorted(re.findall(r"\{(\w+)\}", text)) for text in texts.values()]
            assert fields[0] == fields[1]
