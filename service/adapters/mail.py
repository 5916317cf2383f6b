"""How does a mail leave? Over SMTP, or into a folder while developing."""

from __future__ import annotations

import asyncio
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


async def send_mail(settings: Settings, *, to: str, subject: str, text: str) -> None:
    """Hand one plain-text mail over. Raises MailNotSent within 15 s."""
    message = EmailMessage()
    message["From"] = settings.auth_email_from or "jembatan@example.com"
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain="jembatan")
    message.set_content(text)
    if settings.email_delivery == "log":
        await asyncio.to_thread(_keep, message)
        return
    address = urlsplit(settings.smtp_url)
    try:
        await aiosmtplib.send(
            message,
            hostname=address.hostname,
            port=address.port or (465 if address.scheme == "smtps" else 587),
            username=unquote(address.username) if address.username else None,
            password=unquote(address.password) if address.password else None,
            use_tls=address.scheme == "smtps",
            timeout=_SMTP_SECONDS,
        )
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
        raise MailNotSent from error


def _keep(message: EmailMessage) -> None:
    MAIL_FOLDER.mkdir(parents=True, exist_ok=True)
    name = str(message["Message-ID"]).strip("<>").partition("@")[0]
    (MAIL_FOLDER / f"{name}.eml").write_bytes(bytes(message))
