"""Files beside a submission: modules and data that its code names come along, within limits, or are named."""

import pytest

from dlgrade import submission
from dlgrade.options import RunOptions
from dlgrade.submission import MAX_BESIDE, MAX_FILES
from dlgrade.submission.beside import MAX_FOLDERS, on_disk

MAIN = "ch28_batch_norm.py"


@pytest.fixture
def folder(tmp_path):
    """folder(source, {path: content}): the submission with this source, read from a folder with these files."""

    def folder(source, files=()):
        for name, content in {MAIN: source, **dict(files)}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return submission.read(tmp_path / MAIN)

    return folder


def beside(read):
    return sorted(read.files.keys() - {read.main})


def test_modules(folder):
    """Python files of the folder come along, and packages that they import, in whatever way; other packages do not."""
    files = {
        "tools.py": "from nets import *", "nets/__init__.py": "", "nets/deep/layers.py": "", "utils/att.py": "",
        "models/a.py": "", "other/b.py": "", "other/data.txt": "",
    }  # fmt: skip
    read = folder("import tools, models.a as a; import torch\nif True:\n    from utils.att import f\n", files)

    assert beside(read) == ["models/a.py", "nets/__init__.py", "nets/deep/layers.py", "tools.py", "utils/att.py"]
    assert read.left_out == ()


def test_data(folder):
    """A data file comes along if its name, or the name of a folder around it, is in quotes in any of the code."""
    files = {
        "words.txt": "w", "more/long name.csv": "l", "images/cat/1.png": b"1", "tools.py": "P = f'{x}/names.json'",
        "deep/names.json": "n", "unnamed.txt": "u", "words": "no",
    }  # fmt: skip
    read = folder("import tools\nopen('words.txt')\nopen('more/long name.csv')\nD = \"images\"\nwords = 1\n", files)

    assert beside(read) == ["deep/names.json", "images/cat/1.png", "more/long name.csv", "tools.py", "words.txt"]


def test_what_never_comes_along(folder, tmp_path):
    """Hidden files, folders of tools, and files behind too many folders stay where they are; so do links, by name."""
    deep = "/".join(["data"] * (MAX_FOLDERS + 1)) + "/x.txt"
    names = [".env", ".git/config", "venv/x.txt", "__pycache__/x.txt", "node_modules/x.txt", "data/.hidden", deep]
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "in").mkdir()
    read_in = tmp_path / "in" / MAIN
    folder("pass", {f"in/{name}": "no" for name in names})
    read_in.write_text("'.env', '.git', 'venv', '__pycache__', 'node_modules', 'data', 'x.txt', 'link.txt', 'linked'\n")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "in" / "linked").symlink_to(tmp_path)

    read = submission.read(read_in)

    assert beside(read) == []
    assert sorted(read.left_out) == ["link.txt", "linked"]


def test_limits(folder):
    """A named file that does not fit is left out by name; modules come before data, and small files still fit."""
    many = {f"data/{number:03}.txt": "x" for number in range(MAX_FILES)}
    read = folder("import tools\n'data'\n'zzz.bin'", {"tools.py": "", "zzz.bin": bytes(MAX_BESIDE + 1), **many})

    assert "tools.py" in read.files
    assert len(beside(read)) == MAX_FILES
    assert read.left_out == ("zzz.bin", "data/099.txt")


def test_a_large_module(folder):
    """A module that is too large is left out by name if the submission imports it, and silently if not."""
    read = folder("import big\n", {"big.py": "#" * 1_000_001, "idle.py": "#" * 1_000_001})

    assert read.left_out == ("big.py",)


def test_a_large_folder(tmp_path):
    """A folder with many files, such as a home folder, is not searched to its end."""
    (tmp_path / "many").mkdir()
    for number in range(2100):
        (tmp_path / "many" / str(number)).touch()

    assert len(list(on_disk(tmp_path))) == 2000


def test_in_a_worker(judge, grade, folder, ch28):
    """Packages and data work as they do at home: relative imports, modules of a package, paths from the folder."""
    source = (
        "import helpers.layers.norm\nfrom helpers import SIZES, layers as L\nWORDS = open('data/words.txt').read()\n"
        + grade.reference
        + "\ndef norm_stat_count(shape, kind, right=norm_stat_count):\n"
        "    assert (WORDS, SIZES, helpers.layers.norm.ONE) == ('hello', [1], 1), (WORDS, SIZES)\n"
        "    assert open(str(__file__).replace('ch28_batch_norm.py', 'data/words.txt')).read() == 'hello'\n"
        "    return L.norm.call(right, shape, kind)\n"
    )
    files = {
        "helpers/__init__.py": "from .layers.norm import ONE\nfrom . import layers\nSIZES = [ONE]\n",
        "helpers/layers/norm.py": "from .. import number\nONE = number.ONE\ndef call(f, *args):\n    return f(*args)\n",
        "helpers/number.py": "ONE = 1\n",
        "data/words.txt": "hello",
    }
    report = judge.grade(ch28, folder(source, files), RunOptions(keyword="norm_stat_count"))

    assert [check.message for check in report.checks if not check.passed] == []


def test_a_missing_data_file(grade):
    """A data file that did not come along is missing where it is opened, with advice."""
    report = grade(
        grade.reference + "\n\ndef norm_stat_count(shape, kind):\n    return open('counts.txt')\n", "norm_stat_count"
    )

    message = report.checks[0].message
    assert message.en.startswith("FileNotFoundError: ")
    assert "come along if they are beside the submission" in message.en
    assert "数据文件须与提交的文件放在一起" in message.zh


def test_left_out_in_reports(dlgrade, tmp_path, grade):
    """`dlgrade check` names the files that were left out, in both languages; they cost nothing."""
    (tmp_path / MAIN).write_text("'big.bin'\n" + grade.reference, encoding="utf-8")
    (tmp_path / "big.bin").write_bytes(bytes(MAX_BESIDE + 1))

    english = dlgrade("check", "ch28", "-k", "norm_stat_count", "--lang", "en")
    chinese = dlgrade("check", "ch28", "-k", "norm_stat_count", "--lang", "zh")

    assert english.returncode == chinese.returncode == 0
    assert "Left out: big.bin. A link does not come along; 100 files of together 10 MB do." in english.stdout
    assert "未一并送评：big.bin。" in chinese.stdout
