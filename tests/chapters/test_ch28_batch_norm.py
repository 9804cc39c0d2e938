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
        输入为二维时，每个特征在整个小批量上做规范化。"""
        arguments = dense()
        agree(lambda impl: train(impl, arguments)[0])

    @pytest.mark.points(2)
    def test_convolutional_input(self, agree, image):
        """Normalises each channel of a 4-D input over the batch and all pixels.
        输入为四维时，每个通道在小批量的所有图像、所有像素上做规范化。"""
        arguments = image()
        agree(lambda impl: train(impl, arguments)[0])

    def test_small_batch(self, agree, dense):
        """Divides the variance by N, which matters in a small batch.
        方差除以 N；小批量很小时，这一点影响明显。"""
        arguments = dense(n=3)
        agree(lambda impl: train(impl, arguments)[0])

    def test_moving_statistics(self, agree, dense, image):
        """Updates the moving statistics: momentum * old + (1 - momentum) * batch.
        按 momentum * 旧值 + (1 - momentum) * 当前小批量的统计量 更新移动平均。"""
        for arguments in (dense(), image()):
            agree(lambda impl, a=arguments: train(impl, a, eps=0.1, momentum=0.8)[1:])

    def test_prediction(self, agree, dense, image):
        """Under no_grad normalises by the moving statistics and returns them unchanged.
        在 no_grad 下用移动平均做规范化，并原样返回移动平均。"""
        for arguments in (dense(), image()):
            agree(lambda impl, a=arguments: predict(impl, a))

    def test_eps(self, agree, dense):
        """Adds eps to the variance, inside the root.
        eps 加在根号内的方差上。"""
        X, *rest = dense()
        arguments = (0.01 * X, *rest)
        agree(lambda impl: train(impl, arguments, eps=1e-2)[0])

    def test_constant_feature(self, agree, dense):
        """Returns beta, not NaN, for a constant feature.
        特征取值恒定时，输出等于 beta，而不是 NaN。"""
        X, *rest = dense()
        arguments = (torch.full_like(X, 3.0), *rest)
        agree(lambda impl: train(impl, arguments)[0])

    def test_batch_of_one(self, agree, dense):
        """Returns beta for a batch of one example.
        批量中只有一个样本时，输出等于 beta。"""
        arguments = dense(n=1)
        agree(lambda impl: train(impl, arguments)[0])

    def test_large_offset(self, agree, dense):
        """Stays accurate when the mean is far larger than the standard deviation.
        均值远大于标准差时，结果仍然准确。"""
        X, *rest = dense(n=32)
        arguments = (X + 3000, *rest)
        agree(lambda impl: train(impl, arguments)[0], atol=1e-2)

    @pytest.mark.needs("fully_connected_input")
    def test_statistics_without_graph(self, agree, dense):
        """Returns moving statistics that carry no gradient.
        返回的移动平均不带梯度。"""
        X, *rest = dense()

        def probe(impl):
            _, mean, var = train(impl, (X.requires_grad_(), *rest))
            return mean.requires_grad, var.requires_grad

        agree(probe)

    @pytest.mark.needs("fully_connected_input")
    def test_three_dimensions(self, agree, randn):
        """Raises AssertionError for a 3-D input.
        输入为三维时抛出 AssertionError。"""
        arguments = (randn(2, 4, 3), *(torch.ones(3) for _ in range(4)))
        dense = (arguments[0][0], *arguments[1:])
        agree(lambda impl: (raises(lambda: train(impl, arguments), AssertionError), train(impl, dense)[0]))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("BatchNorm")
class TestBatchNormLayer:
    def test_initial_state(self, agree, chance):
        """Starts with gamma 1, beta 0, moving mean 0 and moving variance 1, in both shapes.
        gamma 初值为 1，beta 为 0，均值的移动平均为 0，方差的移动平均为 1；两种形状都正确。"""
        sizes = chance.sample(range(2, 50), 2)

        def probe(impl):
            norms = [impl.BatchNorm(n, num_dims) for n, num_dims in zip(sizes, (2, 4), strict=True)]
            return [[norm.gamma, norm.beta, norm.moving_mean, norm.moving_var] for norm in norms]

        agree(probe)

    def test_parameters(self, agree):
        """Has gamma and beta as its only parameters.
        只有 gamma 和 beta 是参数。"""
        agree(lambda impl: sorted(name for name, _ in impl.BatchNorm(3, num_dims=4).named_parameters()))

    @pytest.mark.points(2)
    def test_training_output(self, run, randn):
        """Agrees with torch's own layers in training.
        训练时的输出与 torch 自带的层一致。"""
        dense, image = 2 * randn(8, 3) + 1, 2 * randn(4, 3, 5, 2) + 1
        close(run(lambda impl: impl.BatchNorm(3, num_dims=2)(dense)), nn.BatchNorm1d(3)(dense).detach())
        close(run(lambda impl: impl.BatchNorm(3, num_dims=4)(image)), nn.BatchNorm2d(3)(image).detach())

    def test_gamma_and_beta(self, agree, randn):
        """Uses the current values of gamma and beta.
        使用 gamma 和 beta 的当前值。"""
        X, gamma, beta = 3 * randn(64, 3), randn(1, 3), randn(1, 3)

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=2)
            net.gamma.data, net.beta.data = gamma, beta
            return net(X)

        agree(probe)

    @pytest.mark.points(2)
    def test_two_steps(self, agree, randn):
        """Updates the moving statistics in two training steps.
        训练两步，移动平均更新两次。"""
        batches = 3 * randn(2, 4, 3, 5, 2) + 2

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=4)
            for X in batches:
                net(X)
            return net.moving_mean, net.moving_var

        agree(probe)

    @pytest.mark.points(2)
    def test_evaluation(self, agree, randn):
        """After training, uses the moving statistics under eval() and no_grad, and keeps them unchanged.
        训练之后，在 eval() 和 no_grad 下使用移动平均，且不改变它们。"""
        batch, X = 3 * randn(4, 3, 5, 2) + 2, randn(4, 3, 5, 2)

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=4)
            net(batch)
            net.eval()
            with torch.no_grad():
                return net(X), net(X[:1]), net.moving_mean, net.moving_var

        agree(probe)

    def test_eps(self, agree, randn):
        """Uses eps 1e-5, in training and after eval().
        训练时和调用 eval() 之后，eps 都是 1e-5。"""
        X = 0.003 * randn(6, 3)

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=2)
            Y = net(X)
            net.moving_var.data = X.var(dim=0, keepdim=True)
            with torch.no_grad():
                return Y, net.eval()(X)

        agree(probe)

    def test_gradients(self, agree, randn):
        """Passes the right gradients to its input, gamma and beta.
        输入、gamma 和 beta 的梯度正确。"""
        X = 3 * randn(6, 3)

        def probe(impl):
            net = impl.BatchNorm(3, num_dims=2)
            (grad,) = gradients(net, X)
            return grad, net.gamma.grad, net.beta.grad

        agree(probe)

    @pytest.mark.bonus
    def test_buffers(self, agree):
        """Keeps the moving statistics as buffers, so that they are saved and move to the GPU.
        移动平均注册为缓冲区，因而随模型一起保存，也随模型移到 GPU。"""
        agree(lambda impl: sorted(impl.BatchNorm(3, num_dims=4).state_dict()))

    @pytest.mark.bonus
    def test_eval_alone(self, agree, randn):
        """Keeps the moving statistics after eval(), even while gradients are enabled.
        调用 eval() 之后，即使可以计算梯度，移动平均也不变。"""
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
        在最后一个轴上做规范化，再乘以 weight、加上 bias。"""
        X, weight, bias = 2 * randn(4, 3, 6) + 1, randn(6), randn(6)
        agree(lambda impl: impl.layer_norm(X, (6,), weight, bias))

    def test_two_axes(self, agree, randn):
        """Normalises the last two axes together.
        在最后两个轴上一起做规范化。"""
        X, weight, bias = 2 * randn(2, 3, 4) + 1, randn(3, 4), randn(3, 4)
        agree(lambda impl: impl.layer_norm(X, (3, 4), weight, bias))

    def test_no_weight_no_bias(self, run, randn):
        """Works without weight, without bias, and without both.
        没有 weight、没有 bias 或两者都没有时，结果都正确。"""
        X, weight, bias = randn(3, 5), randn(5), randn(5)
        for w, b in ((None, None), (weight, None), (None, bias)):
            close(run(lambda impl, w=w, b=b: impl.layer_norm(X, [5], w, b)), F.layer_norm(X, [5], w, b))

    def test_batch_of_one(self, agree, randn):
        """Gives an example alone the same result as in a batch.
        一个样本单独计算，与它在小批量中的结果相同。"""
        X = randn(4, 6)
        agree(lambda impl: [impl.layer_norm(X[:1], (6,)), impl.layer_norm(X, (6,))[:1]])

    def test_prediction(self, agree, randn):
        """Gives the same in prediction as in training.
        预测时与训练时结果相同。"""
        X = randn(3, 6)
        agree(lambda impl: torch.no_grad()(impl.layer_norm)(X, (6,)))

    def test_constant_row(self, agree, randn):
        """Returns the bias for a constant row.
        一行取值恒定时，输出等于 bias。"""
        weight, bias = randn(6), randn(6)
        agree(lambda impl: impl.layer_norm(torch.full((2, 6), 5.0), (6,), weight, bias))

    def test_eps(self, agree, randn):
        """Uses the eps that it is given.
        使用传入的 eps。"""
        X = 0.1 * randn(3, 6)
        agree(lambda impl: impl.layer_norm(X, (6,), eps=0.1))

    def test_large_offset(self, agree, randn):
        """Stays accurate when the mean is far larger than the standard deviation.
        均值远大于标准差时，结果仍然准确。"""
        X = randn(3, 32) + 3000
        agree(lambda impl: impl.layer_norm(X, (32,)), atol=1e-2)

    @pytest.mark.needs("last_axis")
    def test_wrong_shape(self, agree, randn):
        """Raises ValueError if the last axes of X are not normalized_shape.
        X 最后几个轴的大小不是 normalized_shape 时抛出 ValueError。"""
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
        """Normalises each channel of each image by itself, as torch does.
        对每张图像的每个通道分别做规范化，与 torch 一致。"""
        X, weight, bias = 2 * randn(3, 4, 5, 2) + 1, randn(4), randn(4)
        expected = F.instance_norm(X, weight=weight, bias=bias)
        close(run(lambda impl: impl.instance_norm(X, weight, bias)), expected)

    def test_no_weight_no_bias(self, agree, randn):
        """Works without weight, without bias, and without both.
        没有 weight、没有 bias 或两者都没有时，结果都正确。"""
        X, weight, bias = randn(2, 3, 4, 2), randn(3), randn(3)
        agree(lambda impl: [impl.instance_norm(X, w, b) for w, b in ((None, None), (weight, None), (None, bias))])

    def test_batch_of_one(self, agree, randn):
        """Gives an image alone the same result as in a batch.
        一张图像单独计算，与它在小批量中的结果相同。"""
        X = randn(3, 2, 4, 5)
        agree(lambda impl: [impl.instance_norm(X[:1]), impl.instance_norm(X)[:1]])

    def test_contrast(self, run, randn):
        """Does not depend on the contrast and brightness of an image.
        结果与图像的对比度和亮度无关。"""
        X = randn(2, 3, 6, 4, dtype=torch.float64)
        plain, changed = run(lambda impl: [impl.instance_norm(x, eps=1e-12) for x in (X, 7 * X + 3)])
        close((plain, changed), (F.instance_norm(X, eps=1e-12),) * 2, atol=1e-6)

    def test_one_pixel(self, agree, randn):
        """Sets a channel of one pixel to zero.
        通道只有一个像素时，规范化的结果为零。"""
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
        把相邻的通道分成组，对每组做规范化，与 torch 一致。"""
        X, weight, bias = 2 * randn(2, 6, 5, 3) + 1, randn(6), randn(6)
        close(run(lambda impl: impl.group_norm(X, 2, weight, bias)), F.group_norm(X, 2, weight, bias))

    def test_one_group(self, agree, randn):
        """With one group equals layer normalisation over channels and pixels.
        只有一组时，等于在通道和像素上做层规范化。"""
        X = randn(2, 4, 3, 2)
        agree(lambda impl: impl.group_norm(X, 1))

    def test_a_group_per_channel(self, agree, randn):
        """With a group per channel equals instance normalisation.
        每个通道一组时，等于实例规范化。"""
        X = randn(2, 4, 3, 2)
        agree(lambda impl: impl.group_norm(X, 4))

    def test_no_weight_no_bias(self, agree, randn):
        """Works without weight, without bias, and without both.
        没有 weight、没有 bias 或两者都没有时，结果都正确。"""
        X, weight, bias = randn(2, 6, 3, 2), randn(6), randn(6)
        agree(lambda impl: [impl.group_norm(X, 3, w, b) for w, b in ((None, None), (weight, None), (None, bias))])

    @pytest.mark.needs("groups")
    def test_indivisible(self, agree, randn):
        """Raises ValueError if c is not a multiple of num_groups.
        c 不是 num_groups 的倍数时抛出 ValueError。"""
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
        """Counts a pair for each feature or channel in batch normalisation.
        批量规范化：每个特征或通道有一组均值和方差。"""
        shapes = shape(4), shape(2), (1, *shape(3))
        agree(lambda impl: [impl.norm_stat_count(s, "batch") for s in shapes])

    def test_layer(self, agree, shape):
        """Counts a pair for each position in layer normalisation.
        层规范化：每个位置有一组均值和方差。"""
        shapes = shape(3), shape(2), shape(4)
        agree(lambda impl: [impl.norm_stat_count(s, "layer") for s in shapes])

    def test_instance(self, agree, shape):
        """Counts a pair for each channel of each image in instance normalisation.
        实例规范化：每张图像的每个通道有一组均值和方差。"""
        shapes = shape(4), (1, *shape(3))
        agree(lambda impl: [impl.norm_stat_count(s, "instance") for s in shapes])

    def test_list_and_size(self, agree, shape):
        """Accepts the shape as a list or a torch.Size.
        形状也可以是 list 或 torch.Size。"""
        listed, size = list(shape(2)), torch.ones(shape(2)).shape
        agree(lambda impl: [impl.norm_stat_count(listed, "batch"), impl.norm_stat_count(size, "layer")])
