"""Equality of values, and the words for the first difference."""

import numpy as np
import pytest
import torch

from dlgrade.judge.compare import Comparison, Tolerance, describe
from dlgrade.worker.wire import Other

ONES = torch.ones(2, 3)


def difference(actual, expected, **options):
    return Comparison(**options).difference(actual, expected)


EQUAL = {
    "none": (None, None),
    "int-for-float": (2, 2.0),
    "nan": (float("nan"), float("nan")),
    "infinity": (float("inf"), float("inf")),
    "float-from-float32": (0.1 + 5e-7, 0.1),
    "list-for-tuple": ([1, [2, 3]], (1, (2, 3))),
    "tuple-for-list": ((1, 2), [1, 2]),
    "dict-in-another-order": ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
    "set": ({1, 2}, {2, 1}),
    "text": ("批量", "批量"),
    "tensor-nan": (ONES * torch.nan, ONES * torch.nan),
    "tensor-infinity": (ONES * torch.inf, ONES * torch.inf),
    "tensor-empty": (torch.empty(0, 3), torch.empty(0, 3)),
    "tensor-scalar": (torch.tensor(1.0), torch.tensor(1.0)),
    "tensor-within-tolerance": (ONES + 1e-6, ONES),
    "array": (np.ones(3), np.ones(3)),
    "bool-tensor": (torch.tensor([True]), torch.tensor([True])),
}


@pytest.mark.parametrize(("actual", "expected"), EQUAL.values(), ids=EQUAL)
def test_equal(actual, expected):
    """Equal are values of one kind within tolerance; a list may stand for a tuple and an int for a float."""
    assert difference(actual, expected) is None


ASPECTS = {
    "none": (None, ONES, "structure"),
    "list-for-tensor": ([1.0, 1.0], torch.ones(2), "structure"),
    "array-for-tensor": (np.ones((2, 3), np.float32), ONES, "structure"),
    "tensor-for-number": (torch.tensor(1.0), 1.0, "structure"),
    "number-for-tensor": (1.0, torch.tensor(1.0), "structure"),
    "bool-for-int": (True, 1, "structure"),
    "int-for-bool": (1, True, "structure"),
    "bool-for-float": (True, 1.0, "structure"),
    "float-for-int": (1.0, 1, "structure"),
    "number-for-text": (1, "1", "structure"),
    "bytes-for-text": (b"a", "a", "structure"),
    "text-for-list": ("ab", ["a", "b"], "structure"),
    "length": ([1, 2], [1, 2, 3], "structure"),
    "keys": ({"a": 1}, {"b": 1}, "structure"),
    "other": (Other("Net", "Net()"), 1.0, "structure"),
    "nothing-expected": (0, None, "structure"),
    "shape-before-dtype": (torch.zeros(3, 2, dtype=torch.int64), ONES, "shape"),
    "broadcastable": (torch.ones(1, 3), ONES, "shape"),
    "scalar": (torch.tensor(1.0), torch.ones(1), "shape"),
    "empty": (torch.empty(0, 3), torch.empty(0, 2), "shape"),
    "dtype-before-values": (torch.zeros(2, 3, dtype=torch.float64), ONES, "dtype"),
    "array-dtype": (np.ones(3), np.ones(3, np.float32), "dtype"),
    "array-unsigned": (np.ones(3, np.uint16), np.ones(3, np.int64), "dtype"),
    "array-long": (np.ones(3, np.longdouble), np.ones(3), "dtype"),
    "value": (ONES * 2, ONES, "value"),
    "sign-of-infinity": (ONES * torch.inf, -ONES * torch.inf, "value"),
    "nan-for-number": (ONES * torch.nan, ONES, "value"),
    "number-for-nan": (ONES, ONES * torch.nan, "value"),
    "large-integers": (torch.tensor([2**60 + 1]), torch.tensor([2**60]), "value"),
    "large-number": (10**400, 1.0, "value"),
    "infinite-number": (float("inf"), 1.0, "value"),
    "number-for-infinity": (1.0, float("inf"), "value"),
    "number": (1.001, 1.0, "value"),
    "text": ("a", "b", "value"),
    "set": ({1}, {2}, "value"),
    "inside": ({"x": [1, ONES + 1]}, {"x": [1, ONES]}, "value"),
}


@pytest.mark.parametrize(("actual", "expected", "aspect"), ASPECTS.values(), ids=ASPECTS)
def test_aspect(actual, expected, aspect):
    """A difference is told at the first level where there is one: structure, shape, dtype, values."""
    found = difference(actual, expected)
    assert found is not None
    assert found.aspect == aspect
    assert found.text.en.endswith((".", "?"))
    assert found.text.zh.endswith(("。", "？"))
    assert "\n" not in found.text.en + found.text.zh


def test_worst_element():
    """The element with the worst error is shown: its place, both values, the error, and how many differ."""
    actual = torch.zeros(2, 3)
    actual[0, 0], actual[1, 2] = 0.25, -0.5
    found = difference([0, {"y": actual}], [0, {"y": torch.zeros(2, 3)}])
    for part in ("result[1]['y'][1, 2]", "-0.5", "expected 0", "error 0.5", "2 of 6"):
        assert part in found.text.en
    for part in ("result[1]['y'][1, 2]", "-0.5", "应为 0", "误差 0.5", "6 个元素中有 2 个"):
        assert part in found.text.zh


