"""Whether a folder or a zip is one student's work: every row of the tables in dlgrade.batch.students.owners."""

import pytest

from dlgrade import course
from dlgrade.batch.files.trees import Tree, TreeEntry
from dlgrade.batch.students.naming import NameParser
from dlgrade.batch.students.owners import owned_files, settle_identities

NAMES = NameParser([course.load().chapter("ch28")])


def owners(name, files, *, packed):
    """The ids of the owners of each file of a tree, the likeliest first."""
    entries = [TreeEntry(tuple(file.split("/")), file, lambda _limit: b"") for file in files]
    tree = Tree(name, name, entries, packed=packed, around="in")
    [(_, found)] = settle_identities([(tree, owned_files(tree, NAMES, lambda _: False))])
    return {file.entry.display_name: [owner.id for owner in file.owners] for file in found}


@pytest.mark.parametrize(
    "files",
    [
        ["ch28.py", "parts.zip/bob_ch28.py"],
        ["src/ch28.py", "bob/tools.py"],
    ],
    ids=["a-loose-file-names-nobody", "otherwise"],
)
def test_a_students_zip(files):
    """Everything in a zip that names a student is this student's."""
    assert owners("ada", files, packed=True) == {file: ["ada"] for file in files}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["bob.zip/ch28.py", "cyd.zip/ch28.py"], [["bob"], ["cyd"]]),
        (["bob_ch28.py", "cyd_ch28.py"], [["bob"], ["cyd"]]),
        (["bob/ch28.py", "cyd/ch28.py"], [["bob"], ["cyd"]]),
    ],
    ids=["zips", "rivals", "folders"],
)
def test_a_zip_that_names_its_maker(files, expected):
    """A zip named for the assistant who made it may hold the work of a class."""
    assert list(owners("ada", files, packed=True).values()) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["ch28.py", "src/tools.py"], [["ada"], ["ada"]]),
        (["bob_ch28.py"], [["bob"]]),
        (["ch28.py", "bob/ch28.py"], [[], ["bob"]]),
        (["ch28.py", "bob_ch28.py", "cyd_ch28.py"], [[], ["bob"], ["cyd"]]),
        (["ch28.py", "bob/tools.py"], [["ada"], ["ada"]]),
    ],
    ids=["no-names", "nothing-unsigned", "a-persons-folder-has-a-chapter", "rivals", "otherwise"],
)
def test_a_folder(files, expected):
    """A folder is one student's unless its files or folders name others who handed in."""
    assert list(owners("ada", files, packed=False).values()) == expected
