"""ch46: filter_by_size, mean_iou."""

import pytest
import torch

from dlgrade.testing import promise, standard, value_or_error


def shapes(result):
    """The shapes of a result in words."""
    return str(result and [tuple(part.shape) for part in result])


@pytest.fixture
def images(chance):
    """images(*shapes): images with the given heights and widths, each filled with a number of its own."""

    def draw(*shapes, channels=3):
        numbers = chance.sample(range(1, 256), len(shapes))
        return [torch.full((channels, *shape), n, dtype=torch.uint8) for n, shape in zip(numbers, shapes, strict=True)]

    return draw


def described(kept):
    """Of each image the number of which it is full, shape and dtype; other things as they are."""
    tensor = torch.Tensor
    return [[int(img.flatten()[0]), *img.shape, str(img.dtype)] if isinstance(img, tensor) else img for img in kept]


@pytest.mark.exercise("filter_by_size")
class TestFilterBySize:
    @pytest.mark.points(2)
    def test_large_enough(self, agree, images, chance):
        """Keeps the images that have enough rows and enough columns, and no others.
        只保留行数和列数都足够的图像。"""
        height, width = chance.sample(range(4, 9), 2)
        shapes = [(height + chance.randint(-2, 3), width + chance.randint(-2, 3)) for _ in range(16)]
        shapes += [(height, width + 3), (height + 3, width), (height - 1, width + 3), (height + 3, width - 1)]
        imgs = images(*chance.sample(shapes, len(shapes)), (height + 2, width + 1))
        crops = (height, width), (width, height)
        agree(lambda impl: [described(impl.filter_by_size(list(imgs), size)) for size in crops])

    @pytest.mark.points(2)
    def test_one_axis_too_small(self, agree, images, chance):
        """Drops images that have enough rows but too few columns, or the other way round.
        行数足够但列数不足，或列数足够但行数不足的图像，都不保留。"""
        height, width = chance.sample(range(4, 9), 2)
        shapes = (height - 1, width + 9), (height + 9, width - 1), (height + 1, width + 2), (height - 1, width)
        imgs = images(*chance.sample([*shapes, (height, width - 1), (width, height), (height + 2, width + 1)], 7))
        agree(lambda impl: described(impl.filter_by_size(imgs, (height, width))))

    def test_same_size(self, agree, images, chance):
        """Keeps images that are as high or as wide as the rectangle, or both.
        与矩形同高或同宽的图像保留。"""
        h, w = chance.sample(range(4, 9), 2)
        imgs = images(*chance.sample([(h, w), (h, w + 1), (h + 1, w), (h + 1, w + 1), (h - 1, w - 1)], 5))
        agree(lambda impl: described(impl.filter_by_size(imgs, (h, w))))

    def test_order(self, agree, images, chance):
        """Keeps the order of the images.
        保持图像的顺序。"""
        more = chance.sample(range(8), 8)
        imgs = images(*((5 + by, 4 + by) for by in more))
        agree(lambda impl: described(impl.filter_by_size(imgs, (6, 5))))

    def test_channels(self, agree, images, chance):
        """The number of channels may be anything.
        通道数可以是任意值。"""
        shapes = [(4, 6), (9, 8), (6, 4), (7, 5), (8, 5)]
        imgs = [img for channels in (1, 2, 12) for img in images(*chance.sample(shapes, 5), channels=channels)]
        agree(lambda impl: described(impl.filter_by_size(imgs, (7, 5))))

    def test_all_or_none(self, agree, images, chance):
        """Keeps all images if each is large enough, and returns an empty list if none is.
        每幅图像都足够大时全部保留；没有足够大的图像时，返回空列表。"""
        imgs = images(*((chance.randint(4, 8), chance.randint(4, 8)) for _ in range(5)))
        cases = (4, 4), (1, 2), (9, 9), (9, 1)
        agree(lambda impl: [described(impl.filter_by_size(list(imgs), size)) for size in cases])

    def test_no_images(self, agree, images, chance):
        """Returns an empty list if there are no images.
        没有图像时，返回空列表。"""
        imgs, size = images((6, 8), (4, 9), (5, 9)), (5, chance.randint(6, 8))
        agree(lambda impl: [described(impl.filter_by_size(few, size)) for few in (imgs, [], ())])

    def test_repeated_images(self, agree, images, chance):
        """Keeps an image twice if it occurs twice.
        出现两次的图像保留两次。"""
        imgs = images((6, 8), (5, 9), (8, 5), (7, 7), (9, 9))
        imgs = [imgs[i] for i in chance.choices(range(5), k=12)]
        agree(lambda impl: described(impl.filter_by_size(imgs, (6, 6))))

    def test_tuples(self, agree, images, chance):
        """Accepts a tuple of images, and gives a list.
        图像可以是元组；结果是列表。"""
        imgs = tuple(images(*((chance.randint(4, 8), chance.randint(4, 8)) for _ in range(9))))

        def probe(impl):
            kept = impl.filter_by_size(imgs, (6, 5))
            return type(kept).__name__, described(kept)

        agree(probe)

    @pytest.mark.needs("large_enough")
    def test_no_copies(self, agree, images, generator):
        """Returns the given tensors themselves.
        返回的就是传入的张量本身。"""
        order = torch.randperm(6, generator=generator).tolist()
        imgs = images(*((5 + by, 6) for by in order))

        def probe(impl):
            kept = impl.filter_by_size(imgs, (7, 6))
            return [[i for i, img in enumerate(imgs) if img is same] for same in kept]

        agree(probe)

    @pytest.mark.needs("large_enough")
    def test_arguments_untouched(self, agree, images, chance):
        """Leaves the list unchanged, and returns another list.
        不修改传入的列表，返回另一个列表。"""
        imgs = images(*((chance.randint(4, 8), chance.randint(4, 8)) for _ in range(9)))

        def probe(impl):
            mine = list(imgs)
            results = [impl.filter_by_size(mine, size) for size in ((6, 5), (4, 4))]
            return described(results[0]), described(mine), [result is mine for result in results]

        agree(probe)


