"""The ratios of one run as pictures: a point for the median, a line from the smallest to the largest, a mark for the goal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.bench.figures import Ratio, Round, Sections

_COLOURS = {"met": "#1a7f37", "missed": "#b3261e", "": "#57606a"}


def draw(sections: Sections, rounds: Sequence[Round], folder: Path, stem: str) -> list[Path]:
    """Write an SVG for each section that has several ratios, named after its first words, and return the files."""
    files = []
    for section, ratios in sections.items():
        shown = [(ratio, ratio.values(rounds)) for ratio in ratios if ratio.below]
        shown = [(ratio, values) for ratio, values in shown if values]
        if len(shown) > 1:
            words = "".join(letter if letter.isalnum() else " " for letter in section.lower()).split()
            files.append(folder / f"{stem}-{'-'.join(words[:3])}.svg")
            _draw(section, shown, files[-1])
    return files


def _draw(section: str, shown: Sequence[tuple[Ratio, list[float]]], file: Path) -> None:
    import matplotlib as mpl

    mpl.use("svg")
    # The same numbers make the same file; letters stay letters, so that a page can be searched.
    mpl.rcParams.update({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(9, 0.7 + 0.34 * len(shown)), layout="constrained")
    for place, (ratio, values) in enumerate(reversed(shown)):
        middle = median(values)
        colour = _COLOURS[ratio.verdict(middle)]
        axes.plot([min(values), max(values)], [place, place], color=colour, linewidth=2, solid_capstyle="butt")
        axes.plot([middle], [place], "o", color=colour, markersize=6)
        axes.annotate(f"{middle:.3g}", (middle, place), (0, 6), textcoords="offset points", ha="center", fontsize=8)
        if ratio.goal:
            sign, limit = ratio.goal.split()
            axes.plot([float(limit)], [place], ">" if sign == ">=" else "<", color="#0969da", markersize=6, mfc="none")
    axes.set_yticks(range(len(shown)), [ratio.title.replace("`", "") for ratio, _ in reversed(shown)])
    axes.set_xscale("log")
    axes.axvline(1, color="#d0d7de", linewidth=1, zorder=0)
    axes.set_ylim(-0.6, len(shown) - 0.3)
    axes.set_title(section, loc="left", fontsize=10)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(
        "{x:g}" if max(max(v) for _, v in shown) / min(min(v) for _, v in shown) < 20 else ""
    )
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.savefig(file, format="svg", metadata={"Date": None})
    pyplot.close(figure)
