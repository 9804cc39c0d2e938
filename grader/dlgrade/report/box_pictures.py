"""Draws boxes that differ, over an image if there is one: on a terminal with ASCII signs, in HTML as SVG."""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text as Styled

from dlgrade.report.pictures import TITLES, in_colour, side_by_side
from dlgrade.results import Boxes, Corners, Image
from dlgrade.text import Lang, Text, both, same

COLUMNS, ROWS = 37, 18  # of one map on a terminal: two maps and their gap fit into 80 columns
GAP = "   "
CELL = 2  # a sign on a terminal is twice as high as wide
NAMES = "ABCD"
SIDE = 220  # pixels of a map in a notebook
CHANNELS = 3  # bytes of a pixel of an image
COLOURS = "#d95f02", "#1b9e77", "#7570b3", "#e7298a"  # readable on dark and on light

HALVES = "▀"  # the upper half of a cell has the colour of the sign, the lower half that of the background
PAPER = "#101010"  # behind the lines of boxes on an image

Cell = tuple[str, str | None, str | None]  # a sign, its colour, and the colour behind it
Canvas = list[list[Cell]]
BLANK: Cell = (" ", None, None)


# The texts beside a picture.


def heading(boxes: Boxes) -> Text:
    """Name the tensor, and the boxes that are shown."""
    indices = ", ".join(f"{name} = {_index(index)}" for name, index in zip(NAMES, boxes.indices, strict=False))
    return same(f"{boxes.where} {boxes.shape}") + both(f", boxes {indices}", f"，框 {indices}")


def largest(boxes: Boxes) -> Text:
    """Name the box with the largest difference, and its corners."""
    name = NAMES[boxes.worst]
    yours, expected = _corners(boxes.yours[boxes.worst]), _corners(boxes.expected[boxes.worst])
    return both(
        f"furthest off is box {name}: yours {yours.en}, expected {expected.en}",
        f"相差最大的是框 {name}：你的结果 {yours.zh}，应为 {expected.zh}",
    )


def scale(boxes: Boxes) -> Text:
    """Say which part of the plane is drawn."""
    left, top, right, bottom = (f"{number:.4g}" for number in boxes.frame)
    words = both(
        f"drawn: x from {left} to {right}, y from {top} to {bottom}",
        f"图中 x 从 {left} 到 {right}，y 从 {top} 到 {bottom}",
    )
    if boxes.image is not None:
        corners = _corners(boxes.image.place)
        words += both(f"; the image: {corners.en}", f"；图像：{corners.zh}")
    return words


def _index(index: tuple[int, ...]) -> str:
    return str(index[0]) if len(index) == 1 else str(list(index))


def _corners(box: Corners | None) -> Text:
    if box is None:
        return both("NaN or infinite", "NaN 或无穷大")
    left, top, right, bottom = (f"{number:.5g}" for number in box)
    return same(f"({left}, {top}) - ({right}, {bottom})")


# On a terminal.


def lines(boxes: Boxes, lang: Lang, console: Console) -> Iterator[Styled]:
    """Yield both maps in at most 78 columns, with a letter in the first corner of each box.

    An image behind the boxes has its colours, or dots at its edges if the console has no colours.
    """
    coloured = in_colour(console)
    width, height = _size(boxes.frame)
    maps = [_canvas(part, boxes, width, height, coloured=coloured) for part in (boxes.yours, boxes.expected)]
    yield Styled(heading(boxes).of(lang))
    first, second = (title.of(lang) for title in TITLES[:2])
    yield Styled(first + " " * max(1, width + len(GAP) - cell_len(first)) + second, style="dim")
    for left, right in zip(*maps, strict=True):
        line = Styled()
        for sign, colour, behind in [*left, *[BLANK] * len(GAP), *right]:
            line.append(sign, Style(color=colour, bgcolor=behind) if coloured and colour else None)
        line.rstrip()
        yield line
    yield Styled(largest(boxes).of(lang))
    yield Styled(scale(boxes).of(lang), style="dim")


def _size(frame: Corners) -> tuple[int, int]:
    """Return the columns and rows of a map. It keeps the proportions of the frame."""
    left, top, right, bottom = frame
    wide, high = max(right - left, 1e-300), max(bottom - top, 1e-300)
    unit = min((COLUMNS - 1) / wide, CELL * (ROWS - 1) / high)
    return max(3, round(wide * unit) + 1), max(3, round(high * unit / CELL) + 1)


def _canvas(part: Sequence[Corners | None], boxes: Boxes, width: int, height: int, *, coloured: bool) -> Canvas:
    canvas: Canvas = [[BLANK] * width for _ in range(height)]
    if boxes.image is not None and coloured:
        _paint(canvas, boxes.image, boxes.frame)
    elif boxes.image is not None:
        _outline(canvas, *_places(boxes.image.place, boxes.frame, width, height), None, signs="...")
    places = [box and _places(box, boxes.frame, width, height) for box in part]
    for place, colour in zip(places, COLOURS, strict=False):
        if place is not None:
            _outline(canvas, *place, colour)
    for place, colour, name in zip(places, COLOURS, NAMES, strict=False):
        if place is not None:
            _write(canvas, *place, colour, name)
    return canvas


