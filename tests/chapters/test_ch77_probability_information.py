"""ch77: entropy, cross_entropy_dist, kl_divergence, bayes_posterior, empirical_frequencies."""

import pytest
import torch

from dlgrade.testing import promise, shuffled, standard, value_or_error, written_from_scratch

FLOAT64 = {"rtol": 1e-9, "atol": 1e-11}  # closer than by default: one operation in float32 is 1e-8 to 1e-7 off


@pytest.fixture
def distributions(randn):
    """distributions(4, 3): four drawn distributions over three classes, without a zero."""

    def draw(*shape, dtype=torch.float32):
        positive = (1.2 * randn(*shape, dtype=dtype)).exp()
        return positive / positive.sum(dim=-1, keepdim=True)

    return draw


@pytest.fixture
def with_zeros(distributions, chance):
    """with_zeros(4, 5): drawn distributions; each lacks some classes, and the first and last are not always absent."""

    def draw(rows, classes):
        p = distributions(rows, classes)
        for row in p:
            row[chance.sample(range(classes), chance.randint(1, classes - 2))] = 0
        return p / p.sum(dim=-1, keepdim=True)

    return draw


@pytest.fixture
def sizes_of(chance):
    """sizes_of(2): two different drawn sizes from 3 to 7."""
    return lambda count: chance.sample(range(3, 8), count)


@pytest.mark.exercise("entropy")
class TestEntropy:
    @standard(
        promise.non_contiguous,
        promise.batch_of_one("p"),
        promise.gradients("p"),
    )
    def arguments(self, distributions, sizes_of):
        return {"p": distributions(*sizes_of(2))}

    @standard(promise.untouched)
    def absent_classes(self, with_zeros, sizes_of):
        return {"p": with_zeros(*sizes_of(2))}

    @pytest.mark.points(2)
    def test_single(self, agree, distributions, sizes_of):
        """Gives the expected surprisal of a distribution in nats.
        求一个分布的期望信息量，以纳特为单位。"""
        ps = [distributions(size) for size in sizes_of(3)]
        agree(lambda impl: [impl.entropy(p) for p in ps])

    @pytest.mark.points(2)
    def test_batch(self, agree, distributions, sizes_of):
        """Takes each row of a matrix as a distribution.
        矩阵的每一行是一个分布。"""
        p = distributions(*sizes_of(2))
        agree(lambda impl: impl.entropy(p))

    def test_more_axes(self, agree, distributions, sizes_of):
        """Accepts any number of axes; the classes are along the last.
        轴数任意，类别总在最后一个轴上。"""
        p, q = distributions(*sizes_of(3)), distributions(2, 1, *sizes_of(2))
        agree(lambda impl: [impl.entropy(p), impl.entropy(q)])

    @pytest.mark.points(2)
    def test_zeros(self, agree, with_zeros, sizes_of):
        """A class of probability 0 adds 0.
        概率为 0 的类别贡献为 0。"""
        p = with_zeros(*sizes_of(2))
        ps = p, p[0].clone()
        agree(lambda impl: [impl.entropy(p) for p in ps])

    def test_certainty(self, agree, distributions, sizes_of, chance):
        """The entropy of a certain class is 0.
        某个类别概率为 1 时，熵为 0。"""
        p = distributions(*sizes_of(2))
        for row in range(2):
            p[row] = 0
            p[row, chance.randrange(p.shape[1])] = 1
        agree(lambda impl: impl.entropy(p))

    def test_uniform(self, agree, sizes_of, chance):
        """The entropy of n equally likely classes is log n.
        n 个类别等可能时，熵为 log n。"""
        ps = [torch.full((size,), 1 / size) for size in (*sizes_of(2), chance.randint(20, 400))]
        agree(lambda impl: [impl.entropy(p) for p in ps])

    def test_two_classes(self, agree, distributions, chance):
        """Accepts distributions over one or two classes.
        可以只有一个或两个类别。"""
        p, one = distributions(chance.randint(2, 6), 2), torch.ones(chance.randint(2, 6), 1)
        agree(lambda impl: [impl.entropy(p), impl.entropy(one)])

    def test_float64(self, agree, distributions, sizes_of):
        """Gives float64 for float64, with its precision.
        p 为 float64 时，结果也是 float64，精度不降低。"""
        p = distributions(*sizes_of(2), dtype=torch.float64)
        agree(lambda impl: impl.entropy(p), **FLOAT64)

    @pytest.mark.points(2)
    def test_unlikely_classes(self, agree, chance):
        """Counts unlikely classes in full.
        概率很小的类别同样计入。"""
        powers = chance.sample(range(8, 14), 2)
        ps = [torch.full((2**power + 1,), 0.5**power / 2, dtype=torch.float64) for power in powers]
        for p in ps:
            p[chance.randrange(len(p))] = 0.5
        agree(lambda impl: [impl.entropy(p) for p in ps])

    test_from_scratch = written_from_scratch


