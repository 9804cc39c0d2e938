"""Runs Git in repositories that students may have made.

Nothing that a student can commit, or write into the settings of a repository, makes Git run or fetch anything. To keep
it so, callers use plumbing commands that neither read the index nor write files.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from dlgrade.errors import UsageError
from dlgrade.submission.reading.reader import deadline
from dlgrade.text import both

SECONDS = 60
SETTINGS = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "safe.directory=*", "protocol.allow=never")


def _command(repository: Path) -> list[str]:
    git = shutil.which("git")
    if git is None:
        raise UsageError(both("The program git is not installed.", "没有安装 git 程序。"))
    options = [word for setting in SETTINGS for word in ("-c", setting)]
    return [git, "--no-replace-objects", "--literal-pathspecs", *options, "-C", str(repository)]


def _environment(repository: Path) -> dict[str, str]:
    """The environment of Git, without any variable that changes what Git does or reads."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return inherited | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(repository.resolve().parent),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def run_git(repository: Path, *arguments: str, limit: int) -> bytes:
    """Run Git and return its output.

    Git reads no configuration but the repository's own, and the settings here keep that from starting programs.

    Raises:
        UsageError: Git fails, takes too long, or prints more than `limit` bytes. A few trees that contain each other
            are enough for that.
    """
    command = [*_command(repository), *arguments]
    try:
        with tempfile.TemporaryFile() as complaints, subprocess.Popen(
            command, env=_environment(repository), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=complaints,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            with deadline(process, SECONDS):
                output = process.stdout.read(limit + 1)
                process.stdout.close()  # ends a Git that would print more
                status = process.wait()
            complaints.seek(0)
            reason = complaints.read(10_000).decode("utf-8", "replace").strip().partition("\n")[0][:300]
    except OSError as error:
        raise UsageError(both(f"Git: {repository}: {error}", f"Git：{repository}：{error}")) from None
    if len(output) > limit:
        raise UsageError(both(f"Git: {repository}: far too many files.", f"Git：{repository}：文件过多。"))
    if status != 0:
        reason = reason or f"exit status {status}"
        raise UsageError(both(f"Git: {repository}: {reason}", f"Git：{repository}：{reason}"))
    return output
