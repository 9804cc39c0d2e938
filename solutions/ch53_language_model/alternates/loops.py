"""Token by token."""

from collections import Counter


def seq_data_iter_random(corpus, batch_size, num_steps):
    start = random.randint(0, num_steps - 1)
    windows = []
    while start + num_steps + 1 <= len(corpus):
        windows.append((list(corpus[start : start + num_steps]), list(corpus[start + 1 : start + num_steps + 1])))
        start += num_steps
    while len(windows) >= batch_size:
        X, Y = [], []
        for _ in range(batch_size):
            inputs, labels = windows.pop(random.randrange(len(windows)))
            X.append(inputs)
            Y.append(labels)
        yield torch.tensor(X), torch.tensor(Y)


def seq_data_iter_sequential(corpus, batch_size, num_steps):
    text = list(corpus)[random.choice(range(num_steps + 1)) :]
    rows = [[] for _ in range(batch_size)]
    size = max(len(text) - 1, 0) // batch_size
    for i in range(size * batch_size):
        rows[i // size].append((text[i], text[i + 1]))
    done = 0
    while done + num_steps <= size:
        pairs = torch.tensor([row[done : done + num_steps] for row in rows])
        yield [pairs[:, :, 0], pairs[:, :, 1]]
        done += num_steps


def ngram_counts(tokens, n):
    counts = Counter()
    for i in range(len(tokens) - n + 1):
        counts[tuple(tokens[i : i + n])] += 1
    return counts


def laplace_bigram(tokens, eps, vocab_size):
    followers = {}
    for i in range(1, len(tokens)):
        followers.setdefault(tokens[i - 1], []).append(tokens[i])

    def probability(word, following):
        seen = followers.get(word, [])
        if not seen and eps == 0:
            return 0.0
        return seen.count(following) / (len(seen) + eps) + eps / (vocab_size * (len(seen) + eps))

    return probability


def perplexity(log_probs):
    if len(log_probs) == 0:
        raise ValueError("no tokens")
    mean = 0.0
    for log_prob in log_probs:
        mean -= log_prob / len(log_probs)
    return 2.718281828459045**mean
