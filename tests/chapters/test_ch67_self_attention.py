"""ch67 Self-attention: heads and their transpositions, multi-head attention, positional encoding, costs."""

import math

import pytest
import torch
from torch import nn

from dlgrade.testing import close, expect, gradients, promise, raises, set_parameters, standard, written_from_scratch


@pytest.fixture
def between(generator):
    """between(2, 9): an integer from 2 to 9."""
    return lambda low, high: int(torch.randint(low, high + 1, (), generator=generator))


def split_heads(X, num_heads):
    """Return the right result of transpose_qkv, head by head."""
    batch, steps, num_hiddens = X.shape
    width = num_hiddens // num_heads
    result = X.new_empty(batch * num_heads, steps, width)
    for i in range(batch):
        for j in range(num_heads):
            result[i * num_heads + j] = X[i, :, j * width : (j + 1) * width]
    return result


class Layers(nn.Module):
    """Linear layers of the names and sizes of MultiHeadAttention, for the parameters that set_parameters gives them."""

    def __init__(self, key_size, query_size, value_size, num_hiddens, bias):
        super().__init__()
        for name, size in zip("qkvo", (query_size, key_size, value_size, num_hiddens), strict=True):
            setattr(self, f"W_{name}", nn.Linear(size, num_hiddens, bias=bias))


def torch_attention(sizes, num_heads, bias=False):
    """Return torch's module with the parameters of set_parameters(MultiHeadAttention(*sizes, ...), seed=0)."""
    key_size, _, value_size, num_hiddens = sizes
    layers = set_parameters(Layers(*sizes, bias), seed=0)
    projections = [layers.W_q, layers.W_k, layers.W_v]
    net = nn.MultiheadAttention(num_hiddens, num_heads, 0.0, bias, kdim=key_size, vdim=value_size, batch_first=True)
    if net.in_proj_weight is None:
        net.q_proj_weight, net.k_proj_weight, net.v_proj_weight = (layer.weight for layer in projections)
    else:
        net.in_proj_weight.data = torch.cat([layer.weight for layer in projections]).detach()
    net.out_proj.weight = layers.W_o.weight
    if bias:
        net.in_proj_bias.data = torch.cat([layer.bias for layer in projections]).detach()
        net.out_proj.bias = layers.W_o.bias
    return net


def attend(impl, sizes, num_heads, queries, keys, values, valid_lens, bias=False):
    """Return the output of a MultiHeadAttention with parameters from a seed, with the dtype of the queries."""
    net = set_parameters(impl.MultiHeadAttention(*sizes, num_heads, 0.0, bias), seed=0).to(queries.dtype)
    return net(queries, keys, values, valid_lens)


def codes(num_positions, num_hiddens, first=0):
    """Return positional codes, computed by a double loop."""
    table = torch.empty(num_positions, num_hiddens, dtype=torch.float64)
    for i in range(num_positions):
        for column in range(num_hiddens):
            angle = (first + i) / 10000 ** (column // 2 * 2 / num_hiddens)
            table[i, column] = math.cos(angle) if column % 2 else math.sin(angle)
    return table.float()


@pytest.mark.exercise("transpose_qkv")
class TestTransposeQkv:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64_transposed,
        promise.batch_of_one("X"),
        promise.gradients("X", points=1),
    )
    def arguments(self, randn, chance):
        heads, width, steps = chance.sample(range(2, 6), 3)
        return {"X": randn(3, steps, heads * width), "num_heads": heads}

    @pytest.mark.points(2)
    def test_heads(self, run, randn):
        """Gives each head its own part of the features. All heads of an example come before the next example.
        每个头得到各自的一段特征；同一样本的所有头排在一起，然后才是下一个样本。"""
        X = randn(3, 5, 8)
        close(run(lambda impl: impl.transpose_qkv(X, 2)), split_heads(X, 2))

    def test_number_of_heads(self, run, randn):
        """Leaves X unchanged for one head. With as many heads as features, each head has a single feature.
        只有一个头时 X 不变；头数等于特征数时，每个头只有一个特征。"""
        X = randn(2, 3, 4)
        close(run(lambda impl: [impl.transpose_qkv(X, 1), impl.transpose_qkv(X, 4)]), [X, split_heads(X, 4)])


