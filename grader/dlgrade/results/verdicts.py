"""The verdicts, with everything that a report needs to know about each: a new verdict is one line here."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from dlgrade.text import Text, both


class Look(NamedTuple):
    """How a verdict is coloured: `style` on a terminal (rich), `colour` in HTML, readable on white and on black."""

    style: str
    colour: str


GREEN = Look("green", "#2da44e")
YELLOW = Look("yellow", "#bf8700")
RED = Look("red", "#e5534b")
CYAN = Look("cyan", "#218bff")
MAGENTA = Look("magenta", "#bf3989")


class Verdict(str, Enum):
    """How a check ended. The set is closed. JSON and the gradebook hold the value.

    Attributes:
        short: for a column of ten characters.
        long: for a page.
        style, colour: see `Look`.
        mark: one letter, for a matrix of many checks.
        pending: nothing was decided, so the points are neither given nor lost.
    """

    short: Text
    long: Text
    style: str
    colour: str
    mark: str
    pending: bool

    def __new__(cls, value: str, short: Text, long: Text, look: Look, mark: str, pending: bool = False) -> Verdict:
        verdict = str.__new__(cls, value)
        verdict._value_ = value
        verdict.short, verdict.long = short, long
        verdict.style, verdict.colour = look
        verdict.mark, verdict.pending = mark, pending
        return verdict

    # fmt: off
    PASSED = "PASSED", both("passed", "通过"), both("Passed", "通过"), GREEN, "."
    FAILED = "FAILED", both("FAILED", "未通过"), both("Failed", "未通过"), RED, "F"
    BLOCKED = "BLOCKED", both("waits", "等待"), both("Waits for another check", "等待"), YELLOW, "B"
    NOT_IMPLEMENTED = "NOT_IMPLEMENTED", both("to write", "未实现"), both("To write", "未实现"), YELLOW, "N"
    RAISED = "RAISED", both("RAISED", "报错"), both("Raised an error", "报错"), RED, "R"
    TIMED_OUT = "TIMED_OUT", both("TIMED OUT", "超时"), both("Timed out", "超时"), RED, "T"
    OUT_OF_MEMORY = "OUT_OF_MEMORY", both("MEMORY", "内存超限"), both("Out of memory", "内存超限"), RED, "M"
    CRASHED = "CRASHED", both("CRASHED", "崩溃"), both("Crashed", "崩溃"), RED, "C"
    NOT_RUN = "NOT_RUN", both("not run", "未运行"), both("Not run", "未运行"), CYAN, "-", True
    GRADER_ERROR = "GRADER_ERROR", both("GRADER", "评分器故障"), both("Grader error", "评分器故障"), MAGENTA, "G", True
    # fmt: on
