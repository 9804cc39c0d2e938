"""The commands of students on a machine that lacks what Windows and macOS lack: fork, POSIX signals, Landlock.

A virtual environment is the machine: its every Python, workers included, begins by taking those parts away.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

import dlgrade

LACKS = '''
"""Takes away what other systems have not. Modules are refused to dlgrade alone: subprocess here is made of some."""
import builtins, os, select, signal

MODULES = {"fcntl", "termios", "resource", "pwd", "grp", "landlockpy", "posix", "pty", "tty"}
for module, names in (
    (os, ("fork", "forkpty", "pidfd_open", "sched_getaffinity")),
    (signal, ("SIGALRM", "setitimer", "alarm", "ITIMER_REAL", "pidfd_send_signal")),
    (select, ("poll", "epoll")),
):
    for name in names:
        vars(module).pop(name, None)

plain = builtins.__import__


def guarded(name, globals=None, locals=None, fromlist=(), level=0):
    importer = (globals or {}).get("__name__", "")
    if level == 0 and name.partition(".")[0] in MODULES and importer.partition(".")[0] == "dlgrade":
        raise ImportError(f"No module named {name!r}", name=name)
    return plain(name, globals, locals, fromlist, level)


builtins.__import__ = guarded
'''


BORROWED = [Path(pytest.__file__).parents[1], Path(dlgrade.__file__).parents[1]]


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """Return the Python of such a machine; torch and other packages are borrowed, as installing them takes a minute."""
    environment = tmp_path_factory.mktemp("elsewhere")
    venv.create(environment, with_pip=False, symlinks=True)
    (site_packages,) = (environment / "lib").glob("python*/site-packages")
    (site_packages / "borrowed.pth").write_text("".join(f"{path}\n" for path in BORROWED), encoding="utf-8")
    (site_packages / "lacks.py").write_text(LACKS, encoding="utf-8")
    (site_packages / "lacks.pth").write_text("import lacks\n", encoding="utf-8")
    return environment / "bin" / "python"


@pytest.fixture
def elsewhere(python, tmp_path):
    """elsewhere(*arguments): `dlgrade` on that machine, with a state folder of its own."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "DLGRADE", "LC_", "LANG"))}
    environment = {**kept, "LC_ALL": "C.UTF-8", "DLGRADE_STATE": str(tmp_path / "state")}

    def run(*arguments, module="dlgrade"):
        command = [python, *(["-m", module] if module else []), *map(str, arguments)]
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120
        )

    run.environment = environment
    return run


NAME = "ch28_batch_norm.py"
MISTAKE = """
def layer_norm(X, normalized_shape, weight=None, bias=None, eps=1e-5):
    print("over the batch")
    Y = _standardise(X, [0], eps)
    return Y * (1 if weight is None else weight) + (0 if bias is None else bias)
"""


def tells_only_walls(done):
    """Return whether standard error has nothing but a line about the sandbox."""
    return all(line.startswith("Sandbox: ") for line in done.stderr.splitlines()[:1]) and done.stderr.count("\n") <= 1


def test_workers_are_spawned(elsewhere, grade, tmp_path):
    """There a worker is a program of its own, and a line names the missing parts, without a traceback."""
    (tmp_path / NAME).write_text(grade.reference, encoding="utf-8")
    done = elsewhere("check", "ch28", "--sandbox", "require")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "IPC namespace (this worker was started, not forked); Landlock, seccomp, limits, " in done.stderr
    assert "(No module named" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_forked_worker_is_refused(elsewhere, grade, tmp_path):
    """A sentence refuses a forked worker where nothing can be forked."""
    (tmp_path / NAME).write_text(grade.reference, encoding="utf-8")
    done = elsewhere("check", "ch28", "--workers", "fork")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "Error: Forked workers need Linux.\n")


def test_packages_of_the_user(grade, tmp_path):
    """A spawned worker finds what `pip install --user` installed, though its home is a folder of its own."""
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    site_packages = tmp_path / "home" / ".local" / "lib" / version / "site-packages"
    site_packages.mkdir(parents=True)
    (site_packages / "borrowed.pth").write_text("".join(f"{path}\n" for path in BORROWED), encoding="utf-8")
    (tmp_path / NAME).write_text(grade.reference, encoding="utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [Path(sys.base_prefix) / "bin" / version, "-m", "dlgrade", "check", "ch28", "-k", "norm_stat_count",
         "--workers", "spawn", "--sandbox", "off"],
        cwd=tmp_path, env={**kept, "LC_ALL": "C.UTF-8", "HOME": str(tmp_path / "home")},
        capture_output=True, text=True, encoding="utf-8", timeout=120,
    )  # fmt: skip
    assert (done.returncode, tells_only_walls(done)) == (0, True)


