"""ch10 The perceptron and the multilayer perceptron.

See D2L 4.1 to 4.3 (chapter_multilayer-perceptrons/mlp.md, mlp-scratch.md, mlp-concise.md).
"""

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor, nn

# Given, not exercises: helpers of the book's notebook.
d2l = SimpleNamespace(reshape=torch.reshape)

# The parameters of `net`. Checks give them other values and widths.
num_inputs, num_outputs, num_hiddens = 784, 10, 256
W1 = nn.Parameter(0.01 * torch.randn(num_inputs, num_hiddens))
b1 = nn.Parameter(torch.zeros(num_hiddens))
W2 = nn.Parameter(0.01 * torch.randn(num_hiddens, num_outputs))
b2 = nn.Parameter(torch.zeros(num_outputs))
params = [W1, b1, W2, b2]


def relu(X: Tensor) -> Tensor:
    """Return the rectified linear unit of each element (D2L 4.1.2).

        relu(x) = max(x, 0)

    Gradients flow to X: the slope is 0 below zero and 1 above; at zero it may be 0, 1 or a number between them. The
    function leaves X unchanged.

    Args:
        X: a tensor of any shape, float32 or float64. It need not be contiguous in memory. -inf counts as a negative
            number.

    Returns:
        A tensor with the shape and dtype of X.
    """
    # BEGIN SOLUTION
    return torch.maximum(X, torch.zeros_like(X))
    # WRONG step-function: return (X > 0).to(X.dtype)
    # WRONG largest-of-each-column: return torch.max(X, 0).values if X.dim() else X
    # WRONG number-for-a-tensor: return torch.maximum(X, 0)
    # WRONG tensor-as-a-condition: return max(X, 0)
    # WRONG absolute-value: return X.abs()
    # WRONG leaky-slope: return torch.where(X > 0, X, 0.01 * X)
    # WRONG minimum-for-maximum: return torch.minimum(X, torch.zeros_like(X))
    # WRONG multiplied-by-a-mask: return X * (X > 0)
    # WRONG written-in-place:
    #     X[X < 0] = 0
    #     return X
    # WRONG negative-part: return torch.maximum(-X, torch.zeros_like(X))
    # WRONG clipped-at-one: return X.clamp(0, 1)
    # END SOLUTION


def net(X: Tensor) -> Tensor:
    """Return the logits of a perceptron with one hidden layer, computed with your `relu` (D2L 4.2.3).

        net(X) = relu(X W1 + b1) W2 + b2,    with each example of X flattened first

    The function uses W1 (num_inputs, hiddens), b1 (hiddens,), W2 (hiddens, outputs) and b2 (outputs,) of this module,
    with their values at the time of the call. It has no other parameters. Gradients flow to X and to all four. The
    function leaves X and the parameters unchanged.

    Args:
        X: a batch of n examples of num_inputs numbers each: (n, 784), (n, 1, 28, 28), ... Its dtype is that of the
            parameters, float32 or float64. It need not be contiguous in memory.

    Returns:
        The logits, (n, outputs): any real numbers, not probabilities.
    """
    # BEGIN SOLUTION
    X = X.reshape(-1, num_inputs)
    # WRONG viewed-images: X = X.view(-1, num_inputs)
    # WRONG never-flattened:
    # WRONG examples-mixed: X = X.reshape(num_inputs, -1).t()
    H = relu(X @ W1 + b1)
    # WRONG sigmoid-hidden-units: H = torch.sigmoid(X @ W1 + b1)
    # WRONG bias-after-the-activation: H = relu(X @ W1) + b1
    # WRONG no-hidden-activation: H = X @ W1 + b1
    # WRONG hidden-bias-forgotten: H = relu(X @ W1)
    # WRONG weights-reshaped: H = relu(nn.functional.linear(X, W1.reshape(W1.shape[1], W1.shape[0])) + b1)
    # WRONG activation-on-the-input: H = relu(X) @ W1 + b1
    # WRONG tanh-hidden-units: H = torch.tanh(X @ W1 + b1)
    # WRONG hidden-bias-twice: H = relu(X @ W1 + b1) + b1
    return H @ W2 + b2
    # WRONG output-bias-forgotten: return H @ W2
    # WRONG softmax-in-the-net: return torch.softmax(H @ W2 + b2, dim=1)
    # WRONG activation-on-the-output: return relu(H @ W2 + b2)
    # WRONG sigmoid-on-the-output: return torch.sigmoid(H @ W2 + b2)
    # WRONG log-softmax-in-the-net: return torch.log_softmax(H @ W2 + b2, dim=1)
    # END SOLUTION


