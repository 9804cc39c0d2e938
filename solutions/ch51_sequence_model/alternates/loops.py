"""One number at a time, in Python lists; probabilities by adding up and dividing entries."""


def autoregressive_dataset(x, tau):
    if len(x) <= tau:
        raise ValueError("the series is too short")
    examples = [(x[t : t + tau], x[t + tau]) for t in range(len(x) - tau)]
    features = torch.stack([window for window, _ in examples])
    labels = torch.stack([label for _, label in examples]).reshape(len(examples), 1)
    return features, labels


@torch.no_grad()
def multistep_predict(net, x, n_train, tau, T):
    series = x[: n_train + tau].tolist()
    while len(series) < T:
        window = torch.tensor([series[-tau:]], dtype=x.dtype)
        series.append(float(net(window)))
    return torch.tensor(series, dtype=x.dtype)


@torch.no_grad()
def k_step_features(net, x, tau, max_steps):
    rows = []
    for t in range(len(x) - tau - max_steps + 1):
        row = list(x[t : t + tau].unbind())
        for _ in range(max_steps):
            row.append(net(torch.stack(row[len(row) - tau :])[None])[0, 0])
        rows.append(torch.stack(row))
    return torch.stack(rows)


def chain_rule_prob(joint, seq):
    sizes = [range(n) for n in joint.shape]

    def mass(prefix):
        rest = itertools.product(*sizes[len(prefix) :])
        return sum(float(joint[(*prefix, *others)]) for others in rest)

    probability = 1.0
    for t, _ in enumerate(seq):
        before = mass(tuple(seq[:t]))
        if before == 0:
            return 0.0
        probability = probability * mass(tuple(seq[: t + 1])) / before
    return probability


def markov_chain_prob(init, P, seq):
    first, *others = seq
    probability, last = float(init[first]), first
    for state in others:
        probability, last = probability * float(P[last][state]), state
    return probability
