"""ch55: get_params, init_rnn_state, rnn, predict_ch8, grad_clipping, train_epoch_ch8."""

from collections import namedtuple

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import (
    Sketch,
    close,
    descend,
    expect,
    promise,
    set_parameters,
    sizes,
    standard,
    varied_matrices,
    with_gradients,
    written_from_scratch,
)

VOCAB, HIDDENS = 5, 4
Plain = namedtuple("Plain", "params")  # a net that is no nn.Module
CPU, CPU0, META = torch.device("cpu"), torch.device("cpu", 0), torch.device("meta")


@pytest.fixture
def case(randn):
    """case(steps=4, batch=3): inputs, state and params."""

    def draw(steps=4, batch=3, dtype=torch.float32):
        shapes = (VOCAB, HIDDENS), (HIDDENS, HIDDENS), (HIDDENS,), (HIDDENS, VOCAB), (VOCAB,)
        params = [randn(*shape, dtype=dtype) for shape in shapes]
        return randn(steps, batch, VOCAB, dtype=dtype), (randn(batch, HIDDENS, dtype=dtype),), params

    return draw


def torch_rnn(inputs, state, params):
    """Outputs and state of torch's RNN with a linear layer."""
    net, (W_xh, W_hh, b_h, W_hq, b_q) = nn.RNN(VOCAB, HIDDENS), params
    net.load_state_dict(dict(zip(net.state_dict(), (W_xh.T, W_hh.T, b_h, 0 * b_h), strict=True)))
    states, last = net(inputs, state[0][None])
    return states.flatten(0, 1) @ W_hq + b_q, (last[0],)


@pytest.mark.exercise("get_params")
class TestGetParams:
    @pytest.mark.points(2)
    def test_weights(self, run, generator):
        """Draws all weights independently, with mean 0 and standard deviation 0.01.
        所有权重独立抽样，服从均值为 0、标准差为 0.01 的正态分布。"""
        size, _ = sizes(generator, 40, 99)
        matrices = torch.stack(varied_matrices(run(lambda impl: impl.get_params(size, size, CPU)))).flatten(1)
        for m in matrices:
            mean, std = m.mean().item(), m.std().item()
            expect(
                abs(mean) < 0.01 * 6 / size and abs(std / 0.01 - 1) < 6 / size / 2**0.5,
                f"{size**2} weights have mean {mean:.3g} and standard deviation {std:.3g}; expected 0 and 0.01.",
                f"{size**2} 个权重的均值为 {mean:.3g}，标准差为 {std:.3g}；应为 0 和 0.01。",
            )
        correlation = torch.corrcoef(matrices) - torch.eye(3)
        expect(
            correlation.abs().max() < 6 / size,
            "Two weight matrices are correlated; draw each independently.",
            "有两个权重矩阵是相关的；应各自独立地抽取。",
        )

    def test_biases(self, run, generator):
        """Starts all biases at zero, and returns the parameters in the right order and shape.
        偏置的初值为零；参数的顺序和形状正确。"""
        vocab, hiddens = sizes(generator)
        params = run(lambda impl: impl.get_params(vocab, hiddens, CPU))
        varied_matrices(params)
        close((params[2], params[4]), (torch.zeros(hiddens), torch.zeros(vocab)))

    @pytest.mark.needs("weights")
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


@pytest.mark.exercise("init_rnn_state")
class TestInitRnnState:
    @pytest.mark.points(2)
    def test_zeros(self, agree, generator):
        """Returns a tuple of one tensor of zeros, with a row for each sequence, even for a single sequence.
        返回只含一个全零张量的元组，每个序列一行；只有一个序列时也一样。"""
        batch, hiddens = sizes(generator)
        agree(lambda impl: [impl.init_rnn_state(rows, hiddens, CPU) for rows in (batch, 1)])

    def test_device(self, agree, generator):
        """Puts the state on the given device.
        状态放在指定的设备上。"""
        size = sizes(generator)
        agree(lambda impl: ([s.device.type for s in impl.init_rnn_state(*size, META)], impl.init_rnn_state(*size, CPU)))