@pytest.fixture
def classified(generator):
    """classified(classes, *shape): predictions and targets; most of them agree, and each class occurs in both."""

    def draw(classes, *shape, right=0.6):
        n = torch.Size(shape).numel()
        target, other = torch.randint(classes, (2, n), generator=generator)
        pred = torch.where(torch.rand(n, generator=generator) < right, target, other)
        target[:classes], pred[:classes] = torch.arange(classes), torch.arange(classes)
        order = torch.randperm(n, generator=generator)
        return pred[order].reshape(shape), target[order].reshape(shape)

    return draw


@pytest.fixture
def ignored(generator):
    """ignored(target, index): a copy of the target, in which a third of the pixels has the index."""

    def draw(target, index=255):
        return torch.where(torch.rand(target.shape, generator=generator) < 0.3, index, target)

    return draw


@pytest.mark.exercise("mean_iou")
class TestMeanIou:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, classified, ignored, chance):
        pred, target = classified(4, *chance.sample(range(6, 11), 2))
        return {"pred": pred, "target": ignored(target), "num_classes": 4}

    @pytest.mark.points(2)
    def test_mean_of_classes(self, agree, classified, chance):
        """Returns the mean of the IoU of all classes, if each class occurs.
        所有类别都出现时，返回各类别交并比的平均值。"""
        pairs = [(*classified(classes, *chance.sample(range(6, 11), 2)), classes) for classes in (3, 4, 5)]
        agree(lambda impl: [impl.mean_iou(*pair) for pair in pairs])

    def test_rare_classes(self, agree, classified, chance):
        """Counts each class alike, however few pixels it has.
        无论像素多少，每个类别的权重都相同。"""
        pred, target = classified(4, h := chance.randint(8, 12), 9)
        background = torch.zeros(2, 9 * h, 9, dtype=torch.int64)
        pred, target = torch.cat([pred, background[0]]), torch.cat([target, background[1]])
        agree(lambda impl: impl.mean_iou(pred, target, 4))

    @pytest.mark.points(2)
    def test_ignored_pixels(self, agree, classified, ignored, chance):
        """Drops the pixels whose target is 255, from predictions and targets.
        目标为 255 的像素不计，预测和目标中都去掉。"""
        pairs = [classified(4, *chance.sample(range(6, 11), 2)) for _ in range(2)]
        pairs = [(pred, ignored(target)) for pred, target in pairs]
        agree(lambda impl: [impl.mean_iou(*pair, 4) for pair in pairs])

    def test_only_in_ignored_pixels(self, agree, classified, chance):
        """A class that is predicted for ignored pixels alone does not occur.
        只在被忽略的像素处预测过的类别，不算出现。"""
        pred, target = classified(3, *chance.sample(range(6, 11), 2))
        pred[2], target[2] = 3, 255
        agree(lambda impl: impl.mean_iou(pred, target, 5))

    @pytest.mark.points(2)
    def test_other_ignore_index(self, agree, classified, ignored, chance):
        """Drops the pixels whose target is ignore_index, if it is given.
        给出 ignore_index 时，目标等于它的像素不计。"""
        pred, target = classified(4, *chance.sample(range(6, 11), 2))
        pairs = [(ignored(target, index), index) for index in (-1, -100, chance.randint(100, 250), 1000)]
        agree(lambda impl: [impl.mean_iou(pred, mask, 4, index) for mask, index in pairs])

    def test_ignored_class(self, agree, classified, chance):
        """If ignore_index is a class, pixels for which it is predicted still count: its IoU is 0.
        ignore_index 是某个类别时，预测为该类别的其余像素仍计入：其交并比为 0。"""
        pred, target = classified(4, *chance.sample(range(6, 11), 2), right=0.5)
        agree(lambda impl: [impl.mean_iou(pred, target, 4, ignore_index=index) for index in (0, 2, 3)])

    @pytest.mark.points(2)
    def test_absent_classes(self, agree, classified, chance):
        """Leaves out of the mean the classes that occur in neither.
        预测和目标中都没有的类别，不计入平均值。"""
        pred, target = classified(3, *chance.sample(range(6, 11), 2))
        first = chance.randint(1, 4)
        cases = (pred, target, 21), (pred + first, 2 * target + first, 9 + first)
        agree(lambda impl: [impl.mean_iou(*case) for case in cases])

    def test_only_predicted(self, agree, classified, chance):
        """Counts a class that is predicted but never true, with an IoU of 0.
        预测过但目标中没有的类别计入，交并比为 0。"""
        pred, target = classified(3, *chance.sample(range(6, 11), 2))
        pred[1] = 4
        agree(lambda impl: impl.mean_iou(pred, target, 6))

    def test_never_predicted(self, agree, classified, chance):
        """Counts a class that is true but never predicted, with an IoU of 0.
        目标中有但从未预测过的类别计入，交并比为 0。"""
        pred, target = classified(3, *chance.sample(range(6, 11), 2))
        target[1] = 4
        agree(lambda impl: impl.mean_iou(pred, target, 6))

    def test_extremes(self, agree, classified, chance):
        """Is 1 if all pixels are right, and 0 if all are wrong.
        全部像素正确时为 1，全部错误时为 0。"""
        pred, target = classified(4, *chance.sample(range(6, 11), 2))
        pairs = chance.sample([(target, target), (3 - target, target), (pred, target)], 3)
        agree(lambda impl: [impl.mean_iou(*pair, 4) for pair in pairs])

    @pytest.mark.points(2)
    def test_batch(self, agree, classified, chance):
        """Counts the pixels of all images of a batch together.
        批量中所有图像的像素合在一起统计。"""
        size = chance.sample(range(6, 11), 2)
        pairs = [classified(classes, *size, right=right) for classes, right in ((2, 0.9), (4, 0.2), (3, 0.6))]
        preds, targets = (torch.stack(part) for part in zip(*pairs, strict=True))
        agree(lambda impl: impl.mean_iou(preds, targets, 4))

    def test_other_shapes(self, agree, classified, chance):
        """Accepts pixels in any shape, also a single pixel.
        像素可以排成任意形状，也可以只有一个。"""
        pairs = [classified(3, *shape) for shape in ((chance.randint(20, 40),), (2, 1, 3, 7), (1, 9))]
        label = torch.tensor([[chance.randint(0, 2)]])
        agree(lambda impl: [impl.mean_iou(*pair, 3) for pair in [*pairs, (label, label)]])

    def test_uint8(self, agree, classified, ignored, chance):
        """Accepts predictions and targets in uint8, also with many classes.
        接受 uint8 的预测和目标，类别可以很多。"""
        pred, target = classified(chance.randint(40, 60), 12, 13)
        pair = pred.to(torch.uint8), ignored(target).to(torch.uint8)
        agree(lambda impl: impl.mean_iou(*pair, 60))

    def test_one_class(self, agree, classified, chance):
        """Accepts a single class, alone or among others.
        可以只有一个类别。"""
        zeros = torch.zeros(chance.randint(3, 6), 4, dtype=torch.int64)
        pred, target = classified(2, 5, 7)
        cases = (zeros, zeros, 1), (zeros, zeros, 3), (pred, target, 2)
        agree(lambda impl: [impl.mean_iou(*case) for case in cases])

    @pytest.mark.needs("mean_of_classes")
    def test_plain_float(self, agree, classified, chance):
        """Returns a Python float with the precision of float64.
        返回 Python float，精度与 float64 相当。"""
        pred, target = classified(7, *chance.sample(range(9, 15), 2))
        agree(lambda impl: (score := impl.mean_iou(pred, target, 7), type(score).__name__), rtol=1e-12, atol=1e-12)

    def test_nothing_left(self, agree, classified, chance):
        """Raises ValueError if all pixels are ignored, or there are none.
        所有像素都被忽略，或没有像素时，抛出 ValueError。"""
        pred, target = classified(4, *chance.sample(range(6, 11), 2))
        nothing = [(pred, torch.full_like(target, 255)), (pred[:0], target[:0])]

        def probe(impl):
            refused = [value_or_error(lambda *pair: str(impl.mean_iou(*pair, 4)), *pair) for pair in nothing]
            return refused, impl.mean_iou(pred, target, 4)

        agree(probe)
