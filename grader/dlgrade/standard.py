"""Checks that most exercises share, generated from one declaration in a suite.

A suite declares an ordinary call once, with the promises of the statement about it::

    @pytest.mark.exercise("layer_norm")
    class TestLayerNorm:
        @standard(promise.untouched, promise.float64, promise.gradients("X", "weight", "bias"))
        def arguments(self, randn):
            return {"X": randn(4, 6), "normalized_shape": (6,), "weight": randn(6), "bias": randn(6)}

`standard` adds an ordinary pytest function to the class for each promise, such as `test_float64`. Each check draws its
own arguments and compares with the reference. A promise that is no claim about values, such as `untouched`, waits for
the first check of the class that is. `dlgrade.course.standard_checks` has the ids and the texts.
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import cloudpickle
import pytest
import torch

from dlgrade.course.standard_checks import OPTIONS, STANDARD_CHECKS
from dlgrade.judge.compare import Comparison, Tolerance, describe
from dlgrade.judge.reasons import Unmet, changed_argument
from dlgrade.results import Detail, Verdict
from dlgrade.text import both

Arguments = dict[str, Any]
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # a worker has no access to this module


# The call. These functions travel with the probe and run in the worker.


@dataclass(frozen=True)
class Call:
    """An ordinary call of an exercise.

    Attributes:
        exercise: the name that is called if neither `call` nor `net` is given.
        arguments: the arguments by name, in the order of the call.
        call: called with the implementation, or the net, and the arguments; gives the result.
        net: makes a module of the implementation; it is called with the arguments.
        double: whether the module is converted to float64.
    """

    exercise: str
    arguments: Arguments
    call: Callable[..., Any] | None = None
    net: Callable[[Any], torch.nn.Module] | None = None
    double: bool = False

    def changed(self, change: Callable[[Any], Any], names: Sequence[str] = ()) -> Call:
        """The same call with every tensor changed, or only the tensors of the named arguments."""
        arguments = {
            name: each_tensor(value, change) if name in (names or self.arguments) else value
            for name, value in self.arguments.items()
        }
        return dataclasses.replace(self, arguments=arguments)

    def in_float64(self) -> Call:
        return dataclasses.replace(self.changed(_as_float64), double=True)

    @property
    def parts(self) -> tuple[Any, ...]:
        """The call as plain values, for a probe: a dataclass would be pickled with all its methods."""
        return self.exercise, self.arguments, self.call, self.net, self.double


def each_tensor(value: Any, change: Callable[[torch.Tensor], Any]) -> Any:
    """The value with each tensor in it changed, inside lists, tuples and dicts as well."""
    if isinstance(value, torch.Tensor):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(each_tensor(item, change) for item in value)
    if type(value) is dict:
        return {key: each_tensor(item, change) for key, item in value.items()}
    return value


def started(impl: Any, parts: tuple[Any, ...]) -> tuple[Callable[..., Any], torch.nn.Module | None]:
    """The function that takes the arguments, and its module or None."""
    exercise, _, call, net, double = parts
    module = None if net is None else net(impl)
    if module is not None and double:
        module = module.double()
    if call is not None:
        subject = impl if module is None else module
        return lambda *values: call(subject, *values), module
    return getattr(impl, exercise) if module is None else module, module


def result_of(impl: Any, parts: tuple[Any, ...]) -> Any:
    return started(impl, parts)[0](*parts[1].values())


def arguments_after(impl: Any, parts: tuple[Any, ...]) -> Arguments:
    """The arguments after a call, as far as they are data."""
    given = parts[1]
    started(impl, parts)[0](*given.values())
    return {name: value for name, value in given.items() if not callable(value)}


def second_result(impl: Any, parts: tuple[Any, ...]) -> Any:
    """The result of a second call with the same arguments."""
    function, _ = started(impl, parts)
    function(*parts[1].values())
    return function(*parts[1].values())


def gradients_of(impl: Any, parts: tuple[Any, ...], names: tuple[str, ...], of: int | None, phase: float) -> Arguments:
    """The gradients of a weighted sum of the results, for the named arguments and for each parameter of the module.

    The weights differ between elements: with equal weights, gradients such as a softmax's would cancel out. They
    depend on a drawn phase, so that the gradients of a linear function cannot be known in advance.
    """
    function, module = started(impl, parts)
    given = dict(parts[1])
    leaves: dict[str, list[torch.Tensor]] = {name: [] for name in names}
    for name in names:

        def as_leaf(tensor: torch.Tensor, found: list[torch.Tensor] = leaves[name]) -> torch.Tensor:
            found.append(tensor.clone().requires_grad_())
            return found[-1].clone()  # an in-place change of a leaf would raise

        given[name] = each_tensor(given[name], as_leaf)
    result = function(*given.values())
    total, place = torch.zeros((), dtype=torch.float64), 0
    outputs: list[torch.Tensor] = []
    each_tensor(result if of is None else result[of], outputs.append)
    for output in outputs:
        places = torch.arange(place, place + output.numel(), dtype=torch.float64)
        weights = 1.5 + (phase + places).sin().reshape(output.shape)
        place += output.numel()
        if output.requires_grad:
            total = total + (output * weights).sum()
    if total.requires_grad:
        total.backward()
    found = {f"gradient of {name}": [leaf.grad for leaf in leaves[name]] for name in names}
    found = {name: grads[0] if len(grads) == 1 else grads for name, grads in found.items()}
    for name, parameter in sorted(module.named_parameters()) if module is not None else ():
        found[f"gradient of {name}"] = parameter.grad
    return found


# Changes of the arguments. They run in the judge.


def _as_float64(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor in float64. Numbers that are not whole get digits that float32 cannot hold.

    Without them an operation in float32 could be exact.
    """
    if not tensor.is_floating_point():
        return tensor
    values = tensor.double()
    digits = 1 + 5e-8 * torch.arange(values.numel(), dtype=torch.float64).cos().reshape(values.shape)
    return torch.where(values == values.round(), values, values * digits)


