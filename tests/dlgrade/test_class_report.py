"""The class report, and a student's page, as a browser shows them; the table of grades."""

import csv
import io
import random
import re

import pytest

from dlgrade.report.class_report import class_report
from dlgrade.report.student_page import student_page
from dlgrade.report.tables import grades_csv, harmless
from dlgrade.results import (
    ChapterReport,
    CheckReport,
    ClassChapter,
    ClassCheck,
    ClassData,
    ClassResult,
    Detail,
    Frame,
    Mention,
    Override,
    Verdict,
)
from dlgrade.text import both, same

HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "</pre></details></table><style>body{display:none}</style>\u202e{{ 7*7 }} \x1b[2J"
)

# A class: 30 students, two chapters, verdicts of most kinds.

NAMES = (
    "王芳 李伟 张敏 刘洋 陈静 杨磊 赵雪 黄强 周婷 吴昊 徐丽 孙健 Ada Lovelace,Emmy Noether,Alan Turing,"
    "Grace Hopper,Sofya Kovalevskaya,Paul Erdős,María Wonenburger,Bartholomew Featherstonehaugh-Cholmondeley"
)
FIRST, _, REST = NAMES.partition("Ada")
STUDENTS = [*FIRST.split(), *("Ada" + REST).split(","), *(f"Student {n}" for n in range(21, 31))]

EXERCISES = {
    "ch28": {
        "batch_norm": (both("Batch normalisation", "批量归一化"), 8),
        "BatchNorm": (both("The layer", "归一化层"), 5),
        "layer_norm": (both("Layer normalisation", "层归一化"), 4),
        "norm_stat_count": (both("Counting statistics", "统计量计数"), 2),
    },
    "ch65": {
        "masked_softmax": (both("Masked softmax", "掩蔽 softmax"), 4),
        "AdditiveAttention": (both("Additive attention", "加性注意力"), 3),
        "DotProductAttention": (both("Scaled dot-product attention", "缩放点积注意力"), 3),
    },
}
TITLES = {"ch28": both("Batch normalisation", "批量归一化"), "ch65": both("Attention scores", "注意力评分函数")}
WHAT = (
    both("Normalises each feature of a 2-D input over the batch.", "二维输入：对每个特征在批量上归一化。"),
    both("Works on a batch of one.", "批量大小为一时也能工作。"),
    both("Keeps float64.", "保持 float64。"),
    both("Gradients reach every argument.", "梯度能传到每个参数。"),
    both("Leaves its arguments as they were.", "不改动传入的参数。"),
)
CHECK_NAMES = ("ordinary_input", "batch_of_one", "float64", "gradients", "arguments_untouched")
HINTS = {
    "unbiased-variance": both(
        "Your variance divides by N - 1. Which divisor does batch norm use, and which does torch.var use by itself?",
        "你的方差除以 N-1。批量归一化用的是哪个除数？torch.var 默认用的又是哪个？",
    ),
    "mask-after-softmax": both(
        "You mask the weights after the softmax. What do the rest then add up to?",
        "你在 softmax 之后才做掩蔽。剩下的权重之和是多少？",
    ),
}


def make_chapter(name):
    checks = []
    for exercise, (_, count) in EXERCISES[name].items():
        for n in range(count):
            label = CHECK_NAMES[n % 5] + ("_again" if n >= 5 else "")
            checks.append(ClassCheck(f"{exercise}.{label}", exercise, 1.0 + (n == 0), False, WHAT[n % 5]))
    checks.append(ClassCheck(f"{exercise}.tidy", exercise, 0.0, True, both("Uses no loop.", "没有使用循环。")))
    hints = list(HINTS.items())
    return ClassChapter(
        id=name,
        title=TITLES[name],
        exercises={exercise: title for exercise, (title, _) in EXERCISES[name].items()},
        checks=checks,
        misconceptions=dict(hints[:1] if name == "ch28" else hints[1:]),
    )


