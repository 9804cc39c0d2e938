"""Fashion-MNIST: 28 x 28 grey pictures of ten kinds of clothes, 60,000 to learn from and 10,000 to test on.

Source: Xiao, Rasul and Vollgraf (2017), github.com/zalandoresearch/fashion-mnist. Licence: MIT. 31 MB.
Debian's package dataset-fashion-mnist has it, too.
"""

import torch
from torch import Tensor

from dlgrade.course.data_sets import File, idx_images

KIND = "images"
PLACES = ("/usr/share/datasets/fashion-mnist",)
_URLS = ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",)
_PUBLISHED = {
    "train images": ("train-images-idx3-ubyte.gz", "8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26421880),
    "train labels": ("train-labels-idx1-ubyte.gz", "25c81989df183df01b3e8a0aad5dffbe", 29515),
    "test images": ("t10k-images-idx3-ubyte.gz", "bef4ecab320f06d8554ea6380940ec79", 4422102),
    "test labels": ("t10k-labels-idx1-ubyte.gz", "bb300cfdad3c16e7a12a480ee83cd310", 5148),
}
FILES = {
    kind: File(name, f"md5:{digest}", size, tuple(url + name for url in _URLS))
    for kind, (name, digest, size) in _PUBLISHED.items()
}


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 1, 28, 28), float32 from 0 to 1, and labels (size,), int64: so many, drawn without repetition."""
    images, labels = idx_images("fashion_mnist", FILES, PLACES, split)
    chosen = torch.randperm(len(labels), generator=generator)[:size]
    return images[chosen], labels[chosen]
