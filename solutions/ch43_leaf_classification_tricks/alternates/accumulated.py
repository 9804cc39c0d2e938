"""Sums in one pass, and Newton's method for the temperature."""

import torch
from torch.nn import functional as F


def tta_predict(net, X, transforms):
    if len(transforms) == 0:
        raise ValueError("nothing to average")
    if hasattr(net, "train"):
        net.train(False)
    total = 0
    for transform in transforms:
        total = total + F.softmax(net(transform(X)).detach(), dim=-1)
    return total / len(transforms)


def weighted_ensemble(probs, weights):
    if not len(probs) == len(weights) > 0:
        raise ValueError("a weight for each table")
    if any(weight < 0 for weight in weights) or sum(weights) == 0:
        raise ValueError("weights are positive")
    shares = torch.tensor(weights, dtype=torch.float64) / sum(weights)
    return torch.einsum("k,knc->nc", shares.to(probs[0].dtype), torch.stack(list(probs)))


def fit_temperature(logits, y):
    z = logits.double() - logits.double().max(dim=1, keepdim=True).values
    target = z[torch.arange(len(y)), y].mean()
    u = 0.0  # the logarithm of 1 / T

    def slope_and_curvature(u):
        beta = torch.tensor(u).exp()
        P = torch.softmax(beta * z, dim=1)
        mean = (P * z).sum(dim=1)
        variance = (P * z**2).sum(dim=1) - mean**2
        slope = (mean.mean() - target).item()
        return beta.item() * slope, beta.item() ** 2 * variance.mean().item() + beta.item() * abs(slope)

    for _ in range(200):
        slope, curvature = slope_and_curvature(u)
        u -= max(-0.5, min(0.5, slope / max(curvature, 1e-12)))
    return float(torch.tensor(-u, dtype=torch.float64).exp())


def swa_average(state_dicts):
    if len(state_dicts) == 0:
        raise ValueError("no checkpoints")
    average = {name: value.clone() for name, value in state_dicts[0].items()}
    for count, state in enumerate(state_dicts[1:], start=2):
        if set(state) != set(average):
            raise ValueError("other names")
        for name, value in state.items():
            if torch.is_floating_point(value):
                average[name] += (value - average[name]) / count
            else:
                average[name].copy_(value)
    return average
