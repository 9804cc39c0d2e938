"""Breaks text into lines for a terminal, in both languages: between Chinese characters, never inside a word of code."""

from __future__ import annotations

import re

from rich.cells import cell_len, chop_cells

OPENING, CLOSING = "（《「『“‘【", "，。、；：！？）》」』”’】…"
HAN = "\u2e80-\u9fff\uff00-\uffef"
PIECE = re.compile(rf" +|[{OPENING}]*(?:(?![{OPENING}{CLOSING}])[{HAN}]|[^ {HAN}{OPENING}{CLOSING}]+)?[{CLOSING}]*")


def in_lines(text: str, width: int) -> list[str]:
    """Return the lines of a text, each of at most `width` columns.

    A closing mark stays with the word before it, and an opening mark with the word after it. Only a word that is longer
    than a line is broken.
    """
    return [line for paragraph in text.split("\n") for line in _filled(paragraph, width)]


def _filled(paragraph: str, width: int) -> list[str]:
    lines, line, gap = list[str](), "", ""
    for piece in filter(None, PIECE.findall(paragraph)):
        if not piece.strip(" "):
            gap = piece
            continue
        if cell_len(line + gap + piece) <= width:
            line += gap + piece
        else:
            lines += [line] if line else []
            *parts, line = chop_cells(piece, width)  # a single part, unless the piece is longer than a line
            lines += parts
        gap = ""
    return [*lines, line]
