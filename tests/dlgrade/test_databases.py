"""A gradebook in SQLite, PostgreSQL and MariaDB; and faults of databases and disks."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from dlgrade.batch.book.database import Database
from dlgrade.batch.book.tables import metadata

RIGHT = "def twice(X):\n    return X + X\n"
MISTAKEN = "def twice(X):\n    return X / 2\n"
MOUNTS = sys.platform == "linux" and os.geteuid() == 0
SERVERS = {"postgresql": "DLGRADE_TEST_POSTGRES", "mariadb": "DLGRADE_TEST_MARIADB"}  # variables with URLs


@pytest.fixture(params=["sqlite", *SERVERS])
def url(request, tmp_path):
    """The URL of an empty database on a real server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/class.sqlite"
        return
    yield from server_database(request.param)


@pytest.fixture(params=SERVERS)
def server_url(request):
    yield from server_database(request.param)


def server_database(kind):
    """Yield the URL of a new database, which is dropped afterwards."""
    server = os.environ.get(SERVERS[kind])
    if not server:
        missing = f"{SERVERS[kind]} names no server"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    driver = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}[kind]
    address = sa.make_url(server)
    admin = sa.create_engine(address.set(drivername=driver), isolation_level="AUTOCOMMIT")
    name = f"dlgrade_{uuid.uuid4().hex[:12]}"
    with admin.connect() as db:
        db.execute(sa.text(f"CREATE DATABASE {name}"))
    yield address.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as db:
        db.execute(sa.text(f"DROP DATABASE {name}" + (" WITH (FORCE)" if kind == "postgresql" else "")))
    admin.dispose()


@pytest.fixture
def open_database():
    """open_database(url): a database that is closed at the end."""
    opened = []

    def open_database(url):
        opened.append(Database(url))
        return opened[-1]

    yield open_database
    for database in opened:
        database.close()


def drift(database):
    with database.reading() as db:
        return compare_metadata(MigrationContext.configure(db), metadata)


def test_migrations_make_the_tables(url, open_database):
    """The migrations end with the tables that the code expects."""
    assert drift(open_database(url)) == []


FORMAT_1 = """
CREATE TABLE facts (name VARCHAR(100) NOT NULL, value TEXT, PRIMARY KEY (name));
CREATE TABLE students (id VARCHAR(200) NOT NULL, name VARCHAR(200), email VARCHAR(200), PRIMARY KEY (id));
CREATE TABLE submissions (student VARCHAR(200) NOT NULL, chapter VARCHAR(20) NOT NULL,
    shown TEXT NOT NULL, submitted VARCHAR(40), problem TEXT, passed_over TEXT NOT NULL,
    PRIMARY KEY (student, chapter),
    FOREIGN KEY(student) REFERENCES students (id));
CREATE TABLE runs ("key" VARCHAR(64) NOT NULL, chapter VARCHAR(20) NOT NULL, seed BIGINT NOT NULL,
    version VARCHAR(40) NOT NULL, graded_at VARCHAR(40) NOT NULL, score FLOAT NOT NULL, points FLOAT NOT NULL,
    complete BOOLEAN NOT NULL, report TEXT NOT NULL, PRIMARY KEY ("key"));
CREATE TABLE checks (run VARCHAR(64) NOT NULL, id VARCHAR(200) NOT NULL,
    exercise VARCHAR(100) NOT NULL, verdict VARCHAR(20) NOT NULL, points FLOAT NOT NULL, earned FLOAT NOT NULL,
    bonus BOOLEAN NOT NULL, diagnosis VARCHAR(100), PRIMARY KEY (run, id),
    FOREIGN KEY(run) REFERENCES runs ("key") ON DELETE CASCADE);
CREATE TABLE prices (run VARCHAR(64) NOT NULL,
    exercise VARCHAR(100) NOT NULL, diagnosis VARCHAR(100) NOT NULL, lost FLOAT NOT NULL, raw_lost FLOAT NOT NULL,
    PRIMARY KEY (run, exercise),
    FOREIGN KEY(run) REFERENCES runs ("key") ON DELETE CASCADE);
CREATE TABLE results (id INTEGER NOT NULL, student VARCHAR(200) NOT NULL,
    chapter VARCHAR(20) NOT NULL, run VARCHAR(64) NOT NULL, at VARCHAR(40) NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(student) REFERENCES students (id),
    FOREIGN KEY(run) REFERENCES runs ("key"));
CREATE TABLE overrides (id INTEGER NOT NULL, student VARCHAR(200) NOT NULL,
    chapter VARCHAR(20) NOT NULL, "check" VARCHAR(200) NOT NULL, points FLOAT NOT NULL, why TEXT NOT NULL,
    at VARCHAR(40) NOT NULL, PRIMARY KEY (id),
    FOREIGN KEY(student) REFERENCES students (id));
INSERT INTO facts VALUES ('format', '1'), ('generation', '2'), ('seed', '7'), ('chapters', 'ch90');
INSERT INTO students VALUES ('ada', 'Ada', '');
INSERT INTO submissions VALUES ('ada', 'ch90', 'in/ada/ch90_twice.py', NULL, NULL, '[]');
INSERT INTO overrides VALUES (1, 'ada', 'ch90', 'twice.ordinary_input', 0.5, 'right idea', '2026-11-01T00:00:00+00:00');
"""


