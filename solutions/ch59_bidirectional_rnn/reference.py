"""ch59 Bidirectional recurrent networks.

See D2L 9.4 (chapter_recurrent-modern/bi-rnn.md).
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

# BEGIN SOLUTION


def _hidden_states(inputs: Tensor, params: Sequence[Tensor]) -> Tensor:
    """Return the hidden states of all steps, (steps, batch, hiddens), of a recurrent layer that starts from zeros."""
    W_xh, W_hh, b_h = params
    H = inputs.new_zeros(inputs.shape[1], len(b_h))
    # WRONG starts-from-ones: H = inputs.new_ones(inputs.shape[1], len(b_h))
    states = []
    for X in inputs:
        H = torch.tanh(X @ W_xh + H @ W_hh + b_h)
        # WRONG bias-twice: H = torch.tanh(X @ W_xh + b_h + H @ W_hh + b_h)
        # WRONG tanh-of-the-state-alone: H = X @ W_xh + torch.tanh(H @ W_hh + b_h)
        # WRONG states-before-the-step:
        #     states.append(H)
        #     H = torch.tanh(X @ W_xh + H @ W_hh + b_h)
        # WRONG recurrent-weights-transposed: H = torch.tanh(X @ W_xh + H @ W_hh.T + b_h)
        # WRONG relu-for-tanh: H = torch.relu(X @ W_xh + H @ W_hh + b_h)
        # WRONG sigmoid-for-tanh: H = torch.sigmoid(X @ W_xh + H @ W_hh + b_h)
        # WRONG no-tanh: H = X @ W_xh + H @ W_hh + b_h
        # WRONG bias-missing: H = torch.tanh(X @ W_xh + H @ W_hh)
        # WRONG no-memory: H = torch.tanh(X @ W_xh + b_h)
        # WRONG detached-between-steps: H = torch.tanh(X @ W_xh + H.detach() @ W_hh + b_h)
        states.append(H)
        # WRONG states-before-the-step:
    return torch.stack(states)


def _normalised(message: Tensor) -> Tensor:
    """Return the message divided by its sum, so that it does not underflow."""
    if not message.any():
        # WRONG messages-underflow: if not message.any() and len(message) == 2:
        # WRONG impossible-unnoticed: if message is None:
        raise ValueError("these observations have probability zero")
    return message / message.sum()
    # WRONG messages-underflow: return message


# END SOLUTION


def birnn(inputs: Tensor, fwd: Sequence[Tensor], bwd: Sequence[Tensor]) -> Tensor:
    """Return the hidden states of a bidirectional recurrent layer (Schuster and Paliwal, 1997; D2L 9.4.2).

        F[t] = tanh(X[t] @ W_xh + F[t - 1] @ W_hh + b_h)    with the parameters fwd
        B[t] = tanh(X[t] @ W_xh + B[t + 1] @ W_hh + b_h)    with the parameters bwd
        H[t] = F[t] and B[t] side by side, F[t] on the left

    F before the first step and B after the last step are zeros. Works in float32 and float64. Gradients flow to all
    arguments. The arguments stay unchanged and need not be contiguous in memory.

    Args:
        inputs: (steps, batch, inputs), time first.
        fwd: a list or tuple with (W_xh, W_hh, b_h) of the forward direction: (inputs, hiddens), (hiddens, hiddens),
            (hiddens,).
        bwd: the same for the backward direction. Its number of hidden units may differ.

    Returns:
        H, (steps, batch, h), where h is the number of hidden units of both directions together.
    """
    # BEGIN SOLUTION
    ahead = _hidden_states(inputs, fwd)
    # WRONG batch-first: ahead = _hidden_states(inputs.transpose(0, 1), fwd).transpose(0, 1)
    back = _hidden_states(inputs.flip(0), bwd).flip(0)
    # WRONG forward-recurrence-for-both: back = _hidden_states(inputs.flip(0), (bwd[0], fwd[1], bwd[2])).flip(0)
    # WRONG forward-bias-for-both: back = _hidden_states(inputs.flip(0), (bwd[0], bwd[1], fwd[2])).flip(0)
    # WRONG batch-first: back = _hidden_states(inputs.transpose(0, 1).flip(0), bwd).flip(0).transpose(0, 1)
    # WRONG state-kept-between-directions:
    #     H, back = ahead[-1], []
    #     for X in inputs.flip(0):
    #         H = torch.tanh(X @ bwd[0] + H @ bwd[1] + bwd[2])
    #         back.insert(0, H)
    #     back = torch.stack(back)
    # WRONG backward-bias-missing: back = _hidden_states(inputs.flip(0), (*bwd[:2], torch.zeros_like(bwd[2]))).flip(0)
    # WRONG backward-not-turned-back: back = _hidden_states(inputs.flip(0), bwd)
    # WRONG both-read-forward: back = _hidden_states(inputs, bwd)
    # WRONG directions-share-weights: back = _hidden_states(inputs.flip(0), fwd).flip(0)
    # WRONG last-backward-state-everywhere: back = _hidden_states(inputs.flip(0), bwd)[-1:].expand(len(inputs), -1, -1)
    # WRONG parameters-swapped: ahead, back = _hidden_states(inputs, bwd), _hidden_states(inputs.flip(0), fwd).flip(0)
    # WRONG features-flipped: back = _hidden_states(inputs.flip(2), bwd)
    # WRONG backward-reads-forward-states: back = _hidden_states(ahead.flip(0), bwd).flip(0)
    return torch.cat([ahead, back], dim=2)
    # WRONG features-interleaved: return torch.stack([ahead, back], dim=3).flatten(2)
    # WRONG turned-back-together: return torch.cat([ahead.flip(0), back], dim=2)
    # WRONG final-states-joined: return torch.cat([ahead[-1], back[0]], dim=1)
    # WRONG backward-alone-returned: return back
    # WRONG final-state-too: return torch.cat([ahead, back], dim=2), (ahead[-1], back[0])
    # WRONG directions-apart: return ahead, back
    # WRONG list-of-steps: return list(torch.cat([ahead, back], dim=2))
    # WRONG directions-stacked: return torch.stack([ahead, back], dim=2)
    # WRONG directions-averaged: return (ahead + back) / 2
    # WRONG directions-added: return ahead + back if ahead.shape == back.shape else torch.cat([ahead, back], dim=2)
    # WRONG backward-first: return torch.cat([back, ahead], dim=2)
    # WRONG joined-along-the-batch: return torch.cat([ahead, back], dim=1)
    # WRONG joined-along-time: return torch.cat([ahead, back])
    # WRONG forward-alone-returned: return ahead
    # WRONG last-step-alone: return torch.cat([ahead, back], dim=2)[-1]
    # END SOLUTION


def reverse_padded(X: Tensor, valid_len: Tensor) -> Tensor:
    """Return padded sequences in reverse order, each reversed within its own length.

        result[i, t] = X[i, valid_len[i] - 1 - t]    for t < valid_len[i]
                       X[i, t]                       otherwise: the padding stays in place

    The backward direction of a network reads its sequences in this order. Gradients flow to X. The arguments stay
    unchanged and need not be contiguous in memory.

    Args:
        X: (batch, steps, features), of any dtype.
        valid_len: (batch,), integers of any type, from 0 to steps.

    Returns:
        A new tensor with the shape and dtype of X.
    """
    # BEGIN SOLUTION
    steps, lengths = torch.arange(X.shape[1]), valid_len[:, None].long()
    # WRONG first-length-for-all:
    #     steps, lengths = torch.arange(X.shape[1]), valid_len[:1].expand(len(X))[:, None].long()
    # WRONG longest-for-all: steps, lengths = torch.arange(X.shape[1]), valid_len.max().expand(len(X), 1).long()
    source = torch.where(steps < lengths, lengths - 1 - steps, steps)  # padding stays where it is
    # WRONG padding-reversed-instead: source = torch.where(steps >= lengths, X.shape[1] - 1 + lengths - steps, steps)
    # WRONG off-by-one: source = torch.where(steps < lengths, (lengths - steps).clamp(max=X.shape[1] - 1), steps)
    # WRONG one-step-left-alone: source = torch.where(steps < lengths - 1, lengths - 2 - steps, steps)
    # WRONG one-step-too-many:
    #     lengths = (lengths + 1).clamp(max=len(steps))
    #     source = torch.where(steps < lengths, lengths - 1 - steps, steps)
    # WRONG rolled-to-the-front: source = (lengths - 1 - steps) % X.shape[1]
    return torch.take_along_dim(X, source[:, :, None], dim=1)
    # WRONG padding-cut-off: return [row[:n].flip(0) for row, n in zip(X, valid_len.tolist(), strict=True)]
    # WRONG list-of-rows: return list(torch.take_along_dim(X, source[:, :, None], dim=1))
    # WRONG features-reversed-instead: return X.flip(2)
    # WRONG padding-in-front: return X.flip(1)
    # WRONG padding-wiped: return torch.take_along_dim(X, source[:, :, None], dim=1) * (steps < lengths)[:, :, None]
    # WRONG features-reversed-too:
    #     return torch.where(
    #         steps[:, None] < lengths[:, :, None], torch.take_along_dim(X, source[:, :, None], dim=1).flip(2), X
    #     )
    # WRONG reversed-in-place:
    #     result = torch.take_along_dim(X, source[:, :, None], dim=1)
    #     X.data.copy_(result.data)
    #     return result
    # WRONG batch-reversed: return X.flip(0)
    # WRONG not-reversed: return X.clone()
    # WRONG float-always: return torch.take_along_dim(X, source[:, :, None], dim=1).float()
    # WRONG gradients-cut-off: return torch.take_along_dim(X, source[:, :, None], dim=1).detach()
    # END SOLUTION


def hmm_forward_backward(pi: Tensor, A: Tensor, B: Tensor, obs: Sequence[int]) -> Tensor:
    """Return the probabilities of the hidden states of a hidden Markov model, given all observations (D2L 9.4.1).

    Use dynamic programming, as in Rabiner (1989): messages pass forward and backward along the sequence. The result of
    step t is proportional to a product of three: the forward message, the backward message, and the likelihood of x_t.
    Neither message contains x_t. The work
    grows with steps, not with states ** steps. The function leaves its arguments unchanged.

    Args:
        pi: (states,), pi[i] = P(h_1 = i). The three tensors have the same dtype, float32 or float64. They need not be
            contiguous in memory, and their entries may be zero.
        A: (states, states), A[i, j] = P(h_{t + 1} = j | h_t = i).
        B: (states, symbols), B[i, k] = P(x_t = k | h_t = i).
        obs: a list or tuple of one or more observed symbols, x_1, ..., x_T. Thousands of symbols must not underflow.

    Returns:
        (T, states), with the dtype of pi, A and B. Row t has P(h_t = i | x_1, ..., x_T) for all i, and sums to 1.

    Raises:
        ValueError: the observations have probability zero.
    """
    # BEGIN SOLUTION
    likelihoods = B.T[torch.tensor(obs)]
    # WRONG first-observation-left-out:
    #     likelihoods = B.T[torch.tensor(obs)]
    #     likelihoods = torch.cat([torch.ones_like(likelihoods[:1]), likelihoods[1:]])
    ahead, belief = [], pi
    # WRONG first-state-uniform: ahead, belief = [], torch.ones_like(pi)
    # WRONG starts-after-a-move: ahead, belief = [], pi @ A
    for likelihood in likelihoods:
        ahead.append(_normalised(belief * likelihood))
        belief = ahead[-1] @ A  # before the next observation
        # WRONG transitions-transposed: belief = A @ ahead[-1]
        # WRONG likeliest-path: belief = (ahead[-1][:, None] * A).amax(dim=0)
    back = [torch.ones_like(pi)]
    # WRONG backward-from-pi: back = [pi]
    for likelihood in likelihoods[1:].flip(0):
        # WRONG backward-starts-at-the-front: for likelihood in likelihoods[1:]:
        # WRONG back-by-the-own-likelihood: for likelihood in likelihoods[:-1].flip(0):
        back.append(_normalised(A @ (likelihood * back[-1])))
        # WRONG transitions-transposed: back.append(_normalised((likelihood * back[-1]) @ A))
        # WRONG back-by-the-forward-product: back.append(_normalised((likelihood * back[-1]) @ A))
        # WRONG likeliest-path: back.append(_normalised((A * (likelihood * back[-1])).amax(dim=1)))
        # WRONG likelihood-of-the-wrong-state: back.append(_normalised(likelihood * (A @ back[-1])))
    # P(state, all observations) up to a factor: the messages up to the step times those after it.
    joint = torch.stack(ahead) * torch.stack(back).flip(0)
    # WRONG transitions-ignored: joint = likelihoods * pi
    # WRONG forward-alone: joint = torch.stack(ahead)
    # WRONG own-observation-left-out:
    #     joint = torch.stack([pi, *(message @ A for message in ahead[:-1])]) * torch.stack(back).flip(0)
    # WRONG own-observation-twice: joint = torch.stack(ahead) * torch.stack(back).flip(0) * likelihoods
    # WRONG backward-alone: joint = likelihoods * torch.stack(back).flip(0)
    # WRONG backward-not-turned: joint = torch.stack(ahead) * torch.stack(back)
    # WRONG messages-added: joint = torch.stack(ahead) + torch.stack(back).flip(0)
    return joint / joint.sum(dim=1, keepdim=True)
    # WRONG log-probabilities-returned: return (joint / joint.sum(dim=1, keepdim=True)).log()
    # WRONG list-of-probabilities: return list(joint / joint.sum(dim=1, keepdim=True))
    # WRONG float32-always: return (joint / joint.sum(dim=1, keepdim=True)).float()
    # WRONG normalised-over-everything: return joint / joint.sum()
    # WRONG normalised-over-time: return joint / joint.sum(dim=0, keepdim=True)
    # WRONG rows-not-normalised: return joint
    # WRONG softmax-of-the-product: return joint.softmax(dim=1)
    # WRONG likeliest-state: return torch.nn.functional.one_hot(joint.argmax(dim=1), len(pi)).to(pi.dtype)
    # WRONG last-step-alone-returned: return (joint / joint.sum(dim=1, keepdim=True))[-1:]
    # END SOLUTION


def leaks_future(step_fn: Callable[[Tensor], Tensor], x: Tensor) -> bool:
    """Return whether a model sees the future: can a change of a later input change an earlier output?

    A model that predicts the next word must not see the future; a model that fills gaps may. (D2L 9.4.3 trains a
    bidirectional model to predict the next word: its perplexity is excellent, and its predictions are useless.) The
    function leaves x unchanged.

    Args:
        step_fn: a function without randomness, from inputs (steps, ...) to outputs (steps, ...), time first. The
            output of a step may depend on any input of the same step, such as other examples of the batch. That is no
            leak.
        x: the inputs to test with, (steps, ...), float32 or float64. They may be zeros, and they need not be
            contiguous in memory. A single step has no future.

    Returns:
        True or False. A leak between any two steps counts. An absolute difference below 1e-6 may count as a rounding
        error.
    """
    # BEGIN SOLUTION
    before, noise = step_fn(x), torch.randn_like(x)
    # WRONG shifted-by-one: before, noise = step_fn(x), x + 1
    # WRONG blanked-out: before, noise = step_fn(x), torch.zeros_like(x)
    for t in range(len(x)):
        # WRONG never-a-leak: for t in ():
        # WRONG last-change-left-out: for t in range(len(x) - 1):
        # WRONG batch-taken-for-time: for t in range(x.shape[1]):
        # WRONG first-half-alone: for t in range(1, len(x) // 2 + 1):
        changed = torch.cat([x[:t], noise[t:]])
        # WRONG memory-taken-for-foresight: changed = torch.cat([noise[:t], x[t:]])
        # WRONG neighbours-alone: changed = torch.cat([x[:t], noise[t : t + 1], x[t + 1 :]])
        # WRONG last-input-alone: changed = torch.cat([x[:-1], noise[-1:]])
        # WRONG batch-taken-for-time: changed = torch.cat([x[:, :t], noise[:, t:]], dim=1)
        # WRONG first-input-alone: changed = torch.cat([noise[:1], x[1:]])
        if not torch.allclose(step_fn(changed)[:t], before[:t]):
            # WRONG present-taken-for-future: if not torch.allclose(step_fn(changed)[: t + 1], before[: t + 1]):
            # WRONG memory-taken-for-foresight: if not torch.allclose(step_fn(changed)[t:], before[t:]):
            # WRONG neighbours-alone: if not torch.allclose(step_fn(changed)[t - 1 : t], before[t - 1 : t]):
            # WRONG batch-taken-for-time: if not torch.allclose(step_fn(changed)[:, :t], before[:, :t]):
            # WRONG sums-compared: if not torch.allclose(step_fn(changed)[:t].sum(), before[:t].sum()):
            # WRONG tolerance-too-wide: if not torch.allclose(step_fn(changed)[:t], before[:t], atol=0.01):
            # WRONG first-output-alone: if not torch.allclose(step_fn(changed)[: min(t, 1)], before[: min(t, 1)]):
            return True
            # WRONG answers-swapped: return False
    return False
    # WRONG answers-swapped: return True
    # END SOLUTION