def _pair(distributions, *shape, dtype=torch.float32):
    return distributions(*shape, dtype=dtype), distributions(*shape, dtype=dtype)


@pytest.mark.exercise("cross_entropy_dist")
class TestCrossEntropyDist:
    @standard(
        promise.non_contiguous,
        promise.batch_of_one("p", "q"),
        promise.gradients("p", "q"),
    )
    def arguments(self, distributions, sizes_of):
        p, q = _pair(distributions, *sizes_of(2))
        return {"p": p, "q": q}

    @standard(promise.untouched)
    def absent_in_both(self, with_zeros, sizes_of):
        p = with_zeros(*sizes_of(2))
        return {"p": p, "q": p.square() / p.square().sum(dim=-1, keepdim=True)}

    @pytest.mark.points(2)
    def test_single(self, agree, distributions, sizes_of):
        """Gives the expected surprisal under q of classes from p, in nats.
        类别来自 p 时，求按 q 计算的期望信息量，以纳特为单位。"""
        pairs = [_pair(distributions, size) for size in sizes_of(3)]
        agree(lambda impl: [impl.cross_entropy_dist(p, q) for p, q in pairs])

    @pytest.mark.points(2)
    def test_batch(self, agree, distributions, sizes_of):
        """Takes each row of a matrix as a distribution.
        矩阵的每一行是一个分布。"""
        p, q = _pair(distributions, *sizes_of(2))
        agree(lambda impl: impl.cross_entropy_dist(p, q))

    def test_more_axes(self, agree, distributions, sizes_of):
        """Accepts any number of axes; the classes are along the last.
        轴数任意，类别总在最后一个轴上。"""
        pairs = _pair(distributions, *sizes_of(3)), _pair(distributions, 2, 1, *sizes_of(2))
        agree(lambda impl: [impl.cross_entropy_dist(p, q) for p, q in pairs])

    @pytest.mark.points(2)
    def test_order(self, agree, distributions, sizes_of):
        """p is the distribution of the classes, and q the belief.
        类别来自 p，q 是观察者所相信的分布。"""
        p, q = _pair(distributions, *sizes_of(2))
        agree(lambda impl: [impl.cross_entropy_dist(p, q), impl.cross_entropy_dist(p=q, q=p)])

    def test_float64(self, agree, distributions, sizes_of):
        """Gives float64 for float64, with its precision.
        p 和 q 为 float64 时，结果也是 float64，精度不降低。"""
        p, q = _pair(distributions, *sizes_of(2), dtype=torch.float64)
        agree(lambda impl: impl.cross_entropy_dist(p, q), **FLOAT64)

    def test_itself(self, agree, distributions, sizes_of):
        """The cross-entropy of p with itself is the entropy of p, not 0.
        p 与自身的交叉熵等于 p 的熵，而不是 0。"""
        p = distributions(*sizes_of(2))
        agree(lambda impl: impl.cross_entropy_dist(p, p.clone()))

    def test_hard_labels(self, agree, distributions, sizes_of, chance):
        """A certain class costs its own surprisal alone.
        p 中某个类别概率为 1 时，只计该类别的信息量。"""
        q = distributions(*sizes_of(2))
        p = torch.zeros_like(q)
        for row in p:
            row[chance.randrange(len(row))] = 1
        agree(lambda impl: impl.cross_entropy_dist(p, q))

    def test_uniform_belief(self, agree, distributions, sizes_of):
        """A uniform belief costs log n for any p.
        q 为均匀分布时，无论 p 是什么，结果都是 log n。"""
        pairs = [(p, torch.full_like(p, 1 / len(p))) for p in (distributions(size) for size in sizes_of(3))]
        agree(lambda impl: [impl.cross_entropy_dist(p, q) for p, q in pairs])

    @pytest.mark.points(2)
    def test_absent_classes(self, agree, distributions, with_zeros, sizes_of):
        """A class that neither distribution has adds 0.
        两个分布中概率都为 0 的类别，贡献为 0。"""
        p = with_zeros(*sizes_of(2))
        q = torch.where(p > 0, distributions(*p.shape), 0)
        q = q / q.sum(dim=-1, keepdim=True)
        agree(lambda impl: impl.cross_entropy_dist(p, q))

    def test_absent_in_p(self, agree, distributions, with_zeros, sizes_of):
        """A class that p lacks adds 0, whatever its probability in q.
        p 中概率为 0 的类别，无论在 q 中概率多大，贡献都是 0。"""
        p = with_zeros(*sizes_of(2))
        q = distributions(*p.shape)
        agree(lambda impl: impl.cross_entropy_dist(p, q))

    def test_impossible_classes(self, agree, distributions, with_zeros, sizes_of):
        """The result is inf if q excludes a class that p has. Other rows stay finite.
        q 排除了 p 中可能的类别时，结果为 inf；其他行仍是有限值。"""
        q = with_zeros(*sizes_of(2))
        p = distributions(*q.shape)
        q[1] = distributions(q.shape[1])
        agree(lambda impl: impl.cross_entropy_dist(p, q))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("kl_divergence")
