"""Recursion with a bound, a heap for the beam, small objects for sequences."""

import heapq
from dataclasses import dataclass


@dataclass(frozen=True)
class Path:
    words: tuple
    log_prob: float

    def longer(self, step, bos):
        for word, value in enumerate(step((bos, *self.words))):
            if value.item() != -math.inf:
                yield Path((*self.words, word), self.log_prob + value.item())

    def ends(self, eos):
        return len(self.words) > 0 and self.words[-1] == eos


def greedy_search(step, bos, eos, max_len, path=Path((), 0.0)):
    if max_len == 0 or path.ends(eos):
        return path.words, path.log_prob
    best = max(path.longer(step, bos), key=lambda p: p.log_prob)
    return greedy_search(step, bos, eos, max_len - 1, best)


def exhaustive_search(step, bos, eos, max_len):
    best = Path((), -math.inf)

    def visit(path):
        nonlocal best
        if path.log_prob <= best.log_prob:
            return
        if path.ends(eos) or len(path.words) == max_len:
            best = path
        else:
            for longer in sorted(path.longer(step, bos), key=lambda p: -p.log_prob):
                visit(longer)

    visit(Path((), 0.0))
    return best.words, best.log_prob


def beam_search(step, bos, eos, max_len, k, alpha=0.75, include_prefixes=False):
    beam, aside = [Path((), 0.0)], {}
    while beam:
        kept = heapq.nlargest(k, (p for path in beam for p in path.longer(step, bos)), key=lambda p: p.log_prob)
        beam = [p for p in kept if not p.ends(eos) and len(p.words) < max_len]
        for p in kept:
            if include_prefixes or p not in beam:
                aside[p.words] = length_normalised_score(p.log_prob, len(p.words), alpha)
    return heapq.nlargest(k, aside.items(), key=lambda item: item[1])


def length_normalised_score(log_prob, length, alpha=0.75):
    if length < 1:
        raise ValueError(length)
    return log_prob / math.exp(alpha * math.log(length))


def search_cost(vocab, max_len, k):
    greedy = sum(vocab for _ in range(max_len))
    return greedy, math.prod([vocab] * max_len), k * greedy
