"""Compare a value with the expected one: structure first, then shape, dtype and values."""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from dlgrade.text import Text, both, same
from dlgrade.worker.wire import DTYPE_NAMES, Other

Aspect = Literal["structure", "shape", "dtype", "value"]
Path = tuple[Any, ...]  # the keys that lead to a part of a value
NO_ADVICE = same("")
SHOWN_ELEMENTS = 12
MOST_JOINED = 1000  # parts of a list that are joined to a tensor, to see which function fits
SHOWN_ITEMS = 6  # in a container
SHOWN_KEYS = 8
SHOWN_WORDS = 300  # characters for a value
MOST_SORTED = 1000  # a set with more elements is shown in no particular order

# (rtol, atol) by dtype: room for another order of additions, none for another formula.
TOLERANCES = {
    torch.float64: (1e-7, 1e-9),
    torch.complex128: (1e-7, 1e-9),
    torch.float32: (1e-5, 1e-5),
    torch.complex64: (1e-5, 1e-5),
    torch.float16: (1e-3, 1e-3),
    torch.bfloat16: (1.6e-2, 1e-2),
}
NUMBER_TOLERANCE = (1e-5, 1e-7)  # a Python float is often a float32 that left its tensor


class Attribute(str):
    """A step of a path: an attribute of an object."""

    __slots__ = ()


@dataclass(frozen=True)
class Tolerance:
    """Allow |actual - expected| <= atol + rtol * |expected|. None: the default of the dtype."""

    rtol: float | None = None
    atol: float | None = None

    def of(self, default: tuple[float, float]) -> tuple[float, float]:
        rtol = default[0] if self.rtol is None else self.rtol
        return rtol, default[1] if self.atol is None else self.atol


@dataclass(frozen=True)
class Difference:
    """The first difference between two values.

    Attributes:
        aspect: the aspect in which they differ.
        path: the keys that lead to the parts that differ.
        says: the sentence about them, without its subject.
        actual: the student's part.
        expected: the expected part.
        index: the place of the element, if the parts are tensors whose values differ.
    """

    aspect: Aspect
    path: Path
    says: Text
    actual: Any
    expected: Any
    index: tuple[int, ...] = ()

    @property
    def text(self) -> Text:
        """The sentence, with `result` for the value that was compared."""
        return self.about(where(self.path, self.index))

    def about(self, subject: Text) -> Text:
        """The sentence about this subject, with advice for parts of another kind."""
        advice = _advice(self.actual, self.expected, self.path) if self.aspect == "structure" else NO_ADVICE
        return join_zh(subject, self.says) + advice


