"""The audit audited: a sound course has no holes, and each kind of hole is found in a course that has it."""

import json
import subprocess
import xml.etree.ElementTree as ET

import pytest

from dlgrade.course import load
from dlgrade.course.new_chapter import PLACEHOLDERS, write_chapter

OWN_WORDS = [
    "两倍", "How often?", "几倍？", "Return twice the input, entry by entry", "Doubles every entry.",
    "每个元素都加倍。", "By which number do you divide?", "你除以了哪个数？", "# a sum", "# a list", "X + X",
]  # fmt: skip

SECOND_CHECK = '''
    def test_second(self, agree, run, randn):
        """A second check.
        第二项检查。"""
        X = randn(4, 3)
        {call}
'''


class SmallCourse:
    """A sound course of one exercise, `twice`, and the places where it can be broken."""

    def __init__(self, folder):
        self.folder = folder
        self.solution = folder / "solutions" / "ch90_twice"
        self.chapter_file = folder / "exercises" / "ch90_twice" / "chapter.yaml"
        self.suite = folder / "tests" / "chapters" / "test_ch90_twice.py"
        self.misconceptions = self.solution / "misconceptions.yaml"
        self.reference = self.solution / "reference.py"
        self.reference_test = folder / "tests" / "references" / "test_ch90.py"
        for path in folder.rglob("*.*"):
            words = path.read_text(encoding="utf-8")
            for placeholder, own in zip(PLACEHOLDERS, OWN_WORDS, strict=True):
                words = words.replace(placeholder, own)
            path.write_text(words, encoding="utf-8")

    def edit(self, path, old, new):
        words = path.read_text(encoding="utf-8")
        assert old in words
        path.write_text(words.replace(old, new), encoding="utf-8")

    def add_check(self, call):
        with self.suite.open("a", encoding="utf-8") as file:
            file.write(SECOND_CHECK.format(call=call))


@pytest.fixture
def small(empty_course):
    write_chapter(load(), "ch90", "twice")
    return SmallCourse(empty_course)


def test_a_sound_course_has_no_holes(dlgrade, small):
    """A course without faults passes with its mutants, and says so in every format."""
    done = dlgrade("audit", "--mutants", "--jobs", "1", "--junit", small.folder / "audit.xml")
    assert (done.returncode, "No holes." in done.stdout) == (0, True), done.stdout + done.stderr
    assert ET.parse(small.folder / "audit.xml").getroot().findall(".//failure") == []


def starter(small):
    small.add_check("agree(lambda impl: 1)")
    return "starter", "twice.second: starter code gets PASSED, not NOT_IMPLEMENTED"


def right_answer(small):
    small.edit(small.solution / "alternates" / "added.py", "X + X", "X + X + 1e-3")
    return "right-answer", "twice.ordinary_input: rejects the right answer 'added' under seed 0, 1, 2 (FAILED)"


def misconception_passes(small):
    small.edit(small.reference, "halved: return X / 2", "halved: return X + X")
    return "misconception-passes", "halved: passes twice.ordinary_input, which should catch it"


def misconception_crashes(small):
    small.edit(small.reference, "halved: return X / 2", "halved: return X / nothing")
    return "misconception-crashes", "twice.ordinary_input: halved ends in RAISED, not FAILED"


def misconception_never_ends(small):
    small.edit(small.reference, "halved: return X / 2", "halved: while True: pass")
    return "misconception-crashes", "twice.ordinary_input: halved ends in TIMED_OUT, not FAILED"


def misconception_caught_by_nothing(small):
    small.edit(small.misconceptions, "caught_by: twice.ordinary_input", "caught_by: twice.other_input")
    return "misconception-passes", "halved: no check is twice.other_input; name or add the check that is about it."


def misdiagnosis(small):
    small.edit(small.reference, "# WRONG halved", "# WRONG cut: return X * 0.5\n    # WRONG halved")
    same = small.misconceptions.read_text(encoding="utf-8").replace("id: halved", "id: cut")
    with small.misconceptions.open("a", encoding="utf-8") as file:
        file.write(same)
    return "misdiagnosis", "twice.ordinary_input: cut is diagnosed as halved"


def worthless(small):
    small.add_check("run(lambda impl: impl.twice(X))")
    return "worthless", "twice.second: a worthless answer (zeros, ones, halves, a pattern, huge numbers"


