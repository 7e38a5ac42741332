"""Values that events copied from fields: who may not see the field does not see the copy.

A fact stays as it was written, for those who may read all of it. What a subscriber is sent is decided by their rights
of that moment, value by value: a copy of a field that is masked to them is null.
"""

from collections.abc import Mapping
from typing import Any

from strawberry.utils.str_converters import to_snake_case

from api.context import RequestContext
from authz.events import may_read_copy
from authz.vocabulary import Resource
from kernel.positions import PositionedEvent

COPIES: Mapping[tuple[str, str], tuple[Resource, str]] = {
    ("LegalEntity", "value"): (Resource.MOVEMENT, "value"),
    ("PurchaseOrder", "value"): (Resource.RECEIPT, "value"),
    ("SalesOrder", "cost"): (Resource.SHIPMENT, "value"),
}
"""What tells a field under another name, or a field of another resource: by the subject's type and the name."""


def payload_for(context: RequestContext, event: PositionedEvent) -> dict[str, Any]:
    """The facts of an event as the actor may know them now."""
    return {name: _told(context, event, name, value) for name, value in event.payload.items()}


def _told(context: RequestContext, event: PositionedEvent, name: str, value: Any) -> Any:
    copied = COPIES.get((event.subject_type, name)) or _same(context, event, name)
    if copied is not None and not may_read_copy(context.actor, event.entity_id, *copied):
        return None
    if isinstance(value, Mapping):
        return {each: _told(context, event, each, inner) for each, inner in value.items()}
    return [_told(context, event, name, each) for each in value] if isinstance(value, list) else value


def _same(context: RequestContext, event: PositionedEvent, name: str) -> tuple[Resource, str] | None:
    """The field of the subject that has this name, or of its lines."""
    resource = context.parts.resources.get(event.subject_type)
    return None if resource is None else (resource, to_snake_case(name))
