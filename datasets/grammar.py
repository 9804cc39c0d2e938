"""Text from a small grammar, of which the entropy is known: for character models.

Source: generated. Licence: none needed. Any length.

    the grey machine saw a small door. a traveller asked the quiet machine.

No model's perplexity on long text can be below exp(entropy()), and one that has learned the grammar comes near it.
"""

import math

import torch

KIND = "text"
NOUNS = ["traveller", "machine", "door", "garden", "psychologist", "lamp", "shadow"]
ADJECTIVES = ["grey", "small", "quiet", "white", "strange"]
VERBS = ["saw", "asked", "followed", "left", "remembered"]
ARTICLES = ["the", "a"]
DESCRIBED = 0.5  # how often a noun has an adjective


def load(size: int, generator: torch.Generator, split: str = "train") -> str:
    """At least so many characters, in whole sentences; an article is followed by a noun, perhaps described."""
    del split  # the generator makes the difference
    sentences: list[str] = []
    length = 0
    while length < size:
        sentences.append(f"{_noun_phrase(generator)} {_one(VERBS, generator)} {_noun_phrase(generator)}. ")
        length += len(sentences[-1])
    return "".join(sentences)


def entropy() -> float:
    """Nats of a character: those of a sentence by its mean length."""
    phrase = math.log(len(ARTICLES)) + math.log(len(NOUNS)) + DESCRIBED * math.log(len(ADJECTIVES))
    phrase -= DESCRIBED * math.log(DESCRIBED) + (1 - DESCRIBED) * math.log(1 - DESCRIBED)
    words = _mean_length(ARTICLES) + 1 + DESCRIBED * (_mean_length(ADJECTIVES) + 1) + _mean_length(NOUNS)
    return (2 * phrase + math.log(len(VERBS))) / (2 * words + _mean_length(VERBS) + len("  . "))


def _noun_phrase(generator: torch.Generator) -> str:
    described = torch.rand((), generator=generator) < DESCRIBED
    words = [_one(ARTICLES, generator), *([_one(ADJECTIVES, generator)] if described else []), _one(NOUNS, generator)]
    return " ".join(words)


def _one(words: list[str], generator: torch.Generator) -> str:
    return words[int(torch.randint(len(words), (), generator=generator))]


def _mean_length(words: list[str]) -> float:
    return sum(map(len, words)) / len(words)
