"""Explain common exceptions in plain words: what the exception means here, and where to look.

The tables `syntax`, `python`, `shapes` and `tensors` have rows of a pattern and an explanation. A pattern is matched
from the beginning of the exception's type and message, as in `ZeroDivisionError: division by zero`. The first row
that matches and has an explanation decides. An explanation is a text with the pattern's named groups, or a function
for the few that need more than the message.

An explanation never claims a cause that the message does not prove.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dlgrade.judge.explanations import python, shapes, syntax, tensors
from dlgrade.judge.explanations.rows import Mistake, Row
from dlgrade.text import Text

ROWS: tuple[Row, ...] = (*syntax.ROWS, *python.ROWS, *shapes.ROWS, *tensors.ROWS)


@lru_cache(maxsize=256)
def explain(kind: str, message: str, line: str = "", source: str = "") -> Text | None:
    """Return the explanation of an exception; None for an exception that no row describes.

    Args:
        kind: the name of the exception's class.
        message: the exception's message.
        line: the last line of the submission that was running, or the line that cannot be parsed.
        source: the whole submission. It is searched as text, never parsed.
    """
    mistake = Mistake(f"{kind}: {message}" if message else kind, line, source)
    if re.match(r"raise\b", line) and kind != "SystemExit":
        return None  # the submission's own exception, in its own words
    return next(filter(None, (row.explain(mistake) for row in ROWS)), None)
