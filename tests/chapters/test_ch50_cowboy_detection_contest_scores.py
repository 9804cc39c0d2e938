"""ch50: mean_average_precision, coco_to_corner, oversample_weights."""

import math

import pytest

from dlgrade.testing import value_or_error


@pytest.fixture
def precisions(chance):
    """precisions(count) returns different numbers between 0 and 1."""
    return lambda count: [value / 1000 for value in chance.sample(range(50, 950), count)]


@pytest.fixture
def classes(precisions):
    """classes(count, thresholds) returns average precisions of so many classes; keys begin at 1."""
    return lambda count=4, thresholds=3: {key: precisions(thresholds) for key in range(1, count + 1)}


@pytest.mark.exercise("mean_average_precision")
class TestMeanAveragePrecision:
    @pytest.mark.points(2)
    def test_mean(self, agree, classes, chance):
        """Returns the mean over classes and thresholds.
        返回对所有类别和阈值的平均值。"""
        cases = [classes(*chance.sample(range(2, 7), 2)) for _ in range(2)]
        cases[1] = {key: tuple(values) for key, values in cases[1].items()}
        agree(lambda impl: [impl.mean_average_precision(aps) for aps in cases])

    def test_unequal_thresholds(self, agree, precisions, chance):
        """All classes weigh alike, also if some have more thresholds.
        即使有的类别阈值更多，各类别的权重仍相同。"""
        aps = {key: precisions(count) for key, count in enumerate(chance.sample(range(1, 8), 4), start=1)}
        agree(lambda impl: impl.mean_average_precision(aps))

    @pytest.mark.points(2)
    def test_absent_classes(self, agree, classes, chance):
        """Leaves out classes that have nan.
        不计入结果为 nan 的类别。"""
        aps = classes(count=6)
        absent = [chance.sample(range(1, 7), count) for count in (1, 2, 4)]
        cases = [{key: 3 * [math.nan] if key in some else aps[key] for key in aps} for some in absent]
        agree(lambda impl: [impl.mean_average_precision(case) for case in cases])

    def test_average_precision_of_zero(self, agree, classes, chance):
        """Counts classes whose average precision is 0.
        平均精度为 0 的类别也计入。"""
        aps = classes(count=5)
        cases = [aps | {key: [0.0, 0.0, 0.0] for key in chance.sample(range(1, 6), count)} for count in (1, 3)]
        agree(lambda impl: [impl.mean_average_precision(case) for case in cases])

    def test_one_class(self, agree, precisions, chance):
        """Is the mean over the thresholds if there is a single class.
        只有一个类别时，就是对各阈值的平均值。"""
        aps = {chance.randint(2, 9): precisions(chance.randint(3, 5))}
        agree(lambda impl: impl.mean_average_precision(aps))

    def test_one_threshold(self, agree, classes, chance):
        """Is the mean over the classes if there is a single threshold.
        只有一个阈值时，就是对各类别的平均值。"""
        aps = classes(chance.randint(3, 6), thresholds=1)
        agree(lambda impl: impl.mean_average_precision(aps))

    def test_any_keys(self, agree, precisions, chance):
        """Accepts 0, negative and large keys, in any order.
        键可以是 0、负数或很大的数，顺序任意。"""
        keys = [0, chance.randint(-9, -1), chance.randint(10, 99), chance.randint(1000, 9999)]
        chance.shuffle(keys)
        aps = {key: precisions(2) for key in keys}
        agree(lambda impl: impl.mean_average_precision(aps))

    def test_no_objects(self, agree, classes, chance):
        """Is nan if all classes have nan, and without classes.
        所有类别都是 nan 或没有类别时，结果是 nan。"""
        aps, count = classes(), chance.randint(1, 4)

        def probe(impl):
            absent = {key: 2 * [float("nan")] for key in range(count)}
            return [impl.mean_average_precision(case) for case in (absent, {}, aps)]

        agree(probe)

    @pytest.mark.needs("mean")
    def test_arguments_untouched(self, agree, classes):
        """Leaves aps unchanged.
        不修改 aps。"""
        aps = classes()
        aps[3] = [math.nan, math.nan]

        def probe(impl):
            mine = {key: list(values) for key, values in aps.items()}
            mean = impl.mean_average_precision(mine)
            return mean, list(mine), [str(value) for values in mine.values() for value in values]

        agree(probe)


