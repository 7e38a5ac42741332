"""Why an invoice cannot be taken as it stands: what is asked before anything is matched."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from domain.invoicing.rules import InvoicedLine, OrderedLine
from kernel.money import AMOUNT_MAX
from kernel.quantity import SCALE_MAX, check_counted
from kernel.refusal import Refused, invalid

LINES_MAX = 500
NUMBER_LENGTH_MAX = 100
AGE_DAYS_MAX = 10 * 366
"""How old an invoice may be when it is recorded."""


@dataclass(frozen=True)
class OrderedTerms:
    """A purchase order line, and the order that it belongs to."""

    line: OrderedLine
    order_number: str
    supplier_id: UUID
    currency: str
    base_increment: Decimal


def check_heading(number: str, dated: date, line_count: int, *, today: date) -> Iterator[Refused]:
    """What is wrong with the invoice as a whole."""
    if not 1 <= len(number) <= NUMBER_LENGTH_MAX:
        yield invalid(f"The number must have 1 to {NUMBER_LENGTH_MAX} characters.", "number")
    if not number.isprintable():
        # Two numbers that look the same would be one invoice, paid twice.
        yield invalid("The number contains characters that cannot be seen.", "number")
    if dated > today:
        yield invalid(f"The invoice is dated {dated}; today is {today}.", "invoiceDate")
    if dated < today - timedelta(days=AGE_DAYS_MAX):
        yield invalid(f"The invoice of {dated} is more than ten years old.", "invoiceDate")
    if not 1 <= line_count <= LINES_MAX:
        yield invalid(f"An invoice has 1 to {LINES_MAX} lines; this one has {line_count}.", "lines")


def check_line(
    line: InvoicedLine, terms: OrderedTerms, *, supplier_id: UUID, currency: str, index: int
) -> Iterator[Refused]:
    """What is wrong with a line, whatever was received."""
    if terms.supplier_id != supplier_id:
        message = f"{terms.order_number} was ordered from another supplier."
        yield invalid(message, "lines", index, "purchaseOrderLineId")
    if terms.currency != currency:
        message = f"{terms.order_number} is in {terms.currency}, the invoice in {currency}."
        yield invalid(message, "lines", index, "purchaseOrderLineId")
    if problem := check_counted(line.quantity, terms.base_increment, "lines", index, "quantity"):
        yield problem
    else:
        yield from _check_price(line, index)


def _check_price(line: InvoicedLine, index: int) -> Iterator[Refused]:
    price, path = line.unit_price, ("lines", index, "unitPrice")
    if not price.is_finite() or price < 0:
        yield invalid("The price must be a number, zero or more.", *path)
    elif line.quantity * price > AMOUNT_MAX:
        yield invalid("The amount of the line is beyond what can be booked.", *path)
    elif price != round(price, SCALE_MAX):
        yield invalid(f"The price may have at most {SCALE_MAX} decimals.", *path)
