"""Packed files other than zips: each is rejected by name, with a way out, wherever it lies."""

import io
import zipfile

import pytest

from dlgrade.batch.files.trees import TreeEntry
from dlgrade.batch.intake import gather
from dlgrade.course import Chapter
from dlgrade.text import same

CH28, CH56 = (Chapter(id, slug, "part", same(id), ()) for id, slug in (("ch28", "batch_norm"), ("ch56", "gru")))


def put(root, files):
    """Write files, given by path; returns the folder."""
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def zipped(*names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    "suffix",
    ["tar.gz", "tgz", "tar", "tar.xz", "tar.bz2", "tar.zst", "7z", "rar", "gz", "part1.rar", "7z.001", "Tar.GZ"],
)
@pytest.mark.parametrize("place", ["ada_ch28.{}", "ada.{}", "ada/ch28.{}", "ada/work.{}", "ada.zip"])
def test_rejected_by_name(place, suffix, tmp_path):
    """In the batch, in a student's folder and in a student's zip: it is the student's, and cannot be graded."""
    content = zipped(f"work.{suffix}") if place == "ada.zip" else "x"
    put(tmp_path / "in", {place.format(suffix): content, "bob/ch28.py": "b"})
    batch = gather([tmp_path / "in"], chapters=[CH28])
    problems = {hand_in.student: hand_in.problem for hand_in in batch.hand_ins}
    assert problems["bob"] is None
    assert f".{suffix.lower()} files are not unpacked" in problems["ada"].en
    assert "pack it again as a zip" in problems["ada"].en
    assert "重新打包为 zip" in problems["ada"].zh


def test_beside_zips(tmp_path):
    """Among zips of one student each it is its student's, too."""
    put(tmp_path / "in", {"ada.rar": "x", "bob.zip": zipped("ch28.py")})
    batch = gather([tmp_path / "in"], chapters=[CH28])
    assert {hand_in.student: hand_in.problem is None for hand_in in batch.hand_ins} == {"ada": False, "bob": True}


@pytest.mark.parametrize("name", ["submissions.tar.gz", "export.7z", "homework 3.rar"])
def test_a_whole_class(tmp_path, name):
    """Given by name, a packed file that names nobody is no student's hand-in. It is reported."""
    put(tmp_path, {name: "x", "bob_ch28.py": "b"})
    batch = gather([tmp_path / name, tmp_path / "bob_ch28.py"], chapters=[CH28])
    assert [hand_in.student for hand_in in batch.hand_ins] == ["bob"]
    assert (len(batch.strays), batch.unassigned) == (1, 1)
    assert name in batch.strays[0].en


def test_beside_a_hand_in(tmp_path):
    """Beside work that is graded it is one note for all of them: it may be data."""
    put(tmp_path / "in", {f"s{n}/{name}": "x" for n in range(5) for name in ("ch28.py", "data.gz")})
    batch = gather([tmp_path / "in"], chapters=[CH28, CH56])
    assert (len(batch.hand_ins), len(batch.strays), batch.unassigned) == (5, 1, 0)
    assert "(+2): .gz files are not unpacked" in batch.strays[0].en


def test_work_that_nobody_gets_graded(tmp_path):
    """Files of nobody, and the work of a student without any chapter, are counted; other files are not."""
    files = {"ada/ch28.py": "a", "tools.py": "t", "bob/work.rar": "x", "cyd/solution.py": "c", "notes.txt": "n"}
    put(tmp_path / "in", {**files, "dan/ch29.py": "other chapter"})
    batch = gather([tmp_path / "in"], chapters=[CH28, CH56])
    assert [hand_in.student for hand_in in batch.hand_ins] == ["ada"]
    assert (batch.unassigned, len(batch.strays)) == (3, 4)


@pytest.mark.parametrize("name", ["notes.md", "v1.tar.notes.txt", "tar.py", ".gz", "a.zip", "my.gz.ipynb"])
def test_not_packed(name):
    """Other names are no packed files."""
    assert TreeEntry((name,), name, lambda _limit: b"").packing == ""