class TestKlDivergence:
    @standard(
        promise.non_contiguous,
        promise.batch_of_one("p", "q"),
        promise.gradients("p", "q"),
    )
    def arguments(self, distributions, sizes_of):
        p, q = _pair(distributions, *sizes_of(2))
        return {"p": p, "q": q}

    @standard(promise.untouched)
    def absent_in_both(self, with_zeros, sizes_of):
        p = with_zeros(*sizes_of(2))
        return {"p": p, "q": p.square() / p.square().sum(dim=-1, keepdim=True)}

    @pytest.mark.points(2)
    def test_single(self, agree, distributions, sizes_of):
        """Gives the expected extra surprisal in nats.
        求额外的期望信息量，以纳特为单位。"""
        pairs = [_pair(distributions, size) for size in sizes_of(3)]
        agree(lambda impl: [impl.kl_divergence(p, q) for p, q in pairs])

    @pytest.mark.points(2)
    def test_batch(self, agree, distributions, sizes_of):
        """Takes each row of a matrix as a distribution.
        矩阵的每一行是一个分布。"""
        p, q = _pair(distributions, *sizes_of(2))
        agree(lambda impl: impl.kl_divergence(p, q))

    def test_more_axes(self, agree, distributions, sizes_of):
        """Accepts any number of axes; the classes are along the last.
        轴数任意，类别总在最后一个轴上。"""
        pairs = _pair(distributions, *sizes_of(3)), _pair(distributions, 2, 1, *sizes_of(2))
        agree(lambda impl: [impl.kl_divergence(p, q) for p, q in pairs])

    @pytest.mark.points(2)
    def test_not_symmetric(self, agree, distributions, sizes_of):
        """The divergence from p to q differs from that from q to p.
        KL(p || q) 与 KL(q || p) 不同。"""
        p, q = _pair(distributions, *sizes_of(2))
        agree(lambda impl: [impl.kl_divergence(p, q), impl.kl_divergence(p=q, q=p)])

    def test_float64(self, agree, distributions, sizes_of):
        """Gives float64 for float64, with its precision.
        p 和 q 为 float64 时，结果也是 float64，精度不降低。"""
        p, q = _pair(distributions, *sizes_of(2), dtype=torch.float64)
        agree(lambda impl: impl.kl_divergence(p, q), **FLOAT64)

    def test_equal(self, agree, distributions, sizes_of):
        """Equal distributions have no divergence. Other rows have.
        两个分布相同的行为 0，其他行不为 0。"""
        p, q = _pair(distributions, *sizes_of(2))
        q[1:3] = p[1:3]
        agree(lambda impl: impl.kl_divergence(p, q))

    def test_hard_labels(self, agree, distributions, sizes_of, chance):
        """The divergence of a certain class from q is its surprisal.
        p 中某个类别概率为 1 时，结果是该类别的信息量。"""
        q = distributions(*sizes_of(2))
        p = torch.zeros_like(q)
        for row in p:
            row[chance.randrange(len(row))] = 1
        agree(lambda impl: impl.kl_divergence(p, q))

    @pytest.mark.points(2)
    def test_absent_classes(self, agree, distributions, with_zeros, sizes_of):
        """A class that neither distribution has adds 0.
        两个分布中概率都为 0 的类别，贡献为 0。"""
        p = with_zeros(*sizes_of(2))
        q = torch.where(p > 0, distributions(*p.shape), 0)
        q = q / q.sum(dim=-1, keepdim=True)
        agree(lambda impl: impl.kl_divergence(p, q))

    def test_absent_in_p(self, agree, distributions, with_zeros, sizes_of):
        """A class that p lacks adds 0, whatever its probability in q.
        p 中概率为 0 的类别，无论在 q 中概率多大，贡献都是 0。"""
        p = with_zeros(*sizes_of(2))
        q = distributions(*p.shape)
        agree(lambda impl: impl.kl_divergence(p, q))

    def test_impossible_classes(self, agree, distributions, with_zeros, sizes_of):
        """The result is inf if q excludes a class that p has. Other rows stay finite.
        q 排除了 p 中可能的类别时，结果为 inf；其他行仍是有限值。"""
        q = with_zeros(*sizes_of(2))
        p = distributions(*q.shape)
        q[1] = distributions(q.shape[1])
        agree(lambda impl: impl.kl_divergence(p, q))

    test_from_scratch = written_from_scratch


