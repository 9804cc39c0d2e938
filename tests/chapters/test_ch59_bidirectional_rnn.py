"""ch59: birnn, reverse_padded, hmm_forward_backward, leaks_future."""

import itertools
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, promise, raises, set_parameters, standard, written_from_scratch

INPUTS, HIDDENS = 5, 4


@pytest.fixture
def case(randn):
    """case(steps, batch, hiddens): (inputs, fwd, bwd), with the given number of hidden units for each direction."""

    def draw(steps=4, batch=3, hiddens=(HIDDENS, HIDDENS), dtype=torch.float32):
        shapes = [((INPUTS, h), (h, h), (h,)) for h in hiddens]
        fwd, bwd = ([randn(*shape, dtype=dtype) for shape in direction] for direction in shapes)
        return randn(steps, batch, INPUTS, dtype=dtype), fwd, bwd

    return draw


def torch_birnn(inputs, fwd, bwd):
    """Return the same by torch's bidirectional layer."""
    net = nn.RNN(INPUTS, HIDDENS, bidirectional=True)
    values = [value for W_xh, W_hh, b_h in (fwd, bwd) for value in (W_xh.T, W_hh.T, b_h, 0 * b_h)]
    net.load_state_dict(dict(zip(net.state_dict(), values, strict=True)))
    return net.requires_grad_(False)(inputs)[0]


def one_way(inputs, params):
    """Return the states of all steps of torch's layer in one direction."""
    W_xh, W_hh, b_h = params
    net = nn.RNN(*W_xh.shape)
    net.load_state_dict(dict(zip(net.state_dict(), (W_xh.T, W_hh.T, b_h, 0 * b_h), strict=True)))
    return net.requires_grad_(False)(inputs)[0]


@pytest.mark.exercise("birnn")
class TestBirnn:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("inputs", "fwd", "bwd"))
    def arguments(self, case, chance):
        inputs, fwd, bwd = case(*chance.sample(range(2, 6), 2))
        return {"inputs": inputs, "fwd": fwd, "bwd": tuple(bwd)}

    @pytest.mark.points(2)
    def test_states(self, run, case):
        """Returns the states of both directions at all steps, as torch.nn.RNN with bidirectional=True does.
        返回两个方向在所有时间步的隐状态，与 bidirectional=True 的 torch.nn.RNN 一致。"""
        arguments = case()
        close(run(lambda impl: impl.birnn(*arguments)), torch_birnn(*arguments))

    def test_long_sequence(self, run, case):
        """Aligns both directions in time, also in a long sequence.
        序列较长时，两个方向在时间上同样对齐。"""
        arguments = case(steps=12, batch=2)
        close(run(lambda impl: impl.birnn(*arguments)), torch_birnn(*arguments))

    def test_one_step_of_one(self, run, case):
        """Starts both directions from zeros, in a single step of a single sequence.
        只有一个序列、一个时间步时，两个方向都从零状态出发。"""
        inputs, fwd, bwd = case(steps=1, batch=1)
        found = run(lambda impl: impl.birnn(inputs, fwd, bwd))
        close(found, torch.cat([torch.tanh(inputs @ W_xh + b_h) for W_xh, _, b_h in (fwd, bwd)], dim=2))

    def test_backward_sees_what_follows(self, run, case):
        """The backward state of a step depends only on this step and later steps.
        某一步的反向隐状态只取决于这一步及其之后的输入。"""
        inputs, fwd, bwd = case()
        found = run(lambda impl: [impl.birnn(inputs[t:], fwd, bwd)[0, :, HIDDENS:] for t in range(4)])
        close(found, list(one_way(inputs.flip(0), bwd).flip(0)))

    def test_sizes(self, run, case):
        """Takes directions with different numbers of hidden units.
        两个方向的隐藏单元数可以不同。"""
        inputs, fwd, bwd = case(hiddens=(3, 6))
        expected = one_way(inputs, fwd), one_way(inputs.flip(0), bwd).flip(0)
        close(run(lambda impl: impl.birnn(inputs, fwd, bwd)), torch.cat(expected, dim=2))

    def test_large_inputs(self, agree, case):
        """Saturates for large inputs, without overflow or NaN.
        输入很大时隐状态饱和，不会溢出或出现 NaN。"""
        inputs, *params = case(dtype=torch.float64)
        agree(lambda impl: impl.birnn(1e4 * inputs, *params))

    test_from_scratch = written_from_scratch


def reversed_rows(X, lengths):
    """Return the result of reverse_padded, step by step."""
    rows = [[*reversed(row[:n]), *row[n:]] for row, n in zip(X.tolist(), lengths, strict=True)]
    return torch.tensor(rows, dtype=X.dtype)


