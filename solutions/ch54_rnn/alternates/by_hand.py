"""Sums over indices; the recursion forwards, carrying derivatives along; numpy's norm; two safe branches."""

import numpy as np


def rnn_step(X, H, W_xh, W_hh, b_h):
    total = torch.einsum("nd,dh->nh", X, W_xh) + torch.einsum("ni,ij->nj", H, W_hh)
    return tanh(total + b_h)


def _forward_mode(x, w_h, w_x, w_o, y, k):
    """h and its derivatives with respect to w_h and w_x, carried from step to step."""
    h = dh_dwh = dh_dwx = 0.0
    sums = np.zeros(3)
    for t, (value, target) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        if t % k == 0:
            dh_dwh = dh_dwx = 0.0
        dh_dwh = h + w_h * dh_dwh
        dh_dwx = value + w_h * dh_dwx
        h = w_x * value + w_h * h
        error = w_o * h - target
        sums += error * w_o * dh_dwh, error * w_o * dh_dwx, error * h
    return tuple((sums / len(x)).tolist())


def bptt_linear(x, w_h, w_x, w_o, y):
    return _forward_mode(x, w_h, w_x, w_o, y, len(x))


def truncated_bptt_grad(x, w_h, w_x, w_o, y, k):
    return _forward_mode(x, w_h, w_x, w_o, y, k)


def jacobian_product_norm(W_hh, steps):
    matrix = W_hh.detach().numpy().astype("float64")
    return float(np.linalg.norm(np.linalg.matrix_power(matrix, steps), 2))


def tanh(x):
    positive = x >= 0
    small = torch.exp(-2 * torch.where(positive, x, 0 * x))
    large = torch.exp(2 * torch.where(positive, 0 * x, x))
    return torch.where(positive, (1 - small) / (1 + small), (large - 1) / (large + 1))
