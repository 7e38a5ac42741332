"""`events`: what happens to whatever the subscriber may read."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

import strawberry

from api.context import RequestContext
from api.events.copies import payload_for
from api.events.payload import shown_payload
from api.streams import StreamRequest, encode_position, follow_events, public_id
from api.values.ids import encode_id
from api.values.scalars import JSON, BigInt, Cursor
from authz.actor import Actor
from authz.events import may_read_event
from authz.vocabulary import Resource
from kernel.positions import PositionedEvent

_FIELD = strawberry.field
_ARGUMENT = strawberry.argument


@strawberry.type(description="Something that happened. Facts are never changed.")
class Event:
    """One event."""

    id: strawberry.ID = _FIELD(description="The public id.")
    type: str = _FIELD(description="What happened, in the past tense, e.g. SalesOrderPlaced.")
    subject_type: str = _FIELD(description="The type of the object that it happened to.")
    subject_id: strawberry.ID = _FIELD(description="The public id of the object that it happened to.")
    entity_id: strawberry.ID | None = _FIELD(description="The legal entity concerned; null for the whole group.")
    actor: str = _FIELD(description="Who did it.")
    on_behalf_of: str | None = _FIELD(description="For whom the actor acted.")
    payload: JSON = _FIELD(description="The facts, as they were.")
    occurred_at: datetime = _FIELD(description="When it happened.")
    position: BigInt = _FIELD(description="The place in the stream: without gaps, and higher is later.")
    cursor: Cursor = _FIELD(description="The place in the stream, for `after`.")


async def events(
    info: strawberry.Info[RequestContext, None],
    after: Annotated[
        Cursor | None, _ARGUMENT(description="Begin behind this event; begin with the next one if left out.")
    ] = None,
    entity_id: Annotated[strawberry.ID | None, _ARGUMENT(description="Only of this legal entity.")] = None,
    types: Annotated[list[str] | None, _ARGUMENT(description="Only of these types.")] = None,
    subject_id: Annotated[strawberry.ID | None, _ARGUMENT(description="Only what happened to this object.")] = None,
) -> AsyncGenerator[Event, None]:
    """Follows the stream; the arguments are checked before it begins."""
    context = info.context
    resources = context.parts.resources

    def authorise_event(actor: Actor, event: PositionedEvent) -> bool:
        needed = {Resource.EVENT, resources.get(event.subject_type, Resource.EVENT)}
        return may_read_event(actor, event.entity_id, needed)

    asked = StreamRequest(after=after, entity_id=entity_id, subject_id=subject_id, types=types)
    stream = follow_events(context, asked, resource=Resource.EVENT, authorise_event=authorise_event)
    return _shown(context, stream)


async def _shown(context: RequestContext, stream: AsyncGenerator[PositionedEvent, None]) -> AsyncGenerator[Event, None]:
    async with aclosing(stream):
        async for event in stream:
            yield _event(context, event)


def _event(context: RequestContext, event: PositionedEvent) -> Event:
    subject_id = public_id(context.registry, event.subject_type, event.subject_id, event.entity_id)
    return Event(
        id=strawberry.ID(encode_id("Event", event.id)),
        type=event.type,
        subject_type=event.subject_type,
        subject_id=strawberry.ID(subject_id),
        entity_id=strawberry.ID(encode_id("LegalEntity", event.entity_id)) if event.entity_id else None,
        actor=event.actor,
        on_behalf_of=event.on_behalf_of,
        payload=JSON(shown_payload(context.registry, payload_for(context, event), event.entity_id)),
        occurred_at=event.occurred_at,
        position=BigInt(event.position),
        cursor=encode_position(event.position),
    )


SUBSCRIPTIONS: Mapping[str, object] = {
    "events": strawberry.subscription(
        resolver=events, description="What happens to whatever you may read, in order: the past behind `after` first."
    )
}
