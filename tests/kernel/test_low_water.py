"""Where the sequencer's search begins: never behind an event that may still turn up."""

from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from functools import partial

from kernel.positions import EVER, number_events
from kernel.sequencer import SWEEP_EVERY, LowWater
from kernel.signals import lent
from tests.conftest import EmptyDatabase
from tests.factories.outbox import Outbox, eventually


async def test_the_mark_stays_while_any_transaction_that_began_before_is_open(empty_database: EmptyDatabase) -> None:
    outbox, mark = Outbox(await empty_database()), LowWater()
    first, second = AsyncExitStack(), AsyncExitStack()
    async with first, second:
        await first.enter_async_context(outbox.open(1))
        await second.enter_async_context(outbox.open(2))
        for number in range(3, 6):
            await outbox.commit(number)
            assert await _number(outbox, mark) == 1
        assert mark.since == EVER
        await first.aclose()
        assert [await _number(outbox, mark) for _ in range(3)] == [1, 0, 0]
        assert mark.since == EVER
        await second.aclose()
    assert await _number(outbox, mark) == 1
    await eventually(lambda: _rises_beyond(EVER, outbox, mark))
    assert await outbox.positions() == [1, 2, 3, 4, 5]


async def test_the_mark_follows_the_numberings(empty_database: EmptyDatabase) -> None:
    outbox, mark = Outbox(await empty_database()), LowWater()
    for number in range(3):
        await outbox.commit(number)
        assert await _number(outbox, mark) == 1
        before = mark.since
        await eventually(partial(_rises_beyond, before, outbox, mark))


async def test_a_sweep_finds_what_a_clock_that_was_set_back_has_hidden(empty_database: EmptyDatabase) -> None:
    outbox, mark = Outbox(await empty_database()), LowWater()
    await eventually(lambda: _rises_beyond(EVER, outbox, mark))
    await outbox.commit(1, recorded_at=mark.since - timedelta(hours=1))
    assert await _number(outbox, mark) == 0
    mark.swept -= SWEEP_EVERY
    assert [await _number(outbox, mark) for _ in range(2)] == [0, 1]


async def _rises_beyond(instant: datetime, outbox: Outbox, mark: LowWater) -> bool:
    """Transactions of other databases on the server hold the mark too, so it may take a while."""
    assert await _number(outbox, mark) == 0
    return mark.since > instant


async def _number(outbox: Outbox, mark: LowWater) -> int:
    async with lent(outbox.database.worker) as driver:
        numbering = await number_events(driver, since=mark.since)
    mark.rise(numbering)
    return numbering.count
