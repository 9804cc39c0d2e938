"""With whole tensors and torch's own randomness."""


def seq_data_iter_random(corpus, batch_size, num_steps):
    text = torch.tensor(corpus, dtype=torch.long)[torch.randint(num_steps, ()) :]
    if len(text) <= num_steps:
        return
    windows = text.unfold(0, num_steps + 1, num_steps)
    order = torch.randperm(len(windows))
    for chosen in order.split(batch_size):
        if len(chosen) == batch_size:
            yield windows[chosen, :-1], windows[chosen, 1:]


def seq_data_iter_sequential(corpus, batch_size, num_steps):
    text = torch.tensor(corpus, dtype=torch.long)[torch.randint(num_steps + 1, ()) :]
    length = (len(text) - 1) // batch_size
    if length < num_steps:
        return
    inputs, labels = (part[: batch_size * length].view(batch_size, length) for part in (text[:-1], text[1:]))
    for X, Y in zip(inputs.split(num_steps, dim=1), labels.split(num_steps, dim=1), strict=True):
        if X.shape[1] == num_steps:
            yield X, Y


def ngram_counts(tokens, n):
    grams = list(zip(*(tokens[i : len(tokens) - n + 1 + i] for i in range(n)), strict=True)) if len(tokens) >= n else []
    counts = collections.Counter()
    counts.update(grams)
    return counts


def laplace_bigram(tokens, eps, vocab_size):
    known = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    counts = torch.zeros(len(known) + 1, len(known) + 1, dtype=torch.float64)
    if len(tokens) > 1:
        text = torch.tensor([known[token] for token in tokens])
        one = torch.ones(len(text) - 1, dtype=torch.float64)
        counts.index_put_((text[:-1], text[1:]), one, accumulate=True)
    table = ((counts + eps / vocab_size) / (counts.sum(1, keepdim=True) + eps)).nan_to_num(0.0)
    return lambda word, following: table[known.get(word, -1), known.get(following, -1)].item()


def perplexity(log_probs):
    if not list(log_probs):
        raise ValueError("the mean of nothing")
    return torch.tensor(log_probs, dtype=torch.float64).mean().neg().exp().item()
