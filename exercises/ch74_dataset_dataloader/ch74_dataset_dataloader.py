"""ch74 Dataset and DataLoader: from files to minibatches.

See D2L 3.3 (chapter_linear-networks/linear-regression-concise) and 3.5
(chapter_linear-networks/image-classification-dataset), and PyTorch's tutorial "Datasets and DataLoaders".

A data set has __len__ and __getitem__: it gives one example for an index. A sampler chooses the indices of each
minibatch. A collate function joins the examples of a minibatch into tensors. A DataLoader brings the three together,
and may read the examples in other processes, its workers.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils import data


def load_array(data_arrays: Sequence[Tensor], batch_size: int, is_train: bool = True) -> data.DataLoader:
    """Return a loader of minibatches over the rows of all arrays (D2L 3.3.2).

    Example i has row i of each array. A loop over the loader is an epoch: it has each example exactly once. For
    training, each epoch is in a new random order of all examples. Otherwise each epoch is in the order of the rows.

    The loader is iterable, but no iterator: a loop over it begins a new epoch, also inside another loop over it. Its
    first minibatch is next(iter(loader)), and next(loader) raises TypeError. The arrays stay unchanged.

    Args:
        data_arrays: a list or tuple of one or more tensors with the same number n of rows, at least 1, of any dtypes.
        batch_size: the number of rows in a minibatch. The last minibatch has the rest, which may be fewer.
        is_train: whether the order is random.

    Returns:
        A loader. A minibatch is a list or tuple with a tensor for each array, in the order of data_arrays:
        (batch_size, ...), of the array's dtype. len(loader) is the number of minibatches in an epoch.

    Raises:
        AssertionError: the arrays have different numbers of rows. TensorDataset has this assertion.
    """
    raise NotImplementedError  # write your code here


class CSVImageDataset(data.Dataset):
    """A data set of images in files, whose names and labels are in a CSV file.

    The first line of the CSV file is a header, whatever it says. Each other line is an example: the path of an image
    file below img_dir, a comma and a label. The path may have subfolders, as in "cats/7.npy". The label is a whole
    number, as int() reads it. Several examples may have the same file. Lines end in "\\n" or "\\r\\n"; after the last
    line the end may be missing. There are no empty lines, no quotes, no spaces, and no further commas.

    An image is a tensor of any shape and dtype. A file whose name ends in ".npy" was written by numpy.save, from the
    tensor's numpy array. A file whose name ends in ".pt" was written by torch.save.

    The CSV file is read once, in __init__. An image is read whenever its item is asked for, and only then: so the data
    set may be larger than the memory. The files stay unchanged. Worker processes of a DataLoader may ask for items, in
    any order.
    """

    def __init__(
        self,
        annotations_file: str,
        img_dir: str,
        transform: Callable[[Tensor], Any] | None = None,
        target_transform: Callable[[int], Any] | None = None,
    ) -> None:
        """Read the CSV file.

        Args:
            annotations_file: the path of the CSV file, which may be in any folder.
            img_dir: the folder of the images.
            transform: is called with the image of an item, each time that the item is asked for. None: no change.
            target_transform: is called in the same way with the label. None: no change.
        """
        raise NotImplementedError  # write your code here

    def __len__(self) -> int:
        """Return the number of examples, which may be 0."""
        raise NotImplementedError  # write your code here

    def __getitem__(self, idx: int) -> tuple[Tensor, Any]:
        """Return an item.

        Args:
            idx: the number of the example. A negative number counts from the end: -1 is the last example.

        Returns:
            The image with its shape and dtype, and the label, an int. If there are transforms, what they return.

        Raises:
            IndexError: there is no such example: idx < -n or idx >= n, where n is the number of examples.
        """
        raise NotImplementedError  # write your code here


class BatchSampler:
    """Yield the numbers 0 to n - 1 in lists of batch_size numbers: the indices of the minibatches of an epoch.

    A loop over the sampler is an epoch. Any number of epochs may follow, and each begins anew. Two iterators at the
    same time do not disturb each other. Each list is new, so that the caller may change it.

    With `shuffle`, each epoch has a new random order, and all orders are equally likely. Without it, the order is
    0, 1, 2, ... The sampler can be the batch_sampler of a DataLoader.

    Write it from scratch, without ready-made loaders and samplers (DataLoader, RandomSampler, random_split, ...).
    """

    def __init__(
        self, n: int, batch_size: int, shuffle: bool, drop_last: bool, generator: torch.Generator | None = None
    ) -> None:
        """Store the settings.

        Args:
            n: the number of examples, which may be 0.
            batch_size: the number of indices in a list.
            shuffle: whether the order is random.
            drop_last: whether to leave out the last list if it has fewer than batch_size indices.
            generator: the source of all random numbers. No other source is used or changed then. A generator with the
                same seed gives the same epochs. None: torch's global generator, so that torch.manual_seed repeats the
                epochs.

        Raises:
            ValueError: n is negative, or batch_size is less than 1.
        """
        raise NotImplementedError  # write your code here

    def __iter__(self) -> Iterator[list[int]]:
        """Begin an epoch: yield a list of indices for each minibatch. The numbers are Python ints."""
        raise NotImplementedError  # write your code here

    def __len__(self) -> int:
        """Return the number of lists in an epoch."""
        raise NotImplementedError  # write your code here


def pad_collate(batch: Sequence[tuple[Tensor, int]], padding_value: float = 0.0) -> tuple[Tensor, Tensor, Tensor]:
    """Join sequences of different lengths into a minibatch, as the collate_fn of a DataLoader.

    Each sequence is padded at its end up to the length T of the longest sequence. The examples keep their order. The
    result has memory of its own, and the sequences stay unchanged.

    Args:
        batch: a list or tuple of b examples, at least one: a sequence (t, ...) and its label, an int. The length t may
            differ between the sequences, and may be 0. The other axes and the dtype are the same for all. The
            sequences may have any strides.
        padding_value: the number that fills the rest, converted to the dtype of the sequences.

    Returns:
        (padded, lengths, labels): the padded sequences (b, T, ...), of their dtype; the lengths before padding (b,),
        int64; and the labels (b,), int64.

    >>> pad_collate([(torch.tensor([5, 6, 7]), 1), (torch.tensor([8]), 0)])
    (tensor([[5, 6, 7],
            [8, 0, 0]]), tensor([3, 1]), tensor([1, 0]))

    Write it from scratch, without ready-made padding of sequences (nn.utils.rnn.pad_sequence, nested tensors, ...).
    """
    raise NotImplementedError  # write your code here


def get_fashion_mnist_labels(labels: Iterable[int]) -> list[str]:
    """Return the names of classes of Fashion-MNIST (D2L 3.5.1).

    The ten classes, from 0 to 9, are: t-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot.
    The names are spelled in this way, with small letters, a hyphen and a space.

    Args:
        labels: whole numbers from 0 to 9, of any type: a list, a tuple, a tensor (n,) of any dtype, or another
            iterable, such as a generator. There may be none.

    Returns:
        A list of the names, one for each label, in the order of the labels.

    >>> get_fashion_mnist_labels(torch.tensor([9, 2]))
    ['ankle boot', 'pullover']
    """
    raise NotImplementedError  # write your code here
