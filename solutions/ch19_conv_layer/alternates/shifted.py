"""One shifted copy of the image for each number of the kernel; the gradient by hand."""

import torch
from torch import nn


def corr2d(X, K):
    rows, columns = (n - k + 1 for n, k in zip(X.shape, K.shape, strict=True))
    Y = 0
    for a, row in enumerate(K):
        for b, weight in enumerate(row):
            Y = Y + weight * X[a : a + rows, b : b + columns]
    return Y


class Conv2D(nn.Module):
    def __init__(self, kernel_size):
        super().__init__()
        self.bias = nn.Parameter(torch.tensor([0.0]))
        self.weight = nn.Parameter(torch.empty(*kernel_size))
        nn.init.uniform_(self.weight)

    def forward(self, x):
        return self.bias + corr2d(x, self.weight)


def conv2d_flipped(X, K):
    k_h, k_w = K.shape
    rows, columns = X.shape[0] - k_h + 1, X.shape[1] - k_w + 1
    copies = [K[a, b] * X[k_h - 1 - a :, k_w - 1 - b :][:rows, :columns] for a in range(k_h) for b in range(k_w)]
    return torch.stack(copies).sum(dim=0)


def learn_kernel(X, Y, kernel_size, lr=3e-2, steps=10):
    K = torch.zeros(*kernel_size)
    for _ in range(steps):
        # The derivative of the loss for K[a, b] is a cross-correlation, too: of X with the doubled error.
        K = K - lr * corr2d(X, 2 * (corr2d(X, K) - Y))
    return K
