"""ch19 The convolutional layer: cross-correlation, convolution, and a kernel that is learnt.

D2L sections 6.1 and 6.2 (chapter_convolutional-neural-networks/why-conv and conv-layer).
"""

import torch
from torch import Tensor, nn


def corr2d(X: Tensor, K: Tensor) -> Tensor:
    """Return the cross-correlation of an image with a kernel (D2L 6.2.1).

    The kernel moves over the image by one row or one column at a time, and never leaves it. At each place the kernel is
    multiplied with the window below it, element by element. The sum of these products is one number of the result.

        Y[i, j] = sum over a and b of X[i + a, j + b] * K[a, b]

    Gradients flow to X and K. The function leaves both unchanged. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (h, w), float32, with any strides. Bonus (no points): X and K are float64, and so is the result.
        K: (k_h, k_w), of X's dtype, with any strides; at most as large as X.

    Returns:
        (h - k_h + 1, w - k_w + 1).

    >>> corr2d(torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]), torch.tensor([[0.0, 1], [2, 3]]))
    tensor([[19., 25.],
            [37., 43.]])
    """
    # BEGIN SOLUTION
    k_h, k_w = K.shape
    # WRONG height-for-width: k_h = k_w = K.shape[0]
    # WRONG kernel-sizes-swapped: k_w, k_h = K.shape
    Y = X.new_zeros((X.shape[0] - k_h + 1, X.shape[1] - k_w + 1))
    # WRONG always-float32: Y = torch.zeros((X.shape[0] - k_h + 1, X.shape[1] - k_w + 1))
    # WRONG last-place-missing: Y = X.new_zeros((X.shape[0] - k_h, X.shape[1] - k_w))
    # WRONG as-large-as-the-image: Y = X.new_zeros(X.shape)
    # WRONG kernel-height-in-the-width: Y = X.new_zeros((X.shape[0] - k_h + 1, X.shape[1] - k_h + 1))
    # WRONG kernel-width-in-the-height: Y = X.new_zeros((X.shape[0] - k_w + 1, X.shape[1] - k_w + 1))
    # WRONG kernel-sizes-swapped-in-the-shape: Y = X.new_zeros((X.shape[0] - k_w + 1, X.shape[1] - k_h + 1))
    # WRONG result-sizes-swapped: Y = X.new_zeros((X.shape[1] - k_w + 1, X.shape[0] - k_h + 1))
    # WRONG windows-side-by-side: Y = X.new_zeros((X.shape[0] // k_h, X.shape[1] // k_w))
    # WRONG same-size-by-padding:
    #     Y = X.new_zeros(X.shape)
    #     X = nn.functional.pad(X, ((k_w - 1) // 2, k_w // 2, (k_h - 1) // 2, k_h // 2))
    # WRONG full-size-by-padding:
    #     Y = X.new_zeros((X.shape[0] + k_h - 1, X.shape[1] + k_w - 1))
    #     X = nn.functional.pad(X, (k_w - 1, k_w - 1, k_h - 1, k_h - 1))
    for i in range(Y.shape[0]):
        # WRONG ends-one-early: for i in range(Y.shape[0] - 1):
        for j in range(Y.shape[1]):
            # WRONG ends-one-early: for j in range(Y.shape[1] - 1):
            window = X[i : i + k_h, j : j + k_w]
            # WRONG window-too-large: window = X[i : i + k_h + 1, j : j + k_w + 1]
            # WRONG places-swapped: window = X[j : j + k_h, i : i + k_w]
            # WRONG slice-ends-at-the-size: window = X[i:k_h, j:k_w]
            # WRONG windows-side-by-side: window = X[i * k_h : (i + 1) * k_h, j * k_w : (j + 1) * k_w]
            # WRONG as-large-as-the-image:
            #     window = X[i : i + k_h, j : j + k_w]
            #     if window.shape != K.shape:
            #         continue
            # WRONG first-window-everywhere: window = X[:k_h, :k_w]
            # WRONG strides-of-whole-rows:
            #     start = X.storage_offset() + i * X.shape[1] + j
            #     window = X.as_strided((k_h, k_w), (X.shape[1], 1), start)
            # WRONG image-mirrored: window = X.flip(0, 1)[i : i + k_h, j : j + k_w]
            Y[i, j] = (window * K).sum()
            # WRONG kernel-flipped: Y[i, j] = (window * K.flip(0, 1)).sum()
            # WRONG kernel-flipped-along-rows: Y[i, j] = (window * K.flip(1)).sum()
            # WRONG kernel-flipped-along-columns: Y[i, j] = (window * K.flip(0)).sum()
            # WRONG mean-of-the-products: Y[i, j] = (window * K).mean()
            # WRONG maximum-of-the-products: Y[i, j] = (window * K).max()
            # WRONG divided-by-the-kernel: Y[i, j] = (window * K).sum() / K.sum()
            # WRONG kernel-added: Y[i, j] = (window + K).sum()
            # WRONG kernel-subtracted: Y[i, j] = (window - K).sum()
            # WRONG kernel-ignored: Y[i, j] = window.sum()
            # WRONG matrix-product: Y[i, j] = (window @ K).sum()
            # WRONG product-with-the-transpose: Y[i, j] = (window @ K.T).sum()
            # WRONG products-not-summed: Y[i, j] = window * K
            # WRONG absolute-values: Y[i, j] = (window * K).sum().abs()
            # WRONG no-negative-numbers: Y[i, j] = (window * K).sum().clamp(min=0)
            # WRONG image-without-gradient: Y[i, j] = (window.detach() * K).sum()
            # WRONG kernel-without-gradient: Y[i, j] = (window * K.detach()).sum()
            # WRONG numbers-without-gradient: Y[i, j] = (window * K).sum().item()
            # WRONG kernel-transposed: Y[i, j] = (window * K.T).sum()
    return Y
    # WRONG extra-axes: return Y[None, None]
    # WRONG sums-pile-up: return Y.flatten().cumsum(dim=0).reshape(Y.shape)
    # WRONG result-transposed: return Y.T
    # END SOLUTION


