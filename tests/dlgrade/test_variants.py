"""A known-wrong variant is the reference with each change made exactly once."""

import pytest

from dlgrade.course import Change, Misconception
from dlgrade.course.misconceptions import changed
from dlgrade.errors import CourseError
from dlgrade.text import same

REFERENCE = "def f(x):\n    y = x + 1\n    return y + 1\n"


def misconception(*changes):
    return Misconception(
        id="off-by-one",
        exercise="f",
        change=tuple(Change(replace=old, with_=new) for old, new in changes),
        caught_by=("f.value",),
        hint=same("Count again."),
    )


def test_changes_are_made_in_order():
    """Each change applies to what the one before it left."""
    entry = misconception(("x + 1", "x + 2"), ("x + 2\n", "x + 3\n"))
    assert changed(REFERENCE, entry, "course.yaml") == REFERENCE.replace("x + 1", "x + 3")


@pytest.mark.parametrize(
    ("old", "count"),
    [("x - 1", 0), ("+ 1", 2), ("\n", 3), ("", len(REFERENCE) + 1)],
    ids=["none", "two", "line", "empty"],
)
def test_change_that_does_not_match_once(old, count):
    """A change that matches never or more than once is an error that names the misconception and the count."""
    with pytest.raises(CourseError) as caught:
        changed(REFERENCE, misconception((old, "x")), "misconceptions.yaml")
    for words in (caught.value.text.en, caught.value.text.zh):
        assert "misconceptions.yaml" in words
        assert "off-by-one" in words
        assert str(count) in words
