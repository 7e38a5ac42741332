"""How an invariant becomes one statement: two ways of counting, side by side.

Each side is a select of (entity_id, subject_id, place_id, amount). Both are summed by entity, subject and place; every
group whose sums differ is a violation. What one side lacks counts as nothing, so that a missing row is found as well
as a wrong one. A single statement sees a single instant: operations that commit meanwhile do no harm.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    Select,
    SelectBase,
    Subquery,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from authz.vocabulary import Resource
from kernel.db import any_of

_NOTHING = cast(literal(0), Numeric())
_NOWHERE = cast(null(), Uuid())


@dataclass(frozen=True)
class Invariant:
    """Something that must be true: `counted` is what is kept, `proof` what the rows say it must be.

    Both are added up from rows of the resources `about`: who may not read those is told of no difference.
    """

    name: str
    description: str
    about: tuple[Resource, ...]
    counted: SelectBase
    proof: SelectBase | None = None
    """Empty when nothing may be counted at all."""


def in_scope(entity_id: Any) -> ColumnElement[bool]:
    """The legal entities that are looked at."""
    scope: ColumnElement[bool] = any_of(entity_id, "entities")
    return scope


def amounts(entity_id: Any, subject_id: Any, amount: Any, *, place_id: Any = _NOWHERE) -> Select[Any]:
    """One side of an invariant: amounts by subject, and by place where there is one. Join and filter it further."""
    return select(*amount_columns(entity_id, subject_id, amount, place_id=place_id)).where(in_scope(entity_id))


def amount_columns(
    entity_id: Any, subject_id: Any, amount: Any, *, place_id: Any = _NOWHERE
) -> tuple[ColumnElement[Any], ...]:
    """The columns of a side."""
    return (
        entity_id.label("entity_id"),
        subject_id.label("subject_id"),
        place_id.label("place_id"),
        cast(amount, Numeric()).label("amount"),
    )


def differences(invariant: Invariant) -> Select[Any]:
    """The groups whose two sums differ, with both; the largest difference first."""
    counted = invariant.counted.subquery()
    sides = [_side(counted, counted=counted.c.amount, proved=_NOTHING)]
    if invariant.proof is not None:
        proof = invariant.proof.subquery()
        sides.append(_side(proof, counted=_NOTHING, proved=proof.c.amount))
    both = union_all(*sides).subquery("both")
    return _disagreeing(both, func.sum(both.c.counted), func.sum(both.c.proved))


def _side(rows: Subquery, *, counted: Any, proved: Any) -> Select[Any]:
    return select(
        rows.c.entity_id, rows.c.subject_id, rows.c.place_id, counted.label("counted"), proved.label("proved")
    )


def _disagreeing(both: Subquery, counted: ColumnElement[Any], proved: ColumnElement[Any]) -> Select[Any]:
    return (
        select(
            both.c.entity_id,
            both.c.subject_id,
            both.c.place_id,
            counted.label("counted"),
            proved.label("proved"),
            func.count().over().label("violations"),
        )
        .group_by(both.c.entity_id, both.c.subject_id, both.c.place_id)
        .having(counted != proved)
        .order_by(func.abs(counted - proved).desc(), both.c.subject_id)
        .limit(bindparam("examples", type_=Integer()))
    )
