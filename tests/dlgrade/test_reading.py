"""Hand-ins are parsed in a child process: whatever a file does there becomes a sentence about that file."""

import ast
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from encodings.aliases import aliases
from pathlib import Path

import pytest

from dlgrade import submission
from dlgrade.course import load
from dlgrade.course.new_chapter import write_chapter
from dlgrade.errors import GraderError, SubmissionError
from dlgrade.notebook import executed_cells
from dlgrade.submission.reading import python_files, reader
from dlgrade.submission.reading.questions import Notebook, PythonFile, Source
from dlgrade.submission.reading.reader import Reader

FUZZER = Path(__file__).parents[1] / "fuzz" / "hand_ins.py"
GBK = b"# coding: gbk\nx = 1\n"
DEFINITION = "def f():\n    return 1"


def as_json(*cells, **more):
    made = [{"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made, **more}).encode()


def with_metadata(raw):
    return as_json(DEFINITION).replace(b'"metadata": {}, "cells"', b'"metadata": ' + raw + b', "cells"')


# Deep, large and odd files.

READABLE = {
    "chained-calls": "x = a" + ".b()" * 900,
    "attributes": "x = a" + ".b" * 2000,
    "elif": "k = 1\nif k == 0:\n    a = 1\n" + "elif k == 2:\n    a = 2\n" * 899 + "else: a = 3",
    "sum": "x = " + " + ".join("1" * 900),
    "functions": "f = " + "lambda: " * 400 + "1",
    "blocks": "".join(" " * level + "if 1:\n" for level in range(90)) + " " * 90 + "a = 1",
}


@pytest.mark.parametrize("code", READABLE.values(), ids=READABLE)
def test_deep_code_is_read(code):
    """A notebook that Python can compile is read, however deep its code is, also inside a function."""
    inside = "def g(k, a):\n" + "".join(f"    {line}\n" for line in code.split("\n"))
    made = submission.from_content("ch28.ipynb", as_json(DEFINITION, code, inside), display_name="ch28.ipynb")
    assert made.source.endswith(inside + "\n")
    ast.parse(made.files["ch28.ipynb"])
    assert executed_cells.submission(["", DEFINITION, code, inside], "it", {}).source.count("def ") == 2


REFUSED = {
    "too-deep": (as_json(DEFINITION, "x = " + "-" * 100_000 + "1"), "cell 2 is nested too deeply"),
    "too-much-code": (as_json(*["0\n" * 1000] * 1500), "has 3,000,000 bytes of code; a submission may have 1,000,000"),
    "deep-metadata": (with_metadata(b'{"a":' * 5000 + b"1" + b"}" * 5000), "nested too deeply"),
    "deep-brackets": (b"[" * 60_000_000, "nested too deeply"),
    "60-MB-of-lists": (b'{"cells": [' + b"[]," * 19_000_000 + b"0]}", "too much memory"),
    "odd-source": (as_json({"a": 1}), "the source of a cell is not text"),
    "odd-language": (as_json("x", metadata={"language_info": {"name": "\x1b[2J\u202e"}}), "not Python"),
}


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(content, reason):
    """A notebook that is too deep or too large is refused with a sentence that names what is."""
    with pytest.raises(SubmissionError, match=reason) as refused:
        submission.from_content("ch28.ipynb", content, display_name="in/ch28.ipynb")
    assert refused.value.text.en.isprintable()
    assert refused.value.text.zh != refused.value.text.en


@pytest.mark.parametrize(
    "content",
    [
        with_metadata(b'{"n": ' + b"9" * 100_000 + b"}"),
        with_metadata(b'{"n": [NaN, -Infinity, 1e999]}'),
        as_json(DEFINITION + "  # \ud800"),
        as_json("# coding: undefined\n" + DEFINITION),
    ],
    ids=["huge-number", "odd-numbers", "half-a-pair", "encoding-in-a-cell"],
)
def test_oddities_that_do_no_harm(content):
    """Numbers of any size, half of a surrogate pair and a cell that names an encoding do no harm."""
    made = submission.from_content("ch28.ipynb", content, display_name="ch28.ipynb")
    assert ast.dump(ast.parse(made.files["ch28.ipynb"])) == ast.dump(ast.parse(DEFINITION))


# Encodings.

SAMPLE = "# -*- coding: {} -*-\n# 批量归一化 é\nx = '批量 é'\n"
ODD_CODECS = ("undefined", "idna", "punycode", "unicode_escape", "utf-8-sig", "UTF_8", "no-such", "x" * 999)
CODECS = sorted({*aliases.values(), *aliases, *ODD_CODECS})


def _of_python(content):
    """The syntax tree that Python makes of a file's bytes; None where it makes none."""
    try:
        return ast.dump(ast.parse(content))
    except Exception:
        return None


@pytest.mark.parametrize("first", ["", "\n", "# 批\r", "\ufeff", "x = 1\n", "# a\rx = 2\r"], ids=ascii)
def test_decodes_as_python_does(first):
    """Under every name of an encoding, in the first line or after another, the text is that which Python reads."""
    for codec in CODECS:
        source = first + SAMPLE.format(codec)
        for content in (source.encode(), _encoded(source, codec)):
            try:
                found = ast.dump(ast.parse(submission.from_content("a.py", content, display_name="a.py").source))
            except (SubmissionError, SyntaxError, ValueError):
                found = None
            assert found == _of_python(content), (codec, content)


def _encoded(source, codec):
    try:
        return source.encode(codec, "replace")
    except Exception:
        return b"x"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"# coding: undefined\nx = 1\n", "names the encoding 'undefined', in which Python cannot read it"),
        (b"# coding: punycode\n" + b"x = 1\n" * 1000, "names the encoding 'punycode', in which"),
        (b"# coding: unicode_escape\nx = '\\ud800'\n", "names the encoding 'unicode_escape', in which"),
        (b"# coding: rot13\nx = 1\n", "names the encoding 'rot13', in which"),
        (b"\xef\xbb\xbf# coding: gbk\nx = 1\n", "names the encoding 'gbk', in which"),
        (b"# coding: gbk\n\nx = '\xff'\n", "names the encoding 'gbk', but line 3 is not written in it"),
        (b"# coding: utf-8\rx = '\xff'\r", r"is not UTF-8 text \(line 2\)"),
    ],
    ids=range(7),
)
def test_encodings_that_python_does_not_read(content, reason):
    """A file that Python cannot decode is refused with the encoding that it names, or the line that is not in it."""
    with pytest.raises(SubmissionError, match=reason):
        submission.from_content("a.py", content, display_name="a.py")