@pytest.mark.exercise("rnn")
class TestRnn:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.gradients("inputs", "state", "params", of=0),
        call=lambda impl, inputs, *rest: [impl.rnn(scale * inputs, *rest) for scale in (1, 1e4)],  # saturates, too
    )
    def arguments(self, case, chance):
        return dict(zip(("inputs", "state", "params"), case(*chance.sample(range(2, 6), 2)), strict=True))

    @pytest.mark.points(2)
    def test_outputs(self, run, case):
        """Returns the outputs of all steps when the first state is zero.
        初始状态为零时，返回所有时间步的输出。"""
        inputs, (H,), params = case()
        state = (torch.zeros_like(H),)
        close(run(lambda impl: impl.rnn(inputs, state, params)[0]), torch_rnn(inputs, state, params)[0])

    @pytest.mark.points(2)
    def test_states(self, run, case):
        """Starts from the given state and returns the state after the last step, as torch.nn.RNN does.
        从传入的状态出发，以元组返回最后一个时间步之后的状态，与 torch.nn.RNN 一致。"""
        arguments = case()
        close(run(lambda impl: impl.rnn(*arguments)), torch_rnn(*arguments))

    def test_in_two_parts(self, agree, case):
        """Gives the same result when a single sequence is cut in two: the state carries over.
        一个序列分成两段计算时结果不变：第一段的状态传给第二段。"""
        inputs, state, params = case(batch=1)
        agree(lambda impl: impl.rnn(inputs[1:], impl.rnn(inputs[:1], state, params)[1], params))

    test_from_scratch = written_from_scratch


class Vocabulary:
    """A stand-in for the book's Vocab: indices of characters, characters of indices."""

    idx_to_token = ("<unk>", " ", *"abcde")

    def __getitem__(self, character):
        return self.idx_to_token.index(character) if character in self.idx_to_token else 0


class Rolling(namedtuple("Rolling", "begun seen")):
    """A net that predicts its state modulo 7, and notes what it is given."""

    def begin_state(self, batch_size, device):
        self.begun.append((batch_size, str(device)))
        return (torch.tensor([2]),)

    def __call__(self, X, state):
        self.seen.append((str(X.device) if X.is_meta else X, state))
        state = (31 * state[0] + 17 * (1 if X.is_meta else X.sum()) + 5) % 1009
        return (-((torch.arange(7.0) - state % 7) ** 2)[None] - 3).requires_grad_(), (state,)


def predict(impl, prefix, num_preds, device=CPU):
    """The text, the states begun, and what was read in which state."""
    net = Rolling([], [])
    return impl.predict_ch8(prefix, num_preds, net, Vocabulary(), device), net.begun, net.seen


def continued(prefix, num_preds):
    """The text that `predict` should give."""
    vocab, state = Vocabulary(), 2
    indices = [vocab[character] for character in prefix]
    for i in range(len(prefix) + num_preds - 1):
        state = (31 * state + 17 * indices[i] + 5) % 1009
        indices += [state % 7] if i >= len(prefix) - 1 else []
    return "".join(vocab.idx_to_token[i] for i in indices)


@pytest.fixture
def text(generator):
    """text(5): five random letters."""
    return lambda count: "".join("abcde"[i] for i in torch.randint(5, (count,), generator=generator))


@pytest.mark.exercise("predict_ch8")
class TestPredict:
    @pytest.mark.points(2)
    def test_text(self, run, text):
        """Predicts from the state after the prefix, and reads each prediction as the next input.
        从读完前缀后的状态开始预测，并把每次预测的字符作为下一个输入。"""
        for prefix in (text(4), text(6)):
            close(run(lambda impl, prefix=prefix: predict(impl, prefix, 9)[0]), continued(prefix, 9))

    @pytest.mark.points(2)
    def test_inputs(self, agree, text):
        """Reads every character once, alone, in the state after the character before.
        每次读一个字符，每个字符只读一次，并使用读完前一个字符后的状态。"""
        prefix = text(4)
        agree(lambda impl: predict(impl, prefix, 6))

    def test_lengths(self, run, text):
        """Adds num_preds characters, possibly 0, to a prefix of one or more characters.
        添加 num_preds 个字符（可以为 0）；前缀可以只有一个字符。"""
        cases = [(text(1), 0), (text(3), 0), (text(1), 6), (text(3), 7)]
        close(run(lambda impl: [predict(impl, *case)[0] for case in cases]), [continued(*case) for case in cases])

    def test_unknown(self, run, text):
        """Reads and prints unknown characters of the prefix as `<unk>`.
        前缀中的未知字符按 `<unk>` 读入，也输出为 `<unk>`。"""
        prefix = f"{text(1)}?{text(1)}Z"
        close(run(lambda impl: predict(impl, prefix, 7)[0]), continued(prefix, 7))

    def test_device(self, agree, text):
        """Creates the first state and the inputs on the given device.
        初始状态和输入都建立在指定的设备上。"""
        prefix = text(2)
        agree(lambda impl: [predict(impl, prefix, 6, device) for device in (META, CPU)])


