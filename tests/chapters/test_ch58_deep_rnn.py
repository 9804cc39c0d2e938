"""ch58: RNNModel, deep_rnn, rnn_param_count."""

import pytest
import torch
from torch import nn

from dlgrade.testing import (
    close,
    gradients,
    parameter_gradients,
    promise,
    raises,
    set_parameters,
    standard,
    written_from_scratch,
)

VOCAB, HIDDENS = 6, 4
CPU, META = torch.device("cpu"), torch.device("meta")
KINDS = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


@pytest.fixture
def words(generator):
    """words(2, 5): random word indices of this shape."""
    return lambda *shape: torch.randint(VOCAB, shape, generator=generator)


@pytest.fixture
def between(generator):
    """between(2, 9): an integer from 2 to 9."""
    return lambda low, high: int(torch.randint(low, high + 1, (), generator=generator))


@pytest.fixture
def begun(randn):
    """begun(kind, depth, batch): a random state of torch's layer; for an LSTM it has two tensors."""

    def draw(kind, depth=1, batch=3, dtype=torch.float32):
        parts = randn(2, depth, batch, HIDDENS, dtype=dtype)
        return tuple(parts) if kind is nn.LSTM else parts[0]

    return draw


def model(impl, kind=nn.RNN, layers=1, both=False, hiddens=HIDDENS):
    """Return the submission's model around a layer of torch, with parameters that are set by name."""
    return set_parameters(impl.RNNModel(kind(VOCAB, hiddens, layers, bidirectional=both), VOCAB), seed=1)


def by_torch(X, state, kind=nn.RNN, layers=1, both=False):
    """Return the logits and the state of torch's layers, with the parameters of `model`."""
    rnn, linear = kind(VOCAB, HIDDENS, layers, bidirectional=both), nn.Linear((1 + both) * HIDDENS, VOCAB)
    net = set_parameters(nn.ModuleDict({"rnn": rnn, "linear": linear}), seed=1).requires_grad_(False)
    hidden, state = rnn(torch.eye(VOCAB)[X.T], state)
    return net["linear"](torch.cat(list(hidden))), state


