"""Under an agreement an operation sees and writes what the agreement opens, for the length of a block, and no more."""

from collections.abc import Mapping
from contextlib import suppress

import asyncpg
import pytest
from sqlalchemy import text

from authz.actor import Actor
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.outcome import Done
from masterdata.agreements.lifecycle import Purpose
from masterdata.agreements.under import under_agreement
from tests.factories.world import World
from tests.masterdata.agreements.conftest import Group
from tests.masterdata.agreements.using import Block, Lost, fail, nothing, planner, used, uses_of

OFFERED = ("inventory_policy", "location", "site_balance", "valuation_layer")
OWNED = (*OFFERED, "bin_balance", "demand", "journal_entry", "lane", "movement", "price", "sales_order")
_COUNT = "SELECT entity_id FROM {} WHERE entity_id = ANY ($1) GROUP BY entity_id"
_TOUCH = "UPDATE sales_order SET status = status WHERE entity_id = $1"
_MARK = "UPDATE sales_order SET version = 99 WHERE entity_id = $1"
_INSERT = """INSERT INTO valuation_layer (entity_id, id, item_id, quantity, value, currency, opened_at)
    VALUES ($1, $2, $3, 0, 0, 'EUR', now())"""


async def seen(op: Operation[Actor], group: Group) -> Mapping[str, set[str]]:
    """For each company the tables of which rows are there."""
    driver = op.transaction.driver
    worlds = {"north": group.north, "south": group.south, "west": group.west}
    found: dict[str, set[str]] = {name: set() for name in worlds}
    for table in OWNED:
        rows = await driver.fetch(_COUNT.format(table), [world.entity_id for world in worlds.values()])
        there = {str(row[0]) for row in rows}
        for name, world in worlds.items():
            found[name] |= {table} if str(world.entity_id) in there else set()
    return found


async def writes(op: Operation[Actor], world: World) -> bool:
    """Whether rows of a company can be changed and made, each tried in a savepoint. The two must agree."""
    changed, made = 0, True
    with suppress(asyncpg.InsufficientPrivilegeError):
        async with op.transaction.savepoint():
            changed = int((await op.transaction.driver.execute(_TOUCH, world.entity_id)).split()[-1])
    try:
        async with op.transaction.savepoint():
            item_id = await op.transaction.driver.fetchval("SELECT id FROM item WHERE id <> $1 LIMIT 1", new_id())
            await op.transaction.driver.execute(_INSERT, world.entity_id, new_id(), item_id)
    except asyncpg.InsufficientPrivilegeError:
        made = False
    except asyncpg.UniqueViolationError:
        pass
    assert (changed > 0) is made
    return made


OWN = {"north": set[str](), "south": set(OWNED), "west": set[str]()}


async def test_offers_show_the_tables_that_are_offered_and_nothing_can_be_written(group: Group) -> None:
    async def look(op: Operation[Actor]) -> None:
        assert await seen(op, group) == {"north": set(OFFERED), "south": set(OWNED), "west": set()}
        assert [await writes(op, world) for world in (group.north, group.south, group.west)] == [False, False, False]

    assert (await used(group, Purpose.OFFERS, look)).done


async def test_a_pair_is_read_and_written_on_both_sides_and_on_no_third(group: Group) -> None:
    async def look(op: Operation[Actor]) -> None:
        assert await seen(op, group) == {"north": set(OWNED), "south": set(OWNED), "west": set()}
        assert [await writes(op, world) for world in (group.north, group.south, group.west)] == [True, True, False]

    assert (await used(group, Purpose.PAIR, look)).done


async def test_what_the_actor_may_elsewhere_is_not_theirs_in_the_block(group: Group) -> None:
    """A planner of the south and the west: the agreement is not about the west."""

    async def look(op: Operation[Actor]) -> None:
        assert (await seen(op, group))["west"] == set()
        assert not await writes(op, group.west)

    for purpose in Purpose:
        assert (await used(group, purpose, look, actor=planner(group.south, group.west))).done


@pytest.mark.parametrize("purpose", Purpose)
async def test_before_and_after_the_block_the_actor_has_their_own_context(group: Group, purpose: Purpose) -> None:
    async def use(op: Operation[Actor], _: object) -> Done:
        before = await _context(op)
        assert await seen(op, group) == OWN
        async with under_agreement(op, group.agreement_id, purpose):
            assert await _context(op) != before
        assert await _context(op) == before
        assert await seen(op, group) == OWN
        assert [await writes(op, world) for world in (group.north, group.south)] == [False, True]
        return Done()

    assert (await group.south.run(use, None, actor=planner(group.south))).done


async def _context(op: Operation[Actor]) -> str:
    return str(await op.transaction.driver.fetchval("SELECT current_setting('wharfinger.context')"))


async def _fail_in_sql(op: Operation[Actor]) -> None:
    await op.transaction.driver.execute("SELECT 1 / 0")


