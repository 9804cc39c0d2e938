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
    # BEGIN SOLUTION
    if i < torch.cuda.device_count():
        # WRONG any-gpu-will-do: if torch.cuda.device_count() > 0:
        # WRONG numbers-from-one: if i <= torch.cuda.device_count():
        # WRONG last-gpu-missed: if i < torch.cuda.device_count() - 1:
        # WRONG condition-turned-round: if i >= torch.cuda.device_count():
        return torch.device("cuda", i)
        # WRONG a-name-for-a-device: return f"cuda:{i}"
        # WRONG number-left-out: return torch.device("cuda")
        # WRONG always-the-first-gpu: return torch.device("cuda", 0)
    return torch.device("cpu")
    # WRONG a-name-for-a-device: return "cpu"
    # WRONG cuda-if-available, 3 lines: return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    # WRONG nothing-without-a-gpu:
    # WRONG always-the-cpu, 3 lines: return torch.device("cpu")
    # END SOLUTION


def try_all_gpus() -> list[torch.device]:
    """Return all GPUs in order, or the CPU if there is no GPU (D2L 5.6.1).

    Ask for the number of GPUs in each call. The list is new in each call, and never empty.

    Returns:
        [torch.device("cuda:0"), torch.device("cuda:1"), ...], or [torch.device("cpu")].
    """
    # BEGIN SOLUTION
    devices = [torch.device("cuda", i) for i in range(torch.cuda.device_count())]
    # WRONG all-but-the-first: devices = [torch.device("cuda", i) for i in range(1, torch.cuda.device_count() + 1)]
    # WRONG last-left-out: devices = [torch.device("cuda", i) for i in range(torch.cuda.device_count() - 1)]
    # WRONG one-gpu-too-many: devices = [torch.device("cuda", i) for i in range(torch.cuda.device_count() + 1)]
    # WRONG gpus-without-numbers: devices = [torch.device("cuda") for _ in range(torch.cuda.device_count())]
    # WRONG names-for-devices: devices = [f"cuda:{i}" for i in range(torch.cuda.device_count())]
    return devices or [torch.device("cpu")]
    # WRONG empty-without-gpus: return devices
    # WRONG cpu-among-gpus: return [*devices, torch.device("cpu")]
    # WRONG cpu-not-in-a-list: return devices or torch.device("cpu")
    # WRONG names-for-devices: return devices or ["cpu"]
    # WRONG only-the-first: return devices[:1] or [torch.device("cpu")]
    # WRONG cpu-before-gpus: return [torch.device("cpu"), *devices]
    # WRONG no-list-without-gpus: return devices or None
    # WRONG only-the-cpu: return [torch.device("cpu")]
    # WRONG tuple-of-devices: return tuple(devices) or (torch.device("cpu"),)
    # END SOLUTION


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
    # BEGIN SOLUTION
    if isinstance(obj, (Tensor, nn.Module)):
        # WRONG modules-forgotten: if isinstance(obj, Tensor):
        # WRONG objects-without-to: if not isinstance(obj, (dict, list, tuple)):
        return obj.to(device)
        # WRONG move-not-kept:
        #     obj.to(device)
        #     return obj
        # WRONG graph-cut: return obj.detach().to(device) if isinstance(obj, Tensor) else obj.to(device)
        # WRONG modules-copied:
        #     import copy
        #     return obj.to(device) if isinstance(obj, Tensor) else copy.deepcopy(obj).to(device)
    if isinstance(obj, dict):
        return {key: to_device(value, device) for key, value in obj.items()}
        # WRONG one-level-only:
        #     return {k: v.to(device) if isinstance(v, (Tensor, nn.Module)) else v for k, v in obj.items()}
        # WRONG dicts-forgotten: return obj
        # WRONG moved-in-place:
        #     obj.update({key: to_device(value, device) for key, value in obj.items()})
        #     return obj
        # WRONG keys-lost: return [to_device(value, device) for value in obj.values()]
    if isinstance(obj, (list, tuple)):
        # WRONG tuples-forgotten: if isinstance(obj, list):
        # WRONG lists-forgotten: if isinstance(obj, tuple):
        parts = [to_device(part, device) for part in obj]
        # WRONG one-level-only: parts = [p.to(device) if isinstance(p, (Tensor, nn.Module)) else p for p in obj]
        # A named tuple takes its fields one by one; lists and tuples take a sequence.
        return type(obj)(*parts) if hasattr(obj, "_fields") else type(obj)(parts)
        # WRONG tuples-become-lists: return parts
        # WRONG named-tuples-lose-their-names: return tuple(parts) if isinstance(obj, tuple) else parts
        # WRONG moved-in-place:
        #     if isinstance(obj, list):
        #         obj[:] = parts
        #         return obj
        #     return type(obj)(*parts) if hasattr(obj, "_fields") else type(obj)(parts)
        # WRONG named-tuples-from-a-list: return type(obj)(parts)
        # WRONG lists-become-tuples: return type(obj)(*parts) if hasattr(obj, "_fields") else tuple(parts)
    return obj
    # WRONG others-become-none:
    # WRONG numbers-become-tensors: return torch.tensor(obj, device=device) if isinstance(obj, (int, float)) else obj
    # END SOLUTION


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
    # BEGIN SOLUTION
    if throughput <= 0:
        # WRONG only-zero-refused: if throughput == 0:
        # WRONG only-negative-refused: if throughput < 0:
        # WRONG slow-gpus-refused: if throughput < 1:
        raise ValueError(f"with {throughput} examples per second an epoch does not end")
        # WRONG no-error-without-speed: return 0.0
    hours = samples / throughput / SECONDS_PER_HOUR
    # WRONG paid-by-the-second: hours = samples / throughput
    # WRONG speed-in-the-numerator: hours = samples * throughput / SECONDS_PER_HOUR
    # WRONG paid-by-the-minute: hours = samples / throughput / 60
    # WRONG multiplied-by-3600: hours = samples / throughput * SECONDS_PER_HOUR
    # WRONG time-of-an-example: hours = 1 / throughput / SECONDS_PER_HOUR
    # WRONG fraction-upside-down: hours = throughput / samples / SECONDS_PER_HOUR
    # WRONG whole-seconds: hours = samples // throughput / SECONDS_PER_HOUR
    return hours * price_per_hour
    # WRONG started-hours: return float(-(-hours // 1)) * price_per_hour
    # WRONG price-left-out: return hours
    # WRONG rounded-to-cents: return round(hours * price_per_hour, 2)
    # WRONG divided-by-the-price: return hours / price_per_hour if price_per_hour else 0.0
    # END SOLUTION
