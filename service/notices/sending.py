"""How does a mail leave? The worker finds out to whom and in which words, and sends each one once.

The rules: docs/rules/notices.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tortoise.transactions import in_transaction

from service.adapters.mail import MailNotSent, send_mail
from service.audit.domain import audit
from service.auth import codes
from service.auth.models import EmailVerificationChallenge, HiddenAccount, User
from service.base import logs, metrics
from service.base.clock import utc_now
from service.base.mailboxes import is_mailbox
from service.base.settings import Settings
from service.http.web import uuid_or_none
from service.notices.models import Notice, NoticeKind
from service.notices.texts import KINDS, page_line

# The domain of seeded and other fictional people (RFC 2606).
_NOBODYS = "example.com"
# Who opened an account under somebody else's address could fill that mailbox by changing things to and fro.
_MOST_A_DAY_UNPROVED = 3
_CODES = frozenset({NoticeKind.VERIFICATION_CODE, NoticeKind.PASSWORD_RESET_CODE, NoticeKind.ACCOUNT_DELETION_CODE})


@dataclass(frozen=True, slots=True)
class _Mail:
    """What is ready to leave; `user_id` is whom it is about."""

    user_id: str
    address: str
    subject: str
    text: str


async def send_notice(payload: dict[str, Any], settings: Settings) -> None:
    """Send the mail of one notice, unless it was sent before or nobody may get it. Raises MailNotSent.

    A worker that dies between the mail server's answer and its own note sends the mail again, with the same Message-ID.
    """
    notice = await Notice.get_or_none(id=uuid_or_none(payload["noticeId"]))
    if notice is None or notice.finished_at is not None:
        return
    try:
        kind = NoticeKind(notice.kind)
    except ValueError:
        raise UnknownNotice from None
    found = await _compose(notice, kind, settings)
    if isinstance(found, _Mail):
        try:
            await send_mail(
                settings, to=found.address, subject=found.subject, text=found.text, message_id=str(notice.id)
            )
        except MailNotSent:
            _log(kind, "delivery_failed", settings)
            raise
    await _finish(notice, kind, found)
    outcome = ("sent" if settings.email_delivery == "smtp" else "logged") if isinstance(found, _Mail) else found
    metrics.notices.labels(kind.value, outcome).inc()
    _log(kind, outcome, settings)


class UnknownNotice(Exception):
    """The kind is a newer version's: its worker sends it."""


async def _compose(notice: Notice, kind: NoticeKind, settings: Settings) -> _Mail | str:
    """The mail, or in one word why there is none."""
    user = await _person(notice)
    if user is None:
        return "no_account"
    address = notice.address or user.email
    if not may_receive(address, settings):
        return "nobodys_address"
    if not KINDS[kind].is_security:
        if user.email_verified_at is None:
            return "unverified"
        if await HiddenAccount.exists(user_id=user.id):
            return "hidden"
    if kind not in _CODES and user.email_verified_at is None and await _has_had_many(notice):
        return "too_many"
    values: dict[str, Any] = dict(notice.parameters_json)
    if kind in _CODES:
        found = await _code(values.get("challengeId", ""), kind, user, settings)
        if isinstance(found, str):
            return found
        values |= found
    language = user.language or notice.language or "en"
    words = KINDS[kind].words(language)
    text = words.text.format(**values) + page_line(language, settings.account_page)
    return _Mail(str(user.id), address, words.subject, text)


async def _has_had_many(notice: Notice) -> bool:
    """Whether the mailbox, which nobody has proved to be the person's, was told of this kind of thing often today.

    Of several that leave at once each looks before the others are noted.
    """
    today = Notice.filter(
        user_id=notice.user_id, kind=notice.kind, outcome="sent", finished_at__gt=utc_now() - timedelta(days=1)
    )
    return await today.count() >= _MOST_A_DAY_UNPROVED


async def _code(challenge_id: str, kind: NoticeKind, user: User, settings: Settings) -> dict[str, Any] | str:
    """The code and the minutes that it is valid for, or in one word why it is of no use any more."""
    challenge = await EmailVerificationChallenge.get_or_none(id=uuid_or_none(challenge_id))
    if challenge is None or challenge.verified_at is not None or challenge.expires_at <= utc_now():
        return "expired"
    if user.created_at > challenge.created_at:
        return "no_account"
    if kind is NoticeKind.VERIFICATION_CODE and user.email_verified_at is not None:
        return "verified"
    code = codes.code_of(challenge, settings)
    if code is None:
        return "expired"
    seconds = (challenge.expires_at - challenge.created_at).total_seconds()
    return {"code": code, "minutes": max(1, round(seconds / 60))}


async def _person(notice: Notice) -> User | None:
    """Whom the mail is about; for an address alone it is looked up here, so that no answer could tell by its time.

    For such an address an account that is being erased is none: its code would be of no use.
    """
    if notice.user_id is not None:
        return await User.get_or_none(id=notice.user_id)
    if not notice.address:
        return None
    return await User.get_or_none(email=notice.address, hidden__erasing_since__isnull=True)


async def _finish(notice: Notice, kind: NoticeKind, found: _Mail | str) -> None:
    async with in_transaction():
        await Notice.filter(id=notice.id, finished_at__isnull=True).update(
            finished_at=utc_now(),
            outcome="sent" if isinstance(found, _Mail) else found,
            address=None,
            parameters_json={},
        )
        if kind is NoticeKind.PASSWORD_RESET_CODE and isinstance(found, _Mail):
            await audit(
                "auth.password_reset_requested",
                actor_type="SYSTEM",
                actor_id=None,
                subject_type="USER",
                subject_id=found.user_id,
            )


def may_receive(address: str, settings: Settings) -> bool:
    """Whether a mail to `address` may leave: it names one mailbox, and over SMTP one of somebody real."""
    domain = address.rpartition("@")[2].rstrip(".")
    is_nobodys = domain == _NOBODYS or domain.endswith(f".{_NOBODYS}")
    return is_mailbox(address) and (settings.email_delivery == "log" or not is_nobodys)


def _log(kind: NoticeKind, outcome: str, settings: Settings) -> None:
    """Without address and code. The replaced server's names are kept for the one mail that it sent."""
    level = "error" if outcome == "delivery_failed" else "info"
    if kind is NoticeKind.VERIFICATION_CODE and outcome in {"sent", "logged", "delivery_failed"}:
        logs.log(f"auth.email_verification.{outcome}", level=level, provider=settings.email_delivery)
    else:
        logs.log("notice.finished", level=level, kind=kind.value, outcome=outcome)
