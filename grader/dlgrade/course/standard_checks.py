"""The checks that a suite can promise instead of writing them: their ids, and their texts in both languages.

`dlgrade.standard` makes the checks. The texts are here because starter notebooks list them without running a suite.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dlgrade.text import Text, both

OPTIONS = ("id", "points", "marks", "rtol", "atol", "of")  # keywords of a promise that name no argument


@dataclass(frozen=True)
class StandardCheck:
    """A kind of standard check.

    Attributes:
        id: the second half of the check's id. A promise can change it.
        title: the check's text, from the names of the arguments that its promise gives.
        points: the points of the check. A promise can change them.
        is_property: the check is no claim about values, and waits for a check that is.
    """

    id: str
    title: Callable[[Sequence[str]], Text]
    points: int = 1
    is_property: bool = False


def _always(en: str, zh: str) -> Callable[[Sequence[str]], Text]:
    return lambda _names: both(en, zh)


def _listed(names: Sequence[str]) -> Text:
    """The names as a list: "X, weight and bias"."""
    *first, last = names
    en = f"{', '.join(first)} and {last}" if first else last
    zh = f"{'、'.join(first)} 和 {last}" if first else last
    return both(en, zh)


def _gradients(names: Sequence[str]) -> Text:
    if not names:
        return both("Passes the right gradients to every parameter.", "每个参数的梯度都正确。")
    listed = _listed(names)
    return both(f"Gives the right gradients for {listed.en}.", f"{listed.zh} 的梯度正确。")


def _axis_of_one(names: Sequence[str]) -> Text:
    listed = _listed(names)
    return both(f"Takes an axis of size 1 in {listed.en}.", f"{listed.zh} 可以有大小为 1 的轴。")


STANDARD_CHECKS = {
    "untouched": StandardCheck(
        "arguments_untouched", _always("Leaves its arguments as they were.", "不修改传入的实参。"), is_property=True
    ),
    "float64": StandardCheck("float64", _always("Keeps float64, and its precision.", "保持 float64 及其精度。")),
    "non_contiguous": StandardCheck(
        "non_contiguous",
        _always("Takes tensors that are not contiguous in memory.", "可接受内存不连续的张量。"),
    ),
    "float64_transposed": StandardCheck(
        "float64_transposed",
        _always(
            "Keeps float64 and its precision, on tensors that are not contiguous in memory.",
            "输入内存不连续时，同样保持 float64 及其精度。",
        ),
    ),
    "batch_of_one": StandardCheck(
        "batch_of_one", _always("Takes a batch of one example.", "可接受只有一个样本的批量。")
    ),
    "axis_of_one": StandardCheck("axis_of_one", _axis_of_one),
    "second_call": StandardCheck(
        "second_call",
        _always("A second call with the same arguments gives the same.", "用相同的实参再次调用，结果相同。"),
        is_property=True,
    ),
    "gradients": StandardCheck("gradients", _gradients, points=2),
}


@dataclass(frozen=True)
class Promised:
    """A check that a suite promises: its text, its points, and whether it is a bonus check."""

    title: Text
    points: float
    bonus: bool


def promised(method: ast.FunctionDef) -> Iterator[Promised]:
    """The checks that the decorator `standard` makes of a suite's method. The suite is read, not run."""
    for decorator in method.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "standard":
            yield from map(_read, decorator.args)


def _read(promise: ast.expr) -> Promised:
    if not isinstance(promise, ast.Call):
        promise = ast.Call(promise, [], [])
    kind = STANDARD_CHECKS[ast.unparse(promise.func).removeprefix("promise.")]
    given = {word.arg: word.value for word in promise.keywords}
    names = [str(ast.literal_eval(name)) for name in promise.args]
    names += [name for name in given if name and name not in OPTIONS]
    points = float(ast.literal_eval(given["points"])) if "points" in given else float(kind.points)
    bonus = "mark.bonus" in ast.unparse(promise)
    return Promised(kind.title(names), 0.0 if bonus else points, bonus)
