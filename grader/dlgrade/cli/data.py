"""`dlgrade data`: the data sets that exercises use."""

from __future__ import annotations

import click

from dlgrade.cli import echo, lang_option, load_course, say
from dlgrade.course.data_sets import Tell, data_set, data_sets, fetch, store
from dlgrade.report.progress_line import ProgressLine
from dlgrade.text import Lang, both, same


@click.group("data")
def command() -> None:
    """List and download data sets. 列出、下载数据集。"""


@command.command("list")
@lang_option
def list_sets(lang: Lang) -> None:
    """List the data sets, and which of them are on this machine. 列出数据集。"""
    del lang
    for data in data_sets(load_course()).values():
        missing = data.missing()
        if not data.files:
            state = both("generated", "自动生成")
        elif missing:
            state = both("not here: ", "本机没有：") + same(data.command)
        else:
            state = both("here", "已就绪")
        say(same(f"{data.name:<15}") + state)
        echo(f"{'':15}{data.about.splitlines()[0]}")


@command.command("fetch")
@click.argument("name")
@click.option("--mirror", metavar="URL", help="Address of a web folder with the files. 镜像地址。")
@lang_option
def fetch_set(name: str, mirror: str | None, lang: Lang) -> None:
    """Download a real data set into your data folder. 下载数据集。

    Every file is checked. An interrupted download continues.
    """
    del lang
    data = data_set(load_course(), name)
    if not data.files:
        say(both(f"{name} is generated; there is nothing to fetch.", f"{name} 由程序生成，无需下载。"))
        return
    if data.to_fetch():
        say(both(f"Licence: {data.licence}.", f"许可证：{data.licence}。"))
    for path in fetch(data, _progress(), mirror):
        say(both(f"fetched {path}", f"已下载 {path}"))
    say(both(f"{name} is here.", f"{name} 已就绪。"))


@command.command("path")
def path() -> None:
    """Print the folder of the downloaded data sets. 显示数据文件夹。"""
    click.echo(store(""))  # noqa: TID251 - programs read the path unchanged


def _progress() -> Tell:
    """Return a function that counts megabytes on one line; a pipe gets a line every five seconds."""
    line = ProgressLine(pipe_seconds=5)

    def tell(file: str, done: int, size: int) -> None:
        total = f" / {size / 1e6:.1f} MB" if size else " MB"
        line.update(f"{file} {done / 1e6:.1f}{total}", finished=done == size)

    return tell
