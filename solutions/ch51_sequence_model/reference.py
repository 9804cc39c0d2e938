"""ch51 Sequence models: windows, predictions k steps ahead, the chain rule, Markov chains.

D2L section 8.1 (chapter_recurrent-neural-networks/sequence.md); the book has its code inline, the functions are ours.
"""

import itertools
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def autoregressive_dataset(x: Tensor, tau: int) -> tuple[Tensor, Tensor]:
    """A time series as examples for a regression: tau values, and the one that follows them (D2L 8.1.2).

    Example t has the features x[t], x[t + 1], ..., x[t + tau - 1], the oldest first, and the label x[t + tau]. A
    series of T values gives T - tau examples: the first tau values have too little history to be labels.

    Args:
        x: the series, (T,).
        tau: how many values are looked at, at least 1.

    Returns:
        features (T - tau, tau) and labels (T - tau, 1), both of the dtype of x. (The book's code makes them float32;
        the check of it costs no points.)

    Raises:
        ValueError: tau is T or more, so that there is no example.

    >>> autoregressive_dataset(torch.tensor([1.0, 2.0, 4.0, 8.0]), 2)
    (tensor([[1., 2.],
            [2., 4.]]), tensor([[4.],
            [8.]]))
    """
    # BEGIN SOLUTION
    if tau >= len(x):
        raise ValueError(f"{len(x)} values give no example of {tau} values and a label")
        # WRONG no-example-no-error: return x.new_zeros(0, tau), x.new_zeros(0, 1)
    features = torch.stack([x[i : i + len(x) - tau] for i in range(tau)], dim=1)
    # WRONG newest-first: features = torch.stack([x[i : i + len(x) - tau] for i in reversed(range(tau))], dim=1)
    # WRONG reshaped-not-transposed:
    #     features = torch.stack([x[i : i + len(x) - tau] for i in range(tau)]).reshape(-1, tau)
    # WRONG padded-with-zeros: features = torch.cat([x.new_zeros(tau), x]).unfold(0, tau, 1)[:-1]
    labels = x[tau:, None]
    # WRONG label-in-the-window: labels = x[tau - 1 : -1, None]
    # WRONG labels-in-a-row: labels = x[tau:]
    # WRONG padded-with-zeros: labels = x[:, None]
    return features, labels
    # WRONG windows-side-by-side: return features[::tau], labels[::tau]
    # WRONG last-example-lost: return features[:-1], labels[:-1]
    # WRONG examples-in-float32: return features.float(), labels.float()
    # END SOLUTION


def multistep_predict(net: Callable[[Tensor], Tensor], x: Tensor, n_train: int, tau: int, T: int) -> Tensor:
    """Continue a series: predict from predictions, as nobody knows the future (D2L 8.1.3).

    n_train examples of `autoregressive_dataset` reach over n_train + tau observations. These are all that is known:
    they are copied. Every later value is the net's prediction from the tau entries before it, which are observations
    at first, then predictions.

    Args:
        net: a function or module, (n, tau) -> (n, 1): from windows, the oldest value first, to the next values.
        x: the series, (N,) with N at least n_train + tau. Values after these do not matter.
        n_train: the number of examples that the net was trained on.
        tau: the length of a window, at least 1.
        T: the length of the result, at least n_train + tau. It may be longer than x.

    Returns:
        (T,), a new tensor of the dtype of x that does not require gradients: predictions are made to be looked at, not
        to be trained on. (In the book's code they are float32 and drag the net's graph along; the checks of it cost no
        points.)
    """
    # BEGIN SOLUTION
    known = n_train + tau
    # WRONG known-only-n-train: known = n_train
    preds = x.new_zeros(T)
    # WRONG predictions-written-into-x: preds = x[:T] if len(x) >= T else torch.cat([x, x.new_zeros(T - len(x))])
    # WRONG predictions-in-float32: preds = torch.zeros(T)
    with torch.no_grad():
        # WRONG predictions-with-graph: with torch.enable_grad():
        preds[:known] = x[:known]
        for i in range(known, T):
            preds[i] = net(preds[i - tau : i].reshape(1, -1)).item()
            # WRONG one-step-for-multistep:
            #     preds[i] = net(torch.cat([x, preds[len(x) :]])[i - tau : i].reshape(1, -1)).item()
            # WRONG window-stands-still: preds[i] = net(preds[known - tau : known].reshape(1, -1)).item()
            # WRONG window-turned-round: preds[i] = net(preds[i - tau : i].flip(0).reshape(1, -1)).item()
            # WRONG window-one-late: preds[i] = net(preds[i - tau + 1 : i + 1].reshape(1, -1)).item()
            # WRONG predictions-in-float32: preds[i] = net(preds[i - tau : i].to(x.dtype).reshape(1, -1)).item()
            # WRONG predictions-with-graph: preds[i] = net(preds[i - tau : i].clone().reshape(1, -1))
    return preds
    # END SOLUTION


