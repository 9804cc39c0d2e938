"""The database of a gradebook: how it is reached, kept up to date, and kept to one process at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

from dlgrade.errors import GraderError, UsageError
from dlgrade.text import Text, both

HEAD = "v2"  # the newest migration
OLDEST = "v1"  # tables of format 1, which no Alembic made
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "mariadb": "mariadb+pymysql"}
SAME = {"postgres": "postgresql", "mysql": "mariadb"}  # names that people write
MIGRATING = "migrating"  # an execution option
EXTRAS = {"postgresql": "postgres", "mariadb": "mariadb"}


class Database:
    """A database that has the tables of a gradebook, held by this process alone.

    Nobody else can hold it until it is closed, or until this process or its connection ends.
    """

    def __init__(self, url: str) -> None:
        """Open the database at a URL such as `sqlite:///grades/gradebook.sqlite`.

        Raises:
            UsageError: the URL names no database that can be used, a driver is missing, another process holds the
                database, or a newer dlgrade wrote it.
            GraderError: the database cannot be reached.
        """
        address = _address(url)
        self.shown = address.render_as_string(hide_password=True)
        self.engine = _engine(address)
        self._file_lock: FileLock | None = None
        self._lock: sa.Connection | None = None
        try:
            with self.faults():
                self._hold(address)
                _upgrade(self.engine, self.shown)
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
            raise GraderError(_failed(self.shown, error)) from None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        with self.faults(), self.engine.connect() as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Return a connection in a transaction. It is committed at the end, unless the lock was lost before."""
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


def _failed(shown: str, error: sa.exc.DBAPIError) -> Text:
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return both(
        f"The gradebook {shown} failed: {reason}. Everything recorded so far is kept; run the same command again.",
        f"成绩册 {shown} 出错：{reason}。此前的结果均已保存；请再次运行同一命令。",
    )


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
    if kind == "sqlite" and not (address.database or "").replace(":memory:", ""):
        raise UsageError(
            both(
                "A gradebook in memory would be lost. Write sqlite:///grades.sqlite.",
                "内存中的成绩册会丢失。请写成 sqlite:///grades.sqlite。",
            )
        )
    if kind != "sqlite" and not address.database:
        raise UsageError(
            both(f"The URL of the gradebook names no database: {address.render_as_string()}.",
                 f"成绩册的 URL 未指定数据库：{address.render_as_string()}。")
        )  # fmt: skip
    return address.set(drivername=DRIVERS[kind])


def _engine(address: sa.URL) -> sa.Engine:
    kind = address.get_backend_name()
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


def _upgrade(engine: sa.Engine, shown: str) -> None:
    """Bring the tables up to date. A gradebook that is up to date does not need Alembic."""
    found = _revision(engine)
    if found == HEAD:
        return
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
