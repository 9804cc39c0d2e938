"""Zips that lie, climb, explode or carry names in old encodings: refused in a sentence, or read right."""

import io
import stat
import struct
import time
import zipfile
from datetime import datetime, timezone

import pytest

from dlgrade.batch.files import archives
from dlgrade.batch.files.archives import zip_tree
from dlgrade.errors import SubmissionError


@pytest.fixture
def make(tmp_path):
    """make({name: content}): the path of a zip; a name may be a ZipInfo."""

    def make(files, method=zipfile.ZIP_DEFLATED):
        place = tmp_path / "it.zip"
        with zipfile.ZipFile(place, "w", method) as packed:
            for name, content in files.items():
                packed.writestr(name, content)
        return place

    return make


def patched(place, old, new):
    """Change bytes of a zip, in all places."""
    assert len(old) == len(new)
    content = place.read_bytes()
    assert old in content
    place.write_bytes(content.replace(old, new))
    return place


def contents(place, limit=1000):
    return {"/".join(entry.parts): entry.read(limit) for entry in zip_tree(place).entries}


def only_problem(place):
    (entry,) = zip_tree(place).entries
    assert entry.problem is not None
    with pytest.raises(SubmissionError):
        entry.read(1000)
    return entry.problem.en


@pytest.mark.parametrize(
    "name",
    [
        "../ch28.py",
        "a/../../ch28.py",
        "/etc/ch28.py",
        "C:/ch28.py",
        "C:ch28.py",
        "//server/share/ch28.py",
        "..\\ch28.py",
    ],
)
def test_names_that_lead_out(make, name):
    """A name that leads out of the zip is refused, and its entry lies in the zip like any other."""
    place = make({name: "x", "fine.py": "y"})
    bad, fine = zip_tree(place).entries
    assert bad.problem.en == f"{place}: {name.replace(chr(92), '/')} has a name that leads out of the zip."
    assert bad.parts == ("ch28.py",)
    assert fine.read(10) == b"y"


def test_links_in_a_zip(make):
    """A symbolic link is refused."""
    link = zipfile.ZipInfo("ch28.py")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert "is a link" in only_problem(make({link: "/etc/passwd"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_the_same_name_twice(tmp_path):
    """Two entries with one name are both left out: programs do not agree on which counts."""
    with zipfile.ZipFile(tmp_path / "it.zip", "w") as packed:
        packed.writestr("ch28.py", "one")
        packed.writestr("ch28.py", "two")
    problems = [entry.problem.en for entry in zip_tree(tmp_path / "it.zip").entries]
    assert all("is in the zip more than once" in problem for problem in problems)


def test_encrypted(make):
    """An encrypted entry is refused."""
    place = make({"ch28.py": "x"}, zipfile.ZIP_STORED)
    content = bytearray(place.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    place.write_bytes(content)
    assert "is encrypted" in only_problem(place)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_methods(make, method):
    """Methods whose output cannot be counted while it comes are refused."""
    assert "make a plain zip" in only_problem(make({"ch28.py": "x"}, method))


def test_bomb(make):
    """Unpacking stops as soon as the content is larger than a submission may be."""
    (entry,) = zip_tree(make({"ch28.ipynb": bytes(80_000_000)})).entries
    started = time.process_time()
    with pytest.raises(SubmissionError, match="more than 64,000,000 bytes"):
        entry.read(64_000_000)
    assert time.process_time() - started < 5


def test_bomb_that_lies_about_its_size(make):
    """The size in the header is not what is believed."""
    place = make({"ch28.py": bytes(100_000)})
    patched(place, struct.pack("<I", 100_000), struct.pack("<I", 1000))
    (entry,) = zip_tree(place).entries
    with pytest.raises(SubmissionError, match="is damaged"):
        entry.read(5000)


def test_many_small_bombs(make, monkeypatch):
    """All that comes out of one zip is counted together."""
    monkeypatch.setattr(archives, "MAX_TOTAL_NESTED", 2500)
    inner = io.BytesIO(make({f"{number}.py": bytes(1000) for number in range(5)}).read_bytes())
    entries = zip_tree(make({"inner.zip": inner.getvalue()})).entries
    assert [len(entry.read(1000)) for entry in entries[:2]] == [1000, 1000]
    with pytest.raises(SubmissionError, match=r"inner\.zip unpacks to far too much"):
        entries[2].read(1000)


def test_a_million_entries(tmp_path):
    """A zip with a million entries is refused before they are looked at."""
    name = b"ch28.py"
    record = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0
    )
    directory = (record + name) * 1_000_000
    for count in (0xFFFF, 1):
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), 0, 0)
        (tmp_path / "it.zip").write_bytes(directory + end)
        started = time.process_time()
        with pytest.raises(SubmissionError, match="more than 50,000 entries"):
            zip_tree(tmp_path / "it.zip")
        assert time.process_time() - started < 1


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(100)])
def test_not_a_zip(tmp_path, content):
    """A file that is no zip is said to be none; an empty zip has nothing in it."""
    (tmp_path / "it.zip").write_bytes(content)
    if len(content) == 22:
        assert zip_tree(tmp_path / "it.zip").entries == []
        return
    with pytest.raises(SubmissionError, match="is not a zip file, or is damaged"):
        zip_tree(tmp_path / "it.zip")


