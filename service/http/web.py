"""What does every handler need? Reading a body, parsing fields in the contract's order, answering JSON."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Protocol, TypeVar, cast
from urllib.parse import parse_qsl

import orjson
from pydantic import (
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    ValidationError,
    WithJsonSchema,
    create_model,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from sanic import HTTPResponse, Request
from sanic.exceptions import PayloadTooLarge
from sanic.helpers import has_message_body
from sanic.response.types import HEADER_TRANSLATION_TABLE

from service.base.clock import format_time
from service.http.errors import ApiError, InvalidCursor, InvalidLimit, InvalidRequestBody
from service.http.fields import Number, Rule

MAX_BODY_BYTES = 1_048_576
_MAX_OFFSET = 2**63 - 1
_MAX_FORM_FIELDS = 20


Ts = Annotated[
    datetime,
    PlainSerializer(format_time, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


def _uuid_text(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value


Uuid = Annotated[str, BeforeValidator(_uuid_text), WithJsonSchema({"type": "string", "format": "uuid"})]
"""The text of a UUID, read from its text or from a UUID as rows and models hold it."""


def open_enum(choices: type[Enum]) -> WithJsonSchema:
    """Schema of an answer's enum: a string that may gain values, so that generated clients keep unknown ones."""
    return WithJsonSchema({"type": "string", "x-extensible-enum": [member.value for member in choices]})


class Input(BaseModel):
    """Base of request shapes: camelCase on the wire, unknown fields ignored, each field has a Rule."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


class Output(BaseModel):
    """Base of answers: camelCase on the wire, every field written out, nulls kept.

    Read by the names of the fields: from keywords, from a model (`model_validate(model)`, where a column with another
    name is the field's `validation_alias`), or from a row (`records.read`). What an answer does not name stays inside.
    """

    model_config = ConfigDict(
        alias_generator=AliasGenerator(serialization_alias=to_camel), frozen=True, from_attributes=True
    )


InputT = TypeVar("InputT", bound=Input)


async def read_body(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty body is `{}`, an array or scalar counts as an object without fields.

    Raises InvalidRequestBody for anything unreadable, for `null`, and above MAX_BODY_BYTES. Content-Type is not looked at.
    """
    raw = await read_raw_body(request)
    return parse_body(raw)


async def read_raw_body(request: Request) -> bytes:
    """The request's bytes as sent. Raises InvalidRequestBody above MAX_BODY_BYTES; the connection then closes."""
    try:
        await request.receive_body()  # type: ignore[no-untyped-call]  # Sanic leaves it untyped
    except PayloadTooLarge as error:
        raise InvalidRequestBody from error
    if len(request.body) > MAX_BODY_BYTES:
        raise InvalidRequestBody
    return request.body


def parse_body(raw: bytes) -> dict[str, Any]:
    """See `read_body`."""
    if not raw:
        return {}
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidRequestBody from error
    if value is None:
        raise InvalidRequestBody
    return value if isinstance(value, dict) else {}


async def read_form(request: Request) -> dict[str, str]:
    """The fields of an HTML form; of a repeated one the first counts. Raises InvalidRequestBody for anything unreadable."""
    raw = await read_raw_body(request)
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FORM_FIELDS)
    except ValueError as error:
        raise InvalidRequestBody from error
    return dict(reversed(pairs))


def parse(model: type[InputT], values: dict[str, Any]) -> InputT:
    """`values` as `model`. Raises the error that the first wrong field's rule names, in the model's field order."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _first_refusal(model, error)() from None


def _first_refusal(model: type[BaseModel], error: ValidationError) -> type[ApiError]:
    first = error.errors(include_url=False)[0]
    if "ctx" in first and isinstance(first["ctx"].get("error"), type):
        return cast("type[ApiError]", first["ctx"]["error"])
    refusal: type[ApiError] = InvalidRequestBody
    current: type[BaseModel] | None = model
    for part in first["loc"]:
        field = _field_by_alias(current, part) if current else None
        if field is None:
            break
        refusal = next((item.error for item in field.metadata if isinstance(item, Rule)), refusal)
        refusal = next((item.error for item in field.metadata if isinstance(item, Refusal)), refusal)
        inner = field.annotation
        current = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None
    return refusal


def _field_by_alias(model: type[BaseModel] | None, part: Any) -> FieldInfo | None:
    for name, field in (model.model_fields if model else {}).items():
        if part in (name, field.alias):
            return field
    return None


class Refusal:
    """The error of a nested object that is missing or no object: `Annotated[Inner, Refusal(SomeError)]`."""

    def __init__(self, error: type[ApiError]) -> None:
        self.error = error


def partial(model: type[InputT], name: str) -> type[InputT]:
    """`model` for a PATCH: every field may be absent, one that is there is judged as in `model`, null included."""
    fields: dict[str, Any] = {
        field_name: (Annotated[(field.annotation, *field.metadata)], None)
        for field_name, field in model.model_fields.items()
    }
    return cast("type[InputT]", create_model(name, __base__=Input, **fields))


def is_none(value: object) -> bool:
    """For `exclude_if`: an answer's key that is there only when it says something."""
    return value is None


