"""Open stock: what an entity has when it starts, taken over with its value.

Each line carries a reference of the system that it comes from; a line whose reference was taken before is passed over,
so that an import can be repeated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from authz.access import authorise
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from domain.finance.accounts import Account
from domain.finance.post import Posting, Side, post
from domain.finance.queries import apply_layers, lock_layers
from domain.finance.rules import Layer
from domain.inventory.move import Move, Place, apply_moves, lock_moved, received_layers
from domain.inventory.queries.opening import OpeningTerms, gather_opening, taken_references
from kernel.commands import argument
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import AMOUNT_MAX, round_money
from kernel.operation import Operation
from kernel.outcome import Done, Notice
from kernel.quantity import check_counted
from kernel.refusal import Refusal, Refused, invalid, not_found


@dataclass(frozen=True)
class OpeningLine:
    """So much of an item in a location, at a cost per base unit."""

    item_id: UUID = argument("The item.", refers_to="Item")
    location_id: UUID = argument("The bin or site.", refers_to="Location")
    quantity: Decimal = argument("How much, in base units.")
    unit_cost: Decimal = argument("What one base unit cost, in the entity's currency.")
    reference: str = argument("The key of the line in the system that it comes from.")


@dataclass(frozen=True)
class OpenStock:
    """The opening stock of an entity, or a part of it."""

    entity_id: UUID = argument("The legal entity.", refers_to="LegalEntity")
    lines: tuple[OpeningLine, ...] = argument("What is where.")


async def open_stock(op: Operation[Actor], command: OpenStock) -> Done:
    """Books the lines that were not taken before: movements, balances, layers and journal. The rest is passed over."""
    authorise(op, Resource.MOVEMENT, Action.RECORD, command.entity_id)
    terms = await gather_opening(
        op,
        command.entity_id,
        location_ids={line.location_id for line in command.lines},
        item_ids={line.item_id for line in command.lines},
    )
    _check(command, terms)
    await lock_moved(op, command.entity_id, [(line.item_id, _target(line, terms)) for line in command.lines])
    # Asked under lock: another import of the same lines has either taken them by now, or waits for this one.
    taken = await taken_references(op, command.entity_id, {line.reference for line in command.lines})
    lines = [line for line in command.lines if line.reference not in taken]
    if lines:
        await _book(op, command.entity_id, lines, terms)
    passed_over = len(command.lines) - len(lines)
    notices = (Notice("ALREADY_TAKEN", f"{passed_over} lines were taken before."),) if passed_over else ()
    return Done({}, notices)


def _check(command: OpenStock, terms: OpeningTerms) -> None:
    problems = [reason for index, line in enumerate(command.lines) for reason in _problems(line, index, terms)]
    references = [line.reference for line in command.lines]
    if len(set(references)) < len(references):
        problems.append(invalid("Two lines have the same reference.", "lines"))
    if problems:
        raise Refusal(*problems)


def _problems(line: OpeningLine, index: int, terms: OpeningTerms) -> Iterator[Refused]:
    path = ("lines", index)
    if line.location_id not in terms.sites:
        yield not_found("Location", *path, "locationId")
    if line.item_id not in terms.increments:
        yield not_found("Item", *path, "itemId")
    elif problem := check_counted(line.quantity, terms.increments[line.item_id], *path, "quantity"):
        yield problem
    elif not line.unit_cost.is_finite() or line.unit_cost < 0 or line.quantity * line.unit_cost > AMOUNT_MAX:
        yield invalid("The unit cost must be a sum that can be booked.", *path, "unitCost")


async def _book(op: Operation[Actor], entity_id: UUID, lines: Sequence[OpeningLine], terms: OpeningTerms) -> None:
    document_id, books = new_id(), terms.books
    moves = [_move(line, document_id, terms) for line in lines]
    layers = await lock_layers(op, entity_id, {line.item_id for line in lines}, currency=books.currency)
    await apply_moves(op, entity_id, moves)
    await apply_layers(op, entity_id, received_layers(layers, moves))
    postings = [_posting(move, layers[move.item_id]) for move in moves]
    await post(op, entity_id, postings, accounting_date=books.day_of(op.now))
    op.record(
        Event(
            type="StockOpened",
            subject_type="LegalEntity",
            subject_id=entity_id,
            entity_id=entity_id,
            payload={"lines": len(moves), "value": sum(move.value for move in moves), "currency": books.currency},
        )
    )


def _target(line: OpeningLine, terms: OpeningTerms) -> Place:
    return Place(line.location_id, terms.sites[line.location_id])


def _move(line: OpeningLine, document_id: UUID, terms: OpeningTerms) -> Move:
    currency = terms.books.currency
    return Move(
        item_id=line.item_id,
        origin=Place(terms.adjustment_id, None),
        target=_target(line, terms),
        quantity=line.quantity,
        value=round_money(line.quantity * line.unit_cost, currency),
        currency=currency,
        document_type="OpeningStock",
        document_id=document_id,
        reference=line.reference,
    )


def _posting(move: Move, layer: Layer) -> Posting:
    return Posting(
        debit=Side(Account.STOCK, layer.id),
        credit=Side(Account.OPENING_BALANCE),
        amount=move.value,
        currency=move.currency,
        document_type=move.document_type,
        document_id=move.document_id,
        item_id=move.item_id,
    )
