"""What was recorded, and does it still count? Evidence lies as JSON under gate/ in the object store, nowhere else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import orjson
from botocore.exceptions import BotoCoreError, ClientError

from service.adapters.s3 import s3_client
from service.base.clock import format_time
from service.tools.gate.criteria import Check, as_text

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

PREFIX = "gate/"
OUTCOMES = ("passed", "failed", "timed_out", "errored")
UNCOMMITTED = "+changes"
# Clocks differ a little; evidence from further ahead is of no known time.
_CLOCK_SKEW = timedelta(minutes=5)
_SCHEMA = 1
_MAX_BYTES = 64 * 1024
_CALL_SECONDS = 30.0


class StoreUnavailable(Exception):
    """The evidence cannot be read or written. The text says why, without keys."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged: a commit, the digest of its image (empty where nothing runs from one), and where."""

    commit: str
    image_digest: str
    environment: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One run of a check's command. Times are UTC."""

    check: str
    subject: Subject
    command: tuple[str, ...]
    outcome: str
    exit_code: int | None
    started_at: datetime
    finished_at: datetime

    def to_json(self) -> bytes:
        return orjson.dumps(
            {
                "schema": _SCHEMA,
                "check": self.check,
                "commit": self.subject.commit,
                "imageDigest": self.subject.image_digest,
                "environment": self.subject.environment,
                "command": list(self.command),
                "outcome": self.outcome,
                "exitCode": self.exit_code,
                "startedAt": format_time(self.started_at),
                "finishedAt": format_time(self.finished_at),
            },
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )

    @classmethod
    def from_json(cls, data: bytes) -> Evidence:
        """Raises ValueError for anything that `to_json` does not write."""
        try:
            found = orjson.loads(data)
            if found["schema"] != _SCHEMA or found["outcome"] not in OUTCOMES:
                raise ValueError("of another form")
            texts = [found[key] for key in ("check", "commit", "imageDigest", "environment")]
            if not all(isinstance(text, str) for text in (*texts, *found["command"])):
                raise ValueError("of another form")
            exit_code = found["exitCode"]
            if exit_code is not None and type(exit_code) is not int:
                raise ValueError("of another form")
            return cls(
                check=texts[0],
                subject=Subject(*texts[1:]),
                command=tuple(found["command"]),
                outcome=found["outcome"],
                exit_code=exit_code,
                started_at=_time(found["startedAt"]),
                finished_at=_time(found["finishedAt"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("of another form") from error


def key_of(environment: str, check: str) -> str:
    """Where the newest evidence of a check lies; a newer run replaces it, also by a failure."""
    return f"{PREFIX}{environment}/{check}.json"


class Store:
    """The object store as the gate uses it."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    async def read(self, environment: str, check: str) -> bytes | None:
        """What is kept for a check, or None. Raises StoreUnavailable."""
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                answer = await self._client.get_object(
                    Bucket=self._bucket, Key=key_of(environment, check), Range=f"bytes=0-{_MAX_BYTES}"
                )
                async with answer["Body"] as body:
                    data = await body.read()
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if status == 404:
                return None
            if status == 416:  # an empty object has no first byte
                return b""
            raise StoreUnavailable(_said(error)) from error
        except (BotoCoreError, TimeoutError, OSError) as error:
            raise StoreUnavailable(_said(error)) from error
        return data if len(data) <= _MAX_BYTES else b""

    async def write(self, evidence: Evidence) -> str:
        """Keep it and return its key. Raises StoreUnavailable."""
        key = key_of(evidence.subject.environment, evidence.check)
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=evidence.to_json(), ContentType="application/json"
                )
        except (ClientError, BotoCoreError, TimeoutError, OSError) as error:
            raise StoreUnavailable(_said(error)) from error
        return key


@asynccontextmanager
async def open_store(variables: Mapping[str, str], endpoint: str = "") -> AsyncIterator[Store]:
    """The bucket that OBJECT_STORAGE_* of `variables` name, at `endpoint` when one is given.

    Only these are read: if another setting is wrong, that is the NO of its own check. Raises StoreUnavailable
    when one is missing.
    """
    access_key = variables.get("OBJECT_STORAGE_ACCESS_KEY_ID") or variables.get("MINIO_ROOT_USER", "")
    secret_key = variables.get("OBJECT_STORAGE_SECRET_ACCESS_KEY") or variables.get("MINIO_ROOT_PASSWORD", "")
    where = endpoint or variables.get("OBJECT_STORAGE_ENDPOINT", "")
    if not (access_key and secret_key and where):
        raise StoreUnavailable("its address or keys are not known (OBJECT_STORAGE_*)")
    async with s3_client(
        where,
        region=variables.get("OBJECT_STORAGE_REGION") or "ap-northeast-1",
        access_key=access_key,
        secret_key=secret_key,
        path_style=variables.get("OBJECT_STORAGE_FORCE_PATH_STYLE", "").lower() not in {"0", "false", "no", "off"},
    ) as client:
        yield Store(client, variables.get("OBJECT_STORAGE_BUCKET") or "jembatan-documents")


def problem_of(
    check: Check, data: bytes | None, subject: Subject, command: tuple[str, ...], now: datetime
) -> str | None:
    """Why this evidence does not count for `subject`, or None when it is a YES. `command` is what had to be run."""
    if data is None:
        return "there is no evidence"
    try:
        evidence = Evidence.from_json(data)
    except ValueError:
        return "the evidence cannot be read"
    if evidence.check != check.name:
        return f"the evidence is of the check {evidence.check}"
    return (
        _problem_with_run(check, evidence, command)
        or _problem_with_time(check, evidence, now)
        or _problem_with_subject(evidence.subject, subject)
    )


def _problem_with_run(check: Check, evidence: Evidence, command: tuple[str, ...]) -> str | None:
    if not is_command(evidence.command, command, more=check.more_arguments):
        return f"another command was recorded: {as_text(evidence.command)[:200]}"
    if evidence.outcome == "timed_out":
        return "the command ran into its time-out"
    if evidence.outcome != "passed" or evidence.exit_code != 0:
        shown = "could not be started" if evidence.exit_code is None else f"ended with exit code {evidence.exit_code}"
        return f"the command {shown}"
    return None


def _problem_with_time(check: Check, evidence: Evidence, now: datetime) -> str | None:
    age = now - evidence.finished_at
    if age < -_CLOCK_SKEW or evidence.started_at > evidence.finished_at:
        return f"the evidence is of a time that has not come: {format_time(evidence.finished_at)}"
    if age > check.max_age:
        return f"the evidence is stale: {_hours(age)} h old, at most {_hours(check.max_age)} h count"
    return None


def _problem_with_subject(recorded: Subject, judged: Subject) -> str | None:
    if recorded.environment != judged.environment:
        return f"the evidence is for {recorded.environment}"
    if recorded.commit.endswith(UNCOMMITTED):
        return "the evidence is of work that was not committed"
    if not judged.commit or recorded.commit != judged.commit:
        return f"the evidence is for commit {recorded.commit[:12] or 'unknown'}, not {judged.commit[:12] or 'unknown'}"
    if recorded.image_digest != judged.image_digest:
        return f"the evidence is for image {short(recorded.image_digest)}, not {short(judged.image_digest)}"
    return None


def short(digest: str) -> str:
    """A digest as a line can hold it."""
    return digest[:19] if digest else "none"


def is_command(recorded: tuple[str, ...], declared: tuple[str, ...], *, more: bool) -> bool:
    """Whether that is the declared command; a program may be named with its folder, and Python with its version."""
    if len(recorded) < len(declared) or (len(recorded) > len(declared) and not more):
        return False
    return _program(recorded[0]) == _program(declared[0]) and recorded[1 : len(declared)] == declared[1:]


def _program(path: str) -> str:
    return re.sub(r"^(python)[\d.]*$", r"\1", PurePosixPath(path).name)


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.3g}"


def _time(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("of another form")
    return moment.astimezone(UTC)


def _said(error: Exception) -> str:
    if isinstance(error, ClientError):
        return f"the object store answers {error.response.get('Error', {}).get('Code', 'with an error')}"
    return f"the object store does not answer ({type(error).__name__})"
