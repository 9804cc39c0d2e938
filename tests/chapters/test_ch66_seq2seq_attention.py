"""ch66: AttentionDecoder, Seq2SeqAttentionDecoder, stack_attention."""

import pytest
import torch
from torch import nn

from dlgrade.testing import close, gradients, promise, set_parameters, standard

VOCAB, EMBED, HIDDEN = 9, 3, 4


def told(action):
    """Return the result of an action, or the name of the exception that it raises."""
    try:
        return action()
    except Exception as error:
        return type(error).__name__


@pytest.mark.exercise("AttentionDecoder")
class TestAttentionDecoder:
    @pytest.mark.points(2)
    def test_not_implemented(self, agree, randn):
        """Reading attention_weights, without a call, raises NotImplementedError.
        读取 attention_weights（不加括号）会抛出 NotImplementedError。"""
        weights = randn(2, 1, 3)

        def probe(impl):
            interface = impl.AttentionDecoder()
            own = type("Own", (type(interface),), {"attention_weights": weights})()
            return told(lambda: type(interface.attention_weights).__name__), own.attention_weights

        agree(probe)

    def test_subclass_with_weights(self, agree, randn):
        """A subclass can replace attention_weights by its own property; otherwise it raises NotImplementedError.
        子类可以用自己的 property 代替 attention_weights；否则读取时抛出 NotImplementedError。"""
        weights = randn(2, 1, 3)

        def probe(impl):
            interface = type(impl.AttentionDecoder())
            own = property(lambda self: [weights, self.layer.weight])
            looking = type("Looking", (interface,), {"attention_weights": own})()
            looking.layer = nn.Linear(2, 2)
            set_parameters(looking, seed=0)
            blind = type("Blind", (interface,), {})()
            return looking.attention_weights, told(lambda: type(blind.attention_weights).__name__)

        agree(probe)


class Drawn:
    """Random inputs of a decoder: target words, the encoder's outputs, time first, and its last state."""

    def __init__(self, generator, randn):
        self.generator, self.randn = generator, randn

    def __call__(self, batch, steps, source, layers=2):
        X = torch.randint(VOCAB, (batch, steps), generator=self.generator)
        return X, self.randn(source, batch, HIDDEN), self.randn(layers, batch, HIDDEN)


@pytest.fixture
def draw(generator, randn):
    return Drawn(generator, randn)


def decoder(impl, layers=2, dropout=0.0):
    return set_parameters(impl.Seq2SeqAttentionDecoder(VOCAB, EMBED, HIDDEN, layers, dropout=dropout), seed=3)


def decode(net, X, outputs, state, lengths=None):
    """Return the logits, the new state as a list, and the attention weights, from the encoder's outputs and state."""
    logits, new = net(X, net.init_state((outputs, state), lengths))
    return logits, list(new), list(net.attention_weights)


def look(net, query, keys, length):
    """Return the weights of a query over the keys of its sentence: a softmax up to its length, then zeros."""
    hidden = torch.tanh(query @ net["W_q"].weight.T + keys[:length] @ net["W_k"].weight.T)
    weights = torch.zeros(len(keys))
    weights[:length] = (hidden @ net["w_v"].weight[0]).softmax(dim=0)
    return weights


def decoded(X, outputs, state, lengths=None):
    """Return the right result of `decode`, step by step with torch's layers, and sentence by sentence in attention."""
    attention = nn.ModuleDict({name: nn.Linear(HIDDEN, HIDDEN, bias=False) for name in ("W_k", "W_q")})
    attention["w_v"] = nn.Linear(HIDDEN, 1, bias=False)
    parts = {"attention": attention, "embedding": nn.Embedding(VOCAB, EMBED), "dense": nn.Linear(HIDDEN, VOCAB)}
    net = nn.ModuleDict(parts | {"rnn": nn.GRU(HIDDEN + EMBED, HIDDEN, len(state))})
    net = set_parameters(net, seed=3).requires_grad_(False)
    sentences = outputs.unbind(dim=1)
    ends = lengths or [len(outputs)] * len(sentences)
    kept, logits, now = [], [], state
    for column in X.unbind(dim=1):
        rows = [look(attention, *one) for one in zip(now[-1], sentences, ends, strict=True)]
        contexts = torch.stack([weights @ keys for weights, keys in zip(rows, sentences, strict=True)])
        _, now = net["rnn"](torch.cat([contexts, net["embedding"](column)], dim=1)[None], now)
        logits.append(net["dense"](now[-1]))
        kept.append(torch.stack(rows)[:, None])
    lengths = None if lengths is None else torch.tensor(lengths)
    return torch.stack(logits, dim=1), [torch.stack(sentences), now, lengths], kept


