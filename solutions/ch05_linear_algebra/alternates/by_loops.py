"""The same with loops: entries, slices and pivots one by one."""


def frobenius_norm(A):
    total = A.new_zeros(())
    for row in A:
        total = total + (row**2).sum()
    return total**0.5


def lp_norm(x, p):
    if p == float("inf"):
        return max(abs(value) for value in x)
    if p == 1:
        return sum(abs(value) for value in x)
    largest = max(abs(value.item()) for value in x) or 1.0
    return sum(abs(value / largest) ** p for value in x) ** (1 / p) * largest


def mean_keepdims(A, axis, keepdims=False):
    axes = (axis,) if isinstance(axis, int) else axis
    places = sorted((i % A.dim() for i in axes), reverse=True)
    for i in places:
        A = sum(A.unbind(i)) / A.shape[i]
    for i in reversed(places) if keepdims else ():
        A = A.unsqueeze(i)
    return A


def mm(A, B):
    (n, k), (inner, m) = A.shape, B.shape
    if k != inner:
        raise ValueError(f"{k} columns, {inner} rows")
    C = torch.zeros(n, m, dtype=A.dtype)
    for i in range(n):
        for j in range(m):
            C[i, j] = (A[i] * B[:, j]).sum()
    return C


def is_positive_definite(A):
    rows = A.tolist()
    n = len(rows)
    if any(not math.isclose(rows[i][j], rows[j][i], rel_tol=1e-5, abs_tol=1e-8) for i in range(n) for j in range(i)):
        return False
    noise = 1e-12 * max(rows[i][i] for i in range(n))
    for k in range(n):  # Gaussian elimination: the pivots
        if rows[k][k] <= noise:
            return False
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    return True


def permutation_matrix(perm):
    n = len(perm)
    if {*perm} != {*range(n)}:
        raise ValueError("not a permutation")
    return torch.tensor([[float(perm[i] == j) for j in range(n)] for i in range(n)])
