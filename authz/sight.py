"""What a refusal may tell: to name a row is to show it, so who may not read it is told that it is not found.

A use case looks at rows that its actor never reads by themselves: the item of an order, the stock behind it, the order
behind an invoice. It refuses in their words only to somebody who may read them.
"""

from collections.abc import Iterable
from uuid import UUID

from authz.actor import Actor
from authz.rows import OPEN_TO_PARTNERS, PUBLISHED_TO_PARTNERS, partner_column
from authz.vocabulary import Action, Resource


def may_know(
    actor: Actor,
    resource: Resource,
    entity_id: UUID,
    *,
    partner_id: UUID | None = None,
    is_published: bool = False,
) -> bool:
    """Whether the actor may be told of rows of a resource in a legal entity, or of the group, that name this partner.

    An outsider knows of nothing but what names their own, and what is published to all partners.
    """
    if not actor.may(resource, Action.READ, entity_id):
        return False
    if actor.partner_id is None or resource in OPEN_TO_PARTNERS:
        return True
    if resource in PUBLISHED_TO_PARTNERS:
        return is_published
    return partner_column(resource) is not None and partner_id == actor.partner_id


def reads_every_row(actor: Actor, entity_id: UUID | None, resources: Iterable[Resource]) -> bool:
    """Whether the actor may read whatever row of these resources there is in a legal entity (None: of the group).

    It is asked of what tells of rows and does not carry them. A fact of the whole group is for everybody who has the
    right in some legal entity; outsiders have none to every row.
    """
    if actor.partner_id is not None:
        return False
    return all(_reaches(actor.access.entities_of_every_row(resource, Action.READ), entity_id) for resource in resources)


def _reaches(entities: frozenset[UUID], entity_id: UUID | None) -> bool:
    return bool(entities) if entity_id is None else entity_id in entities
