"""A mail server for tests: what arrives over SMTP, as people would read it."""

from __future__ import annotations

import email
from collections.abc import AsyncIterator
from email import policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from service.base.settings import Settings


class Inbox:
    """A mail server that keeps what it gets, or refuses everything."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.refuses = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuses:
            return "451 later"
        self.mails.append(envelope)
        return "250 kept"

    def read(self) -> list[EmailMessage]:
        """The mails in the order in which they came."""
        found = []
        for sent in self.mails:
            assert isinstance(sent.content, bytes)
            message = email.message_from_bytes(sent.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found


@pytest.fixture
async def inbox(unused_tcp_port: int) -> AsyncIterator[tuple[Inbox, str]]:
    kept = Inbox()
    controller = Controller(kept, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    yield kept, f"smtp://127.0.0.1:{unused_tcp_port}"
    controller.stop()


@pytest.fixture
def smtp(settings: Settings, inbox: tuple[Inbox, str]) -> Settings:
    return settings.model_copy(
        update={"auth_email_provider": "smtp", "smtp_url": inbox[1], "auth_email_from": "hello@example.com"}
    )
