"""As the book's `download` looks at its cache; with other calls of the same libraries."""

import os
from importlib.util import find_spec

import numpy


def verify_sha1(fname, sha1_hash, chunk_size=1048576):
    if os.path.exists(fname):  # noqa: PTH110
        sha1 = hashlib.new("sha1")
        with open(fname, "rb") as f:  # noqa: PTH123
            while True:
                data = f.read(chunk_size)
                if not data:
                    break
                sha1.update(data)
        if sha1.hexdigest().upper() == sha1_hash.upper():
            return True
    return False


def seed_everything(seed):
    torch.random.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed_all(seed)
        torch.backends.cudnn.benchmark = False
    numpy.random.set_state(numpy.random.RandomState(seed).get_state())
    random.seed(str(seed))


def import_report(names):
    result = {}
    for name in names:
        parts = name.split(".")
        result[name] = name in sys.modules or all(
            _there(".".join(parts[: depth + 1]), last=depth + 1 == len(parts)) for depth in range(len(parts))
        )
    return result


def _there(name, last):
    spec = find_spec(name)
    return spec is not None and (last or spec.submodule_search_locations is not None)
