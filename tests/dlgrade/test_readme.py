"""The README and the other pages against the program and its files."""

import re
from pathlib import Path

import pytest

from dlgrade.cli import COMMANDS

REPOSITORY = Path(__file__).resolve().parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)#:]*)(?:#([\w-]+))?\)")  # not those with a scheme
NAMED_FILE = re.compile(r"`((?:grader|tests|docs|exercises|solutions|datasets|\.github)/[\w./-]*)`")


def test_every_command_is_documented():
    """Each command stands in the README, as one would type it."""
    assert [name for name in COMMANDS if f"dlgrade {name}" not in README] == []


def test_two_commands_for_a_fresh_machine():
    """The first screen has the command that shows the main job and the command that passes the tests."""
    first_screen = README.splitlines()[:25]
    commands = [line for line in first_screen if line.startswith("python3 -m venv")]
    assert [command.rpartition("&& ")[2] for command in commands] == ["dlgrade demo", "pytest -n 2"]


def headings(path):
    """The anchors that GitHub gives to a page's headings."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page):
    """Each link to a file or a heading of this repository leads somewhere."""
    broken = []
    for file, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            broken.append(f"{file}#{anchor}")
    assert broken == []


@pytest.mark.parametrize("name", ["docs/architecture.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_named_files(name):
    """Each file or folder that a page for developers names exists."""
    named = NAMED_FILE.findall((REPOSITORY / name).read_text(encoding="utf-8"))
    assert named
    assert [path for path in named if not (REPOSITORY / path).exists()] == []


def test_layers_of_the_architecture():
    """The map of the layers names each package of the engine."""
    page = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    engine = REPOSITORY / "grader" / "dlgrade"
    packages = {path.parent.name for path in engine.glob("*/__init__.py")} - {"samples"}
    assert [name for name in sorted(packages) if f"`grader/dlgrade/{name}/`" not in page] == []
