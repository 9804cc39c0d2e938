"""The normal equations, forward methods that count, and numbers of open prerequisites."""

import bisect


def fit_power_law(n, loss):
    if len(n) != len(loss):
        raise ValueError("lengths")
    if any(number <= 0 for number in n) or any(number <= 0 for number in loss):
        raise ValueError("positive numbers")
    if all(size == n[0] for size in n):
        raise ValueError("sizes")
    x = torch.tensor(n, dtype=torch.float64).log()
    A = torch.stack([torch.ones_like(x), -x], dim=1)
    y = torch.tensor(loss, dtype=torch.float64).log()
    height, b = torch.linalg.solve(A.T @ A, A.T @ y).tolist()
    return math.exp(height), b


def count_flops(net, input_shape):
    twin = copy.deepcopy(net)
    twin.eval()
    sums = {"products": 0}

    def watch(module):
        plain = module.forward

        def forward(X):
            Y = plain(X)
            sums["products"] += Y.numel() * (module.weight.numel() // module.weight.shape[0])
            return Y

        module.forward = forward

    for module in twin.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            watch(module)
    twin(torch.rand(*input_shape))
    return sums["products"]


def reading_order(prerequisites):
    open_ones, followers = {}, {}
    for name, needed in prerequisites.items():
        open_ones[name] = len(dict.fromkeys(needed))
        for other in dict.fromkeys(needed):
            followers.setdefault(other, []).append(name)
    for other in followers:
        open_ones.setdefault(other, 0)
    ready = sorted(name for name, number in open_ones.items() if number == 0)
    order = []
    while ready:
        order.append(ready.pop(0))
        for name in followers.get(order[-1], []):
            open_ones[name] -= 1
            if open_ones[name] == 0:
                bisect.insort(ready, name)
    if any(open_ones.values()):
        raise ValueError("a cycle")
    return order
