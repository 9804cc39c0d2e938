"""A worker that is started as a program: for Windows and macOS, where torch does not survive a fork.

It uses the same protocol on its standard input and output, and shuts itself in as far as the system allows.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import torch

from dlgrade.sandbox_parts import NAMESPACES, NEED_LINUX, SWITCHED_OFF, lacking
from dlgrade.worker import guest
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import SpawnWorker
from dlgrade.worker.without_dynamo import delay_dynamo

STARTED = "this worker was started, not forked"
OTHERS = ("Landlock", "seccomp", "limits", "process limit")


def main(options: SpawnWorker) -> None:
    """Serve one submission."""
    requests, replies = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, replies):
            msvcrt.setmode(descriptor, os.O_BINARY)
    guest.take_over_output(2)
    torch.set_num_threads(1)
    delay_dynamo()
    folder, missing = Path(options.scratch), [SWITCHED_OFF]
    if options.sandbox:
        missing = confine(folder, options.limits, [Path(path) for path in options.private], gpu=options.gpu)
    guest.serve(requests, replies, folder, options.limits.answer, missing)


def confine(folder: Path, limits: Limits, private: list[Path], *, gpu: bool) -> list[str]:
    """Shut this process in as far as the system allows. Return the parts of the sandbox that are missing."""
    if sys.platform != "linux":
        return lacking(NEED_LINUX, *NAMESPACES, *OTHERS)
    try:
        from dlgrade.worker.sandbox import Sandbox
        from dlgrade.worker.sharing import share_by_value
    except ImportError as error:
        return lacking(STARTED, *NAMESPACES) + lacking(str(error), *OTHERS)
    sandbox = Sandbox(limits, private, wanted=True)
    sandbox.do_without_namespaces(STARTED, folder.parent)
    sandbox.before_fork()  # this process is its own worker
    share_by_value()
    return sandbox.confine(folder, gpu=gpu)[1]


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=SpawnWorker))
