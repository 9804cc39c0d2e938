"""References: wrong lines beside right ones, code that another chapter gives, and overlays."""

import ast
import builtins
import symtable

import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.course.starter_code import starter_code
from dlgrade.errors import CourseError

RIGHT = '''\
import math

SCALE = 2


def area(r):
    """The area of a circle."""
    # BEGIN SOLUTION
    if r < 0:
        raise ValueError(
            "negative",
        )
    return SCALE / 2 * math.pi * r**2
    # END SOLUTION
'''
FOR_STUDENTS = {"nn", "copy"}  # modules that only a student may need: ch33 and ch75 import them in the starter code
# By name: the lines that come below a right line, and the right lines and what stands there instead.
WRONG = {
    "a-line": (
        "    return SCALE / 2 * math.pi * r**2\n",
        "    # WRONG a-line: return 2 * math.pi * r\n",
        ("    return SCALE / 2 * math.pi * r**2\n", "    return 2 * math.pi * r\n"),
    ),
    "a-line-of-several": (
        '            "negative",\n        )\n',
        "        # WRONG a-line-of-several: return 0\n",
        ('        raise ValueError(\n            "negative",\n        )\n', "        return 0\n"),
    ),
    "a-block-for-two": (
        '            "negative",\n        )\n',
        "    # WRONG a-block-for-two, 2 lines:\n    #     if r <= 0:\n    #         r = -r\n",
        (
            '    if r < 0:\n        raise ValueError(\n            "negative",\n        )\n',
            "    if r <= 0:\n        r = -r\n",
        ),
    ),
    "a-head": ("    if r < 0:\n", "        # WRONG a-head: if r <= 0:\n", ("    if r < 0:\n", "    if r <= 0:\n")),
    "nothing": ("SCALE = 2\n", "# WRONG nothing:\n", ("SCALE = 2\n", "")),
}


@pytest.fixture
def write(tmp_path):
    """write(ch01=source, ...): the references of a course; its chapters by id."""

    def write(**sources):
        folder = tmp_path / "course"
        stems = "\n".join(f"      - {name}_x" for name in sources)
        contents = "format_version: 2\ntitle: {en: a, zh: 甲}\nparts:\n  - id: p\n    title: {en: a, zh: 甲}\n"
        files = {"exercises/course.yaml": f"{contents}    chapters:\n{stems}\n"}
        for name, source in sources.items():
            files[f"exercises/{name}_x/chapter.yaml"] = "title: {en: a, zh: 甲}\nexercises: []\n"
            files[f"solutions/{name}_x/reference.py"] = source
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        return course.Course(folder)

    return write


def read(here, name):
    return references.read(here, here.chapter(name))


@pytest.mark.parametrize("name", WRONG)
def test_wrong_lines(name, write):
    """Wrong lines take the place of the logical lines above them, and are in no right source."""
    right = RIGHT
    for below, comment, _ in WRONG.values():
        right = right.replace(below, below + comment)
    reference = read(write(ch01=right), "ch01")
    before, after = WRONG[name][2]
    assert reference.source == RIGHT
    assert reference.with_misconceptions(name) == RIGHT.replace(before, after)
    assert reference.annotated.source.splitlines()[-1] == right.splitlines()[reference.annotated.numbers[-1] - 1]
    assert "area" in reference.affected_by(name)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("import math\n", "import math\n# WRONG w, 2 lines:\n#     pass\n", ":2: `# WRONG w` has too few lines above"),
        ('"negative",\n', '"negative",\n# WRONG w: pass\n', "is inside a statement"),
        ("SCALE = 2\n", "SCALE = 2\n# WRONG w: SCALE = = 3\n", "misconception w: its lines leave no valid Python"),
        ("", "", "there is no `# WRONG w: ...`"),
    ],
    ids=["first-line", "inside", "syntax", "none"],
)
def test_faulty_wrong_lines(old, new, problem, write):
    """A fault of wrong lines is an error that names the place."""
    reference = read(write(ch01=RIGHT.replace(old, new, 1)), "ch01")
    with pytest.raises(CourseError) as caught:
        reference.check_misconception("w")
    assert problem in caught.value.text.en


