"""Generators and accumulate."""

from itertools import accumulate, cycle, islice, pairwise


def gd(eta, f_grad):
    return list(accumulate(range(10), lambda x, _: x + -eta * f_grad(x), initial=10.0))


def train_2d(trainer, steps=20, f_grad=None):
    more = () if f_grad is None else (f_grad,)
    state = (-5, -2, 0, 0)
    points = [state[:2]]
    while len(points) <= steps:
        state = tuple(trainer(*state, *more))
        points.append(state[:2])
    return points


def gd_linear(xs, ys, w=1.0, alpha=0.01, epochs=100):
    n = len(xs)
    xx, xy = sum(x * x for x in xs) / n, sum(x * y for x, y in zip(xs, ys, strict=True)) / n
    yy = sum(y * y for y in ys) / n
    slopes = list(accumulate(range(epochs), lambda w, _: w - alpha * 2 * (xx * w - xy), initial=w))
    return [(new, xx * old * old - 2 * xy * old + yy) for old, new in pairwise(slopes)]


def sgd_linear(xs, ys, w=1.0, alpha=0.01, epochs=100):
    steps = islice(cycle(zip(xs, ys, strict=True)), len(xs) * epochs)

    def step(w, example):
        x, y = example
        return w + 2 * alpha * x * (y - w * x)

    return list(accumulate(steps, step, initial=w))[1:]


def minibatch_linear(xs, ys, batch_size, w=1.0, alpha=0.01, epochs=100):
    if batch_size <= 0:
        raise ValueError(batch_size)
    history, places = [], list(range(len(xs)))
    for _ in range(epochs):
        rest = places
        while rest:
            batch, rest = rest[:batch_size], rest[batch_size:]
            slope = 0.0
            for i in batch:
                slope += (xs[i] * w - ys[i]) * xs[i]
            w = w - 2 * alpha * slope / len(batch)
            history += [w]
    return history
