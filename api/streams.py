"""Subscriptions to events: first what happened behind the client's cursor, then what happens.

Each event is checked by the rights that the actor has when it is sent: sign-in and grants are looked at anew, and the
hub says by which version of the policy, so a stream goes silent with a withdrawn grant, from the first event that was
committed after it, and ends with its token. Behind that decision stands a wall that knows nothing of it
(authz/wall/reach.py). A cursor is opaque: base64url, without padding, of a version byte and the position.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from graphql import GraphQLError

from api.context import RequestContext
from api.faults import RequestRefused, unavailable
from api.reads.errors import bad_argument
from api.reads.registry import Registry
from api.values.ids import MalformedId, PublicId, decode_bytes, decode_id, encode_bytes, encode_id
from api.values.scalars import Cursor
from authz.actor import Actor
from authz.events import readable_events
from authz.vocabulary import Resource
from authz.wall.reach import NOWHERE, Reach, read_reach
from kernel.contexts import RowContext
from kernel.hub import PositionAhead, SubscriberTooSlow
from kernel.passing import is_outdated, is_passing
from kernel.positions import EventFilter, PositionedEvent
from kernel.refusal import Code

TYPES_MAX = 100
_CURSOR_VERSION = 1
_POSITION_BYTES = 8

AuthoriseEvent = Callable[[Actor, PositionedEvent], bool]
"""Whether the actor, as they are now, may read this event."""


@dataclass(frozen=True, kw_only=True)
class StreamRequest:
    """What a client asks to follow, as it says it."""

    after: Cursor | None
    entity_id: str | None = None
    subject_id: str | None = None
    types: Sequence[str] | None = None


def follow_events(
    context: RequestContext, asked: StreamRequest, *, resource: Resource, authorise_event: AuthoriseEvent
) -> AsyncGenerator[PositionedEvent, None]:
    """The stream that was asked for. `resource` is what one must be allowed to read for any of it.

    Raises a GraphQLError at once for an argument or a right that is missing, and later when the stream must end.
    """
    wanted = _wanted(context.actor, asked, resource)
    after = None if asked.after is None else decode_position(asked.after)
    return _follow(context, wanted, after, authorise_event)


async def _follow(
    context: RequestContext, wanted: EventFilter, after: int | None, authorise_event: AuthoriseEvent
) -> AsyncGenerator[PositionedEvent, None]:
    wall = _Wall(context)
    try:
        async with aclosing(context.hub.follow(wanted, after=after)) as events:
            async for event in events:
                await context.identify()
                if context.actor.policy_version < context.hub.version:
                    # The policy, or somebody's grant, was changed before this event was read.
                    await context.identified_anew()
                # The wall may identify the actor anew, so it is asked first.
                if await wall.lets_through(event) and authorise_event(context.actor, event):
                    yield event
    except PositionAhead as error:
        raise bad_argument(str(error)) from None
    except SubscriberTooSlow as slow:
        told = {"code": "SLOW_CLIENT", "cursor": encode_position(slow.position)}
        raise GraphQLError(str(slow), extensions=told) from None
    except RequestRefused as refused:
        raise refused.error from None


class _Wall:
    """What PostgreSQL lets the subscriber see of events: asked once for each context that they read in."""

    def __init__(self, context: RequestContext) -> None:
        self._context = context
        self._asked: RowContext | None = None
        self._reach = NOWHERE

    async def lets_through(self, event: PositionedEvent) -> bool:
        """Whether the event may pass. Raises RequestRefused where nobody can say."""
        if self._is_new(self._context.actor.row_context):
            await self._ask()
        return self._reach.lets_through(event)

    def _is_new(self, carried: RowContext) -> bool:
        return carried is not self._asked and carried != self._asked

    async def _ask(self) -> None:
        try:
            self._reach = await self._answered()
        except Exception as error:
            if is_passing(error):
                raise unavailable("What you may be told cannot be decided now; try again shortly.") from error
            raise
        self._asked = self._context.actor.row_context

    async def _answered(self) -> Reach:
        try:
            return await self._read()
        except Exception as error:
            if not is_outdated(error):
                raise
        await self._context.identified_anew()
        return await self._read()

    async def _read(self) -> Reach:
        async with self._context.reading() as driver:
            return await read_reach(driver)


def _wanted(actor: Actor, asked: StreamRequest, resource: Resource) -> EventFilter:
    scope = readable_events(actor, resource)
    if not scope:
        message = f"You have no right to read {resource.replace('_', ' ')}s."
        raise GraphQLError(message, extensions={"code": str(Code.FORBIDDEN)})
    if asked.entity_id is not None:
        scope &= {_named(asked.entity_id, "entityId", "LegalEntity").id}
        if not scope:
            raise GraphQLError("Legal entity not found.", extensions={"code": str(Code.NOT_FOUND)})
    if asked.types is not None and len(asked.types) > TYPES_MAX:
        raise bad_argument(f"types may have {TYPES_MAX} entries at most.")
    return EventFilter(
        entity_ids=scope,
        types=None if asked.types is None else frozenset(asked.types),
        subject_id=None if asked.subject_id is None else _named(asked.subject_id, "subjectId").id,
    )


def _named(text: str, argument: str, type_name: str | None = None) -> PublicId:
    try:
        decoded = decode_id(text)
    except MalformedId:
        raise bad_argument(f"{argument} is not an id.") from None
    if type_name is not None and decoded.type != type_name:
        raise bad_argument(f"{argument} is not the id of a {type_name}.")
    return decoded


def public_id(registry: Registry, type_name: str, object_id: UUID, entity_id: UUID | None) -> str:
    """The public id of an event's subject: a type that belongs to the whole group has no legal entity in its ids."""
    known = registry.types.get(type_name)
    is_shared = known is not None and not known.node.entity_owned
    return encode_id(type_name, object_id, None if is_shared else entity_id)


def encode_position(position: int) -> Cursor:
    """The cursor of a position."""
    return Cursor(encode_bytes(bytes([_CURSOR_VERSION]) + position.to_bytes(_POSITION_BYTES)))


def decode_position(cursor: Cursor) -> int:
    """The inverse of `encode_position`; a GraphQLError for anything else."""
    try:
        raw = decode_bytes(cursor)
    except ValueError:
        raw = b""
    position = int.from_bytes(raw[1:], signed=True)
    if len(raw) != 1 + _POSITION_BYTES or position < 0 or encode_position(position) != cursor:
        raise bad_argument("The cursor is malformed, or belongs to a list and not to a stream.")
    return position
