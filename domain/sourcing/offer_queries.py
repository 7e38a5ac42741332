"""The statement of offers: what other legal entities could spare, read in the context of agreements."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Integer, and_, bindparam, select

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

ROWS_OF_AN_ITEM_MAX = 50
"""How many balances with something to spare are read for each item that is asked about."""

_GIVER = SiteBalance.entity_id

_SPARE = (
    select(
        SiteBalance.entity_id.label("giver_id"),
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
    .where(
        any_of(SiteBalance.entity_id, "givers"),
        any_of(SiteBalance.item_id, "items"),
        FREE.element > REORDER_LEVEL.element,
    )
    .order_by(Item.sku, Location.code, SiteBalance.entity_id)
    .limit(bindparam("rows_max", type_=Integer()))
)


async def gather_spare(
    op: Operation[Actor], giver_ids: Collection[UUID], item_ids: Collection[UUID]
) -> tuple[list[Spare], bool]:
    """What the sites of the givers have of these items above what they keep; and whether there is more than is read."""
    rows_max = ROWS_OF_AN_ITEM_MAX * len(item_ids)
    given = {"givers": sorted(giver_ids), "items": sorted(item_ids), "rows_max": rows_max + 1}
    rows = [Spare(**row) for row in (await op.execute(_SPARE, given)).mappings()]
    return rows[:rows_max], len(rows) > rows_max
