"""ch65: masked_softmax, AdditiveAttention, DotProductAttention, score_variance."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, expect, promise, set_parameters, shuffled, standard, written_from_scratch

SIZES = 3, 5, 4  # of a key, a query and the hidden layer of AdditiveAttention


def masked(impl, X, valid_lens):
    """Call masked_softmax with a copy of X, because the function may write into X, as the book's does."""
    return impl.masked_softmax(X.clone(), valid_lens)


def weigh(X, lengths):
    """Row by row: the softmax of the valid logits, zeros behind them; the same for all where none is valid."""
    result = torch.zeros_like(X)
    for i, example in enumerate(lengths):
        for j, length in enumerate(example):
            if length:
                result[i, j, :length] = X[i, j, :length].softmax(dim=0)
            else:
                result[i, j] = 1 / X.shape[2]
    return result


@pytest.mark.exercise("masked_softmax")
class TestMaskedSoftmax:
    @standard(
        promise.float64_transposed,
        promise.gradients("X"),
        call=lambda impl, X, *lengths: [masked(impl, X, valid_lens) for valid_lens in (None, *lengths)],
    )
    def arguments(self, randn, generator):
        of_queries = torch.randint(1, 6, (3, 2), generator=generator)
        return {"X": randn(3, 2, 5), "lengths": torch.tensor([2, 0, 4]), "of_queries": of_queries}

    @pytest.mark.points(2)
    def test_lengths_of_examples(self, run, randn):
        """Applies the length of an example to all its queries: a softmax before it, zeros after it.
        每个样本一个有效长度时，对该样本的所有查询生效：之前为 softmax，之后为零。"""
        X = randn(2, 3, 5)
        close(run(lambda impl: masked(impl, X, torch.tensor([2, 4]))), weigh(X, [[2] * 3, [4] * 3]))

    @pytest.mark.points(2)
    def test_lengths_of_queries(self, run, randn):
        """Accepts a length for each query, (batch, queries).
        每个查询可以有各自的有效长度，形状为 (batch, queries)。"""
        X, lengths = randn(3, 2, 4), [[1, 3], [2, 4], [3, 1]]
        close(run(lambda impl: masked(impl, X, torch.tensor(lengths))), weigh(X, lengths))

    def test_no_lengths(self, run, randn):
        """Returns a plain softmax over the keys when there are no lengths.
        没有有效长度时，就是沿键的轴的普通 softmax。"""
        X = randn(2, 3, 4)
        close(run(lambda impl: masked(impl, X, None)), X.softmax(dim=2))

    def test_no_valid_key(self, run, randn):
        """Returns equal weights, not NaN, in a row of length 0, and right weights in other rows.
        有效长度为 0 的一行权重全部相等，不是 NaN；其他行不受影响。"""
        X = randn(2, 2, 4)
        lengths = torch.tensor([0, 3]), torch.tensor([[2, 0], [0, 1]])
        expected = [weigh(X, [[0, 0], [3, 3]]), weigh(X, lengths[1])]
        close(run(lambda impl: [masked(impl, X, valid_lens) for valid_lens in lengths]), expected)

    def test_full_length(self, run, randn):
        """Masks nothing if the length is the number of keys or more.
        有效长度等于或超过键的个数时，不遮蔽任何键。"""
        X = randn(3, 2, 4)
        expected = weigh(X, [[4, 4], [4, 4], [3, 3]])
        close(run(lambda impl: masked(impl, X, torch.tensor([4, 7, 3]))), expected)

    def test_one_row(self, run, randn):
        """Accepts one query of one example, and a single key.
        可接受单个样本的单个查询，以及只有一个键的输入。"""
        X, valid_lens = randn(1, 1, 5), torch.tensor([3])
        results = run(
            lambda impl: (
                [masked(impl, X, n) for n in (valid_lens, valid_lens[None])] + [masked(impl, X[..., :1], valid_lens)]
            )
        )
        close(results, [weigh(X, [[3]])] * 2 + [torch.ones(1, 1, 1)])

    def test_types_of_lengths(self, run, randn):
        """Accepts lengths as floats or int32, and leaves them unchanged.
        有效长度可以是浮点数或 int32，且不被修改。"""
        X, types = randn(2, 2, 4), (torch.float32, torch.int32)
        lengths = [torch.tensor(n, dtype=t) for t in types for n in ([1, 3], [[2, 4], [3, 0]])]
        expected = [weigh(X, [[1, 1], [3, 3]]), weigh(X, [[2, 4], [3, 0]])] * 2
        close(run(lambda impl: ([masked(impl, X, n) for n in lengths], lengths)), (expected, lengths))

    def test_minus_infinity(self, run, randn):
        """Gives weight 0 to a valid logit of -inf.
        有效位置上的 -inf 权重为 0。"""
        X = randn(2, 2, 5)
        X[0, 0, 1] = X[1, 1, 0] = X[1, 1, 2] = -torch.inf
        results = run(lambda impl: [masked(impl, X, torch.tensor([3, 4])), masked(impl, X, None)])
        close(results, [weigh(X, [[3, 3], [4, 4]]), X.softmax(dim=2)])

    def test_anything_behind_the_end(self, run, randn):
        """Ignores the values of masked entries: large numbers, inf, NaN.
        忽略被遮蔽位置上的值，无论是很大的数、inf 还是 NaN。"""
        X = randn(2, 2, 4)
        X[0, 0, 3], X[0, 1, 2], X[1, 0, 3], X[1, 1, 3] = torch.nan, torch.inf, -torch.inf, 1e30
        close(run(lambda impl: masked(impl, X, torch.tensor([2, 3]))), weigh(X, [[2, 2], [3, 3]]))

    def test_large_logits(self, run, randn):
        """Stays accurate for large positive and negative logits.
        logits 的绝对值很大时（无论正负）仍然准确。"""
        X = 10 * randn(3, 2, 4) + torch.tensor([1e4, -1e4, -1e5]).reshape(3, 1, 1)
        close(run(lambda impl: masked(impl, X, torch.tensor([3, 2, 3]))), weigh(X, [[3, 3], [2, 2], [3, 3]]))

    @pytest.mark.bonus
    def test_half_precision(self, run, randn):
        """Accepts bfloat16 and float16, although -1e6 overflows in float16.
        可接受 bfloat16 和 float16，尽管 float16 表示不了 -1e6。"""
        X, types = randn(2, 2, 4), (torch.float16, torch.bfloat16)
        expected = [weigh(X.to(t).float(), [[2, 2], [3, 3]]).to(t) for t in types]
        close(run(lambda impl: [masked(impl, X.to(t), torch.tensor([2, 3])) for t in types]), expected)

    @pytest.mark.bonus
    def test_logits_below_the_mask(self, run, randn):
        """Gives masked entries weight 0 even if the valid logits are far below -1e6.
        有效的 logits 远小于 -1e6 时，被遮蔽位置的权重仍为零。"""
        X = 2 * randn(2, 2, 4) - torch.tensor([4e6, 1e4]).reshape(2, 1, 1)
        close(run(lambda impl: masked(impl, X, torch.tensor([2, 3]))), weigh(X, [[2, 2], [3, 3]]))

    @pytest.mark.bonus
    def test_device(self, run, randn):
        """Builds its mask on X's device, whatever the default device is.
        在 X 所在的设备上构造掩码，与默认设备无关。"""
        X, valid_lens = randn(2, 2, 4), torch.tensor([1, 3])

        def probe(impl):
            with torch.device("meta"):
                return masked(impl, X, valid_lens)

        close(run(probe), weigh(X, [[1, 1], [3, 3]]))


