"""Conditional expressions, loops that append, and a table of what to do with each kind of container."""


def try_gpu(i=0):
    return torch.device(f"cuda:{i}") if torch.cuda.is_available() and torch.cuda.device_count() >= i + 1 else _cpu()


def _cpu():
    return torch.ones(1).device


def try_all_gpus():
    if not torch.cuda.is_available():
        return [_cpu()]
    devices = []
    while len(devices) < torch.cuda.device_count():
        devices.append(torch.device(f"cuda:{len(devices)}"))
    return devices


def to_device(obj, device):
    if hasattr(obj, "to"):
        return obj.to(device)
    if isinstance(obj, tuple) and hasattr(obj, "_replace"):
        return obj._replace(**{name: to_device(value, device) for name, value in obj._asdict().items()})
    if type(obj) is tuple:
        return tuple(to_device(value, device) for value in obj)
    if type(obj) is list:
        return [*(to_device(value, device) for value in obj)]
    if type(obj) is dict:
        return dict(zip(obj, to_device(list(obj.values()), device), strict=True))
    return obj


def gpu_cost_per_epoch(samples, throughput, price_per_hour):
    if not throughput > 0:
        raise ValueError("throughput")
    return price_per_hour / 3600 * (samples / throughput)
