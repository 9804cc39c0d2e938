"""ch87: weighted_risk, shift_kind."""

import pytest
import torch

from dlgrade.testing import close, expect, promise, standard


@pytest.fixture
def shares(generator):
    """shares(k): k positive numbers with sum 1, float64, none of them small."""

    def draw(k, low=0.3):
        numbers = low + torch.rand(k, generator=generator, dtype=torch.float64)
        return numbers / numbers.sum()

    return draw


def risk(losses, weights):
    """The weighted risk in float64, term by term."""
    pairs = zip(losses.tolist(), weights.tolist(), strict=True)
    return torch.tensor(sum(loss * weight for loss, weight in pairs) / len(losses), dtype=losses.dtype)


@pytest.fixture
def examples(randn, chance):
    """examples(n): n positive losses and n positive weights."""
    return lambda n, **options: (randn(n, **options).abs() + 0.1, chance.uniform(0.5, 2) * randn(n, **options).abs())


@pytest.mark.exercise("weighted_risk")
class TestWeightedRisk:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, examples, chance):
        losses, weights = examples(chance.randint(4, 9))
        return {"losses": losses, "weights": weights}

    @pytest.mark.points(2)
    def test_risk(self, run, examples, chance):
        """Averages the products of weights and losses over the examples.
        对所有样本的“权重乘以损失”求平均。"""
        cases = [examples(n) for n in chance.sample(range(3, 30), 4)]
        close(run(lambda impl: [impl.weighted_risk(*case) for case in cases]), [risk(*case) for case in cases])

    def test_weights_of_one(self, run, examples, chance):
        """Is the mean loss if all weights are 1, and a multiple of it if all weights are equal.
        权重都为 1 时是平均损失；权重都相等时是平均损失的倍数。"""
        losses, factors = examples(chance.randint(3, 9))[0], (1, chance.uniform(2, 5), chance.uniform(0.2, 0.5))
        cases = [torch.full_like(losses, factor) for factor in factors]
        found = run(lambda impl: [impl.weighted_risk(losses, weights) for weights in cases])
        close(found, [factor * losses.mean() for factor in factors])

    def test_weights_of_zero(self, run, examples, chance):
        """Examples of weight 0 count in the number of examples; if all weights are 0, so is the risk.
        权重为 0 的样本也计入样本数；权重全为 0 时，风险为 0。"""
        cases = []
        for _ in range(3):
            losses, weights = examples(chance.randint(5, 9))
            weights[chance.sample(range(len(weights)), 3)] = 0
            cases.append((losses, weights))
        cases.append((cases[0][0], torch.zeros(len(cases[0][0]))))
        close(run(lambda impl: [impl.weighted_risk(*case) for case in cases]), [risk(*case) for case in cases])

    @pytest.mark.points(2)
    def test_risk_of_the_target(self, run, shares, randn, chance):
        """With the weights q/p, the average over all source samples of two is the mean loss under q.
        权重为 q/p 时，对所有两个样本的抽样取平均，得到 q 下的平均损失。"""
        k = chance.randint(3, 4)
        counts = [chance.randint(1, 4) for _ in range(k)]  # p: each value occurs so many times
        p = torch.tensor(counts, dtype=torch.float64) / sum(counts)
        q, losses = shares(k), randn(k, dtype=torch.float64).abs()
        values = torch.repeat_interleave(torch.arange(k), torch.tensor(counts))
        weights = (q / p)[values]
        pairs = torch.cartesian_prod(torch.arange(len(values)), torch.arange(len(values)))

        def probe(impl):
            return torch.stack([impl.weighted_risk(losses[values[pair]], weights[pair]) for pair in pairs])

        found = run(probe)
        close(found, torch.stack([risk(losses[values[pair]], weights[pair]) for pair in pairs]))
        expect(
            abs(found.mean().item() - (q @ losses).item()) < 1e-9,
            "The average risk is not the mean loss of the target.", "风险的平均值不等于目标分布下的平均损失。",
        )  # fmt: skip

    def test_single_examples(self, run, examples):
        """Accepts a single example.
        可以只有一个样本。"""
        cases = [examples(1) for _ in range(3)]
        close(run(lambda impl: [impl.weighted_risk(*case) for case in cases]), [risk(*case) for case in cases])

    def test_float64(self, run, examples, chance):
        """Computes in float64 if the arguments are float64.
        参数为 float64 时，用 float64 计算。"""
        cases = [examples(chance.randint(4, 9), dtype=torch.float64) for _ in range(3)]
        close(run(lambda impl: [impl.weighted_risk(*case) for case in cases]), [risk(*case) for case in cases])

    @pytest.mark.points(2)
    def test_gradients(self, run, examples, chance):
        """The gradient of each loss is its weight, divided by the number of examples.
        每个损失的梯度是它的权重除以样本数。"""
        losses, weights = examples(chance.randint(4, 9))
        factor = chance.uniform(2, 5)

        def probe(impl):
            leaf = losses.clone().requires_grad_()
            (factor * impl.weighted_risk(leaf, weights)).backward()
            return leaf.grad

        close(run(probe), factor * weights / len(losses))


