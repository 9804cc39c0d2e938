"""What a chapter's suite imports besides torch and pytest; the fixtures are in `dlgrade.judge.plugin`."""

from __future__ import annotations

import math
import statistics
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import cloudpickle
import pytest
import torch
from torch.overrides import TorchFunctionMode

from dlgrade.judge.batches import Batches
from dlgrade.judge.compare import Comparison, Tolerance, describe
from dlgrade.judge.reasons import Unmet, from_difference
from dlgrade.results.report import Verdict
from dlgrade.text import both

__all__ = [
    "LETTERS", "Batches", "Sketch", "accuracy", "as_tokens", "bleu", "close", "descend", "draw_int", "expect", "filled",
    "gradients", "learn_to_translate", "learned", "parameter_gradients", "perplexity", "raises", "set_parameters",
    "shuffled", "sizes", "to_grid", "translate", "unseen", "varied_matrices", "vocabularies", "windows",
    "with_gradients", "words", "written_from_scratch",
]  # fmt: skip

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # a worker has no access to this module

# For probes: these travel with the probe and run where the implementation is.


def raises(action: Callable[[], Any], kind: type[Exception]) -> bool:
    """Whether the action raises this kind of exception. Code that is not written yet stays visible as such.

    >>> agree(lambda impl: raises(lambda: impl.group_norm(X, 5), ValueError))
    """
    try:
        action()
    except kind as error:
        if isinstance(error, NotImplementedError):
            raise
        return True
    return False


def gradients(function: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> list[torch.Tensor | None]:
    """The gradients of a weighted sum of function(*inputs), a tensor, with respect to each input.

    The weights differ between elements: a plain sum would hide gradients that cancel, as those of a softmax do.
    """
    inputs = tuple(x.clone().requires_grad_() for x in inputs)
    output = function(*inputs)
    weights = torch.arange(output.numel(), dtype=output.dtype).reshape(output.shape).sin()
    (output * weights).sum().backward()
    return [x.grad for x in inputs]


def parameter_gradients(module: torch.nn.Module) -> dict[str, torch.Tensor | None]:
    """The gradient of every parameter of a module, by name, after a backward pass."""
    return {name: parameter.grad for name, parameter in sorted(module.named_parameters())}


def with_gradients(params: list[torch.Tensor]) -> list[tuple[torch.Tensor, torch.Tensor | None]]:
    """Each parameter, and its gradient of half the sum of all squares: the parameter once more, if it can learn."""
    if all(p.requires_grad for p in params):
        half: Any = sum(p.square().sum() / 2 for p in params)
        half.backward()
    return [(p, p.grad if p.is_leaf else None) for p in params]


def set_parameters(module: torch.nn.Module, seed: int, scale: float = 0.5) -> torch.nn.Module:
    """Give every parameter of a module normal values drawn from the seed and the parameter's name; return the module.

    Two modules with parameters of the same names and shapes get the same values, in whichever order they made them.
    """
    for name, parameter in module.named_parameters():
        generator = torch.Generator().manual_seed(zlib.crc32(f"{seed}:{name}".encode()))
        parameter.data = scale * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
    return module


def descend(parameters: Iterable[torch.Tensor], lr: float, clip: float | None = None) -> None:
    """One step of gradient descent, gradients clipped to this norm, and gradients of nothing afterwards.

    torch.optim would take a second to be imported in every worker.
    """
    parameters = [parameter for parameter in parameters if parameter.grad is not None]
    gradients = [parameter.grad for parameter in parameters]
    norm = torch.sqrt(sum((grad * grad).sum() for grad in gradients)) if clip else torch.tensor(0.0)
    for parameter, grad in zip(parameters, gradients, strict=True):
        parameter.data -= lr * grad * (min(1.0, clip / norm.item()) if clip and norm > 0 else 1.0)
        parameter.grad = None


def learned(module: torch.nn.Module, *, buffers: bool = False) -> dict[str, torch.Tensor]:
    """A copy of a module's parameters, by name; with buffers, such as moving statistics, if asked for."""
    named = module.state_dict() if buffers else dict(module.named_parameters(remove_duplicate=False))
    return {name: value.detach().clone() for name, value in named.items()}


def filled(module: torch.nn.Module, values: dict[str, torch.Tensor] | None) -> torch.nn.Module:
    """The module with these values in its parameters and buffers; as it is where there are none.

    Raises:
        ValueError: the module has no parameter of such a name and shape.
    """
    places = {**dict(module.named_buffers()), **dict(module.named_parameters(remove_duplicate=False))}
    with torch.no_grad():
        for name, value in (values or {}).items():
            if name not in places or places[name].shape != value.shape:
                raise ValueError(f"there is no parameter {name} of shape {tuple(value.shape)}")
            places[name].copy_(value)
    return module


UNKNOWN, PADDING, BEGIN, END = range(4)  # tokens that are no words


def _next_words(
    net: torch.nn.ModuleDict, sources: torch.Tensor, lengths: torch.Tensor, before: torch.Tensor
) -> torch.Tensor:
    """Logits of the words after each of those before: of net's "encoder" and "decoder", of D2L's interface."""
    encoder, decoder = net["encoder"], net["decoder"]
    logits: torch.Tensor = decoder(before, decoder.init_state(encoder(sources, lengths), lengths))[0]
    return logits


def _begin(sources: torch.Tensor) -> torch.Tensor:
    return torch.full((len(sources), 1), BEGIN, device=sources.device)


def learn_to_translate(net: torch.nn.ModuleDict, batches: Batches, lr: float) -> dict[str, torch.Tensor]:
    """Train net's "encoder" and "decoder" with Adam on batches of `as_tokens`; return what they have learned."""
    optimizer = torch.optim.Adam(net.parameters(), lr)
    for sources, lengths, targets, target_lengths in batches:
        words = torch.arange(targets.shape[1], device=targets.device) < target_lengths[:, None]
        logits = _next_words(net, sources, lengths, torch.cat([_begin(targets), targets[:, :-1]], dim=1))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits[words], targets[words]).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
    return learned(net)


