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
    """The starter code of this course is what its references give."""
    result = dlgrade("stubs", "--check")
    assert result.returncode == 0, result.stderr
