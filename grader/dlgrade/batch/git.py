"""The branches or tags of a Git repository, one for each student, read without a checkout.

Files come from `git ls-tree` and `git cat-file`, which know no hooks, filters or attributes: nothing that a student can
commit makes Git run or fetch anything.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from dlgrade.batch.trees import Entry, Tree, is_litter, moment, refused, too_large
from dlgrade.errors import SubmissionError, UsageError
from dlgrade.files import clean
from dlgrade.submission.reading.reader import deadline
from dlgrade.text import both

SECONDS = 60
MAX_LISTED = 8_000_000  # bytes of a list of branches, or of files
REMOTE = re.compile(r"refs/remotes/[^/]+/")
FIELDS = "%(refname)%00%(objectname)%00%(committerdate:unix)%00%(*objectname)%00%(*committerdate:unix)"


def branch_trees(repository: Path, refs: str) -> list[Tree]:
    """A tree for each branch or tag that the pattern matches; a clone's remote branches, where it has no own.

    Raises:
        UsageError: there is no Git, no repository, or no such branch.
    """
    kinds = ("refs/heads", "refs/tags", "refs/remotes")
    listed = _git(repository, "for-each-ref", f"--format={FIELDS}", *kinds, limit=MAX_LISTED).decode("utf-8", "replace")
    pattern = re.compile("(.+)".join(re.escape(part) for part in refs.split("*")))
    found: dict[str, tuple[str, str, int]] = {}
    seen: list[str] = []
    for line in listed.split("\n")[:-1]:  # a name may have what else ends a line
        ref, commit, time, tagged, tagged_time = line.split("\0")
        short = REMOTE.sub("", ref) if REMOTE.match(ref) else ref.partition("/")[2].partition("/")[2]
        seen.append(short)
        match = pattern.fullmatch(short)
        if match and (time or tagged_time) and short not in found:  # heads come first, then remotes, then tags
            student = "/".join(match.groups()) if match.groups() else short
            found[short] = student, tagged or commit, int(tagged_time or time)
    if not found:
        some = ", ".join(sorted(set(seen))[:5])
        raise UsageError(
            both(f"{repository} has no branch {refs}; it has: {some}", f"{repository} 中没有分支 {refs}；现有：{some}")
        )
    return [_tree(repository, short, *found[short]) for short in sorted(found)]


def _tree(repository: Path, branch: str, student: str, commit: str, seconds: int) -> Tree:
    """The files of a commit. One that cannot be listed is an entry with a problem."""
    modified = moment(seconds)
    try:
        listed = _git(repository, "ls-tree", "-r", "-z", "--long", "--full-tree", commit, limit=MAX_LISTED)
    except UsageError as error:
        problem = both(f"{branch}: {error.text.en}", f"{branch}：{error.text.zh}")
        return Tree(student, branch, [Entry((branch,), branch, refused(problem), modified, problem)], one_student=True)
    entries = []
    for record in listed.split(b"\0"):
        if not record:
            continue
        about, _, path = record.partition(b"\t")
        mode, _kind, blob, size = about.decode().split()
        parts = tuple(clean(part) for part in path.decode("utf-8", "replace").split("/"))
        if is_litter(parts):
            continue
        shown = f"{branch}: {'/'.join(parts)}"
        if mode in ("100644", "100755"):
            entries.append(Entry(parts, shown, _reader(repository, blob, int(size), shown), modified))
        elif mode == "120000":
            problem = both(f"{shown} is a link, and links are not followed.", f"{shown} 是链接，不予读取。")
            entries.append(Entry(parts, shown, refused(problem), modified, problem))
    return Tree(student, branch, entries, one_student=True)


def _reader(repository: Path, blob: str, size: int, shown: str) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        if size > limit:
            raise too_large(shown, limit)
        try:
            return _git(repository, "cat-file", "blob", blob, limit=size)
        except UsageError as error:
            raise SubmissionError(error.text) from None

    return read


def _git(repository: Path, *arguments: str, limit: int) -> bytes:
    """Run Git with nobody's configuration but the repository's own, and nothing that this could start.

    Raises:
        UsageError: it fails, takes too long, or says more than `limit` bytes, as of a few trees that repeat each other.
    """
    git = shutil.which("git")
    if git is None:
        raise UsageError(both("--git needs the program git.", "--git 需要安装 git 程序。"))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    settings = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "safe.directory=*", "protocol.allow=never")
    command = [git, "--no-replace-objects", *(word for one in settings for word in ("-c", one)), "-C", str(repository)]
    environment = kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(repository.resolve().parent),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        with tempfile.TemporaryFile() as complaints, subprocess.Popen(
            [*command, *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=complaints,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            with deadline(process, SECONDS):
                said = process.stdout.read(limit + 1)
                process.stdout.close()  # ends Git where it would go on
                status = process.wait()
            complaints.seek(0)
            reason = complaints.read(10_000).decode("utf-8", "replace").strip().partition("\n")[0][:300]
    except OSError as error:
        raise UsageError(both(f"Git: {repository}: {error}", f"Git：{repository}：{error}")) from None
    if len(said) > limit:
        raise UsageError(both(f"Git: {repository}: far too many files.", f"Git：{repository}：文件过多。"))
    if status != 0:
        reason = reason or f"exit status {status}"
        raise UsageError(both(f"Git: {repository}: {reason}", f"Git：{repository}：{reason}"))
    return said
