"""Who may read events: what happened is as confidential as whom it happened to.

Whose right depends on the row reads no events of it: an event does not carry the row. Outsiders read no events; what
concerns a partner reaches them through the partner's own documents. A fact of the whole group is for everybody who has
the right in some legal entity.
"""

from collections.abc import Iterable
from uuid import UUID

from authz.actor import Actor
from authz.fields import Shown
from authz.policies.compile import NOWHERE
from authz.sight import reads_every_row
from authz.vocabulary import AUDITED, RESTRICTABLE, Action, Resource


def readable_events(actor: Actor, resource: Resource) -> frozenset[UUID | None]:
    """The legal entities whose events the actor may read; among them None, which stands for the whole group."""
    entities = NOWHERE if actor.partner_id is not None else actor.access.entities_of_every_row(resource, Action.READ)
    return entities | {None} if entities else frozenset()


def may_read_event(actor: Actor, entity_id: UUID | None, resources: Iterable[Resource]) -> bool:
    """Whether the actor may read an event of this legal entity (None: the group), for which all `resources` stand."""
    return reads_every_row(actor, entity_id, resources)


def may_read_copy(actor: Actor, entity_id: UUID | None, resource: Resource, field: str) -> bool:
    """Whether the actor may be told the value of a field that an event copied.

    What is audited is never told by an event: no row would say who was told it.
    """
    if field not in RESTRICTABLE.get(resource, frozenset()):
        return True
    right = actor.field(resource, field)
    if field in AUDITED.get(resource, frozenset()) or right.shown is Shown.NOWHERE:
        return False
    return right.shown is Shown.EVERYWHERE or entity_id in actor.rows.parameters[str(right.parameter)]
