"""ch54: rnn_step, bptt_linear, truncated_bptt_grad, jacobian_product_norm, tanh."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import close, gradient_weights, gradients, promise, standard, written_from_scratch

INPUTS, HIDDENS = 5, 3
WEIGHTS = 0.8, -0.7, 1.3  # w_h, w_x, w_o


@pytest.fixture
def case(randn):
    """case(batch=4): the five arguments of rnn_step."""

    def draw(batch=4, inputs=INPUTS, hiddens=HIDDENS, dtype=torch.float32):
        shapes = (batch, inputs), (batch, hiddens), (inputs, hiddens), (hiddens, hiddens), (hiddens,)
        return [randn(*shape, dtype=dtype) for shape in shapes]

    return draw


@pytest.fixture
def between(generator):
    """between(1, 3): one of the numbers 1, 65/64, 66/64, ..., 3, whose sums and products are exact."""
    return lambda low, high: torch.randint(64 * low, 64 * high + 1, (), generator=generator).item() / 64


@pytest.fixture
def series(randn):
    """series(6): six inputs and six targets, float64."""
    return lambda length: (randn(length, dtype=torch.float64), randn(length, dtype=torch.float64))


def torch_cell(X, H, W_xh, W_hh, b_h):
    """The step of torch's cell, whose weights are transposed."""
    cell = nn.RNNCell(*W_xh.shape, dtype=X.dtype)
    cell.load_state_dict({"weight_ih": W_xh.T, "weight_hh": W_hh.T, "bias_ih": b_h, "bias_hh": 0 * b_h})
    return cell(X, H)


def autograd(x, w_h, w_x, w_o, y, cut=None):
    """The gradients by autograd, the state detached every `cut` steps."""
    w_h, w_x, w_o = weights = [torch.tensor(w, dtype=torch.float64, requires_grad=True) for w in (w_h, w_x, w_o)]
    h, errors = torch.zeros((), dtype=torch.float64), []
    for t in range(len(x)):
        h = w_x * x[t] + w_h * (h if cut is None or t % cut else h.detach())
        errors.append(w_o * h - y[t])
    loss = 0.5 * torch.stack(errors).square().mean()
    return tuple(grad.item() for grad in torch.autograd.grad(loss, weights))


def impulse(length, w_h, w_x, w_o):
    """Inputs that are 1 at first, then 0; targets that all outputs meet, but for the last, which is 1 too large."""
    steps = torch.arange(length, dtype=torch.float64)
    x, states = (steps == 0).double(), w_x * float(w_h) ** steps
    return x, w_o * states - (steps == length - 1).double()


