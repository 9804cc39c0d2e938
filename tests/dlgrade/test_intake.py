"""`dlgrade grade` reads folders, files, zips, exports and branches, as students and platforms make them."""

import io
import os
import subprocess
import tempfile
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dlgrade.batch.intake import gather
from dlgrade.batch.students.roster import read_roster
from dlgrade.batch.times.due import Due
from dlgrade.course import Chapter
from dlgrade.text import same

CH28, CH56 = (
    Chapter(id, slug, "part", same(id), ()) for id, slug in (("ch28", "batch_norm"), ("ch56", "gru"))
)  # fmt: skip
SHANGHAI = ZoneInfo("Asia/Shanghai")


def put(root, files):
    """Write files, given by path; returns the folder."""
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def zipped(files, time=(2026, 11, 20, 12, 0, 0)):
    """The bytes of a zip; a file is its content, or its content and time."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            content, at = content if isinstance(content, tuple) else (content, time)
            packed.writestr(zipfile.ZipInfo(name, at), content)
    return target.getvalue()


def handed(batch):
    """student -> {chapter: where the file was found, without the folder that was given}."""
    found = {}
    for one in batch.hand_ins:
        assert (one.submission is None) != (one.problem is None)
        found.setdefault(one.student, {})[one.chapter] = one.submission and one.submission.source
    return found


def sources(batch):
    """student -> source, where there is one chapter."""
    return {one.student: one.submission.source for one in batch.hand_ins if one.submission}


def words(texts):
    return "\n".join(text.en for text in texts)


@pytest.fixture
def roster(tmp_path):
    def roster(text):
        path = tmp_path / "roster.csv"
        path.write_text(text, encoding="utf-8")
        return read_roster(path)

    return roster


def test_a_folder_for_each_student(tmp_path):
    """A folder for each student names the student; files name the chapters; helpers go along, litter does not."""
    put(
        tmp_path / "in",
        {
            "ada/ch28_batch_norm.py": "a28",
            "ada/ch56.py": "a56",
            "ada/tools.py": "t",
            "ada/.ipynb_checkpoints/ch28-checkpoint.py": "old",
            "ada/__pycache__/ch28.py": "no",
            "bob/GRU.py": "b56",
            "bob/._GRU.py": "mac",
            "__MACOSX/ch28.py": "mac",
            ".git/ch28.py": "no",
        },
    )
    batch = gather([tmp_path / "in"], chapters=[CH28, CH56])
    assert handed(batch) == {"ada": {"ch28": "a28", "ch56": "a56"}, "bob": {"ch56": "b56"}}
    assert [student.id for student in batch.students] == ["ada", "bob"]
    assert batch.strays == ()
    ada = batch.hand_ins[0].submission
    assert (ada.main, sorted(ada.files)) == ("ch28_batch_norm.py", ["ch28_batch_norm.py", "ch56.py", "tools.py"])
    assert batch.hand_ins[0].display_name == str(tmp_path / "in" / "ada" / "ch28_batch_norm.py")


def test_folders_given_one_by_one(tmp_path):
    """`submissions/*` gives the folders of the students themselves; so does a single file."""
    put(
        tmp_path, {"ada/ch28.py": "a", "ada/tools.py": "t", "bob/src/ch28.py": "b", "cyd/ch28.py": "c", "cyd/x.py": "x"}
    )
    batch = gather([tmp_path / "ada", tmp_path / "bob", tmp_path / "cyd" / "ch28.py"], chapters=[CH28])
    assert sources(batch) == {"ada": "a", "bob": "b", "cyd": "c"}
    assert [sorted(one.submission.files) for one in batch.hand_ins] == [
        ["ch28.py", "tools.py"], ["ch28.py"], ["ch28.py", "x.py"],
    ]  # fmt: skip


def test_loose_files(tmp_path):
    """A file's own name names the student and the chapter, in either order; nobody gets another's files."""
    names = {
        "ada_ch28.py": "ada", "ch28_bob.py": "bob", "cyd-ch28_batch_norm.py": "cyd", "student_1_ch28.py": "student_1",
        "student_2_ch28.py": "student_2", "2021012345_张三_ch28.py": "2021012345", "李四 第28章 最终版.py": "李四",
    }  # fmt: skip
    put(tmp_path / "in", {**dict.fromkeys(names, "x"), "notes.py": "n", "readme.txt": "", "ada_ch56.py": "y"})
    batch = gather([tmp_path / "in"], chapters=[CH28])
    assert sorted(one.student for one in batch.hand_ins) == sorted(names.values())
    assert {student.id: student.name for student in batch.students}["2021012345"] == "张三"
    assert all(len(one.submission.files) == 1 for one in batch.hand_ins if one.student != "ada")
    assert "notes.py: The name does not say whose it is." in words(batch.strays)
    assert "ada_ch56.py: ch56 is not graded in this run." in words(batch.strays)


def test_the_only_file_needs_no_chapter(tmp_path):
    """Where one chapter is asked for, a student's only file is it; of several, none is guessed at."""
    put(tmp_path / "in", {"ada/homework.py": "a", "bob/one.py": "1", "bob/two.py": "2", "cyd/report.pdf": "%PDF"})
    batch = gather([tmp_path / "in"], chapters=[CH28])
    assert sources(batch) == {"ada": "a"}
    problems = {one.student: one.problem.en for one in batch.hand_ins if one.problem}
    assert problems["bob"] == "Several files, and none is called for ch28: one.py, two.py."
    assert problems["cyd"].startswith("No .py or .ipynb file, only ")
    batch = gather([tmp_path / "in"], chapters=[CH28, CH56])
    assert batch.hand_ins == ()
    assert "homework.py: the name names no chapter" in words(batch.strays)


