"""Refresh the options of a shortage: what can be had now, ranked again. The answer to an option that is stale."""

from dataclasses import dataclass
from uuid import UUID

from authz.access import access
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.inventory.queries.claims import gather_named_claims
from domain.orders.queries.waiting import lock_orders
from domain.orders.shortfall import gather_shortfall
from domain.sourcing.detect import detect_shortages
from domain.sourcing.lifecycle import SHORTAGE_STATUS, ShortageStatus
from domain.sourcing.model import Shortage
from domain.sourcing.queries import gather_open_shortages
from kernel.commands import argument
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Refusal, invalid
from masterdata.entities.queries import gather_books


@dataclass(frozen=True)
class RefreshSourcingOptions:
    """The wish to see what can be done about a shortage now."""

    entity_id: UUID = argument("The legal entity that is short.", entity_of="shortage_id")
    shortage_id: UUID = argument("The shortage.", refers_to="Shortage")
    expected_version: int = argument("The version of the shortage that you saw.")


async def refresh_sourcing_options(op: Operation[Actor], command: RefreshSourcingOptions) -> Done:
    """Lapses what was offered and offers what can be had now. Refuses a shortage that is covered or over."""
    entity_id = command.entity_id
    seen = await _access(op, command)
    (claim,) = await gather_named_claims(op, entity_id, [seen])
    await lock_orders(op, entity_id, [claim.document_id])
    await _access(op, command, LockRank.SHORTAGE)
    (claim,) = await gather_named_claims(op, entity_id, [seen])
    standing = await gather_open_shortages(op, entity_id, [claim.demand_id])
    shortfall = await gather_shortfall(op, entity_id, claim)
    books = await gather_books(op, entity_id)
    await detect_shortages(
        op, entity_id, [shortfall], currency=books.currency, today=books.day_of(op.now), standing=standing
    )
    return Done({"shortage": (Ref("Shortage", command.shortage_id, entity_id, command.expected_version + 1),)})


async def _access(op: Operation[Actor], command: RefreshSourcingOptions, lock: LockRank | None = None) -> UUID:
    """The demand of the shortage, if the actor may answer it and saw it as it is."""
    shortage = await access(
        op,
        Shortage,
        entity_id=command.entity_id,
        row_id=command.shortage_id,
        resource=Resource.SHORTAGE,
        action=Action.ACCEPT,
        noun="Shortage",
        lock=lock,
        expected_version=command.expected_version,
        path=("shortageId",),
    )
    SHORTAGE_STATUS.require(shortage.status, ShortageStatus.PROPOSED)
    if shortage.status == ShortageStatus.EXECUTING:
        raise Refusal(invalid("The shortage is covered by what is on its way.", "shortageId"))
    demand_id: UUID = shortage.demand_id
    return demand_id
