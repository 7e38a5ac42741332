"""What must be true of events: each has its place in the stream soon after its commit."""

from datetime import timedelta

from sqlalchemy import Boolean, and_, bindparam, func, literal, or_, select

from authz.vocabulary import Resource
from domain.invariants.statements import Invariant, amount_columns, in_scope
from kernel.events import EventRecord

POSITIONED_WITHIN = timedelta(seconds=60)
"""How long after it was written an event may wait for its position. The sequencer needs milliseconds."""

_WAITS_TOO_LONG = and_(
    EventRecord.position.is_(None), EventRecord.recorded_at < func.clock_timestamp() - literal(POSITIONED_WITHIN)
)
_CONCERNS_SCOPE = or_(
    in_scope(EventRecord.entity_id),
    and_(EventRecord.entity_id.is_(None), bindparam("everywhere", type_=Boolean())),
)

STREAMS = (
    Invariant(
        "events_have_positions",
        "Every event has its position in the stream within a minute.",
        (Resource.EVENT,),
        select(*amount_columns(EventRecord.entity_id, EventRecord.id, 1)).where(_WAITS_TOO_LONG, _CONCERNS_SCOPE),
    ),
)
"""All invariants of the stream."""
