"""ch57: get_lstm_params, init_lstm_state, lstm, to_torch_lstm."""

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
B_I, B_F, B_O, W_XC, W_HC, B_C, W_HQ, B_Q = 2, 5, 8, 9, 10, 11, 12, 13


@pytest.fixture
def case(randn):
    """(inputs, (H, C), params) of so many steps and sequences; gates may be held at a bias."""

    def draw(steps=4, batch=3, dtype=torch.float32, i=None, f=None, o=None):
        gate = [(VOCAB, HIDDENS), (HIDDENS, HIDDENS), (HIDDENS,)]
        shapes = [*gate, *gate, *gate, *gate, (HIDDENS, VOCAB), (VOCAB,)]
        params = [randn(*shape, dtype=dtype) for shape in shapes]
        for place, bias in ((B_I, i), (B_F, f), (B_O, o)):
            if bias is not None:
                params[place] = torch.full_like(params[place], bias)
        H, C = randn(2, batch, HIDDENS, dtype=dtype)
        return randn(steps, batch, VOCAB, dtype=dtype), (H, C), params

    return draw


def formulas(inputs, state, params):
    """Outputs and state of the book's LSTM in numpy, in float64."""
    numbers = [p.double().numpy() for p in params]
    (H, C), outputs = (s.double().numpy() for s in state), []
    for X in inputs.double().numpy():
        i, f, o, c = (X @ numbers[n] + H @ numbers[n + 1] + numbers[n + 2] for n in (0, 3, 6, 9))
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        C = f * C + i * np.tanh(c)
        H = o * np.tanh(C)
        outputs.append(H @ numbers[W_HQ] + numbers[B_Q])
    outputs, H, C = (torch.from_numpy(a).to(inputs.dtype) for a in (np.concatenate(outputs), H, C))
    return outputs, (H, C)


def torch_lstm(params):
    """torch's LSTM with these parameters: input, forget, cell and output gate, in this order."""
    W_x, W_h, b = (torch.cat([params[gate + k] for gate in (0, 3, 9, 6)], dim=-1) for k in range(3))
    values = {"weight_ih_l0": W_x.T, "weight_hh_l0": W_h.T, "bias_ih_l0": b, "bias_hh_l0": 0 * b}
    return loaded(values)


