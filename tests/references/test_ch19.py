"""ch19's reference against torch's convolution, a Fourier transform, least squares and finite differences."""

from itertools import product

import torch
from torch.nn import functional as F


def test_corr2d(reference):
    """corr2d agrees with torch's convolution for all kernels that fit."""
    X = torch.randn(5, 4)
    for size in product(range(1, 6), range(1, 5)):
        K = torch.randn(size)
        torch.testing.assert_close(reference.corr2d(X, K), F.conv2d(X[None, None], K[None, None])[0, 0])


def test_the_books_examples(reference):
    """corr2d and learn_kernel give the numbers that the book shows."""
    X, K = torch.arange(9.0).reshape(3, 3), torch.tensor([[0.0, 1], [2, 3]])
    torch.testing.assert_close(reference.corr2d(X, K), torch.tensor([[19.0, 25], [37, 43]]))
    X = torch.ones(6, 8)
    X[:, 2:6] = 0
    Y = reference.corr2d(X, torch.tensor([[1.0, -1]]))
    assert Y[:, 1].eq(1).all()
    assert Y[:, 5].eq(-1).all()
    torch.testing.assert_close(reference.learn_kernel(X, Y, (1, 2)), torch.tensor([[1.0, -1]]), rtol=0, atol=0.1)


def test_layer(reference):
    """Conv2D agrees with nn.Conv2d of the same weight and bias."""
    layer, oracle, X = reference.Conv2D((2, 3)), torch.nn.Conv2d(1, 1, (2, 3)), torch.randn(5, 6)
    assert all(0 <= weight < 1 for weight in layer.weight.flatten())
    assert layer.bias.tolist() == [0]
    oracle.weight.data, oracle.bias.data = layer.weight.data[None, None], torch.tensor([0.7])
    layer.bias.data = torch.tensor([0.7])
    torch.testing.assert_close(layer(X), oracle(X[None, None])[0, 0])


def test_conv2d_flipped(reference):
    """conv2d_flipped agrees with the product of Fourier transforms, of which it is the part without edges."""
    X = torch.randn(5, 4, dtype=torch.float64)
    for h, w in product(range(1, 6), range(1, 5)):
        K = torch.randn(h, w, dtype=torch.float64)
        full = torch.fft.irfft2(torch.fft.rfft2(X, (10, 8)) * torch.fft.rfft2(K, (10, 8)), (10, 8))
        torch.testing.assert_close(reference.conv2d_flipped(X, K), full[h - 1 : 5, w - 1 : 4])


def test_learn_kernel(reference):
    """learn_kernel lowers the loss in each step, on the way to least squares."""
    X, Y = torch.randn(6, 7), torch.randn(5, 5)
    patches = F.unfold(X[None, None], (2, 3))[0].T
    best = torch.linalg.lstsq(patches, Y.reshape(-1, 1)).solution.reshape(2, 3)
    torch.testing.assert_close(reference.learn_kernel(X, Y, (2, 3), 0.005, 500), best, rtol=0, atol=1e-3)
    kernels = [reference.learn_kernel(X, Y, (2, 3), 0.005, steps) for steps in range(6)]
    losses = [((reference.corr2d(X, K) - Y) ** 2).sum().item() for K in kernels]
    assert losses == sorted(losses, reverse=True)
    # From zeros, the first step is lr times the cross-correlation of X with 2 Y.
    torch.testing.assert_close(kernels[1], 0.005 * F.conv2d(X[None, None], 2 * Y[None, None])[0, 0])


def test_gradients(reference):
    """The gradients agree with finite differences."""
    X, K = (torch.randn(*size, dtype=torch.float64, requires_grad=True) for size in ((4, 5), (2, 3)))
    assert torch.autograd.gradcheck(reference.corr2d, (X, K))
    assert torch.autograd.gradcheck(reference.conv2d_flipped, (X, K))
