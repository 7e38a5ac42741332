"""The schema as alembic revisions."""