def additive_weights(queries, keys, lengths=None):
    """The weights of set_parameters(AdditiveAttention(*SIZES, ...), seed=0), query by query and key by key."""
    key_size, query_size, hidden = SIZES
    sizes = {"W_k": (key_size, hidden), "W_q": (query_size, hidden), "w_v": (hidden, 1)}
    net = nn.ModuleDict({name: nn.Linear(*size, bias=False) for name, size in sizes.items()})
    W_k, W_q, w_v = (layer.weight.detach().to(queries.dtype) for layer in set_parameters(net, seed=0).values())
    scores = [
        [[w_v[0] @ torch.tanh(W_q @ q + W_k @ k) for k in ks] for q in qs] for qs, ks in zip(queries, keys, strict=True)
    ]
    X = torch.tensor(scores, dtype=queries.dtype)
    return weigh(X, lengths or [[X.shape[2]] * X.shape[1]] * len(X))


def additive(impl, dropout=0.0):
    return set_parameters(impl.AdditiveAttention(*SIZES, dropout), seed=0)


def attend(net, *inputs):
    """A module's output and the attention_weights that it keeps."""
    return net(*inputs), net.attention_weights


def judge_dropout(output, weights, kept):
    """The output for values [I, 2 I] in training, from `weights`, with the share `kept` of them kept."""
    once, twice = output.chunk(2, dim=2)
    close(twice, 2 * once)
    stays = once > 0
    close(once, torch.where(stays, weights / kept, 0.0))
    error = stays.sum() - kept * stays.numel()
    expect(
        abs(error) < 5 * math.sqrt(stays.numel() * kept * (1 - kept)),
        f"{stays.sum()} of {stays.numel()} weights are kept, not about {kept:.0%}.",
        f"{stays.numel()} 个权重中保留了 {stays.sum()} 个，而不是约 {kept:.0%}。",
    )


