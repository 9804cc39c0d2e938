"""Fractions, cases and lists: the products are collected and added, and a list holds the cache."""

from fractions import Fraction


def matmul_intensity(m, n, k, bytes_per_element=4):
    traffic = sum(rows * columns * bytes_per_element for rows, columns in ((m, k), (k, n), (m, n)))
    return float(Fraction(2 * k * m * n, traffic))


def attainable_flops(peak_flops, bandwidth, intensity):
    for argument in (peak_flops, bandwidth, intensity):
        if argument < 0:
            raise ValueError(f"{argument} is negative")
    if bandwidth > 0 and intensity >= peak_flops / bandwidth:
        return peak_flops
    return bandwidth * intensity


def blocked_matmul(A, B, block):
    if A.size(1) != B.size(0):
        raise ValueError
    rows = []
    for strip in A.split(block, dim=0):
        row = []
        for column in B.split(block, dim=1):
            pairs = zip(strip.split(block, dim=1), column.split(block, dim=0), strict=True)
            row.append(sum(left @ right for left, right in pairs))
        rows.append(torch.cat(row, dim=1))
    return torch.cat(rows, dim=0)


def cache_misses(addresses, line_size, num_lines):
    kept = []  # the most recently used line comes first
    misses = 0
    for address in addresses:
        line = address // line_size
        if line in kept:
            kept.remove(line)
        else:
            misses += 1
        kept = [line, *kept][:num_lines]
    return misses
