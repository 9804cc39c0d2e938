"""`dlgrade completion`: the script that makes a shell complete commands, options and chapters."""

from __future__ import annotations

import sys

import click

from dlgrade.cli import echo, lang_option, main, say
from dlgrade.errors import UsageError
from dlgrade.text import Lang, both

NAME = "dlgrade"
INSTALL = {
    "bash": "dlgrade completion bash >> ~/.bashrc",
    "zsh": "dlgrade completion zsh >> ~/.zshrc",
    "fish": "dlgrade completion fish > ~/.config/fish/completions/dlgrade.fish",
}


@click.command("completion")
@click.argument("shell", required=False, type=click.Choice(list(INSTALL)))
@lang_option
def command(shell: str | None, lang: Lang) -> None:
    """Print the script that completes commands in your shell. 命令行自动补全。

    Run one of these lines once; new shells then complete. 执行一次，新开的终端即生效。

    \b
    dlgrade completion bash >> ~/.bashrc
    dlgrade completion zsh >> ~/.zshrc
    dlgrade completion fish > ~/.config/fish/completions/dlgrade.fish
    """
    del lang
    if shell is not None:
        # bytes, because a shell on Windows cannot read carriage returns
        click.echo(script(shell).encode(), nl=False)  # noqa: TID251 - a script must stay unchanged
    elif sys.stdout.isatty():
        say(
            both("Run the line for your shell once; new shells then complete.", "按所用的 shell 执行一次；新终端生效。")
        )
        for line in INSTALL.values():
            echo(f"  {line}")
    else:  # a pipe would take the lines for a script
        names = ", ".join(INSTALL)
        raise UsageError(both(f"Name a shell: {names}.", f"请指定 shell：{names}。"))


def script(shell: str) -> str:
    """Return the script that click generates, without its check of bash: the bash on this PATH may be another."""
    from click.shell_completion import ShellComplete, get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    return ShellComplete.source(kind(main, {}, NAME, f"_{NAME.upper()}_COMPLETE"))
