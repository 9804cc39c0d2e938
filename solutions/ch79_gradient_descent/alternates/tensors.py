"""float64 tensors, and autograd."""

import torch


def gd(eta, f_grad):
    x, results = 10, []
    for i in range(11):
        x = float(x if i == 0 else x - eta * f_grad(x))
        results.append(x)
        print(f"step {i}: {x:f}")
    return results


def train_2d(trainer, steps=20, f_grad=None):
    x1, x2, s1, s2 = -5, -2, 0, 0
    results = [(x1, x2)]
    for _ in range(steps):
        x1, x2, s1, s2 = trainer(x1, x2, s1, s2, f_grad) if f_grad else trainer(x1, x2, s1, s2)
        results += [(x1, x2)]
    return results


def _descend(batches, w, alpha, epochs):
    w, history = torch.tensor(w, dtype=torch.float64, requires_grad=True), []
    for _ in range(epochs):
        for x, y in batches:
            cost = ((x * w - y) ** 2).mean()
            (gradient,) = torch.autograd.grad(cost, w)
            with torch.no_grad():
                w -= alpha * gradient
            history.append((w.item(), cost.item()))
    return history


def gd_linear(xs, ys, w=1.0, alpha=0.01, epochs=100):
    x, y = torch.tensor(xs, dtype=torch.float64), torch.tensor(ys, dtype=torch.float64)
    return _descend([(x, y)], w, alpha, epochs)


def sgd_linear(xs, ys, w=1.0, alpha=0.01, epochs=100):
    return minibatch_linear(xs, ys, 1, w, alpha, epochs)


def minibatch_linear(xs, ys, batch_size, w=1.0, alpha=0.01, epochs=100):
    if batch_size < 1:
        raise ValueError("batch_size")
    x, y = torch.tensor(xs, dtype=torch.float64), torch.tensor(ys, dtype=torch.float64)
    batches = list(zip(x.split(batch_size), y.split(batch_size), strict=True))
    return [w for w, _ in _descend(batches, w, alpha, epochs)]
