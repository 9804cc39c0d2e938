"""Raises syntax errors whose lines, columns, texts and names are everything but what they should be.
Verdict: RAISED
"""

import math


class Words(str):
    def __getitem__(self, _):
        return Words("w" * 1_000_000)

    def __str__(self):
        return self

    def encode(self, *_):
        return self

    __len__ = __hash__ = lambda self: -1


class Number(int):
    def __int__(self):
        return Number(10**30)

    __index__ = __lt__ = __gt__ = __le__ = __ge__ = __int__


class Liar(type):
    @property
    def __name__(cls):
        raise SystemExit(0)

    __mro__ = __module__ = __name__


class Lie(SyntaxError, metaclass=Liar):
    @property
    def msg(self):
        raise SystemExit(0)

    filename = lineno = offset = text = print_file_and_line = __traceback__ = __cause__ = __class__ = msg

    def __str__(self):
        return Words("a lie")


def layer_norm(x, *_, **__):
    name = Words("n" * 1_000_000)
    places = [
        (name, -(10**30), 10**30, Words("t" * 1_000_000)), (None, None, None, None), (b"ch28.py", "1", 1.5, 2),
        (["ch28.py"], [1], (), {}), ("ch28.py\0" * 100_000, Number(-5), Number(7), "\ud800" * 100_000),
        ("/" * 100_000, True, -1, "\n" * 1000), (Words("ch28.py"), 2**31, 2**63, " " * 100_000 + "y"),
    ]  # fmt: skip
    raise Lie(Words("m" * 1_000_000), places[round(abs(float(x.sum())) * 1e6) % len(places)])


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
