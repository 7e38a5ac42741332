"""Every statement of legal entities."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, bindparam, select

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.entities.model import LegalEntity

_BOOKS = select(LegalEntity.currency, LegalEntity.time_zone).where(LegalEntity.id == bindparam("entity", type_=Uuid()))


@dataclass(frozen=True)
class Books:
    """How an entity books: its currency, and where its days begin."""

    currency: str
    time_zone: str

    def day_of(self, instant: datetime) -> date:
        """The entity's day at that instant."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()


async def gather_books(op: Operation[Actor], entity_id: UUID) -> Books:
    """How the entity books."""
    rows = await op.execute(_BOOKS, {"entity": entity_id})
    return Books(**rows.mappings().one())