def constant(small):
    small.edit(small.suite, "import pytest\n", "import pytest\n\nfrom dlgrade.testing import expect\n")
    met = 'expect(run(lambda impl: impl.twice(X)).std() > 0.1, "It does not vary.", "没有变化。")'
    small.add_check(met)
    return "worthless", "twice.second: a worthless answer (a pattern, huge numbers"


def constant_number(small):
    small.add_check("agree(lambda impl: impl.twice(2) > 3)")
    return "worthless", "twice.second: a worthless answer (huge numbers, the same for all numbers) earns its points"


def constant_truth(small):
    write_procedure(small, "return X[0] == X[0]", "bool")
    return "worthless", "twice.ordinary_input: a worthless answer (ones, "


def spoilt_arguments(small):
    write_procedure(small, "X[:] = []", "None")
    return "worthless", "twice.ordinary_input: a worthless answer (nothing in it) earns its points"


def write_procedure(small, body, returns):
    """Make the exercise one that takes a list; the check looks at what is returned, and at the list afterwards."""
    small.edit(small.reference, "    return 2 * X", f"    {body}")
    small.edit(small.reference, ") -> Tensor:", f") -> {returns}:")
    small.edit(small.suite, "X = randn(4, 3)", "X = randn(4).tolist()")
    small.edit(small.suite, "impl.twice(X))", "[impl.twice(X), len(X)])")


def replay(small):
    fixed_input(small, points=2)
    return "replay", "twice.ordinary_input: answers for another seed earn its 2 points; draw its inputs."


def replay_of_the_same_answer(small):
    fixed_input(small, points=2)
    small.edit(small.suite, "impl.twice(X))", "impl.twice(abs(X) + 1) > 0)")
    small.edit(small.suite, "X = torch.ones(4, 3)", "X = randn(4, 3)")
    return "replay", "earn its 2 points; choose its inputs so that the right answer depends on what is drawn."


def replay_accepted(small):
    small.edit(small.suite, "    def test_ordinary", "    @pytest.mark.points(2)\n    def test_ordinary")
    small.edit(small.suite, "agree(", "run(")
    small.edit(small.suite, "agree, randn", "run, randn")
    return "replay", "earn its 2 points; compare with values that only these inputs give."


def replay_share(small):
    fixed_input(small, points=1)
    return "replay-share", "ch90: answers for another seed earn 100.0% of the points, more than 10%"


def stale_replay(small):
    (small.solution / "equivalents.yaml").write_text(LISTED, encoding="utf-8")
    return "stale-equivalent", "a replay of twice.ordinary_input earns less than 2 points; take the entry out."


def stale_replay_share(small):
    (small.solution / "equivalents.yaml").write_text(ALLOWED, encoding="utf-8")
    return "stale-equivalent", "a replay earns no more than 10%; take replay_share out."


LISTED = "replays:\n  - check: twice.ordinary_input\n    reason: a table of the book\n"
ALLOWED = "replay_share:\n  limit: 1\n  reason: it has one check\n"


def fixed_input(small, points):
    small.edit(small.suite, "import pytest\n", "import pytest\nimport torch\n")
    small.edit(small.suite, "X = randn(4, 3)", "X = torch.ones(4, 3)")
    small.edit(small.suite, "    def test_ordinary", f"    @pytest.mark.points({points})\n    def test_ordinary")


def no_from_scratch(small):
    small.edit(small.chapter_file, "  - name: twice\n", "  - name: twice\n    forbidden: [sum]\n")
    families = small.folder / "exercises" / "ready_made.yaml"
    families.write_text("sum: {names: [torch.sum], operators: [sum]}\n", encoding="utf-8")
    return "no-from-scratch", "twice: forbids operations and has no test_from_scratch"


def unknown_family(small):
    small.edit(small.chapter_file, "  - name: twice\n", "  - name: twice\n    forbidden: [sums]\n")
    return "files", "no family 'sums', which twice forbids"


def family_of_nothing(small):
    no_from_scratch(small)
    families = small.folder / "exercises" / "ready_made.yaml"
    families.write_text("sum: {names: [torch.sum, torch.summ], operators: [sun]}\n", encoding="utf-8")
    return "files", "torch.summ, sun: is not in this version of torch; correct it in the family sum."


