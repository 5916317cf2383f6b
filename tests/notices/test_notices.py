"""Does each mail leave once, to the right person, in their language, and to nobody else?"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sanic import Sanic
from tortoise.transactions import in_transaction

from service.base.mailboxes import is_mailbox
from service.base.settings import Settings
from service.database import db
from service.notices import texts
from service.notices.domain import notify
from service.notices.models import NoticeKind
from service.retention import cleaning
from tests.factories import make_candidate
from tests.inbox import Inbox
from tests.working import run_due

Mailbox = tuple[Inbox, str]


async def work(settings: Settings) -> None:
    while await run_due(settings):
        pass


class TestNotify:
    async def test_twenty_at_once_of_one_cause_are_one_mail(
        self, app: Sanic[Any, Any], settings: Settings, smtp: Settings, inbox: Mailbox
    ) -> None:
        person = await make_candidate(settings, email="sari@mailbox.test")
        told = (notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change") for _ in range(20))
        await asyncio.gather(*told)
        await work(smtp)
        (mail,) = inbox[0].read()
        assert mail["To"] == "sari@mailbox.test"
        assert await db.fetch_all("SELECT outcome, address, parameters_json FROM notices") == [("sent", None, {})]

    async def test_an_act_that_is_undone_leaves_none(self, app: Sanic[Any, Any], settings: Settings) -> None:
        person = await make_candidate(settings)
        with pytest.raises(RuntimeError):
            async with in_transaction():
                await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="undone")
                raise RuntimeError
        assert await db.fetch_value("SELECT count(*) FROM notices") == 0
        assert await db.fetch_value("SELECT count(*) FROM background_tasks") == 0

    async def test_a_task_that_runs_again_sends_nothing_again(
        self, app: Sanic[Any, Any], settings: Settings, smtp: Settings, inbox: Mailbox
    ) -> None:
        person = await make_candidate(settings, email="sari@mailbox.test")
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change")
        payload = await db.fetch_value("SELECT payload_json FROM background_tasks")
        await work(smtp)
        await db.execute("UPDATE background_tasks SET state = 'waiting', payload_json = $1, run_at = now()", payload)
        await work(smtp)
        assert len(inbox[0].mails) == 1

    async def test_a_refused_mail_keeps_its_id_at_the_next_try(
        self, app: Sanic[Any, Any], settings: Settings, smtp: Settings, inbox: Mailbox
    ) -> None:
        person = await make_candidate(settings, email="sari@mailbox.test")
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change")
        inbox[0].refuses = True
        await work(smtp)
        inbox[0].refuses = False
        await db.execute("UPDATE background_tasks SET run_at = now()")
        await work(smtp)
        (mail,) = inbox[0].read()
        notice_id = await db.fetch_value("SELECT id FROM notices")
        assert mail["Message-ID"] == f"<{notice_id}@jembatan>"


class TestUnprovedMailboxes:
    """Whoever opens an account under somebody else's address cannot fill that mailbox."""

    @pytest.mark.parametrize(("verified", "expected"), [(False, 3), (True, 8)])
    async def test_one_is_told_of_a_kind_of_thing_three_times_a_day(
        self, app: Sanic[Any, Any], settings: Settings, smtp: Settings, inbox: Mailbox, verified: bool, expected: int
    ) -> None:
        person = await make_candidate(settings, email="sari@mailbox.test", verified=verified)
        for number in range(8):
            await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause=f"change {number}")
            await work(smtp)
        assert len(inbox[0].mails) == expected
        many = await db.fetch_value("SELECT count(*) FROM notices WHERE outcome = 'too_many'")
        assert many == 8 - expected
        await db.execute("UPDATE notices SET finished_at = now() - interval '25 hours'")
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="the next day")
        await work(smtp)
        assert len(inbox[0].mails) == expected + 1