def test_the_worst_is_what_is_not_a_number():
    """A NaN is worse than any error."""
    found = difference(torch.tensor([9.0, torch.nan]), torch.zeros(2))
    assert "result[1] is nan; expected 0" in found.text.en


def test_missing_and_extra_keys():
    """Keys that are missing and keys too many are named, in the order in which they stand."""
    found = difference({"a": 1, **dict.fromkeys("uvwxyz")}, {"a": 1, **dict.fromkeys("qponm")})
    assert "'q', 'p', 'o', 'n', 'm'" in found.text.en
    assert "'u', 'v', 'w', 'x', 'y', 'z'" in found.text.en


def test_sixty_thousand_keys():
    """A message names a few of many or long keys, and counts the others."""
    actual = {"a": 1, "k" * 1_000_000: 2, **{f"key {n}": n for n in range(60_000)}}
    found = difference(actual, {"a": 1, "b": 2})
    for words in (found.text.en, found.text.zh):
        assert "'b'" in words
        assert "'key 0'" in words
        assert "(+59,993)" in words
        assert len(words) < 700


TOLERATED = {
    torch.float64: 1e-7, torch.float32: 2e-5, torch.float16: 2e-3, torch.bfloat16: 2e-2, torch.int64: 0.5,
    torch.complex64: 2e-5, torch.complex128: 1e-7,
}  # fmt: skip


@pytest.mark.parametrize(("dtype", "most"), TOLERATED.items(), ids=lambda value: str(value))
def test_tolerance_by_dtype(dtype, most):
    """Half of what a dtype tolerates passes and four times as much does not; integers are exact."""
    one = torch.ones(3, dtype=dtype)
    assert difference(one, one) is None
    if dtype is torch.int64:
        assert difference(one + 1, one).aspect == "value"
        return
    expected = torch.ones(3, dtype=torch.complex128 if dtype.is_complex else torch.float64)
    close, far = ((expected * (1 + step)).to(dtype) for step in (most / 2, most * 4))
    assert difference(close, one) is None
    assert difference(far, one).aspect == "value"


def test_own_tolerance():
    """A check may choose its tolerance; what it does not choose stays the dtype's."""
    assert difference(ONES + 0.05, ONES, tolerance=Tolerance(atol=0.1)) is None
    assert difference(1.05, 1.0, tolerance=Tolerance(rtol=0.1)) is None
    assert difference(ONES + 0.05, ONES, tolerance=Tolerance(rtol=0.01)).aspect == "value"
    assert difference(torch.tensor([2]), torch.tensor([1]), tolerance=Tolerance(rtol=1e-5)).aspect == "value"


def test_values_apart():
    """For `run` only structure, shape and dtype count, or not even the dtype."""
    assert difference([ONES * 7, 3.0], [ONES, 1.0], values=False) is None
    assert difference(ONES.double(), ONES, values=False).aspect == "dtype"
    assert difference(ONES.double(), ONES, dtype=False) is None


ADVICE = {
    "none": (None, ONES, "return"),
    "array": (np.ones(2), torch.ones(2), "numpy"),
    "list": ([1.0], torch.ones(1), "torch.tensor"),
    "list of rows": ([torch.ones(3)] * 2, torch.ones(2, 3), "torch.stack"),
    "list of blocks": ([torch.ones(2, 3)] * 2, torch.ones(4, 3), "torch.cat"),
    "tensor": (torch.tensor(3), 3, ".item()"),
}


@pytest.mark.parametrize(("actual", "expected", "word"), ADVICE.values(), ids=ADVICE)
def test_advice(actual, expected, word):
    """Where people often take one kind for another, the sentence says what to do."""
    found = difference(actual, expected)
    assert word in found.text.en
    assert word in found.text.zh


DESCRIPTIONS = {
    "tensor": (torch.zeros(8, 5), "tensor float32 (8, 5)"),
    "small-tensor": (torch.tensor([[1.5, 2]]), "tensor float32 (1, 2) = [[1.5, 2]]"),
    "array": (np.zeros((3, 4)), "numpy array float64 (3, 4)"),
    "pair": ((1, 2.5), "(1, 2.5)"),
    "tuple-of-one": ((6,), "(6,)"),
    "list": ([None, "a\nb"], "[None, 'a\\nb']"),
    "set": ({"c", "a", "b"}, "{'a', 'b', 'c'}"),
    "large-set": (set("abcdefgh"), "{'a', 'b', 'c', 'd', 'e', 'f', ...}"),
    "empty-set": (set(), "set()"),
    "dict": ({"y": torch.zeros(8, 5)}, "{'y': tensor float32 (8, 5)}"),
}


@pytest.mark.parametrize(("value", "words"), DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_description(value, words):
    """A value is described in one short line."""
    assert describe(value) == words


def test_long_descriptions_are_cut():
    """However much there is, a description stays short and in one line."""
    long = ["x" * 5000, b"\xff" * 5000, 10**4000, Other("Net", "a\nb\n" * 50), torch.empty(0, *[2**20] * 2, *[1] * 60)]
    for value in (*long, ["many words"] * 5000, dict.fromkeys(range(5000), "words"), set(range(4000)), {"x" * 5000}):
        assert len(describe(value)) <= 300
        assert "\n" not in describe(value)
