"""Whose a file is, decided over all names of a batch, without a roster: names as classes and platforms write them."""

import time
import zipfile
from datetime import datetime, timedelta

import pytest

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.intake import gather
from dlgrade.batch.students.roster import read_roster
from dlgrade.batch.times.due import Due
from dlgrade.course import Chapter
from dlgrade.text import same

CH53, CH65, CH66 = (
    Chapter(id, slug, "part", same(id), ())
    for id, slug in (("ch53", "language_model"), ("ch65", "attention_scores"), ("ch66", "seq2seq_attention"))
)
ZH, EN = ["张三", "李四", "王五", "赵六"], ["ada", "bob", "cyd", "dan"]
IDS = ["2021012345", "2021012346", "2021012399", "2021012401"]


@pytest.fixture
def owners(tmp_path):
    """owners(files): the student of each file, None for a file of nobody; and the batch."""

    def owners(files, folder="submissions", **options):
        folder = tmp_path / str(len(list(tmp_path.iterdir()))) / folder
        contents = options.pop("contents", {})
        for number, name in enumerate(files):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if name.endswith(".zip"):
                with zipfile.ZipFile(path, "w") as packed:
                    packed.writestr("ch65.py", f"# {number}\n")
            else:
                path.write_text(contents.get(name) or f"# {number}\n", encoding="utf-8")
        chapters = options.pop("chapters", [CH53, CH65, CH66])
        batch = gather([folder], chapters=chapters, **options)
        found = dict.fromkeys(files)
        for hand_in in batch.hand_ins:
            versions = [hand_in.display_name, *(text.en for text in hand_in.passed_over)]
            found |= {name: hand_in.student for name in files if any(str(folder / name) in text for text in versions)}
        return found, batch

    return owners


def each(people, pattern, right="{p}"):
    """The names of a class that follow a pattern, and the student of each."""
    filled = [{"p": person, "i": id, "n": number} for number, (person, id) in enumerate(zip(people, IDS, strict=True))]
    return {pattern.format(**values): right.format(**values) for values in filled}


