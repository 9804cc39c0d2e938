"""Text from a small grammar, of which the entropy is known: for character models.

Source: generated. Licence: none needed. Any length.

    the grey machine saw a small door. a traveller asked the quiet machine.

No model's perplexity on long text can be below exp(entropy()), and one that has learned the grammar comes near it.
"""

import itertools
import math

import torch
from torch import Tensor

KIND = "text"
NOUNS = ["traveller", "machine", "door", "garden", "psychologist", "lamp", "shadow"]
ADJECTIVES = ["grey", "small", "quiet", "white", "strange"]
VERBS = ["saw", "asked", "followed", "left", "remembered"]
ARTICLES = ["the", "a"]
DESCRIBED = 0.5  # how often a noun has an adjective
LUCK = 15  # nats: one model in e^15, three million, is luckier


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


def best(pieces: Tensor, letters: str) -> float:
    """The perplexity that no model passes on the last letter of each of these pieces, (n, length).

    The pieces, places in `letters`, are long enough to tell where in a sentence they are. No model's probability of all
    the answers is expected to be above the true one's, so that it is e^15 times that with a chance of e^-15 at most.
    """
    return math.exp((float(surprisal(pieces, letters).sum()) - LUCK) / len(pieces))


def surprisal(pieces: Tensor, letters: str) -> Tensor:
    """-log of the true probability of each piece's last letter, given those before it, (n,)."""
    written, follows = _chain()
    emits = torch.tensor([[letter == own for own in written] for letter in letters], dtype=torch.float64)
    belief = torch.ones(len(pieces), len(written), dtype=torch.float64) @ torch.linalg.matrix_power(follows, 1000)
    likely = torch.ones(len(pieces), dtype=torch.float64)
    for column in pieces.T:
        belief = (belief / belief.sum(1, keepdim=True)) * emits[column]
        likely = belief.sum(1)
        belief = belief @ follows
    return -likely.log()


def _chain() -> tuple[str, Tensor]:
    """The text as a Markov chain: the letter that each state writes, and the probability of each state after each."""
    articles, adjectives = [word + " " for word in ARTICLES], [word + " " for word in ADJECTIVES]
    subjects, objects = [word + " " for word in NOUNS], [word + ". " for word in NOUNS]
    places = [articles, adjectives, subjects, [word + " " for word in VERBS], articles, adjectives, objects]
    described = [(1, DESCRIBED), (2, 1 - DESCRIBED)]  # how far on the next place is, and how probably
    onwards = [described, [(1, 1.0)], [(1, 1.0)], [(1, 1.0)], described, [(1, 1.0)], [(1, 1.0)]]
    lengths = itertools.accumulate([len(word) for words in places for word in words], initial=0)
    starts = [[next(lengths) for _ in words] for words in places]
    written = "".join(word for words in places for word in words)
    follows = torch.zeros(len(written), len(written), dtype=torch.float64)
    for place, words in enumerate(places):
        for start, word in zip(starts[place], words, strict=True):
            end = start + len(word) - 1
            follows[range(start, end), range(start + 1, end + 1)] = 1.0
            for far, share in onwards[place]:
                after = starts[(place + far) % len(places)]
                follows[end, after] = share / len(after)
    return written, follows


def _noun_phrase(generator: torch.Generator) -> str:
    described = torch.rand((), generator=generator) < DESCRIBED
    words = [_one(ARTICLES, generator), *([_one(ADJECTIVES, generator)] if described else []), _one(NOUNS, generator)]
    return " ".join(words)


def _one(words: list[str], generator: torch.Generator) -> str:
    return words[int(torch.randint(len(words), (), generator=generator))]


def _mean_length(words: list[str]) -> float:
    return sum(map(len, words)) / len(words)