def make_check(check, chapter, ability, draw):
    """How a student of some ability fares on a check."""
    made = CheckReport(check.id, check.exercise, check.points, check.description, check.bonus, seconds=0.02)
    call = f"{check.exercise}(X=tensor float32 (8, 5), gamma=tensor([1.379, 1.648, 2.692, 0.4866, 0.3467]), eps=1e-05)"
    if draw.random() < ability + (0.2 if check.id.endswith("ordinary_input") else 0):
        made.verdict = Verdict.PASSED
        return made
    made.verdict = draw.choices(
        [Verdict.FAILED, Verdict.RAISED, Verdict.NOT_IMPLEMENTED, Verdict.TIMED_OUT], [6, 2, 1, 0.4]
    )[0]
    if made.verdict is Verdict.FAILED:
        made.message = both(
            "37 of 40 values are off, by 0.1182 at most, first at (0, 0).",
            "40 个值中有 37 个不符，最大相差 0.1182，首先出现在 (0, 0)。",
        )
        made.detail = Detail(
            call, "tensor([[ 0.8519, -1.2071],\n        [ 0.1133,  0.4014]])", "tensor([[ 0.9111, …]])"
        )
        if draw.random() < 0.6:
            made.diagnosis, made.hint = next(iter(chapter.misconceptions.items()))
    elif made.verdict is Verdict.RAISED:
        made.message = same("RuntimeError: The size of tensor a (5) must match the size of tensor b (8)")
        frame = Frame(f"{chapter.id}_solution.py", 41, check.exercise, "return gamma * (X - mean) / std + beta")
        made.detail = Detail(call, frames=(frame,), output="X has shape (8, 5)\n", output_bytes=19)
    elif made.verdict is Verdict.NOT_IMPLEMENTED:
        made.message = both(f"{check.exercise} is still to be written.", f"{check.exercise} 尚未实现。")
    else:
        made.message = both("No answer within 10 seconds.", "10 秒内没有结果。")
    return made


def make_result(n, name, chapter, draw):
    student = f"2026{n:04d}"
    if draw.random() < 0.08:
        return ClassResult(student, name, chapter.id)
    shown = f"submissions/{student}/{chapter.id}_solution.py"
    submitted = f"2026-11-{19 + n % 4:02d}T2{n % 4}:{n:02d}+08:00"
    if n in (7, 19) and chapter.id == "ch65":
        why = both(
            f"{shown} has a syntax error in line 12: '(' was never closed.",
            f"{shown} 第 12 行有语法错误：'(' 没有闭合。",
        )
        return ClassResult(student, name, chapter.id, shown, submitted, problem=why)
    ability = min(1.0, 0.35 + 0.75 * ((n * 7) % 30) / 29)
    checks = [make_check(check, chapter, ability, draw) for check in chapter.checks]
    if n % 11 == 3 and chapter.id == "ch65":
        checks[0].verdict = Verdict.NOT_RUN
        checks[0].message = both("It needs a GPU, and this machine has none.", "需要 GPU，而本机没有。")
    suspicious = [Mention("gc", f"{chapter.id}_solution.py", 41)] if n == 9 else []
    report = ChapterReport(chapter.id, checks, suspicious)
    overrides = (Override(checks[1].id, 1.0, "right by another definition, see the forum"),) if n == 5 else ()
    score = report.score + (1.0 - checks[1].earned if overrides else 0)
    days = max(0, n % 4 - 1) if n % 3 == 0 else 0
    passed_over = ()
    if n % 5 == 0:
        passed_over = (
            both(f"{shown}~1: an earlier version (2026-11-18 20:14)", f"{shown}~1：较早的版本（2026-11-18 20:14）"),
        )
    return ClassResult(
        student, name, chapter.id, shown, submitted, report, None, passed_over, overrides,
        score=score, days_late=days, final=score * (1 - 0.1 * days),
    )  # fmt: skip