@pytest.mark.parametrize("cut", [30, 60, 100])
def test_cut_off_or_garbled(make, cut):
    """A zip whose content is damaged says so when it is read."""
    place = make({"ch28.py": bytes(range(256)) * 10})
    content = bytearray(place.read_bytes())
    content[cut : cut + 8] = b"\xff" * 8
    place.write_bytes(content)
    with pytest.raises(SubmissionError, match="damaged"):
        [entry.read(10_000) for entry in zip_tree(place).entries]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "cp437"])
def test_names_without_a_flag(make, encoding):
    """Names of old and of Chinese Windows are read as UTF-8 if they are, else GBK, else cp437; backslashes separate."""
    name = "é\xa0.py" if encoding == "cp437" else "张三\\作业.py"
    raw = name.encode(encoding)
    place = patched(make({"x" * len(raw): "y"}), b"x" * len(raw), raw)
    assert list(contents(place)) == [name.replace("\\", "/")]


def test_names_that_macos_takes_apart(make):
    """Accents that macOS writes apart from their letters are put together."""
    assert list(contents(make({"Jose\u0301/ch28.py": "x"}))) == ["Jos\u00e9/ch28.py"]


def test_nested(make):
    """A zip in a zip is a folder of its own; a third level is not read."""
    innermost = make({"ch28.py": "3"}).read_bytes()
    inner = make({"hw/ch28.py": "2", "deep.zip": innermost}).read_bytes()
    entries = zip_tree(make({"ada.zip": inner, "ch28.py": "1"})).entries
    assert ["/".join(entry.parts) for entry in entries] == ["ada.zip/hw/ch28.py", "ada.zip/deep.zip", "ch28.py"]
    assert entries[0].read(10) == b"2"
    assert entries[0].display_name.endswith("it.zip: ada.zip: hw/ch28.py")
    assert "a zip inside a zip inside a zip" in entries[1].problem.en


def test_times(make):
    """The time in UTC, where a zip has it, is taken before the local one; impossible times are none."""
    noon = (2026, 11, 20, 12, 0, 0)
    utc, local, unknown = (zipfile.ZipInfo(f"{n}.py", noon) for n in range(3))
    odd = zipfile.ZipInfo("odd.py", (2026, 15, 31, 12, 0, 0))
    utc.extra = struct.pack("<HHBi", 0x5455, 5, 1, 1_700_000_000)
    unknown.date_time = (1980, 1, 1, 0, 0, 0)
    place = make({utc: "", local: "", unknown: "", odd: ""})
    assert [entry.modified for entry in zip_tree(place).entries] == [
        datetime.fromtimestamp(1_700_000_000, timezone.utc), datetime(*noon), None, None,
    ]  # fmt: skip
