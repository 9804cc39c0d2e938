"""ch51: autoregressive_dataset, multistep_predict, k_step_features, chain_rule_prob, markov_chain_prob."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import close, expect, promise, raises, set_parameters, standard


@pytest.fixture
def joint(generator):
    """joint(2, 3, 4): a random table of probabilities with axes of these sizes."""

    def draw(*sizes):
        table = torch.rand(sizes, generator=generator) + 0.1
        return table / table.sum()

    return draw


@pytest.fixture
def chain(generator):
    """chain(4): the initial probabilities and the transition matrix of a random Markov chain with 4 states."""

    def draw(n, dtype=torch.float32):
        rows = torch.rand(n + 1, n, generator=generator, dtype=dtype) + 0.1
        rows /= rows.sum(dim=1, keepdim=True)
        return rows[0], rows[1:]

    return draw


@pytest.fixture
def counting(generator):
    """counting(6): 6 consecutive integers from a random number below 1000 on."""
    return lambda length: torch.randint(1000, (), generator=generator) + torch.arange(length, dtype=torch.float32)


def linear(weight):
    """For probes: return the net of a linear autoregression; the first weight belongs to the oldest value."""
    return lambda X: X @ weight[:, None]


def mlp(tau):
    """For probes: return the book's net, with a hidden layer and ReLU, and parameters from a seed."""
    return set_parameters(nn.Sequential(nn.Linear(tau, 10), nn.ReLU(), nn.Linear(10, 1)), seed=51)


def oldest(X):
    """For probes: predict the oldest value of the window."""
    return X[:, :1]


def straight_on(X):
    """For probes: continue along the line through the last two values."""
    return 2 * X[:, -1:] - X[:, -2:-1]


def windows(x, tau):
    """Return all windows of a series, (T - tau + 1, tau)."""
    return torch.from_numpy(np.lib.stride_tricks.sliding_window_view(x.numpy(), tau).copy())


def companion(weight):
    """Return the matrix that moves a window by a step, [x_1, ..., x_tau] -> [x_2, ..., x_tau, prediction]."""
    matrix = torch.diag(torch.ones(len(weight) - 1, dtype=torch.float64), 1)
    matrix[-1] = weight
    return matrix


def ahead(weight, window, k):
    """Return the prediction k steps ahead of windows (..., tau) by a linear autoregression: a power of its matrix."""
    power = torch.linalg.matrix_power(companion(weight), k)
    return (window.double() @ power.T)[..., -1].to(window.dtype)


def every(sizes, length=None):
    """Return all sequences of variables with these sizes."""
    return [list(seq) for seq in itertools.product(*(range(n) for n in sizes[:length]))]


@pytest.mark.exercise("autoregressive_dataset")
class TestAutoregressiveDataset:
    @standard(
        promise.untouched,
        promise.non_contiguous(id="not_contiguous"),
        promise.float64(marks=pytest.mark.bonus),
    )
    def arguments(self, randn, chance):
        return {"x": randn(chance.randrange(8, 13)), "tau": 3}

    @pytest.mark.points(2)
    def test_examples(self, run, randn):
        """Returns every window of tau values, and the values that follow them in a column.
        返回每个长为 tau 的窗口，以及紧随其后的值（排成一列）。"""
        x = randn(20)
        expected = windows(x, 5)
        close(run(lambda impl: impl.autoregressive_dataset(x, 4)), (expected[:, :4], expected[:, 4:]))

    def test_oldest_first(self, run, counting):
        """Puts the oldest value first in a window; the label comes after the whole window.
        窗口从最早的值开始；标签在整个窗口之后。"""
        x = counting(6)
        features, labels = [[0.0, 1, 2], [1, 2, 3], [2, 3, 4]], [[3.0], [4], [5]]
        expected = x[0] + torch.tensor(features), x[0] + torch.tensor(labels)
        close(run(lambda impl: impl.autoregressive_dataset(x, 3)), expected)

    def test_one_example(self, run, randn):
        """Returns a single example for a series of tau + 1 values.
        长为 tau + 1 的序列只有一个样本。"""
        x = randn(6)
        close(run(lambda impl: impl.autoregressive_dataset(x, 5)), (x[None, :5], x[None, 5:]))

    def test_window_of_one(self, run, randn):
        """Predicts each value from the value before it if tau is 1.
        tau = 1 时，用每个值预测下一个值。"""
        x = randn(7)
        close(run(lambda impl: impl.autoregressive_dataset(x, 1)), (x[:6, None], x[1:, None]))

    @pytest.mark.needs("examples")
    def test_too_short(self, run, randn):
        """Raises ValueError if tau is at least the length of the series.
        tau 不小于序列长度时抛出 ValueError。"""
        x = randn(5)

        def probe(impl):
            refused = [raises(lambda tau=tau: impl.autoregressive_dataset(x, tau), ValueError) for tau in (5, 6, 9)]
            return refused, impl.autoregressive_dataset(x, 3)

        refused, found = run(probe)
        close(found, (windows(x, 4)[:, :3], x[3:, None]))
        expect(
            all(refused),
            f"With 5 values, tau = 5, 6 and 9 should raise ValueError. Raised: {refused}.",
            f"序列有 5 个值，tau 为 5、6、9 时都应当抛出 ValueError。实际是否抛出：{refused}。",
        )


