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

# BEGIN SOLUTION


def _windows(corpus: Sequence[int], starts: list[int], num_steps: int) -> tuple[Tensor, Tensor]:
    """Return the windows that begin at these places, and the same windows one token later."""
    X = torch.tensor([corpus[start : start + num_steps] for start in starts])
    Y = torch.tensor([corpus[start + 1 : start + 1 + num_steps] for start in starts])
    # WRONG labels-are-inputs: Y = torch.tensor([corpus[start : start + num_steps] for start in starts])
    # WRONG labels-wrap-around: Y = X.roll(-1, dims=1)
    return X, Y
    # WRONG tokens-as-floats: return X.float(), Y.float()
    # WRONG lists-for-tensors: return X.tolist(), Y.tolist()
    # WRONG inputs-and-labels-swapped: return Y, X
    # WRONG steps-before-rows: return X.T, Y.T


# END SOLUTION


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
    # BEGIN SOLUTION
    offset = random.randrange(num_steps)
    # WRONG sizes-mixed-up:
    #     batch_size, num_steps = num_steps, batch_size
    #     offset = random.randrange(num_steps)
    # WRONG no-offset: offset = 0
    # WRONG offset-of-a-whole-window: offset = random.randint(0, num_steps)
    # WRONG seeded-in-each-call:
    #     random.seed(0)
    #     offset = random.randrange(num_steps)
    starts = list(range(offset, len(corpus) - num_steps, num_steps))  # every window has a token after it
    # WRONG windows-one-apart: starts = list(range(offset, offset + (len(corpus) - 1 - offset) // num_steps))
    # WRONG last-window-lost: starts = list(range(offset, len(corpus) - num_steps - 1, num_steps))
    # WRONG window-without-a-label: starts = list(range(offset, len(corpus) - num_steps + 1, num_steps))
    random.shuffle(starts)
    # WRONG never-shuffled:
    # WRONG batches-shuffled-as-wholes: batches = range(len(starts) // batch_size)
    # WRONG drawn-with-replacement: starts = random.choices(starts, k=len(starts)) if starts else []
    # WRONG windows-anywhere: starts = random.sample(range(max(len(corpus) - num_steps, 0)), len(starts))
    for k in range(len(starts) // batch_size):
        # WRONG last-minibatch-lost: for k in range(len(starts) // batch_size - 1):
        # WRONG batches-shuffled-as-wholes: for k in random.sample(batches, len(batches)):
        # WRONG incomplete-batch-kept: for k in range(-(-len(starts) // batch_size)):
        yield _windows(corpus, starts[k * batch_size : (k + 1) * batch_size], num_steps)
    # END SOLUTION


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
    # BEGIN SOLUTION
    offset = random.randint(0, num_steps)
    # WRONG always-from-the-beginning: offset = 0
    # WRONG offset-below-num-steps: offset = random.randrange(num_steps)
    length = (len(corpus) - 1 - offset) // batch_size
    # WRONG offset-not-subtracted: length = (len(corpus) - 1) // batch_size
    # WRONG last-token-as-input: length = (len(corpus) - offset) // batch_size
    for k in range(length // num_steps):
        # WRONG first-minibatch-lost: for k in range(1, length // num_steps):
        # WRONG minibatches-one-apart: for k in range(length - num_steps + 1):
        # WRONG batches-in-random-order:
        #     for k in random.sample(range(length // num_steps), max(length // num_steps, 0)):
        # WRONG short-batch-kept: for k in range(-(-length // num_steps)):
        # WRONG last-batch-lost: for k in range(length // num_steps - 1):
        # Each row begins where the same row of the minibatch before ended.
        starts = [offset + row * length + k * num_steps for row in range(batch_size)]
        # WRONG minibatches-one-apart: starts = [offset + row * length + k for row in range(batch_size)]
        # WRONG next-batch-starts-anew:
        #     starts = [offset + (k * batch_size + row) * num_steps for row in range(batch_size)]
        # WRONG steps-of-the-batch-size:
        #     starts = [offset + row * length + k * batch_size for row in range(batch_size)]
        # WRONG rows-overlap: starts = [offset + (row + k) * num_steps for row in range(batch_size)]
        yield _windows(corpus, starts, num_steps)
        # WRONG steps-of-the-batch-size: yield _windows(corpus, starts, max(min(num_steps, length - k * batch_size), 0))
        # WRONG short-batch-kept: yield _windows(corpus, starts, min(num_steps, length - k * num_steps))
        # WRONG rows-interleaved:
        #     steps = range(k * num_steps * batch_size, (k + 1) * num_steps * batch_size)
        #     X, Y = (torch.tensor([corpus[offset + step + i] for step in steps]) for i in (0, 1))
        #     yield X.reshape(num_steps, batch_size).T, Y.reshape(num_steps, batch_size).T
    # END SOLUTION


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
    # BEGIN SOLUTION
    starts = range(len(tokens) - n + 1)
    # WRONG first-gram-lost: starts = range(1, len(tokens) - n + 1)
    # WRONG order-for-length: starts = range(len(tokens) - n)
    # WRONG grams-side-by-side: starts = range(0, len(tokens) - n + 1, n)
    # WRONG last-gram-lost: starts = range(len(tokens) - n)
    # WRONG runs-on-at-the-end:
    #     starts = range(len(tokens))
    #     tokens = [*tokens, *tokens[: n - 1]]
    return collections.Counter(tuple(tokens[i : i + n]) for i in starts)
    # WRONG joined-without-spaces: return collections.Counter("".join(tokens[i : i + n]) for i in starts)
    # WRONG tokens-in-reverse: return collections.Counter(tuple(tokens[i : i + n][::-1]) for i in starts)
    # WRONG frequencies-for-counts:
    #     counts = collections.Counter(tuple(tokens[i : i + n]) for i in starts)
    #     return collections.Counter({gram: count / len(starts) for gram, count in counts.items()})
    # WRONG one-token-short: return collections.Counter(tuple(tokens[i : i + n - 1]) for i in starts)
    # WRONG order-for-length: return collections.Counter(tuple(tokens[i : i + n + 1]) for i in starts)
    # WRONG order-within-ignored: return collections.Counter(tuple(sorted(tokens[i : i + n])) for i in starts)
    # WRONG unigrams-without-tuple:
    #     return collections.Counter(tuple(tokens[i : i + n]) if n > 1 else tokens[i] for i in starts)
    # WRONG plain-dict: return dict(collections.Counter(tuple(tokens[i : i + n]) for i in starts))
    # WRONG each-gram-once: return collections.Counter({tuple(tokens[i : i + n]) for i in starts})
    # WRONG keys-are-strings: return collections.Counter(" ".join(tokens[i : i + n]) for i in starts)
    # WRONG lists-as-keys: return collections.Counter(tokens[i : i + n] for i in starts)
    # WRONG always-pairs: return collections.Counter(zip(tokens, tokens[1:]))
    # WRONG all-lengths-up-to-n:
    #     lengths = range(1, n + 1)
    #     return collections.Counter(tuple(tokens[i : i + m]) for m in lengths for i in range(len(tokens) - m + 1))
    # END SOLUTION


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
    # BEGIN SOLUTION
    pairs = collections.Counter(itertools.pairwise(tokens))
    # WRONG unseen-pair-unknown: pairs = dict(collections.Counter(itertools.pairwise(tokens)))
    # WRONG vocabulary-of-the-text:
    #     vocab_size = len(set(tokens)) or 1
    #     pairs = collections.Counter(itertools.pairwise(tokens))
    words = collections.Counter(tokens[:-1])
    # WRONG unseen-word-unknown: words = dict(collections.Counter(tokens[:-1]))
    # WRONG one-for-eps: words, eps = collections.Counter(tokens[:-1]), 1.0 if eps else 0.0
    # WRONG last-token-counted: words = collections.Counter(tokens)
    # WRONG first-token-left-out: words = collections.Counter(tokens[1:])

    def probability(word: str, following: str) -> float:
        # WRONG word-and-next-swapped: def probability(following: str, word: str) -> float:
        total = words[word] + eps
        # WRONG divided-by-the-next-word: total = words[following] + eps
        # WRONG denominator-grows-by-the-share: total = words[word] + eps / vocab_size
        # WRONG denominator-not-smoothed: total = words[word]
        # WRONG eps-to-every-word: total = words[word] + eps * vocab_size
        # WRONG joint-probability: total = sum(pairs.values()) + eps
        # WRONG smoothing-forgotten: total = words[word]
        # WRONG word-before-ignored: total = sum(pairs.values()) + eps
        return (pairs[word, following] + eps / vocab_size) / total if total else 0.0
        # WRONG eps-shared-by-smoothed-frequency:
        #     share = (tokens.count(following) + eps / vocab_size) / (len(tokens) + eps) if eps else 0.0
        #     return (pairs[word, following] + eps * share) / total if total else 0.0
        # WRONG eps-shared-by-frequency:
        #     share = tokens.count(following) / max(len(tokens), 1)
        #     return (pairs[word, following] + eps * share) / total if total else 0.0
        # WRONG eps-to-every-word: return (pairs[word, following] + eps) / total if total else 0.0
        # WRONG eps-not-shared: return (pairs[word, following] + eps) / total if total else 0.0
        # WRONG unseen-pairs-impossible:
        #     return (pairs[word, following] + eps / vocab_size) / total if pairs[word, following] else 0.0
        # WRONG smoothing-forgotten: return pairs[word, following] / total if total else 0.0
        # WRONG numerator-not-smoothed: return pairs[word, following] / total if total else 0.0
        # WRONG zero-divided-by-zero: return (pairs[word, following] + eps / vocab_size) / total
        # WRONG word-before-ignored:
        #     count = sum(n for (_, second), n in pairs.items() if second == following)
        #     return (count + eps / vocab_size) / total if total else 0.0
        # WRONG log-probability:
        #     smoothed = pairs[word, following] + eps / vocab_size
        #     return math.log(smoothed / total) if smoothed else 0.0

    return probability
    # END SOLUTION


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
    # BEGIN SOLUTION
    if not len(log_probs):
        raise ValueError("a text without tokens has no perplexity")
        # WRONG nothing-is-perfect: return 1.0
        # WRONG guard-forgotten, 2 lines:
    return math.exp(-sum(log_probs) / len(log_probs))
    # WRONG exponential-of-the-sum-divided: return math.exp(min(-sum(log_probs), 700)) / len(log_probs)
    # WRONG perplexity-as-a-tensor: return torch.exp(-torch.tensor(log_probs, dtype=torch.float64).mean())
    # WRONG mean-log-probability: return sum(log_probs) / len(log_probs)
    # WRONG power-of-ten: return 10 ** (-sum(log_probs) / len(log_probs)) if -math.inf not in log_probs else math.inf
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
    # WRONG taken-for-probabilities: return math.exp(-sum(map(math.log, log_probs)) / len(log_probs))
    # WRONG worst-token: return math.exp(-min(log_probs))
    # END SOLUTION
