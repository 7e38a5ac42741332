"""Using an agreement in an operation, for the tests of it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor
from authz.vocabulary import Role
from kernel.audit import AuditEntry
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.outcome import Done, Outcome
from masterdata.agreements.lifecycle import Purpose
from masterdata.agreements.under import under_agreement
from tests.databases import writing
from tests.factories.world import World, actor_of
from tests.masterdata.agreements.conftest import Group

Block = Callable[[Operation[Actor]], Awaitable[None]]


def planner(world: World, *others: World) -> Actor:
    """Somebody who plans for these companies."""
    return actor_of(f"planner-{new_id()}", [each.entity_id for each in (world, *others)], Role.PLANNER)


async def used(
    group: Group, purpose: Purpose, block: Block, *, actor: Actor | None = None, agreement_id: UUID | None = None
) -> Outcome[None]:
    """Runs a block in an operation of the south's planner, under the agreement."""

    async def use(op: Operation[Actor], _: object) -> Done:
        async with under_agreement(op, agreement_id or group.agreement_id, purpose):
            await block(op)
        return Done()

    return await group.south.run(use, None, actor=actor or planner(group.south))


async def nothing(_: Operation[Actor]) -> None:
    """A block in which nothing is done."""


class Lost(Exception):  # noqa: N818 - a thing that happens
    """Something goes wrong in Python."""


async def fail(_: Operation[Actor]) -> None:
    raise Lost


async def uses_of(group: Group, actor: Actor) -> list[Any]:
    """What is written down of somebody's uses of agreements."""
    mine = select(AuditEntry.__table__).where(
        AuditEntry.actor == actor.subject, AuditEntry.mutation.startswith("InterCompanyAgreement.")
    )
    return await group.south.rows(mine.order_by(AuditEntry.id))


async def remove(group: Group, agreement_id: UUID) -> None:
    async with writing(group.north.activation, planner(group.north).row_context) as driver:
        await driver.execute("DELETE FROM inter_company_agreement WHERE id = $1", agreement_id)
