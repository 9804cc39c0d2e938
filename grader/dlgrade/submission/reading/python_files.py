"""The text of a Python file, decoded exactly as Python decodes its sources: PEP 263, and byte-order marks."""

from __future__ import annotations

import codecs
import re

from dlgrade.errors import SubmissionError
from dlgrade.text import both

ENCODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)", re.ASCII)
BLANK = re.compile(rb"^[ \t\f]*(?:#|$)")
NEWLINE = re.compile(rb"\r\n?|\n")
LATIN = ("latin-1", "iso-8859-1", "iso-latin-1")


def declared(content: bytes) -> str:
    """The encoding that one of the first two lines names, or nothing."""
    for line in NEWLINE.split(content.removeprefix(codecs.BOM_UTF8), maxsplit=2)[:2]:
        if match := ENCODING.match(line):
            return match[1].decode()
        if not BLANK.match(line):
            break
    return ""


def plain(content: bytes, shown: str) -> str | None:
    """The text of a file in UTF-8, as nearly all are; None where the file names another encoding.

    Safe in any process: a decoder of UTF-8 needs no more than the bytes that it is given.

    Raises:
        SubmissionError: it is not UTF-8.
    """
    marked = content.startswith(codecs.BOM_UTF8)
    name = declared(content)
    if name and _normal(name) != "utf-8" and (marked or name.lower() != "utf8"):
        return None
    try:
        return content.decode("utf-8-sig" if marked else "utf-8")
    except UnicodeDecodeError as error:
        line = _line(content, error)
        raise SubmissionError(
            both(
                f"{shown} is not UTF-8 text (line {line}). Save it as UTF-8 in your editor.",
                f"{shown} 不是 UTF-8 文本（第 {line} 行）。请在编辑器中另存为 UTF-8。",
            )
        ) from None


def decoded(content: bytes, shown: str) -> str:
    """The text of a file that names its encoding. Codecs run code of any kind, so this is for the child.

    Raises:
        SubmissionError: Python cannot read it so.
    """
    name = declared(content)
    content = NEWLINE.sub(b"\n", content)  # as Python does before it decodes; it also ends the last line
    content += b"" if content.endswith(b"\n") else b"\n"
    try:
        if content.startswith(codecs.BOM_UTF8):
            raise LookupError("marked as UTF-8, and says something else")
        text = content.decode(_normal(name)).replace("\r", " ")  # one that was spelled `\\r` ends no line
        text.encode()  # half of a surrogate pair is no text
    except (RecursionError, MemoryError):
        raise
    except UnicodeDecodeError as error:
        line = _line(content, error)
        why = both(f"but line {line} is not written in it", f"但第 {line} 行不是该编码")
    except Exception:  # a codec that is none for text, such as `undefined` or `idna`, raises whatever it likes
        why = both("in which Python cannot read it", "Python 无法按此编码读取")
    else:
        return text
    raise SubmissionError(
        both(
            f"{shown} names the encoding {name[:40]!r}, {why.en}. Save it as UTF-8 in your editor, and delete the line "
            "that names the encoding.",
            f"{shown} 声明的编码是 {name[:40]!r}，{why.zh}。请在编辑器中另存为 UTF-8，并删除声明编码的那一行。",
        )
    )


def _normal(name: str) -> str:
    """As Python's own parser spells it before it looks for a codec."""
    start = name[:12].lower().replace("_", "-")
    if start == "utf-8" or start.startswith("utf-8-"):
        return "utf-8"
    return "iso-8859-1" if start in LATIN or start.startswith(tuple(f"{one}-" for one in LATIN)) else name


def _line(content: bytes, error: UnicodeDecodeError) -> int:
    return len(NEWLINE.findall(content, 0, error.start)) + 1