def no_wrong_lines(small):
    small.edit(small.reference, "    # WRONG halved: return X / 2\n", "")
    return "files", "reference.py: there is no `# WRONG halved: ...`"


def wrong_lines_without_entry(small):
    small.edit(small.reference, "# WRONG halved", "# WRONG doubled: return 4 * X\n    # WRONG halved")
    return "files", "doubled: has wrong lines and no entry in misconceptions.yaml."


def wrong_lines_are_no_python(small):
    small.edit(small.reference, "halved: return X / 2", "halved: return X /")
    return "files", "misconception halved: its lines leave no valid Python"


def misfiled_misconception(small):
    second_exercise(small)
    small.edit(small.misconceptions, "exercise: twice", "exercise: thrice")
    return "files", "halved: changes nothing that thrice uses; file it under the exercise that it is about."


def caught_by_another_exercise(small):
    second_exercise(small)
    small.edit(small.misconceptions, "caught_by: twice", "caught_by: thrice")
    return "files", "halved: is for twice, and caught_by is a check of another exercise."


def second_exercise(small):
    listed_exercise(small)
    with small.reference.open("a", encoding="utf-8") as file:
        file.write("\n\ndef thrice(X):\n    # BEGIN SOLUTION\n    return 3 * X\n    # END SOLUTION\n")


def listed_exercise(small):
    entry = "  - name: thrice\n    title: {en: Thrice, zh: 三倍}\n    hints: [{en: Three times, zh: 三倍}]\n"
    small.edit(small.chapter_file, "exercises:\n", f"exercises:\n{entry}")


def exercise_without_code(small):
    listed_exercise(small)
    return "files", "thrice: is not in reference.py; define it there, or take it out of chapter.yaml."


def exercise_without_checks(small):
    second_exercise(small)
    return "files", "thrice: has no check with points; write its checks, or take it out of chapter.yaml."


def checks_of_no_exercise(small):
    small.edit(small.chapter_file, "name: twice", "name: double")
    return "files", "twice: has checks, and is no exercise of chapter.yaml"


def scaffold_text(small):
    small.edit(small.chapter_file, "zh: 两倍", "zh: 待译")
    return "files", "chapter.yaml: still has text from `dlgrade new`: '待译'; write your own."


def answer_in_a_closure(small):
    small.add_check("Y = 2 * X\n        agree(lambda impl: (impl.twice(X) - Y).abs().max() < 1e-3)")
    return "told-answer", "twice.second: a probe closes over the answer, which a submission can read"


def one_id_twice(small):
    entry = small.misconceptions.read_text(encoding="utf-8")
    small.misconceptions.write_text(entry + entry, encoding="utf-8")
    return "files", "halved: is the id of two entries; rename one."


def family_of_a_bare_name(small):
    no_from_scratch(small)
    families = small.folder / "exercises" / "ready_made.yaml"
    families.write_text("sum: {names: [avg_pol2d], operators: [sum]}\n", encoding="utf-8")
    return "files", "avg_pol2d: is not in this version of torch; correct it in the family sum."


def unknown_key(small):
    small.edit(small.misconceptions, "  exercise: twice", "  exercise: twice\n  severity: high")
    return "files", "unknown field `severity`"


def missing_translation(small):
    small.edit(small.misconceptions, "zh: 你除以了哪个数？", "zh: to do")
    return "files", "halved: its hint needs English and Chinese."


def stray_file(small):
    (small.solution / "notes.txt").write_text("later", encoding="utf-8")
    return "files", "notes.txt: is not a file of a chapter; take it out."


def stray_chapter(small):
    (small.folder / "exercises" / "ch91_lost").mkdir()
    return "files", "ch91_lost: belongs to no chapter of course.yaml"


def alternate_repeats_the_reference(small):
    same = "import torch\n\n\ndef twice(X):\n    return 2 * X\n"
    (small.solution / "alternates" / "again.py").write_text(same, encoding="utf-8")
    return "files", "again.py: twice is as in the reference; take it out."


def suite_imports_a_solution(small):
    small.edit(small.suite, "import pytest\n", "import pytest\nfrom solutions.ch90_twice import reference\n")
    return "files", "imports solutions.ch90_twice; a suite reaches the answers by `agree` and `run` alone."


