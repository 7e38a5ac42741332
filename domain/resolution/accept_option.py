"""Accept a sourcing option: the transfer or purchase order is made, and its goods are promised to the waiting demand.

The option is checked against the facts of this moment. One that cannot be had any more as it was offered is refused,
and the refusal carries the fresh ranking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz.access import access, foresee
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.cases.close import close_cases
from domain.inventory.queries.balances import lock_site_balances
from domain.inventory.queries.claims import gather_named_claims, lock_demands
from domain.inventory.rules import Stock, StockKey
from domain.inventory.serving import Claim, Goods
from domain.orders.queries.waiting import lock_orders
from domain.orders.serve import gather_short, promise_goods
from domain.orders.shortfall import gather_shortfall
from domain.resolution.make import MadeDocument, make_document
from domain.sourcing.detect import rank_shortfalls
from domain.sourcing.lifecycle import OptionKind, OptionStatus
from domain.sourcing.model import Shortage
from domain.sourcing.queries import apply_choice, gather_option, lock_shortages, still_sells
from domain.sourcing.rules import OfferedOption, Option, Seller, find_standing
from kernel.commands import argument
from kernel.events import Event
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Code, Refusal, Refused, not_found
from masterdata.entities.queries import Books, gather_books

_NOUN = "Sourcing option"
_MAKES: Mapping[str, Resource] = {OptionKind.TRANSFER: Resource.TRANSFER_ORDER, OptionKind.BUY: Resource.PURCHASE_ORDER}
"""What accepting makes. To choose takes the right to make it as well: a shortage is no way around a buyer's limit."""


@dataclass(frozen=True)
class AcceptSourcingOption:
    """The choice of one way out of a shortage."""

    entity_id: UUID = argument("The legal entity that is short.", entity_of="option_id")
    option_id: UUID = argument("The option.", refers_to="SourcingOption")
    expected_version: int = argument("The version of the shortage that you saw.")


@dataclass(frozen=True)
class _Choice:
    """What was chosen, under lock: who is short, of them the one it is for, and the giver's stock."""

    entity_id: UUID
    offered: OfferedOption
    claim: Claim
    claimants: frozenset[UUID]
    stocks: Mapping[StockKey, Stock]
    books: Books
    today: date


async def accept_sourcing_option(op: Operation[Actor], command: AcceptSourcingOption) -> Done:
    """Makes the document and pegs its goods to the demand; what is bought beyond it goes to others who are short.

    Refuses an option that was decided on already, one that is stale, and one whose document the actor may not make.
    """
    entity_id = command.entity_id
    offered = await gather_option(op, entity_id, command.option_id)
    if offered is None:
        raise Refusal(not_found(_NOUN, "optionId"))
    await _access_shortage(op, command, offered)
    foresee(op, _MAKES[offered.kind], Action.CREATE, entity_id)
    choice = await _lock(op, command, offered)
    option = await _check(op, choice)
    made = await make_document(op, entity_id, option, claim=choice.claim, stocks=choice.stocks, today=choice.today)
    if isinstance(option.inputs, Seller) and not await still_sells(op, option.inputs):
        raise Refusal(_stale([], entity_id, choice.books.currency))
    await apply_choice(op, entity_id, offered.id)
    op.record(_accepted(choice, option, made))
    await _promise(op, choice, made)
    shortage = Ref("Shortage", offered.shortage_id, entity_id, command.expected_version + 1)
    return Done({"shortage": (shortage,), made.field: (made.ref,)})


async def _access_shortage(op: Operation[Actor], command: AcceptSourcingOption, offered: OfferedOption) -> None:
    """Whether the actor may choose, and saw the shortage as it is. One that is hidden hides that there is an option."""
    await access(
        op,
        Shortage,
        entity_id=command.entity_id,
        row_id=offered.shortage_id,
        resource=Resource.SHORTAGE,
        action=Action.ACCEPT,
        noun=_NOUN,
        expected_version=command.expected_version,
        path=("optionId",),
    )


