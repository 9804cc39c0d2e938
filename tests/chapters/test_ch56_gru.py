"""ch56: get_params, init_gru_state, gru, gru_cell_torch."""

import numpy as np
import pytest
import torch
from torch import nn

from dlgrade.testing import (
    Sketch,
    close,
    expect,
    promise,
    sizes,
    standard,
    varied_matrices,
    with_gradients,
    written_from_scratch,
)

VOCAB, HIDDENS = 5, 4
CPU, META = torch.device("cpu"), torch.device("meta")
OPEN, CLOSED = 100.0, -100.0  # a bias with which a gate is 1 or 0, whatever its other terms

# The parameters' places in the list.
B_Z, B_R, W_XH, W_HH, B_H, W_HQ, B_Q = 2, 5, 6, 7, 8, 9, 10


@pytest.fixture
def case(randn):
    """case(steps=4, batch=3): inputs, state and params; z and r fix the biases of the gates."""

    def draw(steps=4, batch=3, dtype=torch.float32, z=None, r=None):
        gate = [(VOCAB, HIDDENS), (HIDDENS, HIDDENS), (HIDDENS,)]
        shapes = [*gate, *gate, *gate, (HIDDENS, VOCAB), (VOCAB,)]
        params = [randn(*shape, dtype=dtype) for shape in shapes]
        for place, bias in ((B_Z, z), (B_R, r)):
            if bias is not None:
                params[place] = torch.full_like(params[place], bias)
        return randn(steps, batch, VOCAB, dtype=dtype), (randn(batch, HIDDENS, dtype=dtype),), params

    return draw


@pytest.fixture
def cell(randn):
    """cell(batch=4): x, h, w_ih, w_hh, b_ih and b_hh; r and z fix the biases of the gates."""

    def draw(batch=4, inputs=5, hiddens=3, dtype=torch.float32, r=None, z=None):
        shapes = ((batch, inputs), (batch, hiddens), (3 * hiddens, inputs), (3 * hiddens, hiddens))
        x, h, w_ih, w_hh = (randn(*shape, dtype=dtype) for shape in shapes)
        b_ih, b_hh = randn(2, 3 * hiddens, dtype=dtype)
        for place, bias in enumerate((r, z)):
            if bias is not None:
                b_ih[place * hiddens : (place + 1) * hiddens] = bias
        return x, h, w_ih, w_hh, b_ih, b_hh

    return draw


def formulas(inputs, state, params):
    """Outputs and state of the book's GRU in numpy, in float64."""
    W_xz, W_hz, b_z, W_xr, W_hr, b_r, W_xh, W_hh, b_h, W_hq, b_q = (p.double().numpy() for p in params)
    H, outputs = state[0].double().numpy(), []
    for X in inputs.double().numpy():
        Z = 1 / (1 + np.exp(-(X @ W_xz + H @ W_hz + b_z)))
        R = 1 / (1 + np.exp(-(X @ W_xr + H @ W_hr + b_r)))
        H = Z * H + (1 - Z) * np.tanh(X @ W_xh + (R * H) @ W_hh + b_h)
        outputs.append(H @ W_hq + b_q)
    return [torch.from_numpy(a).to(inputs.dtype) for a in (np.concatenate(outputs), H)]


def loaded(module, *values):
    """A torch module with these values for its parameters, in its own order."""
    module.load_state_dict(dict(zip(module.state_dict(), values, strict=True)))
    return module


def outputs_of(states, params):
    """(steps * batch, vocab) from the hidden states of all steps."""
    return states.flatten(0, 1) @ params[W_HQ] + params[B_Q]


