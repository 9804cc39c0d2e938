"""Relations between a student's values and the expected ones: each is stated where it holds, and nowhere else."""

import random
import time

import pytest
import torch
from torch.nn import functional as F

from dlgrade.judge.compare import Comparison, Tolerance
from dlgrade.judge.relations import Draw, relation

SIZES = ((8, 5), (6, 4))
PAIRS = 10_000  # of unrelated values
MOST_SECONDS = 0.005  # for a draw, when nothing else runs
SHAPES = (
    (), (1,), (2,), (5,), (12,), (40,), (1, 1), (1, 6), (6, 1), (3, 3), (4, 5), (2, 3), (8, 10), (5, 5), (2, 3, 4),
    (1, 4, 4), (2, 1, 3, 3), (2, 3, 4, 4), (3, 1, 5),
)  # fmt: skip


def made(actual, expected, arguments=lambda X: {"X": X}, *, sizes=SIZES, comparison=None):
    """Draws of several sizes. The student's value is `actual(X, expected(X))`."""
    generator = torch.Generator().manual_seed(0)
    draws = []
    for size in sizes:
        X = torch.randn(size, generator=generator)
        right = expected(X)
        draws.append(Draw(actual(X, right), right, arguments(X), comparison or Comparison()))
    return draws


def wave(X):
    return 3 * torch.tanh(X)


def edited(place, change):
    """Return a function that changes the expected value in a place."""

    def edit(X, right):
        result = right.clone()
        result[place] = change(result[place])
        return result

    return edit


def where(condition, change):
    return lambda X, right: torch.where(condition(X), change(X, right), right)


def noise(part):
    return part + torch.randn(part.shape, generator=torch.Generator().manual_seed(1))


def lengths(X):
    return torch.arange(len(X)) % (X.shape[1] - 1) + 1


def behind(X):
    return torch.arange(X.shape[1]) >= lengths(X)[:, None]


def words(X):
    return [f"w{int(100 * abs(x))}" for x in X.flatten().tolist()]


def numbers(X):
    return [int(10 * abs(x)) for x in X.flatten().tolist()]


def text(X):
    return " ".join(words(X))


def scale(X):
    return X[0] + 3


VECTORS, SQUARES, IMAGES = ((8,), (6,)), ((5, 5), (4, 4)), ((2, 3, 4, 5), (3, 2, 5, 4))