@pytest.mark.exercise("transpose_output")
class TestTransposeOutput:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64_transposed,
        promise.axis_of_one(X=1, id="one_step"),
        promise.gradients("X", points=1),
    )
    def arguments(self, randn, chance):
        heads, width, steps = chance.sample(range(2, 6), 3)
        return {"X": randn(3 * heads, steps, width), "num_heads": heads}

    @pytest.mark.points(2)
    def test_round_trip(self, run, randn):
        """Joins the heads into the tensor that was split.
        把拆成多个头的张量还原。"""
        X = randn(3, 5, 8)
        heads = split_heads(X, 2)
        close(run(lambda impl: impl.transpose_output(heads, 2)), X)

    def test_batch_of_one(self, run, randn):
        """Joins the heads of a batch of one.
        可处理只有一个样本的批量。"""
        X = randn(1, 4, 6)
        heads = split_heads(X, 3)
        close(run(lambda impl: impl.transpose_output(heads, 3)), X)

    def test_number_of_heads(self, run, randn):
        """Leaves X unchanged for one head. Heads of a single feature become the features.
        只有一个头时 X 不变；每个头只有一个特征时，各头依次成为各个特征。"""
        X = randn(2, 3, 4)
        heads = split_heads(X, 4)
        close(run(lambda impl: [impl.transpose_output(X, 1), impl.transpose_output(heads, 4)]), [X, X])


