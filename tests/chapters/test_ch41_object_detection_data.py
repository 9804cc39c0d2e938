"""ch41: box_corner_to_center, box_center_to_corner, scale_boxes, clip_boxes, DetectionDataset."""

import pytest
import torch
from torch.utils.data import DataLoader

from dlgrade.testing import Photo, gradients, promise, raises, scene, standard, written_from_scratch


@pytest.fixture
def corners(randn, chance):
    """corners(n) returns boxes (n, 4) as corners, wider than high or higher than wide, some of them below zero."""

    def draw(n=None, dtype=torch.float32):
        n = n or chance.randint(5, 8)
        upper_left = 10 * randn(n, 2, dtype=dtype)
        return torch.cat([upper_left, upper_left + 2 + 20 * randn(n, 2, dtype=dtype).abs()], dim=1)

    return draw


@pytest.fixture
def centres(randn, chance):
    """centres(n) returns boxes (n, 4) as centre, width and height."""

    def draw(n=None, dtype=torch.float32):
        n = n or chance.randint(5, 8)
        return torch.cat([10 * randn(n, 2, dtype=dtype), 2 + 20 * randn(n, 2, dtype=dtype).abs()], dim=1)

    return draw


@pytest.fixture
def photo(generator):
    """photo(size, boxes, drawn_as) is an image with a thing in each box, for messages; `drawn_as` is its size there."""
    return lambda size, boxes, drawn_as=None: Photo(scene(generator, size, boxes), drawn_as or size)


@pytest.fixture
def whole(generator, chance):
    """whole(n) returns int64 boxes (n, 4); all four numbers and the sums of two are odd and even."""

    def draw(n=None):
        n = n or chance.randint(6, 9)
        first = torch.randint(0, 30, (n, 2), generator=generator)
        second = first + torch.randint(1, 40, (n, 2), generator=generator)
        first[0], second[0] = torch.tensor([3, 8]), torch.tensor([8, 11])
        return torch.cat([first, second], dim=1)

    return draw


@pytest.mark.exercise("box_corner_to_center")
class TestBoxCornerToCenter:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.batch_of_one("boxes"))
    def arguments(self, corners):
        return {"boxes": corners()}

    @pytest.mark.points(2)
    @pytest.mark.draws("centred boxes")
    def test_centre_and_sides(self, agree, corners):
        """Returns the centre, the width and the height of each box, in this order.
        依次返回每个框的中心、宽和高。"""
        boxes = corners()
        agree(lambda impl: impl.box_corner_to_center(boxes))

    @pytest.mark.draws("centred boxes")
    def test_integers(self, agree, whole):
        """Turns int64 boxes into float32, and keeps half pixels of centres.
        int64 的框得到 float32 的结果，中心可以是半个像素。"""
        boxes = whole()
        agree(lambda impl: impl.box_corner_to_center(boxes))

    @pytest.mark.draws("centred boxes")
    def test_four_boxes(self, agree, corners):
        """Takes each row as a box, also if there are four boxes.
        每一行是一个框；恰好有四个框时也一样。"""
        boxes = corners(4)
        agree(lambda impl: impl.box_corner_to_center(boxes))

    def test_no_boxes(self, agree, corners):
        """Returns an empty result (0, 4) without boxes.
        没有框时，返回形状为 (0, 4) 的空结果。"""
        boxes = corners()
        agree(lambda impl: [impl.box_corner_to_center(boxes[:n]) for n in (0, len(boxes))])

    @pytest.mark.points(2)
    def test_gradients(self, agree, randn, corners):
        """Gives the right gradients for boxes.
        boxes 的梯度正确。"""
        boxes = corners()
        factor = randn(*boxes.shape)  # otherwise the gradients would not depend on any drawn number
        agree(lambda impl: gradients(lambda x: impl.box_corner_to_center(factor * x), boxes))

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("box_center_to_corner")
class TestBoxCenterToCorner:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.batch_of_one("boxes"))
    def arguments(self, centres):
        return {"boxes": centres()}

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_two_corners(self, agree, centres):
        """Returns the upper left and the lower right corner of each box.
        返回每个框的左上角和右下角。"""
        boxes = centres()
        agree(lambda impl: impl.box_center_to_corner(boxes))

    @pytest.mark.draws("boxes")
    def test_integers(self, agree, whole):
        """Turns int64 boxes into float32, and keeps half pixels of corners.
        int64 的框得到 float32 的结果，两角可以落在半个像素处。"""
        boxes = whole()
        agree(lambda impl: impl.box_center_to_corner(boxes))

    @pytest.mark.draws("boxes")
    def test_four_boxes(self, agree, centres):
        """Takes each row as a box, also if there are four boxes.
        每一行是一个框；恰好有四个框时也一样。"""
        boxes = centres(4)
        agree(lambda impl: impl.box_center_to_corner(boxes))

    def test_no_boxes(self, agree, centres):
        """Returns an empty result (0, 4) without boxes.
        没有框时，返回形状为 (0, 4) 的空结果。"""
        boxes = centres()
        agree(lambda impl: [impl.box_center_to_corner(boxes[:n]) for n in (0, len(boxes))])

    @pytest.mark.points(2)
    def test_gradients(self, agree, randn, centres):
        """Gives the right gradients for boxes.
        boxes 的梯度正确。"""
        boxes = centres()
        factor = randn(*boxes.shape)
        agree(lambda impl: gradients(lambda x: impl.box_center_to_corner(factor * x), boxes))

    test_from_scratch = written_from_scratch


