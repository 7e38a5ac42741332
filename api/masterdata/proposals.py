"""The values that a change request proposes, in two fields: those that everybody may see who reads requests, and those
of fields that rules keep back, such as telephone numbers and purchase prices.

The second are shown as far as their reader sees the field itself, and each reveal of them is written down.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, FromClause, Text, bindparam, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from api.reads.kinds import JSON_
from api.reads.nodes import Computed
from authz.masking import CONFIDED_PARAMETER, PROPOSED

_TEXTS = ARRAY(Text())
_KEPT_BACK = tuple(sorted(PROPOSED))


def _chosen(row: FromClause, chosen: Callable[[ColumnElement[str]], ColumnElement[bool]]) -> ColumnElement[Any]:
    """The proposed values whose full names, the kind of object and the field, are chosen."""
    values = case((func.jsonb_typeof(row.c["values"]) == "object", row.c["values"]))
    each = func.jsonb_each(values).table_valued("key", "value").render_derived(name="proposed")
    shown = func.jsonb_object_agg(each.c.key, each.c.value, type_=JSONB())
    found = select(shown).select_from(each).where(chosen(func.concat(row.c.noun, ".", each.c.key)))
    return found.correlate(row).scalar_subquery()


def _open(row: FromClause) -> ColumnElement[Any]:
    kept_back = cast(literal(list(_KEPT_BACK), _TEXTS), _TEXTS)
    found = _chosen(row, lambda name: name != func.all(kept_back))
    return func.coalesce(found, cast(literal("{}", Text()), JSONB()), type_=JSONB())


def _confided(row: FromClause) -> ColumnElement[Any]:
    seen = cast(bindparam(CONFIDED_PARAMETER, type_=_TEXTS), _TEXTS)
    return _chosen(row, lambda name: name == func.any(seen))


PROPOSED_VALUES = {
    "values": Computed(
        expression=_open,
        kind=JSON_,
        description="The proposed values, but for those in `restrictedValues`.",
        tells=frozenset(),
    ),
    "restricted_values": Computed(
        expression=_confided,
        kind=JSON_,
        description="The proposed values of fields that not everybody may see, as far as you see them; null if none. "
        "Each reveal is written down.",
        nullable=True,
        tells=frozenset(),
    ),
}
"""The fields of a line of a change request. Neither tells all of the column: what one has the other has not."""