class Conv2D(nn.Module):
    """A convolutional layer for one image with one channel (D2L 6.2.3). The forward pass can call your `corr2d`.

    Attributes:
        weight: a parameter, the kernel, of shape kernel_size. It is drawn uniformly between 0 and 1.
        bias: a parameter of shape (1,). It starts at 0.
    """

    def __init__(self, kernel_size: tuple[int, int]) -> None:
        """Create the parameters; kernel_size is the kernel's height and width, (k_h, k_w)."""
        super().__init__()
        # BEGIN SOLUTION
        self.weight = nn.Parameter(torch.rand(kernel_size))
        # WRONG normal-weights: self.weight = nn.Parameter(torch.randn(kernel_size))
        # WRONG small-normal-weights: self.weight = nn.Parameter(0.01 * torch.randn(kernel_size))
        # WRONG weights-around-zero: self.weight = nn.Parameter(2 * torch.rand(kernel_size) - 1)
        # WRONG weights-from-minus-half: self.weight = nn.Parameter(torch.rand(kernel_size) - 0.5)
        # WRONG weights-of-one: self.weight = nn.Parameter(torch.ones(kernel_size))
        # WRONG xavier-weights: self.weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(kernel_size)))
        # WRONG weights-of-zero: self.weight = nn.Parameter(torch.zeros(kernel_size))
        # WRONG same-weights-each-time:
        #     self.weight = nn.Parameter(torch.rand(kernel_size, generator=torch.Generator().manual_seed(0)))
        # WRONG weight-is-no-parameter: self.weight = torch.rand(kernel_size)
        # WRONG weight-is-fixed: self.weight = nn.Parameter(torch.rand(kernel_size), requires_grad=False)
        # WRONG square-weight: self.weight = nn.Parameter(torch.rand(kernel_size[0], kernel_size[0]))
        # WRONG width-first: self.weight = nn.Parameter(torch.rand(kernel_size[1], kernel_size[0]))
        # WRONG weight-with-four-axes: self.weight = nn.Parameter(torch.rand(1, 1, *kernel_size))
        self.bias = nn.Parameter(torch.zeros(1))
        # WRONG bias-from-one: self.bias = nn.Parameter(torch.ones(1))
        # WRONG bias-from-a-random-number: self.bias = nn.Parameter(torch.rand(1))
        # WRONG bias-per-weight: self.bias = nn.Parameter(torch.zeros(kernel_size))
        # WRONG bias-per-row: self.bias = nn.Parameter(torch.zeros(kernel_size[0]))
        # WRONG bias-per-column: self.bias = nn.Parameter(torch.zeros(kernel_size[1]))
        # WRONG bias-without-axis: self.bias = nn.Parameter(torch.zeros(()))
        # WRONG bias-is-no-parameter: self.bias = torch.zeros(1)
        # WRONG no-bias:
        # WRONG bias-is-fixed: self.bias = nn.Parameter(torch.zeros(1), requires_grad=False)
        # END SOLUTION

    def forward(self, x: Tensor) -> Tensor:
        """Return the cross-correlation of x, (h, w), with weight; each number plus bias: (h - k_h + 1, w - k_w + 1).

        Gradients flow to x, weight and bias.
        """
        # BEGIN SOLUTION
        return corr2d(x, self.weight) + self.bias
        # WRONG no-bias: return corr2d(x, self.weight)
        # WRONG bias-not-added: return corr2d(x, self.weight)
        # WRONG bias-subtracted: return corr2d(x, self.weight) - self.bias
        # WRONG bias-multiplied: return corr2d(x, self.weight) * self.bias
        # WRONG bias-before-the-sum: return corr2d(x + self.bias, self.weight)
        # WRONG bias-in-the-kernel: return corr2d(x, self.weight + self.bias)
        # WRONG layer-flips-its-kernel: return corr2d(x, self.weight.flip(0, 1)) + self.bias
        # WRONG layer-transposes-its-kernel: return corr2d(x, self.weight.T) + self.bias
        # WRONG arguments-swapped: return corr2d(self.weight, x) + self.bias
        # WRONG activation-added: return torch.relu(corr2d(x, self.weight) + self.bias)
        # WRONG sigmoid-added: return torch.sigmoid(corr2d(x, self.weight) + self.bias)
        # WRONG new-weights-in-forward: return corr2d(x, torch.rand(self.weight.shape)) + self.bias
        # WRONG weight-cut-off: return corr2d(x, self.weight.data) + self.bias
        # WRONG bias-cut-off: return corr2d(x, self.weight) + self.bias.data
        # WRONG layer-adds-axes: return (corr2d(x, self.weight) + self.bias)[None, None]
        # END SOLUTION


