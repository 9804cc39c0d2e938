"""The course's own files are strict, and chapters are found by any of their names."""

import pytest
import yaml

from dlgrade import course
from dlgrade.errors import NoSuchChapter

CHAPTER = "ch01_doubling/chapter.yaml"
FAULTS = {
    "unknown-key": ("course.yaml", "  - id: basics\n", "  - id: basics\n    colour: red\n", "colour"),
    "missing-key": ("course.yaml", "  - id: basics\n    title", "  - title", "id"),
    "format-version": ("course.yaml", "format_version: 2", "format_version: 1", "format_version 1"),
    "wrong-type": ("course.yaml", "format_version: 2", "format_version: two", "format_version"),
    "not-yaml": ("course.yaml", "chapters:", "chapters: [", "line"),
    "no-folder-name": ("course.yaml", "- ch01_doubling", "- Doubling", "'Doubling' is not chNN_short_name"),
    "no-chapter": ("course.yaml", "- ch01_doubling", "- ch02_halving", "ch02_halving/chapter.yaml"),
    "same-chapter-twice": ("course.yaml", "- ch01_doubling", "- ch01_doubling\n      - ch01_x", "ch01 comes twice"),
    "unknown-chapter-key": (CHAPTER, "exercises:", "colour: red\nexercises:", "colour"),
    "unknown-exercise-key": (CHAPTER, "  - name: double\n", "  - name: double\n    colour: red\n", "colour"),
    "missing-translation": (CHAPTER, "title: {en: Doubling, zh: 加倍}", "title: {en: Doubling}", "zh"),
    "unknown-chapter": (CHAPTER, "exercises:", "after: [ch00]\nexercises:", "after: no chapter 'ch00'"),
    "same-exercise-twice": (
        CHAPTER,
        "  - name",
        "  - name: double\n    title: {en: x, zh: x}\n  - name",
        "comes twice",
    ),
}


@pytest.mark.parametrize(("file", "line", "instead", "named"), FAULTS.values(), ids=FAULTS)
def test_faulty_contents(file, line, instead, named, dlgrade, tiny_course):
    """A fault in such a file is the course's: exit code 3, and one sentence that names the file and the fault."""
    contents = tiny_course / "exercises" / file
    before = contents.read_text(encoding="utf-8")
    assert line in before
    contents.write_text(before.replace(line, instead), encoding="utf-8")
    result = dlgrade("list", DLGRADE_COURSE=str(tiny_course))
    assert (result.returncode, result.stdout) == (3, "")
    assert str(tiny_course / "exercises") in result.stderr
    assert named in result.stderr
    assert "Traceback" not in result.stderr


def test_course_somewhere_else(dlgrade, tiny_course):
    """DLGRADE_COURSE chooses the course, also by a path that is relative to the current folder."""
    for place in (str(tiny_course), tiny_course.name):
        result = dlgrade("list", cwd=tiny_course.parent, DLGRADE_COURSE=place)
        assert result.returncode == 0
        assert "Doubling · 加倍" in result.stdout


def test_course_that_is_not_there(dlgrade, tmp_path):
    """DLGRADE_COURSE pointing nowhere ends with exit code 3 and names what was looked for."""
    result = dlgrade("check", "ch28", DLGRADE_COURSE=str(tmp_path / "nowhere"))
    assert result.returncode == 3
    assert "nowhere" in result.stderr
    assert "exercises/course.yaml" in result.stderr


def test_course_without_solutions(dlgrade, tiny_course):
    """A course that was published without its solutions says that it cannot judge."""
    (tiny_course / "solutions" / "ch01_doubling" / "reference.py").unlink()
    result = dlgrade("stubs", "--check", DLGRADE_COURSE=str(tiny_course))
    assert result.returncode == 3
    assert "reference.py is missing" in result.stderr


@pytest.mark.parametrize("name", ["ch01", "CH01", " ch01 ", "1", "01", "doubling", "ch01_doubling"])
def test_chapter_is_found(name, tiny_course):
    """A chapter is found by its id, its number, its slug and the name of its file."""
    assert course.Course(tiny_course).chapter(name).stem == "ch01_doubling"


@pytest.mark.parametrize(
    ("name", "guess"), [("ch10", "ch01"), ("dubling", "doubling"), ("ch01_double", "ch01_doubling"), ("xyz", None)]
)
def test_nearest_chapter(name, guess, tiny_course):
    """An unknown chapter is an error that suggests the nearest name, where one is near."""
    with pytest.raises(NoSuchChapter) as caught:
        course.Course(tiny_course).chapter(name)
    for words, question in (
        (caught.value.text.en, f"Did you mean {guess}?"),
        (caught.value.text.zh, f"是否指 {guess}？"),
    ):
        assert repr(name) in words
        assert (question in words) == (guess is not None)
        assert "`dlgrade list`" in words


def test_plain_yaml():
    """All YAML of the course is read the same by PyYAML's own parser: not every machine has libyaml."""
    folder = course.load().folder
    for path in sorted([*folder.glob("exercises/**/*.yaml"), *folder.glob("solutions/**/*.yaml")]):
        text = path.read_text(encoding="utf-8")
        assert yaml.load(text, Loader=yaml.SafeLoader) == yaml.load(text, Loader=yaml.CSafeLoader), path
