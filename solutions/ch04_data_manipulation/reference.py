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
    """
    # BEGIN SOLUTION
    strides, step = [], 1
    # WRONG strides-in-bytes: strides, step = [], 4
    for size in reversed(shape):  # neighbours on the last axis are neighbours in memory
        # WRONG tuple-reversed-in-place:
        #     shape.reverse()
        #     for size in shape:
        # WRONG columns-first: for size in shape:
        strides.append(step)
        # WRONG own-size-as-stride:
        #     step *= max(size, 1)
        #     strides.append(step)
        step *= max(size, 1)
        # WRONG next-size-alone: step = max(size, 1)
        # WRONG own-size-as-stride:
        # WRONG empty-axis-gives-zero: step *= size
    return tuple(reversed(strides))
    # WRONG number-has-a-stride: return tuple(reversed(strides)) or (1,)
    # WRONG last-axis-without-stride: return tuple(reversed(strides[1:]))
    # WRONG strides-backwards: return tuple(strides)
    # WRONG columns-first: return tuple(strides)
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    shape = []
    # WRONG no-shapes-refused:
    #     if not shapes:
    #         raise ValueError("no shapes")
    #     shape = []
    # Shapes are aligned at their last axes. A missing axis counts as one of size 1.
    for sizes in itertools.zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        # WRONG two-shapes-alone:
        #     for sizes in itertools.zip_longest(*(reversed(shape) for shape in shapes[:2]), fillvalue=1):
        # WRONG cut-to-the-shortest: for sizes in zip(*(reversed(shape) for shape in shapes)):
        # WRONG aligned-at-first-axis: for sizes in itertools.zip_longest(*shapes, fillvalue=1):
        # WRONG missing-axes-refused:
        #     for sizes in itertools.zip_longest(*(reversed(shape) for shape in shapes), fillvalue=0):
        wide = set(sizes) - {1}
        # WRONG ones-not-stretched: wide = set(sizes)
        # WRONG zero-stretched-to-one: wide = set(sizes) - {0, 1}
        if len(wide) > 1:
            # WRONG compared-with-the-one-before:
            #     if any(1 not in pair and pair[0] != pair[1] for pair in itertools.pairwise(sizes)):
            # WRONG compared-with-the-first:
            #     if sizes and any(1 not in (size, sizes[0]) and size != sizes[0] for size in sizes):
            raise ValueError(f"{shapes} cannot be broadcast together")
            # WRONG none-for-impossible: return None
        shape.append(wide.pop() if wide else 1)
        # WRONG compared-with-the-one-before: shape.append(max(wide, default=1))
        # WRONG compared-with-the-first: shape.append(max(wide, default=1))
        # WRONG one-beats-zero: shape.append(max(sizes))
        # WRONG larger-size-wins, 4 lines: shape.append(max(sizes))
    return tuple(reversed(shape))
    # WRONG shape-backwards: return tuple(shape)
    # WRONG aligned-at-first-axis: return tuple(shape)
    # END SOLUTION


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
    # BEGIN SOLUTION
    one, other = x.untyped_storage(), y.untyped_storage()
    # WRONG only-common-elements: one, other = x, y
    first, second = one.data_ptr(), other.data_ptr()
    # Two stretches of memory overlap if each begins before the other ends.
    return first < second + other.nbytes() and second < first + one.nbytes()
    # WRONG equal-tensors-compared: return torch.equal(x, y)
    # WRONG values-of-other-shapes: return bool((x == y).all())
    # WRONG same-shape-required:
    #     return x.shape == y.shape and first < second + other.nbytes() and second < first + one.nbytes()
    # WRONG sharing-reversed: return not (first < second + other.nbytes() and second < first + one.nbytes())
    # WRONG base-compared: return x is y or x._base is y or y._base is x
    # WRONG python-storages-compared: return one._cdata == other._cdata
    # WRONG beginnings-of-storages: return first == second
    # WRONG first-addresses-compared: return x.data_ptr() == y.data_ptr()
    # WRONG values-compared: return x.dtype == y.dtype and torch.equal(x.flatten(), y.flatten())
    # WRONG objects-compared: return x is y
    # WRONG only-common-elements: return first < second + other.nbytes and second < first + one.nbytes
    # END SOLUTION


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
    # BEGIN SOLUTION
    return x.reshape(tuple(shape)).data_ptr() != x.data_ptr()
    # WRONG contiguous-copies: return x.is_contiguous()
    # WRONG copies-if-strides-change: return x.reshape(tuple(shape)).stride() != x.stride()
    # WRONG result-not-contiguous: return not x.reshape(tuple(shape)).is_contiguous()
    # WRONG copies-if-shape-differs: return tuple(x.reshape(tuple(shape)).shape) != tuple(x.shape)
    # WRONG view-not-caught:
    #     x.view(tuple(shape))
    #     return False
    # WRONG view-reported: return x.reshape(tuple(shape)).data_ptr() == x.data_ptr()
    # WRONG reshape-never-copies: return False
    # WRONG reshape-always-copies: return True
    # WRONG copies-if-not-contiguous: return not x.is_contiguous()
    # WRONG storage-addresses-of-slices: return x.reshape(tuple(shape)).data_ptr() != x.untyped_storage().data_ptr()
    # END SOLUTION


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
    # BEGIN SOLUTION
    return torch.tensor(array) if copy else torch.from_numpy(array)
    # WRONG flattened: return torch.tensor(array).flatten() if copy else torch.from_numpy(array).view(-1)
    # WRONG contiguous-first: return torch.tensor(array) if copy else torch.from_numpy(np.ascontiguousarray(array))
    # WRONG through-lists: return torch.tensor(array.tolist()) if copy else torch.from_numpy(array)
    # WRONG copy-always-float32: return torch.tensor(array, dtype=torch.float32) if copy else torch.from_numpy(array)
    # WRONG tensor-believed-to-share: return torch.tensor(array)
    # WRONG from-numpy-believed-to-copy: return torch.from_numpy(array)
    # WRONG copy-reversed: return torch.from_numpy(array) if copy else torch.tensor(array)
    # WRONG always-float32: return torch.tensor(array, dtype=torch.float32) if copy else torch.from_numpy(array).float()
    # END SOLUTION


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
    # BEGIN SOLUTION
    missing = X.isnan()
    # WRONG zeros-as-missing: missing = X.isnan() | (X == 0)
    total = torch.where(missing, 0, X).sum(dim=0)
    # WRONG nan-stays: total = X.sum(dim=0)
    # WRONG row-means: total = torch.where(missing, 0, X).sum(dim=1, keepdim=True)
    # WRONG global-mean: total = torch.where(missing, 0, X).sum()
    count = (~missing).sum(dim=0)
    # WRONG zeros-not-counted: count = (~missing & (X != 0)).sum(dim=0)
    # WRONG row-means: count = (~missing).sum(dim=1, keepdim=True)
    # WRONG mean-over-all-rows: count = torch.tensor(len(X))
    # WRONG global-mean: count = (~missing).sum()
    return torch.where(missing, total / count.clamp(min=1), X)
    # WRONG columns-dropped: return X[:, ~missing.any(dim=0)]
    # WRONG gaps-kept: return torch.where(missing, X, total / count.clamp(min=1))
    # WRONG first-row-fills: return torch.where(missing, X[0], X)
    # WRONG means-into-the-gaps:
    #     filled = X.clone()
    #     filled[missing] = total / count.clamp(min=1)
    #     return filled
    # WRONG float32-table: return torch.where(missing, total / count.clamp(min=1), X).float()
    # WRONG rows-dropped: return X[~missing.any(dim=1)]
    # WRONG whole-column-replaced: return (total / count.clamp(min=1)).repeat(len(X), 1)
    # WRONG sum-for-mean: return torch.where(missing, total, X)
    # WRONG median-for-mean: return torch.where(missing, X.nanmedian(dim=0).values.nan_to_num(), X)
    # WRONG zeros-for-gaps: return torch.where(missing, 0 * total, X)
    # WRONG mean-of-nothing: return torch.where(missing, total / count, X)
    # WRONG filled-in-place:
    #     X[:] = torch.where(missing, total / count.clamp(min=1), X)
    #     return X
    # WRONG same-table-if-complete: return torch.where(missing, total / count.clamp(min=1), X) if missing.any() else X
    # END SOLUTION


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
    # BEGIN SOLUTION
    names = sorted({value for value in column if value is not None})
    # WRONG sorted-backwards: names = sorted({value for value in column if value is not None}, reverse=True)
    # WRONG sorted-without-case:
    #     names = sorted({value for value in column if value is not None}, key=lambda name: (name.lower(), name))
    # WRONG none-sorted-along: names = sorted(dict.fromkeys(column))
    # WRONG repeated-categories: names = sorted(value for value in column if value is not None)
    # WRONG nan-string-as-missing:
    #     column = [None if value in ("nan", "NA") else value for value in column]
    #     names = sorted({value for value in column if value is not None})
    # WRONG none-as-a-string: names = sorted({str(value) for value in column})
    # WRONG order-of-appearance: names = list(dict.fromkeys(value for value in column if value is not None))
    # WRONG empty-string-as-missing: names = sorted({value for value in column if value})
    keys = [*names, None] if dummy_na else names
    # WRONG dummy-na-reversed: keys = names if dummy_na else [*names, None]
    # WRONG missing-lost: keys = names
    # WRONG missing-column-only-if-needed: keys = [*names, None] if dummy_na and None in column else names
    # WRONG missing-column-first: keys = [None, *names] if dummy_na else names
    # WRONG missing-always-marked: keys = [*names, None]
    # WRONG first-category-dropped: keys = [*names[1:], None] if dummy_na else names[1:]
    table = torch.zeros(len(column), len(keys))
    for row, value in enumerate(column):
        # WRONG none-as-a-string: for row, value in enumerate(map(str, column)):
        # WRONG empty-string-as-missing: for row, value in enumerate(value or None for value in column):
        if value in keys:
            # WRONG missing-looked-up: if value is not None or not dummy_na or keys:
            table[row, keys.index(value)] = 1
    return names, table
    # WRONG float64-in-the-table: return names, table.double()
    # WRONG missing-rows-dropped: return names, table[[dummy_na or value is not None for value in column]]
    # WRONG missing-among-names: return keys, table
    # WRONG table-alone: return table
    # WRONG results-swapped: return table, names
    # WRONG codes-for-one-hot:
    #     return names, torch.tensor([float(keys.index(value)) if value in keys else -1.0 for value in column])
    # WRONG truth-values-in-the-table: return names, table.bool()
    # WRONG integers-in-the-table: return names, table.long()
    # WRONG table-transposed: return names, table.T
    # END SOLUTION
