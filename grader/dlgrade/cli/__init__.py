"""The `dlgrade` command: a thin layer of click over functions with keyword arguments.

Each verb is a module, imported when it is used. None imports torch before there is something to grade.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from dlgrade import sandbox_parts
from dlgrade.errors import DlgradeError, GraderError, UsageError
from dlgrade.legible import visible, visible_json
from dlgrade.text import Text, both, choose_lang, chosen_lang, default_lang, same
from dlgrade.version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from dlgrade.course import Course
    from dlgrade.judge.remote import RemoteJudge
    from dlgrade.report.terminal import Terminal

GROUPS = (
    (
        both("For students", "学生"),
        {
            "start": both("Get the starter code of a chapter.", "取得一章的起始代码。"),
            "check": both("Check your solution to a chapter.", "检查某一章的解答。"),
            "watch": both("Check again after every save.", "每次保存后自动检查。"),
            "hint": both("Show the next hint.", "再给一条提示。"),
            "solution": both("Compare the reference with your solution.", "对照参考答案与你的解答。"),
            "status": both("Show your progress and the next step.", "学习进度与下一步。"),
            "reset": both("Start a chapter again; keeps a copy.", "重新开始一章（保留备份）。"),
            "list": both("List chapters and exercises.", "列出章节与练习。"),
            "data": both("List and download data sets.", "数据集：列出、下载。"),
            "doctor": both("Check that this machine meets the requirements.", "检查运行环境。"),
            "completion": both("Set up command completion in your shell.", "命令行自动补全。"),
        },
    ),
    (
        both("For course staff", "教师与助教"),
        {
            "demo": both("Grade three sample submissions.", "给三份示例提交评分。"),
            "grade": both("Grade the submissions of a class.", "批量评分。"),
            "students": both("List students, and correct who is who.", "学生名单与更正。"),
            "override": both("Change the points of a student.", "人工改分。"),
            "export": both("Write the scores for a learning platform.", "导出成绩。"),
        },
    ),
    (
        both("For authors", "作者"),
        {
            "audit": both("Prove that the suites are right.", "审查评分用例是否可靠。"),
            "calibrate": both("Train the references and set thresholds.", "训练参考答案并设定阈值。"),
            "stubs": both("Generate starter code from the references.", "由参考答案生成起始代码。"),
            "translate": both("List the Chinese texts that need work.", "列出待译或过时的中文说明。"),
            "new": both("Create a new chapter.", "新建一章。"),
            "rename": both("Rename an exercise or a chapter.", "重命名练习或章节。"),
        },
    ),
)
STAFF = frozenset({"grade", "students", "override", "export"})  # a closed pipe is a failure that they tell
COMMANDS = {name: words for _, group in GROUPS for name, words in group.items()}
MODULES = {"list": "listing"}
GRADE_EXTRA = {
    "alembic",
    "charset_normalizer",
    "filelock",
    "jinja2",
    "latex2mathml",
    "markupsafe",
    "matplotlib",
    "sqlalchemy",
}  # packages that only staff need


class Verbs(click.Group):
    """The verbs, by name. `--help` shows their sentences without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        del ctx
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"dlgrade.cli.{MODULES.get(name, name)}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb. Output that cannot be written is one sentence.

        Raises:
            GraderError: standard output or a file failed.
            BrokenPipeError: the reader of a student's command stopped reading.
        """
        try:
            result = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError as error:
            if os.environ.get("DLGRADE_DEBUG"):
                raise
            if isinstance(error, BrokenPipeError) and ctx.invoked_subcommand not in STAFF:
                raise
            if error.filename is None:
                discard_output()
            place = both("Standard output", "标准输出") if error.filename is None else same(str(error.filename))
            reason = error.strerror or str(error)
            raise GraderError(place + both(f" failed: {reason}.", f"出错：{reason}。")) from None
        return result

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        lang = default_lang()
        for title, group in GROUPS:
            with formatter.section(title.of(lang)):
                formatter.write_dl([(name, words.of(lang)) for name, words in group.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the verbs and options that begin like this. click would import every verb at each press of Tab."""
        from click.shell_completion import CompletionItem

        lang = default_lang()
        fitting = {name: words for name, words in COMMANDS.items() if name.startswith(incomplete)}
        verbs = [CompletionItem(name, help=words.of(lang)) for name, words in fitting.items()]
        return verbs + click.Command.shell_complete(self, ctx, incomplete)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a verb, and turn every failure into one sentence and an exit code."""
        kwargs["standalone_mode"] = False
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")  # some pipes on Windows cannot hold Chinese: "?" beats an error
        try:
            code = super().main(*args, **kwargs)
            sys.stdout.flush()
        except DlgradeError as error:
            fail(error)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in GRADE_EXTRA:
                raise
            fail(not_installed(package))
        except click.ClickException as error:
            words = io.StringIO()
            error.show(words)
            echo(words.getvalue().rstrip("\n"), err=True)
            sys.exit(error.exit_code)
        except (click.Abort, KeyboardInterrupt):
            say(both("Interrupted; nothing was written.", "已中断；未写入任何文件。"), err=True)
            sys.stderr.flush()
            os._exit(130)  # everything is closed; `sys.exit` would sometimes end as a death by SIGINT
        except BrokenPipeError:  # `dlgrade list | head`: the reader stopped reading
            discard_output()
            sys.exit(1)
        sys.exit(code if isinstance(code, int) else 0)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(__version__, prog_name="dlgrade")
def main() -> None:
    """Exercises for Dive into Deep Learning, judged in a sandbox. 动手学深度学习练习与自动评分。"""


def discard_output() -> None:
    """Send the rest of standard output nowhere: its reader is gone, or its disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def not_installed(package: str) -> UsageError:
    """Return the error for a package of the extra `grade` that is missing."""
    command = "pip install 'dlgrade[grade]'"
    return UsageError(both(f"{package} is not installed: {command}", f"尚未安装 {package}：{command}"))


