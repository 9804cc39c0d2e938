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
    # WRONG float32-norm: return (A * A).sum().sqrt().float()
    # WRONG norm-detached: return (A * A).sum().sqrt().detach() + 0 * A.sum()
    # WRONG square-of-the-sum: return (A.sum() ** 2).sqrt()
    # WRONG number-for-tensor: return (A * A).sum().sqrt().item()
    # WRONG squared-in-place: return A.mul_(A).sum().sqrt()
    # WRONG matrix-square: return (A @ A).sum().sqrt()
    # WRONG column-norms-added: return (A * A).sum(dim=0).sqrt().sum()
    # WRONG row-norms: return (A * A).sum(dim=-1).sqrt()
    # WRONG column-norms: return (A * A).sum(dim=0).sqrt()
    # WRONG not-squared: return A.sum().sqrt()
    # WRONG largest-entry: return A.abs().max() if A.numel() else A.sum()
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
        # WRONG entries-detached: return largest.detach() + 0 * x.sum()
        # WRONG norm-as-number: return largest.item()
        # WRONG largest-with-sign: return x.max()
    # WRONG no-limit-at-infinity, 2 lines:
    scale = largest.detach().clamp(min=torch.finfo(x.dtype).tiny)
    # WRONG zero-divided-by-zero: scale = largest.detach()
    # WRONG negatives-counted-as-they-are: scale = 1
    return scale * ((sizes / scale) ** p).sum() ** (1 / p)  # powers of numbers up to 1 do not overflow
    # WRONG powers-overflow: return (sizes**p).sum() ** (1 / p)
    # WRONG entries-detached: return (scale * ((sizes / scale) ** p).sum() ** (1 / p)).detach() + 0 * x.sum()
    # WRONG norm-as-number: return (scale * ((sizes / scale) ** p).sum() ** (1 / p)).item()
    # WRONG p-times-for-power: return (sizes * p).sum() ** (1 / p)
    # WRONG plain-sum: return sizes.sum()
    # WRONG scale-lost: return ((sizes / scale) ** p).sum() ** (1 / p)
    # WRONG absolute-value-of-the-sum: return (x**p).sum().abs() ** (1 / p)
    # WRONG power-before-absolute-value: return (x**p).abs().sum() ** (1 / p)
    # WRONG powers-swapped: return (sizes ** (1 / p)).sum() ** p
    # WRONG mean-of-powers: return (sizes**p).mean() ** (1 / p)
    # WRONG divided-by-p: return (sizes**p).sum() ** 1 / p
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
    # WRONG negative-axes-skipped: axes = [i for i in ([axis] if isinstance(axis, int) else axis) if i >= 0]
    # WRONG other-axes:
    #     given = [axis] if isinstance(axis, int) else list(axis)
    #     axes = [i for i in range(A.dim()) if i not in given and i - A.dim() not in given]
    # WRONG first-axis-only: axes = [axis] if isinstance(axis, int) else list(axis)[:1]
    count = math.prod(A.shape[i] for i in axes)
    # WRONG divided-by-one-less: count = max(math.prod(A.shape[i] for i in axes) - 1, 1)
    # WRONG sizes-added-up: count = sum(A.shape[i] for i in axes)
    # WRONG divided-by-rows: count = len(A)
    # WRONG single-axis-alone: count = A.shape[axis]
    # WRONG divided-by-everything: count = A.numel()
    return A.sum(dim=axes, keepdim=keepdims) / count
    # WRONG squeezed-too-much:
    #     means = A.sum(dim=axes, keepdim=True) / count
    #     return means if keepdims else means.squeeze()
    # WRONG kept-at-the-front:
    #     means = A.sum(dim=axes) / count
    #     return means.reshape(*[1] * len(axes), *means.shape) if keepdims else means
    # WRONG kept-at-the-end:
    #     means = A.sum(dim=axes) / count
    #     return means.reshape(*means.shape, *[1] * len(axes)) if keepdims else means
    # WRONG keepdims-reversed: return A.sum(dim=axes, keepdim=not keepdims) / count
    # WRONG axis-ignored: return A.sum() / A.numel()
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
        # WRONG one-fits-every-size: if A.shape[1] != B.shape[0] and 1 not in (A.shape[1], B.shape[0]):
        raise ValueError(f"{tuple(A.shape)} and {tuple(B.shape)} do not go together")
    # WRONG mismatch-not-noticed, 2 lines:
    # Entry (i, j) is the sum over k of A[i, k] * B[k, j].
    return (A[:, :, None] * B).sum(dim=1)
    # WRONG shape-of-the-first-matrix:
    #     C = torch.zeros(A.shape, dtype=A.dtype)
    #     for i in range(A.shape[0]):
    #         for j in range(B.shape[1]):
    #             C[i, j] = (A[i] * B[:, j]).sum()
    #     return C
    # WRONG first-row-of-nothing:
    #     columns = len(B[0])
    #     return (A[:, :, None] * B[:, :columns]).sum(dim=1)
    # WRONG float32-product: return (A[:, :, None] * B).sum(dim=1).float()
    # WRONG summed-over-columns: return (A[:, :, None] * B).sum(dim=2)
    # WRONG products-not-summed: return A[:, :, None] * B
    # WRONG first-term-left-out: return (A[:, 1:, None] * B[1:]).sum(dim=1)
    # WRONG last-term-left-out: return (A[:, :-1, None] * B[:-1]).sum(dim=1)
    # WRONG last-term-alone:
    #     C = A.new_zeros(len(A), B.shape[1])
    #     for l in range(len(B)):
    #         C = A[:, l, None] * B[l]
    #     return C
    # WRONG mean-over-k: return (A[:, :, None] * B).mean(dim=1)
    # WRONG factors-swapped: return (B[:, :, None] * A).sum(dim=1)
    # WRONG second-transposed: return (A[:, None, :] * B).sum(dim=2)
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
    # WRONG cholesky-of-a-half: return torch.linalg.cholesky_ex(A).info.item() == 0
    # WRONG symmetry-alone: return torch.allclose(A, A.T)
    # WRONG cholesky-not-caught:
    #     torch.linalg.cholesky(A)
    #     return torch.allclose(A, A.T)
    # WRONG rounded-zero-accepted: return torch.allclose(A, A.T) and bool(values[0] > 0)
    # WRONG absolute-threshold: return torch.allclose(A, A.T) and bool(values[0] > 1e-6)
    # WRONG exact-symmetry: return torch.equal(A, A.T) and bool(values[0] > noise)
    # WRONG diagonal-dominance: return torch.allclose(A, A.T) and bool((2 * A.diagonal() > A.abs().sum(dim=1)).all())
    # WRONG one-vector-tried: return torch.allclose(A, A.T) and bool(A.sum() > 0)
    # WRONG positive-trace: return torch.allclose(A, A.T) and bool(A.trace() > 0)
    # WRONG any-positive-eigenvalue: return torch.allclose(A, A.T) and bool(values[-1] > 0)
    # WRONG tensor-for-bool: return torch.allclose(A, A.T) and (values > 0).all()
    # WRONG semi-definite-accepted: return torch.allclose(A, A.T) and bool(values[0] >= 0)
    # WRONG positive-entries: return torch.allclose(A, A.T) and bool((A > 0).all())
    # WRONG positive-diagonal: return torch.allclose(A, A.T) and bool((A.diagonal() > 0).all())
    # WRONG positive-determinant: return torch.allclose(A, A.T) and bool(torch.linalg.det(A) > 0)
    # WRONG no-zero-eigenvalue: return torch.allclose(A, A.T) and bool((values.abs() > abs(noise)).all())
    # WRONG symmetry-not-asked-for: return bool(values[0] > 0)
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
        # WRONG nothing-refused: if not perm:
        # WRONG sum-compared: if sum(perm) != n * (n - 1) // 2:
        # WRONG negatives-accepted: if len(set(perm)) != n or max(perm) >= n:
        # WRONG repetitions-accepted: if min(perm) < 0 or max(perm) >= n:
        # WRONG only-repetitions-refused: if len(set(perm)) != n:
        raise ValueError(f"{perm} is no permutation of the numbers below {n}")
    P = torch.zeros(n, n)
    # WRONG float64-in-the-matrix: P = torch.zeros(n, n, dtype=torch.float64)
    # WRONG integers-in-the-matrix: P = torch.zeros(n, n, dtype=torch.int64)
    for i, j in enumerate(perm):
        P[i, j] = 1
        # WRONG one-more-column: P[i, (j + 1) % n] = 1
        # WRONG numbers-for-ones: P[i, j] = j
        # WRONG order-reversed: P[n - 1 - i, j] = 1
        # WRONG matrix-of-ones: P[i, perm] = 1
        # WRONG identity-for-every-perm: P[i, i] = 1
        # WRONG transposed: P[j, i] = 1
        # WRONG counted-from-one: P[i, j - 1] = 1
    return P
    # END SOLUTION