CLASSES = {
    "course": each(ZH, "CS2101-{p}-ch65.py"),
    "unknown-course": each(ZH, "XQZ2101-{p}-ch65.py"),
    "long-course": each(ZH, "08060102_{p}_ch65.py"),
    "course-with-blank": each(EN, "CS 2101 {p} ch65.py"),
    "course-and-term": each(EN, "CS2101_fall2026_{p}_ch65.py"),
    "course-and-id": each(ZH, "B0911006Y_{i}_{p}_ch65.py", "{i}"),
    "two-courses": {f"CS{'AB'[n % 2]}210{n % 2}-{name}-ch65.py": name for n, name in enumerate(ZH)},
    "term": each(EN, "{p}_fall2026_ch65.py"),
    "term-zh": each(ZH, "{p}_2026秋_ch65.py"),
    "academic-year": each(EN, "{p}_2026-2027-1_ch65.py"),
    "date": each(EN, "2026-11-20_{p}_ch65.py"),
    "dates": {f"2026-11-2{n}_{name}_ch65.py": name for n, name in enumerate(EN)},
    "compact-date": each(ZH, "20261120_{p}_ch65.py"),
    "compact-date-and-id": each(ZH, "20261120_{i}_ch65.py", "{i}"),
    "date-zh": each(ZH, "11月20日_{p}_ch65.py"),
    "homework": each(EN, "Assignment 3 - {p} - ch65.py"),
    "homework-zh": each(ZH, "{p}第三次作业_ch65.py"),
    "homework-zips": each(ZH, "hw3_{p}.zip"),
    "brackets": each(ZH, "【作业三】{i}+{p}+ch65.py", "{i}"),
    "xuexitong": each(ZH, "{i}-{p}-第65章注意力评分.py", "{i}"),
    "yuketang": each(ZH, "{i}_{p}_作业3_ch65.py", "{i}"),
    "name-id-chapter": each(ZH, "{p}_{i}_第65章.py", "{i}"),
    "mobile-numbers": each(ZH, "{p}_1391234567{n}_{i}_ch65.py", "{i}"),
    "scores-and-ids": each(ZH, "{p}_12_{i}_ch65.py", "{i}"),
    "glued": each(ZH, "{i}{p}_ch65.py", "{i}"),
    "class-of-students": each(ZH, "计科2101-{i}-{p}-ch65.py", "{i}"),
    "sections": {f"{n % 2 + 1}班_{name}_ch65.py": name for n, name in enumerate(ZH)},
    "shared-word": each(EN, "Zebra_{p}_ch65.py"),
    "nearly-shared-word": {**each(EN, "Zebra_{p}_ch65.py"), "fay_ch65.py": "fay"},
    "family": {f"{name}_ch65.py": name for name in ("Li Na", "Li Wei", "Li Ming")},
    "given-name": {f"{name}_ch65.py": name for name in ("Ada Lovelace", "Ada Smith")},
    "initials": {f"{name}_ch65.py": name for name in ("A_Lovelace", "B_Noyce")},
    "pinyin": {f"{name}_ch65.py": name for name in ("zhangsan", "wang_wu", "zhao liu")},
    "namesakes": {f"{id}_张伟_ch65.py": id for id in IDS},
    "numbered-namesakes": {"张伟1_ch65.py": "张伟1", "张伟2_ch65.py": "张伟2"},
    "numbers": {f"student_{n}_ch65.py": f"student_{n}" for n in range(4)},
    "user-names": {f"{id}_ch65.py": id for id in ("ml123", "cs456", "ai77")},
    "user-names-like-courses": {
        f"{id}_{name}_ch65.py": id for id, name in zip(("cs1234", "ml2345", "ds9999"), EN[:3], strict=True)
    },
    "years-between-signs": {f"hw3_2026_{id}_{p}_ch65.py": id for id, p in zip(IDS, EN, strict=True)},
    "folders": each(ZH, "CS2101-{p}/ch65.py"),
    "numbers-in-folders": {f"20261120_221305_{id}_{p}/ch65.py": id for id, p in zip(IDS, EN, strict=True)},
    "own-folder": {"ada/ch53_my rnn.py": "ada"},
    "own-folders": {"ada/ch65_my try.py": "ada", "bob/ch65_other version.py": "bob", "cyd/first_ch65.py": "cyd"},
    "own-versions": {f"{name}/try{n}/ch65.py": name for name in ("ada", "bob") for n in (1, 2)},
    "section-folders": {f"section{n // 2}/{name}/ch65.py": name for n, name in enumerate(EN)},
    "assistants-folders": {f"{'green' if n < 2 else 'blue'}/{name}/ch65.py": name for n, name in enumerate(EN)},
    "assistants-files": {f"{'green' if n < 2 else 'blue'}/{name}_ch65.py": name for n, name in enumerate(EN)},
    "sections-of-files": {f"{n // 2 + 1}班/{name}_ch65.py": name for n, name in enumerate(ZH)},
    "homework-folders": {f"homework{n}/{name}_ch{64 + n}.py": name for n in (1, 2) for name in EN},
    "chapter-folders": {f"第{n}章/{name}.py": name for n in (65, 66) for name in ZH},
    "chapter-folders-of-unknown-names": {"ch65/kor.py": "kor", "ch65/bub.py": "bub", "ch66/kor.py": "kor"},
    "week-folders": {f"week{n}/{name}/ch{64 + n}.py": name for n in (1, 2) for name in EN},
    "final-folders": {"ada/ch65.py": "ada", "ada_final/ch65.py": "ada", "bob/ch65.py": "bob"},
    "names-like-versions": {f"{name}/ch{n}.py": name for n, name in ((65, "My Linh"), (66, "Linh"), (65, "Lab Wu"))},
    "a-folder-of-a-small-word": {"my rnn/ch65.py": "my rnn", "ada/ch65.py": "ada"},
    "two-who-share-a-word": {"My Linh/ch65.py": "My Linh", "My Hoa/ch65.py": "My Hoa"},
    "a-word-of-all-folders": {f"Final {name}/ch65.py": name for name in ("Bob", "Cyd", "Dan", "Eve")},
    "words-for-versions": {
        "cyd_ch65.py": "cyd", "Copy of cyd_ch66.py": "cyd", "hal_最终最终版_ch65.py": "hal", "hal_ch66.py": "hal",
        "mo_终稿_ch65.py": "mo", "mo_ch66.py": "mo", "ivy_real_ch65.py": "ivy", "ivy_ch66.py": "ivy",
        "cyd - Copy_ch53.py": "cyd", "张三最终版_ch65.py": "张三", "张三_ch66.py": "张三",
    },
    "terms-in-two-forms": {"ada_fall2026_ch65.py": "ada", "ada_2026秋_ch66.py": "ada"},
    "mixed": {
        "2021012345_张三_ch65.py": "2021012345", "李四-ch65.py": "李四", "2021012347王五_ch65.py": "2021012347",
        "赵六_2021012348_ch65_final.py": "2021012348", "hw3_钱七_ch65.py": "钱七", "2026-11-20_孙八_ch65.py": "孙八",
    },
}  # fmt: skip


