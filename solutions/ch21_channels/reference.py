"""ch21 Multiple input and output channels.

D2L section 6.4 (chapter_convolutional-neural-networks/channels).
"""

import torch
from torch import Tensor

# BEGIN SOLUTION


def _cross_correlation(X: Tensor, K: Tensor) -> Tensor:
    """Return the cross-correlation of two matrices, without padding."""
    h, w = K.shape
    # WRONG kernel-sizes-swapped: w, h = K.shape
    Y = X.new_zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    # WRONG last-places-missing: Y = X.new_zeros((X.shape[0] - h, X.shape[1] - w))
    # WRONG as-large-as-the-image: Y = X.new_zeros(X.shape)
    # WRONG windows-side-by-side: Y = X.new_zeros((X.shape[0] // h, X.shape[1] // w))
    # WRONG float32-in-any-case: Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        # WRONG as-large-as-the-image: for i in range(X.shape[0] - h + 1):
        for j in range(Y.shape[1]):
            # WRONG as-large-as-the-image: for j in range(X.shape[1] - w + 1):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
            # WRONG windows-side-by-side: Y[i, j] = (X[i * h : (i + 1) * h, j * w : (j + 1) * w] * K).sum()
            # WRONG flipped-kernel: Y[i, j] = (X[i : i + h, j : j + w] * K.flip((0, 1))).sum()
            # WRONG mean-of-the-window: Y[i, j] = (X[i : i + h, j : j + w] * K).mean()
            # WRONG kernel-ignored: Y[i, j] = X[i : i + h, j : j + w].sum()
            # WRONG kernel-added: Y[i, j] = (X[i : i + h, j : j + w] + K).sum()
            # WRONG graph-cut-off: Y[i, j] = (X[i : i + h, j : j + w] * K).sum().item()
            # WRONG slice-ends-at-the-size: Y[i, j] = (X[i:h, j:w] * K).sum()
            # WRONG windows-multiplied-in-place: Y[i, j] = X[i : i + h, j : j + w].mul_(K).sum()
            # WRONG windows-overwritten: Y[i, j] = X[i : i + h, j : j + w].mul_(K).sum()
            # WRONG largest-product: Y[i, j] = (X[i : i + h, j : j + w] * K).max()
    return Y
    # WRONG transposed-result: return Y.T


# END SOLUTION


def corr2d_multi_in(X: Tensor, K: Tensor) -> Tensor:
    """Cross-correlate an image of several channels with a kernel of as many channels (D2L 6.4).

    Each channel of the image is cross-correlated with the matrix of K for this channel. The results are added up.

        Y[i, j] = the sum over c, a, b of X[c, i + a, j + b] * K[c, a, b]

    There is no padding, the window moves by one row or one column, and the kernel is not flipped. Gradients flow to X
    and K. The function leaves its arguments unchanged. A helper for a single channel may come from `d2l` (corr2d), or
    you can write it yourself. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (c_i, H, W), float32, with any strides. Bonus (no points): float64 arguments give a float64 result.
        K: (c_i, h, w), of X's dtype, with any strides; h is at most H, and w at most W.

    Returns:
        (H - h + 1, W - w + 1): a matrix, for any number of channels.

    >>> X = torch.arange(18.0).reshape(2, 3, 3)
    >>> corr2d_multi_in(X, torch.tensor([[[1.0, 0], [0, 0]], [[0, 0], [0, 2]]]))
    tensor([[26., 29.],
            [35., 38.]])
    """
    # BEGIN SOLUTION
    # Every channel of the image meets its own matrix of the kernel.
    channels = [_cross_correlation(x, k) for x, k in zip(X, K, strict=True)]
    # WRONG windows-overwritten: channels = [_cross_correlation(X[c], K[c]) for c in range(len(X))]
    # WRONG first-matrix-for-all: channels = [_cross_correlation(x, K[0]) for x in X]
    # WRONG first-channel-alone: channels = [_cross_correlation(X[0], K[0])]
    # WRONG last-channel-alone: channels = [_cross_correlation(X[-1], K[-1])]
    # WRONG every-pair-added: channels = [_cross_correlation(X.sum(dim=0), K.sum(dim=0))]
    # WRONG three-channels-at-most: channels = [_cross_correlation(x, k) for x, k in zip(X[:3], K[:3], strict=True)]
    # WRONG matrices-in-reverse: channels = [_cross_correlation(x, k) for x, k in zip(X, K.flip(0), strict=True)]
    # WRONG first-channel-for-all: channels = [_cross_correlation(X[0], k) for k in K]
    # WRONG transposed-kernel: channels = [_cross_correlation(x, k.T) for x, k in zip(X, K, strict=True)]
    # WRONG padding-added:
    #     (h, w), (_, H, W) = (size // 2 for size in K.shape[1:]), X.shape
    #     frame = X.new_zeros(len(X), H + 2 * h, W + 2 * w)
    #     frame[:, h : h + H, w : w + W] = X
    #     channels = [_cross_correlation(x, k) for x, k in zip(frame, K, strict=True)]
    # WRONG rows-flipped: channels = [_cross_correlation(x, k.flip(0)) for x, k in zip(X, K, strict=True)]
    # WRONG columns-flipped: channels = [_cross_correlation(x, k.flip(1)) for x, k in zip(X, K, strict=True)]
    return torch.stack(channels).sum(dim=0)
    # WRONG mean-over-channels: return torch.stack(channels).mean(dim=0)
    # WRONG channels-not-added: return torch.stack(channels)
    # WRONG largest-channel: return torch.stack(channels).amax(dim=0)
    # WRONG channel-axis-kept: return torch.stack(channels).sum(dim=0, keepdim=True)
    # WRONG sum-of-channels-squeezed: return torch.stack(channels).sum(dim=0).squeeze()
    # WRONG channels-multiplied: return torch.stack(channels).prod(dim=0)
    # WRONG rows-added: return torch.stack(channels).sum(dim=1)
    # WRONG columns-added: return torch.stack(channels).sum(dim=-1)
    # WRONG activation-of-the-sum: return torch.stack(channels).sum(dim=0).relu()
    # WRONG magnitudes-added: return torch.stack(channels).abs().sum(dim=0)
    # WRONG all-added-up: return torch.stack(channels).sum()
    # WRONG channels-side-by-side: return torch.cat(channels)
    # END SOLUTION


