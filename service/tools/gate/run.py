"""How does the gate come to its answers? Each check is asked, by its evidence or by looking; what fails is a NO."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from service.base.clock import format_time
from service.tools.gate import files, public, target
from service.tools.gate.cluster import ClusterError
from service.tools.gate.context import Context, No, Probe
from service.tools.gate.criteria import Check, Criterion, Waiver, WrongUse, fill
from service.tools.gate.evidence import Evidence, Store, StoreUnavailable, Subject, problem_of, short
from service.tools.gate.verdict import Answer, Report, Verdict, waive
from service.tools.http import Unreachable

# The run of this check says which image was tested; all other evidence must be of the same.
TESTED_CHECK = "image.tested"
_PROBE_SECONDS = 120.0
_AT_ONCE = 4

PROBES: Mapping[str, Probe] = {
    "contract.document": files.contract_document,
    "contract.served": files.contract_served,
    "contract.status": files.contract_status,
    "environment.documented": files.environment_documented,
    "blockers.none": files.blockers_none,
    "rollback.migrations": files.rollback_migrations,
    "environment.complete": target.environment_complete,
    "environment.safe": target.environment_safe,
    "platform.api": target.platform_api,
    "platform.worker": target.platform_worker,
    "platform.migrate": target.platform_migrate,
    "platform.postgres": target.platform_postgres,
    "platform.store": target.platform_store,
    "platform.claims": target.platform_claims,
    "storage.durable": target.storage_durable,
    "monitoring.prometheus": target.monitoring_prometheus,
    "monitoring.scraped": target.monitoring_scraped,
    "monitoring.rules": target.monitoring_rules,
    "monitoring.logs": target.monitoring_logs,
    "audit.protected": target.audit_protected,
    "backup.database": target.backup_database,
    "backup.drill": target.backup_drill,
    "image.running": target.image_running,
    "rollback.revision": target.rollback_revision,
    "public.answers": public.answers,
    "public.tls": public.tls,
    "public.surface": public.surface,
}


def select(criteria: Sequence[Criterion], environment: str, only: Sequence[str]) -> tuple[Criterion, ...]:
    """The criteria that count in `environment`, cut to the checks of `only` when it names some.

    Raises WrongUse for a check that is not there, or that has neither a command nor a probe.
    """
    asked = [criterion for criterion in criteria if environment in criterion.environments]
    names = {check.name for criterion in asked for check in criterion.checks}
    for name in only:
        if name not in names:
            raise WrongUse(f"{environment} has no check {name}")
    for criterion in asked:
        for check in criterion.checks:
            if not check.is_recorded and check.name not in PROBES:
                raise WrongUse(f"nothing can answer the check {check.name}: it has no command and no probe")
    if not only:
        return tuple(asked)
    cut = (
        Criterion(c.name, c.source, c.says, c.environments, tuple(k for k in c.checks if k.name in only)) for c in asked
    )
    return tuple(criterion for criterion in cut if criterion.checks)


async def judge(
    criteria: Sequence[Criterion],
    waivers: Sequence[Waiver],
    context: Context,
    store: Store | StoreUnavailable,
    *,
    commit: str,
    image_digest: str,
    options: Sequence[str] = (),
) -> Report:
    """Ask every check and return the report; whatever goes wrong on the way is a NO of that check.

    `image_digest` is the image to be judged; empty means the one that was tested. `options` are shown in the commands
    that ask a probe again.
    """
    now = context.now()
    kept = await _read_evidence(criteria, store, context.environment)
    context.tested_digest = image_digest or _digest_of(kept.get(TESTED_CHECK))
    subject = Subject(commit, context.tested_digest or await _running(context), context.environment)
    values = {"environment": context.environment, "base_url": context.base_url}
    limit = asyncio.Semaphore(_AT_ONCE)

    async def answer(check: Check) -> Answer:
        if check.is_recorded:
            command = fill(check.command, values)
            reproduce = f"python -m service gate record {check.name} --env {context.environment} -- {' '.join(command)}"
            verdict, reason = _recorded(check, kept[check.name], subject, command, context)
        else:
            shown = "".join(f" {option}" for option in options)
            reproduce = f"python -m service gate check --env {context.environment} --only {check.name}{shown}"
            async with limit:
                verdict, reason = await _looked(check, context)
        return waive(Answer(check.name, verdict, reason, reproduce), waivers, context.environment, now)

    checks = [check for criterion in criteria for check in criterion.checks]
    answers = await asyncio.gather(*(answer(check) for check in checks))
    return Report(
        subject=subject,
        checked_at=now,
        criteria=tuple(criteria),
        answers={found.check: found for found in answers},
        certificate_ends_at=context.certificate_ends_at,
    )


Kept = bytes | None | StoreUnavailable


async def _read_evidence(
    criteria: Sequence[Criterion], store: Store | StoreUnavailable, environment: str
) -> dict[str, Kept]:
    names = {check.name for criterion in criteria for check in criterion.checks if check.is_recorded}
    if environment != "dev":
        names.add(TESTED_CHECK)
    found: dict[str, Kept] = {}
    for name in sorted(names):
        if not isinstance(store, StoreUnavailable):
            try:
                found[name] = await store.read(environment, name)
                continue
            except StoreUnavailable as error:
                store = error  # asking again would only take as long again
        found[name] = store
    return found


def _digest_of(kept: Kept) -> str:
    if not isinstance(kept, bytes):
        return ""
    try:
        return Evidence.from_json(kept).subject.image_digest
    except ValueError:
        return ""


async def _running(context: Context) -> str:
    """The digest of the one image that runs, else empty. Evidence is compared with it where no image was named."""
    if context.cluster is None:
        return ""
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            digests = set((await target.running_digests(context)).values())
    except (No, ClusterError, Unreachable, TimeoutError):
        return ""
    return digests.pop() if len(digests) == 1 else ""


def _recorded(
    check: Check, kept: Kept, subject: Subject, command: tuple[str, ...], context: Context
) -> tuple[Verdict, str]:
    if isinstance(kept, StoreUnavailable):
        return Verdict.NO, f"the evidence cannot be read: {kept}"
    problem = problem_of(check, kept, subject, command, context.now())
    if problem is not None or kept is None:
        return Verdict.NO, problem or "there is no evidence"
    evidence = Evidence.from_json(kept)
    seconds = (evidence.finished_at - evidence.started_at).total_seconds()
    return (
        Verdict.YES,
        f"passed in {seconds:.0f} s, ended {format_time(evidence.finished_at)}, image {short(subject.image_digest)}",
    )


async def _looked(check: Check, context: Context) -> tuple[Verdict, str]:
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            return Verdict.YES, await PROBES[check.name](context, check)
    except No as reason:
        return Verdict.NO, str(reason)
    except (ClusterError, Unreachable) as error:
        return Verdict.NO, str(error)
    except TimeoutError as error:
        return Verdict.NO, f"the probe timed out{f': {error}' if str(error) else ''}"
    except Exception as error:
        return Verdict.NO, f"the probe broke ({type(error).__name__})"