@dataclass(frozen=True)
class Comparison:
    """Compares values. `values=False` stops after structure, shape and dtype; `dtype=False` lets dtypes differ."""

    tolerance: Tolerance = Tolerance()
    values: bool = True
    dtype: bool = True

    def difference(self, actual: Any, expected: Any, path: Path = ()) -> Difference | None:
        """Return the first difference between two decoded values, or None."""
        if isinstance(expected, torch.Tensor):
            return self._tensors(actual, expected, path)
        if isinstance(expected, np.ndarray):
            return self._arrays(actual, expected, path)
        if isinstance(expected, (tuple, list)):
            return self._sequences(actual, expected, path)
        if isinstance(expected, dict):
            return self._dicts(actual, expected, path)
        if isinstance(expected, (bool, int, float)):
            return self._numbers(actual, expected, path)
        if type(actual) is not type(expected):
            return _structure(actual, expected, path)
        return _unequal(actual, expected, path) if self.values and actual != expected else None

    def _tensors(self, actual: Any, expected: torch.Tensor, path: Path) -> Difference | None:
        if not isinstance(actual, torch.Tensor):
            return _structure(actual, expected, path)
        return self._shapes(actual, expected, path) or self._elements(actual, expected, path)

    def _shapes(self, actual: torch.Tensor, expected: torch.Tensor, path: Path) -> Difference | None:
        if actual.shape != expected.shape:
            a, e = tuple(actual.shape), tuple(expected.shape)
            says = both(f" has shape {a}; expected {e}.", f"的形状是 {a}，应为 {e}。")
            return Difference("shape", path, says, actual, expected)
        if self.dtype and actual.dtype != expected.dtype:
            return _dtypes(actual, expected, path)
        return None

    def _elements(self, actual: torch.Tensor, expected: torch.Tensor, path: Path) -> Difference | None:
        if not self.values or expected.numel() == 0:
            return None
        if actual.dtype == expected.dtype and torch.equal(actual, expected):  # much quicker than `isclose`
            return None
        rtol, atol = self.tolerance.of(TOLERANCES.get(expected.dtype, (0.0, 0.0)))
        wide = torch.complex128 if actual.is_complex() or expected.is_complex() else torch.float64
        a, e = actual.detach().to(wide), expected.detach().to(wide)
        inexact = any(t.is_floating_point() or t.is_complex() for t in (actual, expected))
        apart = (
            ~torch.isclose(a, e, rtol=rtol, atol=atol, equal_nan=True)
            if inexact or atol or rtol
            else actual != expected
        )
        if not apart.any():
            return None
        error = torch.where(apart, (a - e).abs().nan_to_num(torch.inf, torch.inf), -1.0)
        index = tuple(int(i) for i in np.unravel_index(int(error.argmax()), tuple(error.shape)))
        allowed = atol + rtol * abs(expected[index].item())
        says = _element_says(actual[index].item(), expected[index].item(), float(error.max()), allowed)
        count, total = int(apart.sum()), apart.numel()
        if total > 1:
            says += both(f" {count} of {total} elements differ.", f"{total} 个元素中有 {count} 个不同。")
        return Difference("value", path, says, actual, expected, index)

    def _arrays(self, actual: Any, expected: np.ndarray[Any, Any], path: Path) -> Difference | None:
        if not isinstance(actual, np.ndarray):
            return _structure(actual, expected, path)
        try:
            tensor = torch.from_numpy(actual.copy())
        except TypeError:  # torch has no such dtype: a long double
            return _dtypes(actual, expected, path)
        return self._tensors(tensor, torch.from_numpy(expected.copy()), path)

    def _sequences(self, actual: Any, expected: Any, path: Path) -> Difference | None:
        if not isinstance(actual, (tuple, list)):
            return _structure(actual, expected, path)
        if len(actual) != len(expected):
            a, e = len(actual), len(expected)
            elements = "element" if a == 1 else "elements"
            says = both(f" has {a} {elements}; expected {e}.", f"有 {a} 个元素，应有 {e} 个。")
            return Difference("structure", path, says, actual, expected)
        for i, (actual_item, expected_item) in enumerate(zip(actual, expected, strict=True)):
            if difference := self.difference(actual_item, expected_item, (*path, i)):
                return difference
        return None

    def _dicts(self, actual: Any, expected: dict[Any, Any], path: Path) -> Difference | None:
        if not isinstance(actual, dict):
            return _structure(actual, expected, path)
        for key, expected_item in expected.items():  # in order: a layer too many is best told where it stands
            if key not in actual:
                break
            if difference := self.difference(actual[key], expected_item, (*path, key)):
                return difference
        return _keys_differ(actual, expected, path) if set(actual) != set(expected) else None

    def _numbers(self, actual: Any, expected: float, path: Path) -> Difference | None:
        fits = isinstance(actual, (int, float)) if isinstance(expected, float) else type(actual) is type(expected)
        if not fits or isinstance(actual, bool) != isinstance(expected, bool):
            return _structure(actual, expected, path)
        if not self.values:
            return None
        rtol, atol = self.tolerance.of(NUMBER_TOLERANCE) if isinstance(expected, float) else (0.0, 0.0)
        if actual == expected or (actual != actual and expected != expected):
            return None
        try:
            if isinstance(expected, float) and abs(actual - expected) <= atol + rtol * abs(expected) < float("inf"):
                return None
        except OverflowError:  # an int beyond all floats
            pass
        return _unequal(actual, expected, path)


def where(path: Path, index: tuple[int, ...] = (), name: str = "result") -> Text:
    """Name a part of a value, as the subject of a sentence."""
    steps = "".join(f".{key}" if isinstance(key, Attribute) else f"[{key!r}]" for key in path) + (
        str(list(index)) if index else ""
    )
    return same(name + steps) if steps or name != "result" else both("The result", "返回值")


