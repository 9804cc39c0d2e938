"""ch51 Sequence models: windows, predictions k steps ahead, the chain rule, Markov chains.

See D2L 8.1 (chapter_recurrent-neural-networks/sequence.md). The book writes this code inline; the functions are ours.
"""

import itertools
from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def autoregressive_dataset(x: Tensor, tau: int) -> tuple[Tensor, Tensor]:
    """Return a time series as examples for a regression: tau values, and the value that follows them (D2L 8.1.2).

    Example t has the features x[t], x[t + 1], ..., x[t + tau - 1], oldest first, and the label x[t + tau]. A series of
    T values gives T - tau examples. The first tau values are not labels, because their history is too short.

    The function leaves x unchanged. x need not be contiguous in memory.

    Args:
        x: the series, (T,), float32. Bonus (no points): float64.
        tau: the number of values in a window, at least 1.

    Returns:
        features (T - tau, tau) and labels (T - tau, 1), both with the dtype of x.

    Raises:
        ValueError: tau is T or more, so that there is no example.

    >>> autoregressive_dataset(torch.tensor([1.0, 2.0, 4.0, 8.0]), 2)
    (tensor([[1., 2.],
            [2., 4.]]), tensor([[4.],
            [8.]]))
    """
    # BEGIN SOLUTION
    if tau >= len(x):
        # WRONG no-label-accepted: if tau > len(x):
        raise ValueError(f"{len(x)} values give no example of {tau} values and a label")
        # WRONG no-example-no-error: return x.new_zeros(0, tau), x.new_zeros(0, 1)
    features = torch.stack([x[i : i + len(x) - tau] for i in range(tau)], dim=1)
    # WRONG window-after-the-last-label: features = x.unfold(0, tau, 1)
    # WRONG newest-first: features = torch.stack([x[i : i + len(x) - tau] for i in reversed(range(tau))], dim=1)
    # WRONG reshaped-not-transposed:
    #     features = torch.stack([x[i : i + len(x) - tau] for i in range(tau)]).reshape(-1, tau)
    # WRONG padded-with-zeros: features = torch.cat([x.new_zeros(tau), x]).unfold(0, tau, 1)[:-1]
    # WRONG features-transposed: features = torch.stack([x[i : i + len(x) - tau] for i in range(tau)])
    # WRONG label-among-the-features: features = x.unfold(0, tau + 1, 1)
    labels = x[tau:, None]
    # WRONG label-in-the-window: labels = x[tau - 1 : -1, None]
    # WRONG labels-in-a-row: labels = x[tau:]
    # WRONG padded-with-zeros: labels = x[:, None]
    # WRONG label-for-each-value: labels = x[1:].unfold(0, tau, 1)
    return features, labels
    # WRONG features-alone: return features
    # WRONG one-table: return torch.cat([features, labels], dim=1)
    # WRONG labels-first: return labels, features
    # WRONG label-one-step-late: return features[:-1], labels[1:]
    # WRONG windows-side-by-side: return features[::tau], labels[::tau]
    # WRONG last-example-lost: return features[:-1], labels[:-1]
    # WRONG examples-in-float32: return features.float(), labels.float()
    # END SOLUTION


