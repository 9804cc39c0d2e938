"""Returns dicts and sets whose keys lie, count themselves, or raise when they are compared, hashed or printed.
Verdict: FAILED | RAISED
"""

import math


class Key:
    def __init__(self):
        self.asked = 0

    def __hash__(self):
        self.asked += 1
        return 0

    def __eq__(self, _):
        return self.asked % 2 == 0

    def __repr__(self):
        raise SystemExit(0) if self.asked > 3 else ValueError("no")

    __str__ = __repr__


class Dict(dict):
    def items(self):
        return [("verdict", "PASSED")]

    def __eq__(self, _):
        return True

    def __len__(self):
        return -1

    __hash__ = None


def layer_norm(*_, **__):
    keys = [Key() for _ in range(50)]
    alike = {}
    for key in (1, True, 1.0, "1"):
        alike[key] = key
    return [Dict({key: key for key in keys}), {(key, 1): [key] for key in keys}, alike]


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
