"""Helpers for suites. Fixtures are in `dlgrade.judge.plugin`."""

from __future__ import annotations

import contextlib
import importlib.util
import math
import statistics
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cloudpickle
import pytest
import torch
from torch.overrides import TorchFunctionMode

from dlgrade.judge.batches import Batches
from dlgrade.judge.compare import Comparison, Tolerance, describe
from dlgrade.judge.photo import Photo, scene
from dlgrade.judge.reasons import Unmet, from_difference
from dlgrade.pretended_gpus import Gpus, Scatter
from dlgrade.results import Verdict
from dlgrade.standard import promise, standard
from dlgrade.text import both

__all__ = [
    "LETTERS", "Batches", "Gpus", "Photo", "Scatter", "Sketch", "accuracy", "as_tokens", "bleu", "close", "descend",
    "draw_int", "expect", "files_in", "filled", "folder_of", "gradient_weights", "gradients", "layers",
    "learn_to_translate", "learned", "namesakes", "parameter_gradients", "patterned", "perplexity", "promise",
    "raises", "scene", "set_parameters", "shuffled", "sizes", "standard", "to_grid", "translate", "unseen",
    "value_or_error", "varied_matrices", "vocabularies", "windows", "with_gradients", "words", "written_from_scratch",
]  # fmt: skip

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # a worker has no access to this module

# For probes. These functions travel with the probe and run in the worker.


def raises(action: Callable[[], Any], kind: type[Exception]) -> bool:
    """Return whether the action raises this kind of exception. NotImplementedError passes through.

    >>> agree(lambda impl: raises(lambda: impl.group_norm(X, 5), ValueError))
    """
    try:
        action()
    except kind as error:
        if isinstance(error, NotImplementedError):
            raise
        return True
    return False


def value_or_error(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return the result of a call, or the name of the exception that it raises. NotImplementedError passes through.

    An exception of another class has the name of Python's exception that it derives from: each is a right answer. A
    wrong value in place of an exception has a diagnosis, as other wrong values have.
    """
    try:
        return function(*arguments)
    except NotImplementedError:
        raise
    except Exception as error:
        return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins")


@contextlib.contextmanager
def folder_of(files: dict[str, str]) -> Iterator[str]:
    """`with folder_of({"train/1.png": "x"}) as folder:` has these files, by their paths in the folder.

    Each character of a text becomes a byte, as in latin-1, so that a file may hold any bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("latin-1"))
        yield folder


def files_in(folder: str) -> dict[str, str]:
    """The text of each file in a folder and its subfolders, by its path in the folder, as for `folder_of`."""
    paths = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode("latin-1") for path in paths}


def namesakes(impl: Any, name: str) -> list[Any]:
    """Every object of this name that a submission may use: its own, the starter code's, and that of a module d2l.

    Starter code may define a name `d2l`, and the submission may import the book's module as well, even in a function.
    """
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec("d2l")
        if spec is not None and spec.origin == "<d2l>":  # the course's module, not an installed package
            importlib.import_module("d2l.torch")
    found = []
    for home in (lambda: impl, lambda: impl.d2l, lambda: sys.modules["d2l"], lambda: sys.modules["d2l.torch"]):
        with contextlib.suppress(BaseException):  # of a name that the submission lacks
            found.append(getattr(home(), name))
    return found


def gradients(function: Callable[..., torch.Tensor], *inputs: torch.Tensor) -> list[torch.Tensor | None]:
    """The gradients of a weighted sum of the tensor function(*inputs), with respect to each input.

    The weights are `gradient_weights(output)`."""
    inputs = tuple(x.clone().requires_grad_() for x in inputs)
    output = function(*inputs)
    (output * gradient_weights(output)).sum().backward()
    return [x.grad for x in inputs]


def gradient_weights(output: torch.Tensor) -> torch.Tensor:
    """The weights with which `gradients` adds up the elements of an output of this shape and dtype.

    They differ between elements. With equal weights, gradients such as a softmax's would cancel out. None is 0: the
    gradient of each element counts, also that of a single number.
    """
    return 1.5 + torch.arange(output.numel(), dtype=output.dtype).sin().reshape(output.shape)


def parameter_gradients(module: torch.nn.Module) -> dict[str, torch.Tensor | None]:
    """The gradient of every parameter of a module, by name, after a backward pass."""
    return {name: parameter.grad for name, parameter in sorted(module.named_parameters())}


def with_gradients(params: list[torch.Tensor]) -> list[tuple[torch.Tensor, torch.Tensor | None]]:
    """Each parameter and its gradient of half the sum of all squares, which equals the parameter if it can learn."""
    if all(p.requires_grad for p in params):
        half: Any = sum(p.square().sum() / 2 for p in params)
        half.backward()
    return [(p, p.grad if p.is_leaf else None) for p in params]


