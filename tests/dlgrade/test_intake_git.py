"""`dlgrade grade --git` reads a branch for each student."""

import os
import subprocess
from datetime import datetime, timezone

import pytest

from dlgrade.batch.intake import gather
from dlgrade.course import Chapter
from dlgrade.errors import UsageError
from dlgrade.text import same

CH28, CH56 = (
    Chapter(id, slug, "part", same(id), ()) for id, slug in (("ch28", "batch_norm"), ("ch56", "gru"))
)  # fmt: skip


def git(repository, *arguments, **environment):
    identity = {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(
        ["git", "-C", repository, *arguments],
        check=True,
        capture_output=True,
        env={**os.environ, **identity, **environment},
    )


def test_git(tmp_path):
    """Each branch that the pattern matches is a student, at the time of its commit; nothing in it makes Git run."""
    repository = tmp_path / "class.git"
    repository.mkdir()
    git(repository, "init", "-b", "main")
    marker = tmp_path / "ran"
    git(repository, "config", "filter.evil.smudge", f"touch {marker}; cat")
    for student in ("ada", "李四"):
        git(repository, "checkout", "--orphan", f"student/{student}")
        (repository / "hw").mkdir(exist_ok=True)
        (repository / "hw" / "ch28.py").write_text(student, encoding="utf-8")
        (repository / "hw" / "tools.py").write_text("t")
        (repository / ".gitattributes").write_text("* filter=evil export-ignore\n")
        (repository / "hw" / "ch56.py").unlink(missing_ok=True)
        (repository / "hw" / "ch56.py").symlink_to("/etc/passwd")
        git(repository, "add", ".")
        git(repository, "commit", "-m", "x", GIT_COMMITTER_DATE="2026-11-20T12:00:00+0800")
    marker.unlink(missing_ok=True)
    batch = gather([], chapters=[CH28, CH56], repository=repository, refs="student/*")
    handed = {(one.student, one.chapter): one.submission and one.submission.source for one in batch.hand_ins}
    assert handed == {(name, "ch28"): name for name in ("ada", "李四")} | {
        (name, "ch56"): None for name in ("ada", "李四")
    }
    assert batch.hand_ins[0].display_name == "student/ada: hw/ch28.py"
    assert batch.hand_ins[0].submitted == datetime(2026, 11, 20, 4, tzinfo=timezone.utc)
    assert sorted(batch.hand_ins[0].submission.files) == ["ch28.py", "tools.py"]
    assert not marker.exists()
    (alone,) = gather([], chapters=[CH28], repository=repository, refs="student/ada").hand_ins
    assert alone.student == "ada"
    with pytest.raises(UsageError, match=r"has no branch group/\*; it has: student/ada"):
        gather([], chapters=[CH28], repository=repository, refs="group/*")
    git(tmp_path, "init", "new.git")
    with pytest.raises(UsageError, match=r"has no branch \*; it has no commits\."):
        gather([], chapters=[CH28], repository=tmp_path / "new.git", refs="*")
    with pytest.raises(UsageError, match="not a git repository"):
        gather([], chapters=[CH28], repository=tmp_path, refs="*")


def test_branches_that_break_git(tmp_path):
    """Endless files or names in a branch, or a commit of no year, are that student's affair alone."""
    repository = tmp_path / "class"
    repository.mkdir()
    (repository / "ch28.py").write_text("x")
    git(repository, "init", "-b", "main")
    git(repository, "add", ".")
    git(repository, "commit", "-m", "x")

    def made(*arguments, stdin):
        return subprocess.run(
            ["git", "-C", repository, *arguments], input=stdin, capture_output=True, check=True
        ).stdout.decode().strip()  # fmt: skip

    blob = made("hash-object", "-w", "--stdin", stdin=b"y")
    tree = made("mktree", stdin=f"100644 blob {blob}\tch28.py\n".encode())
    for _ in range(7):  # ten million files
        tree = made("mktree", stdin="".join(f"040000 tree {tree}\t{n}\n" for n in range(10)).encode())
    endless = made("mktree", stdin=f"100644 blob {blob}\tch28_v{'1' * 5000}.py\n".encode())
    head = b"tree %s\nauthor x <x> 1 +0000\ncommitter x <x> %d +0000\n\nx\n"
    plain = git_tree(repository)
    for student, content, time in (
        ("bomb", tree, 1_700_000_000), ("endless", endless, 1_700_000_000),
        ("future", plain, 10**15), ("a\u2028b", plain, 1_700_000_000),
    ):  # fmt: skip
        commit = made("hash-object", "-t", "commit", "-w", "--stdin", stdin=head % (content.encode(), time))
        git(repository, "update-ref", f"refs/heads/student/{student}", commit)
    batch = gather([], chapters=[CH28], repository=repository, refs="student/*")
    assert [one.submission is not None for one in batch.hand_ins] == [True, False, False, True]
    assert "student/bomb: Git: " in batch.hand_ins[1].problem.en
    assert "has a name that is far too long" in batch.hand_ins[2].problem.en
    assert batch.hand_ins[3].submitted is None


def git_tree(repository):
    done = subprocess.run(["git", "-C", repository, "rev-parse", "HEAD^{tree}"], capture_output=True, check=True)
    return done.stdout.decode().strip()
