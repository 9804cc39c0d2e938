"""ch17 Using and buying GPUs.

D2L section 5.6 (chapter_deep-learning-computation/use-gpu.md). Nothing here needs a GPU: torch.device("cuda:1") can be
made anywhere, and the checks say how many GPUs there are by putting another `torch.cuda.device_count` in its place. So
ask for it by that name, and in each call anew.
"""

from typing import Any

import torch
from torch import Tensor, nn

SECONDS_PER_HOUR = 3600


def try_gpu(i: int = 0) -> torch.device:
    """The GPU of this number, if there is one, and the CPU otherwise (D2L 5.6.1).

    Args:
        i: the number of the GPU, from 0 on. With two GPUs there are number 0 and number 1.

    Returns:
        torch.device("cuda:i"), with the number, or torch.device("cpu").
    """
    raise NotImplementedError  # write your code here


def try_all_gpus() -> list[torch.device]:
    """All GPUs in order, or the CPU alone where there is none (D2L 5.6.1): a list that is never empty.

    Returns:
        [torch.device("cuda:0"), torch.device("cuda:1"), ...], or [torch.device("cpu")].
    """
    raise NotImplementedError  # write your code here


def to_device(obj: Any, device: torch.device | str) -> Any:
    """Move all tensors of a batch to a device, however the batch is put together.

    The device "meta", where tensors have a shape but no values, is a good one to try this on without a GPU.

    Args:
        obj: a tensor, a module, or a list, tuple, named tuple or dict of such things, of further lists, and so on. What
            is nothing of these (strings, numbers, None) stays as it is.
        device: where to, as `Tensor.to` takes it.

    Returns:
        The same structure with its tensors on the device: a list for a list, a tuple for a tuple, a named tuple of the
        same class for a named tuple, a dict with the same keys in the same order for a dict. The containers are new
        ones, and the given ones keep their tensors. A module is moved itself, as `nn.Module.to` does, and returned.
    """
    raise NotImplementedError  # write your code here


def gpu_cost_per_epoch(samples: int, throughput: float, price_per_hour: float) -> float:
    """What one epoch costs on a rented GPU, paid for by the second.

    With such numbers two GPUs can be compared: one that costs twice as much is the cheaper one if it is more than twice
    as fast.

    Args:
        samples: the number of training examples; each is seen once in an epoch.
        throughput: how many examples the GPU trains on per second.
        price_per_hour: what an hour of the GPU costs.

    Returns:
        The price of the time that the epoch takes, a float in the currency of the hourly price.

    Raises:
        ValueError: the throughput is 0 or negative.

    >>> gpu_cost_per_epoch(60_000, 1_000, 1.8)  # a minute
    0.03
    """
    raise NotImplementedError  # write your code here
