"""The values that a change request proposes, in two fields: those that everybody may see who reads requests, and those
of fields that rules keep back, such as telephone numbers and purchase prices.

The second are shown as far as their reader sees the field itself, and each reveal of them is written down.
"""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, FromClause, Text, bindparam, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from api.reads.kinds import JSON_
from api.reads.nodes import Computed
from authz.masking import CONFIDED_PARAMETER, PROPOSED

_TEXTS = ARRAY(Text())
_KEPT_BACK = tuple(sorted(PROPOSED))


def _members(row: FromClause) -> Any:
    """The proposed values one by one, each with its full name: the kind of object and the field."""
    values = case((func.jsonb_typeof(row.c["values"]) == "object", row.c["values"]))
    each = func.jsonb_each(values).table_valued("key", "value").render_derived(name="proposed")
    return each, func.concat(row.c.noun, ".", each.c.key)


def _open(row: FromClause) -> ColumnElement[Any]:
    each, name = _members(row)
    kept_back = cast(literal(list(_KEPT_BACK), _TEXTS), _TEXTS)
    shown = func.jsonb_object_agg(each.c.key, each.c.value, type_=JSONB())
    found = select(shown).select_from(each).where(name != func.all(kept_back)).correlate(row)
    return func.coalesce(found.scalar_subquery(), cast(literal("{}", Text()), JSONB()), type_=JSONB())


def _confided(row: FromClause) -> ColumnElement[Any]:
    each, name = _members(row)
    seen = cast(bindparam(CONFIDED_PARAMETER, type_=_TEXTS), _TEXTS)
    shown = func.jsonb_object_agg(each.c.key, each.c.value, type_=JSONB())
    return select(shown).select_from(each).where(name == func.any(seen)).correlate(row).scalar_subquery()


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
