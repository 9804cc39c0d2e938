"""ch03's reference against hashlib, generators of torch's, numpy's and Python's own, and imports in other processes."""

import hashlib
import random
import subprocess
import sys

import numpy as np
import torch


def test_digests_against_hashlib(reference, tmp_path):
    """Files of all lengths around a chunk's multiples have hashlib's digest and no other."""
    draw = random.Random(3)
    for size in (0, 1, 63, 64, 65, 127, 128, 129, 1000):
        content = draw.randbytes(size)
        path = tmp_path / str(size)
        path.write_bytes(content)
        right = hashlib.sha1(content).hexdigest()
        for chunk_size in (1, 64, 1048576):
            assert reference.verify_sha1(str(path), right, chunk_size)
            assert not reference.verify_sha1(str(path), hashlib.sha1(content + b"\0").hexdigest(), chunk_size)
    assert not reference.verify_sha1(str(tmp_path / "none"), hashlib.sha1(b"").hexdigest())


def test_seeds_against_new_generators(reference):
    """After seeding, the libraries draw what new generators of their own with that seed draw."""
    for seed in (0, 7, 2**32 - 1):
        reference.seed_everything(seed)
        own = random.Random(seed)
        assert [random.random() for _ in range(5)] == [own.random() for _ in range(5)]
        assert np.array_equal(np.random.rand(5), np.random.RandomState(seed).rand(5))
        assert torch.equal(torch.rand(5), torch.rand(5, generator=torch.Generator().manual_seed(seed)))


def test_report_against_imports(reference):
    """The report lists the modules that a fresh Python can import; none of them is loaded afterwards."""
    names = [
        "json",
        "wave",
        "no_such_module",
        "json.nothing",
        "no.such",
        "xml.dom.minidom",
        "xml.dom.nothing",
        "math.pi",
    ]
    program = "import importlib, sys\ntry: importlib.import_module(sys.argv[1])\nexcept ImportError: sys.exit(1)"
    importable = {name: subprocess.run([sys.executable, "-c", program, name]).returncode == 0 for name in names}
    loaded = set(sys.modules)
    assert reference.import_report(names) == importable
    assert not (set(sys.modules) - loaded) & {"wave", "xml.dom.minidom"}