@pytest.fixture
def two_sizes(chance):
    """Two sizes (height, width): one axis grows, and the other shrinks. Neither ratio is a whole number."""

    def draw():
        small, large = (sorted(chance.sample(range(*limits), 2)) for limits in ((20, 60), (70, 130)))
        sizes = [(small[0], large[0]), (large[1], small[1])]
        return chance.sample(sizes, 2)

    return draw


@pytest.mark.exercise("scale_boxes")
class TestScaleBoxes:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.batch_of_one("boxes"))
    def arguments(self, corners, two_sizes):
        before, after = two_sizes()
        return {"boxes": corners(), "from_size": before, "to_size": after}

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_both_axes(self, agree, corners, two_sizes, photo):
        """Scales x by the ratio of the widths, and y by the ratio of the heights.
        x 按宽的比例缩放，y 按高的比例缩放。"""
        boxes, others, (before, after) = corners(), corners(), two_sizes()
        agree(
            lambda impl: [impl.scale_boxes(boxes, before, after), impl.scale_boxes(others, after, before)],
            over=[photo(before, boxes, after), photo(after, others, before)],
        )

    @pytest.mark.draws("boxes")
    def test_normalised(self, agree, whole, two_sizes, photo):
        """Normalises boxes if to_size is (1, 1).
        to_size 为 (1, 1) 时，得到归一化的坐标。"""
        boxes, (before, _) = whole().float(), two_sizes()
        agree(lambda impl: impl.scale_boxes(boxes, before, (1, 1)), over=photo(before, boxes, (1, 1)))

    @pytest.mark.draws("boxes")
    def test_back_to_pixels(self, agree, whole, two_sizes):
        """Gives pixels if from_size is (1, 1).
        from_size 为 (1, 1) 时，归一化的坐标变回像素坐标。"""
        boxes, (_, after) = whole() / 100, two_sizes()
        agree(lambda impl: impl.scale_boxes(boxes, (1, 1), after))

    def test_one_axis(self, agree, corners, two_sizes):
        """Keeps the coordinates of an axis whose size stays the same.
        某个轴的大小不变时，这个轴上的坐标也不变。"""
        boxes, ((h, w), (h2, w2)) = corners(), two_sizes()
        agree(lambda impl: [impl.scale_boxes(boxes, (h, w), size) for size in ((h2, w), (h, w2), (h, w))])

    @pytest.mark.draws("boxes")
    def test_outside(self, agree, corners, two_sizes, photo):
        """Neither clips boxes that reach over the edges, nor rounds coordinates.
        不裁剪超出图像边缘的框，也不对坐标取整。"""
        before, after = two_sizes()
        boxes = corners() * torch.tensor([5.0, 5, 9, 9])
        agree(lambda impl: impl.scale_boxes(boxes, before, after), over=photo(before, boxes, after))

    def test_integers(self, agree, whole, two_sizes):
        """Turns int64 boxes into float32, without rounding.
        int64 的框得到 float32 的结果，不取整。"""
        boxes, (before, after) = whole(), two_sizes()
        agree(lambda impl: impl.scale_boxes(boxes, before, after))

    @pytest.mark.draws("boxes")
    def test_four_boxes(self, agree, corners, two_sizes, photo):
        """Takes each row as a box, also if there are four boxes.
        每一行是一个框；恰好有四个框时也一样。"""
        boxes, (before, after) = corners(4), two_sizes()
        agree(lambda impl: impl.scale_boxes(boxes, before, after), over=photo(before, boxes, after))

    def test_no_boxes(self, agree, corners, two_sizes):
        """Returns an empty result (0, 4) without boxes.
        没有框时，返回形状为 (0, 4) 的空结果。"""
        boxes, (before, after) = corners(), two_sizes()
        agree(lambda impl: [impl.scale_boxes(boxes[:n], before, after) for n in (0, len(boxes))])

    @pytest.mark.points(2)
    def test_gradients(self, agree, corners, two_sizes):
        """Gives the right gradients for boxes.
        boxes 的梯度正确。"""
        boxes, (before, after) = corners(), two_sizes()
        agree(lambda impl: gradients(lambda x: impl.scale_boxes(x, before, after), boxes))

    test_from_scratch = written_from_scratch


