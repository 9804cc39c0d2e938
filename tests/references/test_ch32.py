"""ch32's reference against an array that passes numbers on, torch's quantisation and bfloat16, and numpy's int64."""

import itertools
import math
import random
import struct

import numpy as np
import torch


def passed_on(A, B):
    """The sums after each cycle of an array whose cells pass their numbers right and down, until nothing moves."""
    (m, k), n = A.shape, B.shape[1]
    sums = np.zeros((m, n))
    right, down = np.full((m, n), np.nan), np.full((m, n), np.nan)
    history, cycle = [sums.copy()], 0
    while True:
        right[:, 1:], down[1:] = right[:, :-1].copy(), down[:-1].copy()
        for i in range(m):
            right[i, 0] = A[i, cycle - i] if 0 <= cycle - i < k else np.nan
        for j in range(n):
            down[0, j] = B[cycle - j, j] if 0 <= cycle - j < k else np.nan
        products = right * down
        if np.isnan(products).all():
            return history
        sums += np.nan_to_num(products)
        history.append(sums.copy())
        cycle += 1


def test_array_against_moving_numbers(reference):
    """After each cycle, the sums and the number of cycles are those of an array with moving numbers."""
    torch.manual_seed(0)
    for m, k, n in itertools.product((1, 2, 4), (1, 3), (1, 2, 5)):
        A, B = torch.randn(m, k, dtype=torch.float64), torch.randn(k, n, dtype=torch.float64)
        history = passed_on(A.numpy(), B.numpy())
        C, cycles = reference.systolic_matmul(A, B)
        assert cycles == len(history) - 1
        np.testing.assert_allclose(C, A.numpy() @ B.numpy(), atol=1e-12)
        for limit, sums in enumerate(history):
            C, cycles = reference.systolic_matmul(A, B, limit)
            np.testing.assert_allclose(C, sums, atol=1e-12)
            assert cycles == limit


def test_integers_against_torch(reference):
    """The integers are those of torch.quantize_per_tensor with the same scale."""
    torch.manual_seed(0)
    for _ in range(20):
        X = 10 * torch.randn(7, 9)
        q, scale = reference.quantize_int8(X)
        assert scale.item() == np.float32(np.abs(X.numpy()).max() / np.float32(127))
        expected = torch.fake_quantize_per_tensor_affine(X, scale.item(), 0, -128, 127)
        torch.testing.assert_close(q * scale, expected)
        assert (q.float() * scale - X).abs().max() <= scale / 2 * (1 + 1e-4)
    X = torch.tensor([0.5, 1.5, 2.5, -0.5, -2.5, 127.0])
    assert reference.quantize_int8(X)[0].tolist() == [0, 2, 2, 0, -2, 127]
    q, scale = reference.quantize_int8(torch.zeros(3))
    assert q.tolist() == [0, 0, 0]
    assert scale == 1


def test_product_against_numpy(reference):
    """The sums are numpy's in int64, also of 4096 products."""
    draw = np.random.default_rng(0)
    for m, k, n in ((1, 1, 1), (3, 4096, 2), (5, 7, 4)):
        qa, qb = draw.integers(-127, 128, (m, k)), draw.integers(-127, 128, (k, n))
        arguments = torch.tensor(qa, dtype=torch.int8), torch.tensor(0.5), torch.tensor(qb, dtype=torch.int8)
        C = reference.int8_matmul(*arguments, torch.tensor(2.0))
        np.testing.assert_array_equal(C, (qa @ qb).astype(np.float32))


def test_bits_against_torch(reference):
    """The bits are torch's for numbers of all exponents, ties, infinities and zeros."""
    draw = random.Random(0)
    patterns = [draw.randrange(1 << 32) for _ in range(20_000)]
    patterns += [pattern & 0xFFFF0000 | draw.choice([0, 0x7FFF, 0x8000, 0x8001]) for pattern in patterns]
    patterns += [0, 1 << 31, 0x7F800000, 0xFF800000, 0x7F7FFFFF, 0x7F7F8000, 0x7F7F7FFF]
    numbers = [struct.unpack(">f", struct.pack(">I", pattern))[0] for pattern in patterns]
    expected = torch.tensor(numbers).to(torch.bfloat16).view(torch.int16)
    for number, bits in zip(numbers, expected.tolist(), strict=True):
        found = reference.to_bfloat16_bits(number)
        if math.isnan(number):
            assert found & 0x7F80 == 0x7F80
            assert found & 0x7F
        else:
            assert found == bits & 0xFFFF
    assert [reference.to_bfloat16_bits(x) for x in (1e39, -1e300, 1e-50, -1e-50)] == [0x7F80, 0xFF80, 0, 0x8000]