def corr2d_multi_in_out(X: Tensor, K: Tensor) -> Tensor:
    """Cross-correlate an image of several channels with several kernels (D2L 6.4).

    Each kernel K[o] reads all input channels and gives one output channel.

        Y[o] = corr2d_multi_in(X, K[o])

    The output channels are in the order of the kernels. Gradients flow to X and K. The function leaves its arguments
    unchanged. Tensor.unfold, F.unfold and torch.fft are allowed.

    Args:
        X: (c_i, H, W), float32, with any strides. Bonus (no points): float64 arguments give a float64 result.
        K: (c_o, c_i, h, w), of X's dtype, with any strides; h is at most H, and w at most W. c_o may differ from c_i.

    Returns:
        (c_o, H - h + 1, W - w + 1): three axes, also if c_o is 1.
    """
    # BEGIN SOLUTION
    # The loop runs over output channels: the first axis of K.
    outputs = [corr2d_multi_in(X, kernel) for kernel in K]
    # WRONG channels-not-added: outputs = [corr2d_multi_in(X, kernel).sum(dim=0) for kernel in K]
    # WRONG channel-axes-swapped:
    #     outputs = [corr2d_multi_in(X[: len(k)], k[: len(X)]) for k in K.transpose(0, 1)]
    # WRONG first-kernel-alone: outputs = [corr2d_multi_in(X, K[0])]
    # WRONG first-kernel-for-all: outputs = [corr2d_multi_in(X, K[0]) for _ in K]
    # WRONG own-channel-alone:
    #     outputs = [_cross_correlation(X[o], K[o, o]) for o in range(min(len(X), len(K)))]
    # WRONG input-channels-kept:
    #     outputs = [torch.stack([_cross_correlation(x, k) for x, k in zip(X, kernel, strict=True)]) for kernel in K]
    # WRONG kernels-in-reverse: outputs = [corr2d_multi_in(X, kernel) for kernel in K.flip(0)]
    # WRONG as-many-outputs-as-inputs: outputs = [corr2d_multi_in(X, K[o]) for o in range(len(X))]
    return torch.stack(outputs)
    # WRONG outputs-added-up: return torch.stack(outputs).sum(dim=0)
    # WRONG outputs-below-each-other: return torch.cat(outputs)
    # WRONG outputs-beside-each-other: return torch.cat(outputs, dim=1)
    # WRONG outputs-last: return torch.stack(outputs, dim=-1)
    # WRONG outputs-last-and-reshaped: return torch.stack(outputs, dim=-1).reshape(len(outputs), *outputs[0].shape)
    # WRONG outputs-beside-each-other-and-reshaped:
    #     return torch.cat(outputs, dim=1).reshape(len(outputs), *outputs[0].shape)
    # WRONG single-output-squeezed: return torch.stack(outputs).squeeze(dim=0)
    # WRONG single-sizes-squeezed: return torch.stack(outputs).squeeze()
    # WRONG running-total: return torch.stack(outputs).cumsum(dim=0)
    # WRONG last-kernel-as-matrix: return outputs[-1]
    # WRONG first-kernel-as-matrix: return outputs[0]
    # WRONG batch-axis-added: return torch.stack(outputs).unsqueeze(dim=0)
    # WRONG mean-over-kernels: return torch.stack(outputs).mean(dim=0)
    # WRONG outputs-in-the-middle: return torch.stack(outputs, dim=1)
    # END SOLUTION