@pytest.mark.exercise("RNNModel")
class TestRNNModel:
    @standard(
        promise.untouched,
        promise.float64(marks=pytest.mark.bonus),
        net=lambda impl: model(impl, nn.LSTM),
    )
    def arguments(self, words, begun, chance):
        batch, steps = chance.sample(range(2, 6), 2)
        return {"inputs": words(batch, steps), "state": begun(nn.LSTM, batch=batch)}

    @pytest.mark.points(2)
    def test_rnn(self, run, words, begun):
        """Returns the logits of all steps and the last state of an nn.RNN, as torch's layers do.
        返回 nn.RNN 所有时间步的 logits 和最后的状态，与 torch 的层一致。"""
        X, state = words(3, 5), begun(nn.RNN)
        close(run(lambda impl: model(impl)(X, state)), by_torch(X, state))

    @pytest.mark.points(2)
    def test_deep_lstm(self, run, words, begun):
        """Works with an LSTM of two layers, whose state is a tuple of H and C.
        可用于两层的 LSTM，其状态是 H 和 C 组成的元组。"""
        X, state = words(3, 4), begun(nn.LSTM, depth=2)
        close(run(lambda impl: model(impl, nn.LSTM, 2)(X, state)), by_torch(X, state, nn.LSTM, 2))

    @pytest.mark.points(2)
    def test_bidirectional(self, run, words, begun):
        """Predicts from both directions of a bidirectional GRU with one or two layers.
        双向 GRU 的预测用到两个方向的隐状态，一层或两层都可以。"""
        X = words(3, 4)
        for layers in (1, 2):
            state = begun(nn.GRU, depth=2 * layers)
            found = run(lambda impl, state=state, layers=layers: model(impl, nn.GRU, layers, both=True)(X, state))
            close(found, by_torch(X, state, nn.GRU, layers, both=True))

    def test_time_first(self, agree, words, begun):
        """Puts the rows of a step together, and gives each sequence the rows that it gets alone.
        同一时间步的各行排在一起；每个序列的结果与单独计算时相同。"""
        X, H = words(4, 3), begun(nn.GRU, batch=4)

        def probe(impl):
            net = model(impl, nn.GRU)
            alone = [net(X[[i]], H[:, [i]].contiguous())[0] for i in range(4)]
            return net(X, H)[0].reshape(3, 4, -1), torch.stack(alone, dim=1)

        agree(probe)

    def test_in_two_parts(self, agree, words, begun):
        """Gives the same for a sequence in two parts, because the state carries over.
        序列分成两段计算时结果不变：状态从前一段传到后一段。"""
        X, state = words(2, 5), begun(nn.LSTM, batch=2)

        def probe(impl):
            net = model(impl, nn.LSTM)
            Y, middle = net(X[:, :2], state)
            return Y, net(X[:, 2:], middle)

        agree(probe)

    def test_one_step_of_one(self, agree, words, begun):
        """Takes a single step of a single sequence, as in prediction.
        可以只有一个序列的一个时间步，预测时就是这样。"""
        X, state = words(1, 1), begun(nn.GRU, depth=2, batch=1)
        agree(lambda impl: model(impl, nn.GRU, 2)(X, state))

    def test_narrow_indices(self, agree, words, begun):
        """Takes indices of other integer types, and non-contiguous indices.
        索引可以是其他整数类型，在内存中可以不连续。"""
        X, state = words(5, 3), begun(nn.RNN)
        agree(lambda impl: [model(impl)(indices, state) for indices in (X.T, X.T.int(), X.T.to(torch.uint8))])

    def test_given_layer(self, agree, between):
        """Has the given layer itself, not a copy, and its sizes.
        保存的是传入的循环层本身（而不是副本），以及它的各个大小。"""
        vocab, hiddens = between(2, 30), between(2, 30)

        def probe(impl):
            found = []
            for both in (False, True):
                layer = nn.GRU(vocab, hiddens, bidirectional=both)
                net = impl.RNNModel(layer, vocab)
                found.append((net.rnn is layer, net.vocab_size, net.num_hiddens, net.num_directions))
            return found

        agree(probe)

    @pytest.mark.points(2)
    def test_begin_state(self, run, between):
        """Begins with a tensor of zeros for nn.RNN and nn.GRU, with all layers, directions and sequences.
        nn.RNN 和 nn.GRU 的初始状态是一个零张量，包括每层、每个方向、每个序列。"""
        batch, hiddens = between(2, 30), between(2, 30)
        cases = (nn.RNN, 1, False), (nn.GRU, 3, False), (nn.RNN, 1, True), (nn.GRU, 3, True)
        found = run(lambda impl: [model(impl, *case, hiddens).begin_state(CPU, batch) for case in cases])
        close(found, [torch.zeros((1 + both) * layers, batch, hiddens) for _, layers, both in cases])

    @pytest.mark.points(2)
    def test_begin_state_of_lstm(self, run, between):
        """Begins with two tensors of zeros for nn.LSTM, which share no memory.
        nn.LSTM 的初始状态是两个零张量；修改其中一个不影响另一个。"""
        batch, hiddens = between(2, 30), between(2, 30)

        def probe(impl):
            state = model(impl, nn.LSTM, 2, True, hiddens).begin_state(batch_size=batch, device=CPU)
            before = state[-1].clone()
            state[0].add_(1)
            return before, state

        zeros = torch.zeros(4, batch, hiddens)
        close(run(probe), (zeros, (zeros + 1, zeros)))

    def test_begin_state_of_one(self, run, between):
        """Begins with a batch of one by default.
        默认的批量大小为 1。"""
        hiddens = between(2, 30)
        found = run(lambda impl: [model(impl, kind, hiddens=hiddens).begin_state(CPU) for kind in (nn.RNN, nn.LSTM)])
        zeros = torch.zeros(1, 1, hiddens)
        close(found, [zeros, (zeros, zeros)])

    def test_device(self, agree, between):
        """Creates the state on the given device.
        在指定的设备上创建初始状态。"""
        batch = between(2, 30)

        def probe(impl):
            H, pair = (model(impl, kind).begin_state(META, 2) for kind in (nn.GRU, nn.LSTM))
            return [part.device.type for part in (H, *pair)], model(impl).begin_state(CPU, batch)

        agree(probe)

    @pytest.mark.points(2)
    def test_gradients(self, agree, words, begun):
        """Gives the state, the recurrent layer and the linear layer the right gradients.
        初始状态、循环层和线性层的梯度正确。"""
        X, H = words(3, 4), begun(nn.GRU, depth=4)

        def probe(impl):
            net = model(impl, nn.GRU, 2, both=True)
            of_state = gradients(lambda H: net(X, H)[0], H)
            return of_state, parameter_gradients(net)

        agree(probe)


