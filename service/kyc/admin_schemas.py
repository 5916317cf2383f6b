"""What do the verification operations of staff take and answer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field

from service.audit.models import ActorType
from service.evidence.verdicts import ByteState
from service.evidence.verdicts import Reason as ByteReason
from service.http.errors import InvalidField, InvalidReason
from service.http.fields import Choice, Text
from service.http.web import Input, LooseCursor, LooseLimit, Output, PageInfo, Ts, Uuid, open_enum
from service.kyc import models
from service.kyc.models import KycStatus
from service.kyc.reasons import ReasonCode, Reasons
from service.kyc.schemas import NAMES, KycDocument, KycEnvelope, KycEvent, KycHistory, KycSession, Trust
from service.kyc.states import DECISIONS, REOPENED, WAITING
from service.kyc.voices import COLUMNS, compare
from service.lists.queries import OffsetPage
from service.seen.schemas import Version


class InvalidStatusFilter(InvalidField):
    code = "invalid_status_filter"
    message = "The status filter is not valid."
    message_id = "Filter status tidak valid."


class InvalidOrder(InvalidField):
    code = "invalid_order"
    message = "The order is not valid."
    message_id = "Urutan tidak valid."


class InvalidSessionId(InvalidField):
    code = "invalid_session_id"
    message = "The verification is not named."
    message_id = "Verifikasi tidak disebutkan."


class InvalidDecision(InvalidField):
    code = "invalid_decision"
    message = "The decision is not valid."
    message_id = "Keputusan tidak valid."


class InvalidReviewedBy(InvalidField):
    code = "invalid_reviewed_by"
    message = "The name of the reviewer is missing or too long."
    message_id = "Nama peninjau tidak ada atau terlalu panjang."


class UnsupportedCaseAction(InvalidField):
    code = "unsupported_case_action"
    message = "This action is not supported."
    message_id = "Tindakan ini tidak didukung."


class QueueOrder(StrEnum):
    """How the queue is ordered: last submitted first, or before that by what the provider signed."""

    SUBMITTED = "SUBMITTED"
    PROVIDER = "PROVIDER"


QUEUE_WORDS: dict[str, tuple[KycStatus, ...]] = {
    "DEFAULT": WAITING,
    "ALL": (),
    **{status.value: (status,) for status in KycStatus},
}
"""Which states the queue shows for which word; none are all."""
CASE_WORDS = {
    "OPEN": (KycStatus.SUBMITTED,),
    "IN_REVIEW": (KycStatus.MANUAL_REVIEW,),
    "WAITING_EVIDENCE": (KycStatus.CREATED,),
    "RESOLVED": (KycStatus.VERIFIED,),
    "REJECTED": (KycStatus.REJECTED,),
    **QUEUE_WORDS,
}
"""The same with the words of the case aliases."""
DECISION_WORDS = {status.value: status for status in DECISIONS}
ACTION_WORDS = {
    "REQUEST_EVIDENCE": KycStatus.MANUAL_REVIEW,
    "ESCALATE": KycStatus.MANUAL_REVIEW,
    "RESOLVE_VALID": KycStatus.VERIFIED,
    "RESOLVE_INVALID": KycStatus.REJECTED,
    "BLACKLIST_ENTITY": KycStatus.REJECTED,
}
"""Which decision an action of the case aliases is."""


@dataclass(frozen=True, slots=True)
class ReviewerName(Text):
    """A name that came with the staff key. What counts as nothing in JSON (false, 0, empty text) is none, blanks are not.

    `needed`: none is refused too.
    """

    needed: bool = False

    def parse(self, value: Any) -> str | None:
        if value:
            return Text.parse(self, value)
        if self.needed:
            raise ValueError("missing")
        return None

    def json_schema(self) -> dict[str, Any]:
        return Text.json_schema(self) | {"nullable": True}


@dataclass(frozen=True, slots=True)
class ActionWord(Choice):
    """A case action. What counts as nothing in JSON is none; blanks and anything but known words are refused."""

    def parse(self, value: Any) -> Any:
        return Choice.parse(self, value) if value else None

    def json_schema(self) -> dict[str, Any]:
        return Choice.json_schema(self) | {"nullable": True}


@dataclass(frozen=True, slots=True)
class OrderWord(Choice):
    """An order of the queue; null or blank is the order that it always had."""

    def parse(self, value: Any) -> Any:
        return Choice.parse(self, value) or QueueOrder.SUBMITTED


Reason = Annotated[str | None, Text(InvalidReason, optional=True, maximum=4000)]
Reviewer = Annotated[str | None, ReviewerName(InvalidReviewedBy, maximum=128)]
Order = Annotated[QueueOrder, OrderWord(InvalidOrder, QueueOrder, optional=True)]


class QueueQuery(Input):
    status: Annotated[tuple[KycStatus, ...] | None, Choice(InvalidStatusFilter, QUEUE_WORDS, optional=True)] = None
    order: Order = QueueOrder.SUBMITTED
    cursor: LooseCursor = 0
    limit: LooseLimit = 25


class CasesQuery(Input):
    status: Annotated[tuple[KycStatus, ...] | None, Choice(InvalidStatusFilter, CASE_WORDS, optional=True)] = None
    order: Order = QueueOrder.SUBMITTED
    cursor: LooseCursor = 0
    limit: LooseLimit = 25


class ReviewTarget(Input):
    session_id: Annotated[str, Text(InvalidSessionId)]


class DecisionInput(Input):
    """`reviewedBy` counts with the staff key only; `version` is the one that the decision was made on.

    `documentReasons` says what is wrong with documents of the session, in words that apps translate.
    """

    decision: Annotated[KycStatus, Choice(InvalidDecision, DECISION_WORDS)]
    reviewed_by: Reviewer = None
    reason: Reason = None
    document_reasons: Reasons = None
    version: Version = None


class NamedDecisionInput(DecisionInput):
    """With the staff key, where nobody is signed in."""

    reviewed_by: Annotated[str, ReviewerName(InvalidReviewedBy, maximum=128, needed=True)]


class ReviewInput(ReviewTarget):
    """The whole body of a review, as the contract document shows it; `DecisionInput` is read once the state allows."""

    decision: Annotated[KycStatus, Choice(InvalidDecision, DECISION_WORDS)]
    reviewed_by: Reviewer = None
    reason: Reason = None
    document_reasons: Reasons = None
    version: Version = None


class CaseActionChoice(Input):
    action: Annotated[KycStatus | None, ActionWord(UnsupportedCaseAction, ACTION_WORDS)] = None


class CaseActionInput(CaseActionChoice):
    """`decision` counts before `action`, `reason` before `note`."""

    decision: Annotated[KycStatus | None, Choice(InvalidDecision, DECISION_WORDS, optional=True)] = None
    reviewed_by: Reviewer = None
    reason: Reason = None
    note: Reason = None
    document_reasons: Reasons = None
    version: Version = None


class ClaimInput(Input):
    """Without a session id the oldest waiting one is meant. `reviewedBy` counts with the staff key only."""

    session_id: Annotated[str | None, Text(InvalidSessionId, optional=True)] = None
    reviewed_by: Reviewer = None


class KycClaim(Output):
    id: Uuid
    session_id: Uuid = Field(validation_alias="kyc_session_id")
    reviewed_by: str = Field(validation_alias="reviewer")
    claimed_at: Ts
    expires_at: Ts


class KycPerson(Output):
    id: Uuid
    full_name: str
    email: str


class DocumentVerification(Output):
    """What is known of a document's bytes, and what the last decision found wrong; each a word for machines.

    `findings`: what in the file acts, as scripts and embedded files do; staff are shown it as a picture.
    """

    document_id: Uuid = Field(validation_alias="id")
    state: Annotated[str, open_enum(ByteState)] = Field(validation_alias="byte_state")
    reason: str | None = Field(validation_alias="byte_reason")
    findings: list[str] = Field(validation_alias="findings_json")
    reason_codes: list[Annotated[str, open_enum(ReasonCode)]] = Field(validation_alias="reason_codes_json")


class KycSaid(Output):
    """`values` has who said something: `client`, `server`, `signed`. `conflict`: they say different things."""

    values: dict[str, Any]
    conflict: bool


class KycSaidKey(KycSaid):
    key: str


class KycVoices(Output):
    """Who said what of the reference, and key by key of the metadata: at most 200, those in conflict first."""

    provider_ref: KycSaid
    keys: list[KycSaidKey]
    key_count: int


class KycReviewEnvelope(KycEnvelope):
    """`providerRef` and `providerMetadata` of the session are what counts, `voices` who said it."""

    voices: KycVoices

    @classmethod
    def reviewed(cls, session: models.KycSession) -> Self:
        """For staff: with the names of reviewers, and the voices."""
        return cls.of(session, context=NAMES, voices=compare({name: getattr(session, name) for name in COLUMNS}))


class KycReviewHistory(KycHistory):
    voices: KycVoices | None


class KycQueueItem(Output):
    session: KycSession
    voices: KycVoices
    trust_status: Trust
    user: KycPerson | None
    documents: list[KycDocument]
    document_count: int
    events: list[KycEvent]
    last_event: KycEvent | None
    risk_flags: list[str]
    waiting_seconds: int | None
    claim: KycClaim | None
    verification: list[DocumentVerification]


def shown(item: KycQueueItem) -> tuple[str, ...]:
    """Ids for the record of who was shown what: the verification's and its person's."""
    return (item.session.id, *([item.user.id] if item.user else []))


def risk_flags(
    status: str, documents: Sequence[KycDocument], document_count: int, last_event: KycEvent | None
) -> list[str]:
    """What a reviewer should look at twice, each flag once. Source: docs/rules/kyc.md."""
    flags = []
    if last_event and last_event.actor_type == ActorType.SYSTEM and last_event.reason in REOPENED:
        flags.append(last_event.reason.upper())
    if not document_count:
        flags.append("NO_DOCUMENTS")
    if document_count > 5:
        flags.append("HIGH_DOCUMENT_COUNT")
    seen: set[str] = set()
    for document in documents:
        key = document.object_key
        if not key:
            flags.append("MISSING_OBJECT_KEY")
        elif key in seen:
            flags.append("DUPLICATE_OBJECT_KEY")
        else:
            seen.add(key)
    if status == KycStatus.CREATED and document_count:
        flags.append("PENDING_SUBMISSION")
    return list(dict.fromkeys(flags))


def provider_flags(verdict: str | None, voices: KycVoices) -> list[str]:
    """What the provider's voice adds to them: its verdict, and that another voice contradicts it."""
    flags = [f"PROVIDER_{verdict}"] if verdict else []
    if voices.provider_ref.conflict or any(one.conflict for one in voices.keys):
        flags.append("PROVIDER_CONFLICT")
    return flags


def file_flags(found: Sequence[DocumentVerification]) -> list[str]:
    """What is known of the files adds that one was never sent: the worker looked for it, and there is none."""
    return ["file_never_sent"] if any(one.reason == ByteReason.OBJECT_MISSING for one in found) else []


class QueueFilters(Output):
    status: list[str]


class KycReviewQueue(Output):
    items: list[KycQueueItem]
    count: int
    filters: QueueFilters
    page_info: PageInfo

    @classmethod
    def of(cls, page: OffsetPage[KycQueueItem], statuses: Sequence[str]) -> KycReviewQueue:
        filters = QueueFilters(status=list(statuses))
        return cls(items=page.items, count=len(page.items), filters=filters, page_info=page.page_info)


class KycClaimed(Output):
    claim: KycClaim
    item: KycQueueItem


class KycClaimEnvelope(Output):
    claim: KycClaim


class KycClaimReleased(Output):
    released: bool
    claim: KycClaim
