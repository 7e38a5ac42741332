"""Every statement of fulfillment."""

from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from authz.actor import Actor
from kernel.operation import Operation
from masterdata.locations.kinds import LocationKind
from masterdata.locations.model import Location

_COUNTERPARTY = (
    select(Location.id)
    .where(Location.entity_id == bindparam("entity", type_=Uuid()), Location.kind == bindparam("kind", type_=Text()))
    .order_by(Location.code)
    .limit(1)
)


async def gather_counterparty(op: Operation[Actor], entity_id: UUID, kind: LocationKind) -> UUID:
    """The entity's virtual place where goods of this kind of counterparty come from or go to."""
    place_id: UUID = (await op.execute(_COUNTERPARTY, {"entity": entity_id, "kind": kind})).scalar_one()
    return place_id
