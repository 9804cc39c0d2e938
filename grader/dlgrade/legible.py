"""Words that a submission had a hand in, made fit to be read: nothing hidden, nothing endless."""

from __future__ import annotations

import re

from dlgrade.text import UNSEEN, Text, both

MESSAGE = 2_000  # characters that are shown of a message
VALUE = 4_000  # of a call, a value, what was printed
LINES = 60


def visible(words: str) -> str:
    r"""The words with a sign in place of each character that cannot be seen; lines and tabs stay.

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
    r"""The same JSON document, where such characters are written as escapes.

    >>> visible_json('{"name": "a\x9bb"}')
    '{"name": "a\\u009bb"}'
    """
    return UNSEEN.sub(_escape, document)


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{high:02x}{low:02x}" for high, low in zip(units[::2], units[1::2], strict=True))


def one_line(words: str) -> str:
    """The same for what stands in a line, such as a name."""
    return visible(words).replace("\n", "\u240a").replace("\t", "\u2409")


def cut(words: str, limit: int = VALUE, lines: int = LINES) -> tuple[str, Text | None]:
    """The beginning of the words, made visible, and how much was left out."""
    kept = "\n".join(words[:limit].split("\n")[:lines])
    if len(kept) == len(words):
        return visible(words), None
    left = f"{len(words) - len(kept):,}"
    return visible(kept), both(f"… {left} more characters are not shown", f"……其余 {left} 个字符未显示")


def shorter(words: str, limit: int = MESSAGE) -> str:
    """The same on one string, for messages; the note is understood in any language."""
    shown, left = cut(words, limit)
    return f"{shown} … (+{len(words) - limit:,})" if left and len(words) > limit else visible(words[:limit])