def test_a_wrong_answer(elsewhere, grade, tmp_path):
    """There, too, a misconception is named, and the output of the submission is shown."""
    (tmp_path / NAME).write_text(grade.reference + MISTAKE, encoding="utf-8")
    done = elsewhere("check", "ch28", "-k", "layer_norm", "--json")
    assert (done.returncode, tells_only_walls(done)) == (1, True)
    (chapter,) = json.loads(done.stdout)["chapters"]
    assert "layer-norm-over-batch" in {check["diagnosis"] for check in chapter["checks"]}
    assert "over the batch" in "".join(check["detail"]["output"] for check in chapter["checks"])


def test_an_evening(elsewhere, grade, tmp_path):
    """Every command of a student runs there, from the starter code to full marks and back."""

    def told(code, *arguments):
        done = elsewhere(*arguments)
        assert (done.returncode, tells_only_walls(done)) == (code, True), (arguments, done.stdout)
        return done.stdout

    assert NAME in told(0, "start", "ch28")
    assert "Score 0 / 71" in told(1, "check", "ch28")
    assert "batch_norm" in told(0, "hint", "ch28")
    (tmp_path / NAME).write_text(grade.reference, encoding="utf-8")
    assert "All checks pass" in told(0, "check")
    assert "ch28" in told(0, "status")
    assert "def batch_norm" in told(0, "solution", "ch28.batch_norm")
    assert NAME in told(0, "reset", "ch28", "--yes")
    assert "ch28" in told(0, "list")
    assert "fashion_mnist" in told(0, "data", "list")
    assert "_dlgrade_completion" in told(0, "completion", "bash")
    assert "(this worker was started, not forked)" in " ".join(told(0, "doctor").split())


def test_hand_ins_are_read(elsewhere, grade, tmp_path):
    """Without limits of memory and alarms, notebooks and odd encodings are read, or refused in a sentence, as well."""
    cell = {"cell_type": "code", "metadata": {}, "source": grade.reference, "outputs": []}
    tree = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (tmp_path / "ch28.ipynb").write_text(json.dumps(tree), encoding="utf-8")
    assert "norm_stat_count" in elsewhere("check", "ch28", "-k", "norm_stat_count").stdout
    (tmp_path / "ch28.py").write_bytes(b"# coding: undefined\nx = 1\n")
    done = elsewhere("check", "ch28", "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert "names the encoding 'undefined'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def wait_for(stream, words):
    for line in stream:
        if words in line:
            return
    pytest.fail(f"it ended without {words!r}")


@pytest.mark.timeout(120)
def test_watch(python, elsewhere, grade, tmp_path):
    """`watch` checks the file, and checks it again when it is saved."""
    path = tmp_path / NAME
    path.write_text(grade.starter, encoding="utf-8")
    with subprocess.Popen(
        [python, "-m", "dlgrade", "watch", "ch28"], cwd=tmp_path, env=elsewhere.environment, stdout=subprocess.PIPE,
        text=True, encoding="utf-8",
    ) as watch:  # fmt: skip
        try:
            wait_for(watch.stdout, "Score 0 / 71")
            path.write_text(grade.reference, encoding="utf-8")
            wait_for(watch.stdout, "All checks that ran pass")
        finally:
            watch.kill()


ENDLESS = """
import time
from dlgrade.judge.probe import pickled
from dlgrade.judge.trusted import Variant
variant = Variant("endless", "def f():\\n    while True: pass\\n", patience=0.2)
print(variant.outcome(pickled(lambda impl: impl.f()), 0).raised)
quick = Variant("quick", "def f(): return 1", patience=0.2)
print(quick.outcome(pickled(lambda impl: impl.f()), 0).value)
time.sleep(0.4)
print("undisturbed")
"""


def test_a_mistake_without_end(elsewhere):
    """A misconception that never ends is given up there as well, and its deadline ends with it."""
    done = elsewhere("-c", ENDLESS, module=None)
    assert done.stdout.split() == ["TimeoutError:", "1", "undisturbed"], done.stderr
