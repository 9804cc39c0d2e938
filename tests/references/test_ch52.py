"""ch52's reference against nltk's frequencies, numpy's, and plain Python."""

import random

import nltk
import numpy as np
import pytest
import torch


@pytest.fixture(scope="module")
def text():
    """Forty lines of fifty characters: letters of both cases, digits, marks, white space, an accented letter."""
    draw = random.Random(52)
    return ["".join(draw.choices("etaoinshrdluETAOIN  \t\n,.;'-_[]19é", k=50)) for _ in range(40)]


def test_lines_against_plain_python(reference, text):
    """Cleaned lines are what is left when all but the 52 letters is blanked; their tokens join to them again."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    cleaned = reference.clean_lines(text)
    blanked = ["".join(char if char in letters else " " for char in line) for line in text]
    assert cleaned == [" ".join(line.split()).lower() for line in blanked]
    assert [" ".join(words) for words in reference.tokenize(cleaned)] == cleaned
    assert ["".join(characters) for characters in reference.tokenize(text, "char")] == text


def test_vocabulary_against_nltk(reference, text):
    """Counts, and the order of the vocabulary, are those of nltk's frequency distribution."""
    lines = reference.tokenize(reference.clean_lines(text), "char")
    freqs = nltk.FreqDist(char for line in lines for char in line)
    assert reference.count_corpus(lines) == freqs
    vocab = reference.Vocab(lines, min_freq=60, reserved_tokens=["<pad>"])
    kept = [char for char, count in freqs.most_common() if count >= 60]
    assert vocab.idx_to_token == ["<unk>", "<pad>", *kept]
    assert vocab.token_freqs == freqs.most_common()
    assert 2 < len(vocab) == 2 + len(kept) < 2 + len(freqs)
    assert vocab.to_tokens(vocab[lines[0]]) == [char if char in kept else "<unk>" for char in lines[0]]


def test_bags_and_weights_against_numpy(reference, text):
    """Bags of words are numpy's bin counts, and tf-idf follows its formula in numpy."""
    lines = reference.tokenize(reference.clean_lines(text), "char")
    vocab = reference.Vocab(lines[:2], min_freq=3)
    bags = reference.bag_of_words(lines, vocab)
    expected = np.stack([np.bincount([vocab[char] for char in line], minlength=len(vocab)) for line in lines])
    assert bags.tolist() == expected.tolist()
    idf = np.log((1 + len(lines)) / (1 + (expected > 0).sum(0))) + 1
    weights = expected * idf / np.linalg.norm(expected * idf, axis=1, keepdims=True)
    torch.testing.assert_close(reference.tf_idf(bags.double()), torch.from_numpy(weights))
