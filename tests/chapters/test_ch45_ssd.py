"""ch45: cls_predictor, bbox_predictor, concat_preds, down_sample_blk, TinySSD, calc_loss."""

import pytest
import torch
from torch import nn

from dlgrade.testing import Photo, layers, promise, set_parameters, standard, varied_matrices


def by_number(module):
    """The module after its layers, and those of nested modules, have numbers as names: their names are free."""
    for part in module.modules():
        if isinstance(part, nn.Sequential):
            part._modules = {str(number): layer for number, layer in enumerate(part)}
    return module


def numbered(module):
    """The module with fixed parameters."""
    return set_parameters(by_number(module), seed=0)


@pytest.fixture
def widths(chance):
    """widths(count) returns so many numbers between 2 and 9, all of them different."""
    return lambda count: chance.sample(range(2, 10), count)


@pytest.fixture
def maps(randn, chance):
    """maps(count, n) returns so many feature maps (n, c, h, w); c, h and w differ."""

    def draw(count=3, n=None):
        n = n or chance.randint(2, 4)
        return [randn(n, *chance.sample(range(2, 7), 3)) for _ in range(count)]

    return draw


@pytest.mark.exercise("cls_predictor")
class TestClsPredictor:
    @pytest.mark.points(2)
    def test_layer(self, agree, widths):
        """Is a convolution with the settings of the statement, with a score for each class and for the background.
        是符合题目设置的卷积层；每个类别有一个分数，背景也有一个。"""
        cases = [widths(3) for _ in range(3)]
        agree(lambda impl: [layers(impl.cls_predictor(*case)) for case in cases])

    @pytest.mark.points(2)
    def test_scores(self, agree, maps, widths):
        """Gives the scores of every pixel, and keeps height and width.
        给出每个像素的分数，高和宽不变。"""
        (X,), settings = maps(1), widths(2)
        agree(lambda impl: numbered(impl.cls_predictor(X.shape[1], *settings))(X))

    def test_one_class(self, agree, maps, widths):
        """Accepts a single class, and a single anchor box.
        可以只有一个类别，也可以只有一个锚框。"""
        (X,), (many, _) = maps(1), widths(2)
        cases = [(many, 1), (1, many), (1, 1)]
        agree(lambda impl: [numbered(impl.cls_predictor(X.shape[1], *case))(X) for case in cases])

    def test_narrow_maps(self, agree, randn, widths):
        """Accepts maps of one row, one column or one pixel.
        特征图可以只有一行、一列或一个像素。"""
        n, c, anchors, classes, size = widths(5)
        images = [randn(n, c, *shape) for shape in ((1, size), (size, 1), (1, 1))]
        agree(lambda impl: [numbered(impl.cls_predictor(c, anchors, classes))(X) for X in images])

    def test_random_weights(self, run, widths):
        """The weight begins with random numbers, which differ from call to call.
        权重的初始值是随机数，每次调用都不同。"""
        settings = widths(3)

        def probe(impl):
            first, second = (next(impl.cls_predictor(*settings).parameters()).flatten(1) for _ in range(2))
            return [first, first - second]

        varied_matrices(run(probe))


@pytest.mark.exercise("bbox_predictor")
class TestBboxPredictor:
    @pytest.mark.points(2)
    def test_layer(self, agree, widths):
        """Is a convolution with the settings of the statement, with four offsets for each anchor box.
        是符合题目设置的卷积层；每个锚框有四个偏移量。"""
        cases = [widths(2) for _ in range(3)]
        agree(lambda impl: [layers(impl.bbox_predictor(*case)) for case in cases])

    @pytest.mark.points(2)
    def test_offsets(self, agree, maps, widths):
        """Gives the offsets of every pixel, and keeps height and width.
        给出每个像素的偏移量，高和宽不变。"""
        (X,), (anchors,) = maps(1), widths(1)
        agree(lambda impl: numbered(impl.bbox_predictor(X.shape[1], anchors))(X))

    def test_one_anchor(self, agree, maps):
        """Accepts a single anchor box for each pixel.
        每个像素可以只有一个锚框。"""
        (X,) = maps(1)
        agree(lambda impl: numbered(impl.bbox_predictor(X.shape[1], 1))(X))

    def test_narrow_maps(self, agree, randn, widths):
        """Accepts maps of one row, one column or one pixel.
        特征图可以只有一行、一列或一个像素。"""
        n, c, anchors, size = widths(4)
        images = [randn(n, c, *shape) for shape in ((1, size), (size, 1), (1, 1))]
        agree(lambda impl: [numbered(impl.bbox_predictor(c, anchors))(X) for X in images])

    def test_random_weights(self, run, widths):
        """The weight begins with random numbers, which differ from call to call.
        权重的初始值是随机数，每次调用都不同。"""
        settings = widths(2)

        def probe(impl):
            first, second = (next(impl.bbox_predictor(*settings).parameters()).flatten(1) for _ in range(2))
            return [first, first - second]

        varied_matrices(run(probe))