@pytest.mark.exercise("rnn_step")
class TestRnnStep:
    @standard(
        promise.untouched,
        promise.float64,
        promise.batch_of_one("X", "H"),
        promise.non_contiguous(id="transposed"),
        promise.gradients("X", "H", "W_xh", "W_hh", "b_h"),
    )
    def arguments(self, case, chance):
        return dict(zip(("X", "H", "W_xh", "W_hh", "b_h"), case(*chance.sample(range(2, 7), 3)), strict=True))

    @pytest.mark.points(2)
    def test_step(self, run, case):
        """Equals torch.nn.RNNCell.
        与 torch.nn.RNNCell 的结果一致。"""
        arguments = case()
        close(run(lambda impl: impl.rnn_step(*arguments)), torch_cell(*arguments))

    def test_concatenated(self, run, case):
        """Equals a single product of concatenated matrices: [X, H] times W_xh stacked on W_hh.
        等价于一次矩阵乘法：输入与隐状态左右拼接，两个权重矩阵上下拼接。"""
        X, H, W_xh, W_hh, b_h = arguments = case(inputs=2, hiddens=4)
        expected = (torch.cat([X, H], dim=1) @ torch.cat([W_xh, W_hh]) + b_h).tanh()
        close(run(lambda impl: impl.rnn_step(*arguments)), expected)

    def test_first_step(self, run, case):
        """Equals a layer of a multilayer perceptron when the state is zero.
        隐状态为零时，相当于多层感知机的一层。"""
        X, H, W_xh, W_hh, b_h = case()
        expected = nn.functional.linear(X, W_xh.T, b_h).tanh()
        close(run(lambda impl: impl.rnn_step(X, 0 * H, W_xh, W_hh, b_h)), expected)

    def test_square_weights(self, run, case):
        """Keeps the two matrices apart when they have the same shape.
        两个权重矩阵形状相同时，不会混淆。"""
        arguments = case(inputs=4, hiddens=4)
        close(run(lambda impl: impl.rnn_step(*arguments)), torch_cell(*arguments))

    def test_sequence(self, run, case, randn):
        """Gives the states of torch.nn.RNN when all steps use the same weights.
        每一步都用同一组权重时，得到 torch.nn.RNN 的各个隐状态。"""
        _, H, W_xh, W_hh, b_h = case()
        inputs = randn(6, 4, INPUTS)
        rnn = nn.RNN(INPUTS, HIDDENS)
        rnn.load_state_dict(dict(zip(rnn.state_dict(), (W_xh.T, W_hh.T, b_h, 0 * b_h), strict=True)))

        def probe(impl):
            states = [H]
            for X in inputs:
                states.append(impl.rnn_step(X, states[-1], W_xh, W_hh, b_h))
            return torch.stack(states[1:])

        close(run(probe), rnn(inputs, H[None])[0])

    def test_saturates(self, agree, case):
        """Saturates for large inputs, without overflow or NaN.
        输入很大时趋于饱和，不会溢出或出现 NaN。"""
        X, H, W_xh, W_hh, b_h = case(dtype=torch.float64)
        agree(lambda impl: impl.rnn_step(1e4 * X, H, W_xh, W_hh, b_h))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("bptt_linear")
