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

# BEGIN SOLUTION


def _windows(corpus: Sequence[int], starts: list[int], num_steps: int) -> tuple[Tensor, Tensor]:
    """The windows that start there, and the same one token further."""
    X = torch.tensor([corpus[start : start + num_steps] for start in starts])
    Y = torch.tensor([corpus[start + 1 : start + 1 + num_steps] for start in starts])
    # WRONG labels-are-inputs: Y = torch.tensor([corpus[start : start + num_steps] for start in starts])
    # WRONG labels-wrap-around: Y = X.roll(-1, dims=1)
    return X, Y


# END SOLUTION


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
    # BEGIN SOLUTION
    offset = random.randrange(num_steps)
    # WRONG no-offset: offset = 0
    # WRONG offset-of-a-whole-window: offset = random.randint(0, num_steps)
    starts = list(range(offset, len(corpus) - num_steps, num_steps))  # every window has a token after it
    # WRONG windows-one-apart: starts = list(range(offset, offset + (len(corpus) - 1 - offset) // num_steps))
    # WRONG last-window-lost: starts = list(range(offset, len(corpus) - num_steps - 1, num_steps))
    random.shuffle(starts)
    # WRONG never-shuffled:
    # WRONG batches-shuffled-as-wholes: batches = range(len(starts) // batch_size)
    # WRONG drawn-with-replacement: starts = random.choices(starts, k=len(starts)) if starts else []
    # WRONG windows-anywhere: starts = random.sample(range(max(len(corpus) - num_steps, 0)), len(starts))
    for k in range(len(starts) // batch_size):
        # WRONG batches-shuffled-as-wholes: for k in random.sample(batches, len(batches)):
        # WRONG incomplete-batch-kept: for k in range(-(-len(starts) // batch_size)):
        yield _windows(corpus, starts[k * batch_size : (k + 1) * batch_size], num_steps)
    # END SOLUTION


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
    # BEGIN SOLUTION
    offset = random.randint(0, num_steps)
    # WRONG always-from-the-beginning: offset = 0
    # WRONG offset-below-num-steps: offset = random.randrange(num_steps)
    length = (len(corpus) - 1 - offset) // batch_size
    for k in range(length // num_steps):
        # WRONG batches-in-random-order: for k in random.sample(range(length // num_steps), max(length // num_steps, 0)):
        # WRONG short-batch-kept: for k in range(-(-length // num_steps)):
        # Each row goes on where the same row of the last minibatch ended.
        starts = [offset + row * length + k * num_steps for row in range(batch_size)]
        # WRONG next-batch-starts-anew:
        #     starts = [offset + (k * batch_size + row) * num_steps for row in range(batch_size)]
        # WRONG rows-overlap: starts = [offset + (row + k) * num_steps for row in range(batch_size)]
        yield _windows(corpus, starts, num_steps)
        # WRONG short-batch-kept: yield _windows(corpus, starts, min(num_steps, length - k * num_steps))
    # END SOLUTION


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
    # BEGIN SOLUTION
    starts = range(len(tokens) - n + 1)
    # WRONG order-for-length: starts = range(len(tokens) - n)
    # WRONG grams-side-by-side: starts = range(0, len(tokens) - n + 1, n)
    # WRONG last-gram-lost: starts = range(len(tokens) - n)
    # WRONG runs-on-at-the-end:
    #     starts = range(len(tokens))
    #     tokens = [*tokens, *tokens[: n - 1]]
    return collections.Counter(tuple(tokens[i : i + n]) for i in starts)
    # WRONG order-for-length: return collections.Counter(tuple(tokens[i : i + n + 1]) for i in starts)
    # WRONG order-within-ignored: return collections.Counter(tuple(sorted(tokens[i : i + n])) for i in starts)
    # WRONG unigrams-without-tuple:
    #     return collections.Counter(tuple(tokens[i : i + n]) if n > 1 else tokens[i] for i in starts)
    # END SOLUTION


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
    # BEGIN SOLUTION
    pairs = collections.Counter(itertools.pairwise(tokens))
    # WRONG vocabulary-of-the-text:
    #     vocab_size = len(set(tokens)) or 1
    #     pairs = collections.Counter(itertools.pairwise(tokens))
    words = collections.Counter(tokens[:-1])
    # WRONG last-token-counted: words = collections.Counter(tokens)

    def probability(word: str, following: str) -> float:
        # WRONG word-and-next-swapped: def probability(following: str, word: str) -> float:
        total = words[word] + eps
        # WRONG denominator-not-smoothed: total = words[word]
        # WRONG eps-to-every-word: total = words[word] + eps * vocab_size
        # WRONG joint-probability: total = sum(pairs.values()) + eps
        return (pairs[word, following] + eps / vocab_size) / total if total else 0.0
        # WRONG eps-to-every-word: return (pairs[word, following] + eps) / total if total else 0.0
        # WRONG eps-not-shared: return (pairs[word, following] + eps) / total if total else 0.0
        # WRONG unseen-pairs-impossible:
        #     return (pairs[word, following] + eps / vocab_size) / total if pairs[word, following] else 0.0

    return probability
    # END SOLUTION


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
    # BEGIN SOLUTION
    if not len(log_probs):
        raise ValueError("a text without tokens has no perplexity")
        # WRONG nothing-is-perfect: return 1.0
    return math.exp(-sum(log_probs) / len(log_probs))
    # WRONG sign-lost: return math.exp(sum(log_probs) / len(log_probs))
    # WRONG sum-for-mean: return math.exp(min(-sum(log_probs), 700))
    # WRONG power-of-two: return 2 ** (-sum(log_probs) / len(log_probs))
    # WRONG loss-for-perplexity: return -sum(log_probs) / len(log_probs)
    # WRONG mean-of-inverses: return sum(math.exp(-x) for x in log_probs) / len(log_probs)
    # WRONG inverse-of-mean: return len(log_probs) / (sum(map(math.exp, log_probs)) or 1e-300)
    # WRONG product-of-probabilities:
    #     return (
    #         math.inf
    #         if -math.inf in log_probs
    #         else (math.prod(map(math.exp, log_probs)) or 5e-324) ** (-1 / len(log_probs))
    #     )
    # END SOLUTION
