"""ch38: majority_vote, mcnemar."""

import math

import pytest

from dlgrade.testing import close, promise, shuffled, standard, value_or_error


def voted(preds):
    """The winner of each example: the classes with the most votes, then the earliest model that chose one of them."""
    winners = []
    for i in range(len(preds[0])):
        votes = [model[i] for model in preds]
        most = max(votes.count(vote) for vote in votes)
        winners.append(next(vote for vote in votes if votes.count(vote) == most))
    return winners


@pytest.fixture
def ballots(chance):
    """ballots(5, 20, 3): predictions of 5 models for 20 examples, of 3 classes; a class may be any int."""

    def draw(models, n, classes, low=0, high=1000):
        names = chance.sample(range(low, high), classes)
        return [[chance.choice(names) for _ in range(n)] for _ in range(models)]

    return draw


@pytest.fixture
def columns(chance):
    """columns("abba", "abab"): predictions of four models for two examples; each letter is a drawn class."""

    def draw(*examples, high=100):
        preds = [[] for _ in examples[0]]
        for example in examples:
            names = dict(zip(dict.fromkeys(example), chance.sample(range(high), len(set(example))), strict=True))
            for model, letter in zip(preds, example, strict=True):
                model.append(names[letter])
        return preds

    return draw


def wins(run, *elections):
    """Check the winners of some elections."""
    close(run(lambda impl: [impl.majority_vote(preds) for preds in elections]), [voted(preds) for preds in elections])


@pytest.mark.exercise("majority_vote")
class TestMajorityVote:
    @standard(promise.untouched)
    def arguments(self, ballots, chance):
        return {"preds": ballots(5, chance.randint(6, 12), 3)}

    @pytest.mark.points(2)
    def test_majority(self, run, columns):
        """Returns the class that more than half of the models predict.
        返回超过半数的模型所预测的类别。"""
        wins(run, columns("aab", "aba", "baa", "aaa"), columns("abbab", "bbaba", "aaaab", "baaba", "abcaa", "cbabb"))

    @pytest.mark.points(2)
    def test_most_votes(self, run, columns, chance):
        """Returns the class with the most votes, also if it has no more than half of them.
        返回票数最多的类别，即使票数不超过半数。"""
        examples = ["abbcd", "abcdb", "abcbd", "aabcd", "abcdd", "abaca"]
        wins(run, columns(*chance.sample(examples, 6)), columns("abcdbbe", "cababde", "abcdeff", "bacdadea"[:7]))

    @pytest.mark.points(2)
    def test_ties(self, run, columns):
        """Among the classes with the most votes, takes that of the earliest model.
        票数最多的类别不止一个时，取其中最早的模型所投的类别。"""
        pairs = ["abba", "aabb", "abab", "aabb", "abba", "abab"]
        wins(run, columns(*pairs), columns("ab", "ab", "ab", "ab"), columns("abcabc", "abccba", "aabbcc", "abbcca"),
             columns("abc", "abc", "abc", "abc", "abc"))  # fmt: skip

    @pytest.mark.points(2)
    def test_first_model_loses(self, run, columns):
        """A tie is decided by the earliest model that votes for one of the tied classes, not by the first of all.
        票数相同时，由投给这些类别之一的最早的模型决定，不一定是第一个模型。"""
        wins(run, columns("abbcc", "abcbc", "abccb", "acbcb"), columns("abcdcd", "abccdd", "abcddc", "adcdcb"))

    def test_many_models(self, run, ballots, chance):
        """Counts the votes of many models for many examples.
        统计许多模型对许多样本的投票。"""
        wins(run, ballots(chance.randint(8, 15), chance.randint(40, 80), 4), ballots(9, 50, 8), ballots(4, 60, 2))

    def test_one_model(self, run, ballots, chance):
        """Accepts a single model, whose predictions win, and a single example.
        可以只有一个模型，这时结果就是它的预测；也可以只有一个样本。"""
        wins(run, ballots(1, chance.randint(5, 15), 6), ballots(1, 1, 1), *(ballots(m, 1, 3) for m in (2, 3, 4, 5, 6)))

    def test_any_int(self, run, ballots, chance):
        """Accepts negative and large classes.
        类别可以是负数，也可以是很大的数。"""
        wins(run, ballots(5, chance.randint(20, 30), 3, low=-9, high=0), ballots(5, 20, 3, low=10**12, high=2 * 10**12),
             ballots(7, 30, 5, low=-3, high=3))  # fmt: skip

    def test_no_examples(self, run, ballots, chance):
        """Returns an empty list without examples.
        没有样本时，返回空列表。"""
        preds = ballots(3, chance.randint(5, 9), 3)

        def probe(impl):
            return [value_or_error(impl.majority_vote, case) for case in ([[], [], []], [[]], preds)]

        close(run(probe), [[], [], voted(preds)])

    @pytest.mark.needs("majority")
    def test_lists(self, agree, ballots, chance):
        """Returns a list of Python ints. Accepts tuples.
        返回 Python int 的列表；可以传入元组。"""
        preds = tuple(tuple(model) for model in ballots(4, chance.randint(8, 12), 3))

        def probe(impl):
            winners = impl.majority_vote(preds)
            return type(winners).__name__, sorted({type(winner).__name__ for winner in winners}), list(winners)

        agree(probe)

    @pytest.mark.points(2)
    def test_lengths(self, run, ballots, chance):
        """Raises ValueError if a model has more or fewer predictions than another.
        某个模型的预测比另一个多或少时，抛出 ValueError。"""
        preds = ballots(4, chance.randint(6, 12), 3)
        cases = {}
        for m in (0, 1, 3):
            cases[f"preds[{m}] is shorter"] = [model[: len(model) - (i == m)] for i, model in enumerate(preds)]
            cases[f"preds[{m}] is longer"] = [model + [1] * (i == m) for i, model in enumerate(preds)]
        cases["preds[2] is empty"] = [*preds[:2], [], preds[3]]

        def probe(impl):
            refused = {name: value_or_error(impl.majority_vote, case) for name, case in cases.items()}
            return refused, impl.majority_vote(preds)

        refused, winners = run(probe)
        close((refused, winners), (dict.fromkeys(cases, "ValueError"), voted(preds)))

    def test_no_models(self, run, ballots, chance):
        """Raises ValueError if there is no model.
        没有模型时，抛出 ValueError。"""
        preds = ballots(3, chance.randint(6, 12), 3)

        def probe(impl):
            return value_or_error(impl.majority_vote, []), impl.majority_vote(preds)

        close(run(probe), ("ValueError", voted(preds)))


