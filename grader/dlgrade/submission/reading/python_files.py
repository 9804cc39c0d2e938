"""Decodes Python files exactly as Python does: PEP 263, and byte-order marks."""

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
    """The encoding that the first or second line names, or nothing."""
    for line in NEWLINE.split(content.removeprefix(codecs.BOM_UTF8), maxsplit=2)[:2]:
        if match := ENCODING.match(line):
            return match[1].decode()
        if not BLANK.match(line):
            break
    return ""


def plain(content: bytes, display_name: str) -> str | None:
    """The text of a file in UTF-8, as nearly all are. None if the file names another encoding.

    This is safe in any process: decoding UTF-8 runs no code of the file.

    Raises:
        SubmissionError: the file names no other encoding, and is not UTF-8.
    """
    marked = content.startswith(codecs.BOM_UTF8)
    name = declared(content)
    if name and _normal(name) != "utf-8" and (marked or name.lower() != "utf8"):
        return None
    try:
        return content.decode("utf-8-sig" if marked else "utf-8")
    except UnicodeDecodeError as error:
        line = _line_of(content, error)
        raise SubmissionError(
            both(
                f"{display_name} is not UTF-8 text (line {line}). Save it as UTF-8 in your editor.",
                f"{display_name} 不是 UTF-8 文本（第 {line} 行）。请在编辑器中另存为 UTF-8。",
            )
        ) from None


def decoded(content: bytes, display_name: str) -> str:
    """The text of a file that names its encoding. Only for the child process: some codecs can exhaust a process.

    Raises:
        SubmissionError: Python cannot read the file in this encoding.
    """
    name = declared(content)
    content = NEWLINE.sub(b"\n", content)  # as Python does before it decodes. It also ends the last line:
    content += b"" if content.endswith(b"\n") else b"\n"
    try:
        if content.startswith(codecs.BOM_UTF8):
            raise LookupError("marked as UTF-8, but names another encoding")
        text = content.decode(_normal(name)).replace("\r", " ")  # an escaped `\\r` does not end a line
        text.encode()  # fails on half a surrogate pair
    except (RecursionError, MemoryError):
        raise
    except UnicodeDecodeError as error:
        line = _line_of(content, error)
        why = both(f"but line {line} is not written in it", f"但第 {line} 行不是该编码")
    except Exception:  # a codec that is not for text, such as `undefined` or `idna`, can raise anything
        why = both("in which Python cannot read it", "Python 无法按此编码读取")
    else:
        return text
    raise SubmissionError(
        both(
            f"{display_name} names the encoding {name[:40]!r}, {why.en}. Save it as UTF-8 in your editor, and delete "
            "the line that names the encoding.",
            f"{display_name} 声明的编码是 {name[:40]!r}，{why.zh}。请在编辑器中另存为 UTF-8，并删除声明编码的那一行。",
        )
    )


def _normal(name: str) -> str:
    """The encoding's name as Python's own parser spells it before it looks for a codec."""
    start = name[:12].lower().replace("_", "-")
    if start == "utf-8" or start.startswith("utf-8-"):
        return "utf-8"
    return "iso-8859-1" if start in LATIN or start.startswith(tuple(f"{latin}-" for latin in LATIN)) else name


def _line_of(content: bytes, error: UnicodeDecodeError) -> int:
    return len(NEWLINE.findall(content, 0, error.start)) + 1