def corr2d_multi_in_out_1x1(X: Tensor, K: Tensor) -> Tensor:
    """Compute a 1x1 convolution, for example by a matrix product (D2L 6.4).

    A 1x1 kernel has no neighbours to look at. It mixes the channels of each pixel, as a fully connected layer would
    that all pixels share.

        Y[o, i, j] = the sum over c of K[o, c, 0, 0] * X[c, i, j]

    Gradients flow to X and K. The function leaves its arguments unchanged.

    Args:
        X: (c_i, h, w), float32 or float64, with any strides.
        K: (c_o, c_i, 1, 1), of X's dtype, with any strides.

    Returns:
        (c_o, h, w), of X's dtype: three axes, also if c_o is 1.
    """
    # BEGIN SOLUTION
    c_i, h, w = X.shape
    # WRONG height-and-width-swapped: c_i, w, h = X.shape
    c_o = K.shape[0]
    # Every column holds the channels of one pixel.
    pixels = X.reshape(c_i, h * w)
    # WRONG pixels-by-view: pixels = X.view(c_i, h * w)
    # WRONG channels-reshaped-last: pixels = X.reshape(h * w, c_i).T
    # WRONG columns-first: pixels = X.transpose(1, 2).reshape(c_i, h * w)
    # WRONG mean-of-the-image: pixels = X.reshape(c_i, h * w).mean(dim=1, keepdim=True).expand(c_i, h * w)
    # WRONG neighbours-added:
    #     frame = X.new_zeros(c_i, h + 2, w + 2)
    #     frame[:, 1:-1, 1:-1] = X
    #     pixels = sum(frame[:, a : a + h, b : b + w] for a in range(3) for b in range(3)).reshape(c_i, h * w)
    # WRONG pixels-detached: pixels = X.detach().reshape(c_i, h * w)
    weights = K.reshape(c_o, c_i)
    # WRONG kernel-axes-confused: weights = K.reshape(c_i, c_o).T
    # WRONG weights-detached: weights = K.detach().reshape(c_o, c_i)
    # WRONG first-weights-for-all: weights = K[:1].reshape(1, c_i).expand(c_o, c_i)
    # WRONG weights-of-each-output-averaged: weights = K.reshape(c_o, c_i) / c_i
    # WRONG weights-of-first-channel: weights = K[:, :1].reshape(c_o, 1).expand(c_o, c_i)
    # WRONG weights-as-probabilities: weights = K.reshape(c_o, c_i).softmax(dim=1)
    return (weights @ pixels).reshape(c_o, h, w)
    # WRONG pixels-not-unfolded: return weights @ pixels
    # WRONG outputs-reshaped-first: return (pixels.T @ weights.T).reshape(c_o, h, w)
    # WRONG channels-last: return (pixels.T @ weights.T).reshape(h, w, c_o)
    # WRONG image-transposed: return (weights @ pixels).reshape(c_o, h, w).transpose(1, 2)
    # WRONG single-channel-squeezed: return (weights @ pixels).reshape(c_o, h, w).squeeze()
    # WRONG activation-added: return (weights @ pixels).reshape(c_o, h, w).relu()
    # WRONG reshaped-twice: return (X.reshape(h * w, c_i) @ weights.T).reshape(c_o, h, w)
    # WRONG factors-swapped: return (pixels @ weights).reshape(c_o, h, w)
    # WRONG first-input-alone: return (weights[:, :1] @ pixels[:1]).reshape(c_o, h, w)
    # WRONG sums-multiplied: return weights.sum(dim=1)[:, None, None] * X.sum(dim=0)
    # WRONG weighted-channels-not-added: return weights[:, :, None, None] * X
    # WRONG one-image-too-many: return (weights @ pixels).reshape(1, c_o, h, w)
    # END SOLUTION


