"""Find what other legal entities of the group could spare, under the agreements that they gave."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from uuid import UUID

from authz.actor import Actor
from domain.sourcing.offer_queries import gather_spare
from domain.sourcing.rules import Offer, Spare, agreed_price, spare_of
from kernel.operation import Operation
from kernel.refusal import Refusal
from masterdata.agreements.agreement import Agreement
from masterdata.agreements.lifecycle import Purpose
from masterdata.agreements.queries import gather_in_force
from masterdata.agreements.under import may_use, under_agreement


async def find_offers(op: Operation[Actor], taker_id: UUID, item_ids: Collection[UUID]) -> list[Offer]:
    """What the taker could have of these items, by agreement, item and site.

    Each agreement that is looked under is a use of it, and written down as one.
    """
    usable = [each for each in await gather_in_force(op, taker_id, Purpose.OFFERS) if may_use(op.actor, each)]
    offers: list[Offer] = []
    for each in usable if item_ids else ():
        # One that is retired in this very moment is refused, and offers nothing.
        with suppress(Refusal):
            async with under_agreement(op, each.id, Purpose.OFFERS) as agreement:
                spare = await gather_spare(op, agreement.giver_entity_id, item_ids)
            offers += _offers(agreement, spare)
    return offers


def _offers(agreement: Agreement, spare: Iterable[Spare]) -> Iterator[Offer]:
    """No lane leads from one legal entity to another, so the day is that on which the giver's site hands it over."""
    for each in spare:
        quantity = spare_of(each.free, each.reorder_level, each.increment)
        if quantity > 0:
            yield Offer(
                agreement_code=agreement.code,
                giver_code=agreement.giver_code,
                item_id=each.item_id,
                sku=each.sku,
                site_code=each.site_code,
                quantity=quantity,
                unit_price=agreed_price(
                    each.unit_cost, markup_percent=agreement.markup_percent, currency=agreement.giver_currency
                ),
                currency=agreement.giver_currency,
                earliest_date=agreement.today,
            )
