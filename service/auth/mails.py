"""How are the mails sent that the release before left? The task holds the code; goes one release later."""

from __future__ import annotations

from typing import Any

from service.adapters.mail import MailNotSent, send_mail
from service.base import logs
from service.base.settings import Settings
from service.notices.sending import may_receive

_SUBJECT = {"en": "Your verification code", "id": "Kode verifikasi Anda"}
_TEXT = {
    "en": "Your verification code is {code}.\n\n"
    "It is valid for {minutes} minutes. If you did not ask for it, ignore this mail.\n",
    "id": "Kode verifikasi Anda adalah {code}.\n\n"
    "Kode berlaku selama {minutes} menit. Abaikan surel ini jika Anda tidak memintanya.\n",
}


async def send_verification_mail(payload: dict[str, Any], settings: Settings) -> None:
    """Send the code of one challenge. Raises MailNotSent; the log says so without address or code."""
    if not may_receive(payload["to"], settings):
        return
    language = payload["language"]
    text = _TEXT[language].format(code=payload["code"], minutes=max(1, round(payload["ttlSeconds"] / 60)))
    try:
        await send_mail(settings, to=payload["to"], subject=_SUBJECT[language], text=text)
    except MailNotSent:
        logs.log("auth.email_verification.delivery_failed", level="error", provider=settings.email_delivery)
        raise
    event = "sent" if settings.email_delivery == "smtp" else "logged"
    logs.log(f"auth.email_verification.{event}", provider=settings.email_delivery)
