"""ch55 Recurrent networks from scratch.

D2L section 8.5 (chapter_recurrent-neural-networks/rnn-scratch.md).
"""

import math
import time
from collections.abc import Callable, Iterable, Sequence
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# GIVEN ch09: Accumulator
# GIVEN ch23: Timer


# Given, not exercises: helpers of the book's notebooks.
class RNNModelScratch:
    """A language model made of three functions, such as your first three exercises (D2L 8.5.3)."""

    def __init__(
        self,
        vocab_size: int,
        num_hiddens: int,
        device: torch.device,
        get_params: Callable[..., list[Tensor]],
        init_state: Callable[..., tuple[Tensor, ...]],
        forward_fn: Callable[..., Any],
    ) -> None:
        self.vocab_size, self.num_hiddens = vocab_size, num_hiddens
        self.params = get_params(vocab_size, num_hiddens, device)
        self.init_state, self.forward_fn = init_state, forward_fn

    def __call__(self, X: Tensor, state: Any) -> Any:
        """Return (logits, state) for word indices X, (batch, steps)."""
        inputs = F.one_hot(X.T, self.vocab_size).float()
        return self.forward_fn(inputs, state, self.params)

    def begin_state(self, batch_size: int, device: torch.device) -> Any:
        return self.init_state(batch_size, self.num_hiddens, device)


d2l = SimpleNamespace(
    zeros=torch.zeros,
    reshape=torch.reshape,
    tensor=torch.tensor,
    size=torch.numel,
    Accumulator=Accumulator,
    Timer=Timer,
    RNNModelScratch=RNNModelScratch,
)


def get_params(vocab_size: int, num_hiddens: int, device: torch.device) -> list[Tensor]:
    """Return new parameters of a recurrent language model: a recurrent layer and a linear output layer (D2L 8.5.2).

    Weights are drawn independently from a normal distribution with mean 0 and standard deviation 0.01. Biases are
    zeros.

    Args:
        vocab_size: the size of the inputs (one-hot vectors) and of the outputs (logits).
        num_hiddens: the size of the hidden state.
        device: the device of the parameters.

    Returns:
        Five leaf tensors that require gradients, in this order:

            W_xh (vocab_size, num_hiddens), W_hh (num_hiddens, num_hiddens), b_h (num_hiddens,)    the hidden state
            W_hq (num_hiddens, vocab_size), b_q (vocab_size,)                                      the output
    """
    # BEGIN SOLUTION
    params = []

    def normal(rows: int, columns: int) -> Tensor:
        return 0.01 * torch.randn(rows, columns, device=device)
        # WRONG gradient-asked-before-scaling:
        #     return 0.01 * torch.randn(rows, columns, device=device, requires_grad=True)
        # WRONG weights-not-scaled: return torch.randn(rows, columns, device=device)
        # WRONG weights-uniform: return 0.01 * torch.rand(rows, columns, device=device)
        # WRONG device-ignored: return 0.01 * torch.randn(rows, columns)
        # WRONG weights-transposed: return 0.01 * torch.randn(columns, rows, device=device)
        # WRONG variance-for-the-deviation: return 0.1 * torch.randn(rows, columns, device=device)

    def zeros(columns: int) -> Tensor:
        return torch.zeros(columns, device=device)
        # WRONG biases-of-ones: return torch.ones(columns, device=device)
        # WRONG biases-drawn: return 0.01 * torch.randn(columns, device=device)
        # WRONG device-ignored: return torch.zeros(columns)
        # WRONG biases-with-an-axis-of-one: return torch.zeros(1, columns, device=device)

    params += [normal(vocab_size, num_hiddens), normal(num_hiddens, num_hiddens), zeros(num_hiddens)]
    # WRONG biases-last: params += [normal(vocab_size, num_hiddens), normal(num_hiddens, num_hiddens)]
    params += [normal(num_hiddens, vocab_size), zeros(vocab_size)]
    # WRONG hidden-layer-alone: pass
    # WRONG output-bias-as-long-as-the-hidden-state: params += [normal(num_hiddens, vocab_size), zeros(num_hiddens)]
    # WRONG biases-last: params += [normal(num_hiddens, vocab_size), zeros(num_hiddens), zeros(vocab_size)]
    for param in params:
        param.requires_grad_()  # after the scaling, so that all of them are leaves
        # WRONG no-gradients-asked: pass
    return params
    # END SOLUTION