def old_starter_code(small):
    small.edit(small.reference, "Return twice the input", "Return the doubled input")
    return "files", "ch90_twice.py: is not what the reference gives; run `dlgrade stubs`."


def broken_suite(small):
    small.edit(small.suite, "        每个元素都加倍。", "        Only English.")
    return "files", "its docstring needs a line in English, then one in Chinese"


def two_checks_of_one_name(small):
    suite = small.suite.read_text(encoding="utf-8")
    head = suite.index("@pytest.mark.exercise")
    small.suite.write_text(suite + "\n\n" + suite[head:].replace("class Test", "class TestMore", 1), encoding="utf-8")
    return "files", "two checks are called twice."


def idle_check(small):
    small.edit(small.suite, "import pytest\n", "import pytest\n\nfrom dlgrade.testing import raises\n")
    small.add_check("run(lambda impl: raises(lambda: impl.twice(0), Exception))")
    return "idle-check", "twice.second: catches no misconception and no mutant"


def mutant_survived(small):
    small.edit(small.suite, "X = randn(4, 3)", "X = randn(4, 3) * 0 + 2")
    return "mutant-survived", "no check notices; add one, or list it in equivalents.yaml with the reason."


def stale_equivalent(small):
    entry = "mutants:\n  - before: return 2 * X\n    after: return  3 * X\n    reason: none\n"
    (small.solution / "equivalents.yaml").write_text(entry, encoding="utf-8")
    return "stale-equivalent", "take the entry out."


def other_as_a_notebook(small):
    alternate = small.solution / "alternates" / "added.py"
    small.edit(alternate, "X + X", 'X + X * __file__.endswith(".py")')
    return "notebook", "twice.ordinary_input: 'added' gets PASSED as a file and FAILED as a notebook; look at"


def stale_answer(small):
    entry = "answers:\n  - exercise: twice\n    answer: zeros\n    reason: none\n"
    (small.solution / "equivalents.yaml").write_text(entry, encoding="utf-8")
    return "stale-equivalent", "equivalents.yaml: 'zeros' earns nothing in twice; take the entry out."


PLAIN = [
    starter, right_answer, misconception_passes, misconception_crashes, misconception_never_ends,
    misconception_caught_by_nothing, misdiagnosis, worthless, no_from_scratch, unknown_family, family_of_nothing,
    no_wrong_lines, exercise_without_code, exercise_without_checks, checks_of_no_exercise, scaffold_text,
    answer_in_a_closure, one_id_twice, family_of_a_bare_name, wrong_lines_without_entry, misfiled_misconception,
    caught_by_another_exercise, unknown_key, missing_translation, stray_file, stray_chapter,
    suite_imports_a_solution, old_starter_code, broken_suite, two_checks_of_one_name, stale_answer,
    other_as_a_notebook, alternate_repeats_the_reference,
    wrong_lines_are_no_python, constant, constant_number, constant_truth, spoilt_arguments, replay,
    replay_of_the_same_answer, replay_accepted, replay_share, stale_replay, stale_replay_share,
]  # fmt: skip
WITH_MUTANTS = [idle_check, mutant_survived, stale_equivalent]


@pytest.mark.parametrize("breakage", PLAIN + WITH_MUTANTS, ids=lambda breakage: breakage.__name__)
def test_every_kind_of_hole_is_found(dlgrade, small, breakage):
    """The audit exits 1 on a broken course and names the hole in its sentence."""
    kind, sentence = breakage(small)
    done = dlgrade("audit", "--jobs", "1", "--json", *(["--mutants"] if breakage in WITH_MUTANTS else []))
    assert done.returncode == 1, done.stdout + done.stderr
    report = json.loads(done.stdout)
    holes = [hole for part in (*report["chapters"], report) for hole in part["holes"]]
    assert [hole for hole in holes if hole["kind"] == kind and sentence in hole["text"]], holes


