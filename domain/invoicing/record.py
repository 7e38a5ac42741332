"""Record a supplier's invoice: matched with order and receipts, then posted, or blocked for a person to decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.access import foresee, permit_after
from authz.actor import Actor
from authz.sight import may_know
from authz.vocabulary import Action, Resource
from domain.cases.lifecycle import CaseType
from domain.cases.open import open_cases
from domain.cases.rules import NewCase
from domain.finance.accounts import Account
from domain.finance.open_items import NewOpenItem, open_items
from domain.invoicing.checks import LINES_MAX, OrderedTerms, check_heading, check_line
from domain.invoicing.lifecycle import SupplierInvoiceStatus
from domain.invoicing.model import SupplierInvoiceLine
from domain.invoicing.queries import Terms, claim_number, gather_terms, lock_ordered_lines
from domain.invoicing.rules import NOTHING, InvoicedLine, MatchedLine, match_lines
from domain.invoicing.settle import Payable, settle_invoice
from kernel.commands import argument
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import round_money
from kernel.operation import Operation
from kernel.outcome import Done, Notice, Ref
from kernel.refusal import Code, Refusal, Refused, not_found


@dataclass(frozen=True)
class RecordSupplierInvoiceLine:
    """What the supplier asks for one line of an order."""

    purchase_order_line_id: UUID = argument("The line that it was ordered by.", refers_to="PurchaseOrderLine")
    quantity: Decimal = argument("The quantity invoiced, in the item's base unit.")
    unit_price: Decimal = argument("The price of one base unit, in the invoice's currency.")


@dataclass(frozen=True)
class RecordSupplierInvoice:
    """A supplier's invoice, for lines of one or several purchase orders."""

    entity_id: UUID = argument("The legal entity that is to pay.", refers_to="LegalEntity")
    supplier_id: UUID = argument("Who sent it.", refers_to="Supplier")
    number: str = argument("The supplier's number; each is taken once.")
    invoice_date: date = argument("The date on it.")
    currency: str = argument("The currency of its prices (ISO 4217); that of the orders.")
    lines: tuple[RecordSupplierInvoiceLine, ...] = argument(f"What it asks for: 1 to {LINES_MAX} lines.")


@dataclass(frozen=True)
class _Invoice:
    """The invoice with the outcome of its match."""

    id: UUID
    command: RecordSupplierInvoice
    terms: Terms
    number: str
    lines: Sequence[MatchedLine]
    line_ids: Sequence[UUID]

    @property
    def is_inside(self) -> bool:
        return all(line.is_inside for line in self.lines)

    @property
    def status(self) -> SupplierInvoiceStatus:
        return SupplierInvoiceStatus.POSTED if self.is_inside else SupplierInvoiceStatus.BLOCKED

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), NOTHING)

    @property
    def owed(self) -> Decimal:
        """What is to be paid, in the entity's currency."""
        return sum((line.owed(self.terms.books.currency) for line in self.lines), NOTHING)


async def record_supplier_invoice(op: Operation[Actor], command: RecordSupplierInvoice) -> Done:
    """Matches the invoice. Inside the tolerance it is posted; else it is blocked, with a case, and posts nothing.

    Refuses a number that the supplier has used before, lines of other suppliers' orders, and other currencies.
    """
    entity_id = command.entity_id
    foresee(op, Resource.SUPPLIER_INVOICE, Action.RECORD, entity_id, partner_id=command.supplier_id)
    terms = await gather_terms(op, entity_id, command.supplier_id)
    _check_heading(command, terms, terms.books.day_of(op.now))
    ordered = await lock_ordered_lines(op, entity_id, {line.purchase_order_line_id for line in command.lines})
    lines = _check_lines(command, _known(op.actor, entity_id, ordered))
    invoice = _match(command, terms, lines, ordered)
    await _write(op, invoice)
    if not invoice.is_inside:
        await open_cases(op, entity_id, [_variance(invoice)])
    op.record(_recorded(invoice))
    blocked = Notice("MATCH_VARIANCE", "The invoice is blocked: it differs from order or receipt beyond the tolerance.")
    return Done(
        {"supplier_invoice": (Ref("SupplierInvoice", invoice.id, entity_id, 1),)},
        () if invoice.is_inside else (blocked,),
    )


def _known(actor: Actor, entity_id: UUID, ordered: Mapping[UUID, OrderedTerms]) -> Mapping[UUID, OrderedTerms]:
    """Without the lines of orders of which the actor may not know: those are not found."""
    return {
        line_id: terms
        for line_id, terms in ordered.items()
        if may_know(actor, Resource.PURCHASE_ORDER, entity_id, partner_id=terms.supplier_id)
    }


def _check_heading(command: RecordSupplierInvoice, terms: Terms, today: date) -> None:
    problems = list(check_heading(command.number.strip(), command.invoice_date, len(command.lines), today=today))
    if not terms.supplier_id:
        problems.append(not_found("Supplier", "supplierId"))
    if problems:
        raise Refusal(*problems)


def _check_lines(command: RecordSupplierInvoice, ordered: Mapping[UUID, OrderedTerms]) -> list[InvoicedLine]:
    lines = [InvoicedLine(line.purchase_order_line_id, line.quantity, line.unit_price) for line in command.lines]
    problems = [reason for index, line in enumerate(lines) for reason in _problems(command, index, line, ordered)]
    if problems:
        raise Refusal(*problems)
    return lines