def init_rnn_state(batch_size: int, num_hiddens: int, device: torch.device) -> tuple[Tensor]:
    """Return the state before the first step (D2L 8.5.3).

    Returns:
        A tuple of one tensor: zeros, (batch_size, num_hiddens), on the device. It is a tuple because an LSTM has two
        tensors: the same training loop then works for both.
    """
    # BEGIN SOLUTION
    H = torch.zeros(batch_size, num_hiddens, device=device)
    # WRONG state-of-ones: H = torch.ones(batch_size, num_hiddens, device=device)
    # WRONG one-row-for-all: H = torch.zeros(1, num_hiddens, device=device)
    # WRONG sizes-of-the-state-swapped: H = torch.zeros(num_hiddens, batch_size, device=device)
    # WRONG state-with-a-layer-axis: H = torch.zeros(1, batch_size, num_hiddens, device=device)
    # WRONG state-drawn: H = 0.01 * torch.randn(batch_size, num_hiddens, device=device)
    # WRONG state-on-the-cpu: H = torch.zeros(batch_size, num_hiddens)
    return (H,)
    # WRONG state-of-an-lstm: return H, H.clone()
    # WRONG no-tuple: return (H)
    # END SOLUTION


def rnn(inputs: Tensor, state: tuple[Tensor], params: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor]]:
    """Return the outputs and the last state of a recurrent layer on a sequence (Elman, 1990; D2L 8.4.2 and 8.5.3).

        H = tanh(X @ W_xh + H @ W_hh + b_h)
        Y = H @ W_hq + b_q

    The first line computes the new H from the H of the step before. Leaves its arguments unchanged. Works in float32
    and float64; tensors may be non-contiguous. Large inputs cause no overflow. Gradients flow back through all
    steps to inputs, state and params.

    Args:
        inputs: (steps, batch, vocab_size), time first: one-hot vectors or any other vectors.
        state: (H,), with H (batch, num_hiddens).
        params: five tensors, in the order of `get_params`.

    Returns:
        The outputs, (steps * batch, vocab_size), and the state (H,) after the last step. The rows of the outputs are
        those of the first step, one for each sequence, then those of the second step, and so on.
    """
    # BEGIN SOLUTION
    W_xh, W_hh, b_h, W_hq, b_q = params
    (H,) = state
    # WRONG starts-from-zero: H = torch.zeros_like(state[0])
    outputs = []
    for X in inputs:
        # WRONG last-step-first: for X in inputs.flip(0):
        # WRONG loops-over-sequences: for X in inputs.transpose(0, 1):
        H = torch.tanh(X @ W_xh + H @ W_hh + b_h)
        # WRONG bias-outside-tanh: H = torch.tanh(X @ W_xh + H @ W_hh) + b_h
        # WRONG tanh-of-the-state-alone: H = X @ W_xh + torch.tanh(H @ W_hh) + b_h
        # WRONG output-from-the-old-state:
        #     outputs.append(H @ W_hq + b_q)
        #     H = torch.tanh(X @ W_xh + H @ W_hh + b_h)
        # WRONG sigmoid-for-tanh: H = torch.sigmoid(X @ W_xh + H @ W_hh + b_h)
        # WRONG state-detached-at-each-step:
        #     H = H.detach()
        #     H = torch.tanh(X @ W_xh + H @ W_hh + b_h)
        # WRONG every-step-from-the-first-state: H = torch.tanh(X @ W_xh + state[0] @ W_hh + b_h)
        # WRONG state-not-used: H = torch.tanh(X @ W_xh + b_h)
        # WRONG hidden-bias-forgotten: H = torch.tanh(X @ W_xh + H @ W_hh)
        # WRONG no-tanh: H = X @ W_xh + H @ W_hh + b_h
        # WRONG relu-for-tanh: H = torch.relu(X @ W_xh + H @ W_hh + b_h)
        # WRONG W_hh-transposed: H = torch.tanh(X @ W_xh + H @ W_hh.T + b_h)
        outputs.append(H @ W_hq + b_q)
        # WRONG hidden-states-for-outputs: outputs.append(H)
        # WRONG output-from-the-old-state:
        # WRONG output-bias-forgotten: outputs.append(H @ W_hq)
        # WRONG tanh-of-outputs: outputs.append(torch.tanh(H @ W_hq + b_q))
        # WRONG probabilities: outputs.append(torch.softmax(H @ W_hq + b_q, dim=1))
    return torch.cat(outputs), (H,)
    # WRONG outputs-alone: return torch.cat(outputs)
    # WRONG outputs-side-by-side: return torch.cat(outputs, dim=1), (H,)
    # WRONG outputs-in-a-list: return outputs, (H,)
    # WRONG outputs-sequence-by-sequence: return torch.stack(outputs, dim=1).flatten(0, 1), (H,)
    # WRONG first-state-returned: return torch.cat(outputs), state
    # WRONG state-without-tuple: return torch.cat(outputs), H
    # WRONG outputs-stacked: return torch.stack(outputs), (H,)
    # WRONG last-output-only: return outputs[-1], (H,)
    # WRONG results-swapped: return (H,), torch.cat(outputs)
    # END SOLUTION


