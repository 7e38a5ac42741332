"""Machinery without business meaning: operations, database, events, values."""
