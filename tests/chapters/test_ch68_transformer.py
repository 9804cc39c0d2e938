"""ch68: PositionWiseFFN, AddNorm, EncoderBlock, TransformerEncoder, DecoderBlock, TransformerDecoder."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import (
    close,
    expect,
    promise,
    set_parameters,
    standard,
    written_from_scratch,
)

VOCAB, WIDTH, FFN, HEADS, SIZES = 9, 8, 5, 2, (8, 8, 8, 8)


@pytest.fixture
def words(generator):
    """words(2, 5): random word indices of this shape."""
    return lambda *shape: torch.randint(VOCAB, shape, generator=generator)


def lengths(chance, n, most):
    """Draw valid lengths of n examples."""
    return torch.tensor([chance.randint(1, most) for _ in range(n)])


def ffn(impl, *sizes):
    return set_parameters(impl.PositionWiseFFN(*sizes), seed=0)


def add_norm(impl, shape, dropout=0.0):
    return set_parameters(impl.AddNorm(shape, dropout), seed=0)


def encoder_block(impl, norm_shape=(WIDTH,), dropout=0.0, **bias):
    return set_parameters(impl.EncoderBlock(*SIZES, norm_shape, WIDTH, FFN, HEADS, dropout, **bias), seed=1)


def decoder_block(impl, norm_shape=(WIDTH,), dropout=0.0, i=0):
    return set_parameters(impl.DecoderBlock(*SIZES, norm_shape, WIDTH, FFN, HEADS, dropout, i), seed=2)


def encoder(impl, layers=2, norm_shape=(WIDTH,), dropout=0.0, **bias):
    sizes = *SIZES, norm_shape, WIDTH, FFN, HEADS, layers
    return set_parameters(impl.TransformerEncoder(VOCAB, *sizes, dropout, **bias), seed=3)


def decoder(impl, layers=2, norm_shape=(WIDTH,), dropout=0.0):
    sizes = *SIZES, norm_shape, WIDTH, FFN, HEADS, layers
    return set_parameters(impl.TransformerDecoder(VOCAB, *sizes, dropout), seed=4)


def decode(net, X, enc_outputs, valid_lens=None):
    """Return the output of a DecoderBlock or TransformerDecoder for X, with a new state."""
    return net(X, [enc_outputs, valid_lens, [None] * 4])[0]


def step_by_step(net, X, state):
    """Return the results of a DecoderBlock in evaluation, step by step: [(output, state), ...]."""
    results = []
    for x in X.split(1, dim=1):
        Y, state = net.eval()(x, state)
        results.append((Y, [*state[:2], list(state[2])]))
    return results


def in_both_modes(net, call, layers=()):
    """Return the results of call(net) in training and in evaluation, and the outputs of these layers in both."""
    seen = []
    for layer in map(net.get_submodule, layers):
        layer.register_forward_hook(lambda _layer, _inputs, output: seen.append(output))
    return call(net.train()), call(net.eval()), seen


def kept(net, call, layers):
    """Return the results of call(net) if one sublayer in turn gives ones and the others give zeros."""
    for name, parameter in net.named_parameters():
        nn.init.constant_(parameter, float(name.startswith("addnorm") and name.endswith("weight")))
        if name == f"addnorm{len(layers)}.ln.bias":
            parameter.data = torch.arange(WIDTH) / 100
    chosen, results = [""], []
    for name in layers:
        net.get_submodule(name).register_forward_hook(
            lambda _layer, _inputs, output, name=name: torch.full_like(output, name == chosen[0])
        )
    for chosen[0] in layers:
        results.append(call(net))
    return results


def fair(results, dropout):
    """In the judge: require that this share of the ones of each sublayer is dropped."""
    # AddNorm makes the ones that are left positive, except in rows without a dropped one: they become the bias.
    share = (1 - dropout) - (1 - dropout) ** WIDTH
    for Z in results:
        left = (Z > 0.1).sum() - share * Z.numel()
        text = f"A share of {dropout:.2f} of the output of each sublayer should be dropped."
        expect(abs(left) < 5 * math.sqrt(Z.numel() / 4), text, f"每个子层的输出应当以概率 {dropout:.2f} 被丢弃。")


# For the judge: torch's own layers, with the parameters that set_parameters gives the exercises'.


def normalised(X, shape):
    return set_parameters(nn.ModuleDict({"ln": nn.LayerNorm(shape)}), seed=0)["ln"](X).detach()


def parts_of(*attentions):
    """The layers of a block, under the exercises' names."""
    parts = {
        name: nn.ModuleDict({f"W_{x}": nn.Linear(WIDTH, WIDTH, bias=False) for x in "qkvo"}) for name in attentions
    }
    parts["ffn"] = nn.ModuleDict({"dense1": nn.Linear(WIDTH, FFN), "dense2": nn.Linear(FFN, WIDTH)})
    for i in range(len(attentions) + 1):
        parts[f"addnorm{i + 1}"] = nn.ModuleDict({"ln": nn.LayerNorm(WIDTH)})
    return nn.ModuleDict(parts)


