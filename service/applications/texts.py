"""What does a step of a journey say, to whom, in which language? Every text once.

The rules: docs/rules/applications.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from service.applications.models import ApplicationStatus
from service.applications.schemas import ApplicationDocument, StoredStep
from service.audit.models import ActorType
from service.auth.principal import STAFF_NAME


class StepText(StrEnum):
    """The key of a step's text, as it is stored. A text whose words change keeps its key."""

    SUBMITTED = "submitted"
    SUBMITTED_WITH_NOTE = "submitted_with_note"
    IN_REVIEW = "in_review"
    INTERVIEW = "interview"
    OFFERED = "offered"
    HIRED = "hired"
    REJECTED = "rejected"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_DECLINED = "offer_declined"


_KEYS = {key.value: key for key in StepText}
_ENGLISH = "en"
_BY_STAFF = {
    "en": "The status is now {status}, set by {name}.",
    "id": "Statusnya kini {status}, ditetapkan oleh {name}.",
}
_REASON = {"en": " Reason: ", "id": " Alasan: "}
_STAFF = {"en": STAFF_NAME, "id": "petugas"}
# Steps of earlier releases may name somebody else than the actor that they store, or store no actor at all.
_SET_BY = re.compile(
    r"The status is now (?P<status>[A-Z_]+), set by [^\n]{1,320}?\.(?: Reason: (?P<reason>.*))?", re.DOTALL
)
_ADDRESS = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_BY_ADDRESS = re.compile(rf"(\bby ){_ADDRESS}", re.IGNORECASE)
# Key → language → title and sentence; without a sentence, what somebody typed stands alone. Steps of earlier releases
# have no key and are recognised by these English words, so whoever changes them keeps the old ones for that.
_TEXTS: dict[StepText, dict[str, tuple[str, str]]] = {
    StepText.SUBMITTED: {
        "en": ("Application submitted", "Your application was received."),
        "id": ("Lamaran terkirim", "Lamaran Anda sudah diterima."),
    },
    StepText.SUBMITTED_WITH_NOTE: {
        "en": ("Application submitted", ""),
        "id": ("Lamaran terkirim", ""),
    },
    StepText.IN_REVIEW: {
        "en": ("Application in review", _BY_STAFF["en"]),
        "id": ("Lamaran sedang ditinjau", _BY_STAFF["id"]),
    },
    StepText.INTERVIEW: {
        "en": ("Interview", _BY_STAFF["en"]),
        "id": ("Wawancara", _BY_STAFF["id"]),
    },
    StepText.OFFERED: {
        "en": ("Job offered", _BY_STAFF["en"]),
        "id": ("Penawaran kerja", _BY_STAFF["id"]),
    },
    StepText.HIRED: {
        "en": ("Hired", _BY_STAFF["en"]),
        "id": ("Diterima bekerja", _BY_STAFF["id"]),
    },
    StepText.REJECTED: {
        "en": ("Application not successful", _BY_STAFF["en"]),
        "id": ("Lamaran tidak berhasil", _BY_STAFF["id"]),
    },
    StepText.OFFER_ACCEPTED: {
        "en": ("Offer accepted", "The candidate accepted the offer."),
        "id": ("Penawaran diterima", "Kandidat menerima penawaran ini."),
    },
    StepText.OFFER_DECLINED: {
        "en": ("Offer declined", "The candidate declined the offer."),
        "id": ("Penawaran ditolak", "Kandidat menolak penawaran ini."),
    },
}
_OFFER_ANSWERS = {
    ApplicationStatus.HIRED: StepText.OFFER_ACCEPTED,
    ApplicationStatus.REJECTED: StepText.OFFER_DECLINED,
}


@dataclass(frozen=True, slots=True)
class StepWords:
    """What is stored of a new step: its key, what somebody typed, and both in English for whoever knows no keys.

    `typed` is a reason or a note, word for word.
    """

    key: StepText
    typed: str | None
    title: str
    description: str


