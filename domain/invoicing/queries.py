"""Every statement of invoicing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Numeric, Text, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from authz.actor import Actor
from domain.fulfillment.model import ReceiptLine
from domain.invoicing.checks import OrderedTerms
from domain.invoicing.model import SupplierInvoice
from domain.invoicing.rules import OrderedLine, Tolerance
from domain.procurement.model import PurchaseOrder, PurchaseOrderLine
from kernel.db import GivenRows, any_of
from kernel.lock_order import LockRank
from kernel.operation import Operation
from masterdata.entities.model import LegalEntity
from masterdata.entities.queries import Books
from masterdata.items.model import Item
from masterdata.parties.model import Supplier
from masterdata.policies.model import MatchTolerance

_ENTITY = bindparam("entity", type_=Uuid())
_INVOICED = GivenRows("invoiced", line_id=Uuid(), quantity=Numeric())

_TERMS = (
    select(
        LegalEntity.currency,
        LegalEntity.time_zone,
        Supplier.id.label("supplier_id"),
        func.coalesce(MatchTolerance.price_percent, Decimal(0)).label("price_percent"),
        func.coalesce(MatchTolerance.quantity_percent, Decimal(0)).label("quantity_percent"),
    )
    .select_from(LegalEntity)
    .outerjoin(Supplier, Supplier.id == bindparam("supplier", type_=Uuid()))
    .outerjoin(MatchTolerance, MatchTolerance.entity_id == _ENTITY)
    .where(LegalEntity.id == _ENTITY)
)

_ORDERS_OF_LINES = select(PurchaseOrderLine.order_id).where(
    PurchaseOrderLine.entity_id == _ENTITY, any_of(PurchaseOrderLine.id, "lines")
)

_LOCK_ORDERS = (
    select(PurchaseOrder.id)
    .where(PurchaseOrder.entity_id == _ENTITY, PurchaseOrder.id.in_(_ORDERS_OF_LINES))
    .order_by(PurchaseOrder.id)
    .with_for_update(key_share=True)
)

_ORDERED = (
    select(
        PurchaseOrderLine.id.label("line_id"),
        PurchaseOrderLine.item_id,
        PurchaseOrderLine.unit_price,
        PurchaseOrderLine.received_quantity.label("received"),
        PurchaseOrderLine.invoiced_quantity.label("invoiced"),
        PurchaseOrder.exchange_rate,
        PurchaseOrder.number.label("order_number"),
        PurchaseOrder.supplier_id,
        PurchaseOrder.currency,
        Item.base_increment,
    )
    .join(
        PurchaseOrder,
        (PurchaseOrder.entity_id == _ENTITY) & (PurchaseOrder.id == PurchaseOrderLine.order_id),
    )
    .join(Item, Item.id == PurchaseOrderLine.item_id)
    .where(PurchaseOrderLine.entity_id == _ENTITY, any_of(PurchaseOrderLine.id, "lines"))
)

_RECEIPT_LINES = select(ReceiptLine.id, ReceiptLine.purchase_order_line_id).where(
    ReceiptLine.entity_id == _ENTITY, any_of(ReceiptLine.purchase_order_line_id, "lines")
)

_CLAIM = (
    insert(SupplierInvoice)
    .values(
        entity_id=_ENTITY,
        id=bindparam("invoice", type_=Uuid()),
        supplier_id=bindparam("of_supplier", type_=Uuid()),
        number=bindparam("its_number", type_=Text()),
        invoice_date=bindparam("dated", type_=Date()),
        currency=bindparam("in_currency", type_=Text()),
        total=bindparam("of_total", type_=Numeric()),
        status=bindparam("as_status", type_=Text()),
        recorded_at=bindparam("at", type_=DateTime(timezone=True)),
        open_item_id=bindparam("payable", type_=Uuid()),
    )
    .on_conflict_do_nothing(index_elements=["entity_id", "supplier_id", "number"])
)

_COUNT_INVOICED = (
    update(PurchaseOrderLine)
    .where(PurchaseOrderLine.entity_id == _ENTITY, PurchaseOrderLine.id == _INVOICED.c.line_id)
    .values(invoiced_quantity=PurchaseOrderLine.invoiced_quantity + _INVOICED.c.quantity)
)


@dataclass(frozen=True)
class Terms:
    """On which terms the entity takes invoices. `supplier_id` is None when there is no such supplier."""

    books: Books
    supplier_id: UUID | None
    tolerance: Tolerance


async def gather_terms(op: Operation[Actor], entity_id: UUID, supplier_id: UUID) -> Terms:
    """The entity's books, whether the supplier exists, and the tolerance; without a row it is zero."""
    row = (await op.execute(_TERMS, {"entity": entity_id, "supplier": supplier_id})).one()
    tolerance = Tolerance(row.price_percent, row.quantity_percent)
    return Terms(Books(row.currency, row.time_zone), row.supplier_id, tolerance)


async def lock_ordered_lines(
    op: Operation[Actor], entity_id: UUID, line_ids: Collection[UUID]
) -> dict[UUID, OrderedTerms]:
    """These purchase order lines as they are, their orders locked in id order.

    A line never changes its order, so the orders are found and locked in one statement; what is received and invoiced
    is read by the next, when nobody can change it any more.
    """
    op.lock(LockRank.PURCHASE_ORDER)
    wanted = {"entity": entity_id, "lines": sorted(set(line_ids))}
    await op.execute(_LOCK_ORDERS, wanted)
    rows = await op.execute(_ORDERED, wanted)
    return {row.line_id: _terms_of(row) for row in rows}


def _terms_of(row: Any) -> OrderedTerms:
    line = OrderedLine(
        line_id=row.line_id,
        item_id=row.item_id,
        unit_price=row.unit_price,
        exchange_rate=row.exchange_rate,
        received=row.received,
        invoiced=row.invoiced,
    )
    return OrderedTerms(line, row.order_number, row.supplier_id, row.currency, row.base_increment)


async def claim_number(op: Operation[Actor], entity_id: UUID, *, invoice_id: UUID, invoice: Mapping[str, Any]) -> bool:
    """Writes the invoice unless the supplier has one with its number; answers whether it was written.

    Whoever comes second with a number waits here for the first to commit. Nothing locked before is wanted by the
    first any more, so that they cannot wait for each other.
    """
    op.lock(LockRank.SUPPLIER_INVOICE)
    return await op.write(_CLAIM, {"entity": entity_id, "invoice": invoice_id, "at": op.now, **invoice}) == 1


async def gather_receipt_lines(op: Operation[Actor], entity_id: UUID, line_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The receipt lines of these purchase order lines: order line by receipt line."""
    rows = await op.execute(_RECEIPT_LINES, {"entity": entity_id, "lines": sorted(set(line_ids))})
    return {row.id: row.purchase_order_line_id for row in rows}


async def apply_invoiced(op: Operation[Actor], entity_id: UUID, invoiced: Mapping[UUID, Decimal]) -> None:
    """Adds to what has been invoiced and posted of these order lines."""
    await op.change(
        _COUNT_INVOICED, {"entity": entity_id, **_INVOICED.parameters(invoiced.items())}, rows=len(invoiced)
    )
