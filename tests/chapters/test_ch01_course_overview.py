"""ch01: parse_version, check_environment, course_progress."""

import numpy as np
import pytest
import torch

from dlgrade.testing import close, expect, promise, raises, shuffled, standard, words


@pytest.fixture
def numbers(generator):
    """numbers(3) returns three drawn numbers for a version. Neither they nor their neighbours end in 0."""

    def numbers(count):
        tens, ones = (torch.randint(*bounds, (count,), generator=generator) for bounds in ((0, 30), (2, 9)))
        return (10 * tens + ones).tolist()

    return numbers


@pytest.fixture
def tag(generator):
    """A drawn word, for names."""
    return words(generator, 1, length=5)[0]


@pytest.fixture
def tagged(tag):
    """tagged(value) puts the drawn word before each name, in lists and dicts. Their order stays."""

    def tagged(value):
        if isinstance(value, dict):
            return {tag + name: tagged(names) for name, names in value.items()}
        return tag + value if isinstance(value, str) else type(value)(map(tagged, value))

    return tagged


@pytest.fixture
def graph(generator):
    """graph(12) returns twelve chapters in random order, each with up to three earlier chapters as prerequisites."""

    def graph(size):
        names = [f"ch{number:02d}" for number in torch.randperm(90, generator=generator)[:size].tolist()]
        counts = torch.randint(1, 4, (size,), generator=generator).tolist()
        later = [(i, torch.randperm(i, generator=generator)[: counts[i]].tolist()) for i in range(1, size)]
        return names, {names[i]: [names[j] for j in chosen] for i, chosen in later}

    return graph


def parsed(impl, *versions):
    """For probes: the release of each version."""
    return [impl.parse_version(version) for version in versions]


@pytest.mark.exercise("parse_version")
class TestParseVersion:
    @pytest.mark.points(2)
    def test_release(self, run, numbers):
        """Returns the numbers of a release as a tuple of ints.
        以整数元组返回版本号中的各个数。"""
        releases = [tuple(numbers(3)) for _ in range(4)]
        versions = [".".join(map(str, release)) for release in releases]
        close(run(lambda impl: parsed(impl, *versions)), releases)

    def test_sorts_versions(self, run, numbers, generator):
        """Sorts versions in the order of their releases: 1.10 after 1.9.
        能按发布的先后给版本排序：1.10 在 1.9 之后。"""
        releases = [
            (1, 10),
            (1, 9),
            (0, 17, 6),
            (10, 0),
            (1, 10, 2),
            (2, 1),
            (1, 2),
            *map(tuple, (numbers(2), numbers(3))),
        ]
        versions = shuffled(generator, [".".join(map(str, release)) for release in releases])
        found, release = run(lambda impl: (sorted(versions, key=impl.parse_version), impl.parse_version("1.10")))
        close(found, [".".join(map(str, release)) for release in sorted(releases)])
        close(release, (1, 10))

    def test_local_part(self, run, numbers):
        """Ignores the local part, which begins with "+".
        忽略从 "+" 开始的本地标识。"""
        a, b, c = numbers(3)
        found = run(lambda impl: parsed(impl, f"{a}.{b}.0+cpu", f"{a}.{b}.1+cu126", f"1.{c}+git{a}.{b}.3"))
        close(found, [(a, b, 0), (a, b, 1), (1, c)])

    def test_pre_release(self, run, numbers):
        """Ignores the mark of a pre-release, which may follow the last number without a dot.
        忽略预发布标记；它可以不加点，直接跟在最后一个数之后。"""
        a, b, c = numbers(3)
        found = run(lambda impl: parsed(impl, f"{a}.0.0rc{b}", f"1.{b}a0", f"{c}.10b12", f"{a}rc{c}"))
        close(found, [(a, 0, 0), (1, b), (c, 10), (a,)])

    def test_development_and_post_release(self, run, numbers):
        """Ignores the marks of development and post-releases.
        忽略开发版和后续发布版的标记。"""
        a, b, c = numbers(3)
        versions = f"{a}.{b}.0.dev20240812", f"1.{c}.post{a}", f"{b}.1rc1.post{c}.dev3+local.4"
        close(run(lambda impl: parsed(impl, *versions)), [(a, b, 0), (1, c), (b, 1)])

    def test_as_many_as_written(self, run, numbers):
        """Returns as many numbers as the version has, with zeros at the end.
        写了几个数就返回几个，末尾的零也保留。"""
        releases = [(a := numbers(1)[0],), (a, 0), (a, 0, 0), tuple(numbers(5)), (0,)]
        found = run(lambda impl: parsed(impl, *(".".join(map(str, release)) for release in releases)))
        close(found, releases)

    def test_long_numbers(self, run, numbers):
        """Accepts dates, and numbers that begin with a zero.
        版本号可以是日期，其中的数可以以零开头。"""
        a, b = numbers(2)
        found = run(lambda impl: parsed(impl, f"20240131.{a}", "2024.07.09", f"{a}00.0{b}.300rc4"))
        close(found, [(20240131, a), (2024, 7, 9), (100 * a, b, 300)])

    @pytest.mark.needs("release")
    def test_no_version(self, run, numbers):
        """Raises ValueError if the version does not begin with a digit.
        版本号不以数字开头时，抛出 ValueError。"""
        release = tuple(numbers(3))

        def probe(impl):
            wrong, right = ("", "latest", "rc1.2"), ".".join(map(str, release)) + "rc1"
            return [raises(lambda v=v: impl.parse_version(v), ValueError) for v in wrong], parsed(impl, right)

        refused, found = run(probe)
        close(found, [release])
        expect(
            all(refused),
            f'"", "latest" and "rc1.2" should raise ValueError. Raised: {refused}.',
            f'""、"latest" 和 "rc1.2" 都应当抛出 ValueError。实际是否抛出：{refused}。',
        )


