"""MNIST: 28 x 28 grey pictures of handwritten digits, 60,000 to learn from and 10,000 to test on.

Source: LeCun, Cortes and Burges (1998). Licence: CC BY-SA 3.0. 12 MB.
"""

import torch
from torch import Tensor

from dlgrade.course.data_sets import File, idx_images

KIND = "images"
PLACES = ("/usr/share/datasets/mnist",)
_URLS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)
_PUBLISHED = {
    "train images": ("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873", 9912422),
    "train labels": ("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432", 28881),
    "test images": ("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3", 1648877),
    "test labels": ("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c", 4542),
}
FILES = {
    kind: File(name, f"md5:{digest}", size, tuple(url + name for url in _URLS))
    for kind, (name, digest, size) in _PUBLISHED.items()
}


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 1, 28, 28), float32 from 0 to 1, and labels (size,), int64: so many, drawn without repetition."""
    images, labels = idx_images("mnist", FILES, PLACES, split)
    chosen = torch.randperm(len(labels), generator=generator)[:size]
    return images[chosen], labels[chosen]
