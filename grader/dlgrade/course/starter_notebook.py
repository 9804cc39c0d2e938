"""Writes a chapter's starter code for a student, as a Python file or as a notebook."""

from __future__ import annotations

import ast
import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from dlgrade.course import Chapter, Course, figures
from dlgrade.course.chinese import in_chinese
from dlgrade.course.listed_checks import listed_checks
from dlgrade.files import write_whole
from dlgrade.text import Lang, both


def write_starter(course: Course, chapter: Chapter, path: Path, lang: Lang) -> None:
    """Write the chapter's starter code to the path, as a notebook if that ends in `.ipynb`.

    Args:
        course: The course.
        chapter: The chapter.
        path: The file to write.
        lang: Language of its texts.
    """
    code = starter(course, chapter, lang)
    write_whole(path, notebook(course, chapter, code, lang) if path.suffix == ".ipynb" else code)


def starter(course: Course, chapter: Chapter, lang: Lang) -> str:
    """The chapter's starter code, with its statements in this language."""
    code = course.starter(chapter).read_text(encoding="utf-8")
    return in_chinese(course, chapter, code) if lang == "zh" else code


def notebook(course: Course, chapter: Chapter, code: str, lang: Lang) -> str:
    """A clean notebook: for every exercise its statement, a cell to write in, and a cell that checks it.

    Args:
        course: The course.
        chapter: The chapter.
        code: Its starter code.
        lang: Language of the texts.
    """
    import nbformat

    v4: Any = nbformat.v4
    checked = _checked(course.visible_suites(chapter), lang)
    names = {exercise.name: exercise for exercise in chapter.exercises}
    cells = [v4.new_markdown_cell(_opening(chapter, lang)), v4.new_code_cell("%load_ext dlgrade")]
    before: list[str] = []  # code before the next exercise: imports, constants, definitions of the book
    for statement, source in _pieces(code):
        name = getattr(statement, "name", None)
        if name not in names:
            before.append(source)
            continue
        if before:
            cells.append(_code_cell(before))
            before = []
        title = names[name].title.of(lang)
        items = "\n".join(f"- {sentence}" for sentence in checked.get(name, []))
        head = both("**Checks:**", "**检查内容：**").of(lang)
        task = _statement(statement) + (f"\n\n$$\n{formula}\n$$" if (formula := names[name].formula) else "")
        if figure := names[name].figure:
            task += f"\n\n{_image(figures.read(course, chapter, figure), figure.caption.of(lang))}"
        cells.append(v4.new_markdown_cell(f"## `{name}` {title}\n\n{task}\n\n{head}\n\n{items}"))
        cells.append(_code_cell([source]))
        cells.append(v4.new_code_cell(f"%dlgrade check {chapter.id} -k {name}"))
    cells += [_code_cell(before)] if before else []
    closing = both("All exercises of the chapter:", "检查全部练习：").of(lang)
    cells += [v4.new_markdown_cell(closing), v4.new_code_cell(f"%dlgrade check {chapter.id}")]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # random ids would make every copy differ
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    return f"{nbformat.writes(whole)}\n"  # type: ignore[no-untyped-call]


def _opening(chapter: Chapter, lang: Lang) -> str:
    advice = both(
        "Write your answers in the code cells. The cell below each answer checks it. Grading runs only the code that "
        "the exercises need; plots, training and experiments can be anywhere.",
        "请在代码单元中作答；每个练习下方的单元用于检查。评分只运行练习用到的代码，画图、训练和实验可以放在任何位置。",
    )
    return f"# {chapter.id} {chapter.title.of(lang)}\n\n{advice.of(lang)}"


def _image(svg: str, caption: str) -> str:
    """A figure as Markdown. Its file is in the address, so that the notebook stays a single file.

    JupyterLab shows neither attached SVG nor its tags. Editors that refuse such an address show the caption.
    """
    content, words = base64.b64encode(svg.encode()).decode(), escape(caption)
    return f'<img alt="{words}" src="data:image/svg+xml;base64,{content}">\n\n{caption}'


def _code_cell(sources: list[str]) -> Any:
    import nbformat

    return nbformat.v4.new_code_cell("\n".join(sources).strip("\n"))  # type: ignore[no-untyped-call]


def _checked(suites: Sequence[Path], lang: Lang) -> dict[str, list[str]]:
    """The sentences of the suites' checks, by exercise, without bonus checks. The suites are not run."""
    sentences: dict[str, list[str]] = {}
    for check in listed_checks(suites):
        if not check.bonus:
            sentences.setdefault(check.exercise, []).append(check.title.of(lang))
    return sentences


def _pieces(code: str) -> list[tuple[ast.stmt, str]]:
    """The statements at the top level, each with its source, including decorators and the comments before it."""
    lines = code.splitlines()
    pieces, start = [], 0
    for statement in ast.parse(code).body:
        end = statement.end_lineno or statement.lineno
        source = "\n".join(lines[start:end])
        start = end
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):  # the file's docstring
            pieces.append((statement, source))
    return pieces


def _statement(definition: ast.stmt) -> str:
    """The docstring of an exercise as Markdown: paragraphs stay, formulas and lists become blocks."""
    assert isinstance(definition, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
    docstring = ast.get_docstring(definition) or ""
    return "\n\n".join(_paragraph(part) for part in docstring.split("\n\n"))


def _paragraph(part: str) -> str:
    """A paragraph as Markdown. A formula, a list of arguments and an example are blocks, which keep their line ends."""
    lines = part.splitlines()
    if lines and all(line.startswith("    ") for line in lines):
        return "```text\n" + "\n".join(line[4:] for line in lines) + "\n```"
    if part.startswith(">>> "):
        return f"```python\n{part}\n```"
    if lines and lines[0].endswith((":", "：")) and any(line.startswith("    ") for line in lines[1:]):
        return f"**{lines[0]}**\n\n```text\n" + "\n".join(line[4:] for line in lines[1:]) + "\n```"
    return part
