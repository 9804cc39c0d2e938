"""Relations between a student's values and the expected ones: each is stated where it holds, and nowhere else."""

import pytest
import torch
from torch.nn import functional as F

from dlgrade.judge.compare import Comparison, Tolerance
from dlgrade.judge.relations import Draw, nearly_right, relation

SIZES = ((8, 5), (6, 4))


def made(actual, expected, arguments=lambda x: {"X": x}, *, sizes=SIZES, comparison=None):
    """Draws of several sizes. The student's value is `actual(X, expected(X))`."""
    generator = torch.Generator().manual_seed(0)
    draws = []
    for size in sizes:
        x = torch.randn(size, generator=generator)
        right = expected(x)
        draws.append(Draw(actual(x, right), right, arguments(x), comparison or Comparison()))
    return draws


def wave(x):
    return 3 * torch.tanh(x)


def edited(place, change):
    """Return a function that changes the expected value in a place."""

    def edit(_, right):
        result = right.clone()
        result[place] = change(result[place])
        return result

    return edit


def where(condition, change):
    return lambda x, right: torch.where(condition(x), change(x, right), right)


def noise(part):
    return part + torch.randn(part.shape, generator=torch.Generator().manual_seed(1))


def lengths(x):
    return torch.arange(len(x)) % (x.shape[1] - 1) + 1


def behind(x):
    return torch.arange(x.shape[1]) >= lengths(x)[:, None]


def words(x):
    return [f"w{int(100 * abs(number))}" for number in x.flatten().tolist()]


def numbers(x):
    return [int(10 * abs(number)) for number in x.flatten().tolist()]


def text(x):
    return " ".join(words(x))


def masked(limit):
    return lambda x: x.masked_fill(x < limit, -torch.inf).softmax(1)


def scale(x):
    return x[0] + 3


VECTORS, SQUARES, IMAGES = ((8,), (6,)), ((5, 5), (4, 4)), ((2, 3, 4, 5), (3, 2, 5, 4))