def test_what_is_no_code(tmp_path):
    """Other files are nobody's hand-in, unless called for a chapter: then they are a problem of the student's."""
    put(tmp_path / "in", {"ada_ch28.rar": "Rar!", "bob_ch28.py.txt": "x", "roster.csv": "id", "notes/plan.pdf": "%PDF"})
    put(tmp_path / "zips", {"cyd.zip": zipped({"ch28.py": "c"}), "roster.csv": "id"})
    batch = gather([tmp_path / "in", tmp_path / "zips"], chapters=[CH28, CH56])
    assert handed(batch) == {"ada": {"ch28": None}, "bob": {"ch28": None}, "cyd": {"ch28": "c"}}
    assert ".rar files are not unpacked" in batch.hand_ins[0].problem.en
    assert "only" in batch.hand_ins[1].problem.en
    assert "plan.pdf" in words(batch.strays)


def test_what_cannot_be_read(tmp_path):
    """Each unreadable file is a problem of its own student, in one sentence of both languages."""
    put(
        tmp_path / "in",
        {
            "a/ch28.py": "",
            "b/ch28.py": "x = '批'".encode("gbk"),
            "c/ch28.py": b"#" * 1_000_001,
            "d/ch28.ipynb": "{",
            "e/ch28.zip": b"no zip",
            "f/ch28.py": "right",
        },
    )
    batch = gather([tmp_path / "in"], chapters=[CH28])
    problems = {one.student: one.problem for one in batch.hand_ins if one.problem}
    expected = {"a": "is empty", "b": "not UTF-8", "c": "1,000,000", "d": "not a notebook", "e": "not a zip"}
    for student, part in expected.items():
        assert part in problems[student].en
        assert "\n" not in problems[student].en
        assert problems[student].zh != problems[student].en
    assert sources(batch) == {"f": "right"}


def test_links_are_not_followed(tmp_path):
    """A link, to a file or to a folder, reads nothing: it could lead to anything on this machine."""
    put(tmp_path, {"secret/ch28.py": "secret", "in/ada/notes.txt": "", "in/bob/notes.txt": ""})
    (tmp_path / "in" / "ada" / "ch28.py").symlink_to(tmp_path / "secret" / "ch28.py")
    (tmp_path / "in" / "bob" / "ch28").symlink_to(tmp_path / "secret")
    batch = gather([tmp_path / "in"], chapters=[CH28])
    assert sources(batch) == {}
    assert ["links are not followed" in one.problem.en for one in batch.hand_ins] == [True, True]


