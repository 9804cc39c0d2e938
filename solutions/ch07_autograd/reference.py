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
    # BEGIN SOLUTION
    b = 2 * a
    # WRONG first-doubling-left-out: b = a
    # WRONG graph-cut-in-the-loop: b = 2 * a.data
    while b.norm() < 1000:
        # WRONG doubled-past-1000: while b.norm() <= 1000:
        # WRONG largest-element-for-norm: while b.abs().max() < 1000:
        b = 2 * b
    return b if b.sum() > 0 else 100 * b
    # WRONG elementwise-branch: return torch.where(b > 0, b, 100 * b)
    # END SOLUTION


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
    """

    def __init__(self, value: float, deriv: float = 0.0) -> None:
        # BEGIN SOLUTION
        self.value = value
        self.deriv = deriv
        # WRONG every-dual-an-input: self.deriv = deriv or 1.0
        # END SOLUTION

    def __add__(self, other: Dual | float) -> Dual:
        """self + other."""
        # BEGIN SOLUTION
        other = _dual(other)
        return Dual(self.value + other.value, self.deriv + other.deriv)
        # END SOLUTION

    def __radd__(self, other: float) -> Dual:
        """other + self, where other is not a Dual."""
        # BEGIN SOLUTION
        return self + other
        # END SOLUTION

    def __sub__(self, other: Dual | float) -> Dual:
        """self - other."""
        # BEGIN SOLUTION
        other = _dual(other)
        return Dual(self.value - other.value, self.deriv - other.deriv)
        # END SOLUTION

    def __rsub__(self, other: float) -> Dual:
        """other - self, where other is not a Dual."""
        # BEGIN SOLUTION
        return _dual(other) - self
        # WRONG left-difference-reversed: return self - other
        # END SOLUTION

    def __mul__(self, other: Dual | float) -> Dual:
        """self * other."""
        # BEGIN SOLUTION
        other = _dual(other)
        return Dual(self.value * other.value, self.deriv * other.value + self.value * other.deriv)
        # WRONG product-of-derivatives: return Dual(self.value * other.value, self.deriv * other.deriv)
        # END SOLUTION

    def __rmul__(self, other: float) -> Dual:
        """other * self, where other is not a Dual."""
        # BEGIN SOLUTION
        return self * other
        # END SOLUTION

    def __truediv__(self, other: Dual | float) -> Dual:
        """self / other."""
        # BEGIN SOLUTION
        other = _dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.deriv - quotient * other.deriv) / other.value)
        # WRONG quotient-sign: return Dual(quotient, (quotient * other.deriv - self.deriv) / other.value)
        # END SOLUTION

    def __rtruediv__(self, other: float) -> Dual:
        """other / self, where other is not a Dual."""
        # BEGIN SOLUTION
        return _dual(other) / self
        # WRONG left-quotient-reversed: return self / other
        # END SOLUTION

    def exp(self) -> Dual:
        """e to the power of self."""
        # BEGIN SOLUTION
        power = math.exp(self.value)
        return Dual(power, power * self.deriv)
        # END SOLUTION

    def log(self) -> Dual:
        """The natural logarithm of self, for positive values."""
        # BEGIN SOLUTION
        return Dual(math.log(self.value), self.deriv / self.value)
        # END SOLUTION

    def sin(self) -> Dual:
        """The sine of self."""
        # BEGIN SOLUTION
        return Dual(math.sin(self.value), math.cos(self.value) * self.deriv)
        # WRONG inner-derivative-forgotten: return Dual(math.sin(self.value), math.cos(self.value))
        # END SOLUTION


# BEGIN SOLUTION


def _dual(number: Dual | float) -> Dual:
    """The number as a Dual; what is none is a constant."""
    return number if isinstance(number, Dual) else Dual(number, 0.0)
    # WRONG constants-move: return number if isinstance(number, Dual) else Dual(number, 1.0)


# END SOLUTION


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
    """

    def __init__(self, data: float, _children: tuple[Value, ...] = ()) -> None:
        # BEGIN SOLUTION
        self.data = data
        self.grad = 0.0
        self._children = _children
        self._slopes: tuple[float, ...] = ()
        # END SOLUTION

    def __add__(self, other: Value | float) -> Value:
        """self + other."""
        # BEGIN SOLUTION
        other = _value(other)
        return _result(self.data + other.data, (self, 1.0), (other, 1.0))
        # END SOLUTION

    def __mul__(self, other: Value | float) -> Value:
        """self * other."""
        # BEGIN SOLUTION
        other = _value(other)
        return _result(self.data * other.data, (self, other.data), (other, self.data))
        # WRONG product-slopes-swapped: return _result(self.data * other.data, (self, self.data), (other, other.data))
        # END SOLUTION

    def __pow__(self, exponent: float) -> Value:
        """self to the power of a constant."""
        # BEGIN SOLUTION
        return _result(self.data**exponent, (self, exponent * self.data ** (exponent - 1)))
        # WRONG exponent-not-lowered: return _result(self.data**exponent, (self, exponent * self.data**exponent))
        # END SOLUTION

    def exp(self) -> Value:
        """e to the power of self."""
        # BEGIN SOLUTION
        power = math.exp(self.data)
        return _result(power, (self, power))
        # WRONG power-rule-for-exp: return _result(power, (self, self.data * math.exp(self.data - 1)))
        # END SOLUTION

    def log(self) -> Value:
        """The natural logarithm of self, for positive numbers."""
        # BEGIN SOLUTION
        return _result(math.log(self.data), (self, 1 / self.data))
        # END SOLUTION

    def tanh(self) -> Value:
        """The hyperbolic tangent of self."""
        # BEGIN SOLUTION
        t = math.tanh(self.data)
        return _result(t, (self, 1 - t * t))
        # WRONG tanh-of-the-input: return _result(t, (self, 1 - self.data * self.data))
        # END SOLUTION

    def backward(self) -> None:
        """Add the derivative of self with respect to each node to that node's `grad`.

        The nodes are self (whose derivative is 1) and all that it was computed from, directly or not. For each of them

            d self / d node = sum over the uses of the node: d self / d use * d use / d node

        so that a node's turn comes when all of its uses have had theirs. Every node has one turn, however many ways
        lead to it, and graphs may be thousands of operations deep.

        As in torch, `grad` accumulates: a second call, of this node or of another one, adds its derivatives to what
        is there. What an earlier call left in `grad` does not take part in them.
        """
        # BEGIN SOLUTION
        slopes = {self: 1.0}
        # WRONG old-gradients-passed-on:
        #     slopes = {node: node.grad for node in _children_first(self)} | {self: self.grad + 1.0}
        for node in reversed(_children_first(self)):
            node.grad += slopes[node]
            # WRONG overwritten-by-the-next-call: node.grad = slopes[node]
            # WRONG old-gradients-passed-on: node.grad = slopes[node]
            # All that uses this node came before it, so its slope is complete: pass it on by the chain rule.
            for place, child in enumerate(node._children):
                slopes[child] = slopes.get(child, 0.0) + slopes[node] * node._slopes[place]
                # WRONG overwritten-within-a-graph: slopes[child] = slopes[node] * node._slopes[place]
        # END SOLUTION

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


