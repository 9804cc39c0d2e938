"""ch52 Text preprocessing: from lines of text to numbers.

See D2L 8.2 (chapter_recurrent-neural-networks/text-preprocessing.md).
"""

import collections
import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def clean_lines(lines: Sequence[str]) -> list[str]:
    """Return the lines as lower-case words with single spaces between them, like read_time_machine (D2L 8.2.1).

    In each line, every run of characters other than the 52 letters A to Z and a to z becomes one space. Then remove
    the spaces at both ends, and make all letters lower case. Digits, apostrophes, tabs and accented letters are not
    letters here.

    Args:
        lines: a list or tuple of lines, which stays unchanged.

    Returns:
        A list with a line for each line, in the same order. A line without letters becomes "".

    >>> clean_lines(["The Time Machine, by H. G. Wells [1898]", "don't"])
    ['the time machine by h g wells', 'don t']
    """
    # BEGIN SOLUTION
    return [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in lines]
    # WRONG lines-joined: return "\n".join(re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in lines)
    # WRONG lines-split: return [re.sub("[^A-Za-z]+", " ", line).lower().split() for line in lines]
    # WRONG other-alphabets-kept: return [re.sub(r"[\W\d_]+", " ", line).strip().lower() for line in lines]
    # WRONG spaces-deleted: return [re.sub("[^A-Za-z]+", "", line).lower() for line in lines]
    # WRONG upper-case: return [re.sub("[^A-Za-z]+", " ", line).strip().upper() for line in lines]
    # WRONG each-mark-a-space: return [re.sub("[^A-Za-z]", " ", line).strip().lower() for line in lines]
    # WRONG marks-deleted: return [re.sub("[^A-Za-z ]+", "", line).strip().lower() for line in lines]
    # WRONG capitals-lost: return [re.sub("[^a-z]+", " ", line).strip().lower() for line in lines]
    # WRONG range-from-upper-to-lower: return [re.sub("[^A-z]+", " ", line).strip().lower() for line in lines]
    # WRONG word-characters-kept: return [re.sub("\\W+", " ", line).strip().lower() for line in lines]
    # WRONG ends-not-stripped: return [re.sub("[^A-Za-z]+", " ", line).lower() for line in lines]
    # WRONG empty-lines-dropped:
    #     return [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in lines if re.search('[A-Za-z]', line)]
    # WRONG capitals-kept: return [re.sub("[^A-Za-z]+", " ", line).strip() for line in lines]
    # WRONG digits-kept: return [re.sub("[^A-Za-z0-9]+", " ", line).strip().lower() for line in lines]
    # WRONG apostrophes-kept: return [re.sub("[^A-Za-z']+", " ", line).strip().lower() for line in lines]
    # WRONG stripped-too-early: return [re.sub("[^A-Za-z]+", " ", line.strip()).lower() for line in lines]
    # END SOLUTION


def tokenize(lines: Sequence[str], token: str = "word") -> list[list[str]]:
    """Split lines into words or characters, and return them (D2L 8.2.2).

    Args:
        lines: a list or tuple of lines, which stays unchanged.
        token: "word" splits at any amount of white space; "char" gives every character, including white space.

    Returns:
        A list of tokens for each line, in the same order. An empty line gives an empty list.

    Raises:
        ValueError: token is neither "word" nor "char" (no points). Returning None, as the book's code does, also
            passes.
    """
    # BEGIN SOLUTION
    if token == "word":
        return [line.split() for line in lines]
        # WRONG stripped-and-split-at-each-space: return [line.strip().split(' ') for line in lines]
        # WRONG split-at-each-space: return [line.split(' ') for line in lines]
        # WRONG lines-run-together: return [word for line in lines for word in line.split()]
        # WRONG untokenized-lines-dropped: return [line.split() for line in lines if line.strip()]
    if token == "char":
        # WRONG anything-is-characters: if True:
        return [list(line) for line in lines]
        # WRONG characters-of-words: return [[list(word) for word in line.split()] for line in lines]
        # WRONG white-space-dropped: return [[char for char in line if not char.isspace()] for line in lines]
        # WRONG untokenized-lines-dropped: return [list(line) for line in lines if line]
        # WRONG kind-ignored: return [line.split() for line in lines]
        # WRONG characters-run-together: return [char for line in lines for char in line]
    raise ValueError(f"unknown token type: {token}")
    # END SOLUTION


