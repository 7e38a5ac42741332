"""The table of units of measure."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, table_class


class Unit(Shared, Versioned, Base):
    """A unit of measure, named by its UN/ECE Rec 20 common code (C62 is one, KGM a kilogram, XBX a box).

    One of it is `numerator / denominator` of the SI base unit of its dimension, exactly. Packages have no factor, and
    neither has what is no multiple of the base unit, such as degrees Celsius.
    """

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(doc="The UN/ECE Rec 20 common code.")
    name: Mapped[str] = mapped_column(doc="The name in English.")
    symbol: Mapped[str | None] = mapped_column(doc="The symbol, such as kg; null if there is none.")
    dimension: Mapped[str] = mapped_column(doc="What it measures, such as count, mass, volume, length, area or time.")
    numerator: Mapped[Decimal | None] = mapped_column(
        doc="The numerator of its factor to the SI base unit of the dimension; null where it has no fixed factor."
    )
    denominator: Mapped[Decimal | None] = mapped_column(doc="The denominator of this factor.")
    withdrawn_on: Mapped[date | None] = mapped_column(doc="The last day on which it was in use; null while it is.")

    __table_args__ = (
        Index("uq_unit_code", "code", unique=True),
        CheckConstraint(
            "numerator > 0 AND denominator > 0 AND numerator = trunc(numerator) AND denominator = trunc(denominator)",
            name="factor_positive_and_whole",
        ),
        CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name="factor_complete"),
        table_class(TableClass.SHARED_MASTER),
    )
