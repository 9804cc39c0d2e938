"""Checks a chapter's files: none stray, untranslated, unfinished or repeated; no suite that looks at the answers."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from pathlib import Path

from dlgrade.audit.equivalents import equivalents_file
from dlgrade.audit.findings import Hole, line_of
from dlgrade.audit.translations import HAN, translation_holes
from dlgrade.course import Chapter, Course, figures, new_chapter, references, starter_code
from dlgrade.course.definitions import bound, parsed
from dlgrade.errors import CourseError
from dlgrade.report.chapter_page import mathml
from dlgrade.text import Text

FEWEST_ALTERNATES = 2
SUITE_IMPORTS = {
    "__future__", "collections", "dlgrade.testing", "functools", "itertools", "math", "nltk", "numpy", "pytest",
    "random", "sacrebleu", "scipy", "torch", "torchvision", "tracemalloc", "typing",
}  # fmt: skip
Pointer = Callable[..., Hole]  # (path, text, a text in the line at fault, subject) -> hole


def strict(course: Course, chapter: Chapter) -> Iterator[Hole]:
    """The holes in a chapter's own files. Those that explain others come first.

    Raises:
        CourseError: a file has an unknown key or lacks one.
    """

    def hole(path: Path, text: str, at: str = "", subject: str = "") -> Hole:
        return Hole(chapter.id, "files", text, str(path), line_of(path, at) if at else 1, subject or path.name)

    yield from _undefined(course, chapter, hole)
    yield from _wrong_misconceptions(course, chapter, hole)
    yield from _repeated(course, chapter, hole)
    for suite in course.suites(chapter):
        yield from _wrong_imports(suite, hole)
    yield from _wrong_families(course, chapter, hole)
    if chapter in starter_code.stale(course, [chapter]):
        yield hole(course.starter(chapter), "is not what the reference gives; run `dlgrade stubs`.")
    for path in figures.stale(course, [chapter]):
        yield hole(path, "differs from the drawing of figures.py; run `dlgrade stubs`.")
    yield from _strays(course, chapter, hole)
    yield from _placeholders(course, chapter, hole)
    yield from translation_holes(course, chapter)
    yield from _translations(course, chapter, hole)
    if len(course.alternates(chapter)) < FEWEST_ALTERNATES:
        yield hole(course.reference(chapter), f"has fewer than {FEWEST_ALTERNATES} alternates; add alternates/*.py.")
    if not course.misconceptions(chapter):
        yield hole(course.reference(chapter), "has no misconceptions; write misconceptions.yaml.")
    if not course.reference_test(chapter.id).exists():
        yield hole(course.reference_test(chapter.id), "is missing; compare the reference with an independent oracle.")


def _repeated(course: Course, chapter: Chapter, hole: Pointer) -> Iterator[Hole]:
    """Holes for definitions of alternates that are those of the reference."""
    right = {
        name: _code(statement.node) for name, statement in bound(references.read(course, chapter).statements).items()
    }
    for path in course.alternates(chapter):
        for name, statement in bound(parsed(path.read_text(encoding="utf-8"), path)).items():
            if not statement.is_import and right.get(name) == _code(statement.node):
                yield hole(path, f"{name} is as in the reference; take it out.", name)


def _code(node: ast.stmt) -> str:
    """The syntax tree of a statement, without docstrings and annotations."""
    bare = copy.deepcopy(node)
    for part in ast.walk(bare):
        if isinstance(part, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(part):
            del part.body[0]
        if isinstance(part, ast.FunctionDef):
            part.returns = None
        if isinstance(part, ast.arg):
            part.annotation = None
    return ast.dump(bare)


def _undefined(course: Course, chapter: Chapter, hole: Pointer) -> Iterator[Hole]:
    """Holes for exercises that the reference does not define."""
    defined, path = bound(references.read(course, chapter).statements), course.chapter_file(chapter.stem)
    for exercise in chapter.exercises:
        if exercise.name not in defined:
            text = "is not in reference.py; define it there, or take it out of chapter.yaml."
            yield hole(path, text, f"name: {exercise.name}", exercise.name)


def _wrong_misconceptions(course: Course, chapter: Chapter, hole: Pointer) -> Iterator[Hole]:
    """Holes for misconceptions whose lines do not apply, without entry, listed twice, or under a wrong exercise."""
    path, reference = course.solution(chapter) / "misconceptions.yaml", references.read(course, chapter)
    defined = bound(reference.statements)
    names = {exercise.name for exercise in chapter.exercises}
    entries = course.misconceptions(chapter)
    ids = [entry.id for entry in entries]
    for name in dict.fromkeys(name for name in ids if ids.count(name) > 1):
        yield hole(path, "is the id of two entries; rename one.", f"id: {name}", name)
    for entry in entries:
        try:
            reference.check_misconception(entry.id)
        except CourseError as error:
            line = reference.line_of(entry.id)
            at = reference.path if line > 1 else path
            place = line if line > 1 else line_of(path, f"id: {entry.id}")
            yield Hole(chapter.id, "files", f"{error.text.en}.", str(at), place)
            continue
        problem = ""
        if entry.exercise not in names:
            problem = f"is for {entry.exercise}, which is no exercise."
        elif entry.exercise in defined and entry.exercise not in reference.affected_by(entry.id):
            problem = f"changes nothing that {entry.exercise} uses; file it under the exercise that it is about."
        elif entry.caught_by.partition(".")[0] != entry.exercise:
            problem = f"is for {entry.exercise}, and caught_by is a check of another exercise."
        if problem:
            yield hole(path, problem, f"id: {entry.id}", entry.id)
    for name in reference.misconceptions:
        if name not in ids:
            yield hole(reference.path, "has wrong lines and no entry in misconceptions.yaml.", f"WRONG {name}", name)


def _placeholders(course: Course, chapter: Chapter, hole: Pointer) -> Iterator[Hole]:
    """Holes for files that still have text from `dlgrade new`."""
    solution = course.solution(chapter)
    files = [
        course.chapter_file(chapter.stem), course.reference(chapter), solution / "misconceptions.yaml",
        *course.alternates(chapter), *course.suites(chapter), course.reference_test(chapter.id),
    ]  # fmt: skip
    for path in files:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        left = [placeholder for placeholder in new_chapter.PLACEHOLDERS if placeholder in text]
        if left:
            names = ", ".join(repr(placeholder) for placeholder in left)
            yield hole(path, f"still has text from `dlgrade new`: {names}; write your own.", left[0])


def _wrong_families(course: Course, chapter: Chapter, hole: Pointer) -> Iterator[Hole]:
    """Holes for names and operators that do not exist, in the families that the exercises forbid."""
    from dlgrade.worker.forbidden import families

    for name in dict.fromkeys(name for exercise in chapter.exercises for name in exercise.forbidden):
        family = course.families.get(name)
        for wrong in families.unresolved(family) if family else [name]:
            text = f"is not in this version of torch; correct it in the family {name}."
            yield hole(course.families_file, text, f"{name}:", wrong)
        if family and all(entry.endswith("*") for entry in family.names):
            yield hole(course.families_file, "has no whole name; add one.", f"{name}:", name)


def _strays(course: Course, chapter: Chapter, hole: Pointer) -> Iterator[Hole]:
    """Holes for files of the chapter's solution that no chapter has, and for figures that no exercise has."""
    folder = course.solution(chapter)
    known = {
        "reference.py",
        "misconceptions.yaml",
        "test_hidden.py",
        "thresholds.yaml",
        "alternates",
        equivalents_file(course, chapter).name,
    }
    for path in sorted(folder.iterdir() if folder.is_dir() else []):
        if path.name not in known and path.name != "__pycache__":
            yield hole(path, "is not a file of a chapter; take it out.")
    alternates = folder / "alternates"
    for path in sorted(alternates.iterdir() if alternates.is_dir() else []):
        if path.suffix != ".py" and path.name != "__pycache__":
            yield hole(path, "is not a Python file; take it out.")
    program, drawn = course.figure_program(chapter), figures.figures(chapter)
    files = [*course.figure_folder(chapter).glob("*"), *([program] if program.exists() else [])]
    for path in sorted(
        set(files) - {course.figure(chapter, figure) for figure in drawn} - ({program} if drawn else set())
    ):
        yield hole(path, "no exercise of chapter.yaml has this figure; take it out.")