@pytest.mark.parametrize("files", CLASSES.values(), ids=CLASSES)
def test_a_class(owners, files):
    """No word that students share makes them one student."""
    found, batch = owners(files)
    assert found == files
    assert batch.strays == ()


@pytest.mark.parametrize("files", CLASSES.values(), ids=CLASSES)
def test_a_part_of_a_class(owners, files):
    """A student's file that is graded after the class, beside its gradebook, is the same student's or nobody's."""
    _, batch = owners(files)
    name, student = next(iter(files.items()))
    found, _ = owners([name], known=batch.students)
    assert found[name] in (student, None)
    assert found[name] or any(
        word in name for word in ("Zebra", "08060102", "Final ")
    )  # only the whole class shares them


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("CS2101-张三-ch65.py", "张三"),
        ("ada_fall2026_ch65.py", "ada"),
        ("2026-11-20_bob_ch65.py", "bob"),
        ("张三_2026秋_ch65.py", "张三"),
        ("2021012345张三_ch65.py", "2021012345"),
        ("深度学习_张三_ch65.py", "张三"),
        ("class 3/bob_ch65.py", "bob"),
    ],
)
def test_one_file(owners, name, student):
    """Dates, terms and courses are recognised in a single name, too."""
    found, _ = owners([name])
    assert found == {name: student}


DOUBTS = {
    "one-id-two-names": (
        {"2021012345_张三_ch65.py": None, "2021012345_李四_ch65.py": None, "2021012399_王五_ch65.py": "2021012399"},
        "2021012345 is beside two names, 张三 and 李四.",
    ),
    "a-name-with-and-without-id": (
        {"2021012345_张伟_ch65.py": "2021012345", "张伟_ch65.py": None},
        "张伟, 2021012345_张伟 may be the same student, or two students.",
    ),
    "a-name-with-two-ids": (
        {"2021012345_张伟_ch65.py": "2021012345", "2021012346_张伟_ch65.py": "2021012346", "张伟_ch66.py": None},
        "张伟 may be any of 张伟 (2021012345) / 张伟 (2021012346).",
    ),
    "two-terms": (
        {"ada_fall2025_ch65.py": None, "ada_fall2026_ch65.py": None, "bob_fall2026_ch65.py": "bob"},
        "ada_fall2025, ada_fall2026 may be the same student, or two students.",
    ),
    "namesakes-in-two-sections": (
        {"1班/张伟/ch65.py": None, "2班/张伟/ch66.py": None, "1班/李四/ch65.py": "李四", "2班/王五/ch65.py": "王五"},
        "张伟 (1班, 2班) may be the same student, or two students.",
    ),
    "namesakes-of-two-assistants": (
        {"green/ada/ch65.py": None, "green/bob/ch65.py": "bob", "blue/ada/ch65.py": None, "blue/cyd/ch65.py": "cyd"},
        "ada (blue, green) may be the same student, or two students.",
    ),
    "classes-in-names": (
        {"张三_2班_ch65.py": None, "张三_3班_ch66.py": None, "李四_2班_ch65.py": "李四"},
        "张三_2班, 张三_3班 may be the same student, or two students.",
    ),
    "folders-in-two-spellings": (
        {"Ada/ch65.py": None, "ada/ch65.py": None, "bob/ch65.py": "bob"},
        "Ada, ada may be the same student, or two students.",
    ),
    "a-word-that-may-be-a-name": (
        {"My Linh/ch65.py": None, "Linh/ch65.py": None, "ada/ch65.py": "ada"},
        "My Linh, Linh may be the same student, or two students.",
    ),
    "a-version-or-a-name": (
        {"Cyd Final_ch66.py": None, "Cyd_ch65.py": "Cyd", "ada_ch65.py": "ada"},
        "Cyd Final, Cyd may be the same student, or two students.",
    ),
    "numbered-folders": (
        {"Li Wei (1)/ch65.py": None, "Li Wei (2)/ch65.py": None, "ada/ch65.py": "ada"},
        "Li Wei (1), Li Wei (2) may be the same student, or two students.",
    ),
    "numbered-folders-of-two-chapters": (
        {"Li Wei (1)/ch65.py": None, "Li Wei (2)/ch66.py": None, "ada/ch65.py": "ada"},
        "Li Wei (1), Li Wei (2) may be the same student, or two students.",
    ),
    "one-numbered-folder": (
        {"Li Wei/ch65.py": None, "Li Wei (2)/ch65.py": None, "ada/ch65.py": "ada"},
        "Li Wei, Li Wei (2) may be the same student, or two students.",
    ),
    "homework-in-a-folders-name": (
        {"Ada/ch65.py": None, "Ada hw3/ch65.py": None, "bob/ch65.py": "bob"},
        "Ada, Ada hw3 may be the same student, or two students.",
    ),
    "namesakes-in-folders-with-capitals": (
        {"secA/ada/ch65.py": None, "secB/ada/ch65.py": None, "secA/bob/ch65.py": "bob", "secB/cyd/ch65.py": "cyd"},
        "ada (secA, secB) may be the same student, or two students.",
    ),
    "two-courses": (
        {"CS2101-张三/ch65.py": None, "CS2102-张三/ch65.py": None, "CS2102-李四/ch65.py": "李四"},
        "CS2101-张三, CS2102-张三 may be the same student, or two students.",
    ),
}


