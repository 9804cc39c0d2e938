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
    # BEGIN SOLUTION
    b = 2 * a
    # WRONG first-doubling-left-out: b = a
    # WRONG graph-cut-in-the-loop: b = 2 * a.data
    # WRONG argument-doubled-in-place:
    #     a *= 2
    #     b = a
    while b.norm() < 1000:
        # WRONG doubled-past-1000: while b.norm() <= 1000:
        # WRONG largest-element-for-norm: while b.abs().max() < 1000:
        # WRONG l1-norm: while b.abs().sum() < 1000:
        # WRONG doubled-at-most-twice: if b.norm() < 1000:
        b = 2 * b
    return b if b.sum() > 0 else 100 * b
    # WRONG elementwise-branch: return torch.where(b > 0, b, 100 * b)
    # WRONG zero-counts-as-positive: return b if b.sum() >= 0 else 100 * b
    # WRONG branches-swapped: return 100 * b if b.sum() > 0 else b
    # WRONG hundred-left-out: return b
    # END SOLUTION


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
    """

    def __init__(self, value: float, deriv: float = 0.0) -> None:
        # BEGIN SOLUTION
        self.value = value
        self.deriv = deriv
        # WRONG every-dual-an-input: self.deriv = deriv or 1.0
        # END SOLUTION

    def __add__(self, other: Dual | float) -> Dual:
        """Return self + other."""
        # BEGIN SOLUTION
        other = _dual(other)
        return Dual(self.value + other.value, self.deriv + other.deriv)
        # WRONG operand-changed-by-the-sum:
        #     self.value, self.deriv = self.value + other.value, self.deriv + other.deriv
        #     return self
        # END SOLUTION

    def __radd__(self, other: float) -> Dual:
        """Return other + self, where other is a plain number."""
        # BEGIN SOLUTION
        return self + other
        # END SOLUTION

    def __sub__(self, other: Dual | float) -> Dual:
        """Return self - other."""
        # BEGIN SOLUTION
        other = _dual(other)
        return Dual(self.value - other.value, self.deriv - other.deriv)
        # WRONG difference-adds-derivatives: return Dual(self.value - other.value, self.deriv + other.deriv)
        # END SOLUTION

    def __rsub__(self, other: float) -> Dual:
        """Return other - self, where other is a plain number."""
        # BEGIN SOLUTION
        return _dual(other) - self
        # WRONG left-difference-reversed: return self - other
        # END SOLUTION

    def __mul__(self, other: Dual | float) -> Dual:
        """Return self * other."""
        # BEGIN SOLUTION
        other = _dual(other)
        return Dual(self.value * other.value, self.deriv * other.value + self.value * other.deriv)
        # WRONG product-of-derivatives: return Dual(self.value * other.value, self.deriv * other.deriv)
        # WRONG second-factor-taken-for-a-constant: return Dual(self.value * other.value, self.deriv * other.value)
        # WRONG product-crossed-wrongly:
        #     return Dual(self.value * other.value, self.deriv * self.value + other.value * other.deriv)
        # END SOLUTION

    def __rmul__(self, other: float) -> Dual:
        """Return other * self, where other is a plain number."""
        # BEGIN SOLUTION
        return self * other
        # END SOLUTION

    def __truediv__(self, other: Dual | float) -> Dual:
        """Return self / other."""
        # BEGIN SOLUTION
        other = _dual(other)
        quotient = self.value / other.value
        return Dual(quotient, (self.deriv - quotient * other.deriv) / other.value)
        # WRONG quotient-sign: return Dual(quotient, (quotient * other.deriv - self.deriv) / other.value)
        # WRONG denominator-not-squared: return Dual(quotient, self.deriv - quotient * other.deriv)
        # WRONG denominator-taken-for-a-constant: return Dual(quotient, self.deriv / other.value)
        # END SOLUTION

    def __rtruediv__(self, other: float) -> Dual:
        """Return other / self, where other is a plain number."""
        # BEGIN SOLUTION
        return _dual(other) / self
        # WRONG left-quotient-reversed: return self / other
        # END SOLUTION

    def exp(self) -> Dual:
        """Return e to the power of self."""
        # BEGIN SOLUTION
        power = math.exp(self.value)
        return Dual(power, power * self.deriv)
        # WRONG inner-derivative-of-exp-forgotten: return Dual(power, power)
        # WRONG power-rule-for-the-dual-exp: return Dual(power, self.value * math.exp(self.value - 1) * self.deriv)
        # END SOLUTION

    def log(self) -> Dual:
        """Return the natural logarithm of self. The value is positive. If it is tiny, the derivative is still right."""
        # BEGIN SOLUTION
        return Dual(math.log(self.value), self.deriv / self.value)
        # WRONG inner-derivative-of-log-forgotten: return Dual(math.log(self.value), 1 / self.value)
        # WRONG derivative-of-log-not-inverted: return Dual(math.log(self.value), self.deriv * self.value)
        # END SOLUTION

    def sin(self) -> Dual:
        """Return the sine of self."""
        # BEGIN SOLUTION
        return Dual(math.sin(self.value), math.cos(self.value) * self.deriv)
        # WRONG inner-derivative-forgotten: return Dual(math.sin(self.value), math.cos(self.value))
        # WRONG sine-becomes-minus-cosine: return Dual(math.sin(self.value), -math.cos(self.value) * self.deriv)
        # END SOLUTION


# BEGIN SOLUTION


def _dual(number: Dual | float) -> Dual:
    """Return the number as a Dual. A plain number becomes a constant."""
    return number if isinstance(number, Dual) else Dual(number, 0.0)
    # WRONG constants-move: return number if isinstance(number, Dual) else Dual(number, 1.0)


# END SOLUTION


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
    """

    def __init__(self, data: float, _children: tuple[Value, ...] = ()) -> None:
        # BEGIN SOLUTION
        self.data = data
        self.grad = 0.0
        self._children = _children
        self._slopes: tuple[float, ...] = ()
        # END SOLUTION

    def __add__(self, other: Value | float) -> Value:
        """Return self + other."""
        # BEGIN SOLUTION
        other = _value(other)
        return _result(self.data + other.data, (self, 1.0), (other, 1.0))
        # END SOLUTION

    def __mul__(self, other: Value | float) -> Value:
        """Return self * other."""
        # BEGIN SOLUTION
        other = _value(other)
        return _result(self.data * other.data, (self, other.data), (other, self.data))
        # WRONG product-slopes-swapped: return _result(self.data * other.data, (self, self.data), (other, other.data))
        # END SOLUTION

    def __pow__(self, exponent: float) -> Value:
        """Return self to the power of a constant, which may be negative or a fraction."""
        # BEGIN SOLUTION
        return _result(self.data**exponent, (self, exponent * self.data ** (exponent - 1)))
        # WRONG exponent-not-lowered: return _result(self.data**exponent, (self, exponent * self.data**exponent))
        # WRONG factor-of-the-power-forgotten: return _result(self.data**exponent, (self, self.data ** (exponent - 1)))
        # END SOLUTION

    def exp(self) -> Value:
        """Return e to the power of self."""
        # BEGIN SOLUTION
        power = math.exp(self.data)
        return _result(power, (self, power))
        # WRONG power-rule-for-exp: return _result(power, (self, self.data * math.exp(self.data - 1)))
        # WRONG slope-of-exp-1: return _result(power, (self, 1.0))
        # END SOLUTION

    def log(self) -> Value:
        """Return the natural logarithm of self, for a positive number."""
        # BEGIN SOLUTION
        return _result(math.log(self.data), (self, 1 / self.data))
        # WRONG slope-of-log-not-inverted: return _result(math.log(self.data), (self, self.data))
        # END SOLUTION

    def tanh(self) -> Value:
        """Return the hyperbolic tangent of self."""
        # BEGIN SOLUTION
        t = math.tanh(self.data)
        return _result(t, (self, 1 - t * t))
        # WRONG tanh-of-the-input: return _result(t, (self, 1 - self.data * self.data))
        # WRONG tanh-not-squared: return _result(t, (self, 1 - t))
        # END SOLUTION

    def backward(self) -> None:
        """Add the derivative of self with respect to each node to the `grad` of this node.

        The nodes are self, whose derivative is 1, and each Value from which self was computed, directly or not:

            d self / d node = sum(d self / d use * d use / d node), over all nodes that use this node directly

        Process a node after all its uses, and each node only once, however many paths lead to it. A graph may be
        thousands of operations deep.

        As in torch, `grad` accumulates: a second call, on this node or another, adds its derivatives to `grad`. The
        values of `grad` from earlier calls do not enter the new derivatives.
        """
        # BEGIN SOLUTION
        slopes = {self: 1.0}
        # WRONG old-gradients-passed-on:
        #     slopes = {node: node.grad for node in _children_first(self)} | {self: self.grad + 1.0}
        # WRONG root-set-to-1: slopes = {node: node.grad for node in _children_first(self)} | {self: 1.0}
        # WRONG operands-before-results: slopes = dict.fromkeys(_children_first(self), 0.0) | {self: 1.0}
        for node in reversed(_children_first(self)):
            # WRONG operands-before-results: for node in _children_first(self):
            node.grad += slopes[node]
            # WRONG overwritten-by-the-next-call: node.grad = slopes[node]
            # WRONG old-gradients-passed-on: node.grad = slopes[node]
            # WRONG root-set-to-1: node.grad = slopes[node]
            # WRONG leaves-only: node.grad += 0.0 if node._children else slopes[node]
            # All that uses this node came before it, so its slope is complete: pass it on by the chain rule.
            for place, child in enumerate(node._children):
                slopes[child] = slopes.get(child, 0.0) + slopes[node] * node._slopes[place]
                # WRONG overwritten-within-a-graph: slopes[child] = slopes[node] * node._slopes[place]
                # WRONG same-operand-counted-once:
                #     if child not in node._children[:place]:
                #         slopes[child] = slopes.get(child, 0.0) + slopes[node] * node._slopes[place]
                # WRONG chain-rule-forgotten: slopes[child] = slopes.get(child, 0.0) + node._slopes[place]
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
    """Return the number as a Value. A plain number becomes a constant."""
    return number if isinstance(number, Value) else Value(number)