# name: (the student's value from X and the expected value, the expected value from X, options, kind, words).
STATED = {
    "sign": (lambda _, e: -e, wave, {}, "sign", "Your result is the expected result with the opposite sign."),
    "twice": (lambda _, e: 2 * e, wave, {}, "factor", "Your result is twice the expected result."),
    "half": (lambda _, e: e / 2, wave, {}, "factor", "half of the expected result"),
    "three": (lambda _, e: 3 * e, wave, {"arguments": lambda _: {}}, "factor", "times 3."),
    "any-number": (lambda _, e: 0.731 * e, wave, {}, "factor", "times 0.731."),
    "size": (lambda x, e: e * len(x), wave, {}, "factor", "times n, where n is the size of axis 0 of X (8 here)"),
    "size-of-result": (
        lambda x, e: e / x.shape[1], wave, {"arguments": lambda _: {}}, "factor",
        "times 1/n, where n is the size of axis 1 of the result (5 here)",
    ),
    "n-1": (lambda x, e: e * len(x) / (len(x) - 1), wave, {}, "factor", "times n/(n - 1), where n is the size"),
    "root": (lambda x, e: e * x.shape[1] ** 0.5, wave, {}, "factor", "times sqrt(n), where n is the size of"),
    "argument": (
        lambda _, e: 0.1 * e, wave, {"arguments": lambda _: {"momentum": 0.9}}, "factor",
        "times (1 - momentum), where momentum is 0.9 here",
    ),
    "sum-for-mean": (lambda x, _: x.sum(), lambda x: x.mean(), {}, "factor", "the number of elements of X (40 here)"),
    "mean-for-sum": (
        lambda x, _: x.mean(0), lambda x: x.sum(0), {}, "factor", "times 1/n, where n is the size of axis 0 of X"
    ),
    "numbers": (lambda _, e: 2 * e, lambda x: x.sum().item(), {}, "factor", "twice"),
    "offset": (lambda _, e: e + 1, wave, {}, "offset", "the expected result plus 1"),
    "offset-argument": (
        lambda _, e: e - 0.01, wave, {"arguments": lambda _: {"eps": 0.01}}, "offset", "minus eps (0.01 here)"
    ),
    "offset-integers": (lambda _, e: [number + 1 for number in e], numbers, {}, "offset", "the expected result plus 1"),
    "reciprocal": (lambda _, e: 1 / e, wave, {}, "reciprocal", "the reciprocal of the expected result"),
    "complement": (lambda _, e: 1 - e, torch.sigmoid, {}, "complement", "1 minus the expected result"),
    "log-missing": (
        lambda _, e: e.exp(), wave, {}, "log", "becomes the expected result when its logarithm is taken"
    ),
    "exp-missing": (lambda x, _: x, torch.exp, {"arguments": lambda _: {}}, "exp", "when its exponential is taken"),
    "log-below-the-sign": (
        lambda x, _: -x.sigmoid(), lambda x: -x.sigmoid().log(), {}, "log below the sign", "logarithm of its opposite"
    ),
    "tensors-for-numbers": (
        lambda _, e: [torch.tensor(x) for x in e], lambda x: x.flatten().tolist(), {}, "type", "is a tensor"
    ),
    "root-missing": (lambda _, e: e**2, lambda x: x.abs(), {}, "sqrt", "when its square root is taken"),
    "square-missing": (lambda x, _: x, torch.square, {"arguments": lambda _: {}}, "square", "when its square is taken"),
    "abs-missing": (lambda x, _: x, torch.abs, {"arguments": lambda _: {}}, "abs", "when its absolute value is taken"),
    "sigmoid-missing": (lambda x, _: x, torch.sigmoid, {"arguments": lambda _: {}}, "sigmoid", "when its sigmoid is"),
    "tanh-extra": (lambda _, e: e.tanh(), wave, {}, "tanh", "is the tanh of the expected result"),
    "relu-missing": (lambda x, _: x, torch.relu, {"arguments": lambda _: {}}, "relu", "when its ReLU is taken"),
    "relu-extra": (lambda _, e: e.relu(), wave, {"arguments": lambda _: {}}, "relu", "is the ReLU of the expected"),
    "negative-log": (lambda x, _: -x.sigmoid().log(), torch.sigmoid, {}, "negative log", "negative logarithm"),
    "rounded": (lambda _, e: e.round(), lambda x: 9 * x, {}, "round", "rounded to an integer"),
    "truncated": (lambda _, e: e.trunc(), lambda x: 9 * x, {}, "truncate", "integer part"),
    "softmax-missing": (
        lambda x, _: x, lambda x: x.softmax(1), {"arguments": lambda _: {}}, "softmax", "after a softmax over axis 1"
    ),
    "softmax-twice": (
        lambda _, e: e.softmax(1), lambda x: x.softmax(1), {}, "softmax", "the expected result after a softmax over"
    ),
    "log-softmax-missing": (
        lambda x, _: x, lambda x: x.log_softmax(0), {"arguments": lambda _: {}}, "log_softmax", "log-softmax over"
    ),
    "not-normalised": (lambda x, _: x.exp(), lambda x: x.softmax(1), {}, "sum", "once divided by its sum along axis 1"),
    "not-unit": (
        lambda x, _: 2 * x, lambda x: F.normalize(x, dim=1), {}, "norm", "divided by its Euclidean norm along axis 1"
    ),
    "not-centred": (
        lambda x, _: x, lambda x: x - x.mean(0), {"arguments": lambda _: {}}, "centre",
        "becomes the expected result once its mean along axis 0 is subtracted",
    ),
    "other-axis": (
        lambda x, _: x.softmax(0), lambda x: x.softmax(1), {}, "other axis",
        "sums to 1 along axis 0; the expected result does along axis 1",
    ),
    "term-missing": (
        lambda x, e: e - scale(x), wave, {"arguments": lambda x: {"beta": scale(x)}}, "term", "minus beta"
    ),
    "term-with-the-other-sign": (
        lambda x, e: e - 2 * x[0], wave, {"arguments": lambda x: {"beta": x[0]}}, "term", "minus 2 * beta"
    ),
    "multiple-of-an-argument": (
        lambda x, e: e - 0.9 * x[0], wave, {"arguments": lambda x: {"old": x[0], "momentum": 0.9}}, "term",
        "minus momentum * old, where momentum is 0.9 here",
    ),
    "factor-missing": (
        lambda x, e: e / scale(x), wave, {"arguments": lambda x: {"gamma": scale(x)}}, "term", "divided by gamma"
    ),
    "own-factor": (
        lambda x, e: e * (0.3 + len(x) ** 2 / 7), wave, {}, "own factor", "single number (9.44286 here)"
    ),
    "own-offset": (lambda x, e: e + len(x) / 7, wave, {}, "own offset", "plus a single number (1.143 here)"),
    "factor-before-a-term": (
        lambda x, _: wave(x) + x[1], lambda x: wave(x) * scale(x) + x[1],
        {"arguments": lambda x: {"gamma": scale(x), "beta": x[1]}}, "term",
        "lacks the factor gamma: (result - beta) * gamma + beta is the expected result",
    ),
    "logarithm-base-2": (lambda _, e: e / 0.6931471805599453, wave, {}, "factor", "times 1/log(2)."),
    "total": (
        lambda x, e: len(x) - e, lambda x: float((x > 0).sum()), {"sizes": tuple((n,) for n in range(9, 18))}, "total",
        "is n minus the expected result, where n is the size of axis 0 of X (9 here)",
    ),
    "shared-factor": (
        lambda x, e: e * torch.linspace(2, 3, len(x))[:, None], wave, {"sizes": ((4, 60), (3, 50))}, "shared factor",
        "entries along axis 1 share a factor",
    ),
    "shared-offset": (
        lambda x, e: e + torch.linspace(2, 3, len(x))[:, None], wave, {"sizes": ((4, 60), (3, 50))}, "shared offset",
        "constant along axis 1",
    ),
    "not-masked": (
        lambda x, _: x.softmax(1), masked(-0.3), {"sizes": ((6, 12), (5, 9))},
        "other zeros", "is 0 in fewer entries than the expected result; the others share a factor along axis 1",
    ),
    "masked-too-much": (
        lambda x, _: masked(0)(x), masked(-0.3),
        {"sizes": ((6, 12), (5, 9))}, "other zeros", "is 0 in more entries than the expected result",
    ),
    "unchanged": (lambda x, _: x, wave, {}, "argument", "Your result equals the argument X."),
    "transposed": (lambda _, e: e.T, wave, {}, "transposed", "the transpose of the expected result"),
    "transposed-square": (lambda _, e: e.T, wave, {"sizes": SQUARES}, "transposed", "the transpose"),
    "permuted": (
        lambda _, e: e.permute(0, 2, 3, 1), wave, {"sizes": IMAGES}, "transposed", "axes in the order (0, 2, 3, 1)"
    ),
    "reversed": (lambda _, e: e.flip(1), wave, {}, "reversed", "in reverse order along axis 1"),
    "rolled": (lambda _, e: e.roll(1, 0), wave, {}, "shifted", "one place too late along axis 0"),
    "shifted": (
        lambda _, e: torch.cat([e[1:], 0 * e[:1]]), wave, {}, "shifted", "one place too early along axis 0"
    ),
    "shifted-by-more": (lambda _, e: e.roll(3, 0), wave, {}, "shifted", "3 places too late along axis 0"),
    "reordered": (
        lambda _, e: e[[*range(1, len(e), 2), *range(0, len(e), 2)]], wave, {}, "reordered", "another order along"
    ),
    "column": (
        lambda _, e: e[:, None], wave, {"sizes": VECTORS}, "axes of size 1", "the shape is (8, 1), not (8,)"
    ),
    "reshaped": (lambda _, e: e.reshape(-1), wave, {}, "reshaped", "right numbers in the right order"),
    "square-for-vector": (
        lambda x, e: e + x[:, None] - x, wave, {"sizes": VECTORS}, "broadcast", "expected 8 values are on its diagonal"
    ),
    "dtype": (lambda _, e: e.double(), wave, {}, "dtype", "only the dtype is wrong: float64, not float32"),
    "not-reduced": (
        lambda x, _: x, lambda x: x.mean(1), {"arguments": lambda _: {}}, "reduced", "its mean along axis 1 is"
    ),
    "reduced": (lambda _, e: e.sum(0), wave, {}, "reduced", "is the sum along axis 0 of the expected result"),
    "cut": (lambda _, e: e[:, 1:], wave, {}, "cut", "lacks the first entries along axis 1 (1 here)"),
    "padded": (lambda _, e: F.pad(e, (1, 1, 2, 2)), wave, {}, "inside", "(12, 7), not (8, 5). The expected result is"),
    "edges-missing": (lambda _, e: e[1:-1, 1:-1], wave, {}, "inside", "lacks entries at the edges: (6, 3), not (8, 5)"),
    "part": (lambda _, e: e[0], wave, {}, "part", "is only the first entry along axis 0 of the expected result"),
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
        where(lambda x: x < 0, lambda _, e: 0 * e), lambda x: F.leaky_relu(x, 0.3), {}, "relu", "ReLU"
    ),
    "where-negative": (
        where(lambda x: x < 0, lambda x, _: 5 + x), wave, {}, "place", "right except in the entries where X is negative"
    ),
    "padding": (
        where(behind, lambda x, e: e + x), wave, {"arguments": lambda x: {"lens": lengths(x)}}, "place",
        "right except in the padding (from lens on along the last axis)",
    ),
    "diagonal": (
        lambda _, e: e - e.diag().diag(), wave, {"sizes": SQUARES}, "place", "on the diagonal: there it is 0"
    ),
    "nan": (
        edited(0, lambda row: row * torch.nan), wave, {}, "place", "right except in the first row: there it is NaN"
    ),
    "nan-without-keys": (
        lambda x, e: e / (lengths(x) != 1)[:, None] * (lengths(x) != 1)[:, None], wave,
        {"arguments": lambda x: {"lens": lengths(x) - 1}}, "place",
        "right except in the entries where lens is 0: there it is NaN",
    ),
    "overflow": (
        lambda x, e: torch.where(x > x.max() - 0.5, torch.inf, e), lambda x: x.abs() / 3,
        {"arguments": lambda x: {"X": x - x.min()}}, "overflow", "inf in the entries where X is largest in magnitude",
    ),
    "entry": (lambda _, e: (e[0], -e[1]), lambda x: (x, wave(x)), {}, "sign", "result[1] is the expected"),
    "entries": (
        lambda _, e: {"a": 2 * e["a"], "b": 2 * e["b"]}, lambda x: {"a": wave(x), "b": x}, {}, "factor",
        "Each of result['a'] and result['b'] is twice",
    ),
    "swapped": (lambda _, e: (e[0], e[2], e[1]), lambda x: (x, wave(x), x + 1), {}, "swapped", "entries (0, 2, 1)"),
    "single": (lambda _, e: e[0], lambda x: (wave(x), x), {}, "single entry", "the expected entry 0 of 2"),
    "wrapped": (lambda x, e: (e, x), wave, {}, "wrapped", "is a tuple of 2; its entry 0 is the expected result"),
    "float": (lambda _, e: e.item(), lambda x: x.sum(), {}, "type", "is a Python float; expected is a tensor"),
    "tensor": (lambda _, e: torch.tensor(e), lambda x: x.sum().item(), {}, "type", "is a tensor; expected is"),
    "list": (lambda _, e: e.tolist(), wave, {}, "type", "is a list; expected is a tensor"),
    "first-missing": (lambda _, e: e[1:], words, {}, "ends", "lacks the first item"),
    "last-extra": (lambda _, e: [*e, "<eos>"], words, {}, "ends", "has the last item too many"),
    "list-reversed": (lambda _, e: e[::-1], words, {}, "reversed", "the right items in reverse order"),
    "list-sorted": (lambda _, e: sorted(e), words, {}, "reordered", "the right items in another order"),
    "case": (lambda _, e: e.upper(), text, {}, "case", "only upper and lower case are wrong"),
    "blanks": (lambda _, e: e.replace(" ", ""), text, {}, "blanks", "only blanks or line breaks are wrong"),
}  # fmt: skip