@pytest.fixture
def boxes(chance):
    """boxes(count) returns boxes (x, y, w, h); their four numbers differ."""
    return lambda count=3: [tuple(chance.sample(range(4, 90), 4)) for _ in range(count)]


def corners(impl, box):
    """The corners as floats, so that 3 and 3.0 are the same."""
    return [float(1.0 * side) for side in impl.coco_to_corner(box)]  # the product refuses texts


@pytest.mark.exercise("coco_to_corner")
class TestCocoToCorner:
    @pytest.mark.points(2)
    @pytest.mark.draws("boxes")
    def test_corners(self, agree, boxes):
        """Returns the upper left and the lower right corner.
        返回左上角和右下角。"""
        cases = boxes()
        agree(lambda impl: [corners(impl, box) for box in cases])

    @pytest.mark.draws("boxes")
    def test_fractions(self, agree, chance):
        """Keeps fractions of a pixel.
        保留像素的小数部分。"""
        cases = [[chance.randint(9, 900) / 16 for _ in range(4)] for _ in range(3)]
        agree(lambda impl: [corners(impl, box) for box in cases])

    @pytest.mark.draws("boxes")
    def test_sides_of_zero(self, agree, boxes):
        """A box may have the width 0, the height 0, or both.
        宽或高可以为 0，也可以都为 0。"""
        (x, y, w, h), *_ = boxes()
        cases = [(x, y, 0, h), (x, y, w, 0), (x, y, 0, 0)]
        agree(lambda impl: [value_or_error(corners, impl, box) for box in cases])

    @pytest.mark.draws("boxes")
    def test_outside_of_the_image(self, agree, boxes):
        """x and y may be negative.
        x 和 y 可以为负。"""
        (x, y, w, h), *_ = boxes()
        cases = [(-x, y, w, h), (x, -y, w, h), (-x - w, -y - h, w, h)]
        agree(lambda impl: [value_or_error(corners, impl, box) for box in cases])

    def test_negative_sides(self, agree, boxes):
        """Raises ValueError if the width or the height is negative.
        宽或高为负时，抛出 ValueError。"""
        (x, y, w, h), *_ = boxes()
        cases = [(x, y, -w, h), (x, y, w, -h), (x, y, -w, -h), (x, y, -0.5, h), (x, y, w, -0.5), (x, y, w, h)]
        agree(lambda impl: [value_or_error(corners, impl, box) for box in cases])

    @pytest.mark.needs("corners")
    def test_tuple_of_numbers(self, agree, boxes):
        """Returns a tuple of four Python numbers.
        返回由四个 Python 数构成的元组。"""
        (x, y, w, h), *_ = boxes()

        def probe(impl):
            found = impl.coco_to_corner((x, y, w, h))
            return (
                type(found).__name__,
                [float(1.0 * side) for side in found],
                [type(side) in (int, float) for side in found],
            )

        agree(probe)

    @pytest.mark.needs("corners")
    def test_arguments_untouched(self, agree, boxes):
        """Leaves a list unchanged.
        不修改传入的列表。"""
        box = list(boxes(1)[0])

        def probe(impl):
            mine = list(box)
            return corners(impl, mine), mine

        agree(probe)


def shares(weights):
    """The weights, divided by their sum: a common factor does not matter."""
    weights = [float(1.0 * weight) for weight in weights]  # the product refuses texts
    return [weight / sum(weights) if sum(weights) else weight for weight in weights]


@pytest.fixture
def annotated(chance):
    """annotated(n) returns the labels of n images; common classes have small numbers, and objects may repeat."""

    def draw(n=9, classes=6):
        images = [[min(chance.randrange(classes), chance.randrange(classes)) for _ in range(chance.randint(1, 5))]
                  for _ in range(n)]  # fmt: skip
        return [[label + 1 for label in labels] for labels in images]

    return draw


