"""One shifted copy of the image for each entry of the kernel's window; products instead of loops over pixels."""

import torch


def corr2d_multi_in(X, K):
    (_, H, W), (_, h, w) = X.shape, K.shape
    rows, columns = H - h + 1, W - w + 1
    Y = 0
    for a in range(h):
        for b in range(w):
            Y = Y + (K[:, a, b, None, None] * X[:, a : a + rows, b : b + columns]).sum(dim=0)
    return Y


def corr2d_multi_in_out(X, K):
    Y = X.new_empty(len(K), X.shape[1] - K.shape[2] + 1, X.shape[2] - K.shape[3] + 1)
    for o, kernel in enumerate(K):
        Y[o] = corr2d_multi_in(X, kernel)
    return Y


def corr2d_multi_in_out_1x1(X, K):
    # Channels last: a fully connected layer for each pixel.
    return torch.matmul(X.permute(1, 2, 0), K[:, :, 0, 0].T).permute(2, 0, 1)


def conv_cost(c_i, c_o, kernel_size, out_size, bias=True):
    k_h, k_w = kernel_size
    h, w = out_size
    per_output = c_i * k_h * k_w
    return (per_output + bool(bias)) * c_o, h * w * c_o * per_output