def p_value(only_a, only_b):
    """The exact p-value, from both tails of a fair coin."""
    n = only_a + only_b
    term, terms = 1, [1]
    for i in range(n):
        term = term * (n - i) // (i + 1)
        terms.append(term)
    tail = [t for i, t in enumerate(terms) if abs(2 * i - n) >= abs(only_a - only_b)]
    return sum(tail) / 2**n


@pytest.fixture
def contest(generator, chance):
    """contest(3, 9, both=5, neither=4): the labels, and predictions of two models.

    In 3 examples only a is right, in 9 only b, in 5 both, and in 4 neither. Where neither is right, their classes
    differ in every other example.
    """

    def draw(only_a, only_b, both=0, neither=0):
        rows = []
        for right_a, right_b, count in ((1, 0, only_a), (0, 1, only_b), (1, 1, both), (0, 0, neither)):
            for i in range(count):
                label, wrong, other = chance.sample(range(-5, 170), 3)
                if not right_a and not right_b:
                    rows.append((label, wrong, wrong if i % 2 else other))
                else:
                    rows.append((label, label if right_a else wrong, label if right_b else wrong))
        rows = shuffled(generator, rows)
        return [list(column) for column in zip(*rows, strict=True)] or [[], [], []]

    return draw


def p_values(run, contest, *counts):
    """Check the p-values of contests with these counts: of a alone, b alone, both, neither."""
    cases = [contest(*case) for case in counts]
    expected = [p_value(*case[:2]) for case in counts]
    close(run(lambda impl: [impl.mcnemar(*case) for case in cases]), expected, rtol=1e-6, atol=0)