def test_versions(tmp_path):
    """The newest version before the due time and its grace counts, else the newest; the others are named."""
    due = Due({"ch28": "2026-11-20 23:59"}, grace_minutes=15)
    folder = put(tmp_path / "in", {
        "ada/ch28.py": "first", "ada/ch28-2.py": "in the grace", "ada/ch28_final.py": "late", "bob/ch28.py": "late",
        "bob/ch28.ipynb": "{}",
    })  # fmt: skip
    for name, minute in (("ada/ch28", 0), ("ada/ch28-2", 74), ("ada/ch28_final", 75), ("bob/ch28", 90)):
        at = datetime(2026, 11, 20, 23, 0, tzinfo=SHANGHAI).timestamp() + 60 * minute
        os.utime(folder / f"{name}.py", (at, at))
    os.utime(folder / "bob" / "ch28.ipynb", (at - 60, at - 60))
    batch = gather([folder], chapters=[CH28], due=due)
    assert sources(batch) == {"ada": "in the grace", "bob": "late"}
    ada, bob = batch.hand_ins
    assert ada.submitted == datetime(2026, 11, 20, 16, 14, tzinfo=timezone.utc)
    assert [text.en.removeprefix(f"{folder}/ada/") for text in ada.passed_over] == [
        "ch28.py (2026-11-20 23:00) is not the newest version.",
        "ch28_final.py (2026-11-21 00:15) came after the due time.",
    ]
    assert ["不是最新版本" in text.zh for text in bob.passed_over] == [True]


def test_a_helper_is_no_version(tmp_path):
    """Beside the chapter's own file, one that only begins like it is there to be imported, however new."""
    folder = put(tmp_path / "in", {"ada/ch28.py": "it", "ada/ch28_tools.py": "new", "bob/test_ch28.py": "only"})
    os.utime(folder / "ada" / "ch28.py", (1, 1))
    batch = gather([folder], chapters=[CH28])
    assert sources(batch) == {"ada": "it", "bob": "only"}
    assert "ch28_tools.py" in batch.hand_ins[0].submission.files
    assert batch.hand_ins[0].passed_over == ()


def test_packages_and_data(tmp_path):
    """Packages and data files that the code names come along from a folder, a zip and a single file; others do not."""
    code = "from utils.att import f\nopen('data/words.txt')\n"
    files = {"ch28.py": code, "utils/att.py": "u", "data/words.txt": "w", "data/big.bin": "b", "report.pdf": "r"}
    put(tmp_path / "in", {f"ada/{name}": text for name, text in files.items()})
    put(tmp_path / "in", {"bob.zip": zipped({f"project/{name}": text for name, text in files.items()})})
    put(tmp_path / "cyd", files)
    batch = gather([tmp_path / "in", tmp_path / "cyd" / "ch28.py"], chapters=[CH28])
    expected = {"ch28.py": code.encode(), "utils/att.py": b"u", "data/words.txt": b"w", "data/big.bin": b"b"}
    assert {one.student: one.submission.files for one in batch.hand_ins} == dict.fromkeys(
        ("ada", "bob", "cyd"), expected
    )


