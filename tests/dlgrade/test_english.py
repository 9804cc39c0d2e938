"""How readable the engine's English is: three figures with falling ceilings.

    python tests/dlgrade/test_english.py          # the figures, and the worst places of each
    python tests/dlgrade/test_english.py --write  # set the ceilings in english.toml to the figures

The figures are counts per 1,000 words, once for docstrings and comments, once for messages and help texts:

- `what`: clauses without a noun, "keeps what came back". Questions are not counted.
- `one`: the pronoun, "the one that failed". "One check" and "one of the checks" are not counted.
- `long`: sentences of more than 25 words.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10, where pytest requires tomli
    import tomli as tomllib

ENGINE = Path(__file__).resolve().parents[2] / "grader" / "dlgrade"
CEILINGS = Path(__file__).with_name("english.toml")
KINDS, FIGURES = ("comments", "messages"), ("what", "one", "long")
LONGEST = 25  # words of a sentence
WORST = 10  # places that a failure shows
SLACK = 0.2  # the share that a figure may lie below its ceiling, and per 1,000 words: then the ceiling must fall

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
CODE = re.compile(r"``.+?``|`[^`]+`|\bhttps?://\S+", re.DOTALL)
WORD = re.compile(r"[A-Za-z][\w'’-]*")
PRAGMA = re.compile(r"#\s*(noqa|type:|fmt:|pragma|!|BEGIN SOLUTION|END SOLUTION)")
# Rows of a table, doctests, rules, columns apart by blanks, drawings, and click's mark of a literal block.
NO_SENTENCE = re.compile(r"\s*(\||>>>|\.\.\.|[-=+]{3,})|.*\S {2,}\S|.*[─│└├┌┐┘┤▼▶]|\s*\\b\s*$")
ITEM = re.compile(r"\s*([-*]|\d+[.)])\s+")
SECTION = re.compile(r"\s*(Args|Raises|Returns|Yields|Attributes|Example|Examples|Shape):\s*$")
END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[A-Z`\"'(\d])")
ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|cf)\.")

WHAT = re.compile(r"\bwhat(ever)?\b(?! if\b)", re.IGNORECASE)
# "One" before any other word is a number: "one check". Before these, before a mark, or after these it is a pronoun.
FOLLOWING = (
    "a|an|that|which|who|whose|whom|is|was|are|were|be|has|had|have|can|cannot|could|may|might|must|will|"
    "would|shall|should|does|do|did|in|on|at|by|for|from|to|into|with|without|within|between|behind|beside|"
    "under|over|above|below|through|during|and|or|but|nor|as|if|when|where|while|than|then|after|before|until|"
    "since|because|so|not|also|only|always|never|already|itself|there|here|too|again|alone|anew|each|twice|"
    "once|better|worse|gets|makes|takes|needs|goes|comes|ends|says|knows|runs|holds|reads|stands|counts|names|"
    "fails|passes|gives|lies|leaves|keeps|works|waits"
)
PRECEDING = "this|each|every|other|another|earlier|later|last|first|next|old|new|right|wrong|same|newer|older"
PRONOUN = re.compile(
    rf"\b(?:{PRECEDING}) one\b|"
    rf"\bone(?=\s*(?:[.,;:!?)]|$)|['’]s\b|\s+(?:{FOLLOWING})\b)|"
    r"(?<!of )(?<!and )(?<!or )\bones\b",
    re.IGNORECASE,
)
# Numbers and idioms, not pronouns.
NUMBER = re.compile(
    r"\b(?:one by one|one after (?:another|the other)|one (?:to|or) (?:more|none|two|three)|one at a time|"
    r"one and the same|no one|only one|zero or one|at least one|at most one|exactly one)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Sentence:
    """A sentence and its place."""

    kind: str
    path: Path
    line: int
    text: str

    @property
    def words(self) -> int:
        return len(WORD.findall(self.text))

    def count(self, figure: str) -> int:
        """How often the sentence has what a figure counts."""
        if figure == "long":
            return int(self.words > LONGEST)
        if figure == "one":
            return len(PRONOUN.findall(NUMBER.sub("two", self.text)))
        return 0 if self.text.rstrip("\"')").endswith("?") else len(WHAT.findall(self.text))


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """The sentences of a text, each with the number of its first line from 0.

    Tables, doctests, drawings and literal blocks are skipped. A list item begins a sentence, and so does an entry of
    `Args:` or `Raises:`.
    """
    for first, block in _blocks(text):
        joined = ABBREVIATION.sub(lambda match: match[0].replace(".", ""), CODE.sub("Code", CHINESE.sub(" ", block)))
        at = 0
        for part in END.split(joined):
            if WORD.search(part):
                yield first + joined[: joined.find(part, at)].count("\n"), " ".join(part.split())
            at = max(at, joined.find(part, at)) + len(part)


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The paragraphs, list items and entries of a text, with the numbers of their first lines."""
    collected: list[str] = []
    first, literal, entries = 0, None, None  # indentation: of the line that announces a literal block; of entries
    in_doctest = False
    for number, line in enumerate([*text.splitlines(), ""]):
        indent = len(line) - len(line.lstrip())
        blank = not line.strip()
        in_doctest = not blank and (in_doctest or line.lstrip().startswith(">>>"))
        if literal is not None and not blank and indent <= literal:
            literal = None
        skipped = blank or literal is not None or in_doctest or NO_SENTENCE.match(line) or SECTION.match(line)
        if collected and (skipped or ITEM.match(line) or indent == entries):
            yield first, "\n".join(collected)
            collected = []
        if SECTION.match(line):
            entries = indent + 4
        elif not blank and entries is not None and indent < entries:
            entries = None
        if not skipped:
            first = first if collected else number
            collected.append(ITEM.sub("", line))
            if line.rstrip().endswith("::"):
                literal = indent if len(collected) > 1 or number else 0


