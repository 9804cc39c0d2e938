"""ch04 Data manipulation and preprocessing: shapes, strides, shared memory, gaps.

D2L sections 2.1 (chapter_preliminaries/ndarray.md) and 2.2 (pandas.md). The book has no functions here; these are ours.

A tensor is a storage, a row of numbers in memory, and a way to read it: where to begin, the shape, and for every axis
the stride. Many tensors may read one storage, and a write through one of them is seen by all.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of a contiguous tensor: how many elements one moves in memory for a step along each axis.

    Elements lie row by row: those of the last axis are neighbours. A step along any other axis passes all that the axes
    after it hold; as in torch, an axis of size 0 counts as one of size 1 there. Compute them
    yourself: no stride() here.

    Args:
        shape: the size of every axis, none negative: a tuple, a list or a torch.Size.

    Returns:
        A stride, in elements and not in bytes, for every axis; () for ().

    >>> contiguous_strides((2, 3, 4))
    (12, 4, 1)

    Write it from scratch, without X.stride() and its numpy relative, and without arrays of torch or numpy.
    """
    raise NotImplementedError  # write your code here


def broadcast_shape(*shapes: Sequence[int]) -> tuple[int, ...]:
    """The shape of an elementwise operation on tensors of these shapes (D2L 2.1.3; numpy's broadcasting).

    Shapes are aligned at their last axes; a shape with fewer axes is as if it had ones in front. Along every axis the
    sizes that are not 1 must be equal, and ones are stretched to them. Zero is a size like any other: 1 becomes 0.
    Write the rule yourself: no broadcast_shapes here.

    Args:
        shapes: as many shapes as one likes, each a sequence of sizes.

    Returns:
        The shape that all of them are broadcast to; () if there are none.

    Raises:
        ValueError: they cannot be broadcast together.

    >>> broadcast_shape((3, 1), (2,))
    (3, 2)

    Write it from scratch, without ready-made broadcasting (torch.broadcast_shapes, numpy.broadcast, expand, ...),
    and without arrays of torch or numpy.
    """
    raise NotImplementedError  # write your code here


def shares_storage(x: Tensor, y: Tensor) -> bool:
    """Whether two tensors have their elements in the same memory, so that a write to one may change the other.

    What counts is the storage, not the part of it that a tensor reads: two halves of one tensor do share. Nor do values
    count: equal numbers may lie in different places. Tensors made from one numpy array share its memory, though torch
    has a storage object for each; if they were made from overlapping slices of it, their storages begin at different
    addresses and overlap. A storage without a single byte shares nothing.

    Args:
        x, y: tensors on the CPU, of any shapes and dtypes. Both are as before when the function returns.

    Returns:
        True or False.

    >>> x = torch.arange(6)
    >>> shares_storage(x, x.reshape(2, 3)), shares_storage(x, x.clone())
    (True, False)
    """
    raise NotImplementedError  # write your code here


def reshape_copies(x: Tensor, shape: Sequence[int]) -> bool:
    """Whether x.reshape(shape) is a copy, and not another view of x's memory.

    reshape looks for strides with which the new shape reads the elements, in their order, from where they lie. If there
    are such strides it gives a view, and a write to it changes x; if there are none it copies, and x.view(shape) raises
    a RuntimeError. That x is not contiguous does not settle it: an axis can always be split, and neighbouring
    axes can be merged if the stride of the first fits the second.

    Args:
        x: a tensor with at least one element, contiguous or not.
        shape: a shape with as many elements; one of its sizes may be -1.

    Returns:
        True if it is a copy.

    >>> x = torch.arange(6).reshape(2, 3)
    >>> reshape_copies(x, (3, 2)), reshape_copies(x.T, (6,)), reshape_copies(x.T, (3, 1, 2))
    (False, True, False)
    """
    raise NotImplementedError  # write your code here


def from_array(array: np.ndarray, copy: bool = False) -> Tensor:
    """A tensor with the values of a numpy array (D2L 2.1.6), over the array's own memory or over new memory.

    Args:
        array: a numpy array of a dtype that torch has; no axis runs backwards, but it need not be contiguous.
        copy: False for a tensor over the array's memory: what is written to one is then read in the other. True for a
            tensor that has nothing in common with the array any more.

    Returns:
        A tensor of the array's shape, dtype and values.
    """
    raise NotImplementedError  # write your code here


def fill_missing(X: Tensor) -> Tensor:
    """Numbers in place of gaps (D2L 2.2.2): every NaN becomes the mean of what its column has.

    Args:
        X: a table of floats, (examples, features); NaN marks what is missing.

    Returns:
        A new tensor like X, without NaN, that shares no memory with X even if nothing was missing. The mean is taken
        over those entries of the column that are there; a column in which nothing is there becomes 0.
    """
    raise NotImplementedError  # write your code here


def get_dummies(column: Sequence[str | None], dummy_na: bool = False) -> tuple[list[str], Tensor]:
    """A column of categories as columns of zeros and ones (D2L 2.2.2, pandas.get_dummies).

    Args:
        column: a string for every example, or None where it is missing. The empty string is a string like any other,
            and so is "nan".
        dummy_na: whether missing entries have a column of their own.

    Returns:
        The c different strings that occur, sorted; and float32 zeros and ones, (n, c): 1 where the example is of that
        category. The row of a missing entry is all zeros. With dummy_na there is a last column more, (n, c + 1), with 1
        for the missing entries, even if there are none; the names are the same.

    >>> get_dummies(["Pave", None, "Grvl"], dummy_na=True)
    (['Grvl', 'Pave'], tensor([[0., 1., 0.],
            [0., 0., 1.],
            [1., 0., 0.]]))
    """
    raise NotImplementedError  # write your code here
