"""The audit audited: a sound course has no holes; each cause is told once, in every format."""

import json
import subprocess
import xml.etree.ElementTree as ET

import pytest

from dlgrade.course import load
from dlgrade.course.new_chapter import write_chapter


def test_a_sound_course_has_no_holes(dlgrade, small):
    """A course without faults passes with its mutants, and says so in every format."""
    done = dlgrade("audit", "--mutants", "--jobs", "1", "--junit", small.folder / "audit.xml")
    assert (done.returncode, "No holes." in done.stdout) == (0, True), done.stdout + done.stderr
    assert ET.parse(small.folder / "audit.xml").getroot().findall(".//failure") == []


def test_annotations_point_at_the_line(dlgrade, small):
    """--format github gives a workflow command with the file and line at fault, and JUnit a failure."""
    small.edit(small.reference, "halved: return X / 2", "halved: return X + X")
    junit = small.folder / "audit.xml"
    done = dlgrade("audit", "--format", "github", "--junit", junit, "--jobs", "1", cwd=small.folder)
    line = (
        "::error file=solutions/ch90_twice/misconceptions.yaml,line=1,title=audit misconception-passes::halved: passes"
    )
    assert done.returncode == 1
    assert line in done.stdout
    assert len(ET.parse(junit).getroot().findall(".//failure")) >= 1


def test_a_stray_chapter_alone(dlgrade, small):
    """A hole that belongs to no chapter ends the command with 1. With --seed 7 the answers are replayed at 8."""
    (small.folder / "exercises" / "ch91_lost").mkdir()
    done = dlgrade("audit", "--jobs", "1", "--seed", "7")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "ch91_lost: belongs to no chapter of course.yaml" in done.stdout
    assert "replay of seed 7 at 8" in done.stdout
    assert "0.0%" in done.stdout


