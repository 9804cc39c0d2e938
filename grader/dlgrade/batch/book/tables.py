"""The tables of the gradebook. `migrations` makes them and brings those of older versions up to date."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey
from sqlalchemy.dialects.mysql import LONGTEXT

metadata = sa.MetaData()
MAX_ID = 200  # characters of a student's id

# A long report is larger than MariaDB's TEXT, which ends at 64 KB.
LongText = sa.Text().with_variant(LONGTEXT(), "mariadb")

# MariaDB's usual collations take José for Jose, and "ada " for "ada".
MARIADB: dict[str, Any] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}


def _table(name: str, *columns: Column[Any]) -> sa.Table:
    return sa.Table(name, metadata, *columns, **MARIADB)


facts = _table("facts", Column("name", sa.String(100), primary_key=True), Column("value", LongText))
students = _table(
    "students",
    Column("id", sa.String(MAX_ID), primary_key=True),
    Column("name", LongText),
    Column("email", LongText),
    Column("status", sa.String(20), nullable=False, server_default="active"),
    Column("why", LongText),  # they are not active
)
aliases = _table(  # names that staff gave to another student
    "aliases",
    Column("name", sa.String(MAX_ID), primary_key=True),
    Column("student", ForeignKey("students.id"), nullable=False),
)
submissions = _table(
    "submissions",
    Column("student", ForeignKey("students.id"), primary_key=True),
    Column("chapter", sa.String(20), primary_key=True),
    Column("shown", LongText, nullable=False),
    Column("submitted", sa.String(40)),
    Column("problem", LongText),
    Column("passed_over", LongText, nullable=False),
    Column("source", LongText),
    Column("content", sa.String(64)),  # a digest
    Column("generation", sa.Integer, nullable=False, server_default="0"),
)
runs = _table(
    "runs",
    Column("key", sa.String(64), primary_key=True),
    Column("chapter", sa.String(20), nullable=False),
    Column("seed", sa.BigInteger, nullable=False),
    Column("version", sa.String(40), nullable=False),
    Column("graded_at", sa.String(40), nullable=False),
    Column("score", sa.Double, nullable=False),
    Column("points", sa.Double, nullable=False),
    Column("complete", sa.Boolean, nullable=False),
    Column("report", LongText, nullable=False),
    Column("basis", sa.String(64)),  # a digest of everything but the submission
)
checks = _table(
    "checks",
    Column("run", ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
    Column("id", sa.String(200), primary_key=True),
    Column("exercise", sa.String(100), nullable=False),
    Column("verdict", sa.String(20), nullable=False),
    Column("points", sa.Double, nullable=False),
    Column("earned", sa.Double, nullable=False),
    Column("bonus", sa.Boolean, nullable=False),
    Column("diagnosis", sa.String(100)),
)
prices = _table(
    "prices",
    Column("run", ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
    Column("exercise", sa.String(100), primary_key=True),
    Column("diagnosis", sa.String(100), nullable=False),
    Column("lost", sa.Double, nullable=False),
    Column("raw_lost", sa.Double, nullable=False),
)
results = _table(
    "results",
    Column("id", sa.Integer, primary_key=True),
    Column("student", ForeignKey("students.id"), nullable=False),
    Column("chapter", sa.String(20), nullable=False),
    Column("run", ForeignKey("runs.key"), nullable=False),
    Column("at", sa.String(40), nullable=False),
    Column("content", sa.String(64)),  # the digest of the submission that was graded
)
overrides = _table(
    "overrides",
    Column("id", sa.Integer, primary_key=True),
    Column("student", ForeignKey("students.id"), nullable=False),
    Column("chapter", sa.String(20), nullable=False),
    Column("check", sa.String(200), nullable=False),
    Column("points", sa.Double),  # NULL: the check's own points count again
    Column("why", LongText, nullable=False),
    Column("at", sa.String(40), nullable=False),
    Column("content", sa.String(64)),  # the digest of the submission that it was given for
    Column("worth", sa.Double),  # the points of the check then
)
