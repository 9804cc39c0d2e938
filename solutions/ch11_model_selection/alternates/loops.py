"""With loops over single examples, logarithms of factorials and a shuffle by hand."""


def evaluate_loss(net, data_iter, loss):
    module = isinstance(net, torch.nn.Module)
    if module:
        net.train(False)
    numbers = []
    for X, y in data_iter:
        with torch.no_grad():
            out = net(X)
            numbers += loss(out, y.reshape(out.size())).reshape(-1).tolist()
    return math.fsum(numbers) / len(numbers)


def polynomial_features(x, max_degree):
    wide = x.flatten().double()
    size = [[math.exp(-math.lgamma(i + 1))] for i in range(max_degree)]
    return torch.stack([wide**i * size[i][0] for i in range(max_degree)], -1).to(x.dtype)


def k_fold_indices(n, k):
    if k > n or k <= 1:
        raise ValueError(f"k = {k}")
    fold_of = [fold for fold in range(k) for _ in range(n // k + (1 if fold < n - k * (n // k) else 0))]
    result = []
    for fold in range(k):
        train, valid = [], []
        for i in range(n):
            (valid if fold_of[i] == fold else train).append(i)
        result.append((train, valid))
    return result


def train_val_test_split(n, fractions=(0.7, 0.15, 0.15), seed=0):
    train, valid, test = fractions
    if train < 0 or valid < 0 or test < 0 or not 0.999999 < train + valid + test < 1.000001:
        raise ValueError("fractions of a whole, please")
    rng, deck = random.Random(f"split {seed}"), list(range(n))
    for i in range(n - 1, 0, -1):
        j = rng.randint(0, i)
        deck[i], deck[j] = deck[j], deck[i]
    tests = [deck.pop() for _ in range(math.floor(n * test))]
    valids = [deck.pop() for _ in range(math.floor(n * valid))]
    return deck, valids, tests


def stratified_split(labels, valid_ratio, seed=0):
    rng = random.Random(seed)
    order = sorted(range(len(labels)), key=lambda _: rng.random())
    sizes = {}
    for label in labels:
        sizes[label] = sizes.get(label, 0) + 1
    wanted = dict.fromkeys(sizes, max(1, int(min(sizes.values()) * valid_ratio)))
    train, valid = [], []
    for i in order:
        wanted[labels[i]] -= 1
        (valid if wanted[labels[i]] >= 0 else train).append(i)
    return train, valid
