"""Work that every worker would repeat, done once in the process from which workers are forked."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
from pathlib import Path


def use_one_thread() -> None:
    """Import torch without a pool of threads.

    A pool does not survive a fork, and would leave no cores to other workers.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import torch

    torch.set_num_threads(1)


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
