"""Breaks text into lines for a terminal, in both languages: between Chinese characters, never inside a word of code."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells

OPENING, CLOSING = "（《「『“‘【", "，。、；：！？）》」』”’】…"
HAN = "\u2e80-\u9fff\uff00-\uffef"
PIECE = re.compile(
    rf"(?P<blank> +)|[{OPENING}]*(?:(?![{OPENING}{CLOSING}])[{HAN}]|[^ {HAN}{OPENING}{CLOSING}]+)?[{CLOSING}]*"
)


def in_lines(text: str, width: int) -> list[str]:
    """Return the lines of a text, each of at most `width` columns.

    A closing mark stays with the word before it, and an opening mark with the word after it. Only a word that is longer
    than a line is broken.
    """
    return [line for paragraph in text.split("\n") for line in _filled(paragraph, width)]


def _filled(paragraph: str, width: int) -> list[str]:
    lines, line, used = list[str](), "", 0
    for piece in filter(None, (match[0] for match in PIECE.finditer(paragraph))):
        size = cell_len(piece)
        if used + size > width and line.strip() and piece.strip():
            lines.append(line.rstrip())
            line, used = "", 0
        if size > width and piece.strip():
            *whole, piece = chop_cells(piece, width)
            lines += whole
            size = cell_len(piece)
        if used + size <= width:
            line, used = line + piece, used + size
    return [*lines, line.rstrip()]