@pytest.mark.exercise("mcnemar")
class TestMcnemar:
    @standard(promise.untouched)
    def arguments(self, contest, chance):
        y, a, b = contest(chance.randint(2, 5), chance.randint(7, 9), 5, 4)
        return {"y": y, "a": a, "b": b}

    @pytest.mark.points(2)
    def test_b_better(self, run, contest, chance):
        """Returns the two-sided p-value where b is right more often.
        b 正确得更多时，返回双侧 p 值。"""
        few = [chance.randint(1, 6) for _ in range(4)]
        p_values(run, contest, *((less, less + chance.randint(2, 9), chance.randint(3, 20), 4) for less in few))

    @pytest.mark.points(2)
    def test_a_better(self, run, contest, chance):
        """Returns the same where a is right more often.
        a 正确得更多时也是如此。"""
        few = [chance.randint(1, 6) for _ in range(4)]
        p_values(run, contest, *((less + chance.randint(2, 9), less, chance.randint(3, 20), 4) for less in few))

    @pytest.mark.points(2)
    def test_both_wrong(self, run, contest, chance):
        """Ignores examples that both predict wrongly, also with different classes.
        两个模型都预测错误的样本不计入，预测的类别不同时也是如此。"""
        p_values(run, contest, *((2, chance.randint(6, 12), 0, neither) for neither in (2, 7, 20)), (6, 1, 0, 40))

    def test_both_right(self, run, contest, chance):
        """Ignores examples that both predict correctly.
        两个模型都预测正确的样本不计入。"""
        p_values(run, contest, *((2, chance.randint(6, 12), both) for both in (0, 1, 10, 200)))

    def test_never(self, run, contest, chance):
        """Accepts a model that is never right alone.
        可以有一个模型从未独自正确。"""
        p_values(run, contest, (0, chance.randint(4, 20), 5, 3), (chance.randint(4, 20), 0, 5, 3), (0, 1, 3), (1, 0))

    @pytest.mark.points(2)
    def test_equal_models(self, run, contest, chance):
        """Gives 1, and no more, if both are right alone equally often, or if the counts are neighbours.
        两者独自正确的次数相等或只差 1 时，p 值为 1，不会更大。"""
        counts = chance.sample(range(1, 30), 3)
        cases = [(count, count + more, 3, 2) for count, more in zip(counts, (0, 1, 0), strict=True)]
        p_values(
            run,
            contest,
            *cases,
            (counts[0] + 1, counts[0], 3),
            (1, 1),
            *((chance.randint(0, 4), chance.randint(8, 25), 1) for _ in range(3)),
        )

    def test_no_difference(self, run, contest, chance):
        """Gives 1 if no example tells the models apart, and without examples.
        没有样本能区分两个模型时，p 值为 1；没有样本时也是 1。"""
        counts = chance.randint(1, 4), chance.randint(7, 12)
        cases = [contest(0, 0, chance.randint(5, 20)), contest(0, 0, 0, 8), contest(0, 0, 1), contest(0, 0)]
        cases.append(contest(*counts, 3, 3))
        expected = [1.0] * 4 + [p_value(*counts)]
        close(run(lambda impl: [value_or_error(impl.mcnemar, *case) for case in cases]), expected)

    @pytest.mark.points(2)
    def test_small_p_values(self, run, contest, chance):
        """Keeps the precision of tiny p-values.
        p 值极小时，精度不变。"""
        few = chance.randint(0, 9)
        cases = [(few, chance.randint(90, 99)), (chance.randint(44, 50), 2), (3, chance.randint(45, 50))]
        cases.append((7, chance.randint(700, 900)))
        contests = [contest(*case) for case in cases]

        def probe(impl):
            found = [impl.mcnemar(*case) for case in contests]
            return [math.log(p) if isinstance(p, float) and p > 0 else p for p in found]

        close(run(probe), [math.log(p_value(*case)) for case in cases], rtol=0, atol=1e-6)

    def test_many_examples(self, run, contest, chance):
        """Accepts thousands of examples.
        可以有几千个样本。"""
        cases = [(chance.randint(540, 590), 600, 700, 300), (650, chance.randint(580, 630), 99)]
        contests = [contest(*case) for case in cases]
        found = run(lambda impl: [impl.mcnemar(*case) for case in contests])
        close(found, [p_value(*case[:2]) for case in cases], rtol=1e-6, atol=0)

    @pytest.mark.needs("b_better")
    def test_plain_float(self, agree, contest, chance):
        """Returns a Python float, also for 1. Accepts tuples.
        返回 Python float，p 值为 1 时也是；可以传入元组。"""
        cases = [tuple(map(tuple, contest(*counts, 4, 3))) for counts in ((2, chance.randint(7, 12)), (4, 4))]

        def probe(impl):
            found = [impl.mcnemar(*case) for case in cases]
            return [type(p).__name__ for p in found], [float(p) for p in found]

        agree(probe)

    @pytest.mark.points(2)
    def test_lengths(self, run, contest, chance):
        """Raises ValueError if the lengths differ.
        长度不同时，抛出 ValueError。"""
        counts = chance.randint(1, 4), chance.randint(7, 12)
        y, a, b = contest(*counts, 5, 5)
        cases = {
            "y is shorter": (y[:-1], a, b), "a is shorter": (y, a[:-1], b), "b is shorter": (y, a, b[:-1]),
            "y is longer": ([*y, 1], a, b), "a is longer": (y, [*a, 1], b), "b is longer": (y, a, [*b, 1]),
            "a is empty": (y, [], b), "y is empty": ([], a, b),
        }  # fmt: skip

        def probe(impl):
            return {name: value_or_error(impl.mcnemar, *case) for name, case in cases.items()}, impl.mcnemar(y, a, b)

        close(run(probe), (dict.fromkeys(cases, "ValueError"), p_value(*counts)))