def fill(twin, parts, seed):
    """Give torch's layer of encoder or decoder these parts, with parameters from the seed."""
    set_parameters(parts, seed)
    for name, net in (("attention", "self_attn"), ("attention1", "self_attn"), ("attention2", "multihead_attn")):
        if name in parts:
            net, layers = getattr(twin, net), [parts[name][f"W_{x}"] for x in "qkv"]
            net.in_proj_weight.data = torch.cat([layer.weight for layer in layers]).detach()
            net.out_proj.weight = parts[name]["W_o"].weight
    twin.linear1, twin.linear2 = parts["ffn"]["dense1"], parts["ffn"]["dense2"]
    for i in range(3):
        if f"addnorm{i + 1}" in parts:
            setattr(twin, f"norm{i + 1}", parts[f"addnorm{i + 1}"]["ln"])
    twin.requires_grad_(False)


def behind(valid_lens, steps):
    """Return a mask of the padding, (batch, steps)."""
    return None if valid_lens is None else torch.arange(steps) >= valid_lens[:, None]


def encoder_layer(X, valid_lens=None):
    """Return torch.nn.TransformerEncoderLayer's output, with the parameters of encoder_block."""
    twin = nn.TransformerEncoderLayer(WIDTH, HEADS, FFN, 0.0, batch_first=True)
    fill(twin, parts_of("attention"), seed=1)
    return twin.to(X.dtype)(X, src_key_padding_mask=behind(valid_lens, X.shape[1]))


def decoder_layer(X, enc_outputs, valid_lens=None):
    """Return torch.nn.TransformerDecoderLayer's output under a causal mask, with the parameters of decoder_block."""
    twin = nn.TransformerDecoderLayer(WIDTH, HEADS, FFN, 0.0, batch_first=True)
    fill(twin, parts_of("attention1", "attention2"), seed=2)
    later, padding = torch.ones(X.shape[1], X.shape[1]).triu(1).bool(), behind(valid_lens, enc_outputs.shape[1])
    return twin.to(X.dtype)(X, enc_outputs, tgt_mask=later, memory_key_padding_mask=padding)


@pytest.mark.exercise("PositionWiseFFN")
class TestPositionWiseFFN:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64_transposed,
        promise.gradients("X"),
        net=lambda impl: ffn(impl, 4, 5, 3),
        call=lambda net, X: [net(X), net(X[:1])],
    )
    def arguments(self, randn, chance):
        n, steps = chance.sample(range(2, 6), 2)
        return {"X": randn(n, steps, 4)}

    @pytest.mark.points(2)
    def test_mlp(self, run, randn):
        """Applies a linear layer, a ReLU and another linear layer to the last axis.
        在最后一个轴上依次做线性变换、ReLU 和线性变换。"""
        X = randn(3, 5, 4)
        net = set_parameters(nn.ModuleDict({"dense1": nn.Linear(4, 6), "dense2": nn.Linear(6, 3)}), seed=0)
        close(run(lambda impl: ffn(impl, 4, 6, 3)(X)), net["dense2"](F.relu(net["dense1"](X))).detach())

    def test_every_position(self, agree, randn):
        """Treats all positions alike: a position by itself gives the same result.
        各位置使用同一个网络，互不影响：单独输入一个位置，结果不变。"""
        X, order = randn(2, 4, 4), torch.tensor([2, 0, 3, 1])
        agree(lambda impl: [ffn(impl, 4, 7, 4)(x) for x in (X, X[:, order], X[1:, 2:3])])