@pytest.mark.exercise("reverse_padded")
class TestReversePadded:
    @standard(promise.untouched, promise.gradients("X"))
    def arguments(self, randn):
        return {"X": randn(4, 5, 2), "valid_len": torch.tensor([3, 5, 0, 2])}

    @pytest.mark.points(2)
    def test_each_row(self, run, randn):
        """Reverses each row within its own length, and leaves the padding in place.
        每一行只在自己的有效长度内反转，填充的位置和数值都不变。"""
        X, lengths = randn(4, 6, 3), [3, 6, 1, 4]
        close(run(lambda impl: impl.reverse_padded(X, torch.tensor(lengths))), reversed_rows(X, lengths))

    def test_all_lengths(self, run, randn):
        """Takes every length from 0 to all steps.
        有效长度可以从 0 到全部时间步。"""
        X, lengths = randn(6, 5, 2), [0, 1, 2, 3, 4, 5]
        close(run(lambda impl: impl.reverse_padded(X, torch.tensor(lengths))), reversed_rows(X, lengths))

    def test_twice(self, run, randn):
        """Restores the original after two calls.
        反转两次后恢复原样。"""
        X, lengths = randn(3, 7, 2), torch.tensor([5, 2, 4])

        def probe(impl):
            once = impl.reverse_padded(X.clone(), lengths)
            return once.clone(), impl.reverse_padded(once, lengths)

        close(run(probe), (reversed_rows(X, lengths.tolist()), X))

    def test_one_sentence(self, run, randn):
        """Takes a single sequence with a single feature.
        可以只有一个序列、一个特征。"""
        X = randn(1, 4, 1)
        close(run(lambda impl: impl.reverse_padded(X, torch.tensor([3]))), X[:, [2, 1, 0, 3]])

    def test_dtypes(self, run, randn):
        """Keeps float64 and integers; takes non-contiguous input and other integer types of lengths.
        保持 float64 和整数类型；输入在内存中可以不连续，有效长度可以是其他整数类型。"""
        X, lengths = randn(5, 3, 2, dtype=torch.float64).transpose(0, 1), torch.tensor([4, 0, 2])
        found = run(
            lambda impl: [
                impl.reverse_padded(X.clone(), lengths),
                impl.reverse_padded(X, lengths.int()),
                impl.reverse_padded((1e3 * X).long(), lengths),
            ]
        )
        close(found, [reversed_rows(source, [4, 0, 2]) for source in (X, X, (1e3 * X).long())])


@pytest.fixture
def model(generator):
    """model(3, 4): a random hidden Markov model with 3 states and 4 symbols, (pi, A, B)."""

    def draw(states=3, symbols=4, dtype=torch.float64):
        shapes = (states,), (states, states), (states, symbols)
        draws = [torch.rand(shape, generator=generator, dtype=torch.float64) ** 2 + 0.05 for shape in shapes]
        return [(p / p.sum(dim=-1, keepdim=True)).to(dtype) for p in draws]

    return draw


@pytest.fixture
def symbols(generator):
    """symbols(5): 5 random observations, of 4 symbols by default."""
    return lambda count, kinds=4: torch.randint(kinds, (count,), generator=generator).tolist()


def by_paths(pi, A, B, obs):
    """Return the posterior as a sum over all paths of hidden states."""
    pi, A, B = (p.double().tolist() for p in (pi, A, B))
    posterior = torch.zeros(len(obs), len(pi), dtype=torch.float64)
    for path in itertools.product(range(len(pi)), repeat=len(obs)):
        moves = [A[i][j] for i, j in itertools.pairwise(path)]
        weight = math.prod([pi[path[0]], *moves, *(B[i][k] for i, k in zip(path, obs, strict=True))])
        posterior[range(len(obs)), path] += weight
    return posterior / posterior.sum(dim=1, keepdim=True)


