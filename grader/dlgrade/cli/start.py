"""`dlgrade start`: write the starter code of a chapter into the current folder."""

from __future__ import annotations

from pathlib import Path

import click

from dlgrade.cli import complete, lang_option, load_course, say
from dlgrade.course import Chapter, Course, starter_notebook
from dlgrade.errors import UsageError
from dlgrade.submission import files_of
from dlgrade.text import Lang, both, counted, lang_argument


@click.command("start")
@click.argument("chapters", nargs=-1, required=True, metavar="CHAPTER...", shell_complete=complete.chapters)
@click.option("--notebook", is_flag=True, help="Write a notebook instead of a Python file. 生成 Jupyter 笔记本。")
@lang_option
def command(chapters: tuple[str, ...], notebook: bool, lang: Lang) -> None:
    """Get the starter code of a chapter. 取得一章的起始代码。

    Writes chNN_name.py (with --notebook, chNN_name.ipynb) into the current folder. Existing files stay as they are.
    """
    course = load_course()
    for chapter in [course.chapter(name) for name in chapters]:
        start(course, chapter, Path.cwd(), notebook=notebook, lang=lang)


def start(course: Course, chapter: Chapter, folder: Path, *, notebook: bool, lang: Lang) -> None:
    """Write the starter code, unless the folder already has a file of this chapter and kind.

    Args:
        course: the course of the chapter.
        chapter: the chapter to start.
        folder: where the file goes.
        notebook: write a notebook instead of a Python file.
        lang: the language of docstrings, comments and a notebook's texts.

    Raises:
        UsageError: the file cannot be written.
    """
    path = folder / f"{chapter.stem}{'.ipynb' if notebook else '.py'}"
    present = files_of(chapter, folder, path.suffix)
    title = chapter.title.of(lang)
    if present:
        names = ", ".join(file.name for file in present)
        say(both(f"Kept {names}, which already exists ({title}).", f"保留 {names}：文件已存在（{title}）。"))
    else:
        try:
            starter_notebook.write_starter(course, chapter, path, lang)
        except OSError as error:
            raise UsageError(both(f"{path}: {error.strerror}", f"{path}：{error.strerror}")) from None
        count = len(chapter.exercises)
        exercises = counted(count, "exercise")
        say(
            both(
                f"Wrote {path.name}: {title}, {exercises}.",
                f"已写入 {path.name}：{title}，共 {count} 个练习。",
            )
        )
    first, check = chapter.exercises[0].name, f"`dlgrade check {chapter.id}{lang_argument()}`"
    say(both(f"Next: write {first}, then run {check}.", f"下一步：编写 {first}，然后运行 {check}。"))
