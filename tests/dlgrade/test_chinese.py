"""Starter code in Chinese, and the holes that keep it in step with the English."""

import ast
import json

import msgspec
import pytest

from dlgrade import course
from dlgrade.audit.translations import translation_holes
from dlgrade.course import chinese, starter_code
from dlgrade.course.new_chapter import write_chapter

HERE = course.load()
CH28 = HERE.chapter("ch28")
GIVEN = '''"""ch91 Four times."""

from torch import Tensor

# GIVEN ch90: twice


def four_times(X):
    """Return four times the input."""
    # BEGIN SOLUTION
    return twice(twice(X))
    # END SOLUTION
'''


def code_of(source):
    """The code without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
            node.body[0].value.value = ""
    return ast.unparse(tree)


def test_start(dlgrade, tmp_path):
    """`start` writes the statements in the language that is asked for; the code is the same, and so is the check."""
    for lang in ("en", "zh"):
        folder = tmp_path / lang
        folder.mkdir()
        assert dlgrade("start", "ch28", "--lang", lang, cwd=folder).returncode == 0
    english, chinese_code = ((tmp_path / lang / f"{CH28.stem}.py").read_text(encoding="utf-8") for lang in ("en", "zh"))
    assert "# write your code here" in english
    assert "# 在这里写代码" in chinese_code
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english)
    functions = {node.name: node for node in ast.parse(chinese_code).body if isinstance(node, ast.FunctionDef)}
    assert "不得使用现成的规范化" in ast.get_docstring(functions["batch_norm"])
    assert code_of(english) == code_of(chinese_code)


def test_forbidden_operations():
    """The Chinese rule has a space before Latin letters, and names several families one after another."""

    def said(chapter, exercise):
        return starter_code.rule(HERE, HERE.chapter(chapter).exercise(exercise)).zh

    assert said("ch16", "MySequential") == "请从零实现，不得使用 nn.Sequential。"
    assert said("ch04", "broadcast_shape").endswith(" 等），也不得使用 torch 张量或 numpy 数组。")


def test_notebook(dlgrade, tmp_path):
    """A Chinese notebook has Chinese statements, with headings in bold."""
    assert dlgrade("start", "ch28", "--notebook", "--lang", "zh", cwd=tmp_path).returncode == 0
    cells = json.loads((tmp_path / f"{CH28.stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    task = next(cell["source"] for cell in cells if "`layer_norm`" in "".join(cell["source"]))
    words = "".join(task)
    assert "**参数：**" in words
    assert "Args" not in words


def test_given_code(small):
    """Given code has the first paragraph of the Chinese docstring of its home."""
    write_chapter(course.load(), "ch91", "fourfold", exercises=["four_times"])
    here = course.Course(small.folder)
    later = here.chapter("ch91")
    here.reference(later).write_text(GIVEN, encoding="utf-8")
    starter = chinese.in_chinese(here, later, chinese.starter_code(chinese.references.source(here, later)))
    assert '    """返回输入的两倍。"""' in starter
    assert "# 给定的代码，不是练习。" in starter


@pytest.fixture
def holes(small):
    """holes(old, new): the words of the holes after a change of zh.yaml."""

    def holes(old="", new=""):
        here = course.Course(small.folder)
        chapter = here.chapter("ch90")
        small.edit(here.chinese_file(chapter), old, new)
        return [hole.text for hole in translation_holes(here, chapter)]

    return holes


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("", "", ""),
        ("    chinese: |-\n      返回输入的两倍。", "    chinese: |-\n      待译", "is not translated"),
        ("参数：", "输入：", "other sections"),
        ("X: (n, d)", "Y: (n, d)", "lists Y in its sections; the English has X"),
        ("(n, d)，数据", "(n, m)，数据", "has the shapes (n,m)"),
        ("返回输入的两倍", "返回输入的 7 倍", "has the numbers 7"),
        ("返回输入的两倍", "返回 `twice` 的两倍", "has the code words twice"),
        ("返回输入的两倍", "返回 input 的两倍", ""),
        ("返回输入的两倍", "返回 tensor 的两倍", "has the words tensor"),
        ("  twice:", "  thrice:", "only one of zh.yaml and the reference has"),
        ("返回输入的两倍。", f"返回输入的两倍。{'长' * 60}", "more than 116 columns"),
    ],
)
def test_differences(holes, old, new, words):
    """The audit names each difference between the Chinese and the English; equal content is no hole."""
    found = holes(old, new)
    assert (words in " ".join(found)) if words else not found


@pytest.mark.parametrize("words", ['一个 """ 三引号', '以引号结尾 "', "反斜杠 \\n 与 \\d"])
def test_signs_of_python(small, words):
    """Quotes and backslashes of a Chinese text reach the starter code's docstring unchanged."""
    here = course.Course(small.folder)
    chapter = here.chapter("ch90")
    entry = chinese.Docstring("", words)
    here.chinese_file(chapter).write_bytes(msgspec.yaml.encode(chinese.Chinese({"twice": entry})))
    code = chinese.in_chinese(here, chapter, here.starter(chapter).read_text(encoding="utf-8"))
    assert chinese.docstrings(code)["twice"].text.rstrip() == words


def test_missing(small):
    """A chapter without zh.yaml is a hole."""
    here = course.Course(small.folder)
    here.chinese_file(here.chapter("ch90")).unlink()
    assert [hole.text for hole in translation_holes(here, here.chapter("ch90"))] == [
        "is missing; run `dlgrade translate`."
    ]


def test_stale(dlgrade, small):
    """A change of the English makes the Chinese stale, until `dlgrade translate --done`."""
    here = course.Course(small.folder)
    small.edit(small.reference, "(n, d), of X's dtype", "(n, d), of X's dtype, on its device")
    (hole,) = translation_holes(here, here.chapter("ch90"))
    assert "has changed in English" in hole.text
    listed = dlgrade("translate", "ch90")
    assert (listed.returncode, "zh.yaml: twice" in listed.stdout) == (1, True)
    assert dlgrade("translate", "ch90", "--done").returncode == 0
    assert list(translation_holes(here, here.chapter("ch90"))) == []
