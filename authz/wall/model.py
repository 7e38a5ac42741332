"""The table behind the signed context: whose signature counts."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from kernel.tables import Base, TableClass, table_class


class SigningKey(Base):
    """A key that contexts may be signed with, in the form in which HMAC needs it."""

    __tablename__ = "signing_key"

    id: Mapped[str] = mapped_column(primary_key=True, doc="By what a context names the key.")
    inner_pad: Mapped[bytes] = mapped_column(doc="The key as the inner hash begins with it.")
    outer_pad: Mapped[bytes] = mapped_column(doc="The key as the outer hash begins with it.")
    added_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), doc="When it was last brought into force."
    )

    __table_args__ = (table_class(TableClass.INTERNAL),)
