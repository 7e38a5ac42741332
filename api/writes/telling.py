"""What a refusal tells: figures only to those who may read them where they come from.

How much stock there is tells what only those may know who may read balances; what a way out of a shortage costs, only
those who see the costs of options.
"""

from dataclasses import replace
from uuid import UUID

from authz.actor import Actor
from authz.events import may_read_copy
from authz.vocabulary import Action, Resource
from kernel.refusal import Code, Refused


def tellable(refused: Refused, actor: Actor) -> Refused:
    """The refusal as the actor may be told it."""
    match refused.code:
        case Code.INSUFFICIENT_STOCK if not _knows_stock(actor):
            data = {**refused.data, "available": None}
            return replace(refused, message="There is not enough of it to be had as it was asked for.", data=data)
        case Code.OPTION_STALE:
            options = [_without_cost(option, actor) for option in refused.data["options"]]
            return replace(refused, data={**refused.data, "options": options})
        case _:
            return refused


def _knows_stock(actor: Actor) -> bool:
    """Whether they read balances wherever they could be refused for want of stock: a refusal says not where it was."""
    if actor.partner_id is not None:
        return False
    wanting = (actor.access.entities(Resource.SALES_ORDER, each) for each in (Action.CREATE, Action.SHIP))
    known = actor.access.entities_of_every_row(Resource.BALANCE, Action.READ)
    return bool(known) and frozenset[UUID]().union(*wanting) <= known


def _without_cost(option: dict[str, object], actor: Actor) -> dict[str, object]:
    entity_id = option["entity_id"]
    assert isinstance(entity_id, UUID)
    sees = may_read_copy(actor, entity_id, Resource.SHORTAGE, "landed_cost")
    return option if sees else {**option, "landed_cost": None}