def draw(randn, key_size, query_size):
    """draw(...)(): queries (batch, 4, query_size), keys (batch, 6, key_size) and values (batch, 6, 2)."""
    shapes = (4, query_size), (6, key_size), (6, 2)
    return lambda batch=2, dtype=torch.float32: [randn(batch, *shape, dtype=dtype) for shape in shapes]


@pytest.fixture
def additive_inputs(randn):
    return draw(randn, *SIZES[:2])


@pytest.fixture
def dot_inputs(randn):
    return draw(randn, 3, 3)


def with_lengths(inputs, generator):
    """The arguments of a call, with drawn valid lengths."""
    queries, keys, values = inputs
    lengths = torch.randint(1, keys.shape[1] + 1, (len(keys),), generator=generator)
    return {"queries": queries, "keys": keys, "values": values, "valid_lens": lengths}


@pytest.mark.exercise("AdditiveAttention")
class TestAdditiveAttention:
    @standard(
        promise.untouched, promise.float64_transposed, promise.gradients("queries", "keys", "values"), net=additive
    )
    def arguments(self, additive_inputs, generator):
        return with_lengths(additive_inputs(3), generator)

    @pytest.mark.points(2)
    def test_output(self, run, additive_inputs):
        """Weights the values by the softmax of w_v tanh(W_q q + W_k k), for all queries and keys.
        对所有查询和键，以 w_v tanh(W_q q + W_k k) 的 softmax 为权重，对值加权求和。"""
        queries, keys, values = additive_inputs()
        expected = additive_weights(queries, keys) @ values
        close(run(lambda impl: additive(impl)(queries, keys, values, None)), expected)

    @pytest.mark.points(2)
    def test_lengths_of_examples(self, run, additive_inputs):
        """Ignores the pairs after each example's valid length.
        忽略每个样本有效长度之后的键值对。"""
        queries, keys, values = additive_inputs(3)
        weights = additive_weights(queries, keys, [[2] * 4, [6] * 4, [3] * 4])
        close(run(lambda impl: additive(impl)(queries, keys, values, torch.tensor([2, 6, 3]))), weights @ values)

    def test_lengths_of_queries(self, run, additive_inputs):
        """Accepts a valid length for each query.
        每个查询可以有各自的有效长度。"""
        (queries, keys, values), lengths = additive_inputs(), [[1, 5, 2, 6], [3, 4, 6, 1]]
        expected = additive_weights(queries, keys, lengths) @ values
        close(run(lambda impl: additive(impl)(queries, keys, values, torch.tensor(lengths))), expected)

    def test_attention_weights(self, run, additive_inputs):
        """Keeps the weights of the last call in attention_weights.
        把最近一次调用的权重保存在 attention_weights 中。"""
        queries, keys, values = additive_inputs()

        def probe(impl):
            net = additive(impl)
            net(queries[:1], keys[:1], values[:1], None)
            return attend(net, queries, keys, values, torch.tensor([3, 5]))

        weights = additive_weights(queries, keys, [[3] * 4, [5] * 4])
        close(run(probe), (weights @ values, weights))

    def test_parameters(self, run, additive_inputs):
        """Has three weight matrices and no biases.
        有三个权重矩阵，没有偏置。"""
        queries, keys, values = additive_inputs()

        def probe(impl):
            net = additive(impl)
            shapes = {name: list(p.shape) for name, p in net.named_parameters()}
            return shapes, net(queries, keys, values, None)

        key_size, query_size, hidden = SIZES
        shapes = {"W_k.weight": [hidden, key_size], "W_q.weight": [hidden, query_size], "w_v.weight": [1, hidden]}
        close(run(probe), (shapes, additive_weights(queries, keys) @ values))

    def test_no_valid_pair(self, run, additive_inputs):
        """Returns the mean of all values when the length is 0.
        有效长度为 0 时，返回所有值的平均。"""
        queries, keys, values = additive_inputs()
        output = run(lambda impl: additive(impl)(queries, keys, values, torch.tensor([0, 5])))
        close(output, additive_weights(queries, keys, [[0] * 4, [5] * 4]) @ values)

    def test_one_query(self, run, additive_inputs):
        """Accepts one query of one example, and a single pair.
        可接受单个样本的单个查询，以及只有一个键值对的输入。"""
        queries, keys, values = (X[:, :5] for X in additive_inputs(1))
        one, pair = run(
            lambda impl: [additive(impl)(queries[:, :1], keys[:, :n], values[:, :n], torch.tensor([4])) for n in (5, 1)]
        )
        close([one, pair], [additive_weights(queries[:, :1], keys, [[4]]) @ values, values[:, :1]])

    def test_dropout(self, run, randn):
        """Drops whole weights in training, for all features of a value, and scales up the other weights.
        训练时丢弃的是整个权重（对值的所有特征都一样），并放大留下的权重。"""
        queries, keys, eye = randn(1, 40, SIZES[1]), randn(1, 20, SIZES[0]), torch.eye(20)
        values = torch.cat([eye, 2 * eye], dim=1)[None]
        output = run(lambda impl: additive(impl, dropout=0.25).train()(queries, keys, values, None))
        judge_dropout(output, additive_weights(queries, keys), kept=0.75)

    def test_weights_before_dropout(self, run, additive_inputs):
        """Keeps the weights from before dropout, even if dropout removes all of them.
        保存的是使用暂退法之前的权重，即使所有权重都被丢弃。"""
        queries, keys, values = additive_inputs()
        result = run(lambda impl: attend(additive(impl, dropout=1.0), queries, keys, values, None))
        close(result, (torch.zeros(2, 4, 2), additive_weights(queries, keys)))

    def test_evaluation(self, run, additive_inputs):
        """Drops nothing in evaluation.
        评估时不丢弃任何权重。"""
        queries, keys, values = additive_inputs()
        output = run(lambda impl: additive(impl, dropout=0.5).eval()(queries, keys, values, None))
        close(output, additive_weights(queries, keys) @ values)


