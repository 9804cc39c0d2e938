"""`dlgrade doctor` on machines where this or that is broken; it says so and never breaks itself."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest
from rich.cells import cell_len

CHINESE = re.compile("[\u4e00-\u9fff]")
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
THINGS = [
    "python", "dlgrade", "packages", "torch", "torchvision", "gpu", "sandbox", "data", "disk", "terminal", "folder",
    "progress", "extras",
]  # fmt: skip

NO_TORCH = "raise ImportError('libcudart.so.12: cannot open shared object file')\n"
DEADLY_TORCH = "import os\nprint('{}', flush=True)\nos.abort()\n"
OLD_TORCH = "class version:\n    cuda = None\n__version__ = '1.13.1+cpu'\n"
GPU_TORCH = """
import types
class version:
    cuda = '12.4'
__version__ = '2.5.0+cu124'
class cuda:
    is_available = lambda: True
    device_count = lambda: 2
    get_device_properties = lambda number: types.SimpleNamespace(name='NVIDIA T4', total_memory=16 << 30)
class zeros:
    def __init__(self, *shape, device): pass
    def add_(self, number): return self
    def item(self): raise RuntimeError('CUDA error: no kernel image is available')
"""


@pytest.fixture
def machine(dlgrade, tmp_path):
    """machine(*arguments, torch=source): doctor with its state in the test's folder, and with this for torch."""

    def machine(*arguments, torch=None, **environment):
        if torch is not None:
            (tmp_path / "fake").mkdir(exist_ok=True)
            (tmp_path / "fake" / "torch.py").write_text(torch, encoding="utf-8")
            environment["PYTHONPATH"] = str(tmp_path / "fake")
        done = dlgrade("doctor", *arguments, **{"DLGRADE_STATE": str(tmp_path / "state"), **environment})
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return machine


def findings(done):
    report = json.loads(done.stdout)
    assert report["format_version"] == 1
    assert report["ok"] == (done.returncode == 0)
    assert [one["name"] for one in report["findings"]] == THINGS
    return {one["name"]: one for one in report["findings"]}


def test_a_healthy_machine(machine, tmp_path):
    """Where all is well it says what is there, with no problem, and leaves no file behind."""
    done = machine("--json")
    found = findings(done)
    assert done.returncode == 0
    assert {one["state"] for one in found.values()} <= {"ok", "note"}
    assert found["python"]["found"] == ".".join(map(str, sys.version_info[:3]))
    assert {found[name]["state"] for name in ("dlgrade", "packages", "torch", "torchvision", "progress")} == {"ok"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("lang", "marks"), [("en", "ok|note|PROBLEM"), ("zh", "正常|注意|问题")])
def test_in_a_pipe(lang, marks, machine):
    """A line for each thing begins with its mark in words, in one language, 80 columns at most, without control."""
    done = machine("--lang", lang, torch=NO_TORCH)
    lines = done.stdout.splitlines()
    assert (done.returncode, done.stderr) == (1, "")
    assert len([line for line in lines if re.match(rf"({marks}) +\S", line)]) == len(THINGS)
    assert [line for line in lines if cell_len(line) > 80 or CONTROL.search(line)] == []
    assert bool(CHINESE.search(done.stdout)) == (lang == "zh")


@pytest.mark.parametrize(
    ("torch", "reason"),
    [
        (NO_TORCH, "libcudart.so.12: cannot open"),
        (DEADLY_TORCH, "signal 6"),
        ("import sys\nsys.exit('no AVX')\n", "exit code 1; no AVX"),
        (OLD_TORCH, "1.13.1+cpu; dlgrade needs >=2.4"),
    ],
    ids=["missing", "deadly", "leaving", "old"],
)
def test_a_broken_torch(torch, reason, machine):
    """A torch that is missing, ends Python or is too old is a problem that says why and what to type."""
    done = machine("--json", torch=torch)
    found = findings(done)
    assert (done.returncode, found["torch"]["state"]) == (1, "problem")
    assert reason in found["torch"]["found"]
    assert found["torch"]["commands"] == ["pip install -U torch torchvision"]
    if torch != OLD_TORCH:
        assert {found[name]["state"] for name in ("torchvision", "gpu", "sandbox", "data")} == {"note"}