async def _lock(op: Operation[Actor], command: AcceptSourcingOption, offered: OfferedOption) -> _Choice:
    """Locks all who are short and the giver's stock; then looks at version, option and demand again.

    Others are short of the same item: the supplier's minimum may bring enough for them too.
    """
    entity_id = command.entity_id
    (claim,) = await gather_named_claims(op, entity_id, [offered.demand_id])
    short = [claim, *await gather_short(op, entity_id, [claim.key])]
    claimants = frozenset(each.demand_id for each in short)
    await lock_orders(op, entity_id, [each.document_id for each in short])
    await lock_shortages(op, entity_id, claimants)
    await _access_shortage(op, command, offered)
    await lock_demands(op, entity_id, claimants)
    given = [StockKey(claim.key.item_id, offered.source_id)] if offered.kind == OptionKind.TRANSFER else []
    stocks = await lock_site_balances(op, entity_id, given)
    current = await gather_option(op, entity_id, offered.id)
    assert current is not None, "options are never deleted"
    (claim,) = await gather_named_claims(op, entity_id, [offered.demand_id])
    books = await gather_books(op, entity_id)
    return _Choice(entity_id, current, claim, claimants, stocks, books, books.day_of(op.now))


async def _check(op: Operation[Actor], choice: _Choice) -> Option:
    """The option as it can be had now."""
    status = choice.offered.status
    if status != OptionStatus.OFFERED:
        message = f"The option is {status}; only one that is offered can be accepted."
        raise Refusal(Refused(Code.INVALID_TRANSITION, message, ("optionId",), {"from": status, "to": "chosen"}))
    shortfall = await gather_shortfall(op, choice.entity_id, choice.claim)
    (ranked,) = await rank_shortfalls(
        op, choice.entity_id, [shortfall], currency=choice.books.currency, today=choice.today
    )
    option = find_standing(choice.offered, ranked)
    if option is None:
        raise Refusal(_stale(ranked, choice.entity_id, choice.books.currency))
    return option


def _stale(ranked: Iterable[Option], entity_id: UUID, currency: str) -> Refused:
    fresh = [
        {
            "rank": rank,
            "kind": option.kind,
            "entity_id": entity_id,
            "from_site_id": option.source_id if option.kind == OptionKind.TRANSFER else None,
            "supplier_id": option.source_id if option.kind == OptionKind.BUY else None,
            "quantity": option.quantity,
            "arrival_date": option.arrival_date,
            "landed_cost": option.landed_cost,
            "currency": currency,
            "reason": option.reason,
        }
        for rank, option in enumerate(ranked, start=1)
    ]
    message = "The option cannot be had any more as it was offered. The data say what can be had now."
    return Refused(Code.OPTION_STALE, message, ("optionId",), {"options": fresh})


async def _promise(op: Operation[Actor], choice: _Choice, made: MadeDocument) -> None:
    """Pegs the goods to the demand they were got for, what is beyond it to others; moves orders and shortages on."""
    cleared = await promise_goods(
        op,
        choice.entity_id,
        Goods(offered=made.supplies, first=choice.claim.demand_id),
        claimants=choice.claimants,
        document_id=made.ref.id,
        books=choice.books,
    )
    await close_cases(op, choice.entity_id, cleared)


def _accepted(choice: _Choice, option: Option, made: MadeDocument) -> Event:
    payload: dict[str, Any] = {
        "optionId": choice.offered.id,
        "kind": option.kind,
        "fromSiteId": option.source_id if option.kind == OptionKind.TRANSFER else None,
        "supplierId": option.source_id if option.kind == OptionKind.BUY else None,
        "quantity": option.quantity,
        "arrivalDate": option.arrival_date,
        "landedCost": option.landed_cost,
        "purchaseOrderId": made.ref.id if option.kind == OptionKind.BUY else None,
        "transferOrderId": made.ref.id if option.kind == OptionKind.TRANSFER else None,
    }
    return Event(
        type="SourcingOptionAccepted",
        subject_type="Shortage",
        subject_id=choice.offered.shortage_id,
        entity_id=choice.entity_id,
        payload=payload,
    )
