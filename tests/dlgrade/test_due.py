"""Due times: the file, dates and days in a zone, extensions."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from dlgrade.batch.hand_ins import Student
from dlgrade.batch.times.due import Due, Extension
from dlgrade.batch.times.due_file import read_due
from dlgrade.course import load
from dlgrade.errors import UsageError

BERLIN = ZoneInfo("Europe/Berlin")
ADA, BOB = Student("2021", "Ada Lovelace", "ada@uni.edu"), Student("bob")


@pytest.fixture
def due_file(tmp_path):
    """due_file("due: {ch28: ...}"): the rules in a file of this content."""

    def read(content):
        path = tmp_path / "due.yaml"
        path.write_text(content, encoding="utf-8")
        return read_due(path, load())

    return read


def days(rules, *submitted, chapter="ch28", zone=BERLIN):
    """Days late of a submission at this time on the wall. A last argument of 1 means the second of two such times."""
    fields, fold = (submitted[:-1], 1) if submitted[-1] == "again" else (submitted, 0)
    return rules.for_class([ADA, BOB]).days_late(BOB.id, chapter, datetime(*fields, tzinfo=zone, fold=fold))


@pytest.mark.parametrize("written", ["2026-11-20", "'2026-11-20'", "2026-11-20 24:00", "2026-11-21T00:00"])
def test_the_end_of_a_day(due_file, written):
    """A date is the end of that day in the file's zone: noon is in time, the next day's first instant is late."""
    rules = due_file(f"timezone: Europe/Berlin\ndue: {{ch28: {written}}}\n")
    is_date = len(written) < 13
    assert days(rules, 2026, 11, 20, 12) == 0
    assert days(rules, 2026, 11, 20, 23, 59, 59, 999999) == 0
    assert days(rules, 2026, 11, 21) == (1 if is_date else 0)
    assert days(rules, 2026, 11, 21, 0, 0, 0, 1) == 1
    assert days(rules, 2026, 11, 21, 23, 59, 59, 999999) == 1
    assert days(rules, 2026, 11, 22, 0, 0, 0, 1) == 2
    assert days(rules, 2026, 11, 20, 16, zone=ZoneInfo("America/Los_Angeles")) == 1, "already the 21st in Berlin"


@pytest.mark.parametrize(
    ("written", "last"),
    [
        ("2026-11-20 18:00", (2026, 11, 20, 18)),
        ("2026-11-20 18:00:30", (2026, 11, 20, 18, 0, 30)),
        ("2026-11-20T18:00", (2026, 11, 20, 18)),
        ("2026-11-20T18:00:00Z", (2026, 11, 20, 19)),
        ("2026-11-20 18:00+08:00", (2026, 11, 20, 11)),
        ("2026-11-20 18:00 -0500", (2026, 11, 21, 0)),
    ],
)
def test_times(due_file, written, last):
    """A time is itself, in the file's zone or its own; a second later is late."""
    rules = due_file(f"timezone: Europe/Berlin\ndue:\n  ch28: {written}\n")
    due = rules.for_class([]).of("bob", "ch28").after()
    assert due == datetime(*last, tzinfo=BERLIN)
    assert days(rules, *(due.year, due.month, due.day, due.hour, due.minute, due.second + 1), zone=timezone.utc) == 1


def test_days_of_25_and_of_23_hours(due_file):
    """A day late is a day of the calendar: in autumn 25 hours, in spring 23."""
    autumn = due_file("timezone: Europe/Berlin\ndue: {ch28: 2026-10-24 12:00, ch65: 2026-10-24}\n")
    assert days(autumn, 2026, 10, 25, 12) == 1, "25 hours"
    assert days(autumn, 2026, 10, 25, 12, 0, 1) == 2
    assert days(autumn, 2026, 10, 25, 23, 59, 59, chapter="ch65") == 1, "the end of a day of 25 hours"
    assert days(autumn, 2026, 10, 26, chapter="ch65") == 2
    spring = due_file("timezone: Europe/Berlin\ndue: {ch28: 2026-03-28 12:00, ch65: 2026-03-28}\n")
    assert days(spring, 2026, 3, 29, 12) == 1, "23 hours"
    assert days(spring, 2026, 3, 29, 12, 0, 1) == 2, "23 hours and a second"
    assert days(spring, 2026, 3, 29, 23, 59, 59, chapter="ch65") == 1
    assert days(spring, 2026, 3, 30, chapter="ch65") == 2
    assert days(spring, 2026, 6, 28, 12) == 92
    assert days(spring, 2026, 6, 28, 12, 0, 1) == 93


