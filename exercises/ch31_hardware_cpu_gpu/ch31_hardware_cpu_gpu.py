"""ch31 Hardware: CPU and GPU.

The lecture has no code. These exercises calculate two of its facts: a processor waits for memory unless it computes
much with each byte, and a cache helps programs that use neighbouring bytes, or the same bytes again soon.
"""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor


def matmul_intensity(m: int, n: int, k: int, bytes_per_element: int = 4) -> float:
    """Return the arithmetic intensity of a matrix product C = AB: operations per byte of memory traffic.

    A is (m, k), B is (k, n), and C is (m, n). Each element of C takes k multiplications and k additions, because its
    sum begins with 0. Each element of A and B is read from memory exactly once. Each element of C is written to memory
    exactly once, and never read.

    Args:
        m: the number of rows of A and C, at least 1.
        n: the number of columns of B and C, at least 1.
        k: the number of columns of A and of rows of B, at least 1.
        bytes_per_element: the bytes of an element of each matrix, at least 1: 4 for float32, 2 for float16.

    Returns:
        The number of multiplications and additions, divided by the number of bytes read and written. Not rounded.

    Source: Williams, Waterman and Patterson, Roofline, 2009.
    """
    raise NotImplementedError  # write your code here


def attainable_flops(peak_flops: float, bandwidth: float, intensity: float) -> float:
    """Return the roofline: the highest rate that a program can reach, in operations per second.

    Two limits hold at the same time. The processor does at most peak_flops operations per second. The memory delivers
    at most bandwidth bytes per second, and the program does `intensity` operations with each byte. Computation and
    transfer overlap: neither waits for the other to end.

    Args:
        peak_flops: the operations per second of the processor, an int or a float.
        bandwidth: the bytes per second of the memory, an int or a float.
        intensity: the operations per byte of the program, an int or a float.

    Returns:
        The lower of the two limits, an int or a float.

    Raises:
        ValueError: peak_flops, bandwidth or intensity is negative. Each of them may be 0.

    Source: Williams, Waterman and Patterson, Roofline, 2009.
    """
    raise NotImplementedError  # write your code here


def blocked_matmul(A: Tensor, B: Tensor, block: int) -> Tensor:
    """Return the matrix product AB, computed from blocks that fit into a cache (D2L 11.5.1).

    Cut all three axes m, k and n into pieces of `block` indices. The last piece of an axis may be shorter. For a piece
    I of the rows and a piece J of the columns, C is a sum over the pieces of k:

        C[I, J] = sum over the pieces P of k: A[I, P] B[P, J]

    Compute each of these products with a matrix product of torch, such as `torch.mm` or `@`. No matrix in a product
    that torch computes has an axis longer than `block`. Gradients flow to A and B. The function leaves A and B
    unchanged.

    Args:
        A: (m, k), float32, float64 or int64, not empty. It need not be contiguous in memory.
        B: (k, n), of A's dtype, not empty. It need not be contiguous in memory.
        block: the length of a piece, at least 1. It need not divide m, k or n, and may be longer than all of them.

    Returns:
        (m, n), of A's dtype. Rounding may differ from that of torch.mm(A, B).

    Raises:
        ValueError: A has another number of columns than B has rows. Blocks of such matrices may fit by chance: 2
            columns and 3 rows do with block=2.
    """
    raise NotImplementedError  # write your code here


def cache_misses(addresses: Sequence[int], line_size: int, num_lines: int) -> int:
    """Return how many accesses miss a cache that replaces the least recently used line (LRU).

    Memory is divided into lines of line_size bytes. The byte at address a belongs to line a // line_size. The cache has
    room for num_lines lines, and any line can take any place. It is empty at first. An access to a line in the cache is
    a hit. Every other access is a miss, also the first access to a line: the cache loads the whole line. If the cache
    is full, the new line replaces the line whose latest access, hit or miss, is the longest ago. The function leaves
    addresses unchanged.

    Args:
        addresses: a list, tuple or range of byte addresses in the order of access, each an int of 0 or more. It may be
            empty, and addresses may be large.
        line_size: the number of bytes of a line, at least 1.
        num_lines: the number of lines in the cache, at least 0. With 0 lines, each access is a miss.

    Returns:
        The number of misses.

    Source: D2L 12.4.4.3 on caches; Mattson and others, Evaluation techniques for storage hierarchies, 1970, on LRU.

    >>> cache_misses([0, 8, 64, 0, 128, 64], line_size=64, num_lines=2)
    4
    """
    raise NotImplementedError  # write your code here
