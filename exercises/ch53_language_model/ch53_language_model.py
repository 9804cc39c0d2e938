"""ch53 Language models: sequences in minibatches, n-grams, smoothing, perplexity.

D2L section 8.3 (chapter_recurrent-neural-networks/language-models-and-dataset.md); perplexity is in section 8.4.
"""

import collections
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: what the book's notebook has at hand.
d2l = SimpleNamespace(tensor=torch.tensor)


def seq_data_iter_random(corpus: Sequence[int], batch_size: int, num_steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Minibatches of subsequences in random order (D2L 8.3.4.1).

    A random offset, each of 0, 1, ..., num_steps - 1 as likely, is left out at the beginning. The rest is cut into
    windows of num_steps tokens that do not overlap, as many as have a label for each of their tokens. All orders of
    the windows are equally likely. Draw with Python's `random` or with torch.

    Args:
        corpus: the text as token indices.
        batch_size: how many windows a minibatch has. Windows that are left for no full minibatch are dropped.
        num_steps: how many tokens a window has.

    Yields:
        X and Y, both (batch_size, num_steps), int64: a row of Y has, for each token of that row of X, the token that
        follows it in the corpus. Every call draws anew; a corpus that is too short yields nothing.
    """
    raise NotImplementedError  # write your code here


def seq_data_iter_sequential(corpus: Sequence[int], batch_size: int, num_steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Minibatches whose rows go on where those of the last minibatch ended (D2L 8.3.4.2).

    A random offset, each of 0, 1, ..., num_steps as likely (num_steps included), is left out at the beginning. The
    rest, but for the last token, which has no label, is cut into batch_size rows of equal length, as long as possible;
    what is left over is dropped. The minibatches are the first num_steps columns, the next num_steps columns, and so
    on; columns that are left for no full minibatch are dropped. Draw with Python's `random` or with torch.

    Args:
        corpus: the text as token indices.
        batch_size: how many rows a minibatch has.
        num_steps: how many tokens of each row a minibatch has.

    Yields:
        X and Y, both (batch_size, num_steps), int64, where Y has the token that follows each of X in the corpus. Every
        call draws anew; a corpus that is too short yields nothing.
    """
    raise NotImplementedError  # write your code here


def ngram_counts(tokens: Sequence[str], n: int) -> collections.Counter:
    """How often each n-gram occurs: n tokens that follow one another (D2L 8.3.2).

    A model of n-grams predicts a token from the n - 1 before it, so it is a Markov model of order n - 1.

    Args:
        tokens: the text.
        n: how many tokens an n-gram has, at least 1.

    Returns:
        A collections.Counter, from tuples of n tokens to counts; n-grams may overlap. If the text has fewer than n
        tokens, it is empty.

    >>> ngram_counts(["so", "it", "is", "so", "it"], 2)
    Counter({('so', 'it'): 2, ('it', 'is'): 1, ('is', 'so'): 1})
    """
    raise NotImplementedError  # write your code here


def laplace_bigram(tokens: Sequence[str], eps: float, vocab_size: int) -> Callable[[str, str], float]:
    """A bigram model with Laplace smoothing (D2L 8.3.1), which gives every token the share 1 / vocab_size of eps.

        P(next | word) = (n(word, next) + eps / vocab_size) / (n(word) + eps)

    n(word, next) is how often next follows word in the text. n(word) is how often word has any successor: the last
    token of the text has none, so that this occurrence does not count. The probabilities of all tokens of the
    vocabulary after a word then add up to 1.

    Args:
        tokens: the text.
        eps: the strength of the smoothing, at least 0; 0 is none.
        vocab_size: how many tokens there are, those that the text does not have included.

    Returns:
        The function (word, next) -> P(next | word), a float. With eps 0, it is 0 after a word that has no successor.
    """
    raise NotImplementedError  # write your code here


def perplexity(log_probs: Sequence[float]) -> float:
    """The perplexity of a text (D2L 8.4.4): the exponential of a token's average loss.

        exp(-(log p_1 + ... + log p_n) / n)

    Args:
        log_probs: for each token of the text, the natural logarithm of the probability that the model gave it;
            -infinity for probability 0.

    Returns:
        A float: 1 for a model that is always right and sure, the size of the vocabulary for one that guesses, infinity
        for one that held impossible what came.

    Raises:
        ValueError: there are no tokens.
    """
    raise NotImplementedError  # write your code here
