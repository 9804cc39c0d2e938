"""Work that every worker would repeat, done once in the process from which workers are forked."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
from pathlib import Path

FOR_MANY = "--for-many"  # tells the nursery's program that it will have many workers
LARGE_PAGE = 1 << 21  # bytes; on x86 and on most ARM machines
MADV_COLLAPSE = 25  # since Linux 6.1


def use_one_thread() -> None:
    """Import torch without a pool of threads.

    A pool does not survive a fork, and would leave no cores to other workers.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import torch

    from dlgrade.worker.without_dynamo import delay_dynamo

    torch.set_num_threads(1)
    delay_dynamo()


def warm_up() -> None:
    """Import torch, and run once the code that every probe runs, so that forked workers find it loaded.

    On a machine with a GPU this differentiates nothing: torch would start CUDA and its threads, and after that no fork
    of this process could differentiate.
    """
    use_one_thread()
    # From Python 3.14 on, the workers of a data loader would come from a server process, which the sandbox refuses.
    multiprocessing.set_start_method("fork", force=True)
    import cloudpickle
    import torch

    from dlgrade.worker import guest, wire

    guest.seed_all(0)
    x = torch.ones(2, 2, requires_grad=True)
    y = torch.nn.Linear(2, 2)(x).var(dim=0, unbiased=False).sqrt().sum()
    if not any(Path("/dev").glob("nvidia*")):
        y.backward()
    scale = torch.ones(2)
    pickle.loads(cloudpickle.dumps(lambda: scale * 2))()
    wire.from_tree(wire.to_tree([x.grad, "", 1.0, {}], 1 << 20))
    gc.collect()
    gc.freeze()  # otherwise a collection in a worker would write to pages that it shares with its parent


def use_large_pages() -> None:
    """Move this process's memory onto large pages, where Linux can: a fork, and the end of a fork, take a third.

    The memory stays shared with forks, which copy small pages as before. This takes as long as 20 forks save.
    """
    from dlgrade.worker.libc import libc

    for line in Path("/proc/self/maps").read_text().splitlines():
        place, rights, _, _, file, *name = line.split()
        first, last = (int(address, 16) for address in place.split("-"))
        start, end = -(-first // LARGE_PAGE) * LARGE_PAGE, last // LARGE_PAGE * LARGE_PAGE
        if rights == "rw-p" and file == "0" and name in ([], ["[heap]"]) and start < end:
            libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), MADV_COLLAPSE)  # a refusal costs nothing
