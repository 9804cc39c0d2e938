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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
        raise NotImplementedError  # write your code here

    def __len__(self) -> int:
        """The number of tokens, "<unk>" and the reserved ones included."""
        raise NotImplementedError  # write your code here

    def __getitem__(self, tokens: Any) -> Any:
        """The index of a token, 0 for one that is unknown; for a list or tuple, the list of what its items give.

        Lists may be nested. A tuple is looked up item by item, too, even if it is itself a token of the vocabulary.
        """
        raise NotImplementedError  # write your code here

    def to_tokens(self, indices: Any) -> Any:
        """The token of an index, or the list of the tokens of a list or tuple of indices."""
        raise NotImplementedError  # write your code here

    @property
    def unk(self) -> int:
        """The index of the unknown token, 0."""
        raise NotImplementedError  # write your code here

    @property
    def token_freqs(self) -> list[tuple[Any, int]]:
        """Every token of the corpus with its count, the most frequent first, be it in the vocabulary or too rare."""
        raise NotImplementedError  # write your code here


def bag_of_words(tokens: Sequence[Sequence[str]], vocab: Any) -> Tensor:
    """How often each token of a vocabulary occurs in each line; the order of a line's tokens is lost.

    Args:
        tokens: lines, each a list of tokens; some may be empty. They need not be those that the vocabulary is from.
        vocab: a vocabulary with the methods and attributes of `Vocab`.

    Returns:
        Counts, (number of lines, len(vocab)), float32. Tokens that the vocabulary does not have are counted in the
        column of "<unk>", which is vocab.unk.
    """
    raise NotImplementedError  # write your code here


def tf_idf(counts: Tensor) -> Tensor:
    """Counts weighted by how few documents a token occurs in (Sparck Jones, 1972), as scikit-learn's TfidfTransformer.

        weight[i, j] = counts[i, j] * (ln((1 + n) / (1 + df[j])) + 1)

    for n documents, of which df[j] have token j, however often. Then every row is divided by its Euclidean norm.

    Args:
        counts: (n, number of tokens), of a floating dtype, none negative.

    Returns:
        A tensor of counts' shape and dtype, whose rows have norm 1; a row of zeros stays zero.
    """
    raise NotImplementedError  # write your code here