@pytest.mark.exercise("concat_preds")
class TestConcatPreds:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous,
        promise.batch_of_one("preds"),
        promise.gradients("preds"),
    )
    def arguments(self, maps):
        return {"preds": maps(2)}

    @pytest.mark.points(2)
    def test_one_map(self, agree, maps):
        """Lists the pixels of a map row by row, with all channels of a pixel side by side.
        逐行列出特征图的像素，同一像素的所有通道相邻。"""
        preds = maps(1)
        agree(lambda impl: impl.concat_preds(preds))

    @pytest.mark.points(2)
    def test_several_maps(self, agree, maps):
        """Joins maps of different sizes, in the given order.
        按给定的顺序连结大小不同的特征图。"""
        preds = sorted(maps(4), key=lambda pred: pred.numel())
        agree(lambda impl: [impl.concat_preds(list(preds)), impl.concat_preds(preds[::-1])])

    def test_maps_of_the_same_shape(self, agree, randn, widths):
        """Joins maps of the same shape in each row, not below each other.
        特征图形状相同时，也在每一行内连结，而不是上下排列。"""
        shape, n = widths(4), widths(1) * 4
        cases = [[randn(*size) for _ in range(3)] for size in (shape, n)]
        agree(lambda impl: [impl.concat_preds(preds) for preds in cases])

    def test_the_books_maps(self, agree, randn):
        """Joins two scales of the book: 25,300 numbers for each image.
        连结书中的两个尺度：每张图像有 25300 个数。"""
        preds = [randn(2, 55, 20, 20), randn(2, 33, 10, 10)]
        agree(lambda impl: impl.concat_preds(preds))

    def test_narrow_maps(self, agree, randn, widths):
        """Accepts maps of one pixel, one row, one column or one channel.
        特征图可以只有一个像素、一行、一列或一个通道。"""
        n, c, h, w = widths(4)
        preds = [randn(n, *shape) for shape in ((c, 1, 1), (c, 1, w), (c, h, 1), (1, h, w))]
        agree(lambda impl: impl.concat_preds(preds))

    def test_tuple(self, agree, maps):
        """Accepts a tuple.
        可以传入元组。"""
        preds = tuple(maps(3))
        agree(lambda impl: impl.concat_preds(preds))


