"""`inventoryInvariants`: every invariant of the books, counted again from the rows behind it."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from api.context import RequestContext
from api.reads.errors import bad_argument
from api.values.ids import MalformedId, decode_id, encode_id
from authz.actor import Actor
from authz.sight import reads_every_row
from authz.vocabulary import Action, Resource
from domain.invariants.prove import Example, Proof, prove_invariants

ROWS_AT_WORST = 1_000
"""What one proof counts: it reads what the books are made of, and tells a few rows."""

_FIELD = strawberry.field


@strawberry.type(description="A violation of an invariant: what is kept, and what the rows say it must be.")
class InvariantExample:
    """One difference."""

    entity_id: strawberry.ID | None = _FIELD(description="The legal entity concerned.")
    subject_id: UUID = _FIELD(description="The row, item or account item that differs.")
    place_id: UUID | None = _FIELD(description="The place concerned, where there is one.")
    counted: Decimal = _FIELD(description="What is kept.")
    proved: Decimal = _FIELD(description="What the rows behind it add up to.")


@strawberry.type(description="Something that must be true of the books, and whether it is true now.")
class InventoryInvariant:
    """One proof."""

    name: str = _FIELD(description="Its name.")
    description: str = _FIELD(description="What must be true.")
    holds: bool = _FIELD(description="Whether it is true now.")
    violations: int = _FIELD(description="In how many places it is not.")
    examples: list[InvariantExample] = _FIELD(
        description="The largest differences, as far as you may read the rows that were counted."
    )


async def inventory_invariants(
    info: strawberry.Info[RequestContext, None],
    entity_id: Annotated[
        strawberry.ID | None, strawberry.argument(description="One legal entity; all that you may audit if left out.")
    ] = None,
) -> list[InventoryInvariant] | None:
    """Proves every invariant for the entities that the actor may audit. Who may audit none gets no proof."""
    scope = _scope(info.context.actor, entity_id)
    if not scope:
        return []
    context = info.context.actor.row_context
    async with info.context.database.app.transaction(context) as transaction:
        await transaction.show(context)
        proofs = await prove_invariants(transaction.driver, scope)
    return [_shown(proof, info.context.actor) for proof in proofs]


def _scope(actor: Actor, entity_id: str | None) -> frozenset[UUID]:
    audited = actor.access.entities(Resource.INVARIANTS, Action.READ)
    if entity_id is None:
        return audited
    try:
        asked = decode_id(entity_id)
    except MalformedId as error:
        raise bad_argument(f"entityId: {error}") from error
    if asked.type != "LegalEntity" or asked.id not in audited:
        raise bad_argument("entityId: there is no such legal entity that you may audit.")
    return frozenset({asked.id})


def _shown(proof: Proof, actor: Actor) -> InventoryInvariant:
    """Whoever may have the books proved learns whether they agree; by how much, who may read them."""
    told = (each for each in proof.examples if reads_every_row(actor, each.entity_id, proof.about))
    return InventoryInvariant(
        name=proof.name,
        description=proof.description,
        holds=proof.holds,
        violations=proof.violations,
        examples=[_shown_example(example) for example in told],
    )


def _shown_example(example: Example) -> InvariantExample:
    return InvariantExample(
        entity_id=strawberry.ID(encode_id("LegalEntity", example.entity_id)) if example.entity_id else None,
        subject_id=example.subject_id,
        place_id=example.place_id,
        counted=example.counted,
        proved=example.proved,
    )