def _result(data: float, *operands: tuple[Value, float]) -> Value:
    """Return a node computed from operands, each with the derivative of the result with respect to it."""
    node = Value(data, tuple(operand for operand, _ in operands))
    node._slopes = tuple(slope for _, slope in operands)
    return node


def _children_first(root: Value) -> list[Value]:
    """Return the root and all nodes that it was computed from, each once and after all its children."""
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
    # WRONG recursive-order, 11 lines:
    #     order, seen = [], set()
    #
    #
    #     def visit(node: Value) -> None:
    #         if node not in seen:
    #             seen.add(node)
    #             for child in node._children:
    #                 visit(child)
    #             order.append(node)
    #
    #
    #     visit(root)
    #     return order


# END SOLUTION


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
    # BEGIN SOLUTION
    for param in params:
        param.grad = None
    # WRONG stale-gradients-leak, 2 lines:
    # WRONG none-cleared: param.grad.zero_()
    for loss in losses:
        # WRONG first-loss-only: for loss in losses[:1]:
        loss.backward(retain_graph=True)
        # WRONG last-loss-only:
        #     [setattr(param, 'grad', None) for param in params]
        #     loss.backward(retain_graph=True)
        # WRONG mean-of-the-losses: (loss / len(losses)).backward(retain_graph=True)
        # WRONG graph-freed: loss.backward()
    grads = [torch.zeros_like(param) if param.grad is None else param.grad for param in params]
    # WRONG unused-gives-none: grads = [param.grad for param in params]
    # WRONG zero-without-shape: grads = [torch.tensor(0.0) if param.grad is None else param.grad for param in params]
    for param in params:
        param.grad = None
        # WRONG returned-then-zeroed: param.grad is not None and param.grad.zero_()
    # WRONG gradients-left-behind, 2 lines:
    return grads
    # END SOLUTION