@pytest.mark.exercise("Seq2SeqAttentionDecoder")
class TestSeq2SeqAttentionDecoder:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.gradients("outputs", "state", of=0),
        net=decoder,
        call=decode,
    )
    def arguments(self, draw, chance):
        X, outputs, state = draw(2, *chance.sample(range(3, 6), 2))
        return {"X": X, "outputs": outputs, "state": state, "lengths": torch.tensor([3, 2])}

    @pytest.mark.points(2)
    def test_logits(self, run, draw):
        """At each step, attends with the last state of the top layer, reads a word and predicts the next; batch first.
        每一步用上一步顶层的隐状态作查询，由上下文和当前的词预测下一个词；批量在前。"""
        inputs = draw(3, 4, 5)
        close(run(lambda impl: decode(decoder(impl), *inputs)[0]), decoded(*inputs)[0])

    @pytest.mark.points(2)
    def test_valid_lengths(self, run, draw):
        """Does not attend to the padding of the source.
        不注意源句子的填充。"""
        inputs, lengths = draw(3, 4, 6), [2, 6, 3]
        logits = run(lambda impl: decode(decoder(impl), *inputs, torch.tensor(lengths))[0])
        close(logits, decoded(*inputs, lengths)[0])

    @pytest.mark.points(2)
    def test_init_state(self, agree, draw):
        """The first state has the encoder's outputs, batch first, its state and the lengths; ignores further arguments.
        初始状态由批量在前的编码器输出、编码器的状态和有效长度组成；忽略多余的参数。"""
        _, *encoded = draw(3, 1, 4)
        lengths = torch.tensor([4, 1, 2])

        def probe(impl):
            net = decoder(impl)
            return [list(net.init_state(encoded, *more)) for more in ((lengths,), (None,), (lengths, 5, "more"))]

        agree(probe)

    def test_new_state(self, run, draw):
        """Returns the same outputs and lengths, and the state of all layers after the last step.
        返回原样的编码器输出和有效长度，以及所有层在最后一个时间步之后的隐状态。"""
        inputs, lengths = draw(2, 3, 4), [3, 1]
        state = run(lambda impl: decode(decoder(impl), *inputs, torch.tensor(lengths))[1])
        close(state, decoded(*inputs, lengths)[1])

    @pytest.mark.points(2)
    def test_attention_weights(self, run, draw):
        """Keeps a tensor of weights for each step, (batch, 1, source steps).
        每个时间步保存一个权重张量，形状为（批量大小，1，源时间步数）。"""
        inputs, lengths = draw(2, 3, 5), [5, 2]
        weights = run(lambda impl: decode(decoder(impl), *inputs, torch.tensor(lengths))[2])
        close(weights, decoded(*inputs, lengths)[2])

    def test_weights_of_the_last_call(self, run, draw):
        """Keeps only the weights of the last call.
        只保留最近一次调用的权重。"""
        before, inputs = draw(3, 4, 2), draw(2, 2, 3)

        def probe(impl):
            net = decoder(impl)
            decode(net, *before)
            return decode(net, *inputs)[2]

        close(run(probe), decoded(*inputs)[2])

    @pytest.mark.points(2)
    def test_step_by_step(self, run, draw):
        """Gives the same word by word, with the state passed on, as for all words at once.
        逐个词输入并传递状态，与一次输入所有词的结果相同。"""
        inputs, lengths = draw(2, 4, 5), [3, 5]

        def probe(impl):
            net, (X, outputs, hidden) = decoder(impl), inputs
            state, logits, kept = net.init_state((outputs, hidden), torch.tensor(lengths)), [], []
            for column in X.split(1, dim=1):
                step, state = net(column, state)
                logits.append(step)
                kept += net.attention_weights
            return torch.cat(logits, dim=1), list(state), kept

        close(run(probe), decoded(*inputs, lengths))

    def test_layers(self, run, draw):
        """The query is the state of the top layer, for one layer and for three.
        查询是顶层的隐状态，只有一层或有三层时都是如此。"""
        inputs = [draw(2, 3, 4, layers=layers) for layers in (1, 3)]
        results = run(lambda impl: [decode(decoder(impl, len(each[2])), *each) for each in inputs])
        close(results, [decoded(*each) for each in inputs])

    def test_one_sentence(self, run, draw):
        """Takes a batch of one, a single step, and a source of one word.
        可接受只有一个句子的批量、只有一个时间步，以及只有一个词的源句子。"""
        inputs = draw(1, 3, 5), draw(1, 1, 4), draw(2, 2, 1)
        results = run(lambda impl: [decode(decoder(impl), *each) for each in inputs])
        close(results, [decoded(*each) for each in inputs])

    def test_dropout(self, agree, draw):
        """Drops attention weights and between layers in training, not in evaluation; keeps the weights before dropout.
        训练时对注意力权重和层与层之间应用暂退法，评估时不用；保存的是暂退之前的权重。"""
        inputs = draw(2, 3, 4)
        agree(
            lambda impl: [
                decode(net, *inputs) for net in (decoder(impl, dropout=1.0), decoder(impl, dropout=1.0).eval())
            ]
        )


