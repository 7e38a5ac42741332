"""The schema's history as alembic revisions, and the way to the present one.

`run.migrate` brings a database up to date and rebuilds its grants; `revise` writes the next revision from the models.
"""
