"""A row of the tables of explanations, and the exception that it is matched with."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from dlgrade.text import Text, both

DTYPES = {
    "float": "float32", "double": "float64", "half": "float16", "long": "int64", "long int": "int64", "int": "int32",
    "short": "int16", "char": "int8", "byte": "uint8", "bool": "bool",
}  # fmt: skip


@dataclass(frozen=True)
class Mistake:
    """An exception of a submission.

    Args:
        words: its type and message.
        line: the last line of the submission that was running.
        source: the whole submission.
    """

    words: str
    line: str = ""
    source: str = ""


@dataclass(frozen=True)
class Row:
    """A pattern of type and message, and the explanation of all exceptions that match it."""

    pattern: re.Pattern[str]
    meaning: Text | Callable[[re.Match[str], Mistake], Text | None]

    def explain(self, mistake: Mistake) -> Text | None:
        """Return the explanation, if the row describes the exception."""
        match = self.pattern.match(mistake.words)
        if match is None:
            return None
        return fill(self.meaning, match) if isinstance(self.meaning, Text) else self.meaning(match, mistake)


def row(pattern: str, meaning: Text | Callable[[re.Match[str], Mistake], Text | None]) -> Row:
    """Make a row."""
    return Row(re.compile(pattern), meaning)


def fill(text: Text, match: re.Match[str]) -> Text:
    """Put the groups of a match into a text.

    A group whose name begins with `dtype` gets torch's name of the dtype. `keys` is Python's list of names.
    """
    groups = {
        name: DTYPES.get(str(value).lower(), value) if name.startswith("dtype") else value
        for name, value in match.groupdict().items()
    }
    chinese = {
        **groups,
        "keys": str(groups.get("keys")).replace(", and ", "、").replace(" and ", "、").replace(", ", "、"),
    }
    return both(text.en.format_map(groups), text.zh.format_map(chinese))