def predict_ch8(prefix: str, num_preds: int, net: Any, vocab: Any, device: torch.device) -> str:
    """Continue a text, character by character (D2L 8.5.4).

    First the net warms up: it reads all characters of the prefix except the last, only to update its state. Then it
    reads the last character and predicts the next character: the one with the largest logit. It reads each prediction
    to make the next. The net reads each character once, in the state after the character before. It does not read the
    last prediction.

    Args:
        prefix: one or more characters.
        num_preds: the number of characters to add, 0 or more.
        net: `net.begin_state(batch_size=1, device=device)` returns the first state. `net(X, state)` returns
            (logits, new state) for one character: X is its index, (1, 1), of dtype long, on the device; logits are
            (1, vocab_size).
        vocab: `vocab[character]` is an index. `vocab.idx_to_token[index]` is a character, or "<unk>" for the index of
            all unknown characters.
        device: the device of the inputs and of the first state.

    Returns:
        The prefix and the predictions in vocab's spelling: an unknown character becomes "<unk>".
    """
    # BEGIN SOLUTION
    indices = [vocab[character] for character in prefix]
    # WRONG warm-up-predicts:
    #     indices = [vocab[prefix[0]]]
    #     num_preds += len(prefix) - 1
    with torch.no_grad():
        state = net.begin_state(batch_size=1, device=device)
        for index in indices[:-1]:
            # WRONG last-character-read-twice: for index in indices:
            # WRONG warm-up-skipped: for index in []:
            # WRONG first-character-not-read: for index in indices[1:-1]:
            # WRONG first-character-skipped-last-twice: for index in indices[1:]:
            _, state = net(torch.tensor([[index]], device=device), state)
            # WRONG warm-up-not-appended: _, state = net(torch.tensor([[indices[0]]], device=device), state)
            # WRONG warm-up-forgotten: _, _ = net(torch.tensor([[index]], device=device), state)
            # WRONG inputs-on-the-cpu: _, state = net(torch.tensor([[index]]), state)
            # WRONG input-without-axes: _, state = net(torch.tensor([index], device=device), state)
            # WRONG whole-prefix-at-once, 2 lines:
            #     if len(indices) > 1:
            #         _, state = net(torch.tensor([indices[:-1]], device=device), state)
        for _ in range(num_preds):
            # WRONG warm-up-not-appended:
            #     indices = indices[:1]
            #     for _ in range(num_preds):
            # WRONG one-prediction-too-many: for _ in range(num_preds + 1):
            # WRONG one-prediction-too-few: for _ in range(num_preds - 1):
            logits, state = net(torch.tensor([[indices[-1]]], device=device), state)
            # WRONG state-stands-still: logits, _ = net(torch.tensor([[indices[-1]]], device=device), state)
            # WRONG reads-the-prefix-only:
            #     logits, state = net(torch.tensor([[indices[len(prefix) - 1]]], device=device), state)
            # WRONG inputs-on-the-cpu: logits, state = net(torch.tensor([[indices[-1]]]), state)
            # WRONG input-without-axes: logits, state = net(torch.tensor([indices[-1]], device=device), state)
            # WRONG new-state-for-each-prediction:
            #     logits, _ = net(
            #         torch.tensor([[indices[-1]]], device=device), net.begin_state(batch_size=1, device=device)
            #     )
            indices.append(logits.argmax().item())
            # WRONG argmax-over-the-batch: indices.append(logits.argmax(dim=0).item())
            # WRONG least-likely-character: indices.append(logits.argmin().item())
    return "".join(vocab.idx_to_token[index] for index in indices)
    # WRONG prefix-twice: return prefix + "".join(vocab.idx_to_token[index] for index in indices)
    # WRONG last-prediction-read:
    #     with torch.no_grad():
    #         net(torch.tensor([[indices[-1]]], device=device), state)
    #     return "".join(vocab.idx_to_token[index] for index in indices)
    # WRONG indices-returned: return indices
    # WRONG prefix-left-out: return "".join(vocab.idx_to_token[index] for index in indices[len(prefix) :])
    # WRONG list-of-characters: return [vocab.idx_to_token[index] for index in indices]
    # WRONG spaces-between-characters: return " ".join(vocab.idx_to_token[index] for index in indices)
    # WRONG prefix-as-typed: return prefix + "".join(vocab.idx_to_token[index] for index in indices[len(prefix) :])
    # END SOLUTION


