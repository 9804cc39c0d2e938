"""ch14 Numerical stability and initialisation.

See D2L 3.7 and 4.8 (chapter_linear-networks/softmax-regression-concise.md,
chapter_multilayer-perceptrons/numerical-stability-and-init.md).
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def logsumexp(X: Tensor, dim: int, keepdim: bool = False) -> Tensor:
    """Return the logarithm of a sum of exponentials, without overflow or underflow on the way (D2L 3.7.2).

        logsumexp(x) = log(sum_j exp(x_j)) = c + log(sum_j exp(x_j - c))    for any finite number c

    In float32, exp(89) is infinite and exp(-104) is zero. The result must be right for logits far beyond these.
    Gradients flow to X, and are finite wherever the result is. The function leaves X unchanged.

    Args:
        X: logits of any shape with at least one dimension, float32 or float64. Elements may be -inf or inf. X need not
            be contiguous in memory.
        dim: the dimension to sum over. Negative numbers count from the last dimension.
        keepdim: whether the result keeps this dimension, with size 1.

    Returns:
        A tensor in the dtype of X, with the shape of X without dim, or with size 1 there if keepdim is true. Elements
        that are -inf add nothing: if all are -inf, the result is -inf. If an element is inf, the result is inf.
    """
    # BEGIN SOLUTION
    largest = X.detach().amax(dim=dim, keepdim=True)
    # WRONG global-maximum: largest = X.detach().amax() + 0 * X.detach().amax(dim=dim, keepdim=True).clamp(-1, 1)
    # WRONG smallest-subtracted: largest = X.detach().amin(dim=dim, keepdim=True)
    # WRONG sum-over-the-last-dimension:
    #     dim = -1
    #     largest = X.detach().amax(dim=dim, keepdim=True)
    shift = largest.nan_to_num()  # finite: inf - inf would be nan
    # WRONG no-shift: shift = torch.zeros_like(largest)
    # WRONG infinite-shift: shift = largest
    result = torch.log(torch.exp(X - shift).sum(dim=dim, keepdim=True)) + shift
    # WRONG shift-subtracted-again: result = torch.log(torch.exp(X - shift).sum(dim=dim, keepdim=True)) - shift
    # WRONG shift-not-undone: result = torch.log(torch.exp(X - shift).sum(dim=dim, keepdim=True))
    # WRONG log-mean-exp: result = torch.log(torch.exp(X - shift).mean(dim=dim, keepdim=True)) + shift
    # WRONG logarithm-forgotten: result = torch.exp(X).sum(dim=dim, keepdim=True)
    # WRONG logarithm-before-the-sum: result = torch.log(torch.exp(X - shift)).sum(dim=dim, keepdim=True) + shift
    # WRONG largest-logit-alone: result = X.amax(dim=dim, keepdim=True)
    return result if keepdim else result.squeeze(dim)
    # WRONG all-ones-squeezed: return result if keepdim else result.squeeze()
    # WRONG dimension-always-kept: return result
    # WRONG maximum-keeps-its-axis:
    #     return result if keepdim else torch.log(torch.exp(X - shift).sum(dim=dim)) + shift
    # WRONG dimension-never-kept: return result.squeeze(dim)
    # END SOLUTION


def log_softmax(X: Tensor, dim: int) -> Tensor:
    """Return the logarithm of softmax, computed without softmax (D2L 3.7.2).

        log_softmax(x)_j = log(exp(x_j) / sum_k exp(x_k)) = x_j - logsumexp(x)

    A number added to all x_j changes nothing, and must cost no digits. Near 10000, neighbouring float32 numbers are
    0.001 apart, so a difference of two results of that size has an error of this size. Gradients flow to X. The
    function leaves X unchanged.

    Args:
        X: logits of any shape with at least one dimension, float32 or float64. Elements may be -inf, but not all
            elements along dim. X need not be contiguous in memory.
        dim: the dimension over which the probabilities sum to one. Negative numbers count from the last dimension.

    Returns:
        A tensor with the shape and dtype of X: -inf where X is -inf, and finite elsewhere. Its gradient is finite.
    """
    # BEGIN SOLUTION
    shifted = X - X.detach().amax(dim=dim, keepdim=True)
    # WRONG maximum-of-all-rows: shifted = X - X.detach().amax()
    # WRONG always-last-dim:
    #     dim = -1
    #     shifted = X - X.detach().amax(dim=dim, keepdim=True)
    return shifted - logsumexp(shifted, dim, keepdim=True)
    # WRONG dimension-not-kept: return shifted - logsumexp(shifted, dim)
    # WRONG one-sum-for-all: return shifted - torch.log(torch.exp(shifted).sum())
    # WRONG probabilities-returned: return torch.exp(shifted - logsumexp(shifted, dim, keepdim=True))
    # WRONG sign-reversed: return logsumexp(shifted, dim, keepdim=True) - shifted
    # WRONG exponentials-of-the-logits: return X - torch.log(torch.exp(X).sum(dim=dim, keepdim=True))
    # WRONG log-of-softmax: return torch.log(torch.exp(shifted) / torch.exp(shifted).sum(dim=dim, keepdim=True))
    # WRONG digits-cancelled: return X - logsumexp(X, dim, keepdim=True)
    # WRONG only-shifted: return shifted
    # WRONG sum-without-logarithm: return shifted - torch.exp(shifted).sum(dim=dim, keepdim=True)
    # WRONG logarithm-of-the-mean: return shifted - torch.log(torch.exp(shifted).mean(dim=dim, keepdim=True))
    # END SOLUTION


def xavier_uniform_(tensor: Tensor, gain: float = 1.0) -> Tensor:
    """Fill a weight by Xavier initialisation, in place, and return it (Glorot and Bengio, 2010; D2L 4.8.2.2).

        a = gain * sqrt(6 / (fan_in + fan_out))         every element is drawn from U(-a, a), independently

    An output of a layer is a sum of fan_in products. An input takes part in fan_out outputs:

        weight of a linear layer (out, in):                         fan_in = in,            fan_out = out
        weight of a convolution (out, in, h, w):                    fan_in = in * h * w,    fan_out = out * h * w

    The same holds for convolutions with one or three kernel dimensions. You may use `tensor.uniform_`.

    Args:
        tensor: a tensor with two or more dimensions, float32 or float64, with any content. It need not be contiguous in
            memory. It may be a parameter: it stays a leaf that requires gradients, no graph is recorded, and autograd
            stays enabled.
        gain: a factor for the scale of the activation function that follows.

    Returns:
        The same tensor object, filled. Every call draws anew.

    Raises:
        ValueError: the tensor has fewer than two dimensions.
    """
    # BEGIN SOLUTION
    if tensor.dim() < 2:
        # WRONG dimensions-not-checked: if tensor.dim() < 0:
        raise ValueError(f"a tensor of shape {tuple(tensor.shape)} has no fan-in and fan-out")
    receptive_field = math.prod(tensor.shape[2:])
    # WRONG receptive-field-forgotten: receptive_field = 1
    fan_in, fan_out = tensor.shape[1] * receptive_field, tensor.shape[0] * receptive_field
    # WRONG fan-out-without-kernel: fan_in, fan_out = tensor.shape[1] * receptive_field, tensor.shape[0]
    a = gain * math.sqrt(6 / (fan_in + fan_out))
    # WRONG gain-ignored: a = math.sqrt(6 / (fan_in + fan_out))
    # WRONG root-forgotten: a = gain * 6 / (fan_in + fan_out)
    # WRONG fan-out-only: a = gain * math.sqrt(6 / fan_out)
    # WRONG fan-in-only: a = gain * math.sqrt(6 / fan_in)
    # WRONG fans-multiplied: a = gain * math.sqrt(6 / (fan_in * fan_out))
    # WRONG deviation-as-bound: a = gain * math.sqrt(2 / (fan_in + fan_out))
    # WRONG gain-under-root: a = math.sqrt(6 * gain / (fan_in + fan_out))
    # WRONG three-for-six: a = gain * math.sqrt(3 / (fan_in + fan_out))
    # WRONG fans-averaged: a = gain * math.sqrt(6 / ((fan_in + fan_out) / 2))
    with torch.no_grad():
        # WRONG fill-recorded: with torch.enable_grad():
        return tensor.uniform_(-a, a)
        # WRONG never-negative: return tensor.uniform_(0, a)
        # WRONG xavier-normal: return tensor.normal_(0, gain * math.sqrt(2 / (fan_in + fan_out)))
        # WRONG bound-as-deviation: return tensor.normal_(0, a)
        # WRONG all-units-equal: return tensor.copy_(torch.empty_like(tensor[:1]).uniform_(-a, a).expand_as(tensor))
        # WRONG constant-weights: return tensor.fill_(a)
        # WRONG not-in-place: return torch.empty_like(tensor).uniform_(-a, a)
    # END SOLUTION


def scaled_sigmoid(x: Tensor) -> Tensor:
    """Return a shifted and scaled sigmoid, which resembles the identity near 0, as Xavier's assumptions require.

        f(x) = 4 sigmoid(x) - 2 = 4 / (1 + exp(-x)) - 2

    f(0) = 0 and f'(0) = 1. Far from 0, f tends to -2 and 2. Gradients flow to x. The function leaves x unchanged.

    Args:
        x: a tensor of any shape, float32 or float64. It need not be contiguous in memory.

    Returns:
        A tensor with the shape and dtype of x. Values and gradients are finite for all finite x, although exp(-x) is
        not.
    """
    # BEGIN SOLUTION
    return 4 * torch.sigmoid(x) - 2
    # WRONG sign-of-the-exponent: return 4 * torch.sigmoid(-x) - 2
    # WRONG not-shifted: return 4 * torch.sigmoid(x)
    # WRONG brackets: return 4 * (torch.sigmoid(x) - 2)
    # WRONG overflowing-exponential: return 4 / (1 + torch.exp(-x)) - 2
    # WRONG half-the-slope: return 2 * torch.sigmoid(x) - 1
    # WRONG shift-of-one: return 4 * torch.sigmoid(x) - 1
    # WRONG slope-of-two: return 2 * torch.tanh(x)
    # WRONG shifted-inside: return 4 * torch.sigmoid(x - 2)
    # END SOLUTION


def product_singular_values(Ms: Sequence[Tensor]) -> tuple[float, float]:
    """Return the largest and the smallest singular value of a product of matrices (D2L 4.8.1.2).

        M = Ms[0] Ms[1] ... Ms[-1]

    A square M stretches vectors by factors between these two values. They tell whether gradients explode or vanish. The
    function leaves Ms unchanged.

    Args:
        Ms: a list or tuple of one or more matrices, float32, float64 or both. Each matrix has as many columns as the
            next has rows. Matrices may require gradients, and need not be contiguous in memory.

    Returns:
        The largest and the smallest singular value of M, each a Python float. An (n, m) matrix has min(n, m) singular
        values. Compute the product in float64, whatever the dtype of Ms, because its range is 1e-308 to 1e308. Rounding
        may hide values below 1e-15 of the largest.
    """
    # BEGIN SOLUTION
    product = Ms[0].double()
    # WRONG product-in-float32: product = Ms[0].float()
    for M in Ms[1:]:
        # WRONG first-matrix-alone: for M in []:
        # WRONG last-matrix-left-out: for M in Ms[1:-1]:
        product = product @ M.double()
        # WRONG product-of-elements: product = product * M.double()
        # WRONG product-in-float32: product = product @ M.float()
        # WRONG factors-reversed: product = M.double() @ product if M.shape[1] == len(product) else product @ M.double()
    values = torch.linalg.svdvals(product)
    # WRONG eigenvalues:
    #     values = (
    #         torch.linalg.eigvals(product[: min(product.shape), : min(product.shape)])
    #         .abs()
    #         .sort(descending=True)
    #         .values
    #     )
    return values[0].item(), values[-1].item()
    # WRONG squares-of-the-values: return values[0].item() ** 2, values[-1].item() ** 2
    # WRONG smallest-first: return values[-1].item(), values[0].item()
    # WRONG extremes-multiplied:
    #     each = torch.stack([torch.linalg.svdvals(M.double())[[0, -1]] for M in Ms]).prod(0)
    #     return each[0].item(), each[1].item()
    # WRONG norm-for-the-largest: return product.norm().item(), values[-1].item()
    # WRONG largest-value-alone: return values[0].item()
    # WRONG tensors-returned: return values[0], values[-1]
    # END SOLUTION


def gradient_norms(layers: Sequence[Callable[[Tensor], Tensor]], X: Tensor) -> list[float]:
    """Return the norm of the gradient at every depth of a network: does it vanish or explode (D2L 4.8.1)?

    Let h_0 = X and h_l = layers[l - 1](h_{l-1}), and let o be the sum of all elements of h_L, where L = len(layers):

        norms[l] = || do / dh_l ||      the square root of the sum of the squares of all elements, l = 0, ..., L

    Args:
        layers: a list of functions or modules that autograd can differentiate. None of them works in place. The list
            may be empty.
        X: a batch of inputs of the first layer, float32 or float64. It stays unchanged, may require gradients or not,
            and need not be contiguous in memory.

    Returns:
        The L + 1 norms from the input to the output, each a Python float. The last norm is the square root of the
        number of outputs. The call changes no `.grad`, neither of X nor of a parameter of the layers.
    """
    # BEGIN SOLUTION
    hidden = [X.detach().requires_grad_()]  # X, then the output of each layer
    # WRONG input-without-gradient: hidden = [X]
    for layer in layers:
        hidden.append(layer(hidden[-1]))
    return [grad.norm().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)]
    # WRONG sum-of-magnitudes:
    #     return [grad.abs().sum().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)]
    # WRONG norms-of-the-outputs: return [h.norm().item() for h in hidden]
    # WRONG output-left-out: return [grad.norm().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)][:-1]
    # WRONG input-left-out: return [grad.norm().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)][1:]
    # WRONG gradient-of-the-mean: return [grad.norm().item() for grad in torch.autograd.grad(hidden[-1].mean(), hidden)]
    # WRONG output-first: return [grad.norm().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden[::-1])]
    # WRONG squared-norm: return [grad.square().sum().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)]
    # WRONG norm-per-example:
    #     return [grad.norm(dim=-1).mean().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)]
    # WRONG backward-into-parameters:
    #     hidden[-1].sum().backward(retain_graph=True)
    #     return [grad.norm().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)]
    # WRONG largest-entry: return [grad.abs().amax().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)]
    # WRONG root-of-the-mean:
    #     grads = torch.autograd.grad(hidden[-1].sum(), hidden)
    #     return [grad.square().mean().sqrt().item() for grad in grads]
    # WRONG tensors-in-the-list: return [grad.norm() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)]
    # WRONG first-norm-alone: return [grad.norm().item() for grad in torch.autograd.grad(hidden[-1].sum(), hidden)][:1]
    # END SOLUTION