def test_a_gradebook_of_format_1(dlgrade, hand_in, tmp_path, open_database):
    """A gradebook of the first format is brought up to date and goes on: its seed, its students, its overrides."""
    (tmp_path / "grades").mkdir()
    path = tmp_path / "grades" / "gradebook.sqlite"
    with sqlite3.connect(path) as book:
        book.executescript(FORMAT_1)
    hand_in("ada", MISTAKEN)
    summary = json.loads(dlgrade("grade", "in", "--json").stdout)
    assert (summary["seed"], summary["graded"]) == (7, 1)
    assert "0.5" in (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8")
    database = open_database(f"sqlite:///{path}")
    assert [change for change in drift(database) if "FLOAT" not in str(change)] == []
    with database.reading() as db:
        assert db.scalar(sa.text("SELECT generation FROM submissions")) == 2


def test_a_class(url, dlgrade, hand_in, tmp_path):
    """Every database keeps long reports, names that differ in case or accents, and any characters."""
    names = {"José": RIGHT, "Jose": MISTAKEN, "jose": RIGHT, "李雷 🎓": MISTAKEN}
    for number, (student, source) in enumerate(names.items()):
        padding = f"# {number}\n"
        hand_in(student, padding + source)
    hand_in("long", "def twice(X):\n    raise ValueError('错' * 200_000)\n")
    roster = tmp_path / "class.csv"
    lines = [f"{name},{'n' * 300 if name == 'Jose' else name}" for name in (*names, "long")]
    roster.write_text("\n".join(["id,name", *lines]), encoding="utf-8")
    done = dlgrade("grade", "in", "--roster", roster, "--gradebook", url, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["graded"] == 5
    again = json.loads(dlgrade("grade", "in", "--gradebook", url, "--json").stdout)
    assert (again["graded"], again["known"]) == (0, 5)
    assert (
        dlgrade("override", "Jose", "twice.ordinary_input", 1, "--why", "≈ right", "--gradebook", url).returncode == 0
    )
    table = (tmp_path / "grades" / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    scores = {line.split(",")[0]: line.split(",")[2] for line in table[1:]}
    assert scores == {"José": "1", "Jose": "1", "jose": "1", "李雷 🎓": "0", "long": "0"}
    listed = json.loads(dlgrade("students", "list", "--json", "--gradebook", url).stdout)
    assert {entry["id"] for entry in listed} == {*names, "long"}
    assert any(len(entry["name"]) == 300 for entry in listed)


def test_two_graders(url, open_database, dlgrade, hand_in):
    """While one grader has a database, another one is turned away, also with another --out."""
    open_database(url)
    hand_in("ada", RIGHT)
    done = dlgrade("grade", "in", "--gradebook", url, "--out", "other")
    assert (done.returncode, "Another dlgrade is writing" in done.stderr) == (2, True), done.stderr


def test_passwords_are_not_printed(server_url, dlgrade, hand_in):
    """A wrong password is one sentence that shows no password."""
    hand_in("ada", RIGHT)
    wrong = sa.make_url(server_url).set(password="S3cret-42")
    done = dlgrade("grade", "in", "--gradebook", wrong.render_as_string(hide_password=False))
    assert done.returncode == 3, done.stderr
    assert "***" in done.stderr
    assert "S3cret" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("dlgrade:S3cret-42@127.0.0.1:1/d", 3),
        ("dlgrade@127.0.0.1:1/d?password=S3cret-42", 3),
        ("127.0.0.1:1/d?user=dlgrade&password=S3cret-42", 3),
        ("dlgrade@127.0.0.1:1/d?S3cret-42=S3cret-42", 3),
        ("dlgrade:S3cret-42@127.0.0.1:1/d?connect_timeout=S3cret", 3),
        ("dlgrade@127.0.0.1?password=S3cret-42", 2),
        ("dlgrade:pass%23w@S3cret@127.0.0.1/d", 2),
        ("dlgrade:pass@w/S3cret@127.0.0.1/d", 2),
    ],
)
def test_no_part_of_a_password_is_printed(kind, rest, code, hand_in, dlgrade):
    """Wherever a URL has its password, and whatever is wrong with it, no message shows a part of it."""
    pytest.importorskip({"postgresql": "psycopg", "mariadb": "pymysql"}[kind])
    hand_in("ada", RIGHT)
    done = dlgrade("grade", "in", "--gradebook", f"{kind}://{rest}")
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "S3cret-42" not in done.stderr.replace("option 'S3cret-42'", "")
    assert "again" not in done.stderr
    assert ("%40" in done.stderr) == ("@" in rest.rpartition("@")[0])


def test_no_gradebook_there(url, dlgrade, hand_in, tmp_path):
    """Commands that read or change a gradebook never make one, and leave an earlier export as it was."""
    (tmp_path / "out.csv").write_text("good", encoding="utf-8")
    for arguments in (
        ("export", "-o", "out.csv"),
        ("students", "list"),
        ("override", "ada", "twice.ordinary_input", 1, "--why", "x"),
    ):
        done = dlgrade(*arguments, "--gradebook", url)
        assert (done.returncode, "There is no gradebook in" in done.stderr) == (2, True), done.stderr
    assert [path.name for path in tmp_path.glob("*.*")] == ["out.csv"]
    assert (tmp_path / "out.csv").read_text(encoding="utf-8") == "good"
    assert not (tmp_path / "grades").exists()
    hand_in("ada", RIGHT)
    assert dlgrade("grade", "in", "--gradebook", url).returncode == 0  # no table was left behind
    assert dlgrade("students", "list", "--gradebook", url).returncode == 0


@pytest.mark.parametrize("table", ["students", "Facts", "alembic_version"])
def test_a_database_of_another_program(table, dlgrade, hand_in, tmp_path):
    """A database whose tables are another program's is left alone, and the sentence says so."""
    hand_in("ada", RIGHT)
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute(f"CREATE TABLE {table} (version_num TEXT)")
        other.execute(f"INSERT INTO {table} VALUES ('abc')")
    before = (tmp_path / "other.sqlite").read_bytes()
    done = dlgrade("grade", "in", "--gradebook", "sqlite:///other.sqlite")
    assert (done.returncode, "is no gradebook of dlgrade" in done.stderr) == (2, True), done.stderr
    done = dlgrade("export", "--gradebook", "sqlite:///other.sqlite")
    assert (done.returncode, "There is no gradebook" in done.stderr) == (2, True), done.stderr
    assert (tmp_path / "other.sqlite").read_bytes() == before


def test_a_file_that_is_no_database(dlgrade, hand_in, tmp_path):
    """Repeating a command helps nobody whose file is damaged, so no message says so."""
    hand_in("ada", RIGHT)
    (tmp_path / "class.csv").write_text("id,name\nada,Ada\n" * 50, encoding="utf-8")
    for arguments in (("grade", "in"), ("export",), ("students", "list")):
        done = dlgrade(*arguments, "--gradebook", "sqlite:///class.csv")
        assert faulty(done), done.stderr
        assert "Check that it is a gradebook" in done.stderr
        assert "again" not in done.stderr


def kill_connections(url):
    """End every connection to a database, as a server that restarts does."""
    address = sa.make_url(url)
    kind = address.get_backend_name()
    driver = {"postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}[kind]
    engine = sa.create_engine(address.set(drivername=driver), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as db:
        if kind == "postgresql":
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            db.execute(sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
            return
        wanted = "db = database() AND id <> connection_id()"
        for number in db.scalars(sa.text(f"SELECT id FROM information_schema.processlist WHERE {wanted}")).all():
            db.execute(sa.text(f"KILL {number}"))


def test_a_lost_connection(server_url, dlgrade, hand_in, tmp_path):
    """If the server ends the connection, the run ends with one sentence; the same command goes on."""
    for number in range(12):
        hand_in(f"s{number}", f"# {number}\n{RIGHT}")
    command = [sys.executable, "-m", "dlgrade", "grade", "in", "--gradebook", server_url, "--jobs", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        run.stdout.readline()
        kill_connections(server_url)
        output, errors = run.communicate(timeout=120)
    assert run.returncode == 3, output + errors
    assert "run the same command again" in errors
    assert "Traceback" not in errors
    done = dlgrade("grade", "in", "--gradebook", server_url, "--json")
    summary = json.loads(done.stdout)
    assert (done.returncode, summary["graded"] + summary["known"], summary["known"] > 0) == (0, 12, True)


# Disks and pipes.


def faulty(done):
    """Whether a command ended with one sentence and exit code 3."""
    return done.returncode == 3 and "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(not MOUNTS, reason="needs root on Linux, to mount a small disk")
def test_a_full_disk(hand_in, dlgrade, tmp_path):
    """On a full disk the run ends with one sentence; the same command goes on when there is room."""
    for number in range(12):
        hand_in(f"s{number}", f"# {number}\n{RIGHT}")
    (tmp_path / "grades").mkdir()
    script = "mount -t tmpfs -o size=256k none grades && cp -r kept/. grades; $0 -m dlgrade grade in; code=$?; "
    script += "mkdir -p kept; cp -r grades/. kept; exit $code"
    (tmp_path / "kept").mkdir()
    command = ["unshare", "--mount", "sh", "-c", script, sys.executable]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200)
    assert faulty(done), done.stderr
    assert "No space left" in done.stderr or "full" in done.stderr
    (tmp_path / "grades").rmdir()
    (tmp_path / "kept").rename(tmp_path / "grades")
    summary = json.loads(dlgrade("grade", "in", "--json").stdout)
    assert summary["graded"] + summary["known"] == 12


@pytest.mark.skipif(not MOUNTS, reason="needs root on Linux, to mount a read-only folder")
@pytest.mark.parametrize("gradebook", ["grades/gradebook.sqlite", "elsewhere.sqlite"])
def test_a_folder_that_is_only_read(gradebook, hand_in, dlgrade, tmp_path):
    """A gradebook in a folder that cannot be written can be read; changes are refused before they begin."""
    hand_in("ada", RIGHT)
    url = f"sqlite:///{gradebook}"
    assert dlgrade("grade", "in", "--gradebook", url).returncode == 0

    def read_only(*arguments):
        script = 'mount --bind grades grades; mount -o remount,ro,bind grades; exec "$0" -m dlgrade "$@"'
        command = ["unshare", "--mount", "sh", "-c", script, sys.executable, *arguments, "--gradebook", url]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=200)

    assert "ada" in read_only("students", "list").stdout
    assert read_only("export", "-o", "out.csv").returncode == 0
    assert read_only("grade", "in", "--dry-run").returncode == 0
    before = (tmp_path / gradebook).read_bytes()
    for arguments in (("grade", "in"), ("students", "remove", "ada"), ("export",)):
        done = read_only(*arguments)
        assert faulty(done), done.stderr
        assert "cannot be written" in done.stderr
    assert (tmp_path / gradebook).read_bytes() == before


def test_a_folder_that_cannot_be_made(hand_in, dlgrade, tmp_path):
    """An --out that cannot be written is one sentence with the place."""
    hand_in("ada", RIGHT)
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = dlgrade("grade", "in", "--out", "file/grades")
    assert faulty(done), done.stderr
    assert "file/grades" in done.stderr


def test_a_closed_pipe(hand_in, dlgrade, tmp_path):
    """A reader that stops reading ends the run with one sentence; the same command goes on."""
    for number in range(12):
        hand_in(f"s{number}", f"# {number}\n{RIGHT}")
    command = [sys.executable, "-m", "dlgrade", "grade", "in", "--jobs", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        run.stdout.readline()
        run.stdout.close()
        timer = threading.Timer(120, run.kill)
        timer.start()
        errors = run.stderr.read()
        timer.cancel()
    assert run.returncode == 3, errors
    assert "The same command continues" in errors
    assert "Traceback" not in errors
    summary = json.loads(dlgrade("grade", "in", "--json").stdout)
    assert summary["graded"] + summary["known"] == 12


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
def test_output_that_cannot_be_printed(hand_in, dlgrade, tmp_path):
    """A closed pipe and a full disk behind standard output are one sentence and 3; students' commands say nothing."""
    hand_in("ada", RIGHT)
    dlgrade("grade", "in")

    def into(target, *arguments):
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            read, write = os.pipe()
            os.close(read)
            output = {"full": full, "pipe": write}[target]
            command = [sys.executable, "-m", "dlgrade", *arguments]
            done = subprocess.run(command, cwd=tmp_path, stdout=output, stderr=subprocess.PIPE, text=True, timeout=200)
            os.close(write)
        return done

    for target in ("full", "pipe"):
        for arguments in (("students", "list"), ("export",), ("grade", "in", "--dry-run", "--json")):
            done = into(target, *arguments)
            assert faulty(done), (target, arguments, done.stderr)
            assert "Standard output" in done.stderr
    assert faulty(into("full", "list"))
    done = into("pipe", "list")
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("oracle://h/d", "SQLite, PostgreSQL or MariaDB"),
        ("grades", "is no URL"),
        ("sqlite://", "in memory"),
        ("postgresql://user:S3cret@127.0.0.1", "names no database"),
    ],
)
def test_unusable_urls(hand_in, dlgrade, url, words):
    """A URL that names no usable database is refused with a way out, and shows no password."""
    hand_in("ada", RIGHT)
    done = dlgrade("grade", "in", "--gradebook", url)
    assert (done.returncode, words in done.stderr, "S3cret" in done.stderr) == (2, True, False), done.stderr
