"""The table of currencies."""

from datetime import date

from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, table_class


class Currency(Shared, Versioned, Base):
    """A currency, named by its code of ISO 4217."""

    __tablename__ = "currency"

    code: Mapped[str] = mapped_column(doc="The code, such as EUR.")
    name: Mapped[str] = mapped_column(doc="The name in English.")
    minor_units: Mapped[int | None] = mapped_column(
        Integer, doc="How many decimals an amount has; null where the standard names none, as for gold."
    )
    withdrawn_on: Mapped[date | None] = mapped_column(doc="The last day on which it was in use; null while it is.")

    __table_args__ = (
        Index("uq_currency_code", "code", unique=True),
        CheckConstraint("minor_units BETWEEN 0 AND 4", name="minor_units_bounded"),
        table_class(TableClass.SHARED_MASTER),
    )
