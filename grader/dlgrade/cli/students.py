"""`dlgrade students`: who is in a gradebook, and corrections of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dlgrade import course
from dlgrade.cli import echo, echo_json, lang_option, say
from dlgrade.text import Lang, Text, both, same

if TYPE_CHECKING:
    from dlgrade.batch.book.class_list import Entry
    from dlgrade.batch.book.people import People

Command = TypeVar("Command", bound=Callable[..., Any])
STATES = {
    "active": both("", ""),
    "left": both("left", "已退出"),
    "removed": both("removed", "已移除"),
}


def gradebook_options(command: Command) -> Command:
    """Add the options that say which gradebook."""
    for option in (
        lang_option,
        click.option("--gradebook", metavar="URL", help="Database (OUT/gradebook.sqlite). 成绩册数据库。"),
        click.option(
            "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("grades"),
            help="Folder (grades). 文件夹。",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def _people(out: Path, gradebook: str | None, lang: Lang) -> People:
    from dlgrade.batch.book.people import People

    return People(course.load(), out, gradebook, lang)


@click.group("students")
def command() -> None:
    """List the students of a gradebook, and correct who is who. 学生名单与更正。

    \b
    dlgrade students list
    dlgrade students merge "my rnn" ada      # files that went to the wrong name
    dlgrade students rename ada 2021012345 --name "Ada Lovelace"
    dlgrade students remove test01 --why "a test account"

    The next `grade` keeps to these corrections.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON. 输出 JSON。")
@gradebook_options
def list_students(out: Path, gradebook: str | None, as_json: bool, lang: Lang) -> None:
    """List everybody who was ever in the gradebook. 列出学生。"""
    entries = _people(out, gradebook, lang).everybody()
    if as_json:
        echo_json(json.dumps([_data(entry) for entry in entries], ensure_ascii=False, indent=2))
        return
    for entry in entries:
        say(same(entry.student.display_name) + _state(entry))
        if entry.chapters:
            echo(f"    {', '.join(entry.chapters)}")
        if entry.names:
            say(both(f"    also: {', '.join(entry.names)}", f"    又名：{'、'.join(entry.names)}"))
    active = sum(entry.active for entry in entries)
    others = len(entries) - active
    say(both(f"{active} students, {others} others in the history.", f"学生 {active} 名，另有历史记录 {others} 名。"))


def _state(entry: Entry) -> Text:
    if entry.active:
        return same("")
    state = STATES[entry.status]
    return both(f"  [{state.en}: {entry.why}]", f"  [{state.zh}：{entry.why}]")


def _data(entry: Entry) -> dict[str, Any]:
    student = entry.student
    return {
        "id": student.id, "name": student.name, "email": student.email, "status": entry.status, "why": entry.why,
        "chapters": entry.chapters, "names": entry.names,
    }  # fmt: skip


@command.command("merge")
@click.argument("wrong")
@click.argument("right")
@gradebook_options
def merge(wrong: str, right: str, out: Path, gradebook: str | None, lang: Lang) -> None:
    """Give everything of the student WRONG to RIGHT. 合并学生。"""
    say(_people(out, gradebook, lang).merge(wrong, right))


@command.command("rename")
@click.argument("old")
@click.argument("new")
@click.option("--name", help="The student's name. 姓名。")
@gradebook_options
def rename(old: str, new: str, name: str | None, out: Path, gradebook: str | None, lang: Lang) -> None:
    """Give the student OLD the id NEW. 修改学号。"""
    say(_people(out, gradebook, lang).rename(old, new, name))


@command.command("remove")
@click.argument("student")
@click.option("--why", default="", help="The reason. 理由。")
@gradebook_options
def remove(student: str, why: str, out: Path, gradebook: str | None, lang: Lang) -> None:
    """Leave a student out of reports and exports; the history stays. 移除学生（保留历史）。"""
    say(_people(out, gradebook, lang).remove(student, why))


@command.command("restore")
@click.argument("student")
@gradebook_options
def restore(student: str, out: Path, gradebook: str | None, lang: Lang) -> None:
    """Undo `remove`. 恢复学生。"""
    say(_people(out, gradebook, lang).restore(student))