def loaded(state_dict):
    """torch's LSTM with this state dict."""
    weight = state_dict["weight_ih_l0"]
    net = nn.LSTM(weight.shape[1], weight.shape[0] // 4, dtype=weight.dtype)
    net.load_state_dict(state_dict)
    return net


def last_of(state):
    """torch's state as the book has it: without the axis of layers."""
    return tuple(s[0] for s in state)


def outputs_of(states, params):
    """(steps * batch, vocab) from the hidden states of all steps."""
    return states.flatten(0, 1) @ params[W_HQ] + params[B_Q]


@pytest.mark.exercise("get_lstm_params")
class TestGetLstmParams:
    def test_shapes(self, run, generator):
        """Returns fourteen tensors of the right shapes, and draws new weights in each call.
        返回形状正确的十四个张量；每次调用都重新抽样。"""
        vocab, hiddens = sizes(generator)
        calls = run(lambda impl: [impl.get_lstm_params(vocab, hiddens, CPU) for _ in range(2)])
        pairs = zip(*(varied_matrices(params) for params in calls), strict=True)
        drawn = not any(torch.equal(one, other) for one, other in pairs)
        expect(drawn, "Two calls return the same weights.", "两次调用得到的权重相同。")

    @pytest.mark.points(2)
    def test_weights(self, run, generator):
        """Draws the weights with mean 0 and standard deviation 0.01.
        权重服从均值为 0、标准差为 0.01 的正态分布。"""
        vocab, hiddens = sizes(generator, 45, 65)
        matrices = varied_matrices(run(lambda impl: impl.get_lstm_params(vocab, hiddens, CPU)))
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
        params = run(lambda impl: impl.get_lstm_params(vocab, hiddens, CPU))
        varied_matrices(params)
        for bias in (p for p in params if p.dim() == 1):
            close(bias, torch.zeros_like(bias))

    def test_independent(self, run, generator):
        """Draws all matrices independently: no two gates start with equal weights.
        各个矩阵独立抽样：任意两个门的初始权重都不相同。"""
        size, _ = sizes(generator, 40, 99)
        matrices = varied_matrices(run(lambda impl: impl.get_lstm_params(size, size, CPU)))
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
        pairs = run(lambda impl: with_gradients(impl.get_lstm_params(vocab, hiddens, CPU)))
        varied_matrices([p for p, _ in pairs])
        for p, grad in pairs:
            close(grad, p)

    def test_device(self, run, generator):
        """Puts every parameter on the given device.
        所有参数都放在指定的设备上。"""
        vocab, hiddens = sizes(generator)

        def probe(impl):
            with Sketch():
                elsewhere = impl.get_lstm_params(vocab, hiddens, META)
            return [p.device.type for p in elsewhere], impl.get_lstm_params(vocab, hiddens, CPU)

        places, params = run(probe)
        varied_matrices(params)
        expect(
            set(places) == {"meta"},
            f"The parameters are on {places}; all should be on the given device, meta.",
            f"参数所在的设备是 {places}；应当都在指定的设备 meta 上。",
        )


@pytest.mark.exercise("init_lstm_state")
class TestInitLstmState:
    @pytest.mark.points(2)
    def test_zeros(self, agree, generator):
        """Returns two tensors of zeros, with a row for each sequence, even for a single sequence.
        返回两个全零张量，每个序列一行；只有一个序列时也一样。"""
        batch, hiddens = sizes(generator)
        agree(lambda impl: [impl.init_lstm_state(batch, hiddens, CPU), impl.init_lstm_state(1, hiddens, CPU)])

    @pytest.mark.needs("zeros")
    def test_not_shared(self, agree, generator):
        """Leaves C unchanged when a caller writes into H.
        原地修改 H 时，C 不变。"""
        batch, hiddens = sizes(generator)

        def probe(impl):
            H, *rest = impl.init_lstm_state(batch, hiddens, CPU)
            H += 1
            return H, rest

        agree(probe)

    def test_device(self, agree, generator):
        """Puts both tensors on the given device.
        两个张量都放在指定的设备上。"""
        batch, hiddens = sizes(generator)

        def probe(impl):
            elsewhere, here = (impl.init_lstm_state(batch, hiddens, device) for device in (META, CPU))
            return [(s.device.type, tuple(s.shape)) for s in elsewhere], here

        agree(probe)


@pytest.mark.exercise("lstm")
class TestLstm:
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
        inputs, (H, _), params = case()
        state = torch.zeros_like(H), torch.zeros_like(H)
        close(run(lambda impl: impl.lstm(inputs, state, params)[0]), formulas(inputs, state, params)[0])

    @pytest.mark.points(2)
    def test_initial_state(self, run, case):
        """Starts from the given hidden state and memory cell, as torch.nn.LSTM does.
        从传入的隐状态和记忆元出发，与 torch.nn.LSTM 一致。"""
        inputs, (H, C), params = case()
        states, _ = torch_lstm(params)(inputs, (H[None], C[None]))
        close(run(lambda impl: impl.lstm(inputs, (H, C), params)[0]), outputs_of(states, params))

    @pytest.mark.points(2)
    def test_new_state(self, run, case):
        """Returns (H, C) after the last step.
        返回最后一个时间步之后的 (H, C)。"""
        inputs, (H, C), params = case()
        _, state = torch_lstm(params)(inputs, (H[None], C[None]))
        close(run(lambda impl: impl.lstm(inputs, (H, C), params)[1]), last_of(state))

    def test_time_first(self, agree, case):
        """Returns all rows of a step together; each sequence has the same outputs as alone.
        同一时间步的各行排在一起；批量中每个序列的输出与单独计算时相同。"""
        inputs, (H, C), params = case(steps=3, batch=4)

        def probe(impl):
            alone = [impl.lstm(inputs[:, [i]], (H[[i]], C[[i]]), params)[0] for i in range(4)]
            return impl.lstm(inputs, (H, C), params)[0].reshape(3, 4, -1), torch.stack(alone, dim=1)

        agree(probe)

    def test_in_two_parts(self, agree, case):
        """Gives the same result when a sequence is cut in two: the state carries over.
        一个序列分成两段计算时结果不变：第一段的状态传给第二段。"""
        inputs, state, params = case(steps=5)

        def probe(impl):
            Y, middle = impl.lstm(inputs[:2], state, params)
            return Y, impl.lstm(inputs[2:], (middle[0], middle[-1]), params)

        agree(probe)

    def test_one_step_of_one(self, agree, case):
        """Accepts a single step of a single sequence.
        可接受只有一个时间步、一个序列的输入。"""
        arguments = case(steps=1, batch=1)
        agree(lambda impl: impl.lstm(*arguments))

    def test_keeps(self, run, case):
        """Keeps the memory cell as it is when F = 1 and I = 0.
        F = 1、I = 0 时记忆元保持不变。"""
        arguments = case(f=OPEN, i=CLOSED)
        outputs, (_, C) = run(lambda impl: impl.lstm(*arguments))
        close((outputs, C), (formulas(*arguments)[0], arguments[1][1]))

    def test_forgets(self, run, case):
        """Replaces the memory cell by the candidate when F = 0 and I = 1.
        F = 0、I = 1 时忘掉旧的记忆元，新的记忆元等于候选记忆元。"""
        inputs, (H, C), params = case(steps=1, f=CLOSED, i=OPEN)
        candidate = torch.tanh(inputs[0] @ params[W_XC] + H @ params[W_HC] + params[B_C])
        _, (_, new) = run(lambda impl: impl.lstm(inputs, (H, C), params))
        close(new, candidate)

    def test_output_gate_closed(self, run, case):
        """Hides the memory cell when O = 0: every output is b_q, and H is zero.
        O = 0 时记忆元不影响输出：每个输出都是 b_q，H 为零。"""
        inputs, state, params = case(o=CLOSED)
        outputs, (H, C) = run(lambda impl: impl.lstm(inputs, state, params))
        _, (_, expected) = formulas(inputs, state, params)
        close((outputs, H, C), (params[B_Q].expand(12, -1), torch.zeros_like(H), expected))

    def test_counts_up(self, run, case):
        """Adds up in the memory cell when F = I = 1, beyond 1, while H stays below 1.
        F = I = 1 时记忆元不断累加，可以超过 1；H 则始终小于 1。"""
        inputs, (H, _), params = case(steps=6, f=OPEN, i=OPEN, o=OPEN)
        params[B_C] = torch.full_like(params[B_C], OPEN)
        state = H, torch.zeros_like(H)
        outputs, (H, C) = run(lambda impl: impl.lstm(inputs, state, params))
        close((outputs[-3:], C), (H @ params[W_HQ] + params[B_Q], torch.full_like(C, 6.0)))
        close(H, torch.full_like(H, 6.0).tanh())

    def test_large_inputs(self, agree, case):
        """Saturates for large inputs, without overflow or NaN.
        输入很大时各个门趋于饱和，不会溢出或出现 NaN。"""
        inputs, state, params = case(dtype=torch.float64)
        agree(lambda impl: impl.lstm(1e4 * inputs, state, params))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("to_torch_lstm")
class TestToTorchLstm:
    @pytest.mark.points(2)
    def test_hidden_states(self, run, case):
        """Gives torch.nn.LSTM the hidden states of the book's formulas.
        载入 torch.nn.LSTM 后，得到与书中公式相同的隐状态。"""
        inputs, (H, C), params = case()
        state_dict = run(lambda impl: impl.to_torch_lstm(params))
        states, _ = loaded(state_dict)(inputs, (H[None], C[None]))
        close(outputs_of(states, params), formulas(inputs, (H, C), params)[0])

    def test_last_state(self, run, case):
        """Gives torch.nn.LSTM the same memory cell, for different values of the gates.
        载入 torch.nn.LSTM 后，各个门取不同的值时，记忆元都相同。"""
        for held in ({"f": OPEN}, {"i": CLOSED}, {"o": CLOSED}):
            inputs, (H, C), params = case(steps=2, **held)
            state_dict = run(lambda impl, params=params: impl.to_torch_lstm(params))
            _, state = loaded(state_dict)(inputs, (H[None], C[None]))
            close(last_of(state), formulas(inputs, (H, C), params)[1])

    def test_biases(self, run, case):
        """Contains each bias once, because torch adds its two biases.
        每个偏置只出现一次，因为 torch 会把两个偏置相加。"""
        _, _, params = case()
        found = run(lambda impl: impl.to_torch_lstm(params))
        close(found["bias_ih_l0"] + found["bias_hh_l0"], torch.cat([params[k] for k in (B_I, B_F, B_C, B_O)]))

    def test_one_unit(self, run, randn):
        """Accepts float64, a single hidden unit, and as many inputs as hidden units.
        可接受 float64、单个隐藏单元，以及与隐藏单元一样多的输入。"""
        for vocab, hiddens in ((3, 1), (2, 2)):
            shapes = [(vocab, hiddens), (hiddens, hiddens), (hiddens,)] * 4 + [(hiddens, vocab), (vocab,)]
            params = [randn(*shape, dtype=torch.float64) for shape in shapes]
            inputs = randn(4, 2, vocab, dtype=torch.float64)
            states, _ = loaded(run(lambda impl, params=params: impl.to_torch_lstm(params)))(inputs)
            zeros = torch.zeros(2, hiddens, dtype=torch.float64)
            close(outputs_of(states, params), formulas(inputs, (zeros, zeros), params)[0])

    def test_trained_parameters(self, run, case):
        """Accepts parameters that require gradients, as from get_lstm_params, and leaves them unchanged.
        可接受需要梯度的参数（如 get_lstm_params 返回的），并且不修改它们。"""
        _, _, params = case()

        def probe(impl):
            asked = [p.clone().requires_grad_() for p in params]
            return impl.to_torch_lstm(asked), asked

        found, after = run(probe)
        close(after, params)
        close(
            {k: v for k, v in found.items() if "w" in k},
            {k: v for k, v in torch_lstm(params).state_dict().items() if "w" in k},
        )