@pytest.mark.parametrize("name", STATED)
def test_stated(name):
    """A relation that holds in two draws is stated, in both languages, with its constant and its place."""
    actual, expected, options, kind, en = STATED[name]
    found = relation(made(actual, expected, **options))
    assert found is not None
    assert (found.kind, found.draws[:2]) == (kind, (0, 1)), found.text.en
    assert en in found.text.en
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.text.zh)


def off(value, first=0):
    """The value with one entry that breaks the relation."""
    result = value.clone(memory_format=torch.contiguous_format)
    result.view(-1)[first] += 0.01
    return result


# As above, with a single entry or a single draw that breaks the relation; no relation of this kind may be stated.
NEAR_MISSES = {
    "sign": (lambda _, e: off(-e), wave, {}, "sign"),
    "twice": (lambda _, e: off(2 * e), wave, {}, "factor"),
    "factor-of-each-draw": (lambda x, e: e * (0.3 + len(x) ** 2 / 7), wave, {}, "factor"),
    "size": (lambda x, e: e * {8: 8, 6: 7}[len(x)], wave, {}, "factor"),
    "few-numbers": (lambda _, e: 2 * e, lambda x: x.sum().round().item(), {}, "factor"),
    "tiny-values": (
        lambda _, e: e / 2, lambda x: 1e-4 * x.sum(), {"comparison": Comparison(Tolerance(atol=4e-5))}, "factor"
    ),
    "small-factor-of-each-column": (
        lambda _, e: e / (1 + 1e-5 / torch.linspace(0.1, 0.9, e.shape[-1])), lambda x: 20 * wave(x),
        {"comparison": Comparison(Tolerance(rtol=1e-5))}, "own factor",
    ),
    "offset": (lambda _, e: off(e + 1), wave, {}, "offset"),
    "offset-of-each-draw": (lambda x, e: e + len(x) / 7, wave, {}, "offset"),
    "offset-of-constants": (lambda _, e: e + 1, lambda x: torch.ones(len(x)), {}, "offset"),
    "reciprocal": (lambda _, e: off(1 / e), wave, {}, "reciprocal"),
    "complement": (lambda _, e: off(1 - e), torch.sigmoid, {}, "complement"),
    "complement-of-truths": (
        lambda _, e: [1 - e[0], *e[1:]], lambda x: [int(number > 0) for number in x.flatten()], {}, "complement"
    ),
    "log": (lambda _, e: off(e.exp()), wave, {}, "log"),
    "exp": (lambda x, _: off(x), torch.exp, {}, "exp"),
    "log-of-two-values": (lambda _, e: e.exp(), lambda x: torch.where(x > 0, 0.7, 1.2), {}, "log"),
    "sqrt": (lambda _, e: off(e**2), lambda x: x.abs(), {}, "sqrt"),
    "square": (lambda x, _: off(x), torch.square, {}, "square"),
    "abs": (lambda x, _: off(x), torch.abs, {}, "abs"),
    "sigmoid": (lambda x, _: off(x), torch.sigmoid, {}, "sigmoid"),
    "tanh": (lambda _, e: off(e.tanh()), wave, {}, "tanh"),
    "relu": (lambda x, _: off(x, x.argmax()), torch.relu, {}, "relu"),
    "negative-log": (lambda _, e: off(-e.log()), torch.sigmoid, {}, "negative log"),
    "rounded": (lambda _, e: off(e.round()), lambda x: 9 * x, {}, "round"),
    "truncated": (lambda _, e: off(e.trunc()), lambda x: 9 * x, {}, "truncate"),
    "softmax": (lambda x, _: off(x), lambda x: x.softmax(1), {}, "softmax"),
    "log-softmax": (lambda x, _: off(x), lambda x: x.log_softmax(0), {}, "log_softmax"),
    "not-normalised": (lambda x, _: off(x.exp()), lambda x: x.softmax(1), {}, "sum"),
    "norm": (lambda x, _: off(2 * x), lambda x: F.normalize(x, dim=1), {}, "norm"),
    "centre": (lambda x, _: off(x), lambda x: x - x.mean(0), {}, "centre"),
    "other-axis": (lambda x, _: (2 * x).softmax(0), lambda x: x.softmax(1), {}, "other axis"),
    "term": (lambda x, e: off(e - scale(x)), wave, {"arguments": lambda x: {"beta": scale(x)}}, "term"),
    "factor-before-a-term": (
        lambda x, _: off(wave(x) + x[1]), lambda x: wave(x) * scale(x) + x[1],
        {"arguments": lambda x: {"gamma": scale(x), "beta": x[1]}}, "term",
    ),
    "total": (
        lambda x, e: len(x) - e + 1, lambda x: float((x > 0).sum()), {"sizes": tuple((n,) for n in range(9, 18))},
        "total",
    ),
    "constant-term": (lambda _, e: off(e + 1), wave, {"arguments": lambda x: {"beta": 1 + 0 * scale(x)}}, "term"),
    "shared-factor": (lambda x, e: off(e * torch.rand(len(x), 1)), wave, {}, "shared factor"),
    "shared-offset": (lambda x, e: off(e + torch.rand(len(x), 1)), wave, {}, "shared offset"),
    "other-zeros": (
        lambda x, _: off(x.softmax(1), int(x.argmax())), masked(-0.3),
        {"sizes": ((6, 12), (5, 9))}, "other zeros",
    ),
    "unchanged": (lambda x, _: off(x), wave, {}, "argument"),
    "transposed": (lambda _, e: off(e.T.clone()), wave, {}, "transposed"),
    "reversed": (lambda _, e: off(e.flip(1)), wave, {}, "reversed"),
    "shifted": (lambda _, e: off(e.roll(1, 0), -1), wave, {}, "shifted"),
    "reordered": (lambda _, e: off(e.flip(0)), wave, {}, "reordered"),
    "reordered-one-hot": (
        lambda _, e: [[0, 1, 0, 0] for _ in e], lambda x: [[0, 0, 0, 1] for _ in x], {}, "reordered"
    ),
    "column": (lambda _, e: off(e)[:, None], wave, {"sizes": VECTORS}, "axes of size 1"),
    "reshaped": (lambda _, e: off(e).reshape(-1), wave, {}, "reshaped"),
    "square-for-vector": (lambda x, e: off(e + x[:, None] - x), wave, {"sizes": VECTORS}, "broadcast"),
    "dtype": (lambda _, e: off(e.double()), wave, {}, "dtype"),
    "reduced": (lambda _, e: off(e.sum(0)), wave, {}, "reduced"),
    "cut": (lambda _, e: off(e)[:, :-1], wave, {}, "cut"),
    "padded": (lambda _, e: F.pad(off(e), (1, 1, 2, 2)), wave, {}, "inside"),
    "edges-missing": (lambda _, e: off(e[1:-1, 1:-1]), wave, {}, "inside"),
    "part": (lambda _, e: off(e[0]), wave, {}, "part"),
    "place": (edited([0, -1], noise), wave, {}, "place"),
    "other-place-of-each-draw": (
        lambda x, e: edited(0 if len(x) == 8 else -1, noise)(x, e), wave, {}, "place"
    ),
    "right-rows-between": (edited([1, 3], noise), wave, {}, "place"),
    "place-in-constants": (edited(-1, noise), lambda x: torch.zeros(x.shape), {}, "place"),
    "place-in-short-axis": (edited(-1, noise), wave, {"sizes": ((2, 5), (2, 7))}, "place"),
    "nan": (edited([0, -1], lambda row: row * torch.nan), wave, {}, "place"),
    "overflow": (lambda x, e: torch.where(x.abs() < 0.5, torch.inf, e), wave, {}, "overflow"),
    "swapped": (lambda _, e: (e[0], off(e[2]), e[1]), lambda x: (x, wave(x), x + 1), {}, "swapped"),
    "single": (lambda _, e: off(e[0]), lambda x: (wave(x), x), {}, "single entry"),
    "wrapped": (lambda x, e: (off(e), x), wave, {}, "wrapped"),
    "type": (lambda _, e: e.item() + 0.01, lambda x: x.sum(), {}, "type"),
    "ends": (lambda _, e: [*e[1:-1], "other"], words, {}, "ends"),
    "list-reversed": (lambda _, e: [*e[:0:-1], "other"], words, {}, "reversed"),
    "list-sorted": (lambda _, e: ["other", *sorted(e)[1:]], words, {}, "reordered"),
    "case": (lambda _, e: e.upper() + "!", text, {}, "case"),
    "blanks": (lambda _, e: e.replace(" ", "") + "!", text, {}, "blanks"),
    "mixed-entries": (lambda _, e: (-e[0], 2 * e[1]), lambda x: (x, wave(x)), {}, "sign"),
    "right": (lambda _, e: e + 1e-7, wave, {}, "offset"),
}  # fmt: skip