def count_corpus(tokens: Sequence[Any] | Sequence[Sequence[Any]]) -> collections.Counter:
    """Return the number of times that each token occurs (D2L 8.2.3).

    The function leaves tokens unchanged.

    Args:
        tokens: a list of tokens, or a list of lines. Each line is a list of tokens and may be empty. A token is a
            string or a tuple of strings, so a list of tuples is a list of tokens.

    Returns:
        A collections.Counter, from tokens to counts.

    >>> count_corpus([["the", "time"], [], ["the"]])
    Counter({'the': 2, 'time': 1})
    """
    # BEGIN SOLUTION
    if all(isinstance(item, list) for item in tokens):
        # WRONG words-taken-apart: if True:
        # WRONG tuples-taken-apart: if all(isinstance(item, (list, tuple)) for item in tokens):
        # WRONG first-item-needed: if isinstance(tokens[0], list):
        tokens = [token for line in tokens for token in line]
        # WRONG lines-counted: tokens = [token for line in tokens for token in dict.fromkeys(line)]
        # WRONG last-line-counted: tokens = [token for line in tokens[-1:] for token in line]
        # WRONG not-flattened: tokens = list(tokens)
    return collections.Counter(tokens)
    # WRONG frequencies-for-counts:
    #     return collections.Counter({token: n / len(tokens) for token, n in collections.Counter(tokens).items()})
    # WRONG plain-dict: return dict(collections.Counter(tokens))
    # END SOLUTION


