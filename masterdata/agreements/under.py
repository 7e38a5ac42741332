"""Using an agreement: the only way in which an operation looks across legal entities or writes on both sides.

What PostgreSQL lets a statement touch is said by the signed context (kernel/contexts.py). Everywhere else that is what
the actor's roles reach. Here, for the length of a block, it is what an agreement opens, and nothing that it does not:

- OFFERS: the taker's rows, and of the giver those of tables that are declared `offered`; nothing is written.
- PAIR: the rows of the two parties, to be read and written, whatever else the actor may read or write elsewhere.

What several givers offer one taker is looked at together (`under_offers`), in one context that offers them all.

When the block ends or fails, the context before is in force again (`Transaction.within_context`, kernel/writers.py).
Each use is written down before it begins, with the transaction that it is a part of.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from authz.access import forbidden
from authz.actor import Actor
from authz.policies.conditions.python import RowValues
from authz.vocabulary import Action, Resource
from kernel.audit import AuditEntry, audit_row
from kernel.contexts import RowContext
from kernel.operation import Operation
from kernel.refusal import Code, Refusal, Refused, not_found
from masterdata.agreements.agreement import Agreement
from masterdata.agreements.lifecycle import Purpose
from masterdata.agreements.queries import AGREEMENTS_MAX, gather_agreement, gather_in_force

_RESOURCE = Resource.INTER_COMPANY_AGREEMENT


@asynccontextmanager
async def under_agreement(op: Operation[Actor], agreement_id: UUID, purpose: Purpose) -> AsyncIterator[Agreement]:
    """Runs a block in the context of an agreement, for one purpose.

    Refuses with NOT_FOUND who is on neither side of it, with FORBIDDEN who may not use it for its taker, and with
    INVALID_TRANSITION where it is not in force today or does not cover the purpose.
    """
    agreement = await _usable(op, agreement_id, purpose)
    await op.insert(AuditEntry, [_written_down(op, agreement, purpose)])
    # Each fact is written in the context in which it happened: those about the giver can be in this one alone.
    await op.tell()
    async with op.transaction.within_context(_opened(op.actor, agreement, purpose)), op.part():
        yield agreement


@dataclass(frozen=True)
class Usable:
    """The agreements that a taker looks under; `is_cut` where there are more."""

    agreements: tuple[Agreement, ...]
    is_cut: bool

    @property
    def giver_ids(self) -> tuple[UUID, ...]:
        """The legal entities that gave them."""
        return tuple(sorted({each.giver_entity_id for each in self.agreements}))


@asynccontextmanager
async def under_offers(op: Operation[Actor], taker_id: UUID) -> AsyncIterator[Usable]:
    """Runs a block in the context of all agreements under which a taker may look at offers now.

    However many there are, it takes the same few statements. Without any the block runs in the context before.
    """
    found = await gather_in_force(op, taker_id, Purpose.OFFERS)
    usable = tuple(each for each in found[:AGREEMENTS_MAX] if may_use(op.actor, each))
    asked = Usable(usable, is_cut=len(found) > AGREEMENTS_MAX)
    if not usable:
        yield asked
        return
    op.authorise(taker_id)
    await op.insert(AuditEntry, [_written_down(op, each, Purpose.OFFERS) for each in usable])
    await op.tell()
    async with op.transaction.within_context(_offering(op.actor, taker_id, asked.giver_ids)), op.part():
        yield asked


def may_use(actor: Actor, agreement: Agreement) -> bool:
    """Whether somebody may use an agreement, in the name of its taker. Outsiders use none."""
    taker = agreement.taker_entity_id
    return actor.partner_id is None and actor.may(_RESOURCE, Action.USE, taker, _row(agreement))


async def _usable(op: Operation[Actor], agreement_id: UUID, purpose: Purpose) -> Agreement:
    agreement = await gather_agreement(op, agreement_id)
    if agreement is None or not _is_seen(op.actor, agreement):
        raise Refusal(not_found("Inter-company agreement", "agreementId"))
    op.entity_id = op.entity_id or _own_side(op.actor, agreement)  # a refusal is audited with it
    if not may_use(op.actor, agreement):
        raise Refusal(forbidden(_RESOURCE, Action.USE))
    if why := agreement.why_unusable(purpose):
        raise Refusal(Refused(Code.INVALID_TRANSITION, why, ("agreementId",)))
    op.authorise(agreement.taker_entity_id)
    return agreement


def _is_seen(actor: Actor, agreement: Agreement) -> bool:
    sides = (actor.may(_RESOURCE, Action.READ, each, _row(agreement)) for each in agreement.parties)
    return actor.partner_id is None and any(sides)


def _own_side(actor: Actor, agreement: Agreement) -> UUID:
    """The party for which the actor speaks; it is the taker where they speak for both."""
    taker, giver = agreement.taker_entity_id, agreement.giver_entity_id
    return taker if actor.may(_RESOURCE, Action.READ, taker, _row(agreement)) else giver


def _opened(actor: Actor, agreement: Agreement, purpose: Purpose) -> RowContext:
    """The context of the block. It ends with the actor's own."""
    match purpose:
        case Purpose.OFFERS:
            return _offering(actor, agreement.taker_entity_id, (agreement.giver_entity_id,))
        case Purpose.PAIR:
            own = replace(actor.row_context, partner_id=None)
            return replace(own, entities_read=agreement.parties, entities_write=agreement.parties)


def _offering(actor: Actor, taker_id: UUID, giver_ids: tuple[UUID, ...]) -> RowContext:
    own = replace(actor.row_context, partner_id=None)
    return replace(own, entities_read=(taker_id,), entities_write=(), offering=giver_ids)


def _written_down(op: Operation[Actor], agreement: Agreement, purpose: Purpose) -> dict[str, Any]:
    detail = {
        "agreement": agreement.id,
        "code": agreement.code,
        "purpose": purpose,
        "giver": agreement.giver_entity_id,
        "taker": agreement.taker_entity_id,
    }
    asked = f"InterCompanyAgreement.{purpose}"
    return audit_row(op.actor, asked, "done", detail, at=op.now, entity_id=agreement.taker_entity_id)


def _row(agreement: Agreement) -> RowValues:
    """What the conditions of the policy may ask of it."""
    return asdict(agreement)
