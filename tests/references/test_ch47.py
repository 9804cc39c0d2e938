"""ch47's reference against torch's transposed convolution, unit images and finite differences."""

from itertools import product

import pytest
import torch
from torch.nn import functional as F


def oracle(X, K, **options):
    """torch's transposed convolution of two matrices."""
    return F.conv_transpose2d(X[None, None], K[None, None], **options)[0, 0]


SIZES = list(product((1, 2, 3), repeat=2))


def test_trans_conv(reference):
    """trans_conv agrees with torch for all small shapes."""
    for shape, kernel in product(SIZES, SIZES):
        X, K = torch.randn(shape), torch.randn(kernel)
        torch.testing.assert_close(reference.trans_conv(X, K), oracle(X, K))


def test_kernel2matrix(reference):
    """The columns of the matrix are the cross-correlations of unit images; its transpose is torch's."""
    K, Y = torch.randn(2, 2), torch.randn(2, 2)
    W = reference.kernel2matrix(K)
    assert W.shape == (4, 9)
    for number, image in enumerate(torch.eye(9).view(9, 1, 1, 3, 3)):
        torch.testing.assert_close(W[:, number].view(2, 2), F.conv2d(image, K[None, None])[0, 0])
    torch.testing.assert_close((W.T @ Y.flatten()).view(3, 3), oracle(Y, K))


def test_conv_matrix(reference):
    """The matrix maps inputs as torch's convolution does, and its transpose as the transposed convolution does."""
    for shape, kernel in product(product((1, 2, 4), repeat=2), SIZES):
        X, K = torch.randn(shape), torch.randn(kernel)
        if kernel[0] > shape[0] or kernel[1] > shape[1]:
            with pytest.raises(ValueError, match="does not fit"):
                reference.conv_matrix(K, shape)
            continue
        W, expected = reference.conv_matrix(K, shape), F.conv2d(X[None, None], K[None, None])[0, 0]
        assert W.shape == (expected.numel(), X.numel())
        torch.testing.assert_close((W @ X.flatten()).view(expected.shape), expected)
        Y = torch.randn(expected.shape)
        torch.testing.assert_close((W.T @ Y.flatten()).view(shape), oracle(Y, K))


def test_trans_conv_stride_pad(reference):
    """trans_conv_stride_pad agrees with torch, and refuses an empty result."""
    for shape, kernel, stride, padding in product(SIZES, SIZES, (1, 2, 4), range(4)):
        X, K = torch.randn(shape), torch.randn(kernel)
        sizes = [(n - 1) * stride + k - 2 * padding for n, k in zip(shape, kernel, strict=True)]
        if min(sizes) < 1:
            with pytest.raises(ValueError, match="leaves nothing"):
                reference.trans_conv_stride_pad(X, K, stride, padding)
        else:
            expected = oracle(X, K, stride=stride, padding=padding)
            assert list(expected.shape) == sizes
            torch.testing.assert_close(reference.trans_conv_stride_pad(X, K, stride, padding), expected)


def test_as_regular_conv(reference):
    """torch's convolution of the pair is torch's transposed convolution."""
    for shape, kernel in product(SIZES, SIZES):
        X, K = torch.randn(shape), torch.randn(kernel)
        padded, rotated = reference.as_regular_conv(X, K)
        assert rotated.shape == K.shape
        torch.testing.assert_close(F.conv2d(padded[None, None], rotated[None, None])[0, 0], oracle(X, K))


def test_gradients(reference):
    """The gradients agree with finite differences."""
    X = torch.randn(3, 2, dtype=torch.float64, requires_grad=True)
    K = torch.randn(2, 2, dtype=torch.float64, requires_grad=True)
    for function in (reference.trans_conv, reference.as_regular_conv):
        assert torch.autograd.gradcheck(function, (X, K))
    assert torch.autograd.gradcheck(lambda X, K: reference.trans_conv_stride_pad(X, K, 2, 1), (X, K))
    assert torch.autograd.gradcheck(reference.kernel2matrix, (K,))
    assert torch.autograd.gradcheck(lambda K: reference.conv_matrix(K, (3, 4)), (K,))


def test_the_transpose_is_no_inverse(reference):
    """The transpose of the matrix restores the shape of an input, but not its numbers."""
    W = reference.kernel2matrix(torch.tensor([[1.0, 2], [3, 4]]))
    X = torch.randn(3, 3)
    assert not torch.allclose((W.T @ W @ X.flatten()).view(3, 3), X)