def grad_clipping(net: Any, theta: float) -> None:
    """Scale the gradient down if it is too long (Pascanu, Mikolov and Bengio, 2013; D2L 8.5.5).

        g <- min(1, theta / |g|) * g

    The vector g holds the gradients of all parameters, and |g| is its L2 norm. The direction of g does not change, and
    a gradient of length theta or less stays as it is, even if it is zero. The function changes gradients in place: each
    `.grad` remains the same tensor. The parameters do not change. Gradients may be float32 or float64, and
    non-contiguous.

    Frozen parameters of a module do not require gradients and have none: skip them. Bonus (no points): skip parameters
    that require gradients but have none, such as those of a layer that was not used. (The book's code fails there.)

    Args:
        net: an nn.Module, or an object whose `net.params` is a list of tensors. A module may have frozen parameters.
        theta: the maximum length, above 0.
    """
    # BEGIN SOLUTION
    params = net.parameters() if isinstance(net, nn.Module) else net.params
    # WRONG new-tensors: params = list(net.parameters() if isinstance(net, nn.Module) else net.params)
    # WRONG modules-not-expected: params = net.params
    grads = [param.grad for param in params if param.grad is not None]
    # WRONG frozen-parameters-squared: grads = [param.grad for param in params]
    norm = torch.sqrt(sum((grad**2).sum() for grad in grads))
    # WRONG longest-gradient-for-the-norm: norm = torch.stack([grad.norm() for grad in grads]).max()
    # WRONG norms-added: norm = torch.stack([grad.norm() for grad in grads]).sum()
    # WRONG root-forgotten: norm = sum((grad**2).sum() for grad in grads)
    # WRONG l1-norm: norm = sum(grad.abs().sum() for grad in grads)
    # WRONG largest-number-for-the-norm: norm = torch.stack([grad.abs().max() for grad in grads]).max()
    # WRONG squares-averaged: norm = torch.sqrt(sum((grad**2).mean() for grad in grads))
    # WRONG norm-of-the-parameters:
    #     norm = torch.sqrt(
    #         sum(
    #             (param.detach() ** 2).sum()
    #             for param in (net.parameters() if isinstance(net, nn.Module) else net.params)
    #         )
    #     )
    scale = (theta / norm).clamp(max=1)
    # WRONG norm-forgotten: scale = torch.where(norm > theta, theta, 1.0)
    # WRONG never-clipped: scale = (theta / norm).clamp(min=1, max=1)
    # WRONG comparison-reversed: scale = (theta / norm).clamp(min=1)
    # WRONG short-ones-stretched: scale = theta / norm
    # WRONG each-by-itself, 2 lines:
    # WRONG values-clamped, 2 lines:
    # WRONG always-to-length-1: scale = torch.where(norm > theta, 1 / norm, 1.0)
    # WRONG stretched-instead: scale = (norm / theta).clamp(min=1)
    for grad in grads:
        # WRONG new-tensors: for param in params:
        grad *= scale
        # WRONG set-to-theta: grad.fill_(theta) if scale < 1 else grad.mul_(1)
        # WRONG each-by-itself: grad *= (theta / grad.norm()).clamp(max=1)
        # WRONG values-clamped: grad.clamp_(-theta, theta)
        # WRONG new-tensors: param.grad = None if param.grad is None else param.grad * scale
    # END SOLUTION