@pytest.mark.parametrize("name", NEAR_MISSES)
def test_near_miss(name):
    """A relation that one entry contradicts, or that differs between draws, is not stated."""
    actual, expected, options, kind = NEAR_MISSES[name]
    found = relation(made(actual, expected, **options))
    assert found is None or found.kind != kind, found.text.en


def test_one_draw():
    """A single draw is no evidence, and neither are two with the same values."""
    draws = made(lambda _, e: -e, wave)
    assert relation(draws[:1]) is None
    assert relation([draws[0], draws[0]]) is None
    assert relation([]) is None


def test_half_of_the_draws():
    """A relation holds in at least half of the draws that differ; equal draws do not count."""
    signs = made(lambda _, e: -e, wave)
    others = made(lambda _, e: noise(e), wave, sizes=((7, 3), (5, 6), (4, 4)))
    right = made(lambda _, e: e, wave)
    found = relation([others[0], *signs, *right, others[1]])
    assert (found.kind, found.draws) == ("sign", (1, 2))
    assert relation([*signs, *others]) is None


def test_most_draws():
    """A relation of many more draws comes before a more telling relation."""
    found = relation(made(lambda x, e: e * len(x) / 4, wave, sizes=((8, 5), (8, 4), (12, 3))))
    assert (found.kind, found.draws) == ("own factor", (0, 1, 2))


