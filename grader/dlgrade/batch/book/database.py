"""The database of a gradebook: how it is reached, kept up to date, and kept to one process at a time."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, quote_plus

import sqlalchemy as sa
from filelock import FileLock, Timeout

from dlgrade.batch.book.tables import metadata
from dlgrade.errors import GraderError, UsageError
from dlgrade.text import Text, both

HEAD = "v2"  # the newest migration
OLDEST = "v1"  # tables of format 1, which no Alembic made
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
SAME = {"postgres": "postgresql", "mysql": "mariadb"}  # names that people write
MIGRATING = "migrating"  # an execution option
EXTRAS = {"postgresql": "postgres", "mariadb": "mariadb"}
OWN = {"facts", "students", "submissions", "runs"}  # tables of every version
FAULTS = (sa.exc.SQLAlchemyError, TypeError, ValueError)  # of a driver, for example for an option that it does not know
SHORT = 4  # letters; a shorter part of a password is in other words, too


class Database:
    """A database that has the tables of a gradebook, held by this process alone.

    Nobody else can hold it until it is closed, or until this process or its connection ends. A file that cannot be
    written is only read, and not held.

    Attributes:
        shown: The URL without its password and its options.
        unwritable: The place that cannot be written. Nothing is written then.
    """

    def __init__(self, url: str, *, unwritable: Path | None = None) -> None:
        """Open the database at a URL such as `sqlite:///grades/gradebook.sqlite`.

        Args:
            url: The URL.
            unwritable: A place that cannot, or must not, be written. The database is then only read, and not held.

        Raises:
            UsageError: the URL names no database that can be used, a driver is missing, another process holds the
                database, or a newer dlgrade wrote it.
            GraderError: the database cannot be reached, or opened.
        """
        address = _address(url)
        self.shown, self.secrets = _shown(address), _secrets(address)
        self.unwritable = unwritable or _unwritable(address)
        self._file_lock: FileLock | None = None
        self._lock: sa.Connection | None = None
        with _opening(self.shown, self.secrets):
            self.engine = _engine(address, read_only=self.unwritable is not None)
        try:
            with _opening(self.shown, self.secrets):
                if self.unwritable is None:
                    self._hold(address)
                _upgrade(self.engine, self.shown, read_only=self.unwritable is not None)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Turn an error of the database into a sentence that shows no password.

        Raises:
            GraderError: the database failed.
        """
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise GraderError(_failed(self.shown, _reason(error, self.secrets))) from None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self.faults(), self.engine.connect() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Return a connection in a transaction. It is committed at the end, unless the lock was lost before.

        Raises:
            GraderError: the gradebook cannot be written.
        """
        if self.unwritable is not None:
            raise read_only(self.unwritable)
        with self.faults(), self.engine.begin() as db:
            yield db
            if self._lock is not None:
                self._lock.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Close all connections, and let others have the database."""
        if self._lock is not None:
            self._lock.invalidate()
            self._lock.close()
        if self._file_lock is not None:
            self._file_lock.release()
        self.engine.dispose()

    def _hold(self, address: sa.URL) -> None:
        """Take the lock of the database: a file beside SQLite's, or a lock that a server gives to a connection."""
        if self.engine.dialect.name == "sqlite":
            self._file_lock = FileLock(f"{Path(address.database or '').absolute()}.lock", timeout=0)
            try:
                self._file_lock.acquire()
            except Timeout:
                raise _held(self.shown) from None
            return
        self._lock = self.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        name = f"dlgrade {address.database}"
        if self.engine.dialect.name == "postgresql":
            number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
            taken = self._lock.scalar(sa.select(sa.func.pg_try_advisory_lock(number)))
        else:
            taken = self._lock.scalar(sa.select(sa.func.get_lock(hashlib.sha256(name.encode()).hexdigest()[:60], 0)))
        if not taken:
            raise _held(self.shown)


def _held(shown: str) -> UsageError:
    return UsageError(
        both(
            f"Another dlgrade is writing to the gradebook {shown}. Wait for it.",
            f"另一个 dlgrade 正在写入成绩册 {shown}。请等待它结束。",
        )
    )


def read_only(place: Path) -> GraderError:
    """Return the error for a place that must be written, and cannot be."""
    return GraderError(
        both(f"{place} cannot be written; nothing was changed.", f"无法写入 {place}；未作任何改动。"),
    )


