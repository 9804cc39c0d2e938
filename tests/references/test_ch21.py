"""ch21's reference against torch's convolution, a loop over all numbers, and torch's counter of operations."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode


def test_corr2d_multi_in(reference):
    """corr2d_multi_in agrees with torch's convolution of one output channel."""
    for channels, window in ((1, (2, 3)), (3, (3, 2)), (4, (1, 1)), (2, (6, 5))):
        X, K = torch.randn(channels, 6, 5), torch.randn(channels, *window)
        torch.testing.assert_close(reference.corr2d_multi_in(X, K), F.conv2d(X[None], K[None])[0, 0])


def test_the_definition(reference):
    """corr2d_multi_in agrees with the sum of products over channels, rows and columns, one number at a time."""
    X, K = torch.randn(2, 4, 3), torch.randn(2, 2, 3)
    expected = torch.zeros(3, 1)
    for i in range(3):
        for c in range(2):
            for a in range(2):
                for b in range(3):
                    expected[i, 0] += X[c, i + a, b] * K[c, a, b]
    torch.testing.assert_close(reference.corr2d_multi_in(X, K), expected)


def test_the_books_example(reference):
    """corr2d_multi_in gives the 56 of the book's figure in the upper left corner."""
    X = torch.stack([torch.arange(9.0).reshape(3, 3), torch.arange(1.0, 10).reshape(3, 3)])
    K = torch.stack([torch.arange(4.0).reshape(2, 2), torch.arange(1.0, 5).reshape(2, 2)])
    assert reference.corr2d_multi_in(X, K)[0, 0] == 56


def test_corr2d_multi_in_out(reference):
    """corr2d_multi_in_out agrees with torch's convolution."""
    for c_o, c_i in ((1, 3), (3, 1), (2, 4), (4, 2)):
        X, K = torch.randn(c_i, 5, 7), torch.randn(c_o, c_i, 2, 3)
        torch.testing.assert_close(reference.corr2d_multi_in_out(X, K), F.conv2d(X[None], K)[0])


def test_corr2d_multi_in_out_1x1(reference):
    """corr2d_multi_in_out_1x1 agrees with torch's convolution and with corr2d_multi_in_out."""
    for c_o, c_i in ((1, 3), (3, 1), (2, 4), (4, 2)):
        X, K = torch.randn(c_i, 5, 3).transpose(1, 2), torch.randn(c_o, c_i, 1, 1)
        result = reference.corr2d_multi_in_out_1x1(X, K)
        torch.testing.assert_close(result, F.conv2d(X[None], K)[0])
        torch.testing.assert_close(result, reference.corr2d_multi_in_out(X, K))


def test_gradients(reference):
    """The gradients agree with finite differences."""
    X, K = torch.randn(2, 4, 3).double().requires_grad_(), torch.randn(3, 2, 2, 3).double().requires_grad_()
    assert torch.autograd.gradcheck(lambda X, K: reference.corr2d_multi_in(X, K[0]), (X, K))
    assert torch.autograd.gradcheck(reference.corr2d_multi_in_out, (X, K))
    assert torch.autograd.gradcheck(reference.corr2d_multi_in_out_1x1, (X, K[:, :, :1, :1]))


def test_conv_cost(reference):
    """conv_cost agrees with the parameters of nn.Conv2d and with torch's counter, which counts two per operation."""
    for c_i, c_o, kernel, bias in ((3, 5, (2, 4), True), (1, 2, (1, 1), False), (4, 1, (3, 2), True)):
        layer = nn.Conv2d(c_i, c_o, kernel, bias=bias)
        with FlopCounterMode(display=False) as counter:
            size = tuple(layer(torch.randn(1, c_i, 7, 9)).shape[2:])
        parameters, operations = reference.conv_cost(c_i, c_o, kernel, size, bias)
        assert parameters == sum(p.numel() for p in layer.parameters())
        assert 2 * operations == counter.get_total_flops()
