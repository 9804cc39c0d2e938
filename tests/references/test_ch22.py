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


def test_max_pool_multichannel(reference):
    """max_pool_multichannel agrees with torch's max pooling, and refuses the padding that torch refuses."""
    X = torch.randn(2, 3, 7, 6) - 2
    pairs = list(product(range(1, 4), repeat=2))
    for kernel, stride, padding in product(pairs, pairs, product(range(3), repeat=2)):
        try:
            expected = F.max_pool2d(X, kernel, stride, padding)
        except RuntimeError:
            with pytest.raises(ValueError, match="more than half"):
                reference.max_pool_multichannel(X, kernel, stride, padding)
        else:
            torch.testing.assert_close(reference.max_pool_multichannel(X, kernel, stride, padding), expected)


def test_gradients(reference):
    """The gradients agree with finite differences."""
    X = torch.randperm(20).reshape(5, 4).double().requires_grad_()
    for mode in ("max", "avg"):
        assert torch.autograd.gradcheck(lambda X, mode=mode: reference.pool2d(X, (3, 2), mode), (X,))
    X = torch.randperm(80).reshape(2, 2, 5, 4).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda X: reference.max_pool_multichannel(X, (3, 2), (2, 1), (1, 1)), (X,))
