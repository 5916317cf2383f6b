"""What does the database say about the product's state? Gauges that are read when somebody scrapes, and kept a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from service.base import logs
from service.database import db, migrate
from service.evidence.verdicts import ByteState
from service.health import queries
from service.kyc.models import KycStatus
from service.maintenance.models import RunKind
from service.tasks.models import TaskKind, TaskState
from service.webhooks.models import DeliveryState

READ_AGAIN_SECONDS = 15.0
# A database so large that reading takes long is read more rarely: at most one part in fifty of the time.
_REST_FACTOR = 50
_READ_SECONDS = 2.0
_SCRAPE_WAIT_SECONDS = 3.0

# What a label says of a value that this version does not know.
OTHER = "other"
_CONNECTION_STATES = ("active", "idle", "idle_in_transaction", OTHER)
_QUEUE_STATES = (TaskState.WAITING, TaskState.RUNNING, TaskState.FAILED)
_VERDICTS = {"YES": 1.0, "WAIVED": 0.5, "NO": 0.0}
_MAX_CRITERIA = 100

# Metric → (what it says, its labels). Every name that this module exports.
FAMILIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "database_up": ("1 when the last read worked; without it the other gauges of the database are absent.", ()),
    "migration_head_ok": ("1 when the database has this version's schema.", ()),
    "database_size_bytes": ("Size of the database on disk.", ()),
    "database_connections": ("Client connections to the database, of all programs.", ("state",)),
    "database_connections_max": ("Connections that the server accepts.", ()),
    "database_oldest_transaction_age_seconds": ("Age of the oldest open transaction.", ()),
    "kyc_sessions": ("Identity verifications.", ("status",)),
    "kyc_oldest_waiting_session_age_seconds": ("How long the verification that waits longest has waited.", ()),
    "kyc_documents": ("Identity documents by what is known of their bytes.", ("state",)),
    "webhook_inbox": ("Deliveries of the identity provider.", ("state",)),
    "webhook_oldest_pending_age_seconds": ("Age of the oldest delivery that is not applied.", ()),
    "jobs_queue": ("Background tasks that are not done.", ("kind", "state")),
    "jobs_oldest_due_age_seconds": ("How long the task that is due longest has waited for a worker.", ()),
    "account_deletion_seconds_left": ("Time until the next due deletion is promised; +Inf: none is due.", ()),
    "export_oldest_age_seconds": ("How long the export that waits longest has waited.", ()),
    "audit_oldest_unsealed_age_seconds": ("How long the audit row that waits longest has waited to be sealed.", ()),
    "audit_protected": ("1 when the role of this process cannot rewrite the audit rows.", ()),
    "backup_age_seconds": ("Time since the last backup that succeeded; +Inf: never.", ()),
    "document_backup_age_seconds": ("Time since the documents were last copied; +Inf: never.", ()),
    "restore_drill_age_seconds": ("Time since the last restore drill that succeeded; +Inf: never.", ()),
    "gate_age_seconds": ("Time since the staging gate was last recorded; +Inf: never.", ()),
    "gate_criterion": ("Verdict of the staging gate: 1 yes, 0.5 waived, 0 no.", ("criterion",)),
    "certificate_expiry_timestamp_seconds": ("When the public host's certificate ends, as the gate saw it.", ()),
}

Values = dict[tuple[str, ...], float]


class Clock(Protocol):
    """Seconds that only grow."""

    def __call__(self) -> float: ...


class DatabaseGauges(Collector):
    """The gauges of one process.

    Whoever is scraped reads: on the API's port the handler awaits `refresh`; on METRICS_PORT a thread asks the loop
    for it and waits a moment. So no task runs by itself, and a process that nobody scrapes asks nothing. Reads are
    15 s apart, never two at once, and end after 2 s; while the database is unavailable only `database_up` is left, since
    old numbers would be wrong. Every process shows the same state: aggregate with max, never with sum.
    """

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._next_read = 0.0
        self._values: dict[str, Values] = {}

    def attach(self) -> None:
        """Read through the running loop from now on; called by the process that has opened the database."""
        self._loop = asyncio.get_running_loop()
        self._lock = asyncio.Lock()
        self.forget()

    def detach(self) -> None:
        """Stop reading: the database is about to be closed."""
        self._loop = None
        self.forget()

    def forget(self) -> None:
        """Read again at the next scrape."""
        self._next_read = 0.0
        self._values = {}

    async def refresh(self) -> None:
        """Read when the last read is old enough. Never raises for an unavailable database."""
        if self._loop is None:
            return
        async with self._lock:
            started = self._clock()
            if started < self._next_read:
                return
            try:
                async with asyncio.timeout(_READ_SECONDS):
                    self._values = await self._read() | {"database_up": {(): 1.0}}
            except Exception as error:
                away = db.is_unavailable(error) or isinstance(error, TimeoutError)
                self._values = {"database_up": {(): 0.0 if away else 1.0}}
                if not away:
                    logs.log("metrics.read_failed", level="error", errorName=type(error).__name__)
            ended = self._clock()
            self._next_read = ended + max(READ_AGAIN_SECONDS, _REST_FACTOR * (ended - started))

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Every name, so that no other metric can take one."""
        return [GaugeMetricFamily(name, text, labels=labels) for name, (text, labels) in FAMILIES.items()]

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The last read; from a thread beside the loop, after a read when one is due."""
        self._refresh_from_thread()
        values = self._values
        for name, (text, labels) in FAMILIES.items():
            if name in values:
                family = GaugeMetricFamily(name, text, labels=labels)
                for key, value in sorted(values[name].items()):
                    family.add_metric(key, value)
                yield family

    def _refresh_from_thread(self) -> None:
        loop = self._loop
        if loop is None or loop.is_closed() or self._clock() < self._next_read:
            return
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            return  # we are in the loop, where waiting would block it; its handler has refreshed already
        future = asyncio.run_coroutine_threadsafe(self.refresh(), loop)
        # When the loop is too slow, the last values are the answer.
        with suppress(TimeoutError):
            future.result(_SCRAPE_WAIT_SECONDS)

    async def _read(self) -> dict[str, Values]:
        if not await migrate.head_applied():
            return {"migration_head_ok": {(): 0.0}}  # the tables below may not be there yet
        values: dict[str, Values] = {
            "migration_head_ok": {(): 1.0},
            "database_connections": dict.fromkeys(((state,) for state in _CONNECTION_STATES), 0.0),
            "kyc_sessions": dict.fromkeys(((status.value,) for status in KycStatus), 0.0),
            "kyc_documents": dict.fromkeys(((state.value,) for state in ByteState), 0.0),
            "webhook_inbox": dict.fromkeys(((state.value,) for state in DeliveryState), 0.0),
            "jobs_queue": {(kind.value, state.value): 0.0 for kind in TaskKind for state in _QUEUE_STATES},
        }
        for row in await queries.read_state():
            family = values.setdefault(row["name"], {})
            key = tuple(filter(None, (row["a"], row["b"])))
            if row["name"] == "jobs_queue":
                key = key if key in family else (OTHER, row["b"])
            elif FAMILIES[row["name"]][1] and key not in family:
                key = (OTHER,)
            family[key] = family.get(key, 0.0) + (row["value"] or 0.0)
        return values | await self._read_maintenance()

    async def _read_maintenance(self) -> dict[str, Values]:
        ages = {kind.value: float("inf") for kind in RunKind}
        values: dict[str, Values] = {}
        for row in await queries.read_maintenance():
            ages[row["kind"]] = row["age"]
            if row["kind"] == RunKind.GATE:
                values |= _gate_values(row["detail"])
        return values | {f"{kind}_age_seconds": {(): age} for kind, age in ages.items()}


def _gate_values(found: Any) -> dict[str, Values]:
    """`{"criteria": {name: YES | NO | WAIVED}, "certificateEndsAt": seconds since 1970}` as gauges."""
    criteria = found.get("criteria") if isinstance(found, dict) else None
    values: dict[str, Values] = {}
    if isinstance(criteria, dict):
        first = sorted(criteria.items())[:_MAX_CRITERIA]
        # An unknown verdict is no YES.
        values["gate_criterion"] = {(str(name)[:64],): _VERDICTS.get(str(verdict), 0.0) for name, verdict in first}
    ends_at = found.get("certificateEndsAt") if isinstance(found, dict) else None
    if isinstance(ends_at, (int, float)):
        values["certificate_expiry_timestamp_seconds"] = {(): float(ends_at)}
    return values


gauges = DatabaseGauges()
REGISTRY.register(gauges)