def _paint(canvas: Canvas, image: Image, frame: Corners) -> None:
    """Fill the cells that lie on the image, with a colour for each half."""
    across, down = (max(1, len(cells) - 1) for cells in (canvas[0], canvas))
    for y, row in enumerate(canvas):
        for x in range(len(row)):
            left = frame[0] + x / across * (frame[2] - frame[0])
            tops = [frame[1] + (y + half) / down * (frame[3] - frame[1]) for half in (-0.25, 0.25)]
            upper, lower = (_colour(image, left, top) for top in tops)
            if upper or lower:
                row[x] = HALVES, upper or PAPER, lower or PAPER


def _colour(image: Image, x: float, y: float) -> str | None:
    """Return the colour of the image at a point of the plane; None outside it."""
    left, top, right, bottom = image.place
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    if not (0 <= across <= 1 and 0 <= down <= 1):
        return None
    column, row = min(int(across * image.width), image.width - 1), min(int(down * image.height), image.height - 1)
    start = CHANNELS * (row * image.width + column)
    return "#" + image.pixels[start : start + CHANNELS].hex()


def _places(box: Corners, frame: Corners, width: int, height: int) -> tuple[list[int], list[int]]:
    """Return the columns and the rows of the edges. The corners may come in any order."""
    columns = sorted(_place(x, frame[0], frame[2], width) for x in box[::2])
    return columns, sorted(_place(y, frame[1], frame[3], height) for y in box[1::2])


def _outline(canvas: Canvas, columns: list[int], rows: list[int], colour: str | None, signs: str = "+-|") -> None:
    """Draw the edges as far as they lie in the map."""
    for y in range(max(0, rows[0]), min(len(canvas) - 1, rows[1]) + 1):
        for x in range(max(0, columns[0]), min(len(canvas[0]) - 1, columns[1]) + 1):
            if y in rows or x in columns:
                sign = signs[0] if y in rows and x in columns else signs[1] if y in rows else signs[2]
                canvas[y][x] = sign, colour, canvas[y][x][2] and PAPER


def _write(canvas: Canvas, columns: list[int], rows: list[int], colour: str, name: str) -> None:
    """Write the name of a box on its upper edge, beside the names that are there."""
    row = canvas[min(max(rows[0], 0), len(canvas) - 1)]
    free = (x for x in range(min(max(columns[0], 0), len(row) - 1), len(row)) if row[x][0] not in NAMES)
    for x in itertools.islice(free, 1):
        row[x] = name, colour, row[x][2] and PAPER


def _place(number: float, low: float, high: float, count: int) -> int:
    """Return the column or row of a coordinate. Those outside the frame are one step outside the map."""
    share = (number - low) / (high - low) if high > low else 0.0
    return round(min(max(share * (count - 1), -1), count))


# In a notebook.


def html(boxes: Boxes, lang: Lang | None) -> str:
    """Return both maps as HTML and SVG without scripts, style sheets or ids, readable on dark and on light.

    Without a language, the texts are in both, as on pages.
    """
    drawn = [_svg(part, boxes.frame, boxes.image) for part in (boxes.yours, boxes.expected)]
    return side_by_side(drawn, TITLES[:2], [heading(boxes), largest(boxes), scale(boxes)], lang)


def _svg(boxes: Sequence[Corners | None], frame: Corners, image: Image | None) -> str:
    left, top, right, bottom = frame
    unit = SIDE / max(right - left, bottom - top, 1e-300)
    width, height = max(12.0, _pixel(right, left, unit)), max(12.0, _pixel(bottom, top, unit))
    drawn = "" if image is None else _underlay(image, frame, unit)
    halo = ' paint-order="stroke" stroke="#fff" stroke-width="3"' if image else ""
    for number, box in enumerate(boxes):
        if box is None:
            continue
        x, x1 = sorted(_pixel(side, left, unit) for side in box[::2])
        y, y1 = sorted(_pixel(side, top, unit) for side in box[1::2])
        wide, high = x1 - x, y1 - y
        line = f'<rect x="{x:.4g}" y="{y:.4g}" width="{wide:.4g}" height="{high:.4g}" fill="none" stroke='
        drawn += f'{line}"#fff" stroke-width="4"/>' if image else ""
        drawn += (
            f'{line}"{COLOURS[number]}" stroke-width="2"/><text x="{x + 3:.4g}" y="{y + 12:.4g}" font-size="11" '
            f'fill="{COLOURS[number]}"{halo}>{NAMES[number]}</text>'
        )
    return (
        f'<svg aria-hidden="true" width="{width + 4:.4g}" height="{height + 4:.4g}" '
        f'viewBox="-2 -2 {width + 4:.4g} {height + 4:.4g}" style="outline:1px solid #8886">{drawn}</svg>'
    )


def _underlay(image: Image, frame: Corners, unit: float) -> str:
    """Return the image at its place; a pixel keeps its edges."""
    left, top, right, bottom = image.place
    x, y = _pixel(left, frame[0], unit), _pixel(top, frame[1], unit)
    width, height = (right - left) * unit, (bottom - top) * unit
    return (
        f'<image href="{_address(image)}" x="{x:.4g}" y="{y:.4g}" width="{width:.4g}" height="{height:.4g}" '
        'preserveAspectRatio="none" style="image-rendering:pixelated"/>'
    )


def _address(image: Image) -> str:
    """Return an address that holds the image itself: a page loads no other file."""
    from PIL import Image as Pillow  # only a failed check over an image needs it

    content = io.BytesIO()
    Pillow.frombytes("RGB", (image.width, image.height), image.pixels).save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def _pixel(number: float, low: float, unit: float) -> float:
    """Return where a coordinate is drawn. Those far outside the map are drawn at a distance of a map."""
    return min(max((number - low) * unit, -float(SIDE)), 2.0 * SIDE)