class TestBpttLinear:
    @standard(promise.untouched, call=lambda impl, x, y: impl.bptt_linear(x, *WEIGHTS, y))
    def arguments(self, series):
        return dict(zip("xy", series(4), strict=True))

    @pytest.mark.points(2)
    def test_gradients(self, run, series):
        """Returns the same gradients as autograd.
        与自动求导得到的梯度一致。"""
        x, y = series(6)
        close(run(lambda impl: impl.bptt_linear(x, *WEIGHTS, y)), autograd(x, *WEIGHTS, y))

    def test_two_steps(self, run, between):
        """Agrees with two steps computed on paper, for inputs and targets of any scale.
        只有两个时间步时与手算结果一致，输入和目标整体缩放后也一样。"""
        unit = between(1, 3)
        x, y = unit * torch.tensor([1.0, 2.0]), unit * torch.tensor([0.0, 4.0])
        # in this unit: h = (3, 7.5), o = (6, 15), dL/do = (3, 5.5), dL/dh = (6 + 0.5 * 11, 11)
        expected = tuple(unit**2 * gradient for gradient in (33.0, 33.5, 50.25))
        close(run(lambda impl: impl.bptt_linear(x, 0.5, 3.0, 2.0, y)), expected)

    def test_one_step(self, run, between):
        """Returns a zero gradient of w_h for a single step, which has no past.
        只有一个时间步时没有过去：w_h 的梯度为零。"""
        unit = between(1, 3)
        x, y = unit * torch.tensor([2.0]), unit * torch.tensor([1.0])
        close(run(lambda impl: impl.bptt_linear(x, 0.5, 3.0, 0.25, y)), (0.0, 0.25 * unit**2, 3.0 * unit**2))

    def test_no_memory(self, run, series):
        """Gives w_h a gradient even when w_h = 0, where the steps are independent.
        w_h = 0 时各时间步互不影响，但 w_h 仍有梯度。"""
        x, y = series(7)
        _, w_x, w_o = WEIGHTS
        errors, states = w_o * w_x * x - y, w_x * x
        means = [(e * w_o * p).mean().item() for e, p in ((errors[1:], states[:-1]), (errors, x))]
        expected = means[0] * 6 / 7, means[1], (errors * states).mean().item()
        close(run(lambda impl: impl.bptt_linear(x, 0.0, w_x, w_o, y)), expected)

    def test_explodes(self, run, between):
        """Multiplies the last step's error by w_h at every step back: by 2^19 at the first step.
        最后一步的误差每往回一步就乘一次 w_h：传到第一步时是 2^19 倍。"""
        w_x, w_o = between(1, 2), between(2, 4)
        cases = [(w_h, *impulse(20, w_h, w_x, w_o)) for w_h in (2.0, -2.0)]
        found = run(lambda impl: [impl.bptt_linear(x, w_h, w_x, w_o, y) for w_h, x, y in cases])
        close(found, [(w_o * 19 * w**18 * w_x / 20, w_o * w**19 / 20, w_x * w**19 / 20) for w in (2.0, -2.0)])

    def test_vanishes(self, run, between):
        """Carries almost nothing of an error back when w_h = 1/2.
        w_h = 1/2 时，误差几乎传不回去。"""
        w_x, w_o = between(1, 2), between(2, 4)
        x, y = impulse(10, 0.5, w_x, w_o)
        expected = w_o * 9 * 0.5**8 * w_x / 10, w_o * 0.5**9 / 10, w_x * 0.5**9 / 10
        close(run(lambda impl: impl.bptt_linear(x, 0.5, w_x, w_o, y)), expected)

    def test_right_weights(self, run, between):
        """Returns zeros when all outputs are right, and other gradients for other weights.
        输出全部正确时梯度为零；换一组权重则不为零。"""
        x, y = impulse(5, *WEIGHTS)
        y[-1] += 1
        others = 0.5, between(1, 2), -1.0
        found = run(lambda impl: [impl.bptt_linear(x, *weights, y) for weights in (WEIGHTS, others)])
        close(found, [(0.0, 0.0, 0.0), autograd(x, *others, y)])

    def test_long_series(self, run, series):
        """Carries gradients back through fifty steps.
        梯度可以往回传五十个时间步。"""
        x, y = series(50)
        close(run(lambda impl: impl.bptt_linear(x, 0.95, 0.5, 1.5, y)), autograd(x, 0.95, 0.5, 1.5, y))

    def test_float32(self, run, generator):
        """Accepts float32 series that are non-contiguous.
        可接受 float32 且非连续的序列。"""
        x, y = torch.randint(-4, 5, (6, 2), generator=generator).float().unbind(dim=1)  # exact in float32
        expected = autograd(x.double(), 0.5, 2.0, -1.0, y.double())
        close(run(lambda impl: impl.bptt_linear(x, 0.5, 2.0, -1.0, y)), expected)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("truncated_bptt_grad")