def test_changed_since(dlgrade, small):
    """--changed-since leaves out the chapters that the branch did not change, and refuses an unknown revision."""
    git = ["git", "-C", str(small.folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    unchanged = dlgrade("audit", "--changed-since", "HEAD", "--json")
    assert json.loads(unchanged.stdout)["chapters"] == []
    (small.solution / "notes.txt").write_text("later", encoding="utf-8")
    assert "notes.txt" in dlgrade("audit", "--changed-since", "HEAD", "--jobs", "1").stdout
    assert dlgrade("audit", "--changed-since", "no-such-branch").returncode == 2


@pytest.mark.usefixtures("small")
def test_shards(dlgrade):
    """--shard I/N audits every N-th chapter from the I-th, so that each chapter is in one shard."""
    shards = [json.loads(dlgrade("audit", "--shard", f"{first}/2", "--json").stdout) for first in (1, 2)]
    assert [[chapter["id"] for chapter in shard["chapters"]] for shard in shards] == [["ch90"], []]
    assert "No chapter was audited" in dlgrade("audit", "--shard", "2/2").stdout
    refused = dlgrade("audit", "--shard", "3/2")
    assert (refused.returncode, "'3/2' is not I/N" in refused.stderr) == (2, True)


def holes_of(report):
    return report["chapters"][0]["holes"]


@pytest.mark.usefixtures("empty_course")
def test_a_fresh_chapter_is_unfinished(audited):
    """Each file of a new chapter has text for its author, which is all that is wrong with it."""
    write_chapter(load(), "ch90", "pooling", exercises=["pool2d", "MaxPool"])
    holes = holes_of(audited())
    assert len(holes) == 8, holes
    assert all("still has text from `dlgrade new`" in h["text"] or h["kind"] == "translation" for h in holes)


def test_effects_of_a_rename_are_not_told(audited, small):
    """A function that has another name in the reference alone is told by a few holes, the cause first."""
    small.add_exercise()
    small.add_check("agree(lambda impl: impl.twice(X[:1]))")
    small.edit(small.reference, "def twice", "def double")
    holes = holes_of(audited())
    assert holes[0]["text"] == "twice: is not in reference.py; define it there, or take it out of chapter.yaml."
    kinds = [hole["kind"] for hole in holes]
    assert (len(holes) <= 5, kinds.count("right-answer"), kinds.count("misdiagnosis")) == (True, 0, 0), holes


def test_nothing_else_is_said_about_a_wrong_reference(audited, small):
    """A check that fails the reference is a single hole for all seeds. What follows from it is not told."""
    small.add_check("assert run(lambda impl: impl.twice(X)).sum() > 1e6")
    small.edit(small.solution / "alternates" / "added.py", "X + X", "X + X + 1e-3")
    holes = holes_of(audited())
    assert [hole["kind"] for hole in holes] == ["right-answer"], holes
    assert "twice.second: rejects the reference under seed 0, 1, 2 (FAILED)" in holes[0]["text"]


def test_holes_of_one_cause_are_one(audited, small):
    """A wrong alternate is a single hole for all checks that it fails, with their number."""
    small.add_check("agree(lambda impl: impl.twice(X[:1]))")
    small.edit(small.solution / "alternates" / "added.py", "X + X", "X + X + 1")
    holes = holes_of(audited())
    assert [(hole["kind"], hole["count"]) for hole in holes] == [("right-answer", 2)], holes
    assert "twice.ordinary_input, twice.second: rejects the right answer 'added'" in holes[0]["text"]


def test_all_stale_misconceptions_are_named_at_once(audited, small):
    """Each misconception whose lines no longer apply is named with its file and line, and diagnoses are not judged."""
    lines = "# WRONG first, 9 lines: pass\n    # WRONG second: return (\n    # WRONG halved"
    small.edit(small.reference, "# WRONG halved", lines)
    entry = small.misconceptions.read_text(encoding="utf-8")
    both = [entry.replace("id: halved", f"id: {name}") for name in ("first", "second")]
    small.misconceptions.write_text("".join([entry, *both]), encoding="utf-8")
    holes = holes_of(audited())
    text = small.reference.read_text(encoding="utf-8").splitlines()
    places = [number for number, line in enumerate(text, start=1) if "WRONG first" in line or "WRONG second" in line]
    assert [(hole["path"].endswith("reference.py"), hole["line"]) for hole in holes] == [(True, at) for at in places]


def test_a_right_answer_may_miss_a_bonus_check(audited, small):
    """An alternate in the book's way need not do more than the book. The reference must."""
    small.add_check("agree(lambda impl: impl.twice(0) == 0)")
    small.edit(small.suite, "    def test_second", "    @pytest.mark.bonus\n    def test_second")
    alternate = "def twice(X):\n    assert not isinstance(X, int)\n    return X + X\n"
    (small.solution / "alternates" / "added.py").write_text(alternate, encoding="utf-8")
    holes = holes_of(audited())
    assert [hole for hole in holes if hole["kind"] == "right-answer"] == []
    small.edit(small.reference, "    return 2 * X", "    return X.mul(2)")
    holes = holes_of(audited())
    rejected = next(hole["text"] for hole in holes if hole["kind"] == "right-answer")
    assert "twice.second: rejects the reference" in rejected


def test_the_tests_of_a_reference_run(audited, small):
    """A test of the reference that fails is a hole, and so is a name that the reference does not have."""
    small.edit(small.reference_test, "reference.twice(X)", "reference.double(X)")
    small.edit(small.reference, "    return 2 * X", "    return 2 * X if X is not None else nothing(X)")
    holes = holes_of(audited(chapters=("ch90",)))
    found = {hole["kind"]: hole["text"] for hole in holes}
    assert "test_twice: fails on the reference; correct the reference or the test." in found["reference-test"]
    assert found["types"].startswith('reference.py: Name "nothing" is not defined')


def test_survivors_are_printed_for_equivalents(dlgrade, audited, small):
    """Mutants that no check notices are printed as YAML that equivalents.yaml takes as it is."""
    small.edit(small.suite, "X = randn(4, 3)", "X = randn(4, 3) * 0 + 2")
    done = dlgrade("audit", "--mutants", "--jobs", "1")
    block = done.stdout.partition("with the reason\n")[2].partition("\n\n")[0]
    (small.solution / "equivalents.yaml").write_text(block, encoding="utf-8")
    assert "0 0" not in block
    holes = holes_of(audited(mutants="all"))
    assert [hole["kind"] for hole in holes if "mutant" in hole["kind"] or "equivalent" in hole["kind"]] == []


def test_a_sample_of_the_mutants(audited, small):
    """A sample has six mutants. Listed mutants that do not exist and idle checks are found all the same."""
    listed = "mutants:\n  - before: return 2 * X\n    after: return 2 + + X\n    reason: none\n"
    (small.solution / "equivalents.yaml").write_text(listed, encoding="utf-8")
    small.edit(small.reference, "    return 2 * X", "    return (3 - 1) * X + 0 * X")
    small.edit(small.suite, "import pytest\n", "import pytest\n\nfrom dlgrade.testing import raises\n")
    small.add_check("run(lambda impl: raises(lambda: impl.twice(0), Exception))")
    (chapter,) = audited(mutants="sample")["chapters"]
    assert sum(chapter["mutants"][state] for state in ("killed", "equivalent", "survived")) == 6
    assert {"stale-equivalent", "idle-check"} <= {hole["kind"] for hole in chapter["holes"]}


def test_each_forbidden_family_is_tried(dlgrade, small):
    """An exercise that forbids two families is tried with a call of each. Both answers earn nothing."""
    small.edit(small.chapter_file, "  - name: twice\n", "  - name: twice\n    forbidden: [sum, prod]\n")
    families = small.folder / "exercises" / "ready_made.yaml"
    families.write_text(
        "sum: {says: {en: sums, zh: 求和}, names: [torch.sum], operators: [sum]}\n"
        "prod: {says: {en: products, zh: 求积}, names: [torch.prod], operators: [prod]}\n",
        encoding="utf-8",
    )
    done = dlgrade("audit", "--jobs", "1")
    rows = [line.split() for line in done.stdout.splitlines() if "forbidden calls" in line]
    assert rows == [["forbidden", "calls", "F"], ["forbidden", "calls", "2", "F"]]
