"""Permission, scope, lock and version in one call; hidden looks like absent."""

from uuid import UUID

import pytest
from sqlalchemy import column, select, table

from authz.access import access, authorise, authorise_anywhere
from authz.actor import Actor
from authz.vocabulary import Action, Resource, Role
from kernel.ids import new_id
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.refusal import Code, Refusal, Refused
from tests.authz.scratch import ACME, BOLT, NORTH, NOW, SOUTH, Order, Orders, actor_with


async def refusal_of(
    op: Operation[Actor],
    order: UUID,
    *,
    entity_id: UUID = NORTH,
    action: Action = Action.AMEND,
    version: int | None = None,
) -> Refused:
    op = Operation(transaction=op.transaction, actor=op.actor, now=NOW)
    with pytest.raises(Refusal) as refused:
        await fetch(op, order, entity_id=entity_id, action=action, version=version)
    assert not op.authorised
    (reason,) = refused.value.reasons
    return reason


async def fetch(
    op: Operation[Actor],
    order: UUID,
    *,
    entity_id: UUID = NORTH,
    action: Action = Action.AMEND,
    version: int | None = None,
) -> str:
    row = await access(
        op,
        Order,
        entity_id=entity_id,
        row_id=order,
        resource=Resource.PURCHASE_ORDER,
        action=action,
        noun="Purchase order",
        lock=LockRank.PURCHASE_ORDER,
        expected_version=version,
        path=("purchaseOrderId",),
    )
    note: str = row.note
    return note


async def test_a_buyer_gets_the_order_locked(orders: Orders) -> None:
    op, ids = orders
    assert await fetch(op, ids["north"], version=3) == "screws"
    assert op.authorised
    assert op.entity_id == NORTH
    locked = await op.execute(
        select(column("mode")).select_from(table("pg_locks", column("mode"))).where(column("mode") == "RowShareLock")
    )
    assert locked.all(), "the row is locked"
    with pytest.raises(AssertionError, match="lock order"):
        op.lock(LockRank.PURCHASE_ORDER)


async def test_a_hidden_order_is_answered_like_an_absent_one(orders: Orders) -> None:
    op, ids = orders
    not_found = Refused(Code.NOT_FOUND, "Purchase order not found.", ("purchaseOrderId",))
    assert await refusal_of(op, ids["south"], entity_id=SOUTH) == not_found
    assert await refusal_of(op, new_id()) == not_found
    assert await refusal_of(op, ids["south"]) == not_found
    assert await refusal_of(op, ids["north"], entity_id=new_id()) == not_found


async def test_a_visible_order_may_still_be_forbidden(orders: Orders) -> None:
    op, ids = orders
    refused = await refusal_of(op, ids["north"], action=Action.APPROVE)
    assert refused.code is Code.FORBIDDEN
    assert refused.message == "None of your roles here allows this: approve purchase order."
    assert await refusal_of(op, new_id(), action=Action.APPROVE) == Refused(
        Code.NOT_FOUND, "Purchase order not found.", ("purchaseOrderId",)
    )


async def test_an_order_that_has_changed_since_is_not_touched(orders: Orders) -> None:
    op, ids = orders
    refused = await refusal_of(op, ids["north"], version=2)
    assert refused.code is Code.VERSION_CONFLICT
    assert refused.data == {"current": 3, "expected": 2}
    assert refused.path == ("expectedVersion",)


async def test_a_supplier_reaches_its_own_orders_only(orders: Orders) -> None:
    op, ids = orders
    op.actor = actor_with({Role.SUPPLIER_USER: [NORTH, SOUTH]}, partner_id=BOLT)
    assert (await refusal_of(op, ids["north"], action=Action.CONFIRM)).code is Code.NOT_FOUND
    assert await fetch(op, ids["bolt"], action=Action.CONFIRM) == "nuts"


def test_creating_asks_for_permission_in_the_entity() -> None:
    def outcome(actor: Actor, action: Action, entity_id: UUID, partner_id: UUID | None = None) -> str:
        op = Operation(transaction=None, actor=actor, now=NOW)  # type: ignore[arg-type]
        try:
            authorise(op, Resource.SALES_ORDER, action, entity_id, partner_id=partner_id)
        except Refusal as refused:
            assert not op.authorised
            return str(refused)
        assert op.authorised
        return "done"

    service = actor_with({Role.CUSTOMER_SERVICE: [NORTH]})
    assert outcome(service, Action.CREATE, NORTH) == "done"
    assert outcome(service, Action.APPROVE, NORTH) == "None of your roles here allows this: approve sales order."
    assert outcome(service, Action.CREATE, SOUTH) == "Legal entity not found."
    shop = actor_with({Role.PARTNER_MACHINE: [NORTH]}, partner_id=ACME)
    assert outcome(shop, Action.CREATE, NORTH, ACME) == "done"
    assert outcome(shop, Action.CREATE, NORTH, BOLT) == "None of your roles here allows this: create sales order."
    assert outcome(shop, Action.CREATE, NORTH) == "None of your roles here allows this: create sales order."


def test_what_belongs_to_the_group_is_asked_for_anywhere() -> None:
    def outcome(actor: Actor) -> bool:
        op = Operation(transaction=None, actor=actor, now=NOW)  # type: ignore[arg-type]
        try:
            authorise_anywhere(op, Resource.CHANGE_REQUEST, Action.SUBMIT)
        except Refusal:
            return False
        return op.authorised

    assert outcome(actor_with({Role.STEWARD_ITEM: [SOUTH]}))
    assert not outcome(actor_with({Role.WAREHOUSE: [SOUTH]}))
    assert not outcome(actor_with({Role.STEWARD_ITEM: [SOUTH]}, partner_id=ACME))


def test_the_row_context_holds_what_may_be_read_and_written() -> None:
    actor = actor_with({Role.BUYER: [NORTH], Role.AUDITOR: [SOUTH]})
    assert actor.row_context.entities_read == tuple(sorted((NORTH, SOUTH)))
    assert actor.row_context.entities_write == (NORTH,)
    assert actor_with({}).row_context.entities_read == ()