def test_hostile_names_beside(tmp_path):
    """Paths that lead out, links, deep and endless names, and a file that is also a folder do no harm beside a file."""
    deep = "/".join(["data"] * 200) + "/x.txt"
    entries = {
        "ch28.py": "import os, utils\n'data', '..', 'x.txt', 'ch28.py', 'nul', 'C:'\n",
        "../x.txt": "out", "/x.txt": "absolute", "data/../../x.txt": "out", "C:\\x.txt": "drive",
        "C:/data/x.txt": "drive", deep: "deep", "data/" + "n" * 300: "long", "data/a:stream": "stream",
        "data/\x1b[2J": "clear", "data/x.txt": "ok", "data/x.txt/y.txt": "in a file",
        "ch28.py/x.txt": "in the submission", "utils/.hidden.py": "", "utils/os.py": "o",
    }  # fmt: skip
    put(tmp_path / "in", {"ada.zip": zipped(entries), "bob.zip": zipped({"ch28.py": "b"})})
    put(tmp_path / "secret", {"x.txt": "secret"})
    put(tmp_path / "in2", {"cyd/ch28.py": "'x.txt', 'data'\n"})
    (tmp_path / "in2" / "cyd" / "x.txt").symlink_to(tmp_path / "secret" / "x.txt")
    (tmp_path / "in2" / "cyd" / "data").symlink_to(tmp_path / "secret")
    batch = gather([tmp_path / "in", tmp_path / "in2"], chapters=[CH28])
    ada, _, cyd = (one.submission for one in batch.hand_ins)
    assert {name for name in ada.files if name != "ch28.py"} == {"data/x.txt", "utils/os.py"}
    assert "data/x.txt/y.txt" in ada.left_out
    assert cyd.files.keys() == {"ch28.py"}
    assert sorted(cyd.left_out) == ["data", "x.txt"]


def test_a_zip_for_each_student(tmp_path):
    """A zip is called for its student, whatever folders it has inside; its times have no zone."""
    put(tmp_path / "in", {
        "ada.zip": zipped({"project/ch28.py": "a", "project/tools.py": "t", "__MACOSX/project/._ch28.py": "m"}),
        "20210045_张三_ch28.zip": zipped({"main.py": "z"}),
        "bob/hw.zip": zipped({"hw/ch28.py": "b"}),
    })  # fmt: skip
    batch = gather([tmp_path / "in"], chapters=[CH28], due=Due({}))
    assert sources(batch) == {"ada": "a", "bob": "b", "20210045": "z"}
    ada = next(one for one in batch.hand_ins if one.student == "ada")
    assert ada.display_name == f"{tmp_path}/in/ada.zip: project/ch28.py"
    assert ada.submitted == datetime(2026, 11, 20, 12), "the zip names no zone"
    assert sorted(ada.submission.files) == ["ch28.py", "tools.py"]


@pytest.mark.parametrize("wrapper", ["", "submissions/", "class 3/"])
def test_a_zip_of_a_class(tmp_path, wrapper):
    """A zip may hold a folder, a zip or a file for each student."""
    place = tmp_path / "class3.zip"
    place.write_bytes(zipped({f"{wrapper}ada/ch28.py": "a", f"{wrapper}bob/src/ch28.py": "b"}))
    assert sources(gather([place], chapters=[CH28])) == {"ada": "a", "bob": "b"}
    place.write_bytes(zipped({f"{wrapper}ada_ch28.py": "a", f"{wrapper}bob_ch28.py": "b"}))
    assert sources(gather([place], chapters=[CH28])) == {"ada": "a", "bob": "b"}
    inner = {f"{wrapper}{name}.zip": zipped({"x/ch28.py": name, "x/tools.py": ""}) for name in ("ada", "bob")}
    place.write_bytes(zipped({**inner, f"{wrapper}cyd.zip": b"broken"}))
    batch = gather([place], chapters=[CH28])
    assert sources(batch) == {"ada": "ada", "bob": "bob"}
    assert {one.student: one.problem.en for one in batch.hand_ins if one.problem}.keys() == {"cyd"}


CANVAS = {
    "lovelaceada_1001_90001_ch28_batch_norm.py": "old",
    "lovelaceada_1001_90002_ch28_batch_norm-1.py": "new",
    "lovelaceada_1001_90003_tools-1.py": "t",
    "张三_LATE_1002_90004_ch28.ipynb": "{}",
    "bob_1003_90005_hw.zip": zipped({"hw/ch28.py": "b"}),
    "cyd_1004_90006_report.pdf": "%PDF",
}