def checked(impl, installed, requirements):
    """For probes: the report of an environment that has these distributions, too, in a folder of their own."""
    with np.testing.tempdir() as folder, pytest.MonkeyPatch.context() as patch:
        for name, version in installed.items():
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
            np.frombuffer(metadata, np.uint8).tofile(f"{folder}/{name.replace('-', '_')}.egg-info")
        patch.syspath_prepend(folder)
        return impl.check_environment(requirements)


def report(run, tag, installed, minimum, new_enough):
    """Check the report on distributions. A drawn word ends their names. The names in new_enough are new enough."""
    present, required = ({f"{name}-{tag}": version for name, version in d.items()} for d in (installed, minimum))
    expected = {f"{name}-{tag}": (installed.get(name), name in new_enough) for name in minimum}
    close(run(lambda impl: checked(impl, present, required)), expected)


@pytest.mark.exercise("check_environment")
class TestCheckEnvironment:
    @pytest.mark.points(2)
    def test_new_enough(self, run, numbers):
        """Returns the installed version, and whether it is the minimum or later.
        返回已安装的版本，以及它是否不低于最低版本。"""
        major, minor, patch = numbers(3)
        version = f"{major}.{minor}.{patch}"
        installed = dict.fromkeys(["dl-same", "dl-patch", "dl-minor", "dl-major", "dl-old"], version)
        minimum = {
            "dl-same": version, "dl-patch": f"{major}.{minor}.{patch - 1}", "dl-minor": f"{major}.{minor - 1}.{patch}",
            "dl-major": f"{major - 1}.{minor}.{patch}", "dl-old": f"{major}.{minor}.{patch + 1}",
        }  # fmt: skip
        expected = {name: (version, name != "dl-old") for name in minimum}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_numbers_not_strings(self, run, tag):
        """Compares numbers, not strings: 1.10 is later than 1.9.
        比较的是数，而不是字符串：1.10 比 1.9 新。"""
        installed = {"dl-nine": "1.9.0", "dl-ten": "1.10.0", "dl-hundred": "100.1"}
        minimum = {"dl-nine": "1.10.0", "dl-ten": "1.9.0", "dl-hundred": "99.2"}
        report(run, tag, installed, minimum, new_enough=("dl-ten", "dl-hundred"))

    def test_first_difference_decides(self, run, tag):
        """The first number that differs decides.
        由第一个不同的数决定。"""
        installed = {"dl-later": "2.0.1", "dl-earlier": "1.20.9"}
        report(run, tag, installed, {"dl-later": "1.13.5", "dl-earlier": "2.3.0"}, new_enough=["dl-later"])

    def test_missing(self, run, tag):
        """Reports (None, False) for a distribution that is not installed, and continues.
        没有安装的软件包报告为 (None, False)，并继续检查其余的软件包。"""
        minimum = {"dl-absent": "1.0", "dl-present": "1.0", "dl-absent-too": "0"}
        report(run, tag, {"dl-present": "1.5"}, minimum, new_enough=["dl-present"])

    def test_local_version(self, run, tag):
        """2.13.0+cpu is as new as 2.13.0, and the report has the full version.
        2.13.0+cpu 与 2.13.0 一样新；报告中是完整的版本。"""
        installed = {"dl-cpu": "2.13.0+cpu", "dl-gpu": "2.13.1+cu126", "dl-old": "2.12.9+cu126"}
        minimum = {"dl-cpu": "2.13.0", "dl-gpu": "2.13.1", "dl-old": "2.13.0"}
        report(run, tag, installed, minimum, new_enough=("dl-cpu", "dl-gpu"))

    def test_zeros_at_the_end(self, run, tag):
        """2, 2.0 and 2.0.0 are the same version; 2.0.1 is later than 2.
        2、2.0 和 2.0.0 是同一版本；2.0.1 比 2 新。"""
        installed = {"dl-short": "2", "dl-long": "2.0.0", "dl-later": "2.0.1", "dl-ten": "10", "dl-earlier": "2"}
        minimum = {"dl-short": "2.0.0", "dl-long": "2.0", "dl-later": "2", "dl-ten": "9.0.1", "dl-earlier": "2.0.1"}
        installed["dl-patch"], minimum["dl-patch"] = "2.0.1", "2.0.3"
        report(run, tag, installed, minimum, new_enough=("dl-short", "dl-long", "dl-later", "dl-ten"))

    def test_pre_releases(self, run, tag):
        """Compares the release of a pre-release, and reports the full version.
        比较预发布版本的发布部分，并报告完整的版本。"""
        installed = {"dl-rc": "2.0.0rc1", "dl-dev": "2.6.0.dev20240812"}
        report(run, tag, installed, {"dl-rc": "1.13", "dl-dev": "2.7"}, new_enough=["dl-rc"])

    def test_names(self, run, tag):
        """Finds names in any case, with ".", "-" or "_"; the report keeps the given names.
        名称不区分大小写，"."、"-" 和 "_" 等同；报告中保留传入的写法。"""
        installed = {f"DL_Tools_{tag}": "3.1", "dl_extra_kit": "0.5"}
        minimum = {f"dl-tools-{tag}": "3.0", f"DL.TOOLS.{tag.upper()}": "3.2", "Dl-Extra_Kit": "0.4"}
        expected = dict(zip(minimum, [("3.1", True), ("3.1", False), ("0.5", True)], strict=True))
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_this_environment(self, agree, tag):
        """Reports the packages of this computer.
        报告这台计算机上实际安装的软件包。"""
        minimum = {"torch": "1.0", "numpy": "9999", "PyTest": "3.0.0", "Click": "8.1", f"no-such-{tag}": "1.0"}
        agree(lambda impl: impl.check_environment(minimum))

    def test_nothing_required(self, run, tag):
        """Without requirements the report is empty.
        没有要求时，报告为空。"""
        installed = {f"dl-{tag}": "1.0.4"}
        found = run(lambda impl: [checked(impl, installed, given) for given in ({}, {f"dl-{tag}": "1.0.5"})])
        close(found, [{}, {f"dl-{tag}": ("1.0.4", False)}])

    @pytest.mark.needs("new_enough")
    def test_arguments_untouched(self, agree, tag):
        """Leaves requirements unchanged.
        不修改传入的 requirements。"""
        installed, minimum = {f"dl-{tag}": "1.0"}, {f"dl-{tag}": "1.0", "DL-Two": "2.0"}
        agree(lambda impl: (checked(impl, installed, minimum), minimum))


