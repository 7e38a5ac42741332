"""The step that turns a chosen option into its document: a purchase order or a transfer order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authz.actor import Actor
from domain.inventory.rules import ExpectedSupply, Stock, StockKey
from domain.inventory.serving import Claim
from domain.procurement.issue import NewPurchaseLine, NewPurchaseOrder, issue_purchase_order
from domain.sourcing.rules import Giver, Option, Seller
from domain.transfers.create import NewTransferOrder, create_transfer_order
from kernel.operation import Operation
from kernel.outcome import Ref


@dataclass(frozen=True)
class MadeDocument:
    """The document, the name of its field in the payload, and what it will bring."""

    field: str
    ref: Ref
    supplies: tuple[ExpectedSupply, ...]


async def make_document(
    op: Operation[Actor],
    entity_id: UUID,
    option: Option,
    *,
    claim: Claim,
    stocks: Mapping[StockKey, Stock],
    today: date,
) -> MadeDocument:
    """Makes what the option says, for the site of the claim. `stocks`: the giver's, under lock."""
    match option.inputs:
        case Seller() as seller:
            return await _buy(op, entity_id, option, seller, claim)
        case Giver() as giver:
            stock = stocks[StockKey(giver.item_id, giver.site_id)]
            return await _transfer(op, entity_id, option, giver=stock, claim=claim, today=today)


async def _buy(op: Operation[Actor], entity_id: UUID, option: Option, seller: Seller, claim: Claim) -> MadeDocument:
    line = NewPurchaseLine(
        item_id=seller.item_id,
        quantity=option.quantity,
        unit_price=seller.amount,
        requested_date=option.arrival_date,
    )
    order = NewPurchaseOrder(
        supplier_id=seller.supplier_id,
        site_id=claim.key.site_id,
        currency=seller.currency,
        exchange_rate=seller.rate,
        lines=(line,),
    )
    supplies = await issue_purchase_order(op, entity_id, order)
    return MadeDocument("purchase_order", Ref("PurchaseOrder", order.id, entity_id, 1), supplies)


async def _transfer(
    op: Operation[Actor], entity_id: UUID, option: Option, *, giver: Stock, claim: Claim, today: date
) -> MadeDocument:
    order = NewTransferOrder(
        item_id=giver.key.item_id,
        from_site_id=giver.key.site_id,
        to_site_id=claim.key.site_id,
        quantity=option.quantity,
        ship_date=today,
        arrival_date=option.arrival_date,
        priority=claim.priority,
    )
    supplies = await create_transfer_order(op, entity_id, order, giver=giver)
    return MadeDocument("transfer_order", Ref("TransferOrder", order.id, entity_id, 1), supplies)
