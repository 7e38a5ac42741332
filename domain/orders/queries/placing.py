"""What placing an order needs to know of masters."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from sqlalchemy import Executable, Uuid, and_, bindparam, exists, func, or_, select, tuple_

from authz.actor import Actor
from domain.orders.rules import ItemTerms, PriceBreak
from kernel.db import any_of
from kernel.operation import Operation
from masterdata.entities.model import LegalEntity
from masterdata.items.lifecycle import ItemStatus
from masterdata.items.model import Item, ItemUnit
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Location
from masterdata.parties.lifecycle import PartyStatus
from masterdata.parties.model import Customer
from masterdata.prices.model import Price, PriceList

_ENTITY = bindparam("entity", type_=Uuid())


@dataclass(frozen=True)
class Terms:
    """Who orders from whom, and from where it is served. What is absent is None."""

    currency: str
    time_zone: str
    customer_status: str | None
    credit_status: str | None
    customer_priority: int
    customer_when_short: str
    site_id: UUID | None


def _terms_statement() -> Executable:
    """The entity, the customer, and the named site or the entity's first."""
    site = (
        select(Location.id)
        .where(
            Location.entity_id == _ENTITY,
            Location.kind == LocationKind.SITE,
            or_(bindparam("site", type_=Uuid()).is_(None), Location.id == bindparam("site", type_=Uuid())),
        )
        .order_by(Location.priority, Location.code)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            LegalEntity.currency,
            LegalEntity.time_zone,
            Customer.status.label("customer_status"),
            Customer.credit_status,
            func.coalesce(Customer.priority, 0).label("customer_priority"),
            func.coalesce(Customer.when_short, "backorder").label("customer_when_short"),
            site.label("site_id"),
        )
        .outerjoin(Customer, Customer.id == bindparam("customer", type_=Uuid()))
        .where(LegalEntity.id == _ENTITY)
    )


_TERMS = _terms_statement()

_UNITS_OF_ITEM = func.array(
    select(tuple_(ItemUnit.unit, ItemUnit.numerator, ItemUnit.denominator))
    .where(ItemUnit.item_id == Item.id)
    .correlate(Item)
    .scalar_subquery()
)
_ITEMS = (
    select(
        Item.id,
        Item.sku,
        Item.status,
        Item.base_unit,
        Item.base_increment,
        Item.is_published,
        _UNITS_OF_ITEM.label("units"),
        PriceList.priority,
        Price.id.label("price_id"),
        Price.minimum_quantity,
        Price.valid_from,
        Price.amount,
    )
    .outerjoin(Price, and_(Price.entity_id == _ENTITY, Price.item_id == Item.id))
    .outerjoin(
        PriceList,
        and_(
            PriceList.entity_id == _ENTITY,
            PriceList.id == Price.price_list_id,
            PriceList.currency == bindparam("currency"),
        ),
    )
    .where(any_of(Item.id, "items"))
)

_UNUSABLE = select(
    or_(
        exists().where(any_of(Item.id, "items"), Item.status != ItemStatus.ACTIVE),
        exists().where(Customer.id == bindparam("customer", type_=Uuid()), Customer.status != PartyStatus.ACTIVE),
    )
)


async def gather_terms(op: Operation[Actor], *, entity_id: UUID, customer_id: UUID, site_id: UUID | None) -> Terms:
    """The terms on which the customer orders from the entity."""
    rows = await op.execute(_TERMS, {"entity": entity_id, "customer": customer_id, "site": site_id})
    return Terms(**rows.mappings().one())


async def gather_items(
    op: Operation[Actor], *, entity_id: UUID, item_ids: Collection[UUID], currency: str
) -> Mapping[UUID, ItemTerms]:
    """The items that exist, with their units and the entity's prices in this currency."""
    wanted = sorted(set(item_ids))
    rows = (await op.execute(_ITEMS, {"entity": entity_id, "items": wanted, "currency": currency})).all()
    prices: defaultdict[UUID, list[PriceBreak]] = defaultdict(list)
    for row in rows:
        if row.priority is not None:
            prices[row.id].append(
                PriceBreak(row.price_id, row.priority, row.minimum_quantity, row.valid_from, row.amount)
            )
    return {
        row.id: ItemTerms(
            item_id=row.id,
            sku=row.sku,
            status=row.status,
            base_unit=row.base_unit,
            base_increment=row.base_increment,
            is_published=row.is_published,
            factors={**{unit: Fraction(*factor) for unit, *factor in row.units}, row.base_unit: Fraction(1)},
            prices=tuple(prices[row.id]),
        )
        for row in rows
    }


async def masters_became_unusable(op: Operation[Actor], *, customer_id: UUID, item_ids: Collection[UUID]) -> bool:
    """Whether a master row stopped being active since it was gathered.

    Asked after the lines are inserted: their foreign keys hold the rows, so that whoever retires a row either waits
    for this order and finds it, or was first and is found here.
    """
    result = await op.execute(_UNUSABLE, {"customer": customer_id, "items": sorted(set(item_ids))})
    return bool(result.scalar_one())
