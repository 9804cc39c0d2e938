"""ch63 Beam search, greedy search and exhaustive search.

See D2L 9.8 (chapter_recurrent-modern/beam-search.md).

A model is a function `step`. Its argument is the words so far, a tuple of ints that starts with bos. It returns the
log-probabilities of the next word, a tensor of shape (V,), float32 or float64, which need not be contiguous in memory.
The searches leave this tensor unchanged. A sequence is complete when its last word is eos or when it has max_len words;
the searches never call step for a complete sequence. The length and the log-probability of a sequence count each
word after bos, with eos at its end. The searches return words as a tuple of ints, and each number as a Python float.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor


def greedy_search(
    step: Callable[[tuple[int, ...]], Tensor], bos: int, eos: int, max_len: int
) -> tuple[tuple[int, ...], float]:
    """Return the sequence of the most likely word at each step, and its log-probability (D2L 9.8.1).

    The search stops after eos or after max_len words.

    Args:
        step: the model, step((bos, word, word, ...)) -> log-probabilities of the next word, (V,).
        bos, eos: the words that begin and end a sequence.
        max_len: the largest number of words. With 0, the result is the empty sequence with log-probability 0.

    Returns:
        The words after bos, with eos if the search takes it, and the sum of their log-probabilities. Among equally
        likely words, the search takes the word with the lowest index.
    """
    raise NotImplementedError  # write your code here


def exhaustive_search(
    step: Callable[[tuple[int, ...]], Tensor], bos: int, eos: int, max_len: int
) -> tuple[tuple[int, ...], float]:
    """Return the most likely of all complete sequences, and its log-probability (D2L 9.8.2).

    Words with log-probability -inf are impossible. The search does not extend a sequence with an impossible word.

    Args:
        step: the model, step((bos, word, word, ...)) -> log-probabilities of the next word, (V,).
        bos, eos: the words that begin and end a sequence.
        max_len: the largest number of words. With 0, the result is the empty sequence with log-probability 0.

    Returns:
        The words of the most likely sequence, without bos, and the sum of their log-probabilities, which is not
        normalised by the length.
    """
    raise NotImplementedError  # write your code here


def length_normalised_score(log_prob: float, length: int, alpha: float = 0.75) -> float:
    """Return the score that compares complete sequences of different lengths (D2L 9.8.3).

        log_prob / length^alpha

    Args:
        log_prob: the sum of the log-probabilities of the words.
        length: the number of words, at least 1.
        alpha: the exponent. With 0, the length does not matter; with 1, the score is the mean log-probability of a
            word.

    Raises:
        ValueError: length is less than 1, whatever alpha is.
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
    """Return the best sequences of a search that keeps the k most likely sequences at each step (D2L 9.8.3).

    At each step, the search extends all sequences in the beam by each possible word. It keeps the k most likely of all
    extensions together, by log-probability, not by score. Kept sequences that end in eos are complete: they become
    candidates, and the search does not extend them. The others form the next beam. Each step keeps k sequences, no
    matter how many have already ended. The search stops when the beam is empty or when its sequences have max_len
    words; these sequences become candidates, too.

    Words with log-probability -inf are impossible. The search never chooses them, even if fewer than k sequences are
    left.

    Args:
        step: the model, step((bos, word, word, ...)) -> log-probabilities of the next word, (V,).
        bos, eos: the words that begin and end a sequence.
        max_len: the largest number of words, at least 1.
        k: the width of the beam, at least 1. It may be larger than V.
        alpha: the exponent of the length in the score.
        include_prefixes: whether each sequence that any step keeps is a candidate, complete or not: A, C, AB, CE, ABD
            and CED in the book's figure.

    Returns:
        The best candidates by your `length_normalised_score`, at most k, the best first: pairs of the words, without
            bos,
        and the score.
    """
    raise NotImplementedError  # write your code here


def search_cost(vocab: int, max_len: int, k: int) -> tuple[int, int, int]:
    """Return the largest number of sequences that each of the three searches scores (D2L 9.8).

    No sequence ends early. Greedy search scores vocab sequences at each step. Exhaustive search scores all sequences of
    max_len words. At each step, beam search scores vocab sequences for each of the k sequences in its beam.

    Args:
        vocab: the number of words.
        max_len: the number of steps.
        k: the width of the beam. All steps, also the first, count as steps with a full beam.

    Returns:
        (greedy, exhaustive, beam), exact integers of any size.
    """
    raise NotImplementedError  # write your code here
