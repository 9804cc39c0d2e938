"""CIFAR-10: 32 x 32 colour photographs of ten kinds of things, 50,000 to learn from and 10,000 to test on.

Source: Krizhevsky (2009), www.cs.toronto.edu/~kriz/cifar.html, the binary version. Licence: none is stated; the author
asks to be cited. 170 MB.
"""

import tarfile

import torch
from torch import Tensor

from dlgrade.course.data_sets import File, checked

KIND = "colour images"
SIDE = 32
ROOT = "cifar-10-batches-bin"
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FILES = {
    "archive": File(
        "cifar-10-binary.tar.gz",
        "md5:c32a1d4ab5d03f1284b67883e8d87530",
        170052171,
        ("https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",),
    )
}


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 3, 32, 32), float32 from 0 to 1, and labels (size,), int64, from 0 to 9 in the order of CLASSES.

    They are drawn without repetition.
    """
    names = ["test_batch"] if split == "test" else [f"data_batch_{i}" for i in range(1, 6)]
    wanted, found = [f"{ROOT}/{name}.bin" for name in names], {}
    with tarfile.open(checked("cifar10", FILES["archive"])) as archive:
        for member in archive:  # in the archive's own order: a packed file cannot go back
            file = archive.extractfile(member) if member.name in wanted else None
            if file is not None:
                found[member.name] = file.read()
    content = b"".join(found[name] for name in wanted)
    rows = torch.frombuffer(bytearray(content), dtype=torch.uint8).reshape(-1, 1 + 3 * SIDE * SIDE)
    rows = rows[torch.randperm(len(rows), generator=generator)[:size]]
    return rows[:, 1:].reshape(-1, 3, SIDE, SIDE).float() / 255, rows[:, 0].long()
