"""ch36: random_horizontal_flip, random_crop, adjust_brightness, random_resized_crop_params.

Random results are brought to facts that do not depend on the random stream: all windows that occur in so many calls
that none is missed, and shares. A share is rounded so coarsely that it has to stray by five of its standard
deviations to round to another number.
"""

import numpy as np
import pytest
import torch

from dlgrade.testing import expect, promise, standard, to_grid, value_or_error, written_from_scratch


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def occurring(draw, count, step=None):
    """The different tensors that `draw` returns in many calls, sorted. With a step also their shares, rounded to it."""
    results = [draw() for _ in range(count)]
    if len({result.shape for result in results}) > 1:
        return sorted({str(list(result.shape)) for result in results})
    found, counts = torch.stack(results).unique(dim=0, return_counts=True)
    return found[:40] if step is None else (found[:40], to_grid(counts[:40].double() / count, step))


def repeatable(draw, seed):
    """Whether equal seeds give equal results, other seeds other ones, and the default generator stays as it was."""
    torch.manual_seed(seed)
    first = [draw(generator) for generator in [seeded(seed)] for _ in range(40)]
    torch.manual_seed(seed + 1)
    before = torch.get_rng_state()
    second = [draw(generator) for generator in [seeded(seed)] for _ in range(40)]
    untouched = torch.equal(before, torch.get_rng_state())
    third = [draw(generator) for generator in [seeded(seed + 1)] for _ in range(40)]
    return same(first, second), same(first, third), untouched


def repeatable_by_default(draw, seed):
    """Whether torch.manual_seed makes calls without a generator repeatable, and whether other seeds differ."""

    def calls(seed):
        torch.manual_seed(seed)
        return [draw() for _ in range(40)]

    return same(calls(seed), calls(seed)), same(calls(seed), calls(seed + 1))


def same(first, second):
    return all(torch.equal(torch.as_tensor(a), torch.as_tensor(b)) for a, b in zip(first, second, strict=True))


@pytest.fixture
def seed(chance):
    return chance.randrange(2**31)


@pytest.fixture
def image(generator, chance):
    """image(): an image of float32, from 0 to 1, whose sizes (c, h, w) differ. image(3, 4, 5): of these sizes."""
    return lambda *shape: torch.rand(shape or chance.sample(range(2, 8), 3), generator=generator)


@pytest.fixture
def pixels(chance):
    """pixels(2, 3, 4): an image whose pixels are all different whole numbers, none 0."""
    return lambda *shape: (torch.arange(np.prod(shape)) + chance.randint(1, 50)).reshape(shape).float()


def flips(impl, img, p, seed, count=60, step=None):
    """The images that occur in many calls. With a step also their shares, rounded to it."""
    generator = seeded(seed)
    return occurring(lambda: impl.random_horizontal_flip(img.clone(), p, generator), count, step)