def test_lines_are_those_of_python():
    """A form feed or a line separator ends no line."""
    made = submission.from_content("a.py", b"'''\x0c\x1c\xe2\x80\xa8'''\r\n\rx\n", display_name="a.py")
    assert made.lines == ["'''\x0c\x1c\u2028'''", "", "x", ""]


def test_a_plain_file_needs_no_child():
    """Neither in UTF-8 nor with a byte-order mark: a check of a Python file waits for no other process."""
    reader.close()
    for content in (b"x = 1\n", b"\xef\xbb\xbfx = 1\n", b"#!/bin/python\n# coding: utf8\n'\xe6\x89\xb9'\n"):
        assert python_files.plain(content, "a.py") == content.decode("utf-8-sig")
        submission.from_content("a.py", content, display_name="a.py")
    assert reader._shared.process is None


# The child.


@pytest.fixture
def own():
    """A reader whose child nobody else uses."""
    own = Reader()
    yield own
    own.close()


def works(own):
    return own.ask(PythonFile("it", GBK), Source).text == GBK.decode()


def test_a_child_that_is_killed(own):
    """A child that dies between two files, or over a file, is replaced, and the file that survives it is read."""
    assert works(own)
    first = own.process
    first.kill()
    assert works(own)
    assert own.process is not first
    assert first.returncode == -signal.SIGKILL


SLOW = as_json(DEFINITION, "f'" + "{0}" * 300_000 + "'")


def test_a_file_that_takes_too_long():
    """When the time is over the child ends, the file gets a sentence, and the next file a new child."""
    own = Reader(seconds=0.5)
    started = time.monotonic()
    with pytest.raises(SubmissionError, match="it takes far too long to read"):
        own.ask(Notebook("it", SLOW), Source)
    assert time.monotonic() - started < 30
    own.seconds = 60.0
    assert works(own)
    own.close()


def test_memory_is_given_back(own):
    """A file that needs too much memory is refused, and the child that read it is gone."""
    assert works(own)
    with pytest.raises(SubmissionError, match="needs too much memory"):
        own.ask(Notebook("it", REFUSED["60-MB-of-lists"][0]), Source)
    assert own.process is None
    assert works(own)


def test_threads_take_turns(own):
    """Each of many threads gets the answer to its own question."""
    answers = {}

    def ask(number):
        for _ in range(20):
            text = f"# coding: gbk\nx = {number}\n"
            assert own.ask(PythonFile("it", text.encode()), Source).text == text
        answers[number] = True

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8


def test_a_child_that_does_not_start(monkeypatch, own):
    """That there is no child is the grader's fault, never a file's."""
    monkeypatch.setattr(reader, "COMMAND", [sys.executable, "-c", "raise SystemExit('no module')"])
    with pytest.raises(GraderError, match=r"does not start.*no module"):
        works(own)


