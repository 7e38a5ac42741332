"""The tables of the journal, the valuation layers and the open items."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from domain.finance.accounts import KEYED_ACCOUNTS, OPEN_ITEM_ACCOUNTS, Account
from kernel.tables import Base, EntityOwned, Mutability, TableClass, one_of, table_class

_KEYED = ", ".join(f"'{account}'" for account in KEYED_ACCOUNTS)


class ValuationLayer(EntityOwned, Base):
    """Stock of an item with its value. Moving average keeps one layer per entity and item; unit cost is derived."""

    __tablename__ = "valuation_layer"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"), doc="The item.")
    quantity: Mapped[Decimal] = mapped_column(doc="What remains in the layer, in base units.")
    value: Mapped[Decimal] = mapped_column(doc="What it is worth, in the entity's currency.")
    currency: Mapped[str] = mapped_column(doc="The entity's currency (ISO 4217).")
    opened_at: Mapped[datetime] = mapped_column(doc="When the layer was opened.")

    __table_args__ = (
        Index("uq_valuation_layer_entity_id_item_id", "entity_id", "item_id", unique=True),
        CheckConstraint("quantity >= 0 AND value >= 0", name="not_negative"),
        CheckConstraint("quantity > 0 OR value = 0", name="nothing_is_worth_nothing"),
        table_class(TableClass.ENTITY_OWNED, offered=True),
    )


class OpenItem(EntityOwned, Base):
    """An amount of a control account that waits to be cleared: a receipt by its invoice, an invoice by its payment."""

    __tablename__ = "open_item"

    account: Mapped[str] = mapped_column(doc="The control account.")
    document_type: Mapped[str] = mapped_column(doc="The public type of the document that opened it.")
    document_id: Mapped[UUID] = mapped_column(doc="The document that opened it.")
    line_id: Mapped[UUID | None] = mapped_column(doc="The line of the document.")
    quantity: Mapped[Decimal] = mapped_column(doc="The quantity that opened it, in base units; 0 where there is none.")
    open_quantity: Mapped[Decimal] = mapped_column(doc="The quantity not yet cleared.")
    amount: Mapped[Decimal] = mapped_column(
        doc="The amount that opened it, in the entity's currency; a credit is positive."
    )
    open_amount: Mapped[Decimal] = mapped_column(doc="The amount not yet cleared.")
    currency: Mapped[str] = mapped_column(doc="The entity's currency (ISO 4217).")
    opened_at: Mapped[datetime] = mapped_column(doc="When it was opened.")

    __table_args__ = (
        Index("ix_open_item_entity_id_opened_at", "entity_id", "opened_at", "id"),
        Index("ix_open_item_entity_id_account", "entity_id", "account", "opened_at", "id"),
        Index("ix_open_item_entity_id_document_id", "entity_id", "document_id"),
        Index("ix_open_item_entity_id_line_id", "entity_id", "line_id"),
        one_of("account", OPEN_ITEM_ACCOUNTS),
        CheckConstraint("open_quantity BETWEEN 0 AND quantity", name="open_quantity_within"),
        CheckConstraint("open_amount BETWEEN 0 AND amount", name="open_amount_within"),
        table_class(TableClass.ENTITY_OWNED),
    )


class JournalEntry(EntityOwned, Base):
    """One debit account, one credit account, one amount: a row balances by its shape. Append-only."""

    __tablename__ = "journal_entry"

    accounting_date: Mapped[date] = mapped_column(doc="The day in whose period it counts.")
    recorded_at: Mapped[datetime] = mapped_column(doc="When it was posted.")
    debit_account: Mapped[str] = mapped_column(doc="The account debited.")
    credit_account: Mapped[str] = mapped_column(doc="The account credited.")
    debit_key: Mapped[UUID | None] = mapped_column(doc="The layer or open item behind the debit of a control account.")
    credit_key: Mapped[UUID | None] = mapped_column(
        doc="The layer or open item behind the credit of a control account."
    )
    amount: Mapped[Decimal] = mapped_column(doc="The amount, in the entity's currency.")
    currency: Mapped[str] = mapped_column(doc="The entity's currency (ISO 4217).")
    transaction_amount: Mapped[Decimal] = mapped_column(doc="The amount in the document's currency.")
    transaction_currency: Mapped[str] = mapped_column(doc="The document's currency (ISO 4217).")
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("item.id"), doc="The item concerned.")
    document_type: Mapped[str] = mapped_column(doc="The public type of the document behind it.")
    document_id: Mapped[UUID] = mapped_column(doc="The document behind it.")
    line_id: Mapped[UUID | None] = mapped_column(doc="The line of the document.")

    __table_args__ = (
        Index("ix_journal_entry_entity_id_document_id", "entity_id", "document_id"),
        Index("ix_journal_entry_entity_id_accounting_date", "entity_id", "accounting_date", "id"),
        Index("ix_journal_entry_entity_id_debit_account", "entity_id", "debit_account", "accounting_date", "id"),
        Index("ix_journal_entry_entity_id_credit_account", "entity_id", "credit_account", "accounting_date", "id"),
        one_of("debit_account", Account),
        one_of("credit_account", Account),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_account <> credit_account", name="two_accounts"),
        CheckConstraint(f"debit_account NOT IN ({_KEYED}) OR debit_key IS NOT NULL", name="debit_has_its_key"),
        CheckConstraint(f"credit_account NOT IN ({_KEYED}) OR credit_key IS NOT NULL", name="credit_has_its_key"),
        table_class(TableClass.ENTITY_OWNED, Mutability.APPEND_ONLY),
    )
