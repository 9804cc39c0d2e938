"""Students who left, other names of students, the content of submissions, and overrides for one submission each."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column
from sqlalchemy.dialects.mysql import LONGTEXT

revision = "v2"
down_revision = "v1"

TEXT = sa.Text().with_variant(LONGTEXT(), "mariadb")
MARIADB: dict[str, Any] = {
    "mariadb_engine": "InnoDB",
    "mariadb_charset": "utf8mb4",
    "mariadb_collate": "utf8mb4_nopad_bin",
}


def upgrade() -> None:
    with op.batch_alter_table("students") as table:
        table.alter_column("name", type_=TEXT, existing_type=sa.String(200), existing_nullable=True)
        table.alter_column("email", type_=TEXT, existing_type=sa.String(200), existing_nullable=True)
        table.add_column(Column("status", sa.String(20), nullable=False, server_default="active"))
        table.add_column(Column("why", TEXT))
    op.create_table(
        "aliases",
        Column("name", sa.String(200), primary_key=True),
        Column("student", sa.String(200), sa.ForeignKey("students.id"), nullable=False),
        **MARIADB,
    )
    with op.batch_alter_table("submissions") as table:
        table.add_column(Column("source", TEXT))
        table.add_column(Column("content", sa.String(64)))
        table.add_column(Column("generation", sa.Integer, nullable=False, server_default="0"))
    with op.batch_alter_table("runs") as table:
        table.add_column(Column("basis", sa.String(64)))
    with op.batch_alter_table("results") as table:
        table.add_column(Column("content", sa.String(64)))
    with op.batch_alter_table("overrides") as table:
        table.alter_column("points", existing_type=sa.Double, nullable=True)
        table.add_column(Column("content", sa.String(64)))
        table.add_column(Column("worth", sa.Double))
    generation = sa.text("SELECT value FROM facts WHERE name = 'generation'")
    count = int(op.get_bind().scalar(generation) or 0)
    op.execute(sa.text("UPDATE submissions SET generation = :count").bindparams(count=count))
    op.execute("DELETE FROM facts WHERE name IN ('generation', 'format')")