def conv_cost(
    c_i: int, c_o: int, kernel_size: tuple[int, int], out_size: tuple[int, int], bias: bool = True
) -> tuple[int, int]:
    # WRONG no-bias-by-default: def conv_cost(c_i, c_o, kernel_size, out_size, bias=False):
    """Count the parameters of a convolutional layer, and its multiply-accumulate operations for one image.

    A multiply-accumulate operation multiplies two numbers and adds the product to a sum. Each number of the output
    takes one operation for each weight of its kernel, in all input channels. The bias adds to the parameters, but never
    to these operations. The layer is an ordinary nn.Conv2d (groups=1): each output channel reads all input channels.

    Args:
        c_i: the number of input channels.
        c_o: the number of output channels.
        kernel_size: height and width of the kernel.
        out_size: height and width of the output.
        bias: whether the layer has a bias, one number for each output channel.

    Returns:
        The number of parameters and the number of multiply-accumulate operations, two whole numbers.

    >>> conv_cost(1, 1, (2, 2), (3, 3))
    (5, 36)
    """
    # BEGIN SOLUTION
    weights = c_o * c_i * kernel_size[0] * kernel_size[1]
    # WRONG input-channels-ignored: weights = c_o * kernel_size[0] * kernel_size[1]
    # WRONG output-channels-ignored: weights = c_i * kernel_size[0] * kernel_size[1]
    # WRONG square-kernel: weights = c_o * c_i * kernel_size[0] ** 2
    # WRONG square-kernel-by-width: weights = c_o * c_i * kernel_size[1] ** 2
    # WRONG channels-added: weights = (c_i + c_o) * kernel_size[0] * kernel_size[1]
    # WRONG kernel-sides-added: weights = c_o * c_i * (kernel_size[0] + kernel_size[1])
    # WRONG kernel-size-ignored: weights = c_o * c_i
    parameters = weights + c_o if bias else weights
    # WRONG bias-always: parameters = weights + c_o
    # WRONG bias-never: parameters = weights
    # WRONG bias-per-input-channel: parameters = weights + c_i if bias else weights
    # WRONG bias-per-layer: parameters = weights + 1 if bias else weights
    # WRONG bias-per-matrix: parameters = weights + c_o * c_i if bias else weights
    # WRONG bias-per-pixel: parameters = weights + c_o * out_size[0] * out_size[1] if bias else weights
    # WRONG bias-reversed: parameters = weights if bias else weights + c_o
    # WRONG weights-not-shared: parameters = weights * out_size[0] * out_size[1] + (c_o if bias else 0)
    # WRONG no-parameters-of-input-channels: parameters = weights // c_i + (c_o if bias else 0)
    # WRONG bias-per-channel-of-both: parameters = weights + c_i + c_o if bias else weights
    # Every pixel of the output uses all weights once.
    operations = weights * out_size[0] * out_size[1]
    # WRONG bias-in-operations: operations = parameters * out_size[0] * out_size[1]
    # WRONG operations-doubled: operations = 2 * weights * out_size[0] * out_size[1]
    # WRONG operations-apart: operations = (2 * weights - c_o) * out_size[0] * out_size[1]
    # WRONG operations-on-the-input:
    #     operations = weights * (out_size[0] + kernel_size[0] - 1) * (out_size[1] + kernel_size[1] - 1)
    # WRONG operations-of-a-pixel: operations = weights
    # WRONG operations-of-an-output-channel: operations = weights // c_o * out_size[0] * out_size[1]
    # WRONG operations-of-an-input-channel: operations = weights // c_i * out_size[0] * out_size[1]
    # WRONG square-output: operations = weights * out_size[0] ** 2
    # WRONG square-output-by-width: operations = weights * out_size[1] ** 2
    # WRONG additions-alone: operations = (weights - c_o) * out_size[0] * out_size[1]
    # WRONG output-sides-added: operations = weights * (out_size[0] + out_size[1])
    # WRONG operations-without-the-kernel: operations = c_o * c_i * out_size[0] * out_size[1]
    # WRONG outputs-counted: operations = c_o * out_size[0] * out_size[1]
    # WRONG operations-with-parameters: operations = weights * out_size[0] * out_size[1] + (c_o if bias else 0)
    return parameters, operations
    # WRONG results-swapped: return operations, parameters
    # END SOLUTION
