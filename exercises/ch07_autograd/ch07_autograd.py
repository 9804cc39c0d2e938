"""ch07 Automatic differentiation: control flow, dual numbers, a reverse-mode engine, .grad.

D2L section 2.5 (chapter_preliminaries/autograd.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def f(a: Tensor) -> Tensor:
    """A function with control flow, which autograd differentiates all the same (D2L 2.5.4).

    Starts from b = 2a and doubles b for as long as its norm (the 2-norm of all elements together) is less than 1000.
    Returns b where the elements of b add up to more than zero, and 100 b otherwise.

    Args:
        a: any shape, not all zeros.

    Returns:
        Same shape: k a for some number k that depends on a alone, so that the gradient for a scalar a is f(a) / a.
    """
    raise NotImplementedError  # write your code here


class Dual:
    """A number that carries a derivative with it: forward-mode automatic differentiation.

    value + deriv * epsilon, with epsilon^2 = 0. Whatever is computed from Duals has the derivative that the rules of
    calculus give it, along the direction in which the inputs' own `deriv` point. To differentiate by x, give x the
    derivative 1 and every other input the derivative 0.

        x = Dual(2.0, 1.0)
        y = x * x + 3          # y.value == 7.0, y.deriv == 4.0

    Numbers that are not Duals may stand on either side of an operator: they are constants. Operators give new Duals
    and leave their operands as they are.

    Attributes:
        value: the number.
        deriv: its derivative.

    Source: Wengert (1964), A simple automatic derivative evaluation program.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """

    def __init__(self, value: float, deriv: float = 0.0) -> None:
        raise NotImplementedError  # write your code here

    def __add__(self, other: Dual | float) -> Dual:
        """self + other."""
        raise NotImplementedError  # write your code here

    def __radd__(self, other: float) -> Dual:
        """other + self, where other is not a Dual."""
        raise NotImplementedError  # write your code here

    def __sub__(self, other: Dual | float) -> Dual:
        """self - other."""
        raise NotImplementedError  # write your code here

    def __rsub__(self, other: float) -> Dual:
        """other - self, where other is not a Dual."""
        raise NotImplementedError  # write your code here

    def __mul__(self, other: Dual | float) -> Dual:
        """self * other."""
        raise NotImplementedError  # write your code here

    def __rmul__(self, other: float) -> Dual:
        """other * self, where other is not a Dual."""
        raise NotImplementedError  # write your code here

    def __truediv__(self, other: Dual | float) -> Dual:
        """self / other."""
        raise NotImplementedError  # write your code here

    def __rtruediv__(self, other: float) -> Dual:
        """other / self, where other is not a Dual."""
        raise NotImplementedError  # write your code here

    def exp(self) -> Dual:
        """e to the power of self."""
        raise NotImplementedError  # write your code here

    def log(self) -> Dual:
        """The natural logarithm of self, for positive values."""
        raise NotImplementedError  # write your code here

    def sin(self) -> Dual:
        """The sine of self."""
        raise NotImplementedError  # write your code here


class Value:
    """A number that remembers how it was computed: reverse-mode automatic differentiation.

    Every operation gives a new Value, whose children are its operands. They make a graph, in which `backward` goes
    from a result to everything that it was computed from.

        x, y = Value(2.0), Value(3.0)
        z = x * y + x
        z.backward()           # x.grad == 4.0, y.grad == 2.0, z.grad == 1.0

    Numbers that are not Values may stand on either side of an operator: they are constants.

    Attributes:
        data: the number.
        grad: the derivative of a result with respect to this number, added up over calls of `backward`; 0.0 at first.

    What else a Value keeps is up to you.

    Source: Linnainmaa (1976), Taylor expansion of the accumulated rounding error; the documentation of torch.autograd.

    Write it from scratch, without automatic differentiation (backward, torch.autograd, torch.func).
    """

    def __init__(self, data: float, _children: tuple[Value, ...] = ()) -> None:
        raise NotImplementedError  # write your code here

    def __add__(self, other: Value | float) -> Value:
        """self + other."""
        raise NotImplementedError  # write your code here

    def __mul__(self, other: Value | float) -> Value:
        """self * other."""
        raise NotImplementedError  # write your code here

    def __pow__(self, exponent: float) -> Value:
        """self to the power of a constant."""
        raise NotImplementedError  # write your code here

    def exp(self) -> Value:
        """e to the power of self."""
        raise NotImplementedError  # write your code here

    def log(self) -> Value:
        """The natural logarithm of self, for positive numbers."""
        raise NotImplementedError  # write your code here

    def tanh(self) -> Value:
        """The hyperbolic tangent of self."""
        raise NotImplementedError  # write your code here

    def backward(self) -> None:
        """Add the derivative of self with respect to each node to that node's `grad`.

        The nodes are self (whose derivative is 1) and all that it was computed from, directly or not. For each of them

            d self / d node = sum over the uses of the node: d self / d use * d use / d node

        so that a node's turn comes when all of its uses have had theirs. Every node has one turn, however many ways
        lead to it, and graphs may be thousands of operations deep.

        As in torch, `grad` accumulates: a second call, of this node or of another one, adds its derivatives to what
        is there. What an earlier call left in `grad` does not take part in them.
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
    """The gradients that backward() accumulates in the parameters over several losses.

    Calls backward() on each loss in turn, without clearing `.grad` in between.

    Args:
        losses: scalars that require gradients. They may be parts of one graph, which then has to outlive the first
            backward().
        params: leaf tensors that require gradients. What their `.grad` held before the call does not count.

    Returns:
        For each parameter the gradient of the sum of the losses, of the parameter's shape; zeros where no loss uses
        it. Afterwards the parameters' own `.grad` are cleared: None, or zeros.

    Source: D2L 2.5.1 and 2.5.2.
    """
    raise NotImplementedError  # write your code here


def detached_product(x: Tensor) -> tuple[Tensor, Tensor]:
    """What detach() keeps and what it cuts (D2L 2.5.3).

    With y = x * x and u = y.detach(), elementwise.

    Args:
        x: any shape, floating point. Neither it nor its `.grad` changes.

    Returns:
        The gradient of (u * x).sum() and that of y.sum(), each by itself, with respect to x; both of the shape of x.
    """
    raise NotImplementedError  # write your code here
