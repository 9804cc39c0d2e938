"""ch63 Beam search, and the two searches that it lies between.

D2L section 9.8 (chapter_recurrent-modern/beam-search.md).

A model is a function `step`: it takes the words so far as a tuple that starts with bos, and returns the
log-probabilities of the next word, a tensor of shape (V,). A sequence is complete when its last word is eos, or when
it has max_len words. Its length and its log-probability count every word after bos, the eos at its end included.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor


def greedy_search(
    step: Callable[[tuple[int, ...]], Tensor], bos: int, eos: int, max_len: int
) -> tuple[tuple[int, ...], float]:
    """Takes the likeliest word at every step (D2L 9.8.1), until that is eos or max_len words are there.

    Args:
        step: the model, step((bos, word, word, ...)) -> log-probabilities of the next word, (V,).
        bos, eos: the words that sequences start and end with.
        max_len: how many words to take at most; 0 gives the empty sequence, of log-probability 0.

    Returns:
        The words after bos, eos included where it was taken; and the sum of their log-probabilities. Of words that
        are equally likely, the one of the lowest index is taken.
    """
    raise NotImplementedError  # write your code here


def exhaustive_search(
    step: Callable[[tuple[int, ...]], Tensor], bos: int, eos: int, max_len: int
) -> tuple[tuple[int, ...], float]:
    """Finds the likeliest of all complete sequences (D2L 9.8.2), by looking at all of them.

    Words of log-probability -inf are impossible: a sequence that has one is not followed any further.

    Args:
        step: the model, step((bos, word, word, ...)) -> log-probabilities of the next word, (V,).
        bos, eos: the words that sequences start and end with.
        max_len: how long a sequence may get; 0 gives the empty sequence, of log-probability 0.

    Returns:
        The words of the likeliest sequence, without bos; and the sum of their log-probabilities, which is not
        normalised by the length.
    """
    raise NotImplementedError  # write your code here


def length_normalised_score(log_prob: float, length: int, alpha: float = 0.75) -> float:
    """The score by which complete sequences of unequal lengths are compared (D2L 9.8.3).

        log_prob / length^alpha

    Args:
        log_prob: the sum of the log-probabilities of the words.
        length: the number of the words, from 1 on.
        alpha: 0 leaves the length out of account, 1 gives the mean log-probability of a word.

    Raises:
        ValueError: the length is not at least 1, whatever alpha is.
    """
    raise NotImplementedError  # write your code here


def beam_search(
    step: Callable[[tuple[int, ...]], Tensor],
    bos: int,
    eos: int,
    max_len: int,
    k: int,
    alpha: float = 0.75,
    include_prefixes: bool = False,
) -> list[tuple[tuple[int, ...], float]]:
    """Follows the k likeliest sequences at a time (D2L 9.8.3).

    At every step all sequences in the beam are extended by every possible word, and the k likeliest of all these
    extensions together are kept; the log-probability decides, not yet the score. Those of the k that end in eos are
    complete: they are set aside as candidates, and are neither extended nor kept again. The others are the next beam.
    The next step keeps k once more, however many have been set aside. The search ends when the beam is empty, or when
    its sequences have max_len words; then these are candidates, too.

    Words of log-probability -inf are impossible and never chosen, even if fewer than k sequences are left.

    Args:
        step: the model, step((bos, word, word, ...)) -> log-probabilities of the next word, (V,).
        bos, eos: the words that sequences start and end with.
        max_len: how long a sequence may get, from 1 on.
        k: the width of the beam, from 1 on.
        alpha: the exponent of the length in the score.
        include_prefixes: whether every sequence that was kept at any step is a candidate, complete or not: A, C, AB,
            CE, ABD, CED in the book's figure.

    Returns:
        At most k candidates by your `length_normalised_score`, the best one first: pairs of the words, without bos,
        and the score.
    """
    raise NotImplementedError  # write your code here


def search_cost(vocab: int, max_len: int, k: int) -> tuple[int, int, int]:
    """How many sequences the three searches score, at most, if none ends early (D2L 9.8).

    Args:
        vocab: the number of words.
        max_len: the number of steps.
        k: the width of the beam. (All steps count as steps from a full beam, the first one, too.)

    Returns:
        (greedy, exhaustive, beam): greedy search scores vocab sequences at a step, beam search vocab for each of the
        k in its beam, and exhaustive search all sequences of max_len words; exact integers, however large.
    """
    raise NotImplementedError  # write your code here
