"""The tables of suppliers and customers."""

from sqlalchemy import CheckConstraint, Computed, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, one_of, table_class, trigram_index
from masterdata.parties.lifecycle import CREDIT_STATUS, PARTY_STATUS


def _identifiers(table: str) -> tuple[Index, ...]:
    """No two have the same tax number in one country, or the same GLN; most have none."""
    return (
        Index(
            f"uq_{table}_country_tax_id",
            "country",
            "tax_id",
            unique=True,
            postgresql_where=text("tax_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index(f"uq_{table}_gln", "gln", unique=True, postgresql_where=text("gln IS NOT NULL")),
    )


class Supplier(Shared, Versioned, Base):
    """Who the group buys from."""

    __tablename__ = "supplier"

    code: Mapped[str] = mapped_column(doc="The code, unique in the group.")
    name: Mapped[str] = mapped_column(doc="The name.")
    name_normalised: Mapped[str] = mapped_column(Computed("lower(name)", persisted=True), doc="The name in lower case.")
    country: Mapped[str | None] = mapped_column(doc="The country (ISO 3166-1 alpha-2).")
    region: Mapped[str | None] = mapped_column(doc="The state, province or county, where addresses have one.")
    city: Mapped[str | None] = mapped_column(doc="The city.")
    postal_code: Mapped[str | None] = mapped_column(doc="The postal code.")
    street: Mapped[str | None] = mapped_column(doc="The street and the number, or the post office box.")
    tax_id: Mapped[str | None] = mapped_column(doc="The number for value-added tax, with its country before it.")
    gln: Mapped[str | None] = mapped_column(doc="The Global Location Number (GS1), 13 digits.")
    lei: Mapped[str | None] = mapped_column(doc="The Legal Entity Identifier (ISO 17442).")
    duns: Mapped[str | None] = mapped_column(doc="The number at Dun & Bradstreet, nine digits.")
    contact: Mapped[str | None] = mapped_column(doc="The person to speak to.")
    phone: Mapped[str | None] = mapped_column(doc="The telephone number, as written.")
    iban: Mapped[str | None] = mapped_column(doc="The bank account to which it is paid (ISO 13616).")
    bic: Mapped[str | None] = mapped_column(doc="The bank of the account (ISO 9362).")
    currency: Mapped[str] = mapped_column(doc="The currency in which it invoices (ISO 4217).")
    lead_time_days: Mapped[int] = mapped_column(
        Integer, server_default="14", doc="Days from order to delivery where no price says otherwise."
    )
    status: Mapped[str] = mapped_column(server_default=PARTY_STATUS.initial, doc="Whether it may be traded with.")

    __table_args__ = (
        Index("uq_supplier_code", "code", unique=True),
        Index("ix_supplier_name_normalised", "name_normalised", "id"),
        Index("ix_supplier_country", "country", "code"),
        *_identifiers("supplier"),
        Index("ix_supplier_status", "status", "code"),
        trigram_index("ix_supplier_search", "lower(code)", "name_normalised"),
        CheckConstraint("lead_time_days >= 0", name="lead_time_days_not_negative"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_iso_4217"),
        one_of("status", PARTY_STATUS.statuses),
        table_class(TableClass.SHARED_MASTER, partner="id"),
    )


class Customer(Shared, Versioned, Base):
    """Who the group sells to."""

    __tablename__ = "customer"

    code: Mapped[str] = mapped_column(doc="The code, unique in the group.")
    name: Mapped[str] = mapped_column(doc="The name.")
    name_normalised: Mapped[str] = mapped_column(Computed("lower(name)", persisted=True), doc="The name in lower case.")
    country: Mapped[str | None] = mapped_column(doc="The country (ISO 3166-1 alpha-2).")
    region: Mapped[str | None] = mapped_column(doc="The state, province or county, where addresses have one.")
    city: Mapped[str | None] = mapped_column(doc="The city.")
    postal_code: Mapped[str | None] = mapped_column(doc="The postal code.")
    street: Mapped[str | None] = mapped_column(doc="The street and the number, or the post office box.")
    tax_id: Mapped[str | None] = mapped_column(doc="The number for value-added tax, with its country before it.")
    gln: Mapped[str | None] = mapped_column(doc="The Global Location Number (GS1), 13 digits.")
    lei: Mapped[str | None] = mapped_column(doc="The Legal Entity Identifier (ISO 17442).")
    duns: Mapped[str | None] = mapped_column(doc="The number at Dun & Bradstreet, nine digits.")
    contact: Mapped[str | None] = mapped_column(doc="The person to speak to.")
    phone: Mapped[str | None] = mapped_column(doc="The telephone number, as written.")
    priority: Mapped[int] = mapped_column(
        Integer, server_default="100", doc="Who is served first when goods arrive: the lower number."
    )
    when_short: Mapped[str] = mapped_column(
        server_default="backorder", doc="What happens to a short line: backorder, partial, refuse."
    )
    credit_status: Mapped[str] = mapped_column(
        server_default=CREDIT_STATUS.initial, doc="good, or hold: no new orders."
    )
    status: Mapped[str] = mapped_column(server_default=PARTY_STATUS.initial, doc="Whether it may be traded with.")

    __table_args__ = (
        Index("uq_customer_code", "code", unique=True),
        Index("ix_customer_name_normalised", "name_normalised", "id"),
        Index("ix_customer_country", "country", "code"),
        *_identifiers("customer"),
        Index("ix_customer_status", "status", "code"),
        Index("ix_customer_credit_status", "credit_status", "code"),
        trigram_index("ix_customer_search", "lower(code)", "name_normalised"),
        one_of("when_short", ("backorder", "partial", "refuse")),
        one_of("credit_status", CREDIT_STATUS.statuses),
        one_of("status", PARTY_STATUS.statuses),
        table_class(TableClass.SHARED_MASTER, partner="id"),
    )
