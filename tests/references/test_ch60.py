"""ch60's reference against nltk's tokenizer, Python's string methods, and torch's own padding."""

import random

import pytest
import torch
from nltk.tokenize import RegexpTokenizer
from torch.nn.utils.rnn import pad_sequence


@pytest.fixture(scope="module")
def text():
    """A hundred lines, most of them pairs; letters of both cases, marks, plain and non-breaking spaces."""
    draw = random.Random(60)
    lines = ["".join(draw.choices("aeiouÉTC'-  ,.!?\u202f\xa0\t", k=draw.randrange(1, 30))) for _ in range(100)]
    return "\n".join(lines)


def test_tokens_are_those_of_a_tokenizer(reference, text):
    """Split at its spaces, a prepared text has the tokens that nltk finds: single marks, and what lies between them."""
    prepared = reference.preprocess_nmt("a" + text)
    marks_or_words = RegexpTokenizer(r"[,.!?]|[^\s,.!?]+")
    expected = marks_or_words.tokenize("a" + text.lower())
    # a word that follows a mark without a space stays glued to it: marks are only parted from what is before them
    tokens = [part for token in prepared.split() for part in marks_or_words.tokenize(token)]
    assert tokens == expected
    assert all(mark not in token[1:] for token in prepared.replace("\t", " ").split(" ") for mark in ",.!?")
    assert len(prepared) == 1 + len(text) + sum(prepared.count(mark) for mark in ",.!?") - sum(
        text.replace("\u202f", " ").replace("\xa0", " ").count(f" {mark}") for mark in ",.!?"
    )


def test_pairs_join_to_the_text_again(reference, text):
    """Tokens joined by spaces and tabs are the lines with one tab, of as many lines as num_examples allows."""
    for count in (None, 0, 1, 17, 99, 1000):
        source, target = reference.tokenize_nmt(text, count)
        first = text.split("\n")[: count + 1 if count else None]
        joined = [" ".join(one) + "\t" + " ".join(other) for one, other in zip(source, target, strict=True)]
        assert joined == [line for line in first if len(line) - len(line.replace("\t", "")) == 1]
    assert len(reference.tokenize_nmt(text)[0]) > 20


def test_padding_against_torch(reference):
    """Rows are those of torch's pad_sequence, cut; valid lengths those of what is no padding."""
    draw = random.Random(61)
    vocab = {"<pad>": 4, "<eos>": 2, "a": 0, "b": 1, "c": 3}

    class Vocabulary:
        def __getitem__(self, tokens):
            return [vocab[token] for token in tokens] if isinstance(tokens, list) else vocab[tokens]

    lines = [draw.choices("abc", k=k) for k in (*range(12), 3, 7)]
    indices = [torch.tensor([vocab[token] for token in [*line, "<eos>"]]) for line in lines]
    for num_steps in (1, 4, 12):
        expected = pad_sequence(indices, batch_first=True, padding_value=4)[:, :num_steps]
        array, valid_len = reference.build_array_nmt(lines, Vocabulary(), num_steps)
        torch.testing.assert_close(array, expected)
        torch.testing.assert_close(valid_len, (expected != 4).sum(1))