def translate(net: torch.nn.ModuleDict, sources: torch.Tensor, lengths: torch.Tensor, most: int) -> torch.Tensor:
    """Translate sentences greedily: so many tokens of each, (n, most).

    Each word is read off the decoder's logits for all that precedes it, in training mode, so that a decoder with masks
    sees what it saw when it learnt; there must be no dropout.
    """
    written = _begin(sources)
    for _ in range(most):
        written = torch.cat([written, _next_words(net, sources, lengths, written)[:, -1:].argmax(2)], dim=1)
    return written[:, 1:]


class Sketch(TorchFunctionMode):  # type: ignore[misc]
    """`with Sketch(): ...` makes small work of asking on which device things are made, by making them on "meta".

    Nothing there has values, so draws and products give what went in; torch takes a second to prepare its own for them.
    """

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is torch.randn and "generator" not in kwargs:
            return torch.empty(*args, **kwargs)
        if func.__name__ in ("normal_", "mul", "mul_", "__mul__", "__rmul__", "div", "div_", "__truediv__"):
            for value in (*args, *kwargs.values()):
                if isinstance(value, torch.Tensor):
                    return value
        return func(*args, **kwargs)


# For suites, in the judge.


def expect(met: Any, en: str, zh: str) -> None:
    """Fail the check with this sentence unless `met` is true."""
    if not met:
        raise Unmet(Verdict.FAILED, both(en, zh))


def close(actual: Any, expected: Any, *, rtol: float | None = None, atol: float | None = None) -> None:
    """Fail the check unless both values agree, as `agree` compares them; for oracles other than the reference."""
    comparison = Comparison(Tolerance(rtol, atol))
    if found := comparison.difference(actual, expected):
        raise from_difference(found, (comparison, actual, expected))


def varied_matrices(params: list[torch.Tensor]) -> list[torch.Tensor]:
    """The matrices among the parameters; fails the check where one has the same number everywhere."""
    found = [p for p in params if p.dim() == 2]
    varied = all(matrix.isfinite().all() and matrix.unique().numel() > 1 for matrix in found)
    expect(varied, "A weight matrix has the same number everywhere.", "有权重矩阵的元素全都相同，没有随机初始化。")
    return found


def draw_int(generator: torch.Generator, low: int, high: int) -> int:
    """A drawn whole number between the two, or one of them."""
    return int(torch.randint(low, high + 1, (), generator=generator))


def shuffled(generator: torch.Generator, items: Sequence[Any]) -> list[Any]:
    """The items in a drawn order."""
    return [items[place] for place in torch.randperm(len(items), generator=generator).tolist()]


def words(generator: torch.Generator, count: int, length: int = 3) -> list[str]:
    """So many different words of small letters, drawn and sorted."""
    drawn: set[str] = set()
    while len(drawn) < count:
        letters = torch.randint(ord("a"), ord("z") + 1, (length,), generator=generator).tolist()
        drawn.add("".join(map(chr, letters)))
    return sorted(drawn)


