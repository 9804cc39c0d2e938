"""The page of a chapter: `dlgrade list ch28`, in the terminal, as JSON and in a browser."""

import json
import random
import re

import pytest
from rich.cells import cell_len

from dlgrade import course
from dlgrade.course.figures import figures
from dlgrade.course.listed_checks import listed_checks
from dlgrade.judge.suite import Suite
from dlgrade.report.chapter_page import chapter_facts, chapter_page
from dlgrade.report.wrapping import CLOSING, in_lines

HERE = course.load()
CH28 = HERE.chapter("ch28")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_terminal(dlgrade, tmp_path, lang):
    """The page names the section of the book, earlier chapters, points, forbidden operations and hints taken."""
    state = {"DLGRADE_STATE": str(tmp_path)}
    assert dlgrade("hint", "ch28.layer_norm", **state).returncode == 0
    shown = dlgrade("list", "ch28", "--lang", lang, **state)
    words = " ".join(shown.stdout.split())
    expected = ["https://zh.d2l.ai/chapter_convolutional-modern/batch-norm.html", "ch23", "nn.BatchNorm2d"]
    expected += ["1 of 3 hints taken", "71 points"] if lang == "en" else ["已看 1/3 条提示", "71 分"]
    assert [part for part in expected if part not in words] == []
    assert max(map(cell_len, shown.stdout.splitlines())) <= 80


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_caption(dlgrade, lang):
    """The terminal shows the caption of a figure, and --json has it."""
    figure = HERE.chapter("ch63").exercise("beam_search").figure
    words = dlgrade("list", "ch63", "--lang", lang).stdout
    head = "Figure: " if lang == "en" else "图："
    assert "".join((head + figure.caption.of(lang)).split()) in "".join(words.split())
    exercises = json.loads(dlgrade("list", "ch63", "--json").stdout)["exercises"]
    captions = {exercise["name"]: exercise["figure"] for exercise in exercises if exercise["figure"]}
    assert captions == {"beam_search": {"en": figure.caption.en, "zh": figure.caption.zh}}


def test_json(dlgrade):
    """--json has the facts of the page."""
    shown = json.loads(dlgrade("list", "ch28", "--json").stdout)
    exercise = shown["exercises"][0]
    assert (shown["id"], shown["points"], shown["after"]) == ("ch28", 71, ["ch23"])
    assert (exercise["name"], exercise["forbidden"], exercise["hints"]["total"]) == ("batch_norm", ["normalisation"], 3)


def test_a_page_needs_a_chapter(dlgrade, tmp_path):
    """--html without a chapter, and a file that cannot be written, are refused in words."""
    assert dlgrade("list", "--html", tmp_path / "page.html").returncode == 2
    refused = dlgrade("list", "ch28", "--html", tmp_path / "missing" / "page.html")
    assert (refused.returncode, "page.html" in refused.stderr) == (2, True)


@pytest.mark.parametrize("chapter", ["ch09", "ch28", "ch67", "ch72"])
def test_points(chapter):
    """The points that are read from a suite's code are those of the checks that it declares, in base classes, too."""
    suites = HERE.suites(HERE.chapter(chapter))
    suite = Suite.collect(suites)
    declared = sum(check.points for check in suite.declared)
    suite.close()
    assert sum(check.points for check in listed_checks(suites)) == declared


def test_browser(show):
    """Formulas are typeset, the page fits a phone in both languages, and links lead to the book."""
    for lang, words in (("en-US", "points"), ("zh-CN", "分")):
        driver = show(chapter_page(chapter_facts(HERE, CH28, {"batch_norm": 2})), width=360, lang=lang)
        assert words in driver.find_element("css selector", ".eyebrow").text
        formulas = driver.find_elements("css selector", ".formula math")
        assert len(formulas) == len([exercise for exercise in CH28.exercises if exercise.formula])
        assert all(formula.size["height"] > 20 for formula in formulas)
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 360
        links = [link.get_attribute("href") for link in driver.find_elements("css selector", "dd a")]
        assert links == [f"https://zh.d2l.ai/{section}.html" for section in CH28.sections]


