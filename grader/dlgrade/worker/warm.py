"""Work that every worker would repeat, done once in the process that workers are forked from."""

from __future__ import annotations

import gc
import os
import pickle
from pathlib import Path


def use_one_thread() -> None:
    """Import torch without a pool of threads: it survives no fork, and leaves no cores to other workers."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import torch

    torch.set_num_threads(1)


def warm_up() -> None:
    """Import torch and use once what every probe uses, so that forked workers find it ready.

    Where there is a GPU, nothing is differentiated: torch would start CUDA and threads for it, and no fork of this
    process could differentiate any more.
    """
    use_one_thread()
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
    gc.freeze()
