"""What do the numbers of one run say? Ratios of two measures of the same round, their median, and our goals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from statistics import median


@dataclass(frozen=True, slots=True)
class Sample:
    """What one measure gave in one round; not a number where it does not say.

    `rate` is answers a second, `p50` and `p99` are seconds, `cpu` is seconds of server and Postgres for one answer,
    `value` is whatever the measure says of it, `count` the answers.
    """

    rate: float = nan
    p50: float = nan
    p99: float = nan
    cpu: float = nan
    value: float = nan
    count: int = 0


Round = Mapping[str, Sample]
NOTHING = Sample()


@dataclass(frozen=True, slots=True)
class Ratio:
    """`field` of one measure divided by that of another, or by nothing. `goal`, such as `<= 1.2`, is for the median."""

    title: str
    field: str
    above: str
    below: str = ""
    goal: str = ""

    def values(self, rounds: Sequence[Round]) -> list[float]:
        """One value for each round in which both were measured."""
        found = [self._value(one) for one in rounds]
        return [value for value in found if not isnan(value)]

    def _value(self, one: Round) -> float:
        above = getattr(one.get(self.above, NOTHING), self.field)
        return float(above / getattr(one.get(self.below, NOTHING), self.field) if self.below else above)

    def verdict(self, value: float) -> str:
        """`met` or `missed`; nothing where there is no goal."""
        if not self.goal:
            return ""
        sign, limit = self.goal.split()
        return "met" if (value >= float(limit) if sign == ">=" else value <= float(limit)) else "missed"


Sections = Mapping[str, Sequence[Ratio]]


def table(sections: Sections, rounds: Sequence[Round]) -> str:
    """The Markdown table: the median of the rounds, the smallest and the largest, the goal."""
    lines = ["| | median | rounds | goal | |", "|---|---|---|---|---|"]
    for section, ratios in sections.items():
        lines.append(f"| **{section}** | | | | |")
        for ratio in ratios:
            values = ratio.values(rounds)
            if not values:
                lines.append(f"| {ratio.title} | not measured | | {ratio.goal} | |")
                continue
            middle, spread = median(values), f"{min(values):.3g}..{max(values):.3g}"
            lines.append(f"| {ratio.title} | {middle:.3g} | {spread} | {ratio.goal} | {ratio.verdict(middle)} |")
    return "\n".join(lines)
