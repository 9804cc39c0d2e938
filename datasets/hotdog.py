"""Photographs of hot dogs and of other food and things: 2,000 to learn from and 800 to test on.

Source: collected from the web for Dive into Deep Learning, section 13.2, hosted by d2l.ai. Licence: none is stated.

The middle square of each photograph, in 32 x 32 pixels as in CIFAR-10, or larger.
"""

import zipfile

import torch
from torch import Tensor

from dlgrade.course.data_sets import File, checked, pixels, square

KIND = "colour images"
ROOT = "hotdog"
CLASSES = ("hotdog", "not-hotdog")
FILES = {
    "archive": File(
        "hotdog.zip",
        "sha1:fba480ffa8aa7e0febbb511d181409f899b9baa5",
        0,
        ("http://d2l-data.s3-accelerate.amazonaws.com/hotdog.zip",),
    )
}


def load(size: int, generator: torch.Generator, split: str = "train", side: int = 32) -> tuple[Tensor, Tensor]:
    """Images (size, 3, side, side), float32 from 0 to 1, and labels (size,), int64: 0 for a hot dog, 1 for another
    thing. They are drawn without repetition."""
    with zipfile.ZipFile(checked("hotdog", FILES["archive"])) as archive:
        listed = [
            (name, label)
            for label, kind in enumerate(CLASSES)
            for name in sorted(archive.namelist())
            if name.startswith(f"{ROOT}/{split}/{kind}/") and name.lower().endswith((".png", ".jpg"))
        ]
        chosen = [listed[i] for i in torch.randperm(len(listed), generator=generator)[:size].tolist()]
        images = [square(pixels(archive.read(name)), side) for name, _ in chosen]
    return torch.stack(images).float() / 255, torch.tensor([label for _, label in chosen])
