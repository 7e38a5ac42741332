"""A command is done once or not at all, whatever happens to its policy, its connection or its caller meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from authz.actor import Actor
from authz.vocabulary import Role
from kernel.audit import AuditEntry
from kernel.contexts import Signer
from kernel.db import Database
from kernel.events import Event, EventRecord
from kernel.ids import new_id
from kernel.operation import Call, Operation, Operations
from kernel.outcome import Done, Outcome
from kernel.passing import is_passing
from kernel.refusal import Code, Refusal, Refused
from kernel.writers import Writers
from tests.databases import CONTEXT_KEY
from tests.factories.world import World

CALL = Call(mutation="bringRope")
_RAISE = "DO $$ BEGIN RAISE EXCEPTION 'as told' USING ERRCODE = '{}'; END $$"
_END_SESSION = "SELECT pg_terminate_backend(pg_backend_pid())"
_CONTEXT = "SELECT current_setting('wharfinger.context', true)"

Step = Callable[[Operation[Actor]], Awaitable[None]]


@pytest.fixture
def signer() -> Signer:
    return Signer(CONTEXT_KEY)


@pytest.fixture
async def writers(database: Database, signer: Signer) -> AsyncIterator[Writers]:
    """One connection: what one command leaves on it, the next one finds."""
    writers = Writers(database.app.url, size=1, wait_seconds=5, signer=signer)
    yield writers
    await writers.close()


@pytest.fixture
def operations(writers: Writers) -> Operations:
    return Operations(writers)


class Bringing:
    """A use case that records a fact and then does something in a round of locks, which may go wrong."""

    def __init__(self, world: World, *steps: Step) -> None:
        self.world = world
        self.subject_id = new_id()
        self.ran = 0
        self._steps = iter(steps)

    async def __call__(self, op: Operation[Actor], _: object) -> Done:
        self.ran += 1
        op.authorise(self.world.entity_id)
        op.record(
            Event(type="RopeBrought", subject_type="Rope", subject_id=self.subject_id, entity_id=self.world.entity_id)
        )
        async with op.lock_round() as attempt:
            if step := next(self._steps, None):
                await step(op)
            attempt.keep()
        return Done()

    async def told(self) -> list[Any]:
        """The facts that were kept."""
        return await self.world.rows(select(EventRecord.id).where(EventRecord.subject_id == self.subject_id))


def raising(sqlstate: str) -> Step:
    """PostgreSQL raises this."""

    async def step(op: Operation[Actor]) -> None:
        await op.transaction.driver.execute(_RAISE.format(sqlstate))

    return step


async def lose_the_connection(op: Operation[Actor]) -> None:
    await op.transaction.driver.execute(_END_SESSION)


async def lose_the_connection_in_another_context(op: Operation[Actor]) -> None:
    async with op.transaction.within_context(replace(op.actor.row_context, entities_write=())):
        await lose_the_connection(op)


async def left_a_clean_connection(operations: Operations, world: World) -> bool:
    """Whether the next command finds a connection without transaction or context, and is done."""
    bringing = Bringing(world)
    driver = await operations.writers.take()
    context = None if driver.is_in_transaction() else await driver.fetchval(_CONTEXT)
    operations.writers.give_back(driver)
    outcome: Outcome[None] = await operations.run(world.clerk, bringing, None, CALL)
    return context in ("", None) and outcome.done is not None and len(await bringing.told()) == 1


async def test_a_policy_that_is_replaced_in_a_round_of_locks_has_the_command_done_once(
    operations: Operations, world: World
) -> None:
    bringing = Bringing(world, raising("WH001"))
    successor = world.actor(Role.PLANNER, subject="the same, with the rights of now")

    async def reload() -> Actor:
        return successor

    outcome: Outcome[None] = await operations.run(world.clerk, bringing, None, CALL, reload=reload)
    assert outcome.done is not None
    assert (bringing.ran, operations.retries) == (2, 0)
    assert len(await bringing.told()) == 1
    assert await left_a_clean_connection(operations, world)


async def test_who_is_outdated_twice_may_come_again(operations: Operations, world: World) -> None:
    bringing = Bringing(world, raising("WH001"), raising("WH001"))

    async def reload() -> Actor:
        return world.clerk

    with pytest.raises(Exception, match="as told") as failed:
        await operations.run(world.clerk, bringing, None, CALL, reload=reload)
    assert is_passing(failed.value)
    assert (bringing.ran, await bringing.told()) == (2, [])


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
async def test_what_was_undone_for_others_in_a_round_of_locks_is_done_again_within_bounds(
    operations: Operations, world: World, sqlstate: str
) -> None:
    twice = Bringing(world, *[raising(sqlstate)] * 2)
    assert (await operations.run(world.clerk, twice, None, CALL)).done is not None
    assert (twice.ran, operations.retries, len(await twice.told())) == (3, 2, 1)
    always = Bringing(world, *[raising(sqlstate)] * 9)
    outcome: Outcome[None] = await operations.run(world.clerk, always, None, CALL)
    assert [each.code for each in outcome.refused] == [Code.BUSY]
    assert (always.ran, await always.told()) == (3, [])


@pytest.mark.parametrize("step", [lose_the_connection, lose_the_connection_in_another_context])
async def test_a_connection_that_is_lost_in_a_round_of_locks_is_a_failure_that_passes(
    operations: Operations, world: World, step: Step
) -> None:
    bringing = Bringing(world, step)
    with pytest.raises(Exception) as failed:  # noqa: PT011 - what it is called depends on who hears of it first
        await operations.run(world.clerk, bringing, None, CALL)
    assert is_passing(failed.value), repr(failed.value)
    assert (bringing.ran, await bringing.told()) == (1, [])
    assert await left_a_clean_connection(operations, world)


@pytest.mark.parametrize("in_another_context", [False, True])
async def test_who_leaves_in_a_round_of_locks_leaves_nothing_behind(
    operations: Operations, world: World, *, in_another_context: bool
) -> None:
    waiting = asyncio.Event()

    async def wait(op: Operation[Actor]) -> None:
        waiting.set()
        await op.transaction.driver.execute("SELECT pg_sleep(30)")

    async def wait_elsewhere(op: Operation[Actor]) -> None:
        async with op.transaction.within_context(replace(op.actor.row_context, entities_write=())):
            await wait(op)

    bringing = Bringing(world, wait_elsewhere if in_another_context else wait)
    running: asyncio.Task[Outcome[None]] = asyncio.create_task(operations.run(world.clerk, bringing, None, CALL))
    async with asyncio.timeout(5):
        await waiting.wait()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert running.cancelled()
    async with asyncio.timeout(5):
        assert await left_a_clean_connection(operations, world)
    assert (bringing.ran, await bringing.told()) == (1, [])


async def test_a_refusal_by_a_policy_that_was_replaced_is_decided_anew_and_written_down(
    operations: Operations, signer: Signer, world: World
) -> None:
    """Nothing was asked of the database before: it hears of the outdated actor as the refusal is to be written down."""
    clerk = replace(world.clerk, subject=f"clerk-{new_id()}")
    outdated = replace(clerk, policy_version=1_000_000)
    signer.remembered(signer.commanding(outdated.row_context))
    decided: list[int] = []

    async def refuse(op: Operation[Actor], _: object) -> Done:
        decided.append(op.actor.policy_version)
        raise Refusal(Refused(Code.FORBIDDEN, "No."))

    async def reload() -> Actor:
        return clerk

    outcome: Outcome[None] = await operations.run(outdated, refuse, None, CALL, reload=reload)
    assert [each.code for each in outcome.refused] == [Code.FORBIDDEN]
    assert decided == [1_000_000, 0]
    refused = select(AuditEntry.mutation).where(AuditEntry.actor == clerk.subject, AuditEntry.outcome == "refused")
    assert [row.mutation for row in await world.rows(refused)] == ["bringRope"]
