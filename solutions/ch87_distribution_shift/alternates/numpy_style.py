"""numpy for the system and for Bayes' rule; odds as a quotient that cannot overflow."""

import math

import numpy as np
import torch


def label_shift_prior(C, mu):
    q = np.maximum(np.linalg.solve(C.numpy(), mu.numpy()), 0)
    return torch.from_numpy(q / q.sum())


def label_shift_weights(q, p):
    if not p.all():
        raise ValueError("p has a zero")
    return torch.stack([target / source for target, source in zip(q, p, strict=True)])


def covariate_shift_weights(logits, clip=10.0):
    return torch.exp(torch.minimum(logits, torch.tensor(math.log(clip), dtype=logits.dtype)))


def weighted_risk(losses, weights):
    return torch.dot(losses, weights) / len(losses)


def conditional(joint):
    """P(x | y), and which labels there are."""
    p_y = joint.sum(axis=0)
    return joint / np.where(p_y > 0, p_y, 1), p_y > 0


def shift_kind(p_x, q_x, p_y_given_x, q_y_given_x, tol=1e-6):
    p_x, q_x, P, Q = (table.numpy() for table in (p_x, q_x, p_y_given_x, q_y_given_x))
    p_joint, q_joint = p_x[:, None] * P, q_x[:, None] * Q

    def same(a, b, where=True):
        return bool(np.all((np.abs(a - b) <= tol) | ~np.asarray(where)))

    (p_reverse, p_labels), (q_reverse, q_labels) = conditional(p_joint), conditional(q_joint)
    forward = same(P, Q, ((p_x > 0) & (q_x > 0))[:, None])
    backward = same(p_reverse, q_reverse, p_labels & q_labels)
    if not forward and not backward:
        return {"concept"}
    found = set()
    if forward and not same(p_x, q_x):
        found |= {"covariate"}
    if backward and not same(p_joint.sum(axis=0), q_joint.sum(axis=0)):
        found |= {"label"}
    return found
