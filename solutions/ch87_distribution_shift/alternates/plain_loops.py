"""Elimination by hand, and Bayes' rule in loops over Python numbers."""

import math

import torch


def label_shift_prior(C, mu):
    k = len(mu)
    rows = [[*row, right] for row, right in zip(C.tolist(), mu.tolist(), strict=True)]
    for i in range(k):
        pivot = max(range(i, k), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if rows[i][i] == 0:
            raise ValueError("C is singular")
        for r in range(k):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    q = [max(rows[i][k] / rows[i][i], 0.0) for i in range(k)]
    return torch.tensor([share / sum(q) for share in q], dtype=C.dtype)


def label_shift_weights(q, p):
    if 0 in p.tolist():
        raise ValueError
    return torch.tensor([a / b for a, b in zip(q.tolist(), p.tolist(), strict=True)], dtype=q.dtype)


def covariate_shift_weights(logits, clip=10.0):
    largest = math.log(clip)
    weights = [clip if h > largest else math.exp(h) for h in logits.reshape(-1).tolist()]
    return torch.tensor(weights, dtype=logits.dtype).reshape(logits.shape)


def weighted_risk(losses, weights):
    total = 0
    for loss, weight in zip(losses, weights, strict=True):
        total = total + weight * loss
    return total / losses.numel()


def shift_kind(p_x, q_x, p_y_given_x, q_y_given_x, tol=1e-6):
    m, k = p_y_given_x.shape
    laws = [(p_x.tolist(), p_y_given_x.tolist()), (q_x.tolist(), q_y_given_x.tolist())]
    p_y, q_y = ([sum(px[i] * py[i][j] for i in range(m)) for j in range(k)] for px, py in laws)
    (p_x, p), (q_x, q) = laws
    x_moves = any(abs(p_x[i] - q_x[i]) > tol for i in range(m))
    y_moves = any(abs(p_y[j] - q_y[j]) > tol for j in range(k))
    forward = backward = False
    for i in range(m):
        for j in range(k):
            if p_x[i] and q_x[i] and abs(p[i][j] - q[i][j]) > tol:
                forward = True
            if p_y[j] and q_y[j] and abs(p_x[i] * p[i][j] / p_y[j] - q_x[i] * q[i][j] / q_y[j]) > tol:
                backward = True
    table = {"covariate": x_moves and not forward, "label": y_moves and not backward, "concept": forward and backward}
    return {kind for kind, holds in table.items() if holds}