@pytest.mark.exercise("MultiHeadAttention")
class TestMultiHeadAttention:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.batch_of_one("queries", "keys", "values", "valid_lens"),
        promise.gradients("queries", "keys", "values"),
        net=lambda impl: set_parameters(impl.MultiHeadAttention(4, 4, 4, 4, 2, 0.0, bias=True), seed=0),
    )
    def arguments(self, randn, chance):
        queries, pairs = chance.sample(range(2, 8), 2)
        lengths = torch.tensor([chance.randint(1, pairs) for _ in range(3)])
        inputs = {"queries": randn(3, queries, 4), "keys": randn(3, pairs, 4), "values": randn(3, pairs, 4)}
        return {**inputs, "valid_lens": lengths}

    @pytest.mark.points(2)
    def test_self_attention(self, run, randn):
        """Agrees with torch.nn.MultiheadAttention if queries, keys and values are the same sequence.
        自注意力的结果与 torch.nn.MultiheadAttention 一致。"""
        X, sizes = randn(3, 5, 8), (8, 8, 8, 8)
        expected, _ = torch_attention(sizes, 4)(X, X, X)
        close(run(lambda impl: attend(impl, sizes, 4, X, X, X, None)), expected)

    @pytest.mark.points(2)
    def test_cross_attention(self, run, randn):
        """Takes queries, keys and values of different numbers and sizes.
        查询与键、值的个数可以不同，特征数也可以各不相同。"""
        sizes = 3, 6, 5, 6
        queries, keys, values = randn(2, 4, 8), randn(2, 7, 8), randn(2, 7, 8)
        expected, _ = torch_attention(sizes, 2)(queries[..., :6], keys[..., :3], values[..., :5])

        def probe(impl):
            net = set_parameters(impl.MultiHeadAttention(*sizes, 2, 0.0), seed=0)
            pairs = (queries, net.W_q), (keys, net.W_k), (values, net.W_v)
            return net(*(X[..., : layer.weight.shape[1]] for X, layer in pairs), None)

        close(run(probe), expected)

    @pytest.mark.points(2)
    def test_valid_lens(self, run, randn):
        """Ignores the keys beyond the valid length of each example, in all heads.
        每个样本的所有头都忽略有效长度之后的键。"""
        X, valid_lens, sizes = randn(3, 6, 6), torch.tensor([2, 6, 3]), (6, 6, 6, 6)
        padding = torch.arange(6) >= valid_lens[:, None]
        expected, _ = torch_attention(sizes, 3)(X, X, X, key_padding_mask=padding)
        close(run(lambda impl: attend(impl, sizes, 3, X, X, X, valid_lens)), expected)

    def test_valid_lens_of_queries(self, run, randn):
        """Takes a valid length for each query, (batch, num_queries).
        每个查询可以有各自的有效长度，形状为 (batch, num_queries)。"""
        queries, keys, sizes = randn(2, 3, 6), randn(2, 5, 6), (6, 6, 6, 6)
        valid_lens = torch.tensor([[1, 5, 2], [4, 3, 1]])
        padding = (torch.arange(5) >= valid_lens[:, :, None]).repeat_interleave(2, dim=0)
        expected, _ = torch_attention(sizes, 2)(queries, keys, keys, attn_mask=padding)
        close(run(lambda impl: attend(impl, sizes, 2, queries, keys, keys, valid_lens)), expected)

    def test_number_of_heads(self, run, randn):
        """Takes one head, and as many heads as features.
        可以只有一个头，也可以头数等于特征数。"""
        X, sizes = randn(2, 4, 6), (6, 6, 6, 6)
        expected = [torch_attention(sizes, num_heads)(X, X, X)[0] for num_heads in (1, 6)]
        close(run(lambda impl: [attend(impl, sizes, num_heads, X, X, X, None) for num_heads in (1, 6)]), expected)

    def test_bias(self, run, randn):
        """Has a bias in all four layers if bias is True, and in none otherwise.
        bias 为 True 时四个线性层都有偏置，否则都没有。"""
        X, sizes = randn(2, 4, 6), (6, 6, 6, 6)
        expected, _ = torch_attention(sizes, 2, bias=True)(X, X, X)

        def probe(impl):
            names = sorted(impl.MultiHeadAttention(*sizes, 2, 0.0).state_dict())
            return attend(impl, sizes, 2, X, X, X, None, bias=True), names

        close(run(probe), (expected, ["W_k.weight", "W_o.weight", "W_q.weight", "W_v.weight"]))

    def test_dropout(self, run, randn):
        """Drops whole attention weights in training and scales the others.
        训练时丢弃整个注意力权重，并放大留下的权重。"""
        queries, value = randn(1, 400, 6), randn(1, 1, 6)

        def probe(impl):
            net = set_parameters(impl.MultiHeadAttention(6, 6, 6, 6, 2, 0.25), seed=0).train()
            net.W_v.weight.data = net.W_o.weight.data = torch.eye(6)
            return net(queries, value, value, None)

        parts = (run(probe) / value).reshape(800, 3)
        kept = parts[:, :1] > 0.5
        close(parts, kept * torch.full((800, 3), 4 / 3))
        near = abs(kept.sum() - 600) < 5 * math.sqrt(800 * 0.25 * 0.75)
        expect(near, "A quarter of the weights should be dropped.", "应当有四分之一的权重被丢弃。")

    def test_evaluation(self, run, randn):
        """Drops nothing in evaluation mode.
        评估模式下不丢弃任何权重。"""
        X, sizes = randn(2, 5, 6), (6, 6, 6, 6)
        expected, _ = torch_attention(sizes, 3)(X, X, X)
        Y = run(lambda impl: set_parameters(impl.MultiHeadAttention(*sizes, 3, 0.5), seed=0).eval()(X, X, X, None))
        close(Y, expected)

    @pytest.mark.bonus
    def test_indivisible(self, agree, randn):
        """The constructor raises ValueError if num_heads does not divide num_hiddens.
        num_heads 不能整除 num_hiddens 时，构造函数抛出 ValueError。"""
        X, sizes = randn(2, 3, 6), (6, 6, 6, 6)

        def probe(impl):
            refused = [raises(lambda n=n: impl.MultiHeadAttention(*sizes, n, 0.0), ValueError) for n in (4, 5, 12)]
            return refused, attend(impl, sizes, 3, X, X, X, None)

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("PositionalEncoding")
class TestPositionalEncoding:
    @standard(
        promise.untouched(id="input_untouched", marks=pytest.mark.needs("codes")),
        promise.float64_transposed(rtol=1e-5, atol=1e-5),  # P is float32
        net=lambda impl: impl.PositionalEncoding(6, 0.5).eval(),
    )
    def arguments(self, randn, chance):
        n, steps = chance.sample(range(2, 10), 2)
        return {"X": randn(n, steps, 6)}

    def test_gradients(self, agree, randn):
        """Gradients flow to X.
        梯度可以传到 X。"""
        X = randn(2, 5, 6)
        agree(lambda impl: (impl.PositionalEncoding(6, 0.0)(X), gradients(impl.PositionalEncoding(6, 0.5).eval(), X)))

    @pytest.mark.points(2)
    def test_codes(self, run, randn):
        """Adds sines to the even columns and cosines to the odd columns.
        偶数列加上正弦，奇数列加上余弦。"""
        X = randn(1, 20, 8)
        close(run(lambda impl: impl.PositionalEncoding(8, 0.0)(X)), X + codes(20, 8))

    def test_first_position(self, run, randn):
        """The code of position 0 is 0, 1, 0, 1, ...
        位置 0 的编码是 0, 1, 0, 1, ……"""
        X = randn(1, 1, 6)
        close(run(lambda impl: impl.PositionalEncoding(6, 0.0)(X)), X + torch.tensor([0.0, 1.0, 0.0, 1.0, 0.0, 1.0]))

    def test_batch(self, run, randn):
        """Adds the same codes to all examples of a batch.
        给批量中的每个样本加上同样的编码。"""
        X = randn(4, 7, 6)
        close(run(lambda impl: impl.PositionalEncoding(6, 0.0, max_len=7)(X)), X + codes(7, 6))

    def test_table(self, run, between):
        """Keeps the codes in P, (1, max_len, num_hiddens).
        编码保存在 P 中，形状为 (1, max_len, num_hiddens)。"""
        sizes = (between(5, 30), 6), (1, 4), (between(5, 30), 2)
        tables = run(lambda impl: [impl.PositionalEncoding(d, 0.5, n).P for n, d in sizes])
        close(tables, [codes(n, d)[None] for n, d in sizes])

    def test_thousand_positions(self, run, between):
        """Has 1000 positions by default; the last codes are right, too.
        默认有 1000 个位置，最后几个位置的编码也正确。"""
        num_hiddens = 2 * between(2, 20)
        P = run(lambda impl: impl.PositionalEncoding(num_hiddens, 0.0).P)
        expect(P.shape[1] == 1000, "P should have 1000 positions.", "P 应有 1000 个位置。")
        # float32 knows an angle near 1000 to 6e-5
        close(P[0, 980:], codes(20, num_hiddens, first=980), atol=1e-3)

    def test_dropout(self, run, randn):
        """Drops elements of X + P in training and scales the others.
        训练时对 X 与 P 之和应用暂退法，并放大留下的元素。"""
        X = randn(40, 15, 4)
        Y = run(lambda impl: impl.PositionalEncoding(4, 0.25).train()(X))
        dropped = Y == 0
        close(Y, torch.where(dropped, 0.0, (X + codes(15, 4)) / 0.75))
        near = abs(dropped.sum() - 600) < 5 * math.sqrt(2400 * 0.25 * 0.75)
        expect(near, "A quarter of the elements should be dropped.", "应当有四分之一的元素被丢弃。")

    def test_evaluation(self, run, randn):
        """Drops nothing in evaluation mode.
        评估模式下不丢弃任何元素。"""
        X = randn(2, 6, 4)
        close(run(lambda impl: impl.PositionalEncoding(4, 0.5).eval()(X)), X + codes(6, 4))

    def test_not_learned(self, agree, randn):
        """Has no parameters.
        没有可学习的参数。"""
        X = randn(2, 5, 6)
        agree(lambda impl: (impl.PositionalEncoding(6, 0.0)(X), len([*impl.PositionalEncoding(6, 0).parameters()])))

    @pytest.mark.bonus
    def test_odd_width(self, run, randn):
        """Takes an odd number of features; the last column is a sine.
        特征数可以是奇数，这时最后一列是正弦。"""
        X = randn(2, 6, 5)
        close(run(lambda impl: impl.PositionalEncoding(5, 0.0)(X)), X + codes(6, 5))

    @pytest.mark.needs("codes")
    @pytest.mark.bonus
    def test_too_long(self, agree, randn):
        """Raises ValueError for a sequence longer than max_len, even if max_len is 1.
        序列长于 max_len 时抛出 ValueError，max_len 为 1 时也是如此。"""
        X = randn(2, 6, 4)

        def probe(impl):
            nets = [impl.PositionalEncoding(4, 0.0, max_len) for max_len in (5, 1)]
            return [raises(lambda n=n: n(X), ValueError) for n in nets], nets[0](X[:, :5])

        agree(probe)

    @pytest.mark.bonus
    def test_buffer(self, agree):
        """Keeps P as a buffer, which is saved and moves with the module.
        P 注册为缓冲区，随模型一起保存和移动。"""

        def probe(impl):
            net = impl.PositionalEncoding(4, 0.0, 6)
            return sorted(net.state_dict()), net.half().P

        agree(probe)