def test_times_that_come_twice_or_never(due_file):
    """The clock shows 02:30 twice in autumn: the second counts. In spring a day late ends at 03:30 then."""
    autumn = due_file("timezone: Europe/Berlin\ndue: {ch28: 2026-10-25 02:30}\n")
    assert days(autumn, 2026, 10, 25, 2, 30, "again") == 0
    assert days(autumn, 2026, 10, 25, 2, 31, "again") == 1
    spring = due_file("timezone: Europe/Berlin\ndue: {ch28: 2026-03-28 02:30}\n")
    assert days(spring, 2026, 3, 29, 3, 30) == 1
    assert days(spring, 2026, 3, 29, 3, 31) == 2
    exact = due_file("timezone: Europe/Berlin\ndue: {ch28: 2026-10-25 02:30+02:00}\n")
    assert days(exact, 2026, 10, 25, 2, 30) == 0
    assert days(exact, 2026, 10, 25, 2, 30, "again") == 1


def test_grace(due_file):
    """Within the grace nothing is late. After it, days count from the due time."""
    rules = due_file("timezone: Europe/Berlin\ndue: {ch28: 2026-11-20}\ngrace_minutes: 30\npercent_per_day: 10\n")
    assert days(rules, 2026, 11, 21, 0, 29, 59) == 0
    assert days(rules, 2026, 11, 21, 0, 30) == 1
    assert (rules.penalty(1), rules.penalty(12), rules.penalty(None)) == (0.1, 1, 0)


def test_unknown_times(due_file):
    """Unknown lateness is None, never 0. A chapter without a due time is never late."""
    rules = due_file("due: {ch28: 2026-11-20}").for_class([BOB])
    assert rules.days_late("bob", "ch28", None) is None
    assert rules.days_late("bob", "ch65", None) == 0
    assert rules.days_late("bob", "ch28", datetime(2026, 11, 20, 23, 59)) == 0, "without a zone, in the file's zone"
    assert rules.days_late("bob", "ch28", datetime(2026, 11, 21)) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("a\n", "line 1: this must be `key: value`"),
        ("timezone: UTC\n", "line 1: there is no `due`"),
        ("due: {ch28: 2026-11-20\n", "this is not YAML"),
        ("due: " + "[" * 20_000, "line 1: this is not YAML: too many brackets in each other"),
        ("due:\n  ch28: 2026-11-20\a\n", "line 2: this is not YAML: 0x0007: special characters are not allowed"),
        ("due:\n  ch28: 2026-11-20\n  ch288: 2026-11-20\n", "line 3: there is no chapter 'ch288'. Did you mean ch28?"),
        ("due: {CH28: 2026-11-20}", "line 1: there is no chapter 'CH28'. Did you mean ch28?"),
        ("due: {batch_norm: 2026-11-20}", "no chapter 'batch_norm'. Did you mean ch28?"),
        ("due: {BatchNorm: 2026-11-20}", "no chapter 'BatchNorm'. Did you mean ch28?"),
        ("due: {28: 2026-11-20}", "no chapter '28'. Did you mean ch28?"),
        ("due:\n  ch28: 2026-11-20\n  'ch28': 2026-11-27\n", "line 3: ch28 comes twice; line 2 has it, too"),
        ("due: {ch28: 2026-11-20}\ngrace_minutes: 1\ngrace_minutes: 2\n", "line 3: grace_minutes comes twice"),
        ("due: {ch28: 2026-11-20}\npercent_per_dya: 1\n", "no key 'percent_per_dya'. Did you mean percent_per_day?"),
        ("due: {ch28: 2026-11-20}\ntimezone: Asia/Beijing\n", "zone 'Asia/Beijing'. Did you mean Asia/Shanghai?"),
        ("due: {ch28: 2026-11-20}\ntimezone: europe/berlin\n", "Did you mean Europe/Berlin?"),
        ("due: {ch28: 2026-11-20}\ntimezone: Europe\n", "no time zone 'Europe'"),
        ("due: {ch28: 2026-11-20}\ntimezone: ../zoneinfo/UTC\n", "no time zone"),
        ("due: {ch28: 2026-11-20}\ntimezone: localtime\n", "no time zone"),
        ("due: {ch28: 2026-11-20}\ntimezone:\n", "line 2: a text is missing here"),
        *(
            (f"due: {{ch28: 2026-11-20}}\ntimezone: {zone}\n", f"line 2: {zone} {fault}")
            for zone, fault in [
                ("CST", "is no time zone but an abbreviation; write the place, such as Asia/Shanghai, America/Chicago"),
                ("EST", "is no time zone but an abbreviation; write the place, such as America/New_York"),
                ("ist", "is no time zone but an abbreviation; write the place, such as Asia/Kolkata"),
                ("MST", "is no time zone but"), ("PST", "is no time zone but"), ("CET", "is no time zone but"),
                ("BST", "is no time zone but"), ("Etc/GMT+8", "may be ahead of or behind UTC"),
                ("GMT-5", "may be ahead of or behind UTC"),
            ]
        ),
        ("timezone: America/New_York\ndue: {ch28: 2026-03-08 02:30}",
         "clocks of America/New_York skip '2026-03-08 02:30'"),
        ("timezone: Europe/Berlin\ndue:\n  ch28: 2026-03-29T02:00:00", "line 3: the clocks of Europe/Berlin skip"),
        ("timezone: UTC\ndue:\n", "line 2: `due` lists no chapter"),
        ("due: ~\n", "line 1: `due` lists no chapter"),
        ("due: {ch28: 2026-11-20}\nextensions:\n", "line 2: nothing is listed here"),
        ("due: {ch28: 2026-11-31}", "'2026-11-31' is no time"),
        ("due: {ch28: 20.11.2026}", "'20.11.2026' is no time"),
        ("due: {ch28: 23:59}", "'23:59' is no time"),
        ("due: {ch28: 2026-11-20 25:00}", "is no time"),
        ("due: {ch28: 2026-11-20 24:01}", "is no time"),
        ("due: {ch28: 0206-11-20}", "is no time"),
        ("due: {ch28: 2026-11-20 12:00 CET}", "is no time"),
        ("due: {ch28: }", "a text is missing here"),
        ("due: {ch28: [2026-11-20]}", "a text is missing here"),
        ("due: [ch28]", "this must be `key: value`"),
    ],
)  # fmt: skip
def test_faults(due_file, content, message):
    """Every fault in the file is an error that says where, and guesses the right word."""
    with pytest.raises(UsageError) as error:
        due_file(content)
    assert "due.yaml" in str(error.value)
    assert message in str(error.value)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in error.value.text.zh)


