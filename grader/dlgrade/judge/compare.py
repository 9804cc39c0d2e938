"""Compare a value with the expected one: structure first, then shape, dtype and values."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from dlgrade.text import Text, both, same
from dlgrade.worker.wire import DTYPE_NAMES, Other

Aspect = Literal["structure", "shape", "dtype", "value"]
SHOWN_ELEMENTS = 12
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
    """The first difference between two values: its aspect, a sentence about it, and both values in short."""

    aspect: Aspect
    text: Text
    got: str
    expected: str


@dataclass(frozen=True)
class Comparison:
    """Compares values. `values=False` stops after structure, shape and dtype; `dtype=False` lets dtypes differ."""

    tolerance: Tolerance = Tolerance()
    values: bool = True
    dtype: bool = True

    def difference(self, actual: Any, expected: Any, path: str = "") -> Difference | None:
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
        return self._unequal("value", actual, expected, path) if self.values and actual != expected else None

    def _unequal(self, aspect: Aspect, actual: Any, expected: Any, path: str) -> Difference:
        got, wanted, at = describe(actual), describe(expected), where(path)
        text = at + both(f" is {got}; expected {wanted}.", f"是 {got}，应为 {wanted}。")
        return Difference(aspect, text, got, wanted)

    def _tensors(self, actual: Any, expected: torch.Tensor, path: str) -> Difference | None:
        if not isinstance(actual, torch.Tensor):
            return _structure(actual, expected, path)
        return self._shapes(actual, expected, path) or self._elements(actual, expected, path)

    def _shapes(self, actual: torch.Tensor, expected: torch.Tensor, path: str) -> Difference | None:
        if actual.shape != expected.shape:
            a, e = tuple(actual.shape), tuple(expected.shape)
            text = where(path) + both(f" has shape {a}; expected {e}.", f"的形状是 {a}，应为 {e}。")
            return Difference("shape", text, describe(actual), describe(expected))
        if self.dtype and actual.dtype != expected.dtype:
            a_name, e_name = (str(t.dtype).removeprefix("torch.") for t in (actual, expected))
            text = where(path) + both(
                f" has dtype {a_name}; expected {e_name}.", f"的 dtype 是 {a_name}，应为 {e_name}。"
            )
            return Difference("dtype", text, describe(actual), describe(expected))
        return None

    def _elements(self, actual: torch.Tensor, expected: torch.Tensor, path: str) -> Difference | None:
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
        actual_element, expected_element = actual[index].item(), expected[index].item()
        count, total = int(apart.sum()), apart.numel()
        at = where(path + (str(list(index)) if index else ""))
        text = at + both(
            f" is {show(actual_element)}; expected {show(expected_element)} (error {float(error.max()):.3g}, tolerance "
            f"{atol + rtol * abs(expected_element):.2g}). {count} of {total} elements differ.",
            f"是 {show(actual_element)}，应为 {show(expected_element)}（误差 {float(error.max()):.3g}，容差 "
            f"{atol + rtol * abs(expected_element):.2g}）。{total} 个元素中有 {count} 个不同。",
        )
        return Difference("value", text, describe(actual), describe(expected))

    def _arrays(self, actual: Any, expected: np.ndarray[Any, Any], path: str) -> Difference | None:
        if not isinstance(actual, np.ndarray):
            return _structure(actual, expected, path)
        try:
            tensor = torch.from_numpy(actual.copy())
        except TypeError:  # torch has no such dtype: a long double
            got, wanted = describe(actual), describe(expected)
            text = where(path) + both(
                f" has dtype {actual.dtype}; expected {expected.dtype}.",
                f"的 dtype 是 {actual.dtype}，应为 {expected.dtype}。",
            )
            return Difference("dtype", text, got, wanted)
        return self._tensors(tensor, torch.from_numpy(expected.copy()), path)

    def _sequences(self, actual: Any, expected: Any, path: str) -> Difference | None:
        if not isinstance(actual, (tuple, list)):
            return _structure(actual, expected, path)
        if len(actual) != len(expected):
            a, e = len(actual), len(expected)
            text = where(path) + both(f" has {a} elements; expected {e}.", f"有 {a} 个元素，应有 {e} 个。")
            return Difference("structure", text, describe(actual), describe(expected))
        for i, (actual_item, expected_item) in enumerate(zip(actual, expected, strict=True)):
            if difference := self.difference(actual_item, expected_item, f"{path}[{i}]"):
                return difference
        return None

    def _dicts(self, actual: Any, expected: dict[Any, Any], path: str) -> Difference | None:
        if not isinstance(actual, dict):
            return _structure(actual, expected, path)
        if set(actual) != set(expected):
            missing = _keys([key for key in expected if key not in actual])
            extra = _keys([key for key in actual if key not in expected])
            text = where(path) + both(f" lacks keys {missing} and adds {extra}.", f"缺少键 {missing}，多出键 {extra}。")
            return Difference("structure", text, describe(actual), describe(expected))
        for key, expected_item in expected.items():
            if difference := self.difference(actual[key], expected_item, f"{path}[{key!r}]"):
                return difference
        return None

    def _numbers(self, actual: Any, expected: float, path: str) -> Difference | None:
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
        return self._unequal("value", actual, expected, path)


def where(path: str) -> Text:
    return both(f"result{path}", f"result{path} ") if path else both("The result", "返回值")


def _structure(actual: Any, expected: Any, path: str) -> Difference:
    (got, got_zh), (wanted, wanted_zh) = _kind(actual), _kind(expected)
    text = where(path) + both(f" is {got}; expected {wanted}.", f"是{got_zh}，应为{wanted_zh}。")
    return Difference("structure", text + _advice(actual, expected, path), describe(actual), describe(expected))


def _kind(value: Any) -> tuple[str, str]:
    """Name the kind of a value, in English and Chinese."""
    if isinstance(value, torch.Tensor):
        return "a tensor", "张量"
    if isinstance(value, np.ndarray):
        return "a numpy array", " numpy 数组"
    if isinstance(value, Other):
        return describe(value), f" {describe(value)} "
    if isinstance(value, (tuple, list)):
        name = type(value).__name__
        return f"a {name} of {len(value)}", f"含 {len(value)} 个元素的 {name}"
    if isinstance(value, dict):
        return "a dict", "字典"
    plain = isinstance(value, (bool, int, float, type(None)))
    shown = describe(value) if plain else _cut(f"{type(value).__name__} {describe(value)}")
    return shown, f" {shown} "


def _advice(actual: Any, expected: Any, path: str) -> Text:
    if actual is None and path:
        return both(
            " Is a return statement missing? Or is it a gradient, cut off by detach(), .data or no_grad()?",
            "是否漏写了 return？如果是梯度，是否被 detach()、.data 或 no_grad() 切断了？",
        )
    if actual is None:
        return both(" Is a return statement missing?", "是否漏写了 return？")
    if isinstance(actual, np.ndarray) and isinstance(expected, torch.Tensor):
        return both(" Keep it a tensor: numpy arrays carry no gradient.", "请保持为张量：numpy 数组不带梯度。")
    if isinstance(actual, (list, tuple)) and isinstance(expected, torch.Tensor):
        return both(" torch.stack or torch.tensor makes a tensor of it.", "可用 torch.stack 或 torch.tensor 转为张量。")
    if isinstance(actual, torch.Tensor) and isinstance(expected, (int, float)) and actual.numel() == 1:
        return both(" .item() takes the number out of the tensor.", "用 .item() 从张量中取出数值。")
    return same("")


def _keys(keys: list[Any]) -> str:
    """Name the first keys, and count the others."""
    named = ", ".join(_cut(describe(key), 40) for key in keys[:SHOWN_KEYS]) or "-"
    return f"{named}, ... (+{len(keys) - SHOWN_KEYS:,})" if len(keys) > SHOWN_KEYS else named


def show(value: Any) -> str:
    if isinstance(value, (str, bytes)):
        return repr(value[:SHOWN_WORDS])
    return f"{value:.6g}" if isinstance(value, float) else repr(value)


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


def _describe_tensor(value: torch.Tensor) -> str:
    kind = _cut(f"tensor {DTYPE_NAMES.get(value.dtype, value.dtype)} {tuple(value.shape)}")
    if not 0 < value.numel() <= SHOWN_ELEMENTS:
        return kind
    return f"{kind} = {_numbers(value.tolist())}"


def _numbers(values: Any) -> str:
    if isinstance(values, list):
        return "[" + ", ".join(_numbers(value) for value in values) + "]"
    return f"{values:.5g}" if isinstance(values, float) else str(values)


def _cut(words: str, size: int = SHOWN_WORDS) -> str:
    return words if len(words) <= size else words[: size - 3] + "..."
