"""Mutates what students hand in, and demands that each becomes a submission or a sentence.

    python tests/fuzz/hand_ins.py [count] [seed] [first]

Notebooks, Python files in many encodings, zips and exports are changed as bytes and as structures. Whatever comes of
that may be refused, but raises nothing unexpected, does not hang, and leaves nothing in this process's memory.
"""

from __future__ import annotations

import gc
import io
import json
import random
import re
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from encodings.aliases import aliases
from pathlib import Path

import msgspec

from dlgrade import course, submission
from dlgrade.batch.intake import gather
from dlgrade.course import Course, references
from dlgrade.errors import SubmissionError
from dlgrade.notebook.executed_cells import submission as executed
from dlgrade.submission import Submission
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import MAX_FILE_BYTES
from dlgrade.text import Text

SLOW_SECONDS = 60  # the limit of processor time is 20 s, and machines are busy
GROWTH = 60_000_000  # bytes: more than a single large file leaves behind
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
CHINESE = re.compile("[\u4e00-\u9fff]")
CODECS = [*sorted(set(aliases.values())), "undefined", "idna", "punycode", "unicode_escape", "utf-8-sig", "no such"]
ODD_BYTES = [b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\x0c", b"PK\x05\x06", b"PK\x01\x02", b"\x80", b"'''", b"\\"]
SECONDS = [-(2**31), -1, 0, 1_700_000_000, 2**31 - 1]

METADATA = """\
---
submission_1:
  :submitters:
  - :name: Ada
    :sid: '1'
    :email: ada@uni.edu
  :created_at: 2026-11-20 10:00:00.5 Z
  :history:
  - :id: 3
submission_2:
  :submitters:
  - :name: 张三
  :created_at: !ruby/object:ActiveSupport::TimeWithZone
    utc: 2026-11-20 10:00:00 Z
"""


# Structures to begin with.


def notebook(cells: list[str], version: int = 4) -> dict[str, object]:
    code = [
        {"cell_type": "code", "metadata": {}, "source": cell, "outputs": [], "execution_count": 1} for cell in cells
    ]
    if version == 4:
        return {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"language": "python"}}, "cells": code}
    old = [{"cell_type": "code", "language": "python", "input": cell, "outputs": []} for cell in cells]
    return {"nbformat": version, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": old}]}


class Fuzzer:
    """Makes hand-ins out of a course's references, and reads them."""

    def __init__(self, here: Course, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.chapter = here.chapter("ch28")
        self.chapters = [self.chapter, here.chapter("ch56")]
        self.sources = [references.source(here, chapter) for chapter in self.chapters]
        self.ways: list[Callable[[], str]] = [self.python_file, self.notebook_file, self.cells, self.zip, self.export]

    def one(self) -> str:
        """Make a hand-in and read it; the answer says in a word or a sentence what came of it."""
        return self.random.choice(self.ways)()

    # Kinds of hand-ins.

    def python_file(self) -> str:
        return self.read("ch28.py", self.python())

    def notebook_file(self) -> str:
        return self.read("ch28.ipynb", self.notebook())

    def cells(self) -> str:
        cells = [self.code(cell) for cell in self.some_cells()]
        try:
            return self.check(executed(cells, "this notebook", {}))
        except SubmissionError as error:
            return self.words(error.text)

    def zip(self) -> str:
        return self.gathered({"ada.zip": self.packed(self.files()), "bob.zip": self.zipped({"ch28.py": b"x = 1\n"})})

    def export(self) -> str:
        metadata = self.maybe(METADATA.encode())
        files = {"submission_metadata.yml": metadata, "submission_1/ch28.py": b"x = 1\n"}
        files |= {f"submission_2/{name}": content for name, content in self.files().items()}
        return self.gathered({"export.zip": self.packed(files)})

    # Reading them.

    def read(self, name: str, content: bytes) -> str:
        try:
            return self.check(submission.from_content(name, content, display_name=f"in/{name}"))
        except SubmissionError as error:
            return self.words(error.text)

    def gathered(self, files: dict[str, bytes]) -> str:
        """bob's hand-in is as it should be, and must be read whatever else there is."""
        for name, content in files.items():
            (self.folder / name).write_bytes(content)
        batch = gather([self.folder / name for name in files], chapters=self.chapters)
        told = [self.words(stray) for stray in batch.strays]
        for one in batch.hand_ins:
            assert (one.submission is None) != (one.problem is None)
            told.append(self.check(one.submission) if one.submission else self.words(one.problem))
        assert "bob.zip" not in files or "read" in told, told
        return told[0] if told else "nothing"

    def check(self, made: Submission) -> str:
        assert len(made.files[made.main]) <= MAX_FILE_BYTES
        msgspec.json.encode((made.main, made.source, made.display_name, sorted(made.files)))
        assert all(made.place(line)[1] >= 0 for line in range(1, len(made.lines) + 1, 97))
        return "read"

    def words(self, text: Text) -> str:
        msgspec.json.encode(text)
        assert not UNSEEN.search(text.en + text.zh), ascii(text)
        assert len(text.en) < 5000, len(text.en)
        assert CHINESE.search(text.zh), text.zh
        kind = re.sub(r"\d[\d,]*", "9", text.en.replace(f"{self.folder}/", ""))
        return re.sub(r"\(.*?\)", "(...)", re.sub(r"\S+/", "", kind))[:80]

    # Making contents.

    def python(self) -> bytes:
        source = self.code(self.random.choice(self.sources))
        codec = self.random.choice(CODECS) if self.random.random() < 0.7 else "utf-8"
        cookie = f"# -*- coding: {codec} -*-\n" if self.random.random() < 0.8 else ""
        first = self.random.choice(["", "", "#!/usr/bin/python\n", "\n", "x = 1\r", "# 批量\r\n"])
        try:
            content = (first + cookie + source).encode(codec, "replace")
        except Exception:  # whatever a codec raises
            content = (first + cookie + source).encode(errors="replace")
        return self.maybe(content if isinstance(content, bytes) else b"")

    def notebook(self) -> bytes:
        tree = notebook([self.code(cell) for cell in self.some_cells()], self.random.choice([4, 4, 4, 3, 2, 1]))
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 5])):
            self.change_tree(tree)
        text = json.dumps(tree, ensure_ascii=self.random.random() < 0.5)
        if self.random.random() < 0.1:
            text = text.replace(
                "{}", self.random.choice(['{"a":' * 3000 + "1" + "}" * 3000, "9" * 6000, "NaN", "[" * 9])
            )
        return self.maybe(text.encode(errors="replace"))

    def some_cells(self) -> list[str]:
        cells = self.random.choice(self.sources).split("\n\n\n")
        extra = ["%matplotlib inline\nplt.plot(f(X))", "", "a = 1; print(a); b = a", "%%bash\nls", "def f(:", "x?"]
        for _ in range(self.random.randrange(4)):
            cells.insert(self.random.randrange(len(cells) + 1), self.random.choice(extra))
        return cells

    def code(self, source: str) -> str:
        """Source with one or two of the things that parsers stumble over."""
        if self.random.random() < 0.5:
            return source
        n = self.random.choice([3, 90, 900, 2900, 9000])
        odd = self.random.choice(
            [
                "x = a" + ".b()" * n, "x = a" + ".b" * n, "x = " + "(" * n + ")" * n, "x = " + "-" * n + "1",
                "x = " + "not " * n + "1", "x = " + "+".join("1" * n), "x = " + "[" * n, "x = '" + "\\N{DIGIT ONE}" * n,
                "if 1: pass\n" + "elif 1: a = 1\n" * n, "x = lambda: " * n + "1", "0\n" * n, "f'" + "{x}" * n + "'",
                "x = " + "1 if 1 else " * n + "2", "a = " * n + "1", "x = " + "9" * n, "class A:\n  x = 1; y = 2\n" * n,
                "".join(" " * level + "if 1:\n" for level in range(min(n, 120))) + " " * 120 + "pass", "\0", "\ud800",
                "# coding: undefined", "\x0c", "\u2028x = 1", "try:\n  a = 1\nexcept A:\n  b = a\nelse:\n  c = 1\n" * n,
            ]
        )  # fmt: skip
        lines = source.split("\n")
        lines.insert(self.random.randrange(len(lines) + 1), odd)
        return "\n".join(lines)

    def files(self) -> dict[str, bytes]:
        files = {"ch28.py": self.python(), "hw/ch56.ipynb": self.notebook(), "tools.py": b"x = 1\n"}
        if self.random.random() < 0.3:
            files["inner.zip"] = self.packed({"ch28.py": self.python(), "deep.zip": self.packed({"ch28.py": b"3"})})
        return files

    def packed(self, files: dict[str, bytes]) -> bytes:
        return self.maybe(self.zipped({self.header(name): content for name, content in files.items()}))

    def zipped(self, files: Mapping[str, bytes] | Mapping[zipfile.ZipInfo, bytes]) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", self.random.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        return target.getvalue()

    def header(self, name: str) -> zipfile.ZipInfo:
        if self.random.random() < 0.1:
            name = self.random.choice(
                [
                    "../" + name,
                    "/" + name,
                    "a/" * 400 + name,
                    name + "/",
                    "张三\\" + name,
                    name[::-1],
                    "C:" + name,
                    "x" * 900,
                ]
            )
        info = zipfile.ZipInfo(name, self.random.choice([(2026, 11, 20, 12, 0, 0), (2107, 15, 31, 31, 63, 62)]))
        if self.random.random() < 0.3:
            info.extra = b"UT\x05\x00\x01" + self.random.choice(SECONDS).to_bytes(4, "little", signed=True)
        if self.random.random() < 0.1:
            info.external_attr = self.random.randrange(1 << 32)
        return info

    # Changing them.

    def maybe(self, content: bytes) -> bytes:
        """Half of all contents stay as they are: what is in them is odd enough."""
        for _ in range(self.random.choice([0, 0, 0, 1, 1, 4, 30])):
            content = self.changed(content)
        return content

    def changed(self, content: bytes) -> bytes:
        at = self.random.randrange(len(content) + 1)
        to = min(len(content), at + self.random.choice([1, 2, 4, 30, 1000]))
        return self.random.choice(
            [
                lambda: content[:at] + self.random.randbytes(to - at) + content[to:],
                lambda: content[:at] + content[to:],
                lambda: content[:at] + self.random.choice(ODD_BYTES) + content[at:],
                lambda: content[:at] + content[at:to] * 3 + content[to:],
                lambda: content[:at] + b"\xff" * (to - at) + content[to:],
                lambda: content[:at],
            ]
        )()

    def change_tree(self, tree: object) -> None:
        """Put something else into a place of a notebook."""
        while isinstance(tree, (dict, list)) and tree:
            key = self.random.choice(list(tree) if isinstance(tree, dict) else range(len(tree)))
            if not isinstance(tree[key], (dict, list)) or self.random.random() < 0.2:
                tree[key] = self.odd()
                return
            tree = tree[key]

    def odd(self) -> object:
        deep: object = []
        for _ in range(self.random.choice([2, 500])):
            deep = [deep]
        return self.random.choice(
            [
                None,
                True,
                -1,
                10**30,
                1e308,
                "",
                "\ud800",
                "\0",
                [],
                {},
                deep,
                ["a\n", 3],
                {"a": {"b": []}},
                "x" * 10_000,
            ]
        )


def memory() -> int:
    """Bytes of this process that are in memory."""
    gc.collect()
    words = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(words[1]) * 4096


def main(count: int = 1000, seed: int = 0, first: int = 0) -> int:
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    before = 0
    here = course.load()
    warnings.simplefilter("ignore")  # of zipfile, about the names that are made up here
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + count):
            one = Fuzzer(here, Path(folder), seed * 1_000_003 + number)
            started = time.monotonic()
            try:
                outcomes[one.one()] += 1
            except Exception:
                print(f"Input {number} of seed {seed} fails. Repeat it with: {sys.argv[0]} 1 {seed} {number}")
                raise
            slowest = max(slowest, time.monotonic() - started)
            if number == first + count // 5:
                before = memory()
    grown = memory() - before
    for outcome, times in outcomes.most_common():
        print(f"{times:7}  {outcome}")
    print(f"{count} inputs; slowest {slowest:.1f} s; memory grew by {grown / 1e6:.0f} MB")
    reader.close()
    return int(slowest > SLOW_SECONDS or grown > GROWTH)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
