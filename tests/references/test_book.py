"""The book's own code earns full points: it is read from d2l's wheel, and no line of it is in this repository.

`D2L_WHEEL` names the wheel: `pip download d2l==0.17.6 --no-deps`. Without it the tests are skipped, except in CI.
"""

import ast
import os
import zipfile

import pytest

from dlgrade import course
from dlgrade.course import references
from dlgrade.course.definitions import bound, reached, statements
from dlgrade.options import RunOptions
from dlgrade.submission import Submission

WHEEL = os.environ.get("D2L_WHEEL")
# Points that the book's code rightly loses: a check, and the fault of the book that it finds.
FAULTS: dict[str, str] = {}
# Exercises that share only a name with the wheel: the book's notebook of ch40 has an evaluate_loss of its own.
NAMESAKES = {("ch40", "evaluate_loss")}


class Resolved(ast.NodeTransformer):
    """`d2l.f` becomes `f`: the book's chapters reach each other's code by that name."""

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "d2l":
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        return node


def read_book():
    """The statements of d2l's module for torch."""
    with zipfile.ZipFile(WHEEL) as archive:
        tree = ast.parse(archive.read("d2l/torch.py"))
    return statements(ast.unparse(Resolved().visit(tree)))


BOOK = read_book() if WHEEL else []
DEFINED = {
    name for name, statement in bound(BOOK).items() if isinstance(statement.node, (ast.FunctionDef, ast.ClassDef))
}


def shared(chapter):
    """The exercises of the chapter that the book defines."""
    names = [exercise.name for exercise in chapter.exercises if exercise.name in DEFINED]
    return [name for name in names if (chapter.id, name) not in NAMESAKES]


def in_the_books_way(right, wanted):
    """The source of a right answer with the book's definitions of some exercises, and of all that they need."""
    own = frozenset(bound(statements(right))) - {*wanted}
    needed = [ast.unparse(statement.node) for statement in reached(BOOK, wanted, besides=own)]
    return references.overlaid(right, "\n\n\n".join(needed) + "\n")


def test_the_wheel_is_there():
    """CI has the wheel, so that nobody takes skipped tests for passed ones."""
    if not WHEEL:
        assert "CI" not in os.environ, "D2L_WHEEL has to name d2l's wheel"
        pytest.skip("D2L_WHEEL names no wheel: pip download d2l==0.17.6 --no-deps")
    assert len(DEFINED) > 100


CHAPTERS = [chapter for chapter in course.load().chapters if shared(chapter)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.id)
def test_the_books_code_earns_full_points(judge, chapter):
    """The book's definitions lose no points, except for the faults that are listed with their reasons.

    Bonus checks do not count. Checks that train are left out: they take minutes.
    """
    wanted = shared(chapter)
    source = in_the_books_way(references.source(judge.course, chapter), wanted)
    report = judge.grade(chapter, Submission.from_source(source, f"{chapter.stem}.py"), RunOptions(training="never"))
    lost = {
        check.id: check.message.en for check in report.checks if check.points and not check.passed and not check.needs
    }
    assert lost.keys() == {check for check in FAULTS if check.partition(".")[0] in wanted}, lost