@pytest.mark.exercise("down_sample_blk")
class TestDownSampleBlk:
    @standard(
        promise.untouched(id="input_untouched"),
        promise.float64,
        promise.non_contiguous,
        promise.gradients("X"),
        net=lambda impl: numbered(impl.down_sample_blk(3, 4)),
    )
    def arguments(self, randn, chance):
        n, h, w = chance.sample(range(2, 6), 3)
        return {"X": randn(n, 3, 2 * h, 2 * w)}

    @pytest.mark.points(2)
    def test_layers(self, agree, widths):
        """Is an nn.Sequential of seven layers, with the order and the settings of the statement.
        是由七层组成的 nn.Sequential，顺序和设置与题目一致。"""
        cases = [widths(2) for _ in range(2)]

        def probe(impl):
            blocks = [impl.down_sample_blk(*case) for case in cases]
            return [layers(block) for block in blocks], [type(block).__name__ for block in blocks]

        agree(probe)

    @pytest.mark.points(2)
    def test_output(self, agree, randn, widths):
        """Gives the right output in training.
        训练时的输出正确。"""
        n, channels, h, w, width = widths(5)
        X = randn(n, channels, 2 * h, 2 * w)
        agree(lambda impl: numbered(impl.down_sample_blk(channels, width))(X))

    def test_evaluation(self, agree, randn, widths):
        """Uses the moving statistics after training and eval(), also on a single image.
        训练之后调用 eval()，就使用移动平均；只有一张图像时也可以。"""
        channels, width = widths(2)
        batch, X = 2 * randn(4, channels, 6, 4) + 1, randn(1, channels, 6, 4)

        def probe(impl):
            block = numbered(impl.down_sample_blk(channels, width)).train()
            block(batch)
            return block.eval()(X)

        agree(probe)

    def test_odd_sizes(self, agree, randn, widths):
        """Drops the last row or column of an odd size.
        高或宽为奇数时，舍去最后一行或最后一列。"""
        n, channels, h, w, width = widths(5)
        images = [randn(n, channels, 2 * h + 1, 2 * w), randn(n, channels, 2 * h, 2 * w + 1)]
        agree(lambda impl: [numbered(impl.down_sample_blk(channels, width))(X) for X in images])

    def test_equal_channels(self, agree, randn, widths):
        """Has two convolutions of its own, also if the number of channels stays.
        通道数不变时，也有两个各自独立的卷积层。"""
        n, channels, h, w = widths(4)
        X = randn(n, channels, 2 * h, 2 * w)
        agree(lambda impl: numbered(impl.down_sample_blk(channels, channels))(X))

    def test_two_by_two(self, agree, randn, widths):
        """Turns an image of 2 x 2 into a pixel.
        把 2 x 2 的图像变为一个像素。"""
        n, channels, width = widths(3)
        X = randn(n, channels, 2, 2)
        agree(lambda impl: numbered(impl.down_sample_blk(channels, width)).eval()(X))