def scaled(queries, keys, values, lengths=None):
    """Torch's scaled dot-product attention."""
    mask = None if lengths is None else torch.arange(keys.shape[1]) < torch.tensor(lengths)[..., None]
    return F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)


def dot(impl, *inputs, **options):
    return impl.DotProductAttention(0.0)(*inputs, **options)


@pytest.mark.exercise("DotProductAttention")
class TestDotProductAttention:
    @standard(
        promise.untouched,
        promise.float64_transposed,
        promise.gradients("queries", "keys", "values"),
        net=lambda impl: impl.DotProductAttention(0.0),
    )
    def arguments(self, dot_inputs, generator):
        return with_lengths(dot_inputs(3), generator)

    @pytest.mark.points(2)
    def test_output(self, run, dot_inputs):
        """Equals torch's scaled_dot_product_attention.
        与 torch 的 scaled_dot_product_attention 一致。"""
        inputs = dot_inputs()
        close(run(lambda impl: dot(impl, *inputs)), scaled(*inputs))

    @pytest.mark.points(2)
    def test_lengths_of_examples(self, run, dot_inputs):
        """Ignores the pairs after each example's valid length.
        忽略每个样本有效长度之后的键值对。"""
        inputs = dot_inputs(3)
        expected = scaled(*inputs, [[2] * 4, [6] * 4, [3] * 4])
        close(run(lambda impl: dot(impl, *inputs, torch.tensor([2, 6, 3]))), expected)

    def test_lengths_of_queries(self, run, dot_inputs):
        """Accepts a valid length for each query.
        每个查询可以有各自的有效长度。"""
        inputs, lengths = dot_inputs(), [[1, 5, 2, 6], [3, 4, 6, 1]]
        output = run(lambda impl: dot(impl, *inputs, torch.tensor(lengths)))
        close(output, scaled(*inputs, lengths))

    def test_no_valid_pair(self, run, dot_inputs):
        """Returns the mean of all values when the length is 0.
        有效长度为 0 时，返回所有值的平均。"""
        queries, keys, values = dot_inputs()
        output = run(lambda impl: dot(impl, queries, keys, values, valid_lens=torch.tensor([0, 5])))
        mean = values[:1].mean(dim=1, keepdim=True).expand(1, 4, 2)
        close(output, torch.cat([mean, scaled(queries[1:], keys[1:], values[1:], [[5] * 4])]))

    def test_scale(self, run, randn):
        """Scales by the square root of a query's features (1, 16 or 64), whatever the number of pairs.
        按查询的特征数（1、16 或 64）的平方根缩放，与键值对的个数无关。"""
        inputs = [[randn(2, 3, d), randn(2, 5, d), randn(2, 5, 4)] for d in (1, 16, 64)]
        close(run(lambda impl: [dot(impl, *each) for each in inputs]), [scaled(*each) for each in inputs])

    def test_attention_weights(self, run, dot_inputs):
        """Keeps the weights of the last call in attention_weights.
        把最近一次调用的权重保存在 attention_weights 中。"""
        queries, keys, values = dot_inputs()

        def probe(impl):
            net = impl.DotProductAttention(0.0)
            net(queries[:1], keys[:1], values[:1])
            return attend(net, queries, keys, values, torch.tensor([3, 5]))

        weights = scaled(queries, keys, torch.eye(6).expand(2, 6, 6), [[3] * 4, [5] * 4])
        close(run(probe), (weights @ values, weights))

    def test_one_query(self, run, dot_inputs):
        """Accepts one query of one example, and a single pair.
        可接受单个样本的单个查询，以及只有一个键值对的输入。"""
        queries, keys, values = dot_inputs(1)
        one, pair = run(
            lambda impl: [dot(impl, queries[:, :1], keys[:, :n], values[:, :n], torch.tensor([4])) for n in (6, 1)]
        )
        close([one, pair], [scaled(queries[:, :1], keys, values, [[4]]), values[:, :1]])

    def test_dropout(self, run, randn):
        """Drops whole weights in training, for all features of a value, and scales up the other weights.
        训练时丢弃的是整个权重（对值的所有特征都一样），并放大留下的权重。"""
        queries, keys, eye = randn(1, 40, 3), randn(1, 20, 3), torch.eye(20)
        values = torch.cat([eye, 2 * eye], dim=1)[None]
        output = run(lambda impl: impl.DotProductAttention(0.4).train()(queries, keys, values))
        judge_dropout(output, scaled(queries, keys, eye[None]), kept=0.6)

    def test_weights_before_dropout(self, run, dot_inputs):
        """Keeps the weights from before dropout, even if dropout removes all of them.
        保存的是使用暂退法之前的权重，即使所有权重都被丢弃。"""
        queries, keys, values = dot_inputs()
        result = run(lambda impl: attend(impl.DotProductAttention(1.0), queries, keys, values))
        close(result, (torch.zeros(2, 4, 2), scaled(queries, keys, torch.eye(6).expand(2, 6, 6))))

    def test_evaluation(self, run, dot_inputs):
        """Drops nothing in evaluation.
        评估时不丢弃任何权重。"""
        inputs = dot_inputs()
        close(run(lambda impl: impl.DotProductAttention(0.5).eval()(*inputs)), scaled(*inputs))

    def test_large_inputs(self, run, randn):
        """Stays accurate for large scores.
        评分很大时仍然准确。"""
        queries, keys = (4 * randn(2, 10, 4)).round().div(4).split((4, 6), dim=1)  # quarters: the scores are exact
        queries[..., 0], keys[..., 0], values = 64, 100, randn(2, 6, 2)
        close(run(lambda impl: dot(impl, queries, keys, values)), scaled(queries, keys, values))

    test_from_scratch = written_from_scratch


