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


# Given, not an exercise.
class Accumulator:
    """Accumulate n sums (D2L 3.6): add(a, b, ...) adds a number to each sum, and self[i] is the i-th sum."""

    def __init__(self, n: int) -> None:
        self.data = [0.0] * n

    def add(self, *numbers: float) -> None:
        for i, number in enumerate(numbers):
            self.data[i] += float(number)

    def reset(self) -> None:
        self.data = [0.0] * len(self.data)

    def __getitem__(self, i: int) -> float:
        return self.data[i]


# Given, not an exercise.
class Timer:
    """Times between start() and stop(), in seconds (D2L 3.1); sum() adds them up."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.start()

    def start(self) -> None:
        self.begun = time.perf_counter()

    def stop(self) -> float:
        self.times.append(time.perf_counter() - self.begun)
        return self.times[-1]

    def sum(self) -> float:
        return sum(self.times)


# Given, not exercises: what the book's notebooks have at hand.
class RNNModelScratch:
    """A language model made of three functions such as the first three exercises (D2L 8.5.3)."""

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
        """(logits, state) for word indices X, (batch, steps)."""
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
    """The parameters of a recurrent language model: a recurrent layer, then a linear one (D2L 8.5.2).

    Weights are drawn from a normal distribution with mean 0 and standard deviation 0.01; biases are zeros.

    Args:
        vocab_size: inputs are one-hot vectors and outputs are logits, so both have this size.
        num_hiddens: the size of the hidden state.
        device: where the parameters are to live.

    Returns:
        Five leaf tensors that require gradients, in this order:

            W_xh (vocab_size, num_hiddens), W_hh (num_hiddens, num_hiddens), b_h (num_hiddens,)    the hidden state
            W_hq (num_hiddens, vocab_size), b_q (vocab_size,)                                      the output
    """
    raise NotImplementedError  # write your code here


def init_rnn_state(batch_size: int, num_hiddens: int, device: torch.device) -> tuple[Tensor]:
    """The state before the first step (D2L 8.5.3).

    Returns:
        A tuple of one tensor: zeros, (batch_size, num_hiddens), on the device. (An LSTM's tuple has two; a training
        loop that passes on tuples works with both.)
    """
    raise NotImplementedError  # write your code here


def rnn(inputs: Tensor, state: tuple[Tensor], params: Sequence[Tensor]) -> tuple[Tensor, tuple[Tensor]]:
    """A recurrent layer over a whole sequence, with its outputs (Elman, 1990; D2L 8.4.2 and 8.5.3).

        H = tanh(X @ W_xh + H @ W_hh + b_h)
        Y = H @ W_hq + b_q

    On the right of the first line stands the H of the step before.

    Args:
        inputs: (steps, batch, vocab_size), time first: one-hot vectors, or any others.
        state: (H,), with H (batch, num_hiddens).
        params: five tensors, in the order of `get_params`.

    Returns:
        The outputs of all steps one below the other, (steps * batch, vocab_size): first those of the whole batch at
        the first step; and (H,) after the last step.

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


def predict_ch8(prefix: str, num_preds: int, net: Any, vocab: Any, device: torch.device) -> str:
    """Continue a text, character by character (D2L 8.5.4).

    First the net warms up: it reads the prefix, all but its last character, for the sake of its state alone. Then it
    reads that last character and, one after the other, its own predictions: each time the likeliest character.

    Args:
        prefix: one or more characters.
        num_preds: how many characters to add, from 0 on.
        net: `net.begin_state(batch_size=1, device=device)` is the first state; `net(X, state)` gives (logits, new
            state) for one character. X is its index, (1, 1), of dtype long, on the device; logits are (1, vocab_size).
        vocab: vocab[character] is an index; vocab.idx_to_token[index] a character, or "<unk>" for the index that all
            unknown characters have.
        device: where inputs and first state are made.

    Returns:
        The prefix and the predictions, as vocab spells them: an unknown character has become "<unk>".
    """
    raise NotImplementedError  # write your code here


def grad_clipping(net: Any, theta: float) -> None:
    """Shorten the gradient where it is too long (Pascanu, Mikolov and Bengio, 2013; D2L 8.5.5).

        g <- min(1, theta / |g|) * g

    g has the gradients of all parameters in one vector, and |g| is its L2 norm: its direction stays as it is. The
    gradients are changed in place: each `.grad` remains the tensor that it was.

    Args:
        net: an nn.Module, some of whose parameters may be frozen (those do not require gradients, and have none); or
            anything with `net.params`, a list of tensors. A layer that was not used has no gradient, either, and is
            left alone. (The book's code fails there; the check of it costs no points.)
        theta: the greatest length to leave, above 0.

    Write it from scratch, without ready-made gradient clipping (nn.utils.clip_grad_norm_, ...).
    """
    raise NotImplementedError  # write your code here


def train_epoch_ch8(
    net: Any,
    train_iter: Iterable[tuple[Tensor, Tensor]],
    loss: Callable[[Tensor, Tensor], Tensor],
    updater: torch.optim.Optimizer | Callable[..., None],
    device: torch.device,
    use_random_iter: bool,
) -> tuple[float, float]:
    """Train a language model for one epoch (D2L 8.5.6), on top of your `grad_clipping`.

    Minibatches of a sequential iterator continue each other: the state after one is the first of the next, but no
    gradient flows back from one into the other. Those of a random iterator have nothing to do with each other, and
    each starts from a new state.

    Every minibatch takes predictions, the mean of their losses, a backward pass, gradients clipped at 1, and an
    update. A torch.optim.Optimizer clears the gradients before and steps; any other updater is called with
    batch_size=1 (the loss is a mean already) and clears the gradients itself.

    Args:
        net: an nn.Module, or anything with `params`. `net.begin_state(batch_size=n, device=device)` is a new state;
            `net(X, state)` gives (logits, new state) with logits (steps * batch, vocab_size), time first, as `rnn`
            does. The state is a tuple of tensors (yours, an LSTM's), or one tensor (a GRU module's).
        train_iter: pairs (X, Y) of minibatches, (batch, steps) each, of integers: what is read, and what comes next.
            It may be read only once.
        loss: (logits, labels) -> the loss of each token, (steps * batch,), or their mean. It wants labels of dtype
            long.
        updater: changes the parameters.
        device: where X, Y and new states are to be.
        use_random_iter: whether train_iter is a random one.

    Returns:
        (perplexity, speed) as Python floats. The perplexity is exp of the mean loss per token of the epoch, measured
        as training went on; the speed is in tokens per second.
    """
    raise NotImplementedError  # write your code here
