"""A worker that is started and not forked: for Windows and macOS, where a fork does not survive torch.

It speaks the same protocol over its standard input and output, and shuts itself in as far as the system lets it.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import torch

from dlgrade.sandbox_parts import NAMESPACES, NEED_LINUX, SWITCHED_OFF, lacking
from dlgrade.worker import guest
from dlgrade.worker.limits import Limits

STARTED = "this worker was started, not forked"
OTHERS = ("Landlock", "seccomp", "limits", "process limit")


def main(scratch: str, wanted: bool, limits: dict[str, Any], private: list[str], gpu: bool) -> None:
    """Serve one submission in the folder `scratch`.

    `wanted`: whether to shut it in; `private`: what may not be read; `gpu`: whether to leave a GPU in reach.
    """
    requests, replies = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, replies):
            msvcrt.setmode(descriptor, os.O_BINARY)
    guest.take_over_output(2)
    torch.set_num_threads(1)
    folder, missing = Path(scratch), [SWITCHED_OFF]
    allowed = Limits(**limits)
    if wanted:
        missing = confine(folder, allowed, [Path(path) for path in private], gpu=gpu)
    guest.serve(requests, replies, folder, allowed.answer, missing)


def confine(folder: Path, limits: Limits, private: list[Path], *, gpu: bool) -> list[str]:
    """Shut this process in as far as the system lets it; returns the parts that are missing."""
    if sys.platform != "linux":
        return lacking(NEED_LINUX, *NAMESPACES, *OTHERS)
    try:
        from dlgrade.worker.sandbox import Sandbox
        from dlgrade.worker.sharing import share_by_value
    except ImportError as error:
        return lacking(STARTED, *NAMESPACES) + lacking(str(error), *OTHERS)
    walls = Sandbox(limits, private, wanted=True)
    walls.do_without_namespaces(STARTED, folder.parent)
    walls.before_fork()  # as this process is its own worker
    share_by_value()
    return walls.confine(folder, gpu=gpu)[1]


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
