"""Windows as axes of a view; shapes by counting the places."""

import torch
from torch import nn


def comp_conv2d(conv2d, X):
    Y = conv2d(X.unsqueeze(0).unsqueeze(1))
    return Y.squeeze(0).squeeze(0)


def conv_output_shape(input_shape, kernel_size, padding=0, stride=1, dilation=1):
    shape = []
    for axis, n in enumerate(input_shape):
        k, p, s, d = (v[axis] if isinstance(v, tuple) else v for v in (kernel_size, padding, stride, dilation))
        # The places at which the last row of the kernel is within the padded input.
        places = range((k - 1) * d, n + 2 * p, s)
        if len(places) == 0:
            raise ValueError(f"the kernel does not fit into {n}")
        shape.append(len(places))
    return tuple(shape)


def corr2d_pad_stride(X, K, padding, stride):
    X = nn.ZeroPad2d((padding[1], padding[1], padding[0], padding[0]))(X[None, None])[0, 0]
    windows = X.unfold(0, K.shape[0], stride[0]).unfold(1, K.shape[1], stride[1])
    return torch.tensordot(windows, K, dims=2)


def same_padding(kernel_size):
    return kernel_size // 2, (kernel_size - 1) // 2