def test_a_gpu_that_torch_has_no_code_for(machine):
    """A GPU is named with its memory; one that the torch at hand cannot use is a problem."""
    gpu = findings(machine("--json", torch=GPU_TORCH))["gpu"]
    assert gpu["state"] == "problem"
    assert "NVIDIA T4, 16 GiB" in gpu["found"]
    assert "no kernel image" in gpu["found"]
    assert "--device cpu" in gpu["todo"]


def test_a_broken_course(machine, tmp_path):
    """A course folder without a course is named, with the way back to dlgrade's own."""
    found = findings(machine("--json", torch=NO_TORCH, DLGRADE_COURSE=str(tmp_path)))["dlgrade"]
    assert found["state"] == "problem"
    assert str(tmp_path) in found["found"]
    assert found["commands"] == ["unset DLGRADE_COURSE"]


def test_progress_that_cannot_be_kept(machine, tmp_path):
    """Where the system's folder for states cannot be made, the problem names it and the variable that moves it."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    environment = {"XDG_STATE_HOME": str(tmp_path / "file"), "HOME": str(tmp_path), "DLGRADE_STATE": ""}
    progress = findings(machine("--json", torch=NO_TORCH, **environment))["progress"]
    assert progress["state"] == "problem"
    assert str(tmp_path / "file" / "dlgrade") in progress["found"]
    assert "DLGRADE_STATE" in progress["todo"]


def test_old_packages(machine, tmp_path):
    """A required package that is too old is a problem, an extra's is a note; both come with the command."""
    for name, version in (("pytest", "7.0"), ("cosmic_ray", "1.0")):
        folder = tmp_path / "fake" / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    found = findings(machine("--json", torch=NO_TORCH))
    assert (found["packages"]["state"], found["packages"]["commands"]) == ("problem", ['pip install -U "pytest>=8.2"'])
    assert (found["extras"]["state"], found["extras"]["commands"]) == ("note", ['pip install "dlgrade[audit]"'])


def test_a_missing_package_that_shows_reports(machine, tmp_path):
    """Without rich the report is plainer, and still there."""
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "rich.py").write_text("raise ImportError('rich')\n", encoding="utf-8")
    done = machine(torch=NO_TORCH)
    assert done.returncode == 1
    assert len(re.findall(r"^(ok|note|PROBLEM) ", done.stdout, re.MULTILINE)) == len(THINGS)


def test_a_terminal_without_chinese(machine):
    """Where Chinese cannot be printed the report is in English, and says so: a problem for who asked for Chinese."""
    asked = machine("--lang", "zh", torch=NO_TORCH, PYTHONIOENCODING="ascii").stdout
    assert "PROBLEM  terminal     ascii: Chinese appears as question marks" in asked
    assert "?" not in asked
    assert "note     terminal" in machine(torch=NO_TORCH, PYTHONIOENCODING="ascii").stdout


def test_without_namespaces(tmp_path):
    """Where the system forbids user namespaces the note says so, with its reason and the setting that allows them."""
    namespace = ["unshare", "-Ur", "sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" "$@"']
    try:
        subprocess.run([*namespace, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs unshare")
    done = subprocess.run(
        [*namespace, sys.executable, "-m", "dlgrade", "doctor", "--json"],
        cwd=tmp_path, env={**os.environ, "LC_ALL": "C.UTF-8", "DLGRADE_STATE": str(tmp_path)},
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    sandbox = findings(done)["sandbox"]
    assert (done.returncode, sandbox["state"]) == (0, "note")
    assert re.search(r"user namespace, PID namespace.* \(.+\)", sandbox["found"])
    assert sandbox["commands"] == ["sudo sysctl -w user.max_user_namespaces=16384"]


def test_it_says_what_takes_time(tmp_path):
    """Whoever watches is told that torch is being imported; the line is gone afterwards."""
    (tmp_path / "torch.py").write_text(NO_TORCH, encoding="utf-8")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(tmp_path), "DLGRADE_STATE": str(tmp_path)}
    subprocess.run(
        [sys.executable, "-m", "dlgrade", "doctor"],
        cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=theirs, timeout=60,
    )  # fmt: skip
    shown = os.read(ours, 1000).decode()
    for descriptor in (ours, theirs):
        os.close(descriptor)
    assert shown == "\r\x1b[2KImporting torch ...\r\x1b[2K"