def clip(impl, grads, theta, module=False, frozen=False):
    """The gradients of these parameters of a module or a list, clipped; the parameters; the tensors clipped."""
    params = [nn.Parameter(torch.ones(3), not frozen) if g is None else nn.Parameter(torch.ones_like(g)) for g in grads]
    for p, g in zip(params, grads, strict=True):
        p.grad = None if g is None else g.clone()
    held = [p.grad for p in params]
    impl.grad_clipping(nn.ParameterList(params) if module else Plain(params), theta)
    return [p.grad for p in params], params, held


def clipped(grads, theta):
    """Return the clipped gradients, computed with torch's norm in float64."""
    norm = torch.cat([g.double().flatten() for g in grads]).norm().item()
    return [g * min(1.0, theta / norm) for g in grads]


@pytest.mark.exercise("grad_clipping")
class TestGradClipping:
    @pytest.mark.points(2)
    def test_list(self, run, randn):
        """Scales a gradient that is too long down to length theta: one factor for all of net.params.
        梯度过长时缩放到长度 theta：net.params 的所有梯度乘以同一个因子。"""
        grads = [*(g / g.norm() for g in (randn(3, 4), randn(4), randn(5))), 0.1 * randn(2, 3)]  # all of them short
        close(run(lambda impl: clip(impl, grads, 1.5)[0]), clipped(grads, 1.5))

    def test_short(self, run, generator):
        """Keeps a gradient of length theta or less as it is, even if it is zero.
        长度不超过 theta 的梯度（包括零梯度）保持不变。"""
        scale = torch.randint(1, 50, (), generator=generator).item()
        grads = [scale * torch.tensor([[3.0]]), scale * torch.tensor([0.0, 4.0])]  # 5 * scale long
        cases = [*((grads, scale * theta) for theta in (2.5, 5.0, 5.5, 100)), ([torch.zeros(2), torch.zeros(3)], 1)]
        found = run(lambda impl: [clip(impl, *case)[0] for case in cases])
        close(found, [*(clipped(grads, theta) for _, theta in cases[:-1]), cases[-1][0]])

    @pytest.mark.needs("list")
    def test_in_place(self, run, randn):
        """Changes the gradient tensors in place, and leaves the parameters unchanged.
        原地修改梯度张量，但不修改模型参数。"""
        grads = [3 * randn(4), 3 * randn(2, 2)]
        close(run(lambda impl: clip(impl, grads, 2)[1:]), ([torch.ones(4), torch.ones(2, 2)], clipped(grads, 2)))

    @pytest.mark.points(2)
    def test_module(self, agree, randn):
        """Clips the gradients of an nn.Module, whose frozen parameters have no gradient.
        裁剪 nn.Module 的梯度；其中被冻结的参数没有梯度。"""
        grads = [3 * randn(2, 4), None, randn(5)]
        agree(lambda impl: clip(impl, grads, 1, module=True, frozen=True)[0])

    def test_float64_transposed(self, run, randn):
        """Keeps float64 and its precision, and accepts non-contiguous gradients.
        梯度为 float64 时保持其类型和精度；可接受非连续的梯度。"""
        grads = [3 * randn(4, 3, dtype=torch.float64).T, randn(5, dtype=torch.float64)]
        close(run(lambda impl: clip(impl, grads, 0.3)[0]), clipped(grads, 0.3))

    @pytest.mark.bonus
    def test_no_gradient(self, agree, randn):
        """Skips parameters without a gradient, where the book's code fails.
        跳过未参与计算、因而没有梯度的参数（书中的代码会报错）。"""
        grads = [3 * randn(4), None, 3 * randn(2, 2)]
        agree(lambda impl: [clip(impl, grads, 1, module)[0] for module in (True, False)])

    test_from_scratch = written_from_scratch


class Recurrent:
    """A recurrent net of plain tensors. It starts from a state of halves, and notes how often, for whom and where."""

    def __init__(self, params):
        self.params, self.begun = [p.clone().requires_grad_() for p in params], []

    def begin_state(self, batch_size, device):
        self.begun.append((batch_size, str(device)))
        return (torch.full((batch_size, HIDDENS), 0.5, dtype=self.params[0].dtype),)

    def __call__(self, X, state):
        return unrolled(X.as_subclass(torch.Tensor), state, self.params)