def join_zh(*parts: Text) -> Text:
    """Join texts; in Chinese a blank parts letters and digits from characters."""
    joined = parts[0]
    for part in parts[1:]:
        blank = " " if joined.zh and part.zh and _needs_blank(joined.zh[-1], part.zh[0]) else ""
        joined = both(joined.en + part.en, joined.zh + blank + part.zh)
    return joined


def _needs_blank(left: str, right: str) -> bool:
    han = [("\u4e00" <= side <= "\u9fff") for side in (left, right)]
    latin = [side.isascii() and not side.isspace() for side in (left, right)]
    return (han[0] and latin[1]) or (latin[0] and han[1])


def _unequal(actual: Any, expected: Any, path: Path) -> Difference:
    numbers = isinstance(actual, (int, float)) and isinstance(expected, (int, float))
    got, wanted = show_both(actual, expected) if numbers else (describe(actual), describe(expected))
    return Difference("value", path, _says(same(got), same(wanted)), actual, expected)


def _says(got: Text, wanted: Text) -> Text:
    chinese = join_zh(same("是"), got, same("，应为"), wanted, same("。")).zh
    return both(f" is {got.en}; expected {wanted.en}.", chinese)


def _element_says(actual: Any, expected: Any, error: float, allowed: float) -> Text:
    got, wanted = show_both(actual, expected)
    if not math.isfinite(error):
        return _says(same(got), same(wanted))
    return both(
        f" is {got}; expected {wanted} (error {error:.3g}, tolerance {allowed:.2g}).",
        f"是 {got}，应为 {wanted}（误差 {error:.3g}，容差 {allowed:.2g}）。",
    )


def _dtypes(actual: Any, expected: Any, path: Path) -> Difference:
    got, wanted = (str(value.dtype).removeprefix("torch.") for value in (actual, expected))
    says = both(f" has dtype {got}; expected {wanted}.", f"的 dtype 是 {got}，应为 {wanted}。")
    return Difference("dtype", path, says, actual, expected)


def _structure(actual: Any, expected: Any, path: Path) -> Difference:
    got, wanted = _kind(actual), _kind(expected)
    numbers = [isinstance(value, (int, float)) for value in (actual, expected)]
    if all(numbers):  # 1.0 and 1 look alike
        got, wanted = (same(f"{type(value).__name__} {value!r}") for value in (actual, expected))
        got, wanted = both(f"the {got.en}", got.zh), both(f"the {wanted.en}", wanted.zh)
    return Difference("structure", path, _says(got, wanted), actual, expected)


def _kind(value: Any) -> Text:
    """Name the kind of a value."""
    if isinstance(value, torch.Tensor):
        return both("a tensor", "张量")
    if isinstance(value, np.ndarray):
        return both("a numpy array", "numpy 数组")
    if isinstance(value, Other):
        return same(describe(value))
    if isinstance(value, (tuple, list)):
        name = type(value).__name__
        return both(f"a {name} of {len(value)}", f"含 {len(value)} 个元素的 {name}")
    if isinstance(value, dict):
        return both("a dict", "字典")
    plain = isinstance(value, (bool, int, float, type(None)))
    return same(describe(value) if plain else _cut(f"{type(value).__name__} {describe(value)}"))


def _advice(actual: Any, expected: Any, path: Path) -> Text:
    if actual is None and path and any("grad" in str(key) for key in path):
        return both(
            " The gradient is cut off: is there a detach(), .data or no_grad()?",
            "梯度被切断了：是否用了 detach()、.data 或 no_grad()？",
        )
    if actual is None:
        return both(" Is a return statement missing?", "是否漏写了 return？")
    if isinstance(actual, np.ndarray) and isinstance(expected, torch.Tensor):
        return both(" Keep it a tensor: numpy arrays carry no gradient.", "请保持为张量：numpy 数组不带梯度。")
    if isinstance(actual, (list, tuple)) and isinstance(expected, torch.Tensor) and (way := _joins(actual, expected)):
        return both(f" {way} makes a tensor of it.", f"可用 {way} 转为张量。")
    if isinstance(actual, torch.Tensor) and isinstance(expected, (int, float)) and _holds(actual, expected):
        return both(" .item() takes the number out of the tensor.", "用 .item() 从张量中取出数值。")
    return NO_ADVICE


