"""Completion as a shell gets it: bash with the printed script, zsh and fish by what their scripts ask."""

import os
import pty
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from dlgrade import course
from dlgrade.cli import COMMANDS

SCRIPTS = sysconfig.get_path("scripts")
PROGRAM = Path(SCRIPTS) / "dlgrade"
BASH = """
source "$1"
complete -p dlgrade >&2
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_dlgrade_completion dlgrade
printf '%s\\n' "${COMPREPLY[@]}"
"""


def surroundings(**more):
    return {**os.environ, "LC_ALL": "C.UTF-8", "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", **more}


def run(command, **environment):
    return subprocess.run(
        command, env=surroundings(**environment), capture_output=True, text=True, encoding="utf-8", timeout=60
    )


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("completion") / "dlgrade.bash"
    path.write_text(run([PROGRAM, "completion", "bash"]).stdout, encoding="utf-8")
    return path


@pytest.fixture
def press_tab(script):
    """press_tab("dlgrade", "check", "ch2"): what bash then offers."""

    def press_tab(*words, **environment):
        done = run(["bash", "--norc", "-c", BASH, "bash", script, *words], **environment)
        assert done.returncode == 0
        assert done.stderr == "complete -o nosort -F _dlgrade_completion dlgrade\n"
        return done.stdout.split()

    return press_tab


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["dlgrade", ""], list(COMMANDS)),
        (["dlgrade", "ch"], ["check"]),
        (["dlgrade", "check", "ch28_"], ["ch28_batch_norm"]),
        (["dlgrade", "audit", "batch"], ["batch_norm"]),
        (["dlgrade", "calibrate", "ch28"], ["ch28"]),
        (["dlgrade", "stubs", "--check", "ch28"], ["ch28"]),
        (["dlgrade", "check", "--sand"], ["--sandbox"]),
        (["dlgrade", "check", "--sandbox", "re"], ["require"]),
        (["dlgrade", "check", "nothing"], []),
    ],
    ids=lambda words: " ".join(words) if words[:1] == ["dlgrade"] else "",
)
def test_bash(typed, offered, press_tab):
    """In bash, Tab completes verbs, options, their values, and chapters by id, file name or slug."""
    assert press_tab(*typed) == offered


def test_bash_offers_every_chapter(press_tab):
    """A chapter after another, by the ids that the course has."""
    known = [chapter.id for chapter in course.load().chapters]
    assert press_tab("dlgrade", "check", "") == known
    assert press_tab("dlgrade", "check", "ch28", "ch6") == [name for name in known if name.startswith("ch6")]


def test_bash_with_a_broken_course(press_tab, tmp_path):
    """Where the course cannot be read no chapter is offered, and nothing is written over the line being typed."""
    assert press_tab("dlgrade", "check", "ch", DLGRADE_COURSE=str(tmp_path)) == []


@pytest.mark.parametrize(("locale", "title"), [("C.UTF-8", "Batch normalisation"), ("zh_CN.UTF-8", "批量归一化")])
def test_zsh_and_fish(locale, title):
    """zsh and fish are told the titles of chapters, too, in the language of the locale."""
    zsh = run(
        [PROGRAM], _DLGRADE_COMPLETE="zsh_complete", COMP_WORDS="dlgrade check ch28", COMP_CWORD="2", LC_ALL=locale
    )
    fish = run(
        [PROGRAM], _DLGRADE_COMPLETE="fish_complete", COMP_WORDS="dlgrade check ch28", COMP_CWORD="ch28", LC_ALL=locale
    )
    assert (zsh.returncode, zsh.stdout.split("\n")[:2]) == (0, ["plain", "ch28"])
    assert title in zsh.stdout
    assert fish.returncode == 0
    assert "ch28" in fish.stdout
    assert title in fish.stdout


@pytest.mark.parametrize(
    ("shell", "line"), [("zsh", "#compdef dlgrade"), ("fish", "complete --no-files --command dlgrade")]
)
def test_scripts_for_other_shells(shell, line, dlgrade):
    """The scripts are for the command's own name, also when it was run as a module."""
    done = dlgrade("completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert line in done.stdout
    assert f"_DLGRADE_COMPLETE={shell}_complete" in done.stdout


LOADED = """
import sys
from dlgrade.cli import main
sys.argv[0] = "dlgrade"
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def test_tab_is_quick():
    """A press of Tab imports neither torch nor a verb that was not typed."""
    asked = {"_DLGRADE_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    done = run([sys.executable, "-c", LOADED], COMP_WORDS="dlgrade check ch28", **asked)
    loaded = set(done.stderr.split())
    assert done.stdout == "plain,ch28\n"
    assert {name for name in loaded if name.startswith("dlgrade.cli.")} == {"dlgrade.cli.check", "dlgrade.cli.complete"}
    assert "torch" not in loaded
    done = run([sys.executable, "-c", LOADED], COMP_WORDS="dlgrade ch", **asked | {"COMP_CWORD": "1"})
    assert done.stdout == "plain,check\n"
    assert not [name for name in done.stderr.split() if name.startswith("dlgrade.cli.")]


def test_how_to_install_it(dlgrade):
    """Without a shell it says how to install it on a terminal, as --help does; a pipe gets no prose to evaluate."""
    ours, theirs = pty.openpty()
    command = [PROGRAM, "completion"]
    shown = subprocess.run(command, env=surroundings(), stdout=theirs, stderr=subprocess.PIPE, timeout=60)
    lines = os.read(ours, 10_000).decode().splitlines()[1:]
    for descriptor in (ours, theirs):
        os.close(descriptor)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert [line.split()[2] for line in lines] == ["bash", "zsh", "fish"]
    assert [line for line in lines if line.strip() not in dlgrade("completion", "--help").stdout] == []
    piped = dlgrade("completion")
    assert (piped.returncode, piped.stdout) == (2, "")
    assert "bash, zsh, fish" in piped.stderr
