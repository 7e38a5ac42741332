"""The step that posts to the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.finance.accounts import Account
from domain.finance.model import JournalEntry
from kernel.ids import new_id
from kernel.operation import Operation


@dataclass(frozen=True)
class Side:
    """One side of a posting: the account, and the layer or open item behind it where the account is kept by such."""

    account: Account
    key: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Posting:
    """An amount in the entity's currency from one account to another, with the document behind it.

    A negative amount is posted the other way round; nothing is not posted.
    """

    debit: Side
    credit: Side
    amount: Decimal
    currency: str
    document_type: str
    document_id: UUID
    line_id: UUID | None = None
    item_id: UUID | None = None
    transaction_amount: Decimal | None = None
    transaction_currency: str | None = None


async def post(op: Operation[Actor], entity_id: UUID, postings: Sequence[Posting], *, accounting_date: date) -> None:
    """Writes the journal rows."""
    rows = [_journal_row(op, entity_id, each, accounting_date) for each in postings if each.amount]
    await op.insert(JournalEntry, rows)


def _journal_row(op: Operation[Actor], entity_id: UUID, posting: Posting, accounting_date: date) -> dict[str, Any]:
    debit, credit = (posting.debit, posting.credit) if posting.amount > 0 else (posting.credit, posting.debit)
    amount = abs(posting.amount)
    in_transaction = amount if posting.transaction_amount is None else abs(posting.transaction_amount)
    return {
        "entity_id": entity_id,
        "id": new_id(),
        "accounting_date": accounting_date,
        "recorded_at": op.now,
        "debit_account": debit.account,
        "credit_account": credit.account,
        "debit_key": debit.key,
        "credit_key": credit.key,
        "amount": amount,
        "currency": posting.currency,
        "transaction_amount": in_transaction,
        "transaction_currency": posting.transaction_currency or posting.currency,
        "item_id": posting.item_id,
        "document_type": posting.document_type,
        "document_id": posting.document_id,
        "line_id": posting.line_id,
    }
