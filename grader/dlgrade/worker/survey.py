"""A program that shuts itself in as a worker would, and prints the parts of the sandbox that this machine lacks.

It does not import torch, and so takes a tenth of the time in which a worker starts.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from dlgrade.sandbox_parts import NAMESPACES, NEED_LINUX, lacking
from dlgrade.worker.limits import Limits


def main(spare: str) -> None:
    """Print the missing parts as JSON. `spare` is an empty folder, for a worker that gets no folder in memory."""
    if sys.platform != "linux":
        print(json.dumps(lacking(NEED_LINUX, *NAMESPACES)))
        return
    from dlgrade.worker.sandbox import Sandbox

    sandbox = Sandbox(Limits(), [], wanted=True)
    sandbox.enter()
    sandbox.before_fork()
    child = os.fork()
    if child == 0:
        print(json.dumps(sandbox.confine(Path(spare))[1]), flush=True)
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main(sys.argv[1])