@pytest.mark.parametrize("unpacked", [False, True])
def test_canvas(tmp_path, roster, unpacked):
    """Canvas' export: the user behind each file, the version that it counts up, LATE; its times are the download's."""
    place = tmp_path / "submissions.zip"
    place.write_bytes(zipped(CANVAS))
    if unpacked:
        place = put(tmp_path / "dl101", {f"submissions/{name}": content for name, content in CANVAS.items()})
    batch = gather([place], chapters=[CH28], due=Due({"ch28": "2026-01-01"}))
    assert sources(batch) == {"1001": "new", "1003": "b"}
    assert {student.id: student.name for student in batch.students}["1002"] == "张三"
    ada = batch.hand_ins[0]
    assert (ada.submission.main, sorted(ada.submission.files)) == (
        "ch28_batch_norm-1.py", ["ch28_batch_norm-1.py", "ch28_batch_norm.py", "tools.py"],
    )  # fmt: skip
    assert ada.submitted is None
    assert len(ada.passed_over) == 1
    assert "张三_LATE_1002_90004_ch28.ipynb: Canvas says that it is late" in words(batch.strays)
    listed = gather([place], chapters=[CH28], roster=roster("学号,姓名\n7,Ada Lovelace\n8,张三\n9,Bob\n"))
    assert [one.student for one in listed.hand_ins] == ["7", "8", "9"]
    assert [student.id for student in listed.students] == ["7", "8", "9"]


def test_moodle(tmp_path, roster):
    """Moodle's export: a folder, or a file's beginning, for each student; the number in it tells namesakes apart."""
    late = (2026, 11, 22, 12, 0, 0)
    names = {
        "Ada Lovelace_5551_assignsubmission_file_/ch28.py": ("a", (2026, 11, 18, 12, 0, 0)),
        "Ada Lovelace_5551_assignsubmission_file_/tools/t.py": "t",
        "Ada Lovelace_5551_assignsubmission_onlinetext_/onlinetext.html": "<p>",
        "张 三_5552_assignsubmission_file/ch28.py": ("z", late),
        "Li Na_5553_assignsubmission_file_ch28.py": ("l1", (2026, 11, 17, 12, 0, 0)),
        "Li Na_5554_assignsubmission_file_ch28.py": "l2",
        "Bob_5555_assignsubmission_file_/hw.zip": zipped({"ch28.py": "b"}),
    }
    place = tmp_path / "DL-ch28-99.zip"
    place.write_bytes(zipped(names))
    batch = gather([place], chapters=[CH28])
    assert sources(batch) == {"Ada Lovelace": "a", "张 三": "z", "Li Na_5553": "l1", "Li Na_5554": "l2", "Bob": "b"}
    assert next(one for one in batch.hand_ins if one.student == "张 三").submitted is not None
    listed = gather(
        [place], chapters=[CH28], roster=roster("sid;name\n1;Lovelace, Ada\n2;张三\n3;Li Na\n4;Li Na\n5;bob\n")
    )
    assert sources(listed) == {"1": "a", "2": "z", "5": "b"}
    assert "Li Na fits several students of the roster: Li Na (3) / Li Na (4)." in words(listed.strays)


GRADESCOPE = """\
---
submission_111:
  :submitters:
  - :name: Ada Lovelace
    :sid: '7'
    :email: ada@uni.edu
  :created_at: 2026-11-20 15:00:00.123456789 Z
  :score: 0.0
submission_112:
  :submitters:
  - :name: 张三
    :sid:
    :email: zhang@uni.edu
  - :name: Bob
    :sid: '9'
    :email: bob@uni.edu
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-20 16:30:00.000000000 Z
"""


