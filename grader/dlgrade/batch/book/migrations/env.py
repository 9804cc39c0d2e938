"""Runs migrations on the connection that `dlgrade.batch.book.database` opened."""

from alembic import context

from dlgrade.batch.book.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a column by making the table anew
)
with context.begin_transaction():
    context.run_migrations()
