"""The history of the gradebook's tables, for Alembic."""