def sqlite_file(url: str) -> Path | None:
    """The file of a URL of SQLite. None if it is a server's URL.

    Raises:
        UsageError: the URL names no database that can be used.
    """
    address = _address(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


def require_gradebook(url: str) -> None:
    """Make sure that the database at a URL is a gradebook. Nothing is made or changed.

    Raises:
        UsageError: there is no such file, or it has not the tables of a gradebook.
        GraderError: the database cannot be opened.
    """
    address = _address(url)
    shown, secrets = _shown(address), _secrets(address)
    path = sqlite_file(url)
    missing = UsageError(both(f"There is no gradebook in {shown}.", f"{shown} 中没有成绩册。"))
    if path is not None and not path.exists():
        raise missing
    with _opening(shown, secrets):
        engine = _engine(address, read_only=_unwritable(address) is not None)
        try:
            with engine.connect() as db:
                if not set(sa.inspect(db).get_table_names()) >= OWN:
                    raise missing
        finally:
            engine.dispose()


@contextmanager
def _opening(shown: str, secrets: Collection[str]) -> Iterator[None]:
    """Turn a failure to open a database into a sentence that says what to check: repeating would not help.

    Raises:
        GraderError: the database cannot be opened.
    """
    try:
        yield
    except FAULTS as error:
        if shown.startswith("sqlite"):
            check = both(
                "Check that it is a gradebook of dlgrade, and is whole; a full disk also stops it.",
                "请检查它是否为完整的 dlgrade 成绩册，以及磁盘是否已满。",
            )
        else:
            check = both(
                "Check the host, port, user, password, options and name of the database, and that its server runs.",
                "请检查主机、端口、用户、密码、选项与数据库名，以及服务器是否在运行。",
            )
        reason = _reason(error, secrets)
        words = both(f"The gradebook {shown} cannot be opened: {reason}. ", f"无法打开成绩册 {shown}：{reason}。")
        raise GraderError(words + check) from None


def _failed(shown: str, reason: str) -> Text:
    return both(
        f"The gradebook {shown} failed: {reason}. Everything recorded so far is kept; run the same command again.",
        f"成绩册 {shown} 出错：{reason}。此前的结果均已保存；请再次运行同一命令。",
    )


def _reason(error: Exception, secrets: Collection[str]) -> str:
    """The driver's own words, without passwords."""
    words = str(getattr(error, "orig", None) or error).strip().partition("\n")[0].rstrip(".")
    for secret in sorted(secrets, key=len, reverse=True):
        words = words.replace(secret, "***")
    return words


def _shown(address: sa.URL) -> str:
    """The URL as messages show it: without the password, and without options, which may have another password."""
    kind = address.get_backend_name()
    if kind == "sqlite":
        return f"sqlite:///{address.database}"
    return address.set(drivername=kind, query={}).render_as_string(hide_password=True)


def _secrets(address: sa.URL) -> set[str]:
    """The password and the values of options, whole, in parts and as a URL has them."""
    password = str(address.password or "")
    values = [value for found in address.normalized_query.values() for value in found]
    whole = {password, *(value for value in values if len(value) >= SHORT)}
    parts = {part for value in whole for part in re.split(r"[^\w.~-]+", value) if len(part) >= SHORT}
    return {form for value in whole | parts for form in (value, quote(value, safe=""), quote_plus(value))} - {""}


def _unwritable(address: sa.URL) -> Path | None:
    """The file of SQLite that is there and cannot be written, or whose folder or lock cannot be written."""
    if address.get_backend_name() != "sqlite":
        return None
    path = Path(address.database or "").absolute()
    if not path.exists():
        return None
    lock = path.with_name(f"{path.name}.lock")
    needed = [path, path.parent, *([lock] if lock.exists() else [])]
    return path if not all(os.access(place, os.W_OK) for place in needed) else None


def _address(url: str) -> sa.URL:
    """The URL with the driver that dlgrade uses."""
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise UsageError(
            both(
                "--gradebook is no URL of a database. Write sqlite:///grades.sqlite, "
                "postgresql://user:password@host/database or mariadb://user:password@host/database.",
                "--gradebook 不是数据库 URL。请写成 sqlite:///grades.sqlite、"
                "postgresql://用户:密码@主机/数据库 或 mariadb://用户:密码@主机/数据库。",
            )
        ) from None
    kind = address.get_backend_name()
    kind = SAME.get(kind, kind)
    if kind not in DRIVERS:
        raise UsageError(
            both(
                f"A gradebook is kept in SQLite, PostgreSQL or MariaDB, not in {kind!r}.",
                f"成绩册可保存在 SQLite、PostgreSQL 或 MariaDB 中，不支持 {kind!r}。",
            )
        )
    if kind == "sqlite" and address.query:
        raise UsageError(
            both(
                "The URL of a gradebook in SQLite has no options. Write sqlite:///grades.sqlite.",
                "SQLite 成绩册的 URL 不带选项。请写成 sqlite:///grades.sqlite。",
            )
        )
    if kind == "sqlite" and not (address.database or "").replace(":memory:", ""):
        raise UsageError(
            both(
                "A gradebook in memory would be lost. Write sqlite:///grades.sqlite.",
                "内存中的成绩册会丢失。请写成 sqlite:///grades.sqlite。",
            )
        )
    if kind != "sqlite" and "@" in f"{address.host}{address.database}":
        raise UsageError(
            both(
                "The password of the URL of the gradebook has an @: escape it as %40.",
                "成绩册 URL 的密码含有 @：请写成 %40。",
            )
        )
    address = address.set(drivername=DRIVERS[kind])
    if kind != "sqlite" and not address.database:
        shown = _shown(address)
        raise UsageError(
            both(f"The URL of the gradebook names no database: {shown}.", f"成绩册的 URL 未指定数据库：{shown}。")
        )
    return address


def _engine(address: sa.URL, *, read_only: bool) -> sa.Engine:
    kind = address.get_backend_name()
    if read_only:
        file = f"{Path(address.database or '').absolute().as_uri()}?mode=ro"
        address = address.set(database=file, query={"uri": "true"})
    try:
        engine = sa.create_engine(address)
    except ImportError:
        command = f"pip install 'dlgrade[{EXTRAS[kind]}]'"
        raise UsageError(
            both(f"The driver for this gradebook is not installed: {command}", f"尚未安装此成绩册的驱动：{command}")
        ) from None
    if kind == "sqlite":
        sa.event.listen(engine, "connect", _without_own_transactions)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _without_own_transactions(connection: object, _record: object) -> None:
    """The driver would leave changes of tables out of its transactions."""
    connection.isolation_level = None  # type: ignore[attr-defined]


def _begin_sqlite(db: sa.Connection) -> None:
    """Begin a transaction. A migration drops tables to make them anew, so it must not look at foreign keys."""
    db.exec_driver_sql(f"PRAGMA foreign_keys = {'OFF' if MIGRATING in db.get_execution_options() else 'ON'}")
    db.exec_driver_sql("BEGIN")


def _upgrade(engine: sa.Engine, shown: str, *, read_only: bool) -> None:
    """Bring the tables up to date. A gradebook that is up to date does not need Alembic.

    Raises:
        UsageError: the database is another program's, a newer dlgrade wrote it, or it is old and cannot be written.
    """
    found = _revision(engine)
    if found == HEAD:
        return
    with engine.connect() as db:
        tables = set(sa.inspect(db).get_table_names())
    taken = sorted({name.casefold() for name in tables} & set(metadata.tables))
    if not tables >= OWN and (taken or found is not None):
        names = ", ".join(taken or ["alembic_version"])
        raise UsageError(
            both(
                f"{shown} is no gradebook of dlgrade: another program made its tables ({names}). Use another database.",
                f"{shown} 不是 dlgrade 的成绩册：其中的表（{names}）由其他程序建立。请换一个数据库。",
            )
        )
    if read_only:
        raise UsageError(
            both(
                f"An older dlgrade wrote the gradebook {shown}, and it is only read here. Bring it up to date with "
                "`dlgrade students list`, where it can be written.",
                f"成绩册 {shown} 由旧版 dlgrade 写成，而此处只读取。请在可写的位置用 `dlgrade students list` 升级。",
            )
        )
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", "dlgrade.batch.book:migrations")
    with engine.connect().execution_options(**{MIGRATING: True}) as db:
        config.attributes["connection"] = db
        try:
            if found is None and sa.inspect(db).has_table("facts"):
                command.stamp(config, OLDEST)
            command.upgrade(config, "head")
        except CommandError:
            raise UsageError(
                both(
                    f"A newer dlgrade wrote the gradebook {shown}. Install that version.",
                    f"成绩册 {shown} 由更新版本的 dlgrade 写成。请安装该版本。",
                )
            ) from None
        db.commit()


def _revision(engine: sa.Engine) -> str | None:
    """The migration that the tables are at. None if Alembic made none of them."""
    with engine.connect() as db:
        if not sa.inspect(db).has_table("alembic_version"):
            return None
        found = db.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)
