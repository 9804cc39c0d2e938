"""Ids of students, as spreadsheets spoil them."""

from __future__ import annotations

import re
import unicodedata

from dlgrade.text import UNSEEN

FORMULA = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)'|\(([\w.]*)\)|([\w.]+))""")
GROUPED = re.compile(r"\d{1,3}(?:[,'’ ]\d{3})+|\d{1,3}(?:\.\d{3}){2,}")
WITH_ZEROS = re.compile(r"(.*\d)[.,]0+")
SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE](\+?)(\d{1,2})")
LOST = re.compile(
    r"#+|#(?:n/a|name\?|ref!|value!|num!|null!|div/0!)|"
    r"\d{1,2}-(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:-\d\d)?|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)-\d\d|\d{1,2}月\d{1,2}日",
    re.IGNORECASE,
)
ODD = re.compile(  # dates and times, fractions, negative numbers, amounts
    r"(?:(?:19|20)\d\d[/.年-]\d{1,2}[/.月-]\d{1,2}日?|\d{1,2}[/.-]\d{1,2}[/.-](?:\d\d){1,2}|\d{1,2}/\d{1,2}|"
    r"(?:19|20)\d\d年\d{1,2}月)(?:[ T]\d{1,2}:\d\d(?::\d\d)?)?|\d{1,3}:\d\d(?::\d\d)?(?: ?[ap]m)?|"
    r"\d{4,}[.,]\d+|[-+−(]\s?\d[\d.,]*\)?|[\d.,]+ ?[%€$£¥元]|[€$£¥] ?[\d.,]+|true|false",
    re.IGNORECASE,
)
CELL = re.compile(r"=\s*\$?[A-Za-z]{1,3}\$?[1-9]\d{0,5}")  # a formula that names another cell
EXACT = 15  # digits that a spreadsheet's numbers have


class LostDigitsError(ValueError):
    """A spreadsheet has destroyed the id."""


def tidy(cell: str) -> str:
    """A cell without characters that nobody sees, with single blanks, and without blanks around it."""
    return " ".join(UNSEEN.sub("", re.sub(r"[\t\r\n]", " ", cell)).split())


def restored(cell: str) -> str:
    """The id in a cell, before a spreadsheet changed it.

    Raises:
        LostDigitsError: the cell no longer has all digits.

    >>> [restored(cell) for cell in ("2021012345.0", "2.021012345E9", '="0042"', "'0042", "2,021,012,345", "２０２１")]
    ['2021012345', '2021012345', '0042', '0042', '2021012345', '2021']
    """
    text = tidy(unicodedata.normalize("NFKC", cell))
    if (match := FORMULA.fullmatch(text)) and not CELL.fullmatch(text):
        text = tidy(next(part for part in match.groups() if part is not None))
    if LOST.fullmatch(text) or text.startswith("=") or CELL.fullmatch(text):
        raise LostDigitsError(text)
    text = re.sub(r"""^['’‘`"#]+(?=\w)|(?<=\w)["']+$""", "", text)  # Brightspace writes #42
    if (match := SCIENTIFIC.fullmatch(text)) and (match[2] or match[3]):
        return _written_out(text, match)
    if not GROUPED.fullmatch(text) and (match := WITH_ZEROS.fullmatch(text)):
        whole = match[1]
        text = whole if whole.isdigit() or GROUPED.fullmatch(whole) else text
    if GROUPED.fullmatch(text) or re.fullmatch(r"[\d ]+", text):
        text = re.sub(r"\D", "", text)
    return text


def is_odd(id: str) -> bool:
    """Return whether an id looks like a date or an amount, as which a spreadsheet may have read it.

    >>> [is_odd(id) for id in ("2021/1/2", "2021012345.5", "-2021012345", "2021-0012", "10.1", "s1")]
    [True, True, True, False, False, False]
    """
    return bool(ODD.fullmatch(id))


def is_rounded(id: str) -> bool:
    """Return whether all digits after those that a spreadsheet keeps are zeros."""
    return id.isdecimal() and len(id) > EXACT and not id[EXACT:].strip("0")


def _written_out(text: str, match: re.Match[str]) -> str:
    """The digits of `2.021012345E9`. Excel rounds to `2.02101E+09`; programs leave out only zeros."""
    decimals, places = match[2] or "", int(match[4])
    if len(decimals) > places:
        return text
    if (len(decimals) < places and match[3]) or places >= EXACT:
        raise LostDigitsError(text)
    return match[1] + decimals.ljust(places, "0")


def key(id: str) -> str:
    """The form in which ids are compared: without blanks, in small letters, with ASCII digits."""
    return re.sub(r"\s", "", tidy(unicodedata.normalize("NFKC", id))).casefold()


def number_key(id: str) -> str:
    """The id without leading zeros, which a spreadsheet removes. Nothing if it is no number."""
    plain = key(id)
    return plain.lstrip("0") if plain.isdecimal() else ""
