"""With the tools of Python and torch: translate, partition, islice, pad_sequence."""

import itertools

from torch.nn.utils.rnn import pad_sequence


def preprocess_nmt(text):
    text = text.translate({0x202F: " ", 0xA0: " "}).lower()
    return text[:1] + "".join(re.sub("^(?=[,.!?])", " " * (a != " "), b) for a, b in itertools.pairwise(text))


def tokenize_nmt(text, num_examples=None):
    lines = itertools.islice(text.split("\n"), num_examples + 1 if num_examples else None)
    pairs = [match.groups() for line in lines if (match := re.fullmatch("([^\t]*)\t([^\t]*)", line))]
    return tuple([pair[side].split(" ") for pair in pairs] for side in range(2))


def truncate_pad(line, num_steps, padding_token):
    return list(itertools.islice(itertools.chain(line, itertools.repeat(padding_token)), num_steps))


def build_array_nmt(lines, vocab, num_steps):
    rows = [torch.tensor([vocab[token] for token in [*line, "<eos>"]][:num_steps]) for line in lines]
    padded = pad_sequence([*rows, torch.zeros(num_steps, dtype=torch.long)], True, vocab["<pad>"])[:-1]
    return padded, torch.tensor([row.numel() for row in rows])