def unrolled(X, state, params):
    """Logits, time first, and the new state."""
    W_xh, W_hh, b_h, W_hq, b_q = params
    (H,), outputs = state, []
    for x in X.T:
        H = torch.tanh(W_xh[x] + H @ W_hh + b_h)
        outputs.append(H @ W_hq + b_q)
    return torch.cat(outputs), (H,)


class Module(nn.Module):
    """A module around one of torch's recurrent layers: nn.GRU's state is one tensor, nn.LSTM's a tuple of two."""

    def __init__(self, layer, states):
        super().__init__()
        self.rnn, self.linear, self.states = layer(VOCAB, HIDDENS), nn.Linear(HIDDENS, VOCAB), states
        set_parameters(self, seed=0)

    def begin_state(self, batch_size, device):
        parts = tuple(torch.full((1, batch_size, HIDDENS), 0.5, device=device) for _ in range(self.states))
        return parts if self.states > 1 else parts[0]

    def forward(self, X, state):
        Y, state = self.rnn(torch.eye(VOCAB)[X.T], state)
        return self.linear(Y.flatten(0, 1)), state


class Descent(torch.optim.Optimizer):
    """Plain gradient descent, less what makes the first optimizer of a process take torch a second."""

    def __init__(self, parameters, lr):
        self.param_groups, self.defaults, self.state = [{"parameters": parameters, "lr": lr}], {"lr": lr}, {}

    def zero_grad(self, set_to_none=True):  # noqa: ARG002
        for p in self.param_groups[0]["parameters"]:
            p.grad = None

    def step(self, closure=None):  # noqa: ARG002
        descend(**self.param_groups[0])


def own_updater(params, lr):
    """The book's way: it divides by the batch size and clears the gradients."""
    return lambda batch_size: descend(params, lr / batch_size)


def cargo(batches, sent):
    """The same minibatches, of tensors that note in `sent` where they go."""

    class Cargo(torch.Tensor):
        def to(self, *places, **options):
            devices = [p for p in (*places, *options.values()) if isinstance(p, (str, torch.device))]
            sent.update((str(place), tuple(sorted(self.flatten().tolist()))) for place in devices)
            return super().to(*places, **options)

    return [(X.as_subclass(Cargo), Y.as_subclass(Cargo)) for X, Y in batches]


def train(impl, net, data, make=own_updater, lr=2.0, factor=0.25, reduction="mean", random=False, device=CPU):
    """The perplexity, the parameters, and how the net's states began; the loss is `factor` times cross-entropy."""
    params = net.params if isinstance(net, Recurrent) else list(net.parameters())
    perplexity, _ = impl.train_epoch_ch8(
        net, data, lambda *pair: factor * F.cross_entropy(*pair, reduction=reduction), make(params, lr), device, random
    )
    return perplexity, params, getattr(net, "begun", None)


def epoch(params, data, lr=2.0, factor=0.25, random=False):
    """The perplexity and the parameters that `train` should give."""
    losses, state = [], None
    for X, Y in data:
        params = [p.detach().requires_grad_() for p in params]
        H = torch.full((len(X), HIDDENS), 0.5) if state is None or random else state
        logits, (state,) = unrolled(X, (H.detach(),), params)
        scores = logits.log_softmax(1).unflatten(0, X.T.shape)  # (steps, batch, vocab)
        losses.append(torch.stack([-factor * scores[t, i, Y[i, t]] for i in range(len(X)) for t in range(X.shape[1])]))
        grads = torch.autograd.grad(losses[-1].mean(), params)
        params = [p - lr * g for p, g in zip(params, clipped(grads, 1), strict=True)]
    return torch.cat(losses).mean().exp().item(), params


@pytest.fixture
def task(generator, case):
    """task((2, 3), (2, 3)): parameters, and minibatches (X, Y) of these shapes."""

    def draw(*shapes):
        batches = [tuple(torch.randint(VOCAB, (2, *shape), generator=generator)) for shape in shapes]
        return [0.4 * p for p in case()[2]], batches

    return draw