def parse_query(model: type[InputT], request: Request, *, spaces_count: tuple[str, ...] = ()) -> InputT:
    """The query as `model`: of a repeated parameter the first counts, a blank one is absent, unknown ones are ignored.

    A parameter of `spaces_count` is absent only when it is empty: its rule judges one of nothing but spaces.
    """
    values: dict[str, Any] = {}
    seen: set[str] = set()
    for name, value in request.get_query_args(keep_blank_values=True, errors="replace"):
        if name not in seen:
            seen.add(name)
            if value.strip() or (value and name in spaces_count):
                values[name] = value
    return parse(model, values)


Cursor = Annotated[int, Number(InvalidCursor, minimum=0, maximum=_MAX_OFFSET)]
"""A zero-based offset."""
Limit = Annotated[int, Number(InvalidLimit, minimum=1, maximum=50)]
"""A number of rows."""
LooseCursor = Annotated[int, Number(InvalidCursor, minimum=0, maximum=_MAX_OFFSET, floor=True)]
"""An offset of the staff lists that drop fractions."""
LooseLimit = Annotated[int, Number(InvalidLimit, minimum=1, maximum=100, floor=True)]
"""A number of rows of the staff lists that drop fractions."""


class Paged(Protocol):
    """A query with a page; each query declares the two itself, because fields are checked in the order declared."""

    @property
    def cursor(self) -> int: ...

    @property
    def limit(self) -> int: ...


class Page(Input):
    """The query of a list that has nothing but pages."""

    cursor: Cursor = 0
    limit: Limit = 20


class PageInfo(Output):
    """`cursor` and `nextCursor` are offsets as text, which shipped apps decode as strings."""

    cursor: str
    next_cursor: str | None
    limit: int
    total: int


def page_info(page: Paged, *, shown: int, has_more: bool, total: int) -> PageInfo:
    """Where the page stands: `shown` rows of it, `has_more` from reading one row more, `total` all matches."""
    following = str(page.cursor + shown) if has_more else None
    return PageInfo(cursor=str(page.cursor), next_cursor=following, limit=page.limit, total=total)


class Answer(HTTPResponse):
    """What the server sends back. Its headers become the same bytes as Sanic's, without a look at each character.

    Sanic takes line ends out by `str.translate`, which costs more than all else that it does for an answer.
    """

    said: Output | None = None
    """What the bytes say, so that nobody has to read them again."""

    @property
    def processed_headers(self) -> Iterator[tuple[bytes, bytes]]:
        """Names and values as they are sent."""
        if has_message_body(self.status):  # type: ignore[no-untyped-call]  # Sanic leaves it untyped
            self.headers.setdefault("content-type", self.content_type)
        return ((_header_bytes(name), _header_bytes(str(value))) for name, value in self.headers.items())


def _header_bytes(text: str) -> bytes:
    if "\r" in text or "\n" in text or "\x00" in text:
        text = text.translate(HEADER_TRANSLATION_TABLE)
    return text.encode(errors="surrogateescape")


def answer(body: Output, status: int = 200) -> HTTPResponse:
    """A JSON answer; Content-Type carries no charset, as shipped apps see it today."""
    made = Answer(
        body.__pydantic_serializer__.to_json(body, by_alias=True), status=status, content_type="application/json"
    )
    made.said = body
    return made


def answer_json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    """Like `answer` for a plain JSON value."""
    return Answer(orjson.dumps(body), status=status, headers=headers, content_type="application/json")


def uuid_or_none(text: str) -> str | None:
    """Lower-case UUID text when `text` is one, else none: a malformed id is an unknown id, never a 500."""
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None


def language_of(request: Request) -> str:
    """`id` or `en`, whichever Accept-Language prefers; English when it names neither."""
    return language_named(request) or "en"


def language_named(request: Request) -> str | None:
    """`id` or `en`, whichever Accept-Language prefers; none when it names neither, as apps do that send no header."""
    best, best_quality = None, 0.0
    for part in request.headers.get("accept-language", "")[:500].split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        quality = 1.0
        if parameters.strip().startswith("q="):
            try:
                quality = float(parameters.strip()[2:])
            except ValueError:
                quality = 0.0
        if language in {"id", "in", "en"} and quality > best_quality:  # `in` is Indonesian's old code, still sent
            best, best_quality = ("en" if language == "en" else "id"), quality
    return best
