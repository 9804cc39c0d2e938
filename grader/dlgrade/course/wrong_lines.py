"""Reads the wrong lines that a reference has beside its right ones: the code of its misconceptions.

A comment gives the code that takes the place of the logical line above it::

    var = ((X - mean) ** 2).mean(dim=0)
    # WRONG unbiased-variance: var = X.var(dim=0)

A block takes the place of one or more lines, and may have any number of lines, or none::

    mean = X.mean(dim=0)
    var = ((X - mean) ** 2).mean(dim=0)
    # WRONG one-pass-variance, 2 lines:
    #     mean = X.mean(dim=0)
    #     var = (X**2).mean(dim=0) - mean**2

The code is indented like the first line that it replaces. A misconception may change several places. A logical line is
a simple statement, or the head of a compound statement, however many lines of the file it has.
"""

from __future__ import annotations

import io
import re
import textwrap
import tokenize
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from dlgrade.errors import CourseError
from dlgrade.text import same

HEAD = re.compile(r"\s*# WRONG (?P<name>[\w-]+)(?:, (?P<count>\d+) lines)?:(?: (?P<code>.*))?")
BODY = re.compile(r"\s*#(?:     (.*))?")
NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass(frozen=True)
class WrongLines:
    """The code that a misconception has in one place.

    Args:
        name: The id of the misconception.
        number: The line of the comment in the file.
        after: The number of right lines above the comment.
        count: The number of logical lines that the code replaces.
        code: The code.
    """

    name: str
    number: int
    after: int
    count: int
    code: str


@dataclass(frozen=True)
class Annotated:
    """A source without its wrong lines, the wrong lines, and the line of the file that each right line comes from."""

    source: str
    wrong: tuple[WrongLines, ...]
    numbers: tuple[int, ...]

    @cached_property
    def logical_lines(self) -> list[tuple[int, int]]:
        """The first and the last line of each logical line of the source."""
        return list(_logical_lines(self.source))


def parted(text: str) -> Annotated:
    """Part the right lines of a file from the wrong ones."""
    lines, right, wrong, numbers = text.splitlines(), list[str](), list[WrongLines](), list[int]()
    place = 0
    while place < len(lines):
        head = HEAD.fullmatch(lines[place])
        place += 1
        if head is None:
            right.append(lines[place - 1])
            numbers.append(place)
            continue
        number, code = place, [head["code"]] if head["code"] else []
        while not head["code"] and place < len(lines) and (more := BODY.fullmatch(lines[place])):
            code.append(more[1] or "")
            place += 1
        wrong.append(WrongLines(head["name"], number, len(right), int(head["count"] or 1), "\n".join(code)))
    return Annotated("\n".join(right) + "\n", tuple(wrong), tuple(numbers))


def wrong_version(annotated: Annotated, names: Collection[str], path: str) -> str:
    """The source with the wrong lines of the named misconceptions in place of the right ones.

    Raises:
        CourseError: a misconception has no wrong lines, two overlap, or a comment stands where it replaces nothing.
            The message names the line of `path`.
    """
    lines = annotated.source.splitlines()
    own = [entry for entry in annotated.wrong if entry.name in names]
    for name in names:
        if name not in {entry.name for entry in own}:
            raise CourseError(same(f"{path}: there is no `# WRONG {name}: ...`"))
    logical = annotated.logical_lines
    end = len(lines)
    for entry in reversed(own):
        above = [(first, last) for first, last in logical if last <= entry.after][-entry.count :]
        inside = any(first <= entry.after < last for first, last in logical)
        if inside or len(above) < entry.count or above[-1][1] > end:
            problem = "is inside a statement" if inside else "has too few lines above it for this misconception"
            raise CourseError(same(f"{path}:{entry.number}: `# WRONG {entry.name}` {problem}"))
        start, end = above[0][0] - 1, above[-1][1]
        indent = re.match(r"\s*", lines[start])
        code = textwrap.indent(entry.code, indent[0] if indent else "")
        lines[start:end] = code.splitlines()
        end = start
    return "\n".join(lines) + "\n"


def _logical_lines(source: str) -> Iterator[tuple[int, int]]:
    """The first and the last line of each logical line."""
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NEWLINE:
            yield first, token.start[0]
            first = 0
        elif not first and token.type not in NOT_CODE:
            first = token.start[0]