def test_unreadable_files(due_file, tmp_path):
    """A file in UTF-16, and a folder in place of a file, are errors in one sentence."""
    content = "due: {ch28: 2026-11-20}"
    assert due_file("\ufeff" + content).due == {"ch28": "2026-11-20"}
    (tmp_path / "due.yaml").write_text(content, encoding="utf-16")
    with pytest.raises(UsageError, match=r"due\.yaml is not in UTF-8\. Save it as UTF-8\."):
        read_due(tmp_path / "due.yaml", load())
    with pytest.raises(UsageError, match="cannot be read: "):
        read_due(tmp_path, load())


@pytest.mark.parametrize("key", ["percent_per_day", "cap_percent", "grace_minutes"])
@pytest.mark.parametrize(
    "value", [
        "-1", "-0.5", ".nan", "nan", ".inf", "-.inf", "1e3", "'10'", "10%", "ten", "true", "010", "1:30", "[1]", "",
        "999999999",
    ],
)  # fmt: skip
def test_wrong_numbers(due_file, key, value):
    """Percent are numbers from 0 to 100, and the grace is a number of minutes. No other value is read as one."""
    with pytest.raises(UsageError, match=f"line 2: {key} must be a number from 0"):
        due_file(f"due: {{ch28: 2026-11-20}}\n{key}: {value}\n")


def test_right_numbers(due_file):
    """Whole numbers and decimals from 0 to 100 are percent."""
    rules = due_file("due: {}\npercent_per_day: 12.5\ncap_percent: 100\ngrace_minutes: 0\n")
    assert (rules.percent_per_day, rules.cap_percent, rules.grace_minutes) == (12.5, 100, 0)
    with pytest.raises(UsageError, match="from 0 to 100"):
        due_file("due: {}\npercent_per_day: 100.5\n")