def conv2d_flipped(X: Tensor, K: Tensor) -> Tensor:
    """Return the convolution of an image with a kernel, as mathematics defines it (D2L 6.2.6).

    Convolution is cross-correlation with a kernel that is flipped upside down and left to right. Only places where
    the whole kernel lies within the image count.

        Y[i, j] = sum over a and b of X[i + a, j + b] * K[k_h - 1 - a, k_w - 1 - b]

    Gradients flow to X and K. The function leaves both unchanged. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (h, w), float32, with any strides. Bonus (no points): X and K are float64, and so is the result.
        K: (k_h, k_w), of X's dtype, with any strides; at most as large as X.

    Returns:
        (h - k_h + 1, w - k_w + 1).

    >>> conv2d_flipped(torch.tensor([[0.0, 1, 2], [3, 4, 5], [6, 7, 8]]), torch.tensor([[0.0, 1], [2, 3]]))
    tensor([[ 5., 11.],
            [23., 29.]])
    """
    # BEGIN SOLUTION
    return corr2d(X, K.flip(0, 1))
    # WRONG not-flipped: return corr2d(X, K)
    # WRONG transposed: return corr2d(X, K.T)
    # WRONG flipped-along-the-diagonal: return corr2d(X, K.T.flip(0, 1))
    # WRONG quarter-turn: return corr2d(X, torch.rot90(K))
    # WRONG upside-down-alone: return corr2d(X, K.flip(0))
    # WRONG left-to-right-alone: return corr2d(X, K.flip(1))
    # WRONG image-flipped: return corr2d(X.flip(0, 1), K)
    # WRONG image-and-kernel-flipped: return corr2d(X.flip(0, 1), K.flip(0, 1))
    # WRONG image-and-kernel-exchanged: return corr2d(K.flip(0, 1), X)
    # WRONG full-convolution:
    #     k_h, k_w = K.shape
    #     return corr2d(nn.functional.pad(X, (k_w - 1, k_w - 1, k_h - 1, k_h - 1)), K.flip(0, 1))
    # WRONG convolution-of-the-same-size:
    #     k_h, k_w = K.shape
    #     return corr2d(nn.functional.pad(X, (k_w // 2, (k_w - 1) // 2, k_h // 2, (k_h - 1) // 2)), K.flip(0, 1))
    # WRONG flipped-kernel-without-gradient: return corr2d(X, torch.tensor(K.detach().numpy()[::-1, ::-1].copy()))
    # WRONG flipped-in-place:
    #     K.data.copy_(K.data.flip(0, 1))
    #     return corr2d(X, K)
    # WRONG negative-step: return corr2d(X, K[::-1, ::-1])
    # WRONG formula-without-shift:
    #     shape = X.shape[0] - K.shape[0] + 1, X.shape[1] - K.shape[1] + 1
    #     rows, columns = torch.arange(shape[0]), torch.arange(shape[1])
    #     parts = [
    #         K[a, b] * X[rows - a][:, columns - b]
    #         for a in range(K.shape[0])
    #         for b in range(K.shape[1])
    #     ]
    #     return sum(parts, torch.zeros(shape))
    # END SOLUTION