@pytest.mark.exercise("multistep_predict")
class TestMultistepPredict:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        call=lambda impl, x, weight: impl.multistep_predict(linear(weight), x, 4, 3, 12),
    )
    def arguments(self, randn):
        return {"x": randn(12), "weight": 0.5 * randn(3)}

    @pytest.mark.points(2)
    def test_linear_net(self, run, randn):
        """Predicts from its own predictions; those of a linear net are powers of a matrix.
        用自己的预测值继续预测；net 为线性函数时，结果由矩阵的幂给出。"""
        x, weight = randn(30), 0.4 * randn(4)
        found = run(lambda impl: impl.multistep_predict(linear(weight), x, 8, 4, 30))
        later = [ahead(weight, x[8:12], k) for k in range(1, 19)]
        close(found, torch.cat([x[:12], torch.stack(later)]))

    def test_network(self, agree, randn):
        """Works with a network of two layers.
        适用于两层的神经网络。"""
        x = randn(16)
        agree(lambda impl: impl.multistep_predict(mlp(4), x, 5, 4, 16))

    def test_observations(self, run, randn):
        """Begins with exactly n_train + tau observations, followed by the first prediction.
        开头是 n_train + tau 个观测值（原样复制），接着是第一个预测值。"""
        x, weight = randn(20), randn(3)
        found = run(lambda impl: impl.multistep_predict(linear(weight), x, 10, 3, 20))
        close(found[:13], x[:13], rtol=0, atol=0)
        close(found[13], x[10:13] @ weight)

    def test_future_unseen(self, run, randn):
        """Ignores all values after the first n_train + tau.
        忽略前 n_train + tau 个值之后的所有值。"""
        x, weight = randn(15), 0.5 * randn(3)
        poisoned = torch.cat([x[:9], torch.full((6,), torch.nan)])
        found = run(lambda impl: impl.multistep_predict(linear(weight), poisoned, 6, 3, 15))
        later = [ahead(weight, x[6:9], k) for k in range(1, 7)]
        close(found, torch.cat([x[:9], torch.stack(later)]))

    def test_beyond_the_series(self, run, randn):
        """Continues after the end of the series.
        可以预测到序列结束之后。"""
        x, weight = randn(9), 0.5 * randn(3)
        found = run(lambda impl: impl.multistep_predict(linear(weight), x, 6, 3, 14))
        later = [ahead(weight, x[6:9], k) for k in range(1, 6)]
        close(found, torch.cat([x, torch.stack(later)]))

    def test_oldest_first(self, run, randn):
        """Passes the oldest value first; a net that repeats it gives a series of period tau.
        窗口中最早的值在前；总是重复最早值的网络给出周期为 tau 的序列。"""
        x = randn(25)
        found = run(lambda impl: impl.multistep_predict(oldest, x, 7, 4, 25))
        close(found, torch.cat([x[:7], x[7:11].repeat(5)[:18]]))

    def test_mean_converges(self, run, randn):
        """Converges to a weighted mean if net predicts the mean of its window.
        网络预测窗口均值时，结果收敛到一个加权均值，越晚的值权重越大。"""
        x = randn(10)
        found = run(lambda impl: impl.multistep_predict(lambda X: X.mean(dim=1, keepdim=True), x, 7, 3, 60))
        settled = (x[7] + 2 * x[8] + 3 * x[9]) / 6
        close(found[:10], x)
        close(found[-5:], settled.expand(5))

    def test_window_of_one(self, run, randn):
        """Predicts a geometric series if tau is 1 and net has a single weight.
        tau = 1 且网络只有一个权重时，预测值成等比数列。"""
        x, ratio = randn(8), torch.tensor([-0.75])
        found = run(lambda impl: impl.multistep_predict(linear(ratio), x, 4, 1, 12))
        close(found, torch.cat([x[:5], x[4] * ratio ** torch.arange(1, 8)]))

    def test_nothing_to_predict(self, run, randn):
        """Returns only the observations if T = n_train + tau, and one prediction if T is larger by 1.
        T = n_train + tau 时只有观测值；T 再大 1，就多一个预测值。"""
        x, weight = randn(12), randn(2)
        found = run(lambda impl: [impl.multistep_predict(linear(weight), x, 6, 2, T) for T in (8, 9)])
        close(found, [x[:8], torch.cat([x[:8], (x[6:8] @ weight)[None]])])

    @pytest.mark.needs("linear_net")
    @pytest.mark.bonus
    def test_no_graph(self, agree, randn):
        """Returns a tensor that does not require gradients, unlike the book's code.
        返回的张量不带梯度（书中的代码会带上）。"""
        x = randn(12)

        def probe(impl):
            preds = impl.multistep_predict(mlp(4), x, 4, 4, 12)
            return torch.is_tensor(preds) and preds.requires_grad, preds

        agree(probe)


