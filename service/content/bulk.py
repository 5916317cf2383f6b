"""How do staff change many jobs or posts at once?

The rules: docs/rules/content.md.
"""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field

from service.auth.principal import Staff
from service.base.clock import utc_now
from service.content.lifecycle import Lifecycle
from service.content.publication import WITHDRAWN, Publication, PublishInput, ScheduleInput, published, scheduled
from service.content.table import PublishedTable
from service.http.errors import ApiError, InvalidField
from service.http.fields import Choice, Items, Text
from service.http.web import Input, Output, is_none, parse


class InvalidBulkAction(InvalidField):
    code = "invalid_bulk_action"
    message = "This action is not known."
    message_id = "Tindakan ini tidak dikenal."


class BulkAction(StrEnum):
    PUBLISH = "PUBLISH"
    UNPUBLISH = "UNPUBLISH"
    SCHEDULE = "SCHEDULE"
    DELETE = "DELETE"


def bulk_ids(error: type[ApiError]) -> Items:
    """Rule of a bulk request's ids: one to a hundred, none blank."""
    return Items(error, Text(error), minimum=1, maximum=100)


class BulkInput(Input):
    """The dates of a bulk request are read for each item, so that a bad one is that item's failure."""

    action: Annotated[BulkAction, Choice(InvalidBulkAction, BulkAction)]


class BulkError(Output):
    code: str
    message: str


class BulkResult(Output):
    success: bool
    lifecycle: Lifecycle | None = Field(None, exclude_if=is_none)
    removed: bool | None = Field(None, exclude_if=is_none)
    error: BulkError | None = Field(None, exclude_if=is_none)


class BulkAnswer(Output):
    """The whole outcome, also when items failed; each kind adds its `results`."""

    action: str
    total: int
    success_count: int
    failure_count: int

    @classmethod
    def of(cls, action: BulkAction, results: list[dict[str, Any]]) -> Self:
        successes = sum(result["success"] for result in results)
        return cls.model_validate(
            {
                "action": action.value,
                "total": len(results),
                "success_count": successes,
                "failure_count": len(results) - successes,
                "results": results,
            }
        )


async def change_in_bulk(
    table: PublishedTable[Any], wanted: BulkInput, body: dict[str, Any], *, by: Staff, language: str
) -> list[dict[str, Any]]:
    """Change each distinct item that `body` names, in the order given, each on its own: a refusal stops that item alone.

    Returns the fields of each one's result.
    """
    results = []
    for item_id in dict.fromkeys(getattr(wanted, f"{table.noun}_ids")):
        try:
            result = {"success": True} | await _change(table, item_id, wanted.action, body, by=by)
        except ApiError as error:
            if error.status_code >= 500:
                raise
            result = {"success": False, "error": BulkError(code=error.code, message=error.text(language))}
        results.append(result | {f"{table.noun}_id": item_id})
    return results


async def _change(
    table: PublishedTable[Any], item_id: str, action: BulkAction, body: dict[str, Any], *, by: Staff
) -> dict[str, Any]:
    if action is BulkAction.DELETE:
        await table.remove(item_id, by=by)
        return {"removed": True}
    await table.require(item_id)
    publication = _publication(action, body, dated=table.is_dated)
    await table.publish(item_id, publication, by=by)
    return {"lifecycle": Lifecycle.of(asdict(publication))}


def _publication(action: BulkAction, body: dict[str, Any], *, dated: bool) -> Publication:
    if action is BulkAction.PUBLISH:
        return published(utc_now(), parse(PublishInput, body).published_at)
    if action is BulkAction.SCHEDULE:
        return scheduled(parse(ScheduleInput, body).scheduled_at, dated=dated)
    return WITHDRAWN
