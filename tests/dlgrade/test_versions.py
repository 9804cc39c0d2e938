"""Every file that names a chapter is the submission, a version of it, imported by it, or listed."""

import os

import pytest

from dlgrade.batch.intake import gather
from dlgrade.course import Chapter
from dlgrade.text import same

CH90 = Chapter("ch90", "twice", "part", same("ch90"), ())
NOON = 1_795_147_200


@pytest.fixture
def handed(tmp_path):
    """handed(name, name): dan's hand-in, whose files came a day apart in this order."""

    def handed(*names):
        (tmp_path / "in" / "dan").mkdir(parents=True)
        for day, name in enumerate(names):
            place = tmp_path / "in" / "dan" / name
            place.write_text(f"# {name}\n", encoding="utf-8")
            os.utime(place, (NOON + 86400 * day,) * 2)
        (hand_in,) = gather([tmp_path / "in"], chapters=[CH90]).hand_ins
        assert hand_in.student == "dan"
        return hand_in

    return handed


@pytest.mark.parametrize(
    "name",
    ["ch90_twice_final2", "ch90_twice_new2", "ch90_twice2", "twice2", "ch90_twice_attempt2", "ch90_twice_v2",
     "ch90_twice_latest", "ch90_draft3", "ch90_twice_rev3", "ch90_最终版2", "ch90_终稿3"],
)  # fmt: skip
def test_newer_versions(name, handed):
    """A newer version counts, however it is numbered; the older one is listed."""
    hand_in = handed("ch90_twice.py", f"{name}.py")
    assert f"# {name}.py" in hand_in.submission.source
    assert "ch90_twice.py" in hand_in.passed_over[0].en


@pytest.mark.parametrize("names", [("ch90_v2", "ch90_v10"), ("v2_ch90", "v10_ch90"), ("ch90_终稿3", "ch90_终稿12")])
def test_numbers_of_versions(names, tmp_path):
    """Of files of one time, the one with the largest number counts."""
    for name in names:
        place = tmp_path / "in" / "dan" / f"{name}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"# {name}\n", encoding="utf-8")
        os.utime(place, (NOON, NOON))
    (hand_in,) = gather([tmp_path / "in"], chapters=[CH90]).hand_ins
    assert hand_in.submission.source == f"# {names[1]}\n"


@pytest.mark.parametrize("name", ["ch90_twice_old", "ch90_twice_backup", "ch90_backup2", "ch90_twice_备份"])
def test_backups(name, handed):
    """A file that is called a backup never takes the place of the submission, and is listed."""
    hand_in = handed("ch90_twice.py", f"{name}.py")
    assert "# ch90_twice.py" in hand_in.submission.source
    assert f"{name}.py" in hand_in.passed_over[0].en


def notes_of(folder, files):
    for name, source in files.items():
        (folder / "in" / "dan").mkdir(parents=True, exist_ok=True)
        (folder / "in" / "dan" / name).write_text(source, encoding="utf-8")
    batch = gather([folder / "in"], chapters=[CH90])
    assert [hand_in.display_name[-13:] for hand_in in batch.hand_ins] == ["ch90_twice.py"]
    return [text.en for text in batch.notes if "version" in text.en]


def test_other_names(tmp_path):
    """A file that names the chapter and anything else is listed."""
    (note,) = notes_of(tmp_path, {"ch90_twice.py": "X = 1\n", "ch90_twice_tuesday.py": "X = 2\n"})
    assert "ch90_twice_tuesday.py is no version of " in note
    assert note.endswith("it is not graded.")


def test_helpers(tmp_path):
    """A file that the submission imports is not listed."""
    assert notes_of(tmp_path, {"ch90_twice.py": "import ch90_tools\n", "ch90_tools.py": "X = 1\n"}) == []
