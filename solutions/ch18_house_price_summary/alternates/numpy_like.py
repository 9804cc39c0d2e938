"""Matrix products, roots before products, masks, and configurations drawn until a new one comes."""

import itertools


def average_predictions(preds, weights=None):
    if len({tuple(p.shape) for p in preds}) != 1:
        raise ValueError("shapes")
    w = torch.ones(len(preds)) if weights is None else torch.tensor([float(x) for x in weights])
    if len(w) != len(preds) or not w.sum() > 0:
        raise ValueError("weights")
    w = w.to(preds[0].dtype) / w.sum().to(preds[0].dtype)
    return torch.einsum("m,m...->...", w, torch.stack(list(preds)))


def geometric_mean_predictions(preds):
    if len({tuple(p.shape) for p in preds}) != 1 or min(p.min() for p in preds) <= 0:
        raise ValueError("preds")
    result = torch.ones_like(preds[0])
    for p in preds:
        result = result * p ** (1 / len(preds))
    return result


def out_of_fold(fit, X, y, k):
    n = X.shape[0]
    if not 2 <= k <= n:
        raise ValueError("k")
    sizes = [n // k + 1] * (n % k) + [n // k] * (k - n % k)
    fold_of = torch.repeat_interleave(torch.arange(k), torch.tensor(sizes))
    found = [None] * n
    for i in range(k):
        inside = fold_of == i
        model = fit(X[~inside], y[~inside])
        for row, value in zip(inside.nonzero()[:, 0].tolist(), model(X[inside]), strict=True):
            found[row] = value
    return torch.stack(found)


def random_search(space, n_trials, objective, seed=0):
    draw, names = random.Random(seed), list(space)
    losses = {}
    size = math.prod(map(len, space.values()))
    if n_trials >= size:
        order = list(itertools.product(*(range(len(v)) for v in space.values())))
        draw.shuffle(order)
    else:
        order = {}
        while len(order) < n_trials:
            order[tuple(draw.randrange(len(space[name])) for name in names)] = None
    for places in order:
        losses[places] = objective(**{name: space[name][i] for name, i in zip(names, places, strict=True)})
    kept = {places: loss for places, loss in losses.items() if loss == loss}
    if not kept:
        raise ValueError("all nan")
    places = min(kept, key=kept.get)
    return {name: space[name][i] for name, i in zip(names, places, strict=True)}, kept[places]