@pytest.fixture
def case(randn):
    """Return (inputs, states, params, W_hq, b_q); by default, all layers are as wide as the inputs."""

    def draw(*widths, steps=4, batch=3, dtype=torch.float32):
        widths, params = widths or 3 * (VOCAB,), []
        for below, width in zip((VOCAB, *widths), widths, strict=False):
            shapes = (below, width), (width, width), (width,)
            params.append(tuple(0.7 * randn(*shape, dtype=dtype) for shape in shapes))
        states = [randn(batch, width, dtype=dtype) for width in widths]
        output = randn(widths[-1], 5, dtype=dtype), randn(5, dtype=dtype)
        return randn(steps, batch, VOCAB, dtype=dtype), states, params, *output

    return draw


def torch_layers(inputs, states, params, W_hq, b_q):
    """Return outputs and states by torch's recurrent layers, one after the other."""
    last = []
    for H, (W_xh, W_hh, b_h) in zip(states, params, strict=True):
        layer = nn.RNN(*W_xh.shape)
        values = W_xh.T, W_hh.T, b_h, 0 * b_h
        layer.load_state_dict(dict(zip(layer.state_dict(), values, strict=True)))
        inputs, H = layer.requires_grad_(False)(inputs, H[None])
        last.append(H[0])
    return inputs.flatten(0, 1) @ W_hq + b_q, last


def torch_stack(inputs, states, params, W_hq, b_q):
    """Return the same by a single nn.RNN of several layers, all with the same width."""
    stack = nn.RNN(*params[0][0].shape, num_layers=len(params))
    values = [value for W_xh, W_hh, b_h in params for value in (W_xh.T, W_hh.T, b_h, 0 * b_h)]
    stack.load_state_dict(dict(zip(stack.state_dict(), values, strict=True)))
    hidden, last = stack.requires_grad_(False)(inputs, torch.stack(states))
    return hidden.flatten(0, 1) @ W_hq + b_q, list(last)