def make_class(names=STUDENTS, seed=5):
    draw = random.Random(seed)
    chapters = [make_chapter(name) for name in EXERCISES]
    return ClassData(
        course=both("Dive into Deep Learning", "动手学深度学习"),
        chapters=chapters,
        results=[make_result(n, name, chapter, draw) for n, name in enumerate(names, 1) for chapter in chapters],
        strays=[
            both("submissions/notes.docx: no chapter has such a file", "submissions/notes.docx：没有哪一章有这种文件")
        ],
        seed=20261121,
        graded_at="2026-11-21T09:00:00+00:00",
        version="0.1.0",
    )


@pytest.fixture(scope="module")
def data():
    return make_class()


# The page as text.


def page_of(student, chapter):
    return f"reports/{student} #1/{chapter}.html"


def test_same_again(data):
    """The same results give the same page, byte for byte, plots included."""
    assert class_report(data) == class_report(make_class())


def test_everybody_is_there(data):
    """Each student has a row, links lead to their pages, and every list has those that belong to it."""
    source = class_report(data, page_of)
    assert source.count('<tr><th scope="row">') == len(STUDENTS)
    assert source.count('<a href="reports/') == sum(result.shown is not None for result in data.results)
    assert 'href="reports/20260001%20%231/ch28.html"' in source
    assert '<a href="reports' not in class_report(data)
    for part in ("syntax error in line 12", "submissions/notes.docx", "see the forum", "It needs a GPU", "20261121"):
        assert part in source, part
    assert source.count("<td><code>gc</code>") == len(data.chapters)
    assert not re.search(r"https?://(?!www\.w3\.org/)|@import|src=", source)


def test_class_without_results():
    """A class in which nobody handed in anything, and one without students, have a page, too."""
    chapter = make_chapter("ch28")
    nobody = ClassData(same("A course"), [chapter], [ClassResult("1", "", "ch28")], [], 0, "", "0")
    assert "Nobody was late." in class_report(nobody)
    assert class_report(ClassData(same("A course"), [chapter], [], [], 0, "", "0"))
    assert class_report(ClassData(same("A course"), [], [], [], 0, "", "0"))


def test_large_class(data):
    """A thousand students and ten chapters make a page of a few megabytes."""
    titles = [f"ch{n:02d}" for n in range(10)]
    few = [make_result(n, "A. Student", data.chapters[0], random.Random(n)) for n in range(20)]
    chapters = [
        ClassChapter(t, same(t), c.exercises, c.checks, c.misconceptions) for t in titles for c in data.chapters[:1]
    ]
    results = [
        ClassResult(
            f"2026{n:04d}", f"Student {n}", title, one.shown, one.submitted, one.report, one.problem,
            (), one.overrides, score=one.score, days_late=one.days_late, final=one.final,
        )
        for n in range(1000) for title in titles for one in few[n % 20 : n % 20 + 1]
    ]  # fmt: skip
    large = ClassData(data.course, chapters, results, [], 0, "", "0")
    assert len(class_report(large, page_of).encode()) < 5_000_000


# The table of grades.


def test_grades(data):
    """A row a student: per chapter the score, days late, final score, points and status; a byte order mark."""
    text = grades_csv(data)
    assert text.startswith("\ufeffid,name,ch28 score,ch28 days late,ch28 final,ch28 points,ch28 status,ch65 score")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["name"] for row in rows] == STUDENTS
    found = {(result.student, result.chapter): result for result in data.results}
    for row in rows:
        for chapter in ("ch28", "ch65"):
            result = found[row["id"], chapter]
            assert float(row[f"{chapter} final"] or 0) == pytest.approx(result.final, abs=0.005)
            assert (
                (row[f"{chapter} status"] == "missing") == (result.shown is None) == (row[f"{chapter} days late"] == "")
            )
    assert {row["ch65 status"] for row in rows} == {"missing", "not gradable", "partly graded", "graded"}


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_no_formulas(start):
    """A name that begins as a formula does is no formula in the table."""
    assert harmless(start).startswith("'")
    table = grades_csv(ClassData(same(""), [], [ClassResult(start, start, "ch01")], [], 0, "", ""))
    (_, row) = csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline=""))
    assert row[0].startswith("'")
    assert row[0] == row[1]


