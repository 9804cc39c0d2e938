"""A student's evening: start, check of what has changed, hints, the solution, how far one is, starting again."""

import base64
import contextlib
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlgrade import course
from dlgrade.course import Course, references

CH28 = course.load().chapter("ch28")
NAME = f"{CH28.stem}.py"
RIGHT = references.source(course.load(), CH28)


@pytest.fixture
def student(dlgrade, tmp_path):
    """student(*arguments): a command with its state in a folder of the test's own; also student.start(chapter)."""

    def student(*arguments, **environment):
        return dlgrade(*arguments, DLGRADE_STATE=str(tmp_path / "state"), **environment)

    return student


def test_start_keeps_work(student, tmp_path):
    """The starter code is written once; what is there is kept, and the message says so."""
    first = student("start", "ch28")
    assert (first.returncode, first.stdout.splitlines()[0][:22]) == (0, f"Wrote {NAME}"[:22])
    (tmp_path / NAME).write_text("mine = 1\n", encoding="utf-8")

    second = student("start", "ch28", "--lang", "zh")

    assert f"保留 {NAME}" in second.stdout
    assert (tmp_path / NAME).read_text(encoding="utf-8") == "mine = 1\n"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_start_notebook(student, tmp_path, lang):
    """A notebook has a statement, a cell to write in and a cell to check for each exercise, and is graded as such."""
    import nbformat

    assert student("start", "ch28", "--notebook", "--lang", lang).returncode == 0
    notebook = nbformat.read(tmp_path / f"{CH28.stem}.ipynb", as_version=4)
    nbformat.validate(notebook)
    for exercise in CH28.exercises:
        at = next(i for i, cell in enumerate(notebook.cells) if cell.source.startswith(f"## `{exercise.name}`"))
        assert exercise.title.of(lang) in notebook.cells[at].source
        assert "raise NotImplementedError" in notebook.cells[at + 1].source
        assert notebook.cells[at + 2].source == f"%dlgrade check ch28 -k {exercise.name}"
    report = json.loads(student("check", "ch28", "--json").stdout)
    assert {check["verdict"] for check in report["chapters"][0]["checks"]} == {"NOT_IMPLEMENTED", "NOT_RUN"}


def test_reset(student, tmp_path):
    """It asks first; then the starter code is there again, and the work beside it under a name that is not checked."""
    (tmp_path / NAME).write_text(RIGHT, encoding="utf-8")
    assert student("reset", "ch28").returncode != 0  # nobody answers
    assert (tmp_path / NAME).read_text(encoding="utf-8") == RIGHT

    result = student("reset", "ch28", "--yes")

    (backup,) = tmp_path.glob("*.bak")
    assert backup.name in result.stdout
    assert backup.read_text(encoding="utf-8") == RIGHT
    assert "raise NotImplementedError" in (tmp_path / NAME).read_text(encoding="utf-8")


def test_check_what_has_changed(student, tmp_path):
    """Without a chapter, all that is new or was saved since its last check, and nothing else."""
    student("start", "ch28", "ch63")

    def checked():
        result = student("check", "--json")
        return [one["id"] for one in json.loads(result.stdout)["chapters"]] if result.returncode < 2 else result.stderr

    assert checked() == ["ch28", "ch63"]
    assert "Nothing has changed since the last check of ch28, ch63." in checked()
    (tmp_path / NAME).write_text(RIGHT, encoding="utf-8")
    assert checked() == ["ch28"]
    (tmp_path / "helpers.py").write_text("x = 1\n", encoding="utf-8")  # either may import it
    assert checked() == ["ch28", "ch63"]


def test_nothing_to_check(student):
    """In an empty folder the message says how to begin."""
    result = student("check")
    assert (result.returncode, "`dlgrade start ch28`" in result.stderr) == (2, True)


def test_hints(student, tmp_path):
    """One more at each call, on the first exercise that does not pass; never more than there are."""
    hints = [student("hint", "ch28").stdout for _ in range(4)]
    assert [text.count("\n  1.") + text.count("\n  2.") + text.count("\n  3.") for text in hints] == [1, 2, 3, 3]
    assert hints[0].startswith("ch28.batch_norm")
    assert "last hint" in hints[3]

    source = RIGHT.replace("math.prod(shape[:-1]), (shape[-1],)", "0, ()")
    (tmp_path / NAME).write_text(source, encoding="utf-8")
    student("check", "ch28")
    assert student("hint", "ch28", "--lang", "zh").stdout.startswith("ch28.norm_stat_count")
    assert student("hint", "ch28.layer_norm").stdout.startswith("ch28.layer_norm")
    assert student("hint", "ch28", "layer_norm").stdout.startswith("ch28.layer_norm")
    assert "has no exercise 'layernorm'" in student("hint", "ch28.layernorm").stderr


