"""ch04 Data manipulation and preprocessing: strides, broadcasting, shared memory, missing values.

See D2L 2.1 (chapter_preliminaries/ndarray.md) and 2.2 (pandas.md). The book defines no functions here.

A tensor consists of a storage and a way to read it. The storage is a row of numbers in memory. The way to read it is
the offset of the first element, the shape, and a stride for each axis. Several tensors may read the same storage. A
write through any of them changes them all.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the strides of a contiguous tensor: how many elements apart two neighbours on each axis are in memory.

    Elements lie in memory row by row: neighbours on the last axis are adjacent. The stride of any other axis is the
    number of elements in the axes after it. As in torch, an axis of size 0 counts as size 1 there. The function leaves
    shape unchanged.

    Args:
        shape: the size of each axis, 0 or more; a tuple, a list or a torch.Size.

    Returns:
        A stride for each axis, in elements, not in bytes; () for ().

    >>> contiguous_strides((2, 3, 4))
    (12, 4, 1)

    Write it from scratch, without ready-made strides (Tensor.stride(), the strides of numpy arrays, ...), and
    without torch tensors or numpy arrays.
    """
    raise NotImplementedError  # write your code here


def broadcast_shape(*shapes: Sequence[int]) -> tuple[int, ...]:
    """Return the shape that tensors of these shapes have after broadcasting (D2L 2.1.3).

    Align the shapes at their last axes. A missing axis counts as an axis of size 1. On each axis, all sizes other than
    1 must be equal, and the result has this size. 0 is a size like any other: 1 and 0 give 0. The function leaves the
    shapes unchanged.

    Args:
        shapes: any number of shapes, also none; each is a tuple, a list or a torch.Size.

    Returns:
        The common shape; () if there are no shapes.

    Raises:
        ValueError: the shapes cannot be broadcast together.

    >>> broadcast_shape((3, 1), (2,))
    (3, 2)

    Write it from scratch, without ready-made broadcasting (torch.broadcast_shapes, numpy.broadcast, expand, ...),
    and without torch tensors or numpy arrays.
    """
    raise NotImplementedError  # write your code here


def shares_storage(x: Tensor, y: Tensor) -> bool:
    """Return whether two tensors have the same storage. If so, a write to x may change y.

    The storage counts, not the part of it that a tensor reads: two halves of a tensor share a storage. The values do
    not count: equal numbers may be in different storages. Tensors from the same numpy array share its memory, although
    torch creates a storage object for each of them. The function leaves x and y unchanged.

    Bonus (no points): two storages may begin at different addresses and still overlap, for example if the tensors come
    from overlapping slices of a numpy array. Such tensors share. A storage of zero bytes shares with no other tensor.

    Args:
        x, y: tensors on the CPU, of any shape and dtype.

    Returns:
        True or False.

    >>> x = torch.arange(6)
    >>> shares_storage(x, x.reshape(2, 3)), shares_storage(x, x.clone())
    (True, False)
    """
    raise NotImplementedError  # write your code here


def reshape_copies(x: Tensor, shape: Sequence[int]) -> bool:
    """Return whether x.reshape(shape) is a copy of x rather than a view.

    reshape looks for strides that read the elements in their order from the storage of x. If such strides exist, the
    result is a view, and a write to it changes x. Otherwise reshape copies, and x.view(shape) raises a RuntimeError. A
    tensor that is not contiguous may still have a view: an axis can always be split, and neighbouring axes can be
    merged if their strides fit. The function leaves x unchanged.

    Args:
        x: a tensor with at least one element, contiguous or not.
        shape: a tuple or list of sizes for the same number of elements; a single size may be -1.

    Returns:
        True if the result is a copy, False if it is a view.

    >>> x = torch.arange(6).reshape(2, 3)
    >>> reshape_copies(x, (3, 2)), reshape_copies(x.T, (6,)), reshape_copies(x.T, (3, 1, 2))
    (False, True, False)
    """
    raise NotImplementedError  # write your code here


def from_array(array: np.ndarray, copy: bool = False) -> Tensor:
    """Return a tensor with the values of a numpy array, in the memory of the array or in new memory (D2L 2.1.6).

    The call itself leaves the array unchanged.

    Args:
        array: a numpy array of a dtype that torch has, with any number of axes. It may be empty, and it need not be
            contiguous in memory. Its strides are not negative.
        copy: False for a tensor in the memory of the array: a write to either of them changes both. True for a tensor
            in new memory: a write to either of them leaves the other unchanged.

    Returns:
        A tensor of the shape, dtype and values of the array.
    """
    raise NotImplementedError  # write your code here


def fill_missing(X: Tensor) -> Tensor:
    """Return a copy of X in which each NaN is replaced by the mean of the other entries of its column (D2L 2.2.2).

    The function leaves X unchanged.

    Args:
        X: a table, (n, d), float32 or float64. NaN marks a missing entry. X need not be contiguous in
            memory.

    Returns:
        A new tensor of the shape and dtype of X, without NaN. It shares no memory with X, even if nothing is missing.
        The mean is over the entries of the column that are not missing. A column without any entries becomes 0.
    """
    raise NotImplementedError  # write your code here


def get_dummies(column: Sequence[str | None], dummy_na: bool = False) -> tuple[list[str], Tensor]:
    """Return the categories of a column, and the column as zeros and ones: a one-hot row for each example.

    It does the same as pandas.get_dummies (D2L 2.2.2). The function leaves column unchanged.

    Args:
        column: a list or tuple of n strings; None marks a missing entry. n may be 0. The empty string and "nan" are
            ordinary strings.
        dummy_na: whether to add a column for the missing entries.

    Returns:
        The c different strings in the order of sorted(), as a list; and a float32 table, (n, c), with 1 in the column
        of the example's string. The row of a missing entry is all zeros. With dummy_na the table is (n, c + 1): a
        further last column has 1 for the missing entries. It is there even if nothing is missing. The list of strings
        is the same as without it.

    >>> get_dummies(["Pave", None, "Grvl"], dummy_na=True)
    (['Grvl', 'Pave'], tensor([[0., 1., 0.],
            [0., 0., 1.],
            [1., 0., 0.]]))
    """
    raise NotImplementedError  # write your code here
