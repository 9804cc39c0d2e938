"""Running sums instead of stacks, slices joined around each fold, and torch's generator."""


def average_predictions(preds, weights=None):
    weights = weights if weights is not None else (1,) * len(preds)
    if len(weights) != len(preds) or sum(weights) <= 0:
        raise ValueError("weights")
    total = torch.zeros_like(preds[0])
    for weight, pred in zip(weights, preds, strict=True):
        if pred.shape != total.shape:
            raise ValueError("shapes")
        total = total + weight * pred
    return total / sum(weights)


def geometric_mean_predictions(preds):
    logs = []
    for pred in preds:
        if not bool((pred > 0).all()):
            raise ValueError("not positive")
        logs.append(torch.log(pred))
    return torch.exp(average_predictions(logs))


def out_of_fold(fit, X, y, k):
    n = len(X)
    if k not in range(2, n + 1):
        raise ValueError("k")
    start, result = 0, []
    for i in range(k):
        stop = start + n // k + (i < n % k)
        train = [torch.cat([part[:start], part[stop:]]) for part in (X, y)]
        result += fit(*train)(X[start:stop].clone())
        start = stop
    return torch.stack(result)


def random_search(space, n_trials, objective, seed=0):
    generator = torch.Generator().manual_seed(seed)
    tried, results = set(), []
    size = 1
    for values in space.values():
        size *= len(values)
    while len(tried) < min(n_trials, size):
        config = {name: v[int(torch.randint(len(v), (1,), generator=generator))] for name, v in space.items()}
        if (key := repr(config)) not in tried:
            tried.add(key)
            results.append((config, objective(**config)))
    results = [pair for pair in results if pair[1] == pair[1]]
    if not results:
        raise ValueError("all nan")
    return sorted(results, key=lambda pair: pair[1])[0]
