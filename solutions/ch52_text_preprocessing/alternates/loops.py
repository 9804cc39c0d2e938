"""Character by character, token by token."""

import math
from string import ascii_letters


def clean_lines(lines):
    cleaned = []
    for line in lines:
        words, word = [], ""
        for char in line + " ":
            if char in ascii_letters:
                word += char
            elif word:
                words.append(word.lower())
                word = ""
        cleaned.append(" ".join(words))
    return cleaned


def tokenize(lines, token="word"):
    if token not in ("word", "char"):
        print("unknown token type: " + token)
        return None
    result = []
    for line in lines:
        result.append([])
        if token == "char":
            for char in line:
                result[-1].append(char)
            continue
        word = ""
        for char in line:
            if not char.isspace():
                word += char
            elif word:
                result[-1].append(word)
                word = ""
        if word:
            result[-1].append(word)
    return result


def count_corpus(tokens):
    counter = collections.Counter()
    for item in tokens:
        for token in item if isinstance(item, list) else [item]:
            counter[token] = counter.get(token, 0) + 1
    return counter


class Vocab:
    def __init__(self, tokens=None, min_freq=0, reserved_tokens=None):
        self.unk = 0
        self.idx_to_token, self.token_to_idx = [], {}
        self._add("<unk>")
        for token in reserved_tokens or ():
            self._add(token)
        left = list(count_corpus(tokens or []).items())
        self.token_freqs = []
        while left:
            best = left[0]
            for pair in left:
                if pair[1] > best[1]:
                    best = pair
            left.remove(best)
            self.token_freqs.append(best)
            if best[1] >= min_freq:
                self._add(best[0])

    def _add(self, token):
        if token not in self.token_to_idx:
            self.token_to_idx[token] = len(self.idx_to_token)
            self.idx_to_token.append(token)

    def __len__(self):
        return len(self.token_to_idx)

    def __getitem__(self, tokens):
        if type(tokens) in (list, tuple):
            indices = []
            for token in tokens:
                indices.append(self[token])
            return indices
        return self.token_to_idx[tokens] if tokens in self.token_to_idx else self.unk

    def to_tokens(self, indices):
        if type(indices) in (list, tuple):
            return [self.to_tokens(index) for index in indices]
        return self.idx_to_token[indices]


def bag_of_words(tokens, vocab):
    rows = []
    for line in tokens:
        row = [0.0] * len(vocab)
        for token in line:
            row[vocab[token]] += 1
        rows.append(row)
    return torch.tensor(rows)


def tf_idf(counts):
    result = counts.clone()
    n, size = counts.shape
    for j in range(size):
        df = sum(1 for i in range(n) if counts[i, j] > 0)
        result[:, j] *= math.log((1 + n) / (1 + df)) + 1
    for i in range(n):
        norm = math.sqrt(sum(x**2 for x in result[i].tolist()))
        if norm:
            result[i] /= norm
    return result
