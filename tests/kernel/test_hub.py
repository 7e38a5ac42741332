"""The hub: each subscriber gets each event once, in order, whether it is replayed or live."""

import asyncio
import random
from contextlib import aclosing

import pytest

from kernel.hub import Hub, PositionAhead, SubscriberTooSlow
from kernel.ids import new_id
from kernel.positions import BATCH, EventFilter, PositionedEvent, number_events
from kernel.sequencer import Sequencer
from kernel.signals import lent
from tests.conftest import EmptyDatabase
from tests.factories.outbox import DEADLINE_SECONDS, Outbox, at_work, eventually, number_of, take

SOON = 0.05


@pytest.fixture
async def outbox(empty_database: EmptyDatabase) -> Outbox:
    return Outbox(await empty_database())


async def test_a_reader_gets_what_it_missed_and_then_what_happens(outbox: Outbox) -> None:
    sequencer, hub = Sequencer(outbox.database.worker), Hub(outbox.database.worker)
    await outbox.commit(*range(BATCH + 3))
    async with at_work(sequencer.run, hub.run):
        await eventually(outbox.all_positioned)
        async with aclosing(hub.follow(outbox.everything, after=0)) as events:
            replayed = [number_of(await anext(events)) for _ in range(BATCH + 3)]
            live = asyncio.ensure_future(anext(events))
            await outbox.commit(-1)
            sequencer.wake()
            assert number_of(await asyncio.wait_for(live, DEADLINE_SECONDS)) == -1
    assert replayed == list(range(BATCH + 3))


async def test_without_a_cursor_the_stream_begins_now(outbox: Outbox) -> None:
    sequencer, hub = Sequencer(outbox.database.worker), Hub(outbox.database.worker)
    await outbox.commit(1)
    async with at_work(sequencer.run):
        await eventually(outbox.all_positioned)
        async with at_work(hub.run):
            first = asyncio.ensure_future(take(hub, outbox.everything, 1))
            await eventually(lambda: _subscribers(hub, 1))
            await outbox.commit(2)
            sequencer.wake()
            (event,) = await first
    assert (number_of(event), event.position) == (2, 2)


async def test_nothing_is_lost_or_doubled_where_replay_becomes_live(outbox: Outbox) -> None:
    """Readers begin at every moment of a stream that is being written."""
    sequencer, hub = Sequencer(outbox.database.worker), Hub(outbox.database.worker)
    readers: list[asyncio.Task[list[PositionedEvent]]] = []
    async with at_work(sequencer.run, hub.run):
        for number in range(200):
            await outbox.commit(number)
            sequencer.wake()
            if number % 4 == 0:
                readers.append(asyncio.create_task(take(hub, outbox.everything, 200, after=0)))
        for taken in await asyncio.gather(*readers):
            assert [event.position for event in taken] == list(range(1, 201))
            assert [number_of(event) for event in taken] == list(range(200))
        await eventually(lambda: _subscribers(hub, 0))


async def test_sixteen_writers_and_four_readers_that_come_and_go(outbox: Outbox) -> None:
    """Each event once per reader, in order per writer's subject, whatever commits late and whoever disconnects."""
    sequencer, hub = Sequencer(outbox.database.worker), Hub(outbox.database.worker, queue_max=50)
    chance = random.Random(7)  # noqa: S311 - a story, not a secret
    subjects = [new_id() for _ in range(16)]
    each = 12
    total = 16 * each

    async def write(subject: int) -> None:
        for number in range(each):
            async with outbox.open(number, subject_id=subjects[subject]):
                await asyncio.sleep(chance.random() * 0.02)
            sequencer.wake()

    async def read() -> list[PositionedEvent]:
        taken: list[PositionedEvent] = []
        while len(taken) < total:
            cursor = taken[-1].position if taken else 0
            stay = min(chance.randint(1, 20), total - len(taken))
            taken += await take(hub, outbox.everything, stay, after=cursor)
            await asyncio.sleep(chance.random() * 0.01)
        return taken

    async with at_work(sequencer.run, hub.run), outbox.open(-1), asyncio.timeout(DEADLINE_SECONDS):
        readers = [asyncio.create_task(read()) for _ in range(4)]
        await asyncio.gather(*(write(subject) for subject in range(15)))
        await write(15)
        for taken in await asyncio.gather(*readers):
            assert [event.position for event in taken] == list(range(1, total + 1))
            for subject in subjects:
                assert [number_of(event) for event in taken if event.subject_id == subject] == list(range(each))