@pytest.mark.exercise("relative_rotation")
class TestRelativeRotation:
    @pytest.mark.points(2)
    def test_moves_codes(self, run, between):
        """Moves the code of each position forward by pos_delta.
        把每个位置的编码变为向后 pos_delta 个位置的编码。"""
        deltas = 1, between(2, 8), between(2, 8)
        rotations = run(lambda impl: [impl.relative_rotation(delta, 6) for delta in deltas])
        P = codes(20, 6)
        close([P[:12] @ R.T for R in rotations], [P[delta : 12 + delta] for delta in deltas])

    def test_negative_delta(self, run, between):
        """Moves back if pos_delta is negative.
        pos_delta 为负时，变为前面位置的编码。"""
        far = between(2, 15)
        back, far_back = run(lambda impl: [impl.relative_rotation(delta, 4) for delta in (-1, -far)])
        P = codes(20, 4)
        close([P[1:] @ back.T, P[far:] @ far_back.T], [P[:-1], P[:-far]])

    def test_blocks(self, agree, between):
        """Rotates each pair of columns by its own angle, and is zero elsewhere.
        每一对列各旋转一个角度，其余元素为零。"""
        one, other = between(1, 9), between(1, 9)
        agree(lambda impl: [impl.relative_rotation(one, 8), impl.relative_rotation(other, 2)])

    def test_zero(self, agree, between):
        """Is the identity for pos_delta 0, but not for pos_delta 1.
        pos_delta 为 0 时是单位矩阵，为 1 时不是。"""
        num_hiddens = 2 * between(2, 20)
        agree(lambda impl: [impl.relative_rotation(delta, num_hiddens) for delta in (0, 1)])

    def test_orthogonal(self, run, between):
        """Is orthogonal: its transpose moves back by pos_delta.
        是正交矩阵：它的转置正好移回原处。"""
        delta = between(1, 15)
        R, back = run(lambda impl: [impl.relative_rotation(delta, 6), impl.relative_rotation(-delta, 6)])
        close([R @ R.T, back], [torch.eye(6), R.T])
        close(R @ codes(1, 6)[0], codes(1, 6, first=delta)[0])

    def test_wide(self, run, between):
        """Is right for 64 features, as in a Transformer.
        对 64 个特征（如 Transformer 中）也正确。"""
        delta = between(1, 15)
        R = run(lambda impl: impl.relative_rotation(delta, 64))
        close(codes(8, 64) @ R.T, codes(8, 64, first=delta))