@pytest.mark.exercise("k_step_features")
class TestKStepFeatures:
    @standard(
        promise.float64(marks=pytest.mark.bonus),
        call=lambda impl, x, weight: impl.k_step_features(linear(weight), x, 4, 5),
    )
    def arguments(self, randn):
        return {"x": randn(14), "weight": 0.5 * randn(4)}

    @pytest.mark.points(2)
    def test_linear_net(self, run, randn):
        """Has the predictions k steps ahead in column tau + k - 1; those of a linear net are powers of a matrix.
        第 tau + k - 1 列是 k 步预测；net 为线性函数时，由矩阵的 k 次幂给出。"""
        x, weight = randn(20), 0.4 * randn(4)
        found = run(lambda impl: impl.k_step_features(linear(weight), x, 4, 6))
        seen = windows(x, 4)[:11]
        close(found, torch.cat([seen, *(ahead(weight, seen, k)[:, None] for k in range(1, 7))], dim=1))

    def test_network(self, agree, randn):
        """Works with a network of two layers, and with as many steps as values in a window.
        适用于两层的神经网络，且步数可以与窗口长度相同。"""
        x = randn(15)
        agree(lambda impl: impl.k_step_features(mlp(3), x, 3, 3))

    def test_observations(self, run, randn):
        """Has windows of observations in the first tau columns, then one-step predictions.
        前 tau 列是观测值的窗口，下一列是单步预测。"""
        x, weight = randn(14), randn(3)
        found = run(lambda impl: impl.k_step_features(linear(weight), x, 3, 4))
        seen = windows(x, 3)[:8]
        close(found[:, :3], seen, rtol=0, atol=0)
        close(found[:, 3], seen @ weight)

    def test_aligned(self, run, counting):
        """Has an entry for x[t + j] in row t and column j; an exact net gives the series itself.
        第 t 行第 j 列对应 x[t + j]：网络完全准确时，表中就是原序列。"""
        x = 3 * counting(12) - 5
        found = run(lambda impl: impl.k_step_features(straight_on, x, 2, 4))
        close(found, windows(x, 6))

    def test_one_step(self, run, randn):
        """Returns all windows with a successor, and the one-step predictions, if max_steps is 1.
        max_steps = 1 时，返回所有后面还有值的窗口，以及单步预测。"""
        x, weight = randn(10), randn(3)
        found = run(lambda impl: impl.k_step_features(linear(weight), x, 3, 1))
        seen = windows(x, 3)[:7]
        close(found, torch.cat([seen, (seen @ weight)[:, None]], dim=1))

    def test_oldest_first(self, run, randn):
        """Passes the oldest value first; a net that repeats it gives rows of period tau.
        窗口中最早的值在前；总是重复最早值的网络使每行以 tau 为周期。"""
        x = randn(16)
        found = run(lambda impl: impl.k_step_features(oldest, x, 3, 7))
        close(found, windows(x, 3)[:7].repeat(1, 4)[:, :10])

    def test_one_row(self, run, randn):
        """Returns a single row if the series has tau + max_steps values.
        序列恰有 tau + max_steps 个值时，只有一行。"""
        x, weight = randn(9), 0.5 * randn(4)
        found = run(lambda impl: impl.k_step_features(linear(weight), x, 4, 5))
        later = [ahead(weight, x[:4], k) for k in range(1, 6)]
        close(found, torch.cat([x[:4], torch.stack(later)])[None])

    def test_window_of_one(self, run, randn):
        """Has geometric series as rows if tau is 1 and net has a single weight.
        tau = 1 且网络只有一个权重时，每行成等比数列。"""
        x, ratio = randn(9), torch.tensor([-0.75])
        found = run(lambda impl: impl.k_step_features(linear(ratio), x, 1, 5))
        close(found, x[:4, None] * ratio ** torch.arange(6))

    @pytest.mark.needs("linear_net")
    def test_arguments_untouched(self, agree, randn):
        """Leaves the series unchanged, and takes a non-contiguous series.
        不修改传入的序列；序列在内存中可以不连续。"""
        x, weight = randn(12, 2)[:, 1], randn(3)
        agree(lambda impl: (impl.k_step_features(linear(weight), x, 3, 4), x))

    @pytest.mark.needs("linear_net")
    @pytest.mark.bonus
    def test_no_graph(self, agree, randn):
        """Returns a table that does not require gradients, unlike the book's code.
        返回的表不带梯度（书中的代码会带上）。"""
        x = randn(13)

        def probe(impl):
            table = impl.k_step_features(mlp(4), x, 4, 3)
            return torch.is_tensor(table) and table.requires_grad, table

        agree(probe)


