"""The sequencer: positions without gaps, in order per subject, whoever is slow or dies."""

import asyncio
from collections import defaultdict
from uuid import UUID

import pytest
from sqlalchemy import select

from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.passing import is_passing
from kernel.sequencer import CommitAnnouncer, Sequencer
from tests.conftest import EmptyDatabase
from tests.databases import writing
from tests.factories.outbox import DEADLINE_SECONDS, Outbox, at_work, eventually

NEVER = 3600.0
SOON = 0.05


@pytest.fixture
async def outbox(empty_database: EmptyDatabase) -> Outbox:
    return Outbox(await empty_database())


async def test_committed_events_get_positions_without_gaps_in_the_order_of_recording(outbox: Outbox) -> None:
    await outbox.commit(*range(2_500))
    await outbox.commit(2_500)
    async with at_work(Sequencer(outbox.database.worker).run):
        await eventually(outbox.all_positioned)
    assert await outbox.positions() == list(range(1, 2_502))
    assert await _numbers_in_order(outbox) == list(range(2_501))


async def test_an_open_transaction_delays_nobody_and_is_positioned_when_it_commits(outbox: Outbox) -> None:
    sequencer = Sequencer(outbox.database.worker)
    async with at_work(sequencer.run):
        async with outbox.open(0):
            for number in range(1, 6):
                await outbox.commit(number)
                sequencer.wake()
            await eventually(outbox.all_positioned)
            assert await _numbers_in_order(outbox) == [1, 2, 3, 4, 5]
        sequencer.wake()
        await eventually(lambda: _has_positioned(outbox, 6))
    assert await _numbers_in_order(outbox) == [1, 2, 3, 4, 5, 0]


async def test_what_happens_to_one_subject_keeps_its_order(outbox: Outbox) -> None:
    subjects = [new_id() for _ in range(4)]
    counters: defaultdict[UUID, int] = defaultdict(int)
    sequencer = Sequencer(outbox.database.worker)

    async def write(writer: int) -> None:
        """As operations do: lock the subject, record what happened to it, commit."""
        for turn in range(5):
            subject = subjects[(writer + turn) % len(subjects)]
            async with writing(outbox.database.app, outbox.context) as driver:
                await driver.execute("SELECT pg_advisory_xact_lock($1)", subjects.index(subject))
                counters[subject] += 1
                await outbox.write(driver, counters[subject], subject_id=subject)
            sequencer.wake()

    async with at_work(sequencer.run), asyncio.timeout(DEADLINE_SECONDS):
        await asyncio.gather(*(write(writer) for writer in range(16)))
        await eventually(outbox.all_positioned)
    for subject in subjects:
        assert await _numbers_in_order(outbox, subject) == list(range(1, 21))


async def test_when_the_leader_dies_another_takes_over(outbox: Outbox) -> None:
    first, second = (Sequencer(outbox.database.worker, poll_seconds=SOON) for _ in range(2))

    async def leads(sequencer: Sequencer) -> bool:
        return sequencer.leads

    dying = asyncio.create_task(first.run())
    await eventually(lambda: leads(first))
    async with at_work(second.run):
        await outbox.commit(1)
        await eventually(outbox.all_positioned)
        await outbox.kill("sequencer")
        with pytest.raises(Exception) as failed:  # noqa: PT011 - what it is called depends on who hears of it first
            await dying
        assert is_passing(failed.value)
        await outbox.commit(2)
        await eventually(outbox.all_positioned)
        assert (first.leads, second.leads) == (False, True)
    assert await outbox.positions() == [1, 2]


async def test_a_lost_signal_is_made_good_by_the_poll(outbox: Outbox) -> None:
    async with at_work(Sequencer(outbox.database.worker, poll_seconds=SOON).run):
        await outbox.commit(1)
        await eventually(outbox.all_positioned)
        await outbox.commit(2)
        await eventually(outbox.all_positioned)
    assert await outbox.positions() == [1, 2]


async def test_a_commit_in_another_process_reaches_the_leader(outbox: Outbox) -> None:
    leader, follower = (Sequencer(outbox.database.worker, poll_seconds=NEVER) for _ in range(2))
    announcer = CommitAnnouncer(outbox.database.worker, follower)

    async def leads() -> bool:
        return leader.leads

    async with at_work(leader.run, announcer.run):
        await eventually(leads)
        for number in range(3):
            await outbox.commit(number)
            announcer.wake()
            await eventually(outbox.all_positioned)
    assert await outbox.positions() == [1, 2, 3]


async def _numbers_in_order(outbox: Outbox, subject_id: UUID | None = None) -> list[int]:
    statement = (
        select(EventRecord.payload["number"].as_integer())
        .where(EventRecord.position.is_not(None))
        .order_by(EventRecord.position)
    )
    if subject_id is not None:
        statement = statement.where(EventRecord.subject_id == subject_id)
    async with outbox.database.worker.connect() as connection:
        return list((await connection.execute(statement)).scalars())


async def _has_positioned(outbox: Outbox, count: int) -> bool:
    return len(await _numbers_in_order(outbox)) == count