@pytest.mark.exercise("attention_cost")
class TestAttentionCost:
    @pytest.mark.points(2)
    def test_table(self, agree, between):
        """Returns the three numbers of each layer.
        三种层的三个数都正确。"""
        sizes = (12, between(2, 9), 3), (5 * between(2, 30), 512, 5), (7 * between(5, 9) + 1, between(2, 9), 7)
        agree(lambda impl: [impl.attention_cost(n, d, k) for n, d, k in sizes])

    def test_cnn(self, agree, between):
        """The complexity of the convolution grows with k, and its positions work in parallel.
        卷积的计算复杂度随 k 增长，各位置可以并行计算。"""
        n, d = 15 * between(1, 9), between(2, 30)
        agree(lambda impl: [impl.attention_cost(n, d, k)["cnn"] for k in (1, 3, 5)])

    def test_cnn_path(self, agree, between):
        """The path of the convolution is n / k, rounded up. It is 1 if k is larger than n.
        卷积的最大路径长度为 n / k 向上取整；k 大于 n 时为 1。"""
        q, d = between(2, 20), between(2, 30)
        sizes = (3 * q + 1, 3), (3 * q + 2, 3), (3 * q + 3, 3), (4 * q + 2, 4), (3, 5)
        agree(lambda impl: [impl.attention_cost(n, d, k)["cnn"] for n, k in sizes])

    def test_rnn(self, agree, between):
        """The recurrent layer works step by step, whatever k is.
        循环层逐步计算，与 k 无关。"""
        n, d = between(2, 20), between(2, 30)
        agree(lambda impl: [impl.attention_cost(n, d, k)["rnn"] for k in (3, 5)])

    def test_self_attention(self, agree, between):
        """Self-attention is quadratic in n, and any two steps are directly connected.
        自注意力的计算复杂度与 n 的平方成正比，任意两个时间步直接相连。"""
        n, d = between(10, 30), between(2, 9)
        agree(lambda impl: [impl.attention_cost(*sizes)["self_attention"] for sizes in ((n, d), (d, n), (2 * n, d))])

    def test_default_kernel(self, agree, between):
        """Uses a kernel of width 3 by default.
        卷积核的宽度默认为 3。"""
        first, d = between(10, 30), between(2, 9)
        agree(lambda impl: [impl.attention_cost(first + i, d) for i in range(4)])

    def test_one_step(self, agree, between):
        """The path has length 1 for a sequence of one step.
        只有一个时间步时，最大路径长度为 1。"""
        sizes = (between(2, 30), 3), (between(2, 30), 1)
        agree(lambda impl: [impl.attention_cost(1, d, k) for d, k in sizes])
