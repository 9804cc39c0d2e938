"""A small course on disk, for the tests of the audit."""

import pytest

from dlgrade.course import Course, chinese, load
from dlgrade.course.new_chapter import PLACEHOLDERS, write_chapter

OWN_WORDS = [
    "两倍", "How often?", "几倍？", "Return twice the input, entry by entry", "Doubles every entry.",
    "每个元素都加倍。", "By which number do you divide?", "你除以了哪个数？", "# a sum", "# a list", "X + X",
]  # fmt: skip

CHINESE = """\
docstrings:
  __doc__: {english: "", chinese: ch90 两倍。}
  twice:
    english: ""
    chinese: |
      返回输入的两倍。

      参数：
          X: (n, d)。

      返回：
          (n, d)，数据类型与 X 相同。
"""
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
        texts = folder / "exercises" / "ch90_twice" / "zh.yaml"
        texts.write_text(CHINESE, encoding="utf-8")
        here = Course(folder)
        assert chinese.update(here, here.chapter("ch90"), done=True) == []

    def edit(self, path, old, new):
        words = path.read_text(encoding="utf-8")
        assert old in words
        path.write_text(words.replace(old, new), encoding="utf-8")

    def add_check(self, call):
        with self.suite.open("a", encoding="utf-8") as file:
            file.write(SECOND_CHECK.format(call=call))

    def list_exercise(self):
        """List a second exercise, `thrice`, which has no code."""
        entry = "  - name: thrice\n    title: {en: Thrice, zh: 三倍}\n    hints: [{en: Three times, zh: 三倍}]\n"
        self.edit(self.chapter_file, "exercises:\n", f"exercises:\n{entry}")

    def add_exercise(self):
        """List the second exercise, and write its reference."""
        self.list_exercise()
        with self.reference.open("a", encoding="utf-8") as file:
            file.write("\n\ndef thrice(X):\n    # BEGIN SOLUTION\n    return 3 * X\n    # END SOLUTION\n")


@pytest.fixture
def small(empty_course):
    write_chapter(load(), "ch90", "twice")
    return SmallCourse(empty_course)