OWNER = """
import os, sys, time
from dlgrade.submission.reading import reader
from dlgrade.submission.reading.questions import PythonFile, Source
print(reader.ask(PythonFile("it", b"# coding: gbk\\nx = 1"), Source).text.count("x"), flush=True)
print(reader._shared.process.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def owner(tmp_path):
    """A process with a child, and the child's number; its folder has files with the names of libraries."""
    for name in ("json.py", "zipfile.py", "msgspec.py", "encodings.py", "dlgrade.py"):
        (tmp_path / name).write_text("raise SystemExit('a student is here')\n")
    command = [sys.executable, "-P" if sys.version_info >= (3, 11) else "-B", "-c", OWNER]
    with subprocess.Popen(
        command, cwd=tmp_path if sys.version_info >= (3, 11) else None, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, start_new_session=True,
    ) as owner:  # fmt: skip
        assert owner.stdout.readline() == "1\n"
        yield owner, int(owner.stdout.readline())
        owner.kill()


def ended(pid):
    for _ in range(200):
        with contextlib.suppress(FileNotFoundError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state not in "ZX":
                time.sleep(0.05)
                continue
        return True
    return False


def test_a_child_ends_with_its_parent(owner):
    """Killed or at its end, a process leaves no child behind."""
    process, child = owner
    assert not Path(f"/proc/{child}/cwd").samefile(Path.cwd())
    os.kill(process.pid, signal.SIGKILL)
    assert ended(child)


def test_ctrl_c_is_for_the_parent(owner):
    """The child is in a session of its own, so that Ctrl-C neither ends it nor makes it say anything."""
    process, child = owner
    assert os.getpgid(child) != os.getpgid(process.pid)
    os.kill(child, signal.SIGINT)
    process.stdin.close()
    assert process.wait(30) == 0
    assert ended(child)


def open_files():
    found = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # that of the folder itself is closed by now
            found.add(str(descriptor.readlink()))
    return found


def test_a_forked_process_has_no_part_in_it():
    """A process that is forked from a parent holds none of the pipes to its child."""
    reader.close()
    before = open_files()
    assert works(reader._shared)
    pipes = {name for name in open_files() - before if name.startswith("pipe:")}
    assert len(pipes) == 2
    pid = os.fork()
    if pid == 0:
        os._exit(int(bool(open_files() & pipes) or reader._shared.process is not None))
    assert os.waitpid(pid, 0)[1] == 0
    assert works(reader._shared)


# A class.

RIGHT = b"def twice(X):\n    return X + X\n"
BREAKING = [
    {
        "eve/ch90.py": (b"# coding: undefined\n" + RIGHT, "names the encoding 'undefined'"),
        "fay/ch90.ipynb": (as_json(RIGHT.decode(), "x = " + "-" * 9000 + "1"), "cell 2 is nested too deeply"),
        "gus/ch90.ipynb": (b'{"cells": [' + b"[]," * 19_000_000 + b"0]}", "needs too much memory"),
        "hal/ch90.zip": (b"PK\x03\x04" + b"\0" * 90, "is not a zip file, or is damaged"),
    },
    {
        "eve/ch90.py": (b"# coding: punycode\n" + RIGHT * 20_000, "names the encoding 'punycode'"),
        "fay/ch90.ipynb": (with_metadata(b"[" * 100_000), "nested too deeply"),
        "gus/ch90.ipynb": (as_json(*["0\n" * 1000] * 1500), "has 3,000,000 bytes of code"),
        "hal/ch90.ipynb": (b"\0" * 60_000_000, "is not a notebook: no JSON"),
    },
]


@pytest.fixture
def small(empty_course):
    """A course of one exercise, `twice`."""
    del empty_course
    write_chapter(load(), "ch90", "twice")


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("breaking", BREAKING, ids=["first", "second"])
def test_a_class(dlgrade, tmp_path, breaking):
    """Of twelve students four hand in what cannot be read: each gets a sentence, and the other eight are graded."""
    files = {f"{number}/ch90.py": RIGHT for number in range(6)}
    files |= {"7/ch90.ipynb": as_json(RIGHT.decode()), "8/ch90.py": b"# coding: gbk\n" + RIGHT}
    for name, content in (files | {name: content for name, (content, _) in breaking.items()}).items():
        place = tmp_path / "in" / name
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
    done = dlgrade("grade", tmp_path / "in", "--json", "--lang", "en", "--jobs", 1)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    summary = json.loads(done.stdout)
    assert (summary["graded"], summary["grader_failed"]) == (8, [])
    told = sorted(summary["not_gradable"])
    assert len(told) == len(breaking)
    for (name, (_, reason)), words in zip(sorted(breaking.items()), told, strict=True):
        assert name in words
        assert reason in words


def test_fuzzed():
    """A hundred mutated hand-ins raise nothing unexpected, hang nowhere and leave no memory behind."""
    command = [sys.executable, FUZZER, "100", "7"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=250, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