def k_step_features(net: Callable[[Tensor], Tensor], x: Tensor, tau: int, max_steps: int) -> Tensor:
    """Predictions 1 to max_steps ahead, from every place of a series where all of them can be checked (D2L 8.1.3).

    Row t begins with the observations x[t], ..., x[t + tau - 1]. Each further entry of the row is the net's prediction
    from the tau entries before it: column tau + k - 1 holds the k-step-ahead predictions, those of x[t + tau + k - 1]
    from what is known at time t + tau - 1. The last row is the last for which x has all of these values.

    Args:
        net: a function or module, (n, tau) -> (n, 1): from windows, the oldest value first, to the next values.
        x: the series, (T,) with T at least tau + max_steps.
        tau: the length of a window, at least 1.
        max_steps: how far to predict, at least 1.

    Returns:
        (T - tau - max_steps + 1, tau + max_steps), of the dtype of x, without a graph. (In the book's code the table is
        float32 and requires gradients; the checks of it cost no points.)
    """
    # BEGIN SOLUTION
    rows = len(x) - tau - max_steps + 1
    # WRONG one-row-lost: rows = len(x) - tau - max_steps
    # WRONG rows-without-future: rows = len(x) - tau + 1
    columns = [x[i : i + rows] for i in range(tau)]
    with torch.no_grad():
        # WRONG table-with-graph: with torch.enable_grad():
        for _ in range(max_steps):
            # WRONG one-step-in-every-column: for k in range(max_steps):
            # The last tau columns are values at first, then more and more predictions.
            columns.append(net(torch.stack(columns[-tau:], dim=1)).flatten())
            # WRONG one-step-in-every-column: columns.append(net(x.unfold(0, tau, 1)[k : k + rows]).flatten())
            # WRONG same-window-for-all-steps: columns.append(net(torch.stack(columns[:tau], dim=1)).flatten())
            # WRONG columns-turned-round: columns.append(net(torch.stack(columns[: -tau - 1 : -1], dim=1)).flatten())
        return torch.stack(columns, dim=1)
        # WRONG predictions-alone: return torch.stack(columns[tau:], dim=1)
        # WRONG table-in-float32: return torch.stack(columns, dim=1).float()
    # END SOLUTION


def chain_rule_prob(joint: Tensor, seq: Sequence[int]) -> float:
    """The probability of a sequence, as the product of the probabilities of each step given all before (D2L 8.1.1).

        P(x_1, ..., x_t) = P(x_1) P(x_2 | x_1) P(x_3 | x_1, x_2) ... P(x_t | x_1, ..., x_{t-1})

    A conditional probability is a share: of all that begins with x_1, ..., x_{t-1}, how much goes on with x_t? So the
    table may hold counts as well as probabilities; it need not add up to 1.

    Args:
        joint: a table with one axis for each of T variables, (n_1, ..., n_T), no entry negative, not all zero: entry
            (i_1, ..., i_T) is the probability, or the count, of this sequence. Floats or integers.
        seq: the values of the first t variables, 1 <= t <= T. Where t < T, the others may have any values.

    Returns:
        A Python float; 0.0 for what begins with something impossible.
    """
    # BEGIN SOLUTION
    prob, table = 1.0, joint
    for value in seq:
        # WRONG independent-steps: for axis, value in enumerate(seq):
        # WRONG only-the-step-before:
        #     for axis, value in enumerate(seq):
        #         if axis:
        #             table = joint.select(axis - 1, seq[axis - 1])
        total = table.sum().item()
        # WRONG independent-steps: total = joint.sum().item()
        if not total:
            return 0.0
            # WRONG nan-for-the-impossible: return float("nan")
        table = table[value]
        # WRONG independent-steps: table = joint.select(axis, value)
        # WRONG only-the-step-before: table = table.select(max(axis - 1, 0), value)
        # WRONG axes-from-the-end: table = table[..., value]
        prob *= table.sum().item() / total  # P(this value | the values before)
        # WRONG first-step-left-out: prob *= 1.0 if table.dim() == joint.dim() - 1 else table.sum().item() / total
        # WRONG last-conditional-alone: prob = table.sum().item() / total
    return prob
    # WRONG table-taken-as-normalised: return float(table.sum())
    # END SOLUTION


def markov_chain_prob(init: Tensor, P: Tensor, seq: Sequence[int]) -> float:
    """The probability of a sequence of states in a Markov chain of first order (D2L 8.1.1.2).

        P(x_1, ..., x_T) = P(x_1) P(x_2 | x_1) P(x_3 | x_2) ... P(x_T | x_{T-1})

    Args:
        init: the probabilities of the first state, (n,).
        P: the transition matrix, (n, n): P[i, j] is the probability that state i is followed by state j, so that each
            row adds up to 1.
        seq: the states, 0 to n - 1, one or more.

    Returns:
        A Python float; 0.0 where a step is impossible. Long sequences are improbable: in float32, where nothing lies
        between 0 and 1e-45, their products vanish; a Python float holds 1e-300, and logarithms hold anything.
    """
    # BEGIN SOLUTION
    prob = init[seq[0]].item()
    # WRONG first-state-for-free: prob = 1.0
    # WRONG step-before-the-first: prob = (init @ P)[seq[0]].item()
    # WRONG product-in-float32: prob = init[seq[0]]
    for state, following in itertools.pairwise(seq):
        prob *= P[state, following].item()
        # WRONG matrix-transposed: prob *= P[following, state].item()
        # WRONG product-in-float32: prob = prob * P[state, following]
        # WRONG next-from-init: prob *= init[following].item()
    return prob
    # WRONG log-probability: return torch.tensor(prob, dtype=torch.float64).log().item()
    # WRONG product-in-float32: return prob.item()
    # END SOLUTION
