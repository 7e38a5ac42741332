"""The table of countries."""

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, Shared, TableClass, Versioned, table_class


class Country(Shared, Versioned, Base):
    """A country or territory, named by its code of ISO 3166-1."""

    __tablename__ = "country"

    code: Mapped[str] = mapped_column(doc="The code of two letters (alpha-2), such as DE.")
    alpha_3: Mapped[str] = mapped_column(
        doc="The code of three letters (alpha-3), such as DEU; what followed a country may have the same."
    )
    name: Mapped[str] = mapped_column(doc="The name in English.")
    withdrawn_on: Mapped[date | None] = mapped_column(doc="The last day on which it was a country; null while it is.")

    __table_args__ = (
        Index("uq_country_code", "code", unique=True),
        table_class(TableClass.SHARED_MASTER),
    )