def multistep_predict(net: Callable[[Tensor], Tensor], x: Tensor, n_train: int, tau: int, T: int) -> Tensor:
    """Return a series that continues with predictions, each made from the entries before it (D2L 8.1.3).

    n_train examples of `autoregressive_dataset` cover n_train + tau observations. Copy these observations; nothing
    else of x is known. Each later entry is the prediction of net from the tau entries before it: first observations,
    later predictions.

    The function leaves x unchanged.

    Args:
        net: a function or module, (n, tau) -> (n, 1): from windows, oldest value first, to the next values.
        x: the series, (N,) with N at least n_train + tau, float32. Bonus (no points): float64. Only the first n_train +
            tau values have an effect; the others may be NaN.
        n_train: the number of examples that trained net.
        tau: the length of a window, at least 1.
        T: the length of the result, at least n_train + tau. It may exceed N.

    Returns:
        A new tensor (T,) with the dtype of x. Bonus (no points): it does not require gradients. (In the book's code it
        does.)
    """
    # BEGIN SOLUTION
    known = n_train + tau
    # WRONG all-of-x-known: known = min(len(x), T)
    # WRONG one-observation-too-many: known = n_train + tau + 1
    # WRONG known-only-n-train: known = n_train
    # WRONG one-observation-short: known = n_train + tau - 1
    preds = x.new_zeros(T)
    # WRONG predictions-written-into-x: preds = x[:T] if len(x) >= T else torch.cat([x, x.new_zeros(T - len(x))])
    # WRONG predictions-in-float32: preds = torch.zeros(T)
    # WRONG t-more-values: preds = x.new_zeros(known + T)
    with torch.no_grad():
        # WRONG predictions-with-graph: with torch.enable_grad():
        preds[:known] = x[:known]
        for i in range(known, T):
            # WRONG t-more-values: for i in range(known, known + T):
            preds[i] = net(preds[i - tau : i].reshape(1, -1)).item()
            # WRONG last-prediction-repeated: preds[i] = net(preds[i - 1].expand(1, tau)).item()
            # WRONG one-step-for-multistep:
            #     preds[i] = net(torch.cat([x, preds[len(x) :]])[i - tau : i].reshape(1, -1)).item()
            # WRONG window-stands-still: preds[i] = net(preds[known - tau : known].reshape(1, -1)).item()
            # WRONG window-turned-round: preds[i] = net(preds[i - tau : i].flip(0).reshape(1, -1)).item()
            # WRONG window-one-late: preds[i] = net(preds[i - tau + 1 : i + 1].reshape(1, -1)).item()
            # WRONG predictions-in-float32: preds[i] = net(preds[i - tau : i].to(x.dtype).reshape(1, -1)).item()
            # WRONG predictions-with-graph: preds[i] = net(preds[i - tau : i].clone().reshape(1, -1))
            # WRONG whole-history-as-window: preds[i] = net(preds[:i].reshape(1, -1)).item()
            # WRONG window-without-a-batch: preds[i] = net(preds[i - tau : i]).item()
    return preds
    # WRONG predictions-in-a-column: return preds[:, None]
    # WRONG predictions-in-a-list: return preds.tolist()
    # WRONG observations-not-returned: return preds[known:]
    # END SOLUTION


def k_step_features(net: Callable[[Tensor], Tensor], x: Tensor, tau: int, max_steps: int) -> Tensor:
    """Return a table of predictions 1 to max_steps ahead, from every place in a series (D2L 8.1.3).

    Row t begins with the observations x[t], ..., x[t + tau - 1]. Each further entry is the prediction of net from the
    tau entries before it in the row. So column tau + k - 1 has the k-step-ahead predictions. They predict
    x[t + tau + k - 1] from the observations up to x[t + tau - 1]. The table has every row whose predictions all have a
    value of x to be compared with: T - tau - max_steps + 1 rows.

    The function leaves x unchanged. x need not be contiguous in memory.

    Args:
        net: a function or module, (n, tau) -> (n, 1): from windows, oldest value first, to the next values.
        x: the series, (T,) with T at least tau + max_steps, float32. Bonus (no points): float64.
        tau: the length of a window, at least 1.
        max_steps: the largest number of steps ahead, at least 1.

    Returns:
        A tensor (T - tau - max_steps + 1, tau + max_steps) with the dtype of x. Bonus (no points): it does not require
        gradients. (In the book's code it does.)
    """
    # BEGIN SOLUTION
    rows = len(x) - tau - max_steps + 1
    # WRONG one-row-lost: rows = len(x) - tau - max_steps
    # WRONG rows-without-future: rows = len(x) - tau + 1
    columns = [x[i : i + rows] for i in range(tau)]
    with torch.no_grad():
        # WRONG table-with-graph: with torch.enable_grad():
        for _ in range(max_steps):
            # WRONG one-column-too-many: for _ in range(max_steps + 1):
            # WRONG one-step-in-every-column: for k in range(max_steps):
            # WRONG one-column-short: for _ in range(max_steps - 1):
            # The last tau columns are observations at first, then more and more predictions.
            columns.append(net(torch.stack(columns[-tau:], dim=1)).flatten())
            # WRONG observations-overwrite-predictions: columns.append(x[len(columns) : len(columns) + rows])
            # WRONG one-step-in-every-column: columns.append(net(x.unfold(0, tau, 1)[k : k + rows]).flatten())
            # WRONG same-window-for-all-steps: columns.append(net(torch.stack(columns[:tau], dim=1)).flatten())
            # WRONG columns-turned-round: columns.append(net(torch.stack(columns[: -tau - 1 : -1], dim=1)).flatten())
            # WRONG column-not-flattened: columns.append(net(torch.stack(columns[-tau:], dim=1)))
        return torch.stack(columns, dim=1)
        # WRONG columns-in-a-list: return columns
        # WRONG rows-side-by-side: return torch.stack(columns, dim=1)[::tau]
        # WRONG predictions-alone: return torch.stack(columns[tau:], dim=1)
        # WRONG table-in-float32: return torch.stack(columns, dim=1).float()
        # WRONG table-transposed: return torch.stack(columns)
        # WRONG last-predictions-alone: return torch.stack(columns[-1:], dim=1)
    # END SOLUTION