def test_odd_values():
    """Empty, large, complex and odd values have no relation, and no error."""
    odd = [
        torch.empty(0, 3), torch.full((3, 2), torch.nan), torch.randn(400, 400), torch.randn(3) * 1j, None, 10**400,
        float("inf"), "", [], {}, {1}, b"ab", True, [None, "a"], torch.tensor([True, False]), (torch.ones(2), 1),
    ]  # fmt: skip
    for actual in odd:
        for expected in odd:
            assert relation([Draw(actual, expected, {"X": None, "y": actual}, Comparison())] * 2) is None


# The student's value from the expected value, and the words about the largest difference; None: it is too large.
NEARLY = {
    "approximated": (lambda e: e + 0.001 * torch.sin(50 * e), "at most 0.035 %"),
    "in-half-precision": (lambda e: e.half().float(), "at most 0.0"),
    "numbers": (lambda e: [1.00124 * number for number in e.flatten().tolist()], "at most 0.13 %"),
    "in-a-list": (lambda e: [e, e * 1.002], "at most 0.20 %"),
    "a-percent-too-far": (lambda e: e + 0.1 * torch.sin(50 * e), None),
    "not-finite": (lambda e: torch.where(e > 1, torch.nan, e), None),
    "other-shape": (lambda e: e[:-1] + 1e-3, None),
    "integers": (lambda e: (1000 * e).long() + 1, None),
}


@pytest.mark.parametrize("name", NEARLY)
def test_nearly_right(name):
    """A result that is off by at most a percent of its largest number is called nearly right, and by how much."""
    change, words = NEARLY[name]
    expected = {
        "in-a-list": lambda x: [wave(x), wave(x)], "integers": lambda x: (1000 * wave(x)).long(),
        "numbers": lambda x: wave(x).flatten().tolist(),
    }  # fmt: skip
    found = nearly_right(made(lambda x, _: change(wave(x)), expected.get(name, wave)))
    assert (found is None) == (words is None)
    assert found is None or words in found.text.en


def test_not_all_nearly_right():
    """One result that is far off, or that does not compare, keeps the sentence away from the others."""
    near = made(lambda _, e: 1.001 * e, wave)
    for other in (2 * wave(torch.ones(3)), torch.full((3,), torch.nan), torch.ones(2)):
        assert nearly_right([*near, Draw(other, wave(torch.ones(3)), {}, Comparison())]) is None
