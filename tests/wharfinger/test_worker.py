"""The worker of a process: what it keeps going, and that it ends."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from kernel.db import Database, insert_rows
from kernel.idempotency import FORGOTTEN_AT_ONCE, KEPT_FOR, IdempotencyKey
from kernel.supervision import supervised
from tests.architecture.sources import ROOT
from tests.conftest import EmptyDatabase
from tests.factories.outbox import DEADLINE_SECONDS, Outbox, eventually, number_of, take
from wharfinger.worker import Worker, forget_old_keys

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
async def outbox(empty_database: EmptyDatabase) -> Outbox:
    return Outbox(await empty_database())


async def test_two_processes_pass_events_to_each_others_subscribers(outbox: Outbox) -> None:
    """Each process has a worker; the commits of the one that does not lead reach the other's subscribers."""
    async with Worker(outbox.database.worker).running() as one, Worker(outbox.database.worker).running() as other:
        await eventually(lambda: _anyone_leads(one, other))
        follower = other if one.sequencer.leads else one
        for number, worker in enumerate((one, other, follower)):
            await outbox.commit(number)
            worker.wake()
        for worker in (one, other):
            taken = await take(worker.hub, outbox.everything, 3, after=0)
            assert [number_of(event) for event in taken] == [0, 1, 2]


async def test_a_worker_survives_the_loss_of_every_session(outbox: Outbox) -> None:
    async with Worker(outbox.database.worker).running() as worker:
        await eventually(lambda: _anyone_leads(worker))
        reading = asyncio.ensure_future(take(worker.hub, outbox.everything, 2, after=0))
        await outbox.commit(1)
        worker.wake()
        await eventually(outbox.all_positioned)
        with capture_logs() as logs:
            for purpose in ("sequencer", "hub", "announcer"):
                await outbox.kill(purpose)
            await outbox.commit(2)
            assert [number_of(event) for event in await reading] == [1, 2]
    assert {log["task"] for log in logs if log["event"] == "task_failed"} >= {"sequencer", "hub"}


async def test_nothing_is_left_when_a_worker_ends(outbox: Outbox) -> None:
    before = asyncio.all_tasks()
    async with Worker(outbox.database.worker).running() as worker:
        await eventually(lambda: _anyone_leads(worker))
    assert not worker.sequencer.leads
    assert asyncio.all_tasks() <= before
    await eventually(lambda: _is_alone(outbox))


async def test_when_the_leading_process_is_killed_another_process_goes_on(outbox: Outbox) -> None:
    async with _process(outbox.database) as leading:
        await outbox.commit(1)
        await eventually(outbox.all_positioned)
        async with _process(outbox.database) as waiting:
            leading.kill()
            await outbox.commit(2)
            await eventually(outbox.all_positioned)
            waiting.terminate()
            assert await asyncio.wait_for(waiting.wait(), DEADLINE_SECONDS) == 0
    assert await outbox.positions() == [1, 2]


async def test_work_that_fails_is_logged_and_begun_again() -> None:
    tries = 0
    worked = asyncio.Event()

    async def work() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ValueError(f"try {tries}")
        worked.set()
        await asyncio.Event().wait()

    with capture_logs() as logs:
        task = asyncio.create_task(supervised("counting", work))
        await asyncio.wait_for(worked.wait(), DEADLINE_SECONDS)
        task.cancel()
        await asyncio.wait([task])
    assert [(log["task"], log["reason"], log["next_try_seconds"]) for log in logs] == [
        ("counting", "try 1", 0.1),
        ("counting", "try 2", 0.2),
    ]
    assert task.cancelled()


async def test_keys_are_forgotten_after_thirty_days(empty_database: EmptyDatabase) -> None:
    database = await empty_database()
    old, kept = NOW - KEPT_FOR - timedelta(seconds=1), NOW - KEPT_FOR
    rows = [_key(f"old {number}", old) for number in range(FORGOTTEN_AT_ONCE + 1)]
    async with database.worker.begin() as connection:
        await insert_rows(connection, IdempotencyKey, [*rows, _key("kept", kept)])
    await forget_old_keys(database.worker, lambda: NOW)
    assert await _keys(database) == ["kept"]


@asynccontextmanager
async def _process(database: Database) -> AsyncIterator[asyncio.subprocess.Process]:
    """`wharfinger worker` in a process of its own."""
    url = database.worker.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _PROGRAM, url, cwd=ROOT)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


_PROGRAM = """
import sys
from sqlalchemy.engine import make_url
from kernel.contexts import ContextKey
from kernel.settings import DatabaseUrls
from wharfinger.worker import work

url = make_url(sys.argv[1])
work(DatabaseUrls(app=url, activate=url, worker=url, migrate=url, context_key=ContextKey(b'0' * 32)))
"""


def _key(key: str, created_at: datetime) -> dict[str, object]:
    return {
        "subject": "clerk",
        "mutation": "place_sales_order",
        "key": key,
        "fingerprint": "f",
        "result": {},
        "created_at": created_at,
    }


async def _keys(database: Database) -> list[str]:
    async with database.worker.connect() as connection:
        return list((await connection.execute(select(IdempotencyKey.key))).scalars())


async def _anyone_leads(*workers: Worker) -> bool:
    return any(worker.sequencer.leads for worker in workers)


async def _is_alone(outbox: Outbox) -> bool:
    return await outbox.kept_sessions() == 0
