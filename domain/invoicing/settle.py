"""The step that books a matched invoice: receipts cleared, a payable opened, differences where they belong."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from authz.actor import Actor
from domain.finance.accounts import Account
from domain.finance.open_items import apply_clearings, lock_open_items_of_lines
from domain.finance.post import Posting, Side, post
from domain.finance.queries import apply_layers, lock_layers
from domain.finance.rules import Layer, OpenItemState
from domain.invoicing.queries import apply_invoiced, gather_receipt_lines
from domain.invoicing.rules import NOTHING, MatchedLine
from domain.invoicing.settlement import Settlement, settle_lines
from kernel.money import round_money
from kernel.operation import Operation


@dataclass(frozen=True, kw_only=True)
class Payable:
    """The invoice to be booked, and the open item that says what is owed for it."""

    invoice_id: UUID
    open_item_id: UUID
    currency: str
    """The entity's."""
    transaction_currency: str
    """The invoice's."""
    accounting_date: date


async def settle_invoice(
    op: Operation[Actor], entity_id: UUID, payable: Payable, lines: Sequence[MatchedLine], line_ids: Sequence[UUID]
) -> None:
    """Locks layers and open items, decides, and posts. `line_ids` are the invoice lines of `lines`."""
    layers = await lock_layers(op, entity_id, {line.ordered.item_id for line in lines}, currency=payable.currency)
    receipts = await _lock_receipts(op, entity_id, {line.ordered.line_id for line in lines})
    settlements = settle_lines(lines, receipts, layers)
    await apply_clearings(op, entity_id, _cleared(settlements))
    await apply_layers(op, entity_id, _revalued(settlements, layers))
    await apply_invoiced(op, entity_id, _invoiced(settlements))
    postings = [
        posting
        for settlement, line_id in zip(settlements, line_ids, strict=True)
        for posting in _postings(payable, settlement, layers[settlement.line.ordered.item_id], line_id)
    ]
    await post(op, entity_id, postings, accounting_date=payable.accounting_date)


async def _lock_receipts(
    op: Operation[Actor], entity_id: UUID, order_line_ids: set[UUID]
) -> dict[UUID, list[OpenItemState]]:
    """What is received and not invoiced, by order line, the oldest first."""
    order_line_of = await gather_receipt_lines(op, entity_id, order_line_ids)
    account = Account.GOODS_RECEIVED_NOT_INVOICED
    receipts: dict[UUID, list[OpenItemState]] = {line_id: [] for line_id in order_line_ids}
    for item in await lock_open_items_of_lines(op, entity_id, account, list(order_line_of)):
        assert item.line_id is not None, "an open item of a receipt names its line"
        receipts[order_line_of[item.line_id]].append(item)
    return receipts


def _cleared(settlements: Iterable[Settlement]) -> dict[UUID, tuple[Decimal, Decimal]]:
    """Quantity and amount by open item; two lines may clear one."""
    cleared: defaultdict[UUID, tuple[Decimal, Decimal]] = defaultdict(lambda: (NOTHING, NOTHING))
    for settlement in settlements:
        for each in settlement.clearings:
            quantity, amount = cleared[each.open_item_id]
            cleared[each.open_item_id] = quantity + each.quantity, amount + each.amount
    return dict(cleared)


def _revalued(settlements: Iterable[Settlement], layers: Mapping[UUID, Layer]) -> list[Layer]:
    """The layers whose goods turned out to have cost something else."""
    differences: defaultdict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for settlement in settlements:
        differences[settlement.line.ordered.item_id] += settlement.to_stock
    return [layers[item_id].revalued(difference) for item_id, difference in differences.items() if difference]


def _invoiced(settlements: Iterable[Settlement]) -> dict[UUID, Decimal]:
    invoiced: defaultdict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for settlement in settlements:
        invoiced[settlement.line.ordered.line_id] += settlement.line.invoiced.quantity
    return dict(invoiced)


def _postings(payable: Payable, settlement: Settlement, layer: Layer, line_id: UUID) -> list[Posting]:
    """One for each receipt that is cleared, then the differences."""
    debits = [
        (Side(Account.GOODS_RECEIVED_NOT_INVOICED, each.open_item_id), each.amount) for each in settlement.clearings
    ]
    debits.append((Side(Account.STOCK, layer.id), settlement.to_stock))
    debits.append((Side(Account.INVOICE_VARIANCE), settlement.to_variance))
    return [_posting(payable, settlement.line, line_id, debit, amount) for debit, amount in debits]


def _posting(payable: Payable, line: MatchedLine, line_id: UUID, debit: Side, amount: Decimal) -> Posting:
    return Posting(
        debit=debit,
        credit=Side(Account.PAYABLES, payable.open_item_id),
        amount=amount,
        currency=payable.currency,
        document_type="SupplierInvoice",
        document_id=payable.invoice_id,
        line_id=line_id,
        item_id=line.ordered.item_id,
        transaction_amount=round_money(amount / line.ordered.exchange_rate, payable.transaction_currency),
        transaction_currency=payable.transaction_currency,
    )