async def test_a_slow_reader_is_let_go_and_resumes_without_loss(outbox: Outbox) -> None:
    sequencer, hub = Sequencer(outbox.database.worker), Hub(outbox.database.worker, queue_max=5)
    async with at_work(sequencer.run, hub.run):
        async with (
            aclosing(hub.follow(outbox.everything)) as slow,
            aclosing(hub.follow(outbox.everything)) as attentive,
        ):
            first = asyncio.gather(anext(slow), anext(attentive))
            await eventually(lambda: _subscribers(hub, 2))
            for number in range(21):
                await outbox.commit(number)
                sequencer.wake()
                event = (await first)[1] if number == 0 else await anext(attentive)
                assert number_of(event) == number
            with pytest.raises(SubscriberTooSlow) as refused:
                await anext(slow)
        assert refused.value.position == 1
        rest = await take(hub, outbox.everything, 20, after=refused.value.position)
    assert [number_of(event) for event in rest] == list(range(1, 21))


async def test_a_reader_gets_only_what_it_wants(outbox: Outbox) -> None:
    """The same filter decides in SQL for the replay and in Python for what is live."""
    sequencer, hub = Sequencer(outbox.database.worker), Hub(outbox.database.worker)
    sister = Outbox(outbox.database)
    subject = new_id()
    here = outbox.everything.entity_ids
    filters = {
        (1, 2, 3): outbox.everything,
        (4,): sister.everything,
        (5,): EventFilter(entity_ids=frozenset({None})),
        (1, 2, 3, 5): EventFilter(entity_ids=here | {None}),
        (2,): EventFilter(entity_ids=here, types=frozenset({"GoodsMoved", "GoodsLost"})),
        (3,): EventFilter(entity_ids=here, subject_id=subject),
    }

    async def happen() -> None:
        await outbox.commit(1)
        await outbox.commit(2, type="GoodsMoved")
        await outbox.commit(3, subject_id=subject)
        await sister.commit(4, subject_id=subject)
        await outbox.commit(5, entity_id=None)
        sequencer.wake()

    async with at_work(sequencer.run, hub.run):
        await happen()
        await eventually(outbox.all_positioned)
        readers = [take(hub, wanted, 2 * len(numbers), after=0) for numbers, wanted in filters.items()]
        reading = asyncio.gather(*readers)
        await eventually(lambda: _subscribers(hub, len(filters)))
        await happen()
        taken = await reading
    for numbers, events in zip(filters, taken, strict=True):
        assert [number_of(event) for event in events] == [*numbers, *numbers]


async def test_a_lost_signal_is_made_good_by_the_poll(outbox: Outbox) -> None:
    hub = Hub(outbox.database.worker, poll_seconds=SOON)
    async with at_work(hub.run):
        reading = asyncio.ensure_future(take(hub, outbox.everything, 2, after=0))
        for number in (1, 2):
            await outbox.commit(number)
            async with lent(outbox.database.worker) as driver:
                assert (await number_events(driver)).count == 1
        assert [number_of(event) for event in await reading] == [1, 2]


async def test_the_hub_goes_on_where_it_was_when_its_connection_is_lost(outbox: Outbox) -> None:
    sequencer, hub = Sequencer(outbox.database.worker), Hub(outbox.database.worker)
    async with at_work(sequencer.run, hub.run):
        reading = asyncio.ensure_future(take(hub, outbox.everything, 2))
        await eventually(lambda: _subscribers(hub, 1))
        await outbox.commit(1)
        sequencer.wake()
        await eventually(outbox.all_positioned)
        await outbox.kill("hub")
        await outbox.commit(2)
        sequencer.wake()
        assert [number_of(event) for event in await reading] == [1, 2]


async def test_a_cursor_of_another_database_is_refused(outbox: Outbox) -> None:
    hub = Hub(outbox.database.worker)
    async with at_work(hub.run):
        with pytest.raises(PositionAhead):
            await take(hub, outbox.everything, 1, after=1_000)


async def _subscribers(hub: Hub, count: int) -> bool:
    return hub.subscribers == count
