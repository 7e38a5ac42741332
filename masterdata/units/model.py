"""The table of units of measure."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, table_class


class Unit(Shared, Versioned, Base):
    """A unit of measure, named by its UN/ECE Rec 20 common code (C62 is one, KGM a kilogram, XBX a box)."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(doc="The UN/ECE Rec 20 common code.")
    name: Mapped[str] = mapped_column(doc="The name in English.")
    dimension: Mapped[str] = mapped_column(doc="What it measures: count, mass, volume, length, area or time.")

    __table_args__ = (Index("uq_unit_code", "code", unique=True), table_class(TableClass.SHARED_MASTER))
