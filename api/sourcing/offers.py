"""`interCompanyOffers`: what other legal entities of the group could spare, under the agreements that they gave."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError

from api.context import RequestContext
from api.reads.cost import ElementCost
from api.reads.errors import bad_argument, public_id
from api.reads.preparing import COSTS
from api.values.enums import graphql_enum
from api.values.ids import encode_id
from authz.vocabulary import Action, Resource
from domain.sourcing.offer_queries import ROWS_OF_AN_ITEM_MAX
from domain.sourcing.offers import find_offers
from domain.sourcing.rules import Offer, OfferCut
from kernel.operation import Operation
from kernel.refusal import Code
from masterdata.agreements.queries import AGREEMENTS_MAX

ITEMS_MAX = 100
COST = ElementCost(fixed=2 * AGREEMENTS_MAX, each=ROWS_OF_AN_ITEM_MAX, argument="itemIds")
"""The agreements, each of which is written down as used, and the balances of each item."""

_FIELD = strawberry.field
_ARGUMENT = strawberry.argument


graphql_enum(OfferCut)


@strawberry.type(description="What another legal entity could spare of an item, at one of its sites.")
class InterCompanyOffer:
    """One offer."""

    agreement: str = _FIELD(description="The code of the agreement under which it is offered.")
    giver: str = _FIELD(description="The code of the legal entity that offers it.")
    site: str = _FIELD(description="The code of the site where it lies.")
    item_id: strawberry.ID = _FIELD(description="The item.")
    sku: str = _FIELD(description="The item's SKU.")
    quantity: Decimal = _FIELD(description="How much there is above what the giver keeps, in base units.")
    unit_price: Decimal = _FIELD(description="The agreed price of one base unit, in `currency`.")
    currency: str = _FIELD(description="The giver's currency (ISO 4217).")
    earliest_date: date = _FIELD(description="The first day on which the site can hand it over.")


@strawberry.type(description="What other legal entities could spare.")
class InterCompanyOffers:
    """The offers, and what was left out."""

    offers: list[InterCompanyOffer] = _FIELD(description="By agreement, item and site.")
    cut: list[OfferCut] = _FIELD(description="Why there may be more; empty where these are all.")


async def inter_company_offers(
    info: strawberry.Info[RequestContext, None],
    entity_id: Annotated[strawberry.ID, _ARGUMENT(description="The legal entity that looks for goods.")],
    item_ids: Annotated[list[strawberry.ID], _ARGUMENT(description=f"The items, {ITEMS_MAX} at most.")],
) -> InterCompanyOffers | None:
    """Looks under each agreement in force; an operation of its own, because each look is written down."""
    items = _items(item_ids)
    taker_id = await _taker(info.context, entity_id)
    # One connection at a time: aliases of one request take turns.
    context = info.context
    async with context.reads.turn, context.database.app.transaction(context.actor.row_context) as transaction:
        op = Operation(transaction=transaction, actor=context.actor, now=context.clock())
        found = await find_offers(op, taker_id, items)
        await transaction.commit()
    return InterCompanyOffers(offers=[_shown(offer) for offer in found.offers], cut=list(found.cut))


def _items(item_ids: list[strawberry.ID]) -> frozenset[UUID]:
    if len(item_ids) > ITEMS_MAX:
        raise bad_argument(f"itemIds takes {ITEMS_MAX} ids at most, not {len(item_ids)}.")
    asked = [public_id(f"itemIds.{place}", text) for place, text in enumerate(item_ids)]
    if any(each.type != "Item" for each in asked):
        raise bad_argument("itemIds takes ids of Item.")
    return frozenset(each.id for each in asked)


async def _taker(context: RequestContext, text: str) -> UUID:
    """The legal entity, if the actor may use its agreements; one where they may not is not found, like none at all."""
    asked = public_id("entityId", text)
    usable = _usable(context)
    if asked.type == "LegalEntity" and asked.id in usable:
        return asked.id
    code, message = _NOT_THERE if usable else _NOWHERE
    error = GraphQLError(message, extensions={"code": str(code)})
    await context.record_refusal("Query.interCompanyOffers", error)
    raise error


_NOT_THERE = (Code.NOT_FOUND, "Legal entity not found.")
_NOWHERE = (Code.FORBIDDEN, "You have no right to use agreements between legal entities.")


def _usable(context: RequestContext) -> frozenset[UUID]:
    """Where the actor may use agreements; an outsider may nowhere, whatever rules say."""
    if context.actor.partner_id is not None:
        return frozenset()
    return context.actor.access.entities(Resource.INTER_COMPANY_AGREEMENT, Action.USE)


def _shown(offer: Offer) -> InterCompanyOffer:
    return InterCompanyOffer(
        agreement=offer.agreement_code,
        giver=offer.giver_code,
        site=offer.site_code,
        item_id=strawberry.ID(encode_id("Item", offer.item_id)),
        sku=offer.sku,
        quantity=offer.quantity,
        unit_price=offer.unit_price,
        currency=offer.currency,
        earliest_date=offer.earliest_date,
    )


QUERIES: Mapping[str, object] = {
    "inter_company_offers": strawberry.field(
        resolver=inter_company_offers,
        description="What other legal entities could spare, under agreements with this one; each look is written down.",
        metadata={COSTS: COST},
    )
}