@pytest.mark.parametrize(("files", "why"), DOUBTS.values(), ids=DOUBTS)
def test_nobody_is_merged(owners, files, why):
    """Two files that may be one student's or two students' are nobody's, with the reason."""
    found, batch = owners(files)
    assert found == files
    (stray,) = (stray.en for stray in batch.strays if why in stray.en)
    assert all(name in stray for name, student in files.items() if student is None)


def test_the_same_student_in_other_words(owners):
    """An id, its name and other spellings of the name are one student, if no other student may be meant."""
    same_student = {
        "2021012345_张三_ch65.py": "2021012345",
        "张三_ch66.py": "2021012345",
        "2021012345/ch53.py": "2021012345",
    }
    assert owners(same_student)[0] == same_student
    found, _ = owners(["Ada_Lovelace_ch65.py", "ada lovelace_ch66.py"])
    assert len(set(found.values())) == 1


def test_a_mobile_number_on_a_rosters_name(owners, tmp_path):
    """A mobile number is nobody's, and the id after it decides: a name like Canvas's is none of Canvas."""
    (tmp_path / "class.csv").write_text("id,name\n2021012346,李四\n2021012347,王五\n", encoding="utf-8")
    files = {"李四_13912345678_2021012347_ch65.py": None, "王五_12_2021012347_ch66.py": "2021012347"}
    assert owners(files, roster=read_roster(tmp_path / "class.csv"))[0] == files


def test_the_gradebooks_students(owners):
    """A known student is recognised by id or name; an id of another name, and a part of a name, are in doubt."""
    known = [Student("2021012345", "张三"), Student("ada", "ada"), Student("李四", "李四")]
    files = {
        "2021012345_ch65.py": "2021012345", "张三_ch66.py": "2021012345", "Ada_ch65.py": "ada",
        "2021012345_王五_ch65.py": None, "ada_smith_ch65.py": None, "2021012346_李四_ch65.py": "李四",
        "fay_ch65.py": "fay",
    }  # fmt: skip
    found, batch = owners(files, known=known)
    assert found == files
    strays = "\n".join(stray.en for stray in batch.strays)
    assert "2021012345 is 张三 in the gradebook, and the name says 王五." in strays
    assert owners(["2021012377_张三_ch65.py", "张三_ch66.py"], known=known)[0] == {
        "2021012377_张三_ch65.py": "2021012377", "张三_ch66.py": None,
    }  # fmt: skip
    assert "ada_smith may be ada of the gradebook, or somebody else." in strays
    own = {"ada/ch65_first try.py": "ada", "ada/ch65_second go.py": "ada"}
    assert owners(own, known=known)[0] == own