def test_a_replay_that_is_allowed(dlgrade, small):
    """What equivalents.yaml lets a replay earn is no hole; the share is told all the same, by check and reason."""
    fixed_input(small, points=2)
    (small.solution / "equivalents.yaml").write_text(LISTED + ALLOWED, encoding="utf-8")
    done = dlgrade("audit", "--jobs", "1", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    passed = [{"check": "twice.ordinary_input", "points": 2.0, "why": "fixed"}]
    assert json.loads(done.stdout)["chapters"][0]["replay"] == {"points": 2.0, "share": 1.0, "passed": passed}


def test_a_replay_at_the_only_seed(dlgrade, small):
    """With a single seed the answers are replayed at the next; drawn input leaves a replay nothing."""
    small.add_check("agree(lambda impl: impl.twice(X[:1]))")
    done = dlgrade("audit", "--jobs", "1", "--seed", "7")
    assert "replay of seed 7 at 8" in done.stdout
    assert "0.0%" in done.stdout


def test_a_replay_of_numbers_from_chance(dlgrade, small):
    """Input that is fixed but for a number from `chance` leaves a replay nothing."""
    fixed_input(small, points=2)
    small.edit(small.suite, "X = torch.ones(4, 3)", "X = chance.random() * torch.ones(4, 3)")
    small.edit(small.suite, "agree, randn", "agree, chance")
    done = dlgrade("audit", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0.0%" in done.stdout


def test_annotations_point_at_the_line(dlgrade, small):
    """--format github gives a workflow command with the file and line at fault, and JUnit a failure."""
    misconception_passes(small)
    junit = small.folder / "audit.xml"
    done = dlgrade("audit", "ch90", "--format", "github", "--junit", junit, "--jobs", "1", cwd=small.folder)
    line = (
        "::error file=solutions/ch90_twice/misconceptions.yaml,line=1,title=audit misconception-passes::halved: passes"
    )
    assert done.returncode == 1
    assert line in done.stdout
    assert len(ET.parse(junit).getroot().findall(".//failure")) >= 1


def test_changed_since(dlgrade, small):
    """--changed-since leaves out the chapters that the branch did not change, and refuses an unknown revision."""
    git = ["git", "-C", str(small.folder), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *arguments], check=True)
    unchanged = dlgrade("audit", "--changed-since", "HEAD", "--json")
    assert json.loads(unchanged.stdout)["chapters"] == []
    stray_file(small)
    assert "notes.txt" in dlgrade("audit", "--changed-since", "HEAD", "--jobs", "1").stdout
    assert dlgrade("audit", "--changed-since", "no-such-branch").returncode == 2


def audited(dlgrade, *arguments):
    """The result of an audit, and its holes."""
    done = dlgrade("audit", "ch90", "--jobs", "1", "--json", *arguments)
    assert done.stdout, done.stderr
    return done, json.loads(done.stdout)["chapters"][0]["holes"]


@pytest.mark.usefixtures("empty_course")
def test_a_fresh_chapter_is_unfinished(dlgrade):
    """Each file of a new chapter has text for its author, which is all that is wrong with it."""
    write_chapter(load(), "ch90", "pooling", exercises=["pool2d", "MaxPool"])
    _, holes = audited(dlgrade)
    assert len(holes) == 7, holes
    assert all("still has text from `dlgrade new`" in hole["text"] for hole in holes)


def test_effects_of_a_rename_are_not_told(dlgrade, small):
    """A function that has another name in the reference alone is told by a few holes, the cause first."""
    second_exercise(small)
    small.add_check("agree(lambda impl: impl.twice(X[:1]))")
    small.edit(small.reference, "def twice", "def double")
    done, holes = audited(dlgrade)
    assert done.returncode == 1
    assert holes[0]["text"] == "twice: is not in reference.py; define it there, or take it out of chapter.yaml."
    kinds = [hole["kind"] for hole in holes]
    assert (len(holes) <= 5, kinds.count("right-answer"), kinds.count("misdiagnosis")) == (True, 0, 0), holes


def test_nothing_else_is_said_about_a_wrong_reference(dlgrade, small):
    """A check that fails the reference is a single hole for all seeds. What follows from it is not told."""
    small.add_check("assert run(lambda impl: impl.twice(X)).sum() > 1e6")
    right_answer(small)
    _, holes = audited(dlgrade)
    assert [hole["kind"] for hole in holes] == ["right-answer"], holes
    assert "twice.second: rejects the reference under seed 0, 1, 2 (FAILED)" in holes[0]["text"]


def test_holes_of_one_cause_are_one(dlgrade, small):
    """A wrong alternate is a single hole for all checks that it fails, with their number."""
    small.add_check("agree(lambda impl: impl.twice(X[:1]))")
    small.edit(small.solution / "alternates" / "added.py", "X + X", "X + X + 1")
    _, holes = audited(dlgrade)
    assert [(hole["kind"], hole["count"]) for hole in holes] == [("right-answer", 2)], holes
    assert "twice.ordinary_input, twice.second: rejects the right answer 'added'" in holes[0]["text"]


def test_all_stale_misconceptions_are_named_at_once(dlgrade, small):
    """Each misconception whose lines no longer apply is named with its file and line, and diagnoses are not judged."""
    lines = "# WRONG first, 9 lines: pass\n    # WRONG second: return (\n    # WRONG halved"
    small.edit(small.reference, "# WRONG halved", lines)
    entry = small.misconceptions.read_text(encoding="utf-8")
    both = [entry.replace("id: halved", f"id: {name}") for name in ("first", "second")]
    small.misconceptions.write_text("".join([entry, *both]), encoding="utf-8")
    _, holes = audited(dlgrade)
    text = small.reference.read_text(encoding="utf-8").splitlines()
    places = [number for number, line in enumerate(text, start=1) if "WRONG first" in line or "WRONG second" in line]
    assert [(hole["path"].endswith("reference.py"), hole["line"]) for hole in holes] == [(True, at) for at in places]


def test_a_right_answer_may_miss_a_bonus_check(dlgrade, small):
    """An alternate in the book's way need not do more than the book. The reference must."""
    small.add_check("agree(lambda impl: impl.twice(0) == 0)")
    small.edit(small.suite, "    def test_second", "    @pytest.mark.bonus\n    def test_second")
    alternate = "def twice(X):\n    assert not isinstance(X, int)\n    return X + X\n"
    (small.solution / "alternates" / "added.py").write_text(alternate, encoding="utf-8")
    _, holes = audited(dlgrade)
    assert [hole for hole in holes if hole["kind"] == "right-answer"] == []
    small.edit(small.reference, "    return 2 * X", "    return X.mul(2)")
    _, holes = audited(dlgrade)
    rejected = next(hole["text"] for hole in holes if hole["kind"] == "right-answer")
    assert "twice.second: rejects the reference" in rejected


def test_the_tests_of_a_reference_run(dlgrade, small):
    """A test of the reference that fails is a hole, and so is a name that the reference does not have."""
    small.edit(small.reference_test, "reference.twice(X)", "reference.double(X)")
    small.edit(small.reference, "    return 2 * X", "    return 2 * X if X is not None else nothing(X)")
    _, holes = audited(dlgrade)
    found = {hole["kind"]: hole["text"] for hole in holes}
    assert "test_twice: fails on the reference; correct the reference or the test." in found["reference-test"]
    assert found["types"].startswith('reference.py: Name "nothing" is not defined')


def test_survivors_are_printed_for_equivalents(dlgrade, small):
    """Mutants that no check notices are printed as YAML that equivalents.yaml takes as it is."""
    small.edit(small.suite, "X = randn(4, 3)", "X = randn(4, 3) * 0 + 2")
    done = dlgrade("audit", "ch90", "--mutants", "--jobs", "1")
    block = done.stdout.partition("with the reason\n")[2].partition("\n\n")[0]
    (small.solution / "equivalents.yaml").write_text(block, encoding="utf-8")
    assert "0 0" not in block
    _, holes = audited(dlgrade, "--mutants")
    assert [hole["kind"] for hole in holes if "mutant" in hole["kind"] or "equivalent" in hole["kind"]] == []


def test_each_forbidden_family_is_tried(dlgrade, small):
    """An exercise that forbids two families is tried with a call of each. Both answers earn nothing."""
    no_from_scratch(small)
    small.edit(small.chapter_file, "forbidden: [sum]", "forbidden: [sum, prod]")
    families = small.folder / "exercises" / "ready_made.yaml"
    families.write_text(
        "sum: {names: [torch.sum], operators: [sum]}\nprod: {names: [torch.prod], operators: [prod]}\n",
        encoding="utf-8",
    )
    done = dlgrade("audit", "ch90", "--jobs", "1")
    rows = [line.split() for line in done.stdout.splitlines() if "forbidden calls" in line]
    assert rows == [["forbidden", "calls", "F"], ["forbidden", "calls", "2", "F"]]
