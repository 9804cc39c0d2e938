"""The line that changes while a command works: in place on a terminal, now and then in a pipe."""

import os
import pty
import sys

import pytest

from dlgrade.report.progress_line import ProgressLine

REMOVE = "\r\x1b[2K"
END = "<end>"


@pytest.fixture
def terminal(monkeypatch):
    """terminal(): make standard error a terminal of 40 columns; returns a function that reads what was written."""
    ours, theirs = pty.openpty()
    stream = os.fdopen(theirs, "w", encoding="utf-8")

    def read():
        stream.write(END)
        stream.flush()
        written = b""
        while not written.endswith(END.encode()):  # the system hands it over in its own time
            written += os.read(ours, 10_000)
        return written.decode().removesuffix(END)

    def terminal():  # called in the test: pytest sets its own standard error after the fixtures
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("COLUMNS", "40")
        return read

    yield terminal
    monkeypatch.undo()
    stream.close()
    os.close(ours)


def test_on_a_terminal(terminal):
    """Each state replaces the one before; at the end the line is gone."""
    written = terminal()
    line = ProgressLine()
    with line.during("working"):
        line.show("1/2")
    assert written() == f"{REMOVE}working{REMOVE}1/2{REMOVE}"


def test_many_states(terminal):
    """States that follow each other at once are not all shown; the end always is."""
    written = terminal()
    line = ProgressLine()
    for done in range(1, 101):
        line.update(f"{done}/100", finished=done == 100)
    shown = written()
    assert shown.endswith(REMOVE)
    assert shown.count(REMOVE) < 50


def test_a_long_line(terminal):
    """A line is cut to the width, also of Chinese, and shows control characters as signs."""
    written = terminal()
    ProgressLine().show("评" * 30 + "\x1b[31m")
    assert written() == REMOVE + "评" * 19 + " "
    ProgressLine().show("\x1b[31m")
    assert written() == f"{REMOVE}␛[31m"


def test_in_a_pipe(capsys):
    """A pipe gets whole lines, the less often the longer the pause, and by default none."""
    often, never = ProgressLine(pipe_seconds=-1), ProgressLine()
    for line in (often, never, ProgressLine(pipe_seconds=60)):
        line.show("at once")
        line.update("1/2", finished=False)
        line.clear()
    assert capsys.readouterr().err == "1/2\n"


def test_quiet(terminal):
    """A quiet line writes nothing."""
    written = terminal()
    line = ProgressLine(pipe_seconds=-1, quiet=True)
    with line.during("working"):
        line.update("1/2", finished=False)
    assert written() == ""