@pytest.mark.exercise("AddNorm")
class TestAddNorm:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.gradients("X", "Y"),
        net=lambda impl: add_norm(impl, 4),
        call=lambda net, X, Y: [net(X, Y), net(X[:1], Y[:1])],
    )
    def arguments(self, randn, chance):
        n, steps = chance.sample(range(2, 6), 2)
        return {"X": randn(n, steps, 4), "Y": randn(n, steps, 4)}

    @pytest.mark.points(2)
    def test_layer_norm(self, run, randn):
        """Normalises X + Y over the last axis or the last two, as torch's layer_norm does.
        对 X 与 Y 之和在最后一个（或两个）轴上做层规范化，与 torch 的 layer_norm 一致。"""
        X, Y = randn(2, 3, 4), 2 * randn(2, 3, 4) + 1
        results = run(lambda impl: [add_norm(impl, shape)(X, Y) for shape in (4, [4], [3, 4])])
        close(results, [normalised(X + Y, shape) for shape in (4, [4], [3, 4])])

    def test_new_layer(self, run, randn):
        """A new layer gives mean 0 and variance 1, with the default eps of torch.
        新建的层输出均值为 0、方差为 1，eps 取 torch 的默认值。"""
        X, Y = randn(2, 2, 6), randn(2, 2, 6)
        results = run(lambda impl: [impl.AddNorm(6, 0.0)(X / n, Y / n) for n in (1, 500)])
        close(results, [F.layer_norm((X + Y) / n, (6,)) for n in (1, 500)])

    def test_dropout(self, run, randn):
        """Drops elements of Y in training, never of X, before it adds and normalises.
        训练时只丢弃 Y 的元素，不丢弃 X 的，然后相加，再做规范化。"""
        X, Y = randn(300, 2, 4), randn(300, 2, 4)
        masks = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 4)  # the 16 ways to drop
        ways = torch.stack([normalised(X + Y * mask / 0.75, 4) for mask in masks])
        Z = run(lambda impl: add_norm(impl, 4, 0.25)(X, Y))
        best = (ways - Z).abs().sum(dim=3).argmin(dim=0)
        close(Z, ways.gather(0, best[None, :, :, None].expand(1, -1, -1, 4))[0])
        fair = abs(masks[best].sum() - 1800) < 5 * math.sqrt(2400 * 0.25 * 0.75)
        expect(fair, "A quarter of Y's elements should be dropped.", "应当有四分之一的 Y 的元素被丢弃。")

    def test_all_dropped(self, run, randn):
        """Returns the normalised X if all of Y is dropped, and drops nothing in evaluation mode.
        Y 全部被丢弃时，返回规范化后的 X；评估模式下什么也不丢弃。"""
        X, Y = randn(2, 3, 4), randn(2, 3, 4)
        results = run(lambda impl: [add_norm(impl, 4, 1.0)(X, Y), add_norm(impl, 4, 0.5).eval()(X, Y)])
        close(results, [normalised(X, 4), normalised(X + Y, 4)])