def _holds(tensor: torch.Tensor, number: float) -> bool:
    """Return whether a tensor has the number as its only element."""
    return tensor.numel() == 1 and not tensor.is_complex() and math.isclose(tensor.item(), number, rel_tol=1e-4)


def _joins(parts: Sequence[Any], expected: torch.Tensor) -> str | None:
    """Return the function that makes a tensor of the expected shape from the parts."""
    if len(parts) > MOST_JOINED:
        return None
    for function in (torch.stack, torch.cat, torch.tensor):
        with contextlib.suppress(TypeError, ValueError, RuntimeError, IndexError, OverflowError):
            if function(parts).shape == expected.shape:
                return f"torch.{function.__name__}"
    return None


def _keys_differ(actual: dict[Any, Any], expected: dict[Any, Any], path: Path) -> Difference:
    missing = _keys([key for key in expected if key not in actual])
    extra = _keys([key for key in actual if key not in expected])
    says = [both(f" lacks keys {missing}", f"缺少键 {missing}")] if missing else []
    says += [both(f" has keys {extra} too many", f"多出键 {extra}")] if extra else []
    sentence = both(" and".join(part.en for part in says) + ".", "，".join(part.zh for part in says) + "。")
    return Difference("structure", path, sentence, actual, expected)


def _keys(keys: list[Any]) -> str:
    """Name the first keys, and count the others."""
    named = ", ".join(_cut(describe(key), 40) for key in keys[:SHOWN_KEYS])
    return f"{named}, ... (+{len(keys) - SHOWN_KEYS:,})" if len(keys) > SHOWN_KEYS else named


def show(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        return repr(value[:SHOWN_WORDS])
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


def show_both(actual: Any, expected: Any) -> tuple[str, str]:
    """Show two different numbers with as many digits as it takes to tell them apart."""
    shown = show(actual), show(expected)
    if shown[0] == shown[1] and all(isinstance(value, float) for value in (actual, expected)):
        for digits in range(7, 18):
            shown = f"{actual:.{digits}g}", f"{expected:.{digits}g}"
            if shown[0] != shown[1]:
                break
    return shown


def describe(value: Any) -> str:
    """Describe a value in a short line."""
    if isinstance(value, torch.Tensor):
        return _describe_tensor(value)
    if isinstance(value, np.ndarray):
        return _cut(f"numpy array {value.dtype} {value.shape}")
    if isinstance(value, Other):
        return _cut(" ".join(f"{value.type} {value.repr}".split()))
    if isinstance(value, (tuple, list)) and value:
        comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
        inner = _items(map(describe, value[:SHOWN_ITEMS]), len(value)) + comma
        return _cut(f"({inner})" if isinstance(value, tuple) else f"[{inner}]")
    if isinstance(value, (set, frozenset)) and value:
        members = sorted(map(describe, itertools.islice(value, MOST_SORTED)))
        return _cut(f"{{{_items(members[:SHOWN_ITEMS], len(value))}}}")
    if isinstance(value, dict) and value:
        pairs = itertools.islice(value.items(), SHOWN_ITEMS)
        return _cut(f"{{{_items((f'{describe(key)}: {describe(item)}' for key, item in pairs), len(value))}}}")
    return _cut(show(value))


def _items(shown: Iterable[str], size: int) -> str:
    return ", ".join(shown) + (", ..." if size > SHOWN_ITEMS else "")


def tensor_form(value: torch.Tensor) -> str:
    """Return the dtype and the shape of a tensor, without its numbers."""
    return f"tensor {DTYPE_NAMES.get(value.dtype, value.dtype)} {tuple(value.shape)}"


def _describe_tensor(value: torch.Tensor) -> str:
    kind = _cut(tensor_form(value))
    if not 0 < value.numel() <= SHOWN_ELEMENTS:
        return kind
    return f"{kind} = {_numbers(value.tolist())}"


def _numbers(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(_numbers(value) for value in values) + "]"
    return f"{values:.5g}" if isinstance(values, float) else str(values)


def _cut(words: str, size: int = SHOWN_WORDS) -> str:
    return words if len(words) <= size else words[: size - 3] + "..."