def set_parameters(module: torch.nn.Module, seed: int, scale: float = 0.5) -> torch.nn.Module:
    """Draw normal values for every parameter of a module, from the seed and the parameter's name. Return the module.

    Modules whose parameters have the same names and shapes get the same values, whatever the order of the parameters.
    """
    for name, parameter in module.named_parameters():
        generator = torch.Generator().manual_seed(zlib.crc32(f"{seed}:{name}".encode()))
        parameter.data = scale * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
    return module


def layers(net: torch.nn.Module, within: str = "layer") -> dict[str, str]:
    """The layers of a net in words, so that a message says which layer differs, and in which setting.

    >>> layers(torch.nn.Sequential(torch.nn.Conv2d(1, 6, 5, padding=2), torch.nn.Sequential(torch.nn.ReLU())))
    {'layer 0': 'Conv2d(1, 6, kernel_size=5, padding=2)', 'layer 1.0': 'ReLU'}
    """
    if not isinstance(net, torch.nn.Sequential):
        return {within: _in_words(net)} if within != "layer" else {"layer 0": f"{_in_words(net)}, not an nn.Sequential"}
    found: dict[str, str] = {}
    for number, layer in enumerate(net):
        found |= layers(layer, f"{within} {number}" if within == "layer" else f"{within}.{number}")
    return found


def _in_words(layer: torch.nn.Module) -> str:
    """A layer and the settings that are not torch's defaults. Equal settings have equal words: 3 is (3, 3)."""
    sizes = ("in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size", "p")
    words = [str(_setting(layer, name)) for name in sizes if hasattr(layer, name)]
    is_pool = "Pool" in type(layer).__name__
    usual = {"kernel_size": None, "stride": _setting(layer, "kernel_size") if is_pool else 1, "padding": 0}
    usual |= {"dilation": 1, "groups": 1, "padding_mode": "zeros", "ceil_mode": False, "count_include_pad": True}
    usual |= {"start_dim": 1, "end_dim": -1, "eps": 1e-5, "momentum": 0.1, "affine": True}
    for name, default in usual.items():
        value = _setting(layer, name)
        if value not in (None, default):
            words.append(f"{name}={value}")
    if "bias" in layer._parameters and layer.bias is None:
        words.append("bias=False")
    return type(layer).__name__ + (f"({', '.join(words)})" if words else "")


