"""Checks that wait for others, and the price of a single mistake."""

import json
import sqlite3

import pytest

from dlgrade.course import Course
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.results import Price, Report, Verdict
from dlgrade.submission import Submission

CONTENTS = """\
format_version: 2
title: {en: A small course, zh: 小课程}
parts:
  - id: basics
    title: {en: Basics, zh: 基础}
    chapters: [ch01_spread]
"""
CHAPTER = """\
title: {en: Spread, zh: 离散程度}
exercises:
  - name: spread
    title: {en: The variance of each column, zh: 各列的方差}
"""
REFERENCE = '''\
"""ch01 Spread. 离散程度。"""

import torch


def spread(X):
    """The variance of each column."""
    # BEGIN SOLUTION
    return ((X - X.mean(0)) ** 2).mean(0)
    # WRONG unbiased: return X.var(0)
    # END SOLUTION
'''
MISCONCEPTIONS = """\
- id: unbiased
  exercise: spread
  caught_by: spread.ordinary
  hint: {en: By which number do you divide?, zh: 你除以了哪个数？}
"""
SUITE = '''\
"""ch01: spread."""

import pytest
import torch

from dlgrade.testing import promise, standard


@pytest.mark.exercise("spread")
class TestSpread:
    @standard(promise.untouched, promise.float64, promise.gradients("X"))
    def arguments(self, randn, chance):
        return {"X": randn(chance.randint(3, 9), 2)}

    @pytest.mark.needs("ordinary")
    def test_shape(self, agree, randn):
        """Returns one number for each column.
        每列返回一个数。"""
        X = randn(4, 5)
        agree(lambda impl: list(impl.spread(X).shape))

    @pytest.mark.points(2)
    def test_ordinary(self, agree, randn):
        """Returns the variance of each column.
        返回各列的方差。"""
        X = randn(4, 3)
        agree(lambda impl: impl.spread(X))

    def test_constant(self, agree, chance):
        """Returns zero for a constant column.
        列的取值恒定时返回零。"""
        X = torch.full((4, 2), chance.random())
        agree(lambda impl: impl.spread(X))
'''
RIGHT = "import torch\n\n\ndef spread(X):\n    return ((X - X.mean(0)) ** 2).mean(0)\n"
MISTAKEN = "import torch\n\n\ndef spread(X):\n    return X.var(0)\n"
TWO_MISTAKES = "import torch\n\n\ndef spread(X):\n    return X.var(0) if X[0, 0] != X[1, 0] else X[0] + 1\n"
FAILED = {"spread.ordinary", "spread.float64", "spread.gradients"}
WAITING = {"spread.shape", "spread.arguments_untouched"}
PRICE = Price("spread", "unbiased", lost=3.0, raw_lost=7.0)  # 0.4 of 8 points


@pytest.fixture
def folder(course_of):
    """A course of one exercise with six checks, worth 8 points."""
    files = {
        "exercises/course.yaml": CONTENTS,
        "exercises/ch01_spread/chapter.yaml": CHAPTER,
        "solutions/ch01_spread/reference.py": REFERENCE,
        "solutions/ch01_spread/misconceptions.yaml": MISCONCEPTIONS,
        "tests/chapters/test_ch01_spread.py": SUITE,
    }
    return course_of(files)


@pytest.fixture
def judged(folder):
    """judged(source, ...): the report of a submission; the options are those of a run."""
    course = Course(folder)
    with Judge(course) as judge:
        yield lambda source, **options: judge.grade(
            course.chapter("ch01"), Submission.from_source(source, "ch01.py"), RunOptions(**options)
        )


def test_a_mistake_costs_its_price(judged):
    """Checks about values fail, the others wait and say for which check, and the exercise loses its price."""
    report = judged(MISTAKEN)

    assert {check.id for check in report.checks if check.verdict is Verdict.FAILED} == FAILED
    waiting = {check.id: check for check in report.checks if check.verdict is Verdict.BLOCKED}
    assert set(waiting) == WAITING
    assert {check.waits_for for check in waiting.values()} == {"spread.ordinary"}
    assert {check.message.en for check in waiting.values()} == {"Waits for ordinary."}
    assert report.prices == [PRICE]
    assert (report.score, report.raw_score, report.points, report.pending) == (5, 1, 8, 0)
    assert Report("ch01.py", 0, [report]).exit_code == 1