@pytest.fixture
def image_size(chance):
    """A drawn size (height, width), wide or high."""
    return lambda: tuple(chance.sample([chance.randint(20, 30), chance.randint(45, 60)], 2))


@pytest.fixture
def around(randn, chance):
    """around((height, width)) returns boxes that reach over each edge of the image, and boxes inside it."""

    def draw(size, dtype=torch.float32):
        far = torch.tensor([size[1], size[0]], dtype=dtype)
        inside = torch.tensor([[0.2, 0.3, 0.7, 0.8], [0.4, 0.1, 0.6, 0.9]], dtype=dtype)
        over = torch.tensor([[-0.2, 0.2, 0.5, 0.6], [0.3, -0.4, 0.7, 0.5], [0.4, 0.3, 1.3, 0.8], [0.1, 0.6, 0.4, 1.5]])
        boxes = torch.cat([inside, over.to(dtype), torch.tensor([[-0.3, -0.2, 1.2, 1.4]], dtype=dtype)])
        boxes = boxes[chance.sample(range(7), 7)] * far.repeat(2)
        return boxes + 0.04 * size[0] * randn(7, 4, dtype=dtype).clamp(-1, 1)

    return draw


@pytest.mark.exercise("clip_boxes")
class TestClipBoxes:
    @standard(promise.untouched, promise.float64, promise.non_contiguous)
    def arguments(self, around, image_size):
        size = image_size()
        return {"boxes": around(size), "size": size}

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_all_edges(self, agree, around, image_size, photo):
        """Moves coordinates outside the image to its edges.
        把图像之外的坐标移到图像的边缘。"""
        size = image_size()
        boxes = around(size)
        agree(lambda impl: impl.clip_boxes(boxes, size), over=photo(size, boxes))

    @pytest.mark.draws("boxes")
    def test_wide_and_high(self, agree, around, image_size, photo):
        """The first number of size is the height, the second is the width.
        size 的第一个数是高，第二个数是宽。"""
        short, long = sorted(image_size())
        cases = [(around(size), size) for size in ((short, long), (long, short))]
        photos = [photo(size, boxes) for boxes, size in cases]
        agree(lambda impl: [impl.clip_boxes(*case) for case in cases], over=photos)

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_outside(self, agree, randn, image_size, photo):
        """Keeps a box wholly outside the image, with an area of 0.
        完全位于图像之外的框仍然保留，面积变为 0。"""
        height, width = image_size()
        inside = torch.tensor([width, height]).repeat(2) * torch.tensor([0.2, 0.3, 0.7, 0.8]) + randn(4)
        shifts = [(0.0, 0), (-width, 0), (width, 0), (0, -height), (0, height), (width, -height), (-width, height)]
        boxes = inside + torch.tensor(shifts).repeat(1, 2)
        agree(lambda impl: impl.clip_boxes(boxes, (height, width)), over=photo((height, width), boxes))

    @pytest.mark.draws("boxes")
    def test_touching(self, agree, image_size, chance, photo):
        """Keeps coordinates that lie on the edges: 0, the width and the height.
        保留正好落在边缘上的坐标：0、宽和高。"""
        height, width = image_size()
        x, y = chance.randint(5, 15), chance.randint(5, 15)
        boxes = torch.tensor([[0, 0, width, height], [x, y, width, height], [0, 0, x, y], [x, 0, x + 2, height]])
        agree(
            lambda impl: [impl.clip_boxes(boxes.float(), (height, width)), impl.clip_boxes(boxes[1:] - 1.0, (y, x))],
            over=[photo((height, width), boxes), photo((y, x), boxes[1:] - 1)],
        )

    @pytest.mark.draws("boxes")
    def test_inside(self, agree, randn, image_size, photo):
        """Leaves a box inside the image as it is, also if only part of a pixel separates it from the edge.
        图像内的框保持不变，离边缘不足一个像素时也一样。"""
        height, width = image_size()
        near = 0.5 + 0.2 * randn(3, 4).clamp(-2, 2)
        boxes = torch.tensor([0, 0, width, height]) + near * torch.tensor([1, 1, -1, -1])
        moved = boxes + width / 2
        agree(
            lambda impl: [impl.clip_boxes(boxes, (height, width)), impl.clip_boxes(moved, (height, width))],
            over=[photo((height, width), x) for x in (boxes, moved)],
        )

    def test_integers(self, agree, around, image_size):
        """Keeps int64 for int64 boxes.
        int64 的框得到 int64 的结果。"""
        size = image_size()
        boxes = around(size).round().long()
        agree(lambda impl: impl.clip_boxes(boxes, size))

    @pytest.mark.draws("boxes")
    def test_four_boxes(self, agree, around, image_size, photo):
        """Takes each row as a box, also if there are four boxes.
        每一行是一个框；恰好有四个框时也一样。"""
        size = image_size()
        boxes = around(size)
        boxes = torch.stack([*boxes[(boxes < 0).any(dim=1)][:2], *boxes[(boxes > max(size)).any(dim=1)][:1], boxes[0]])
        agree(lambda impl: impl.clip_boxes(boxes, size), over=photo(size, boxes))

    def test_few_boxes(self, agree, around, image_size):
        """Accepts a single box, and no box.
        可以只有一个框，也可以没有框。"""
        size = image_size()
        boxes = around(size)
        boxes = boxes[(boxes < 0).any(dim=1)]
        agree(lambda impl: [impl.clip_boxes(boxes[:n], size) for n in (1, 0, 2)])

    @pytest.mark.points(2)
    def test_gradients(self, agree, around, image_size):
        """Passes gradients to the coordinates inside the image, and none to those outside.
        梯度传到图像内的坐标；图像外的坐标梯度为 0。"""
        size = image_size()
        boxes = around(size)
        agree(lambda impl: gradients(lambda x: impl.clip_boxes(x, size), boxes))

    test_from_scratch = written_from_scratch


