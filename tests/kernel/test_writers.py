"""A command's transaction: done or undone as a whole or in part, and its connection clean for the next."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from kernel.contexts import RowContext, Signer
from kernel.db import Database
from kernel.ids import new_id
from kernel.passing import is_passing
from kernel.writers import Transaction, Writers
from tests.databases import CONTEXT_KEY

HERE = new_id()
CONTEXT = RowContext(subject="ann", entities_write=(HERE,))
_NOTE = """INSERT INTO event (id, entity_id, type, subject_type, subject_id, actor, payload, occurred_at)
    VALUES ($1, $2, $3, 'Note', $4, 'ann', '{}', now())"""
_NOTES = "SELECT array_agg(type ORDER BY recorded_at) FROM event WHERE subject_id = $1"
_CONTEXT = "SELECT current_setting('wharfinger.context', true)"


@pytest.fixture
async def writers(database: Database) -> AsyncIterator[Writers]:
    """One connection, for which nobody waits long."""
    writers = Writers(database.app.url, size=1, wait_seconds=0.05, signer=Signer(CONTEXT_KEY))
    yield writers
    await writers.close()


class Notebook:
    """What was noted and kept, as the worker reads it."""

    def __init__(self, database: Database) -> None:
        self.id = new_id()
        self._database = database

    async def note(self, transaction: Transaction, text: str) -> None:
        await transaction.driver.execute(_NOTE, new_id(), HERE, text, self.id)

    async def kept(self) -> list[str]:
        async with self._database.worker.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            return await driver.fetchval(_NOTES, self.id) or []


@pytest.fixture
def notebook(database: Database) -> Notebook:
    return Notebook(database)


async def test_what_is_not_committed_is_undone(writers: Writers, notebook: Notebook) -> None:
    async with writers.transaction(CONTEXT) as transaction:
        await notebook.note(transaction, "forgotten")
    async with writers.transaction(CONTEXT) as transaction:
        await notebook.note(transaction, "kept")
        await transaction.commit()
    with suppress(KeyError):
        async with writers.transaction(CONTEXT) as transaction:
            await notebook.note(transaction, "failed")
            raise KeyError
    assert await notebook.kept() == ["kept"]


async def test_the_context_ends_with_the_transaction(writers: Writers) -> None:
    async with writers.transaction(CONTEXT) as transaction:
        assert await transaction.driver.fetchval(_CONTEXT) == writers.signer.commanding(CONTEXT)
        await transaction.commit()
        assert not await transaction.driver.fetchval(_CONTEXT)


async def test_a_subject_with_quotes_is_a_subject(writers: Writers) -> None:
    odd = RowContext(subject="o'brien''; --", entities_write=(HERE,))
    async with writers.transaction(odd) as transaction:
        assert await transaction.driver.fetchval(_CONTEXT) == writers.signer.commanding(odd)


async def test_a_failure_that_nobody_heard_of_does_not_pass_for_done(writers: Writers, notebook: Notebook) -> None:
    async with writers.transaction(CONTEXT) as transaction:
        await notebook.note(transaction, "lost")
        with suppress(asyncpg.DivisionByZeroError):
            await transaction.driver.execute("SELECT 1 / 0")
        with pytest.raises(AssertionError, match="nobody heard of"):
            await transaction.commit()
    assert await notebook.kept() == []


async def test_parts_are_undone_by_themselves(writers: Writers, notebook: Notebook) -> None:
    async with writers.transaction(CONTEXT) as transaction:
        async with transaction.savepoint():
            await notebook.note(transaction, "outer")
            async with transaction.savepoint() as inner:
                await notebook.note(transaction, "left")
                inner.undo()
            with suppress(asyncpg.DivisionByZeroError):
                async with transaction.savepoint():
                    await notebook.note(transaction, "failed")
                    await transaction.driver.execute("SELECT 1 / 0")
            await notebook.note(transaction, "after")
        await transaction.commit()
    assert await notebook.kept() == ["outer", "after"]


async def test_who_leaves_in_the_middle_of_a_statement_has_everything_undone_first(
    writers: Writers, notebook: Notebook
) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(0.05), writers.transaction(CONTEXT) as transaction, transaction.savepoint():
            await notebook.note(transaction, "given up")
            await transaction.driver.execute("SELECT pg_sleep(60)")
    assert not transaction.driver.is_in_transaction()
    async with writers.transaction(CONTEXT) as following:
        assert following.driver is transaction.driver
        await notebook.note(following, "next")
        await following.commit()
    assert await notebook.kept() == ["next"]


async def test_who_gets_no_connection_in_time_may_come_again(writers: Writers) -> None:
    async with writers.transaction(CONTEXT):
        with pytest.raises(PoolTimeout, match=r"in 0\.05 seconds") as failed:
            await writers.begin(CONTEXT)
    assert is_passing(failed.value)
    await writers.end(await writers.begin(CONTEXT))


async def test_of_two_failures_the_first_is_told(writers: Writers) -> None:
    async def fail_where_nothing_can_be_undone() -> None:
        async with writers.transaction(CONTEXT) as transaction:
            transaction.driver.terminate()
            raise KeyError

    with pytest.raises(KeyError):
        await fail_where_nothing_can_be_undone()
    await writers.end(await writers.begin(CONTEXT))
