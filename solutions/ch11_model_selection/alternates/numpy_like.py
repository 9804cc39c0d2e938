"""With array functions: cumulative products, array_split, permutations and masks."""

import numpy as np


def evaluate_loss(net, data_iter, loss):
    if isinstance(net, nn.Module):
        net = net.eval()
    with torch.inference_mode():
        pairs = [(net(X), y) for X, y in data_iter]
        losses = torch.cat([loss(out, y.view_as(out)).flatten().double() for out, y in pairs])
    return float(losses.mean())


def polynomial_features(x, max_degree):
    factors = x.reshape(-1, 1) / torch.arange(max_degree).clamp(min=1)
    return torch.cat([torch.ones_like(factors[:, :1]), factors[:, 1:]], 1).cumprod(1)


def k_fold_indices(n, k):
    if not 1 < k <= n:
        raise ValueError("2 <= k <= n")
    everything = np.arange(n)
    return [
        (np.setdiff1d(everything, fold).tolist(), fold.tolist()) for fold in np.array_split(everything, k)
    ]  # fmt: skip


def train_val_test_split(n, fractions=(0.7, 0.15, 0.15), seed=0):
    if any(share < 0 for share in fractions) or abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("fractions")
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    sizes = [int(n * share) for share in fractions[1:]]
    parts = order.split([n - sum(sizes), *sizes])
    return tuple(part.tolist() for part in parts)


def stratified_split(labels, valid_ratio, seed=0):
    labels, rng = np.asarray(labels), np.random.default_rng(seed)
    classes, counts = np.unique(labels, return_counts=True)
    count = max(int(counts.min() * valid_ratio), 1)
    held_out = np.zeros(len(labels), dtype=bool)
    for value in classes:
        held_out[rng.permutation(np.flatnonzero(labels == value))[:count]] = True
    return np.flatnonzero(~held_out).tolist(), np.flatnonzero(held_out).tolist()
