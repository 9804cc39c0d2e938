"""An exception of a submission or of a known-wrong version, and whether two exceptions come from the same mistake."""

from __future__ import annotations

import re

import msgspec

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
OPERATION = re.compile(r"[A-Za-z_]\w*(?=\s*[(\[])|(?<=\.)[A-Za-z_]\w*|[-+*/@%<>=!&|^]+")
ASSIGNMENT = "="
LONGEST = 300  # characters of a message that are compared


class Raised(msgspec.Struct, frozen=True):
    """An exception, and the last line of the implementation that ran; "" if none of its lines did."""

    type: str
    message: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"

    def is_like(self, other: Raised) -> bool:
        """Return whether both have the same type, the same message but for numbers, and an operation in common.

        Where no line of either ran, there is no operation.
        """
        return self.type == other.type and _form(self.message) == _form(other.message) and self._shares_operation(other)

    def _shares_operation(self, other: Raised) -> bool:
        operations = _operations(self.line)
        return bool(operations & _operations(other.line)) or self.line == other.line == ""


def _form(message: str) -> str:
    return NUMBER.sub("#", message[:LONGEST])


def _operations(line: str) -> set[str]:
    """Return the functions, attributes and operators of a line. Each line may assign."""
    return set(OPERATION.findall(line)) - {ASSIGNMENT}