@pytest.fixture
def annotated(generator, chance):
    """annotated() returns images (3, h, w) of one size or of several, and labels (N, m, 5) in pixels.

    On each image lie soft ellipses in its boxes, under noise.
    """

    def draw(n=None, m=None, several=False):
        n, m = n or chance.randint(4, 7), m or chance.randint(2, 4)
        short, long = chance.randint(5, 9), chance.randint(11, 19)
        size = chance.sample([short, long], 2)
        sizes = [chance.sample([short + i, long - i], 2) if several else size for i in range(n)]
        labels = torch.randint(0, 9, (n, m, 5), generator=generator)
        labels[..., 3:] = labels[..., 1:3] + torch.randint(1, 9, (n, m, 2), generator=generator)
        scenes = [scene(generator, size, label[:, 1:]) for size, label in zip(sizes, labels, strict=True)]
        noisy = [0.7 * image + 0.3 * torch.rand(image.shape, generator=generator) for image in scenes]
        return [(255 * image).round().to(torch.uint8) for image in noisy], labels

    return draw


def photos_of(images):
    """The images behind the normalised boxes of their items, for messages."""
    return [Photo(image, (1, 1)) for image in images]


def items(dataset, order):
    """For probes: the images and the labels of some items."""
    images, labels = zip(*(dataset[i] for i in order), strict=True)
    return list(images), list(labels)