def detached_product(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return two gradients that show the effect of detach() (D2L 2.5.3).

    Let y = x * x and u = y.detach(), element by element. The function leaves x and x.grad unchanged.

    Args:
        x: any shape, float32 or float64. It need not be contiguous in memory.

    Returns:
        The gradient of (u * x).sum() and the gradient of y.sum(), both with respect to x and of its shape. The second
        does not include the first.
    """
    # BEGIN SOLUTION
    x = x.detach().clone().requires_grad_()
    # WRONG works-on-the-input: x = x.requires_grad_()
    y = x * x
    u = y.detach()
    # WRONG not-detached: u = y
    # WRONG detached-into-nothing: u = torch.zeros_like(y)
    # WRONG x-detached-for-y: u = x.detach()
    (u * x).sum().backward()
    # WRONG not-detached: (u * x).sum().backward(retain_graph=True)
    # WRONG sum-forgotten: (u * x).backward()
    through_product = x.grad.clone()
    # WRONG same-tensor-twice: through_product = x.grad
    x.grad.zero_()
    # WRONG first-gradient-not-cleared: pass
    y.sum().backward()
    # WRONG gradient-of-the-detached: u.sum().backward()
    return through_product, x.grad
    # WRONG gradients-in-the-other-order: return x.grad, through_product
    # END SOLUTION
