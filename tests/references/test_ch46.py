"""ch46's reference against loops over pixels, torchvision's crops and confusion matrices."""

from collections import Counter

import pytest
import torch
from torchvision import transforms
from torchvision.transforms import functional as TF


def test_palette(reference):
    """The colours follow the rule of the VOC devkit: a colour's bits are the bits of its class, in turn."""
    assert len(reference.VOC_COLORMAP) == 21
    for label, colour in enumerate(reference.VOC_COLORMAP):
        expected = [0, 0, 0]
        for place in range(8):
            for channel in range(3):
                expected[channel] |= (label >> 3 * place + channel & 1) << 7 - place
        assert colour == expected


def test_voc_colormap2label(reference):
    """The table has the place of each colour in VOC_COLORMAP, and 0 for all other colours."""
    table = reference.voc_colormap2label()
    assert table.shape == (256**3,)
    assert table.dtype == torch.int64
    found = {divmod(code, 65536)[0]: None for code in table.nonzero().flatten().tolist()}
    assert found.keys() == {colour[0] for colour in reference.VOC_COLORMAP[1:]}
    entries = {int.from_bytes(bytes(colour)): label for label, colour in enumerate(reference.VOC_COLORMAP)}
    for code in table.nonzero().flatten().tolist():
        assert table[code] == entries.pop(code)
    assert entries == {0: 0}


def test_voc_label_indices(reference):
    """Each pixel has the entry of its code."""
    colormap = torch.randint(256, (3, 6, 5)).to(torch.uint8)
    table = torch.randperm(256**3)
    found = reference.voc_label_indices(colormap, table)
    assert found.shape == (6, 5)
    for i in range(6):
        for j in range(5):
            assert found[i, j] == table[int.from_bytes(bytes(colormap[:, i, j].tolist()))]


def test_voc_rand_crop(reference):
    """Crops agree with those of torchvision, and come from each place equally often."""
    image = torch.randint(256, (3, 5, 6))
    label = image.sum(dim=0)
    crops = {}
    for top in range(3):
        for left in range(5):
            crops[top, left] = TF.crop(image, top, left, 3, 2), TF.crop(label, top, left, 3, 2)
    seen = Counter()
    for _ in range(3000):
        pair = reference.voc_rand_crop(image, label, 3, 2)
        (place,) = (key for key, crop in crops.items() if all(map(torch.equal, crop, pair)))
        seen[place] += 1
    assert seen.keys() == crops.keys()
    assert all(abs(count - 200) < 75 for count in seen.values())  # 5.5 standard deviations


def test_voc_rand_crop_refuses(reference):
    """Crops are refused for the sizes that torchvision refuses."""
    image = torch.zeros(3, 4, 5)
    for height in range(1, 7):
        for width in range(1, 7):
            try:
                transforms.RandomCrop.get_params(image, (height, width))
            except ValueError:
                with pytest.raises(ValueError, match="no part"):
                    reference.voc_rand_crop(image, image, height, width)
            else:
                assert reference.voc_rand_crop(image, image, height, width)[1].shape == (3, height, width)


def test_filter_by_size(reference):
    """The images that are kept are those that can be cropped."""
    imgs = [torch.zeros(3, h, w) for h in range(1, 6) for w in range(1, 6)]
    for size in ((3, 2), (1, 4), (5, 5), (6, 1)):
        kept = reference.filter_by_size(imgs, size)
        fitting = []
        for img in imgs:
            try:
                reference.voc_rand_crop(img, img, *size)
            except ValueError:
                continue
            fitting.append(img)
        assert len(kept) == len(fitting)
        assert all(a is b for a, b in zip(kept, fitting, strict=True))


@pytest.mark.parametrize("ignore_index", [255, -1, 2])
def test_mean_iou(reference, ignore_index):
    """The score agrees with the sets of pixels."""
    for classes in (1, 3, 8):
        pred, target = torch.randint(classes, (2, 3, 5, 4))
        target[torch.rand(target.shape) < 0.2] = ignore_index
        places = [p for p, truth in enumerate(target.flatten().tolist()) if truth != ignore_index]
        scores = []
        for c in range(classes + 2):
            guessed, true = ({p for p in places if part.flatten()[p] == c} for part in (pred, target))
            if guessed | true:
                scores.append(len(guessed & true) / len(guessed | true))
        found = reference.mean_iou(pred, target, classes + 2, ignore_index)
        assert type(found) is float
        assert found == pytest.approx(sum(scores) / len(scores), rel=1e-12)


def test_mean_iou_without_pixels(reference):
    """A score of no pixels is refused."""
    for target in (torch.full((2, 3), 255), torch.zeros(0, 4, dtype=torch.int64)):
        with pytest.raises(ValueError, match="no pixel"):
            reference.mean_iou(torch.zeros_like(target), target, 3)
