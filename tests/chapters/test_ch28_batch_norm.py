"""ch28: batch_norm, BatchNorm, layer_norm, instance_norm, group_norm, norm_stat_count."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from dlgrade.testing import close, gradients, promise, raises, standard, written_from_scratch

EPS, MOMENTUM = 1e-10, 0.9  # so small that only the checks of eps depend on where it stands


@pytest.fixture
def dense(randn):
    """(X, gamma, beta, moving_mean, moving_var) for 2-D input of 5 features."""
    return lambda n=8, dtype=torch.float32: _arguments(randn, (n, 5), (5,), dtype)


@pytest.fixture
def image(randn):
    """The same for 4-D input of 3 channels, higher than wide."""
    return lambda n=4, dtype=torch.float32: _arguments(randn, (n, 3, 5, 2), (1, 3, 1, 1), dtype)


def _arguments(randn, shape, per_feature, dtype):
    X = 2 * randn(*shape, dtype=dtype) + 1
    gamma, beta, mean = (randn(*per_feature, dtype=dtype) for _ in range(3))
    return X, gamma, beta, mean, randn(*per_feature, dtype=dtype) ** 2 + 0.5


def train(impl, arguments, eps=EPS, momentum=MOMENTUM):
    return impl.batch_norm(*arguments, eps, momentum)


def predict(impl, arguments, eps=EPS):
    with torch.no_grad():
        return impl.batch_norm(*arguments, eps, MOMENTUM)


@pytest.mark.exercise("batch_norm")
class TestBatchNormFunction:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous(id="transposed_input"),
        promise.gradients("X", "gamma", "beta", of=0),
        call=lambda impl, *arguments: train(impl, arguments),
    )
    def arguments(self, image):
        return dict(zip(("X", "gamma", "beta", "moving_mean", "moving_var"), image(), strict=True))

    @pytest.mark.points(2)
    def test_fully_connected_input(self, agree, dense):
        """Normalises each feature of a 2-D input over the batch.
        二维输入：对每个特征在批量上归一化。"""
        arguments = dense()
        agree(lambda impl: train(impl, arguments)[0])

    @pytest.mark.points(2)
    def test_convolutional_input(self, agree, image):
        """Normalises each channel of a 4-D input over batch and space.
        四维输入：对每个通道在批量和空间上归一化。"""
        arguments = image()
        agree(lambda impl: train(impl, arguments)[0])

    def test_small_batch(self, agree, dense):
        """Divides the variance of a small batch by N.
        小批量的方差除以 N。"""
        arguments = dense(n=3)
        agree(lambda impl: train(impl, arguments)[0])

    def test_moving_statistics(self, agree, dense, image):
        """Moves the statistics by 1 - momentum towards the batch's.
        滑动统计量以 1 - momentum 的比例向当前批次靠近。"""
        for arguments in (dense(), image()):
            agree(lambda impl, a=arguments: train(impl, a, momentum=0.8)[1:])

    def test_prediction(self, agree, dense, image):
        """Under no_grad normalises by the moving statistics and returns them unchanged.
        在 no_grad 下用滑动统计量归一化，并原样返回它们。"""
        for arguments in (dense(), image()):
            agree(lambda impl, a=arguments: predict(impl, a))

    def test_eps(self, agree, dense):
        """Adds eps to the variance, inside the root.
        eps 加在根号内的方差上。"""
        X, *rest = dense()
        arguments = (0.01 * X, *rest)
        agree(lambda impl: train(impl, arguments, eps=1e-2)[0])

    def test_constant_feature(self, agree, dense):
        """A feature that does not vary gives beta, not NaN.
        取值恒定的特征得到 beta，而不是 NaN。"""
        X, *rest = dense()
        arguments = (torch.full_like(X, 3.0), *rest)
        agree(lambda impl: train(impl, arguments)[0])

    def test_batch_of_one(self, agree, dense):
        """A batch of one row gives beta.
        只有一行的批量得到 beta。"""
        arguments = dense(n=1)
        agree(lambda impl: train(impl, arguments)[0])

    def test_large_offset(self, agree, dense):
        """Stays accurate when the mean is far larger than the spread.
        均值远大于离散程度时仍然准确。"""
        X, *rest = dense(n=32)
        arguments = (X + 3000, *rest)
        agree(lambda impl: train(impl, arguments)[0], atol=1e-2)

    def test_statistics_without_graph(self, agree, dense):
        """The returned statistics do not carry a gradient graph.
        返回的统计量不带计算图。"""
        X, *rest = dense()

        def probe(impl):
            Y, mean, var = train(impl, (X.requires_grad_(), *rest))
            return Y, mean, var, mean.requires_grad, var.requires_grad

        agree(probe)

    def test_three_dimensions(self, agree, randn):
        """Refuses a 3-D input with AssertionError.
        三维输入触发 AssertionError。"""
        arguments = (randn(2, 4, 3), *(torch.ones(3) for _ in range(4)))
        dense = (arguments[0][0], *arguments[1:])
        agree(lambda impl: (raises(lambda: train(impl, arguments), AssertionError), train(impl, dense)[0]))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("BatchNorm")
class TestBatchNormLayer:
    def test_initial_state(self, agree, chance):
        """Starts with gamma 1, beta 0, moving mean 0 and moving variance 1, in both shapes.
        初始 gamma 为 1、beta 为 0、滑动均值为 0、滑动方差为 1，两种形状都正确。"""
        sizes = chance.sample(range(2, 50), 2)

        def probe(impl):
            norms = [impl.BatchNorm(n, num_dims) for n, num_dims in zip(sizes, (2, 4), strict=True)]
            return [[norm.gamma, norm.beta, norm.moving_mean, norm.moving_var] for norm in norms]

        agree(probe)

    def test_parameters(self, agree):
        """Has gamma and beta as its only parameters.
        只有 gamma 和 beta 是模型参数。"""
        agree(lambda impl: sorted(name for name, _ in impl.BatchNorm(3, num_dims=4).named_parameters()))

    @pytest.mark.points(2)
    def test_training_output(self, run, randn):
        """In training gives what torch's own layers give.
        训练时与 torch 自带的层结果一致。"""
        dense, image = 2 * randn(8, 3) + 1, 2 * randn(4, 3, 5, 2) + 1
        close(run(lambda impl: impl.BatchNorm(3, num_dims=2)(dense)), nn.BatchNorm1d(3)(dense).detach())
        close(run(lambda impl: impl.BatchNorm(3, num_dims=4)(image)), nn.BatchNorm2d(3)(image).detach())

    def test_gamma_and_beta(self, agree, randn):
        """Uses the values that gamma and beta have.
        使用 gamma 和 beta 当前的取值。"""
        X, gamma, beta = 3 * randn(64, 3), randn(1, 3), randn(1, 3)

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=2)
            net.gamma.data, net.beta.data = gamma, beta
            return net(X)

        agree(probe)

    @pytest.mark.points(2)
    def test_two_steps(self, agree, randn):
        """Two training steps move the statistics by a tenth each.
        两步训练使滑动统计量各移动十分之一。"""
        batches = 3 * randn(2, 4, 3, 5, 2) + 2

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=4)
            for X in batches:
                net(X)
            return net.moving_mean, net.moving_var

        agree(probe)

    @pytest.mark.points(2)
    def test_evaluation(self, agree, randn):
        """After training, eval() with no_grad uses the moving statistics and keeps them.
        训练之后，在 eval() 和 no_grad 下使用滑动统计量且不改变它们。"""
        batch, X = 3 * randn(4, 3, 5, 2) + 2, randn(4, 3, 5, 2)

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=4)
            net(batch)
            net.eval()
            with torch.no_grad():
                return net(X), net(X[:1]), net.moving_mean, net.moving_var

        agree(probe)

    def test_gradients(self, agree, randn):
        """Passes gradients to its input, gamma and beta.
        梯度能传到输入、gamma 和 beta。"""
        X = 3 * randn(6, 3)

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=2)
            (grad,) = gradients(net, X)
            return grad, net.gamma.grad, net.beta.grad

        agree(probe)

    @pytest.mark.bonus
    def test_buffers(self, agree):
        """Keeps the moving statistics as buffers, so that they are saved and move to the GPU.
        滑动统计量注册为缓冲区，随模型保存并移动到 GPU。"""
        agree(lambda impl: sorted(impl.BatchNorm(3, num_dims=4).state_dict()))

    @pytest.mark.bonus
    def test_eval_alone(self, agree, randn):
        """eval() alone freezes the moving statistics, even while gradients are enabled.
        只调用 eval() 也会冻结滑动统计量，即使梯度仍然开启。"""
        X = randn(4, 3) + 2

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=2).eval()
            return net(X), net.moving_mean, net.moving_var

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("layer_norm")
class TestLayerNorm:
    @standard(promise.untouched, promise.float64, promise.gradients("X", "weight", "bias", points=1))
    def arguments(self, randn, chance):
        n, steps, d = chance.sample(range(2, 8), 3)
        return {"X": randn(n, steps, d), "normalized_shape": (d,), "weight": randn(d), "bias": randn(d)}

    @pytest.mark.points(2)
    def test_last_axis(self, agree, randn):
        """Normalises the last axis, with weight and bias.
        在最后一个轴上归一化，并乘以权重、加上偏置。"""
        X, weight, bias = 2 * randn(4, 3, 6) + 1, randn(6), randn(6)
        agree(lambda impl: impl.layer_norm(X, (6,), weight, bias))

    def test_two_axes(self, agree, randn):
        """Normalises the last two axes together.
        在最后两个轴上一起归一化。"""
        X, weight, bias = 2 * randn(2, 3, 4) + 1, randn(3, 4), randn(3, 4)
        agree(lambda impl: impl.layer_norm(X, (3, 4), weight, bias))

    def test_no_weight_no_bias(self, run, randn):
        """Works without weight, without bias, and without both.
        没有权重、没有偏置或两者都没有时也能工作。"""
        X, weight, bias = randn(3, 5), randn(5), randn(5)
        for w, b in ((None, None), (weight, None), (None, bias)):
            close(run(lambda impl, w=w, b=b: impl.layer_norm(X, [5], w, b)), F.layer_norm(X, [5], w, b))

    def test_batch_of_one(self, agree, randn):
        """Does not need a batch: one example alone gives what it gives in a batch.
        不依赖批量：单个样本的结果与它在批量中的结果相同。"""
        X = randn(4, 6)
        agree(lambda impl: [impl.layer_norm(X[:1], (6,)), impl.layer_norm(X, (6,))[:1]])

    def test_prediction(self, agree, randn):
        """Gives the same in prediction as in training.
        预测时与训练时结果相同。"""
        X = randn(3, 6)
        agree(lambda impl: torch.no_grad()(impl.layer_norm)(X, (6,)))

    def test_constant_row(self, agree, randn):
        """A row that does not vary gives the bias.
        取值恒定的一行得到偏置。"""
        weight, bias = randn(6), randn(6)
        agree(lambda impl: impl.layer_norm(torch.full((2, 6), 5.0), (6,), weight, bias))

    def test_eps(self, agree, randn):
        """Uses the eps that it is given.
        使用传入的 eps。"""
        X = 0.1 * randn(3, 6)
        agree(lambda impl: impl.layer_norm(X, (6,), eps=0.1))

    def test_large_offset(self, agree, randn):
        """Stays accurate when the mean is far larger than the spread.
        均值远大于离散程度时仍然准确。"""
        X = randn(3, 32) + 3000
        agree(lambda impl: impl.layer_norm(X, (32,)), atol=1e-2)

    def test_wrong_shape(self, agree, randn):
        """Refuses a normalized_shape that the input does not have.
        normalized_shape 与输入不符时抛出 ValueError。"""
        X = randn(2, 3, 4)

        def probe(impl):
            refused = [raises(lambda s=shape: impl.layer_norm(X, s), ValueError) for shape in ((3,), (5,), (2, 4))]
            return refused, impl.layer_norm(X, (4,))

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("instance_norm")
class TestInstanceNorm:
    @standard(promise.untouched, promise.float64, promise.gradients("X", "weight", "bias", points=1))
    def arguments(self, randn, chance):
        n, channels, height, width = chance.sample(range(2, 7), 4)
        return {"X": randn(n, channels, height, width), "weight": randn(channels), "bias": randn(channels)}

    @pytest.mark.points(2)
    def test_planes(self, run, randn):
        """Normalises every plane by itself, as torch does.
        对每个通道平面单独归一化，与 torch 一致。"""
        X, weight, bias = 2 * randn(3, 4, 5, 2) + 1, randn(4), randn(4)
        expected = F.instance_norm(X, weight=weight, bias=bias)
        close(run(lambda impl: impl.instance_norm(X, weight, bias)), expected)

    def test_no_weight_no_bias(self, agree, randn):
        """Works without weight, without bias, and without both.
        没有权重、没有偏置或两者都没有时也能工作。"""
        X, weight, bias = randn(2, 3, 4, 2), randn(3), randn(3)
        agree(lambda impl: [impl.instance_norm(X, w, b) for w, b in ((None, None), (weight, None), (None, bias))])

    def test_batch_of_one(self, agree, randn):
        """One image alone gives what it gives in a batch.
        单张图片的结果与它在批量中的结果相同。"""
        X = randn(3, 2, 4, 5)
        agree(lambda impl: [impl.instance_norm(X[:1]), impl.instance_norm(X)[:1]])

    def test_contrast(self, run, randn):
        """Does not depend on an image's contrast and brightness.
        结果与图片的对比度和亮度无关。"""
        X = randn(2, 3, 6, 4, dtype=torch.float64)
        plain, changed = run(lambda impl: [impl.instance_norm(x, eps=1e-12) for x in (X, 7 * X + 3)])
        close((plain, changed), (F.instance_norm(X, eps=1e-12),) * 2, atol=1e-6)

    def test_one_pixel(self, agree, randn):
        """A plane of one pixel becomes zero.
        只有一个像素的平面变为零。"""
        X, bias = randn(2, 3, 1, 1), randn(3)
        agree(lambda impl: [impl.instance_norm(X), impl.instance_norm(X, bias=bias)])

    def test_eps(self, agree, randn):
        """Uses the eps that it is given.
        使用传入的 eps。"""
        X = 0.1 * randn(2, 3, 4, 2)
        agree(lambda impl: impl.instance_norm(X, eps=0.1))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("group_norm")
class TestGroupNorm:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous(id="transposed_input"),
        promise.gradients("X", "weight", "bias", points=1),
    )
    def arguments(self, randn, chance):
        groups, height, width = chance.sample(range(2, 6), 3)
        X, weight, bias = randn(2, 2 * groups, height, width), randn(2 * groups), randn(2 * groups)
        return {"X": X, "num_groups": groups, "weight": weight, "bias": bias}

    @pytest.mark.points(2)
    def test_groups(self, run, randn):
        """Normalises groups of neighbouring channels, as torch does.
        对相邻通道组成的组归一化，与 torch 一致。"""
        X, weight, bias = 2 * randn(2, 6, 5, 3) + 1, randn(6), randn(6)
        close(run(lambda impl: impl.group_norm(X, 2, weight, bias)), F.group_norm(X, 2, weight, bias))

    def test_one_group(self, agree, randn):
        """One group is layer norm over channels and space.
        只有一组时等于在通道和空间上的层归一化。"""
        X = randn(2, 4, 3, 2)
        agree(lambda impl: impl.group_norm(X, 1))

    def test_a_group_per_channel(self, agree, randn):
        """As many groups as channels is instance norm.
        组数等于通道数时等于实例归一化。"""
        X = randn(2, 4, 3, 2)
        agree(lambda impl: impl.group_norm(X, 4))

    def test_no_weight_no_bias(self, agree, randn):
        """Works without weight, without bias, and without both.
        没有权重、没有偏置或两者都没有时也能工作。"""
        X, weight, bias = randn(2, 6, 3, 2), randn(6), randn(6)
        agree(lambda impl: [impl.group_norm(X, 3, w, b) for w, b in ((None, None), (weight, None), (None, bias))])

    def test_indivisible(self, agree, randn):
        """Refuses channels that do not divide into the groups.
        通道数不能被组数整除时抛出 ValueError。"""
        X = randn(2, 6, 3, 2)
        agree(lambda impl: (raises(lambda: impl.group_norm(X, 4), ValueError), impl.group_norm(X, 3)))

    def test_eps(self, agree, randn):
        """Uses the eps that it is given.
        使用传入的 eps。"""
        X = 0.1 * randn(2, 6, 3, 2)
        agree(lambda impl: impl.group_norm(X, 3, eps=0.1))

    test_from_scratch = written_from_scratch


@pytest.fixture
def shape(chance):
    """shape(3): three sizes, no two alike."""
    return lambda dimensions: tuple(chance.sample(range(2, 20), dimensions))


@pytest.mark.exercise("norm_stat_count")
class TestNormStatCount:
    def test_batch(self, agree, shape):
        """Batch norm has one pair for each feature or channel.
        批量归一化：每个特征或通道一对统计量。"""
        shapes = shape(4), shape(2), (1, *shape(3))
        agree(lambda impl: [impl.norm_stat_count(s, "batch") for s in shapes])

    def test_layer(self, agree, shape):
        """Layer norm has one pair for each position.
        层归一化：每个位置一对统计量。"""
        shapes = shape(3), shape(2), shape(4)
        agree(lambda impl: [impl.norm_stat_count(s, "layer") for s in shapes])

    def test_instance(self, agree, shape):
        """Instance norm has one pair for each plane.
        实例归一化：每个平面一对统计量。"""
        shapes = shape(4), (1, *shape(3))
        agree(lambda impl: [impl.norm_stat_count(s, "instance") for s in shapes])

    def test_list_and_size(self, agree, shape):
        """Takes the shape as a list or as a tensor's shape, too.
        形状也可以是列表或张量的 shape。"""
        listed, size = list(shape(2)), torch.ones(shape(2)).shape
        agree(lambda impl: [impl.norm_stat_count(listed, "batch"), impl.norm_stat_count(size, "layer")])
