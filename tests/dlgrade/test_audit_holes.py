"""Each kind of hole is found in a course that has it."""

import pytest


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


def misconception_raises_nothing(small):
    small.edit(small.misconceptions, "caught_by: twice", "raises: ValueError\n  caught_by: twice")
    return "misconception-crashes", "halved: halved raises no ValueError; take `raises` out."


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
    return "misdiagnosis", "twice.ordinary_input: cut is diagnosed as nothing"


def price_of_a_worthless_answer(small):
    small.edit(small.reference, "halved: return X / 2", "halved: return 1 * X")
    small.edit(small.suite, "    def test_ordinary", "    @pytest.mark.points(5)\n    def test_ordinary")
    return "price", "halved: its price gives points to a worthless answer (the input); write `price: 1`."


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
    families.write_text("sum: {says: {en: sums, zh: 求和}, names: [torch.sum], operators: [sum]}\n", encoding="utf-8")
    return "no-from-scratch", "twice: forbids operations and has no test_from_scratch"


def unknown_family(small):
    small.edit(small.chapter_file, "  - name: twice\n", "  - name: twice\n    forbidden: [sums]\n")
    return "files", "no family 'sums', which twice forbids"


def family_of_nothing(small):
    no_from_scratch(small)
    families = small.folder / "exercises" / "ready_made.yaml"
    families.write_text(
        "sum: {says: {en: sums, zh: 求和}, names: [torch.sum, torch.summ], operators: [sun]}\n", encoding="utf-8"
    )
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
    small.add_exercise()
    small.edit(small.misconceptions, "exercise: twice", "exercise: thrice")
    return "files", "halved: changes nothing that thrice uses; file it under the exercise that it is about."


def caught_by_another_exercise(small):
    small.add_exercise()
    small.edit(small.misconceptions, "caught_by: twice", "caught_by: thrice")
    return "files", "halved: is for twice, and caught_by is a check of another exercise."


def exercise_without_code(small):
    small.list_exercise()
    return "files", "thrice: is not in reference.py; define it there, or take it out of chapter.yaml."


def exercise_without_checks(small):
    small.add_exercise()
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
    families.write_text("sum: {says: {en: sums, zh: 求和}, names: [avg_pol2d], operators: [sum]}\n", encoding="utf-8")
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


def stray_training_file(small):
    """A suite may continue in further files of tests/chapters, but not in tests/training."""
    continued, trained = small.suite.with_name(f"{small.suite.stem}_more.py"), f"{small.suite.stem}_learns.py"
    continued.write_text("", encoding="utf-8")
    (small.folder / "tests" / "training").mkdir(exist_ok=True)
    (small.folder / "tests" / "training" / trained).write_text("", encoding="utf-8")
    return "files", f"{trained}: belongs to no chapter of course.yaml"


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


FIGURES = """from dlgrade.course.drawing import Drawing


def empty():
    return Drawing(100, 40)
"""


def add_figure(small, chinese="空"):
    figure = f"    figure: {{drawn_by: empty, caption: {{en: Empty, zh: {chinese}}}}}\n"
    small.edit(small.chapter_file, "  - name: twice\n", f"  - name: twice\n{figure}")
    (small.chapter_file.parent / "figures.py").write_text(FIGURES, encoding="utf-8")


def old_figure(small):
    add_figure(small)
    return "files", "empty.svg: differs from the drawing of figures.py; run `dlgrade stubs`."


def figure_without_chinese(small):
    add_figure(small, chinese="Empty")
    return "files", "'Empty': needs English and Chinese."


def figure_of_no_exercise(small):
    (small.chapter_file.parent / "figures.py").write_text(FIGURES, encoding="utf-8")
    return "files", "figures.py: no exercise of chapter.yaml has this figure; take it out."


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
    starter, right_answer, misconception_passes, misconception_crashes, misconception_raises_nothing,
    misconception_never_ends, misconception_caught_by_nothing, misdiagnosis, price_of_a_worthless_answer, worthless,
    no_from_scratch, unknown_family, family_of_nothing,
    no_wrong_lines, exercise_without_code, exercise_without_checks, checks_of_no_exercise, scaffold_text,
    answer_in_a_closure, one_id_twice, family_of_a_bare_name, wrong_lines_without_entry, misfiled_misconception,
    caught_by_another_exercise, unknown_key, missing_translation, stray_file, stray_chapter, stray_training_file,
    old_figure, figure_without_chinese, figure_of_no_exercise, suite_imports_a_solution, old_starter_code, broken_suite,
    two_checks_of_one_name, stale_answer, other_as_a_notebook, alternate_repeats_the_reference,
    wrong_lines_are_no_python, constant, constant_number, constant_truth, spoilt_arguments, replay,
    replay_of_the_same_answer, replay_accepted, replay_share, stale_replay, stale_replay_share,
]  # fmt: skip
WITH_MUTANTS = [idle_check, mutant_survived, stale_equivalent]


@pytest.mark.parametrize("breakage", PLAIN + WITH_MUTANTS, ids=lambda breakage: breakage.__name__)
def test_every_kind_of_hole_is_found(audited, small, breakage):
    """The audit names the hole of a broken course in its sentence."""
    kind, sentence = breakage(small)
    report = audited(mutants="all" if breakage in WITH_MUTANTS else "none")
    holes = [hole for part in (*report["chapters"], report) for hole in part["holes"]]
    assert [hole for hole in holes if hole["kind"] == kind and sentence in hole["text"]], holes


def test_a_replay_that_is_allowed(audited, small):
    """What equivalents.yaml lets a replay earn is no hole; the share is told all the same, by check and reason."""
    fixed_input(small, points=2)
    small.edit(
        small.misconceptions, "caught_by: twice", "price: 1\n  caught_by: twice"
    )  # a constant answer has its value
    (small.solution / "equivalents.yaml").write_text(LISTED + ALLOWED, encoding="utf-8")
    (chapter,) = audited()["chapters"]
    passed = [{"check": "twice.ordinary_input", "points": 2.0, "why": "fixed"}]
    assert (chapter["holes"], chapter["replay"]) == ([], {"points": 2.0, "share": 1.0, "passed": passed})


def test_a_replay_at_the_only_seed(audited, small):
    """With a single seed the answers are replayed at the next; drawn input leaves a replay nothing."""
    small.add_check("agree(lambda impl: impl.twice(X[:1]))")
    (chapter,) = audited(seeds=(7,))["chapters"]
    assert "replay of seed 7 at 8" in [variant["name"] for variant in chapter["variants"]]
    assert chapter["replay"]["share"] == 0


def test_a_replay_of_numbers_from_chance(audited, small):
    """Input that is fixed but for a number from `chance` leaves a replay nothing."""
    fixed_input(small, points=2)
    small.edit(small.suite, "X = torch.ones(4, 3)", "X = chance.random() * torch.ones(4, 3)")
    small.edit(small.suite, "agree, randn", "agree, chance")
    (chapter,) = audited()["chapters"]
    assert (chapter["holes"], chapter["replay"]["share"]) == ([], 0)
