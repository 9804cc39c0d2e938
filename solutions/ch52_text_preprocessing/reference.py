"""ch52 Text preprocessing: from lines of text to numbers.

D2L section 8.2 (chapter_recurrent-neural-networks/text-preprocessing.md).
"""

import collections
import re
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor


def clean_lines(lines: Sequence[str]) -> list[str]:
    """Lines of lower-case words with one space between them (the rule of read_time_machine, D2L 8.2.1).

    In every line, each run of characters that are none of the 52 letters A to Z and a to z becomes one space; then the
    spaces at both ends go, and the rest becomes lower case. Digits, apostrophes, tabs and accented letters are no
    letters here.

    Args:
        lines: the lines as they were read.

    Returns:
        As many lines as there were, in their order; a line without letters becomes "".

    >>> clean_lines(["The Time Machine, by H. G. Wells [1898]", "don't"])
    ['the time machine by h g wells', 'don t']
    """
    # BEGIN SOLUTION
    return [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in lines]
    # WRONG each-mark-a-space: return [re.sub("[^A-Za-z]", " ", line).strip().lower() for line in lines]
    # WRONG marks-deleted: return [re.sub("[^A-Za-z ]+", "", line).strip().lower() for line in lines]
    # WRONG capitals-lost: return [re.sub("[^a-z]+", " ", line).strip().lower() for line in lines]
    # WRONG range-from-upper-to-lower: return [re.sub("[^A-z]+", " ", line).strip().lower() for line in lines]
    # WRONG word-characters-kept: return [re.sub("\\W+", " ", line).strip().lower() for line in lines]
    # WRONG ends-not-stripped: return [re.sub("[^A-Za-z]+", " ", line).lower() for line in lines]
    # WRONG empty-lines-dropped:
    #     return [re.sub("[^A-Za-z]+", " ", line).strip().lower() for line in lines if re.search('[A-Za-z]', line)]
    # END SOLUTION


def tokenize(lines: Sequence[str], token: str = "word") -> list[list[str]]:
    """Splits lines into words or characters (D2L 8.2.2).

    Args:
        lines: lines of text.
        token: "word" splits at white space, however much of it there is; "char" gives every character, white space
            included.

    Returns:
        A list of tokens for every line, in order; an empty line gives an empty list.

    Raises:
        ValueError: any other token. (The book prints a message and returns None, which is as good here.)
    """
    # BEGIN SOLUTION
    if token == "word":
        return [line.split() for line in lines]
        # WRONG split-at-each-space: return [line.split(' ') for line in lines]
        # WRONG lines-run-together: return [word for line in lines for word in line.split()]
        # WRONG untokenized-lines-dropped: return [line.split() for line in lines if line.strip()]
    if token == "char":
        # WRONG anything-is-characters: if True:
        return [list(line) for line in lines]
        # WRONG white-space-dropped: return [[char for char in line if not char.isspace()] for line in lines]
        # WRONG untokenized-lines-dropped: return [list(line) for line in lines if line]
    raise ValueError(f"unknown token type: {token}")
    # END SOLUTION


def count_corpus(tokens: Sequence[Any] | Sequence[Sequence[Any]]) -> collections.Counter:
    """How often every token occurs (D2L 8.2.3).

    Args:
        tokens: a list of tokens, or a list of lines that are lists of tokens each, some of which may be empty. A token
            is a string, or a tuple of strings: a list of tuples is a list of tokens.

    Returns:
        A collections.Counter, from tokens to counts.

    >>> count_corpus([["the", "time"], [], ["the"]])
    Counter({'the': 2, 'time': 1})
    """
    # BEGIN SOLUTION
    if all(isinstance(item, list) for item in tokens):
        # WRONG words-taken-apart: if True:
        tokens = [token for line in tokens for token in line]
        # WRONG lines-counted: tokens = [token for line in tokens for token in dict.fromkeys(line)]
        # WRONG last-line-counted: tokens = [token for line in tokens[-1:] for token in line]
    return collections.Counter(tokens)
    # END SOLUTION


