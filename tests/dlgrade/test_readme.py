"""The README against the program."""

from pathlib import Path

from dlgrade.cli import COMMANDS

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def test_every_command_is_documented():
    """Each command stands in the README, as one would type it."""
    assert [name for name in COMMANDS if f"dlgrade {name}" not in README] == []


def test_two_commands_for_a_fresh_machine():
    """The first screen has the command that shows the main job and the command that passes the tests."""
    first_screen = README.splitlines()[:25]
    commands = [line for line in first_screen if line.startswith("python3 -m venv")]
    assert [command.rpartition("&& ")[2] for command in commands] == ["dlgrade demo", "pytest -n 2"]
