"""What is the answer? Verdicts of checks and criteria, the exit code, and how they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson

from service.base.clock import format_time
from service.tools.gate.criteria import Criterion, Waiver
from service.tools.gate.evidence import Subject, short


class Verdict(StrEnum):
    YES = "YES"
    NO = "NO"
    WAIVED = "WAIVED"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check found: `reason` is a sentence for both answers, `reproduce` a command to paste."""

    check: str
    verdict: Verdict
    reason: str
    reproduce: str


def waive(answer: Answer, waivers: Sequence[Waiver], environment: str, now: datetime) -> Answer:
    """The answer with a waiver applied: a NO becomes WAIVED while the waiver lasts, a YES stays what it is."""
    for waiver in waivers:
        if (waiver.check, waiver.environment) != (answer.check, environment) or answer.verdict is not Verdict.NO:
            continue
        if now.date() > waiver.until:
            reason = f"{answer.reason}; the waiver of {waiver.owner} ended on {waiver.until}"
            return Answer(answer.check, Verdict.NO, reason, answer.reproduce)
        reason = f"{answer.reason}; waived by {waiver.owner} until {waiver.until}: {waiver.reason}"
        return Answer(answer.check, Verdict.WAIVED, reason, answer.reproduce)
    return answer


@dataclass(frozen=True, slots=True)
class Report:
    """All answers of one run."""

    subject: Subject
    checked_at: datetime
    criteria: tuple[Criterion, ...]
    answers: Mapping[str, Answer]
    certificate_ends_at: datetime | None = None

    def verdict_of(self, criterion: Criterion) -> Verdict:
        return _worst([self.answers[check.name].verdict for check in criterion.checks])

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Criterion → verdict, in the order of the lock."""
        return {criterion.name: self.verdict_of(criterion) for criterion in self.criteria}

    @property
    def verdict(self) -> Verdict:
        return _worst(list(self.verdicts.values()))

    def exit_code(self, *, accept_waivers: bool) -> int:
        """0 all YES, 1 a NO, 3 only YES and WAIVED (0 when waivers are accepted)."""
        codes = {Verdict.YES: 0, Verdict.NO: 1, Verdict.WAIVED: 0 if accept_waivers else 3}
        return codes[self.verdict]

    def row(self) -> dict[str, Any]:
        """What the row of `maintenance_runs` holds, which API and worker show as metrics."""
        found: dict[str, Any] = {"criteria": {name: verdict.value for name, verdict in self.verdicts.items()}}
        if self.certificate_ends_at is not None:
            found["certificateEndsAt"] = self.certificate_ends_at.timestamp()
        return found

    def to_json(self, *, accept_waivers: bool) -> str:
        document = {
            "environment": self.subject.environment,
            "commit": self.subject.commit,
            "imageDigest": self.subject.image_digest,
            "checkedAt": format_time(self.checked_at),
            "verdict": self.verdict,
            "exitCode": self.exit_code(accept_waivers=accept_waivers),
            "criteria": [
                {
                    "name": criterion.name,
                    "source": criterion.source,
                    "says": criterion.says,
                    "verdict": self.verdict_of(criterion),
                    "checks": [
                        {
                            "name": check.name,
                            "says": check.says,
                            "verdict": self.answers[check.name].verdict,
                            "reason": self.answers[check.name].reason,
                            "reproduce": self.answers[check.name].reproduce,
                        }
                        for check in criterion.checks
                    ],
                }
                for criterion in self.criteria
            ],
        }
        return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()

    def to_text(self) -> str:
        lines = [self._heading()]
        for criterion in self.criteria:
            lines.append(f"\n{self.verdict_of(criterion):<6}  {criterion.name}: {criterion.says}")
            for check in criterion.checks:
                answer = self.answers[check.name]
                lines.append(f"  {answer.verdict:<6}  {check.name}: {answer.reason}")
                lines.append(f"          {answer.reproduce}")
        return "\n".join([*lines, "", self._conclusion()])

    def to_markdown(self) -> str:
        """A section for a release note."""
        lines = [
            f"## Staging gate: {self.verdict}",
            "",
            self._heading(),
            "",
            "| criterion | verdict | why |",
            "|---|---|---|",
        ]
        for criterion in self.criteria:
            reasons = [self.answers[check.name] for check in criterion.checks]
            worst = self.verdict_of(criterion)
            shown = (
                reasons if worst is Verdict.YES else [answer for answer in reasons if answer.verdict is not Verdict.YES]
            )
            why = "<br>".join(f"`{answer.check}` {_cell(answer.reason)}" for answer in shown)
            lines.append(f"| `{criterion.name}` {_cell(criterion.says)} | **{worst}** | {why} |")
        noes = [a for a in self.answers.values() if a.verdict is Verdict.NO]
        if noes:
            lines += ["", "To ask again:", "", *(f"- `{a.check}`: `{a.reproduce}`" for a in noes)]
        return "\n".join([*lines, "", self._conclusion()])

    def _heading(self) -> str:
        subject = self.subject
        return (
            f"{subject.environment}, commit {subject.commit[:12] or 'unknown'}, image {short(subject.image_digest)},"
            f" {format_time(self.checked_at)}"
        )

    def _conclusion(self) -> str:
        counts = list(self.verdicts.values())
        counted = ", ".join(f"{counts.count(verdict)} {verdict}" for verdict in Verdict)
        sentences = {
            Verdict.YES: "The gate is open.",
            Verdict.WAIVED: "The gate is open for whoever accepts the waivers.",
            Verdict.NO: "The gate is shut.",
        }
        return f"{sentences[self.verdict]} {counted}."


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    """No verdict at all is a NO."""
    if not verdicts or Verdict.NO in verdicts:
        return Verdict.NO
    return Verdict.WAIVED if Verdict.WAIVED in verdicts else Verdict.YES


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
