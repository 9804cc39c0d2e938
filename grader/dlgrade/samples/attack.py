"""A submission that answers nothing and attacks the grader instead; `dlgrade demo` shows what it earns.

On its way in it makes every comparison that it can reach say yes, looks for the solutions on disk and in memory, and
forbids the process to report a failure. Each function then tries something else.
"""

import gc
import os
import sys

import torch


def agree():
    """Make every comparison say yes."""
    for module in [m for name, m in list(sys.modules.items()) if name.split(".")[0] in ("torch", "pytest", "dlgrade")]:
        for name in ("allclose", "assert_close", "equal", "difference", "close"):
            if hasattr(module, name):
                try:
                    setattr(module, name, lambda *args, **kwargs: True)
                except (AttributeError, TypeError):
                    pass


class Whatever(torch.Tensor):
    """Claims to equal everything."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return True

    def __eq__(self, other):
        return True


AGREED = agree()


def batch_norm(*args, agreed=AGREED, **kwargs):
    """Look for an answer that somebody left in memory."""
    frame, found = sys._getframe(), []
    while frame is not None:
        found += [value for value in frame.f_locals.values() if type(value) is tuple and len(value) == 3]
        frame = frame.f_back
    found += [value for value in gc.get_objects() if type(value) is tuple and len(value) == 3]
    return next((v for v in found if all(type(part) is torch.Tensor for part in v)), None)


class BatchNorm(torch.nn.Module):
    """Passes by leaving before anybody can say that it failed."""

    def __init__(self, *args, **kwargs):
        os._exit(0)


def layer_norm(*args, **kwargs):
    """A tensor that agrees with everyone."""
    return torch.zeros(1).as_subclass(Whatever)


def instance_norm(*args, **kwargs):
    """Read the solutions."""
    for folder, _, files in os.walk("/"):
        if "ch28" in folder and "reference.py" in files:
            source = open(os.path.join(folder, "reference.py")).read()
            namespace = {}
            exec(source, namespace)
            return namespace["instance_norm"](*args, **kwargs)
    raise FileNotFoundError("no solution anywhere")


def group_norm(*args, **kwargs):
    """Ask the test for its expected value."""
    import pytest

    raise pytest.skip.Exception("nothing to see here")


def norm_stat_count(*args, **kwargs):
    """Never come back."""
    while True:
        pass
