"""The figures of a refusal: how much stock there is tells what only those may know who may read balances."""

from dataclasses import replace

from authz.actor import Actor
from authz.vocabulary import Action, Resource
from kernel.refusal import Code, Refused


def tellable(refused: Refused, actor: Actor) -> Refused:
    """The refusal as the actor may be told it."""
    if refused.code is not Code.INSUFFICIENT_STOCK or _knows_stock(actor):
        return refused
    data = {**refused.data, "available": None}
    return replace(refused, message="There is not enough of it to be had as it was asked for.", data=data)


def _knows_stock(actor: Actor) -> bool:
    return actor.partner_id is None and actor.access.anywhere(Resource.BALANCE, Action.READ)