# name: (the student's value from X and the expected value, the expected value from X, options, kind, words).
STATED = {
    "sign": (lambda X, e: -e, wave, {}, "sign", "Your result is the expected result with the opposite sign."),
    "twice": (lambda X, e: 2 * e, wave, {}, "factor", "Your result is twice the expected result."),
    "half": (lambda X, e: e / 2, wave, {}, "factor", "half of the expected result"),
    "three": (lambda X, e: 3 * e, wave, {"arguments": lambda X: {}}, "factor", "times 3."),
    "any-number": (lambda X, e: 0.731 * e, wave, {}, "factor", "times 0.731."),
    "size": (lambda X, e: e * len(X), wave, {}, "factor", "times n, where n is the size of axis 0 of X (8 here)"),
    "size-of-result": (
        lambda X, e: e / X.shape[1], wave, {"arguments": lambda X: {}}, "factor",
        "times 1/n, where n is the size of axis 1 of the result (5 here)",
    ),
    "n-1": (lambda X, e: e * len(X) / (len(X) - 1), wave, {}, "factor", "times n/(n - 1), where n is the size of axis 0"),
    "root": (lambda X, e: e * X.shape[1] ** 0.5, wave, {}, "factor", "times sqrt(n), where n is the size of axis 1 of X"),
    "argument": (
        lambda X, e: 0.1 * e, wave, {"arguments": lambda X: {"momentum": 0.9}}, "factor",
        "times (1 - momentum), where momentum is 0.9 here",
    ),
    "sum-for-mean": (lambda X, e: X.sum(), lambda X: X.mean(), {}, "factor", "the number of elements of X (40 here)"),
    "mean-for-sum": (
        lambda X, e: X.mean(0), lambda X: X.sum(0), {}, "factor", "times 1/n, where n is the size of axis 0 of X"
    ),
    "numbers": (lambda X, e: 2 * e, lambda X: X.sum().item(), {}, "factor", "twice"),
    "offset": (lambda X, e: e + 1, wave, {}, "offset", "the expected result plus 1"),
    "offset-argument": (
        lambda X, e: e - 0.01, wave, {"arguments": lambda X: {"eps": 0.01}}, "offset", "minus eps (0.01 here)"
    ),
    "offset-integers": (lambda X, e: [x + 1 for x in e], numbers, {}, "offset", "the expected result plus 1"),
    "reciprocal": (lambda X, e: 1 / e, wave, {}, "reciprocal", "the reciprocal of the expected result"),
    "complement": (lambda X, e: 1 - e, torch.sigmoid, {}, "complement", "1 minus the expected result"),
    "log-missing": (
        lambda X, e: e.exp(), wave, {}, "log", "becomes the expected result when its logarithm is taken"
    ),
    "exp-missing": (lambda X, e: X, torch.exp, {"arguments": lambda X: {}}, "exp", "when its exponential is taken"),
    "root-missing": (lambda X, e: e**2, lambda X: X.abs(), {}, "sqrt", "when its square root is taken"),
    "square-missing": (lambda X, e: X, torch.square, {"arguments": lambda X: {}}, "square", "when its square is taken"),
    "abs-missing": (lambda X, e: X, torch.abs, {"arguments": lambda X: {}}, "abs", "when its absolute value is taken"),
    "sigmoid-missing": (lambda X, e: X, torch.sigmoid, {"arguments": lambda X: {}}, "sigmoid", "when its sigmoid is"),
    "tanh-extra": (lambda X, e: e.tanh(), wave, {}, "tanh", "is the tanh of the expected result"),
    "relu-missing": (lambda X, e: X, torch.relu, {"arguments": lambda X: {}}, "relu", "when its ReLU is taken"),
    "relu-extra": (lambda X, e: e.relu(), wave, {"arguments": lambda X: {}}, "relu", "is the ReLU of the expected result"),
    "negative-log": (lambda X, e: -X.sigmoid().log(), torch.sigmoid, {}, "negative log", "negative logarithm"),
    "rounded": (lambda X, e: e.round(), lambda X: 9 * X, {}, "round", "rounded to an integer"),
    "truncated": (lambda X, e: e.trunc(), lambda X: 9 * X, {}, "truncate", "integer part"),
    "softmax-missing": (
        lambda X, e: X, lambda X: X.softmax(1), {"arguments": lambda X: {}}, "softmax", "after a softmax over axis 1"
    ),
    "softmax-twice": (
        lambda X, e: e.softmax(1), lambda X: X.softmax(1), {}, "softmax", "the expected result after a softmax over"
    ),
    "log-softmax-missing": (
        lambda X, e: X, lambda X: X.log_softmax(0), {"arguments": lambda X: {}}, "log_softmax", "log-softmax over axis 0"
    ),
    "not-normalised": (lambda X, e: X.exp(), lambda X: X.softmax(1), {}, "sum", "divided by its sum along axis 1"),
    "not-unit": (
        lambda X, e: 2 * X, lambda X: F.normalize(X, dim=1), {}, "norm", "divided by its Euclidean norm along axis 1"
    ),
    "not-centred": (
        lambda X, e: X, lambda X: X - X.mean(0), {"arguments": lambda X: {}}, "centre", "minus its mean along axis 0"
    ),
    "other-axis": (
        lambda X, e: X.softmax(0), lambda X: X.softmax(1), {}, "other axis",
        "sums to 1 along axis 0; the expected result does along axis 1",
    ),
    "term-missing": (
        lambda X, e: e - scale(X), wave, {"arguments": lambda X: {"beta": scale(X)}}, "term", "minus beta"
    ),
    "factor-missing": (
        lambda X, e: e / scale(X), wave, {"arguments": lambda X: {"gamma": scale(X)}}, "term", "divided by gamma"
    ),
    "own-factor": (
        lambda X, e: e * (0.3 + len(X) ** 2 / 7), wave, {}, "own factor", "times a single number (9.443 here)"
    ),
    "own-offset": (lambda X, e: e + len(X) / 7, wave, {}, "own offset", "plus a single number (1.143 here)"),
    "shared-factor": (
        lambda X, e: e * torch.linspace(2, 3, len(X))[:, None], wave, {"sizes": ((4, 60), (3, 50))}, "shared factor",
        "entries along axis 1 share a factor",
    ),
    "shared-offset": (
        lambda X, e: e + torch.linspace(2, 3, len(X))[:, None], wave, {"sizes": ((4, 60), (3, 50))}, "shared offset",
        "constant along axis 1",
    ),
    "unchanged": (lambda X, e: X, wave, {}, "argument", "Your result equals the argument X."),
    "transposed": (lambda X, e: e.T, wave, {}, "transposed", "the transpose of the expected result"),
    "transposed-square": (lambda X, e: e.T, wave, {"sizes": SQUARES}, "transposed", "the transpose"),
    "permuted": (
        lambda X, e: e.permute(0, 2, 3, 1), wave, {"sizes": IMAGES}, "transposed", "axes in the order (0, 2, 3, 1)"
    ),
    "reversed": (lambda X, e: e.flip(1), wave, {}, "reversed", "in reverse order along axis 1"),
    "rolled": (lambda X, e: e.roll(1, 0), wave, {}, "shifted", "one place too far back along axis 0"),
    "shifted": (
        lambda X, e: torch.cat([e[1:], 0 * e[:1]]), wave, {}, "shifted", "one place too far forward along axis 0"
    ),
    "reordered": (
        lambda X, e: e[[*range(1, len(e), 2), *range(0, len(e), 2)]], wave, {}, "reordered", "another order along axis 0"
    ),
    "column": (
        lambda X, e: e[:, None], wave, {"sizes": VECTORS}, "axes of size 1", "the shape is (8, 1), not (8,)"
    ),
    "reshaped": (lambda X, e: e.reshape(-1), wave, {}, "reshaped", "right numbers in the right order"),
    "square-for-vector": (
        lambda X, e: e + X[:, None] - X, wave, {"sizes": VECTORS}, "broadcast", "expected 8 values are on its diagonal"
    ),
    "dtype": (lambda X, e: e.double(), wave, {}, "dtype", "only the dtype is wrong: float64, not float32"),
    "not-reduced": (
        lambda X, e: X, lambda X: X.mean(1), {"arguments": lambda X: {}}, "reduced", "its mean along axis 1 is"
    ),
    "reduced": (lambda X, e: e.sum(0), wave, {}, "reduced", "is the sum along axis 0 of the expected result"),
    "cut": (lambda X, e: e[:, 1:], wave, {}, "cut", "lacks the first entry along axis 1"),
    "last-column": (edited((slice(None), -1), noise), wave, {}, "place", "right except in the last column."),
    "first-row": (edited(0, torch.zeros_like), wave, {}, "place", "right except in the first row: there it is 0"),
    "first-row-right": (edited(slice(1, None), noise), wave, {}, "place", "right only in the first row."),
    "sign-in-last-row": (
        edited(-1, lambda row: -row), wave, {}, "place", "in the last row: there it is the expected result with the opp"
    ),
    "steps": (
        edited((slice(None), slice(2, None)), noise), wave, {"sizes": ((3, 6, 4), (2, 5, 3))}, "place",
        "the positions from 2 on along axis 1",
    ),
    "negative": (
        where(lambda X: X < 0, lambda X, e: 0 * e), lambda X: F.leaky_relu(X, 0.3), {}, "relu", "ReLU"
    ),
    "where-negative": (
        where(lambda X: X < 0, lambda X, e: 5 + X), wave, {}, "place", "right except in the entries where X is negative"
    ),
    "padding": (
        where(behind, lambda X, e: e + X), wave, {"arguments": lambda X: {"lens": lengths(X)}}, "place",
        "right except in the padding (from lens on along the last axis)",
    ),
    "diagonal": (
        lambda X, e: e - e.diag().diag(), wave, {"sizes": SQUARES}, "place", "the entries on the diagonal: there it is 0"
    ),
    "nan": (
        edited(0, lambda row: row * torch.nan), wave, {}, "place", "right except in the first row: there it is NaN"
    ),
    "overflow": (
        lambda X, e: torch.where(X > X.max() - 0.5, torch.inf, e), lambda X: X.abs() / 3,
        {"arguments": lambda X: {"X": X - X.min()}}, "overflow", "inf in the entries where X is largest in magnitude",
    ),
    "entry": (lambda X, e: (e[0], -e[1]), lambda X: (X, wave(X)), {}, "sign", "result[1] is the expected"),
    "entries": (
        lambda X, e: {"a": 2 * e["a"], "b": 2 * e["b"]}, lambda X: {"a": wave(X), "b": X}, {}, "factor",
        "Each of result['a'] and result['b'] is twice",
    ),
    "swapped": (lambda X, e: (e[0], e[2], e[1]), lambda X: (X, wave(X), X + 1), {}, "swapped", "entries (0, 2, 1)"),
    "single": (lambda X, e: e[0], lambda X: (wave(X), X), {}, "single entry", "the expected entry 0 of 2"),
    "wrapped": (lambda X, e: (e, X), wave, {}, "wrapped", "is a tuple of 2; its entry 0 is the expected result"),
    "float": (lambda X, e: e.item(), lambda X: X.sum(), {}, "type", "is a Python float; expected is a tensor"),
    "tensor": (lambda X, e: torch.tensor(e), lambda X: X.sum().item(), {}, "type", "is a tensor; expected is a Python f"),
    "list": (lambda X, e: e.tolist(), wave, {}, "type", "is a list; expected is a tensor"),
    "first-missing": (lambda X, e: e[1:], words, {}, "ends", "lacks the first item"),
    "last-extra": (lambda X, e: [*e, "<eos>"], words, {}, "ends", "has the last item too many"),
    "list-reversed": (lambda X, e: e[::-1], words, {}, "reversed", "the right items in reverse order"),
    "list-sorted": (lambda X, e: sorted(e), words, {}, "reordered", "the right items in another order"),
    "case": (lambda X, e: e.upper(), text, {}, "case", "only upper and lower case are wrong"),
    "blanks": (lambda X, e: e.replace(" ", ""), text, {}, "blanks", "only blanks or line breaks are wrong"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_stated(name):
    """A relation that holds in two draws is stated, in both languages, with its constant and its place."""
    actual, expected, options, kind, en = STATED[name]
    found = relation(made(actual, expected, **options))
    assert found is not None
    assert (found.kind, found.draws) == (kind, (0, 1)), found.text.en
    assert en in found.text.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.text.zh)


def off(value, first=0):
    """The value with one entry that breaks the relation."""
    result = value.clone(memory_format=torch.contiguous_format)
    result.view(-1)[first] += 0.01
    return result


# As above, with a single entry or a single draw that breaks the relation; no relation of this kind may be stated.
NEAR_MISSES = {
    "sign": (lambda X, e: off(-e), wave, {}, "sign"),
    "twice": (lambda X, e: off(2 * e), wave, {}, "factor"),
    "factor-of-each-draw": (lambda X, e: e * (0.3 + len(X) ** 2 / 7), wave, {}, "factor"),
    "size": (lambda X, e: e * {8: 8, 6: 7}[len(X)], wave, {}, "factor"),
    "few-numbers": (lambda X, e: 2 * e, lambda X: X.sum().round().item(), {}, "factor"),
    "tiny-values": (lambda X, e: e / 2, lambda X: 1e-4 * X.sum(), {"comparison": Comparison(Tolerance(atol=4e-5))}, "factor"),
    "offset": (lambda X, e: off(e + 1), wave, {}, "offset"),
    "offset-of-each-draw": (lambda X, e: e + len(X) / 7, wave, {}, "offset"),
    "offset-of-constants": (lambda X, e: e + 1, lambda X: torch.ones(len(X)), {}, "offset"),
    "reciprocal": (lambda X, e: off(1 / e), wave, {}, "reciprocal"),
    "complement": (lambda X, e: off(1 - e), torch.sigmoid, {}, "complement"),
    "complement-of-truths": (
        lambda X, e: [1 - e[0], *e[1:]], lambda X: [int(x > 0) for x in X.flatten()], {}, "complement"
    ),
    "log": (lambda X, e: off(e.exp()), wave, {}, "log"),
    "exp": (lambda X, e: off(X), torch.exp, {}, "exp"),
    "log-of-two-values": (lambda X, e: e.exp(), lambda X: torch.where(X > 0, 0.7, 1.2), {}, "log"),
    "sqrt": (lambda X, e: off(e**2), lambda X: X.abs(), {}, "sqrt"),
    "square": (lambda X, e: off(X), torch.square, {}, "square"),
    "abs": (lambda X, e: off(X), torch.abs, {}, "abs"),
    "sigmoid": (lambda X, e: off(X), torch.sigmoid, {}, "sigmoid"),
    "tanh": (lambda X, e: off(e.tanh()), wave, {}, "tanh"),
    "relu": (lambda X, e: off(X, X.argmax()), torch.relu, {}, "relu"),
    "negative-log": (lambda X, e: off(-e.log()), torch.sigmoid, {}, "negative log"),
    "rounded": (lambda X, e: off(e.round()), lambda X: 9 * X, {}, "round"),
    "truncated": (lambda X, e: off(e.trunc()), lambda X: 9 * X, {}, "truncate"),
    "softmax": (lambda X, e: off(X), lambda X: X.softmax(1), {}, "softmax"),
    "log-softmax": (lambda X, e: off(X), lambda X: X.log_softmax(0), {}, "log_softmax"),
    "not-normalised": (lambda X, e: off(X.exp()), lambda X: X.softmax(1), {}, "sum"),
    "norm": (lambda X, e: off(2 * X), lambda X: F.normalize(X, dim=1), {}, "norm"),
    "centre": (lambda X, e: off(X), lambda X: X - X.mean(0), {}, "centre"),
    "other-axis": (lambda X, e: (2 * X).softmax(0), lambda X: X.softmax(1), {}, "other axis"),
    "term": (lambda X, e: off(e - scale(X)), wave, {"arguments": lambda X: {"beta": scale(X)}}, "term"),
    "constant-term": (lambda X, e: off(e + 1), wave, {"arguments": lambda X: {"beta": 1 + 0 * scale(X)}}, "term"),
    "shared-factor": (lambda X, e: off(e * torch.rand(len(X), 1)), wave, {}, "shared factor"),
    "shared-offset": (lambda X, e: off(e + torch.rand(len(X), 1)), wave, {}, "shared offset"),
    "unchanged": (lambda X, e: off(X), wave, {}, "argument"),
    "transposed": (lambda X, e: off(e.T.clone()), wave, {}, "transposed"),
    "reversed": (lambda X, e: off(e.flip(1)), wave, {}, "reversed"),
    "shifted": (lambda X, e: off(e.roll(1, 0), -1), wave, {}, "shifted"),
    "reordered": (lambda X, e: off(e.flip(0)), wave, {}, "reordered"),
    "reordered-one-hot": (
        lambda X, e: [[0, 1, 0, 0] for _ in e], lambda X: [[0, 0, 0, 1] for _ in X], {}, "reordered"
    ),
    "column": (lambda X, e: off(e)[:, None], wave, {"sizes": VECTORS}, "axes of size 1"),
    "reshaped": (lambda X, e: off(e).reshape(-1), wave, {}, "reshaped"),
    "square-for-vector": (lambda X, e: off(e + X[:, None] - X), wave, {"sizes": VECTORS}, "broadcast"),
    "dtype": (lambda X, e: off(e.double()), wave, {}, "dtype"),
    "reduced": (lambda X, e: off(e.sum(0)), wave, {}, "reduced"),
    "cut": (lambda X, e: off(e)[:, :-1], wave, {}, "cut"),
    "place": (edited([0, -1], noise), wave, {}, "place"),
    "other-place-of-each-draw": (
        lambda X, e: edited(0 if len(X) == 8 else -1, noise)(X, e), wave, {}, "place"
    ),
    "place-in-constants": (edited(-1, noise), lambda X: torch.zeros(X.shape), {}, "place"),
    "place-in-short-axis": (edited(-1, noise), wave, {"sizes": ((2, 5), (2, 7))}, "place"),
    "nan": (edited([0, -1], lambda row: row * torch.nan), wave, {}, "place"),
    "overflow": (lambda X, e: torch.where(X.abs() < 0.5, torch.inf, e), wave, {}, "overflow"),
    "swapped": (lambda X, e: (e[0], off(e[2]), e[1]), lambda X: (X, wave(X), X + 1), {}, "swapped"),
    "single": (lambda X, e: off(e[0]), lambda X: (wave(X), X), {}, "single entry"),
    "wrapped": (lambda X, e: (off(e), X), wave, {}, "wrapped"),
    "type": (lambda X, e: e.item() + 0.01, lambda X: X.sum(), {}, "type"),
    "ends": (lambda X, e: [*e[1:-1], "other"], words, {}, "ends"),
    "list-reversed": (lambda X, e: [*e[:0:-1], "other"], words, {}, "reversed"),
    "list-sorted": (lambda X, e: ["other", *sorted(e)[1:]], words, {}, "reordered"),
    "case": (lambda X, e: e.upper() + "!", text, {}, "case"),
    "blanks": (lambda X, e: e.replace(" ", "") + "!", text, {}, "blanks"),
    "mixed-entries": (lambda X, e: (-e[0], 2 * e[1]), lambda X: (X, wave(X)), {}, "sign"),
    "right": (lambda X, e: e + 1e-7, wave, {}, "offset"),
}  # fmt: skip


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_near_miss(name):
    """A relation that one entry contradicts, or that differs between draws, is not stated."""
    actual, expected, options, kind = NEAR_MISSES[name]
    found = relation(made(actual, expected, **options))
    assert found is None or found.kind != kind, found.text.en


def test_one_draw():
    """A single draw is no evidence, and neither are two with the same values."""
    draws = made(lambda X, e: -e, wave)
    assert relation(draws[:1]) is None
    assert relation([draws[0], draws[0]]) is None
    assert relation([]) is None


def test_half_of_the_draws():
    """A relation holds in at least half of the draws that differ; equal draws do not count."""
    signs = made(lambda X, e: -e, wave)
    others = made(lambda X, e: noise(e), wave, sizes=((7, 3), (5, 6), (4, 4)))
    right = made(lambda X, e: e, wave)
    found = relation([others[0], *signs, *right, others[1]])
    assert (found.kind, found.draws) == ("sign", (1, 2))
    assert relation([*signs, *others]) is None


def test_most_draws():
    """Of several relations, that of most draws is stated, even if another is more telling."""
    found = relation(made(lambda X, e: e * len(X) / 4, wave, sizes=((8, 5), (8, 4), (12, 3))))
    assert (found.kind, found.draws) == ("own factor", (0, 1, 2))


def test_odd_values():
    """Empty, large, complex and odd values have no relation, and no error."""
    odd = [torch.empty(0, 3), torch.full((3, 2), torch.nan), torch.randn(400, 400), torch.randn(3) * 1j, None, 10**400,
           float("inf"), "", [], {}, {1}, b"ab", True, [None, "a"], torch.tensor([True, False]), (torch.ones(2), 1)]  # fmt: skip
    for actual in odd:
        for expected in odd:
            assert relation([Draw(actual, expected, {"X": None, "y": actual}, Comparison())] * 2) is None


def test_quick():
    """A draw of a few thousand numbers takes less than 5 ms of processor time."""
    draws = made(
        lambda X, e: noise(e), wave, lambda X: {"X": X, "gamma": X[0], "eps": 1e-5}, sizes=((60, 50), (50, 60))
    )
    relation(draws)
    seconds = []
    for _ in range(9):
        started = time.thread_time()
        relation(draws)
        seconds.append(time.thread_time() - started)
    assert min(seconds) / len(draws) < MOST_SECONDS


# Unrelated values.

RANDOM = {
    "normal": lambda shape, g: torch.randn(shape, generator=g),
    "float64": lambda shape, g: torch.randn(shape, generator=g, dtype=torch.float64),
    "bfloat16": lambda shape, g: torch.randn(shape, generator=g).bfloat16(),
    "positive": lambda shape, g: torch.rand(shape, generator=g),
    "tiny": lambda shape, g: 1e-3 * torch.randn(shape, generator=g),
    "sorted": lambda shape, g: torch.rand(shape, generator=g).flatten().sort().values.reshape(shape),
    "probabilities": lambda shape, g: torch.randn(shape, generator=g).softmax(
        int(torch.randint(max(1, len(shape)), (), generator=g))
    ),
    "integers": lambda shape, g: torch.randint(0, 10, shape, generator=g),
    "small-integers": lambda shape, g: torch.randint(-1, 3, shape, generator=g),
    "counts": lambda shape, g: torch.randint(0, 5, shape, generator=g).float(),
    "truths": lambda shape, g: torch.rand(shape, generator=g) < 0.5,
    "one-hot": lambda shape, g: F.one_hot(torch.randint(last(shape), shape[:-1], generator=g), last(shape)).reshape(
        shape or (2,)
    ),
    "mask": lambda shape, g: (torch.arange(last(shape)) < drawn_lengths(shape, g)[..., None]).float(),
    "padded": lambda shape, g: torch.randn(shape, generator=g) * (
        torch.arange(last(shape)) < drawn_lengths(shape, g)[..., None]
    ),
    "rectified": lambda shape, g: torch.randn(shape, generator=g).relu(),
    "constant": lambda shape, g: torch.full(shape, float(torch.randint(-2, 3, (), generator=g))),
}  # fmt: skip


def last(shape):
    return shape[-1] if shape else 2


def drawn_lengths(shape, generator):
    return torch.randint(1, last(shape) + 1, shape[:-1], generator=generator)


def unrelated(chance, generator):
    """Return two draws of one kind: the student's values have nothing to do with the expected ones."""
    theirs = RANDOM[chance.choice(list(RANDOM))]
    mine = theirs if chance.random() < 0.5 else RANDOM[chance.choice(list(RANDOM))]
    other_shape, container = chance.random() < 0.3, chance.random()
    draws = []
    for _ in range(2):
        shape = chance.choice(SHAPES)
        actual = mine(chance.choice(SHAPES) if other_shape else shape, generator)
        expected = theirs(shape, generator)
        first = expected.shape[0] if expected.dim() else 1
        arguments = {
            "X": torch.randn(shape, generator=generator), "n": chance.randint(1, 9), "eps": 1e-5,
            "lens": torch.randint(0, 5, (first,), generator=generator),
            "gamma": torch.randn(shape[-1:] or (1,), generator=generator),
        }  # fmt: skip
        if container < 0.1:
            actual, expected = actual.tolist(), expected.tolist()
        elif container < 0.2:
            actual, expected = (actual, mine((3,), generator)), (expected, theirs((3,), generator))
        elif container < 0.25:
            actual, expected = ("".join(map(str, x.flatten().tolist()))[:9] for x in (actual, expected))
        draws.append(Draw(actual, expected, arguments, Comparison(dtype=chance.random() < 0.5)))
    return draws


@pytest.mark.parametrize("seed", [0])
def test_unrelated(seed):
    """Of 10,000 pairs of unrelated values, no two have a relation."""
    chance, generator = random.Random(seed), torch.Generator().manual_seed(seed)
    found = [relation(unrelated(chance, generator)) for _ in range(PAIRS // 2)]
    assert [each.text.en for each in found if each] == []
