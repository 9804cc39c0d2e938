"""ch38 The results of the leaf contest: folds, class names, votes, and a test of the difference of two models.

The contest asks for the species of a tree from a photograph of its leaf. It is like D2L 13.14
(chapter_computer-vision/kaggle-dog.md). The exercises are the course's own.
"""

import math
import random
from collections import Counter
from collections.abc import Sequence


def stratified_kfold(labels: Sequence[int], k: int, seed: int = 0) -> list[list[int]]:
    """Divide the examples into k folds for cross-validation, with nearly the same share of each class in every fold.

    Each fold is the validation set of one model, and all other examples are its training set. Each example is in
    exactly one fold. The numbers of examples of a class in two folds differ by at most 1. So a class with fewer than
    k examples has at most one of them in each fold. Three things are free: which folds get one example more, the
    sizes of the folds, and the order within a fold.

    The division is random. An example is equally likely to share its fold with any other example of its class. The
    function draws from generators of its own: the global generators of Python, numpy and torch stay as they are. It
    leaves labels unchanged.

    Args:
        labels: the classes of n examples, a list or tuple of ints. Any int may be a class, also a negative or a large
            one. The examples are in any order. n may be 0, or less than k.
        k: the number of folds, at least 2.
        seed: an int, at least 0. The same seed gives the same folds in each call. Other seeds give other folds, up to
            chance.

    Returns:
        A list of k lists: the indices of the examples of each fold, Python ints from 0 to n - 1. A list may be empty.

    Raises:
        ValueError: k is less than 2. A class with few examples is no error.
    """
    raise NotImplementedError  # write your code here


def label_encoder(labels: Sequence[str]) -> tuple[list[str], list[int]]:
    """Give each class a number, and return the names of the classes and the numbers of all labels.

    The classes are the different names among the labels, in the order of Python's sorted(): character by character,
    by code point. So "Acer" comes before "acer", and "10" before "9". The order depends on the names alone, so that
    each run and each machine gives the same numbers. Two names are equal only if all their characters are equal:
    capitals, spaces at the ends and accents count. The code of a label is the place of its name among the classes,
    from 0 on. The function leaves labels unchanged.

    Args:
        labels: the names of the classes of n examples, a list or tuple of str. n may be 0. A name may have any
            characters, and may be "".

    Returns:
        (classes, codes): a list of the different names, and a list of n codes, each a Python int. classes[codes[i]] is
        labels[i].

    >>> label_encoder(["ulmus_rubra", "acer_rubrum", "ulmus_rubra"])
    (['acer_rubrum', 'ulmus_rubra'], [1, 0, 1])
    """
    raise NotImplementedError  # write your code here


def majority_vote(preds: Sequence[Sequence[int]]) -> list[int]:
    """Return the class with the most votes for each example. Each model has one vote for each example.

    The class with the most votes need not have more than half of them. If several classes have the most votes, the
    earliest model that votes for one of these classes decides. So an order of the models from good to bad breaks
    ties in favour of the better ones. The function leaves preds unchanged.

    Args:
        preds: preds[m][i] is the class that model m predicts for example i. A list or tuple with a list or tuple of n
            ints for each model, at least one model. Any int may be a class, also a negative or a large one. n may
            be 0.

    Returns:
        A list of n Python ints.

    Raises:
        ValueError: there is no model, or two models have different numbers of predictions.

    >>> majority_vote([[7, 7, 7], [5, 5, 5], [5, 7, 3]])
    [5, 7, 7]
    """
    raise NotImplementedError  # write your code here


def mcnemar(y: Sequence[int], a: Sequence[int], b: Sequence[int]) -> float:
    """Return the two-sided p-value of McNemar's exact test: could two models of equal quality differ as a and b do?

    Only an example that exactly one model predicts correctly tells the models apart. Let n_a be the number of examples
    where only a is right, n_b the number where only b is right, and n = n_a + n_b. Between equally good models, each of
    the n examples is a toss of a fair coin. The p-value is twice the probability of at most min(n_a, n_b) heads, but
    at most 1 (McNemar 1947, in its exact form):

        p = min(1, 2 * P(X <= min(n_a, n_b))), where P(X = i) = C(n, i) / 2^n for i = 0, ..., n

    C(n, i) is the binomial coefficient. If n = 0, p is 1. Examples that both predict correctly or both predict wrongly
    do not count, also if the two wrong classes differ. The function leaves its arguments unchanged.

    Args:
        y: the right classes, a list or tuple. It may be empty, or have up to 5000 examples. Every class is an int.
        a: the classes that the first model predicts, a list or tuple.
        b: the classes that the second model predicts, a list or tuple.

    Returns:
        A Python float from 0 to 1. Its relative error is at most 1e-6 if p is at least 1e-300.

    Raises:
        ValueError: y, a and b do not all have the same length.

    >>> mcnemar([0] * 6, [0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1])
    0.0625
    """
    raise NotImplementedError  # write your code here
