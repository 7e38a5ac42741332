"""Every statement of finance."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import DateTime, Numeric, Text, Uuid, bindparam, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from authz.actor import Actor
from domain.finance.accounts import Account
from domain.finance.model import OpenItem, ValuationLayer
from domain.finance.rules import Layer, OpenItemState
from kernel.db import GivenRows, any_of
from kernel.ids import new_id
from kernel.lock_order import LockRank
from kernel.operation import Operation

_ENTITY = bindparam("entity", type_=Uuid())
_NEW = GivenRows("new", id=Uuid(), item_id=Uuid())
_CHANGED = GivenRows("changed", layer_id=Uuid(), quantity=Numeric(), value=Numeric())

_MAKE_LAYERS = (
    insert(ValuationLayer)
    .from_select(
        ["entity_id", "id", "item_id", "quantity", "value", "currency", "opened_at"],
        select(
            _ENTITY,
            _NEW.c.id,
            _NEW.c.item_id,
            literal(0),
            literal(0),
            bindparam("of_currency", type_=Text()),
            bindparam("at", type_=DateTime(timezone=True)),
        ).order_by(_NEW.c.item_id),
        include_defaults=False,
    )
    .on_conflict_do_nothing()
)

_LOCK_LAYERS = (
    select(
        ValuationLayer.id,
        ValuationLayer.item_id,
        ValuationLayer.quantity,
        ValuationLayer.value,
        ValuationLayer.currency,
    )
    .where(ValuationLayer.entity_id == _ENTITY, any_of(ValuationLayer.item_id, "items"))
    .order_by(ValuationLayer.item_id)
    .with_for_update(key_share=True)
)

_SET_LAYERS = (
    update(ValuationLayer)
    .where(ValuationLayer.entity_id == _ENTITY, ValuationLayer.id == _CHANGED.c.layer_id)
    .values(quantity=_CHANGED.c.quantity, value=_CHANGED.c.value)
)

_CLEARED = GivenRows("cleared", item_id=Uuid(), quantity=Numeric(), amount=Numeric())

_LOCK_ITEMS = (
    select(OpenItem.id, OpenItem.line_id, OpenItem.open_quantity, OpenItem.open_amount, OpenItem.currency)
    .where(
        OpenItem.entity_id == _ENTITY,
        OpenItem.account == bindparam("of_account", type_=Text()),
        any_of(OpenItem.line_id, "lines"),
        or_(OpenItem.open_quantity > 0, OpenItem.open_amount > 0),
    )
    .order_by(OpenItem.id)
    .with_for_update(key_share=True)
)

_CLEAR_ITEMS = (
    update(OpenItem)
    .where(OpenItem.entity_id == _ENTITY, OpenItem.id == _CLEARED.c.item_id)
    .values(
        open_quantity=OpenItem.open_quantity - _CLEARED.c.quantity,
        open_amount=OpenItem.open_amount - _CLEARED.c.amount,
    )
)


async def lock_layers(
    op: Operation[Actor], entity_id: UUID, item_ids: Collection[UUID], *, currency: str
) -> dict[UUID, Layer]:
    """The valuation layers of these items by item, locked in item order; empty ones are made for items without."""
    op.lock(LockRank.VALUATION_LAYER)
    items = sorted(set(item_ids))
    made = _NEW.parameters((new_id(), item) for item in items)
    await op.execute(_MAKE_LAYERS, {"entity": entity_id, "of_currency": currency, "at": op.now, **made})
    rows = await op.execute(_LOCK_LAYERS, {"entity": entity_id, "items": items})
    layers = (Layer(**row) for row in rows.mappings())
    return {layer.item_id: layer for layer in layers}


async def apply_layers(op: Operation[Actor], entity_id: UUID, layers: Collection[Layer]) -> None:
    """Sets quantity and value of locked layers to what was decided."""
    if layers:
        changed = _CHANGED.parameters((layer.id, layer.quantity, layer.value) for layer in layers)
        await op.change(_SET_LAYERS, {"entity": entity_id, **changed}, rows=len(layers))


async def lock_items_of_lines(
    op: Operation[Actor], entity_id: UUID, account: Account, line_ids: Collection[UUID]
) -> list[OpenItemState]:
    """What is still open of these document lines on the account, locked in id order."""
    op.lock(LockRank.OPEN_ITEM)
    given = {"entity": entity_id, "of_account": account, "lines": sorted(set(line_ids))}
    return [OpenItemState(**row) for row in (await op.execute(_LOCK_ITEMS, given)).mappings()]


async def clear_items(op: Operation[Actor], entity_id: UUID, cleared: Mapping[UUID, tuple[Decimal, Decimal]]) -> None:
    """Takes quantity and amount from locked items. The CHECKs refuse to clear more than is open."""
    if cleared:
        given = _CLEARED.parameters((item_id, *taken) for item_id, taken in cleared.items())
        await op.change(_CLEAR_ITEMS, {"entity": entity_id, **given}, rows=len(cleared))
