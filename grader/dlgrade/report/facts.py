"""What helps to understand a failure, made fit to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dlgrade.legible import cut
from dlgrade.results.report import CheckReport
from dlgrade.text import Text, both

FRAMES = 12  # the last ones of a deep recursion are the ones that tell


@dataclass(frozen=True)
class Fact:
    """The call, what came back, what was printed; `left_out` says how much of it is not shown."""

    label: Text
    words: str
    left_out: Text | None
    kind: str = ""


def facts(check: CheckReport) -> Iterator[Fact]:
    """The facts of a check that is not met, in the order in which one reads them."""
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
    """What it printed; the grader keeps the beginning of a flood, and its size."""
    fact = _fact(both("Printed", "输出"), check.detail.output.strip("\n"))
    size = check.detail.output_bytes
    if fact.left_out or size > len(check.detail.output.encode(errors="replace")):
        whole = both(f"… {size:,} bytes in all", f"……共 {size:,} 字节")
        return Fact(fact.label, fact.words, whole if size else fact.left_out)
    return fact


def _fact(label: Text, words: str, kind: str = "") -> Fact:
    shown, left_out = cut(words)
    return Fact(label, shown, left_out, kind)
