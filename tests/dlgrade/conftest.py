"""A small course on disk, for the tests of the audit; a browser, for the tests of pages."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from dlgrade.audit.course_audit import AuditOptions, audit_chapters, plan_audit
from dlgrade.audit.show import audit_json
from dlgrade.audit.strict import course_strays
from dlgrade.course import Course, chinese, load
from dlgrade.course.new_chapter import PLACEHOLDERS, write_chapter
from dlgrade.workers.nursery import Nursery

OWN_WORDS = [
    "两倍", "Twice is two times.", "How often?", "几倍？", "Return twice the input, entry by entry",
    "Doubles every entry.", "每个元素都加倍。", "By which number do you divide?",
    "你除以了哪个数？", "# a sum", "# a list", "X + X",
]  # fmt: skip

DECLARED = """\
    @standard(promise.float64)
    def arguments(self, randn):
        return {"X": randn(4, 3)}

"""
CHINESE = """\
docstrings:
  __doc__: {english: "", chinese: ch90 两倍。}
  twice:
    english: ""
    chinese: |
      返回输入的两倍。

      参数：
          X: (n, d)。

      返回：
          (n, d)，数据类型与 X 相同。
"""
SECOND_CHECK = '''
    def test_second(self, agree, run, randn):
        """A second check.
        第二项检查。"""
        X = randn(4, 3)
        {call}
'''


class SmallCourse:
    """A sound course of one exercise, `twice`, with one check, and the places where it can be broken."""

    def __init__(self, folder):
        self.folder = folder
        self.solution = folder / "solutions" / "ch90_twice"
        self.chapter_file = folder / "exercises" / "ch90_twice" / "chapter.yaml"
        self.suite = folder / "tests" / "chapters" / "test_ch90_twice.py"
        self.misconceptions = self.solution / "misconceptions.yaml"
        self.reference = self.solution / "reference.py"
        self.reference_test = folder / "tests" / "references" / "test_ch90.py"
        for path in folder.rglob("*.*"):
            words = path.read_text(encoding="utf-8")
            for placeholder, own in zip(PLACEHOLDERS, OWN_WORDS, strict=True):
                words = words.replace(placeholder, own)
            path.write_text(words, encoding="utf-8")
        self.edit(self.suite, DECLARED, "")
        texts = folder / "exercises" / "ch90_twice" / "zh.yaml"
        texts.write_text(CHINESE, encoding="utf-8")
        here = Course(folder)
        assert chinese.update(here, here.chapter("ch90"), done=True) == []

    def edit(self, path, old, new):
        words = path.read_text(encoding="utf-8")
        assert old in words
        path.write_text(words.replace(old, new), encoding="utf-8")

    def add_check(self, call):
        with self.suite.open("a", encoding="utf-8") as file:
            file.write(SECOND_CHECK.format(call=call))

    def list_exercise(self):
        """List a second exercise, `thrice`, which has no code."""
        entry = "  - name: thrice\n    title: {en: Thrice, zh: 三倍}\n    hints: [{en: Three times, zh: 三倍}]\n"
        self.edit(self.chapter_file, "exercises:\n", f"exercises:\n{entry}")

    def add_exercise(self):
        """List the second exercise, and write its reference."""
        self.list_exercise()
        with self.reference.open("a", encoding="utf-8") as file:
            file.write("\n\ndef thrice(X):\n    # BEGIN SOLUTION\n    return 3 * X\n    # END SOLUTION\n")


@pytest.fixture
def small(empty_course):
    write_chapter(load(), "ch90", "twice")
    return SmallCourse(empty_course)


@pytest.fixture(scope="session")
def nursery():
    """Forks the judges of all audits of this process, so that torch is imported once for them."""
    with Nursery(for_many=True) as nursery:
        yield nursery


@pytest.fixture
def audited(nursery):
    """audited(**options): an audit of the course in this process; the data that `dlgrade audit --json` prints."""

    def audited(**options):
        course, options = load(), AuditOptions(jobs=1, **options)
        audits = [*audit_chapters(course, plan_audit(course, options), options, lambda *_: None, nursery)]
        return json.loads(audit_json(audits, [*course_strays(course)]))

    return audited


@pytest.fixture
def doubling(empty_course):
    """A course of one exercise, `twice`, worth a point; its folder."""
    write_chapter(load(), "ch90", "twice")
    suite = empty_course / "tests" / "chapters" / "test_ch90_twice.py"
    words = suite.read_text(encoding="utf-8")
    declared = re.search(r"    @standard.*?\n\n", words, re.DOTALL)[0]
    suite.write_text(words.replace(declared, ""), encoding="utf-8")
    return empty_course


@pytest.fixture
def hand_in(doubling):
    """hand_in("ada", source): a student's folder with a file for ch90."""

    def hand_in(student, source, name="ch90_twice.py"):
        folder = doubling.parent / "in" / student
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, encoding="utf-8")

    return hand_in


@pytest.fixture
def a_class(tmp_path, hand_in):
    """Four students who handed in, and one of the roster who did not."""
    right, mistaken, broken = (f"def twice(X):\n    return {value}\n" for value in ("X + X", "X / 2", "(X"))
    for student, source in (("ada", right), ("bob", mistaken), ("cyd", broken), ("dan", right)):
        hand_in(student, source)
    roster = tmp_path / "roster.csv"
    names = {"ada": "Ada Lovelace", "bob": "鲍勃", "cyd": "Cyd", "dan": "Dan", "eve": "Eve"}
    roster.write_text("id,name\n" + "".join(f"{id},{name}\n" for id, name in names.items()), encoding="utf-8")
    return tmp_path / "in", "--roster", roster


@pytest.fixture
def course_of(tmp_path, monkeypatch):
    """A function that writes files, by their paths, and makes their folder the course; it returns the folder."""

    def write(files):
        folder = tmp_path / "course"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")
        monkeypatch.setenv("DLGRADE_COURSE", str(folder))
        return folder

    return write


@pytest.fixture(scope="module")
def chrome():
    """Chromium without a window, which notes its requests and what its console says."""
    browser, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not browser or not driver:
        missing = "needs Debian's packages chromium and chromium-driver"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.add_argument("--disable-features=RenderDocument")  # with it, a reload can lose what was stored just before
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driven = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield driven
    driven.quit()


@pytest.fixture
def show(chrome, tmp_path):
    """show(source, width=1280, lang="en-US", script=True): the page in the browser, where nothing may go wrong."""

    def show(source, width=1280, lang="en-US", script=True, **media):
        path = tmp_path / "page.html"
        path.write_text(source, encoding="utf-8")
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        agent = {"userAgent": "test", "acceptLanguage": lang}
        chrome.execute_cdp_cmd("Emulation.setUserAgentOverride", agent)
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        chrome.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "file://", "storageTypes": "local_storage"})
        chrome.get(path.as_uri())
        return chrome

    yield show
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert chrome.get_log("browser") == []
    events = [json.loads(entry["message"])["message"] for entry in chrome.get_log("performance")]
    asked = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    assert asked
    assert all(url.startswith("file://") and Path(url).name == "page.html" for url in asked), asked
