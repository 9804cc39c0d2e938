"""Windows as columns of a matrix: every convolution is a matrix product."""

import math

import torch


def corr2d_multi_in_out(X, K):
    c_o, _, h, w = K.shape
    windows = X.unfold(1, h, 1).unfold(2, w, 1)  # (c_i, rows, columns, h, w)
    rows, columns = windows.shape[1:3]
    patches = windows.permute(0, 3, 4, 1, 2).reshape(-1, rows * columns)
    return (K.reshape(c_o, -1) @ patches).reshape(c_o, rows, columns)


def corr2d_multi_in(X, K):
    return corr2d_multi_in_out(X, K.unsqueeze(0)).squeeze(0)


def corr2d_multi_in_out_1x1(X, K):
    return torch.einsum("oc,chw->ohw", K.flatten(start_dim=1), X)


def conv_cost(c_i, c_o, kernel_size, out_size, bias=True):
    weights = math.prod((c_i, c_o, *kernel_size))
    return weights + c_o * int(bias), weights * math.prod(out_size)
