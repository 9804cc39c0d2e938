"""Files and folders of strangers."""

import os
from pathlib import Path

from dlgrade.files import remove_tree, write_whole


def test_a_tree_of_any_depth_goes(tmp_path, monkeypatch):
    """A folder nested deeper than a recursion goes is removed, with files, links and closed folders; targets stay."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("")
    top = tmp_path / "top"
    top.mkdir()
    monkeypatch.chdir(top)
    for number in range(1200):
        Path("d").mkdir()
        Path("link").symlink_to(kept)
        if number % 500 == 0:
            Path("closed").mkdir(0)
        os.chdir("d")
    os.chdir(tmp_path)
    remove_tree(top)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept"]
    assert (kept / "file").exists()


def test_nothing_there(tmp_path):
    """A folder that is already gone is no error."""
    remove_tree(tmp_path / "gone")


def test_a_pipe_stays_a_pipe(tmp_path):
    """A device or a pipe is written to; no file takes its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "text")
    assert (os.read(reading, 10), pipe.is_fifo()) == (b"text", True)
    os.close(reading)