class TestTruncatedBpttGrad:
    @standard(promise.untouched, call=lambda impl, x, y: impl.truncated_bptt_grad(x, *WEIGHTS, y, 2))
    def arguments(self, series):
        return dict(zip("xy", series(5), strict=True))

    @pytest.mark.points(2)
    def test_gradients(self, run, series):
        """Returns the gradients of autograd with the state detached every k steps.
        与每 k 步分离（detach）一次隐状态时自动求导得到的梯度一致。"""
        x, y = series(8)
        close(run(lambda impl: impl.truncated_bptt_grad(x, *WEIGHTS, y, 4)), autograd(x, *WEIGHTS, y, cut=4))

    def test_shorter_last_block(self, run, series):
        """Counts the steps of a shorter last block.
        最后一块可以较短，其中的时间步同样计入。"""
        x, y = series(11)
        close(run(lambda impl: impl.truncated_bptt_grad(x, *WEIGHTS, y, 3)), autograd(x, *WEIGHTS, y, cut=3))

    def test_nothing_cut(self, run, series):
        """Returns the full gradients when k is T or more.
        k 不小于 T 时就是完整的梯度。"""
        x, y = series(6)
        found = run(lambda impl: [impl.truncated_bptt_grad(x, *WEIGHTS, y, k) for k in (6, 7, 20)])
        close(found, [autograd(x, *WEIGHTS, y)] * 3)

    def test_blocks_of_one(self, run, series):
        """Gives each state only the gradient of its own output when k = 1.
        k = 1 时，每个隐状态的梯度只来自它自己的输出。"""
        x, y = series(5)
        w_h, w_x, w_o = WEIGHTS
        h = [0.0]
        for value in x.tolist():
            h.append(w_x * value + w_h * h[-1])
        before, states = torch.tensor([h[:-1], h[1:]], dtype=torch.float64)
        errors = w_o * states - y
        expected = tuple((errors * factor).mean().item() for factor in (w_o * before, w_o * x, states))
        close(run(lambda impl: impl.truncated_bptt_grad(x, *WEIGHTS, y, 1)), expected)

    def test_state_goes_on(self, run, between):
        """Cuts gradients but not the state: an old impulse still affects the outputs and the loss.
        截断只阻止梯度，不阻止状态：很久以前的脉冲仍影响输出和损失。"""
        unit = between(1, 3)
        x, y = (unit * one for one in impulse(6, 0.5, 2.0, 4.0))
        # in this unit, the last block has h = (2, 1, 1/2, 1/4, 1/8, 1/16)[4:], and an error of 1 at its end
        expected = unit**2 * 4 * (0.5 * 0.25 + 0.125) / 6, 0.0, unit**2 * 0.0625 / 6
        close(run(lambda impl: impl.truncated_bptt_grad(x, 0.5, 2.0, 4.0, y, 2)), expected)

    def test_output_weight(self, run, series):
        """Returns the same gradient of w_o for every k, because it needs no history.
        w_o 的梯度与历史无关：对任意 k 都相同。"""
        x, y = series(9)
        found = run(lambda impl: [impl.truncated_bptt_grad(x, *WEIGHTS, y, k)[2] for k in (1, 2, 4, 9)])
        close(found, [autograd(x, *WEIGHTS, y)[2]] * 4)

    def test_where_it_is_cut(self, run, between):
        """Carries gradients back to the first step of the error's own block, and no further.
        梯度传回到误差所在块的第一步为止。"""
        x, y = torch.ones(6, dtype=torch.float64), impulse(6, 0.5, 1.0, 1.0)[1]
        y = y + 2 - 2 * 0.5 ** torch.arange(1, 7) - 0.5 ** torch.arange(6)  # x = 1 gives h = 2 - 2^-t
        unit = between(1, 3)
        x, y = unit * x, unit * y
        reached = torch.tensor([6, 2, 3, 2, 1], dtype=torch.float64)  # steps of the last block for k = 6, 4, 3, 2, 5
        found = run(lambda impl: [impl.truncated_bptt_grad(x, 0.5, 1.0, 1.0, y, k)[1] for k in (6, 4, 3, 2, 5)])
        close(found, (unit**2 * (2 - 2 * 0.5**reached) / 6).tolist())

    def test_one_step(self, run, between):
        """Accepts a single step, which has no history to cut.
        可接受只有一个时间步的序列，这时没有历史可截断。"""
        unit = between(1, 3)
        x, y = unit * torch.tensor([2.0]), unit * torch.tensor([1.0])
        found = run(lambda impl: [impl.truncated_bptt_grad(x, 0.5, 3.0, 0.25, y, k) for k in (1, 3)])
        close(found, [(0.0, 0.25 * unit**2, 3.0 * unit**2)] * 2)

    def test_float32(self, run, generator):
        """Accepts float32 series that are non-contiguous.
        可接受 float32 且非连续的序列。"""
        x, y = torch.randint(-4, 5, (6, 2), generator=generator).float().unbind(dim=1)  # exact in float32
        expected = autograd(x.double(), 0.5, 2.0, -1.0, y.double(), cut=4)
        close(run(lambda impl: impl.truncated_bptt_grad(x, 0.5, 2.0, -1.0, y, 4)), expected)