def test_hints_when_all_pass(student, tmp_path):
    """Then no exercise is the first that does not pass, and no last line asks what is wrong."""
    (tmp_path / NAME).write_text(RIGHT, encoding="utf-8")
    student("check", "ch28")
    assert student("hint", "ch28").stdout.startswith("All exercises of ch28 pass.")
    assert "`dlgrade hint ch28.batch_norm --lang zh`" in student("hint", "ch28", "--lang", "zh").stdout
    last = [student("hint", "ch28.layer_norm").stdout for _ in CH28.exercise("layer_norm").hints][-1]
    assert last.endswith("(That was the last hint. This exercise passes.)\n")


def test_next_step_keeps_the_language(student):
    """A command that a message names has `--lang` if the locale has another language, and not otherwise."""
    assert "`dlgrade check ch28 --lang zh`" in student("start", "ch28", "--lang", "zh").stdout
    assert "`dlgrade check ch28`" in student("start", "ch28", "--lang", "zh", LC_ALL="zh_CN.UTF-8").stdout
    assert "`dlgrade check ch28 --lang zh`" in student("status", "--lang", "zh").stdout
    assert student("check", "ch28", "--lang", "zh").stdout.rstrip().endswith(" --lang zh`。")


def test_solution(student, tmp_path):
    """The reference is shown when the student's own version passes, and not before."""
    (tmp_path / NAME).write_text(RIGHT.replace("unbiased=False", "unbiased=True"), encoding="utf-8")
    answer = "math.prod(shape[:-1])"

    shown = student("solution", "ch28.norm_stat_count")
    (tmp_path / NAME).write_text(RIGHT.replace(answer, "shape[0]"), encoding="utf-8")
    refused = student("solution", "ch28.norm_stat_count")

    assert shown.stdout.count(answer) == 2
    assert "BEGIN SOLUTION" not in shown.stdout.partition("Reference")[2]
    assert (refused.returncode, answer in refused.stdout + refused.stderr) == (2, False)
    assert "dlgrade hint ch28.norm_stat_count" in refused.stderr


def test_closed_solutions(student, tiny_course, tmp_path):
    """A course may keep its solutions closed."""
    path = tiny_course / "exercises" / "course.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "show_solutions: false\n", encoding="utf-8")
    chapter = Course(tiny_course).chapters[0]
    reference = (tiny_course / "solutions" / chapter.stem / "reference.py").read_text(encoding="utf-8")
    (tmp_path / f"{chapter.stem}.py").write_text(reference, encoding="utf-8")
    result = student("solution", f"ch01.{chapter.exercises[0].name}", DLGRADE_COURSE=str(tiny_course))
    assert (result.returncode, "does not show its solutions" in result.stderr) == (2, True)


def test_status(student, tmp_path):
    """Every chapter with its last score, a bar for each part, and the next step."""
    assert "Next: `dlgrade start ch" in student("status").stdout
    (tmp_path / NAME).write_text(RIGHT.replace("math.prod(shape[:-1])", "1"), encoding="utf-8")
    student("check", "ch28")
    shown = student("status")
    line = next(line for line in shown.stdout.splitlines() if line.startswith("  ch28"))
    assert "/71" in line
    assert shown.stdout.splitlines()[-1].startswith("Next: `dlgrade check ch28`")
    assert "下一步" in student("status", "--lang", "zh").stdout
    (entry,) = [one for one in json.loads(student("status", "--json").stdout) if one["id"] == "ch28"]
    assert (entry["complete"], entry["exercises"]["layer_norm"], entry["exercises"]["norm_stat_count"]) == (
        False,
        True,
        False,
    )


def test_state_that_cannot_be_kept(dlgrade, tmp_path):
    """A broken record is passed over; where none can be kept, the message says what to do."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "ch28.hints.json").write_text('{"given": {"batch', encoding="utf-8")
    assert dlgrade("hint", "ch28", DLGRADE_STATE=str(tmp_path / "state")).returncode == 0
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = dlgrade("hint", "ch28", DLGRADE_STATE=str(tmp_path / "file"))
    assert (result.returncode, "DLGRADE_STATE" in result.stderr) == (2, True)


# watch


@pytest.fixture
def watching(tmp_path):
    """watching(**streams): `dlgrade watch ch28` in the test's folder; it is ended with the test."""
    environment = {**os.environ, "DLGRADE_STATE": str(tmp_path / "state"), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "dlgrade", "watch", "ch28"]
    with contextlib.ExitStack() as ends:

        def watching(**streams):
            process = ends.enter_context(subprocess.Popen(command, cwd=tmp_path, env=environment, **streams))
            ends.callback(process.kill)
            return process

        yield watching