@pytest.mark.exercise("deep_rnn")
class TestDeepRnn:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.gradients("inputs", "states", "params", "W_hq", "b_q", of=0),
    )
    def arguments(self, case, chance):
        steps, batch = chance.sample(range(2, 6), 2)
        names = "inputs", "states", "params", "W_hq", "b_q"
        return dict(zip(names, case(steps=steps, batch=batch), strict=True))

    @pytest.mark.points(2)
    def test_outputs(self, run, case):
        """Returns the outputs of torch.nn.RNN with three layers, from states of zeros.
        从零状态出发，各时间步的输出与三层的 torch.nn.RNN 一致。"""
        inputs, states, *parameters = case()
        arguments = inputs, [torch.zeros_like(H) for H in states], *parameters
        close(run(lambda impl: impl.deep_rnn(*arguments)[0]), torch_stack(*arguments)[0])

    @pytest.mark.points(2)
    def test_states(self, run, case):
        """Starts from the given states, and returns the last state of every layer.
        从传入的状态出发，并返回每一层最后的状态。"""
        arguments = case()
        close(run(lambda impl: impl.deep_rnn(*arguments)), torch_stack(*arguments))

    def test_one_layer(self, run, case):
        """Is a plain recurrent network if there is a single layer.
        只有一层时，就是普通的循环神经网络。"""
        arguments = case(7)
        close(run(lambda impl: impl.deep_rnn(*arguments)), torch_stack(*arguments))

    def test_widths(self, run, case):
        """Takes layers of different widths.
        各层的宽度可以不同。"""
        arguments = case(4, 3, 7, 4)
        close(run(lambda impl: impl.deep_rnn(*arguments)), torch_layers(*arguments))

    def test_same_step(self, run, case):
        """Passes the inputs of a step through all layers within the step.
        每个时间步的输入，在该时间步内就传过所有层。"""
        inputs, states, params, W_hq, b_q = case(steps=1)
        states, H = [torch.zeros_like(H) for H in states], inputs[0]
        for W_xh, _, b_h in params:
            H = torch.tanh(H @ W_xh + b_h)
        close(run(lambda impl: impl.deep_rnn(inputs, states, params, W_hq, b_q)[0]), H @ W_hq + b_q)

    def test_each_layer_remembers(self, run, case):
        """Continues every layer from its own state, also if the layer reads nothing from below.
        每一层都延续自己的状态；即使不读取前一层，也是如此。"""
        inputs, states, params, W_hq, b_q = case()
        params = [(torch.zeros_like(W_xh), W_hh, b_h) for W_xh, W_hh, b_h in params]
        expected = states
        for _ in inputs:
            expected = [torch.tanh(H @ W_hh + b_h) for H, (_, W_hh, b_h) in zip(expected, params, strict=True)]
        close(run(lambda impl: impl.deep_rnn(inputs, states, params, W_hq, b_q)[1]), expected)

    def test_time_first(self, agree, case):
        """Puts the rows of a step together, and gives each sequence the rows that it gets alone.
        同一时间步的各行排在一起；每个序列的结果与单独计算时相同。"""
        inputs, states, *parameters = case(steps=3, batch=4)

        def probe(impl):
            each = range(inputs.shape[1])
            alone = [impl.deep_rnn(inputs[:, [i]], [H[[i]] for H in states], *parameters)[0] for i in each]
            together = impl.deep_rnn(inputs, list(states), *parameters)[0]
            return together.reshape(3, 4, -1), torch.stack(alone, dim=1)

        agree(probe)

    def test_in_two_parts(self, agree, case):
        """Gives the same for a sequence in two parts, because the states carry over.
        序列分成两段计算时结果不变：各层的状态从前一段传到后一段。"""
        inputs, states, *parameters = case(steps=5)

        def probe(impl):
            Y, middle = impl.deep_rnn(inputs[:2], states, *parameters)
            middle = (*middle, *states)[: len(states)]
            return Y, impl.deep_rnn(inputs[2:], middle, *parameters)

        agree(probe)

    def test_one_step_of_one(self, agree, case):
        """Takes a single step of a single sequence, and the states as a tuple or a tensor.
        可以只有一个序列的一个时间步；各层的状态可以是元组或一个张量。"""
        inputs, states, params, *output = case(steps=1, batch=1)
        forms = (tuple(states), tuple(params)), (torch.stack(states), params)
        agree(lambda impl: [impl.deep_rnn(inputs, *form, *output) for form in forms])

    def test_large_inputs(self, agree, case):
        """Saturates for large inputs, without overflow or NaN.
        输入很大时隐状态饱和，不会溢出或出现 NaN。"""
        inputs, *others = case(dtype=torch.float64)
        agree(lambda impl: impl.deep_rnn(1e4 * inputs, *others))

    test_from_scratch = written_from_scratch


