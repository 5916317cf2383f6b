"""What do the operations of leaving take and answer?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from service.auth.new_password import InvalidCurrentPassword
from service.auth.schemas import ProofInput
from service.http.errors import InvalidReason
from service.http.fields import Moment, Text
from service.http.web import Input, Output, Ts, Uuid
from service.leaving.domain import InvalidUntil


class DeletionInput(Input):
    password: Annotated[str, Text(InvalidCurrentPassword, trim=False, strict=True)]


class AccountDeletion(Output):
    status: Literal["REQUESTED"] = "REQUESTED"
    requested_at: Ts
    complete_by: Ts


class HoldInput(ProofInput):
    reason: Annotated[str, Text(InvalidReason, maximum=500)]
    until: Annotated[datetime, Moment(InvalidUntil)]


class AccountHold(Output):
    user_id: Uuid
    reason: str
    held_until: Ts


class HoldEnvelope(Output):
    hold: AccountHold