class TestWhoGetsIt:
    @pytest.mark.parametrize("address", ["sari@example.com", "sari@mail.example.com"])
    async def test_nothing_leaves_for_a_fictional_address(
        self, app: Sanic[Any, Any], settings: Settings, smtp: Settings, inbox: Mailbox, address: str
    ) -> None:
        person = await make_candidate(settings, email=address)
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change")
        await work(smtp)
        assert inbox[0].mails == []
        assert await db.fetch_value("SELECT outcome FROM notices") == "nobodys_address"

    async def test_nothing_leaves_for_an_old_address_that_reads_as_two(
        self, app: Sanic[Any, Any], settings: Settings, smtp: Settings, inbox: Mailbox
    ) -> None:
        person = await make_candidate(settings, email="1,victim@mailbox.test")
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change")
        await work(smtp)
        assert inbox[0].mails == []

    async def test_what_is_not_about_security_goes_to_proved_addresses_alone(
        self,
        app: Sanic[Any, Any],
        settings: Settings,
        smtp: Settings,
        inbox: Mailbox,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        told = texts.KINDS[NoticeKind.PASSWORD_CHANGED]
        news = texts.Kind(en=told.en, id=told.id, is_security=False)
        monkeypatch.setitem(texts.KINDS, NoticeKind.PASSWORD_CHANGED, news)
        for name, verified in (("proved", True), ("typed", False)):
            person = await make_candidate(settings, email=f"{name}@mailbox.test", verified=verified)
            await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="news")
        await work(smtp)
        assert [mail["To"] for mail in inbox[0].read()] == ["proved@mailbox.test"]

    @pytest.mark.parametrize(("own", "asked", "subject"), [("id", "en", "id"), (None, "id", "id"), (None, None, "en")])
    async def test_the_persons_own_language_counts(
        self,
        app: Sanic[Any, Any],
        settings: Settings,
        smtp: Settings,
        inbox: Mailbox,
        own: str | None,
        asked: str | None,
        subject: str,
    ) -> None:
        person = await make_candidate(settings, email="sari@mailbox.test")
        await db.execute("UPDATE users SET language = $1", own)
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change", language=asked)
        await work(smtp)
        (mail,) = inbox[0].read()
        assert mail["Subject"] == texts.KINDS[NoticeKind.PASSWORD_CHANGED].words(subject).subject


class TestTexts:
    def test_every_kind_has_words_in_both_languages(self) -> None:
        assert set(texts.KINDS) == set(NoticeKind)
        for kind in texts.KINDS.values():
            assert kind.en.subject != kind.id.subject
            assert kind.en.text != kind.id.text


class TestClean:
    async def test_old_notices_go_sent_or_given_up(self, app: Sanic[Any, Any], settings: Settings) -> None:
        person = await make_candidate(settings)
        for cause in ("old", "old and given up", "new"):
            await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause=cause)
        await db.execute("UPDATE notices SET finished_at = now() WHERE cause <> 'old and given up'")
        await db.execute("UPDATE notices SET created_at = now() - interval '91 days' WHERE cause <> 'new'")
        await cleaning.clean(settings)
        left = await db.fetch_all("SELECT cause FROM notices ORDER BY cause")
        assert [row["cause"] for row in left] == ["new"]


@pytest.mark.parametrize(
    "text",
    [
        "sari@example.com",
        "a.b+c@mail.example.co.jp",
        "abc.@docomo.ne.jp",
        "a..b@docomo.ne.jp",
        "é@x.example",
        "o'b@x.id",
    ],
)
def test_one_mailbox(text: str) -> None:
    assert is_mailbox(text)


@pytest.mark.parametrize(
    "text",
    [
        "1,victim@x.example",
        "x<victim@x.example>",
        "(c)victim@x.example",
        "g:victim@x.example",
        "a;victim@x.example",
        '"a"victim@x.example',
        "a\\victim@x.example",
        "[a]victim@x.example",
        "victim@x.example,y",
        "=?utf-8?q?a=2Cvictim?=@x.example",
        "a，victim@x.example",
        "a＠b@x.example",
        "vic\u200btim@x.example",
        "vic\u0007tim@x.example",
        "a@b@x.example",
        "a b@x.example",
        "a@x",
    ],
)
def test_not_one_mailbox(text: str) -> None:
    assert not is_mailbox(text)


class TestWhereThePageIs:
    @pytest.mark.parametrize(
        ("language", "line"),
        [
            ("en", "\nYour account on the web: https://api.test/account\n"),
            ("id", "\nAkun Anda di web: https://api.test/account\n"),
        ],
    )
    async def test_every_mail_ends_with_it(
        self, app: Sanic[Any, Any], smtp: Settings, inbox: Mailbox, language: str, line: str
    ) -> None:
        person = await make_candidate(smtp, email="sari@mailbox.test")
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change", language=language)
        await work(smtp.model_copy(update={"public_base_url": "https://api.test/"}))
        assert inbox[0].read()[0].get_content().replace("\r\n", "\n").endswith(line)

    async def test_without_an_address_there_is_no_such_line(
        self, app: Sanic[Any, Any], smtp: Settings, inbox: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        person = await make_candidate(smtp, email="sari@mailbox.test")
        await notify(NoticeKind.PASSWORD_CHANGED, user_id=person.id, cause="one change")
        monkeypatch.setattr(Settings, "account_page", None)
        await work(smtp)
        assert "/account" not in inbox[0].read()[0].get_content()