def bayes(p_x, p_y_given_x):
    """P(y), and P(x | y) as a dict, by Bayes' rule in plain Python."""
    m, k = p_y_given_x.shape
    joint = [[float(p_x[i] * p_y_given_x[i, j]) if p_x[i] > 0 else 0.0 for j in range(k)] for i in range(m)]
    p_y = [sum(row[j] for row in joint) for j in range(k)]
    return p_y, {(i, j): joint[i][j] / p_y[j] for i in range(m) for j in range(k) if p_y[j] > 0}


def differences(p_x, q_x, p_y_given_x, q_y_given_x):
    """The largest difference of P(x), P(y), P(y | x) and P(x | y)."""
    (p_y, p_x_given_y), (q_y, q_x_given_y) = bayes(p_x, p_y_given_x), bayes(q_x, q_y_given_x)
    rows = [i for i in range(len(p_x)) if p_x[i] > 0 and q_x[i] > 0]
    tables = [
        [(p_x[i], q_x[i]) for i in range(len(p_x))],
        [*zip(p_y, q_y, strict=True)],
        [(p_y_given_x[i, j], q_y_given_x[i, j]) for i in rows for j in range(len(p_y))],
        [(p_x_given_y[place], q_x_given_y[place]) for place in p_x_given_y if place in q_x_given_y],
    ]
    return [max((abs(float(a - b)) for a, b in table), default=0.0) for table in tables]


def kinds(pair, tol=1e-6):
    """The kinds of shift by their definitions, as a text."""
    x, y, y_given_x, x_given_y = (difference > tol for difference in differences(*pair))
    holds = {"concept": y_given_x and x_given_y, "covariate": x and not y_given_x, "label": y and not x_given_y}
    return " and ".join(kind for kind in sorted(holds) if holds[kind]) or "none"


class Laws:
    """Draws pairs of distributions: p_x, q_x, p_y_given_x, q_y_given_x. Numbers are equal or clearly different."""

    def __init__(self, shares, chance):
        self.shares, self.chance = shares, chance

    def draw(self, kind):
        while True:
            pair = getattr(self, kind)(*self.chance.sample(range(3, 6), 2))
            if all(d < 1e-9 or d > 0.005 for d in differences(*pair)):
                return pair

    def table(self, m, k):
        return torch.stack([self.shares(k, low=0.1) for _ in range(m)])

    def same(self, m, k):
        p_x, labels = self.shares(m), self.table(m, k)
        return p_x, p_x.clone(), labels, labels.clone()

    def covariate(self, m, k):
        labels = self.table(m, k)
        return self.shares(m), self.shares(m), labels, labels.clone()

    def few_inputs(self, _, k):
        """Covariate shift from one input to another; the other inputs stay as frequent as before."""
        p_x, labels = self.shares(6, low=1.5), self.table(6, k)
        a, b = self.chance.sample(range(6), 2)
        q_x, moved = p_x.clone(), self.chance.uniform(0.3, 0.42) * min(p_x[a], p_x[b])
        q_x[a] += moved
        q_x[b] -= moved
        return p_x, q_x, labels, labels.clone()

    def label(self, m, k, missing=None):
        """Label shift. A label may be missing in the source (0) or in the target (1)."""
        x_given_y, p_y, q_y = self.table(k, m), self.shares(k), self.shares(k)
        if missing is not None:
            (p_y, q_y)[missing][self.chance.randrange(k)] = 0
        joints = [(y / y.sum()).unsqueeze(1) * x_given_y for y in (p_y, q_y)]
        p_x, q_x = (joint.sum(dim=0) for joint in joints)
        return p_x, q_x, (joints[0] / p_x).T.contiguous(), (joints[1] / q_x).T.contiguous()

    def labels_that_appear(self, m, k):
        return self.label(m, k, missing=0)

    def labels_that_vanish(self, m, k):
        return self.label(m, k, missing=1)

    def concept(self, m, k):
        p_x = self.shares(m)
        return p_x, p_x.clone(), self.table(m, k), self.table(m, k)

    def concept_with_inputs(self, m, k):
        return self.shares(m), self.shares(m), self.table(m, k), self.table(m, k)

    def concept_with_equal_labels(self, m, k):
        """P(y | x) moves between two inputs, and P(y) stays."""
        p_x, labels = torch.full((m,), 1 / m, dtype=torch.float64), self.table(m, k)
        order = [*range(m)]
        a, b = self.chance.sample(order, 2)
        order[a], order[b] = b, a
        return p_x, p_x.clone(), labels, labels[order]

    def determined(self, _, k):
        """Two inputs belong to each label: covariate and label shift at once."""
        inside, labels = self.table(k, 2), torch.eye(k, dtype=torch.float64).repeat_interleave(2, dim=0)
        order = self.chance.sample(range(2 * k), 2 * k)
        p_x, q_x = ((self.shares(k).unsqueeze(1) * inside).reshape(-1)[order] for _ in range(2))
        return p_x, q_x, labels[order], labels[order].clone()

    def inputs_that_vanish(self, m, k):
        """Covariate shift: an input is missing in the target, and its row holds anything."""
        p_x, q_x, p, q = self.covariate(m, k)
        a = self.chance.randrange(m)
        q_x[a], q[a] = 0, self.chance.choice([0.0, 1 / k])
        return p_x, q_x / q_x.sum(), p, q

    def inputs_that_appear(self, m, k):
        q_x, p_x, q, p = self.inputs_that_vanish(m, k)
        return p_x, q_x, p, q