def _problems(
    command: RecordSupplierInvoice, index: int, line: InvoicedLine, ordered: Mapping[UUID, OrderedTerms]
) -> Iterable[Refused]:
    terms = ordered.get(line.order_line_id)
    if terms is None:
        return [not_found("Purchase order line", "lines", index, "purchaseOrderLineId")]
    return check_line(line, terms, supplier_id=command.supplier_id, currency=command.currency, index=index)


def _match(
    command: RecordSupplierInvoice,
    terms: Terms,
    lines: Sequence[InvoicedLine],
    ordered: Mapping[UUID, OrderedTerms],
) -> _Invoice:
    agreed = {line_id: of_line.line for line_id, of_line in ordered.items()}
    matched = match_lines(lines, agreed, terms.tolerance, command.currency)
    return _Invoice(new_id(), command, terms, command.number.strip(), matched, [new_id() for _ in lines])


async def _write(op: Operation[Actor], invoice: _Invoice) -> None:
    """Writes the invoice as it will stay: a posted one has its payable and is booked."""
    entity_id = invoice.command.entity_id
    rows = [_line_row(invoice, index) for index in range(len(invoice.lines))]
    related = {SupplierInvoiceLine.__tablename__: rows}
    permit_after(op, Resource.SUPPLIER_INVOICE, Action.RECORD, _governed(invoice), related=related)
    payable = _payable(op, invoice) if invoice.is_inside else None
    if payable:
        await open_items(op, entity_id, [_owed(invoice, payable)])
    if not await claim_number(op, entity_id, invoice_id=invoice.id, invoice=_heading(invoice, payable)):
        message = f"The supplier's invoice {invoice.number} was recorded before."
        raise Refusal(Refused(Code.DUPLICATE, message, ("number",)))
    await op.insert(SupplierInvoiceLine, rows)
    if payable:
        await settle_invoice(op, entity_id, payable, invoice.lines, invoice.line_ids)


def _governed(invoice: _Invoice) -> dict[str, Any]:
    """What rights may depend on, of the invoice as it will be."""
    command = invoice.command
    return {
        "entity_id": command.entity_id,
        "supplier_id": command.supplier_id,
        "number": invoice.number,
        "invoice_date": command.invoice_date,
        "currency": command.currency,
        "total": invoice.total,
        "status": invoice.status,
    }


def _payable(op: Operation[Actor], invoice: _Invoice) -> Payable:
    return Payable(
        invoice_id=invoice.id,
        open_item_id=new_id(),
        currency=invoice.terms.books.currency,
        transaction_currency=invoice.command.currency,
        accounting_date=invoice.terms.books.day_of(op.now),
    )


def _owed(invoice: _Invoice, payable: Payable) -> NewOpenItem:
    return NewOpenItem(
        id=payable.open_item_id,
        account=Account.PAYABLES,
        document_type="SupplierInvoice",
        document_id=invoice.id,
        line_id=None,
        quantity=NOTHING,
        amount=invoice.owed,
        currency=payable.currency,
    )


def _heading(invoice: _Invoice, payable: Payable | None) -> dict[str, Any]:
    """The parameters of `claim_number`."""
    return {
        "of_supplier": invoice.command.supplier_id,
        "its_number": invoice.number,
        "dated": invoice.command.invoice_date,
        "in_currency": invoice.command.currency,
        "of_total": invoice.total,
        "as_status": invoice.status,
        "payable": payable.open_item_id if payable else None,
    }


def _line_row(invoice: _Invoice, index: int) -> dict[str, Any]:
    line = invoice.lines[index]
    return {
        "entity_id": invoice.command.entity_id,
        "id": invoice.line_ids[index],
        "invoice_id": invoice.id,
        "line_number": index + 1,
        "purchase_order_line_id": line.ordered.line_id,
        "quantity": line.invoiced.quantity,
        "unit_price": line.invoiced.unit_price,
        "amount": line.amount,
        "match_result": line.result,
        "price_variance": line.price_variance,
        "quantity_variance": line.excess,
        "explanation": line.explanation,
    }


def _variance(invoice: _Invoice) -> NewCase:
    outside = [(index, line) for index, line in enumerate(invoice.lines, start=1) if not line.is_inside]
    currency = invoice.terms.books.currency
    severity = sum((line.at_stake * line.ordered.exchange_rate for _, line in outside), NOTHING)
    return NewCase(
        type=CaseType.MATCH_VARIANCE,
        subject_type="SupplierInvoice",
        subject_id=invoice.id,
        summary=" ".join(f"Line {number}: {line.finding}" for number, line in outside),
        severity=round_money(severity, currency),
        currency=currency,
        owner_role="finance",
        detail={"number": invoice.number, "supplierId": invoice.command.supplier_id},
    )


def _recorded(invoice: _Invoice) -> Event:
    return Event(
        type="SupplierInvoicePosted" if invoice.is_inside else "SupplierInvoiceBlocked",
        subject_type="SupplierInvoice",
        subject_id=invoice.id,
        entity_id=invoice.command.entity_id,
        payload={
            "supplierId": invoice.command.supplier_id,
            "number": invoice.number,
            "total": invoice.total,
            "currency": invoice.command.currency,
            "lines": len(invoice.lines),
        },
    )
