"""The details of a failed check, cut and escaped for display."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dlgrade.legible import cut
from dlgrade.results import CheckReport
from dlgrade.text import Text, both

FRAMES = 12  # the last frames of a deep recursion explain most


@dataclass(frozen=True)
class Fact:
    """One detail: the call, a value, the output. `left_out` says how much of it is not shown."""

    label: Text
    words: str
    left_out: Text | None
    kind: str = ""


def facts(check: CheckReport) -> Iterator[Fact]:
    """Yield the details of a failed check, in reading order."""
    detail = check.detail
    if detail.frames:
        yield _fact(both("Where", "位置"), "\n".join(_frames(check)))
    if detail.call:
        yield _fact(both("Call", "调用"), detail.call)
    if detail.got != detail.expected:
        if detail.got is not None:
            yield _fact(both("Got", "得到"), detail.got, "got")
        if detail.expected is not None:
            yield _fact(both("Expected", "应为"), detail.expected, "expected")
    if detail.output.strip():
        yield _printed(check)


def _frames(check: CheckReport) -> Iterator[str]:
    frames = check.detail.frames
    if len(frames) > FRAMES:
        yield f"… ({len(frames) - FRAMES})"
    for frame in frames[-FRAMES:]:
        yield f"{frame.file}:{frame.line} {frame.function}".rstrip() + frame.repeated
        if frame.source:
            yield f"    {frame.source}"


def _printed(check: CheckReport) -> Fact:
    """Return the output. The grader keeps only the beginning of a long output, and its size."""
    fact = _fact(both("Printed", "输出"), check.detail.output.strip("\n"))
    size = check.detail.output_bytes
    if fact.left_out or size > len(check.detail.output.encode(errors="replace")):
        total = both(f"… {size:,} bytes in all", f"……共 {size:,} 字节")
        return Fact(fact.label, fact.words, total if size else fact.left_out)
    return fact


def _fact(label: Text, words: str, kind: str = "") -> Fact:
    beginning, left_out = cut(words)
    return Fact(label, beginning, left_out, kind)