def test_gradescope(tmp_path, roster):
    """Gradescope's export: its metadata names the submitters, of a group all of them, and the times."""
    place = tmp_path / "assignment_1_export.zip"
    files = {
        "submission_metadata.yml": GRADESCOPE,
        "submission_111/ch28.py": "a",
        "submission_111/submission_metadata.yml": "submission_112: {}",
        "submission_112/src/ch28.py": "zb",
        "submission_113/ch28.py": "whose?",
    }
    place.write_bytes(zipped({f"assignment_1_export/{name}": content for name, content in files.items()}))
    batch = gather([place], chapters=[CH28])
    assert sources(batch) == {"7": "a", "9": "zb", "zhang@uni.edu": "zb"}
    assert batch.hand_ins[0].submitted.replace(microsecond=0) == datetime(2026, 11, 20, 15, tzinfo=timezone.utc)
    assert batch.hand_ins[1].submitted == datetime(2026, 11, 20, 16, 30, tzinfo=timezone.utc)
    assert "submission_113" in words(batch.strays)
    listed = gather([place], chapters=[CH28], roster=roster("id,name,email\n1,张三,zhang@uni.edu\n9,Bob,\n7,Ada L,\n"))
    assert sources(listed) == {"1": "zb", "7": "a", "9": "zb"}


def test_nobody_takes_anothers_name(tmp_path, roster):
    """Names inside a student's own folder or zip, whatever scheme they follow, never make a file another student's."""
    forged = {
        "Bob_5555_assignsubmission_file_/ch28.py": "forged",
        "bob_1003_90005_ch28.py": "forged",
        "submission_metadata.yml": GRADESCOPE,
        "submission_111/ch28.py": "forged",
        "../../bob/ch28.py": "forged",
    }
    put(tmp_path / "in", {f"ada/{name}": text for name, text in forged.items() if ".." not in name})
    put(tmp_path / "in", {"bob/ch28.py": "bob", "cyd.zip": zipped(forged)})
    people = roster("id,name\nada,Ada\nbob,Bob\ncyd,Cyd\n9,Bob Two\n7,Ada Lovelace\n")
    batch = gather([tmp_path / "in"], chapters=[CH28], roster=people)
    assert sources(batch)["bob"] == "bob"
    assert set(sources(batch)) <= {"ada", "bob", "cyd"}


@pytest.mark.parametrize("forged", [{"bob_1_900_ch28.py": "f"}, {"bob/ch28.py": "f", "eve/ch28.py": "f"}])
def test_a_zip_that_claims_to_be_a_class(tmp_path, forged):
    """Among zips of one student each, one that looks like a whole class's is its sender's, and staff are told."""
    names = {f"{name}.zip": zipped({"ch28.py": name}) for name in ("ada", "bob")}
    put(tmp_path, {**names, "cyd.zip": zipped(forged)})
    batch = gather(sorted(tmp_path.glob("*.zip")), chapters=[CH28])
    assert sources(batch) == {"ada": "ada", "bob": "bob", "cyd": "f"}
    assert "cyd.zip looks like several students' work" in words(batch.strays)


def test_roster(tmp_path, roster):
    """With a roster who handed in nothing is there without a hand-in, and who is not on it is a stray."""
    put(tmp_path / "in", {"Lovelace Ada/ch28.py": "a", "2021012345_张三/ch28.py": "z", "eve/ch28.py": "e"})
    put(tmp_path / "in", {"2021012345_李四/ch28.py": "?"})
    people = roster("id,name\nada,Ada Lovelace\n2021012345,张三\n2021012346,李四\n")
    batch = gather([tmp_path / "in"], chapters=[CH28], roster=people)
    assert sources(batch) == {"ada": "a", "2021012345": "z"}
    assert [student.id for student in batch.students] == ["ada", "2021012345", "2021012346"]
    assert "Nobody in the roster is called eve." in words(batch.strays)
    assert "2021012345_李四/ch28.py: 李四 fits several students of the roster: 张三 (2021012345) / 李四" in words(
        batch.strays
    )


