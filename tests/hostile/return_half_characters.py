"""Returns strings, keys and names that no encoding can carry, that end strings or turn the terminal round.
Verdict: FAILED
"""

import math

WORDS = ["\udc80", "\ud800\udfff", "\0", "\x1b[2J\x1b]0;owned\x07", "\u202egnorw", "]]>", "\ufffe", "\ud83d" * 5000]


def layer_norm(*_, **__):
    return [WORDS, {word: word for word in WORDS}, set(WORDS), "".join(WORDS).encode("utf-8", "surrogatepass")]


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