@pytest.mark.exercise("hmm_forward_backward")
class TestHmmForwardBackward:
    @standard(promise.untouched)
    def arguments(self, model, symbols):
        pi, A, B = model()
        return {"pi": pi, "A": A, "B": B, "obs": symbols(4)}

    @pytest.mark.points(2)
    def test_posterior(self, run, model, symbols):
        """Returns the same as a sum over all paths of hidden states.
        结果与对所有隐状态路径求和一致。"""
        arguments = *model(), symbols(5)
        close(run(lambda impl: impl.hmm_forward_backward(*arguments)), by_paths(*arguments))

    def test_two_observations(self, run, model):
        """Uses later observations for earlier states, and earlier observations for later states.
        后面的观测影响前面的状态，前面的观测也影响后面的状态。"""
        pi, A, B = model(2, 3)
        pairs = list(itertools.product(range(3), repeat=2))
        found = run(lambda impl: [impl.hmm_forward_backward(pi, A, B, list(pair)) for pair in pairs])
        close(found, [by_paths(pi, A, B, pair) for pair in pairs])

    def test_one_observation(self, run, model):
        """Is Bayes' theorem if there is a single observation.
        只有一个观测时，就是贝叶斯定理。"""
        pi, A, B = model()
        found = run(lambda impl: impl.hmm_forward_backward(pi, A, B, [2]))
        close(found, (pi * B[:, 2] / (pi @ B[:, 2]))[None])

    def test_state_that_stays(self, run, model, symbols):
        """Returns the same probabilities for all steps if the state never changes.
        如果状态从不改变，各个时间步的概率都相同。"""
        pi, _, B = model()
        obs = symbols(6)
        found = run(lambda impl: impl.hmm_forward_backward(pi, torch.eye(3).double(), B, obs))
        joint = pi * B[:, obs].prod(dim=1)
        close(found, (joint / joint.sum()).expand(6, 3))

    def test_certain_state(self, run, model):
        """Returns zeros for states that cannot emit the observed symbol.
        不可能产生所观测符号的状态，概率为零。"""
        pi, A, _ = model()
        B = torch.tensor([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25], [1.0, 0.0, 0.0]]).double()
        obs = [0, 1, 0, 2, 0]
        found = run(lambda impl: impl.hmm_forward_backward(pi, A, B, obs))
        close(found, by_paths(pi, A, B, obs))

    def test_moves_that_cannot_be(self, run, model):
        """Rules out transitions and first states of probability zero, forward and backward.
        前向和后向都排除概率为零的转移和初始状态。"""
        _, _, B = model()
        pi, A = torch.tensor([0.5, 0.5, 0.0]), torch.tensor([[0.0, 1.0, 0.0], [0.25, 0.0, 0.75], [0.0, 0.0, 1.0]])
        arguments = pi.double(), A.double(), B, [1, 3, 0, 2]
        close(run(lambda impl: impl.hmm_forward_backward(*arguments)), by_paths(*arguments))

    @pytest.mark.needs("posterior")
    def test_impossible(self, agree, model):
        """Raises ValueError for observations of probability zero, wherever the impossible symbol is.
        观测序列的概率为零时抛出 ValueError，无论问题出在哪一步。"""
        pi, A, _ = model(2, 3)
        B, other = torch.tensor([[0.5, 0.5, 0.0], [0.25, 0.75, 0.0]]).double(), [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
        stays, other = torch.eye(2).double(), torch.tensor(other).double()

        def probe(impl):
            compute = impl.hmm_forward_backward
            refused = [
                raises(lambda obs=obs: compute(pi, A, B, obs), ValueError) for obs in ([2], [0, 2, 1], [1, 1, 2])
            ]
            refused.append(raises(lambda: compute(pi, stays, other, [0, 2]), ValueError))
            return refused, compute(pi, stays, other, [2, 2])

        agree(probe)

    def test_long(self, agree, model, symbols):
        """Does not underflow on long sequences.
        序列很长时不会下溢。"""
        arguments = *model(3, 8), symbols(500, 8)
        agree(lambda impl: impl.hmm_forward_backward(*arguments))

    def test_float32_transposed(self, run, model, symbols):
        """Keeps float32; takes non-contiguous matrices and a tuple of observations.
        保持 float32；矩阵在内存中可以不连续，观测可以是元组。"""
        pi, A, B = model(4, 4, dtype=torch.float32)
        A, B, obs = A.T.contiguous().T, B.T.contiguous().T, tuple(symbols(4))
        found = run(lambda impl: impl.hmm_forward_backward(pi, A, B, obs))
        close(found, by_paths(pi, A, B, obs).float())


@pytest.fixture
def shuffled(generator):
    """shuffled(items): the items in random order."""
    return lambda items: [items[i] for i in torch.randperm(len(items), generator=generator).tolist()]


def recurrent(both):
    """Return torch's recurrent layer, of one or both directions, as a function from inputs to outputs."""
    net = set_parameters(nn.RNN(3, 2, bidirectional=both), seed=3)
    return lambda x: net(x)[0]


def adds(to, source, factor=1.0):
    """Return a function that adds the input of one step to the output of another, and changes nothing otherwise."""

    def step(x):
        other = torch.zeros(len(x), *(1 for _ in x.shape[1:]), dtype=x.dtype)
        other[to] = factor
        return x + other * x[source]

    return step


def earlier(x):
    """Return the input of each step one step too early."""
    return torch.cat([x[1:], x[-1:]])


def mixed(x):
    """Subtract the mean of the batch."""
    return x - x.mean(1, keepdim=True)


def unit(x):
    """Return pairs that keep their sum: the squares of sine and cosine."""
    return torch.cat([x.sin() ** 2, x.cos() ** 2], dim=-1)


@pytest.mark.exercise("leaks_future")
class TestLeaksFuture:
    @standard(
        promise.untouched,
        call=lambda impl, x: [impl.leaks_future(recurrent(both), x) for both in (True, False)],
    )
    def arguments(self, randn):
        return {"x": randn(3, 2, 3)}

    @pytest.mark.points(2)
    def test_recurrent_layers(self, run, randn, shuffled):
        """Returns False for a recurrent layer and True for a bidirectional layer.
        单向循环层看不到未来，双向循环层能看到。"""
        x, directions = randn(5, 2, 3), shuffled([False, True] * 4)
        maps = [recurrent(both) for both in directions]
        close(run(lambda impl: [impl.leaks_future(f, x) for f in maps]), directions)

    @pytest.mark.points(2)
    def test_every_pair(self, run, randn, shuffled):
        """Finds a leak between any two steps, near or far; the past and the present are not leaks.
        任意两步之间的泄漏都能发现，无论远近；用到过去和当前的输入不算泄漏。"""
        x, pairs = randn(5, 2, 3), shuffled(list(itertools.product(range(5), repeat=2)))
        found = run(lambda impl: [impl.leaks_future(adds(to, source), x) for to, source in pairs])
        close(found, [source > to for to, source in pairs])

    def test_one_step(self, run, randn, shuffled):
        """Returns False for a single step, which has no future.
        只有一个时间步时没有未来，返回 False。"""
        x, lengths = randn(2, 1, 3), shuffled([1, 2] * 4)
        found = run(lambda impl: [impl.leaks_future(recurrent(True), x[:steps]) for steps in lengths])
        close(found, [steps == 2 for steps in lengths])

    def test_other_axes(self, run, randn, shuffled):
        """Allows a mix over the batch or the features, but not over the steps.
        在批量或特征上混合不算泄漏，在时间步上混合才算。"""
        x, axes = randn(4, 3, 2), shuffled([0, 1, 2] * 3)
        found = run(lambda impl: [impl.leaks_future(lambda x, d=d: x - x.mean(d, keepdim=True), x) for d in axes])
        close(found, [axis == 0 for axis in axes])

    def test_at_zeros(self, run, shuffled):
        """Finds a leak if the inputs are zeros.
        输入全为零时也能发现泄漏。"""
        x, maps, order = torch.zeros(4, 2, 3), (recurrent(True), recurrent(False), mixed), shuffled([0, 1, 2] * 3)
        found = run(lambda impl: [impl.leaks_future(maps[i], x) for i in order])
        close(found, [i == 0 for i in order])

    def test_normalised(self, run, randn, shuffled):
        """Finds a leak of normalised inputs, which hide a shift or keep their sum.
        输入经过规范化（平移不可见，或总和不变）时，也能发现泄漏。"""
        x, order = randn(4, 2, 3, dtype=torch.float64), shuffled([*range(6)] * 2)

        def probe(impl):
            maps = lambda x: F.layer_norm(x, (3,)), mixed, lambda x: unit(x).cumsum(0)
            every = [*maps, *(lambda x, f=f: earlier(f(x)) for f in maps)]
            return [impl.leaks_future(every[i], x) for i in order]

        close(run(probe), [i > 2 for i in order])

    def test_faint(self, run, randn, shuffled):
        """Finds a leak with a factor of 0.001.
        系数只有 0.001 的泄漏也能发现。"""
        x, pairs = randn(3, 2, 4), shuffled([(1, 2), (0, 2), (2, 0), (2, 1)] * 2)
        maps = *(adds(*pair, factor=1e-3) for pair in pairs), mixed
        found = run(lambda impl: [impl.leaks_future(f, x) for f in maps])
        close(found, [*(source > to for to, source in pairs), False])

    def test_axes_and_dtype(self, run, randn, shuffled):
        """Takes inputs with two or four axes, in float64, and non-contiguous.
        输入可以有两个或四个轴，可以是 float64，在内存中可以不连续。"""
        inputs = randn(3, 4, dtype=torch.float64).T, randn(3, 2, 2, 2, dtype=torch.float64)
        maps, cases = (adds(1, 2), adds(2, 1), earlier), shuffled([*itertools.product(range(2), range(3))] * 2)
        found = run(lambda impl: [impl.leaks_future(maps[j], inputs[i]) for i, j in cases])
        close(found, [j != 1 for _, j in cases])
