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
    # BEGIN SOLUTION
    text = text.replace("\u202f", " ").replace("\xa0", " ").lower()
    # WRONG one-kind-of-non-breaking-space: text = text.replace("\xa0", " ").lower()
    # WRONG capitals-kept: text = text.replace("\u202f", " ").replace("\xa0", " ")
    return re.sub("(?<=[^ ])([,.!?])", r" \1", text)  # a mark after anything but a space
    # WRONG second-space: return re.sub("(?<=.)([,.!?])", r" \1", text)
    # WRONG space-before-the-first-character: return re.sub("(?<! )([,.!?])", r" \1", text)
    # WRONG marks-kept-together: return re.sub("(?<=[^ ,.!?])([,.!?])", r" \1", text)
    # WRONG space-on-both-sides: return re.sub("(?<=[^ ])([,.!?])", r" \1 ", text)
    # WRONG all-white-space-is-a-space: return re.sub("(?<=\\S)([,.!?])", r" \1", text)
    # WRONG spaces-run-together: return " ".join(re.sub("(?<=[^ ])([,.!?])", r" \1", text).split())
    # WRONG all-punctuation: return re.sub("(?<=[^ ])([,.!?;:])", r" \1", text)
    # END SOLUTION


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
    # BEGIN SOLUTION
    lines = text.split("\n")
    if num_examples:
        # WRONG zero-is-a-limit: if num_examples is not None:
        lines = lines[: num_examples + 1]
        # WRONG one-line-fewer: lines = lines[:num_examples]
        # WRONG skipped-lines-not-counted: lines = [line for line in lines if line.count("\t") == 1][: num_examples + 1]
    pairs = [line.split("\t") for line in lines if line.count("\t") == 1]
    # WRONG further-columns-accepted: pairs = [line.split("\t")[:2] for line in lines if line.count("\t") >= 1]
    # WRONG stops-at-a-bad-line:
    #     good = [line.count("\t") == 1 for line in lines]
    #     pairs = [line.split("\t") for line in lines[: [*good, False].index(False)]]
    source = [sentence.split(" ") for sentence, _ in pairs]
    # WRONG characters-for-words: source = [list(sentence) for sentence, _ in pairs]
    target = [translation.split(" ") for _, translation in pairs]
    # WRONG characters-for-words: target = [list(translation) for _, translation in pairs]
    return source, target
    # WRONG list-of-pairs: return list(zip(source, target))
    # END SOLUTION


def truncate_pad(line: list[int], num_steps: int, padding_token: int) -> list[int]:
    """Makes a line exactly num_steps long (D2L 9.5.4).

    Args:
        line: token indices; it is left as it is.
        num_steps: the length to make it, from 0 on.
        padding_token: the index to fill up with.

    Returns:
        A list of num_steps indices: the first ones of a longer line; a shorter line, followed by padding.
    """
    # BEGIN SOLUTION
    return line[:num_steps] + [padding_token] * (num_steps - len(line))
    # WRONG padding-on-the-left: return [padding_token] * (num_steps - len(line)) + line[:num_steps]
    # WRONG the-end-kept: return line[max(len(line) - num_steps, 0) :] + [padding_token] * (num_steps - len(line))
    # WRONG never-cut: return line + [padding_token] * (num_steps - len(line))
    # WRONG padded-with-zeros: return line[:num_steps] + [0] * (num_steps - len(line))
    # WRONG line-extended-in-place:
    #     line += [padding_token] * (num_steps - len(line))
    #     return line[:num_steps]
    # END SOLUTION


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
    # BEGIN SOLUTION
    rows = [vocab[line] + [vocab["<eos>"]] for line in lines]
    # WRONG no-eos: rows = [vocab[line] for line in lines]
    # WRONG bos-in-front: rows = [[vocab["<bos>"]] + vocab[line] + [vocab["<eos>"]] for line in lines]
    # WRONG tokens-appended-in-place:
    #     for line in lines:
    #         line.append("<eos>")
    #     rows = [vocab[line] for line in lines]
    array = torch.tensor([truncate_pad(row, num_steps, vocab["<pad>"]) for row in rows])
    # WRONG eos-after-the-padding:
    #     array = torch.tensor([truncate_pad(row[:-1], num_steps - 1, vocab["<pad>"]) + row[-1:] for row in rows])
    # WRONG eos-always-kept:
    #     array = torch.tensor(
    #         [truncate_pad(row[:-1][: num_steps - 1] + row[-1:], num_steps, vocab["<pad>"]) for row in rows]
    #     )
    valid_len = torch.tensor([min(len(row), num_steps) for row in rows])
    # WRONG eos-not-counted: valid_len = torch.tensor([min(len(row) - 1, num_steps) for row in rows])
    # WRONG lengths-before-cutting: valid_len = torch.tensor([len(row) for row in rows])
    # WRONG everything-but-zero-counted: valid_len = (array != 0).sum(1)
    return array, valid_len
    # END SOLUTION