@pytest.mark.exercise("chain_rule_prob")
class TestChainRuleProb:
    @standard(
        promise.untouched,
        promise.float64_transposed(id="float64"),
        call=lambda impl, table, seqs: [impl.chain_rule_prob(table, seq) for seq in seqs],
    )
    def arguments(self, joint):
        return {"joint": joint(2, 2, 2, 2), "seqs": every((2, 2, 2, 2))}

    @pytest.mark.points(2)
    def test_whole_sequences(self, run, joint):
        """Returns the entry of the joint table for every whole sequence.
        对每个完整的序列，结果等于联合分布表中的对应项。"""
        table = joint(3, 3, 3)
        found = run(lambda impl: [impl.chain_rule_prob(table, seq) for seq in every((3, 3, 3))])
        close(found, table.flatten().tolist())

    def test_beginnings(self, run, joint):
        """Takes a shorter sequence; the variables after it may have any values.
        序列可以较短：其后的变量可取任意值。"""
        table = joint(3, 3, 3, 3)
        found = run(lambda impl: [[impl.chain_rule_prob(table, s) for s in every((3, 3), n)] for n in (1, 2)])
        close(found, [table.sum(dim=(1, 2, 3)).tolist(), table.sum(dim=(2, 3)).flatten().tolist()])

    def test_counts(self, run, generator):
        """Takes a table of integer counts and returns the fraction of the sequence.
        表中可以是整数计数，此时返回该序列所占的比例。"""
        table = torch.randint(1, 20, (2, 2, 2), generator=generator)
        found = run(lambda impl: [impl.chain_rule_prob(table, seq) for seq in every((2, 2, 2))])
        close(found, (table.flatten().double() / table.sum()).tolist())

    def test_impossible_beginning(self, run, joint):
        """Returns 0, not NaN, if the sequence begins with something impossible.
        序列以不可能事件开头时返回 0，而不是 NaN。"""
        table = torch.zeros(2, 2, 2)
        table[0, 0] = joint(2)
        found = run(lambda impl: [impl.chain_rule_prob(table, seq) for seq in every((2, 2, 2))])
        close(found, table.flatten().tolist(), atol=0)

    def test_distant_past(self, run, joint):
        """Conditions each step on all steps before it; here the third value repeats the first.
        每一步的条件概率取决于之前的所有值：这里第三个值总是重复第一个值。"""
        table = torch.zeros(2, 2, 2)
        table[0, :, 0], table[1, :, 1] = joint(2, 2)
        found = run(lambda impl: [impl.chain_rule_prob(table, seq) for seq in every((2, 2, 2))])
        close(found, table.flatten().tolist(), atol=0)

    def test_one_variable(self, run, joint):
        """Returns the probability itself if there is a single variable.
        只有一个变量时，结果就是它的概率。"""
        table = joint(5)
        found = run(lambda impl: [impl.chain_rule_prob(table, [value]) for value in range(5)])
        close(found, table.tolist())

    def test_sizes(self, run, joint):
        """Takes variables with different numbers of values, and sequences as tuples.
        各变量的取值个数可以不同；序列可以是元组。"""
        table = joint(2, 3, 4)
        seqs = [(0, 1, 1), (1, 0, 1), (0, 0, 1), (1, 1, 0), (0, 1), (1, 0)]
        found = run(lambda impl: [impl.chain_rule_prob(table, seq) for seq in seqs])
        close(found, [table[seq].sum().item() for seq in seqs])


