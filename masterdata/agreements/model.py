"""The table of inter-company agreements."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, one_of, table_class
from masterdata.agreements.lifecycle import AGREEMENT_STATUS, AgreementCoverage, TitleTransfer


class InterCompanyAgreement(Shared, Versioned, Base):
    """What one legal entity lets another see of its stock, and on which terms they trade."""

    __tablename__ = "inter_company_agreement"

    code: Mapped[str] = mapped_column(doc="The code, unique among the giver's agreements.")
    giver_entity_id: Mapped[UUID] = mapped_column(
        ForeignKey("legal_entity.id"), doc="The legal entity that shows what it could spare, and sells."
    )
    taker_entity_id: Mapped[UUID] = mapped_column(
        ForeignKey("legal_entity.id"), doc="The legal entity that sees it, and buys."
    )
    covers: Mapped[str] = mapped_column(doc="What it allows.")
    markup_percent: Mapped[Decimal] = mapped_column(
        doc="What the taker pays above the giver's cost, in percent of it; the price is in the giver's currency."
    )
    title_transfer: Mapped[str] = mapped_column(doc="When goods become the taker's.")
    pair_limit_amount: Mapped[Decimal] = mapped_column(doc="What one sale with its purchase may be worth.")
    pair_limit_currency: Mapped[str] = mapped_column(doc="The currency of `pair_limit_amount` (ISO 4217).")
    valid_from: Mapped[date] = mapped_column(doc="The first day on which it may be used, by the giver's calendar.")
    valid_until: Mapped[date | None] = mapped_column(
        doc="The last day on which it may be used; null where no end is agreed."
    )
    status: Mapped[str] = mapped_column(server_default=AGREEMENT_STATUS.initial, doc="Whether it may be used.")

    __table_args__ = (
        Index("uq_inter_company_agreement_giver", "giver_entity_id", "code", unique=True),
        Index("ix_inter_company_agreement_taker", "taker_entity_id", "code"),
        Index("ix_inter_company_agreement_code", "code", "id"),
        one_of("covers", AgreementCoverage),
        one_of("title_transfer", TitleTransfer),
        one_of("status", AGREEMENT_STATUS.statuses),
        CheckConstraint("giver_entity_id <> taker_entity_id", name="two_entities"),
        CheckConstraint("markup_percent >= 0 AND pair_limit_amount >= 0", name="not_negative"),
        CheckConstraint("pair_limit_currency ~ '^[A-Z]{3}$'", name="pair_limit_currency_iso_4217"),
        CheckConstraint("valid_until >= valid_from", name="valid_in_order"),
        table_class(TableClass.TWO_PARTY, parties=("giver_entity_id", "taker_entity_id")),
    )
