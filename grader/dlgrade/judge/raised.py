"""An exception of a submission or of a known-wrong version, and whether two exceptions come from the same mistake."""

from __future__ import annotations

import re

import msgspec

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
OPERATION = re.compile(r"[A-Za-z_]\w*(?=\s*[(\[])|(?<=\.)[A-Za-z_]\w*|[-+*/@%<>=!&|^]+")
PATH = re.compile(r"(?<!\w)/[\w.-]+(?:/[\w.-]+)+|(?<!\w)[A-Za-z]:\\[\w.\\-]+|0x[0-9a-f]{6,}")
ENDLESS_RECURSION = "RecursionError"  # where it ends is a matter of chance
ASSIGNMENT = "="
LONGEST = 300  # characters of a message that are compared


class Raised(msgspec.Struct, frozen=True):
    """An exception, and the last line of the implementation that ran; "" if none of its lines did."""

    type: str
    message: str
    line: str = ""

    def __str__(self) -> str:
        return f"{self.type}: {self.message}"

    @property
    def own(self) -> bool:
        """Return whether the implementation raises by itself. It chooses the words then."""
        return self.line.startswith("raise ") or self.line == "raise"

    def is_like(self, other: Raised) -> bool:
        """Return whether both have the same type, the same message but for numbers and paths, and a common operation.

        Where no line of either ran, there is no operation. Words that an implementation chooses do not count.
        """
        if self.type != other.type or self.own != other.own:
            return False
        if self.own or self.type == ENDLESS_RECURSION:
            return True
        return _form(self.message) == _form(other.message) and self._shares_operation(other)

    def is_exactly(self, other: Raised) -> bool:
        """Return whether the numbers, such as the sizes of tensors, are the same as well."""
        return self.is_like(other) and PATH.sub("#", self.message) == PATH.sub("#", other.message)

    def _shares_operation(self, other: Raised) -> bool:
        operations = _operations(self.line)
        return bool(operations & _operations(other.line)) or self.line == other.line == ""


def _form(message: str) -> str:
    return NUMBER.sub("#", PATH.sub("#", message[:LONGEST]))


def _operations(line: str) -> set[str]:
    """Return the functions, attributes and operators of a line. Each line may assign."""
    return set(OPERATION.findall(line)) - {ASSIGNMENT}
