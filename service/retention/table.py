"""Which tables are there, what do they hold of people, how long, and does an export or an erasure reach it?

docs/privacy.md shows this table (`python docs/privacy.py`); a test fails for a table of the database without a row here.
"""

from __future__ import annotations

from dataclasses import dataclass

_ACCOUNT = "as long as the account"
_NONE = "nothing personal"
_WITH_ACCOUNT = "goes"
EVER = "for ever"


@dataclass(frozen=True, slots=True)
class Removal:
    """What the worker does with rows past their time: `then` (SQL, of the table as `t`) where `due` holds.

    `days`: a number, or the setting that says it; it is `$1` in `due`.
    """

    due: str
    days: int | str
    then: str = "DELETE FROM {table} t"


@dataclass(frozen=True, slots=True)
class Kept:
    """A table: what it `holds` of people, the `period` in words, the `area` of the export, what an `erasure` does."""

    table: str
    holds: str
    period: str
    area: str = "–"
    erasure: str = _WITH_ACCOUNT
    removal: Removal | None = None

    @property
    def setting(self) -> str:
        """The variable that says the period, if any."""
        days = self.removal.days if self.removal else ""
        return days.upper() if isinstance(days, str) else ""


TABLES = (
    Kept(
        "users",
        "name, address, password's digest, picture's address, language, since when they are suspended",
        f"{_ACCOUNT}; unused ones less",
        "account",
    ),
    Kept("user_roles", "roles", _ACCOUNT, "account"),
    Kept(
        "second_factors",
        "sealed secret of an authenticator app, digests of recovery codes; staff alone",
        f"{_ACCOUNT}, unless it is removed",
        "account",
    ),
    Kept("roles", _NONE, EVER, erasure="–"),
    Kept(
        "session_families",
        "sign-ins: when, on what device and network, and why they ended",
        "90 days, longer while they live",
        "sign_ins",
        removal=Removal(
            "t.created_at < now() - make_interval(days => $1)"
            " AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.family_id = t.id)",
            "sign_in_record_days",
        ),
    ),
    Kept(
        "sessions",
        "digests of refresh tokens",
        "90 days after their end",
        "sign_ins",
        removal=Removal("t.expires_at < now() - make_interval(days => $1)", "sign_in_record_days"),
    ),
    Kept(
        "email_verification_challenges",
        "address, digest of a code",
        "30 days after their end; a day for addresses alone",
        "codes",
        removal=Removal(
            "t.expires_at < now() - make_interval(days => CASE WHEN t.user_id IS NULL THEN 1 ELSE $1 END)", 30
        ),
    ),
    Kept("failed_guesses", "keyed digests, no address", "15 minutes", erasure="ends by itself"),
    Kept("hidden_accounts", "that and when an account is to be erased", "until it is erased", "account"),
    Kept(
        "account_holds",
        "why an account is not erased yet",
        "30 days after their end",
        removal=Removal("t.held_until < now() - make_interval(days => $1)", 30),
    ),
    Kept("erasure_receipts", "keyed digest of an id, times, counts", EVER, erasure="is what is left"),
    Kept(
        "personal_exports",
        "that an export was made; its file goes after 7 days",
        "90 days",
        "exports",
        removal=Removal("t.requested_at < now() - make_interval(days => $1) AND t.state = 'EXPIRED'", 90),
    ),
    Kept(
        "notices",
        "which mails; address and parameters until they have left",
        "90 days",
        "mails",
        removal=Removal("t.created_at < now() - make_interval(days => $1)", 90),
    ),
    Kept("user_saved_jobs", "saved jobs", _ACCOUNT, "saved_jobs"),
    Kept("user_saved_posts", "saved posts", _ACCOUNT, "saved_posts"),
    Kept("job_applications", "applications with a note", _ACCOUNT, "applications"),
    Kept("job_application_journey_events", "steps of applications", _ACCOUNT, "application_steps"),
    Kept("job_application_documents", "documents of applications, with their files", _ACCOUNT, "application_documents"),
    Kept("kyc_sessions", "verifications, with what the provider said", _ACCOUNT, "verifications"),
    Kept("identity_documents", "identity documents, with their files", _ACCOUNT, "verification_documents"),
    Kept("kyc_status_events", "steps of verifications", _ACCOUNT, "verification_steps"),
    Kept(
        "kyc_claims",
        "who of staff works on a verification",
        "a day after their end",
        removal=Removal("t.expires_at < now() - make_interval(days => $1)", 1),
    ),
    Kept(
        "seen_versions",
        "which version of a verification somebody of staff was shown, and when",
        "30 days after the last look",
        erasure="goes, with the marks that others have of the person's verifications",
        removal=Removal("t.seen_at < now() - make_interval(days => $1)", 30),
    ),
    Kept("organizations", "name; its owner", EVER, "organizations", "stays without owner"),
    Kept("organization_verifications", "number, legal name, keys of proofs", EVER, "organizations", "keys go"),
    Kept(
        "webhook_deliveries",
        "what the provider sent; key and digest without it",
        "bodies 90 days, the rest for ever: a key is never free again",
        "provider_deliveries",
        "bodies go",
        removal=Removal(
            "t.received_at < now() - make_interval(days => $1) AND t.body <> '' AND t.state <> 'waiting'",
            "webhook_body_days",
            "UPDATE {table} t SET body = '', state = CASE t.state WHEN 'parked' THEN 'unaddressed' ELSE t.state END",
        ),
    ),
    Kept(
        "background_tasks",
        "ids and addresses of work that waits; nothing once it is done",
        "30 days after their end",
        removal=Removal("t.finished_at < now() - make_interval(days => $1)", "task_record_days"),
    ),
    Kept(
        "audit_events",
        "who did what to whom, with details",
        EVER,
        "access, own_actions",
        "details go, and the person's id gives way to a pseudonym that only AUDIT_KEYS can read",
    ),
    Kept(
        "access_events",
        "who of staff was shown what and when: ids alone",
        "365 days",
        "access",
        "the person's id gives way to a pseudonym that only AUDIT_KEYS can read",
        removal=Removal(
            "t.occurred_at < now() - make_interval(days => $1) AND t.seal_id IS NOT NULL", "access_record_days"
        ),
    ),
    Kept("audit_head", _NONE, EVER, erasure="–"),
    Kept("audit_keys", _NONE, EVER, erasure="–"),
    Kept("user_versions", "random marks by the account's id", _ACCOUNT),
    Kept("version_renewals", "ids of accounts, while a transaction is open", "until it ends"),
    Kept("content_versions", _NONE, EVER, erasure="–"),
    Kept("jobs", _NONE, EVER, erasure="–"),
    Kept("feed_posts", _NONE, EVER, erasure="–"),
    Kept(
        "maintenance_runs",
        _NONE,
        "400 days",
        erasure="–",
        removal=Removal("t.finished_at < now() - make_interval(days => $1)", 400),
    ),
)


def as_markdown() -> str:
    """The table as docs/privacy.md shows it."""
    lines = ["| table | holds | kept | setting | in the export | at an erasure |", "|---|---|---|---|---|---|"]
    for row in sorted(TABLES, key=lambda row: row.table):
        setting = f"`{row.setting}`" if row.setting else ""
        lines.append(f"| `{row.table}` | {row.holds} | {row.period} | {setting} | {row.area} | {row.erasure} |")
    return "\n".join(lines)
