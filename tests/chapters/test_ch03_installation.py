"""ch03: verify_sha1, seed_everything, import_report."""

import random
import tracemalloc

import numpy as np
import pytest
import torch

from dlgrade.testing import close, draw_int, expect, promise, shuffled, standard, words

ABC = "a9993e364706816aba3e25717850c26c9cd0d89d"  # of b"abc", as published; the following likewise
EMPTY = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
LONGER = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
MILLION = "34aa973cd4c4daa4f61eeb2bdbad27316534016f"  # of 10**6 letters a
MEBIBYTE = 1 << 20  # the digests of so many letters a, doubled and a little more, are from sha1sum
TWO_MEBIBYTES = "b84b7b775430232c2ee4e2216db1a591d97b2db0"
FIVE_MORE = "3ecbd53574adcc7e5a318dcdd6edc6f535868a9e"


def turned(word, places):
    return (word << places | word >> 32 - places) & 0xFFFFFFFF


def sha1(message):
    """The digest by the steps of FIPS 180-4, for short messages."""
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0]
    padded = message + b"\x80" + bytes((55 - len(message)) % 64) + (8 * len(message)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        schedule = [int.from_bytes(padded[i : i + 4], "big") for i in range(start, start + 64, 4)]
        a, b, c, d, e = state
        for t in range(80):
            if t >= 16:
                schedule.append(turned(schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16], 1))
            choice, parity, majority = (b & c) | (~b & d), b ^ c ^ d, (b & c) | (b & d) | (c & d)
            f = (choice, parity, majority, parity)[t // 20]
            k = (0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6)[t // 20]
            a, b, c, d, e = (turned(a, 5) + f + e + k + schedule[t]) & 0xFFFFFFFF, a, turned(b, 30), c, d
        state = [(old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d, e), strict=True)]
    return "".join(f"{word:08x}" for word in state)


@pytest.fixture
def content(generator):
    """content(300) returns 300 random bytes. None is 13, a line end, which has a check of its own."""
    return lambda size: bytes(torch.randint(14, 256, (size,), generator=generator).tolist())


def verified(impl, content, questions):
    """For probes: the result of verify_sha1 on a file with this content, for each of these further arguments."""
    with np.testing.temppath() as path:
        if content:
            np.frombuffer(content, np.uint8).tofile(path)
        return [impl.verify_sha1(path, *given) for given in questions]


def asked(run, generator, *files):
    """Ask verify_sha1 about files, in a drawn order. Each file has a content, right arguments and wrong arguments."""
    contents, orders = (
        [file[0] for file in files],
        [shuffled(generator, range(len(file[1] + file[2]))) for file in files],
    )
    questions = [[(right + wrong)[i] for i in order] for (_, right, wrong), order in zip(files, orders, strict=True)]
    found = run(lambda impl: [verified(impl, *file) for file in zip(contents, questions, strict=True)])
    close(found, [[i < len(file[1]) for i in order] for file, order in zip(files, orders, strict=True)])


def altered(text, *places):
    """The text with other digits at these places, a copy for each."""
    return [(text[:i] + ("0" if text[i] != "0" else "f") + text[i + 1 :],) for i in places]


@pytest.mark.exercise("verify_sha1")
class TestVerifySha1:
    @pytest.mark.points(2)
    def test_digest(self, run, generator, content):
        """Returns True for the digest of the file, and False for that of another file.
        摘要与文件相符时为 True，是另一个文件的摘要时为 False。"""
        texts = [content(300) for _ in range(4)]
        digests = [(sha1(text),) for text in texts]
        files = [(text, [digests[i]] * 3, digests[:i] + digests[i + 1 :]) for i, text in enumerate(texts)]
        asked(run, generator, *files)

    def test_published_digests(self, run, generator):
        """Returns True for the digests of the standard's examples.
        对标准中给出的示例，结果为 True。"""
        short, long = [(ABC,)] * 6, [(LONGER[1],)] * 6
        asked(run, generator, (b"abc", short, long), (LONGER[0], long, short))

    def test_one_digit(self, run, generator, content):
        """Returns False if any digit of the digest differs.
        摘要中任何一位不同，结果都为 False。"""
        text = content(100)
        places = 0, 7, 20, 39, *torch.randperm(40, generator=generator)[:4].tolist()
        asked(run, generator, (text, [(sha1(text),)] * 8, altered(sha1(text), *places)))

    def test_one_bit(self, run, generator, content):
        """Returns False if any bit of the file differs.
        文件中任何一个比特不同，结果都为 False。"""
        text = content(200)
        places = 0, 64, 127, 199, draw_int(generator, 1, 198)
        files = [(text[:i] + bytes([text[i] ^ 1]) + text[i + 1 :], [], [(sha1(text),)]) for i in places]
        asked(run, generator, *shuffled(generator, [*files, *[(text, [(sha1(text),)], [])] * 5]))

    def test_empty_file(self, run, generator):
        """An empty file has a digest, too.
        空文件也有摘要。"""
        nothing, letters = [(EMPTY,)] * 6, [(ABC,)] * 6
        asked(run, generator, (b"", nothing, letters), (b"abc", letters, nothing))

    def test_missing_file(self, run, generator):
        """Returns False if there is no such file, even for the digest of an empty file.
        文件不存在时结果为 False，即使传入的是空文件的摘要。"""
        names = shuffled(generator, ["data.txt", "data.zip"] * 6)

        def probe(impl):
            with np.testing.tempdir() as folder:
                np.frombuffer(b"abc", np.uint8).tofile(f"{folder}/data.txt")
                missing = impl.verify_sha1(f"{folder}/data.zip", EMPTY)
                return missing, [impl.verify_sha1(f"{folder}/{name}", ABC) for name in names]

        close(run(probe), (False, [name == "data.txt" for name in names]))

    @pytest.mark.points(2)
    def test_chunks(self, run, generator, content):
        """The result does not depend on chunk_size; the last chunk may be smaller.
        结果与 chunk_size 无关；最后一块可以不满。"""
        text, sizes = content(192), (1, 7, 64, 96, 100, 191, 192, 193, 1000)
        asked(run, generator, (text, *([(sha1(part), size) for size in sizes] for part in (text, text[:64]))))

    def test_larger_than_a_chunk(self, run, generator):
        """Reads files of more than two mebibytes to the end, with the default chunk_size.
        用默认的 chunk_size，超过 2 MiB 的文件也能读到末尾。"""
        digests = shuffled(generator, [TWO_MEBIBYTES, FIVE_MORE] * 4)
        million = shuffled(generator, [MILLION, FIVE_MORE] * 2)

        def probe(impl):
            sizes = 2 * MEBIBYTE, 2 * MEBIBYTE + 5
            found = [verified(impl, b"a" * size, [(digest,) for digest in digests]) for size in sizes]
            return [*found, verified(impl, b"a" * 10**6, [(digest, 4096) for digest in million])]

        right = [digests, TWO_MEBIBYTES], [digests, FIVE_MORE], [million, MILLION]
        close(run(probe), [[digest == own for digest in asked] for asked, own in right])

    def test_bytes_as_they_are(self, run, generator, content):
        """Reads bytes, not text: line ends and other bytes count unchanged.
        按字节读取，而不是按文本读取：换行符和其他字节都原样计入。"""
        texts = [b"one\r\ntwo\rthree\n", bytes(range(256)), b"\x1aend\n\n", b"\xff\xfe\x00 ", content(40) + b"\r\n"]
        digests = [(sha1(text),) for text in texts]
        files = [(text, [digests[i]] * 4, digests[:i] + digests[i + 1 :]) for i, text in enumerate(texts)]
        asked(run, generator, *files)

    @pytest.mark.bonus
    def test_capitals(self, run, generator, content):
        """Accepts a digest in capitals, or in mixed case. (The book compares the strings.)
        摘要可以用大写字母，也可以大小写混用。（书中直接比较字符串。）"""
        text = content(50)
        digest = sha1(text)
        capitals = [(digest,), (digest.upper(),), (digest[:20].upper() + digest[20:],)]
        asked(run, generator, (text, capitals, altered(digest.upper(), 3, 5, 30)))

    def test_other_digests(self, run, generator):
        """Returns False for a part of the digest, for extra digits, and for MD5 and SHA-256 digests.
        摘要不完整、多出几位，或者是 MD5、SHA-256 的摘要时，结果都为 False。"""
        md5 = "900150983cd24fb0d6963f7d28e17f72"
        sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        others = [(digest,) for digest in ("", ABC[:8], ABC[2:], ABC + "00", md5, sha256)]
        asked(run, generator, (b"abc", [(ABC,)] * 6, others))

    @pytest.mark.needs("digest")
    def test_memory(self, run, generator):
        """Keeps only a few chunks of a large file in memory at a time.
        读取大文件时，内存中同时只有少数几块。"""
        content, digests = b"a" * 2 * MEBIBYTE, shuffled(generator, [TWO_MEBIBYTES, FIVE_MORE] * 4)

        def probe(impl):
            tracemalloc.start()
            found = verified(impl, content, [(digest, 4096) for digest in digests])
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return found, peak < MEBIBYTE

        found, little = run(probe)
        close(found, [digest == TWO_MEBIBYTES for digest in digests])
        expect(
            little, "Reading 2 MiB with chunk_size=4096 took more than 1 MiB of memory at a time.",
            "chunk_size=4096 时读取 2 MiB 的文件，占用的内存超过了 1 MiB。",
        )  # fmt: skip

    @pytest.mark.needs("digest")
    def test_file_untouched(self, run, content):
        """Leaves the file unchanged, and gives the same result again.
        不修改文件；再次调用，结果相同。"""
        text = content(150)
        digests = [sha1(text), sha1(text[1:])] * 2

        def probe(impl):
            with np.testing.temppath() as path:
                np.frombuffer(text, np.uint8).tofile(path)
                return [impl.verify_sha1(path, digest, 16) for digest in digests], np.fromfile(path, np.uint8).tolist()

        close(run(probe), ([True, False] * 2, list(text)))


def drawn(count):
    """For probes: this many numbers from each of the three libraries."""
    return [random.random() for _ in range(count)], np.random.rand(count).tolist(), torch.rand(count).tolist()


def seeded(impl, draw, count, *seeds):
    """For probes: the result of draw(count) after each of these seeds."""
    return [(impl.seed_everything(seed), draw(count))[1] for seed in seeds]


@pytest.fixture
def seed(generator):
    return draw_int(generator, 1, 2**31)


@pytest.fixture
def count(generator):
    """The number of numbers to draw."""
    return draw_int(generator, 20, 300)


def expect_repeated(first, second):
    expect(
        first == second, f"The same seed gave {first} first and {second} later.",
        f"同一种子先后得到 {first} 和 {second}。",
    )  # fmt: skip


def expect_repeatable(run, draw, count, *seeds):
    """Check that each of two seeds repeats its numbers, and that the two differ."""
    results = run(lambda impl: seeded(impl, draw, count, *(seed for seed in seeds for _ in range(2))))
    expect_repeated(results[::2], results[1::2])
    expect(
        results[0] != results[2], f"The seeds {seeds[0]} and {seeds[1]} give the same numbers.",
        f"种子 {seeds[0]} 和 {seeds[1]} 得到相同的随机数。",
    )  # fmt: skip


@pytest.mark.exercise("seed_everything")
class TestSeedEverything:
    def test_python(self, run, seed, count):
        """Repeats numbers, samples and orders of Python's random.
        Python 的 random 可以重现：随机数、抽样、次序。"""

        def draw(count):
            return random.random(), random.gauss(0, 1), random.sample(range(1000), count)

        expect_repeatable(run, draw, count, seed, seed + 1)

    def test_numpy(self, run, seed, count):
        """Repeats numbers and orders of numpy's np.random.
        numpy 的 np.random 可以重现：随机数、次序。"""

        def draw(count):
            return np.random.randn(3).tolist(), np.random.permutation(count).tolist()

        expect_repeatable(run, draw, count, seed, seed + 1)

    def test_torch(self, run, seed, count):
        """Repeats numbers, orders, first weights and dropout of torch.
        torch 可以重现：随机数、次序、初始权重、暂退法。"""

        def draw(count):
            X = torch.nn.Linear(3, 4)(torch.randn(2, 3))
            return torch.randperm(count).tolist(), torch.nn.functional.dropout(X, 0.5).tolist()

        expect_repeatable(run, draw, count, seed, seed + 1)

    @pytest.mark.points(2)
    def test_whatever_came_before(self, run, seed, count):
        """Draws the same numbers, whatever was drawn before.
        无论之前抽取过多少随机数，结果都相同。"""

        def probe(impl):
            results = []
            for before in (0, 1, 700):
                drawn(before)
                results += seeded(impl, drawn, count, seed)
            return results, seeded(impl, drawn, count, seed + 1)

        (first, *others), (different,) = run(probe)
        for other in others:
            expect_repeated(first, other)
        expect(first != different, "Another seed gives the same numbers.", "换一个种子，得到的随机数却相同。")

    def test_different_seeds(self, run, seed, count):
        """Different seeds give different numbers, in each library; an old seed gives its numbers again.
        在每个库中，不同的种子都得到不同的随机数；再用原来的种子，则重现原来的随机数。"""
        results = run(lambda impl: seeded(impl, drawn, count, *[seed, seed + 1, 42] * 2))
        expect_repeated(results[:3], results[3:])
        differ = [len({tuple(result[library]) for result in results[:3]}) == 3 for library in range(3)]
        expect(
            all(differ), f"Two seeds should give different numbers in random, numpy and torch. Different: {differ}.",
            f"不同的种子应当得到不同的随机数（random、numpy、torch）。实际是否不同：{differ}。",
        )  # fmt: skip

    def test_zero(self, run, count):
        """0 is a seed like any other.
        0 与其他种子没有区别。"""
        expect_repeatable(run, drawn, count, 0, 1)

    def test_large_seeds(self, run, count):
        """Accepts seeds up to 2**32 - 1.
        种子最大可以是 2**32 - 1。"""
        expect_repeatable(run, drawn, count, 2**32 - 1, 2**31)

    def test_gpu(self, run, seed, count):
        """Seeds the GPU, too: without a GPU, the check watches the functions of torch.cuda.
        也为 GPU 设置种子；没有 GPU 时，观察是否调用了 torch.cuda 的函数。"""

        def probe(impl):
            seeds = []
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(torch.cuda, "is_available", lambda: True)
                patch.setattr(torch.cuda, "_is_in_bad_fork", lambda: False)  # or a forked process seeds the CPU alone
                patch.setattr(torch.cuda, "manual_seed", seeds.append)
                patch.setattr(torch.cuda, "manual_seed_all", seeds.append)
                return seeded(impl, drawn, count, seed, seed, seed + 1), len(seeds) > 0

        (first, second, other), asked = run(probe)
        expect_repeated(first, second)
        expect(first != other, "Another seed gives the same numbers.", "换一个种子，得到的随机数却相同。")
        expect(asked, "The GPU's generators have no seed.", "没有为 GPU 的随机数生成器设种子。")


def reported(impl, sources, order, before=()):
    """For probes: the report on new modules with these sources in a folder, and on as many modules that do not exist.

    {} in a source is the path of a file of a single byte. The module may add to it. The file's bytes come last. Names
    are new in each call, because a module stays imported. The modules of `before` are imported before the report.
    `order` has the places of the names; the places of modules that do not exist follow the others.
    """
    with np.testing.tempdir() as folder, pytest.MonkeyPatch.context() as patch:
        mark = f"{folder}/mark"
        np.zeros(1, np.uint8).tofile(mark)
        names = [f"{age}_{folder[-8:]}_{i}" for age in ("new", "old") for i in range(len(sources))]
        for name, source in zip(names, sources, strict=False):
            np.frombuffer(source.format(repr(mark)).encode(), np.uint8).tofile(f"{folder}/{name}.py")
        patch.syspath_prepend(folder)
        for i in before:
            __import__(names[i])
        asked = [names[place] for place in order]
        report = impl.import_report(asked)
        return [report.get(name) for name in asked], len(report), np.fromfile(mark, "u1").tolist()


def found_unloaded(run, generator, sources, before=()):
    """Check that the report finds these modules and no others, and imports nothing."""
    order = shuffled(generator, range(2 * len(sources)))
    expected = [place < len(sources) for place in order], len(order), [0]
    close(run(lambda impl: reported(impl, sources, order, before)), expected)


@pytest.fixture
def nowhere(generator):
    """A name that no module has."""
    return f"no_such_{words(generator, 1, length=5)[0]}"


@pytest.mark.exercise("import_report")
class TestImportReport:
    @standard(promise.untouched)
    def arguments(self, nowhere):
        return {"names": ["json", nowhere, "torch.nn", "json"]}

    @pytest.mark.points(2)
    def test_found_or_not(self, run, generator, nowhere):
        """Finds built-in modules, the standard library and installed packages, and no others.
        能找到内置模块、标准库和已安装的库，找不到不存在的模块。"""
        absent = [nowhere, "torchh", "numpy_"]
        names = shuffled(generator, ["sys", "json", "torch", "numpy", "random", *absent])
        close(run(lambda impl: impl.import_report(names)), {name: name not in absent for name in names})

    def test_new_module(self, run, generator):
        """Finds a new module in a folder of Python's search path.
        能找到 Python 搜索路径中某个文件夹里的新模块。"""
        found_unloaded(run, generator, ["x = 1\n", "y = 2\n"] * 3)

    @pytest.mark.points(2)
    def test_not_imported(self, run, generator):
        """Does not import the modules: their code does not run.
        不导入模块：模块中的代码不会运行。"""
        found_unloaded(run, generator, ["with open({}, 'a') as file:\n    file.write('imported')\n"] * 6)

    def test_broken_module(self, run, generator):
        """Finds modules whose import would fail: an exception, a failed import, a syntax error.
        能找到导入时会出错的模块：抛出异常、其中的导入失败、语法错误。"""
        found_unloaded(run, generator, ["raise RuntimeError\n", "import no_such_module\n", "def f(:\n"] * 2)

    def test_imported_already(self, run, generator):
        """Finds imported modules, also without a __spec__.
        能找到已经导入的模块，包括没有 __spec__ 的模块。"""
        sources = ["x = 1\n", "__spec__ = None\n", "__spec__ = None\n", "y = 1\n", "z = 1\n"]
        found_unloaded(run, generator, sources, before=(0, 1))

    def test_submodules(self, run, generator, nowhere):
        """Looks for submodules in their packages.
        在包中查找子模块。"""
        absent = "json.no_such_module", "torch.nn.no_such.functional", f"torch.nn.{nowhere}"
        names = shuffled(generator, ["torch.nn", "torch.nn.functional", "json.tool", *absent])
        close(run(lambda impl: impl.import_report(names)), {name: name not in absent for name in names})

    def test_absent_package(self, run, nowhere):
        """Does not find a submodule of a missing package, and continues.
        包不存在时，找不到它的子模块，并继续检查其余的名称。"""
        names = [f"{nowhere}.module", "json", f"{nowhere}.package.with_a.module", "torch.nn"]
        close(run(lambda impl: impl.import_report(names)), dict(zip(names, (False, True, False, True), strict=True)))

    def test_no_package(self, run, nowhere):
        """Does not find functions and classes of a module: they are not modules.
        模块中的函数和类不是模块，不能算找到。"""
        names = [
            "json.decoder",
            "json.decoder.JSONDecoder",
            "math.pi",
            "random.random.random",
            f"math.{nowhere}",
            "math",
        ]
        expected = dict(zip(names, (True, False, False, False, False, True), strict=True))
        close(run(lambda impl: impl.import_report(names)), expected)

    def test_names_of_modules(self, run, nowhere):
        """Names are those of modules, not of pip: Pillow is imported as PIL.
        名称是模块名，不是 pip 安装时的名称：Pillow 导入时叫 PIL。"""
        names = ["Pillow", "PIL", "typing-extensions", "typing_extensions", nowhere.replace("_", "-"), "json"]
        close(run(lambda impl: impl.import_report(names)), dict(zip(names, (False, True) * 3, strict=True)))

    def test_few_names(self, run, nowhere):
        """Without names the report is empty; a repeated name is in it once.
        没有名称时，报告为空；重复的名称只出现一次。"""
        groups = [], ["json"], (nowhere, "json", nowhere)
        found = run(lambda impl: [impl.import_report(names) for names in groups])
        close(found, [{}, {"json": True}, {nowhere: False, "json": True}])
