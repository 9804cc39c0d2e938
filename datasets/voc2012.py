"""Pascal VOC 2012: photographs with the class of each pixel, 1,464 to learn from and 1,449 to test on.

Source: Everingham and others (2012), host.robots.ox.ac.uk/pascal/VOC, as d2l.ai hosts it. Licence: the photographs are
Flickr's, under Flickr's terms of use. 2 GB.

The middle square of each photograph, in 64 x 64 pixels. Classes are from 0 to 20, in the order of the book's
VOC_CLASSES. The borders of objects count as background, as in the book (D2L section 13.9).
"""

import tarfile

import torch
from torch import Tensor

from dlgrade.course.data_sets import File, checked, pixels, square

KIND = "images with masks"
SIDE = 64
BORDER = 255
ROOT = "VOCdevkit/VOC2012"
_NAME = "VOCtrainval_11-May-2012.tar"
FILES = {
    "archive": File(
        _NAME,
        "sha1:4e443f8a2eca6b1dac8a6c57641b67dd40621a49",
        1999639040,
        (
            f"http://d2l-data.s3-accelerate.amazonaws.com/{_NAME}",
            f"https://thor.robots.ox.ac.uk/pascal/VOC/voc2012/{_NAME}",
        ),
    )
}


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 3, 64, 64), float32 from 0 to 1, and masks (size, 64, 64), int64: drawn without repetition.

    The examples for testing are those that VOC has for validation.
    """
    with tarfile.open(checked("voc2012", FILES["archive"])) as archive:

        def read(path: str) -> bytes:
            file = archive.extractfile(f"{ROOT}/{path}")
            assert file is not None, path
            return file.read()

        listed = read(f"ImageSets/Segmentation/{'val' if split == 'test' else 'train'}.txt").decode("ascii").split()
        names = [listed[i] for i in torch.randperm(len(listed), generator=generator)[:size].tolist()]
        images = [square(pixels(read(f"JPEGImages/{name}.jpg")), SIDE) for name in names]
        masks = [square(pixels(read(f"SegmentationClass/{name}.png"), mode="P"), SIDE, classes=True) for name in names]
    classes = torch.cat(masks).long()
    return torch.stack(images).float() / 255, classes.masked_fill(classes == BORDER, 0)
