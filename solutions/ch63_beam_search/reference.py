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

# BEGIN SOLUTION


class Hypothesis(NamedTuple):
    """The words of a sequence after bos, and its log-probability."""

    words: tuple[int, ...]
    log_prob: float


def _extensions(step: Callable[[tuple[int, ...]], Tensor], bos: int, hypotheses: list[Hypothesis]) -> list[Hypothesis]:
    """Return each hypothesis, extended by each possible word."""
    extended = []
    for words, log_prob in hypotheses:
        for word, score in enumerate(step((bos, *words)).tolist()):
            if score > -math.inf:
                # WRONG impossible-words-chosen: if score >= -math.inf:
                extended.append(Hypothesis((*words, word), log_prob + score))
                # WRONG product-of-probabilities:
                #     extended.append(Hypothesis((*words, word), math.log(max(math.exp(log_prob + score), 5e-324))))
    return extended


def _log_prob(hypothesis: Hypothesis) -> float:
    return hypothesis.log_prob


# END SOLUTION


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
    # BEGIN SOLUTION
    words, log_prob = (), 0.0
    # WRONG log-probabilities-multiplied: words, log_prob = (), 1.0
    for _ in range(max_len):
        # WRONG one-word-too-many: for _ in range(max_len + 1):
        # WRONG one-word-too-few: for _ in range(max_len - 1):
        scores = step((bos, *words))
        # WRONG prefix-forgotten: scores = step((bos, *words)[-1:])
        # WRONG prefix-without-bos: scores = step(words)
        word = int(scores.argmax())
        # WRONG last-of-equals: word = len(scores) - 1 - int(scores.flip(0).argmax())
        # WRONG least-likely-words: word = int(scores.argmin())
        words, log_prob = (*words, word), log_prob + float(scores[word])
        # WRONG probability-of-greedy:
        #     words, log_prob = (*words, word), math.log(max(math.exp(log_prob + float(scores[word])), 5e-324))
        # WRONG log-probabilities-multiplied: words, log_prob = (*words, word), log_prob * float(scores[word])
        # WRONG only-the-last-log-probability: words, log_prob = (*words, word), float(scores[word])
        # WRONG end-not-taken:
        #     if word == eos:
        #         break
        #     words, log_prob = (*words, word), log_prob + float(scores[word])
        # WRONG log-probability-as-a-tensor: words, log_prob = (*words, word), log_prob + scores[word]
        # WRONG log-of-a-log-probability: words, log_prob = (*words, word), log_prob + math.log(float(scores[word]))
        # WRONG probabilities-added: words, log_prob = (*words, word), log_prob + math.exp(float(scores[word]))
        # WRONG greedy-sign-turned: words, log_prob = (*words, word), log_prob - float(scores[word])
        if word == eos:
            break
        # WRONG goes-on-after-the-end, 2 lines:
    return words, log_prob
    # WRONG end-left-out: return words[: -1 if words[-1:] == (eos,) else None], log_prob
    # WRONG bos-in-the-result: return (bos, *words), log_prob
    # WRONG probability-for-log-probability: return words, math.exp(log_prob)
    # WRONG log-probability-per-word: return words, log_prob / max(1, len(words))
    # WRONG greedy-results-swapped: return log_prob, words
    # WRONG greedy-words-alone: return words
    # END SOLUTION


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
    # BEGIN SOLUTION
    complete, alive = [], [Hypothesis((), 0.0)]
    for _ in range(max_len):
        # WRONG exhaustive-one-word-too-many: for _ in range(max_len + 1):
        # WRONG exhaustive-one-word-too-few: for _ in range(max_len - 1):
        extended = _extensions(step, bos, alive)
        # WRONG exhaustive-last-log-probability:
        #     extended = _extensions(step, bos, [Hypothesis(words, 0.0) for words, _ in alive])
        # WRONG exhaustive-prefix-forgotten: extended = _extensions(lambda prefix: step(prefix[-1:]), bos, alive)
        # WRONG exhaustive-impossible-words:
        #     extended = []
        #     for words, log_prob in alive:
        #         for word, score in enumerate(step((bos, *words)).tolist()):
        #             extended.append(Hypothesis((*words, word), log_prob + score))
        complete += [hypothesis for hypothesis in extended if hypothesis.words[-1] == eos]
        alive = [hypothesis for hypothesis in extended if hypothesis.words[-1] != eos]
        # WRONG greedy-taken-for-the-best:
        #     alive = [max(extended, key=_log_prob, default=Hypothesis((eos,), 0.0))]
        #     alive = [hypothesis for hypothesis in alive if hypothesis.words[-1] != eos]
        #     complete = [hypothesis for hypothesis in complete if not alive]
        # WRONG ended-ones-extended: alive = extended
    # Those that are alive after the last step have max_len words, and so are complete.
    best = max(complete + alive, key=_log_prob)
    # WRONG complete-ones-forgotten: best = max(alive or complete, key=_log_prob)
    # WRONG unended-ones-forgotten: best = max(complete or alive, key=_log_prob)
    # WRONG exhaustive-by-score: best = max(complete + alive, key=lambda h: h.log_prob / max(len(h.words), 1) ** 0.75)
    # WRONG exhaustive-log-probability-per-word:
    #     best = max(complete + alive, key=lambda h: h.log_prob / max(len(h.words), 1))
    # WRONG least-likely-sequence: best = min(complete + alive, key=_log_prob)
    return best.words, best.log_prob
    # WRONG exhaustive-bos-in-the-result: return (bos, *best.words), best.log_prob
    # WRONG exhaustive-end-left-out: return best.words[: -1 if best.words[-1:] == (eos,) else None], best.log_prob
    # WRONG exhaustive-probability: return best.words, math.exp(best.log_prob)
    # WRONG exhaustive-score-returned: return best.words, best.log_prob / max(len(best.words), 1) ** 0.75
    # WRONG exhaustive-results-swapped: return best.log_prob, best.words
    # WRONG exhaustive-words-alone: return best.words
    # END SOLUTION


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
    # BEGIN SOLUTION
    if length < 1:
        # WRONG no-error-without-words: if False:
        # WRONG one-word-refused: if length <= 1:
        raise ValueError(f"a sequence has at least one word, not {length}")
        # WRONG empty-sequence-scored: length = 1
    return log_prob / length**alpha
    # WRONG score-multiplied: return log_prob * length**alpha
    # WRONG mean-log-probability: return log_prob / length
    # WRONG alpha-as-a-factor: return log_prob / (length * alpha)
    # WRONG alpha-to-the-length: return log_prob / alpha**length
    # WRONG score-positive: return -log_prob / length**alpha
    # WRONG penalty-of-another-paper: return log_prob / ((5 + length) / 6) ** alpha
    # WRONG score-of-the-probability: return math.exp(log_prob) / length**alpha
    # WRONG alpha-subtracted-from-one: return log_prob / length ** (1 - alpha)
    # WRONG root-for-power: return log_prob / length ** (1 / alpha if alpha else 0)
    # END SOLUTION


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
    # BEGIN SOLUTION
    candidates, beam = [], [Hypothesis((), 0.0)]
    # WRONG beam-of-copies: candidates, beam = [], [Hypothesis((), 0.0)] * k
    for _ in range(max_len):
        # WRONG beam-one-word-too-many: for _ in range(max_len + 1):
        # WRONG beam-one-word-too-few: for _ in range(max_len - 1):
        extended = _extensions(step, bos, beam)
        # WRONG stops-at-the-first-end:
        #     if candidates and not include_prefixes:
        #         break
        #     extended = _extensions(step, bos, beam)
        # WRONG beam-last-log-probability:
        #     extended = _extensions(step, bos, [Hypothesis(words, 0.0) for words, _ in beam])
        # WRONG beam-prefix-forgotten: extended = _extensions(lambda prefix: step(prefix[-1:]), bos, beam)
        # WRONG topk-of-each-row:
        #     extended = []
        #     for words, log_prob in beam:
        #         values, indices = step((bos, *words)).topk(k)
        #         for word, score in zip(indices.tolist(), values.tolist(), strict=True):
        #             if score > -math.inf:
        #                 extended.append(Hypothesis((*words, word), log_prob + score))
        kept = sorted(extended, key=_log_prob, reverse=True)[:k]
        # WRONG best-of-each-branch:
        #     kept = [h for one in beam for h in sorted(_extensions(step, bos, [one]), key=_log_prob, reverse=True)[:k]]
        # WRONG beam-shrinks:
        #     kept = sorted(extended, key=_log_prob, reverse=True)[: k - sum(w[-1] == eos for w, _ in candidates)]
        # WRONG ended-take-no-place:
        #     ended = [h for h in extended if h.words[-1] == eos]
        #     kept = ended + sorted((h for h in extended if h not in ended), key=_log_prob, reverse=True)[:k]
        # WRONG width-of-two: kept = sorted(extended, key=_log_prob, reverse=True)[:2]
        # WRONG width-of-one: kept = sorted(extended, key=_log_prob, reverse=True)[:1]
        # WRONG least-likely-kept: kept = sorted(extended, key=_log_prob)[:k]
        # WRONG ended-compete-with-the-beam:
        #     kept = sorted(extended + ([] if include_prefixes else candidates), key=_log_prob, reverse=True)[:k]
        # WRONG ended-compete-by-score:
        #     pool = extended + ([] if include_prefixes else candidates)
        #     kept = sorted(pool, key=lambda h: h.log_prob / len(h.words) ** alpha, reverse=True)[:k]
        # The k are chosen first: a sequence that ends takes a place in this step, and none in the next.
        ended = [hypothesis for hypothesis in kept if hypothesis.words[-1] == eos]
        beam = [hypothesis for hypothesis in kept if hypothesis.words[-1] != eos]
        # WRONG ended-in-the-beam: beam, ended = kept, []
        candidates += kept if include_prefixes else ended
        # WRONG ended-dropped: candidates += kept if include_prefixes else []
        # WRONG prefixes-always-included: candidates += kept
        # WRONG stops-with-k-candidates:
        #     candidates += kept if include_prefixes else ended
        #     if len(candidates) >= k and not include_prefixes:
        #         break
        # WRONG ended-compete-with-the-beam: candidates = candidates + kept if include_prefixes else ended
        # WRONG ended-compete-by-score: candidates = candidates + kept if include_prefixes else ended
        # WRONG prefixes-without-the-ended: candidates += beam if include_prefixes else ended
    if not include_prefixes:
        candidates += beam  # these have max_len words
    # WRONG prefixes-ignored, 8 lines:
    #     for _ in range(max_len):
    #         kept = sorted(_extensions(step, bos, beam), key=_log_prob, reverse=True)[:k]
    #         candidates += [hypothesis for hypothesis in kept if hypothesis.words[-1] == eos]
    #         beam = [hypothesis for hypothesis in kept if hypothesis.words[-1] != eos]
    #     candidates += beam
    # WRONG unended-dropped: pass
    # WRONG prefixes-always-included: pass
    # WRONG last-beam-twice, 2 lines:
    #     candidates += beam
    scored = []
    for words, log_prob in candidates:
        scored.append((words, length_normalised_score(log_prob, len(words), alpha)))
        # WRONG end-not-counted:
        #     length = max(1, len(words) - (words[-1] == eos))
        #     scored.append((words, length_normalised_score(log_prob, length, alpha)))
        # WRONG beam-bos-in-the-result:
        #     scored.append(((bos, *words), length_normalised_score(log_prob, len(words), alpha)))
        # WRONG bos-counted: scored.append((words, length_normalised_score(log_prob, len(words) + 1, alpha)))
        # WRONG alpha-fixed: scored.append((words, length_normalised_score(log_prob, len(words))))
        # WRONG log-probability-for-score: scored.append((words, log_prob))
        # WRONG length-of-the-longest: scored.append((words, length_normalised_score(log_prob, max_len, alpha)))
        # WRONG beam-end-left-out:
        #     shown = words[: -1 if words[-1] == eos else None]
        #     scored.append((shown, length_normalised_score(log_prob, len(words), alpha)))
    return sorted(scored, key=lambda candidate: candidate[1], reverse=True)[:k]
    # WRONG ranked-by-log-probability:
    #     return sorted(scored, key=lambda candidate: candidate[1] * len(candidate[0]) ** alpha, reverse=True)[:k]
    # WRONG worst-first: return sorted(scored, key=lambda candidate: candidate[1])[:k]
    # WRONG all-candidates-returned: return sorted(scored, key=lambda candidate: candidate[1], reverse=True)
    # WRONG best-candidate-alone: return sorted(scored, key=lambda candidate: candidate[1], reverse=True)[:1]
    # WRONG best-candidate-without-a-list: return sorted(scored, key=lambda candidate: candidate[1], reverse=True)[0]
    # WRONG candidates-not-ordered: return scored[:k]
    # WRONG score-before-words:
    #     return [pair[::-1] for pair in sorted(scored, key=lambda candidate: candidate[1], reverse=True)[:k]]
    # WRONG sequences-without-scores:
    #     return [pair[0] for pair in sorted(scored, key=lambda candidate: candidate[1], reverse=True)[:k]]
    # END SOLUTION


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
    # BEGIN SOLUTION
    return vocab * max_len, vocab**max_len, k * vocab * max_len
    # WRONG beam-that-branches: return vocab * max_len, vocab**max_len, vocab * k**max_len
    # WRONG every-step-by-itself: return vocab * max_len, vocab * max_len * k, k * vocab * max_len
    # WRONG rounded-to-a-float: return vocab * max_len, int(float(vocab) ** max_len), k * vocab * max_len
    # WRONG one-step: return vocab, vocab**max_len, k * vocab * max_len
    # WRONG costs-in-another-order: return vocab * max_len, k * vocab * max_len, vocab**max_len
    # WRONG width-ignored: return vocab * max_len, vocab**max_len, vocab * max_len
    # WRONG first-step-of-one-sequence: return vocab * max_len, vocab**max_len, vocab + k * vocab * (max_len - 1)
    # WRONG all-lengths-counted:
    #     return vocab * max_len, sum(vocab**n for n in range(1, max_len + 1)), k * vocab * max_len
    # WRONG costs-without-the-vocabulary: return max_len, vocab**max_len, k * max_len
    # WRONG beam-for-one-step: return vocab * max_len, vocab**max_len, k * vocab
    # WRONG steps-of-greedy-alone: return max_len, vocab**max_len, k * vocab * max_len
    # WRONG beam-that-takes-all: return vocab * max_len, vocab**max_len, k * vocab**max_len
    # END SOLUTION
