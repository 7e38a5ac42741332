"""The decisions of fulfillment, over frozen values: what of an order may leave now, and what it costs.

All quantities are in the item's base unit; all values are in the entity's currency.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from domain.finance.rules import Layer
from domain.inventory.picking import Pick, ReservedDemand, ToPick
from domain.inventory.rules import NOTHING
from domain.orders.rules import OpenLine
from kernel.quantity import check_counted
from kernel.refusal import Code, Refused, not_found


@dataclass(frozen=True)
class ShipWish:
    """A part of an order that is to leave now."""

    line_id: UUID
    quantity: Decimal


@dataclass(frozen=True)
class Costed:
    """A pick with what its goods cost."""

    pick: Pick
    value: Decimal


def choose_all_reserved(lines: Mapping[UUID, OpenLine], demands: Mapping[UUID, ReservedDemand]) -> tuple[ToPick, ...]:
    """Everything that is reserved on stock, in the sequence of the lines."""
    reserved = [(line_id, demands[line_id]) for line_id in lines if line_id in demands and demands[line_id].reserved]
    return tuple(ToPick(line_id, demand.id, demand.key, demand.reserved) for line_id, demand in reserved)


def choose_wished(
    wishes: Sequence[ShipWish], lines: Mapping[UUID, OpenLine], demands: Mapping[UUID, ReservedDemand]
) -> tuple[ToPick, ...] | tuple[Refused, ...]:
    """The wished parts, summed by line; answers every reason against them instead."""
    malformed = [reason for index, wish in enumerate(wishes) for reason in _problems(index, wish, lines)]
    if malformed:
        return tuple(malformed)
    wanted: defaultdict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for wish in wishes:
        wanted[wish.line_id] += wish.quantity
    first_asked = {wish.line_id: index for index, wish in reversed(list(enumerate(wishes)))}
    excessive = [
        _more_than_reserved(first_asked[line_id], lines[line_id], quantity, demands.get(line_id))
        for line_id, quantity in wanted.items()
    ]
    if any(excessive):
        return tuple(reason for reason in excessive if reason)
    return tuple(
        ToPick(line_id, demands[line_id].id, demands[line_id].key, wanted[line_id])
        for line_id in lines
        if line_id in wanted
    )


def _problems(index: int, wish: ShipWish, lines: Mapping[UUID, OpenLine]) -> list[Refused]:
    line, path = lines.get(wish.line_id), ("lines", index)
    if line is None:
        return [not_found("Sales order line", *path, "salesOrderLineId")]
    problem = check_counted(wish.quantity, line.base_increment, *path, "quantity")
    return [problem] if problem else []


def _more_than_reserved(index: int, line: OpenLine, quantity: Decimal, demand: ReservedDemand | None) -> Refused | None:
    reserved = demand.reserved if demand else NOTHING
    if quantity <= reserved:
        return None
    message = (
        f"{quantity:f} {line.base_unit} of {line.sku} were to leave, "
        f"but only {reserved:f} are reserved on stock for this line."
    )
    return insufficient(message, line, quantity, reserved, "lines", index, "quantity")


def short_of_bins(
    to_pick: Iterable[ToPick], picks: Iterable[Pick], lines: Mapping[UUID, OpenLine]
) -> tuple[Refused, ...]:
    """A reason for each line whose goods are there, but set aside for other picks."""
    picked: defaultdict[UUID, Decimal] = defaultdict(lambda: NOTHING)
    for pick in picks:
        picked[pick.line_id] += pick.quantity
    lacking = [(lines[each.line_id], each.quantity, picked[each.line_id]) for each in to_pick]
    return tuple(
        insufficient(
            f"Only {found:f} of {quantity:f} {line.base_unit} of {line.sku} can be picked; "
            "the rest is set aside for other picks.",
            line,
            quantity,
            found,
        )
        for line, quantity, found in lacking
        if found < quantity
    )


def insufficient(message: str, line: OpenLine, requested: Decimal, available: Decimal, *path: str | int) -> Refused:
    """A refusal for want of stock that may leave."""
    data = {"item_id": line.item_id, "requested": requested, "available": available}
    return Refused(Code.INSUFFICIENT_STOCK, message, path, data)


def cost_picks(picks: Iterable[Pick], layers: Mapping[UUID, Layer]) -> tuple[tuple[Costed, ...], Mapping[UUID, Layer]]:
    """What each pick costs at moving average, and the layers afterwards.

    Picks of one item take from its layer in turn, so that their values add up to what the layer loses; whoever takes
    the last unit takes the remainder of the rounding.
    """
    left, costed = dict(layers), []
    for pick in picks:
        layer = left[pick.bin.item_id]
        costed.append(Costed(pick, layer.cost_of(pick.quantity)))
        left[pick.bin.item_id] = layer.issued(pick.quantity)
    return tuple(costed), left
