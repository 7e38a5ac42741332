"""Open items: amounts of a control account that wait to be cleared, as a receipt waits for its invoice.

An item is opened with the journal row that credits its account, and cleared with the rows that debit it: the items of
an account and the account itself are the same money. What is cleared last takes what rounding left.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.finance.accounts import Account
from domain.finance.model import OpenItem
from domain.finance.queries import clear_items, lock_items_of_lines
from domain.finance.rules import OpenItemState
from kernel.ids import new_id
from kernel.operation import Operation


@dataclass(frozen=True, kw_only=True)
class NewOpenItem:
    """An amount in the entity's currency that a document line opens; a credit is positive."""

    account: Account
    document_type: str
    document_id: UUID
    line_id: UUID | None
    quantity: Decimal
    amount: Decimal
    currency: str
    id: UUID = field(default_factory=new_id)


async def open_items(op: Operation[Actor], entity_id: UUID, rows: Sequence[NewOpenItem]) -> None:
    """Writes the items."""
    await op.insert(OpenItem, [_row(op, entity_id, each) for each in rows])


async def lock_open_items_of_lines(
    op: Operation[Actor], entity_id: UUID, account: Account, line_ids: Collection[UUID]
) -> list[OpenItemState]:
    """What is still open of these document lines on the account, locked in id order, which is their age."""
    return await lock_items_of_lines(op, entity_id, account, line_ids)


async def apply_clearings(
    op: Operation[Actor], entity_id: UUID, cleared: Mapping[UUID, tuple[Decimal, Decimal]]
) -> None:
    """Takes what is cleared from locked items: quantity and amount by the item's id."""
    await clear_items(op, entity_id, cleared)


def _row(op: Operation[Actor], entity_id: UUID, item: NewOpenItem) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": item.id,
        "account": item.account,
        "document_type": item.document_type,
        "document_id": item.document_id,
        "line_id": item.line_id,
        "quantity": item.quantity,
        "open_quantity": item.quantity,
        "amount": item.amount,
        "open_amount": item.amount,
        "currency": item.currency,
        "opened_at": op.now,
    }