def test_a_zip_named_with_signs_alone(owners):
    """A zip whose name has no letter or digit is the work of a student, whose id is this name."""
    files = {"_.zip": "_", "《》.zip": "《》", f"{'-' * 251}.zip": "-" * 251, "ada.zip": "ada"}
    assert owners(files, chapters=[CH65])[0] == files


@pytest.mark.parametrize("folder", ["in", "L", "spring"])
def test_a_class_in_chapters_folders(owners, folder):
    """Files that are called for students in folders of chapters are theirs, whatever the folder around is called."""
    files = {"ch65/ada.py": "ada", "ch65/bub.py": "bub", "ch66/ada.py": "ada"}
    assert owners(files, folder)[0] == files


@pytest.mark.parametrize(
    ("stems", "code"), [(("model", "train"), ""), (("first", "second"), "import second\n")], ids=["modules", "imports"]
)
def test_modules_in_chapters_folders(owners, stems, code):
    """Modules in one student's folders of chapters are no students."""
    files = [f"ch6{number}/{stem}.py" for number in (5, 6) for stem in stems]
    _, batch = owners(files, "hal", contents={files[0]: code})
    assert [student.id for student in batch.students] == ["hal"]


def test_zips_in_a_chapters_folder(tmp_path):
    """The folder around a student's zip may name the chapter."""
    (tmp_path / "ch65").mkdir()
    for name in ("ada", "bub"):
        with zipfile.ZipFile(tmp_path / "ch65" / f"{name}.zip", "w") as packed:
            packed.writestr(f"{name}.py", f"# {name}\n")
    batch = gather([tmp_path / "ch65"], chapters=[CH65, CH66])
    assert [(one.student, one.chapter) for one in batch.hand_ins] == [("ada", "ch65"), ("bub", "ch65")]


def test_a_folder_that_may_hold_a_class(owners):
    """Among students' folders, one with several names' files for a chapter is one student's, and staff are told."""
    names = ["ada/ch65.py", "bob/ch65.py", "group/cyd/ch65.py", "group/dan/ch65.py"]
    found, batch = owners(names)
    assert list(found.values()) == ["ada", "bob", "group", "group"]
    assert "group holds several files for one chapter" in batch.strays[0].en


RECEIPT = """\
Name: {name} ({user})
Assignment: HW3
Date Submitted: Friday, 20 November 2026 22:13:05 o'clock CST
Current Mark: Needs Marking

Submission Field:
There is no student submission text data for this assignment.

Comments:
There are no student comments for this assignment.

Files:
\tOriginal filename: {original}
\tFilename: {stored}
"""


def test_blackboard(owners, tmp_path):
    """Blackboard's names give the user and the time; the text file beside gives the student's own names."""
    head = "HW3_ada_l_attempt_2026-11-20-22-13-05"
    files = {
        f"{head}.txt": RECEIPT.format(name="Ada Lovelace", user="ada_l", original="ch65.py", stored=f"{head}_x.py"),
        f"{head}_x.py": "# ada",
        "HW3_ada_l_attempt_2026-11-19-08-00-00_ch65.py": "# old",
        "HW3_bob1_attempt_2026-11-20-23-00-00_hw.zip": None,
        "HW3_eve_attempt_2026-11-20-23-00-01_HW3_bob1_attempt_2026-11-20-23-00-02_ch65.py": "# eve",
    }
    found, batch = owners(files, contents=files, due=Due({}, timezone="Asia/Shanghai"))
    assert list(found.values()) == [None, "ada_l", "ada_l", "bob1", "eve"]
    ada = batch.hand_ins[0]
    assert (ada.submission.main, ada.submitted) == (
        "ch65.py", datetime(2026, 11, 20, 22, 13, 5),
    )  # fmt: skip
    assert batch.students[0] == Student("ada_l", "Ada Lovelace")
    (tmp_path / "roster.csv").write_text("id,name\n7,Ada Lovelace\nbob1,Bob\neve,Eve\n", encoding="utf-8")
    found, _ = owners(files, contents=files, roster=read_roster(tmp_path / "roster.csv"))
    assert list(found.values()) == [None, "7", "7", "bob1", "eve"]
    several = {f"Lab_1_{user}_attempt_2026-11-20-22-13-05_ch65.py": user for user in ("ada_lee", "bob_lee", "cyd")}
    assert owners(several)[0] == several


