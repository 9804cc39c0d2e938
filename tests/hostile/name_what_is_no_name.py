"""Takes its function away and fills its module with names that are none.
Verdict: NOT_IMPLEMENTED
"""

import math


def layer_norm(*_, **__):
    return None


class Name(str):
    def __getitem__(self, _):
        raise SystemExit(0)

    __eq__ = __len__ = __getitem__
    __hash__ = str.__hash__


globals().update(dict.fromkeys(range(1000)))
globals().update({f"layer_norm_{turn}": None for turn in range(100_000)})
globals().update({"layer_nor\ud800": None, Name("layer_nor"): None, "layer_norm" * 100_000: None})
del layer_norm


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