@pytest.mark.exercise("random_horizontal_flip")
class TestRandomHorizontalFlip:
    @standard(
        promise.untouched,
        promise.non_contiguous,
        call=lambda impl, img: [impl.random_horizontal_flip(img, 1.0), impl.random_horizontal_flip(img, 0.0)],
    )
    def arguments(self, pixels, chance):
        return {"img": pixels(*chance.sample(range(2, 7), 3))}

    @pytest.mark.points(2)
    def test_certain(self, agree, pixels, chance, seed):
        """With p=1 it always mirrors left and right, with p=0 never.
        p=1 时总是左右翻转，p=0 时从不翻转。"""
        img = pixels(*chance.sample(range(3, 8), 3))
        agree(lambda impl: [flips(impl, img, p, seed) for p in (1.0, 0.0)])

    @pytest.mark.points(2)
    def test_frequency(self, agree, pixels, chance, seed):
        """Mirrors the image in the fraction p of many calls.
        多次调用中，图像被翻转的比例等于 p。"""
        p = chance.sample((0.2, 0.4, 0.6, 0.8), 4)  # to the nearest fifth: 700 calls are 5.4 standard deviations
        imgs = [pixels(1, 2, chance.randint(3, 5)) for _ in p]
        agree(lambda impl: [flips(impl, img, p, seed, 700, 0.2) for img, p in zip(imgs, p, strict=True)])

    def test_whole_image(self, agree, pixels, chance, seed):
        """A single decision concerns all channels and all rows.
        所有通道、所有行要么都翻转，要么都不翻转。"""
        img = pixels(*chance.sample(range(2, 5), 3))
        agree(lambda impl: flips(impl, img, 0.5, seed))

    def test_default_probability(self, agree, pixels, chance, seed):
        """p is 0.5 if it is not given.
        没有给出 p 时，p 为 0.5。"""
        img = pixels(*chance.sample(range(2, 5), 3))

        def probe(impl):
            generator = seeded(seed)
            return occurring(lambda: impl.random_horizontal_flip(img.clone(), generator=generator), 700, 0.25)

        agree(probe)

    def test_any_width(self, agree, pixels, chance):
        """Widths may be even, odd, or 1.
        宽可以是偶数、奇数或 1。"""
        c, h = chance.sample(range(1, 5), 2)
        imgs = [pixels(c, h, w) for w in chance.sample((1, 2, 3, 4, 5, 6, 7), 7)]
        agree(lambda impl: [impl.random_horizontal_flip(img, 1.0) for img in imgs])

    def test_dtypes(self, agree, pixels, chance):
        """The result has the dtype of img.
        结果的 dtype 与 img 相同。"""
        img = pixels(*chance.sample(range(2, 5), 3))
        imgs = [img.to(dtype) for dtype in (torch.uint8, torch.float64)]
        agree(lambda impl: [impl.random_horizontal_flip(img, p) for img in imgs for p in (1.0, 0.0)])

    def test_generator(self, agree, pixels, chance, seed):
        """All random numbers come from the generator.
        所有随机数都来自 generator。"""
        img = pixels(1, 1, chance.randint(3, 9))
        agree(
            lambda impl: (
                repeatable(lambda generator: impl.random_horizontal_flip(img.clone(), 0.5, generator), seed),
                flips(impl, img, 0.5, seed),
            )
        )

    def test_default_generator(self, agree, pixels, chance, seed):
        """Without a generator, torch.manual_seed makes the calls repeatable.
        没有给出 generator 时，用 torch.manual_seed 可以重现结果。"""
        img = pixels(1, 1, chance.randint(3, 9))

        def probe(impl):
            facts = repeatable_by_default(lambda: impl.random_horizontal_flip(img.clone()), seed)
            return facts, occurring(lambda: impl.random_horizontal_flip(img.clone()), 60)

        agree(probe)

    test_from_scratch = written_from_scratch


def crops(impl, img, size, padding, seed, count=600, step=None):
    """The windows that occur in many calls. With a step also their shares, rounded to it."""
    generator = seeded(seed)
    return occurring(lambda: impl.random_crop(img.clone(), size, padding, generator), count, step)


