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
# Given, not exercises: helpers of the book's notebook. They are in d2l, too, as in the book.
class Timer:
    """Measure the times between start() and stop() in seconds (D2L 3.1). sum() adds them up."""

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
    raise NotImplementedError  # write your code here


def init_rnn_state(batch_size: int, num_hiddens: int, device: torch.device) -> tuple[Tensor]:
    """Return the state before the first step (D2L 8.5.3).

    Returns:
        A tuple of one tensor: zeros, (batch_size, num_hiddens), on the device. It is a tuple because an LSTM has two
        tensors: the same training loop then works for both.
    """
    raise NotImplementedError  # write your code here


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

    Write it from scratch, without ready-made recurrent layers (nn.RNN, nn.GRU, nn.LSTM, their cells, ...).
    """
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here


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
    raise NotImplementedError  # write your code here
