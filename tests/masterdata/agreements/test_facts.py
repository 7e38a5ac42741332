"""What happens under an agreement is told of both sides, in its order, and not where it came to nothing."""

from contextlib import suppress
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select

from authz.actor import Actor
from kernel.events import Event, EventRecord
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.outcome import Done
from masterdata.agreements.lifecycle import Purpose
from masterdata.agreements.under import under_agreement
from tests.factories.world import World
from tests.masterdata.agreements.conftest import Group
from tests.masterdata.agreements.using import Lost, planner


def fact(subject_id: UUID, world: World, kind: str) -> Event:
    return Event(type=kind, subject_type="Pair", subject_id=subject_id, entity_id=world.entity_id)


async def told(group: Group, subject_id: UUID) -> list[str]:
    """What is known to have happened."""
    statement = select(EventRecord.type).where(EventRecord.subject_id == subject_id).order_by(EventRecord.recorded_at)
    return [row.type for row in await group.south.rows(statement)]


async def test_what_happens_on_both_sides_is_told_in_its_order(group: Group) -> None:
    """What happened before, to a company that the agreement is not about, as well."""
    subject_id = new_id()

    async def use(op: Operation[Actor], _: object) -> Done:
        op.record(fact(subject_id, group.west, "Begun"))
        async with under_agreement(op, group.agreement_id, Purpose.PAIR):
            op.record(fact(subject_id, group.north, "Sold"))
            op.record(fact(subject_id, group.south, "Bought"))
        op.record(fact(subject_id, group.west, "Ended"))
        return Done()

    assert (await group.south.run(use, None, actor=planner(group.south, group.west))).done
    assert await told(group, subject_id) == ["Begun", "Sold", "Bought", "Ended"]


async def test_what_came_to_nothing_did_not_happen(group: Group) -> None:
    subject_id = new_id()

    async def use(op: Operation[Actor], _: object) -> Done:
        op.record(fact(subject_id, group.south, "Begun"))
        with suppress(Lost):
            async with under_agreement(op, group.agreement_id, Purpose.PAIR):
                op.record(fact(subject_id, group.south, "Bought"))
                raise Lost
        op.record(fact(subject_id, group.south, "Ended"))
        return Done()

    assert (await group.south.run(use, None, actor=planner(group.south))).done
    assert await told(group, subject_id) == ["Begun", "Ended"]


@pytest.mark.parametrize(
    ("purpose", "of"), [(Purpose.OFFERS, "south"), (Purpose.OFFERS, "north"), (Purpose.PAIR, "west")]
)
async def test_nothing_else_can_be_told(group: Group, purpose: Purpose, of: str) -> None:
    world: World = getattr(group, of)

    async def use(op: Operation[Actor], _: object) -> Done:
        async with under_agreement(op, group.agreement_id, purpose):
            op.record(fact(new_id(), world, "X"))
        return Done()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await group.south.run(use, None, actor=planner(group.south, group.west))