def sizes(generator: torch.Generator, low: int = 2, high: int = 20) -> list[int]:
    """Two different sizes from low to high, drawn: of words and hidden units, say, so that a mix-up shows."""
    drawn: list[int] = (low + torch.randperm(high - low + 1, generator=generator)[:2]).tolist()
    return drawn


def to_grid(x: torch.Tensor, step: float) -> torch.Tensor:
    """x rounded to multiples of step: inputs whose sums and products are exact."""
    return (x / step).round() * step


LETTERS = " .abcdefghijklmnopqrstuvwxyz"


def windows(text: str, length: int, apart: int = 0) -> torch.Tensor:
    """Pieces of the text of this length, (n, length), int64: places in LETTERS.

    `apart` letters between one piece and the next belong to neither: held-out pieces then do not tell of each other.
    """
    places = torch.tensor([LETTERS.index(letter) for letter in text], dtype=torch.int64)
    return places.unfold(0, length, length + apart).clone()


def accuracy(predicted: Any, labels: torch.Tensor) -> float:
    """The share of the predicted classes (n,) that are these labels."""
    _expect_shape(predicted, labels.shape)
    return float((predicted == labels).double().mean())


def perplexity(logits: Any, labels: torch.Tensor) -> float:
    """The perplexity of logits (n, classes) on these labels; the judge normalises them."""
    classes = logits.shape[-1] if isinstance(logits, torch.Tensor) and logits.dim() else 0
    _expect_shape(logits, (*labels.shape, max(classes, int(labels.max()) + 1)))
    return float(torch.nn.functional.cross_entropy(logits.double(), labels).exp())


def unseen(pairs: list[tuple[str, str]], known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs with a source that no known pair has, not even with another translation."""
    sources = {source for source, _ in known}
    return [pair for pair in pairs if pair[0] not in sources]


def vocabularies(pairs: list[tuple[str, str]]) -> tuple[dict[str, int], dict[str, int]]:
    """The words of sentence pairs, source and target, and the token of each."""
    words = ({word for pair in pairs for word in pair[side].split()} for side in (0, 1))
    source, target = ({word: END + 1 + i for i, word in enumerate(sorted(one))} for one in words)
    return source, target


def as_tokens(
    pairs: list[tuple[str, str]], known: tuple[dict[str, int], dict[str, int]], length: int
) -> tuple[torch.Tensor, ...]:
    """Sentence pairs as four tensors: source (n, length) and its lengths (n,), END included; the same of the target."""
    found: list[torch.Tensor] = []
    for side in (0, 1):
        words = [[known[side].get(word, UNKNOWN) for word in pair[side].split()] for pair in pairs]
        rows = [[*row[: length - 1], END] for row in words]
        found.append(torch.tensor([row + [PADDING] * (length - len(row)) for row in rows]))
        found.append(torch.tensor([len(row) for row in rows]))
    return tuple(found)


def bleu(predicted: Any, labels: torch.Tensor, k: int = 2) -> float:
    """The mean BLEU (D2L 9.7.6, n-grams up to k) of predicted tokens on these, (n, length)."""
    _expect_shape(predicted, labels.shape)
    pairs = zip(predicted.tolist(), labels.tolist(), strict=True)
    return statistics.mean(_bleu(_until_end(one), _until_end(other), k) for one, other in pairs)


def _until_end(row: list[int]) -> list[int]:
    return row[: row.index(END)] if END in row else row


def _bleu(predicted: list[int], label: list[int], k: int) -> float:
    if not predicted:
        return 0.0
    score = math.exp(min(0.0, 1 - len(label) / len(predicted)))
    for n in range(1, min(k, len(predicted), len(label)) + 1):
        ours, theirs = (Counter(zip(*(row[i:] for i in range(n)), strict=False)) for row in (predicted, label))
        score *= ((ours & theirs).total() / ours.total()) ** 0.5**n
    return score


def _expect_shape(value: Any, shape: tuple[int, ...]) -> None:
    expect(
        isinstance(value, torch.Tensor) and value.shape == tuple(shape),
        f"The predictions are {describe(value)}; expected is a tensor of shape {tuple(shape)}.",
        f"预测结果为 {describe(value)}；应为形状 {tuple(shape)} 的张量。",
    )


@pytest.mark.points(0)
def written_from_scratch(_self: object, from_scratch: Callable[[], None]) -> None:
    """Is written from scratch, without a ready-made call.
    从零实现，没有调用现成的函数。"""
    from_scratch()