@pytest.mark.exercise("markov_chain_prob")
class TestMarkovChainProb:
    @standard(promise.untouched)
    def arguments(self, chain):
        init, P = chain(3)
        return {"init": init, "P": P, "seq": [2, 0, 1, 1]}

    @pytest.mark.points(2)
    def test_sequences(self, run, chain):
        """Multiplies the first state's probability by the probability of each transition.
        初始状态的概率乘以每一步的转移概率。"""
        init, P = chain(3)
        found = run(lambda impl: [impl.markov_chain_prob(init, P, seq) for seq in every((3, 3, 3, 3))])
        close(found, torch.einsum("i,ij,jk,kl->ijkl", init, P, P, P).flatten().tolist())

    def test_one_state(self, run, chain):
        """Returns the state's initial probability for a sequence of one state.
        序列只有一个状态时，返回该状态的初始概率。"""
        init, P = chain(4)
        found = run(lambda impl: [impl.markov_chain_prob(init, P, [state]) for state in range(4)])
        close(found, init.tolist())

    def test_direction(self, run, chain):
        """Uses P[i, j] from i to j: in a cycle, one direction is certain and the other impossible.
        P[i, j] 是从 i 到 j 的概率：在一个循环中，一个方向必然发生，另一个方向不可能。"""
        init, P = chain(3)[0], torch.eye(3).roll(1, dims=1)
        seqs = [0, 1, 2, 0, 1], [1, 2, 0], [2, 1, 0], [0, 2], [1, 1]
        found = run(lambda impl: [impl.markov_chain_prob(init, P, seq) for seq in seqs])
        close(found, [*init[:2].tolist(), 0.0, 0.0, 0.0], atol=0)

    def test_impossible(self, run, chain):
        """Returns 0 if the first state or any transition is impossible.
        初始状态或任何一步转移不可能时，返回 0。"""
        init, P = torch.tensor([0.0, 1.0, 0.0]), chain(3)[1]
        P[1:, 2] = 0
        P /= P.sum(dim=1, keepdim=True)
        seqs = [0, 1, 1], [1, 2, 1], [1, 1, 2], [2, 0], [0], [1, 0, 2, 1]
        found = run(lambda impl: [impl.markov_chain_prob(init, P, seq) for seq in seqs])
        close(found, [0.0, 0.0, 0.0, 0.0, 0.0, (P[1, 0] * P[0, 2] * P[2, 1]).item()], atol=0)

    def test_adds_up(self, run, chain):
        """Sums to init P P over all sequences of three states with the same end.
        对以同一状态结尾的所有长为 3 的序列求和，等于 init P P 中的对应项。"""
        init, P = chain(4)
        found = run(lambda impl: [impl.markov_chain_prob(init, P, seq) for seq in every((4, 4, 4))])
        close(torch.tensor(found).reshape(4, 4, 4).sum(dim=(0, 1)), init @ P @ P)

    def test_long_sequence(self, run, chain, generator):
        """Returns the tiny probability of a long sequence, which float32 cannot hold, and not 0.
        长序列的概率极小，float32 无法表示，但结果不是 0。"""
        init, P = chain(6)
        seq = torch.randint(6, (200,), generator=generator).tolist()
        found = run(lambda impl: torch.tensor(impl.markov_chain_prob(init, P, seq), dtype=torch.float64).log())
        steps = P.double()[seq[:-1], seq[1:]].log().sum()
        close(found, init.double()[seq[0]].log() + steps)

    def test_float64(self, run, chain):
        """Keeps the precision of float64, with a non-contiguous matrix and a tuple of states.
        保持 float64 的精度；矩阵在内存中可以不连续，序列可以是元组。"""
        init, P = chain(3, dtype=torch.float64)
        P = P.T.contiguous().T
        found = run(lambda impl: [impl.markov_chain_prob(init, P, tuple(seq)) for seq in every((3, 3, 3))])
        expected = torch.einsum("i,ij,jk->ijk", init, P, P).flatten().tolist()
        close(found, expected, rtol=1e-9, atol=0)  # ten operations of 1e-16 each