def perceptron(X: Tensor, y: Tensor, max_epochs: int = 100) -> tuple[Tensor, Tensor, int]:
    """Train the perceptron of Rosenblatt (1958) for two classes and return its weights.

    Start from w = 0, b = 0. Take the examples one by one, in the given order, epoch after epoch. An example that is not
    strictly on its side changes w and b at once; other examples change nothing:

        where y[i] * (w . X[i] + b) <= 0:    w <- w + y[i] * X[i],    b <- b + y[i]

    Stop after the first epoch without an error, or after max_epochs epochs. The function leaves its arguments
    unchanged.

    Novikoff (1962) gave a bound for the number of updates. Suppose that some (w, b) of norm 1 has y[i] * (w . X[i] + b)
    >= gamma > 0 for all i, and let R be the largest norm of (X[i], 1). Then there are at most (R / gamma)^2 updates.

    Args:
        X: the examples, (n, d), float32 or float64. They need not be contiguous in memory.
        y: their labels, (n,), -1 or +1, as integers or in the dtype of X.
        max_epochs: the largest number of epochs.

    Returns:
        (w, b, updates): the weights (d,) and the bias () in the dtype of X, and the number of updates, a Python int.
    """
    # BEGIN SOLUTION
    w, b, updates = X.new_zeros(X.shape[1]), X.new_zeros(()), 0
    # WRONG starts-at-one: w, b, updates = X.new_ones(X.shape[1]), X.new_ones(()), 0
    for _ in range(max_epochs):
        # WRONG always-a-hundred-epochs: for _ in range(100):
        # WRONG every-example-updates: for _ in range(min(max_epochs, 1000)):
        # WRONG decision-without-bias: for _ in range(min(max_epochs, 1000)):
        # WRONG moves-away: for _ in range(min(max_epochs, 1000)):
        # WRONG label-ignored: for _ in range(min(max_epochs, 1000)):
        # WRONG xor-will-be-learnt: for _ in range(1000):
        # WRONG a-single-epoch: for _ in range(min(max_epochs, 1)):
        # WRONG label-not-in-the-condition: for _ in range(min(max_epochs, 1000)):
        before = updates
        # WRONG batch-updates: before, old_w, old_b = updates, w, b
        for i in range(len(X)):
            if y[i] * (w @ X[i] + b) <= 0:
                # WRONG every-example-updates: if True:
                # WRONG decision-without-bias: if y[i] * (w @ X[i]) <= 0:
                # WRONG boundary-counts-as-right: if y[i] * (w @ X[i] + b) < 0:
                # WRONG batch-updates: if y[i] * (old_w @ X[i] + old_b) <= 0:
                # WRONG label-not-in-the-condition: if w @ X[i] + b <= 0:
                w = w + y[i] * X[i]
                # WRONG moves-away: w = w - y[i] * X[i]
                # WRONG label-ignored: w = w + X[i]
                # WRONG learning-rate: w = w + 0.1 * y[i] * X[i]
                b = b + y[i]
                # WRONG moves-away: b = b - y[i]
                # WRONG label-ignored: b = b + 1
                # WRONG bias-never-moved: pass
                # WRONG learning-rate: b = b + 0.1 * y[i]
                # WRONG bias-always-raised: b = b + 1
                updates += 1
                # WRONG epochs-for-updates: updates = before + 1
        if updates == before:  # an epoch without mistakes
            break
    return w, b, updates
    # WRONG updates-not-returned: return w, b
    # WRONG bias-before-the-weights: return b, w, updates
    # END SOLUTION


def xor_weights() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return weights with which two hidden units compute XOR.

        relu(x W1 + b1) W2 + b2 = 0 for x = (0, 0) and (1, 1),    1 for x = (0, 1) and (1, 0)

    No single perceptron can do this (Minsky and Papert, 1969). Find the weights with pencil and paper. The outputs must
    be right within 1e-6.

    Returns:
        (W1, b1, W2, b2), float32, with the shapes (2, 2), (2,), (2, 1) and (1,).
    """
    # BEGIN SOLUTION
    W1, b1 = torch.ones(2, 2), torch.tensor([0.0, -1.0])  # x1 + x2, and how far it is above 1
    # WRONG step-thresholds: W1, b1 = torch.ones(2, 2), torch.tensor([-0.5, -1.5])
    W2, b2 = torch.tensor([[1.0], [-2.0]]), torch.zeros(1)
    # WRONG step-thresholds: W2, b2 = torch.tensor([[1.0], [-1.0]]), torch.zeros(1)
    # WRONG and-subtracted-once: W2, b2 = torch.tensor([[1.0], [-1.0]]), torch.zeros(1)
    # WRONG outputs-inverted: W2, b2 = torch.tensor([[-1.0], [2.0]]), torch.ones(1)
    # WRONG and-for-xor: W2, b2 = torch.tensor([[0.0], [1.0]]), torch.zeros(1)
    return W1, b1, W2, b2
    # END SOLUTION


def collapse_linear(weights: Sequence[Tensor], biases: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return the single affine layer that equals a stack of affine layers without activations (D2L 4.1.1).

        x W + b = (... ((x weights[0] + biases[0]) weights[1] + biases[1]) ...) weights[-1] + biases[-1]

    Gradients flow to weights and biases. The function leaves them unchanged. It works in float32 and float64, and
    tensors need not be contiguous in memory.

    Args:
        weights: a list or tuple of one or more matrices (inputs, outputs), first layer first. The outputs of a layer
            are the inputs of the next.
        biases: a list or tuple of as many vectors, (outputs,) each.

    Returns:
        (W, b): (inputs of the first layer, outputs of the last) and (outputs of the last,).
    """
    # BEGIN SOLUTION
    W, b = weights[0], biases[0]
    # WRONG first-bias-forgotten: W, b = weights[0], torch.zeros_like(biases[0])
    for i in range(1, len(weights)):
        # WRONG last-layer-left-out: for i in range(1, len(weights) - 1):
        # WRONG first-two-layers: for i in range(1, min(2, len(weights))):
        # (X W + b) W_i + b_i = X (W W_i) + (b W_i + b_i)
        W = W @ weights[i]
        # WRONG factors-in-reverse: W = weights[i] @ W
        b = b @ weights[i] + biases[i]
        # WRONG biases-summed: b = b + biases[i]
        # WRONG last-bias-only: b = biases[i]
        # WRONG own-bias-forgotten: b = b @ weights[i]
        # WRONG activation-kept: b = b.clamp(min=0) @ weights[i] + biases[i]
    return W, b
    # WRONG bias-returned-first: return b, W
    # WRONG torch-layout: return W.t(), b
    # WRONG bias-as-a-row: return W, b[None]
    # WRONG layers-as-lists: return list(weights), list(biases)
    # END SOLUTION
