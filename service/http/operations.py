"""What does an operation promise? Each handler declares its id, caller, shapes and errors here."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from sanic import HTTPResponse

from service.auth.roles import Permission
from service.caching.basis import Basis
from service.http.errors import (
    AdminApiDisabled,
    ApiError,
    DatabaseUnavailable,
    ExpiredAccessToken,
    InsufficientAdminRole,
    InternalError,
    InvalidAccessToken,
    InvalidAdminApiKey,
    InvalidRequestBody,
    MissingAccessToken,
    MissingAdminApiKey,
    RateLimited,
    ServerBusy,
)
from service.http.web import Input, Output

Responses = dict[int, type[Output] | dict[str, type[Output] | None] | None]
"""Status → shape; none for an empty body, a dict for media types other than JSON (none: plain text)."""
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse]]


class Security(Enum):
    """Who may call. The value is the name that the contract document uses."""

    PUBLIC = "public"
    OPTIONAL = "optional"
    USER = "user"
    STAFF = "staff"


class Tag(NamedTuple):
    """A chapter of the contract document."""

    title: str
    text: str


# In the order of an app's journey; staff's chapters come last.
TAGS = {
    "auth": Tag("Sign-in", "Make an account, prove the e-mail address, sign in, stay signed in, sign out."),
    "jobs": Tag("Jobs", "Find open jobs and keep the interesting ones; works without signing in."),
    "feed": Tag("Feed", "Read posts for candidates and keep them; works without signing in."),
    "profile": Tag("Profile", "What the product knows about the signed-in person."),
    "kyc": Tag("Identity verification", "Hand in identity documents, follow the check, ask for the final one."),
    "applications": Tag("Applications", "Apply, add documents, follow the steps, answer an offer."),
    "organizations": Tag("Organizations", "Training centres and employers hand in proof; staff check it."),
    "system": Tag("System", "Health, metrics and this document, for those who run or build on the server."),
    "kyc-review": Tag("Staff: identity verification", "Claim waiting verifications, look at documents, decide."),
    "admin applications": Tag("Staff: applications", "Search applications, move them on, judge their documents."),
    "staff content": Tag("Staff: jobs and posts", "Write, publish, schedule, hide and remove jobs and posts."),
    "users": Tag("Staff: accounts", "Make and change accounts, and see a person's profile and history."),
    "overview": Tag("Staff: overview", "Counts of this moment, and what happened lately."),
}


@dataclass(frozen=True, slots=True)
class Shows:
    """An answer shows people's data: of what kind its rows are, and how its body names them and whose they are.

    Ids in the path need not be named.
    """

    kind: str
    ids: Callable[[Any], Iterable[str | None]] = lambda _: ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One declared operation. `responses` maps a status to its shape, none for an empty body."""

    id: str
    summary: str
    tag: str
    security: Security
    body: type[Input] | None
    query: type[Input] | None
    responses: Responses
    errors: tuple[type[ApiError], ...]
    description: str = ""
    headers: tuple[str, ...] = ()
    conditional: Basis | None = None
    by_language: bool = False
    shared: bool = False
    page: bool = False
    shows: Shows | None = None
    permission: Permission | None = None


_TOKEN_ERRORS = (InvalidAccessToken, ExpiredAccessToken)
STAFF_ERRORS = (*_TOKEN_ERRORS, InsufficientAdminRole, AdminApiDisabled, MissingAdminApiKey, InvalidAdminApiKey)


def operation(
    operation_id: str,
    *,
    summary: str,
    tag: str,
    responses: Responses,
    security: Security = Security.USER,
    permission: Permission | None = None,
    body: type[Input] | None = None,
    reads_body: bool | None = None,
    query: type[Input] | None = None,
    errors: tuple[type[ApiError], ...] = (),
    description: str = "",
    headers: tuple[str, ...] = (),
    depends: bool = True,
    conditional: Basis | None = None,
    by_language: bool = False,
    shared: bool = False,
    page: bool = False,
    shows: Shows | None = None,
) -> Callable[[Handler], Handler]:
    """Declare the decorated handler's operation; without it the application refuses to start.

    A signed-in user is asked for unless `security` says otherwise; with a `permission`, staff who have it. Errors of the
    caller's check, of an unreadable body and of unavailable dependencies are added here, so `errors` lists only the
    operation's own.
    `depends=False` is for operations that touch nothing outside the process. `conditional` is for reads whose answer
    depends on the address and that basis, and on nothing else: it gets an entity tag, and 304 while that holds, and is
    kept in memory as it was sent. `by_language` is for operations whose good answers also depend on `Accept-Language`:
    they say so in `Vary`, and the language is part of their tag. `shared` is for conditional operations that keep by themselves
    what callers have in common (`answer_shared`). `page` is for what a browser shows: its body is an HTML form, and its
    refusals are pages too, because the handler has set `request.ctx.show_refusal`. `shows` is for what shows people's data
    to staff: each good answer leaves an access event. It cannot be conditional, so no answer is shown twice for one event.
    """
    assert tag in TAGS, f"{tag} is no tag"
    if permission is not None:
        security = Security.STAFF
    assert (security is Security.STAFF) == (permission is not None), f"{operation_id} names no permission"
    assert shows is None or (conditional is None and security is Security.STAFF)
    added: tuple[type[ApiError], ...] = (InternalError,)
    if depends:
        added += (DatabaseUnavailable, ServerBusy, RateLimited)
    if body is not None if reads_body is None else reads_body:
        added += (InvalidRequestBody,)
    if security is Security.USER:
        added += (MissingAccessToken, *_TOKEN_ERRORS)
    elif security is Security.OPTIONAL:
        added += _TOKEN_ERRORS
    elif security is Security.STAFF:
        added += STAFF_ERRORS
    declared = Operation(
        operation_id,
        summary,
        tag,
        security,
        body,
        query,
        responses,
        (*errors, *added),
        description,
        headers,
        conditional,
        by_language,
        shared,
        page,
        shows,
        permission,
    )

    def decorate(handler: Handler) -> Handler:
        handler.operation = declared  # type: ignore[attr-defined]  # read by declared_operation
        return handler

    return decorate


@functools.cache
def template_of(route_path: str) -> str:
    """A route's path as the contract document writes it: `jobs/<job_id:str>` is `/jobs/{jobId}`."""

    def name(match: re.Match[str]) -> str:
        first, *rest = match.group(1).split("_")
        return "{" + first + "".join(part.capitalize() for part in rest) + "}"

    return "/" + re.sub(r"<(\w+)(?::[^>]*)?>", name, route_path)


def declared_operation(handler: Any) -> Operation | None:
    """What `handler` declared, or none."""
    found = getattr(handler, "operation", None)
    return found if isinstance(found, Operation) else None