@pytest.mark.parametrize("seed", range(5))
def test_needed_checks_come_first(judged, seed):
    """A check runs after the check that it waits for, also in a drawn order and if the suite has it first."""
    names = [check.id for check in judged(MISTAKEN, seed=seed, shuffle=seed > 0).checks]

    assert all(names.index("spread.ordinary") < names.index(name) for name in WAITING)


def test_a_check_alone_waits_for_nothing(judged):
    """A check that was chosen without the check that it waits for is run."""
    (check,) = judged(MISTAKEN, keyword="spread.shape").checks

    assert check.verdict is Verdict.PASSED


def test_an_exception_has_no_price(judged, folder):
    """A submission can make up the exception of a misconception, so it earns nothing by it, although it is named."""
    path = folder / "solutions" / "ch01_spread" / "reference.py"
    path.write_text(REFERENCE.replace("return X.var(0)", "raise RuntimeError('no spread')"), encoding="utf-8")

    report = judged("def spread(X):\n    raise RuntimeError('no spread')\n")

    assert {check.diagnosis for check in report.checks if check.verdict is Verdict.RAISED} == {"unbiased"}
    assert (report.score, report.prices) == (0, [])


def test_starter_code(judged):
    """Code that is not written yet is not written in every check: none waits."""
    report = judged("def spread(X):\n    raise NotImplementedError\n")

    assert {check.verdict for check in report.checks} == {Verdict.NOT_IMPLEMENTED}
    assert (report.score, report.prices) == (0, [])


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(TWO_MISTAKES, id="a failure without a diagnosis"),
        pytest.param(MISTAKEN.replace("return", "1 / (X[0, 0] - X[1, 0]).item(); return"), id="a check that raises"),
    ],
)
def test_no_price_for_more_than_one_mistake(judged, source):
    """If the diagnosis does not explain every failure, every failed check costs its points."""
    report = judged(source)

    assert {check.diagnosis for check in report.checks if check.id in FAILED} == {"unbiased"}
    assert (report.score, report.prices) == (0, [])


def test_an_expensive_mistake(folder, judged):
    """misconceptions.yaml sets a price; a mistake never costs more than the checks that it fails."""
    with (folder / "solutions/ch01_spread/misconceptions.yaml").open("a", encoding="utf-8") as file:
        file.write("  price: 1\n")
    report = judged(MISTAKEN)

    assert report.prices == [Price("spread", "unbiased", lost=7.0, raw_lost=7.0)]
    assert report.score == report.raw_score == 1


def test_a_course_without_prices(folder, judged):
    """`prices: false` in course.yaml lets every failed check cost its points."""
    with (folder / "exercises/course.yaml").open("a", encoding="utf-8") as file:
        file.write("prices: false\n")
    report = judged(MISTAKEN)

    assert (report.score, report.prices) == (1, [])


