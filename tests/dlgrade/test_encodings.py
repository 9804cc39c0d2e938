"""The encoding of a roster: right, or named with one decoded name. No name is garbled without a word."""

import random

import pytest

from dlgrade.batch.students.encodings import decode

SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞鑫昊琪轩璐瑶梓涵"
TW_SURNAMES, TW_GIVEN = "陳林黃張李王吳劉蔡楊許鄭謝郭曾廖賴徐", "雅婷怡君豪志明俊傑淑芬美玲宏冠宇翰佳穎欣詩涵宜"
GERMAN = ["Jürgen Müller", "Björn Weiß", "Käthe Groß", "Anna Schröder", "Lena Jäger", "Paul König", "Zoë Döring"]
FRENCH = ["Zoé Lefèvre", "François Noël", "Éric Côté", "Hélène Bézier", "Anaïs Garçon", "Jean Dupont", "Inès Léger"]
SPANISH = ["José Muñoz", "María Núñez", "Íñigo Peña", "Ángel Ibáñez", "Begoña Gómez", "Raúl Pérez", "Ana López"]
CLASSES = {
    "chinese": (lambda draw: draw.choice(SURNAMES) + "".join(draw.choices(GIVEN, k=draw.choice([1, 2, 2]))), "gb18030"),
    "taiwanese": (lambda draw: draw.choice(TW_SURNAMES) + "".join(draw.choices(TW_GIVEN, k=2)), "cp950"),
    "german": (lambda draw: draw.choice(GERMAN), "cp1252"),
    "french": (lambda draw: draw.choice(FRENCH), "cp1252"),
    "spanish": (lambda draw: draw.choice(SPANISH), "latin-1"),
    "mixed": (lambda draw: draw.choice([*GERMAN, *FRENCH, "张三", "李小明", "王芳"]), "gb18030"),
}
HEADERS = {"chinese": "学号,姓名", "taiwanese": "學號,姓名"}


def roster(kind, size, seed, header):
    """A roster of drawn names."""
    draw = random.Random(f"{kind} {size} {seed}")
    name = CLASSES[kind][0]
    return f"{header}\n" + "".join(f"{2021012345 + row},{name(draw)}\n" for row in range(size))


@pytest.mark.parametrize("size", [1, 3, 10, 40, 300])
@pytest.mark.parametrize("kind", CLASSES)
def test_no_name_is_garbled_in_silence(kind, size):
    """In its country's encoding, in UTF-8 and in UTF-16: from 3 names on it is right, and a mistake is never silent."""
    right = total = 0
    for seed in range(20 if size < 40 else 3):
        for header in {"id,name", HEADERS.get(kind, "id,name")}:
            text = roster(kind, size, seed, header)
            for encoding in (CLASSES[kind][1], "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
                decoded = decode(text.encode(encoding))
                assert decoded is not None
                assert decoded.text == text or decoded.doubtful, (encoding, text, decoded)
                assert not (decoded.doubtful and encoding != "utf-8" and "UTF" in decoded.encoding)
                assert decoded.fault is None
                right += decoded.text == text
                total += 1
    assert right >= (0.95 if size == 1 else 1) * total


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp949", "김민준 이서연 박지훈 최수빈 정예은 강현우"),
        ("shift_jis", "佐藤健 鈴木花子 高橋一郎 田中美咲 中村さくら"),
        ("euc_jp", "佐藤健 鈴木花子 高橋一郎 渡辺結衣 加藤蓮"),
        ("cp1250", "Łukasz Żółć Paweł Kowalski Jiří Dvořák"),
        ("cp1251", "Иван Анна Дмитрий Елена"),
        ("cp1253", "Γιώργος Μαρία"),
        ("cp1254", "Şükrü Gökçe Işık"),
        ("mac_roman", "Jürgen Müller Käthe Groß"),
        ("cp850", "Jürgen Müller Käthe Groß"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 12])
def test_encodings_that_are_not_read(encoding, names, size):
    """A roster in any other encoding is in doubt, and so a name of it is shown."""
    draw = random.Random(size)
    text = "id,name\n" + "".join(f"{row},{draw.choice(names.split())}\n" for row in range(size))
    decoded = decode(text.encode(encoding))
    assert decoded is None or decoded.doubtful or text.isascii()


@pytest.mark.parametrize(
    ("encoding", "names", "language"),
    [
        ("cp949", "김민준 이서연 박지훈 최수빈 정예은", "Korean"),
        ("euc_kr", "강현우 조민서 윤서준 장하은 임도윤", "Korean"),
        ("shift_jis", "佐藤健 鈴木花子 高橋一郎 田中美咲 中村さくら", "Japanese"),
        ("euc_jp", "渡辺結衣 加藤蓮 伊藤翔太 山本陽菜 小林大輔", "Japanese"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 5])
def test_korean_and_japanese_are_refused(encoding, names, language, size):
    """Korean and Japanese names are no Chinese ones: the text is refused, and the message shows a true name."""
    for header in ("id,name", {"Korean": "학번,이름", "Japanese": "学籍番号,氏名"}[language]):
        rows = "".join(f"{row},{name}\n" for row, name in enumerate(names.split()[:size]))
        decoded = decode(f"{header}\n{rows}".encode(encoding))
        assert f"it seems to be {language}" in decoded.fault.en
        assert names.split()[0] in decoded.fault.en


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("id,name\n1,张三\n2,M\udcfcller\n", 3),
        ("id,name\n1,张三\n2,李\udce6\udc9d\n3,Bob\n", 3),
        ("\ufeffid,name\n1,张三\n2,李四\n3,J\udcf6rg\n", 4),
        ("id,name\n1,Jürgen\n2,Käthe\n3,Zoë\n4,J\udcf6rg\n", 5),
        ("id,name\n1,Ada\n2,B\0b\n3,Cyd\n4,Eve\n", 3),
        ("学号,姓名\n1,张三\n2,李四\0\n3,王五\n", 3),
    ],
    ids=repr,
)
def test_a_broken_byte(content, line):
    """A file that is UTF-8 but for a byte is refused with the line of the byte. It is not read in another encoding."""
    decoded = decode(content.encode("utf-8", "surrogateescape"))
    assert f"line {line} has a byte that is not UTF-8" in decoded.fault.en


def test_the_name_of_the_issue():
    """A Latin name is no Chinese character in a Latin word, however short the file is."""
    decoded = decode("id,name\n1,Müller\n".encode("cp1252"))
    assert (decoded.text.splitlines()[1], decoded.encoding, decoded.doubtful) == ("1,Müller", "Windows-1252", True)


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03", b"a\0b\0\0\0", b"\xff\xfe\x00"], ids=repr)
def test_no_text(content):
    """Bytes that are no text have no encoding."""
    assert decode(content) is None