def deep(impl, num_classes):
    """TinySSD with fixed parameters, by their names: a thousand numbers again and again, as drawing takes a while.

    Weights shrink with the number of inputs, so that all layers have outputs near 1.
    """
    net = by_number(impl.TinySSD(num_classes))
    for name, parameter in net.named_parameters():
        seed = int.from_bytes(name.encode(), "big") % (2**31 - 1)  # a prime: every letter counts
        pattern, count = torch.randn(1009, generator=torch.Generator().manual_seed(seed)), parameter.numel()
        pattern = pattern.repeat(count // 1009 + 1)[:count].reshape(parameter.shape)
        if parameter.dim() > 1:
            pattern = pattern * (2 / parameter[0].numel()) ** 0.5
        else:
            pattern = 0.1 * pattern + name.endswith("weight")
        parameter.data = pattern
    return net


@pytest.fixture
def photos(randn, chance):
    """photos(n) returns n images (n, 3, h, w), wide or high: the last block has two pixels to pool."""

    def draw(n):
        size = chance.choice([64, 72, 80]), chance.choice([128, 136, 144])
        return randn(n, 3, *chance.sample(size, 2))

    return draw


@pytest.mark.exercise("TinySSD")
@pytest.mark.timeout(20)  # twelve convolutions on a busy machine
class TestTinySSD:
    def test_layers(self, agree, chance):
        """Has the blocks and predictors of five scales under the names of the statement, with the right settings.
        五个尺度的块和预测层名称与题目一致，设置正确。"""
        classes = chance.sample(range(1, 40), 2)

        def probe(impl):
            with torch.device("meta"):  # layers without values
                nets = [impl.TinySSD(count) for count in classes]
            return [{name: layers(child) for name, child in sorted(net.named_children())} for net in nets]

        agree(probe)

    def test_shapes(self, agree, chance):
        """The blocks turn images into feature maps of the right sizes.
        各个块得到的特征图大小正确。"""
        sizes = [chance.sample([64, 72, 80, 96, 128, 144, 160], 2) for _ in range(2)]

        def probe(impl):
            net, shapes = impl.TinySSD(1).eval(), []
            for size in sizes:
                X = torch.empty(0, 3, *size)  # a batch of no images: nothing is computed
                for _, block in sorted(child for child in net.named_children() if child[0].startswith("blk")):
                    X = block(X)
                    shapes.append(list(X.shape[1:]))
            return shapes

        agree(probe)

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    @pytest.mark.needs("shapes")  # larger maps would take seconds
    def test_anchors(self, agree, photos, chance):
        """Returns the anchor boxes of all scales, once for all images.
        返回所有尺度的锚框，所有图像共用。"""
        X, classes = photos(2), chance.randint(2, 5)
        agree(lambda impl: deep(impl, classes).eval()(X)[0], over=Photo(X, (1, 1)))

    @pytest.mark.points(2)
    @pytest.mark.needs("shapes")
    def test_scores(self, agree, photos, chance):
        """Returns the scores of each anchor box, in the order of the anchor boxes.
        按锚框的顺序返回每个锚框的分数。"""
        X, classes = photos(2), chance.randint(2, 5)
        agree(lambda impl: deep(impl, classes).eval()(X)[1], rtol=1e-4, atol=1e-4)  # ten layers of rounding

    @pytest.mark.points(2)
    @pytest.mark.needs("shapes")
    def test_offsets(self, agree, photos, chance):
        """Returns four offsets for each anchor box, in the order of the anchor boxes.
        按锚框的顺序返回每个锚框的四个偏移量。"""
        X, classes = photos(2), chance.randint(2, 5)
        agree(lambda impl: deep(impl, classes).eval()(X)[2], rtol=1e-4, atol=1e-4)  # ten layers of rounding

    @pytest.mark.needs("shapes")
    def test_training(self, agree, photos, chance):
        """Predicts with the statistics of the batch in training.
        训练时用小批量的统计量预测。"""
        X, classes = photos(3), chance.randint(2, 5)
        agree(lambda impl: [*deep(impl, classes).train()(X)], rtol=1e-3, atol=1e-3)  # variances of three numbers

    @pytest.mark.needs("shapes")
    def test_one_class(self, agree, photos):
        """Accepts a single class, and a single image.
        可以只有一个类别，也可以只有一张图像。"""
        X = photos(1)
        agree(lambda impl: [*deep(impl, 1).eval()(X)], rtol=1e-4, atol=1e-4)

    @pytest.mark.needs("shapes")
    def test_the_books_images(self, agree, randn, chance):
        """Has 5444 anchor boxes for images of 256 x 256.
        图像为 256 x 256 时，有 5444 个锚框。"""
        X, classes = randn(1, 3, 256, 256), chance.randint(2, 9)

        def probe(impl):
            with torch.no_grad():
                results = deep(impl, classes).eval()(X)
            return [list(result.shape) for result in results], [result[..., -1] for result in results]

        agree(probe, rtol=1e-4, atol=1e-4)

    @pytest.mark.points(2)
    @pytest.mark.needs("shapes")
    def test_gradients(self, agree, photos, chance):
        """All parameters can be learned: the gradients have the right norms.
        所有参数都可以学习，梯度的范数正确。"""
        X, classes = photos(1), chance.randint(2, 5)

        def probe(impl):
            net = deep(impl, classes).eval()
            _, scores, offsets = net(X)
            total = torch.zeros(())
            for part in (scores, offsets):
                total = total + (part * torch.arange(part.numel()).reshape(part.shape).sin()).mean()
            if total.requires_grad:
                total.backward()
            return {name: p.grad.norm() if p.grad is not None else None for name, p in sorted(net.named_parameters())}

        agree(probe, rtol=1e-3, atol=1e-7)


@pytest.fixture
def batch(randn, generator, chance):
    """batch(n, a, c) returns the arguments of calc_loss for n images, a anchor boxes and c scores, by name."""

    def draw(n=None, a=None, c=None):
        drawn = chance.sample(range(3, 9), 3)
        n, a, c = n or drawn[0], a or drawn[1], c or drawn[2]
        labels = torch.randint(c, (n, a), generator=generator)
        labels[:, 0] = 0
        masks = (labels > 0).float().repeat_interleave(4, dim=1)
        offsets, true_offsets = randn(n, 4 * a), randn(n, 4 * a)
        return {"cls_preds": 2 * randn(n, a, c), "cls_labels": labels, "bbox_preds": offsets,
                "bbox_labels": true_offsets, "bbox_masks": masks}  # fmt: skip

    return draw


@pytest.mark.exercise("calc_loss")
class TestCalcLoss:
    @standard(
        promise.untouched,
        promise.float64,
        promise.non_contiguous("cls_preds", "bbox_preds"),
        promise.batch_of_one("cls_preds", "cls_labels", "bbox_preds", "bbox_labels", "bbox_masks"),
        promise.gradients("cls_preds", "bbox_preds"),
    )
    def arguments(self, batch):
        return batch()

    @pytest.mark.points(2)
    def test_sum(self, agree, batch):
        """Returns the loss of the classes plus the loss of the offsets, for each image.
        返回每张图像的类别损失与偏移量损失之和。"""
        inputs = batch()
        agree(lambda impl: impl.calc_loss(*inputs.values()))

    @pytest.mark.points(2)
    def test_classes(self, agree, batch):
        """Without objects, it is the mean cross-entropy of the anchor boxes.
        没有目标时，就是各锚框交叉熵的平均值。"""
        inputs = batch()
        inputs["bbox_masks"].zero_()
        agree(lambda impl: impl.calc_loss(*inputs.values()))

    @pytest.mark.points(2)
    def test_offsets(self, agree, batch):
        """If the classes are certain and right, it is the loss of the offsets, averaged over all numbers.
        类别全都确定且正确时，就是偏移量的损失，对所有数取平均。"""
        inputs = batch()
        inputs["cls_preds"] = 99 * nn.functional.one_hot(inputs["cls_labels"], inputs["cls_preds"].shape[2]).float()
        agree(lambda impl: impl.calc_loss(*inputs.values()))

    def test_right_offsets(self, agree, batch, randn):
        """The offsets of anchor boxes without objects do not matter.
        没有目标的锚框，偏移量不起作用。"""
        inputs = batch()
        masks, right = inputs["bbox_masks"], inputs["bbox_labels"]
        inputs["bbox_preds"] = torch.where(masks > 0, right, 9 * randn(*right.shape))
        agree(lambda impl: impl.calc_loss(*inputs.values()))

    def test_each_image(self, agree, batch):
        """The loss of an image does not depend on the other images.
        一张图像的损失与其他图像无关。"""
        inputs = batch(n=6)
        growing = torch.linspace(0.1, 9, 6)
        inputs["cls_preds"] *= growing[:, None, None]
        inputs["bbox_preds"] *= growing.flip(0)[:, None]
        agree(lambda impl: impl.calc_loss(*inputs.values()))

    def test_equal_sizes(self, agree, batch, chance):
        """Takes the right axes if there are as many images as anchor boxes and classes.
        图像、锚框和类别的个数相同时，仍取正确的轴。"""
        n = chance.randint(3, 6)
        inputs = batch(n, n, n)
        agree(lambda impl: impl.calc_loss(*inputs.values()))

    def test_one_anchor(self, agree, batch):
        """Accepts a single anchor box, and a single class.
        可以只有一个锚框，也可以只有一个类别。"""
        cases = [batch(a=1), batch(c=2)]
        cases[0]["bbox_masks"][::2] = 1
        agree(lambda impl: [impl.calc_loss(*inputs.values()) for inputs in cases])

    def test_large_scores(self, agree, batch):
        """Is right for scores up to 1e4, for which exponentials are infinite or 0.
        分数达到 1e4、指数为无穷大或 0 时，结果仍然正确。"""
        inputs = batch()
        inputs["cls_preds"] = 1e4 * inputs["cls_preds"] / inputs["cls_preds"].abs().max()
        agree(lambda impl: impl.calc_loss(*inputs.values()))
