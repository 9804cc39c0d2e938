"""A worker with a GPU reaches the driver's nodes, a worker without does not. Here /dev has nodes of these names."""

import json
import shutil
import subprocess
import sys

import pytest

# A mount namespace whose /dev has, beside the usual nodes, two by the names of NVIDIA's; they lead to /dev/zero.
WITH_NODES = """
set -e
mount -t tmpfs none /dev
for node in null:3 zero:5 full:7 random:8 urandom:9 nvidia0:5 nvidiactl:5; do
    mknod -m 666 "/dev/${node%:*}" c 1 "${node#*:}"
done
mkdir /dev/shm
exec "$@"
"""
LOOK = """
import json, sys
from dlgrade.judge.probe import pickled
from dlgrade.workers.sources import open_workers
from dlgrade.worker import wire
from dlgrade.worker.limits import Limits
from dlgrade.worker.protocol import Probe


def look(_):
    from pathlib import Path

    def opens(name):
        try:
            with open(name, "r+b", buffering=0) as node:
                return len(node.read(1))
        except OSError as error:
            return error.strerror

    return {
        "nodes": [opens(f"/dev/{name}") for name in ("nvidia0", "nvidiactl")],
        "processes": sorted(path.name for path in Path("/proc").glob("[0-9]*")),
        "command line": Path("/proc/self/cmdline").read_bytes().strip(b"\\0").decode()
        if Path("/proc/self").exists() else "",
        "secret": opens("/etc/passwd"),
        "kernel": opens("/proc/sys/kernel/panic"),
    }


workers = open_workers(Limits(), [], sandbox="require")
found = []
for gpu in (True, False):
    worker = workers.start_worker(gpu=gpu)
    reply = worker.ask(Probe(pickled(look), seed=0), 20)
    found.append(wire.from_tree(reply.value, reply.blobs) if reply.status == "value" else reply.error.message)
    worker.close()
workers.close()
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """Return the findings of a worker with a GPU and of a worker without, in this order."""
    file = tmp_path_factory.mktemp("look") / "look.py"
    file.write_text(LOOK, encoding="utf-8")
    inside = ("unshare", "-m", "sh", "-c", WITH_NODES, "sh")
    if not shutil.which("unshare") or subprocess.run([*inside, "true"], capture_output=True).returncode:
        pytest.skip("only root can make device nodes")
    result = subprocess.run(
        [*inside, sys.executable, file, "--seed", "4711"], capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_device_nodes(seen):
    """The driver's nodes are there for the worker that was given a GPU, and for no other."""
    with_gpu, without = seen
    assert with_gpu["nodes"] == [1, 1]
    assert without["nodes"] == ["No such file or directory"] * 2


def test_proc(seen):
    """CUDA's /proc shows a worker only itself: not the judge's command line, and no way to change the kernel."""
    with_gpu, without = seen
    assert (with_gpu["processes"], without["processes"]) == (["1"], [])
    assert with_gpu["command line"] == ""
    assert with_gpu["kernel"] != 1
    assert with_gpu["secret"] == without["secret"] == "No such file or directory"