# BEGIN SOLUTION


def _detached(state: Any) -> Any:
    """The same state, a tensor or a tuple of tensors, cut off from its computation graph."""
    return state.detach() if isinstance(state, Tensor) else tuple(part.detach() for part in state)


# END SOLUTION


def train_epoch_ch8(
    net: Any,
    train_iter: Iterable[tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor], Tensor],
    updater: torch.optim.Optimizer | Callable[..., None],
    device: torch.device,
    use_random_iter: bool,
) -> tuple[float, float]:
    """Train a language model for one epoch, with your `grad_clipping` (D2L 8.5.6).

    Minibatches of a sequential iterator follow each other in the text. Each starts from the last state of the minibatch
    before, but no gradient flows back into that minibatch. Minibatches of a random iterator are unrelated. Each starts
    from a new state.

    For each minibatch, compute the predictions and the mean of their losses, run the backward pass, clip the gradients
    at 1, and update. With a torch.optim.Optimizer, call zero_grad() before the backward pass and step() after clipping.
    Call any other updater as updater(batch_size=1): the loss is already a mean, and this updater clears the gradients
    itself. The net may be float32 or float64.

    Args:
        net: an nn.Module, or an object with `params`. `net.begin_state(batch_size=n, device=device)` returns a new
            state. `net(X, state)` returns (logits, new state), with logits (steps * batch, vocab_size), time first, as
            in `rnn`. A state is a tuple of tensors (yours, or an LSTM's) or a single tensor (a GRU module's).
        train_iter: pairs (X, Y) of minibatches of integers, each (batch, steps): the tokens, and the tokens after them.
            They may be non-contiguous, and Y may have any integer dtype. The iterator may be readable only once.
        loss: `loss(logits, labels)` returns the loss of each token, (steps * batch,), or their mean. It needs labels of
            dtype long.
        updater: changes the parameters.
        device: X and Y are moved to this device with `to`, and new states are made there.
        use_random_iter: whether train_iter is a random iterator.

    Returns:
        (perplexity, speed), each a Python float. The perplexity is exp of the mean loss per token of the epoch,
        measured
        during training: every token has the same weight. The speed is in tokens per second.
    """
    # BEGIN SOLUTION
    state, timer, totals = None, Timer(), Accumulator(2)  # loss, tokens
    # WRONG batches-weighed-alike: state, timer, totals = None, Timer(), Accumulator(3)  # loss, tokens
    for X, Y in train_iter:
        if state is None or use_random_iter:
            # WRONG always-a-new-state: if True:
            # WRONG random-ones-continued: if state is None:
            state = net.begin_state(batch_size=X.shape[0], device=device)
            # WRONG state-of-one-sequence: state = net.begin_state(batch_size=1, device=device)
        else:
            state = _detached(state)  # the values go on, the graph does not
            # WRONG graph-kept: pass
            # WRONG state-not-detached: pass
            # WRONG tuple-taken-for-a-tensor: state = state.detach()
            # WRONG gru-state-taken-for-a-tuple: state = tuple(part.detach() for part in state)
        X, y = X.to(device), Y.to(device).T.flatten().long()
        # WRONG inputs-for-labels: X, y = X.to(device), X.to(device).T.flatten().long()
        # WRONG labels-sequence-by-sequence: X, y = X.to(device), Y.to(device).flatten().long()
        # WRONG batches-left-where-they-are: X, y = X, Y.T.flatten().long()
        # WRONG labels-not-long: X, y = X.to(device), Y.to(device).T.flatten()
        logits, state = net(X, state)
        mean_loss = loss(logits, y).mean()
        # WRONG losses-summed: mean_loss = loss(logits, y).sum()
        if isinstance(updater, torch.optim.Optimizer):
            updater.zero_grad()
            # WRONG gradients-not-cleared: pass
        mean_loss.backward()
        # WRONG trained-towards-a-larger-loss: (-mean_loss).backward()
        # WRONG graph-kept: mean_loss.backward(retain_graph=True)
        grad_clipping(net, 1)
        # WRONG clipping-forgotten:
        if isinstance(updater, torch.optim.Optimizer):
            updater.step()
            # WRONG optimizer-called-as-a-function: updater(batch_size=1)
            # WRONG parameters-not-updated: pass
        else:
            updater(batch_size=1)
            # WRONG divided-by-the-batch-again: updater(batch_size=len(X))
            # WRONG parameters-not-updated: pass
        totals.add(mean_loss.item() * len(y), len(y))
        # WRONG mean-of-perplexities: totals.add(math.exp(mean_loss.item()) * len(y), len(y))
        # WRONG batches-weighed-alike: totals.add(mean_loss.item(), len(y), 1)
        # WRONG weighed-by-sequences: totals.add(mean_loss.item() * len(X), len(X))
        # WRONG mean-losses-over-tokens: totals.add(mean_loss.item(), len(y))
    return math.exp(totals[0] / totals[1]), totals[1] / timer.stop()
    # WRONG perplexity-alone: return math.exp(totals[0] / totals[1])
    # WRONG loss-as-a-log-probability: return math.exp(-totals[0] / totals[1]), totals[1] / timer.stop()
    # WRONG mean-of-perplexities: return totals[0] / totals[1], totals[1] / timer.stop()
    # WRONG last-perplexity: return math.exp(mean_loss.item()), totals[1] / timer.stop()
    # WRONG perplexity-of-the-sum: return math.exp(totals[0]), totals[1] / timer.stop()
    # WRONG loss-for-perplexity: return totals[0] / totals[1], totals[1] / timer.stop()
    # WRONG batches-weighed-alike: return math.exp(totals[0] / totals[2]), totals[1] / timer.stop()
    # WRONG seconds-for-speed: return math.exp(totals[0] / totals[1]), timer.stop()
    # WRONG perplexity-of-2: return 2 ** (totals[0] / totals[1]), totals[1] / timer.stop()
    # END SOLUTION
