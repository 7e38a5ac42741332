"""Prove the invariants: each is one statement that only reads."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from authz.vocabulary import Resource
from domain.invariants.goods import GOODS
from domain.invariants.masters import MASTERS
from domain.invariants.money import MONEY
from domain.invariants.statements import Invariant, differences
from domain.invariants.streams import STREAMS
from kernel.opening import Driver
from kernel.rows import Row
from kernel.statements import fetch
from masterdata.entities.model import LegalEntity

EXAMPLES_MAX = 5
INVARIANTS = (*GOODS, *MONEY, *MASTERS, *STREAMS)

_STATEMENTS = tuple((invariant, differences(invariant)) for invariant in INVARIANTS)
_ALL_ENTITIES = select(LegalEntity.id)


@dataclass(frozen=True)
class Example:
    """A violation: what is kept, and what the rows say it must be."""

    entity_id: UUID | None
    subject_id: UUID
    place_id: UUID | None
    counted: Decimal
    proved: Decimal


@dataclass(frozen=True)
class Proof:
    """The outcome for one invariant, with the largest differences as examples: of rows of the resources `about`."""

    name: str
    description: str
    about: tuple[Resource, ...]
    violations: int
    examples: tuple[Example, ...]

    @property
    def holds(self) -> bool:
        return not self.violations


async def prove_invariants(driver: Driver, entity_ids: Collection[UUID] | None) -> list[Proof]:
    """All invariants with their outcome, for these legal entities, or for all of the group when None is given."""
    scope = sorted(entity_ids) if entity_ids is not None else sorted((await fetch(driver, _ALL_ENTITIES, {})).scalars())
    given = {"entities": scope, "everywhere": entity_ids is None, "examples": EXAMPLES_MAX}
    proofs = []
    for invariant, statement in _STATEMENTS:
        proofs.append(_proof(invariant, (await fetch(driver, statement, given)).all()))
    return proofs


async def check_invariants(driver: Driver, entity_ids: Collection[UUID] | None) -> list[Proof]:
    """The invariants that do not hold."""
    return [proof for proof in await prove_invariants(driver, entity_ids) if not proof.holds]


def _proof(invariant: Invariant, rows: Sequence[Row]) -> Proof:
    examples = tuple(Example(row.entity_id, row.subject_id, row.place_id, row.counted, row.proved) for row in rows)
    violations = rows[0].violations if rows else 0
    return Proof(invariant.name, invariant.description, invariant.about, violations, examples)
