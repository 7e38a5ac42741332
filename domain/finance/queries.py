"""Every statement of finance."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import DateTime, Numeric, Text, Uuid, bindparam, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from authz.actor import Actor
from domain.finance.model import ValuationLayer
from domain.finance.rules import Layer
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