def strided(tensor: torch.Tensor) -> torch.Tensor:
    """The same values with the axes in reverse order in memory.

    A tensor with a single long axis gets gaps between its values.
    """
    backwards = tuple(reversed(range(tensor.dim())))
    turned = tensor.permute(backwards).contiguous()
    if sum(size > 1 for size in tensor.shape) > 1:
        return turned.permute(backwards)
    return torch.stack([turned, turned + 1], dim=-1)[..., 0].permute(backwards)


def _first_only(axis: int) -> Callable[[torch.Tensor], torch.Tensor]:
    return lambda tensor: tensor.narrow(axis, 0, 1).clone()


# The promises.


class Requested(NamedTuple):
    """The fixtures that a generated check asks with."""

    agree: Callable[..., None]
    run: Callable[..., Any]
    generator: torch.Generator


FLOAT64 = {"rtol": 1e-9, "atol": 1e-11}  # closer than by default: one operation in float32 is 1e-8 to 1e-7 off

Ask = Callable[["Promise", Call, Requested], None]


@dataclass(frozen=True)
class Promise:
    """A promise of the statement, from which `standard` makes a check.

    A promise can be called with the names of arguments and with options: `promise.float64(id="double", points=2)`.

    Attributes:
        kind: a key of STANDARD_CHECKS.
        ask: asks the submission, given the promise, an ordinary call, and fixtures.
        names: the arguments that the promise is about.
        axes: the axis of each of these arguments, where the promise is about an axis.
        id: the second half of the check's id. None: that of its kind.
        points: the points of the check. None: those of its kind.
        marks: pytest marks of the check, such as `pytest.mark.bonus`.
        tolerance: rtol and atol of the comparison.
        of: the index of the result whose gradients are asked for. None: all results.
        waits: whether the check waits for one about the values. `standard` sets it.
    """

    kind: str
    ask: Ask
    names: tuple[str, ...] = ()
    axes: tuple[int, ...] = ()
    id: str | None = None
    points: float | None = None
    marks: tuple[Any, ...] = ()
    tolerance: dict[str, float] = field(default_factory=dict)
    of: int | None = None
    waits: bool = False

    def __call__(self, *names: str, **given: Any) -> Promise:
        options = {name: given.pop(name) for name in OPTIONS if name in given}
        tolerance: dict[str, float] = {name: options.pop(name) for name in ("rtol", "atol") if name in options}
        marks = options.pop("marks", ())
        return dataclasses.replace(
            self,
            names=(*names, *given),
            axes=tuple(given.values()) or (0,) * len(names),
            marks=tuple(marks) if isinstance(marks, (list, tuple)) else (marks,),
            tolerance={**self.tolerance, **tolerance},
            **options,
        )


