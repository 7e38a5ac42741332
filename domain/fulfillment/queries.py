"""Every statement of fulfillment."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Text, Uuid, and_, bindparam, select

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.entities.model import LegalEntity
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Location

_ENTITY = bindparam("entity", type_=Uuid())

_BOOKS = (
    select(LegalEntity.currency, LegalEntity.time_zone, Location.id.label("counterparty_id"))
    .join(Location, and_(Location.entity_id == _ENTITY, Location.kind == bindparam("kind", type_=Text())))
    .where(LegalEntity.id == _ENTITY)
    .order_by(Location.code)
    .limit(1)
)


@dataclass(frozen=True)
class Books:
    """How an entity books goods that come or go: its currency, its days, and the virtual place of the other side."""

    currency: str
    time_zone: str
    counterparty_id: UUID

    def day_of(self, instant: datetime) -> date:
        """The entity's day at that instant."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()


async def gather_books(op: Operation[Actor], entity_id: UUID, *, kind: LocationKind) -> Books:
    """The books of an entity with its virtual place of this kind: suppliers, or customers."""
    rows = await op.execute(_BOOKS, {"entity": entity_id, "kind": kind})
    return Books(**rows.mappings().one())
