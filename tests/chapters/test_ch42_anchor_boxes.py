"""ch42: multibox_prior."""

import pytest
import torch

from dlgrade.testing import Photo, promise, standard


@pytest.fixture
def shapes(chance):
    """shapes(n, m) returns n sizes, not in rising order, and m ratios; no product of a size and a root is a size."""

    def draw(n, m):
        sizes = [round(chance.uniform(0.1, 0.9), 3) for _ in range(n)]
        sizes = sizes[::-1] if sizes == sorted(sizes) else sizes
        ratios = chance.sample([0.3, 0.45, 0.7, 1.3, 1.9, 2.6, 3.2], m)
        return sizes, [round(ratio + chance.uniform(-0.05, 0.05), 3) for ratio in ratios]

    return draw


@pytest.fixture
def image(randn, chance):
    """image() returns images (b, c, h, w) whose four sizes differ; square=True makes h and w equal."""

    def draw(square=False):
        b, c, h, w = chance.sample(range(2, 7), 4)
        return randn(b, c, h, h if square else w)

    return draw


def photos_of(*images):
    """The images behind their anchor boxes, whose corners are shares of the sides, for messages."""
    return [Photo(data, (1, 1)) for data in images]


@pytest.mark.exercise("multibox_prior")
class TestMultiboxPrior:
    @standard(promise.untouched)
    def arguments(self, image, shapes):
        sizes, ratios = shapes(3, 2)
        return {"data": image(), "sizes": sizes, "ratios": ratios}

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_one_shape(self, agree, image, shapes):
        """One size and one ratio give one anchor box around the centre of each pixel of a square image.
        只有一个大小和一个宽高比时，正方形图像的每个像素中心有一个锚框。"""
        data, (sizes, ratios) = image(square=True), shapes(1, 1)
        agree(lambda impl: impl.multibox_prior(data, sizes, ratios), over=photos_of(data))

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_not_square(self, agree, randn, shapes, chance):
        """Takes the shape of the image into account, wide or high.
        考虑图像的形状，无论图像是宽是高。"""
        (sizes, ratios), (h, w) = shapes(1, 1), chance.sample(range(2, 7), 2)
        images = [randn(1, 3, *size) for size in ((h, w), (w, h))]
        agree(lambda impl: [impl.multibox_prior(data, sizes, ratios) for data in images], over=photos_of(*images))

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_several_shapes(self, agree, image, shapes):
        """Combines all sizes with the first ratio, then the first size with the other ratios.
        所有大小与第一个宽高比组合，然后第一个大小与其余宽高比组合。"""
        data, cases = image(square=True), [shapes(3, 2), shapes(2, 4)]
        agree(lambda impl: [impl.multibox_prior(data, *case) for case in cases], over=photos_of(data))

    @pytest.mark.draws("boxes")
    def test_single_size_or_ratio(self, agree, image, shapes):
        """Accepts several sizes with a single ratio, and a single size with several ratios.
        可以是多个大小、单个宽高比，也可以是单个大小、多个宽高比。"""
        data, cases = image(square=True), [shapes(3, 1), shapes(1, 3)]
        agree(lambda impl: [impl.multibox_prior(data, *case) for case in cases], over=photos_of(data))

    @pytest.mark.draws("boxes")
    def test_narrow_images(self, agree, randn, shapes, chance):
        """Accepts images of one row, one column or one pixel.
        图像可以只有一行、一列或一个像素。"""
        n, (sizes, ratios) = chance.randint(3, 9), shapes(2, 2)
        images = [randn(1, 2, 1, n), randn(1, 2, n, 1), randn(1, 2, 1, 1)]
        agree(lambda impl: [impl.multibox_prior(data, sizes, ratios) for data in images], over=photos_of(*images))

    @pytest.mark.draws("boxes")
    def test_over_the_edge(self, agree, image, shapes):
        """Does not clip anchor boxes that reach over the edge.
        不裁剪超出图像边缘的锚框。"""
        data, (sizes, ratios) = image(square=True), shapes(2, 2)
        sizes = [2 + size for size in sizes]
        agree(lambda impl: impl.multibox_prior(data, sizes, ratios), over=photos_of(data))

    def test_any_axes(self, agree, image, shapes):
        """Depends on the last two axes of data alone.
        只取决于 data 的最后两个轴。"""
        data, (sizes, ratios) = image(), shapes(2, 2)
        agree(lambda impl: [impl.multibox_prior(x, sizes, ratios) for x in (data, data[:1, :1], data[0], data[0, 0])])

    def test_tuples_and_whole_numbers(self, agree, image, shapes, chance):
        """Accepts tuples and whole numbers.
        可以传入元组，也可以传入整数。"""
        data, (sizes, ratios) = image(), shapes(2, 3)
        whole = chance.sample(range(1, 6), 2), chance.sample(range(2, 9), 3)
        agree(lambda impl: [impl.multibox_prior(data, *case) for case in ((tuple(sizes), tuple(ratios)), whole)])

    @pytest.mark.needs("several_shapes")
    def test_device(self, agree, image, shapes):
        """Creates the result on data's device.
        结果在 data 所在的设备上。"""
        data, (sizes, ratios) = image(), shapes(2, 2)

        def probe(impl):
            elsewhere = impl.multibox_prior(torch.empty(data.shape, device="meta"), sizes, ratios)
            return elsewhere.device.type, [*elsewhere.shape], impl.multibox_prior(data, sizes, ratios)

        agree(probe)
