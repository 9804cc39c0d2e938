"""ch05 Linear algebra: norms, means along axes, products, positive definite and permutation matrices.

See D2L 2.3 (chapter_preliminaries/linear-algebra.md). The book defines no functions here. The names follow torch.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def frobenius_norm(A: Tensor) -> Tensor:
    """Return the Frobenius norm of a matrix: the length of all its entries as a single vector (D2L 2.3.10).

        ||A||_F = sqrt(sum_ij a_ij^2)

    This is not the spectral norm, which is the largest singular value of A. Gradients flow to A. The function leaves A
    unchanged.

    Args:
        A: a matrix, or a tensor with any number of axes; float32 or float64. It may be empty, and it need not be
            contiguous in memory.

    Returns:
        The norm, a tensor without axes, in the dtype of A. The norm of an empty tensor is 0.
    """
    # BEGIN SOLUTION
    return (A * A).sum().sqrt()
    # WRONG largest-singular-value: return torch.linalg.svdvals(A.reshape(len(A), -1)).max() if A.numel() else A.sum()
    # WRONG root-forgotten: return (A * A).sum()
    # WRONG sum-of-sizes: return A.abs().sum()
    # WRONG root-mean-square: return (A * A).sum().sqrt() / max(1, A.numel()) ** 0.5
    # END SOLUTION


def lp_norm(x: Tensor, p: float) -> Tensor:
    """Return the p-norm of a vector (D2L 2.3.10).

        ||x||_p = (sum_i |x_i|^p)^(1/p),    ||x||_inf = max_i |x_i|

    Gradients flow to x. The function leaves x unchanged. Bonus (no points): the norm is also right if only the powers
    are too large or too small for float32. Divide x by its largest entry first.

    Args:
        x: a vector, (n,), n at least 1, float32 or float64. It need not be contiguous in memory.
        p: 1 or more; math.inf for the maximum norm.

    Returns:
        The norm, a tensor without axes, in the dtype of x.
    """
    # BEGIN SOLUTION
    sizes = x.abs()
    # WRONG negatives-counted-as-they-are: sizes = x
    largest = sizes.max()
    if math.isinf(p):
        # WRONG always-euclidean:
        #     p = 2
        #     if math.isinf(p):
        return largest
    # WRONG no-limit-at-infinity, 2 lines:
    scale = largest.detach().clamp(min=torch.finfo(x.dtype).tiny)
    # WRONG negatives-counted-as-they-are: scale = 1
    return scale * ((sizes / scale) ** p).sum() ** (1 / p)  # powers of numbers up to 1 do not overflow
    # WRONG power-not-undone: return (sizes**p).sum()
    # WRONG always-the-square-root: return (sizes**p).sum().sqrt()
    # WRONG no-limit-at-infinity: return (sizes**p).sum() ** (1 / p)
    # END SOLUTION


def mean_keepdims(A: Tensor, axis: int | Sequence[int], keepdims: bool = False) -> Tensor:
    """Return the mean over one or several axes: the sum, divided by the number of summed entries (D2L 2.3.6).

    Gradients flow to A. The function leaves A unchanged.

    Args:
        A: a tensor with at least one axis, float32 or float64. It need not be contiguous in memory.
        axis: an axis, or a list or tuple of at least one axis, all different. Negative axes count from the last.
        keepdims: False removes these axes. True keeps them with size 1, so that the means broadcast with A.

    Returns:
        The means, in the dtype of A. For A of shape (2, 3, 4) and axes 0 and 2 their shape is (3,), or (1, 3, 1) with
        keepdims.
    """
    # BEGIN SOLUTION
    axes = [axis] if isinstance(axis, int) else list(axis)
    # WRONG first-axis-only: axes = [axis] if isinstance(axis, int) else list(axis)[:1]
    count = math.prod(A.shape[i] for i in axes)
    # WRONG divided-by-everything: count = A.numel()
    return A.sum(dim=axes, keepdim=keepdims) / count
    # WRONG keepdims-ignored: return A.sum(dim=axes, keepdim=False) / count
    # WRONG keepdims-always: return A.sum(dim=axes, keepdim=True) / count
    # WRONG sum-for-mean: return A.sum(dim=axes, keepdim=keepdims)
    # WRONG axes-shift-while-reduced:
    #     for i in axes:
    #         A = A.sum(dim=i % A.dim(), keepdim=keepdims)
    #     return A / count
    # END SOLUTION


def mm(A: Tensor, B: Tensor) -> Tensor:
    """Return the product of two matrices, computed from products and sums (D2L 2.3.9).

        c_ij = sum_l a_il b_lj

    Gradients flow to A and B. The function leaves A and B unchanged.

    Args:
        A: (n, k), float32 or float64. It need not be contiguous in memory.
        B: (k, m), of the same dtype. It need not be contiguous in memory.

    Returns:
        C, (n, m), of the same dtype. It is zero if k is 0; n may be 0, too.

    Raises:
        ValueError: the number of columns of A differs from the number of rows of B.
    """
    # BEGIN SOLUTION
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"{tuple(A.shape)} and {tuple(B.shape)} do not go together")
    # WRONG mismatch-not-noticed, 2 lines:
    # Entry (i, j) is the sum over k of A[i, k] * B[k, j].
    return (A[:, :, None] * B).sum(dim=1)
    # WRONG elementwise-product: return A * B if A.shape == B.shape else (A[:, :, None] * B).sum(dim=1)
    # WRONG product-of-sums: return A.sum(dim=1)[:, None] * B.sum(dim=0)
    # WRONG product-transposed: return (A[:, :, None] * B).sum(dim=1).T
    # WRONG graph-lost:
    #     return torch.tensor([[(row * column).sum().item() for column in B.T] for row in A], dtype=A.dtype).reshape(
    #         len(A), B.shape[1]
    #     ) + 0 * (A.sum() + B.sum())
    # END SOLUTION


def is_positive_definite(A: Tensor) -> bool:
    """Return whether a matrix is symmetric and positive definite: x^T A x > 0 for every x except 0.

    All eigenvalues of such a matrix are positive, and it has a Cholesky decomposition A = L L^T. A quadratic function
    with such a matrix has a single minimum. A matrix that is not symmetric is not positive definite here, whatever its
    eigenvalues are. The answer stays the same if A is multiplied by a positive number. The function leaves A unchanged.

    Args:
        A: (n, n), n at least 1, float32 or float64. A counts as symmetric if it equals its transpose up to rounding.

    Returns:
        True or False, a Python bool. It is False if x^T A x is 0 for some x other than 0. Bonus (no points): it is
        False also if rounding turns an eigenvalue of 0 into a tiny positive number.
    """
    # BEGIN SOLUTION
    values = torch.linalg.eigvalsh(A)
    noise = len(A) * torch.finfo(A.dtype).eps * values[-1]  # rounding may make this of an eigenvalue 0
    return torch.allclose(A, A.T) and bool(values[0] > noise)
    # WRONG semi-definite-accepted: return torch.allclose(A, A.T) and bool(values[0] > -noise - 1e-12)
    # WRONG positive-entries: return torch.allclose(A, A.T) and bool((A > 0).all())
    # WRONG positive-diagonal: return torch.allclose(A, A.T) and bool((A.diagonal() > 0).all())
    # WRONG positive-determinant: return torch.allclose(A, A.T) and bool(torch.linalg.det(A) > 0)
    # WRONG no-zero-eigenvalue: return torch.allclose(A, A.T) and bool((values.abs() > abs(noise)).all())
    # WRONG symmetry-not-asked-for: return bool(values[0] > noise)
    # END SOLUTION


def permutation_matrix(perm: Sequence[int]) -> Tensor:
    """Return the matrix that reorders the entries of a vector: (P @ x)[i] = x[perm[i]].

    Each row and each column has a single 1. The transpose of P restores the order. The function leaves perm unchanged.

    Args:
        perm: a list or tuple of the numbers from 0 to n - 1, each once, in any order; n is at least 1.

    Returns:
        P, (n, n), float32.

    Raises:
        ValueError: a number is missing, occurs twice, or is not between 0 and n - 1.
    """
    # BEGIN SOLUTION
    n = len(perm)
    if sorted(perm) != list(range(n)):
        # WRONG repetitions-accepted: if min(perm) < 0 or max(perm) >= n:
        # WRONG only-repetitions-refused: if len(set(perm)) != n:
        raise ValueError(f"{perm} is no permutation of the numbers below {n}")
    P = torch.zeros(n, n)
    for i, j in enumerate(perm):
        P[i, j] = 1
        # WRONG transposed: P[j, i] = 1
        # WRONG counted-from-one: P[i, j - 1] = 1
    return P
    # END SOLUTION
