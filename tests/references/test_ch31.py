"""ch31's reference against counts by loops, a time simulation, numpy's product and functools.lru_cache."""

import functools
import itertools
import random

import numpy as np
import pytest
import torch


def test_intensity_against_a_count(reference):
    """The intensity is that of three loops that count each operation and each byte."""
    for m, n, k in itertools.product((1, 2, 3, 5), repeat=3):
        operations = 0
        read, written = set(), set()
        for i, j in itertools.product(range(m), range(n)):
            for p in range(k):
                operations += 2
                read |= {("A", i, p), ("B", p, j)}
            written.add((i, j))
        for size in (1, 2, 4, 8):
            expected = operations / (size * (len(read) + len(written)))
            assert reference.matmul_intensity(m, n, k, size) == pytest.approx(expected, rel=1e-12)
    assert reference.matmul_intensity(10**6, 1, 10**6) == pytest.approx(0.5, rel=1e-5)
    assert reference.matmul_intensity(7, 8, 9) == reference.matmul_intensity(7, 8, 9, 4)


def test_roofline_against_times(reference):
    """The rate is the number of operations over the longer of two times."""
    draw = random.Random(0)
    for _ in range(100):
        peak, width, intensity = (draw.uniform(0.1, 100) for _ in range(3))
        operations = 1e6
        seconds = max(operations / peak, operations / intensity / width)
        assert reference.attainable_flops(peak, width, intensity) == pytest.approx(operations / seconds, rel=1e-12)
    assert reference.attainable_flops(5, 3, 0) == 0
    for wrong in ((-1, 1, 1), (1, -1, 1), (1, 1, -1), (1, -1, -1)):
        with pytest.raises(ValueError, match="negative"):
            reference.attainable_flops(*wrong)


def test_product_against_numpy(reference):
    """The product is numpy's for all small sizes and blocks."""
    torch.manual_seed(0)
    for m, k, n, block in itertools.product((1, 2, 5), (1, 3, 4), (1, 2, 7), (1, 2, 3, 9)):
        A, B = torch.randn(m, k, dtype=torch.float64), torch.randn(k, n, dtype=torch.float64)
        np.testing.assert_allclose(reference.blocked_matmul(A, B, block), A.numpy() @ B.numpy(), rtol=1e-12, atol=1e-14)
    with pytest.raises(ValueError, match="no product"):
        reference.blocked_matmul(torch.ones(2, 3), torch.ones(4, 2), 2)


def test_misses_against_lru_cache(reference):
    """The misses are those of a function that Python's own LRU cache remembers."""
    draw = random.Random(0)
    for lines, line_size in itertools.product((0, 1, 2, 3, 8), (1, 4, 7)):
        addresses = [draw.randrange(60) for _ in range(300)]
        load = functools.lru_cache(maxsize=lines)(lambda line: line)
        for address in addresses:
            load(address // line_size)
        assert reference.cache_misses(addresses, line_size, lines) == load.cache_info().misses
    assert reference.cache_misses([0, 8, 64, 0, 128, 64], line_size=64, num_lines=2) == 4