# In a browser.


def column(driver, table, number):
    """The words of a column, of the rows that are shown."""
    script = (
        "return [...document.querySelector(arguments[0]).tBodies[0].rows].filter(row => !row.hidden)"
        ".map(row => row.cells[arguments[1]].innerText.trim())"
    )
    return driver.execute_script(script, f"#{table}", number)


def head(driver, table, number):
    return driver.find_element("css selector", f'#{table} th[data-sort="{number}"]')


def test_sorting(show, data):
    """A click on a head sorts by numbers or words, another turns it round, and what has no value stays last."""
    driver = show(class_report(data))
    total = head(driver, "table-matrix", 10)
    assert total.get_attribute("aria-sort") is None
    for direction, turned in (("ascending", False), ("descending", True), ("ascending", False)):
        total.find_element("tag name", "button").click()
        assert total.get_attribute("aria-sort") == direction
        found = [float(words) for words in column(driver, "table-matrix", 10)]
        assert found == sorted(found, reverse=turned)
    head(driver, "table-matrix", 8).find_element("tag name", "button").click()
    assert total.get_attribute("aria-sort") is None
    found = column(driver, "table-matrix", 8)
    values = [float(words.rstrip("…")) for words in found if words not in "–!"]
    assert values == sorted(values)
    assert len(values) < len(found)
    assert all(words in "–!" for words in found[len(values) :])


def test_keyboard(show, data):
    """Heads, boxes and fields can be reached with the keyboard, and Enter sorts."""
    from selenium.webdriver.common.keys import Keys

    driver = show(class_report(data))
    button = head(driver, "table-items", 4).find_element("tag name", "button")
    button.send_keys(Keys.ENTER)
    failing = [int(words) for words in column(driver, "table-items", 4)]
    assert failing == sorted(failing)
    assert driver.switch_to.active_element == button
    boxes = driver.find_elements("css selector", ".box")
    assert all(box.get_attribute("tabindex") == "0" and box.get_attribute("aria-labelledby") for box in boxes)


def test_search(show, data):
    """The field keeps the rows that have all its words, in any case and language, and says how many."""
    driver = show(class_report(data))
    field = driver.find_element("css selector", 'input[data-table="table-matrix"]')
    field.send_keys("LOVE ada")
    assert [words.split("\n")[0] for words in column(driver, "table-matrix", 0)] == ["Ada Lovelace"]
    assert driver.find_element("css selector", "output").text == "1 / 30"
    field.clear()
    field.send_keys("王")
    assert len(column(driver, "table-matrix", 0)) == 1
    field.clear()
    field.send_keys("x")
    field.send_keys("\b")
    assert len(column(driver, "table-matrix", 0)) == 30
    assert driver.find_element("css selector", "output").text == ""


@pytest.mark.parametrize("lang", ["en-US", "zh-CN", "fr-FR"])
def test_language(lang, show, data):
    """The page speaks the browser's language, the button turns to the other one, and the choice is kept."""
    chinese = lang.startswith("zh")
    graded = next(one for one in data.results if one.report)
    for source, words in (
        (class_report(data), ("Students and exercises", "学生与练习")),
        (student_page(graded, data.chapters[0]), ("What was handed in", "提交的文件")),
    ):
        driver = show(source, lang=lang)

        def spoken(driver=driver, words=words):
            text = driver.find_element("tag name", "body").text
            return [one in text for one in words]

        assert spoken() == [not chinese, chinese]
        button = driver.find_element("id", "switch")
        assert button.text == ("English" if chinese else "中文")
        button.click()
        assert spoken() == [chinese, not chinese]
        assert driver.find_element("tag name", "html").get_attribute("lang") == ("en" if chinese else "zh")
        driver.refresh()
        assert spoken() == [chinese, not chinese]


