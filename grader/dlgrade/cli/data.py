"""`dlgrade data`: the data sets that exercises use."""

from __future__ import annotations

import sys
import time

import click

from dlgrade import course
from dlgrade.cli import echo, lang_option, rewrite, say
from dlgrade.course.data_sets import Tell, data_set, data_sets, fetch, store
from dlgrade.text import Lang, both, same


@click.group("data")
def command() -> None:
    """Data sets: which there are, and how to get the real ones. 数据集。"""


@command.command("list")
@lang_option
def list_sets(lang: Lang) -> None:
    """Show the data sets and which are here. 列出数据集。"""
    del lang
    for data in data_sets(course.load()).values():
        missing = data.missing()
        if not data.files:
            state = both("generated", "自动生成")
        elif missing:
            state = both("not here: ", "尚未下载：") + same(f"dlgrade data fetch {data.name}")
        else:
            state = both("here", "已就绪")
        say(same(f"{data.name:<15}") + state)
        echo(f"{'':15}{data.about.splitlines()[0]}")


@command.command("fetch")
@click.argument("name")
@click.option("--mirror", metavar="URL", help="A folder on the web that has the files. 镜像地址。")
@lang_option
def fetch_set(name: str, mirror: str | None, lang: Lang) -> None:
    """Download a real data set into your data folder. 下载数据集。

    Every file is checked; an interrupted download goes on where it was.
    """
    del lang
    data = data_set(course.load(), name)
    if not data.files:
        say(both(f"{name} is generated; there is nothing to fetch.", f"{name} 由程序生成，无需下载。"))
        return
    for path in fetch(data, _progress(), mirror):
        say(both(f"fetched {path}", f"已下载 {path}"))
    say(both(f"{name} is here.", f"{name} 已就绪。"))


@command.command("path")
def path() -> None:
    """Print the folder that fetched data sets are kept in. 显示数据文件夹。"""
    click.echo(store(""))  # noqa: TID251 - for programs, as it is


def _progress() -> Tell:
    """A line that counts, where somebody watches; else a line every five seconds."""
    watched, last = sys.stderr.isatty(), [time.monotonic()]

    def tell(file: str, done: int, size: int) -> None:
        now = time.monotonic()
        words = f"{file} {done / 1e6:.1f}" + (f" / {size / 1e6:.1f} MB" if size else " MB")
        if watched and (now - last[0] > 0.1 or done == size):
            rewrite(words if done != size else "")
        elif now - last[0] > 5:
            echo(words, err=True)
        else:
            return
        last[0] = now

    return tell
