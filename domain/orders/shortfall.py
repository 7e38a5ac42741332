"""The step that says what a demand is short of, and what it would sell for."""

from uuid import UUID

from authz.actor import Actor
from domain.inventory.rules import NOTHING
from domain.inventory.serving import Claim, Share
from domain.orders.queries.waiting import gather_placed_lines
from domain.orders.rules import PlacedLine
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