class Vocab:
    """A vocabulary, from tokens to indices and back (D2L 8.2.3). It uses your `count_corpus`.

    Index 0 is "<unk>", which represents all tokens that are not in the vocabulary. The reserved tokens follow in their
    order. Then come the tokens that occur at least min_freq times, the most frequent first. Equally frequent tokens
    are in the order of their first occurrence. No token has two indices.

    Attributes:
        idx_to_token: the list of all tokens by index.
        token_to_idx: the dictionary from tokens to indices.
    """

    def __init__(
        self, tokens: Sequence[Any] | None = None, min_freq: int = 0, reserved_tokens: list[str] | None = None
    ) -> None:
        """Build the vocabulary of a corpus, and leave the arguments unchanged.

        Args:
            tokens: the corpus, in a form that `count_corpus` takes. None is an empty corpus.
            min_freq: the smallest count of a token in the vocabulary. Reserved tokens may be rarer or missing.
            reserved_tokens: a list such as ["<pad>", "<bos>", "<eos>"]. None is an empty list.
        """
        # BEGIN SOLUTION
        counter = count_corpus([] if tokens is None else tokens)
        # WRONG corpus-always-of-lines:
        #     counter = collections.Counter(token for line in (tokens or []) for token in line)
        # WRONG no-corpus-forgotten: counter = count_corpus(tokens)
        self._token_freqs = sorted(counter.items(), key=lambda pair: pair[1], reverse=True)
        # WRONG rarest-first: self._token_freqs = sorted(counter.items(), key=lambda pair: pair[1])
        # WRONG alphabetical-order: self._token_freqs = sorted(counter.items(), key=lambda pair: pair[0])
        # WRONG ties-reversed: self._token_freqs = sorted(counter.items(), key=lambda pair: pair[1])[::-1]
        # WRONG ties-in-alphabetical-order:
        #     self._token_freqs = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0]))
        special = ["<unk>", *(reserved_tokens or [])]
        # WRONG no-place-for-unknown: special = [*(reserved_tokens or [])]
        # WRONG unknown-after-reserved: special = [*(reserved_tokens or []), "<unk>"]
        # WRONG unknown-last: special = [*(reserved_tokens or [])]
        # WRONG reserved-by-frequency: special = ["<unk>"]
        # WRONG reserved-forgotten: special = ["<unk>"]
        # WRONG reserved-list-changed:
        #     special = [] if reserved_tokens is None else reserved_tokens
        #     special.insert(0, "<unk>")
        # WRONG no-reserved-forgotten: special = ["<unk>", *reserved_tokens]
        frequent = [token for token, freq in self._token_freqs if freq >= min_freq]
        # WRONG min-freq-exclusive: frequent = [token for token, freq in self._token_freqs if freq > min_freq]
        # WRONG min-freq-ignored: frequent = [token for token, freq in self._token_freqs]
        # WRONG reserved-by-frequency:
        #     frequent = [
        #         token for token, freq in self._token_freqs if freq >= min_freq or token in (reserved_tokens or [])
        #     ]
        self.idx_to_token = special + [token for token in frequent if token not in special]
        # WRONG unknown-last:
        #     self.idx_to_token = (
        #         special + [token for token in frequent if token not in [*special, "<unk>"]] + ["<unk>"]
        #     )
        # WRONG reserved-by-frequency:
        #     self.idx_to_token = special + [
        #         token for token in dict.fromkeys([*frequent, *(reserved_tokens or [])]) if token not in special
        #     ]
        # WRONG two-indices-for-a-token: self.idx_to_token = special + frequent
        # WRONG everything-sorted: self.idx_to_token = sorted({*special, *frequent})
        self.token_to_idx = {token: index for index, token in enumerate(self.idx_to_token)}
        # WRONG indices-from-one: self.token_to_idx = {token: index for index, token in enumerate(self.idx_to_token, 1)}
        # END SOLUTION

    def __len__(self) -> int:
        """Return the number of tokens, including "<unk>" and the reserved tokens."""
        # BEGIN SOLUTION
        return len(self.idx_to_token)
        # WRONG length-without-unknown: return len(self.idx_to_token) - 1
        # WRONG length-of-the-corpus: return len(self._token_freqs)
        # END SOLUTION

    def __getitem__(self, tokens: Any) -> Any:
        """Return the index of a token, or 0 for an unknown token. For a list or tuple, return the list of its items'
        results.

        Lists may be nested. A tuple is always looked up item by item, even if the tuple itself is a token.
        """
        # BEGIN SOLUTION
        if isinstance(tokens, (list, tuple)):
            # WRONG tuple-is-one-token: if isinstance(tokens, list):
            return [self[token] for token in tokens]
            # WRONG one-level-only: return [self.token_to_idx.get(token, self.unk) for token in tokens]
            # WRONG structure-flattened:
            #     return [i for t in tokens for i in (self[t] if isinstance(t, (list, tuple)) else [self[t]])]
        return self.token_to_idx.get(tokens, self.unk)
        # WRONG unknown-is-none: return self.token_to_idx.get(tokens)
        # WRONG list-is-one-token, 3 lines:
        #     try:
        #         return self.token_to_idx[tokens]
        #     except (KeyError, TypeError):
        #         return self.unk
        # WRONG unknown-raises: return self.token_to_idx[tokens]
        # END SOLUTION

    def to_tokens(self, indices: Any) -> Any:
        """Return the token of an index. For a list or tuple of indices, return the list of their tokens."""
        # BEGIN SOLUTION
        if isinstance(indices, (list, tuple)):
            # WRONG tuples-no-list-of-indices: if isinstance(indices, list):
            return [self.idx_to_token[index] for index in indices]
            # WRONG one-index-only: return self.idx_to_token[indices]
        return self.idx_to_token[indices]
        # END SOLUTION

    @property
    def unk(self) -> int:
        """Return the index of the unknown token, 0."""
        # BEGIN SOLUTION
        return 0
        # WRONG everything-sorted: return self.token_to_idx["<unk>"]
        # WRONG unk-is-the-token: return "<unk>"
        # END SOLUTION

    @property
    def token_freqs(self) -> list[tuple[Any, int]]:
        """Return all tokens of the corpus with their counts, in descending order; equal counts by first occurrence."""
        # BEGIN SOLUTION
        return self._token_freqs
        # WRONG freqs-without-counts: return [token for token, _ in self._token_freqs]
        # WRONG freqs-as-a-dictionary: return dict(self._token_freqs)
        # WRONG rare-tokens-not-reported: return [pair for pair in self._token_freqs if pair[0] in self.token_to_idx]
        # END SOLUTION


