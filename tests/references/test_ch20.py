"""ch20's reference against torch's convolution, shapes on the meta device, and finite differences."""

from itertools import product

import pytest
import torch
from torch import nn
from torch.nn import functional as F


def test_comp_conv2d(reference):
    """comp_conv2d agrees with torch's functions on a batch of one image with one channel."""
    X = torch.randn(8, 9)
    for options in ({"padding": 1}, {"padding": (2, 1)}, {"stride": 2}, {"padding": (0, 1), "stride": (3, 4)}):
        layer = nn.Conv2d(1, 1, (5, 3), **options)
        expected = F.conv2d(X[None, None], layer.weight, layer.bias, **options)
        torch.testing.assert_close(reference.comp_conv2d(layer, X), expected[0, 0])
    assert reference.comp_conv2d(nn.MaxPool2d((8, 9)), X).shape == (1, 1)


def test_the_books_shapes(reference):
    """comp_conv2d and conv_output_shape give the shapes that the book shows."""
    X = torch.rand(8, 8)
    for (kernel, padding, stride), shape in {
        (3, 1, 1): (8, 8),
        ((5, 3), (2, 1), 1): (8, 8),
        (3, 1, 2): (4, 4),
        ((3, 5), (0, 1), (3, 4)): (2, 2),
    }.items():
        layer = nn.Conv2d(1, 1, kernel, padding=padding, stride=stride)
        assert reference.comp_conv2d(layer, X).shape == shape
        assert reference.conv_output_shape((8, 8), kernel, padding, stride) == shape


def test_conv_output_shape(reference):
    """conv_output_shape agrees with nn.Conv2d on the meta device, which refuses the same kernels."""
    for size, kernel, padding, stride, dilation in product(
        ((2, 5), (6, 3)), (1, 3, (4, 2)), (0, (1, 2)), (1, 3, (2, 1)), (1, (2, 3))
    ):
        layer = nn.Conv2d(1, 1, kernel, stride, padding, dilation, device="meta")
        try:
            expected = layer(torch.empty(1, 1, *size, device="meta")).shape[2:]
        except RuntimeError:
            with pytest.raises(ValueError, match="does not fit"):
                reference.conv_output_shape(size, kernel, padding, stride, dilation)
        else:
            assert reference.conv_output_shape(size, kernel, padding, stride, dilation) == tuple(expected)


def test_corr2d_pad_stride(reference):
    """corr2d_pad_stride agrees with torch's convolution."""
    X = torch.randn(4, 6)
    for h, w, p_h, p_w, s_h, s_w in product(range(1, 4), range(1, 4), range(3), range(3), (1, 2, 5), (1, 3)):
        K = torch.randn(h, w)
        expected = F.conv2d(X[None, None], K[None, None], padding=(p_h, p_w), stride=(s_h, s_w))[0, 0]
        torch.testing.assert_close(reference.corr2d_pad_stride(X, K, (p_h, p_w), (s_h, s_w)), expected)


def test_same_padding(reference):
    """With the rows of same_padding a convolution keeps the height, and the larger half comes first."""
    for size in range(1, 12):
        above, below = reference.same_padding(size)
        column = F.pad(torch.zeros(1, 1, 7, 1), (0, 0, above, below))
        assert F.conv2d(column, torch.ones(1, 1, size, 1)).shape == (1, 1, 7, 1)
        assert above - below in (0, 1)


def test_gradients(reference):
    """The gradients agree with finite differences."""
    X, K = (torch.randn(*size, dtype=torch.float64, requires_grad=True) for size in ((4, 5), (2, 3)))
    assert torch.autograd.gradcheck(lambda X, K: reference.corr2d_pad_stride(X, K, (1, 2), (2, 1)), (X, K))
    assert torch.autograd.gradcheck(lambda X: reference.comp_conv2d(nn.AvgPool2d(2), X), (X,))
