"""The tables of gradebooks of format 1."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, ForeignKey
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "v1"
down_revision = None

TEXT = sa.Text().with_variant(LONGTEXT(), "mariadb")
MARIADB: dict[str, Any] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}


def upgrade() -> None:
    def table(name: str, *columns: Column[Any]) -> None:
        op.create_table(name, *columns, **MARIADB)

    table("facts", Column("name", sa.String(100), primary_key=True), Column("value", TEXT))
    table(
        "students",
        Column("id", sa.String(200), primary_key=True),
        Column("name", sa.String(200)),
        Column("email", sa.String(200)),
    )
    table(
        "submissions",
        Column("student", sa.String(200), ForeignKey("students.id"), primary_key=True),
        Column("chapter", sa.String(20), primary_key=True),
        Column("shown", TEXT, nullable=False),
        Column("submitted", sa.String(40)),
        Column("problem", TEXT),
        Column("passed_over", TEXT, nullable=False),
    )
    table(
        "runs",
        Column("key", sa.String(64), primary_key=True),
        Column("chapter", sa.String(20), nullable=False),
        Column("seed", sa.BigInteger, nullable=False),
        Column("version", sa.String(40), nullable=False),
        Column("graded_at", sa.String(40), nullable=False),
        Column("score", sa.Double, nullable=False),
        Column("points", sa.Double, nullable=False),
        Column("complete", sa.Boolean, nullable=False),
        Column("report", TEXT, nullable=False),
    )
    table(
        "checks",
        Column("run", sa.String(64), ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
        Column("id", sa.String(200), primary_key=True),
        Column("exercise", sa.String(100), nullable=False),
        Column("verdict", sa.String(20), nullable=False),
        Column("points", sa.Double, nullable=False),
        Column("earned", sa.Double, nullable=False),
        Column("bonus", sa.Boolean, nullable=False),
        Column("diagnosis", sa.String(100)),
    )
    table(
        "prices",
        Column("run", sa.String(64), ForeignKey("runs.key", ondelete="CASCADE"), primary_key=True),
        Column("exercise", sa.String(100), primary_key=True),
        Column("diagnosis", sa.String(100), nullable=False),
        Column("lost", sa.Double, nullable=False),
        Column("raw_lost", sa.Double, nullable=False),
    )
    table(
        "results",
        Column("id", sa.Integer, primary_key=True),
        Column("student", sa.String(200), ForeignKey("students.id"), nullable=False),
        Column("chapter", sa.String(20), nullable=False),
        Column("run", sa.String(64), ForeignKey("runs.key"), nullable=False),
        Column("at", sa.String(40), nullable=False),
    )
    table(
        "overrides",
        Column("id", sa.Integer, primary_key=True),
        Column("student", sa.String(200), ForeignKey("students.id"), nullable=False),
        Column("chapter", sa.String(20), nullable=False),
        Column("check", sa.String(200), nullable=False),
        Column("points", sa.Double, nullable=False),
        Column("why", TEXT, nullable=False),
        Column("at", sa.String(40), nullable=False),
    )