def course_strays(course: Course) -> Iterator[Hole]:
    """Holes for files of exercises/, solutions/ and tests/ that belong to no chapter."""
    stems = set(course.stems)
    suites, (chapters, training) = {f"test_{stem}.py" for stem in stems}, course.suite_folders
    expected = {
        course.folder / "exercises": {"course.yaml", "ready_made.yaml", course.book_module.name, *stems},
        **{
            course.chapter_file(stem).parent: {"chapter.yaml", "zh.yaml", "figures.py", "figures", f"{stem}.py"}
            for stem in stems
        },
        course.folder / "solutions": stems,
        chapters: {*suites, *(path.name for suite in suites for path in chapters.glob(f"{suite[:-3]}_*.py"))},
        training: suites,
    }
    for folder, names in expected.items():
        for path in sorted(folder.iterdir() if folder.is_dir() else []):
            if path.name not in names and path.name != "__pycache__":
                text = f"{path.name}: belongs to no chapter of course.yaml; add its chapter or take it out."
                yield Hole("course", "files", text, str(path))


def _translations(course: Course, chapter: Chapter, hole: Pointer) -> Iterator[Hole]:
    """Holes for titles and hints that lack one of the languages."""
    path = course.chapter_file(chapter.stem)
    if chapter.summary is None:
        yield hole(path, "needs a summary: two sentences on the topic.")
    captions = [figure.caption for figure in figures.figures(chapter)]
    hints = [hint for exercise in chapter.exercises for hint in exercise.hints]
    heads = (chapter.title, *([chapter.summary] if chapter.summary else []))
    for text in (*heads, *(exercise.title for exercise in chapter.exercises), *captions, *hints):
        if not _translated(text):
            yield hole(path, "needs English and Chinese.", text.en, repr(text.en))
    for exercise in chapter.exercises:
        if exercise.formula:
            try:
                mathml(exercise)
            except CourseError as error:
                yield hole(path, f"{error.text.en}.", f"name: {exercise.name}", exercise.name)
        if not exercise.hints:
            yield hole(path, "needs hints.", f"name: {exercise.name}", exercise.name)
    for entry in course.misconceptions(chapter):
        if not _translated(entry.hint):
            path = course.solution(chapter) / "misconceptions.yaml"
            yield hole(path, "its hint needs English and Chinese.", f"id: {entry.id}", entry.id)


def _translated(text: Text) -> bool:
    return bool(text.en.strip()) and bool(HAN.search(text.zh))


def _wrong_imports(path: Path, hole: Pointer) -> Iterator[Hole]:
    """Holes for imports by which a suite could reach the answers. It may do so through its fixtures alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or "."]
        for module in modules:
            if module not in SUITE_IMPORTS and module.partition(".")[0] not in SUITE_IMPORTS:
                yield hole(path, f"imports {module}; a suite reaches the answers by `agree` and `run` alone.", module)