def test_without_script(show, data):
    """Where scripts do not run both languages are shown, and no dead buttons."""
    driver = show(class_report(data), script=False)
    text = driver.find_element("tag name", "body").text
    assert "Students and exercises" in text
    assert "学生与练习" in text
    assert not driver.find_element("id", "switch").is_displayed()
    assert not driver.find_element("css selector", ".search").is_displayed()


def hostile_class():
    """A class whose names and files, and what was printed and raised, are attacks."""
    plain = make_class([HOSTILE, HOSTILE + "2", "x" * 300])
    results = []
    for one in plain.results:
        fields = {name: getattr(one, name) for name in one.__struct_fields__}
        words = same(HOSTILE)
        for check in one.report.checks if one.report else []:
            check.verdict, check.message, check.hint, check.diagnosis = Verdict.FAILED, words, words, HOSTILE
            check.detail = Detail(HOSTILE, HOSTILE, "y" * 3000, (Frame(HOSTILE, 1, HOSTILE, HOSTILE),), HOSTILE, 10)
        fields.update(student=f"{one.student}{HOSTILE}", shown=HOSTILE + "z" * 300, passed_over=(words,), days_late=1)
        fields["overrides"] = (Override(HOSTILE, 1.0, HOSTILE),)
        results.append(ClassResult(**fields))
    results.append(ClassResult("e", "e", "ch65", HOSTILE, HOSTILE, problem=same(HOSTILE)))
    return ClassData(same(HOSTILE), plain.chapters, results, [same(HOSTILE + "w" * 300)], 0, HOSTILE, HOSTILE)


@pytest.mark.parametrize("lang", ["en-US", "zh-CN"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_sideways_scrolling(width, lang, show, data):
    """No page is wider than the window, be it a phone's and the words hostile; tables scroll in their boxes."""
    worst = hostile_class()
    graded = [next(one for one in each.results if one.report and one.shown) for each in (data, worst)]
    pages = [class_report(data), class_report(worst)]
    pages += [student_page(one, next(c for c in data.chapters if c.id == one.chapter)) for one in graded]
    for source in pages:
        driver = show(source, width=width, lang=lang)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width


def test_hostile_words_do_nothing(show):
    """Output, exceptions and names of a submission stay text: nothing runs, nothing is loaded, nothing is hidden."""
    worst = hostile_class()
    graded = next(one for one in worst.results if one.report)
    for source in (class_report(worst), student_page(graded, worst.chapters[0])):
        driver = show(source)
        assert driver.title != "owned"
        assert driver.find_elements("tag name", "img") == []
        assert len(driver.find_elements("tag name", "script")) == 1
        assert driver.find_element("tag name", "main").is_displayed()
        text = driver.find_element("tag name", "body").text
        assert "<script>document.title='owned'</script>" in text
        assert "⟨U+202E⟩{{ 7*7 }} ␛[2J" in text


def test_policy(show, data):
    """Should markup ever slip through, the page's policy keeps its scripts from running."""
    source = class_report(data).replace("</main>", "<script>document.title = 'owned'</script></main>")
    driver = show(source)
    assert driver.title != "owned"
    (refusal,) = driver.get_log("browser")
    assert "Content Security Policy" in refusal["message"]


CONTRAST = """
const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
const light = (colour) => {
  const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = parse(colour).map((v) => linear(v / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (parse(colour)[3] !== 0) return colour;
  }
};
return [...document.querySelectorAll("body *")]
  .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && one.checkVisibility())
  .filter((one) => !one.closest("svg"))
  .map((one) => {
    const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), one.outerHTML.slice(0, 80)];
  }).sort((x, y) => x[0] - y[0])[0];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(scheme, show, data):
    """All text has a contrast of 4.5 or more with what is behind it, on light and on dark."""
    graded = next(one for one in data.results if one.report and one.overrides)
    for source in (class_report(data, page_of), student_page(graded, data.chapters[0])):
        driver = show(source, prefers_color_scheme=scheme)
        ratio, where = driver.execute_script(CONTRAST)
        assert ratio >= 4.5, where
