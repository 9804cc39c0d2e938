"""ch17 Using and buying GPUs.

See D2L 5.6 (chapter_deep-learning-computation/use-gpu.md). You need no GPU: torch.device("cuda:1") exists on any
computer. The checks pretend that there are GPUs: they replace `torch.cuda.device_count` by another function. So write
`torch.cuda.device_count()` in full, and ask again in each call of your function.
"""

from typing import Any

import torch
from torch import Tensor, nn

SECONDS_PER_HOUR = 3600


def try_gpu(i: int = 0) -> torch.device:
    """Return the GPU of this number if it exists, and the CPU otherwise (D2L 5.6.1).

    Ask for the number of GPUs in each call.

    Args:
        i: the number of the GPU, from 0. Two GPUs have the numbers 0 and 1.

    Returns:
        torch.device("cuda:i") with the number i, or torch.device("cpu").
    """
    raise NotImplementedError  # write your code here


def try_all_gpus() -> list[torch.device]:
    """Return all GPUs in order, or the CPU if there is no GPU (D2L 5.6.1).

    Ask for the number of GPUs in each call. The list is new in each call, and never empty.

    Returns:
        [torch.device("cuda:0"), torch.device("cuda:1"), ...], or [torch.device("cpu")].
    """
    raise NotImplementedError  # write your code here


def to_device(obj: Any, device: torch.device | str) -> Any:
    """Move all tensors of a batch to a device, whatever the structure of the batch, and return the moved batch.

    The move keeps the graph: gradients flow back to the original tensors. Without a GPU, try the function with the
    device "meta": tensors on it have a shape but no values.

    Args:
        obj: a tensor, a module, or a list, tuple, named tuple or dict of these or of further containers. Other values,
            such as strings, numbers and None, stay as they are.
        device: the target, as for `Tensor.to`.

    Returns:
        The same structure with its tensors on the device: a list for a list, a tuple for a tuple, a named tuple of the
        same class for a named tuple, a dict with the same keys in the same order for a dict. The containers are new,
        and the given containers stay unchanged. A module is moved in place, as by `nn.Module.to`, and returned.
    """
    raise NotImplementedError  # write your code here


def gpu_cost_per_epoch(samples: int, throughput: float, price_per_hour: float) -> float:
    """Return the cost of an epoch on a rented GPU. The cost is proportional to the time and not rounded.

    The cost helps to compare GPUs: a GPU of twice the price is cheaper if it is more than twice as fast.

    Args:
        samples: the number of training examples, at least 0. An epoch uses each of them once.
        throughput: the number of examples per second in training.
        price_per_hour: the price of the GPU for an hour, at least 0.

    Returns:
        The price of the time that the epoch takes, a float in the currency of the hourly price.

    Raises:
        ValueError: throughput is 0 or negative.

    >>> gpu_cost_per_epoch(60_000, 1_000, 1.8)  # a minute
    0.03
    """
    raise NotImplementedError  # write your code here
