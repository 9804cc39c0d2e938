"""ch31 Hardware: CPU and GPU.

The lecture has no code. These exercises calculate two of its facts: a processor waits for memory unless it computes
much with each byte, and a cache helps programs that use neighbouring bytes, or the same bytes again soon.
"""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor


def matmul_intensity(m: int, n: int, k: int, bytes_per_element: int = 4) -> float:
    # WRONG default-of-eight: def matmul_intensity(m: int, n: int, k: int, bytes_per_element: int = 8) -> float:
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
    # BEGIN SOLUTION
    operations = 2 * m * n * k
    # WRONG additions-not-counted: operations = m * n * k
    # WRONG first-product-not-added: operations = m * n * (2 * k - 1)
    # WRONG operations-of-a-column: operations = 2 * m * k
    # WRONG operations-without-k: operations = 2 * m * n
    # WRONG square-of-m: n = k = m; operations = 2 * m**3
    elements = m * k + k * n + m * n
    # WRONG output-not-counted: elements = m * k + k * n
    # WRONG output-alone: elements = m * n
    # WRONG first-matrix-not-counted: elements = k * n + m * n
    # WRONG second-matrix-not-counted: elements = m * k + m * n
    # WRONG output-read-too: elements = m * k + k * n + 2 * m * n
    # WRONG read-for-each-product: elements = 2 * m * n * k + m * n
    # WRONG output-for-each-product: elements = m * k + k * n + m * n * k
    # WRONG sizes-added: elements = m + n + k
    return operations / (bytes_per_element * elements)
    # WRONG bytes-ignored: return operations / elements
    # WRONG always-four-bytes: return operations / (4 * elements)
    # WRONG bytes-multiplied: return operations * bytes_per_element / elements
    # WRONG bits-for-bytes: return operations / (8 * bytes_per_element * elements)
    # WRONG bytes-per-operation: return bytes_per_element * elements / operations
    # WRONG rounded-down: return operations // (bytes_per_element * elements)
    # WRONG rounded-to-whole: return float(round(operations / (bytes_per_element * elements)))
    # WRONG traffic-multiplied: return operations / bytes_per_element * elements
    # WRONG bytes-of-the-first-matrix: return operations / (bytes_per_element * m * k + k * n + m * n)
    # WRONG operations-alone: return float(operations)
    # WRONG traffic-alone: return float(bytes_per_element * elements)
    # END SOLUTION


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
    # BEGIN SOLUTION
    if min(peak_flops, bandwidth, intensity) < 0:
        # WRONG negative-accepted: if False:
        # WRONG zero-refused: if min(peak_flops, bandwidth, intensity) <= 0:
        # WRONG intensity-checked-alone: if intensity < 0:
        # WRONG hardware-checked-alone: if min(peak_flops, bandwidth) < 0:
        # WRONG product-checked: if min(peak_flops, bandwidth * intensity) < 0:
        # WRONG all-negative-refused: if max(peak_flops, bandwidth, intensity) < 0:
        # WRONG peak-not-checked: if min(bandwidth, intensity) < 0:
        # WRONG bandwidth-not-checked: if min(peak_flops, intensity) < 0:
        raise ValueError("the arguments may not be negative")
        # WRONG negative-is-zero: return 0.0
        # WRONG another-error: raise AssertionError("the arguments may not be negative")
    memory_limit = bandwidth * intensity
    # WRONG divided-by-intensity: memory_limit = bandwidth / intensity if intensity else 0.0
    # WRONG inverted-limit: memory_limit = intensity / bandwidth if bandwidth else 0.0
    # WRONG ridge-point-for-limit: memory_limit = peak_flops / bandwidth * intensity if bandwidth else 0.0
    # WRONG bandwidth-alone: memory_limit = bandwidth
    # WRONG bits-of-bandwidth: memory_limit = bandwidth / 8 * intensity
    # WRONG limits-exchanged: memory_limit, peak_flops = peak_flops * intensity, bandwidth
    return float(min(peak_flops, memory_limit))
    # WRONG higher-limit: return float(max(peak_flops, memory_limit))
    # WRONG memory-limit-alone: return float(memory_limit)
    # WRONG peak-alone: return float(peak_flops)
    # WRONG times-added: return 1 / (1 / peak_flops + 1 / memory_limit) if peak_flops and memory_limit else 0.0
    # WRONG mean-of-the-limits: return (peak_flops + memory_limit) / 2
    # WRONG sum-of-the-limits: return float(peak_flops + memory_limit)
    # WRONG intensity-outside-the-minimum: return float(min(peak_flops, bandwidth) * intensity)
    # WRONG share-of-the-peak: return min(1.0, memory_limit / peak_flops) if peak_flops else 0.0
    # END SOLUTION


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
    # BEGIN SOLUTION
    m, k = A.shape
    n = B.shape[1]
    if B.shape[0] != k:
        # WRONG inner-sizes-not-compared: if False:
        raise ValueError(f"no product of {tuple(A.shape)} and {tuple(B.shape)}")
        # WRONG sizes-asserted: raise AssertionError("sizes differ")
    C = A.new_zeros(m, n)
    # WRONG default-dtype: C = torch.zeros(m, n)
    # WRONG sum-begins-with-ones: C = A.new_ones(m, n)
    # WRONG integers-lost: C = torch.zeros(m, n, dtype=A.dtype if A.is_floating_point() else torch.float32)
    # WRONG block-is-a-count:
    #     C = A.new_zeros(m, n)
    #     block = -(-max(m, k, n) // block)
    for i in range(0, m, block):
        # WRONG last-rows-skipped: for i in range(0, m - block + 1, block):
        # WRONG edge-blocks-skipped: for i in range(0, m - block + 1, block):
        # WRONG first-block-skipped: for i in range(block if m > block else 0, m, block):
        for j in range(0, n, block):
            # WRONG last-columns-skipped: for j in range(0, n - block + 1, block):
            # WRONG edge-blocks-skipped: for j in range(0, n - block + 1, block):
            # WRONG diagonal-blocks-alone: for j in [i]:
            # WRONG columns-up-to-m: for j in range(0, min(m, n), block):
            for p in range(0, k, block):
                # WRONG last-inner-piece-skipped: for p in range(0, k - block + 1, block):
                # WRONG edge-blocks-skipped: for p in range(0, k - block + 1, block):
                # WRONG first-inner-piece-alone: for p in [0]:
                # WRONG diagonal-of-the-pieces: for p in [i] if i < k else []:
                # The end of a slice may lie beyond the matrix: the last piece is then shorter.
                rows = slice(i, i + block)
                # WRONG starts-not-scaled: rows = slice(i // block, i // block + block)
                columns = slice(j, j + block)
                # WRONG columns-whole: columns = slice(n if j else 0, n)
                # WRONG rows-alone: columns = slice(n if j else 0, n)
                # WRONG starts-not-scaled: columns = slice(j // block, j // block + block)
                inner = slice(p, p + block)
                # WRONG one-index-too-few: inner = slice(p, p + block - 1)
                # WRONG one-index-too-many: inner = slice(p, p + block + 1)
                # WRONG inner-axis-whole: inner = slice(k if p else 0, k)
                # WRONG rows-alone: inner = slice(k if p else 0, k)
                # WRONG starts-not-scaled: inner = slice(p // block, p // block + block)
                C[rows, columns] += torch.mm(A[rows, inner], B[inner, columns])
                # WRONG blocks-overwritten: C[rows, columns] = torch.mm(A[rows, inner], B[inner, columns])
                # WRONG detached-blocks: C[rows, columns] += torch.mm(A[rows, inner], B[inner, columns]).detach()
                # WRONG block-of-b-transposed: C[rows, columns] += torch.mm(A[rows, inner], B[columns, inner].t())
                # WRONG block-of-b-at-other-place: C[rows, columns] += torch.mm(A[rows, inner], B[columns, inner])
                # WRONG blocks-multiplied-by-element: C[rows, columns] += A[rows, inner] * B[inner, columns]
                # WRONG subtracted-blocks: C[rows, columns] -= torch.mm(A[rows, inner], B[inner, columns])
    return C
    # WRONG blocks-averaged: return C / -(-k // block) if C.is_floating_point() else C // -(-k // block)
    # WRONG whole-product: return torch.mm(A, B)
    # WRONG transposed-result: return C.t()
    # END SOLUTION


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
    # BEGIN SOLUTION
    cache: OrderedDict[int, None] = OrderedDict()  # the least recently used line comes first
    misses = 0
    # WRONG window-of-accesses:
    #     lines = [address // line_size for address in addresses]
    #     return sum(line not in lines[max(now - num_lines, 0) : now] for now, line in enumerate(lines))
    # WRONG addresses-without-repeats:
    #     misses = 0
    #     addresses = list(dict.fromkeys(addresses))
    # WRONG capacity-in-bytes:
    #     misses = 0
    #     num_lines = num_lines // line_size
    # WRONG one-line-fewer:
    #     misses = 0
    #     num_lines = max(num_lines - 1, 0)
    # WRONG zero-lines-is-one:
    #     misses = 0
    #     num_lines = max(num_lines, 1)
    # WRONG previous-line-alone:
    #     misses = 0
    #     num_lines = min(num_lines, 1)
    # WRONG one-line-more:
    #     misses = 0
    #     num_lines = num_lines + 1
    for address in addresses:
        line = address // line_size
        # WRONG line-size-ignored: line = address
        # WRONG place-in-the-line: line = address % line_size
        # WRONG rounded-line: line = round(address / line_size)
        # WRONG quotient-in-float: line = int(address / line_size)
        # WRONG lines-not-aligned:
        #     line = next((first for first in cache if first <= address < first + line_size), address)
        # WRONG direct-mapped:
        #     line = address // line_size
        #     for other in [*cache]:
        #         if other != line and (other - line) % num_lines == 0:
        #             del cache[other]
        if line in cache:
            # WRONG all-accesses-miss: if False:
            cache.move_to_end(line)
            # WRONG first-in-first-out: pass
            # WRONG least-often-used:
            #     cache.move_to_end(line)
            #     cache[line] += 1
            # WRONG hit-becomes-the-oldest: cache.move_to_end(line, last=False)
            continue
        misses += 1
        # WRONG bytes-loaded: misses += line_size
        # WRONG misses-of-a-full-cache: misses += len(cache) == num_lines
        if num_lines == 0:
            # WRONG no-line-to-replace: if False:
            continue
            # WRONG zero-lines-no-misses:
            #     misses = 0
            #     continue
        if len(cache) == num_lines:
            # WRONG nothing-replaced: if False:
            # WRONG replaced-a-line-late: if len(cache) > num_lines:
            cache.popitem(last=False)
            # WRONG latest-replaced: cache.popitem()
            # WRONG least-often-used: del cache[min(cache, key=cache.get)]
            # WRONG full-cache-keeps-its-lines: continue
            # WRONG cache-emptied: cache.clear()
            # WRONG smallest-replaced: del cache[min(cache)]
            # WRONG largest-replaced: del cache[max(cache)]
        cache[line] = None
        # WRONG least-often-used: cache[line] = 1
        # WRONG next-line-loaded-too:
        #     cache[line] = None
        #     cache[line + 1] = None
        #     while len(cache) > num_lines:
        #         cache.popitem(last=False)
    return misses
    # WRONG lines-loaded: return len({address // line_size for address in addresses})
    # WRONG hits-counted: return len(addresses) - misses
    # WRONG first-access-is-no-miss: return misses - len({address // line_size for address in addresses})
    # WRONG lines-at-the-end: return len(cache)
    # WRONG share-of-the-misses: return misses / max(len(addresses), 1)
    # END SOLUTION