def learned(inputs, hiddens, layers, kind, both=False):
    """Return the number of parameters of torch's module."""
    return sum(p.numel() for p in KINDS[kind](inputs, hiddens, layers, bidirectional=both).parameters())


def counts(run, cases):
    """Compare the counts of these cases with those of torch's modules."""
    close(run(lambda impl: [impl.rnn_param_count(*case) for case in cases]), [learned(*case) for case in cases])


@pytest.fixture
def sizes(between):
    """sizes(): inputs and hidden units. Inputs are odd, and never equal the units of one or both directions."""
    return lambda: (2 * between(1, 15) + 1, 2 * between(1, 15))


@pytest.mark.exercise("rnn_param_count")
class TestRnnParamCount:
    @pytest.mark.points(2)
    def test_one_layer(self, run, sizes):
        """Counts the parameters of a single layer.
        单层循环神经网络的参数个数正确。"""
        counts(run, [(*sizes(), 1, "rnn"), (*sizes(), 1, "rnn"), (1, 1, 1, "rnn")])

    @pytest.mark.points(2)
    def test_kinds(self, run, sizes):
        """Counts the gates and the candidates of GRU and LSTM.
        计入门控循环单元和长短期记忆网络的各个门，以及候选状态。"""
        counts(run, [(*sizes(), 1, kind) for kind in ("gru", "lstm", "gru", "lstm")])

    @pytest.mark.points(2)
    def test_layers(self, run, sizes):
        """Counts every layer; the lowest layer reads the inputs, the others read the layer below.
        每一层都计入：最底层读取输入，其余各层读取前一层的隐状态。"""
        counts(run, [(*sizes(), 2, "rnn"), (*sizes(), 3, "gru"), (*sizes(), 4, "lstm")])

    def test_bidirectional(self, run, sizes):
        """Counts both directions of a bidirectional layer.
        双向层的两个方向都计入。"""
        counts(run, [(*sizes(), 1, kind, both) for kind in KINDS for both in (True, False)])

    @pytest.mark.points(2)
    def test_deep_bidirectional(self, run, sizes):
        """Lets each direction of a layer read both directions of the layer below.
        深度双向网络中，每一层的每个方向都读取前一层的两个方向。"""
        counts(run, [(*sizes(), 2, "rnn", True), (*sizes(), 3, "gru", True), (*sizes(), 4, "lstm", True)])

    def test_book_example(self, run):
        """Returns 819200 for an LSTM with 28 inputs and two layers of 256, and 2162688 for both directions.
        有 28 个输入、两层各 256 个隐藏单元的 LSTM 有 819200 个参数；双向时有 2162688 个。"""
        found = run(lambda impl: [impl.rnn_param_count(28, 256, 2, "lstm", bidirectional=b) for b in (False, True)])
        close(found, [819_200, 2_162_688])

    def test_exact(self, run, between):
        """Returns exact integers of any size.
        无论多大，都是精确的整数。"""
        inputs = 10**9 + 2 * between(0, 1000) + 1
        hiddens = inputs + 2
        found = run(lambda impl: impl.rnn_param_count(inputs, hiddens, 2, "rnn"))
        close(found, hiddens * (inputs + 3 * hiddens + 4))

    @pytest.mark.needs("one_layer")
    def test_unknown_kind(self, agree, sizes):
        """Raises ValueError for a kind that torch does not have.
        torch 没有的种类会抛出 ValueError。"""
        given = *sizes(), 1

        def probe(impl):
            refused = [raises(lambda k=k: impl.rnn_param_count(*given, k), ValueError) for k in ("cnn", "RNN", "")]
            return refused, impl.rnn_param_count(*given, "gru")

        agree(probe)

    test_from_scratch = written_from_scratch
