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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
        raise NotImplementedError  # write your code here

    def __len__(self) -> int:
        """Return the number of tokens, including "<unk>" and the reserved tokens."""
        raise NotImplementedError  # write your code here

    def __getitem__(self, tokens: Any) -> Any:
        """Return the index of a token, or 0 for an unknown token. For a list or tuple, return the list of its items'
        results.

        Lists may be nested. A tuple is always looked up item by item, even if the tuple itself is a token.
        """
        raise NotImplementedError  # write your code here

    def to_tokens(self, indices: Any) -> Any:
        """Return the token of an index. For a list or tuple of indices, return the list of their tokens."""
        raise NotImplementedError  # write your code here

    @property
    def unk(self) -> int:
        """Return the index of the unknown token, 0."""
        raise NotImplementedError  # write your code here

    @property
    def token_freqs(self) -> list[tuple[Any, int]]:
        """Return all tokens of the corpus with their counts, in descending order; equal counts by first occurrence."""
        raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
