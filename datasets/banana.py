"""Photographs with a banana on each, with its box: 1,000 to learn from and 100 to test on.

Source: made for Dive into Deep Learning, section 13.6, hosted by d2l.ai. Licence: none is stated.

The images are 256 x 256 pixels. They are reduced to 64 x 64, as the generated images with boxes are.
"""

import csv
import io
import zipfile

import torch
from torch import Tensor

from dlgrade.course.data_sets import File, checked, pixels, square

KIND = "images with boxes"
SIDE, PIXELS = 64, 256
ROOT = "banana-detection"
FILES = {
    "archive": File(
        "banana-detection.zip",
        "sha1:5de26c8fce5ccdea9f91267273464dc968d20d72",
        0,
        ("http://d2l-data.s3-accelerate.amazonaws.com/banana-detection.zip",),
    )
}


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 3, 64, 64), float32 from 0 to 1, and labels (size, 1, 5): the class, which is 0, then the box as x
    and y of its upper left and lower right corner, in shares of the sides. They are drawn without repetition.

    The examples for testing are those that the book has for validation.
    """
    folder = f"{ROOT}/bananas_{'val' if split == 'test' else 'train'}"
    images, labels = [], []
    with zipfile.ZipFile(checked("banana", FILES["archive"])) as archive:
        _, *rows = csv.reader(io.StringIO(archive.read(f"{folder}/label.csv").decode("utf-8")))
        for i in torch.randperm(len(rows), generator=generator)[:size].tolist():
            name, *label = rows[i]  # class, x, y, x, y
            images.append(square(pixels(archive.read(f"{folder}/images/{name}")), SIDE))
            labels.append([float(number) for number in label])
    return torch.stack(images).float() / 255, torch.tensor(labels)[:, None] / torch.tensor([1, *[PIXELS] * 4])