@pytest.mark.exercise("train_epoch_ch8")
class TestTrainEpoch:
    @pytest.mark.points(2)
    def test_sequential(self, run, task):
        """Carries the state, but no gradient, from minibatch to minibatch with sequential sampling.
        顺序分区时，状态从一个小批量传到下一个，梯度则不传。"""
        params, batches = task((3, 7), (3, 7), (3, 7))
        close(run(lambda impl: train(impl, Recurrent(params), batches)[:2]), epoch(params, batches))

    @pytest.mark.points(2)
    def test_random(self, run, task):
        """Starts each minibatch from a new state with random sampling.
        随机采样时，每个小批量都从新的状态开始。"""
        params, data = task((1, 20), (3, 8), (3, 8))
        close(run(lambda impl: train(impl, Recurrent(params), data, random=True)[:2]), epoch(params, data, random=True))

    @pytest.mark.points(2)
    def test_clipped(self, run, task):
        """Clips gradients at 1 before the update, with either kind of updater.
        无论用哪种更新方式，更新前都把梯度裁剪到 1。"""
        params, batches = task((2, 3), (2, 3))
        makers = own_updater, Descent
        found = run(lambda impl: [train(impl, Recurrent(params), batches, make, factor=9.0)[:2] for make in makers])
        close(found, 2 * [epoch(params, batches, factor=9.0)])

    @pytest.mark.points(2)
    def test_modules(self, agree, task):
        """Trains an nn.Module with an optimizer; its state is a tensor (nn.GRU) or a tuple of two (nn.LSTM).
        可以用优化器训练 nn.Module；其状态是一个张量（nn.GRU）或两个张量的元组（nn.LSTM）。"""
        _, batches = task((4, 5), (4, 5), (4, 5))
        agree(lambda impl: [train(impl, Module(*kind), batches, Descent) for kind in ((nn.GRU, 1), (nn.LSTM, 2))])

    def test_old_gradients(self, agree, task):
        """Clears gradients of earlier backward passes before an optimizer's step.
        使用优化器时，更新前清除之前遗留的梯度。"""
        params, batches = task((4, 5))

        def probe(impl):
            net = Recurrent(params)
            net(batches[0][0], net.begin_state(4, CPU))[0].sum().backward()
            return train(impl, net, batches, Descent)

        agree(probe)

    def test_perplexity(self, run, task):
        """Gives every token the same weight in the perplexity; train_iter may be a generator.
        计算困惑度时每个词元的权重相同，与小批量的大小无关；train_iter 可以是生成器。"""
        params, batches = task((1, 1), (3, 5))
        found = run(lambda impl: train(impl, Recurrent(params), iter(batches), lr=0.0, factor=1.0, random=True)[0])
        close(found, epoch(params, batches, 0.0, 1.0, random=True)[0])

    def test_losses_of_tokens(self, agree, task):
        """Accepts a loss that returns a value for each token, and minimises their mean.
        损失函数可以返回每个词元的损失；更新时沿它们平均值的梯度。"""
        params, batches = task((3, 7), (3, 7))
        agree(lambda impl: train(impl, Recurrent(params), batches, reduction="none"))

    def test_narrow_labels(self, agree, task):
        """Accepts labels of another integer dtype, non-contiguous minibatches and a float64 net.
        标签可以是其他整数类型，小批量可以是非连续的，网络可以是 float64。"""
        params, batches = task((7, 3), (7, 3))
        params, batches = [p.double() for p in params], [(X.T, Y.int().T) for X, Y in batches]
        agree(lambda impl: train(impl, Recurrent(params), batches))

    def test_device(self, agree, task):
        """Moves inputs and labels to the given device, and creates states there.
        把输入和标签移到指定的设备上，状态也建立在该设备上。"""
        params, batches = task((3, 7), (3, 7))

        def probe(impl):
            sent = set()
            return train(impl, Recurrent(params), cargo(batches, sent), device=CPU0), sorted(sent)

        agree(probe)

    def test_speed(self, run, task):
        """Returns the speed in tokens per second.
        返回的速度以每秒词元数为单位。"""
        params, batches = task((4, 5), (4, 5))  # 40 tokens

        def probe(impl):
            laps = []

            def slow(batch_size):
                lap = impl.Timer()
                while lap.stop() < 0.01 * batch_size:
                    pass
                laps.append(lap.stop())

            timer, net = impl.Timer(), Recurrent(params)
            perplexity, speed = impl.train_epoch_ch8(net, batches, F.cross_entropy, slow, CPU, False)
            return perplexity, 0.95 * sum(laps) < 40 / speed < 1.1 * timer.stop()

        close(run(probe), (epoch(params, batches, 0.0, 1.0)[0], True))