@pytest.mark.exercise("jacobian_product_norm")
class TestJacobianProductNorm:
    @pytest.mark.points(2)
    def test_norms(self, run, randn):
        """Returns the largest singular value of the matrix power.
        返回矩阵的幂的最大奇异值。"""
        W = randn(4, 4, dtype=torch.float64) / 2
        found = run(lambda impl: [impl.jacobian_product_norm(W, steps) for steps in range(1, 9)])
        close(found, [float(np.linalg.norm(np.linalg.matrix_power(W.numpy(), k), 2)) for k in range(1, 9)])

    def test_no_step(self, run, randn):
        """Returns 1 for no step, and the norm of the matrix for one step.
        零步时返回 1；一步时返回矩阵的范数。"""
        W = randn(3, 3, dtype=torch.float64)
        found = run(lambda impl: [impl.jacobian_product_norm(W, steps) for steps in (0, 1)])
        close(found, [1.0, torch.linalg.svdvals(W)[0].item()])

    def test_orthogonal(self, run, randn, between):
        """Returns 1 for an orthogonal matrix, and doubles with every step for twice the matrix.
        正交矩阵的结果总是 1；它的两倍则每走一步翻一番。"""
        Q = torch.linalg.qr(randn(5, 5, dtype=torch.float64)).Q
        scales = 1.0, 2.0, between(1, 2)
        found = run(lambda impl: [impl.jacobian_product_norm(s * Q, k) for s in scales for k in (1, 7, 12)])
        close(found, [s**k for s in scales for k in (1, 7, 12)])

    def test_nilpotent(self, run, between):
        """Returns 0 for a shift matrix after as many steps as it has rows: it forgets everything.
        移位矩阵会遗忘：步数达到它的行数时，结果为 0。"""
        weight = between(2, 4)
        W = torch.diag(torch.full((3,), weight), 1)
        found = run(lambda impl: [impl.jacobian_product_norm(W, steps) for steps in (1, 2, 3, 4, 5)])
        close(found, [weight, weight**2, weight**3, 0.0, 0.0])

    def test_diagonal(self, run, between):
        """Returns a power of the largest absolute entry for a diagonal matrix.
        对于对角矩阵，返回绝对值最大的对角元的幂的绝对值。"""
        strongest = between(2, 3)
        W = torch.diag(torch.tensor([0.5, -strongest, 1.0]))
        found = run(lambda impl: [impl.jacobian_product_norm(W, steps) for steps in (1, 2, 3, 6)])
        close(found, [strongest**steps for steps in (1, 2, 3, 6)])

    def test_grows_before_it_vanishes(self, run, between):
        """Grows at first even when all eigenvalues are below 1: they decide only the long run.
        特征值都小于 1 时，结果也可能先增大：特征值只决定长远的趋势。"""
        corner = between(8, 12)
        W = torch.tensor([[0.5, corner], [0.0, 0.5]], dtype=torch.float64)
        powers = [np.array([[1, 2 * corner * k], [0, 1]]) / 2**k for k in (1, 2, 5, 30)]
        found = run(lambda impl: [impl.jacobian_product_norm(W, steps) for steps in (1, 2, 5, 30)])
        close(found, [float(np.linalg.norm(power, 2)) for power in powers])

    def test_extremes(self, run, randn, between):
        """Computes norms after a hundred steps that are beyond the range of float32.
        走一百步之后，结果超出 float32 的范围时仍然正确。"""
        scales = between(4, 6), 1 / between(4, 6)
        Q = torch.linalg.qr(randn(4, 4, dtype=torch.float64)).Q

        def probe(impl):
            norms = [impl.jacobian_product_norm(scale * Q, 100) for scale in scales]
            norms += [impl.jacobian_product_norm(scale * torch.eye(2), 150) for scale in (4.0, 0.25)]
            return torch.tensor(norms, dtype=torch.float64).log2()

        exponents = torch.tensor(scales, dtype=torch.float64).log2() * 100
        close(run(probe), torch.cat([exponents, torch.tensor([300.0, -300.0], dtype=torch.float64)]))

    def test_single_unit(self, run, between):
        """Returns the absolute value of a power of a number for a single hidden unit.
        只有一个隐藏单元时，返回一个数的幂的绝对值。"""
        weight = between(2, 4)
        found = run(lambda impl: [impl.jacobian_product_norm(torch.tensor([[-weight]]), k) for k in (0, 1, 2, 3)])
        close(found, [1.0, weight, weight**2, weight**3])

    def test_float32(self, run, randn):
        """Accepts float32 matrices that are non-contiguous.
        可接受 float32 且非连续的矩阵。"""
        W = randn(3, 3).T / 2
        expected = float(np.linalg.norm(np.linalg.matrix_power(W.double().numpy(), 3), 2))
        close(run(lambda impl: impl.jacobian_product_norm(W, 3)), expected, rtol=1e-4)  # products in float32 will do

    @pytest.mark.needs("norms")
    def test_arguments_untouched(self, agree, randn):
        """Leaves the matrix unchanged.
        不修改传入的矩阵。"""
        W = randn(3, 3, dtype=torch.float64)
        agree(lambda impl: (impl.jacobian_product_norm(W, 4), W))