def chain_rule_prob(joint: Tensor, seq: Sequence[int]) -> float:
    """Return the probability of a sequence by the chain rule (D2L 8.1.1).

        P(x_1, ..., x_t) = P(x_1) P(x_2 | x_1) P(x_3 | x_1, x_2) ... P(x_t | x_1, ..., x_{t-1})

    A conditional probability is a fraction: of everything that begins with x_1, ..., x_{t-1}, the part that continues
    with x_t. So the table may have counts instead of probabilities; its sum need not be 1.

    The function leaves its arguments unchanged.

    Args:
        joint: a table with an axis for each of T variables, (n_1, ..., n_T), without negative entries and not all
            zero. Entry (i_1, ..., i_T) is the probability or the count of this sequence. The entries are float32,
            float64 or integers. joint need not be contiguous in memory.
        seq: a list or tuple with the values of the first t variables, 1 <= t <= T. The other variables may have any
            values.

    Returns:
        A Python float. It is 0.0 if the sequence begins with something impossible.
    """
    # BEGIN SOLUTION
    prob, table = 1.0, joint
    for value in seq:
        # WRONG last-value-left-out: for value in seq[:-1]:
        # WRONG sequence-backwards: for value in reversed(seq):
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
            # WRONG zero-divided-by-zero, 2 lines:
        table = table[value]
        # WRONG independent-steps: table = joint.select(axis, value)
        # WRONG only-the-step-before: table = table.select(max(axis - 1, 0), value)
        # WRONG axes-from-the-end: table = table[..., value]
        prob *= table.sum().item() / total  # P(this value | the values before)
        # WRONG conditionals-added: prob = table.sum().item() / total + (prob if table.dim() < joint.dim() - 1 else 0.0)
        # WRONG first-step-left-out: prob *= 1.0 if table.dim() == joint.dim() - 1 else table.sum().item() / total
        # WRONG last-conditional-alone: prob = table.sum().item() / total
        # WRONG not-divided: prob *= table.sum().item()
    return prob
    # WRONG chain-as-a-tensor: return torch.tensor(prob, dtype=torch.float64)
    # WRONG table-taken-as-normalised: return float(table.sum())
    # WRONG log-of-the-product: return torch.tensor(prob, dtype=torch.float64).log().item()
    # END SOLUTION


def markov_chain_prob(init: Tensor, P: Tensor, seq: Sequence[int]) -> float:
    """Return the probability of a sequence of states in a Markov chain of first order (D2L 8.1.1.2).

        P(x_1, ..., x_T) = P(x_1) P(x_2 | x_1) P(x_3 | x_2) ... P(x_T | x_{T-1})

    The function leaves its arguments unchanged.

    Args:
        init: the probabilities of the first state, (n,), float32 or float64.
        P: the transition matrix, (n, n), which need not be contiguous in memory. P[i, j] is the probability that state
            j follows state i. Each row sums to 1.
        seq: a list or tuple of one or more states, 0 to n - 1.

    Returns:
        A Python float, as precise as the arguments. Multiply Python floats: a product of hundreds of probabilities may
        be smaller than the smallest float32, 1e-45, but it should not become 0.0. Results above 1e-300 need no
        logarithms.
    """
    # BEGIN SOLUTION
    prob = init[seq[0]].item()
    # WRONG chain-backwards:
    #     seq = seq[::-1]
    #     prob = init[seq[0]].item()
    # WRONG first-state-for-free: prob = 1.0
    # WRONG step-before-the-first: prob = (init @ P)[seq[0]].item()
    # WRONG product-in-float32: prob = init[seq[0]]
    # WRONG uniform-start: prob = 1 / len(init)
    for state, following in itertools.pairwise(seq):
        # WRONG first-transition-lost: for state, following in itertools.pairwise(seq[1:]):
        # WRONG last-transition-lost: for state, following in itertools.pairwise(seq[:-1]):
        prob *= P[state, following].item()
        # WRONG always-from-the-first-state: prob *= P[seq[0], following].item()
        # WRONG matrix-transposed: prob *= P[following, state].item()
        # WRONG product-in-float32: prob = prob * P[state, following]
        # WRONG next-from-init: prob *= init[following].item()
        # WRONG probabilities-added: prob += P[state, following].item()
        # WRONG marginals-multiplied:
        #     init = init @ P
        #     prob *= init[following].item()
    return prob
    # WRONG markov-as-a-tensor: return torch.tensor(prob, dtype=torch.float64)
    # WRONG log-probability: return torch.tensor(prob, dtype=torch.float64).log().item()
    # WRONG product-in-float32: return prob.item()
    # END SOLUTION
