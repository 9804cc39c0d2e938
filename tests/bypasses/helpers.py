"""Print every helper of the module d2l that answers an exercise of a later chapter under another name.

    python tests/bypasses/helpers.py [CHAPTER ...]

Each submission is the reference, in which a helper that takes as many arguments takes the place of an exercise. Helpers
that earn MOST of its points or more belong into a `# NOT chNN` comment of exercises/d2l.py. The exit code is 1 if there
are any.
"""

import ast
import sys

from dlgrade import course
from dlgrade.course.book_module import BookModule
from dlgrade.judge.session import Judge
from dlgrade.options import RunOptions
from dlgrade.submission import Submission

MOST = 0.3
DEFINITION = (ast.FunctionDef, ast.ClassDef)


def definitions(source):
    return {node.name: node for node in ast.parse(source).body if isinstance(node, DEFINITION)}


def arguments(node):
    """How many arguments a definition takes, at least and at most; None for a class without __init__."""
    functions = (
        [node] if isinstance(node, ast.FunctionDef) else [p for p in node.body if isinstance(p, ast.FunctionDef)]
    )
    called = [function for function in functions if function is node or function.name == "__init__"]
    if not called:
        return None
    own = called[0].args
    most = len(own.args) - isinstance(node, ast.ClassDef)
    return most - len(own.defaults), float("inf") if own.vararg else most


def fits(helper, exercise):
    if type(helper) is not type(exercise):
        return False
    given, wanted = arguments(helper), arguments(exercise)
    return not given or not wanted or (given[0] <= wanted[1] and wanted[0] <= given[1])


def answers(judge, chapter):
    """Yield each exercise with a helper that earns points in its place, and the share of them."""
    helpers = {}
    for path, code in BookModule(judge.course, chapter).files().items():
        helpers |= {name: node for name, node in definitions(code).items() if path != "d2l/torch.py"}
    reference = judge.content(chapter).reference.source
    for name, exercise in definitions(reference).items():
        if name not in [known.name for known in chapter.exercises]:
            continue
        for helper in (helper for helper, node in helpers.items() if fits(node, exercise)):
            source = f"{reference}\n\nfrom d2l import torch as _d2l\n{name} = _d2l.{helper}\n"
            hand_in = Submission.from_source(source, f"{chapter.stem}.py")
            checks = judge.grade(chapter, hand_in, RunOptions(keyword=name, training="never")).checks
            checks = [check for check in checks if check.exercise == name]
            yield name, helper, sum(check.earned for check in checks) / sum(check.points for check in checks)


def main(chosen):
    found = 0
    with Judge(course.load()) as judge:
        for chapter in judge.course.chapters:
            for exercise, helper, share in answers(judge, chapter) if not chosen or chapter.id in chosen else ():
                if share >= MOST:
                    found += 1
                    print(f"{chapter.id}.{exercise}: d2l.{helper} earns {100 * share:.0f} %", flush=True)
    print(f"{found} helpers answer an exercise")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
