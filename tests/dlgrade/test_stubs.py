"""Starter code is generated from the references, and a reference that marks its answers wrongly is an error."""

import pytest

from dlgrade.course.starter_code import starter_code
from dlgrade.errors import CourseError

BLANK = "raise NotImplementedError  # write your code here"

FAULTS = {
    "begin-without-end": ("def f():\n    # BEGIN SOLUTION\n    return 1\n", "mine.py:2: # BEGIN SOLUTION without its"),
    "stray-end": ("def f():\n    return 1\n    # END SOLUTION\n", "mine.py:3: # END SOLUTION without a"),
    "nested": (
        "def f():\n    # BEGIN SOLUTION\n    x = 1\n    # BEGIN SOLUTION\n    # END SOLUTION\n    # END SOLUTION\n",
        "mine.py:4: # BEGIN SOLUTION inside the region that line 2 opens",
    ),
    "broken": (
        "def f():\n# BEGIN SOLUTION\n    return 1\n# END SOLUTION\n",
        "mine.py:2: the starter code",
    ),
}


@pytest.mark.parametrize(("reference", "message"), FAULTS.values(), ids=FAULTS)
def test_wrong_markers(reference, message):
    """Markers that do not pair are an error that names the file and the line."""
    with pytest.raises(CourseError) as caught:
        starter_code(reference, "mine.py")
    assert caught.value.text.en.startswith(message)
    assert caught.value.exit_code == 3


def test_body():
    """An answer inside a function gives way to NotImplementedError; what stands around it stays."""
    reference = (
        "import math\n\n\nclass Layer:\n    def __init__(self):\n        super().__init__()\n"
        "        # BEGIN SOLUTION\n        self.x = math.pi\n        # END SOLUTION\n"
    )
    assert starter_code(reference) == (
        f"import math\n\n\nclass Layer:\n    def __init__(self):\n        super().__init__()\n        {BLANK}\n"
    )


def test_top_level_region():
    """A helper or an import that only the answer needs vanishes, and leaves two empty lines at most."""
    reference = (
        "import torch\n# BEGIN SOLUTION\nimport math\n# END SOLUTION\n\n\n"
        "# BEGIN SOLUTION\ndef _helper():\n    return math.pi\n\n\n# END SOLUTION\n\n\n"
        "def f():\n    # BEGIN SOLUTION\n    return _helper()\n    # END SOLUTION\n"
    )
    assert starter_code(reference) == f"import torch\n\n\ndef f():\n    {BLANK}\n"


def test_region_in_a_class_body():
    """A method that only the answer needs vanishes, too: the starter code can still be imported."""
    code = starter_code(
        "class Layer:\n    size = 3\n\n"
        "    # BEGIN SOLUTION\n    def _helper(self):\n        return 1\n    # END SOLUTION\n"
    )
    assert "_helper" not in code
    exec(code, {})


def test_stale_starter_code(dlgrade, tiny_course):
    """`stubs --check` changes nothing and exits with 1 when starter code is stale; `stubs` brings it up to date."""
    starter = tiny_course / "exercises" / "ch01_doubling" / "ch01_doubling.py"
    fresh = starter.read_text(encoding="utf-8")

    def stubs(*arguments):
        return dlgrade("stubs", *arguments, DLGRADE_COURSE=str(tiny_course))

    assert stubs("--check").returncode == 0
    starter.write_text(fresh.replace("Twice", "Thrice"), encoding="utf-8")
    result = stubs("--check")
    assert result.returncode == 1
    assert str(starter) in result.stderr
    assert "Thrice" in starter.read_text(encoding="utf-8")
    assert str(starter) in stubs().stdout
    assert starter.read_text(encoding="utf-8") == fresh
    assert stubs("--check").returncode == 0


FIGURES = """from dlgrade.course.drawing import Drawing


def arrow():
    drawing = Drawing(100, 40)
    drawing.line((10, 20), (90, 20), arrow=True)
    return drawing
"""
FIGURE = "    figure: {drawn_by: arrow, caption: {en: An arrow, zh: 箭头}}\n"


@pytest.fixture
def drawn(tiny_course):
    """The folder of the tiny course's chapter, whose exercise has a figure that has not been written yet."""
    folder = tiny_course / "exercises" / "ch01_doubling"
    with (folder / "chapter.yaml").open("a", encoding="utf-8") as file:
        file.write(FIGURE)
    (folder / "figures.py").write_text(FIGURES, encoding="utf-8")
    return folder


def test_stale_figure(dlgrade, drawn):
    """A figure is written when it is missing or its program draws something else, and only then."""

    def stubs(*arguments):
        return dlgrade("stubs", *arguments, DLGRADE_COURSE=str(drawn.parents[1]))

    figure = drawn / "figures" / "arrow.svg"
    missing = stubs("--check")
    assert (missing.returncode, str(figure) in missing.stderr, figure.exists()) == (1, True, False)
    assert str(figure) in stubs().stdout
    first = figure.read_text(encoding="utf-8")
    assert (stubs("--check").returncode, stubs().stdout) == (0, "")
    (drawn / "figures.py").write_text(FIGURES.replace("(90, 20)", "(80, 20)"), encoding="utf-8")
    assert stubs("--check").returncode == 1
    assert figure.read_text(encoding="utf-8") == first
    assert stubs().returncode == 0
    assert (figure.read_text(encoding="utf-8") != first, stubs("--check").returncode) == (True, 0)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Drawing(100, 40)", "Drawing(1000, 40)", "figures.py:5: ValueError: a drawing is at most 328 wide, not 1000"),
        ("return drawing", "return 1", "figures.py: no function arrow returns a Drawing"),
        ("def arrow", "def bow", "figures.py: no function arrow returns a Drawing"),
        ("def arrow()", "def arrow(", "figures.py: SyntaxError"),
    ],
)
def test_faulty_figure(dlgrade, drawn, old, new, words):
    """The command ends with exit code 3 and one line when a figure cannot be drawn."""
    (drawn / "figures.py").write_text(FIGURES.replace(old, new), encoding="utf-8")
    result = dlgrade("stubs", DLGRADE_COURSE=str(drawn.parents[1]))
    assert (result.returncode, words in result.stderr, result.stderr.count("\n")) == (3, True, 1), result.stderr


def test_missing_starter_code(dlgrade, tiny_course):
    """Starter code that is not there yet is stale, too."""
    (tiny_course / "exercises" / "ch01_doubling" / "ch01_doubling.py").unlink()
    assert dlgrade("stubs", "--check", DLGRADE_COURSE=str(tiny_course)).returncode == 1


def test_faulty_reference(dlgrade, tiny_course):
    """The command ends with exit code 3 and one line when a reference is marked wrongly."""
    reference = tiny_course / "solutions" / "ch01_doubling" / "reference.py"
    reference.write_text("# END SOLUTION\n", encoding="utf-8")
    result = dlgrade("stubs", "--check", DLGRADE_COURSE=str(tiny_course))
    assert result.returncode == 3
    assert result.stderr.startswith(f"Error: {reference}:1: # END SOLUTION")


def test_course_in_the_repository(dlgrade):
    """The starter code of this course is what its references give, and its figures are what their programs draw."""
    result = dlgrade("stubs", "--check")
    assert result.returncode == 0, result.stderr
