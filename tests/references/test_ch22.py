"""ch22's reference against torch's pooling layers and finite differences."""

from itertools import product

import pytest
import torch
from torch.nn import functional as F


def test_pool2d(reference):
    """pool2d agrees with torch's pooling of stride 1 for all windows that fit."""
    X = torch.randn(5, 4)
    for size in product(range(1, 6), range(1, 5)):
        for mode, pool in (("max", F.max_pool2d), ("avg", F.avg_pool2d)):
            torch.testing.assert_close(reference.pool2d(X, size, mode), pool(X[None, None], size, stride=1)[0, 0])


def test_the_books_example(reference):
    """pool2d gives the matrices that the book shows."""
    X = torch.arange(9.0).reshape(3, 3)
    torch.testing.assert_close(reference.pool2d(X, (2, 2)), torch.tensor([[4.0, 5], [7, 8]]))
    torch.testing.assert_close(reference.pool2d(X, (2, 2), "avg"), torch.tensor([[2.0, 3], [5, 6]]))


PAIRS = list(product(range(1, 4), repeat=2))


def test_max_pool2d(reference):
    """max_pool2d agrees with torch's max pooling, and refuses the padding that torch refuses."""
    X = torch.randn(2, 3, 7, 6) - 2
    for kernel, stride, padding in product(PAIRS, [None, *PAIRS], product(range(3), repeat=2)):
        try:
            expected = F.max_pool2d(X, kernel, stride, padding)
        except RuntimeError:
            with pytest.raises(ValueError, match="more than half"):
                reference.max_pool2d(X, kernel, stride, padding)
        else:
            torch.testing.assert_close(reference.max_pool2d(X, kernel, stride, padding), expected)


def test_avg_pool2d(reference):
    """avg_pool2d agrees with torch's average pooling, and refuses the padding that torch refuses."""
    X = torch.randn(2, 3, 7, 6).relu()
    for kernel, padding in product(PAIRS, product(range(3), repeat=2)):
        for stride, counted in ((None, True), (None, False), ((2, 3), True), ((1, 2), False)):
            try:
                expected = F.avg_pool2d(X, kernel, stride, padding, count_include_pad=counted)
            except RuntimeError:
                with pytest.raises(ValueError, match="more than half"):
                    reference.avg_pool2d(X, kernel, stride, padding, counted)
            else:
                torch.testing.assert_close(reference.avg_pool2d(X, kernel, stride, padding, counted), expected)


def test_single_numbers(reference):
    """A single number means the same as for torch's pooling."""
    X = torch.randn(2, 3, 7, 6)
    for arguments in ((2,), (3, 2), (3, 1, 1), (2, None, 1)):
        torch.testing.assert_close(reference.max_pool2d(X, *arguments), F.max_pool2d(X, *arguments))
        torch.testing.assert_close(reference.avg_pool2d(X, *arguments), F.avg_pool2d(X, *arguments))


def test_translation_gap(reference):
    """translation_gap agrees with a loop over torch's pooled matrices."""
    X = torch.randn(5, 8)
    for shift, size in product(range(4), range(1, 5)):
        moved = torch.cat([torch.zeros(5, shift), X[:, : 8 - shift]], dim=1)
        before, after = (F.max_pool2d(matrix[None, None], size, stride=1)[0, 0] for matrix in (X, moved))
        places = list(product(range(6 - size), range(shift, 9 - size)))
        expected = sum(abs(after[i, j] - before[i, j]).item() for i, j in places) / len(places)
        result = reference.translation_gap(X, shift, size)
        assert type(result) is float
        assert result == pytest.approx(expected, rel=1e-5)
    for shift, size in ((-1, 1), (8, 1), (6, 3)):
        with pytest.raises(ValueError, match="no column"):
            reference.translation_gap(X, shift, size)


def test_gradients(reference):
    """The gradients agree with finite differences."""
    X = torch.randperm(20).reshape(5, 4).double().requires_grad_()
    for mode in ("max", "avg"):
        assert torch.autograd.gradcheck(lambda X, mode=mode: reference.pool2d(X, (3, 2), mode), (X,))
    X = torch.randperm(80).reshape(2, 2, 5, 4).double().requires_grad_()
    for pool in (reference.max_pool2d, reference.avg_pool2d):
        assert torch.autograd.gradcheck(lambda X, pool=pool: pool(X, (3, 2), (2, 1), (1, 1)), (X,))
