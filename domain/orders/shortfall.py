"""What a demand is short of, and what it would sell for."""

from collections.abc import Iterable
from uuid import UUID

from authz.actor import Actor
from domain.inventory.rules import NOTHING
from domain.inventory.serving import Claim, Share
from domain.orders.queries.waiting import gather_placed_lines
from domain.orders.rules import PlacedLine, SettledLine
from domain.sourcing.rules import Shortfall
from kernel.operation import Operation


async def gather_shortfall(op: Operation[Actor], entity_id: UUID, claim: Claim) -> Shortfall:
    """What the demand is short of now."""
    lines = await gather_placed_lines(op, entity_id, [claim.document_id])
    return shortfall_of(Share(claim), lines.get(claim.line_id))


def shortfall_of(share: Share, line: PlacedLine | None) -> Shortfall:
    """What is short of a demand, at the price of its order line; a demand that sells nothing is worth nothing."""
    claim = share.claim
    return Shortfall(claim.demand_id, claim.key, share.short, claim.due_date, line.unit_price if line else NOTHING)


def shortfalls_of(lines: Iterable[SettledLine]) -> list[Shortfall]:
    """What lines that are being placed are short of, at their prices."""
    return [
        Shortfall(
            demand_id=line.allocation.wanted.demand_id,
            key=line.allocation.wanted.key,
            quantity=line.allocation.short,
            due_date=line.draft.requested_date,
            unit_value=line.draft.price.amount,
        )
        for line in lines
        if line.allocation and line.allocation.short
    ]