WITH_FIGURES = [chapter for chapter in HERE.chapters if figures(chapter)]
SHAPES = """
const shapes = [...document.querySelectorAll("figure svg > :not(style)")];
return shapes.map(shape => {
  const inner = shape.getBoundingClientRect(), outer = shape.closest("svg").getBoundingClientRect();
  const inside = inner.left >= outer.left - 1 && inner.right <= outer.right + 1
    && inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
  return [shape.outerHTML, inside, shape.tagName == "text" ? inner.height : null];
})"""


@pytest.mark.parametrize("chapter", WITH_FIGURES, ids=lambda chapter: chapter.id)
def test_figures(show, chapter):
    """A figure fits a phone: the page does not scroll sideways, nothing is cut off, and its words can be read."""
    driver = show(chapter_page(chapter_facts(HERE, chapter, {})), width=360)
    shown = driver.find_elements("css selector", "figure figcaption")
    assert [caption.text for caption in shown] == [figure.caption.en for figure in figures(chapter)]
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 360
    shapes = driver.execute_script(SHAPES)
    assert [shape for shape, inside, _ in shapes if not inside] == []
    assert min(height for _, _, height in shapes if height is not None) > 10


def test_figures_in_the_dark(show):
    """A figure on a dark page is dark, and its words are light."""
    brightness = {}
    for scheme in ("light", "dark"):
        driver = show(chapter_page(chapter_facts(HERE, WITH_FIGURES[0], {})), prefers_color_scheme=scheme)
        for shape in ("rect", "text"):
            fill = driver.find_element("css selector", f"figure svg {shape}").value_of_css_property("fill")
            brightness[scheme, shape] = sum(map(int, re.findall(r"\d+", fill)[:3]))
    assert brightness["light", "rect"] > 600 > 200 > brightness["light", "text"]
    assert brightness["dark", "rect"] < 200 < 600 < brightness["dark", "text"]


def test_hidden_checks(dlgrade, small, tmp_path):
    """Hidden checks count in the points of a page, and their titles do not stand in it."""
    hidden = (
        small.suite.read_text(encoding="utf-8").replace("ordinary", "hidden").replace("Doubles", "Secretly doubles")
    )
    (small.solution / "test_hidden.py").write_text(hidden, encoding="utf-8")
    assert dlgrade("list", "ch90", "--html", tmp_path / "page.html").returncode == 0
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ("2 points" in page, "Doubles every" in page, "Secretly" in page) == (True, True, False)


@pytest.mark.parametrize("fault", ["formula", "suite", "syntax"])
def test_a_fault_of_the_course_is_named(dlgrade, small, tmp_path, fault):
    """A formula that is no LaTeX, and a suite that is missing or broken, end the page with one sentence."""
    if fault == "formula":
        small.edit(small.chapter_file, "  - name: twice\n", "  - name: twice\n    formula: 'x^'\n")
    elif fault == "suite":
        small.suite.unlink()
    else:
        small.suite.write_text("def broken(:\n", encoding="utf-8")
    shown = dlgrade("list", "ch90", "--html", tmp_path / "page.html")
    assert (shown.returncode, "Traceback" in shown.stderr, shown.stderr.count("\n")) == (3, False, 1), shown.stderr
    assert ("twice: formula" if fault == "formula" else small.suite.name) in shown.stderr


def test_nothing_is_lost_between_lines():
    """Lines have all words of a text, each separated as before, whatever its blanks, marks and long words."""
    chance = random.Random(0)
    for _ in range(3000):
        text = "".join(chance.choices("ab cd.（，。「」）汉字nn.Batch…x  ", k=chance.randint(0, 60)))
        lines = in_lines(text, width := chance.randint(2, 40))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(cell_len(line) <= width for line in lines)
    assert in_lines("  " + "a" * 9, 10) == ["a" * 9]
    assert in_lines("aaaaaaaaa  b c", 10) == ["aaaaaaaaa", "b c"]


def test_lines():
    """Lines of Chinese break between characters, never inside a word of code or before a closing mark."""
    text = "请从零实现，不得使用现成的规范化（nn.BatchNorm2d、F.group_norm 等），也不要用 torch.nn.functional。"
    for width in range(26, 90):
        lines = in_lines(text, width)
        assert max(map(cell_len, lines)) <= width
        assert not any(line[0] in CLOSING for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for word in ("nn.BatchNorm2d", "F.group_norm", "torch.nn.functional"):
            assert any(word in line for line in lines), (width, lines)
