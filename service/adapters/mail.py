"""How does a mail leave? Over SMTP, or into a folder while developing."""

from __future__ import annotations

import asyncio
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from service.base.settings import Settings

_SMTP_SECONDS = 15
MAIL_FOLDER = Path(".local/mail")


class MailNotSent(Exception):
    """The mail server refused or did not answer; the same mail may leave later."""


async def send_mail(settings: Settings, *, to: str, subject: str, text: str, message_id: str | None = None) -> None:
    """Hand one plain-text mail for one mailbox over. Raises MailNotSent within 15 s.

    The header and the envelope are built from the two parts of `to`, so that no character in it names a second mailbox.
    `message_id`: the same for each try, so that a mail that comes twice is known as one.
    """
    recipient = _mailbox(to)
    message = EmailMessage()
    message["From"] = settings.auth_email_from or "jembatan@example.com"
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = f"<{message_id}@jembatan>" if message_id else make_msgid(domain="jembatan")
    message.set_content(text)
    if settings.email_delivery == "log":
        await asyncio.to_thread(_keep, message)
        return
    address = urlsplit(settings.smtp_url)
    try:
        await aiosmtplib.send(
            message,
            recipients=[recipient.addr_spec],
            hostname=address.hostname,
            port=address.port or (465 if address.scheme == "smtps" else 587),
            username=unquote(address.username) if address.username else None,
            password=unquote(address.password) if address.password else None,
            use_tls=address.scheme == "smtps",
            # Outside dev a server without STARTTLS is refused: password, codes and addresses would travel in clear.
            start_tls=None if settings.is_dev or address.scheme == "smtps" else True,
            timeout=_SMTP_SECONDS,
        )
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        raise MailNotSent from error


def _mailbox(address: str) -> Address:
    """Whatever stands before the last `@` is the name of one mailbox; the library quotes what needs it."""
    local, _, domain = address.rpartition("@")
    try:
        return Address(username=local, domain=domain)
    except ValueError as error:
        raise MailNotSent from error


def _keep(message: EmailMessage) -> None:
    MAIL_FOLDER.mkdir(parents=True, exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    (MAIL_FOLDER / f"{name}.eml").write_bytes(bytes(message))
