"""ch43 The leaf contest: techniques of its best solutions.

The contest uses the augmentation of D2L 13.1 (chapter_computer-vision/image-augmentation). The exercises are the
course's own. They improve the predictions of trained networks: by several views of an image, several networks, a
temperature, and the mean of several checkpoints.
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn


def tta_predict(net: Callable[[Tensor], Tensor], X: Tensor, transforms: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
    """Predict by the mean over several views of each image (test-time augmentation).

        result = the mean over all transforms t of softmax(net(t(X)))

    Each transform gets the batch X, not the result of another transform. The softmax runs over the classes. If net is
    an nn.Module, it predicts in evaluation mode, whatever its mode was. Its mode afterwards is up to you. No gradient
    is needed: the result has no graph. The function leaves X unchanged.

    Args:
        net: maps a batch of images to logits (n, C), float32 or float64. It is an nn.Module or any other function.
        X: a batch of n images; the first axis counts them.
        transforms: k functions, a list or a tuple. Each maps a batch to a batch of n images, without changing its
            argument. Equal transforms count as often as they occur.

    Returns:
        The probabilities (n, C), of the dtype of net's results.

    Raises:
        ValueError: there are no transforms.
    """
    raise NotImplementedError  # write your code here


def weighted_ensemble(probs: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    """Combine the predictions of several networks by their weighted mean.

        result = sum over k of weights[k] * probs[k] / sum over k of weights[k]

    The weights need not add up to 1, and some of them may be 0. The function leaves its arguments unchanged, and the
    result shares no memory with them.

    Args:
        probs: m tables of probabilities, (n, C) each, all float32 or all float64, with any strides. A list or tuple.
        weights: m numbers, a list or tuple. They keep the precision of Python floats.

    Returns:
        (n, C), of the dtype of the tables.

    Raises:
        ValueError: a weight is negative, all weights are 0, there are more or fewer weights than tables, or there are
            no tables.

    >>> weighted_ensemble([torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])], [3, 1])
    tensor([[0.7500, 0.2500]])
    """
    raise NotImplementedError  # write your code here


def fit_temperature(logits: Tensor, y: Tensor) -> float:
    """Find the temperature that calibrates a classifier on held-out examples (Guo et al., 2017).

        loss(T) = the mean over i of -log softmax(logits[i] / T)[y[i]]

    Return the T > 0 with the smallest loss. A T above 1 makes the probabilities less certain, a T below 1 more. It
    never changes which class is the most probable. Any method will do, as long as its T has a relative error below
    1e-2. You may assume that the best T is unique and lies between 0.05 and 20. The function leaves its arguments
    unchanged.

    Args:
        logits: (n, C), float32 or float64, with any strides. The logits of an example may all be
            near 1e4, or near -1e4.
        y: the labels, (n,), int64.

    Returns:
        T, a Python float.
    """
    raise NotImplementedError  # write your code here


def swa_average(state_dicts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """Average the checkpoints of a network (stochastic weight averaging, Izmailov et al., 2018).

    Each tensor of floats becomes the elementwise mean over all checkpoints. Other tensors, such as the int64 tensor
    num_batches_tracked of batch normalisation, or tensors of bool, are those of the last checkpoint.

    The result shares no memory with the checkpoints. The function leaves them unchanged.

    Args:
        state_dicts: checkpoints of one network, as its state_dict() gives them: a list or tuple of mappings from names
            to tensors. A name has the same shape and dtype in all of them. Floats are float32 or float64.

    Returns:
        A dict with the names of the checkpoints. Shapes and dtypes are theirs.

    Raises:
        ValueError: the checkpoints do not all have the same names, in any order, or there are no checkpoints.

    >>> first = {"w": torch.tensor([1.0]), "n": torch.tensor(3)}
    >>> swa_average([first, {"w": torch.tensor([2.0]), "n": torch.tensor(5)}])
    {'w': tensor([1.5000]), 'n': tensor(5)}
    """
    raise NotImplementedError  # write your code here
