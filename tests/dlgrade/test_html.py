"""A student's page and Gradescope's results: whole, in two languages, and deaf to what was handed in."""

import builtins
import json
import re
from html.parser import HTMLParser

import pytest

from dlgrade.errors import UsageError
from dlgrade.legible import cut, one_line, shorter, visible
from dlgrade.report import templating
from dlgrade.report.gradescope import to_gradescope
from dlgrade.report.student_page import student_page
from dlgrade.results import (
    ChapterReport,
    CheckReport,
    ClassChapter,
    ClassCheck,
    ClassResult,
    Detail,
    Frame,
    Override,
    Verdict,
)
from dlgrade.text import both, same

HOSTILE = [
    "<script>alert(1)</script>",
    "</pre></style></script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" \'',
    "javascript:alert(1)",
    "{{ 7 * 191 }}{% raw %}",
    "<!-- ]]> &lt;b&gt; &#x3c;b>",
    "\x1b[31mred \x00 \x07 \r \x9b31m",
    "\u202eevitcepsrep\u2066\u200f",
    "\ud800 half",
]
VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """The tags of a page, each with its attributes, and its text; complains about what is not closed."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.open, self.text = [], [], []
        self.feed(source)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())


def make_check(name="batch_norm.small_batch", verdict=Verdict.FAILED, **values):
    made = CheckReport(name, name.split(".")[0], 2.0, both("Divides by N.", "除以 N。"), verdict=verdict)
    for key, value in values.items():
        setattr(made, key, value)
    return made


def make_chapter(checks):
    return ClassChapter(
        id="ch28",
        title=both("Batch normalisation", "批量归一化"),
        exercises={"batch_norm": both("The function", "函数"), "BatchNorm": both("The layer", "层")},
        checks=[ClassCheck(c.id, c.exercise, c.points, c.bonus, c.description) for c in checks],
        misconceptions={},
    )


HINT = both("Which divisor does batch norm use?", "批量归一化用的是哪个除数？")
WRONG = Detail(
    call="batch_norm(X=tensor float32 (3, 5))",
    got="tensor([1.25])",
    expected="tensor([1.5])",
    frames=(Frame("ch28.py", 12, "batch_norm", "return X / X.var()"),),
    output="a line\n",
    output_bytes=7,
)
CHECKS = [
    make_check("batch_norm.eps", Verdict.PASSED),
    make_check(message=both("1 of 1 values is off.", "1 个值不符。"), diagnosis="unbiased", hint=HINT, detail=WRONG),
    make_check("batch_norm.gradients", message=both("Another.", "另一个。"), diagnosis="unbiased", hint=HINT),
    make_check("BatchNorm.gpu", Verdict.NOT_RUN, message=both("No GPU here.", "这里没有 GPU。")),
    make_check("BatchNorm.tidy", points=0.0, bonus=True, message=both("There is a loop.", "有循环。")),
]
RESULT = ClassResult(
    student="20260001",
    name="王芳",
    chapter="ch28",
    shown="submissions/20260001/ch28.py",
    submitted="2026-11-22T23:10+08:00",
    report=ChapterReport("ch28", CHECKS),
    passed_over=(both("ch28~1.py: an earlier version", "ch28~1.py：较早的版本"),),
    overrides=(Override("batch_norm.gradients", 1.5, "see the forum"), Override("gone.check", 1.0, "renamed")),
    score=3.5,
    days_late=2,
    final=2.8,
)
CHAPTER = make_chapter(CHECKS)


def result_of(**values):
    """The sample with other values."""
    fields = {name: getattr(RESULT, name) for name in RESULT.__struct_fields__}
    return ClassResult(**{**fields, **values})


# The page.


def test_everything_is_there():
    """The page has the score, what being late cost, each check with what went wrong, overrides, versions."""
    words = Reader(student_page(RESULT, CHAPTER)).words
    for part in (
        "王芳 · 20260001", "2.8 / 8", "2 days late: 3.5 − 0.7 = 2.8.", "迟交 2 天：3.5 − 0.7 = 2.8。",
        "2 of the points are pending", "1 of 1 values is off.", "1 个值不符。", "tensor([1.25])", "tensor([1.5])",
        "batch_norm(X=tensor float32 (3, 5))", "ch28.py:12 batch_norm return X / X.var()", "a line",
        "Which divisor does batch norm use?", "批量归一化用的是哪个除数？", "see the forum", "renamed",
        "Not run", "No GPU here.",
        "submissions/20260001/ch28.py", "2026-11-22 23:10 +08:00", "ch28~1.py：较早的版本", "bonus",
        "dlgrade check ch28 -k batch_norm.small_batch",
    ):  # fmt: skip
        assert part in words, part
    assert words.count("Which divisor") == 1, "a mistake is explained once in an exercise"
    assert "1.5 / 2" in words


@pytest.mark.parametrize(
    ("values", "en", "zh"),
    [
        ({"problem": both("It is empty.", "是空文件。")}, "It is empty.", "是空文件。"),
        ({"shown": None}, "Nothing was handed in.", "没有提交。"),
        ({}, "It has not been graded yet.", "尚未评分。"),
    ],
)
def test_nothing_to_show(values, en, zh):
    """Where nothing was graded the page says why, in both languages."""
    empty = result_of(report=None, overrides=(), score=0.0, final=0.0, days_late=0, **values)
    words = Reader(student_page(empty, CHAPTER)).words
    assert "There is no result." in words
    assert en in words
    assert zh in words


def test_long_text_is_cut():
    """Very long text ends with a note of how much is missing, and deep recursion shows its end."""
    frames = tuple(Frame("ch28.py", n, "deep", "deep()") for n in range(200))
    detail = Detail(call="x" * 50_000, got="y" * 9_000, frames=frames, output="z\n" * 500, output_bytes=10_000_000)
    checks = [make_check(message=same("m" * 30_000), detail=detail)]
    shown = student_page(result_of(report=ChapterReport("ch28", checks)), make_chapter(checks))
    words = Reader(shown).words
    assert len(shown) < 60_000
    for part in (
        "46,000 more characters",
        "其余 46,000 个字符",
        "10,000,000 bytes in all",
        "(+28,000)",
        "ch28.py:199",
        "… (188)",
    ):
        assert part in words, part


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
def test_hostile_words(words):
    """Nothing that a submission, a file name or a person chose becomes markup, and nothing is hidden."""
    detail = Detail(words, words, words + "!", (Frame(words, 1, words, words),), words, 10)
    checks = [make_check(message=same(words), hint=same(words), diagnosis="d", detail=detail), make_check("b.c")]
    hostile = result_of(
        student=words, name=words + "!", shown=words, submitted=words, report=ChapterReport("ch28", checks),
        passed_over=(same(words),), overrides=(Override("b.c", 1.0, words), Override(words, 1.0, words)),
    )  # fmt: skip
    plain = result_of(student="words", name="words!", report=ChapterReport("ch28", checks), overrides=())
    reader = Reader(student_page(hostile, make_chapter(checks)))
    assert {tag for tag, _ in reader.tags} <= {
        tag for tag, _ in Reader(student_page(plain, make_chapter(checks))).tags
    } | {"ul", "li"}
    assert sum(tag == "script" for tag, _ in reader.tags) == 1
    assert not any(name.startswith("on") or name in ("src", "style") for _, attrs in reader.tags for name in attrs)
    assert all(attrs["href"].startswith("#") for _, attrs in reader.tags if "href" in attrs)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", "".join(reader.text))
    assert " ".join(one_line(words).split()) in reader.words
    gradescope = to_gradescope(hostile, make_chapter(checks), "en")
    gradescope.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", gradescope)


def test_self_contained():
    """The page asks for nothing: no address in it, and a policy that forbids all but its own script."""
    source = student_page(RESULT, CHAPTER)
    reader = Reader(source)
    assert not re.search(r"https?://|@import|url\(", source)
    policy = next(attrs["content"] for tag, attrs in reader.tags if attrs.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]
    languages = {attrs["lang"] for tag, attrs in reader.tags if "lang" in attrs}
    assert languages == {"en", "zh"}
    assert sum(attrs.get("lang") == "en" for t, attrs in reader.tags if t == "span") == source.count('<span lang="zh">')


def test_same_again():
    """The same result gives the same page."""
    assert student_page(RESULT, CHAPTER) == student_page(RESULT, CHAPTER)


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_missing_package(package, monkeypatch):
    """Without the packages of the extra the error says what to install."""
    from dlgrade.report.plots import histogram

    real = builtins.__import__

    def without(name, *rest):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *rest)

    templating._environment.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=re.escape("pip install 'dlgrade[grade]'")):
        student_page(RESULT, CHAPTER) if package == "jinja2" else histogram([0.5], "x")


# Words.


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("plain 批量\n\tline", "plain 批量\n\tline"),
        ("a\r\nb\rc", "a\nb␍c"),
        ("\x1b[2J\x00\x7f", "␛[2J␀␡"),
        ("\x85\u202e\ud800\U000e0041", "⟨U+0085⟩⟨U+202E⟩⟨U+D800⟩⟨U+E0041⟩"),
        ("👩\u200d💻 e\u0301", "👩\u200d💻 e\u0301"),
    ],
)
def test_visible(words, shown):
    """Characters that cannot be seen have a sign in their place; the others stay."""
    assert visible(words) == shown


def test_cut():
    """Short output stays; a note counts the characters and lines that are left out."""
    assert cut("short") == ("short", None)
    assert cut("x" * 4_000) == ("x" * 4_000, None)
    shown, note = cut("x\n" * 100)
    assert (shown.count("x"), note.en) == (60, "… 81 more characters are not shown")
    assert shorter("y" * 2_001) == "y" * 2_000 + " … (+1)"
    assert one_line("a\nb\t") == "a␊b␉"


# Gradescope.

TOP = {"score", "output", "output_format", "test_output_format", "test_name_format", "visibility", "tests"}
VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_gradescope(lang):
    """results.json has the final score, and a test a check with its points, verdict and reason, as plain text."""
    data = json.loads(to_gradescope(RESULT, CHAPTER, lang))
    assert set(data) == TOP
    assert data["score"] == 2.8
    assert {data["output_format"], data["test_output_format"], data["test_name_format"]} == {"text"}
    assert {"en": "2 days late", "zh": "迟交 2 天"}[lang] in data["output"]
    assert {"en": "ch28~1.py: an earlier version", "zh": "ch28~1.py：较早的版本"}[lang] in data["output"]
    assert [test["number"] for test in data["tests"]] == ["1.1", "1.2", "1.3", "2.1", "2.2"]
    assert [test["status"] for test in data["tests"]] == ["passed", "failed", "failed", "failed", "failed"]
    assert [(test.get("score"), test.get("max_score")) for test in data["tests"]] == [
        (2, 2), (0, 2), (1.5, 2), (0, 2), (None, None),
    ]  # fmt: skip
    assert all(test["visibility"] in VISIBILITY for test in [data, *data["tests"]])
    assert "tensor([1.25])" in data["tests"][1]["output"]
    assert {"en": "Which divisor", "zh": "哪个除数"}[lang] in data["tests"][1]["output"]
    assert "see the forum" in data["tests"][2]["output"]


def test_gradescope_without_a_result():
    """A submission that could not be graded has no score, and says why."""
    empty = result_of(
        report=None, problem=both("It is empty.", "是空文件。"), overrides=(), score=0.0, final=0.0, days_late=0
    )
    data = json.loads(to_gradescope(empty, CHAPTER, "en"))
    assert ("score" in data, data["tests"]) == (False, [])
    assert "It is empty." in data["output"]
