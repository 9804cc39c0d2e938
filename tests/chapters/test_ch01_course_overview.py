"""ch01: parse_version, check_environment, course_progress."""

import numpy as np
import pytest
import torch

from dlgrade.suite import close, expect, raises


@pytest.fixture
def numbers(generator):
    """numbers(3): so many random numbers of a version, as a list; no zeros at their ends, nor at their neighbours'."""

    def numbers(count):
        tens, ones = (torch.randint(*bounds, (count,), generator=generator) for bounds in ((0, 30), (2, 9)))
        return (10 * tens + ones).tolist()

    return numbers


@pytest.fixture
def graph(generator):
    """graph(12): so many chapters in random order, each with up to three prerequisites among those before it."""

    def graph(size):
        names = [f"ch{number:02d}" for number in torch.randperm(90, generator=generator)[:size].tolist()]
        counts = torch.randint(1, 4, (size,), generator=generator).tolist()
        later = [(i, torch.randperm(i, generator=generator)[: counts[i]].tolist()) for i in range(1, size)]
        return names, {names[i]: [names[j] for j in chosen] for i, chosen in later}

    return graph


def parsed(impl, *versions):
    """For probes: what parse_version makes of each."""
    return [impl.parse_version(version) for version in versions]


@pytest.mark.exercise("parse_version")
class TestParseVersion:
    @pytest.mark.points(2)
    def test_release(self, run, numbers):
        """Gives the numbers of a release as a tuple of ints.
        以整数元组给出版本号中的各个数字。"""
        releases = [tuple(numbers(3)) for _ in range(4)]
        versions = [".".join(map(str, release)) for release in releases]
        close(run(lambda impl: parsed(impl, *versions)), releases)

    def test_sorts_versions(self, run):
        """Sorts versions as they came out: 1.10 after 1.9.
        可用来按发布顺序排列版本：1.10 在 1.9 之后。"""
        versions = ["1.10", "1.9", "0.17.6", "10.0", "1.10.2", "2.1", "1.2"]
        found, release = run(lambda impl: (sorted(versions, key=impl.parse_version), impl.parse_version("1.10")))
        close(found, ["0.17.6", "1.2", "1.9", "1.10", "1.10.2", "2.1", "10.0"])
        close(release, (1, 10))

    def test_local_part(self, run):
        """Ignores the local part, from the "+" on.
        忽略 "+" 之后的本地版本标识。"""
        found = run(lambda impl: parsed(impl, "2.13.0+cpu", "2.13.1+cu126", "1.4+git7.25.3"))
        close(found, [(2, 13, 0), (2, 13, 1), (1, 4)])

    def test_pre_release(self, run):
        """Ignores the mark of a pre-release, which may follow the last number without a dot.
        忽略预发布标记，它可以不加点直接跟在最后一个数字之后。"""
        found = run(lambda impl: parsed(impl, "2.0.0rc1", "1.5a0", "3.10b12", "4rc2"))
        close(found, [(2, 0, 0), (1, 5), (3, 10), (4,)])

    def test_development_and_post_release(self, run):
        """Ignores the marks of development and post-releases.
        忽略开发版和后续发布版的标记。"""
        found = run(lambda impl: parsed(impl, "2.6.0.dev20240812", "1.2.post3", "7.1rc1.post2.dev3+local.4"))
        close(found, [(2, 6, 0), (1, 2), (7, 1)])

    def test_as_many_as_written(self, run):
        """Gives as many numbers as are written, zeros at the end included.
        写了几个数字就给出几个，包括末尾的零。"""
        found = run(lambda impl: parsed(impl, "2", "2.0", "2.0.0", "1.2.3.4.5", "0"))
        close(found, [(2,), (2, 0), (2, 0, 0), (1, 2, 3, 4, 5), (0,)])

    def test_long_numbers(self, run):
        """Takes dates as versions, and numbers that begin with a zero.
        可接受以日期作版本号，以及以零开头的数字。"""
        found = run(lambda impl: parsed(impl, "20240131.2", "2024.07.09", "100.200.300rc4"))
        close(found, [(20240131, 2), (2024, 7, 9), (100, 200, 300)])

    def test_no_version(self, run):
        """Raises ValueError for what does not begin with a digit.
        不以数字开头时抛出 ValueError。"""

        def probe(impl):
            wrong = "", "latest", "rc1.2"
            return [raises(lambda v=v: impl.parse_version(v), ValueError) for v in wrong], parsed(impl, "3.11.7rc1")

        refused, found = run(probe)
        close(found, [(3, 11, 7)])
        expect(all(refused), f'With "", "latest" and "rc1.2": {refused}.', f'对 ""、"latest"、"rc1.2"：{refused}。')