def test_nothing_inside(tmp_path):
    """Folders and zips without files are named: somebody may have handed in nothing by mistake."""
    put(tmp_path / "in", {"ada/ch28.py": "a", "cyd.zip": zipped({}), "dan/ch28.zip": zipped({})})
    (tmp_path / "in" / "bob" / "work").mkdir(parents=True)
    batch = gather([tmp_path / "in"], chapters=[CH28])
    assert sources(batch) == {"ada": "a"}
    told = words(batch.strays) + words(hand_in.problem for hand_in in batch.hand_ins if hand_in.problem)
    for name in ("bob", "cyd.zip", "dan/ch28.zip"):
        assert f"{name} holds no files." in told


@pytest.fixture
def deep():
    """deep(name, count): a folder with so many folders in bob's, one in the other, and the innermost one's descriptor.

    It is none of pytest's, which fails to remove such folders.
    """
    top = Path(tempfile.mkdtemp())

    def deep(name, count):
        (top / "bob").mkdir()
        here = os.open(top / "bob", os.O_RDONLY)
        for _ in range(count):
            os.mkdir(name, dir_fd=here)
            inner = os.open(name, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        return top, here

    yield deep
    subprocess.run(["rm", "-r", top], check=True)


def test_folders_that_cannot_be_listed(deep):
    """A path that is too long for the system is told, and keeps nobody's files from being read."""
    folder, place = deep("d" * 200, 40)
    os.close(place)
    put(folder, {"ada/ch28.py": "a", "bob/ch28.py": "b"})
    batch = gather([folder], chapters=[CH28])
    assert sources(batch) == {"ada": "a", "bob": "b"}
    assert "cannot be read: File name too long." in words(batch.strays)


def test_a_deep_path(deep):
    """A file below a thousand folders is found like any other."""
    folder, place = deep("d", 1200)
    with os.fdopen(os.open("ch28.py", os.O_WRONLY | os.O_CREAT, dir_fd=place), "w") as file:
        file.write("b")
    os.close(place)
    put(folder, {"ada/ch28.py": "a"})
    assert sources(gather([folder], chapters=[CH28])) == {"ada": "a", "bob": "b"}


@pytest.mark.parametrize(
    "metadata",
    [
        "[" * 100_000,
        "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]\n" for n in range(30)),
        "submission_1: {:created_at: 0001-01-01 00:00:00, :submitters: [{:name: 1, :sid: [1]}, 3]}",
        "submission_1: {:created_at: 99999999999, :submitters: {}}\n? [1, 2]\n: 3\n",
        "? {}\n: 1",
        "\0",
        "a: " + "9" * 10_000,
        "a: 2026-99-99",
    ],
    ids=["deep", "aliases", "year-1", "odd", "unhashable", "binary", "huge", "no-day"],
)
def test_metadata_that_breaks_the_parser(tmp_path, metadata):
    """Where metadata does not say whose a folder is, that is told, and the other files are read."""
    place = tmp_path / "export.zip"
    place.write_bytes(zipped({"e/submission_1/ch28.py": "a", "e/submission_metadata.yml": metadata}))
    put(tmp_path, {"in/bob_ch28.py": "b"})
    batch = gather([place, tmp_path / "in"], chapters=[CH28], due=Due({"ch28": "2026-01-01"}))
    assert sources(batch)["bob"] == "b"
    assert len(batch.hand_ins) == 2 or "It is not known who submission_1 is" in words(batch.strays)


def test_the_order_is_always_the_same(tmp_path):
    """Students come by id, their chapters in the course's order, however the files are given."""
    put(tmp_path / "in", {f"{name}/{chapter}.py": "x" for name in "cab" for chapter in ("ch56", "ch28")})
    paths = [tmp_path / "in" / name for name in "bca"]
    batches = [gather(given, chapters=[CH28, CH56]) for given in (paths, paths[::-1], [tmp_path / "in"])]
    order = [[(one.student, one.chapter) for one in batch.hand_ins] for batch in batches]
    assert order == [[(name, chapter) for name in "abc" for chapter in ("ch28", "ch56")]] * 3