EXTENDED = """\
timezone: Europe/Berlin
due: {ch28: 2026-11-20, ch65: 2026-11-27}
extensions:
  - {student: ada lovelace, chapter: ch28, until: 2026-11-25, reason: ill}
  - {student: BOB, chapters: [ch28, ch65], until: 2026-11-30 12:00, reason: "army, from 1 to 30"}
  - {student: 007, chapter: ch28, until: 2026-11-25, reason: ill}
"""


def test_extensions(due_file):
    """A student with an extension has an own due time; everybody else has the class's. Nobody is guessed."""
    rules = due_file(EXTENDED)
    here = rules.for_class([ADA, BOB, Student("cyd")])
    at = datetime(2026, 11, 25, 23, 59, tzinfo=BERLIN)
    assert [here.days_late(id, "ch28", at) for id in ("2021", "bob", "cyd")] == [0, 0, 5]
    assert here.days_late("2021", "ch28", datetime(2026, 11, 26, tzinfo=BERLIN)) == 1
    assert here.days_late("bob", "ch65", datetime(2026, 11, 30, 12, 1, tzinfo=BERLIN)) == 1
    assert here.extension("bob", "ch65").reason == "army, from 1 to 30"
    assert here.extension("2021", "ch65") is None
    (unknown,) = here.unlisted([ADA, BOB, Student("7")])
    assert "due.yaml, line 6: there is no student '007' for this extension." in unknown.en
    assert not rules.for_class([ADA, BOB, Student("007")]).unknown


def test_extensions_that_fit_several():
    """An extension by a name that two students share is an error, and so are two extensions for one student."""
    rules = Due(
        {"ch28": "2026-11-20"}, extensions=(Extension("Li, Wei", ("ch28",), "2026-11-25", "ill", 3),), path="due"
    )
    with pytest.raises(UsageError, match=r"due, line 3: .* fits several students: Wei Li \(1\) / Li Wei \(2\)"):
        rules.for_class([Student("1", "Wei Li"), Student("2", "Li Wei")])
    assert rules.for_class([Student("1", "Wei Li"), Student("Li, Wei", "Li Wei")]).extension("Li, Wei", "ch28")
    twice = tuple(
        Extension(name, ("ch28",), "2026-11-25", "ill", line) for line, name in ((3, "2021"), (5, "ada@uni.edu"))
    )
    with pytest.raises(UsageError, match=r"lines 3 and 5 are both extensions for Ada Lovelace \(2021\)"):
        Due({"ch28": "2026-11-20"}, extensions=twice, path="due").for_class([ADA])


@pytest.mark.parametrize(
    ("extension", "message"),
    [
        ("{chapter: ch28, until: 2026-11-25, reason: ill}", "line 4: the extension has no `student`"),
        ("{student: ada, until: 2026-11-25, reason: ill}", "needs `chapter` or `chapters`"),
        ("{student: ada, chapter: ch28, until: 2026-11-25}", "has no `reason`"),
        ("{student: ada, chapter: ch28, until: 2026-11-25, reason: }", "a text is missing"),
        ("{student: ada, chapter: ch28, reason: ill}", "has no `until`"),
        ("{student: ada, chapter: CH28, until: 2026-11-25, reason: ill}", "Did you mean ch28?"),
        ("{student: ada, chapter: ch65, until: 2026-11-25, reason: ill}", "ch65 has no due time to extend"),
        ("{student: ada, chapter: ch28, until: 2026-11-20, reason: ill}", "ends no later than ch28 is due"),
        ("{student: ada, chapters: , until: 2026-11-25, reason: ill}", "nothing is listed here"),
        ("{student: ada, chapter: ch28, until: soon, reason: ill}", "'soon' is no time"),
        ("{student: ada, chapters: [], until: 2026-11-25, reason: ill}", "names no chapter"),
        ("{student: ada, chapters: [ch28, ch28], until: 2026-11-25, reason: ill}", "for ch28 already, in line 4"),
        ("{student: ada, until: 2026-11-25, untill: 2026-11-25}", "Did you mean until?"),
        ("ada", "this must be `key: value`"),
    ],
)  # fmt: skip
def test_wrong_extensions(due_file, extension, message):
    """An extension with a missing, unknown or impossible part is an error."""
    with pytest.raises(UsageError) as error:
        due_file(f"due:\n  ch28: 2026-11-20\nextensions:\n- {extension}\n")
    assert message in str(error.value)