def read(path: Path) -> Iterator[Sentence]:
    """All English sentences of a module: docstrings and comments, messages and help texts."""
    source = path.read_text(encoding="utf-8")
    for kind, line, text in [*_strings(ast.parse(source)), *(("comments", *each) for each in _comments(source))]:
        for offset, sentence in sentences(text):
            yield Sentence(kind, path, line + offset, sentence)


def _strings(tree: ast.Module) -> Iterator[tuple[str, int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            if ast.get_docstring(node) is not None:
                (text,) = (part.value.value for part in node.body[:1])
                yield "messages" if _is_command(node) else "comments", node.body[0].lineno, text
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "both" and node.args:
            yield "messages", node.lineno, fixed_words(node.args[0])
        elif isinstance(node, ast.keyword) and node.arg in ("help", "short_help", "epilog"):
            yield "messages", node.value.lineno, fixed_words(node.value)


def _is_command(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(each) for each in node.decorator_list)


def fixed_words(node: ast.expr) -> str:
    """The words of a string or an f-string, with a word for each value that is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "Value" for part in node.values)
    if isinstance(node, ast.IfExp):
        return f"{fixed_words(node.body)}\n\n{fixed_words(node.orelse)}"
    return ""


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Comments with their lines; those on lines of their own that follow each other are one text."""
    collected: list[str] = []
    first = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or PRAGMA.match(token.string):
            continue
        row, column = token.start
        alone = not token.line[:column].strip()
        if collected and not (alone and row == first + len(collected)):
            yield first, "\n".join(collected)
            collected = []
        if not collected:
            first = row
        collected.append(token.string.lstrip("#").removeprefix(" "))
        if not alone:
            yield first, "\n".join(collected)
            collected = []
    if collected:
        yield first, "\n".join(collected)


def measure(found: list[Sentence], figure: str) -> float:
    """The count per 1,000 words."""
    return 1000 * sum(each.count(figure) for each in found) / max(1, sum(each.words for each in found))


def worst(found: list[Sentence], figure: str) -> list[str]:
    """The places that a rewrite should begin with."""
    counted = sorted(
        (each for each in found if each.count(figure)), key=lambda each: (-each.count(figure), -each.words)
    )
    root = ENGINE.parents[1]
    return [f"{each.path.relative_to(root)}:{each.line}: {each.text}" for each in counted[:WORST]]


def engine() -> dict[str, list[Sentence]]:
    """All sentences of the engine, by kind."""
    everything = [sentence for path in sorted(ENGINE.rglob("*.py")) for sentence in read(path)]
    return {kind: [each for each in everything if each.kind == kind] for kind in KINDS}


@pytest.fixture(scope="module")
def text():
    return engine()


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("kind", KINDS)
def test_ceiling(text, kind, figure):
    """A figure is at most its ceiling, and not so far below that the ceiling says nothing."""
    ceiling = tomllib.loads(CEILINGS.read_text(encoding="utf-8"))[kind][figure]
    now = measure(text[kind], figure)
    places = "\n  ".join(worst(text[kind], figure))
    assert now <= ceiling, f"{now:.2f} per 1,000 words, {ceiling} allowed. Rewrite some of these:\n  {places}"
    lowest = ceiling - max(SLACK, SLACK * ceiling)
    assert now >= lowest, f"{now:.2f}, far below {ceiling}: python tests/dlgrade/test_english.py --write"


def test_sentences():
    """Sentences end at full stops; code, doctests, tables, drawings and lists are no parts of sentences."""
    text = (
        "Return the mean, e.g. of `a. B`. It is\na number.\n\n    >>> mean([1. 2])\n    1.5\n\n| a. B | c |\n\n"
        "Run it::\n\n    do. This\n\nItems:\n\n- first\n- second, which\n  goes on\n\n"
        "Args:\n    x: A number.\n    y: Another\n        number.\n"
    )
    assert list(sentences(text)) == [
        (0, "Return the mean, eg of Code."),
        (0, "It is a number."),
        (8, "Run it::"),
        (12, "Items:"),
        (14, "first"),
        (15, "second, which goes on"),
        (19, "x: A number."),
        (20, "y: Another number."),
    ]


@pytest.mark.parametrize(
    ("text", "what", "one"),
    [
        ("Keeps what came back.", 1, 0),
        ("What is it?", 0, 0),
        ("The one that failed, and another one.", 0, 2),
        ("One check, one of two checks, one by one.", 0, 0),
        ("The old ones stay; a tensor of ones goes.", 0, 1),
        ("A one-element view, only one, no one.", 0, 0),
    ],
)
def test_counts(text, what, one):
    """Clauses without a noun and pronouns are counted; questions, numbers and idioms are not."""
    sentence = Sentence("comments", ENGINE, 1, text)
    assert (sentence.count("what"), sentence.count("one")) == (what, one)


def test_long_sentence():
    """A sentence of 25 words is not long; the next word makes it so."""
    assert [Sentence("comments", ENGINE, 1, count * "word ").count("long") for count in (25, 26)] == [0, 1]


def test_every_kind_of_text(tmp_path):
    """Docstrings, comments, messages and help texts are found with their lines; directives are not comments."""
    path = tmp_path / "module.py"
    path.write_text(
        '"""A module.\n\nTwo lines\nof text."""\n# A comment\n# of two lines.\n'
        "x = 1  # beside it\ny = 2  # noqa: E501\n"
        'z = both(f"No {x} here.", "没有")\n@click.command(help="Help it. 帮助。")\ndef f():\n    """Do it. 做。"""\n',
        encoding="utf-8",
    )
    found = sorted((each.line, each.kind, each.text) for each in read(path))
    assert found == [
        (1, "comments", "A module."),
        (3, "comments", "Two lines of text."),
        (5, "comments", "A comment of two lines."),
        (7, "comments", "beside it"),
        (9, "messages", "No Value here."),
        (10, "messages", "Help it."),
        (12, "messages", "Do it."),
    ]


def main(*, write: bool) -> None:
    """Print the figures and the worst places, or set the ceilings to the figures."""
    text = engine()
    figures = {kind: {figure: measure(text[kind], figure) for figure in FIGURES} for kind in KINDS}
    for kind in KINDS:
        print(f"{kind}: {sum(each.words for each in text[kind])} words in {len(text[kind])} sentences")
        for figure in FIGURES:
            print(f"  {figure}: {figures[kind][figure]:.2f} per 1,000 words")
            if not write:
                print(*(f"    {place}" for place in worst(text[kind], figure)), sep="\n")
    if write:
        lines = ["# Ceilings per 1,000 words: `python tests/dlgrade/test_english.py --write` sets them.\n"]
        for kind in KINDS:
            lines.append(f"\n[{kind}]\n")
            lines += [f"{figure} = {int(10 * value + 0.999) / 10}\n" for figure, value in figures[kind].items()]
        CEILINGS.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(write=sys.argv[1:] == ["--write"])
