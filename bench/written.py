"""What a piece of work has written: proves that two sides of a comparison leave the same rows.

Rows are found by the transaction that wrote them, so the cluster must be young. Ids, instants, hashes, document
numbers and running sums differ between the sides; in their places stands what they are.
"""

import re
from collections import Counter
from collections.abc import Mapping

import asyncpg
from sqlalchemy.engine import URL
from sqlalchemy.schema import Table

from authz.wall.model import VerifiedContext
from kernel.roles import connect, quoted
from migrations.models import load_models

Written = Mapping[str, Counter[str]]
"""The rows of each table, as text."""

_DIFFERENT = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "id"),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(\+00:00|Z)"), "instant"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "hash"),
    (re.compile(r"\bSO-\d+\b"), "number"),
    (re.compile(r'("on_hand": "[^"]*", "reserved": )"[^"]*"'), r'\1"so far"'),
)
_RUNNING = {"site_balance": ["reserved"], "event": ["position"]}
"""Columns that go on changing."""
_OF_SIGN_IN = {VerifiedContext.__tablename__}
"""What is written for a person, once in minutes, and not for their work."""


class Witness:
    """Sees every table as its owner does."""

    def __init__(self, url: URL) -> None:
        self._url = url

    async def since(self) -> int:
        """The present, for `written`."""
        connection = await connect(self._url)
        try:
            return int(await connection.fetchval("SELECT pg_current_xact_id()::text::bigint"))
        finally:
            await connection.close()

    async def written(self, since: int) -> Written:
        """All rows that were inserted or changed since then."""
        connection = await connect(self._url)
        try:
            tables = [table for table in load_models().sorted_tables if table.name not in _OF_SIGN_IN]
            return {table.name: await _rows(connection, table, since) for table in tables}
        finally:
            await connection.close()


async def _rows(connection: "asyncpg.Connection[asyncpg.Record]", table: Table, since: int) -> Counter[str]:
    name = quoted(table.name)
    query = f"SELECT (to_jsonb(r) - $2::text[])::text FROM {name} r WHERE r.xmin::text::bigint > $1"  # noqa: S608
    rows = await connection.fetch(query, since, _RUNNING.get(table.name, []))
    return Counter(_neutral(row[0]) for row in rows)


def _neutral(text: str) -> str:
    for pattern, name in _DIFFERENT:
        text = pattern.sub(name, text)
    return text


def assert_same(ours: Written, theirs: Written) -> None:
    """Fails with a row of a table that only one side wrote."""
    for table, rows in ours.items():
        assert rows == theirs[table], (
            f"{table}: ours {_only(rows - theirs[table])}, by hand {_only(theirs[table] - rows)}"
        )
    assert any(ours.values()), "nothing was written"


def _only(rows: Counter[str]) -> str:
    return next(iter(rows), "no other")