def learn_kernel(X: Tensor, Y: Tensor, kernel_size: tuple[int, int], lr: float = 3e-2, steps: int = 10) -> Tensor:
    """Learn the kernel that turns X into Y, by gradient descent (D2L 6.2.4).

    K starts with zeros. Each step computes the loss of the whole image and moves K once:

        loss = sum over i and j of (corr2d(X, K)[i, j] - Y[i, j]) ** 2
        K = K - lr * (gradient of the loss for K)

    There is no bias. A second call with the same arguments gives the same kernel. X and Y stay unchanged. Ready-made
    convolutions and optimisers are allowed here.

    Args:
        X: the image, (h, w), float32.
        Y: the result that K should give, (h - k_h + 1, w - k_w + 1), float32.
        kernel_size: height and width of the kernel, (k_h, k_w).
        lr: the learning rate.
        steps: the number of steps; after 0 steps K is zero.

    Returns:
        K after the last step, (k_h, k_w). It may still require a gradient.
    """
    # BEGIN SOLUTION
    K = X.new_zeros(kernel_size).requires_grad_()
    # WRONG starts-with-ones: K = X.new_ones(kernel_size).requires_grad_()
    # WRONG normal-start: K = torch.randn(kernel_size).requires_grad_()
    # WRONG uniform-start: K = torch.rand(kernel_size).requires_grad_()
    # WRONG start-of-nn-conv2d: K = nn.Conv2d(1, 1, kernel_size, bias=False).weight.detach()[0, 0].requires_grad_()
    # WRONG learnt-kernel-square: K = X.new_zeros((kernel_size[0], kernel_size[0])).requires_grad_()
    # WRONG learnt-kernel-width-first: K = X.new_zeros((kernel_size[1], kernel_size[0])).requires_grad_()
    # WRONG bias-learnt-too:
    #     K, bias = X.new_zeros(kernel_size).requires_grad_(), X.new_zeros(1).requires_grad_()
    # WRONG kernel-cannot-learn: K = X.new_zeros(kernel_size)
    for _ in range(steps):
        # WRONG one-step-missing: for _ in range(steps - 1):
        # WRONG one-step-more: for _ in range(steps + 1):
        # WRONG steps-ignored: for _ in range(10):
        # WRONG a-single-step: for _ in range(min(steps, 1)):
        loss = ((corr2d(X, K) - Y) ** 2).sum()
        # WRONG mean-loss: loss = ((corr2d(X, K) - Y) ** 2).mean()
        # WRONG half-loss: loss = ((corr2d(X, K) - Y) ** 2).sum() / 2
        # WRONG gradient-of-the-start: loss = ((corr2d(X, K - K.detach()) - Y) ** 2).sum()
        # WRONG absolute-loss: loss = (corr2d(X, K) - Y).abs().sum()
        # WRONG loss-not-squared: loss = (corr2d(X, K) - Y).sum()
        # WRONG square-of-the-sum: loss = (corr2d(X, K) - Y).sum() ** 2
        # WRONG root-of-the-loss: loss = ((corr2d(X, K) - Y) ** 2).sum().add(1e-12).sqrt()
        # WRONG bias-learnt-too: loss = ((corr2d(X, K) + bias - Y) ** 2).sum()
        # WRONG target-added: loss = ((corr2d(X, K) + Y) ** 2).sum()
        # WRONG mean-over-rows: loss = ((corr2d(X, K) - Y) ** 2).sum(dim=1).mean()
        # WRONG shapes-differ: loss = ((nn.functional.pad(corr2d(X, K), (0, 1, 0, 1)) - Y) ** 2).sum()
        # WRONG loss-without-a-sum: loss = (corr2d(X, K) - Y) ** 2
        loss.backward()
        with torch.no_grad():
            K -= lr * K.grad
            # WRONG lr-ignored: K -= 3e-2 * K.grad
            # WRONG lr-missing: K -= K.grad
            # WRONG step-upwards: K += lr * K.grad
            # WRONG sign-of-the-gradient: K -= lr * K.grad.sign()
            # WRONG gradient-normalised: K -= lr * K.grad / (K.grad.norm() + 1e-12)
            # WRONG step-from-zero: K.copy_(-lr * K.grad)
            # WRONG kernel-stays-zero: K - lr * K.grad
            # WRONG new-kernel-without-gradient: K = K - lr * K.grad
            # WRONG bias-learnt-too:
            #     K -= lr * K.grad
            #     bias -= lr * bias.grad
            #     bias.grad.zero_()
        # WRONG step-within-the-graph, 2 lines: K -= lr * K.grad
        # backward() adds to what K.grad holds.
        K.grad.zero_()
        # WRONG gradients-pile-up:
    return K.detach()
    # WRONG picture-returned: return corr2d(X, K).detach()
    # WRONG learnt-kernel-flipped: return K.detach().flip(0, 1)
    # END SOLUTION
