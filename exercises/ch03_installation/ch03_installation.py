"""ch03 Installation: complete downloads, repeatable runs, importable modules.

The lecture has no code. It sets up Python, PyTorch and the notebooks. These exercises answer three questions after the
setup. Is a download complete? Does a run repeat? Are all modules there?
"""

import hashlib
import importlib.util
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch


def verify_sha1(fname: str, sha1_hash: str, chunk_size: int = 1048576) -> bool:
    """Return whether a file exists and is complete: whether its SHA-1 digest is the published digest.

    D2L's `download` (section 4.10.1) checks a file in its cache like this before it downloads the file again. Read the
    file in chunks, because a data set may be larger than the memory. The function leaves the file unchanged.

    Args:
        fname: the path of the file.
        sha1_hash: the published digest, 40 hexadecimal digits. Bonus (no points): the letters may be capitals.
        chunk_size: the number of bytes to read at a time, at least 1.

    Returns:
        True if the digest of the file's bytes equals the whole of sha1_hash. False if it differs, or if there is no
        such file.

    Source: FIPS 180-4, Secure Hash Standard; hashlib in Python's library.
    """
    raise NotImplementedError  # write your code here


def seed_everything(seed: int) -> None:
    """Seed the random numbers of Python's `random`, of numpy's `np.random`, and of torch on all devices.

    After two calls with the same seed, the same functions draw the same numbers, whatever was drawn before. After calls
    with different seeds, they draw different numbers. The function works with and without a GPU.

    Args:
        seed: an integer from 0 to 2**32 - 1, the range of numpy.

    Source: Reproducibility, in the notes of PyTorch's documentation.
    """
    raise NotImplementedError  # write your code here


def import_report(names: Sequence[str]) -> dict[str, bool]:
    """Return which modules can be imported. Do not import them: an import may be slow or fail.

    The function leaves names unchanged.

    Args:
        names: a list or tuple of module names as in an import statement: "torch", "torch.nn". A name may occur twice.

    Returns:
        A dict from each name to whether Python finds the module. A module whose code would fail counts as found. So
        does a module that is already imported but has no `__spec__`, such as `__main__` in a notebook. "a.b" is not
        found if "a" is not found or is not a package, unless "a.b" is already imported, as `os.path` is. You may
        import "a" to look for "a.b".

    Source: importlib in Python's library.

    >>> import_report(["torch.nn", "no_such_module", "no_such_package.module"])
    {'torch.nn': True, 'no_such_module': False, 'no_such_package.module': False}
    """

    raise NotImplementedError  # write your code here