def bag_of_words(tokens: Sequence[Sequence[str]], vocab: Any) -> Tensor:
    """Return the number of times that each token of a vocabulary occurs in each line.

    The order of the tokens in a line does not matter. The function leaves its arguments unchanged.

    Args:
        tokens: lines, each a list of tokens, perhaps empty. They need not be the lines that the vocabulary was built
            from.
        vocab: a vocabulary with the methods and attributes of `Vocab`.

    Returns:
        Counts, (number of lines, len(vocab)), float32. Tokens that are not in the vocabulary count in column vocab.unk.
    """
    # BEGIN SOLUTION
    counts = torch.zeros(len(tokens), len(vocab))
    # WRONG vocabulary-of-the-new-lines:
    #     vocab = Vocab(tokens)
    #     counts = torch.zeros(len(tokens), len(vocab))
    # WRONG whole-numbers: counts = torch.zeros(len(tokens), len(vocab), dtype=torch.long)
    for row, line in enumerate(tokens):
        for index in vocab[line]:
            # WRONG unknown-not-counted: for index in filter(None, vocab[line]):
            # WRONG unknown-token-raises: for index in [vocab.token_to_idx[token] for token in line]:
            counts[row, index] += 1
            # WRONG relative-frequencies: counts[row, index] += 1 / len(line)
        # WRONG repeats-counted-once, 2 lines: counts[row, vocab[line]] += 1
    return counts
    # WRONG double-precision: return counts.double()
    # WRONG rows-as-lists: return counts.tolist()
    # WRONG tokens-in-rows: return counts.T
    # WRONG lines-added-up: return counts.sum(dim=0, keepdim=True)
    # WRONG no-column-for-unknown: return counts[:, 1:]
    # END SOLUTION


def tf_idf(counts: Tensor) -> Tensor:
    """Return counts that are weighted by the rarity of each token (Sparck Jones, 1972).

        weight[i, j] = counts[i, j] * (ln((1 + n) / (1 + df[j])) + 1)

    There are n documents, and df[j] of them have token j at least once. Then divide each row by its Euclidean norm.
    The result is that of scikit-learn's TfidfTransformer. The function leaves counts unchanged.

    Args:
        counts: (n, tokens), a row for each document and a column for each token, float32 or float64, not negative. The
            tensor need not be contiguous in memory.

    Returns:
        A tensor with the shape and dtype of counts. Each row has norm 1, but a row of zeros stays zero.
    """
    # BEGIN SOLUTION
    df = torch.count_nonzero(counts, dim=0).to(counts.dtype)
    # WRONG occurrences-for-documents: df = counts.sum(dim=0)
    # WRONG nonzero-in-each-row: df = torch.count_nonzero(counts, dim=1).to(counts.dtype)
    idf = torch.log((1 + len(counts)) / (1 + df)) + 1
    # WRONG only-n-smoothed: idf = torch.log((1 + len(counts)) / df) + 1
    # WRONG binary-logarithm: idf = torch.log2((1 + len(counts)) / (1 + df)) + 1
    # WRONG tokens-for-documents: idf = torch.log((1 + counts.shape[1]) / (1 + df)) + 1
    # WRONG one-inside-the-logarithm: idf = torch.log((1 + len(counts)) / (1 + df) + 1)
    # WRONG unsmoothed: idf = torch.log(len(counts) / df) + 1
    # WRONG common-tokens-erased: idf = torch.log((1 + len(counts)) / (1 + df))
    # WRONG common-logarithm: idf = torch.log10((1 + len(counts)) / (1 + df)) + 1
    # WRONG only-df-smoothed: idf = torch.log(len(counts) / (1 + df)) + 1
    # WRONG ratio-turned: idf = torch.log((1 + df) / (1 + len(counts))) + 1
    weights = counts * idf
    # WRONG inverse-frequency-alone: weights = (counts > 0) * idf
    # WRONG inverse-frequency-left-out: weights = counts * 1
    # WRONG counts-overwritten: weights = counts.mul_(idf)
    norms = torch.sqrt((weights**2).sum(dim=1, keepdim=True))
    # WRONG rows-sum-to-one: norms = weights.sum(dim=1, keepdim=True)
    # WRONG columns-normalised: norms = torch.sqrt((weights**2).sum(dim=0, keepdim=True))
    # WRONG norms-without-an-axis: norms = torch.sqrt((weights**2).sum(dim=1))
    # WRONG norms-of-the-counts: norms = torch.sqrt((counts**2).sum(dim=1, keepdim=True))
    # WRONG norm-of-the-whole-table: norms = torch.sqrt((weights**2).sum()).expand(len(counts), 1).clone()
    # WRONG squared-norms: norms = (weights**2).sum(dim=1, keepdim=True)
    norms[norms == 0] = 1  # a row of zeros stays zero
    # WRONG zero-divided-by-zero:
    return weights / norms
    # WRONG not-normalised: return weights
    # END SOLUTION
