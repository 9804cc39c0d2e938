"""Drawings in SVG, for the programs that draw the figures of chapters.

Lengths are in pixels, and x and y count from the upper left corner. A page that contains a drawing shows it in the
page's colours of the same names, dark or light. Elsewhere it has the colours below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDEST = 328  # pixels: the width of a phone without its margins
COLOURS = {
    "paper": "#ffffff", "soft": "#eceef1", "muted": "#596069", "ink": "#1d2024", "accent": "#1f5f9e", "warn": "#a35c00",
}  # fmt: skip
SHADE = 0.6  # the opacity of a full shade; words on it stay readable
STYLE = ".fill-none{fill:none}" + "".join(
    f".fill-{name}{{fill:{value};fill:var(--{name},{value})}}.edge-{name}{{stroke:{value};stroke:var(--{name},{value})}}"
    for name, value in COLOURS.items()
)
SIZE = 13  # of text
THICK = ' stroke-width="2.5"'
Point = tuple[float, float]


class Drawing:
    """A picture to which a program adds shapes. Later shapes cover earlier ones."""

    def __init__(self, width: int, height: int) -> None:
        """An empty picture.

        Raises:
            ValueError: it is wider than a phone.
        """
        if width > WIDEST:
            raise ValueError(f"a drawing is at most {WIDEST} wide, not {width}")
        self.width, self.height = width, height
        self._shapes: list[str] = []
        self.box(0, 0, width, height, edge="paper")

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        text: object = "",
        *,
        fill: str = "paper",
        edge: str = "muted",
        shade: float = 0,
        thick: bool = False,
        size: float = SIZE,
    ) -> None:
        """Draw a rectangle with a text in its middle.

        Args:
            x, y: its upper left corner.
            width, height: its size.
            text: the text, as for `words`.
            fill: its colour, or "none", which covers nothing. Text on "soft" is grey.
            edge: the colour of its edge.
            shade: strength of the accent colour over the fill, from 0 to 1.
            thick: a thick edge.
            size: height of the text.
        """
        place = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
        self._shapes.append(f'<rect class="fill-{fill} edge-{edge}" {place}{THICK * thick}/>')
        if shade * SHADE > 0.005:
            self._shapes.append(f'<rect class="fill-accent" {place} fill-opacity="{_number(shade * SHADE)}"/>')
        self.words(x + width / 2, y + height / 2, text, colour="muted" if fill == "soft" else "ink", size=size)

    def words(
        self, x: float, y: float, text: object, *, colour: str = "ink", size: float = SIZE, align: str = "middle"
    ) -> None:
        """Write a number, a symbol or a word of code: figures are the same in both languages.

        Args:
            x, y: the middle of the text; x is its start or end if `align` says so.
            text: the text. Floats have two decimals.
            colour: its colour.
            size: its height.
            align: "start", "middle" or "end".
        """
        said = (f"{text:.2f}" if isinstance(text, float) else str(text)).replace("-", "\N{MINUS SIGN}")
        place = f'x="{_number(x)}" y="{_number(y + 0.35 * size)}"'
        place += f' font-size="{_number(size)}"' if size != SIZE else ""
        place += f' text-anchor="{align}"' if align != "middle" else ""
        self._shapes += [f'<text class="fill-{colour}" {place}>{escape(said)}</text>'] if said else []

    def line(
        self, start: Point, end: Point, *, colour: str = "muted", arrow: bool = False, thick: bool = False
    ) -> None:
        """Draw a line.

        Args:
            start, end: its ends, (x, y).
            colour: its colour.
            arrow: with a head at its end.
            thick: a thick line.
        """
        (x, y), (to_x, to_y) = start, end
        place = f'x1="{_number(x)}" y1="{_number(y)}" x2="{_number(to_x)}" y2="{_number(to_y)}"'
        self._shapes.append(f'<line class="edge-{colour}" {place}{THICK * thick}/>')
        if arrow:
            length = math.hypot(to_x - x, to_y - y)
            along_x, along_y = 7 * (to_x - x) / length, 7 * (to_y - y) / length
            sides = [(to_x - along_x + s * along_y, to_y - along_y - s * along_x) for s in (0.45, -0.45)]
            corners = " ".join(f"{_number(a)},{_number(b)}" for a, b in (end, *sides))
            self._shapes.append(f'<polygon class="fill-{colour}" points="{corners}"/>')

    def grid(
        self,
        x: float,
        y: float,
        rows: Sequence[Sequence[object]],
        *,
        cell: Point = (28, 28),
        shade: Sequence[Sequence[float]] = (),
        soft: Sequence[Sequence[bool]] = (),
        size: float = SIZE,
    ) -> None:
        """Draw a matrix.

        Args:
            x, y: its upper left corner.
            rows: its entries.
            cell: width and height of an entry.
            shade: the strength of the accent colour in each cell, from 0 to 1.
            soft: whether an entry does not count. Its cell is grey.
            size: height of the text.
        """
        width, height = cell
        for i, row in enumerate(rows):
            for j, entry in enumerate(row):
                place, fill = (x + j * width, y + i * height), "soft" if soft and soft[i][j] else "paper"
                self.box(*place, width, height, entry, fill=fill, shade=shade[i][j] if shade else 0, size=size)

    def svg(self) -> str:
        """Return the drawing as a file. Equal drawings give equal files."""
        size = f'width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}"'
        font = f'font-family="system-ui, sans-serif" font-size="{SIZE}" text-anchor="middle"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>'
        return "\n".join([head, f"<style>{STYLE}</style>", *self._shapes, "</svg>"]) + "\n"


def _number(value: float) -> str:
    """A length with two decimals at most, which are the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
