"""ch60 Machine translation data: from pairs of sentences to padded minibatches.

See D2L 9.5 (chapter_recurrent-modern/machine-translation-and-dataset.md).
"""

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

# Given, not an exercise: helpers of the book's notebooks.
d2l = SimpleNamespace(
    tensor=torch.tensor,
    int32=torch.int32,
    astype=lambda X, dtype: X.to(dtype),
    reduce_sum=lambda X, axis: X.sum(axis),
)


def preprocess_nmt(text: str) -> str:
    r"""Return a text prepared for splitting at spaces (D2L 9.5.1).

    Non-breaking spaces, "\u202f" and "\xa0", become plain spaces, and capitals become small letters. Then each comma,
    full stop, exclamation mark and question mark (, . ! ?) gets a space before it, unless the mark is the first
    character of the text or already follows a space. Nothing else changes. Tabs and line ends stay, and do not count as
    spaces. No space follows a mark.

    Args:
        text: lines of English, a tab and French.

    Returns:
        The text with these changes.

    >>> preprocess_nmt("Go.\tVa\u202f!")
    'go .\tva !'
    """
    raise NotImplementedError  # write your code here


def tokenize_nmt(text: str, num_examples: int | None = None) -> tuple[list[list[str]], list[list[str]]]:
    r"""Split lines of the form "source<tab>target" into the tokens of both sides (D2L 9.5.2).

    Lines end in "\n" and at no other character, such as "\u2028". Tokens are words or marks, separated by single
    spaces. The function skips a line that does not have exactly one tab.

    Args:
        text: the result of preprocess_nmt.
        num_examples: the number of the last line to read. The first line has number 0, so the function reads
            num_examples + 1 lines, as the book's code does. Skipped lines count. None or 0 reads all lines.

    Returns:
        (source, target), two lists of equal length: source[i] has the tokens of sentence i, target[i] those of its
        translation.

    >>> tokenize_nmt("go .\tva !\nwho ?\tqui ?\n")
    ([['go', '.'], ['who', '?']], [['va', '!'], ['qui', '?']])
    """
    raise NotImplementedError  # write your code here


def truncate_pad(line: list[int], num_steps: int, padding_token: int) -> list[int]:
    """Return a line truncated or padded to length num_steps (D2L 9.5.4).

    Args:
        line: token indices. The function leaves this list unchanged. The padding token may occur in it.
        num_steps: the length of the result, 0 or more.
        padding_token: the index of the padding.

    Returns:
        A list of num_steps indices: the first indices of a longer line, or a shorter line followed by padding.
    """
    raise NotImplementedError  # write your code here


def build_array_nmt(lines: Sequence[list[str]], vocab: Any, num_steps: int) -> tuple[Tensor, Tensor]:
    """Return tokenized sentences as a single tensor, built with your `truncate_pad` (D2L 9.5.4).

    Each line gets "<eos>" at its end. Then it is truncated to num_steps or padded with "<pad>". So a line of num_steps
    or more tokens loses its "<eos>". The function leaves lines unchanged.

    Args:
        lines: n lists of tokens, with n at least 1. Each list may be empty. The token "<pad>" does not occur.
        vocab: vocab[token] is an index; an unknown token has that of "<unk>"; vocab[list of tokens] is a list of
            indices. It has "<pad>" and "<eos>" at any two different indices.
        num_steps: the length of each row, at least 1.

    Returns:
        The indices, (n, num_steps), int64, and the number of entries of each row without padding, (n,), int64. This
        number counts "<eos>".
    """
    raise NotImplementedError  # write your code here
