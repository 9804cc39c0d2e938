"""ch36: to_tensor, normalize."""

import numpy as np
import pytest
import torch

from dlgrade.testing import promise, standard, value_or_error, written_from_scratch


@pytest.fixture
def bytes_of(generator):
    """bytes_of(4, 5, 3): an image of numpy, uint8."""
    return lambda *shape: torch.randint(256, shape, generator=generator, dtype=torch.uint8).numpy()


@pytest.mark.exercise("to_tensor")
class TestToTensor:
    @pytest.mark.points(2)
    def test_bytes(self, agree, bytes_of, chance):
        """Puts the channels of a uint8 image first, and divides by 255.
        把 uint8 图像的通道移到最前面，并除以 255。"""
        c, h, w = chance.sample(range(2, 8), 3)
        img = bytes_of(h, w, c)
        agree(lambda impl: [impl.to_tensor(img), impl.to_tensor(img // 3)])

    @pytest.mark.points(2)
    def test_grey_image(self, agree, bytes_of, chance):
        """A grey image (h, w) becomes (1, h, w).
        灰度图像 (h, w) 变为 (1, h, w)。"""
        img = bytes_of(*chance.sample(range(2, 9), 2))
        agree(lambda impl: impl.to_tensor(img))

    def test_floats(self, agree, randn, chance):
        """Images of float32 keep their values, also below 0 and above 1.
        float32 图像的值保持不变，小于 0 或大于 1 的值也一样。"""
        imgs = [(size * randn(*chance.sample(range(2, 8), 3))).numpy() for size in (0.1, 3, 100)]
        agree(lambda impl: [impl.to_tensor(img) for img in imgs])

    def test_doubles(self, agree, randn, chance):
        """Images of float64 keep their values, and become float32.
        float64 图像的值保持不变，结果为 float32。"""
        imgs = [(size * randn(*chance.sample(range(2, 8), 3), dtype=torch.float64)).numpy() for size in (0.1, 3, 100)]
        agree(lambda impl: [impl.to_tensor(img) for img in imgs])

    def test_small_images(self, agree, bytes_of, chance):
        """Images may have one, two or four channels, and one row or one column.
        图像可以有一个、两个或四个通道，也可以只有一行或一列。"""
        long = chance.randint(2, 8)
        imgs = [bytes_of(*shape) for shape in ((3, long, 1), (long, 2, 2), (2, long, 4), (1, long, 3), (long, 1))]
        agree(lambda impl: [impl.to_tensor(img) for img in imgs])

    def test_any_strides(self, agree, bytes_of, chance):
        """Takes images with other strides, such as mirrored and transposed images.
        接受步幅特殊的图像，例如翻转或转置得到的图像。"""
        c, h, w = chance.sample(range(2, 8), 3)
        img = bytes_of(h, w, c)

        def probe(impl):
            strange = img[:, ::-1], img[::-1], img[:, :, ::-1], img.transpose(1, 0, 2), img[::2, :, 0]
            return [impl.to_tensor(view) for view in strange]

        agree(probe)

    @pytest.mark.needs("bytes")
    def test_contiguous(self, agree, bytes_of, chance):
        """The result is contiguous.
        结果在内存中是连续的。"""
        c, h, w = chance.sample(range(2, 8), 3)
        img = bytes_of(h, w, c)

        def probe(impl):
            result = impl.to_tensor(img)
            return result, result.is_contiguous(), impl.to_tensor(img / np.float32(255)).is_contiguous()

        agree(probe)

    @pytest.mark.needs("floats")
    def test_memory_of_its_own(self, agree, randn, chance):
        """Later changes of img do not reach the result.
        之后再修改 img 不会影响结果。"""
        h, w = chance.sample(range(2, 8), 2)
        imgs = randn(h, w).numpy(), randn(h, w, 1).numpy()

        def probe(impl):
            copies = [img.copy() for img in imgs]
            results = [impl.to_tensor(img) for img in copies]
            for img in copies:
                img += 1
            return results

        agree(probe)

    @pytest.mark.needs("bytes")
    def test_arguments_untouched(self, agree, bytes_of, randn, chance):
        """The call leaves img as it was.
        调用不修改传入的 img。"""
        imgs = bytes_of(*chance.sample(range(2, 8), 2), 3), randn(*chance.sample(range(2, 8), 2)).numpy()

        def probe(impl):
            copies = [img.copy() for img in imgs]
            return [(impl.to_tensor(img), img) for img in copies]

        agree(probe)

    test_from_scratch = written_from_scratch


@pytest.mark.exercise("normalize")
class TestNormalize:
    @pytest.fixture
    def call(self, randn, chance):
        """call(): arguments of normalize for one image. call(5): for a batch of five."""

        def draw(*batch):
            c, h, w = chance.sample(range(2, 8), 3)
            mean, std = ([chance.uniform(*limits) for _ in range(c)] for limits in ((0.2, 0.9), (0.1, 0.6)))
            return {"img": randn(*batch, c, h, w), "mean": mean, "std": std}

        return draw

    @standard(promise.untouched, promise.float64, promise.non_contiguous, promise.gradients("img"))
    def arguments(self, call, chance):
        return call(chance.randint(2, 4))

    @pytest.mark.points(2)
    def test_image(self, agree, call):
        """Subtracts the mean of each channel, and divides by its standard deviation.
        每个通道减去均值，再除以标准差。"""
        given = call()
        agree(lambda impl: impl.normalize(**given))

    @pytest.mark.points(2)
    def test_batch(self, agree, call, chance):
        """Normalises the channels of a batch (n, c, h, w).
        对小批量 (n, c, h, w) 的各个通道做规范化。"""
        given = call(chance.randint(2, 7)), call(1)
        agree(lambda impl: [impl.normalize(**case) for case in given])

    def test_square_image(self, agree, randn, chance):
        """The numbers belong to channels, even if the image is as wide and as high as it has channels.
        即使高和宽都等于通道数，各个数也对应通道。"""
        c = chance.randint(2, 4)
        mean, std = ([chance.uniform(0.1, 0.9) for _ in range(c)] for _ in range(2))
        imgs = randn(c, c, c), randn(c, c, c, c)
        agree(lambda impl: [impl.normalize(img, mean, std) for img in imgs])

    def test_single_channel(self, agree, randn, chance):
        """Images may have one channel, and mean and std may be tuples.
        图像可以只有一个通道；mean 和 std 可以是元组。"""
        img = randn(1, *chance.sample(range(2, 8), 2))
        numbers = [(chance.uniform(0.2, 0.9),) for _ in range(2)]
        agree(lambda impl: impl.normalize(img, *numbers))

    def test_small_deviation(self, agree, call, chance):
        """Divides by small standard deviations as by others.
        标准差很小时，同样直接相除。"""
        given = call()
        given["std"] = [chance.uniform(1e-4, 9e-4) for _ in given["std"]]
        agree(lambda impl: impl.normalize(**given))

    def test_zero_mean(self, agree, call):
        """A mean may be 0.
        均值可以为 0。"""
        given = call()
        given["mean"] = [*given["mean"][:-1], 0.0]
        agree(lambda impl: impl.normalize(**given))

    def test_inverse(self, agree, call):
        """Undoes a normalisation if mean is -mean / std and std is 1 / std.
        取 mean 为 -mean / std、std 为 1 / std 时，能还原规范化之前的图像。"""
        given = call(2)
        numbers = list(zip(given["mean"], given["std"], strict=True))
        back = [-mean / std for mean, std in numbers], [1 / std for _, std in numbers]
        agree(lambda impl: impl.normalize(given["img"], *back))

    def test_deviation_of_zero(self, agree, call, chance):
        """Raises ValueError if any standard deviation is 0.
        任何一个标准差为 0 时抛出 ValueError。"""
        given = call()
        std, place = given["std"], chance.randrange(1, len(given["std"]))
        cases = [{**given, "std": [*std[:zero], 0.0, *std[zero + 1 :]]} for zero in (0, place)]
        cases.append({**given, "std": [0.0] * len(std)})

        def probe(impl):
            return [value_or_error(lambda case=case: impl.normalize(**case)) for case in (*cases, given)]

        agree(probe)

    def test_wrong_lengths(self, agree, call, chance):
        """Raises ValueError if mean or std has more or fewer numbers than the image has channels.
        mean 或 std 的个数与通道数不同时抛出 ValueError。"""
        cases = []
        for given in (call(), call(chance.randint(2, 4))):
            for name in chance.sample(("mean", "std"), 2):
                cases += [{**given, name: numbers} for numbers in (given[name][:1], [*given[name], 0.5])]
        cases += [{**given, "mean": given["mean"][:1], "std": given["std"][:1]}, {**given, "img": given["img"][:, :1]}]

        def probe(impl):
            return [value_or_error(lambda case=case: impl.normalize(**case)) for case in (*cases, given)]

        agree(probe)

    test_from_scratch = written_from_scratch
