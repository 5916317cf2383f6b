"""How does a candidate start, complete and hand in a verification?

The rules: docs/rules/kyc.md.
"""

from __future__ import annotations

from typing import Any

from tortoise.transactions import in_transaction

from service.auth.principal import Principal
from service.evidence.domain import look_again
from service.http.errors import InvalidField
from service.http.web import parse, uuid_or_none
from service.kyc import schemas, states
from service.kyc.models import IdentityDocument, KycSession, KycStatus
from service.kyc.queries import find_own_session, list_document_reasons, list_events, merge_metadata
from service.kyc.reasons import DocumentReason, read_document_reasons
from service.kyc.states import Actor, KycSessionIncomplete, KycSessionNotFound, own_session
from service.kyc.voices import RESERVED_KEY, Voice, fits


class InvalidProviderMetadata(InvalidField):
    code = "invalid_provider_metadata"
    message = "There is nothing to change."
    message_id = "Tidak ada yang perlu diubah."


async def start_session(provider: str | None, *, by: Principal) -> KycSession:
    """A new session in CREATED; a person may have any number of them. One transaction."""
    async with in_transaction():
        return await states.move(
            None, KycStatus.CREATED, by=Actor.candidate(by), reason="session_created", provider=provider or "manual"
        )


async def submit_session(session_id: str, *, by: Principal) -> KycSession:
    """Hand the caller's session to the reviewers. One transaction; locks the row.

    A second submit answers the same, and `submitted_at` keeps its first value; but what was added since the one before
    is handed in now. Raises KycSessionNotFound, KycSessionLocked, KycSessionIncomplete.
    """
    async with in_transaction():
        session = await own_session(session_id, by, lock=True)
        if session.status in states.WAITING:
            if session.evidence_version > (session.submitted_version or 0):
                await KycSession.filter(id=session.id).update(submitted_version=session.version)
            return session
        states.check_move(session, KycStatus.SUBMITTED)
        if not await IdentityDocument.exists(kyc_session_id=session.id):
            raise KycSessionIncomplete
        submitted = await states.move(session, KycStatus.SUBMITTED, by=Actor.candidate(by), reason="session_submitted")
        await look_again(str(session.id))
    return submitted


async def merge_provider_metadata(session_id: str, body: dict[str, Any], *, by: Principal) -> KycSession:
    """Keep what the candidate's phone says that an identity provider said. One transaction; locks the row.

    It is the client's voice: merged key by key at the top level, and what the provider signed beats it. RESERVED_KEY is
    left out without a word. A decided session comes back as it is. Raises KycSessionNotFound, then the errors of the
    fields, then InvalidProviderMetadata.
    """
    async with in_transaction():
        session = await own_session(session_id, by, lock=True)
        fields = parse(schemas.ProviderMetadataInput, body)
        if not fields.provider_ref and not fields.metadata:
            raise InvalidProviderMetadata
        if states.is_decided(session):
            return session
        added = {key: value for key, value in (fields.metadata or {}).items() if key != RESERVED_KEY}
        if not fits(session.client_metadata_json, added):
            raise schemas.InvalidMetadata
        changed = await merge_metadata(session.id, Voice.CLIENT, added, provider_ref=fields.provider_ref)
        await states.audit_change("kyc.provider_metadata_changed", session, changed, by=Actor.candidate(by))
    return changed


async def read_status(*, by: Principal, language: str) -> schemas.KycStatusEnvelope:
    """The state of the caller's latest session, which may be none. Texts are in `language` (`id` or `en`)."""
    session = await find_own_session(by.user_id)
    return schemas.KycStatusEnvelope.of(session, document_reasons=await _document_reasons(session, language))


async def read_history(
    session_id: str | None, *, by: Principal, language: str, context: str | None = None
) -> schemas.KycHistory:
    """A session of the caller with its events, oldest first; without an id the latest, which may be none.

    `context`: `schemas.NAMES` when staff read it. Texts are in `language` (`id` or `en`). Raises KycSessionNotFound for
    an id that is not theirs.
    """
    known = uuid_or_none(session_id) if session_id is not None else None
    is_known = session_id is None or known is not None
    session = await find_own_session(by.user_id, known, context=context) if is_known else None
    if session is None and session_id is not None:
        raise KycSessionNotFound
    return schemas.KycHistory(
        session=session,
        events=await list_events(session.id, context=context) if session else [],
        document_reasons=await _document_reasons(session, language),
    )


async def _document_reasons(session: schemas.KycSession | None, language: str) -> list[DocumentReason]:
    """What the last decision says is wrong with documents; only a decision against somebody says anything."""
    if session is None or session.status not in {KycStatus.MANUAL_REVIEW, KycStatus.REJECTED}:
        return []
    return read_document_reasons(await list_document_reasons(session.id), language)