def fail(error: DlgradeError) -> None:
    """Print the error and exit with its code."""
    say(both("Error: ", "错误：") + error.text, err=True)
    if isinstance(error, GraderError) and os.environ.get("DLGRADE_DEBUG"):
        raise error
    sys.exit(error.exit_code)


lang_option = click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    callback=lambda _context, _parameter, value: choose_lang(value),
    is_eager=True,
    help="Language of messages (default: the locale's). 语言。",
)

device_option = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    help="Device for checks that need a GPU; cpu trains them slowly. 设备。",
)


data_option = click.option(
    "--data",
    multiple=True,
    metavar="NAME",
    help="Train on this data set if it fits (see dlgrade data list). 训练数据集。",
)


def load_course(data: tuple[str, ...] = ()) -> Course:
    """Load the course. Its models train on these data sets if they fit.

    Raises:
        UsageError: there is no such data set.
    """
    from dlgrade.course import load

    course = load(data)
    if data:
        from dlgrade.course.data_sets import data_set

        for name in data:
            data_set(course, name)
    return course


def open_judge(judge: RemoteJudge, course: Course, terminal: Terminal, **options: Any) -> None:
    """Open the course in the judge. Importing torch takes seconds, so the terminal says so meanwhile."""
    with terminal.waiting(both("Importing torch ...", "正在导入 torch ...")):
        judge.open(course, **options)
    tell_sandbox(judge.missing)


def tell_sandbox(missing: list[str]) -> None:
    """Say on standard error which parts of the sandbox this machine lacks."""
    if words := sandbox_parts.notice(missing):
        say(words, err=True)


def say(words: Text, *, err: bool = False) -> None:
    """Print a text in the chosen language."""
    echo(words.of(chosen_lang()), err=err)


def echo(words: str, *, err: bool = False, nl: bool = True, **style: Any) -> None:
    """Print words, with signs for unseen characters: students choose names of files. All commands print with it."""
    line = visible(words)
    click.echo(click.style(line, **style) if style else line, err=err, nl=nl)  # noqa: TID251


def echo_json(document: str) -> None:
    """Print a JSON document, with escapes for unseen characters."""
    click.echo(visible_json(document))  # noqa: TID251