@pytest.mark.exercise("EncoderBlock")
class TestEncoderBlock:
    @standard(promise.untouched, promise.float64_transposed, promise.gradients("X"), net=encoder_block)
    def arguments(self, randn, chance):
        n, steps = chance.sample(range(2, 6), 2)
        return {"X": randn(n, steps, WIDTH), "valid_lens": lengths(chance, n, steps)}

    @pytest.mark.points(2)
    def test_torch_layer(self, run, randn):
        """Agrees with torch.nn.TransformerEncoderLayer, also for a batch of one or a single step.
        与 torch.nn.TransformerEncoderLayer 一致，只有一个样本或一个时间步时也是如此。"""
        inputs = [randn(3, 5, WIDTH), randn(1, 4, WIDTH), randn(2, 1, WIDTH)]
        close(run(lambda impl: [encoder_block(impl)(X, None) for X in inputs]), [encoder_layer(X) for X in inputs])

    @pytest.mark.points(2)
    def test_valid_lens(self, run, randn):
        """No step sees the padding beyond the valid length of its example.
        任何时间步都看不到有效长度之后的填充。"""
        X, valid_lens = randn(3, 6, WIDTH), torch.tensor([2, 6, 3])
        close(run(lambda impl: encoder_block(impl)(X, valid_lens)), encoder_layer(X, valid_lens))

    def test_order_of_steps(self, run, randn):
        """Does not depend on the order of the steps: reordered inputs give outputs in the same new order.
        与时间步的顺序无关：打乱输入的时间步，输出也按同样的顺序打乱。"""
        X, order = randn(2, 5, WIDTH), torch.tensor([3, 0, 4, 1, 2])
        results = run(lambda impl: [encoder_block(impl)(x, None) for x in (X, X[:, order])])
        close(results, [encoder_layer(X), results[0][:, order]])

    def test_book_example(self, agree, randn):
        """Runs the book's example: 100 steps of 24 features, normalised together, 8 heads, valid lengths 3 and 2.
        能计算书中的例子：100 个时间步、24 个特征一起做规范化，8 个头，有效长度为 3 和 2。"""
        X, valid_lens, sizes = randn(2, 100, 24), torch.tensor([3, 2]), (24, 24, 24, 24, [100, 24], 24, 48, 8)
        agree(lambda impl: set_parameters(impl.EncoderBlock(*sizes, 0.5), seed=1).eval()(X, valid_lens))

    def test_bias(self, agree, randn):
        """Has biases in the attention if use_bias is True.
        use_bias 为 True 时，注意力的线性层有偏置。"""
        X = randn(2, 4, WIDTH)
        agree(lambda impl: encoder_block(impl, use_bias=True)(X, None))

    def test_dropout(self, agree, randn):
        """Drops attention weights and the outputs of both sublayers in training, and nothing in evaluation.
        训练时丢弃注意力权重以及两个子层的输出，评估时什么也不丢弃。"""
        X = randn(2, 4, WIDTH)
        agree(lambda impl: in_both_modes(encoder_block(impl, dropout=1.0), lambda net: net(X, None), ["attention"]))

    def test_dropout_once(self, run, chance):
        """Drops elements of each sublayer's output with the probability dropout in training, not more often.
        训练时，以概率 dropout 丢弃每个子层的输出的元素，不会丢弃得更多。"""
        X, p, layers = torch.zeros(40, 10, WIDTH), chance.uniform(0.3, 0.6), ("attention", "ffn")
        fair(run(lambda impl: kept(encoder_block(impl, dropout=p), lambda net: net(X, None), layers)), p)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("TransformerEncoder")