async def _fail_in_a_savepoint(op: Operation[Actor]) -> None:
    async with op.lock_round():
        await _fail_in_sql(op)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("failing", [fail, _fail_in_sql, _fail_in_a_savepoint])
async def test_a_block_that_fails_leaves_nothing_of_its_context(group: Group, purpose: Purpose, failing: Block) -> None:
    """What it wrote is undone; who catches the failure goes on in their own context; the use is written down."""
    actor = planner(group.south)

    async def use(op: Operation[Actor], _: object) -> Done:
        before = await _context(op)
        with suppress(Lost, asyncpg.DivisionByZeroError):
            async with under_agreement(op, group.agreement_id, purpose):
                if purpose is Purpose.PAIR:
                    await op.transaction.driver.execute(_MARK, group.north.entity_id)
                await failing(op)
                raise AssertionError("it fails")
        assert await _context(op) == before
        assert await seen(op, group) == OWN
        return Done()

    assert (await group.south.run(use, None, actor=actor)).done
    statement = text("SELECT count(*) FROM sales_order WHERE version = 99")
    assert [row.count for row in await group.north.rows(statement)] == [0]
    assert len(await uses_of(group, actor)) == 1


@pytest.mark.parametrize("kept", [True, False])
async def test_a_use_within_a_round_of_locks_ends_with_itself(group: Group, *, kept: bool) -> None:
    async def use(op: Operation[Actor], _: object) -> Done:
        before = await _context(op)
        async with op.lock_round() as attempt:
            async with under_agreement(op, group.agreement_id, Purpose.PAIR):
                assert await writes(op, group.north)
            assert not await writes(op, group.north)
            if kept:
                attempt.keep()
        assert await _context(op) == before
        assert not await writes(op, group.north)
        return Done()

    assert (await group.south.run(use, None, actor=planner(group.south))).done


async def test_a_use_within_a_use_gives_the_outer_one_back(group: Group) -> None:
    async def within(op: Operation[Actor]) -> None:
        outer = await _context(op)
        async with under_agreement(op, group.agreement_id, Purpose.PAIR):
            assert await writes(op, group.north)
        assert await _context(op) == outer
        assert not await writes(op, group.north)
        assert (await seen(op, group))["north"] == set(OFFERED)

    assert (await used(group, Purpose.OFFERS, within)).done


async def test_the_next_on_the_connection_has_nothing_of_it(group: Group) -> None:
    actor, next_actor = planner(group.south), planner(group.west)
    database = group.south.database
    async with database.app.transaction(actor.row_context) as transaction:
        op = Operation(transaction=transaction, actor=actor, now=group.south.now)
        with suppress(Lost):
            async with under_agreement(op, group.agreement_id, Purpose.PAIR):
                raise Lost
    async with database.app.transaction(next_actor.row_context) as the_next:
        assert the_next.driver is transaction.driver
        op = Operation(transaction=the_next, actor=next_actor, now=group.south.now)
        assert (await seen(op, group)) == {"north": set(), "south": set(), "west": set(OWNED)}


async def test_the_application_cannot_widen_it(group: Group) -> None:
    """Whatever is added to the signed text, PostgreSQL takes it for no context at all."""

    async def widen(op: Operation[Actor]) -> None:
        signed = await _context(op)
        west, north = group.west.entity_id.hex, group.north.entity_id.hex
        attempts = [f"{signed}|{{{west}}}", f"{signed},{west}", signed.replace(north, west), signed[:-1] + f",{west}}}"]
        for attempt in attempts:
            with pytest.raises(asyncpg.PostgresError) as refusal:
                await _in_context(op, group, attempt)
            assert refusal.value.sqlstate == "WH002"

    for purpose in Purpose:
        assert (await used(group, purpose, widen)).done


async def _in_context(op: Operation[Actor], group: Group, signed: str) -> None:
    async with op.transaction.savepoint():
        await op.transaction.driver.execute("SELECT set_config('wharfinger.context', $1, true)", signed)
        await seen(op, group)


async def test_each_use_is_written_down(group: Group) -> None:
    actor = planner(group.south)
    for purpose in Purpose:
        assert (await used(group, purpose, nothing, actor=actor)).done
    rows = await uses_of(group, actor)
    assert [(row.mutation, row.outcome, row.entity_id, row.at) for row in rows] == [
        ("InterCompanyAgreement.offers", "done", group.south.entity_id, group.south.now),
        ("InterCompanyAgreement.pair", "done", group.south.entity_id, group.south.now),
    ]
    assert [row.detail for row in rows] == [
        {
            "agreement": str(group.agreement_id),
            "code": "SPARE",
            "purpose": str(purpose),
            "giver": str(group.north.entity_id),
            "taker": str(group.south.entity_id),
        }
        for purpose in Purpose
    ]