def _same_result(promise: Promise, call: Call, fixtures: Requested) -> None:
    parts = call.parts
    fixtures.agree(lambda impl: result_of(impl, parts), **promise.tolerance)


def _untouched(promise: Promise, call: Call, fixtures: Requested) -> None:
    if not promise.waits:
        _same_result(promise, call, fixtures)
    parts, exactly = call.parts, Comparison(Tolerance(0.0, 0.0))
    try:
        after = fixtures.run(lambda impl: arguments_after(impl, parts))
    except Unmet as unmet:
        if unmet.difference is None:  # an error, or no answer
            raise
        # A list of another length, or a tensor of another shape or dtype. `run` calls the argument a result.
        text = both("The call changes one of its arguments.", "调用修改了传入的参数。")
        raise Unmet(Verdict.FAILED, text, unmet.detail) from None
    for name, value in after.items():
        before = call.arguments[name]
        if difference := exactly.difference(value, before):
            text = changed_argument(call.exercise, name, difference.path, difference)
            raise Unmet(Verdict.FAILED, text, Detail(got=describe(value), expected=describe(before)))


def _float64(promise: Promise, call: Call, fixtures: Requested) -> None:
    _same_result(promise, call.in_float64(), fixtures)


def _non_contiguous(promise: Promise, call: Call, fixtures: Requested) -> None:
    _same_result(promise, call.changed(strided, promise.names), fixtures)


def _float64_transposed(promise: Promise, call: Call, fixtures: Requested) -> None:
    _same_result(promise, call.in_float64().changed(strided, promise.names), fixtures)


def _axis_of_one(promise: Promise, call: Call, fixtures: Requested) -> None:
    for name, axis in zip(promise.names, promise.axes, strict=True):
        call = call.changed(_first_only(axis), (name,))
    _same_result(promise, call, fixtures)


def _second_call(promise: Promise, call: Call, fixtures: Requested) -> None:
    parts = call.parts
    fixtures.agree(lambda impl: second_result(impl, parts), **promise.tolerance)


def _gradients(promise: Promise, call: Call, fixtures: Requested) -> None:
    parts, names, of = call.in_float64().parts, promise.names, promise.of
    phase = 6 * float(torch.rand((), generator=fixtures.generator))
    fixtures.agree(lambda impl: gradients_of(impl, parts, names, of, phase), **promise.tolerance)


class promise:  # noqa: N801 - a name that suites use before a dot
    """The promises that a statement can make about an ordinary call.

    Each can be called with names of arguments and with options. See `Promise`.

    Attributes:
        untouched: the call leaves its arguments as they were.
        float64: float64 arguments give a float64 result, with its precision. A module is converted first.
        non_contiguous: tensors may have any strides; all arguments, or those that are named.
        float64_transposed: both at once. For suites that have such a check already.
        batch_of_one: the named arguments may have one example: `batch_of_one("X")`, `batch_of_one(inputs=1, state=0)`.
        axis_of_one: the same for any axis, whose size is 1: `axis_of_one(X=-1)`.
        second_call: calling again with the same arguments, and the same module, gives the same result.
        gradients: the named arguments and the module's parameters get the right gradients, in float64.
    """

    untouched = Promise("untouched", _untouched)
    float64 = Promise("float64", _float64, tolerance=FLOAT64)
    non_contiguous = Promise("non_contiguous", _non_contiguous)
    float64_transposed = Promise("float64_transposed", _float64_transposed, tolerance=FLOAT64)
    batch_of_one = Promise("batch_of_one", _axis_of_one)
    axis_of_one = Promise("axis_of_one", _axis_of_one)
    second_call = Promise("second_call", _second_call)
    gradients = Promise("gradients", _gradients)