BLACKBOARD_USERS = {
    "another-user-tells-the-title": {
        "HW 3_a_smith": "a_smith", "HW 3_cyd": "cyd", "HW 4_b_smith": "b_smith", "HW 4_cyd": "cyd",
    },
    "one-title": {"HW 3_a_smith": "a_smith", "HW 3_b_smith": "b_smith"},
    "signs-in-titles": {"Lab_1_a_smith": "a_smith", "Lab_1_cyd": "cyd", "Lab_2_b_smith": "b_smith", "Lab_2_cyd": "cyd"},
    "nothing-tells": {"HW 3_a_smith": None, "HW 4_b_smith": None},
    "nothing-tells-behind-numbers": {"Lab_1_a_smith": None, "Lab_2_b_smith": None, "HW_cyd": "cyd"},
}  # fmt: skip


@pytest.mark.parametrize("heads", BLACKBOARD_USERS.values(), ids=BLACKBOARD_USERS)
def test_blackboard_users_with_signs(owners, tmp_path, heads):
    """A user's name may have the sign that follows the title. No part of it is another user."""
    files = {f"{head}_attempt_2026-11-19-22-10-05_ch6{5 + ('4' in head)}.py": user for head, user in heads.items()}
    assert owners(files)[0] == files
    (tmp_path / "roster.csv").write_text("id,name,login\n1,Al Smith,smith\ncyd,Cyd,cyd\n", encoding="utf-8")
    found, _ = owners(files, roster=read_roster(tmp_path / "roster.csv"))
    assert found == {name: "cyd" if user == "cyd" else None for name, user in files.items()}


def test_a_comment_renames_no_file(owners):
    """A student's comment in Blackboard's text file that looks like its last lines changes no other's file."""
    eve, bob = "HW3_eve_attempt_2026-11-20-22-13-05", "HW3_bob_attempt_2026-11-20-22-13-06_ch65.py"
    receipt = RECEIPT.format(name="Eve", user="eve", original="ch65.py", stored=f"{eve}_ch65.py")
    forged = receipt.replace("Comments:\n", f"Comments:\n\tOriginal filename: ch66.py\n\tFilename: {bob}\n")
    files = {f"{eve}.txt": forged, f"{eve}_ch65.py": "# eve", bob: "# bob"}
    _, batch = owners(files, contents=files)
    assert [(one.student, one.chapter) for one in batch.hand_ins] == [("bob", "ch65"), ("eve", "ch65")]


