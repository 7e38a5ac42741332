"""From what a customer wishes to lines that can be accepted: items found, quantities converted, prices chosen."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import partial
from uuid import UUID

from authz.actor import Actor
from authz.sight import may_know
from authz.vocabulary import Resource
from domain.orders.queries.placing import gather_items
from domain.orders.rules import DraftLine, ItemTerms, LineWish, draft_line
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.refusal import Refusal
from masterdata.units.queries import gather_measures
from masterdata.units.rules import Measure


async def draft_lines(
    op: Operation[Actor], entity_id: UUID, wishes: Sequence[LineWish], *, currency: str, today: date
) -> list[DraftLine]:
    """The lines in their order. Raises Refusal with every reason against any of them."""
    wanted = {wish.item_id for wish in wishes}
    found = await gather_items(op, entity_id=entity_id, item_ids=wanted, currency=currency)
    may = partial(may_know, op.actor, Resource.ITEM, entity_id)
    items = {item.item_id: item for item in found.values() if may(is_published=item.is_published)}
    measures = await _measures(op, wishes, items)
    drafted = [
        draft_line(wish, items.get(wish.item_id), measures, line_id=new_id(), index=index, today=today)
        for index, wish in enumerate(wishes)
    ]
    refused = [reason for line in drafted if isinstance(line, tuple) for reason in line]
    if refused:
        raise Refusal(*refused)
    return [line for line in drafted if isinstance(line, DraftLine)]


async def _measures(
    op: Operation[Actor], wishes: Collection[LineWish], items: Mapping[UUID, ItemTerms]
) -> Mapping[str, Measure]:
    """The units that are none of their item's: most orders name none, and are not held up by looking for them."""
    pairs = ((wish.unit, items[wish.item_id]) for wish in wishes if wish.unit and wish.item_id in items)
    foreign = {code for unit, item in pairs if unit not in item.factors for code in (unit, item.base_unit)}
    return await gather_measures(op, foreign) if foreign else {}
