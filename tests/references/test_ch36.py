"""ch36's reference against torchvision's transforms."""

import math

import numpy as np
import pytest
import torch

transforms = pytest.importorskip("torchvision.transforms")
F = transforms.functional


def test_to_tensor(reference):
    """to_tensor agrees with torchvision for bytes, and keeps the values of floats."""
    random = np.random.default_rng(0)
    for shape in ((4, 5, 3), (5, 4, 1), (6, 3), (1, 1, 4)):
        img = random.integers(256, size=shape, dtype=np.uint8)
        torch.testing.assert_close(reference.to_tensor(img), F.to_tensor(img))
        for dtype in (np.float32, np.float64):
            floats = 9 * random.normal(size=shape).astype(dtype)
            torch.testing.assert_close(reference.to_tensor(floats), F.to_tensor(floats).float())
    mirrored = img[::-1, ::-1]
    torch.testing.assert_close(reference.to_tensor(mirrored), F.to_tensor(mirrored.copy()))


def test_normalize(reference):
    """normalize agrees with torchvision, which refuses a deviation of 0 as well."""
    mean, std = [0.4, -0.2, 0.0], (0.3, 1.5, 2.0)
    for shape in ((3, 4, 5), (2, 3, 5, 4), (3, 3, 3)):
        for dtype in (torch.float32, torch.float64):
            img = torch.randn(shape, dtype=dtype)
            torch.testing.assert_close(reference.normalize(img, mean, std), F.normalize(img, mean, std))
    with pytest.raises(ValueError, match="zero"):
        F.normalize(img, mean, (1.0, 0.0, 1.0))
    with pytest.raises(ValueError, match="deviation is 0"):
        reference.normalize(img, mean, (1.0, 0.0, 1.0))
    with pytest.raises(ValueError, match="3 channels"):
        reference.normalize(img, mean[:1], std[:1])
    x = torch.randn(2, 3, 4, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: reference.normalize(x, mean, std), (x,))


def test_random_horizontal_flip(reference):
    """The mirror image is torchvision's, and it is as frequent as p says."""
    img = torch.arange(24).reshape(2, 3, 4)
    torch.testing.assert_close(reference.random_horizontal_flip(img, 1.0), F.hflip(img))
    generator = torch.Generator().manual_seed(0)
    results = [reference.random_horizontal_flip(img, 0.3, generator) for _ in range(2000)]
    mirrored = sum(torch.equal(result, F.hflip(img)) for result in results)
    assert mirrored + sum(torch.equal(result, img) for result in results) == 2000
    assert abs(mirrored - 600) < 5 * math.sqrt(2000 * 0.3 * 0.7)


@pytest.mark.parametrize("padding", [0, 1])
def test_random_crop(reference, padding):
    """The windows that occur are those of torchvision's crop, each about equally often."""
    img, (height, width) = torch.arange(1, 25).reshape(2, 3, 4), (2, 3)
    padded = F.pad(img, padding)
    places = [(i, j) for i in range(3 + 2 * padding - 1) for j in range(4 + 2 * padding - 2)]
    generator = torch.Generator().manual_seed(0)
    counts = dict.fromkeys([str(F.crop(padded, i, j, height, width).tolist()) for i, j in places], 0)
    for _ in range(4000):
        counts[str(reference.random_crop(img, (height, width), padding, generator).tolist())] += 1
    share = 1 / len(places)
    assert len(counts) == len(places)
    assert all(abs(count - 4000 * share) < 5 * math.sqrt(4000 * share * (1 - share)) for count in counts.values())
    with pytest.raises(ValueError, match="does not fit"):
        reference.random_crop(img, (3, 5 + 2 * padding), padding)


def test_adjust_brightness(reference):
    """adjust_brightness agrees with torchvision."""
    for shape in ((3, 4, 5), (2, 3, 5, 4)):
        img = torch.rand(shape)
        for factor in (0, 0.3, 1, 1.7, 50):
            torch.testing.assert_close(reference.adjust_brightness(img, factor), F.adjust_brightness(img, factor))
    with pytest.raises(ValueError, match="negative"):
        reference.adjust_brightness(img, -0.1)


def quantiles(windows, height, width):
    """Quantiles of the area, of the logarithm of the ratio and of the place of windows (top, left, h, w)."""
    top, left, h, w = torch.tensor(windows, dtype=torch.float64).T
    facts = [h * w / (height * width), (w / h).log(), top / (height - h).clamp(min=1), left / (width - w).clamp(min=1)]
    return torch.stack(facts).quantile(torch.tensor([0.1, 0.3, 0.5, 0.7, 0.9], dtype=torch.float64), dim=1)


@pytest.mark.parametrize(("height", "width"), [(300, 500), (400, 200)])
def test_random_resized_crop_params(reference, height, width):
    """The distribution is that of torchvision, and so is the window that is left when no other fits."""
    scale, ratio, img = (0.2, 1.0), (0.4, 2.5), torch.empty(1, height, width)
    generator = torch.Generator().manual_seed(0)
    ours = [reference.random_resized_crop_params(height, width, scale, ratio, generator) for _ in range(5000)]
    with torch.random.fork_rng():
        torch.manual_seed(1)
        theirs = [transforms.RandomResizedCrop.get_params(img, scale, ratio) for _ in range(5000)]
        # 5,000 draws: a quantile strays by about 0.01.
        torch.testing.assert_close(
            quantiles(ours, height, width), quantiles(theirs, height, width), rtol=0.0, atol=0.06
        )
        for limits in ((5.0, 8.0), (0.1, 0.2), (0.4, 3.0)):
            expected = transforms.RandomResizedCrop.get_params(img, (2.0, 3.0), limits)
            assert reference.random_resized_crop_params(height, width, (2.0, 3.0), limits, generator) == expected
