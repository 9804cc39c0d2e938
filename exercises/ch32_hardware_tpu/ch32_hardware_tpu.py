"""ch32 Hardware: TPU and others.

The lecture has no code. Accelerators multiply matrices in arrays of simple cells, and they compute with few bits. These
exercises simulate both: a systolic array, 8-bit integers, and bfloat16.
"""

import math
import struct

import torch
from torch import Tensor


def systolic_matmul(A: Tensor, B: Tensor, max_cycles: int | None = None) -> tuple[Tensor, int]:
    """Simulate a systolic array that computes the matrix product AB, and count its cycles.

    The array has m x n cells. Cell (i, j) keeps the sum C[i, j], which is 0 at first. In each cycle, a cell multiplies
    the number that comes from the left by the number that comes from above, and adds the product to its sum. In the
    next cycle, both numbers are one cell further: the first goes right, the second goes down.

    A[0, 0] and B[0, 0] meet in cell (0, 0) in cycle 0. Row i of A enters cell (i, 0) from the left, an element per
    cycle, first A[i, 0]. It enters i cycles later than row 0. Column j of B enters cell (0, j) from above, an element
    per cycle, first B[0, j]. It enters j cycles later than column 0. Thus A[i, p] and B[p, j] meet in cell (i, j). The
    array is done after the cycle with the last product of all cells.

    Args:
        A: (m, k), float32, float64 or int64, not empty. It need not be contiguous in memory.
        B: (k, n), of A's dtype, not empty. It need not be contiguous in memory.
        max_cycles: the array stops after this number of cycles, if it is not done before. At least 0. None: it stops
            when it is done.

    Returns:
        (C, cycles): the sums of the cells, (m, n), of A's dtype, and the number of cycles until the array is done or
        stops, an int. The function leaves A and B unchanged.

    Source: D2L 12.4.5; Kung and Leiserson, Systolic arrays for VLSI, 1978.

    Write it from scratch, without ready-made products (@, torch.matmul, torch.einsum, nn.Linear, ...).
    """
    raise NotImplementedError  # write your code here


def quantize_int8(X: Tensor) -> tuple[Tensor, Tensor]:
    """Quantise a tensor to int8: symmetric, with a single scale for the whole tensor.

        scale = max |x| / 127        q = round(x / scale)

    The largest magnitude becomes 127 or -127, 0 stays 0, and q never is -128. A number halfway between two integers is
    rounded to the even integer. scale * q differs from x by at most half of scale. If all elements are 0, the scale is
    1 and q is 0. The function leaves X unchanged.

    Args:
        X: a tensor of any shape, perhaps (), float32, not empty. All its elements are finite. Unless all are 0, the
            largest magnitude is at least 1e-30. X need not be contiguous in memory.

    Returns:
        (q, scale): q is int8 and has the shape of X. scale is a float32 tensor of shape ().

    Source: Jacob and others, Quantization and training of neural networks, 2018.
    """
    raise NotImplementedError  # write your code here


def int8_matmul(qa: Tensor, sa: Tensor, qb: Tensor, sb: Tensor) -> Tensor:
    """Return the product of two quantised matrices, as accelerators compute it.

        C[i, j] = sa sb sum_p qa[i, p] qb[p, j]

    A product of two int8 numbers needs 16 bits, and a sum of many such products needs more. Compute the sum exactly,
    for example in int32. Multiply by the two scales only at the end. The function leaves its arguments unchanged.

    Args:
        qa: (m, k), int8, from -127 to 127, not empty. k is at most 100000. It need not be contiguous in memory.
        sa: the scale of qa, a float32 tensor of shape (), from 1e-10 to 1e10.
        qb: (k, n), int8, from -127 to 127, not empty. It need not be contiguous in memory.
        sb: the scale of qb, a float32 tensor of shape (), from 1e-10 to 1e10.

    Returns:
        (m, n), float32. Right within a relative error of 1e-6, even if large products cancel.

    Source: Jacob and others, Quantization and training of neural networks, 2018.
    """
    raise NotImplementedError  # write your code here


def to_bfloat16_bits(x: float) -> int:
    """Return the 16 bits of a number in bfloat16, as an integer.

    First round x to float32. A float32 has a sign bit, 8 bits of exponent and 23 bits of fraction. A bfloat16 has a
    sign bit, 8 bits of exponent and 7 bits of fraction: the upper half of a float32. Round the float32 to the nearest
    bfloat16. If two are equally near, take the bfloat16 whose last bit is 0. `struct.pack` with ">f" gives the bytes of
    a float32, highest bits first. It raises OverflowError for finite numbers that are too large for float32.

    Args:
        x: any float, also infinite or NaN.

    Returns:
        An int from 0 to 65535 = 0xFFFF. Its highest bit is the sign bit, and its lowest bit is the last of the
        fraction. The sign of zero stays: -0.0 gives 0x8000. Numbers too large for float32 or for bfloat16 become
        infinity, 0x7F80, or minus infinity, 0xFF80. The infinities stay as they are. Subnormal numbers are rounded
        like all others. NaN gives the bits of any NaN: all 8 bits of the exponent are 1, and the fraction is not 0.

    Source: IEEE 754 on rounding; Kalamkar and others, A study of BFLOAT16 for deep learning training, 2019.

    >>> hex(to_bfloat16_bits(1.0)), hex(to_bfloat16_bits(-0.1))
    ('0x3f80', '0xbdcd')

    Write it from scratch, without torch tensors or numpy arrays.
    """
    raise NotImplementedError  # write your code here