class TestTransformerEncoder:
    @standard(promise.untouched, promise.gradients, net=encoder)
    def arguments(self, words, chance):
        n, steps = chance.sample(range(2, 6), 2)
        return {"X": words(n, steps), "valid_lens": lengths(chance, n, steps)}

    @pytest.mark.points(2)
    def test_outputs(self, agree, words):
        """Embeds, scales, adds the positional codes and applies the blocks; ignores further arguments.
        嵌入，缩放，加上位置编码，再依次经过各块；忽略多余的参数。"""
        X, valid_lens = words(3, 5), torch.tensor([2, 5, 4])
        agree(lambda impl: [encoder(impl)(X, valid_lens), encoder(impl)(X, valid_lens, X, "more")])

    def test_number_of_layers(self, agree, words):
        """Has num_layers blocks with separate parameters; without blocks, returns the scaled embedding plus the codes.
        有 num_layers 个块，各块的参数互不相同；没有块时，返回缩放后的嵌入加上位置编码。"""
        X = words(2, 4)
        agree(lambda impl: [encoder(impl, layers=n)(X, None) for n in (0, 1, 3)])

    @pytest.mark.points(2)
    def test_attention_weights(self, agree, words):
        """Keeps the weights of each block, (batch * num_heads, steps, steps), of the latest call only.
        保存各块的注意力权重 (batch * num_heads, steps, steps)，只保存最近一次调用的。"""
        X, valid_lens = words(3, 4), torch.tensor([2, 4, 1])

        def probe(impl):
            net = encoder(impl, layers=3)
            return net(X[:1], None), list(net.attention_weights), net(X, valid_lens), list(net.attention_weights)

        agree(probe)

    def test_padding(self, agree, words):
        """Words in the padding do not affect the steps before the padding.
        填充位置换成别的词，之前的输出不变。"""
        X, valid_lens = words(2, 5), torch.tensor([3, 2])
        other = torch.where(behind(valid_lens, 5), (X + 1) % VOCAB, X)
        agree(lambda impl: [(Y[0, :3], Y[1, :2]) for Y in (encoder(impl)(x, valid_lens) for x in (X, other))])

    def test_shapes(self, agree, words):
        """Takes a batch of one, a single word and non-contiguous words; passes norm_shape and use_bias to its blocks.
        可接受只有一个句子的批量、只有一个词的句子和非连续的词索引；把 norm_shape 和 use_bias 传给各块。"""
        inputs = [words(1, 4), words(1, 1), words(5, 2).t()]
        agree(lambda impl: [encoder(impl, 2, [X.shape[1], WIDTH], use_bias=True)(X, None) for X in inputs])

    def test_dropout(self, agree, words):
        """Applies dropout to the embedding and in the blocks in training, and not in evaluation.
        训练时对嵌入和各块应用暂退法，评估时不用。"""
        X = words(2, 4)
        agree(lambda impl: [in_both_modes(encoder(impl, n, dropout=1.0), lambda net: net(X, None)) for n in (0, 2)])

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("DecoderBlock")
class TestDecoderBlock:
    @standard(promise.untouched, promise.gradients("X", "enc_outputs"), net=decoder_block, call=decode)
    def arguments(self, randn, chance):
        n, steps, source = chance.sample(range(2, 6), 3)
        X, outputs = randn(n, steps, WIDTH), randn(n, source, WIDTH)
        return {"X": X, "enc_outputs": outputs, "valid_lens": lengths(chance, n, source)}

    @pytest.mark.points(2)
    def test_torch_layer(self, run, randn):
        """In training, agrees with torch.nn.TransformerDecoderLayer with a causal mask, also for one example or step.
        训练时与带因果掩码的 torch.nn.TransformerDecoderLayer 一致，只有一个样本或一个时间步时也是如此。"""
        pairs = [(randn(b, t, WIDTH), randn(b, s, WIDTH)) for b, t, s in ((3, 5, 4), (1, 3, 6), (2, 1, 2))]
        results = run(lambda impl: [decode(decoder_block(impl), X, outputs) for X, outputs in pairs])
        close(results, [decoder_layer(X, outputs) for X, outputs in pairs])

    @pytest.mark.points(2)
    def test_valid_lens(self, run, randn):
        """Does not see the encoder's outputs beyond their valid lengths.
        看不到编码器输出中有效长度之后的部分。"""
        X, outputs, valid_lens = randn(3, 4, WIDTH), randn(3, 6, WIDTH), torch.tensor([2, 6, 1])
        expected = decoder_layer(X, outputs, valid_lens)
        close(run(lambda impl: decode(decoder_block(impl), X, outputs, valid_lens)), expected)

    def test_later_steps(self, run, randn):
        """In training, later steps do not affect a step.
        训练时，之后的时间步不影响之前的时间步。"""
        X, outputs = randn(2, 5, WIDTH), randn(2, 3, WIDTH)
        changed = torch.cat([X[:, :3], randn(2, 2, WIDTH)], dim=1)
        results = run(lambda impl: [decode(decoder_block(impl), x, outputs)[:, :3] for x in (X, changed)])
        close(results, [decoder_layer(X, outputs)[:, :3]] * 2)

    @pytest.mark.points(2)
    def test_step_by_step(self, run, randn):
        """In evaluation, single steps give the same as a causal pass over all steps.
        评估时逐步输入，结果与对全部时间步做一次因果计算相同。"""
        X, outputs, valid_lens = randn(3, 5, WIDTH), randn(3, 4, WIDTH), torch.tensor([2, 4, 3])
        steps = run(lambda impl: [Y for Y, _ in step_by_step(decoder_block(impl), X, [outputs, valid_lens, [None]])])
        close(torch.cat(steps, dim=1), decoder_layer(X, outputs, valid_lens))

    def test_state(self, agree, randn):
        """Returns all inputs so far in its entry of the state, in training and step by step.
        返回的状态在相应的项中保存到目前为止的全部输入：训练时是整个句子，评估时逐步增长。"""
        X, outputs, valid_lens = randn(2, 3, WIDTH), randn(2, 4, WIDTH), torch.tensor([1, 4])

        def probe(impl):
            net = decoder_block(impl)
            return net(X, [outputs, valid_lens, [None]]), step_by_step(net, X, [outputs, valid_lens, [None]])

        agree(probe)

    def test_own_place(self, agree, randn):
        """Block i uses entry i of the state and leaves the other entries unchanged.
        第 i 个块只使用状态中的第 i 项，不改动其他项。"""
        x, outputs, caches = randn(2, 1, WIDTH), randn(2, 4, WIDTH), [randn(2, steps, WIDTH) for steps in (1, 2, 3)]
        agree(lambda impl: [decoder_block(impl, i=i).eval()(x, [outputs, None, list(caches)]) for i in range(3)])

    def test_dropout(self, agree, randn):
        """Drops weights of both attentions and the outputs of all sublayers in training, and nothing in evaluation.
        训练时丢弃两个注意力的权重和各子层的输出，评估时什么也不丢弃。"""
        x, outputs = randn(2, 1, WIDTH), randn(2, 4, WIDTH)
        layers, call = ["attention1", "attention2"], lambda net: decode(net, x, outputs)
        agree(lambda impl: in_both_modes(decoder_block(impl, dropout=1.0), call, layers))

    def test_dropout_once(self, run, chance):
        """Drops elements of each sublayer's output with the probability dropout in training, not more often.
        训练时，以概率 dropout 丢弃每个子层的输出的元素，不会丢弃得更多。"""
        X, p, layers = torch.zeros(40, 10, WIDTH), chance.uniform(0.3, 0.6), ("attention1", "attention2", "ffn")
        fair(run(lambda impl: kept(decoder_block(impl, dropout=p), lambda net: decode(net, X, X), layers)), p)

    def test_norm_shape_and_float64(self, agree, randn):
        """Normalises steps and features together if norm_shape says so; takes float64 and non-contiguous inputs.
        按 norm_shape 对时间步和特征一起做规范化；可接受 float64 和内存不连续的输入。"""
        X, outputs = (randn(WIDTH, steps, 2, dtype=torch.float64).permute(2, 1, 0) for steps in (3, 5))
        agree(lambda impl: decode(decoder_block(impl, norm_shape=[3, WIDTH]).double(), X, outputs))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("TransformerDecoder")