@pytest.fixture
def weights(randn):
    """weights(4, 3): the weights of 4 steps over 3 source steps, each (1, 1, 3)."""
    return lambda steps, source: list(randn(steps, 1, 1, source).softmax(dim=3).unbind())


@pytest.mark.exercise("stack_attention")
class TestStackAttention:
    @standard(promise.untouched, promise.float64_transposed)
    def arguments(self, weights, chance):
        return {"steps": weights(*chance.sample(range(2, 7), 2))}

    @pytest.mark.points(2)
    def test_matrix(self, run, weights):
        """Row t has the weights of step t.
        第 t 行是第 t 步的权重。"""
        steps = weights(4, 3)
        close(run(lambda impl: impl.stack_attention(steps)), torch.cat(steps)[None].transpose(1, 2))

    def test_one_step(self, run, weights):
        """Takes a single step.
        可接受只有一个时间步的情形。"""
        steps = weights(1, 5)
        close(run(lambda impl: impl.stack_attention(steps)), steps[0][None])

    def test_one_key(self, agree, randn):
        """Takes a source of one word.
        可接受只有一个词的源句子。"""
        steps = list(randn(3, 1, 1, 1).unbind())
        agree(lambda impl: impl.stack_attention(steps))

    def test_as_many_steps_as_keys(self, run, weights):
        """Each row sums to 1, also if there are as many steps as keys.
        时间步数与键数相等时，每一行之和也为 1。"""
        steps = weights(4, 4)
        close(run(lambda impl: impl.stack_attention(steps)), torch.stack([step[0, 0] for step in steps])[None, None])

    def test_tuple(self, agree, weights):
        """Takes a tuple.
        可以传入 tuple。"""
        steps = tuple(weights(2, 3))
        agree(lambda impl: impl.stack_attention(steps))

    def test_gradients(self, agree, randn):
        """Gradients flow to each step.
        梯度可以传到每个时间步。"""
        steps = randn(3, 1, 1, 4, dtype=torch.float64).unbind()
        agree(lambda impl: gradients(lambda *each: impl.stack_attention(each) ** 2, *steps))