@pytest.fixture
def case(chance):
    """case(): a drawn prior, sensitivity and specificity. The test is better than a guess."""
    return lambda: (chance.uniform(0.05, 0.4), chance.uniform(0.7, 0.95), chance.uniform(0.6, 0.9))


@pytest.mark.exercise("bayes_posterior")
class TestBayesPosterior:
    @pytest.mark.points(2)
    def test_one_test(self, agree, case):
        """Gives the probability of the disease after one positive test.
        求一次检测呈阳性后患病的概率。"""
        cases = [case() for _ in range(4)]
        agree(lambda impl: [impl.bayes_posterior(*some, 1) for some in cases])

    def test_default(self, agree, case):
        """The number of tests is 1 if it is not given.
        没有给出检测次数时为 1 次。"""
        cases = [case() for _ in range(3)]
        agree(
            lambda impl: (
                [impl.bayes_posterior(prior=a, sensitivity=b, specificity=c) for a, b, c in cases]
                + [impl.bayes_posterior(*some, n_positive=2) for some in cases]
            )
        )

    @pytest.mark.points(2)
    def test_two_tests(self, agree, case):
        """Combines two independent positive tests.
        综合两次独立的阳性检测。"""
        cases = [case() for _ in range(4)]
        agree(lambda impl: [impl.bayes_posterior(*some, 2) for some in cases])

    def test_more_tests(self, agree, chance):
        """Combines any number of tests.
        检测次数任意。"""
        cases = [(chance.uniform(0.001, 0.01), chance.uniform(0.5, 0.9), chance.uniform(0.5, 0.7)) for _ in range(3)]
        agree(lambda impl: [impl.bayes_posterior(*some, count) for some, count in zip(cases, (3, 4, 7), strict=True)])

    @pytest.mark.points(2)
    def test_rare_disease(self, agree, chance):
        """After a positive test, a rare disease can still be improbable.
        疾病罕见时，即使检测呈阳性，患病的概率也可能很小。"""
        cases = [
            (chance.uniform(0.0005, 0.005), chance.uniform(0.97, 0.999), chance.uniform(0.95, 0.99)) for _ in range(3)
        ]
        agree(lambda impl: [impl.bayes_posterior(*some, count) for some in cases for count in (1, 2)])

    @pytest.mark.points(2)
    def test_bad_test(self, agree, chance):
        """A test may be no better than a guess, or worse.
        检测可以与猜测无异，甚至更差。"""
        prior, share, worse = chance.uniform(0.1, 0.4), chance.uniform(0.3, 0.7), chance.uniform(0.1, 0.3)
        cases = [(prior, share, 1 - share), (prior, worse, 0.4 + worse), (1 - prior, worse, worse)]
        agree(lambda impl: [impl.bayes_posterior(*some, count) for some in cases for count in (1, 2)])

    def test_no_tests(self, agree, case):
        """Without tests, the probability is the prior.
        没有检测时，概率就是先验概率。"""
        cases = [case() for _ in range(3)]
        agree(lambda impl: [value_or_error(impl.bayes_posterior, *some, n) for some in cases for n in (0, 1)])

    def test_certain_prior(self, agree, case):
        """A prior of 0 or 1 stays, whatever the tests say.
        先验概率为 0 或 1 时，检测不会改变它。"""
        prior, sensitivity, specificity = case()
        priors = [0.0, 1.0, 0, 1, prior]
        agree(lambda impl: [value_or_error(impl.bayes_posterior, some, sensitivity, specificity, 2) for some in priors])

    def test_perfect_test(self, agree, case):
        """Probabilities of 0 and 1 are allowed: after a perfect test, the disease is certain.
        概率可以是 0 或 1：检测完美时，阳性意味着必然患病。"""
        prior, sensitivity, specificity = case()
        cases = [
            (prior, sensitivity, 1.0),
            (prior, 1.0, specificity),
            (prior, 1, 0),
            (prior, 0.0, specificity),
            (prior, sensitivity, 0.0),
            (prior, 1, 1),
        ]
        agree(lambda impl: [value_or_error(impl.bayes_posterior, *some, count) for some in cases for count in (1, 2)])

    def test_out_of_range(self, agree, case, chance):
        """Raises ValueError for a probability below 0 or above 1, and for a negative number of tests.
        概率小于 0 或大于 1，或检测次数为负时，抛出 ValueError。"""
        below, above = -chance.uniform(0.01, 0.5), 1 + chance.uniform(0.01, 0.5)
        a, b, c = case()
        wrong = [(x, b, c, 1) for x in (below, above)] + [(a, x, c, 2) for x in (below, above)]
        wrong += [(a, b, x, 2) for x in (below, above)] + [(a, b, c, -1), (a, b, c, -chance.randint(2, 4))]
        cases = [*wrong, (a, b, c, 1)]
        agree(lambda impl: [value_or_error(impl.bayes_posterior, *some) for some in cases])


