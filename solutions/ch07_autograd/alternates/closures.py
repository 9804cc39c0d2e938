"""Another right way: closures in the nodes, the quotient rule as in the book, torch.autograd.grad, recursion avoided
by counting the uses of each node."""


def f(a: Tensor) -> Tensor:
    factor = 2.0
    with torch.no_grad():
        while torch.sqrt(((factor * a) ** 2).sum()) < 1000:
            factor *= 2
        if (factor * a).sum() <= 0:
            factor *= 100
    return factor * a


class Dual:
    def __init__(self, value: float, deriv: float = 0.0) -> None:
        self.value, self.deriv = float(value), float(deriv)

    def _through(self, value: float, slope: float) -> Dual:
        return Dual(value, slope * self.deriv)

    def _inverse(self) -> Dual:
        return self._through(1 / self.value, -1 / self.value**2)

    def __neg__(self) -> Dual:
        return self._through(-self.value, -1.0)

    def __add__(self, other: Dual | float) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.deriv + other.deriv)
        return self._through(self.value + other, 1.0)

    def __mul__(self, other: Dual | float) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.value * other.deriv + other.value * self.deriv)
        return self._through(self.value * other, other)

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other: Dual | float) -> Dual:
        return self + -1 * other

    def __rsub__(self, other: float) -> Dual:
        return -self + other

    def __truediv__(self, other: Dual | float) -> Dual:
        return self * (other._inverse() if isinstance(other, Dual) else 1 / other)

    def __rtruediv__(self, other: float) -> Dual:
        return other * self._inverse()

    def exp(self) -> Dual:
        return self._through(math.exp(self.value), math.exp(self.value))

    def log(self) -> Dual:
        return self._through(math.log(self.value), 1 / self.value)

    def sin(self) -> Dual:
        return self._through(math.sin(self.value), math.cos(self.value))


class Value:
    def __init__(self, data: float, _children: tuple[Value, ...] = ()) -> None:
        self.data, self.grad = float(data), 0.0
        self.inputs = _children
        self.pull = lambda _: ()

    def _then(self, data: float, slope: float) -> Value:
        out = Value(data, (self,))
        out.pull = lambda upstream: (slope * upstream,)
        return out

    def __add__(self, other: Value | float) -> Value:
        if not isinstance(other, Value):
            return self._then(self.data + other, 1.0)
        out = Value(self.data + other.data, (self, other))
        out.pull = lambda upstream: (upstream, upstream)
        return out

    def __mul__(self, other: Value | float) -> Value:
        if not isinstance(other, Value):
            return self._then(self.data * other, other)
        out = Value(self.data * other.data, (self, other))
        a, b = self.data, other.data
        out.pull = lambda upstream: (upstream * b, upstream * a)
        return out

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Value:
        return self._then(-self.data, -1.0)

    def __sub__(self, other: Value | float) -> Value:
        return self + -other

    def __rsub__(self, other: float) -> Value:
        return -self + other

    def __truediv__(self, other: Value | float) -> Value:
        return self * (other**-1 if isinstance(other, Value) else 1 / other)

    def __rtruediv__(self, other: float) -> Value:
        return other * self**-1

    def __pow__(self, exponent: float) -> Value:
        return self._then(self.data**exponent, exponent * self.data ** (exponent - 1))

    def exp(self) -> Value:
        return self._then(math.exp(self.data), math.exp(self.data))

    def log(self) -> Value:
        return self._then(math.log(self.data), 1 / self.data)

    def tanh(self) -> Value:
        return self._then(math.tanh(self.data), 1 / math.cosh(self.data) ** 2)

    def backward(self) -> None:
        uses: dict[int, int] = {id(self): 0}
        waiting = [self]
        while waiting:
            for child in waiting.pop().inputs:
                if id(child) not in uses:
                    uses[id(child)] = 0
                    waiting.append(child)
                uses[id(child)] += 1
        upstream = {id(self): 1.0}
        ready = [self]
        while ready:
            node = ready.pop()
            node.grad += upstream[id(node)]
            for child, part in zip(node.inputs, node.pull(upstream[id(node)]), strict=True):
                upstream[id(child)] = upstream.get(id(child), 0.0) + part
                uses[id(child)] -= 1
                if uses[id(child)] == 0:
                    ready.append(child)


def accumulated_grads(losses: Sequence[Tensor], params: Sequence[Tensor]) -> list[Tensor]:
    totals = [torch.zeros_like(p) for p in params]
    for loss in losses:
        grads = torch.autograd.grad(loss, params, retain_graph=True, allow_unused=True)
        totals = [t if g is None else t + g for t, g in zip(totals, grads, strict=True)]
    for p in params:
        if p.grad is not None:
            p.grad.zero_()
    return [t.detach() for t in totals]


def detached_product(x: Tensor) -> tuple[Tensor, Tensor]:
    leaf = torch.empty_like(x).copy_(x.detach()).requires_grad_(True)
    y = leaf * leaf
    (first,) = torch.autograd.grad((y.detach() * leaf).sum(), leaf)
    (second,) = torch.autograd.grad(y.sum(), leaf)
    return first, second
