"""ch07 Automatic differentiation: control flow, dual numbers, a reverse-mode engine, .grad.

See D2L 2.5 (chapter_preliminaries/autograd.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def f(a: Tensor) -> Tensor:
    """Compute a function with Python control flow. Autograd can differentiate it (D2L 2.5.4).

    Start with b = 2a. Double b as long as its norm is less than 1000; the norm is the 2-norm of all elements together.
    Return b if the sum of its elements is greater than 0, and 100 b otherwise. The function leaves a unchanged.

    Args:
        a: any shape, not all zeros, float32 or float64. It need not be contiguous in memory.

    Returns:
        A tensor of the shape and dtype of a: k a for a number k that depends on a. Gradients flow to a. For a scalar a
        the gradient is f(a) / a.
    """
    raise NotImplementedError  # write your code here


class Dual:
    """A number together with a derivative: forward-mode automatic differentiation.

    A Dual is value + deriv * epsilon, with epsilon^2 = 0. Each operation computes the value and, by the rules of
    calculus, the derivative of its result. Set deriv to 1 for the input x to differentiate with respect to x, and to 0
    for all other inputs. If the deriv of the inputs are the components of a direction, the result is the derivative in
    this direction.

        x = Dual(2.0, 1.0)
        y = x * x + 3          # y.value == 7.0, y.deriv == 4.0

    A plain number on either side of an operator is a constant. Operations return new Duals and leave their operands
    unchanged.

    Attributes:
        value: the number.
        deriv: its derivative.

    Source: Wengert (1964), A simple automatic derivative evaluation program.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """

    def __init__(self, value: float, deriv: float = 0.0) -> None:
        raise NotImplementedError  # write your code here

    def __add__(self, other: Dual | float) -> Dual:
        """Return self + other."""
        raise NotImplementedError  # write your code here

    def __radd__(self, other: float) -> Dual:
        """Return other + self, where other is a plain number."""
        raise NotImplementedError  # write your code here

    def __sub__(self, other: Dual | float) -> Dual:
        """Return self - other."""
        raise NotImplementedError  # write your code here

    def __rsub__(self, other: float) -> Dual:
        """Return other - self, where other is a plain number."""
        raise NotImplementedError  # write your code here

    def __mul__(self, other: Dual | float) -> Dual:
        """Return self * other."""
        raise NotImplementedError  # write your code here

    def __rmul__(self, other: float) -> Dual:
        """Return other * self, where other is a plain number."""
        raise NotImplementedError  # write your code here

    def __truediv__(self, other: Dual | float) -> Dual:
        """Return self / other."""
        raise NotImplementedError  # write your code here

    def __rtruediv__(self, other: float) -> Dual:
        """Return other / self, where other is a plain number."""
        raise NotImplementedError  # write your code here

    def exp(self) -> Dual:
        """Return e to the power of self."""
        raise NotImplementedError  # write your code here

    def log(self) -> Dual:
        """Return the natural logarithm of self. The value is positive. If it is tiny, the derivative is still right."""
        raise NotImplementedError  # write your code here

    def sin(self) -> Dual:
        """Return the sine of self."""
        raise NotImplementedError  # write your code here


class Value:
    """A number that remembers how it was computed: reverse-mode automatic differentiation.

    Each operation returns a new Value. Its children are the operands. All Values together form a graph. `backward` goes
    from a result to everything that it was computed from.

        x, y = Value(2.0), Value(3.0)
        z = x * y + x
        z.backward()           # x.grad == 4.0, y.grad == 2.0, z.grad == 1.0

    A plain number on either side of an operator is a constant. Callers may set data and grad of a leaf, as an optimiser
    does. You decide which other attributes a Value has. Only your own operations pass _children; callers pass data.

    Attributes:
        data: the number.
        grad: the derivative of a result with respect to this number, summed over all calls of `backward`; 0.0 at first.

    Source: Linnainmaa (1976), Taylor expansion of the accumulated rounding error; the documentation of torch.autograd.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """

    def __init__(self, data: float, _children: tuple[Value, ...] = ()) -> None:
        raise NotImplementedError  # write your code here

    def __add__(self, other: Value | float) -> Value:
        """Return self + other."""
        raise NotImplementedError  # write your code here

    def __mul__(self, other: Value | float) -> Value:
        """Return self * other."""
        raise NotImplementedError  # write your code here

    def __pow__(self, exponent: float) -> Value:
        """Return self to the power of a constant, which may be negative or a fraction."""
        raise NotImplementedError  # write your code here

    def exp(self) -> Value:
        """Return e to the power of self."""
        raise NotImplementedError  # write your code here

    def log(self) -> Value:
        """Return the natural logarithm of self, for a positive number."""
        raise NotImplementedError  # write your code here

    def tanh(self) -> Value:
        """Return the hyperbolic tangent of self."""
        raise NotImplementedError  # write your code here

    def backward(self) -> None:
        """Add the derivative of self with respect to each node to the `grad` of this node.

        The nodes are self, whose derivative is 1, and each Value from which self was computed, directly or not:

            d self / d node = sum(d self / d use * d use / d node), over all nodes that use this node directly

        Process a node after all its uses, and each node only once, however many paths lead to it. A graph may be
        thousands of operations deep.

        As in torch, `grad` accumulates: a second call, on this node or another, adds its derivatives to `grad`. The
        values of `grad` from earlier calls do not enter the new derivatives.
        """
        raise NotImplementedError  # write your code here

    # Given, not exercises: these follow from +, * and **.
    def __radd__(self, other: float) -> Value:
        return self + other

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Value | float) -> Value:
        return self + (-other)

    def __rsub__(self, other: float) -> Value:
        return (-self) + other

    def __truediv__(self, other: Value | float) -> Value:
        return self * other**-1

    def __rtruediv__(self, other: float) -> Value:
        return self**-1 * other


def accumulated_grads(losses: Sequence[Tensor], params: Sequence[Tensor]) -> list[Tensor]:
    """Return the gradients that backward() accumulates in the parameters over several losses (D2L 2.5.1 and 2.5.2).

    Call backward() on each loss in turn, without clearing `.grad` in between. The function leaves the values of the
    parameters unchanged.

    Args:
        losses: scalars that require gradients. They may share a graph; then the graph must survive the first
            backward().
        params: leaf tensors that require gradients, float32 or float64. They need not be contiguous in memory. Ignore
            the `.grad` that they have before the call.

    Returns:
        A list with a gradient for each parameter, of its shape: the gradient of the sum of the losses. It is zero if no
        loss uses the parameter. After the call, the `.grad` of each parameter is None or zeros.
    """
    raise NotImplementedError  # write your code here


def detached_product(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return two gradients that show the effect of detach() (D2L 2.5.3).

    Let y = x * x and u = y.detach(), element by element. The function leaves x and x.grad unchanged.

    Args:
        x: any shape, float32 or float64. It need not be contiguous in memory.

    Returns:
        The gradient of (u * x).sum() and the gradient of y.sum(), both with respect to x and of its shape. The second
        does not include the first.
    """
    raise NotImplementedError  # write your code here
