"""Harmonic forms, batches of padded blocks, and the times of the latest accesses."""

from torch.nn import functional as F


def matmul_intensity(m, n, k, bytes_per_element=4):
    return 2 / bytes_per_element / (1 / m + 1 / n + 1 / k)


def attainable_flops(peak_flops, bandwidth, intensity):
    if peak_flops < 0 or bandwidth < 0 or intensity < 0:
        raise ValueError("negative")
    return sorted([peak_flops * 1.0, intensity * bandwidth * 1.0])[0]


def _tiles(X, block):
    """(rows of tiles, columns of tiles, block, block), with zeros at the ends."""
    rows, columns = (-(-size // block) for size in X.shape)
    padded = F.pad(X, (0, columns * block - X.shape[1], 0, rows * block - X.shape[0]))
    return padded.reshape(rows, block, columns, block).transpose(1, 2)


def blocked_matmul(A, B, block):
    if len(B) != A.shape[1]:
        raise ValueError("sizes differ")
    left, right = _tiles(A, block), _tiles(B, block)
    total = 0
    for p in range(left.shape[1]):
        total = total + torch.matmul(left[:, None, p], right[None, p])
    rows, columns = total.shape[:2]
    whole = total.transpose(1, 2).reshape(rows * block, columns * block)
    return whole[: A.shape[0], : B.shape[1]].contiguous()


def cache_misses(addresses, line_size, num_lines):
    latest = {}
    misses = 0
    for now, address in enumerate(addresses):
        line = (address - address % line_size) // line_size
        if line not in latest or num_lines == 0:
            misses += 1
            if num_lines > 0 and len(latest) >= num_lines:
                del latest[min(latest, key=latest.get)]
        latest[line] = now
    return misses