def spread(d, n_samples):
    """The relative standard deviation of the sample variance of q^T k, whose kurtosis is 3 + 6 / d."""
    return math.sqrt(6 / (d * n_samples) + 2 / (n_samples - 1))


def near(value, expected, deviation):
    """Within five standard deviations, but not exactly there: that would be a formula, not an experiment."""
    expect(
        0 < abs(value - expected) < 5 * deviation,
        f"Your estimate of {expected:.6g} is {value:.6g}. Its error should be below {5 * deviation:.2g}, but not 0.",
        f"你对 {expected:.6g} 的估计值是 {value:.6g}；误差应小于 {5 * deviation:.2g}，但不应恰好为 0。",
    )


@pytest.fixture
def experiments(run, generator):
    """[(d, result)] of score_variance for 4000 pairs of few, more and many features, in any order."""
    sizes = [int(torch.randint(least, 3 * least, (), generator=generator)) for least in (2, 15, 100)]
    sizes = shuffled(generator, sizes)
    return lambda: zip(sizes, run(lambda impl: [impl.score_variance(d, 4000) for d in sizes]), strict=True)


@pytest.mark.exercise("score_variance")
class TestScoreVariance:
    @pytest.mark.points(2)
    def test_products(self, experiments):
        """Returns about d as the variance of dot products of d features.
        d 个特征的查询与键，点积的方差约为 d。"""
        for d, (products, _) in experiments():
            near(products, d, d * spread(d, 4000))

    @pytest.mark.points(2)
    def test_scaled_products(self, experiments):
        """Returns about 1 as the scaled variance: exactly the first variance divided by d.
        缩放后的点积方差约为 1；由于是同一批抽样，它恰好是点积方差的 1/d。"""
        for d, (products, one) in experiments():
            near(one, 1, spread(d, 4000))
            close(one * d, products)

    def test_one_feature(self, run):
        """Returns equal variances of about 1 for a single feature, where scaling has no effect.
        只有一个特征时缩放不起作用，两个方差相等，约为 1。"""
        results = run(lambda impl: [impl.score_variance(1, 20_000, seed) for seed in (0, 1)])
        for products, one in results:
            near(products, 1, spread(1, 20_000))
            close(one, products)
        expect(results[0] != results[1], "Two seeds give the same numbers.", "两个种子给出了相同的结果。")

    def test_seed(self, run, generator):
        """Returns equal numbers for equal seeds, and others for another seed; the default seed is 0.
        相同的种子给出相同的结果，不同的种子给出不同的结果；默认种子为 0。"""
        d = 2 ** int(torch.randint(3, 9, (), generator=generator))
        seeds = (0,), (), (0,), (1,)
        first, default, again, other = run(lambda impl: [impl.score_variance(d, 500, *seed) for seed in seeds])
        close([default, again], [first, first])
        expect(first != other, "Two seeds give the same numbers.", "两个种子给出了相同的结果。")
        near(other[0], d, d * spread(d, 500))

    def test_few_samples(self, run, generator):
        """Returns sample variances: right on average even for two samples, with more noise for fewer samples.
        返回样本方差：即使只有两个样本，平均而言也正确；样本越少，波动越大。"""
        d = round(8 * 32 ** torch.rand((), generator=generator).item())
        drawn = run(lambda impl: [[impl.score_variance(d, n, seed)[0] for seed in range(600)] for n in (2, 9)])
        for n, values in zip((2, 9), torch.tensor(drawn), strict=True):
            near(values.mean().item(), d, d * spread(d, n) / math.sqrt(600))
        near((values.std() / d).item(), spread(d, 9), 0.06 * spread(d, 9))