@pytest.mark.exercise("get_params")
class TestGetParams:
    def test_shapes(self, run, generator):
        """Returns eleven tensors of the right shapes, and draws new weights in each call.
        返回形状正确的十一个张量；每次调用都重新抽样。"""
        vocab, hiddens = sizes(generator)
        calls = run(lambda impl: [impl.get_params(vocab, hiddens, CPU) for _ in range(2)])
        pairs = zip(*(varied_matrices(params) for params in calls), strict=True)
        drawn = not any(torch.equal(one, other) for one, other in pairs)
        expect(drawn, "Two calls return the same weights.", "两次调用得到的权重相同。")

    @pytest.mark.points(2)
    def test_weights(self, run, generator):
        """Draws the weights with mean 0 and standard deviation 0.01.
        权重服从均值为 0、标准差为 0.01 的正态分布。"""
        vocab, hiddens = sizes(generator, 45, 65)
        matrices = varied_matrices(run(lambda impl: impl.get_params(vocab, hiddens, CPU)))
        draws = torch.cat([m.flatten() for m in matrices]) / 0.01
        for z in (draws, *(m.flatten() / 0.01 for m in matrices)):
            n = z.numel()
            mean, std = z.mean().item(), z.std().item()
            expect(
                abs(mean) < 6 / n**0.5 and abs(std - 1) < 6 / (2 * n) ** 0.5,
                f"{n} weights have mean {mean / 100:.3g} and standard deviation {std / 100:.3g}; expected 0 and 0.01.",
                f"{n} 个权重的均值为 {mean / 100:.3g}，标准差为 {std / 100:.3g}；应为 0 和 0.01。",
            )
        kurtosis = (draws**4).mean().item()
        expect(
            abs(kurtosis - 3) < 6 * (96 / draws.numel()) ** 0.5,
            f"The kurtosis of the weights is {kurtosis:.3g}; that of a normal distribution is 3.",
            f"权重的峰度为 {kurtosis:.3g}；正态分布的峰度是 3。",
        )

    def test_biases(self, run, generator):
        """Starts all biases at zero.
        偏置的初值为零。"""
        vocab, hiddens = sizes(generator)
        params = run(lambda impl: impl.get_params(vocab, hiddens, CPU))
        varied_matrices(params)
        for bias in (p for p in params if p.dim() == 1):
            close(bias, torch.zeros_like(bias))

    def test_independent(self, run, generator):
        """Draws all matrices independently: no two gates start with equal weights.
        各个矩阵独立抽样：任意两个门的初始权重都不相同。"""
        size, _ = sizes(generator, 40, 99)
        matrices = varied_matrices(run(lambda impl: impl.get_params(size, size, CPU)))
        correlation = torch.corrcoef(torch.stack([m.flatten() for m in matrices]))
        off_diagonal = correlation - torch.eye(len(matrices))
        expect(
            off_diagonal.abs().max() < 6 / size,
            "Two weight matrices are correlated; draw each independently.",
            "有两个权重矩阵是相关的；应各自独立地抽取。",
        )

    @pytest.mark.needs("shapes")
    @pytest.mark.points(2)
    def test_trainable(self, run, generator):
        """Returns leaf tensors that require gradients, so that backward() fills their .grad.
        返回需要梯度的叶子张量，反向传播后它们的 .grad 有值。"""
        vocab, hiddens = sizes(generator)
        pairs = run(lambda impl: with_gradients(impl.get_params(vocab, hiddens, CPU)))
        varied_matrices([p for p, _ in pairs])
        for p, grad in pairs:
            close(grad, p)

    def test_device(self, run, generator):
        """Puts every parameter on the given device.
        所有参数都放在指定的设备上。"""
        vocab, hiddens = sizes(generator)

        def probe(impl):
            with Sketch():
                elsewhere = impl.get_params(vocab, hiddens, META)
            return [p.device.type for p in elsewhere], impl.get_params(vocab, hiddens, CPU)

        places, params = run(probe)
        varied_matrices(params)
        expect(
            set(places) == {"meta"},
            f"The parameters are on {places}; all should be on the given device, meta.",
            f"参数所在的设备是 {places}；应当都在指定的设备 meta 上。",
        )


@pytest.mark.exercise("init_gru_state")
class TestInitGruState:
    @pytest.mark.points(2)
    def test_zeros(self, agree, generator):
        """Returns a tuple of one tensor of zeros, with a row for each sequence.
        返回只含一个全零张量的元组，每个序列一行。"""
        batch, hiddens = sizes(generator)
        agree(lambda impl: [impl.init_gru_state(batch, hiddens, CPU), impl.init_gru_state(batch, 1, CPU)])

    def test_batch_of_one(self, agree, generator):
        """Returns a tuple even for a single sequence.
        只有一个序列时也返回元组。"""
        widths = sizes(generator)
        agree(lambda impl: [impl.init_gru_state(1, hiddens, CPU) for hiddens in widths])

    def test_device(self, agree, generator):
        """Puts the state on the given device.
        状态放在指定的设备上。"""
        batch, hiddens = sizes(generator)

        def probe(impl):
            (elsewhere, *_), here = (impl.init_gru_state(batch, hiddens, device) for device in (META, CPU))
            return elsewhere.device.type, tuple(elsewhere.shape), here

        agree(probe)


