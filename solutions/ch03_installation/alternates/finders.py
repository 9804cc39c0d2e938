"""SHA-1 by buffers, seeds drawn from a seed, and a search that imports no package either."""

import importlib


def verify_sha1(fname, sha1_hash, chunk_size=1 << 20):
    path = Path(fname)
    if not path.is_file():
        return False
    buffer = bytearray(chunk_size)
    sha1 = hashlib.sha1(b"")
    with path.open("rb", buffering=0) as file:
        for size in iter(lambda: file.readinto(buffer), 0):
            sha1.update(memoryview(buffer)[:size])
    return sha1_hash.casefold() == sha1.hexdigest()


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(random.randrange(2**32))
    torch.manual_seed(random.randrange(2**63))
    random.seed(seed + 1)


def _find(name, path):
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec
    return None


def _found(name):
    if sys.modules.get(name) is not None:
        return True
    importlib.invalidate_caches()
    path, known = None, ""
    for i, part in enumerate(name.split(".")):
        if i and path is None:
            return False
        known = f"{known}.{part}" if known else part
        spec = _find(known, path)
        if spec is None:
            return False
        path = spec.submodule_search_locations
    return True


def import_report(names):
    return dict(zip(names, map(_found, names), strict=True))
