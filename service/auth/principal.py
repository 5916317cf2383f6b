"""Who is calling? The signed-in user as domain functions see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

SUPER_ADMIN = "super_admin"
"""The role that manages accounts; the last account that has it keeps it."""
STAFF_NAME = "staff"
"""Who a member of staff is in a candidate's answers: never a name or an address."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user, read from the database for this request. `family_id`: the sign-in they came through.

    `own_version` and `content_version` are there when somebody asked for them: the first changes with the person's own
    rows, the second also with jobs, posts and what is due of them. `suspended_at`: since when staff let them in no more.
    `second_factor_id`: of the factor that they have. `has_proved`: they proved it in this sign-in;
    `proved_recently`: within ten minutes.
    """

    user_id: str
    full_name: str
    email: str
    email_verified_at: datetime | None
    created_at: datetime
    roles: tuple[str, ...]
    family_id: str | None
    suspended_at: datetime | None = None
    second_factor_id: str | None = None
    has_proved: bool = False
    proved_recently: bool = False
    own_version: str | None = None
    content_version: str | None = None

    @property
    def email_verified(self) -> bool:
        return self.email_verified_at is not None


@dataclass(frozen=True, slots=True)
class Staff:
    """A caller of the staff API: a signed-in user with a staff role, or the shared key (then `principal` is none)."""

    principal: Principal | None

    @property
    def actor_id(self) -> str:
        """What audit rows say: the user's id, or a fixed name for the key."""
        return self.principal.user_id if self.principal else "admin_api_key"

    @property
    def email(self) -> str | None:
        return self.principal.email if self.principal else None
