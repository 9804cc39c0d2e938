"""A line on standard error that changes while a command works."""

from __future__ import annotations

import math
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from dlgrade.legible import visible

WATCHED_SECONDS = 0.1  # a terminal need not show more than ten states a second


class ProgressLine:
    """Replaces one line where somebody watches a terminal; in a pipe, prints a line now and then, or nothing.

    Args:
        pipe_seconds: the least time between two lines in a pipe. By default a pipe gets none.
        quiet: show nothing at all.
    """

    def __init__(self, *, pipe_seconds: float = math.inf, quiet: bool = False) -> None:
        self.watched = sys.stderr.isatty() and not quiet
        self.pipe_seconds = math.inf if quiet else pipe_seconds
        self.last = time.monotonic()

    def show(self, words: str) -> None:
        """Replace the line at once."""
        if self.watched:
            _write(f"\r\x1b[2K{_fitting(words)}")

    def clear(self) -> None:
        """Remove the line."""
        self.show("")

    def update(self, words: str, *, finished: bool) -> None:
        """Show the progress unless it was shown just before; remove the line once the work is finished."""
        now = time.monotonic()
        if self.watched and (finished or now - self.last > WATCHED_SECONDS):
            self.show("" if finished else words)
        elif not self.watched and now - self.last > self.pipe_seconds:
            _write(f"{visible(words)}\n")
        else:
            return
        self.last = now

    @contextmanager
    def during(self, words: str) -> Iterator[None]:
        """Show the words while the block runs."""
        self.show(words)
        try:
            yield
        finally:
            self.clear()


def _fitting(words: str) -> str:
    """Return the words, cut to the width of the terminal: only the last row of two would ever be removed."""
    from rich.cells import cell_len, set_cell_size

    line, room = visible(words), shutil.get_terminal_size().columns - 1
    return line if cell_len(line) <= room else set_cell_size(line, room)


def _write(words: str) -> None:
    click.echo(words, err=True, nl=False)  # noqa: TID251 - `visible` has made the words safe
