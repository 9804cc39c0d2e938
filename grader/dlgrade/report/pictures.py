"""Draws tensors that differ: in colour on a terminal, with digits in a pipe, as SVG in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text as Styled

from dlgrade.results import Grid, Picture
from dlgrade.text import Lang, Text, both, same

COLUMNS = 24  # of one map; three maps and their gaps fit into 80
GAP = "   "
PLANE_GAP = 0.4  # of an element, in a notebook
TITLES = both("yours", "你的结果"), both("expected", "应为"), both("difference", "差")
# Ten shades of viridis, which also works in grey and for colour-blind readers, and a colour outside it.
SHADES = (
    "#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6dcd59", "#b4de2c", "#fde725",
)  # fmt: skip
NO_NUMBER = "#ff00ff"
SIGNS = "0123456789abcdefghijklmnopqrstuvwxyz"  # of classes in a pipe; `?` for others
MOST_CLASSES = 12  # that the text under a picture lists

Level = int | None  # 0 to 9, or a class; None: not a number
Levels = list[list[Level]]
Shade = Callable[[Level], str]


def levels(picture: Picture) -> tuple[Levels, Levels, Levels]:
    """Return the shades of the three maps. Your values and the expected ones share a scale; classes have no scale."""
    if picture.classes:
        return _classes(picture.yours), _classes(picture.expected), _levels(picture.difference, 0.0, 1.0)
    low, high = span(picture)
    values = _levels(picture.yours, low, high), _levels(picture.expected, low, high)
    return *values, _levels(picture.difference, 0.0, _largest(picture.difference))


def _classes(grid: Grid) -> Levels:
    return [[None if value is None else int(value) for value in row] for row in grid]


def span(picture: Picture) -> tuple[float, float]:
    """Return the least and the largest number in the picture."""
    grids = picture.yours, picture.expected
    values = [value for grid in grids for row in grid for value in row if value is not None]
    return (min(values), max(values)) if values else (0.0, 0.0)


def _largest(grid: Grid) -> float:
    return max((value for row in grid for value in row if value is not None), default=0.0)


def _levels(grid: Grid, low: float, high: float) -> Levels:
    half = high / 2 - low / 2  # `high - low` may overflow
    return [[_level(value, low, half) for value in row] for row in grid]


def _level(value: float | None, low: float, half: float) -> Level:
    if value is None:
        return None
    return min(9, max(0, int((value / 2 - low / 2) / half * 10))) if half > 0 else 0


# The texts beside a picture.


def heading(picture: Picture) -> Text:
    """Name the tensor, and the part of it that is shown."""
    words = same(f"{picture.where} {picture.shape}")
    if picture.planes:
        planes = ", ".join(str(list(plane)) for plane in picture.planes)
        words += both(f", planes {planes}", f"，平面 {planes}")
    rows, columns = picture.block
    if picture.block != (1, 1) and picture.classes:
        words += both(f", one of {rows} x {columns} pixels", f"，每 {rows} x {columns} 个像素取一个")
    elif picture.block != (1, 1):
        words += both(f", means of {rows} x {columns} elements", f"，每格为 {rows} x {columns} 个元素的均值")
    return words


def largest(picture: Picture) -> Text:
    """Name the place of the largest difference, and both values there."""
    yours, expected = picture.values
    at, left, right = list(picture.at), _value(picture, yours), _value(picture, expected)
    what = both("largest difference", "最大的差")
    if picture.classes:
        what = both("first wrong class", "第一个错误的类别")
    elif yours is not None and expected is not None:
        what += same(f" {abs(yours - expected):.3g}")
    return both(
        f"{what.en} at {at}: yours {left.en}, expected {right.en}",
        f"{what.zh} 位于 {at}：你的结果 {left.zh}，应为 {right.zh}",
    )


def _value(picture: Picture, number: float | None) -> Text:
    if number is None:
        return both("NaN or infinite", "NaN 或无穷大")
    return same(f"{number:.0f}" if picture.classes else f"{number:.6g}")


def scale(picture: Picture, *, digits: bool) -> Text:
    """Explain the shades, or list the classes."""
    if picture.classes:
        return _listed(picture, digits=digits)
    low, high = span(picture)
    most = _largest(picture.difference)
    dark, bright = (same("0"), same("9")) if digits else (both("dark", "暗"), both("bright", "亮"))
    words = both(
        f"{dark.en} = {low:.3g}, {bright.en} = {high:.3g}; difference: {dark.en} = 0, {bright.en} = {most:.3g}",
        f"{dark.zh} = {low:.3g}，{bright.zh} = {high:.3g}；差：{dark.zh} = 0，{bright.zh} = {most:.3g}",
    )
    if any(value is None for grid in (picture.yours, picture.expected) for row in grid for value in row):
        mark = same("!") if digits else both("magenta", "品红")
        words += both(f"; {mark.en} = NaN or infinite", f"；{mark.zh} = NaN 或无穷大")
    return words


def _listed(picture: Picture, *, digits: bool) -> Text:
    """List the classes that are drawn."""
    shown = sorted({int(value) for grid in (picture.yours, picture.expected) for row in grid for value in row if value})
    first, more = shown[:MOST_CLASSES], ", ..." if len(shown) > MOST_CLASSES else ""
    named = ", ".join(f"{_sign(number)} = {number}" if digits and number > 9 else str(number) for number in first)
    wrong = same("9") if digits else both("bright", "亮")
    return both(
        f"classes besides 0: {named or 'none'}{more}; difference: {wrong.en} = wrong",
        f"0 以外的类别：{named or '无'}{more}；差：{wrong.zh} = 错误",
    )


def _sign(number: int) -> str:
    return SIGNS[number] if 0 <= number < len(SIGNS) else "?"


# On a terminal.


def lines(picture: Picture, lang: Lang, console: Console) -> Iterator[Styled]:
    """Yield the picture in at most 78 columns, in colour if the console can, otherwise with the digits 0 to 9."""
    digits = not in_colour(console)
    draw = _digits if digits else _coloured
    maps = [draw(rows, picture.columns, shade) for rows, shade in zip(levels(picture), _shades(picture), strict=True)]
    titles = [title.of(lang) for title in TITLES]
    widths = [max(cell_len(title), *map(_width, rows)) for title, rows in zip(titles, maps, strict=True)]
    yield Styled(heading(picture).of(lang))
    for parts in ([Styled(title, style="dim") for title in titles], *zip(*maps, strict=True)):
        yield _joined(list(parts), widths)
    yield Styled(largest(picture).of(lang))
    yield Styled(scale(picture, digits=digits).of(lang), style="dim")


def in_colour(console: Console) -> bool:
    """Return whether the console can show ten shades (16 colours are too few) and half blocks (Unicode)."""
    return (
        console.is_terminal
        and not console.no_color
        and console.color_system in ("256", "truecolor", "windows")
        and not console.legacy_windows
        and not console.options.ascii_only
    )


def _width(row: Styled) -> int:
    return cell_len(row.plain)


def _joined(parts: list[Styled], widths: list[int]) -> Styled:
    line = Styled()
    for part, width in zip(parts, widths, strict=True):
        if line.plain:
            line.append(GAP)
        line.append_text(part)
        line.append(" " * (width - _width(part)))
    line.rstrip()
    return line


def _planes(row: list[Level], columns: int) -> list[list[Level]]:
    return [row[start : start + columns] for start in range(0, len(row), columns)]


def _per_cell(row: list[Level], columns: int, sizes: tuple[int, ...]) -> int:
    """Return the columns of the terminal for each number: as many as fit."""
    gaps = len(row) // columns - 1
    return next((size for size in sizes if size * len(row) + gaps <= COLUMNS), 1)


def _digits(rows: Levels, columns: int, _: Shade) -> list[Styled]:
    size = _per_cell(rows[0], columns, (2,))
    drawn = []
    for row in rows:
        signs = [
            [("!" if level is None else _sign(level)).ljust(size) for level in part] for part in _planes(row, columns)
        ]
        drawn.append(Styled(" ".join("".join(part) for part in signs).rstrip()))
    return drawn


def _coloured(rows: Levels, columns: int, shade: Shade) -> list[Styled]:
    size = _per_cell(rows[0], columns, (4, 2))
    if size == 1:
        return _half_blocks(rows, columns, shade)
    drawn = []
    for row in rows:
        line = Styled()
        for number, part in enumerate(_planes(row, columns)):
            line.append(" " if number else "")
            for level in part:
                line.append("█" * size, Style(color=shade(level)))  # spaces would be cut off at the end of a line
        drawn += [line] * (size // 2)
    return drawn


def _half_blocks(rows: Levels, columns: int, shade: Shade) -> list[Styled]:
    """Draw two rows of numbers in each line."""
    drawn = []
    for upper, lower in zip(rows[::2], [*rows[1::2], None][: len(rows[::2])], strict=True):
        line = Styled()
        for place, level in enumerate(upper):
            line.append(" " if place and place % columns == 0 else "")
            line.append("▀", Style(color=shade(level), bgcolor=shade(lower[place]) if lower else None))
        drawn.append(line)
    return drawn


def _shades(picture: Picture) -> tuple[Shade, Shade, Shade]:
    """The colours of the three maps."""
    return (_class_colour, _class_colour, _shade) if picture.classes else (_shade, _shade, _shade)


def _shade(level: Level) -> str:
    return NO_NUMBER if level is None else SHADES[level]


def _class_colour(level: Level) -> str:
    """The colour of a class in VOC: three bits of its number at a time are the next lower bits of red, green, blue."""
    if level is None:
        return NO_NUMBER
    bits = [(level >> 3 * place) & 7 for place in range(3)]
    parts = [sum((three >> channel & 1) << 7 - place for place, three in enumerate(bits)) for channel in range(3)]
    return "#" + "".join(f"{part:02x}" for part in parts)


# In a notebook.


def html(picture: Picture, lang: Lang | None) -> str:
    """Return the picture as HTML and SVG without scripts, style sheets or ids, readable on dark and on light.

    Without a language, its texts are in both, as on pages.
    """
    maps = zip(levels(picture), _shades(picture), strict=True)
    drawn = [_svg(rows, picture.columns, shade) for rows, shade in maps]
    return side_by_side(
        drawn, TITLES[: len(drawn)], [heading(picture), largest(picture), scale(picture, digits=False)], lang
    )


def side_by_side(drawn: Sequence[str], titles: Sequence[Text], texts: Sequence[Text], lang: Lang | None) -> str:
    """Return drawings with their titles beside each other, below the first of the texts and above the others."""
    small = 'style="font-size:85%"'
    figures = "".join(
        f'<figure style="margin:0 24px 0 0"><figcaption {small}>{_said(title, lang)}</figcaption>{svg}</figure>'
        for title, svg in zip(titles, drawn, strict=True)
    )
    first, *others = (f"<div {small}>{_said(text, lang)}</div>" for text in texts)
    maps = f'<div style="display:flex;flex-wrap:wrap">{figures}</div>'
    return f'<div style="margin:6px 0">{first}{maps}{"".join(others)}</div>'


def _said(text: Text, lang: Lang | None) -> str:
    if lang is not None or text.en == text.zh:
        return escape(text.of(lang or "en"))
    return f'<span lang="en">{escape(text.en)}</span><span lang="zh">{escape(text.zh)}</span>'


def _svg(rows: Levels, columns: int, shade: Shade) -> str:
    width, height = len(rows[0]) + PLANE_GAP * (len(rows[0]) // columns - 1), len(rows)
    size = max(6, min(18, int(168 / width)))
    paths: dict[str, list[str]] = {}
    for y, row in enumerate(rows):
        for x, level in enumerate(row):
            paths.setdefault(shade(level), []).append(f"M{x + PLANE_GAP * (x // columns):g} {y}h1v1h-1z")
    drawn = "".join(f'<path fill="{colour}" d="{"".join(parts)}"/>' for colour, parts in sorted(paths.items()))
    return (
        f'<svg aria-hidden="true" width="{width * size:g}" height="{height * size}" '
        f'viewBox="0 0 {width:g} {height}" shape-rendering="crispEdges">{drawn}</svg>'
    )
