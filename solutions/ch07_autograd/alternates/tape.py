"""Another right way: operators in terms of each other, nodes numbered as they are made, gradients copied, closed
forms."""

import heapq
import itertools

COUNTER = itertools.count()


def f(a: Tensor) -> Tensor:
    b = a * 2
    while not b.flatten().dot(b.flatten()).sqrt() >= 1000:
        b = b + b
    return torch.where(b.sum() > 0, b, 100 * b)


class Dual:
    def __init__(self, value: float, deriv: float = 0.0) -> None:
        self.value = value
        self.deriv = deriv

    def __add__(self, other: Dual | float) -> Dual:
        value, deriv = parts(other)
        return Dual(self.value + value, self.deriv + deriv)

    def __radd__(self, other: float) -> Dual:
        return Dual(other) + self

    def __sub__(self, other: Dual | float) -> Dual:
        value, deriv = parts(other)
        return Dual(self.value - value, self.deriv - deriv)

    def __rsub__(self, other: float) -> Dual:
        return Dual(other - self.value, -self.deriv)

    def __mul__(self, other: Dual | float) -> Dual:
        value, deriv = parts(other)
        return Dual(self.value * value, deriv * self.value + value * self.deriv)

    def __rmul__(self, other: float) -> Dual:
        return Dual(other) * self

    def __truediv__(self, other: Dual | float) -> Dual:
        value, deriv = parts(other)
        return Dual(self.value / value, (self.deriv * value - self.value * deriv) / value**2)

    def __rtruediv__(self, other: float) -> Dual:
        return Dual(other).__truediv__(self)

    def exp(self) -> Dual:
        return Dual(math.exp(self.value), self.deriv * math.exp(self.value))

    def log(self) -> Dual:
        return Dual(math.log(self.value), self.deriv * (1 / self.value))

    def sin(self) -> Dual:
        return Dual(math.sin(self.value), self.deriv * math.sin(self.value + math.pi / 2))


def parts(number: Dual | float) -> tuple[float, float]:
    return (number.value, number.deriv) if isinstance(number, Dual) else (number, 0)


class Value:
    def __init__(self, data: float, _children: tuple[Value, ...] = ()) -> None:
        self.data = data
        self.grad = 0
        self.number = next(COUNTER)  # operands are always older than what is computed from them
        self.edges: dict[Value, float] = dict.fromkeys(_children, 0.0)

    def __add__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return self.join(self.data + other.data, (self, 1), (other, 1))

    def __mul__(self, other: Value | float) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return self.join(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, exponent: float) -> Value:
        return self.join(self.data**exponent, (self, exponent * self.data ** (exponent - 1)))

    def exp(self) -> Value:
        return self.join(math.exp(self.data), (self, math.exp(self.data)))

    def log(self) -> Value:
        return self.join(math.log(self.data), (self, self.data**-1))

    def tanh(self) -> Value:
        return self.join(math.tanh(self.data), (self, 1 - math.tanh(self.data) ** 2))

    @staticmethod
    def join(data: float, *edges: tuple[Value, float]) -> Value:
        out = Value(data, tuple(node for node, _ in edges))
        for node, slope in edges:
            out.edges[node] += slope
        return out

    def backward(self) -> None:
        slopes = {self: 1.0}
        queue = [(-self.number, self)]
        while queue:
            _, node = heapq.heappop(queue)
            node.grad += slopes[node]
            for child, slope in node.edges.items():
                if child not in slopes:
                    slopes[child] = 0.0
                    heapq.heappush(queue, (-child.number, child))
                slopes[child] += slopes[node] * slope

    def __radd__(self, other: float) -> Value:
        return Value(other) + self

    def __rmul__(self, other: float) -> Value:
        return Value(other) * self

    def __neg__(self) -> Value:
        return Value(-1) * self

    def __sub__(self, other: Value | float) -> Value:
        return self + other * -1

    def __rsub__(self, other: float) -> Value:
        return Value(other) - self

    def __truediv__(self, other: Value | float) -> Value:
        return self * other**-1.0

    def __rtruediv__(self, other: float) -> Value:
        return Value(other) / self


def accumulated_grads(losses: Sequence[Tensor], params: Sequence[Tensor]) -> list[Tensor]:
    for p in params:
        p.grad = torch.zeros_like(p)
    for loss in losses:
        loss.backward(retain_graph=True)
    grads = [p.grad.clone() for p in params]
    for p in params:
        p.grad.zero_()
    return grads


def detached_product(x: Tensor) -> tuple[Tensor, Tensor]:
    with torch.no_grad():
        return x * x, x + x