# The declaration.


class standard:  # noqa: N801 - used as a decorator
    """Decorate a method that draws the arguments of an ordinary call. Adds a check to its class for each promise.

    The method takes fixtures as a check does, and returns a dict of arguments by name, in the order of the call.

    Args:
        promises: The statement's promises about the call.
        call: The result of `call(impl, *arguments)`. By default the exercise is called.
        net: `net(impl)` makes a module, which is called with the arguments. `call`, if given, gets the module.
    """

    def __init__(
        self,
        *promises: Promise,
        call: Callable[..., Any] | None = None,
        net: Callable[[Any], torch.nn.Module] | None = None,
    ) -> None:
        self.promises = promises
        self.call = call
        self.net = net

    def __call__(self, draw: Callable[..., Arguments]) -> standard:
        self.draw = draw
        return self

    def __set_name__(self, owner: type, name: str) -> None:
        setattr(owner, name, self.draw)
        for promise in self.promises:
            check = self._check(promise)
            if check.__name__ in vars(owner):
                raise TypeError(f"{owner.__name__} has two checks {check.__name__}; give one of them another id")
            setattr(owner, check.__name__, check)
        first = next((name for name, member in vars(owner).items() if _is_about_values(member)), None)
        for check in vars(owner).values():
            if getattr(check, "is_property", False) and first and not _marked(check, "needs"):
                pytest.mark.needs(first.removeprefix("test_"))(check)
        if from_scratch := vars(owner).get("test_from_scratch"):  # stays the last
            delattr(owner, "test_from_scratch")
            owner.test_from_scratch = from_scratch  # type: ignore[attr-defined]

    def _check(self, promise: Promise) -> Any:
        """The pytest function of one promise. It takes the fixtures of the method, and those that it asks with."""
        kind, draw, call, net = STANDARD_CHECKS[promise.kind], self.draw, self.call, self.net
        drawn_from = list(inspect.signature(draw).parameters)[1:]

        def check(self: object, request: pytest.FixtureRequest, **fixtures: Any) -> None:
            exercise: str = request.node.get_closest_marker("exercise").args[0]
            arguments = draw(self, **{name: fixtures[name] for name in drawn_from})
            asking = Requested(*(fixtures[name] for name in Requested._fields))
            waits = request.node.get_closest_marker("needs") is not None
            promise.ask(dataclasses.replace(promise, waits=waits), Call(exercise, arguments, call, net), asking)

        names = dict.fromkeys(["self", "request", *Requested._fields, *drawn_from])
        parameters = [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
        check.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        title = kind.title(promise.names)
        check.__name__ = f"test_{promise.id or kind.id}"
        check.__doc__ = f"{title.en}\n{title.zh}"
        check.place_as = draw  # type: ignore[attr-defined]  # pytest shows the suite's line
        check.is_property = kind.is_property  # type: ignore[attr-defined]
        marked: Any = pytest.mark.points(kind.points if promise.points is None else promise.points)(check)
        for mark in promise.marks:
            marked = mark(marked)
        return marked


def _is_about_values(member: Any) -> bool:
    """Return whether a member of a suite's class is a check that a property of the same exercise can wait for."""
    if not inspect.isfunction(member) or not member.__name__.startswith("test_"):
        return False
    unfit = any(_marked(member, mark) for mark in ("bonus", "needs", "parametrize"))
    asks = inspect.signature(member).parameters
    return not (unfit or getattr(member, "is_property", False) or "from_scratch" in asks or "training" in asks)


def _marked(check: Any, name: str) -> bool:
    return any(mark.name == name for mark in getattr(check, "pytestmark", ()))