# BEGIN SOLUTION


def _value(number: Value | float) -> Value:
    """The number as a Value; what is none is a constant."""
    return number if isinstance(number, Value) else Value(number)


def _result(data: float, *operands: tuple[Value, float]) -> Value:
    """A node computed from operands, each with the derivative of the result with respect to it."""
    node = Value(data, tuple(operand for operand, _ in operands))
    node._slopes = tuple(slope for _, slope in operands)
    return node


def _children_first(root: Value) -> list[Value]:
    """The root and all that it was computed from, each once, and behind all of its children."""
    order, seen = [], set()
    waiting = [(root, False)]
    while waiting:
        node, expanded = waiting.pop()
        # WRONG breadth-first: node, expanded = waiting.pop(0)
        if expanded:
            order.append(node)
            # WRONG depth-first-preorder: continue
            # WRONG breadth-first: continue
        elif node not in seen:
            seen.add(node)
            # WRONG depth-first-preorder: seen.add(node) or order.insert(0, node)
            # WRONG breadth-first: seen.add(node) or order.insert(0, node)
            waiting.append((node, True))
            waiting += [(child, False) for child in node._children]
    return order


# END SOLUTION


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
    # BEGIN SOLUTION
    for param in params:
        param.grad = None
    # WRONG stale-gradients-leak, 2 lines:
    for loss in losses:
        loss.backward(retain_graph=True)
        # WRONG last-loss-only:
        #     [setattr(param, 'grad', None) for param in params]
        #     loss.backward(retain_graph=True)
        # WRONG mean-of-the-losses: (loss / len(losses)).backward(retain_graph=True)
    grads = [torch.zeros_like(param) if param.grad is None else param.grad for param in params]
    # WRONG unused-gives-none: grads = [param.grad for param in params]
    for param in params:
        param.grad = None
        # WRONG returned-then-zeroed: param.grad is not None and param.grad.zero_()
    # WRONG gradients-left-behind, 2 lines:
    return grads
    # END SOLUTION


def detached_product(x: Tensor) -> tuple[Tensor, Tensor]:
    """What detach() keeps and what it cuts (D2L 2.5.3).

    With y = x * x and u = y.detach(), elementwise.

    Args:
        x: any shape, floating point. Neither it nor its `.grad` changes.

    Returns:
        The gradient of (u * x).sum() and that of y.sum(), each by itself, with respect to x; both of the shape of x.
    """
    # BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    # WRONG works-on-the-input: x = x.requires_grad_()
    y = x * x
    u = y.detach()
    # WRONG not-detached: u = y
    # WRONG detached-into-nothing: u = torch.zeros_like(y)
    (u * x).sum().backward()
    # WRONG not-detached: (u * x).sum().backward(retain_graph=True)
    through_product = x.grad.clone()
    # WRONG same-tensor-twice: through_product = x.grad
    x.grad.zero_()
    # WRONG first-gradient-not-cleared: pass
    y.sum().backward()
    return through_product, x.grad
    # END SOLUTION