@pytest.mark.exercise("tanh")
class TestTanh:
    @pytest.mark.points(2)
    def test_values(self, run, randn):
        """Equals torch.tanh for each element.
        逐元素与 torch.tanh 一致。"""
        x = 2 * randn(4, 5)
        close(run(lambda impl: impl.tanh(x)), x.tanh())

    def test_large(self, run, between):
        """Returns 1 and -1 for large numbers, whose exponentials overflow.
        自变量的绝对值很大、指数函数会溢出时，返回 1 或 -1。"""
        small = between(1, 3) / 4
        x = torch.tensor([-1e30, -1000.0, -100.0, -50.0, small, 50.0, 100.0, 1000.0, 1e30])
        expected = torch.tensor([-1.0, -1, -1, -1, math.tanh(small), 1, 1, 1, 1])
        close(run(lambda impl: impl.tanh(x)), expected)

    def test_odd(self, run, randn):
        """Is odd: returns 0 at 0, and changes its sign with x.
        是奇函数：在 0 处为 0，自变量变号则函数值变号。"""
        x = torch.cat([torch.zeros(1), randn(6).abs() + 0.5])
        found = run(lambda impl: [impl.tanh(x), impl.tanh(-x)])
        close(found, [x.tanh(), -x.tanh()])

    @pytest.mark.points(2)
    def test_gradients(self, run, randn):
        """Has the gradient 1 - tanh^2, which is 1 at 0.
        梯度为 1 - tanh^2，在 0 处为 1。"""
        x = torch.cat([torch.zeros(1, dtype=torch.float64), 2 * randn(7, dtype=torch.float64)])
        found = run(lambda impl: gradients(impl.tanh, x))
        close(found, [(1 - x.tanh() ** 2) * gradient_weights(x)])

    def test_gradients_far_out(self, run, between):
        """Has the gradient 0, not NaN, for large numbers, next to the gradient of a small number.
        自变量的绝对值很大时梯度为 0 而不是 NaN；同时，较小的自变量梯度正常。"""
        small = between(1, 3) / 4
        x = torch.tensor([-1000.0, -100.0, small, 60.0, 100.0, 1000.0])
        expected = torch.tensor([0.0, 0.0, 1 - math.tanh(small) ** 2, 0.0, 0.0, 0.0]) * gradient_weights(x)
        close(run(lambda impl: gradients(impl.tanh, x)), [expected])

    def test_float64(self, run, randn):
        """Keeps float64 and its precision, for very small to large numbers.
        从很小的数到很大的数，都保持 float64 及其精度。"""
        x = randn(8, dtype=torch.float64)
        x = torch.cat([1e-3 * x, x, 10 * x, torch.tensor([-900.0, 900.0])])
        close(run(lambda impl: impl.tanh(x)), x.tanh())

    def test_shapes(self, run, randn):
        """Accepts a scalar, an empty tensor, and a non-contiguous tensor.
        可接受标量、空张量和非连续的张量。"""
        inputs = [randn(1)[0], randn(0, 3), randn(3, 4).T, randn(1, 2, 1, 3)]
        close(run(lambda impl: [impl.tanh(x) for x in inputs]), [x.tanh() for x in inputs])

    @pytest.mark.needs("values")
    def test_arguments_untouched(self, agree, randn):
        """Leaves its argument unchanged.
        不修改传入的张量。"""
        x = randn(3, 4)
        agree(lambda impl: (impl.tanh(x), x))

    test_from_scratch = written_from_scratch
