"""Returns what makes its values only when they are asked for: generators, coroutines, iterators, functions.
Verdict: FAILED | RAISED
"""

import math


def endless():
    while True:
        yield 0.0


class Returns:
    def __getitem__(self, index):
        return (endless(), iter(int, 1), map(float, endless()), range(1 << 62), memoryview(b"1"), lambda: 0)


def layer_norm(*_, **__):
    return Returns()


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