@pytest.mark.exercise("oversample_weights")
class TestOversampleWeights:
    @pytest.mark.points(2)
    def test_rarest_class(self, agree, annotated):
        """Weighs an image by the rarest of its classes.
        图像的权重由其中最少见的类别决定。"""
        cases = [annotated(), annotated()]
        agree(lambda impl: [shares(impl.oversample_weights(images)) for images in cases])

    def test_images_are_counted(self, agree, chance):
        """Counts images, not objects: a class may have many objects in few images.
        统计的是图像数，不是目标数：一个类别可能在少数图像中有很多目标。"""
        crowd = chance.randint(5, 9) * [1]
        images = [crowd, *(chance.randint(3, 6) * [[2]]), [2, 3], [3], [1, 2], [3, 2]]
        chance.shuffle(images)
        agree(lambda impl: shares(impl.oversample_weights(images)))

    def test_rare_among_common(self, agree, chance):
        """A single object of a rare class lifts its image, wherever it is in the list.
        只要有一个少见类别的目标，图像的权重就会提高，不论它在列表中的位置。"""
        common = chance.randint(4, 8)
        images = [chance.sample([7, 7, 7, 4], 4), [4, 7], *(common * [[7, 7]]), [7, 4, 7, 2], [7, 7, 2, 7]]
        chance.shuffle(images)
        agree(lambda impl: shares(impl.oversample_weights(images)))

    @pytest.mark.points(2)
    def test_images_without_objects(self, agree, annotated, chance):
        """Images without objects have the smallest weight of the others.
        没有目标的图像取其他图像中最小的权重。"""
        cases = []
        for empty in chance.sample(range(1, 7), 3):
            images = [*annotated(8, classes=4), *([] for _ in range(empty))]
            chance.shuffle(images)
            cases.append(images)
        rare = range(2, chance.randint(4, 7))
        cases.append([[], *([1, label] for label in rare), [1, *rare]])  # no image has the weight of class 1 alone
        agree(lambda impl: [shares(impl.oversample_weights(images)) for images in cases])

    def test_no_objects(self, agree, annotated, chance):
        """All weights are equal and positive if no image has objects.
        所有图像都没有目标时，权重全部相等，且为正。"""
        empty, images = [[] for _ in range(chance.randint(2, 9))], annotated()

        def probe(impl):
            weights = impl.oversample_weights(empty)
            return shares(weights), all(weight > 0 for weight in weights), shares(impl.oversample_weights(images))

        agree(probe)

    def test_no_images(self, agree, annotated):
        """There are no weights without images.
        没有图像时，也没有权重。"""
        images = annotated()
        agree(lambda impl: [shares(impl.oversample_weights(some)) for some in ([], images)])

    def test_any_labels(self, agree, annotated, chance):
        """Accepts 0, negative and large labels.
        类别可以是 0、负数或很大的数。"""
        names = [0, -chance.randint(1, 9), chance.randint(100, 999), chance.randint(5000, 9999)]
        images = [[names[label - 1] for label in labels] for labels in annotated(10, classes=4)]
        agree(lambda impl: shares(impl.oversample_weights(images)))

    @pytest.mark.needs("rarest_class")
    def test_list_of_floats(self, agree, annotated):
        """Returns a list of Python floats.
        返回 Python float 的列表。"""
        images = [*annotated(), []]

        def probe(impl):
            weights = impl.oversample_weights(images)
            return shares(weights), type(weights).__name__, {type(weight).__name__ for weight in weights} == {"float"}

        agree(probe)

    @pytest.mark.needs("rarest_class")
    def test_arguments_untouched(self, agree, annotated):
        """Leaves labels_per_image unchanged.
        不修改 labels_per_image。"""
        images = [*annotated(), [2, 1, 2, 1]]

        def probe(impl):
            mine = [list(labels) for labels in images]
            return shares(impl.oversample_weights(mine)), mine

        agree(probe)