@pytest.mark.exercise("random_crop")
class TestRandomCrop:
    @standard(promise.untouched, promise.non_contiguous)
    def arguments(self, pixels, chance):
        c, h, w = chance.sample(range(2, 7), 3)
        p = chance.randint(1, 3)
        return {"img": pixels(c, h, w), "size": (h + 2 * p, w + 2 * p), "padding": p}

    @pytest.mark.points(2)
    def test_all_windows(self, agree, pixels, chance, seed):
        """Returns a window of the image, and every window occurs, also the first and the last.
        返回图像中的一个窗口；每个窗口都会出现，包括第一个和最后一个。"""
        cases = []
        for _ in range(2):
            height, width = chance.sample(range(1, 5), 2)
            more_rows, more_columns = chance.sample(range(1, 5), 2)
            cases.append((pixels(2, height + more_rows, width + more_columns), (height, width)))
        agree(lambda impl: [crops(impl, *case, 0, seed) for case in cases])

    @pytest.mark.points(2)
    def test_uniform(self, agree, pixels, chance, seed):
        """All windows are equally likely.
        每个窗口出现的概率相同。"""
        h, w = chance.sample(range(1, 5), 2)
        imgs = pixels(1, h + 2, w), pixels(1, h, w + 2)
        # A third, to the nearest sixth: 900 calls are 5.3 standard deviations.
        agree(lambda impl: [crops(impl, img, (h, w), 0, seed, 900, 1 / 6) for img in imgs])

    @pytest.mark.points(2)
    def test_padding(self, agree, pixels, chance, seed):
        """Adds zeros on all four sides first.
        先在四边填充零，再裁剪。"""
        cases = []
        for padding in chance.sample((1, 2), 2):
            h, w = chance.sample(range(1, 4), 2)
            cases.append((pixels(2, h, w), (h + 1, w + 2 * padding - 2), padding))
        agree(lambda impl: [crops(impl, *case, seed) for case in cases])

    def test_whole_padded_image(self, agree, pixels, chance):
        """A window as large as the padded image is the padded image.
        窗口与填充后的图像一样大时，得到填充后的整幅图像。"""
        cases = []
        for p in (chance.randint(3, 5), 1, 0):
            h, w = chance.sample(range(2, 7), 2)
            cases.append((pixels(2, h, w), (h + 2 * p, w + 2 * p), p))
        agree(lambda impl: [impl.random_crop(*case) for case in cases])

    def test_as_high_as_the_image(self, agree, pixels, chance, seed):
        """A window as high as the image moves to the left and right alone, and one as wide moves up and down alone.
        窗口与图像一样高时只左右移动，一样宽时只上下移动。"""
        h, w = chance.sample(range(3, 7), 2)
        img = pixels(2, h, w)
        agree(lambda impl: [crops(impl, img, size, 0, seed, 150) for size in ((h, w - 2), (h - 2, w))])

    def test_too_large(self, agree, pixels, chance):
        """Raises ValueError if the window is higher or wider than the padded image.
        窗口比填充后的图像更高或更宽时抛出 ValueError。"""
        img, p = pixels(2, *chance.sample(range(5, 9), 2)), chance.randint(1, 3)
        h, w = img.shape[1:]
        refused = [((h + 1, 2), 0), ((2, w + 1), 0), ((h + 2 * p + 1, 3), p), ((3, w + 2 * p + 1), p), ((99, 99), p)]
        allowed = (h + 2 * p, w + 2 * p)

        def probe(impl):
            results = [value_or_error(lambda case=case: impl.random_crop(img, *case)) for case in refused]
            return results, impl.random_crop(img, allowed, p)

        agree(probe)

    def test_dtypes(self, agree, pixels, chance):
        """The result has the dtype of img.
        结果的 dtype 与 img 相同。"""
        img = pixels(2, *chance.sample(range(2, 6), 2))
        size = img.shape[1] + 2, img.shape[2] + 2
        imgs = [img.to(dtype) for dtype in (torch.uint8, torch.float64)]
        agree(lambda impl: [impl.random_crop(img, size, 1) for img in imgs])

    def test_generator(self, agree, pixels, chance, seed):
        """All random numbers come from the generator.
        所有随机数都来自 generator。"""
        img = pixels(1, *chance.choice(((6, 7), (5, 8), (6, 8))))
        agree(
            lambda impl: (
                repeatable(lambda generator: impl.random_crop(img.clone(), (3, 4), 0, generator), seed),
                crops(impl, img, (4, 5), 0, seed, 300),
            )
        )

    def test_default_generator(self, agree, pixels, chance, seed):
        """Without a generator, torch.manual_seed makes the calls repeatable.
        没有给出 generator 时，用 torch.manual_seed 可以重现结果。"""
        img = pixels(1, *chance.choice(((6, 7), (5, 8), (6, 8))))

        def probe(impl):
            facts = repeatable_by_default(lambda: impl.random_crop(img.clone(), (3, 4)), seed)
            return facts, occurring(lambda: impl.random_crop(img.clone(), (4, 5)), 300)

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("adjust_brightness")
class TestAdjustBrightness:
    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("img"))
    def arguments(self, image, chance):
        return {"img": image(), "factor": chance.uniform(1.3, 2.5)}

    @pytest.mark.points(2)
    def test_darker(self, agree, image, chance):
        """Multiplies all pixels by a factor below 1.
        factor 小于 1 时，所有像素乘以 factor。"""
        cases = [(image(), chance.uniform(*limits)) for limits in ((0.05, 0.4), (0.5, 0.95))]
        agree(lambda impl: [impl.adjust_brightness(*case) for case in cases])

    @pytest.mark.points(2)
    def test_brighter(self, agree, image, chance):
        """Pixels that would exceed 1 become 1, and all others are multiplied.
        乘积超过 1 的像素变为 1，其余像素乘以 factor。"""
        cases = [(image(), chance.uniform(*limits)) for limits in ((1.1, 1.8), (2, 5))]
        agree(lambda impl: [impl.adjust_brightness(*case) for case in cases])

    def test_far_too_bright(self, agree, image, chance):
        """With a large factor, zeros stay 0, and all other pixels become 1.
        factor 很大时，只有零还是零，其余像素都变为 1。"""
        img = image().clamp(min=0.1)
        img[:, :: chance.randint(2, 3)] = 0
        factor = chance.uniform(300, 400)
        agree(lambda impl: impl.adjust_brightness(img, factor))

    def test_zero_and_one(self, agree, image):
        """A factor of 0 gives a black image, and a factor of 1 the image itself.
        factor 为 0 时得到全黑的图像，为 1 时图像不变。"""
        img = image()
        agree(lambda impl: [impl.adjust_brightness(img, 0.0), impl.adjust_brightness(img, 1.0)])

    def test_batch(self, agree, image, chance):
        """Takes a batch (n, c, h, w) as well.
        也接受小批量 (n, c, h, w)。"""
        img, factor = image(*chance.sample(range(2, 6), 4)), chance.uniform(1.2, 1.9)
        agree(lambda impl: [impl.adjust_brightness(img, factor), impl.adjust_brightness(img[:1], factor)])

    def test_negative(self, agree, image, chance):
        """Raises ValueError for a negative factor.
        factor 为负时抛出 ValueError。"""
        img, factors = image(), [-chance.uniform(*limits) for limits in ((1e-3, 0.9), (1.5, 3))]

        def probe(impl):
            results = [value_or_error(lambda factor=factor: impl.adjust_brightness(img, factor)) for factor in factors]
            return results, impl.adjust_brightness(img, 0.5)

        agree(probe)

    test_from_scratch = written_from_scratch


