"""ch73 Summary and further study.

The last lecture looks back, and names books and courses to go on with. It has no code. These exercises are three tools
for further study: how the loss of a net falls with its size, how much work a net is, and in which order to read.
"""

import copy
import heapq
import itertools
import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn


def fit_power_law(n: Sequence[float], loss: Sequence[float]) -> tuple[float, float]:
    """Fit a power law to measured losses, such as those of nets of several sizes.

        loss = a * n ** -b, so that log(loss) = log(a) - b * log(n)

    On logarithmic axes, a power law is a straight line. The result is the line with the least sum of squared
    differences to the points (log(n), log(loss)), which need not lie on it. Each point counts the same. b is negative
    if the loss grows with n, and 0 if all losses are equal. The function leaves n and loss unchanged.

    Args:
        n: sizes such as numbers of parameters or of examples: a list or tuple of ints or floats up to 1e15, in any
            order. A size may occur several times. Different sizes differ by a factor of 1.1 or more.
        loss: the loss for each size: a list or tuple of ints or floats up to 1e9, as long as n.

    Returns:
        (a, b): each is a Python float, right within a relative error of 1e-6. float32 is not precise enough.

    Raises:
        ValueError: n and loss have different lengths, n has fewer than two different sizes, or a number in n or loss
            is 0 or negative.

    Source: Kaplan and others, Scaling laws for neural language models, 2020.

    >>> a, b = fit_power_law([1, 4, 100], [6, 3, 0.6])
    >>> round(a, 6), round(b, 6)
    (6.0, 0.5)
    """
    raise NotImplementedError  # write your code here


def count_flops(net: nn.Sequential, input_shape: tuple[int, ...]) -> int:
    """Count the multiplications of a forward pass in the linear and convolutional layers of a net.

    A multiplication and the addition that follows it count as a single operation. Each element of the output of such a
    layer is a sum of products:

        nn.Linear: in_features products
        nn.Conv2d: in_channels / groups * kernel height * kernel width products, those with padding included

    A bias adds nothing to the count, and all other kinds of layers count 0: pooling, normalisation, nn.Conv1d,
    nn.ConvTranspose2d and so on. LeNet, with an image of 28 x 28, needs 416,520. Ready-made counters of floating-point
    operations (FLOPs) often give twice as much: the additions, too.

    The net may hold its layers at any depth: in an nn.Sequential or in a block of your own class, whose forward may
    call a layer several times. Every call counts. Layers are counted in evaluation mode, in which batch normalisation
    accepts a batch of one. The net itself stays as it is: parameters, gradients, buffers, hooks, and the mode of each
    module, training or evaluation.

    Args:
        net: a float32 net on the CPU.
        input_shape: the shape of the whole float32 input. Its first axis may be the batch size: twice as many examples
            are twice as much work. An nn.Linear works on the last axis, and all axes before it are positions.

    Returns:
        The number of multiplications, a Python int.

    Source: He and others, Deep residual learning for image recognition, 2015, count FLOPs in the same way.

    >>> count_flops(nn.Sequential(nn.Conv2d(3, 4, 5), nn.Flatten(), nn.Linear(4 * 8 * 8, 10)), (1, 3, 12, 12))
    21760
    """
    raise NotImplementedError  # write your code here


def reading_order(prerequisites: Mapping[str, Sequence[str]]) -> list[str]:
    """Put chapters, or papers, in an order in which each comes after all its prerequisites.

    At every place of the order, several names may be available: those that are not listed yet, but all of whose
    prerequisites are. The alphabetically first of them takes the place. Names are compared as Python compares strings:
    "Z" comes before "a", and "ch10" before "ch9". The function leaves prerequisites unchanged.

    Args:
        prerequisites: a dict from a name to a list or tuple of the names that have to be read before it. A name may
            occur several times in such a list, which changes nothing. A name that occurs only in these lists belongs
            to the order, too, and has no prerequisites. There may be thousands of names, and chains of as many.

    Returns:
        A list of all names, each once. It is empty if there is no name.

    Raises:
        ValueError: there is no such order, because some names wait for each other, or a name waits for itself.

    Source: Kahn, Topological sorting of large networks, 1962. D2L has such a graph of its chapters in its preface.

    >>> reading_order({"bert": ["transformer"], "transformer": ["attention", "mlp"], "cnn": ["mlp"]})
    ['attention', 'mlp', 'cnn', 'transformer', 'bert']
    """
    raise NotImplementedError  # write your code here