def test_endless_names(tmp_path):
    """Names of tens of thousands of letters in a zip, whatever they repeat, take no time."""
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as packed:
        for text in ("_", "1", "班", "(", "a ", "2026-", "fall", "一"):
            packed.writestr(text * (30_000 // len(text.encode())) + "_ch65.py", "x = 1\n")
    started = time.process_time()
    gather([tmp_path / "class.zip"], chapters=[CH65])
    assert time.process_time() - started < 10


def test_github_classroom(owners, tmp_path):
    """Folders that are called for the assignment and the user of GitHub, with or without the folder around them."""
    users = ("ada1", "bob-lee", "li-na-2021")
    cloned = {f"dl-hw3-submissions/dl-hw3-{user}/ch65.py": user for user in users}
    assert owners(cloned)[0] == cloned
    alone = {"dl-hw3-submissions/dl-hw3-li-na-2021/ch65.py": "li-na-2021"}
    assert owners(alone)[0] == alone
    (tmp_path / "roster.csv").write_text(
        "id,name,login\n1,Ada,ada1\n2,Bob,bob-lee\n3,Li Na,li-na-2021\n", encoding="utf-8"
    )
    roster = read_roster(tmp_path / "roster.csv")
    folders = [f"hw3-{user}/ch65.py" for user in users]
    assert list(owners(folders, roster=roster)[0].values()) == ["1", "2", "3"]


def test_a_roster_knows_better(owners, tmp_path):
    """Ids and names of the roster are recognised beside courses, terms and dates, even where they look like these."""
    (tmp_path / "roster.csv").write_text("id,name\ncs1234,Ada Lovelace\nada,Ada\n3,May Fall\n", encoding="utf-8")
    files = {"cs1234_fall2026_ch65.py": "cs1234", "CS2101-ada-ch65.py": "ada", "2026-11-20_May Fall_ch65.py": "3"}
    assert owners(files, roster=read_roster(tmp_path / "roster.csv"))[0] == files


ROSTERS = {
    "a-part-of-the-name-looks-like-a-version": (
        "3,New Wei\n4,Wei\n9,Final Po\n10,Po\n11,Copy Su\n12,Su\n",
        {
            "New Wei_ch65.py": "3", "Final Po_ch65.py": "9", "Copy Su_ch65.py": "11", "ch66_new_wei.py": "3",
            "wei_ch65.py": "4", "Po_ch65_final.py": "10", "ch65_su_v2.py": "12", "Su_ch66 (1).py": "12",
            "copy-su-ch53.py": "11",
        },
    ),
    "a-name-that-the-roster-lacks": (
        "2,Le Linh\n4,Wei\n5,Ada Lovelace\n",
        {
            "Le My Linh_ch65.py": None, "New Wei_ch65.py": None, "my_wei_ch66.py": None, "Wei Lab_ch65.py": None,
            "le_linh_my_ch66.py": None, "New Wei/ch53.py": None, "wei_new_ch53.py": "4", "hw3_le_linh_ch53.py": "2",
            "Ada_Lovelace_Final_ch65.py": "5", "HW_Ada Lovelace_ch66.py": "5", "Copy of ada lovelace_ch53.py": "5",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rows", "files"), ROSTERS.values(), ids=ROSTERS)
def test_a_full_name_of_the_roster(owners, tmp_path, rows, files):
    """A name is its student's as it is written. With a word less, it may be somebody else's."""
    (tmp_path / "roster.csv").write_text(f"id,name\n{rows}", encoding="utf-8")
    found, batch = owners(files, roster=read_roster(tmp_path / "roster.csv"))
    assert found == files
    if None in files.values():
        assert "Nobody in the roster is called New Wei. Wei (4)?" in "\n".join(stray.en for stray in batch.strays)


def test_a_name_without_accents(owners, tmp_path):
    """A name of the roster without its accents is nobody's, and the reason names the student."""
    (tmp_path / "roster.csv").write_text("id,name\n1,Zoë Ångström\n2,Jörg Øre\n", encoding="utf-8")
    files = {"zoe_angstrom_ch65.py": None, "joerg_oere_ch65.py": None}
    found, batch = owners(files, roster=read_roster(tmp_path / "roster.csv"))
    assert found == files
    strays = "\n".join(stray.en for stray in batch.strays)
    assert "Zoë Ångström (1)?" in strays
    assert "Jörg Øre (2)?" in strays


NOW = datetime.now()
RECENT_DATES = {
    form: [f"{NOW - timedelta(days=days):{form}}" for days in (1, 3)]
    for form in ("%Y%m%d", "%y%m%d", "%m%d", "%Y%m%d%H%M", "%s")
}


@pytest.mark.parametrize("dates", RECENT_DATES.values(), ids=RECENT_DATES)
def test_recent_dates_are_no_ids(owners, tmp_path, dates):
    """Dates without signs beside a name, in one batch or later; unless the roster or the gradebook has such an id."""
    files = {f"ada_{dates[0]}_ch65.py": "ada", f"ada_{dates[1]}_ch65.py": "ada", f"{dates[1]}_bob_ch65.py": "bob"}
    assert owners(files)[0] == files
    later = [f"ada_{dates[1]}_ch66.py"]
    assert list(owners(later, known=[Student("ada", "ada")])[0].values()) == ["ada"]
    assert list(owners(later, known=[Student(dates[1], "ada")])[0].values()) == [dates[1]]
    (tmp_path / "roster.csv").write_text(f"id,name\n{dates[1]},ada\n7,ada\n", encoding="utf-8")
    assert list(owners(later, roster=read_roster(tmp_path / "roster.csv"))[0].values()) == [dates[1]]


def test_ids_that_look_like_dates(owners):
    """Numbers are ids if others of their length are no dates, or if the dates are of another year."""
    column = {f"ada_{NOW:%Y}0101_ch65.py": f"{NOW:%Y}0101", f"bob_{NOW:%Y}0177_ch65.py": f"{NOW:%Y}0177"}
    assert owners(column)[0] == column
    namesakes = {f"张伟_{NOW.year - 4}071{n}_ch65.py": f"{NOW.year - 4}071{n}" for n in (2, 3)}
    assert owners(namesakes)[0] == namesakes