def test_watch(tmp_path, watching):
    """Every save is checked, a file in disorder is told of, what fails comes before what is not written."""
    (tmp_path / NAME).write_text(course.load().starter(CH28).read_text(encoding="utf-8"), encoding="utf-8")
    process = watching(stdout=subprocess.PIPE, encoding="utf-8")

    def next_screen():
        lines = iter(process.stdout.readline, "\n")
        return " ".join(line.strip() for line in lines)

    assert "Score 0 / 71" in next_screen()
    half = RIGHT.partition("def group_norm")[0].replace("keepdim=True", "keepdim=False", 1)
    (tmp_path / NAME).write_text(half, encoding="utf-8")
    screen = next_screen()
    assert 0 < screen.index("RAISED layer_norm.") < screen.index("to write group_norm")
    (tmp_path / NAME).write_text("", encoding="utf-8")
    assert "is empty" in next_screen()
    (tmp_path / f"{NAME}.new").write_text(RIGHT, encoding="utf-8")  # the way that editors save
    (tmp_path / f"{NAME}.new").replace(tmp_path / NAME)
    assert "Score 67 / 71, 4 pending" in next_screen()


def test_watch_on_a_terminal(tmp_path, watching):
    """It has a screen of its own, never longer than the terminal; Ctrl-C gives the old one back and ends with 0."""
    (tmp_path / NAME).write_text(RIGHT.replace("mean", "mode"), encoding="utf-8")
    ours, theirs = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = watching(
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    seen = read_until(ours, b"Press Ctrl-C to end.")
    assert b"\x1b[?1049h" in seen
    drawn = seen.rpartition(b"\x1b[2J")[2]
    assert b"lines more" in drawn
    assert drawn.count(b"\n") < 24
    os.write(ours, b"\x03")
    assert b"\x1b[?1049l" in read_until(ours, b"\x1b[?25h")
    assert process.wait(30) == 0
    os.close(ours)


def test_progress_fits_the_terminal(tmp_path):
    """The progress line stays on one row; a Chinese character takes two places."""
    from rich.cells import cell_len

    source = course.load().starter(course.load().chapter("ch65")).read_bytes()
    (tmp_path / "ch65.py").write_bytes(source)
    ours, theirs = pty.openpty()
    environment = {**os.environ, "DLGRADE_STATE": str(tmp_path / "state"), "COLUMNS": "80", "TERM": "xterm"}
    command = [sys.executable, "-m", "dlgrade", "check", "ch65", "--lang", "zh"]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = read_until(ours, b"`dlgrade check ch65 -k ").decode("utf-8", "replace")
        process.kill()
    os.close(ours)
    rows = [part.partition("\r")[0] for part in seen.split("\x1b[2K") if part.startswith("  ... ")]
    assert len(rows) > 20
    assert max(map(cell_len, rows)) < 80


def read_until(descriptor, words):
    """The output up to these words; waits for a minute at most."""
    seen, deadline = b"", time.monotonic() + 60
    while words not in seen and time.monotonic() < deadline:
        if select.select([descriptor], [], [], 1)[0]:
            try:
                seen += os.read(descriptor, 65536)
            except OSError:  # the other end is closed
                break
    return seen


def test_two_terminals(tmp_path, student):
    """Two checks at once leave one whole record."""
    (tmp_path / NAME).write_text(RIGHT, encoding="utf-8")
    environment = {**os.environ, "DLGRADE_STATE": str(tmp_path / "state")}
    command = [sys.executable, "-m", "dlgrade", "check", "ch28", "--json"]
    both = [subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert [path.name for path in Path(tmp_path / "state").iterdir()] == ["ch28.check.json"]
    assert json.loads((tmp_path / "state" / "ch28.check.json").read_text(encoding="utf-8"))["score"] == 71
    assert "71/71" in student("status").stdout


def test_formula_in_a_notebook(student, tmp_path):
    """A starter notebook shows an exercise's formula as a block that Jupyter typesets."""
    assert student("start", "ch28", "--notebook").returncode == 0
    cells = json.loads((tmp_path / NAME).with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
    (statement,) = ["".join(cell["source"]) for cell in cells if "".join(cell["source"]).startswith("## `batch_norm`")]
    assert "\n\n$$\n\\mathrm{BN}(\\mathbf{x})" in statement


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figure_in_a_notebook(student, tmp_path, lang):
    """A starter notebook contains the figure of an exercise, with its caption, and the example as a block."""
    here = course.load()
    ch22 = here.chapter("ch22")
    figure = ch22.exercise("pool2d").figure
    assert student("start", "ch22", "--notebook", "--lang", lang).returncode == 0
    cells = json.loads((tmp_path / f"{ch22.stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    (statement,) = ["".join(cell["source"]) for cell in cells if "".join(cell["source"]).startswith("## `pool2d`")]
    alt, content = re.search(r'<img alt="(.*?)" src="data:image/svg\+xml;base64,(.*?)">', statement).groups()
    assert (alt, f"\n\n{alt}\n" in statement) == (figure.caption.of(lang), True)
    assert base64.b64decode(content) == here.figure(ch22, figure).read_bytes()
    assert "\n\n```python\n>>> pool2d(" in statement
