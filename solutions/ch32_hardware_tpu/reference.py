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
    """
    # BEGIN SOLUTION
    m, k = A.shape
    n = B.shape[1]
    needed = (m - 1) + (n - 1) + (k - 1) + 1  # the cell (m - 1, n - 1) gets its last pair last
    cycles = needed if max_cycles is None else min(needed, max_cycles)
    # WRONG limit-ignored: cycles = needed
    # WRONG no-cycles-is-no-limit: cycles = min(needed, max_cycles) if max_cycles else needed
    # WRONG stops-a-cycle-late: cycles = needed if max_cycles is None else min(needed, max_cycles + 1)
    # WRONG stops-a-cycle-early: cycles = needed if max_cycles is None else min(needed, max(max_cycles - 1, 0))
    # WRONG stops-after-k-cycles: cycles = k if max_cycles is None else min(k, max_cycles)
    # WRONG last-cycle-left-out: cycles = needed - 1 if max_cycles is None else min(needed - 1, max_cycles)
    C = A.new_zeros(m, n)
    # WRONG array-in-float32: C = torch.zeros(m, n)
    for cycle in range(cycles):
        for i in range(m):
            for j in range(n):
                p = cycle - i - j
                # WRONG rows-enter-together: p = cycle - j
                # WRONG columns-enter-together: p = cycle - i
                # WRONG all-enter-together: p = cycle
                # WRONG longer-way-alone: p = cycle - max(i, j)
                # WRONG shorter-way-alone: p = cycle - min(i, j)
                # WRONG enters-at-the-other-end: p = k - 1 - (cycle - i - j)
                # WRONG starts-in-the-last-cell: p = cycle - (m - 1 - i) - (n - 1 - j)
                # The two numbers reach the cell only in the cycles 0 to k - 1 after its first.
                if 0 <= p < k:
                    C[i, j] += A[i, p] * B[p, j]
                    # WRONG sum-overwritten: C[i, j] = A[i, p] * B[p, j]
                    # WRONG numbers-added: C[i, j] += A[i, p] + B[p, j]
    return C, cycles
    # WRONG product-per-cycle: return C, m * n * k if max_cycles is None else min(m * n * k, max_cycles)
    # WRONG last-cycle-not-counted: return C, needed - 1 if max_cycles is None else min(needed - 1, max_cycles)
    # WRONG a-cycle-too-many: return C, needed + 1 if max_cycles is None else min(needed + 1, max_cycles)
    # WRONG sizes-added-up: return C, m + n + k if max_cycles is None else min(m + n + k, max_cycles)
    # WRONG no-delays: return C, k if max_cycles is None else min(k, max_cycles)
    # WRONG longer-delay-alone:
    #     needed = max(m, n) + k - 1
    #     return C, needed if max_cycles is None else min(needed, max_cycles)
    # WRONG row-delays-alone: return C, m + k - 1 if max_cycles is None else min(m + k - 1, max_cycles)
    # WRONG column-delays-alone: return C, n + k - 1 if max_cycles is None else min(n + k - 1, max_cycles)
    # WRONG first-products-alone: return C, m + n - 1 if max_cycles is None else min(m + n - 1, max_cycles)
    # WRONG cell-after-cell: return C, m * n + k - 1 if max_cycles is None else min(m * n + k - 1, max_cycles)
    # WRONG row-after-row: return C, m * (n + k - 1) if max_cycles is None else min(m * (n + k - 1), max_cycles)
    # WRONG cycle-per-cell: return C, m * n if max_cycles is None else min(m * n, max_cycles)
    # WRONG unlimited-product: return (A[:, :, None] * B[None]).sum(dim=1), cycles
    # WRONG unlimited-cycles: return C, needed
    # WRONG waits-for-the-limit: return C, needed if max_cycles is None else max_cycles
    # WRONG unfinished-cells-empty:
    #     done = torch.arange(m)[:, None] + torch.arange(n) + k <= cycles
    #     return C * done, cycles
    # WRONG cycles-first: return cycles, C
    # WRONG sums-alone: return C
    # WRONG transposed-array: return C.t(), cycles
    # END SOLUTION


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
    # BEGIN SOLUTION
    largest = X.abs().max()
    # WRONG largest-signed: largest = X.max()
    # WRONG clamped-largest-signed: largest = X.max()
    # WRONG largest-of-the-smallest: largest = X.min().abs()
    # WRONG mean-magnitude: largest = X.abs().mean()
    # WRONG root-mean-square: largest = X.square().mean().sqrt()
    # WRONG norm-for-the-largest: largest = X.norm()
    # WRONG scale-for-each-row: largest = X.abs().amax(dim=-1, keepdim=True) if X.dim() else X.abs()
    # WRONG scale-for-each-column: largest = X.abs().amax(dim=0, keepdim=True) if X.dim() else X.abs()
    scale = torch.where(largest == 0, torch.ones_like(largest), largest / 127)
    # WRONG scale-of-128: scale = torch.where(largest == 0, torch.ones_like(largest), largest / 128)
    # WRONG clamped-scale-of-128: scale = torch.where(largest == 0, torch.ones_like(largest), largest / 128)
    # WRONG scale-of-255: scale = torch.where(largest == 0, torch.ones_like(largest), largest / 255)
    # WRONG twice-over-255: scale = torch.where(largest == 0, torch.ones_like(largest), 2 * largest / 255)
    # WRONG scale-of-100: scale = torch.where(largest == 0, torch.ones_like(largest), largest / 100)
    # WRONG range-over-255: scale = torch.where(largest == 0, torch.ones_like(largest), (X.max() - X.min()) / 255)
    # WRONG zero-scale: scale = largest / 127
    # WRONG scale-for-zeros-divided: scale = torch.where(largest == 0, torch.ones_like(largest), largest) / 127
    # WRONG scale-never-below-one: scale = (largest / 127).clamp(min=1)
    # WRONG power-of-two: scale = (largest.where(largest > 0, torch.tensor(127.0)) / 127).log2().ceil().exp2()
    q = torch.round(X / scale).to(torch.int8)
    # WRONG clamped-scale-of-128: q = torch.round(X / scale).clamp(-128, 127).to(torch.int8)
    # WRONG clamped-largest-signed: q = torch.round(X / scale).clamp(-127, 127).to(torch.int8)
    # WRONG twice-over-255: q = torch.round(X / scale).clamp(-128, 127).to(torch.int8)
    # WRONG range-over-255: q = torch.round(X / scale).clamp(-128, 127).to(torch.int8)
    # WRONG written-over-x:
    #     q = torch.round(X.div_(scale)).to(torch.int8)
    # WRONG truncated: q = (X / scale).to(torch.int8)
    # WRONG floored: q = torch.floor(X / scale).to(torch.int8)
    # WRONG ceiled: q = torch.ceil(X / scale).to(torch.int8)
    # WRONG halves-up: q = torch.floor(X / scale + 0.5).to(torch.int8)
    # WRONG halves-away-from-zero: q = (X.sign() * torch.floor(X.abs() / scale + 0.5)).to(torch.int8)
    # WRONG multiplied-by-scale: q = torch.round(X * scale).clamp(-127, 127).to(torch.int8)
    # WRONG not-scaled: q = torch.round(X).clamp(-127, 127).to(torch.int8)
    # WRONG shifted-by-a-zero-point: q = (torch.round(X / scale) - torch.round(X.mean() / scale)).to(torch.int8)
    # WRONG unsigned: q = (torch.round(X / scale) + 128).to(torch.uint8)
    # WRONG magnitudes-alone: q = torch.round(X / scale).abs().to(torch.int8)
    # WRONG integers-as-floats: q = torch.round(X / scale)
    # WRONG integers-of-32-bits: q = torch.round(X / scale).to(torch.int32)
    return q, scale
    # WRONG scale-first: return scale, q
    # WRONG scale-inverted: return q, 1 / scale
    # WRONG scale-of-one-element: return q, scale.reshape(1)
    # WRONG scale-as-a-number: return q, scale.item()
    # WRONG dequantised: return scale * q, scale
    # WRONG largest-for-the-scale: return q, largest
    # WRONG scale-in-float64: return q, scale.double()
    # END SOLUTION


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
    # BEGIN SOLUTION
    sums = torch.mm(qa.to(torch.int32), qb.to(torch.int32))
    # WRONG sums-of-eight-bits: sums = torch.mm(qa, qb)
    # WRONG sums-of-sixteen-bits: sums = torch.mm(qa.to(torch.int16), qb.to(torch.int16))
    # WRONG products-of-eight-bits: sums = (qa[:, :, None] * qb).sum(dim=1)
    # WRONG sums-saturate: sums = torch.mm(qa.to(torch.int32), qb.to(torch.int32)).clamp(-128, 127)
    # WRONG sums-in-float32: sums = torch.mm(qa.float(), qb.float())
    # WRONG scaled-before-the-sum: return torch.mm(sa * qa, sb * qb)
    # WRONG sums-in-float16: sums = torch.mm(qa.half(), qb.half()).float()
    # WRONG read-as-unsigned: sums = torch.mm(qa.view(torch.uint8).int(), qb.view(torch.uint8).int())
    # WRONG first-as-unsigned: sums = torch.mm(qa.view(torch.uint8).int(), qb.int())
    # WRONG shifted-by-128: sums = torch.mm(qa.int() + 128, qb.int() + 128)
    # WRONG magnitudes-multiplied: sums = torch.mm(qa.int().abs(), qb.int().abs())
    # WRONG mean-of-the-products: sums = torch.mm(qa.int(), qb.int()) / qa.shape[1]
    return sums * (sa * sb)
    # WRONG not-rescaled: return sums.float()
    # WRONG first-scale-alone: return sums * sa
    # WRONG second-scale-alone: return sums * sb
    # WRONG scales-added: return sums * (sa + sb)
    # WRONG first-scale-twice: return sums * (sa * sa)
    # WRONG divided-by-the-scales: return sums / (sa * sb)
    # WRONG scales-divided: return sums * (sa / sb)
    # WRONG root-of-the-scales: return sums * (sa * sb).sqrt()
    # WRONG rounded-result: return torch.round(sums * (sa * sb))
    # WRONG integers-returned: return (sums * (sa * sb)).to(torch.int32)
    # WRONG result-in-float64: return sums.double() * (sa.double() * sb.double())
    # WRONG result-in-float16: return (sums * (sa * sb)).half()
    # WRONG result-in-eight-bits: return (sums * (sa * sb)).to(torch.int8)
    # WRONG rescaled-in-float16: return (sums.half() * (sa * sb).half()).float()
    # WRONG transposed-product: return (sums * (sa * sb)).t()
    # END SOLUTION


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
    """
    # BEGIN SOLUTION
    if math.isnan(x):
        # WRONG nan-rounded: if False:
        # WRONG infinity-is-nan: if not math.isfinite(x):
        x = math.nan  # this NaN ends in zeros: a carry out of a fraction of ones would reach the sign bit
        # WRONG nan-is-zero: return 0
        # WRONG nan-is-infinity: return 0x7F80
    try:
        packed = struct.pack(">f", x)
        # WRONG bytes-reversed: packed = struct.pack("<f", x)
        # WRONG zero-loses-its-sign: packed = struct.pack(">f", x + 0.0)
        # WRONG rounded-once:
        #     packed = struct.pack(">f", x)
        #     error = x - struct.unpack(">f", packed)[0]
        #     if packed[2:] == bytes([128, 0]) and error:  # the tie came from the rounding to float32
        #         larger = (error > 0) == (x > 0)
        #         packed = packed[:2] + (bytes([128, 1]) if larger else bytes([127, 255]))
        # WRONG top-of-a-float64: return int.from_bytes(struct.pack(">d", x)[:2], "big")
        # WRONG half-precision: return int.from_bytes(struct.pack(">e", x), "big")
    except OverflowError:
        # WRONG overflow-not-caught: except ZeroDivisionError:
        packed = struct.pack(">f", math.copysign(math.inf, x))
        # WRONG largest-for-infinity: return 0x7F7F if x > 0 else 0xFF7F
        # WRONG overflow-loses-its-sign: return 0x7F80
        # WRONG overflow-is-nan: return 0x7FC0
        # WRONG overflow-is-zero: return 0
    bits = int.from_bytes(packed, "big")
    upper, lower = bits >> 16, bits & 0xFFFF
    # WRONG subnormals-are-zero:
    #     upper, lower = bits >> 16, bits & 0xFFFF
    #     if bits & 0x7F800000 == 0:
    #         return upper & 0x8000
    if lower + upper % 2 > 0x8000:  # exactly half rounds up only from an odd number
        # WRONG halves-away: if lower >= 0x8000:
        # WRONG halves-toward-zero: if lower > 0x8000:
        # WRONG halves-to-odd: if lower > 0x8000 or (lower == 0x8000 and upper % 2 == 0):
        # WRONG always-up: if lower > 0:
        # WRONG upward-for-positive: if lower > 0 and x > 0:
        upper += 1  # a carry out of the fraction is right: the exponent grows by one
        # WRONG cut-off: pass
        # WRONG carry-lost: upper = upper & 0xFF80 | upper + 1 & 0x7F
    return upper
    # WRONG rounded-to-the-largest: return min(upper, upper & 0x8000 | 0x7F7F) if math.isfinite(x) else upper
    # WRONG lower-half: return lower
    # WRONG thirty-two-bits: return upper << 16
    # WRONG signed-bits: return upper - 0x10000 if upper >= 0x8000 else upper
    # WRONG sign-cleared: return upper & 0x7FFF
    # WRONG bytes-swapped: return (upper & 0xFF) << 8 | upper >> 8
    # WRONG value-for-bits: return struct.unpack(">f", struct.pack(">I", (upper & 0xFFFF) << 16))[0]
    # WRONG bits-as-text: return hex(upper)
    # END SOLUTION