@pytest.mark.exercise("DetectionDataset")
class TestDetectionDataset:
    @pytest.mark.points(2)
    def test_images(self, agree, annotated):
        """Returns the image of an item as float32, with the same numbers.
        返回一项的图像，类型为 float32，数值不变。"""
        images, labels = annotated()
        agree(lambda impl: items(impl.DetectionDataset(images, labels), range(len(images)))[0])

    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_normalised(self, agree, annotated):
        """Divides x by the width of the image, and y by its height.
        x 除以图像的宽，y 除以图像的高。"""
        images, labels = annotated()
        agree(
            lambda impl: [x[:, 1:] for x in items(impl.DetectionDataset(images, labels), range(len(images)))[1]],
            over=photos_of(images),
        )

    def test_class(self, agree, annotated):
        """Keeps the class of each label, before the coordinates.
        每个标签的类别保持不变，仍在坐标之前。"""
        images, labels = annotated()
        agree(lambda impl: [x[:, 0] for x in items(impl.DetectionDataset(images, labels), range(len(images)))[1]])

    @pytest.mark.draws("boxes")
    def test_several_sizes(self, agree, annotated):
        """Normalises each label by the size of its own image.
        每个标签按它自己的图像的大小归一化。"""
        images, labels = annotated(several=True)
        agree(lambda impl: items(impl.DetectionDataset(images, labels), range(len(images))), over=photos_of(images))

    @pytest.mark.draws("boxes")
    def test_float_labels(self, agree, annotated, randn):
        """Accepts float32 labels, with parts of pixels.
        标签可以是 float32，含不足一个像素的部分。"""
        images, labels = annotated()
        labels = labels.float()
        labels[..., 1:] += 0.2 * randn(*labels.shape[:2], 4)
        agree(lambda impl: items(impl.DetectionDataset(images, labels), range(len(images)))[1], over=photos_of(images))

    def test_float_images(self, agree, annotated, randn):
        """Accepts float32 images, and leaves their numbers as they are.
        图像可以是 float32，数值保持不变。"""
        images, labels = annotated()
        images = [randn(*image.shape) for image in images]
        agree(lambda impl: items(impl.DetectionDataset(images, labels), range(len(images)))[0])

    @pytest.mark.draws("boxes")
    def test_single_label(self, agree, annotated):
        """Keeps the shape (1, 5) of the labels if each image has one label.
        每张图像只有一个标签时，标签的形状仍为 (1, 5)。"""
        images, labels = annotated(m=1)
        agree(lambda impl: items(impl.DetectionDataset(images, labels), range(len(images)))[1], over=photos_of(images))

    @pytest.mark.draws("boxes")
    def test_single_image(self, agree, annotated):
        """Accepts a single image.
        可以只有一张图像。"""
        images, labels = annotated(n=1)
        agree(lambda impl: items(impl.DetectionDataset(images, labels), [0]), over=photos_of(images))

    def test_tensor_of_images(self, agree, annotated):
        """Accepts the images as a tensor (N, 3, h, w).
        图像可以是一个 (N, 3, h, w) 的张量。"""
        images, labels = annotated()
        features, n = torch.stack(images), len(images)
        agree(lambda impl: items(impl.DetectionDataset(features, labels), range(n)))

    def test_any_order(self, agree, annotated, chance):
        """Returns the same item for the same index, in any order and however often.
        不论顺序如何、读取多少次，同一下标总是得到同一项。"""
        images, labels = annotated(several=True)
        order = [*chance.sample(range(len(images)), 3), *range(len(images))] * 2
        agree(lambda impl: items(impl.DetectionDataset(images, labels.float()), order))

    @pytest.mark.points(2)
    def test_number_of_items(self, agree, annotated, chance):
        """Has as many items as there are images.
        项数等于图像的张数。"""
        sets = [annotated(n=n) for n in chance.sample(range(1, 9), 4)]
        agree(lambda impl: [len(impl.DetectionDataset(*each)) for each in sets])

    def test_batches(self, agree, annotated, chance):
        """A DataLoader makes batches (b, 3, h, w) and (b, m, 5) of it.
        DataLoader 由它得到形状为 (b, 3, h, w) 和 (b, m, 5) 的小批量。"""
        (images, labels), size = annotated(), chance.randint(2, 3)
        agree(lambda impl: [[*batch] for batch in DataLoader(impl.DetectionDataset(images, labels), size)])

    def test_different_numbers(self, agree, annotated):
        """Raises ValueError if the numbers of images and labels differ.
        图像与标签的个数不同时，抛出 ValueError。"""
        images, labels = annotated()
        pairs = {
            "fewer images": (images[1:], labels),
            "fewer labels": (images, labels[:-2]),
            "none": (images, labels[:0]),
        }

        def probe(impl):
            refused = {
                name: raises(lambda pair=pair: impl.DetectionDataset(*pair), ValueError) for name, pair in pairs.items()
            }
            return refused, impl.DetectionDataset(images, labels)[1]

        agree(probe)

    @pytest.mark.needs("normalised", "images")
    def test_arguments_untouched(self, agree, annotated):
        """Leaves features and labels as they were.
        不修改 features 和 labels。"""
        images, labels = annotated()
        labels = labels.float()

        def probe(impl):
            dataset = impl.DetectionDataset(images, labels)
            return [*dataset[0]], [*dataset[len(images) - 1]], images, labels

        agree(probe)
