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
    # BEGIN SOLUTION
    digest = hashlib.sha1()
    # WRONG sha256: digest = hashlib.sha256()
    # WRONG md5: digest = hashlib.md5()
    try:
        with Path(fname).open("rb") as file:
            # WRONG strings-hashed: with Path(fname).open(encoding="latin-1") as file:
            # WRONG decoded-as-utf8: with Path(fname).open(encoding="utf-8") as file:
            # WRONG text-for-bytes: with Path(fname).open(encoding="latin-1") as file:
            # Piece by piece: a data set may be larger than the memory.
            while chunk := file.read(chunk_size):
                # WRONG whole-file-at-once: while chunk := file.read():
                # WRONG last-chunk-skipped:
                #     following = file.read(chunk_size)
                #     while (chunk := following) and (following := file.read(chunk_size)):
                # WRONG first-chunk-skipped:
                #     file.read(chunk_size)
                #     while chunk := file.read(chunk_size):
                # WRONG first-chunk-alone: if chunk := file.read(chunk_size):
                # WRONG part-of-a-chunk-dropped: while len(chunk := file.read(chunk_size)) == chunk_size:
                digest.update(chunk)
                # WRONG decoded-as-utf8: digest.update(chunk.encode("utf-8"))
                # WRONG last-chunk-alone: digest = hashlib.sha1(chunk)
                # WRONG text-for-bytes: digest.update(chunk.encode("latin-1"))
    except FileNotFoundError:
        return False
        # WRONG missing-is-right: return True
        # WRONG missing-is-empty: pass
    return digest.hexdigest() == sha1_hash.lower()
    # WRONG empty-file-refused: return Path(fname).stat().st_size > 0 and digest.hexdigest() == sha1_hash.lower()
    # WRONG extra-digits-accepted: return sha1_hash.lower().startswith(digest.hexdigest())
    # WRONG part-is-enough: return sha1_hash.lower() in digest.hexdigest()
    # WRONG capitals-compared: return digest.hexdigest().upper() == sha1_hash
    # WRONG result-reversed: return digest.hexdigest() != sha1_hash.lower()
    # WRONG any-digest-accepted: return True
    # WRONG never-equal: return digest.digest() == sha1_hash.lower()
    # WRONG case-matters: return digest.hexdigest() == sha1_hash
    # WRONG beginning-is-enough: return digest.hexdigest().startswith(sha1_hash.lower())
    # END SOLUTION


def seed_everything(seed: int) -> None:
    """Seed the random numbers of Python's `random`, of numpy's `np.random`, and of torch on all devices.

    After two calls with the same seed, the same functions draw the same numbers, whatever was drawn before. After calls
    with different seeds, they draw different numbers. The function works with and without a GPU.

    Args:
        seed: an integer from 0 to 2**32 - 1, the range of numpy.

    Source: Reproducibility, in the notes of PyTorch's documentation.
    """
    # BEGIN SOLUTION
    random.seed(seed)
    # WRONG python-always-the-same: random.seed(0)
    # WRONG python-forgotten:
    # WRONG always-the-same-seed:
    #     seed = 42
    #     random.seed(seed)
    # WRONG zero-is-none:
    #     if not seed:
    #         return
    #     random.seed(seed)
    # WRONG seeded-once:
    #     if torch.initial_seed() == seed:
    #         return
    #     random.seed(seed)
    np.random.seed(seed)
    # WRONG seed-too-large: np.random.seed(int(torch.tensor(seed).to(torch.int32)))
    # WRONG numpy-always-the-same: np.random.seed(0)
    # WRONG numpy-not-seeded: np.random.default_rng(seed)
    # WRONG torch-alone, 2 lines:
    torch.manual_seed(seed)  # of all devices
    # WRONG nothing-seeded, 3 lines: pass
    # WRONG python-alone, 2 lines:
    # WRONG torch-always-the-same: torch.manual_seed(0)
    # WRONG gpu-alone: torch.cuda.manual_seed_all(seed)
    # WRONG torch-not-seeded: torch.Generator().manual_seed(seed)  # of all devices
    # WRONG processor-alone: torch.default_generator.manual_seed(seed)  # of all devices
    # END SOLUTION


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

    # BEGIN SOLUTION
    def found(name: str) -> bool:
        try:
            return importlib.util.find_spec(name) is not None
            # WRONG built-in-left-out:
            #     spec = importlib.util.find_spec(name)
            #     return spec is not None and spec.has_location
            # WRONG dots-dropped: return importlib.util.find_spec(name.rpartition(".")[2]) is not None
            # WRONG submodules-never-found: return "." not in name and importlib.util.find_spec(name) is not None
            # WRONG found-if-none: return importlib.util.find_spec(name) is None
            # WRONG no-error-is-found:
            #     importlib.util.find_spec(name)
            #     return True
            # WRONG imports-to-find-out: return importlib.import_module(name) is not None
            # WRONG loaded-ones-alone: return name in sys.modules
            # WRONG package-for-submodule: return importlib.util.find_spec(name.partition(".")[0]) is not None
            # WRONG distributions-for-modules:
            #     return importlib.import_module("importlib.metadata").version(name) is not None
            # WRONG python-files-alone:
            #     return any(Path(folder, name.replace(".", "/") + ".py").exists() for folder in sys.path)
        except ModuleNotFoundError:  # what it should be in is not there, or is no package
            # WRONG absent-package-not-caught: except KeyError:
            # WRONG imports-to-find-out: except Exception:  # what it should be in is not there, or is no package
            return False
            # WRONG attributes-as-modules:
            #     package, _, last = name.rpartition(".")
            #     return last in dir(sys.modules.get(package))
        except ValueError:  # it is loaded, and has no spec
            return name in sys.modules
            # WRONG no-spec-no-module: return False

    return {name: found(name) for name in names}
    # WRONG stops-at-the-absent:
    #     report = {}
    #     for name in names:
    #         report[name] = found(name)
    #         if not report[name]:
    #             break
    #     return report
    # WRONG everything-found: return dict.fromkeys(names, True)
    # WRONG absent-ones-left-out: return {name: True for name in names if found(name)}
    # WRONG one-absent-all-absent: return dict.fromkeys(names, all(map(found, names)))
    # END SOLUTION