@pytest.fixture
def laws(shares, chance):
    """laws("covariate", "same"): eight drawn pairs of these kinds, each kind at least twice."""
    source = Laws(shares, chance)

    def draw(*kinds, count=8):
        names = [*kinds, *kinds, *chance.choices(kinds, k=count - 2 * len(kinds))]
        chance.shuffle(names)
        return [source.draw(name) for name in names]

    return draw


def named(run, pairs, *tol):
    """Check the kinds of each pair."""
    found = run(lambda impl: [" and ".join(sorted(impl.shift_kind(*pair, *tol))) or "none" for pair in pairs])
    close(found, [kinds(pair, *tol) for pair in pairs])


@pytest.mark.exercise("shift_kind")
class TestShiftKind:
    @standard(promise.untouched, promise.non_contiguous, call=lambda impl, *pair: sorted(impl.shift_kind(*pair)))
    def arguments(self, laws, chance):
        names = "p_x", "q_x", "p_y_given_x", "q_y_given_x"
        kind = chance.choice(["covariate", "label", "concept_with_inputs", "determined"])
        return dict(zip(names, laws(kind, count=2)[0], strict=True))

    @pytest.mark.points(2)
    def test_covariate_shift(self, run, laws):
        """Names covariate shift if P(x) differs and P(y | x) is the same, and nothing for equal distributions.
        P(x) 不同而 P(y | x) 相同时，是协变量偏移；分布相同时没有偏移。"""
        named(run, laws("covariate", "few_inputs", "same"))

    @pytest.mark.points(2)
    def test_label_shift(self, run, laws):
        """Names label shift if P(y) differs and P(x | y) is the same, and nothing for equal distributions.
        P(y) 不同而 P(x | y) 相同时，是标签偏移；分布相同时没有偏移。"""
        named(run, laws("label", "same"))

    @pytest.mark.points(2)
    def test_concept_shift(self, run, laws):
        """Names concept shift if both conditionals differ, although P(x) or P(y) may stay.
        两个条件分布都不同时，是概念偏移，即使 P(x) 或 P(y) 不变。"""
        named(run, laws("concept", "concept_with_equal_labels", "same"))

    def test_concept_shift_with_new_inputs(self, run, laws):
        """Names concept shift alone if P(x) differs as well.
        P(x) 也不同时，仍然只是概念偏移。"""
        named(run, laws("concept_with_inputs", "same"))

    def test_both_at_once(self, run, laws):
        """Names covariate and label shift together if both hold.
        协变量偏移和标签偏移同时成立时，两者都给出。"""
        named(run, laws("determined", "same"))

    @pytest.mark.points(2)
    def test_all_kinds(self, run, laws):
        """Tells all kinds apart.
        能区分所有情形。"""
        named(run, laws("same", "covariate", "label", "concept", "concept_with_inputs", "determined", count=14))

    def test_missing_inputs(self, run, laws):
        """Does not compare P(y | x) for an input that the source or the target lacks.
        源或目标分布中没有的输入，不比较它的 P(y | x)。"""
        named(run, laws("inputs_that_appear", "inputs_that_vanish", "same"))

    def test_missing_labels(self, run, laws):
        """Does not compare P(x | y) for a label that the source or the target lacks.
        源或目标分布中没有的标签，不比较它的 P(x | y)。"""
        named(run, laws("labels_that_appear", "labels_that_vanish", "same"))

    def test_tolerance(self, run, laws, chance):
        """Numbers are equal if they differ by at most tol.
        相差不超过 tol 的数视为相等。"""
        kinds_and_shares = [("few_inputs", 1), ("covariate", 0.05), ("covariate", 1), ("label", 0.05)]
        kinds_and_shares += [("few_inputs", 1), ("concept_with_inputs", 1)]
        pairs = []
        for kind, share in chance.sample(kinds_and_shares, 6):
            near = ()
            while not near or any(0.015 < d < 0.042 for d in differences(*near)):
                p_x, q_x, p, q = laws(kind, count=2)[0]
                near = p_x, p_x + share * (q_x - p_x), p, p + share * (q - p)
            pairs.append(near)
        named(run, pairs, 0.03)

    def test_tolerance_of_zero(self, run, laws):
        """With tol 0, equal tables still are the same.
        tol 为 0 时，相等的表仍视为相同。"""
        named(run, laws("covariate", "same"), 0.0)

    @pytest.mark.needs("all_kinds")
    def test_a_set(self, agree, laws):
        """Returns a set.
        返回一个集合。"""
        pairs = laws("covariate", "label", "concept", "same")

        def probe(impl):
            found = [impl.shift_kind(*pair) for pair in pairs]
            return [" and ".join(sorted(kind)) for kind in found], [type(kind).__name__ for kind in found]

        agree(probe)
