"""The history of the tables, for alembic; one file a change."""
