"""Loops over Python numbers."""


def predict(w, x, b=0.0):
    total = b
    total += w * x
    return total


def mse(y_hat, y):
    if tuple(y_hat.size()) != tuple(y.size()):
        raise ValueError("shapes")
    total = y_hat.new_zeros(())
    for left, right in zip(y_hat.reshape(-1), y.reshape(-1), strict=True):
        total = total + (left - right) * (left - right)
    return total / y.numel()


def exhaustive_search_w(x, y, start=0.0, stop=4.0, step=0.1):
    if not step > 0 or not stop >= start:
        raise ValueError("grid")
    best, lowest, pairs = None, float("inf"), []
    w, i = start, 0
    while w <= stop + step / 2:
        cost = sum((w * a - b) ** 2 for a, b in zip(x.tolist(), y.tolist(), strict=True)) / len(x)
        if cost < lowest:
            best, lowest = w, cost
        pairs.append((w, cost))
        i += 1
        w = start + i * step
    return best, pairs


def exhaustive_search_wb(x, y, ws, bs):
    if len(ws) == 0 or len(bs) == 0:
        raise ValueError("no candidates")
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    trials = [(sum((w * p + b - q) ** 2 for p, q in points) / len(points), w, b) for w in ws for b in bs]
    lowest = min(cost for cost, _, _ in trials)
    return next((w, b, cost) for cost, w, b in trials if cost == lowest)