def _setting(layer: torch.nn.Module, name: str) -> Any:
    value: Any = getattr(layer, name, None)
    if value == "same":
        value = tuple((size - 1) * apart // 2 for size, apart in zip(layer.kernel_size, layer.dilation, strict=True))
    if value == "valid":
        value = 0
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value


def patterned(net: torch.nn.Module) -> torch.nn.Module:
    """The net with a repeated pattern for each parameter, by its number, in float32 on the CPU.

    A large net gets values in milliseconds, also if it is on the "meta" device. Signals keep their size.
    """
    values = {name: torch.ones(buffer.shape) for name, buffer in net.named_buffers()}
    for number, (name, parameter) in enumerate(net.named_parameters()):
        size, fan_in = parameter.numel(), max(1, parameter[0].numel())
        pattern = torch.randn(4099, generator=torch.Generator().manual_seed(number)) * (2 / fan_in) ** 0.5
        values[name] = pattern.repeat(-(-size // 4099))[:size].reshape(parameter.shape)
    net.load_state_dict(values, assign=True)
    return net


def descend(parameters: Iterable[torch.Tensor], lr: float, clip: float | None = None) -> None:
    """Make one step of gradient descent, with gradients clipped to the norm `clip`, then clear the gradients.

    It does without torch.optim, which every worker would need a second to import.
    """
    parameters = [parameter for parameter in parameters if parameter.grad is not None]
    gradients = [parameter.grad for parameter in parameters]
    norm = torch.sqrt(sum((grad * grad).sum() for grad in gradients)) if clip else torch.tensor(0.0)
    for parameter, grad in zip(parameters, gradients, strict=True):
        parameter.data -= lr * grad * (min(1.0, clip / norm.item()) if clip and norm > 0 else 1.0)
        parameter.grad = None


def learned(module: torch.nn.Module, *, buffers: bool = False) -> dict[str, torch.Tensor]:
    """A copy of a module's parameters by name. With `buffers`, also of its buffers, such as moving statistics."""
    named = module.state_dict() if buffers else dict(module.named_parameters(remove_duplicate=False))
    return {name: value.detach().clone() for name, value in named.items()}


def filled(module: torch.nn.Module, values: dict[str, torch.Tensor] | None) -> torch.nn.Module:
    """Copy the values into the module's parameters and buffers. Return the module. None changes nothing.

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


_MOMENTUM = "momentum of "


def descend_with_momentum(
    net: torch.nn.Module, values: dict[str, torch.Tensor] | None, batches: Any, lr: float, momentum: float
) -> dict[str, torch.Tensor]:
    """Minimise the cross-entropy of a classifier from `values` on. Return its parameters and the state of the momentum.

    The state travels with the parameters, so that a stretch can go on, and be repeated. `without_momentum` drops it.
    """
    named = dict(net.named_parameters())
    values = values or learned(net) | {_MOMENTUM + name: torch.zeros_like(p) for name, p in named.items()}
    filled(net, without_momentum(values))
    speeds = {name: values[_MOMENTUM + name].clone() for name in named}
    for inputs, labels in batches:
        torch.nn.functional.cross_entropy(net(inputs), labels).backward()
        for name, parameter in named.items():
            speeds[name] = momentum * speeds[name] + parameter.grad
            parameter.data -= lr * speeds[name]
            parameter.grad = None
    return learned(net) | {_MOMENTUM + name: speed for name, speed in speeds.items()}


def without_momentum(values: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The parameters of `descend_with_momentum` alone."""
    return {name: value for name, value in values.items() if not name.startswith(_MOMENTUM)}


def minibatches(loader: Iterable[Any]) -> list[Any]:
    """For probes: the minibatches of an epoch, each as a list of its parts. Anything else stays as it is."""
    return [list(batch) if isinstance(batch, (list, tuple)) else batch for batch in loader]


def minibatches_of_workers(dataset: Any, **settings: Any) -> list[Any]:
    """For probes: the minibatches of a DataLoader with two workers, or none where processes cannot fork.

    The workers end at once. After an error they would end ten seconds later, maybe during another check.
    """
    from torch.utils.data import DataLoader  # few probes need it

    if "fork" in torch.multiprocessing.get_all_start_methods():
        settings |= {"num_workers": 2, "multiprocessing_context": "fork"}
    iterator = iter(DataLoader(dataset, **settings))
    try:
        return minibatches(iterator)
    finally:
        getattr(iterator, "_shutdown_workers", list)()


UNKNOWN, PADDING, BEGIN, END = range(4)  # tokens that are not words


def _next_words(
    net: torch.nn.ModuleDict, sources: torch.Tensor, lengths: torch.Tensor, before: torch.Tensor
) -> torch.Tensor:
    """Logits of the next word after each word in `before`. net's "encoder" and "decoder" have D2L's interface."""
    encoder, decoder = net["encoder"], net["decoder"]
    logits: torch.Tensor = decoder(before, decoder.init_state(encoder(sources, lengths), lengths))[0]
    return logits


def _begin(sources: torch.Tensor) -> torch.Tensor:
    return torch.full((len(sources), 1), BEGIN, device=sources.device)


def learn_to_translate(net: torch.nn.ModuleDict, batches: Batches, lr: float) -> dict[str, torch.Tensor]:
    """Train net's "encoder" and "decoder" with Adam on batches of `as_tokens`. Return their parameters."""
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
    """Translate sentences greedily, into `most` tokens each: (n, most).

    The decoder gets all previous words at each step and stays in training mode, so that its masks are those of the
    training. It must have no dropout.

    Args:
        net: Has an "encoder" and a "decoder" with D2L's interface.
        sources: Tokens of the sentences, (n, length).
        lengths: Lengths of the sentences, (n,).
        most: The number of tokens to write.
    """
    written = _begin(sources)
    for _ in range(most):
        written = torch.cat([written, _next_words(net, sources, lengths, written)[:, -1:].argmax(2)], dim=1)
    return written[:, 1:]


class Sketch(TorchFunctionMode):  # type: ignore[misc]
    """`with Sketch(): ...` speeds up code on torch's "meta" device: shapes without values.

    A check of the device on which tensors are created so costs nothing. Draws and products return their first tensor:
    there are no values, and torch's own versions take a second to prepare.
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
    """Fail the check unless both values agree, by the rules of `agree`. For oracles other than the reference.

    Args:
        actual: The submission's value.
        expected: The oracle's value.
        rtol: Relative tolerance. By default that of the dtype.
        atol: Absolute tolerance. By default that of the dtype.
    """
    comparison = Comparison(Tolerance(rtol, atol))
    if difference := comparison.difference(actual, expected):
        raise from_difference(difference, actual, (comparison, actual, expected, None))


def varied_matrices(params: list[torch.Tensor]) -> list[torch.Tensor]:
    """The matrices among the parameters. Fails the check if a matrix has the same number everywhere."""
    matrices = [parameter for parameter in params if parameter.dim() == 2]
    varied = all(matrix.isfinite().all() and matrix.unique().numel() > 1 for matrix in matrices)
    expect(varied, "A weight matrix has the same number everywhere.", "有权重矩阵的元素全都相同，没有随机初始化。")
    return matrices


def draw_int(generator: torch.Generator, low: int, high: int) -> int:
    """A drawn whole number from low to high, both included."""
    return int(torch.randint(low, high + 1, (), generator=generator))


def shuffled(generator: torch.Generator, items: Sequence[Any]) -> list[Any]:
    """The items in a drawn order."""
    return [items[place] for place in torch.randperm(len(items), generator=generator).tolist()]


def words(generator: torch.Generator, count: int, length: int = 3) -> list[str]:
    """`count` different words of small letters, drawn and sorted."""
    drawn: set[str] = set()
    while len(drawn) < count:
        letters = torch.randint(ord("a"), ord("z") + 1, (length,), generator=generator).tolist()
        drawn.add("".join(map(chr, letters)))
    return sorted(drawn)


def sizes(generator: torch.Generator, low: int = 2, high: int = 20) -> list[int]:
    """Two different sizes from low to high, drawn. Equal sizes would hide a mix-up of two axes."""
    drawn: list[int] = (low + torch.randperm(high - low + 1, generator=generator)[:2]).tolist()
    return drawn


def to_grid(x: torch.Tensor, step: float) -> torch.Tensor:
    """x rounded to multiples of step, so that sums and products are exact."""
    return (x / step).round() * step


LETTERS = " .abcdefghijklmnopqrstuvwxyz"


def windows(text: str, length: int, apart: int = 0) -> torch.Tensor:
    """Pieces of the text, (n, length), int64. A letter is its place in LETTERS.

    `apart` letters between two pieces are in neither, so that one held-out piece gives no hint about the next.
    """
    places = torch.tensor([LETTERS.index(letter) for letter in text], dtype=torch.int64)
    return places.unfold(0, length, length + apart).clone()


def accuracy(predicted: Any, labels: torch.Tensor) -> float:
    """The share of predicted classes (n,) that equal the labels."""
    _expect_shape(predicted, labels.shape)
    return float((predicted == labels).double().mean())


def perplexity(logits: Any, labels: torch.Tensor) -> float:
    """The perplexity of logits (n, classes) on these labels. The logits are normalised here."""
    classes = logits.shape[-1] if isinstance(logits, torch.Tensor) and logits.dim() else 0
    _expect_shape(logits, (*labels.shape, max(classes, int(labels.max()) + 1)))
    return float(torch.nn.functional.cross_entropy(logits.double(), labels).exp())


def unseen(pairs: list[tuple[str, str]], known: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs whose source is in no known pair, not even with another translation."""
    sources = {source for source, _ in known}
    return [pair for pair in pairs if pair[0] not in sources]


def vocabularies(pairs: list[tuple[str, str]]) -> tuple[dict[str, int], dict[str, int]]:
    """The token of each word of the source sentences, and the same for the target sentences."""
    vocabulary = ({word for pair in pairs for word in pair[side].split()} for side in (0, 1))
    source, target = ({word: END + 1 + i for i, word in enumerate(sorted(known))} for known in vocabulary)
    return source, target


def as_tokens(
    pairs: list[tuple[str, str]], known: tuple[dict[str, int], dict[str, int]], length: int
) -> tuple[torch.Tensor, ...]:
    """Sentence pairs as four tensors: source (n, length) and its lengths (n,) with END, then target and its lengths."""
    tensors: list[torch.Tensor] = []
    for side in (0, 1):
        sentences = [[known[side].get(word, UNKNOWN) for word in pair[side].split()] for pair in pairs]
        rows = [[*sentence[: length - 1], END] for sentence in sentences]
        tensors.append(torch.tensor([row + [PADDING] * (length - len(row)) for row in rows]))
        tensors.append(torch.tensor([len(row) for row in rows]))
    return tuple(tensors)


def bleu(predicted: Any, labels: torch.Tensor, k: int = 2) -> float:
    """The mean BLEU (D2L 9.7.6, n-grams up to k) of predicted tokens against the labels, both (n, length)."""
    _expect_shape(predicted, labels.shape)
    pairs = zip(predicted.tolist(), labels.tolist(), strict=True)
    return statistics.mean(_bleu(_until_end(row), _until_end(label), k) for row, label in pairs)


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
        f"The predictions are {describe(value)}; a tensor of shape {tuple(shape)} was expected.",
        f"预测结果为 {describe(value)}；应为形状 {tuple(shape)} 的张量。",
    )


@pytest.mark.points(0)
def written_from_scratch(_self: object, from_scratch: Callable[[], None]) -> None:
    """Is written from scratch, without a forbidden operation.
    从零实现，没有使用禁用的运算。"""
    from_scratch()
