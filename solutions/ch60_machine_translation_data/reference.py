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
    # BEGIN SOLUTION
    text = text.replace("\u202f", " ").replace("\xa0", " ").lower()
    # WRONG spaces-replaced-last: text = text.lower()
    # WRONG narrow-spaces-alone: text = text.replace("\u202f", " ").lower()
    # WRONG one-kind-of-non-breaking-space: text = text.replace("\xa0", " ").lower()
    # WRONG capitals-kept: text = text.replace("\u202f", " ").replace("\xa0", " ")
    # WRONG non-breaking-spaces-kept: text = text.lower()
    # WRONG non-breaking-spaces-removed: text = text.replace("\u202f", "").replace("\xa0", "").lower()
    return re.sub("(?<=[^ ])([,.!?])", r" \1", text)  # a mark after anything but a space
    # WRONG characters-not-joined:
    #     return [" " + c if c in ",.!?" and i > 0 and text[i - 1] != " " else c for i, c in enumerate(text)]
    # WRONG first-character-lost: return re.sub("(?<=[^ ])([,.!?])", r" \1", text)[1:]
    # WRONG spaces-replaced-last:
    #     return re.sub("(?<=[^ ])([,.!?])", r" \1", text).replace("\u202f", " ").replace("\xa0", " ")
    # WRONG commas-left-alone: return re.sub("(?<=[^ ])([.!?])", r" \1", text)
    # WRONG dot-unescaped: return re.sub("(?<=[^ ])(,|.|!|\\?)", r" \1", text)
    # WRONG second-space: return re.sub("(?<=.)([,.!?])", r" \1", text)
    # WRONG space-before-the-first-character: return re.sub("(?<! )([,.!?])", r" \1", text)
    # WRONG marks-kept-together: return re.sub("(?<=[^ ,.!?])([,.!?])", r" \1", text)
    # WRONG space-on-both-sides: return re.sub("(?<=[^ ])([,.!?])", r" \1 ", text)
    # WRONG all-white-space-is-a-space: return re.sub("(?<=\\S)([,.!?])", r" \1", text)
    # WRONG spaces-run-together: return " ".join(re.sub("(?<=[^ ])([,.!?])", r" \1", text).split())
    # WRONG all-punctuation: return re.sub("(?<=[^ ])([,.!?;:])", r" \1", text)
    # WRONG space-after-the-mark: return re.sub("([,.!?])(?=[^ ])", r"\1 ", text)
    # WRONG marks-removed: return re.sub(" ?[,.!?]", "", text)
    # WRONG ends-stripped: return re.sub("(?<=[^ ])([,.!?])", r" \1", text).strip()
    # WRONG marks-after-letters-only:
    #     return "".join(" " + c if c in ",.!?" and i > 0 and text[i - 1].isalpha() else c for i, c in enumerate(text))
    # END SOLUTION


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
    # BEGIN SOLUTION
    lines = text.split("\n")
    # WRONG lines-by-splitlines: lines = text.splitlines()
    if num_examples:
        # WRONG zero-is-a-limit: if num_examples is not None:
        # WRONG limit-ignored: if False:
        lines = lines[: num_examples + 1]
        # WRONG one-line-fewer: lines = lines[:num_examples]
        # WRONG skipped-lines-not-counted: lines = [line for line in lines if line.count("\t") == 1][: num_examples + 1]
    pairs = [line.split("\t") for line in lines if line.count("\t") == 1]
    # WRONG first-column-of-every-line:
    #     parts = [line.split("\t") for line in lines if line]
    #     pairs = [(part[0], part[1]) for part in parts]
    # WRONG further-columns-accepted: pairs = [line.split("\t")[:2] for line in lines if line.count("\t") >= 1]
    # WRONG stops-at-a-bad-line:
    #     good = [line.count("\t") == 1 for line in lines]
    #     pairs = [line.split("\t") for line in lines[: [*good, False].index(False)]]
    # WRONG bad-lines-not-skipped: pairs = [line.split("\t") for line in lines if line]
    source = [sentence.split(" ") for sentence, _ in pairs]
    # WRONG tokens-in-one-list: source = [token for sentence, _ in pairs for token in sentence.split(" ")]
    # WRONG characters-for-words: source = [list(sentence) for sentence, _ in pairs]
    # WRONG sentences-not-split: source = [sentence for sentence, _ in pairs]
    # WRONG sentences-in-a-list: source = [[sentence] for sentence, _ in pairs]
    target = [translation.split(" ") for _, translation in pairs]
    # WRONG translation-not-split: target = [translation for _, translation in pairs]
    # WRONG tokens-in-one-list: target = [token for _, translation in pairs for token in translation.split(" ")]
    # WRONG source-twice: target = [sentence.split(" ") for sentence, _ in pairs]
    # WRONG characters-for-words: target = [list(translation) for _, translation in pairs]
    # WRONG sentences-not-split: target = [translation for _, translation in pairs]
    # WRONG sentences-in-a-list: target = [[translation] for _, translation in pairs]
    return source, target
    # WRONG last-line-alone: return source[-1:], target[-1:]
    # WRONG list-of-pairs: return list(zip(source, target))
    # WRONG target-first: return target, source
    # WRONG source-alone: return source
    # END SOLUTION


