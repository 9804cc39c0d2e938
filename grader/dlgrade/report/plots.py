"""Plots as SVG inside a page. They use the page's colours, and equal data gives equal bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dlgrade.errors import UsageError
from dlgrade.report.templating import NOT_INSTALLED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAR, INK = "#0000fe", "#0000fd"  # stand-ins for the page's variables, which matplotlib does not know
FONT = "system-ui, sans-serif"
BINS = 10


def histogram(shares: Sequence[float], salt: str) -> str:
    """Draw the number of students in each tenth of the points. `salt` keeps the ids of two plots on a page apart.

    Raises:
        UsageError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise UsageError(NOT_INSTALLED) from None
    settings: dict[Any, Any] = {"svg.hashsalt": salt, "svg.fonttype": "none", "font.family": "DejaVu Sans"}
    drawn = io.StringIO()
    with mpl.rc_context():
        mpl.rcdefaults()  # ignore the matplotlibrc of whoever runs this
        mpl.rcParams.update(settings)
        figure = _bars(_counts(shares))
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _inline(drawn.getvalue())


def _counts(shares: Sequence[float]) -> list[int]:
    counts = [0] * BINS
    for share in shares:
        counts[min(int(max(share, 0) * BINS + 1e-9), BINS - 1)] += 1
    return counts


def _bars(counts: list[int]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(4.4, 1.9))
    axes = figure.subplots()
    axes.bar([10 * n + 5 for n in range(BINS)], counts, width=9, color=BAR)
    axes.set(xlim=(0, 100), ylim=(0, max(*counts, 1) * 1.15), xticks=range(0, 101, 20), yticks=[])
    axes.tick_params(colors=INK, length=0, labelsize=10)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    for n, count in enumerate(counts):
        if count:
            axes.text(10 * n + 5, count, str(count), ha="center", va="bottom", color=INK, fontsize=10)
    figure.subplots_adjust(left=0.03, right=0.97, top=0.98, bottom=0.16)
    return figure


def _inline(svg: str) -> str:
    """Return only the svg element, with the page's colours and fonts, and without unused ids."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", svg, flags=re.DOTALL)  # this style would apply to the whole page
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    svg = re.sub(r' id="([^"]*)"', lambda match: match[0] if match[1] in used else "", svg)
    svg = svg.replace(BAR, "var(--bar)").replace(INK, "var(--muted)").replace("'DejaVu Sans'", FONT)
    tag, rest = svg.split(">", 1)
    tag = re.sub(r' (?:width|height)="[^"]*"', "", tag).replace("<svg", '<svg aria-hidden="true"')
    return re.sub(r"\s*\n\s*", "\n", f"{tag}>{rest}").strip()
