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


def test_the_name_of_the_issue():
    """A Latin name is no Chinese character in a Latin word, however short the file is."""
    decoded = decode("id,name\n1,Müller\n".encode("cp1252"))
    assert (decoded.text.splitlines()[1], decoded.encoding, decoded.doubtful) == ("1,Müller", "Windows-1252", True)


@pytest.mark.parametrize("content", [b"\x00\x01\x02\x03", b"a\0b\0\0\0", b"\xff\xfe\x00"], ids=repr)
def test_no_text(content):
    """Bytes that are no text have no encoding."""
    assert decode(content) is None
