"""Every number of a result is gathered from the numbers that reach it; matrices come from unit images."""

import torch
from torch.nn import functional as F


def gathered(X, K, stride):
    """Each number of the result, from all the numbers of X whose copies cover it."""
    (h, w), (k_h, k_w) = X.shape, K.shape
    rows = []
    for r in range((h - 1) * stride + k_h):
        row = []
        for c in range((w - 1) * stride + k_w):
            terms = [
                X[i, j] * K[r - i * stride, c - j * stride]
                for i in range(h)
                for j in range(w)
                if 0 <= r - i * stride < k_h and 0 <= c - j * stride < k_w
            ]
            row.append(sum(terms, X.new_zeros(())))
        rows.append(torch.stack(row))
    return torch.stack(rows)


def trans_conv(X, K):
    return gathered(X, K, 1)


def trans_conv_stride_pad(X, K, stride=1, padding=0):
    Y = gathered(X, K, stride)
    if 2 * padding >= min(Y.shape):
        raise ValueError("nothing left")
    return Y[padding : len(Y) - padding, padding : Y.shape[1] - padding]


def conv_matrix(K, input_shape):
    h, w = input_shape
    if K.shape[0] > h or K.shape[1] > w:
        raise ValueError("the kernel is larger than the input")
    # A linear map is known from its values for the unit vectors: they are its columns.
    units = torch.eye(h * w, dtype=K.dtype).view(-1, 1, h, w)
    return F.conv2d(units, K[None, None]).flatten(start_dim=1).T


def kernel2matrix(K):
    return conv_matrix(K, (3, 3))


def as_regular_conv(X, K):
    (h, w), (k_h, k_w) = X.shape, K.shape
    padded = X.new_zeros(h + 2 * k_h - 2, w + 2 * k_w - 2)
    padded[k_h - 1 : k_h - 1 + h, k_w - 1 : k_w - 1 + w] = X
    return padded, torch.rot90(K, 2)
