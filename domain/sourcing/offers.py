"""Find what other legal entities of the group could spare, under the agreements that they gave."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from authz.actor import Actor
from domain.sourcing.offer_queries import gather_spare
from domain.sourcing.rules import Offer, OfferCut, Spare, agreed_price, spare_of
from kernel.operation import Operation
from masterdata.agreements.agreement import Agreement
from masterdata.agreements.under import under_offers


@dataclass(frozen=True)
class Offers:
    """What is offered, and why it may not be everything."""

    offers: tuple[Offer, ...]
    cut: tuple[OfferCut, ...]


async def find_offers(op: Operation[Actor], taker_id: UUID, item_ids: Collection[UUID]) -> Offers:
    """What the taker could have of these items, by agreement, item and site.

    Each agreement that is looked under is a use of it, and written down as one. All are looked under at once.
    """
    if not item_ids:
        return Offers((), ())
    async with under_offers(op, taker_id) as usable:
        spare, is_more = await gather_spare(op, usable.giver_ids, item_ids) if usable.agreements else ([], False)
    of_giver: defaultdict[UUID, list[Spare]] = defaultdict(list)
    for each in spare:
        of_giver[each.giver_id].append(each)
    offers = (
        offer for agreement in usable.agreements for offer in _offers(agreement, of_giver[agreement.giver_entity_id])
    )
    cuts = {OfferCut.AGREEMENTS: usable.is_cut, OfferCut.SITES: is_more}
    return Offers(tuple(offers), tuple(cut for cut, is_made in cuts.items() if is_made))


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