def test_scripts_wait_too(judged):
    """A check that a right answer has shown how to run without its suite waits like any other."""
    plain = judged(MISTAKEN)
    assert judged(RIGHT, scripts=True).score == 8
    scripted = judged(MISTAKEN, scripts=True)

    verdicts = [[(check.id, check.verdict, check.waits_for) for check in report.checks] for report in (plain, scripted)]
    assert verdicts[0] == verdicts[1]
    assert plain.prices == scripted.prices


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        pytest.param('needs("ordinary")', 'needs("usual")', "there is no such check", id="unknown"),
        pytest.param("(2)", '(2)\n    @pytest.mark.needs("shape")', "it waits for itself", id="circle"),
        pytest.param("(2)", '(2)\n    @pytest.mark.draws("box")', "takes one of 'numbers', 'classes'", id="drawing"),
        pytest.param("(2)", "(2)\n    @pytest.mark.draws", "takes one of 'numbers', 'classes'", id="no-drawing"),
    ],
)
def test_wrong_marks(dlgrade, folder, tmp_path, old, new, words):
    """An unknown drawing, and a check that waits for an unknown check or for itself, are faults of the suite."""
    suite = folder / "tests/chapters/test_ch01_spread.py"
    suite.write_text(suite.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    (tmp_path / "ch01.py").write_text(RIGHT, encoding="utf-8")
    done = dlgrade("check", "ch01")
    assert done.returncode == 3
    assert words in done.stderr


@pytest.mark.parametrize(
    ("lang", "cost", "waiting"),
    [
        ("en", "spread: one mistake explains 3 checks and costs 3 of 8 points, not 7.",
         "Not run until spread.ordinary passes: shape, arguments_untouched."),
        ("zh", "spread：3 项未通过都源于同一个错误，扣 3 分（满分 8 分），而不是逐项累计的 7 分。",
         "须先通过 spread.ordinary，因此尚未运行：shape、arguments_untouched。"),
    ],
)  # fmt: skip
def test_the_student_reads_the_price(dlgrade, folder, tmp_path, lang, cost, waiting):
    """`dlgrade check` says once what the mistake costs, and lists the checks that wait; `status` has the same score."""
    (tmp_path / "ch01.py").write_text(MISTAKEN, encoding="utf-8")
    environment = {"DLGRADE_STATE": str(tmp_path / "state"), "DLGRADE_COURSE": str(folder)}
    done = dlgrade("check", "ch01", "--lang", lang, **environment)
    text = "".join(done.stdout.split())  # without the ends of lines

    assert done.returncode == 1
    assert [text.count("".join(sentence.split())) for sentence in (cost, waiting)] == [1, 1]
    assert ("Score5/8" if lang == "en" else "得分5/8") in text
    (progress,) = json.loads(dlgrade("status", "--json", **environment).stdout)
    assert (progress["score"], progress["points"]) == (5, 8)


@pytest.fixture
def graded(dlgrade, folder, tmp_path):
    """graded(*options): grades Ada's submission; her report, and the rows of the gradebook for it."""
    (tmp_path / "in" / "ada").mkdir(parents=True)
    (tmp_path / "in" / "ada" / "ch01_spread.py").write_text(MISTAKEN, encoding="utf-8")

    def graded(*options):
        done = dlgrade("grade", "in", *options, "--json", DLGRADE_COURSE=str(folder))
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["graded"]

    return graded


def reported(tmp_path):
    return json.loads((tmp_path / "grades/reports/ada/ch01.json").read_text(encoding="utf-8"))


def test_prices_in_a_gradebook(graded, tmp_path):
    """Reports, tables and the database agree on the score. `--no-prices` grades again; the same command does not."""
    assert (graded(), graded()) == (1, 0)
    report = reported(tmp_path)
    assert (report["score"], report["raw_score"], report["final"]["score"]) == (5, 1, 5)
    assert report["chapters"][0]["prices"] == [
        {"exercise": "spread", "diagnosis": "unbiased", "lost": 3.0, "raw_lost": 7.0}
    ]
    assert ",5," in (tmp_path / "grades/grades.csv").read_text(encoding="utf-8")
    folder = tmp_path / "grades/reports/ada"
    assert json.loads((folder / "ch01.gradescope.json").read_text(encoding="utf-8"))["score"] == 5
    page = (folder / "ch01.html").read_text(encoding="utf-8")
    assert "one mistake explains 3 checks and costs 3 of 8 points" in page
    assert "5 / 8" in page
    with sqlite3.connect(tmp_path / "grades/gradebook.sqlite") as book:
        (row,) = book.execute("SELECT score, sum(earned) FROM runs JOIN checks ON run = key").fetchall()
        (price,) = book.execute("SELECT sum(raw_lost - lost) FROM prices").fetchall()
    assert row == (5, 1)
    assert price == (4,)

    assert (graded("--no-prices"), graded("--no-prices")) == (1, 0)
    assert (reported(tmp_path)["score"], reported(tmp_path)["chapters"][0]["prices"]) == (1, [])


@pytest.mark.parametrize(
    ("points", "score"),
    [
        pytest.param({"ordinary": 2}, 5, id="the rest still costs the price"),
        pytest.param({"ordinary": 2, "gradients": 2, "float64": 1}, 6, id="the rest costs less than the price"),
        pytest.param({"ordinary": 0}, 3, id="points that staff took away"),
    ],
)
def test_prices_and_overrides(graded, dlgrade, folder, tmp_path, points, score):
    """A price covers the checks that staff did not decide."""
    graded()
    for check, given in points.items():
        done = dlgrade("override", "ada", f"spread.{check}", given, "--why", "because", DLGRADE_COURSE=str(folder))
        assert done.returncode == 0, done.stderr

    assert reported(tmp_path)["final"]["score"] == score
    page = (tmp_path / "grades/reports/ada/ch01.html").read_text(encoding="utf-8")
    assert page.count(f"{score} / 8") == 2  # of the exercise
    assert "one mistake" not in page