@pytest.mark.exercise("gru")
class TestGru:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous(id="transposed"),
        promise.gradients("inputs", "state", "params", of=0),
    )
    def arguments(self, case, chance):
        return dict(zip(("inputs", "state", "params"), case(*chance.sample(range(2, 6), 2)), strict=True))

    @pytest.mark.points(2)
    def test_outputs(self, run, case):
        """Returns the outputs of all steps when the first state is zero.
        初始状态为零时，返回所有时间步的输出。"""
        inputs, (H,), params = case()
        state = (torch.zeros_like(H),)
        close(run(lambda impl: impl.gru(inputs, state, params)[0]), formulas(inputs, state, params)[0])

    @pytest.mark.points(2)
    def test_initial_state(self, run, case):
        """Starts from the given state.
        从传入的状态出发。"""
        arguments = case()
        close(run(lambda impl: impl.gru(*arguments)[0]), formulas(*arguments)[0])

    def test_new_state(self, run, case):
        """Returns the state after the last step, in a tuple.
        以元组返回最后一个时间步之后的状态。"""
        arguments = case()
        close(run(lambda impl: impl.gru(*arguments)[1]), (formulas(*arguments)[1],))

    def test_time_first(self, agree, case):
        """Returns all rows of a step together; each sequence has the same outputs as alone.
        同一时间步的各行排在一起；批量中每个序列的输出与单独计算时相同。"""
        inputs, (H,), params = case(steps=3, batch=4)

        def probe(impl):
            alone = [impl.gru(inputs[:, [i]], (H[[i]],), params)[0] for i in range(4)]
            return impl.gru(inputs, (H,), params)[0].reshape(3, 4, -1), torch.stack(alone, dim=1)

        agree(probe)

    def test_in_two_parts(self, agree, case):
        """Gives the same result when a sequence is cut in two: the state carries over.
        一个序列分成两段计算时结果不变：第一段的状态传给第二段。"""
        inputs, state, params = case(steps=5)

        def probe(impl):
            Y, middle = impl.gru(inputs[:2], state, params)
            return Y, impl.gru(inputs[2:], (middle[0],), params)

        agree(probe)

    def test_one_step_of_one(self, agree, case):
        """Accepts a single step of a single sequence.
        可接受只有一个时间步、一个序列的输入。"""
        arguments = case(steps=1, batch=1)
        agree(lambda impl: impl.gru(*arguments))

    def test_update_gate_open(self, run, case):
        """Keeps the state as it is when Z = 1.
        Z = 1 时状态保持不变。"""
        inputs, (H,), params = case(z=OPEN)
        expected = outputs_of(H.expand(4, -1, -1), params), (H,)
        close(run(lambda impl: impl.gru(inputs, (H,), params)), expected)

    def test_plain_rnn(self, run, case):
        """Equals torch.nn.RNN when Z = 0 and R = 1.
        Z = 0、R = 1 时就是普通的循环神经网络，与 torch.nn.RNN 一致。"""
        inputs, (H,), params = case(z=CLOSED, r=OPEN)
        rnn = loaded(nn.RNN(VOCAB, HIDDENS), params[W_XH].T, params[W_HH].T, params[B_H], 0 * params[B_H])
        states, last = rnn(inputs, H[None])
        close(run(lambda impl: impl.gru(inputs, (H,), params)), (outputs_of(states, params), (last[0],)))

    def test_forgets(self, run, case):
        """Forgets the past completely when Z = 0 and R = 0.
        Z = 0、R = 0 时完全忘记过去的信息。"""
        inputs, state, params = case(z=CLOSED, r=CLOSED)
        states = torch.tanh(inputs @ params[W_XH] + params[B_H])
        close(run(lambda impl: impl.gru(inputs, state, params)), (outputs_of(states, params), (states[-1],)))

    def test_reset_gate_open(self, run, case):
        """Equals torch.nn.GRU when R = 1. (Otherwise it differs: torch resets after the matrix product.)
        R = 1 时与 torch.nn.GRU 一致。（其他情况下不同：torch 在矩阵乘法之后才重置。）"""
        inputs, (H,), params = case(r=OPEN)
        W_x, W_h, b = (torch.cat([params[i] for i in (3 + k, k, 6 + k)], dim=-1) for k in range(3))
        states, last = loaded(nn.GRU(VOCAB, HIDDENS), W_x.T, W_h.T, b, 0 * b)(inputs, H[None])
        close(run(lambda impl: impl.gru(inputs, (H,), params)), (outputs_of(states, params), (last[0],)))

    def test_large_inputs(self, agree, case):
        """Saturates for large inputs, without overflow or NaN.
        输入很大时各个门趋于饱和，不会溢出或出现 NaN。"""
        inputs, state, params = case(dtype=torch.float64)
        agree(lambda impl: impl.gru(1e4 * inputs, state, params))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("gru_cell_torch")
