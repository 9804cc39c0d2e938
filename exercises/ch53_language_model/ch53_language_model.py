"""ch53 Language models: minibatches of a text, n-grams, smoothing and perplexity.

See D2L 8.3 (chapter_recurrent-neural-networks/language-models-and-dataset.md) and, for perplexity, D2L 8.4.
"""

import collections
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

# Given, not an exercise: a helper of the book's notebook.
d2l = SimpleNamespace(tensor=torch.tensor)


def seq_data_iter_random(corpus: Sequence[int], batch_size: int, num_steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield minibatches of subsequences in random order (D2L 8.3.4.1).

    Skip a random offset at the beginning: 0, 1, ..., or num_steps - 1, each equally likely. Cut the rest into windows
    of num_steps tokens that do not overlap. Keep the windows whose tokens all have a label. All orders of the windows
    are equally likely. Draw with Python's `random` or with torch. The function leaves the corpus unchanged.

    Args:
        corpus: the text, a list of token indices.
        batch_size: the number of windows in a minibatch. Windows that fill no minibatch are dropped.
        num_steps: the number of tokens in a window.

    Yields:
        X and Y, both (batch_size, num_steps), int64. For each token of X, Y has the next token of the corpus. Each call
        draws anew. A corpus that is too short yields nothing.
    """
    raise NotImplementedError  # write your code here


def seq_data_iter_sequential(corpus: Sequence[int], batch_size: int, num_steps: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield minibatches whose rows continue those of the minibatch before (D2L 8.3.4.2).

    Skip a random offset at the beginning: 0, 1, ..., or num_steps (included), each equally likely. The last token is
    only a label and never in X. Cut the tokens after the offset and before the last token into batch_size rows of equal
    length, as long as possible, and drop the rest. The first minibatch is the first num_steps columns, the second is
    the next num_steps columns, and so on. Columns that fill no minibatch are dropped. Draw with Python's `random` or
    with torch. The function leaves the corpus unchanged.

    Args:
        corpus: the text, a list of token indices.
        batch_size: the number of rows in a minibatch.
        num_steps: the number of tokens of each row in a minibatch.

    Yields:
        X and Y, both (batch_size, num_steps), int64. For each token of X, Y has the next token of the corpus. Each call
        draws anew. A corpus that is too short yields nothing.
    """
    raise NotImplementedError  # write your code here


def ngram_counts(tokens: Sequence[str], n: int) -> collections.Counter:
    """Count each n-gram of a text: n tokens that follow one another (D2L 8.3.2).

    An n-gram model predicts a token from the n - 1 tokens before it. So it is a Markov model of order n - 1. The
    function leaves the text unchanged.

    Args:
        tokens: the text, a list or tuple.
        n: the number of tokens in an n-gram, at least 1.

    Returns:
        A collections.Counter from tuples of n tokens to counts. n-grams may overlap. The Counter is empty if the text
        has fewer than n tokens.

    >>> ngram_counts(["so", "it", "is", "so", "it"], 2)
    Counter({('so', 'it'): 2, ('it', 'is'): 1, ('is', 'so'): 1})
    """
    raise NotImplementedError  # write your code here


def laplace_bigram(tokens: Sequence[str], eps: float, vocab_size: int) -> Callable[[str, str], float]:
    """Return a bigram model with Laplace smoothing: eps is shared equally among the vocabulary (D2L 8.3.1).

        P(next | word) = (n(word, next) + eps / vocab_size) / (n(word) + eps)

    n(word, next) counts how often next follows word in the text. n(word) counts how often word has a successor. The
    last token of the text has no successor, so n(word) does not count it. After each word, the probabilities of the
    whole vocabulary sum to 1. The function leaves the text unchanged. Two models are independent.

    Args:
        tokens: the text, a list or tuple, perhaps without tokens.
        eps: the strength of the smoothing, at least 0. 0 means no smoothing.
        vocab_size: the number of tokens in the vocabulary, including tokens that the text does not have.

    Returns:
        The function (word, next) -> P(next | word), a float. With eps 0, P is 0 after a word without a successor.
    """
    raise NotImplementedError  # write your code here


def perplexity(log_probs: Sequence[float]) -> float:
    """Return the perplexity of a text: the exponential of the average loss of a token (D2L 8.4.4).

        exp(-(log p_1 + ... + log p_n) / n)

    The result is accurate even if the product of all p is too small for a float. The function leaves its argument
    unchanged.

    Args:
        log_probs: for each token of the text, the natural logarithm of the probability that the model gave it. A list
            or tuple of floats, -infinity for probability 0.

    Returns:
        A float: 1 if each token had probability 1, the size of the vocabulary for a model that guesses, and infinity if
        a token had probability 0.

    Raises:
        ValueError: there are no tokens.
    """
    raise NotImplementedError  # write your code here