class TestTransformerDecoder:
    @standard(promise.untouched, promise.gradients("enc_outputs"), net=decoder, call=decode)
    def arguments(self, words, randn, chance):
        n, steps, source = chance.sample(range(2, 6), 3)
        X, outputs = words(n, steps), randn(n, source, WIDTH)
        return {"X": X, "enc_outputs": outputs, "valid_lens": lengths(chance, n, source)}

    @pytest.mark.points(2)
    def test_logits(self, agree, words, randn):
        """In training, returns the logits of each next word.
        训练时，返回每个时间步的下一个词的 logits。"""
        X, outputs, valid_lens = words(3, 5), randn(3, 4, WIDTH), torch.tensor([2, 4, 1])
        agree(lambda impl: decode(decoder(impl), X, outputs, valid_lens))

    def test_init_state(self, agree, randn):
        """The first state has the encoder's outputs, their lengths and a None per block; ignores further arguments.
        初始状态包括编码器的输出、有效长度和每个块对应的一个 None；忽略多余的参数。"""
        outputs, more = randn(2, 4, WIDTH), (torch.tensor([2, 4]), "more")
        agree(
            lambda impl: [decoder(impl, layers=1).init_state(outputs, None), decoder(impl).init_state(outputs, *more)]
        )

    def test_number_of_layers(self, agree, words, randn):
        """Has num_layers blocks with separate parameters; without blocks, the logits come from the embedding.
        有 num_layers 个块，各块的参数互不相同；没有块时，直接由嵌入得到 logits。"""
        X, outputs = words(2, 4), randn(2, 3, WIDTH)
        agree(lambda impl: [decode(decoder(impl, layers=n), X, outputs) for n in (0, 1, 3)])

    @pytest.mark.points(2)
    def test_attention_weights(self, agree, words, randn):
        """Keeps two lists of the latest call: self-attention weights, and weights of the encoder's outputs.
        保存最近一次调用的两个列表：各块的自注意力权重，各块对编码器输出的注意力权重。"""
        X, outputs, valid_lens = words(2, 3), randn(2, 5, WIDTH), torch.tensor([5, 2])

        def probe(impl):
            net = decoder(impl, layers=3)
            first = decode(net, X[:1], outputs[:1]), [list(part) for part in net.attention_weights]
            return first, decode(net, X, outputs, valid_lens), [list(part) for part in net.attention_weights]

        agree(probe)

    def test_state(self, agree, words, randn):
        """Returns the inputs of each block in the state, in training and after the first word of evaluation.
        返回的状态保存各块的输入，训练时如此，评估时读入第一个词之后也是如此。"""
        X, outputs, valid_lens = words(2, 4), randn(2, 3, WIDTH), torch.tensor([3, 1])

        def probe(impl):
            net = decoder(impl, layers=3)
            first = net(X, net.init_state(outputs, valid_lens))
            steps = [f"block {i}: {0 if past is None else past.shape[1]} steps" for i, past in enumerate(first[1][2])]
            return first, steps, net.eval()(X[:, :1], net.init_state(outputs, valid_lens))

        agree(probe)

    def test_shapes(self, agree, words, randn):
        """Takes a batch of one, a single word and non-contiguous words; passes norm_shape to its blocks.
        可接受只有一个句子的批量、只有一个词的句子和非连续的词索引；把 norm_shape 传给各块。"""
        inputs, outputs = [words(1, 4), words(1, 1), words(3, 1).t()], randn(1, 2, WIDTH)
        agree(lambda impl: [decode(decoder(impl, 2, [X.shape[1], WIDTH]), X, outputs) for X in inputs])

    def test_dropout(self, agree, words, randn):
        """Applies dropout to the embedding and in the blocks in training, and not in evaluation.
        训练时对嵌入和各块应用暂退法，评估时不用。"""
        outputs = randn(2, 3, WIDTH)
        X, call = words(2, 1), lambda net: decode(net, X, outputs)
        agree(lambda impl: [in_both_modes(decoder(impl, n, dropout=1.0), call) for n in (0, 2)])

    test_from_scratch = written_from_scratch