def waits(impl, prerequisites):
    """For probes: whether course_progress finds a cycle, if nothing is done, and if all chapters are."""
    names = [*prerequisites, *(name for before in prerequisites.values() for name in before)]
    return [raises(lambda done=done: impl.course_progress(done, prerequisites), ValueError) for done in ([], names)]


COURSE = {
    "ch09": ["ch08"], "ch10": ["ch09", "ch08"], "ch13": ["ch10", "ch12"], "ch12": ["ch10"], "ch08": [],
    "ch23": ["ch19"],
}  # fmt: skip


@pytest.mark.exercise("course_progress")
class TestCourseProgress:
    @standard(promise.untouched)
    def arguments(self, tagged):
        return {"done": tagged(["ch09", "ch08", "ch23"]), "prerequisites": tagged(COURSE)}

    @pytest.mark.points(2)
    def test_ready(self, agree, graph):
        """Returns the chapters that are not done and whose prerequisites are all done.
        返回还没有学完、先修章节都已学完的章节。"""
        courses = [graph(14) for _ in range(4)]
        agree(lambda impl: [impl.course_progress(names[:6], prerequisites) for names, prerequisites in courses])

    def test_step_by_step(self, run, tagged):
        """Opens a small course chapter by chapter.
        在一门小课程中逐章推进。"""
        course, steps = (
            tagged(COURSE),
            [["ch08"], ["ch08", "ch09"], ["ch08", "ch09", "ch10"], ["ch10", "ch08", "ch12", "ch09"]],
        )
        found = run(lambda impl: [impl.course_progress(done, course) for done in tagged(steps)])
        close(found, tagged([["ch09", "ch19"], ["ch10", "ch19"], ["ch12", "ch19"], ["ch13", "ch19"]]))

    def test_nothing_done(self, run, tagged):
        """At the beginning, the chapters without prerequisites are ready.
        一开始可以学没有先修章节的章节。"""
        course = tagged({"c": ["a"], "b": [], "a": (), "d": ["b", "a"], "e": ["c"]})
        close(run(lambda impl: impl.course_progress([], course)), tagged(["a", "b"]))

    def test_named_as_prerequisite_only(self, run, tagged):
        """A chapter that is only a prerequisite belongs to the course.
        只作为先修章节出现的章节也属于课程。"""
        course = tagged({"ch63": ["ch62"], "ch65": ["ch64", "ch01"], "ch66": ["ch65", "ch62"]})
        found = run(lambda impl: [impl.course_progress(done, course) for done in tagged([[], ["ch64", "ch62"]])])
        close(found, tagged([["ch01", "ch62", "ch64"], ["ch01", "ch63"]]))

    def test_all_done(self, run, tagged):
        """Returns no chapter if all are done.
        全部学完时，不返回任何章节。"""
        course, names = tagged(COURSE), sorted(tagged([*COURSE, "ch19"]))
        found = run(lambda impl: [impl.course_progress(done, course) for done in (names, names[:3])])
        close(found, tagged([[], ["ch12", "ch19"]]))

    def test_own_prerequisites(self, run, tagged):
        """Only direct prerequisites count: earlier chapters may have been skipped.
        只看直接的先修章节；更早的章节可以跳过。"""
        course = tagged({"b": ["a"], "c": ["b"], "d": ["c"], "e": ["d", "b"]})
        found = run(lambda impl: [impl.course_progress(done, course) for done in tagged([["c"], ["d", "b"]])])
        close(found, tagged([["a", "d"], ["a", "c", "e"]]))

    def test_other_courses(self, run, tagged):
        """Ignores chapters of other courses.
        其他课程的章节不影响结果。"""
        done, course = tagged(["math01", "ch08", "ch99", "ch08"]), tagged(COURSE)
        close(run(lambda impl: impl.course_progress(done, course)), tagged(["ch09", "ch19"]))

    def test_order(self, run, graph):
        """Sorts the ids, whatever the order in the course.
        按编号排序，与课程中的书写顺序无关。"""
        names, _ = graph(12)
        course = {name: [names[0]] for name in names[1:]}
        found = run(lambda impl: impl.course_progress([names[0], names[4]], course))
        close(found, sorted({*names} - {names[0], names[4]}))

    def test_iterator(self, run, tagged):
        """Accepts an iterator, a set or a tuple of chapters.
        已学完的章节可以是迭代器、集合或元组。"""
        done, course = tagged(["ch08", "ch09", "ch10", "ch19"]), tagged(COURSE)
        found = run(lambda impl: [impl.course_progress(kind(done), course) for kind in (iter, set, tuple)])
        close(found, [tagged(["ch12", "ch23"])] * 3)

    def test_cycle(self, run, tagged):
        """Raises ValueError if chapters wait for each other, but not if two paths lead to the same chapter.
        章节循环等待时抛出 ValueError；两条路径通向同一章节不算循环。"""
        diamond, done = tagged({"d": ["b", "c"], "b": ["a"], "c": ["a"], "e": ["d", "a"]}), tagged(["a"])
        cycles = tagged([{"a": ["b"], "b": ["a"]}, {"a": [], "c": ["a", "e"], "d": ["c"], "e": ["d"]}])

        def probe(impl):
            return [waits(impl, cycle)[0] for cycle in cycles], impl.course_progress(done, diamond)

        refused, found = run(probe)
        close(found, tagged(["b", "c"]))
        expect(
            all(refused),
            f"Cycles of two and of three chapters should raise ValueError. Raised: {refused}.",
            f"两章循环和三章循环都应当抛出 ValueError。实际是否抛出：{refused}。",
        )

    @pytest.mark.needs("ready")
    def test_waits_for_itself(self, run, tagged):
        """Raises ValueError if a chapter is its own prerequisite.
        章节以自己为先修章节时，抛出 ValueError。"""
        cycle, course = tagged({"a": [], "b": ["a", "b"]}), tagged(COURSE)
        refused, found = run(lambda impl: (waits(impl, cycle)[0], impl.course_progress([], course)))
        close(found, tagged(["ch08", "ch19"]))
        expect(refused, "The function does not raise ValueError.", "没有抛出 ValueError。")

    def test_cycle_that_is_done(self, run, tagged):
        """Raises ValueError for a cycle even if its chapters are done.
        循环中的章节都已学完时，同样抛出 ValueError。"""
        cycle, course, done = tagged({"a": ["c"], "b": ["a"], "c": ["b"], "d": ["a"]}), tagged(COURSE), tagged(["ch19"])
        refused, found = run(lambda impl: (waits(impl, cycle), impl.course_progress(done, course)))
        close(found, tagged(["ch08", "ch23"]))
        expect(
            all(refused),
            f"A cycle should raise ValueError before and after its chapters are done. Raised: {refused}.",
            f"循环中的章节未学完或已学完，都应当抛出 ValueError。实际是否抛出：{refused}。",
        )

    def test_few_chapters(self, run, tagged):
        """An empty course gives no chapters; a course of a single chapter gives this chapter.
        空课程没有可学的章节；只有一章的课程可以学这一章。"""
        courses, done = tagged([{}, {"b": []}, {"b": ["a", "a"]}]), tagged(["a"])
        found = run(lambda impl: [impl.course_progress(done, course) for course in courses])
        close(found, tagged([[], ["b"], ["b"]]))
