"""The statement of offers: what another legal entity could spare, read in the context of an agreement."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, select

from authz.actor import Actor
from domain.finance.model import ValuationLayer
from domain.inventory.model import SiteBalance
from domain.sourcing.queries import FREE, REORDER_LEVEL
from domain.sourcing.rules import Spare
from kernel.db import any_of
from kernel.operation import Operation
from masterdata.items.lifecycle import ItemStatus
from masterdata.items.model import Item
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Location
from masterdata.policies.model import InventoryPolicy

_GIVER = bindparam("giver", type_=Uuid())

_SPARE = (
    select(
        SiteBalance.item_id,
        Item.sku,
        Location.code.label("site_code"),
        Item.base_increment.label("increment"),
        FREE,
        REORDER_LEVEL,
        (ValuationLayer.value / ValuationLayer.quantity).label("unit_cost"),
    )
    .join(
        Location,
        and_(Location.entity_id == _GIVER, Location.id == SiteBalance.site_id, Location.kind == LocationKind.SITE),
    )
    .join(Item, and_(Item.id == SiteBalance.item_id, Item.status == ItemStatus.ACTIVE))
    .join(
        ValuationLayer,
        and_(
            ValuationLayer.entity_id == _GIVER,
            ValuationLayer.item_id == SiteBalance.item_id,
            ValuationLayer.quantity > 0,
        ),
    )
    .outerjoin(
        InventoryPolicy,
        and_(
            InventoryPolicy.entity_id == _GIVER,
            InventoryPolicy.item_id == SiteBalance.item_id,
            InventoryPolicy.site_id == SiteBalance.site_id,
        ),
    )
    .where(SiteBalance.entity_id == _GIVER, any_of(SiteBalance.item_id, "items"))
    .order_by(Item.sku, Location.code)
)


async def gather_spare(op: Operation[Actor], giver_id: UUID, item_ids: Collection[UUID]) -> list[Spare]:
    """What each site of the giver has of these items, with what it keeps and what it cost."""
    rows = await op.execute(_SPARE, {"giver": giver_id, "items": sorted(item_ids)})
    return [Spare(**row) for row in rows.mappings()]
