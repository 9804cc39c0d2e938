"""Makes texts from submissions safe to show: no hidden characters, no endless lines."""

from __future__ import annotations

import re

from dlgrade.text import UNSEEN, Text, both

MESSAGE = 2_000  # the most characters of a message
VALUE = 4_000  # of a call, a value, an output
LINES = 60  # of the same


def visible(words: str) -> str:
    r"""Replace each character that cannot be seen with a sign. Line breaks and tabs stay.

    >>> visible("\x1b[31m \u202eabc")
    '␛[31m ⟨U+202E⟩abc'
    """
    return UNSEEN.sub(_sign, words.replace("\r\n", "\n"))


def _sign(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨U+{code:04X}⟩"


def visible_json(document: str) -> str:
    r"""Write the characters of a JSON document that cannot be seen as escapes.

    >>> visible_json('{"name": "a\x9bb"}')
    '{"name": "a\\u009bb"}'
    """
    return UNSEEN.sub(_escape, document)


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


def one_line(words: str) -> str:
    """Make a name visible, also its line breaks and tabs."""
    return visible(words).replace("\n", "\u240a").replace("\t", "\u2409")


def cut(words: str, limit: int = VALUE, lines: int = LINES) -> tuple[str, Text | None]:
    """Return the beginning of the words, made visible, and a note about the rest; None if all is there."""
    kept = "\n".join(words[:limit].split("\n")[:lines])
    if len(kept) == len(words):
        return visible(words), None
    rest = f"{len(words) - len(kept):,}"
    return visible(kept), both(f"… {rest} more characters are not shown", f"……其余 {rest} 个字符未显示")


def shorter(words: str, limit: int = MESSAGE) -> str:
    """Return the beginning of a message, made visible. The note about the rest needs no translation."""
    beginning, rest = cut(words, limit)
    return f"{beginning} … (+{len(words) - limit:,})" if rest and len(words) > limit else visible(words[:limit])