def draws(impl, arguments, seed, count):
    """Many windows (top, left, h, w): (count, 4), int64."""
    generator = seeded(seed)
    found = []
    for _ in range(count):
        top, left, h, w = impl.random_resized_crop_params(*arguments, generator)
        found.append([number.__index__() for number in (top, left, h, w)])
    return torch.tensor(found)


def thirds(values, low, high):
    """The shares of values below `low`, in the three thirds between `low` and `high`, and above, to the nearest sixth.

    The sides of a window are whole numbers, so that a value may lie just outside. In 1,000 draws a share of a third
    strays by 5.5 standard deviations before it rounds to another sixth.
    """
    place = (values - low) / (high - low)
    part = torch.where((place > -0.01) & (place < 1.01), place.clamp(0, 0.999), place)
    counts = torch.bincount((part * 3).floor().clamp(-1, 3).long() + 1, minlength=5)
    return to_grid(counts.double() / len(values), 1 / 6)


@pytest.mark.exercise("random_resized_crop_params")
class TestRandomResizedCropParams:
    @pytest.mark.points(2)
    def test_whole_image(self, agree, chance, seed):
        """Is the whole image if the whole area and the image's own ratio are asked for.
        要求整个面积和图像自身的宽高比时，得到整幅图像。"""
        cases = []
        for _ in range(3):
            h, w = chance.sample(range(10, 100), 2)
            cases += [(h, w, (1.0, 1.0), (w / h, w / h)), (h, h, (1.0, 1.0), (1.0, 1.0))]
        agree(lambda impl: [impl.random_resized_crop_params(*case, seeded(seed)) for case in cases])

    @pytest.mark.points(2)
    def test_size_of_window(self, agree, chance, seed):
        """The share of the area and the ratio of width to height determine h and w.
        面积的比例与宽高比决定了 h 和 w。"""
        cases = []
        while len(cases) < 8:
            (height, width), share = chance.sample(range(40, 200), 2), chance.uniform(0.05, 0.3)
            ratio = chance.uniform(*chance.choice(((0.5, 0.9), (1.1, 2.0))))
            sides = [(height * width * share * r) ** 0.5 for r in (ratio, 1 / ratio)]
            clear = all(abs(side % 1 - 0.5) > 0.05 and 0.05 < side % 1 < 0.95 for side in sides)
            if clear and sides[0] < width and sides[1] < height:
                cases.append((height, width, (share, share), (ratio, ratio)))
        agree(lambda impl: [list(impl.random_resized_crop_params(*case, seeded(seed)))[2:] for case in cases])

    @pytest.mark.points(2)
    def test_all_places(self, agree, chance, seed):
        """A window of a fixed size lies at every place of the image, and at all of them equally often.
        大小固定的窗口会出现在图像中的每个位置，各个位置的概率相同。"""
        cases = []
        sides = [chance.sample(range(5, 12), 2) for _ in range(3)]
        sides += [(1, chance.randint(5, 12)), (chance.randint(5, 12), 1)]
        for (h, w), (rows, columns) in zip(sides, ((2, 0), (0, 2), (1, 2), (2, 0), (0, 2)), strict=True):
            height, width = h + rows, w + columns
            share = h * w / (height * width)
            cases.append((height, width, (share, share), (w / h, w / h)))
        # A third, to the nearest sixth: 900 calls are 5.3 standard deviations. A sixth is much less likely to stray.
        agree(lambda impl: [occurring(iter(draws(impl, case, seed, 900)).__next__, 900, 1 / 6) for case in cases])

    @pytest.mark.points(2)
    def test_area(self, agree, chance, seed):
        """The area of the window is uniform between the limits.
        窗口的面积在上下限之间服从均匀分布。"""
        n, low, high = chance.randint(700, 900), chance.randint(1, 5) / 25, chance.randint(16, 24) / 25

        def probe(impl):
            found = draws(impl, (n, n, (low, high), (1.0, 1.0)), seed, 1000)
            area = found[:, 2] * found[:, 3] / n**2
            return thirds(area, low, high), to_grid(torch.stack(area.aminmax()), 1 / 25)

        agree(probe)

    @pytest.mark.points(2)
    def test_ratio(self, agree, chance, seed):
        """The logarithm of the ratio of width to height is uniform between the limits.
        宽高比的对数在上下限之间服从均匀分布。"""
        height, width = chance.sample(range(3000, 4000), 2)
        limits = chance.randint(5, 9) / 10, chance.randint(5, 10) / 2
        low, high = np.log(limits).tolist()

        def probe(impl):
            found = draws(impl, (height, width, (0.02, 0.04), limits), seed, 1000)
            ratio = found[:, 3] / found[:, 2]
            return thirds(ratio.log(), low, high), to_grid(ratio.amin(), 0.1), to_grid(ratio.amax(), 0.5)

        agree(probe)

    def test_independent(self, agree, chance, seed):
        """The area and the ratio are independent.
        面积与宽高比相互独立。"""
        n = chance.randint(3000, 4000)

        def probe(impl):
            found = draws(impl, (n, n, (0.01, 0.09), (0.5, 2.0)), seed, 1000).double()
            top, left, h, w = found.T
            facts = torch.stack([h * w, (w / h).log(), top / (n - h), left / (n - w)])
            return to_grid(torch.corrcoef(facts), 0.4), list(found.shape)

        agree(probe)

    def test_inside(self, run, chance, seed):
        """The window lies within the image, and its sides are at least 1.
        窗口不超出图像，边长至少为 1。"""
        cases = []
        for low, high in ((2, 9), (20, 60)):
            cases += [(*chance.sample(range(low, high), 2), (0.01, 1.0), (0.2, 4.0)) for _ in range(3)]
        cases.append((1, 1, (0.1, 1.0), (0.5, 2.0)))
        windows = run(lambda impl: [draws(impl, case, seed, 100) for case in cases])
        for (height, width, *_), found in zip(cases, windows, strict=True):
            top, left, h, w = found.T
            expect(
                (top >= 0).all() and (left >= 0).all() and (top + h <= height).all() and (left + w <= width).all(),
                f"A window leaves the image of height {height} and width {width}.",
                f"有窗口超出了高 {height}、宽 {width} 的图像。",
            )
            expect((h >= 1).all() and (w >= 1).all(), "A window has no pixels.", "有窗口不含任何像素。")
            varied = len(found.unique(dim=0)) > min(20, height * width)
            expect(varied or height * width == 1, "The windows hardly vary.", "各次得到的窗口几乎没有变化。")

    def test_no_window_fits(self, agree, chance, seed):
        """If no window fits, it is the largest in the middle whose ratio lies in the limits.
        没有窗口放得下时，取正中间宽高比不超出上下限的最大窗口。"""
        cases = []
        while len(cases) < 8:
            (height, width), beyond = chance.sample(range(20, 60), 2), chance.uniform(1.5, 4)
            if len(cases) % 2:  # all ratios are below that of the image
                high = width / height / beyond
                low, side = high / 1.5, height * high
            else:
                low = width / height * beyond
                high, side = 1.5 * low, width / low
            part = side % 1 if len(cases) < 4 else 1 - side % 1
            if side > 2 and 0.55 < part < 0.95:  # some are rounded up, others down
                cases.append((height, width, (1.0, 1.5), (low, high)))
        agree(lambda impl: [impl.random_resized_crop_params(*case, seeded(seed)) for case in cases])

    def test_too_large_an_area(self, agree, chance, seed):
        """If no window fits but the image's own ratio lies in the limits, it is the whole image.
        没有窗口放得下、但图像自身的宽高比在上下限之内时，取整幅图像。"""
        cases = []
        for _ in range(4):
            height, width = chance.sample(range(20, 90), 2)
            ratio = width / height
            cases.append((height, width, (2.0, 3.0), (ratio / chance.uniform(1.1, 3), ratio * chance.uniform(1.1, 3))))
        agree(lambda impl: [impl.random_resized_crop_params(*case, seeded(seed)) for case in cases])

    @pytest.mark.points(2)
    @pytest.mark.timeout(30)
    def test_number_of_tries(self, agree, chance, seed):
        """Gives up after 10 tries.
        尝试 10 次都失败后放弃。"""
        # A square fits if its side rounds to n or less. The whole image also comes from a try whose side rounds to n,
        # which makes up the share `e` of those that fit. The limits are such that `share` of all windows are the whole.
        # 1,700 calls put 5 standard deviations between it and another eighth: one or two tries more or less may pass.
        n, share = chance.randint(500, 700), chance.randint(2, 4) / 8
        low, fitting = 0.9, (1 + 0.5 / n) ** 2 - 0.9
        e = 2 / n / fitting
        high = low + fitting / (1 - ((share - e) / (1 - e)) ** 0.1)

        def probe(impl):
            sides = draws(impl, (n, n, (low, high), (1.0, 1.0)), seed, 1700)[:, 2]
            whole = (sides == n).double()
            return sides.amax(), to_grid(torch.stack([whole.mean(), 1 - whole.mean()]), 1 / 8)

        agree(probe)

    def test_python_ints(self, agree, chance, seed):
        """Returns four Python ints.
        返回四个 Python 的 int。"""
        cases = []
        for _ in range(3):
            h, w = chance.sample(range(10, 100), 2)
            cases += [(h, w, (1.0, 1.0), (w / h, w / h)), (h, w, (2.0, 2.0), (w / h, w / h))]

        def probe(impl):
            found = [impl.random_resized_crop_params(*case, seeded(seed)) for case in cases]
            return [[type(number).__name__ for number in window] for window in found], found

        agree(probe)

    def test_generator(self, agree, chance, seed):
        """All random numbers come from the generator.
        所有随机数都来自 generator。"""
        height, width = chance.sample(range(50, 90), 2)
        scale, ratio = (0.1, 0.8), (0.5, 2.0)
        whole = height, width, (1.0, 1.0), (width / height, width / height)

        def probe(impl):
            facts = repeatable(lambda g: impl.random_resized_crop_params(height, width, scale, ratio, g), seed)
            return facts, impl.random_resized_crop_params(*whole, seeded(seed))

        agree(probe)

    test_from_scratch = written_from_scratch