def words_of_application(note: str | None) -> StepWords:
    """The first step of an application."""
    key = StepText.SUBMITTED_WITH_NOTE if note else StepText.SUBMITTED
    return StepWords(key, note, *_tell(key, _ENGLISH, status=ApplicationStatus.SUBMITTED, name="", typed=note))


def words_of_move(status: ApplicationStatus, reason: str | None, *, actor_type: ActorType, name: str) -> StepWords:
    """The step of a move to `status`. `name` is that of the member of staff; the words of candidates have none."""
    key = _OFFER_ANSWERS[status] if actor_type is ActorType.USER else StepText[status.name]
    return StepWords(key, reason, *_tell(key, _ENGLISH, status=status, name=name, typed=reason))


def step_for_candidate(step: StoredStep, language: str, *, note: str | None) -> StoredStep:
    """`step` as its candidate may see it: in their language (`id` or `en`), with a fixed word for staff.

    A step whose words are not ours stays as it is stored, but for the name of the member of staff who acted. `note` is
    that of the application.
    """
    is_staffs = step.actor_type not in {ActorType.USER, ActorType.SYSTEM}
    found = _key_of(step, note)
    if found is not None:
        key, typed = found
        title, description = _tell(key, language, status=step.status, name=_STAFF[language], typed=typed)
    else:
        title, description = step.title, step.description
        if is_staffs:
            title, description = (_without(step.actor_id or "", text) for text in (title, description))
    actor_id = STAFF_NAME if is_staffs and step.actor_id is not None else step.actor_id
    return step.model_copy(update={"title": title, "description": description, "actor_id": actor_id})


def document_for_candidate(document: ApplicationDocument) -> ApplicationDocument:
    """`document` as its candidate may see it: with a fixed word for whoever reviewed it."""
    return document if document.reviewed_by is None else document.model_copy(update={"reviewed_by": STAFF_NAME})


def _tell(key: StepText, language: str, *, status: str, name: str, typed: str | None) -> tuple[str, str]:
    title, sentence = _TEXTS[key][language]
    if not sentence:
        return title, typed or ""
    told = sentence.format(status=status, name=name)
    return title, f"{told}{_REASON[language]}{typed}" if typed else told


def _key_of(step: StoredStep, note: str | None) -> tuple[StepText, str | None] | None:
    """The key of a step and what somebody typed; none for words that are not ours, or of a later release."""
    if step.text_key is not None:
        known = _KEYS.get(step.text_key)
        return (known, step.typed_text) if known else None
    if note and step.description == note and step.title == _TEXTS[StepText.SUBMITTED_WITH_NOTE][_ENGLISH][0]:
        return StepText.SUBMITTED_WITH_NOTE, note
    for key in StepText:
        title, told = _tell(key, _ENGLISH, status=step.status, name=step.actor_id or "", typed=None)
        if step.title != title or not told:
            continue
        if step.description == told:
            return key, None
        if step.description.startswith(told + _REASON[_ENGLISH]):
            return key, step.description[len(told + _REASON[_ENGLISH]) :]
    return _key_of_staffs_step(step) if step.actor_type not in {ActorType.USER, ActorType.SYSTEM} else None


def _key_of_staffs_step(step: StoredStep) -> tuple[StepText, str | None] | None:
    """The same for our sentence of staff's moves, whomever it names."""
    found = _SET_BY.fullmatch(step.description)
    key = _KEYS.get(step.status.lower())
    if found is None or key is None or found["status"] != step.status or step.title != _TEXTS[key][_ENGLISH][0]:
        return None
    return key, found["reason"]


def _without(name: str, text: str) -> str:
    """An English text with the word for staff in the place of whoever acted, in any case.

    An address is replaced wherever it is that of `name`, and behind "by" whosever it is. A name that is no address may
    be an ordinary word, so it is replaced behind "by" alone.
    """
    name = name.strip()
    if name:
        before = r"(?<!\w)()" if "@" in name else r"(\bby )"
        text = re.sub(rf"{before}{re.escape(name)}(?!\w)", rf"\g<1>{STAFF_NAME}", text, flags=re.IGNORECASE)
    return _BY_ADDRESS.sub(rf"\g<1>{STAFF_NAME}", text)