GIVES = f'''\
"""Gives."""

import math

# BEGIN SOLUTION
def _half(x):
    return x / 2


# END SOLUTION
{RIGHT.partition("import math")[2]}

class Circle:
    """A circle
    around the origin.

    The exercise asks for its `area`.
    """

    def area(self, r):
        # BEGIN SOLUTION
        return area(_half(r))
        # WRONG whole: return area(r)
        # END SOLUTION
'''
TAKES = '''\
"""Takes."""

import math

SCALE = 3

# GIVEN ch01: Circle


def use(r):
    """An exercise."""
    # BEGIN SOLUTION
    return Circle().area(r) + math.pi
    # WRONG use-less: return Circle().area(r)
    # END SOLUTION
'''


def test_given_code(write):
    """Given code comes with all that it needs and is not bound yet; starter code has it whole, and marked."""
    reference = read(write(ch01=GIVES, ch02=TAKES), "ch02")
    names: dict = {}
    exec(reference.source, names)
    starter = starter_code(reference.source)
    assert names["use"](4) == pytest.approx(3 / 2 * 3.141592653589793 * 4 + 3.141592653589793)
    assert reference.source.count("SCALE = ") == 1
    assert "return area(_half(r))" in starter
    assert "Circle().area(r)" not in starter
    assert starter.index("# Given, not an exercise.") < starter.index("def _half")
    assert '"""A circle\n    around the origin."""\n\n    def area' in starter
    assert "SOLUTION" not in starter
    assert "return area(_half(r))" in reference.with_misconceptions("use-less")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("import math\n", "", "the given code needs `import math`; import it in this reference"),
        ("ch01: Circle", "ch01: Square", "Square is not in"),
        ("ch01: Circle", "ch01: SCALE", "SCALE is defined here, too"),
        ("ch01: Circle", "ch02: Circle", "ch02 and ch02 give each other code"),
        ("ch01: Circle", "ch09: Circle", "there is no chapter ch09"),
    ],
    ids=["import", "missing", "twice", "itself", "no-chapter"],
)
def test_faulty_given_code(old, new, problem, write):
    """Code that cannot be given is an error that says why."""
    here = write(ch01=GIVES, ch02=TAKES.replace(old, new, 1))
    with pytest.raises(CourseError) as caught:
        read(here, "ch02")
    assert problem in caught.value.text.en


def test_overlay():
    """An overlay replaces definitions in their place; its imports and helpers come before."""
    overlay = (
        "import torch\n\n\ndef _square(x):\n    return torch.tensor(x) ** 2\n\n\n"
        "def area(r):\n    return SCALE / 2 * math.pi * float(_square(r))\n"
    )
    source = references.overlaid(GIVES, overlay)
    names: dict = {}
    exec(source, names)
    assert source.count("def area(r)") == 1
    assert (
        source.index("import torch") < source.index("def _square") < source.index("def area") < source.index("class C")
    )
    assert names["Circle"]().area(4) == pytest.approx(4 * 3.141592653589793)


def undefined(source):
    """The names that a module reads and neither binds nor finds among the builtins."""
    tables, names = [symtable.symtable(source, "reference.py", "exec")], set()
    bound = {symbol.get_name() for symbol in tables[0].get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    for table in tables:
        tables += table.get_children()
        symbols = [symbol for symbol in table.get_symbols() if symbol.is_referenced()]
        names |= {symbol.get_name() for symbol in symbols if symbol.is_global() or table is tables[0]}
    return names - bound - set(dir(builtins))


def unused_imports(source):
    """The names that a module imports and does not read."""
    tree = ast.parse(source)
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imports = [node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {alias.asname or alias.name.partition(".")[0] for node in imports for alias in node.names}
    return names - read - {"annotations"}


@pytest.mark.parametrize("chapter", course.load().chapters, ids=lambda chapter: chapter.id)
def test_assembled_sources(chapter):
    """References with given code, and alternates on references, define all names that they read."""
    here = course.load()
    reference = references.source(here, chapter)
    assert (undefined(reference), unused_imports(reference) - FOR_STUDENTS) == (set(), set())
    for name, alternate in references.alternates(here, chapter).items():
        assert undefined(alternate) == set(), name


def test_undefined_names_are_found():
    """A module lacks a helper, reads a name in a nested function, and does not use an import."""
    source = "import os\nfrom math import pi\n\ndef f(x):\n    return [g(x, y) for y in pi]\n\nZ = len(h)\n"
    assert (undefined(source), unused_imports(source)) == ({"g", "h"}, {"os"})
