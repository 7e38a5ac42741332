"""`exceptionEvents`: cases as they open, recur and close, for the dashboards of those who must act."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from api.context import RequestContext
from api.events.copies import payload_for
from api.streams import StreamRequest, encode_position, follow_events, public_id
from api.values.enums import graphql_enum
from api.values.ids import encode_id
from api.values.scalars import Cursor
from authz.actor import Actor
from authz.events import may_read_event
from authz.vocabulary import Resource
from domain.cases.lifecycle import CaseStatus, CaseType
from kernel.positions import PositionedEvent

_FIELD = strawberry.field
_ARGUMENT = strawberry.argument


class ExceptionEventKind(StrEnum):
    """What happened to a case."""

    OPENED = "CaseOpened"
    """Something went another way than planned."""
    RECURRED = "CaseRecurred"
    """The same has arisen again while the case was open."""
    CLOSED = "CaseClosed"
    """What the case was opened for has cleared."""


graphql_enum(ExceptionEventKind)
graphql_enum(CaseType)
graphql_enum(CaseStatus)


@strawberry.type(
    description="Something that happened to an exception case. Fields that the event does not have are null."
)
class ExceptionEvent:
    """One event of a case."""

    kind: ExceptionEventKind = _FIELD(description="What happened to the case.")
    case_id: strawberry.ID = _FIELD(description="The public id of the case.")
    entity_id: strawberry.ID | None = _FIELD(description="The legal entity concerned.")
    type: CaseType = _FIELD(description="What kind of exception it is.")
    status: CaseStatus = _FIELD(description="The status of the case when it happened.")
    summary: str | None = _FIELD(description="One sentence for the person who looks at it.")
    severity: Decimal | None = _FIELD(description="Money at risk times its probability, in `currency`.")
    currency: str | None = _FIELD(description="The entity's currency (ISO 4217).")
    owner_role: str | None = _FIELD(description="The role that should act.")
    occurrences: int | None = _FIELD(description="How often it has arisen.")
    actor: str = _FIELD(description="Whose action brought it about.")
    occurred_at: datetime = _FIELD(description="When it happened.")
    cursor: Cursor = _FIELD(description="The place in the stream, for `after`.")


async def exception_events(
    info: strawberry.Info[RequestContext, None],
    after: Annotated[
        Cursor | None, _ARGUMENT(description="Begin behind this event; begin with the next one if left out.")
    ] = None,
    entity_id: Annotated[strawberry.ID | None, _ARGUMENT(description="Only of this legal entity.")] = None,
    kinds: Annotated[list[ExceptionEventKind] | None, _ARGUMENT(description="Only of these kinds.")] = None,
    case_id: Annotated[strawberry.ID | None, _ARGUMENT(description="Only what happens to this case.")] = None,
) -> AsyncGenerator[ExceptionEvent, None]:
    """Follows the cases; the arguments are checked before it begins."""
    types = list(ExceptionEventKind) if kinds is None else kinds
    asked = StreamRequest(after=after, entity_id=entity_id, subject_id=case_id, types=types)
    stream = follow_events(info.context, asked, resource=Resource.EXCEPTION_CASE, authorise_event=_may_read_case)
    return _shown(info.context, stream)


def _may_read_case(actor: Actor, event: PositionedEvent) -> bool:
    return may_read_event(actor, event.entity_id, (Resource.EXCEPTION_CASE,))


async def _shown(
    context: RequestContext, stream: AsyncGenerator[PositionedEvent, None]
) -> AsyncGenerator[ExceptionEvent, None]:
    async with aclosing(stream):
        async for event in stream:
            yield _exception_event(context, event)


def _exception_event(context: RequestContext, event: PositionedEvent) -> ExceptionEvent:
    facts: Mapping[str, Any] = payload_for(context, event)
    severity = facts.get("severity")
    return ExceptionEvent(
        kind=ExceptionEventKind(event.type),
        case_id=strawberry.ID(public_id(context.registry, event.subject_type, event.subject_id, event.entity_id)),
        entity_id=strawberry.ID(encode_id("LegalEntity", event.entity_id)) if event.entity_id else None,
        type=CaseType(facts["type"]),
        status=CaseStatus(facts["status"]),
        summary=facts.get("summary"),
        severity=None if severity is None else Decimal(severity),
        currency=facts.get("currency"),
        owner_role=facts.get("ownerRole"),
        occurrences=facts.get("occurrences"),
        actor=event.actor,
        occurred_at=event.occurred_at,
        cursor=encode_position(event.position),
    )


SUBSCRIPTIONS: Mapping[str, object] = {
    "exception_events": strawberry.subscription(
        resolver=exception_events, description="Cases as they open, recur and close: the past behind `after` first."
    )
}
