"""Replaces itself by another program that inherits the channel to the grader.
Verdict: RAISED
"""

import math
import os
import sys


def layer_norm(*_, **__):
    os.execv(sys.executable, [sys.executable, "-c", "import os; os.write(3, b'LEAK')"])


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
