"""ch60 Machine translation data: from pairs of sentences to padded minibatches.

D2L section 9.5 (chapter_recurrent-modern/machine-translation-and-dataset.md).
"""

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

# Given, not an exercise: what the book's notebooks have at hand.
d2l = SimpleNamespace(
    tensor=torch.tensor,
    int32=torch.int32,
    astype=lambda X, dtype: X.to(dtype),
    reduce_sum=lambda X, axis: X.sum(axis),
)


def preprocess_nmt(text: str) -> str:
    r"""Makes a text ready to be split at its spaces (D2L 9.5.1).

    Non-breaking spaces, "\u202f" and "\xa0", become plain spaces, and capitals become small letters. Then every comma,
    full stop, exclamation mark and question mark (, . ! ?) gets a space before it, unless it is the first character of
    the text or there is a space before it already. Nothing else changes: tabs and line ends stay, and they are no
    spaces here; no space is put behind a mark.

    Args:
        text: lines of English, a tab, French.

    Returns:
        The text with these changes.

    >>> preprocess_nmt("Go.\tVa\u202f!")
    'go .\tva !'
    """
    raise NotImplementedError  # write your code here


def tokenize_nmt(text: str, num_examples: int | None = None) -> tuple[list[list[str]], list[list[str]]]:
    r"""Splits lines "source<tab>target" into the tokens of both sides (D2L 9.5.2).

    Lines end in "\n"; tokens, words or marks, are separated by single spaces. A line that has not exactly one tab is
    skipped.

    Args:
        text: what preprocess_nmt returns.
        num_examples: the number of the last line to be read, the first line being number 0; so num_examples + 1 lines
            are read, as by the book's code, and skipped lines count. None or 0 reads all lines.

    Returns:
        (source, target), two lists of equal length: source[i] are the tokens of the i-th sentence, target[i] those of
        its translation.

    >>> tokenize_nmt("go .\tva !\nwho ?\tqui ?\n")
    ([['go', '.'], ['who', '?']], [['va', '!'], ['qui', '?']])
    """
    raise NotImplementedError  # write your code here


def truncate_pad(line: list[int], num_steps: int, padding_token: int) -> list[int]:
    """Makes a line exactly num_steps long (D2L 9.5.4).

    Args:
        line: token indices; it is left as it is.
        num_steps: the length to make it, from 0 on.
        padding_token: the index to fill up with.

    Returns:
        A list of num_steps indices: the first ones of a longer line; a shorter line, followed by padding.
    """
    raise NotImplementedError  # write your code here


def build_array_nmt(lines: Sequence[list[str]], vocab: Any, num_steps: int) -> tuple[Tensor, Tensor]:
    """Turns tokenized sentences into one tensor (D2L 9.5.4), with the help of your `truncate_pad`.

    Every line gets "<eos>" at its end, and is then cut at num_steps, or padded with "<pad>". So a line of num_steps or
    more tokens loses its "<eos>".

    Args:
        lines: n lists of tokens, n from 1 on; some of them may be empty. None has the token "<pad>".
        vocab: vocab[token] is an index, vocab[list of tokens] a list of indices. It has "<pad>" and "<eos>", at any
            two different indices.
        num_steps: the length of all rows, from 1 on.

    Returns:
        The indices, (n, num_steps), int64; and how many entries of each row are not padding, (n,), int64: "<eos>"
        counts where it is.
    """
    raise NotImplementedError  # write your code here