class Vocab:
    """A vocabulary: tokens to indices and back (D2L 8.2.3), on top of your `count_corpus`.

    Index 0 is "<unk>", which stands for every token that the vocabulary does not have. The reserved tokens follow, in
    their order; then the tokens that occur at least min_freq times, the most frequent first, and of equally frequent
    ones that which occurs first in the corpus. No token has two indices.

    Attributes:
        idx_to_token: the list of all tokens by index.
        token_to_idx: the dictionary from tokens to indices.
    """

    def __init__(
        self, tokens: Sequence[Any] | None = None, min_freq: int = 0, reserved_tokens: list[str] | None = None
    ) -> None:
        """Build the vocabulary of a corpus.

        Args:
            tokens: the corpus, as `count_corpus` takes it; None is an empty one.
            min_freq: how often a token must occur at least. Reserved tokens need not occur at all.
            reserved_tokens: such as ["<pad>", "<bos>", "<eos>"]; None is none.
        """
        # BEGIN SOLUTION
        counter = count_corpus([] if tokens is None else tokens)
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
        self.token_to_idx = {token: index for index, token in enumerate(self.idx_to_token)}
        # END SOLUTION

    def __len__(self) -> int:
        """The number of tokens, "<unk>" and the reserved ones included."""
        # BEGIN SOLUTION
        return len(self.idx_to_token)
        # END SOLUTION

    def __getitem__(self, tokens: Any) -> Any:
        """The index of a token, 0 for one that is unknown; for a list or tuple, the list of what its items give.

        Lists may be nested. A tuple is looked up item by item, too, even if it is itself a token of the vocabulary.
        """
        # BEGIN SOLUTION
        if isinstance(tokens, (list, tuple)):
            # WRONG tuple-is-one-token: if isinstance(tokens, list):
            return [self[token] for token in tokens]
            # WRONG structure-flattened:
            #     return [i for t in tokens for i in (self[t] if isinstance(t, (list, tuple)) else [self[t]])]
        return self.token_to_idx.get(tokens, self.unk)
        # WRONG list-is-one-token, 3 lines:
        #     try:
        #         return self.token_to_idx[tokens]
        #     except (KeyError, TypeError):
        #         return self.unk
        # END SOLUTION

    def to_tokens(self, indices: Any) -> Any:
        """The token of an index, or the list of the tokens of a list or tuple of indices."""
        # BEGIN SOLUTION
        if isinstance(indices, (list, tuple)):
            return [self.idx_to_token[index] for index in indices]
        return self.idx_to_token[indices]
        # END SOLUTION

    @property
    def unk(self) -> int:
        """The index of the unknown token, 0."""
        # BEGIN SOLUTION
        return 0
        # END SOLUTION

    @property
    def token_freqs(self) -> list[tuple[Any, int]]:
        """Every token of the corpus with its count, the most frequent first, be it in the vocabulary or too rare."""
        # BEGIN SOLUTION
        return self._token_freqs
        # WRONG rare-tokens-not-reported: return [pair for pair in self._token_freqs if pair[0] in self.token_to_idx]
        # END SOLUTION


def bag_of_words(tokens: Sequence[Sequence[str]], vocab: Any) -> Tensor:
    """How often each token of a vocabulary occurs in each line; the order of a line's tokens is lost.

    Args:
        tokens: lines, each a list of tokens; some may be empty. They need not be those that the vocabulary is from.
        vocab: a vocabulary with the methods and attributes of `Vocab`.

    Returns:
        Counts, (number of lines, len(vocab)), float32. Tokens that the vocabulary does not have are counted in the
        column of "<unk>", which is vocab.unk.
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
            counts[row, index] += 1
            # WRONG relative-frequencies: counts[row, index] += 1 / len(line)
        # WRONG repeats-counted-once, 2 lines: counts[row, vocab[line]] += 1
    return counts
    # END SOLUTION


def tf_idf(counts: Tensor) -> Tensor:
    """Counts weighted by how few documents a token occurs in (Sparck Jones, 1972), as scikit-learn's TfidfTransformer.

        weight[i, j] = counts[i, j] * (ln((1 + n) / (1 + df[j])) + 1)

    for n documents, of which df[j] have token j, however often. Then every row is divided by its Euclidean norm.

    Args:
        counts: (n, number of tokens), of a floating dtype, none negative.

    Returns:
        A tensor of counts' shape and dtype, whose rows have norm 1; a row of zeros stays zero.
    """
    # BEGIN SOLUTION
    df = torch.count_nonzero(counts, dim=0).to(counts.dtype)
    # WRONG occurrences-for-documents: df = counts.sum(dim=0)
    idf = torch.log((1 + len(counts)) / (1 + df)) + 1
    # WRONG unsmoothed: idf = torch.log(len(counts) / df) + 1
    # WRONG common-tokens-erased: idf = torch.log((1 + len(counts)) / (1 + df))
    # WRONG common-logarithm: idf = torch.log10((1 + len(counts)) / (1 + df)) + 1
    weights = counts * idf
    norms = torch.sqrt((weights**2).sum(dim=1, keepdim=True))
    # WRONG rows-sum-to-one: norms = weights.sum(dim=1, keepdim=True)
    # WRONG columns-normalised: norms = torch.sqrt((weights**2).sum(dim=0, keepdim=True))
    norms[norms == 0] = 1  # a row of zeros stays zero
    # WRONG zero-divided-by-zero:
    return weights / norms
    # WRONG not-normalised: return weights
    # END SOLUTION