def checked(impl, installed, requirements):
    """For probes: the report of an environment that has these distributions besides its own, in a folder of theirs."""
    with np.testing.tempdir() as folder, pytest.MonkeyPatch.context() as patch:
        for name, version in installed.items():
            metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
            np.frombuffer(metadata, np.uint8).tofile(f"{folder}/{name.replace('-', '_')}.egg-info")
        patch.syspath_prepend(folder)
        return impl.check_environment(requirements)


@pytest.mark.exercise("check_environment")
class TestCheckEnvironment:
    @pytest.mark.points(2)
    def test_new_enough(self, run, numbers):
        """Gives the installed version, and whether it is the minimum or later.
        给出已安装的版本，以及它是否不低于最低版本。"""
        major, minor, patch = numbers(3)
        version = f"{major}.{minor}.{patch}"
        installed = dict.fromkeys(["dl-same", "dl-patch", "dl-minor", "dl-major", "dl-old"], version)
        minimum = {
            "dl-same": version, "dl-patch": f"{major}.{minor}.{patch - 1}", "dl-minor": f"{major}.{minor - 1}.{patch}",
            "dl-major": f"{major - 1}.{minor}.{patch}", "dl-old": f"{major}.{minor}.{patch + 1}",
        }  # fmt: skip
        expected = {name: (version, name != "dl-old") for name in minimum}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_numbers_not_strings(self, run):
        """Compares numbers, not letters: 1.10 is later than 1.9.
        比较的是数字而不是字符：1.10 比 1.9 新。"""
        installed = {"dl-nine": "1.9.0", "dl-ten": "1.10.0", "dl-hundred": "100.1"}
        minimum = {"dl-nine": "1.10.0", "dl-ten": "1.9.0", "dl-hundred": "99.2"}
        expected = {"dl-nine": ("1.9.0", False), "dl-ten": ("1.10.0", True), "dl-hundred": ("100.1", True)}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_first_difference_decides(self, run):
        """The first number that differs decides, whatever follows it.
        由第一个不同的数字决定，与其后的数字无关。"""
        installed = {"dl-later": "2.0.1", "dl-earlier": "1.20.9"}
        minimum = {"dl-later": "1.13.5", "dl-earlier": "2.3.0"}
        expected = {"dl-later": ("2.0.1", True), "dl-earlier": ("1.20.9", False)}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_missing(self, run):
        """Reports a distribution that is not installed as (None, False), and goes on.
        未安装的包报告为 (None, False)，然后继续检查其余的包。"""
        minimum = {"dl-absent": "1.0", "dl-present": "1.0", "dl-absent-too": "0"}
        expected = {"dl-absent": (None, False), "dl-present": ("1.5", True), "dl-absent-too": (None, False)}
        close(run(lambda impl: checked(impl, {"dl-present": "1.5"}, minimum)), expected)

    def test_local_version(self, run):
        """A build such as 2.13.0+cpu is as new as 2.13.0, and is reported in full.
        2.13.0+cpu 这样的构建与 2.13.0 一样新；报告时给出完整版本。"""
        installed = {"dl-cpu": "2.13.0+cpu", "dl-gpu": "2.13.1+cu126", "dl-old": "2.12.9+cu126"}
        minimum = {"dl-cpu": "2.13.0", "dl-gpu": "2.13.1", "dl-old": "2.13.0"}
        expected = {name: (installed[name], name != "dl-old") for name in installed}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_zeros_at_the_end(self, run):
        """2, 2.0 and 2.0.0 are the same version; 2.0.1 is later than 2.
        2、2.0 和 2.0.0 是同一版本；2.0.1 比 2 新。"""
        installed = {"dl-short": "2", "dl-long": "2.0.0", "dl-later": "2.0.1", "dl-ten": "10", "dl-earlier": "2"}
        minimum = {"dl-short": "2.0.0", "dl-long": "2.0", "dl-later": "2", "dl-ten": "9.0.1", "dl-earlier": "2.0.1"}
        installed["dl-patch"], minimum["dl-patch"] = "2.0.1", "2.0.3"
        expected = {name: (installed[name], name not in ("dl-earlier", "dl-patch")) for name in installed}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_pre_releases(self, run):
        """Reports pre-releases in full, and compares their numbers.
        预发布版本完整报告，比较其中的数字。"""
        installed = {"dl-rc": "2.0.0rc1", "dl-dev": "2.6.0.dev20240812"}
        minimum = {"dl-rc": "1.13", "dl-dev": "2.7"}
        expected = {"dl-rc": ("2.0.0rc1", True), "dl-dev": ("2.6.0.dev20240812", False)}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_names(self, run):
        """Finds a name in capitals or small letters, with ".", "-" or "_"; keeps the name as it was given.
        名称不区分大小写，"."、"-"、"_" 等同；结果中保留给定的写法。"""
        installed = {"DL_Tools": "3.1", "dl_extra_kit": "0.5"}
        minimum = {"dl-tools": "3.0", "DL.TOOLS": "3.2", "Dl-Extra_Kit": "0.4"}
        expected = {"dl-tools": ("3.1", True), "DL.TOOLS": ("3.1", False), "Dl-Extra_Kit": ("0.5", True)}
        close(run(lambda impl: checked(impl, installed, minimum)), expected)

    def test_this_environment(self, agree):
        """Reports what is really installed here.
        报告这里实际安装的包。"""
        agree(lambda impl: impl.check_environment({"torch": "1.0", "numpy": "9999", "PyTest": "3.0.0", "Click": "8.1"}))

    def test_nothing_required(self, run):
        """No requirements give an empty report, one gives a report of one.
        没有要求时报告为空，一项要求得到一项结果。"""
        installed = {"dl-one": "1.0.4"}
        found = run(lambda impl: [checked(impl, installed, given) for given in ({}, {"dl-one": "1.0.5"})])
        close(found, [{}, {"dl-one": ("1.0.4", False)}])

    def test_arguments_untouched(self, agree):
        """Leaves the requirements as they were.
        不修改传入的要求。"""
        installed, minimum = {"dl-one": "1.0"}, {"dl-one": "1.0", "DL-Two": "2.0"}
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
    @pytest.mark.points(2)
    def test_ready(self, agree, graph):
        """Gives the chapters that are not done, all of whose prerequisites are.
        给出尚未完成、且先修章节都已完成的章节。"""
        courses = [graph(14) for _ in range(4)]
        agree(lambda impl: [impl.course_progress(names[:6], prerequisites) for names, prerequisites in courses])

    def test_step_by_step(self, run):
        """Opens chapter after chapter of a small course.
        在一门小课程中逐章推进。"""
        steps = [["ch08"], ["ch08", "ch09"], ["ch08", "ch09", "ch10"], ["ch10", "ch08", "ch12", "ch09"]]
        found = run(lambda impl: [impl.course_progress(done, COURSE) for done in steps])
        close(found, [["ch09", "ch19"], ["ch10", "ch19"], ["ch12", "ch19"], ["ch13", "ch19"]])

    def test_nothing_done(self, run):
        """In the beginning, the chapters without prerequisites are ready.
        一开始可以学习没有先修要求的章节。"""
        found = run(lambda impl: impl.course_progress([], {"c": ["a"], "b": [], "a": (), "d": ["b", "a"], "e": ["c"]}))
        close(found, ["a", "b"])

    def test_named_as_prerequisite_only(self, run):
        """A chapter that is only named as a prerequisite belongs to the course and has none itself.
        只作为先修章节出现的章节也属于课程，它自己没有先修要求。"""
        course = {"ch63": ["ch62"], "ch65": ["ch64", "ch01"], "ch66": ["ch65", "ch62"]}
        found = run(lambda impl: [impl.course_progress(done, course) for done in ([], ["ch64", "ch62"])])
        close(found, [["ch01", "ch62", "ch64"], ["ch01", "ch63"]])

    def test_all_done(self, run):
        """When everything is done, nothing is left.
        全部完成之后没有可学的章节。"""
        names = {*COURSE, "ch19"}
        found = run(lambda impl: [impl.course_progress(done, COURSE) for done in (sorted(names), sorted(names)[:3])])
        close(found, [[], ["ch12", "ch19"]])

    def test_own_prerequisites(self, run):
        """Only a chapter's own prerequisites count: what led to them may have been skipped.
        只看章节自身的先修要求；更早的章节可以跳过。"""
        course = {"b": ["a"], "c": ["b"], "d": ["c"], "e": ["d", "b"]}
        found = run(lambda impl: [impl.course_progress(done, course) for done in (["c"], ["d", "b"])])
        close(found, [["a", "d"], ["a", "c", "e"]])

    def test_other_courses(self, run):
        """Chapters of other courses that are done are of no account.
        已完成的其他课程的章节不影响结果。"""
        found = run(lambda impl: impl.course_progress(["math01", "ch08", "ch99", "ch08"], COURSE))
        close(found, ["ch09", "ch19"])

    def test_order(self, run, graph):
        """Sorts the ids, in whatever order the course names them.
        按编号排序，与课程中的书写顺序无关。"""
        names, _ = graph(12)
        course = {name: [names[0]] for name in names[1:]}
        found = run(lambda impl: impl.course_progress([names[0], names[4]], course))
        close(found, sorted({*names} - {names[0], names[4]}))

    def test_iterator(self, run):
        """Takes what is done from an iterator, or a set, or a tuple.
        已完成的章节可以由迭代器、集合或元组给出。"""
        done = "ch08", "ch09", "ch10", "ch19"

        def probe(impl):
            return [impl.course_progress(kind(done), COURSE) for kind in (iter, set, tuple)]

        close(run(probe), [["ch12", "ch23"]] * 3)

    def test_cycle(self, run):
        """Raises ValueError for chapters that wait for one another, not for two ways to the same chapter.
        章节相互等待时抛出 ValueError；两条路通向同一章节不是循环。"""

        def probe(impl):
            diamond = {"d": ["b", "c"], "b": ["a"], "c": ["a"], "e": ["d", "a"]}
            cycles = {"a": ["b"], "b": ["a"]}, {"a": [], "c": ["a", "e"], "d": ["c"], "e": ["d"]}
            return [waits(impl, cycle)[0] for cycle in cycles], impl.course_progress(["a"], diamond)

        refused, found = run(probe)
        close(found, ["b", "c"])
        expect(all(refused), f"With two and three chapters in a cycle: {refused}.", f"两章、三章循环时：{refused}。")

    def test_waits_for_itself(self, run):
        """Raises ValueError for a chapter that is its own prerequisite.
        章节以自身为先修章节时抛出 ValueError。"""
        cycle = {"a": [], "b": ["a", "b"]}
        refused, found = run(lambda impl: (waits(impl, cycle)[0], impl.course_progress([], COURSE)))
        close(found, ["ch08", "ch19"])
        expect(refused, "ValueError is not raised.", "没有抛出 ValueError。")

    def test_cycle_that_is_done(self, run):
        """Raises ValueError for a cycle even if its chapters are done.
        循环中的章节都已完成时，同样抛出 ValueError。"""
        cycle = {"a": ["c"], "b": ["a"], "c": ["b"], "d": ["a"]}
        refused, found = run(lambda impl: (waits(impl, cycle), impl.course_progress(["ch19"], COURSE)))
        close(found, ["ch08", "ch23"])
        expect(all(refused), f"Not done and done: {refused}.", f"未完成时和完成时：{refused}。")

    def test_few_chapters(self, run):
        """An empty course has nothing to begin with, a course of one chapter has that.
        空课程没有可学的章节；只有一章的课程可以学这一章。"""
        found = run(lambda impl: [impl.course_progress(["a"], course) for course in ({}, {"b": []}, {"b": ["a", "a"]})])
        close(found, [[], ["b"], ["b"]])

    def test_arguments_untouched(self, agree):
        """Leaves the chapters done and the prerequisites as they were.
        不修改传入的已完成章节和先修要求。"""
        done = ["ch09", "ch08", "ch23"]
        agree(lambda impl: (impl.course_progress(done, COURSE), done, COURSE))
