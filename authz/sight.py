"""What a refusal may tell: to name a row is to show it, so who may not read it is told that it is not found.

A use case looks at rows that its actor never reads by themselves: the item of an order, the stock behind it, the order
behind an invoice. It refuses in their words only to somebody who may read them.
"""

from uuid import UUID

from authz.actor import Actor
from authz.rows import OPEN_TO_PARTNERS, PARTNER_COLUMNS, PUBLISHED_TO_PARTNERS
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
    return resource in PARTNER_COLUMNS and partner_id == actor.partner_id
