"""The beam as a matrix: topk over all extensions at once, divmod for parent and word; products for all sequences."""

import itertools

import torch


def greedy_search(step, bos, eos, max_len):
    prefix, total = [bos], 0.0
    for _ in range(max_len):
        values, indices = step(tuple(prefix)).sort(descending=True, stable=True)
        total += values[0].item()
        prefix.append(indices[0].item())
        if prefix[-1] == eos:
            break
    return tuple(prefix[1:]), total


def exhaustive_search(step, bos, eos, max_len):
    if max_len == 0:
        return (), 0.0
    known = {(): (0.0, step((bos,)))}
    best, best_total = (), -math.inf
    for words in itertools.product(range(len(known[()][1])), repeat=max_len):
        for end in range(1, max_len + 1):
            parent, word = words[: end - 1], words[end - 1]
            if parent not in known:
                break
            total = known[parent][0] + known[parent][1][word].item()
            if total == -math.inf:
                break
            if word == eos or end == max_len:
                if total > best_total:
                    best, best_total = words[:end], total
                break
            if words[:end] not in known:
                known[words[:end]] = total, step((bos, *words[:end]))
    return best, best_total


def length_normalised_score(log_prob, length, alpha=0.75):
    if length <= 0:
        raise ValueError("no words, no score")
    return log_prob * length**-alpha


def beam_search(step, bos, eos, max_len, k, alpha=0.75, include_prefixes=False):
    prefixes, totals, candidates = [(bos,)], torch.zeros(1, dtype=torch.float64), []
    for length in range(1, max_len + 1):
        matrix = torch.stack([step(prefix) for prefix in prefixes]) + totals[:, None]
        values, places = matrix.flatten().topk(min(k, matrix.numel()))
        following = []
        for value, place in zip(values.tolist(), places.tolist(), strict=True):
            if math.isinf(value):
                continue
            row, word = divmod(place, matrix.shape[1])
            longer = (*prefixes[row], word)
            complete = word == eos or length == max_len
            if complete or include_prefixes:
                candidates.append((longer[1:], length_normalised_score(value, length, alpha)))
            if not complete:
                following.append((longer, value))
        if not following:
            break
        prefixes = [prefix for prefix, _ in following]
        totals = torch.tensor([value for _, value in following], dtype=torch.float64)
    candidates.sort(key=lambda candidate: -candidate[1])
    return candidates[:k]


def search_cost(vocab, max_len, k):
    exhaustive = 1
    for _ in range(max_len):
        exhaustive *= vocab
    return max_len * vocab, exhaustive, max_len * vocab * k
