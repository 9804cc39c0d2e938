"""try_gpu by way of try_all_gpus; copies that are filled; the price by the example."""

import copy


def try_all_gpus():
    count = torch.cuda.device_count()
    return list(map(torch.device, [f"cuda:{i}" for i in range(count)] if count else ["cpu"]))


def try_gpu(i=0):
    return dict(enumerate(d for d in try_all_gpus() if d.type == "cuda")).get(i, torch.device("cpu"))


def to_device(obj, device):
    if isinstance(obj, torch.nn.Module):
        obj.to(device)
    elif isinstance(obj, torch.Tensor):
        obj = obj.to(device=device)
    elif isinstance(obj, tuple):
        parts = (to_device(part, device) for part in obj)
        obj = tuple(parts) if type(obj) is tuple else type(obj)._make(parts)
    elif isinstance(obj, (list, dict)):
        obj = copy.copy(obj)
        for key in range(len(obj)) if isinstance(obj, list) else list(obj):
            obj[key] = to_device(obj[key], device)
    return obj


def gpu_cost_per_epoch(samples, throughput, price_per_hour):
    if throughput <= 0:
        raise ValueError("the GPU does not move")
    price_of_one = price_per_hour / (throughput * 60 * 60)
    return float(samples * price_of_one)