@pytest.fixture
def samples(generator):
    """samples(30, 4): thirty drawn classes out of four."""
    return lambda count, classes: torch.randint(0, classes, (count,), generator=generator)


@pytest.mark.exercise("empirical_frequencies")
class TestEmpiricalFrequencies:
    @standard(promise.untouched, promise.non_contiguous("samples"))
    def arguments(self, samples, chance):
        classes = chance.randint(3, 6)
        return {"samples": samples(chance.randint(12, 20), classes), "num_classes": classes}

    @pytest.mark.points(2)
    def test_after_each_draw(self, agree, samples, chance):
        """Row i has the relative frequencies of the first i + 1 draws.
        第 i 行是前 i + 1 次抽样的相对频率。"""
        cases = [(samples(chance.randint(9, 20), classes), classes) for classes in chance.sample(range(3, 7), 2)]
        agree(lambda impl: [impl.empirical_frequencies(*some) for some in cases])

    def test_first_draw(self, agree, samples, chance):
        """After a single draw, its class has frequency 1.
        只抽样一次时，抽到的类别频率为 1。"""
        classes = chance.randint(4, 9)
        draws = [samples(1, classes) for _ in range(6)]
        agree(lambda impl: [impl.empirical_frequencies(draw, classes) for draw in draws])

    @pytest.mark.points(2)
    def test_absent_classes(self, agree, samples, chance):
        """Classes that never occur have frequency 0, wherever they are.
        没有出现的类别频率为 0，无论它们在哪里。"""
        low, high = chance.randint(1, 3), chance.randint(1, 3)
        xs = low + 2 * samples(chance.randint(9, 20), 3)
        agree(lambda impl: impl.empirical_frequencies(xs, low + 5 + high))

    @pytest.mark.points(2)
    def test_many_draws(self, agree, generator, chance):
        """The frequencies of many draws approach the probabilities.
        抽样次数很多时，频率接近概率。"""
        weights = torch.tensor([chance.uniform(0.1, 1) for _ in range(chance.randint(3, 6))])
        xs = torch.multinomial(weights, chance.randint(2000, 3000), replacement=True, generator=generator)
        agree(lambda impl: impl.empirical_frequencies(xs, len(weights)))

    @pytest.mark.points(2)
    def test_runs(self, agree, chance):
        """Follows a change: the frequencies of one class fall while those of another rise.
        抽到的类别改变后，一个类别的频率下降，另一个上升。"""
        a, b, c = chance.sample(range(5), 3)
        lengths = [chance.randint(3, 9) for _ in range(4)]
        xs = torch.tensor([kind for kind, count in zip((a, b, c, a), lengths, strict=True) for _ in range(count)])
        agree(lambda impl: impl.empirical_frequencies(xs, 5))

    def test_one_class(self, agree, samples, chance):
        """Accepts a single class, or two.
        可以只有一个或两个类别。"""
        n = chance.randint(3, 9)
        cases = [(torch.zeros(n, dtype=torch.int64), 1), (samples(n, 2), 2)]
        agree(lambda impl: [impl.empirical_frequencies(*some) for some in cases])

    def test_no_draws(self, agree, samples, chance):
        """Without draws, there are no rows.
        没有抽样时，结果没有行。"""
        classes = chance.sample(range(2, 30), 2)
        xs = samples(5, 2)
        agree(
            lambda impl: (
                [impl.empirical_frequencies(xs[:0], c) for c in classes] + [impl.empirical_frequencies(xs, classes[0])]
            )
        )

    def test_out_of_range(self, agree, generator, samples, chance):
        """Raises ValueError for a class that is negative or not below num_classes.
        类别为负，或不小于 num_classes 时，抛出 ValueError。"""
        classes = chance.randint(3, 6)
        places = [7, *chance.sample(range(7), 3)]  # one wrong sample is the last
        wrong = []
        for place, outside in zip(
            places, (-1, classes, classes + chance.randint(2, 9), -chance.randint(2, 9)), strict=True
        ):
            draws = samples(8, classes)
            draws[place] = outside
            wrong.append(draws)
        # Of the right samples, some lack class 0 and others the last class.
        right = samples(8, classes - 1), 1 + samples(8, classes - 1)
        right[0][3], right[1][3] = 0, classes - 1
        cases = shuffled(generator, [*wrong, *right])
        agree(lambda impl: [value_or_error(impl.empirical_frequencies, draws, classes) for draws in cases])
