"""With the tools of Python and torch."""

import itertools

from torch.nn import functional as F


def clean_lines(lines):
    return [" ".join(re.findall("[a-zA-Z]+", line)).lower() for line in lines]


def tokenize(lines, token="word"):
    split = {"word": str.split, "char": list}
    if token not in split:
        raise ValueError(token)
    return list(map(split[token], lines))


def count_corpus(tokens):
    lists = any(isinstance(line, list) for line in tokens)
    return collections.Counter(itertools.chain.from_iterable(tokens) if lists else tokens)


class Vocab:
    def __init__(self, tokens=None, min_freq=0, reserved_tokens=None):
        self._freqs = count_corpus(tokens if tokens is not None else []).most_common()
        known = dict.fromkeys(["<unk>"] + (reserved_tokens or []))
        known.update(dict.fromkeys(token for token, freq in self._freqs if freq >= min_freq))
        self.idx_to_token = list(known)
        self.token_to_idx = {token: i for i, token in enumerate(known)}

    def __len__(self):
        return len(self.idx_to_token)

    def __getitem__(self, tokens):
        if isinstance(tokens, str):
            return self.token_to_idx.get(tokens, 0)
        return [self[token] for token in tokens]

    def to_tokens(self, indices):
        if isinstance(indices, int):
            return self.idx_to_token[indices]
        return [self.idx_to_token[index] for index in indices]

    @property
    def unk(self):
        return self.token_to_idx["<unk>"]

    @property
    def token_freqs(self):
        return self._freqs


def bag_of_words(tokens, vocab):
    columns = [torch.tensor(vocab[line], dtype=torch.long) for line in tokens]
    return torch.stack([torch.bincount(line, minlength=len(vocab)) for line in columns]).float()


def tf_idf(counts):
    df = counts.bool().sum(0)
    idf = 1 + torch.log1p(counts.new_tensor(len(counts))) - torch.log1p(df.to(counts.dtype))
    return F.normalize(counts @ torch.diag(idf), dim=1)
