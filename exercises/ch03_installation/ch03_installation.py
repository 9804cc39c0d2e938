"""ch03 Installation: whole downloads, repeatable runs, and what can be imported.

The lecture has no code; it sets up Python, PyTorch and the notebooks. These exercises are what one wants to know after
that: is a download whole, does a run repeat, is everything there?
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
    """Whether a file is there and whole: whether its SHA-1 digest is the one that was published with it.

    D2L's `download` (section 4.10.1) asks this of a file in its cache before it loads it from the network again. The
    file is read in chunks, so that one larger than the memory can be checked.

    Args:
        fname: the path of the file.
        sha1_hash: the digest that it should have: 40 hexadecimal digits, of which a to f may be capitals.
        chunk_size: how many bytes to read at a time, at least 1.

    Returns:
        True if the digest of the file's bytes is sha1_hash; False if it is another, or there is no such file. The file
        stays as it is.

    Source: FIPS 180-4, Secure Hash Standard; hashlib in Python's library.
    """
    raise NotImplementedError  # write your code here


def seed_everything(seed: int) -> None:
    """Makes random numbers repeat: those of Python's `random`, of numpy's `np.random`, and of torch, on the GPU too.

    After two calls with the same seed, the same draws give the same numbers, whatever was drawn before; after calls
    with different seeds, they give different ones. Where there is no GPU, this is no reason to fail.

    Args:
        seed: from 0 to 2**32 - 1, which is what numpy takes.

    Source: Reproducibility, in the notes of PyTorch's documentation.
    """
    raise NotImplementedError  # write your code here


def import_report(names: Sequence[str]) -> dict[str, bool]:
    """Which modules could be imported? Asked without importing them, which may be slow or fail.

    Args:
        names: of modules, as an import statement has them: "torch", "torch.nn".

    Returns:
        For each name, whether Python finds such a module. It does not matter whether the module would work. What is
        imported already counts as found, even a module that nobody could find, as it has no `__spec__`: `__main__` in
        a notebook. "a.b" is not found if "a" is not, or is no package. To look for "a.b", "a" may be imported.

    Source: importlib in Python's library.

    >>> import_report(["torch.nn", "no_such_module", "no_such_package.module"])
    {'torch.nn': True, 'no_such_module': False, 'no_such_package.module': False}
    """

    raise NotImplementedError  # write your code here
