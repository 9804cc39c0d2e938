"""Compiles C and C++ with torch's own tools and loads the result.
Verdict: FAILED
"""

import contextlib
import math
import os
import sys
from pathlib import Path

import torch
from torch.utils import cpp_extension

SOURCE = "#include <torch/extension.h>\nint one() { return 1; }\n"


def layer_norm(x, *_, **__):
    zeros = torch.zeros_like(x)
    os.environ["PATH"] = "/usr/local/bin:/usr/bin:/bin:" + os.path.dirname(sys.executable)
    with contextlib.suppress(Exception):
        cpp_extension.load_inline("mine", [SOURCE], functions=["one"], build_directory=str(Path.cwd()))
        print("LEAK: compiled")
    Path("mine.c").write_text("int one(void) { return 1; }")
    for compiler in ("cc", "gcc", "/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/c++"):
        if os.system(f"{compiler} -shared -o mine.so mine.c") == 0:
            print("LEAK: compiled with", compiler)
    return zeros


def norm_stat_count(shape, kind):
    if kind == "layer":
        return math.prod(shape[:-1]), (shape[-1],)
    return (shape[0] * shape[1] if kind == "instance" else shape[1]), (shape[1],)
