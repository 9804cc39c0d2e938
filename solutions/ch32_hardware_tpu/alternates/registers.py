"""The array with its registers, cycle by cycle; sums in int64; rounding by an added number."""


def systolic_matmul(A, B, max_cycles=None):
    (m, k), n = A.shape, B.shape[1]
    sums = torch.zeros(m, n, dtype=A.dtype)
    left, above = torch.zeros_like(sums), torch.zeros_like(sums)
    done = 0
    while done != max_cycles and done < m + n + k - 2:
        left, above = left.roll(1, dims=1), above.roll(1, dims=0)
        for i in range(m):
            p = done - i
            left[i, 0] = A[i, p] if 0 <= p < k else 0
        for j in range(n):
            p = done - j
            above[0, j] = B[p, j] if 0 <= p < k else 0
        sums = sums + left * above
        done += 1
    return sums, done


def quantize_int8(X):
    top = max(X.max().item(), -X.min().item())
    scale = torch.tensor(top / 127 if top else 1.0, dtype=torch.float32)
    return (X / scale).round_().clamp(-127, 127).char(), scale


def int8_matmul(qa, sa, qb, sb):
    products = qa.long()[:, :, None] * qb.long()[None]
    return products.sum(dim=1).float() * sa * sb


def to_bfloat16_bits(x):
    if x != x:
        return 0x7FC0
    try:
        (bits,) = struct.unpack("<I", struct.pack("<f", x))
    except OverflowError:
        bits = 0x7F800000 if x > 0 else 0xFF800000
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
