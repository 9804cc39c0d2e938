"""The branches or tags of a Git repository, one for each student, read without a checkout.

Files come from `git ls-tree` and `git cat-file`, which run no hooks or filters.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dlgrade.batch.files.git_program import run_git
from dlgrade.batch.files.history import History
from dlgrade.batch.files.sources import INSIDE
from dlgrade.batch.files.trees import Tree, TreeEntry, broken_entry, entry_too_large, link_entry, moment
from dlgrade.errors import SubmissionError, UsageError
from dlgrade.files import MAX_PATH, clean
from dlgrade.submission.beside import is_litter
from dlgrade.text import both

FILE_MODES = ("100644", "100755")
LINK_MODE = "120000"
MAX_LISTED = 8_000_000  # bytes of a list of branches, or of files
KINDS = ("refs/heads", "refs/remotes", "refs/tags")
REMOTE = re.compile(r"refs/remotes/[^/]+/")
FIELDS = "%(refname)%00%(objectname)%00%(committerdate:unix)%00%(*objectname)%00%(*committerdate:unix)"


@dataclass(frozen=True)
class _Branch:
    """A branch or tag of a student, and the commit that it points to."""

    name: str
    student: str
    commit: str
    seconds: int  # time of the commit, since 1970


def branch_trees(repository: Path, refs: str) -> list[Tree]:
    """A tree for each branch or tag that the pattern matches.

    A branch of the repository itself comes before a remote branch of the same name, and both before a tag.

    Raises:
        UsageError: there is no Git, no repository, or no such branch.
    """
    pattern = re.compile("(.+)".join(re.escape(part) for part in refs.split("*")))
    branches: dict[str, _Branch] = {}
    names = set()
    for name, commit, seconds in _listed(repository):
        names.add(name)
        match = pattern.fullmatch(name)
        if match and seconds and name not in branches:
            student = "/".join(match.groups()) if match.groups() else name.rpartition("/")[2]
            branches[name] = _Branch(name, student, commit, int(seconds))
    if not branches:
        some = ", ".join(sorted(names)[:5])
        has = both(f"; it has: {some}", f"；现有：{some}") if some else both("; it has no commits.", "；其中没有提交。")
        raise UsageError(both(f"{repository} has no branch {refs}", f"{repository} 中没有分支 {refs}") + has)
    return [_tree(repository, branches[name]) for name in sorted(branches)]


def _listed(repository: Path) -> Iterator[tuple[str, str, str]]:
    """Name, commit and time of each branch and tag: branches first, then remote branches, then tags.

    A tag that has no commit has no time.
    """
    answer = run_git(repository, "for-each-ref", f"--format={FIELDS}", *KINDS, limit=MAX_LISTED)
    for line in answer.decode("utf-8", "replace").split("\n")[:-1]:  # not splitlines: a name may hold other line ends
        ref, commit, time, tagged_commit, tagged_time = line.split("\0")
        name = REMOTE.sub("", ref) if REMOTE.match(ref) else ref.partition("/")[2].partition("/")[2]
        yield name, tagged_commit or commit, tagged_time or time


def _tree(repository: Path, branch: _Branch) -> Tree:
    """The files of a branch. If they cannot be listed, the branch itself as an entry with the reason."""
    modified, history = moment(branch.seconds), History(repository, branch.commit)
    try:
        listed = run_git(repository, "ls-tree", "-r", "-z", "--long", "--full-tree", branch.commit, limit=MAX_LISTED)
    except UsageError as error:
        problem = both(f"{branch.name}: {error.text.en}", f"{branch.name}：{error.text.zh}")
        entries = [broken_entry((branch.name,), branch.name, problem, modified)]
        return Tree(branch.student, branch.name, entries, one_student=True)
    entries = []
    for record in filter(None, listed.split(b"\0")):
        about, _, path = record.partition(b"\t")
        mode, _kind, blob, size = about.decode().split()
        name = path.decode("utf-8", "replace")
        parts = tuple(clean(part) for part in name[:MAX_PATH].split("/"))
        if is_litter(parts):
            continue
        display_name = f"{branch.name}: {'/'.join(parts)}"
        if len(name) > MAX_PATH:
            problem = both(f"{display_name} has a name that is far too long.", f"{display_name} 的文件名过长。")
            entries.append(broken_entry(parts, display_name, problem, modified))
        elif mode in FILE_MODES:
            read = _blob_reader(repository, blob, int(size), display_name)
            place = f"{repository.absolute()}{INSIDE}{display_name}"
            changed = partial(history.changed, os.fsdecode(path))
            entries.append(TreeEntry(parts, display_name, read, modified, place=place, changed=changed))
        elif mode == LINK_MODE:
            entries.append(link_entry(parts, display_name, modified))
    return Tree(branch.student, branch.name, entries, one_student=True)


def _blob_reader(repository: Path, blob: str, size: int, display_name: str) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        if size > limit:
            raise entry_too_large(display_name, limit)
        try:
            return run_git(repository, "cat-file", "blob", blob, limit=size)
        except UsageError as error:
            raise SubmissionError(error.text) from None

    return read