class TestGruCellTorch:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous(id="transposed"),
        promise.gradients("x", "h", "w_ih", "w_hh", "b_ih", "b_hh"),
    )
    def arguments(self, cell, chance):
        names = "x", "h", "w_ih", "w_hh", "b_ih", "b_hh"
        return dict(zip(names, cell(*chance.sample(range(2, 7), 3)), strict=True))

    @pytest.mark.points(2)
    def test_step(self, run, cell):
        """Equals torch.nn.GRUCell.
        与 torch.nn.GRUCell 的结果一致。"""
        x, h, *params = cell()
        expected = loaded(nn.GRUCell(5, 3), *params)(x, h)
        close(run(lambda impl: impl.gru_cell_torch(x, h, *params)), expected)

    def test_update_gate(self, run, cell):
        """Reads the update gate from the second third of the weights: an open gate keeps h.
        权重的第二个三分之一属于更新门：门打开时 h 保持不变。"""
        arguments = cell(z=OPEN)
        close(run(lambda impl: impl.gru_cell_torch(*arguments)), arguments[1])

    def test_reset_gate(self, run, cell):
        """Reads the reset gate from the first third: with both gates closed, h and its bias have no effect.
        第一个三分之一属于重置门：两个门都关闭时，h 和它的偏置都不起作用。"""
        arguments = cell(r=CLOSED, z=CLOSED)
        x, _, w_ih, _, b_ih, _ = arguments
        expected = torch.tanh(x @ w_ih[6:].T + b_ih[6:])
        close(run(lambda impl: impl.gru_cell_torch(*arguments)), expected)

    def test_two_biases(self, agree, cell):
        """Keeps the two biases of the candidate apart: exchanging them changes the result.
        候选隐状态的两个偏置不能合并：交换它们，结果会不同。"""
        x, h, w_ih, w_hh, b_ih, b_hh = cell()
        agree(lambda impl: [impl.gru_cell_torch(x, h, w_ih, w_hh, *b) for b in ((b_ih, b_hh), (b_hh, b_ih))])

    def test_sequence(self, run, cell, randn):
        """Equals torch.nn.GRU on a sequence, step by step.
        逐个时间步计算的结果与 torch.nn.GRU 处理整个序列一致。"""
        _, h, *params = cell()
        inputs = randn(5, 4, 5)

        def probe(impl):
            states = [h]
            for x in inputs:
                states.append(impl.gru_cell_torch(x, states[-1], *params))
            return torch.stack(states[1:])

        close(run(probe), loaded(nn.GRU(5, 3), *params)(inputs, h[None])[0])

    def test_zero_state(self, agree, cell):
        """Uses the biases even when the state is zero.
        状态为零时偏置仍起作用。"""
        x, h, *params = cell()
        agree(lambda impl: impl.gru_cell_torch(x, torch.zeros_like(h), *params))

    def test_batch_of_one(self, agree, cell):
        """Accepts a batch of one, more hidden units than inputs, and a single hidden unit.
        可接受只有一个样本的小批量、多于输入的隐藏单元，以及单个隐藏单元。"""
        cases = cell(batch=1), cell(batch=1, inputs=2, hiddens=6), cell(inputs=1, hiddens=1)
        agree(lambda impl: [impl.gru_cell_torch(*arguments) for arguments in cases])

    def test_large_inputs(self, agree, cell):
        """Saturates for large inputs, without overflow or NaN.
        输入很大时各个门趋于饱和，不会溢出或出现 NaN。"""
        x, *rest = cell(dtype=torch.float64)
        agree(lambda impl: impl.gru_cell_torch(1e4 * x, *rest))

    test_from_scratch = written_from_scratch