def truncate_pad(line: list[int], num_steps: int, padding_token: int) -> list[int]:
    """Return a line truncated or padded to length num_steps (D2L 9.5.4).

    Args:
        line: token indices. The function leaves this list unchanged. The padding token may occur in it.
        num_steps: the length of the result, 0 or more.
        padding_token: the index of the padding.

    Returns:
        A list of num_steps indices: the first indices of a longer line, or a shorter line followed by padding.
    """
    # BEGIN SOLUTION
    return line[:num_steps] + [padding_token] * (num_steps - len(line))
    # WRONG one-padding-token-too-many:
    #     if len(line) > num_steps:
    #         return line[:num_steps]
    #     return line + [padding_token] * (num_steps - len(line) + 1)
    # WRONG tensor-of-tokens: return torch.tensor(line[:num_steps] + [padding_token] * (num_steps - len(line)))
    # WRONG padding-in-a-list-of-its-own:
    #     padding = [padding_token] * (num_steps - len(line))
    #     return [*line[:num_steps], padding] if padding else line[:num_steps]
    # WRONG extend-returned:
    #     if len(line) > num_steps:
    #         return line[:num_steps]
    #     return list(line).extend([padding_token] * (num_steps - len(line)))
    # WRONG token-for-a-list:
    #     if len(line) > num_steps:
    #         return line[:num_steps]
    #     return line + padding_token * (num_steps - len(line))
    # WRONG padding-on-the-left: return [padding_token] * (num_steps - len(line)) + line[:num_steps]
    # WRONG the-end-kept: return line[max(len(line) - num_steps, 0) :] + [padding_token] * (num_steps - len(line))
    # WRONG never-cut: return line + [padding_token] * (num_steps - len(line))
    # WRONG padded-with-zeros: return line[:num_steps] + [0] * (num_steps - len(line))
    # WRONG line-extended-in-place:
    #     line += [padding_token] * (num_steps - len(line))
    #     return line[:num_steps]
    # WRONG never-padded: return line[:num_steps]
    # WRONG one-padding-token: return (line + [padding_token])[:num_steps]
    # WRONG one-token-fewer: return line[: num_steps - 1] + [padding_token] * (num_steps - len(line))
    # WRONG num-steps-of-padding: return line[:num_steps] + [padding_token] * num_steps
    # WRONG padding-removed-first:
    #     line = [token for token in line if token != padding_token]
    #     return line[:num_steps] + [padding_token] * (num_steps - len(line))
    # END SOLUTION


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
    # BEGIN SOLUTION
    rows = [vocab[line] + [vocab["<eos>"]] for line in lines]
    # WRONG eos-not-in-a-list: rows = [vocab[line] + vocab["<eos>"] for line in lines]
    # WRONG eos-in-front: rows = [[vocab["<eos>"]] + vocab[line] for line in lines]
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
    # WRONG padded-with-eos: array = torch.tensor([truncate_pad(row, num_steps, vocab["<eos>"]) for row in rows])
    # WRONG padded-with-one: array = torch.tensor([truncate_pad(row, num_steps, 1) for row in rows])
    # WRONG rows-not-padded: array = torch.tensor(rows)
    # WRONG padded-with-zeros: array = torch.tensor([(row + [vocab["<pad>"]] * num_steps)[:num_steps] for row in rows])
    valid_len = torch.tensor([min(len(row), num_steps) for row in rows])
    # WRONG mask-for-lengths: valid_len = array != vocab["<pad>"]
    # WRONG num-steps-for-all-rows: valid_len = torch.full((len(rows),), num_steps)
    # WRONG lengths-as-floats: valid_len = (array != vocab["<pad>"]).float().sum(1)
    # WRONG one-sum-for-all-rows: valid_len = (array != vocab["<pad>"]).sum()
    # WRONG lengths-as-a-column: valid_len = torch.tensor([[min(len(row), num_steps)] for row in rows])
    # WRONG lengths-as-a-list: valid_len = [min(len(row), num_steps) for row in rows]
    # WRONG eos-not-counted: valid_len = torch.tensor([min(len(row) - 1, num_steps) for row in rows])
    # WRONG lengths-before-cutting: valid_len = torch.tensor([len(row) for row in rows])
    # WRONG everything-but-zero-counted: valid_len = (array != 0).sum(1)
    # WRONG padding-counted: valid_len = (array == vocab["<pad>"]).sum(1)
    # WRONG columns-counted: valid_len = (array != vocab["<pad>"]).sum(0)
    return array, valid_len
    # WRONG narrow-integers: return array.int(), valid_len.int()
    # WRONG array-of-floats: return array.float(), valid_len
    # WRONG rows-as-lists: return array.tolist(), valid_len
    # WRONG time-first: return array.T, valid_len
    # WRONG array-alone: return array
    # WRONG lengths-first: return valid_len, array
    # END SOLUTION
