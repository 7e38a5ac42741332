"""What change requests propose and versions have, in two fields each: the values that everybody may see who reads the
row, and those of fields that rules keep back, such as telephone numbers and purchase prices.

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
_CHANGE = ("base", "proposed", "current")
Choice = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""Chooses among full names: the kind of object and the field."""


def _open(name: ColumnElement[str]) -> ColumnElement[bool]:
    return name != func.all(cast(literal(list(_KEPT_BACK), _TEXTS), _TEXTS))


def _confided(name: ColumnElement[str]) -> ColumnElement[bool]:
    return name == func.any(cast(bindparam(CONFIDED_PARAMETER, type_=_TEXTS), _TEXTS))


def _chosen(row: FromClause, column: str, chosen: Choice) -> ColumnElement[Any]:
    """Of the values in a column those whose full names are chosen."""
    values = case((func.jsonb_typeof(row.c[column]) == "object", row.c[column]))
    each = func.jsonb_each(values).table_valued("key", "value").render_derived(name="proposed")
    shown = func.jsonb_object_agg(each.c.key, each.c.value, type_=JSONB())
    found = select(shown).select_from(each).where(chosen(func.concat(row.c.noun, ".", each.c.key)))
    return found.correlate(row).scalar_subquery()


def _all_open(column: str) -> Callable[[FromClause], ColumnElement[Any]]:
    def expression(row: FromClause) -> ColumnElement[Any]:
        return func.coalesce(_chosen(row, column, _open), cast(literal("{}", Text()), JSONB()), type_=JSONB())

    return expression


def split(column: str, *, opened: str, kept_back: str) -> dict[str, Computed]:
    """The two fields of a column with values by name. Neither tells all of it: what one has the other has not."""
    return {
        "values": Computed(expression=_all_open(column), kind=JSON_, description=opened, tells=frozenset()),
        "restricted_values": Computed(
            expression=lambda row: _chosen(row, column, _confided),
            kind=JSON_,
            description=f"{kept_back} Each reveal is written down.",
            nullable=True,
            tells=frozenset(),
        ),
    }


def _full_name(row: FromClause) -> ColumnElement[str]:
    return func.concat(row.c.noun, ".", row.c.name)


def _single(column: str) -> Callable[[FromClause], ColumnElement[Any]]:
    return lambda row: case((_open(_full_name(row)), row.c[column]))


def _kept_back(row: FromClause) -> ColumnElement[Any]:
    members = (part for column in _CHANGE for part in (literal(column, Text()), row.c[column]))
    whole = func.jsonb_build_object(*members, type_=JSONB())
    return case((_confided(_full_name(row)), case((~_open(_full_name(row)), whole))))


CHANGED_VALUES = {
    "base": Computed(
        expression=_single("base"),
        kind=JSON_,
        description="What it was when it was proposed; null for nothing, and for what is in `restrictedValues`.",
        nullable=True,
        tells=frozenset(),
    ),
    "proposed": Computed(
        expression=_single("proposed"),
        kind=JSON_,
        description="What it is to be; null for nothing, and for what is in `restrictedValues`.",
        nullable=True,
        tells=frozenset(),
    ),
    "current": Computed(
        expression=_single("current"),
        kind=JSON_,
        description="What others had made of it when it was to become active; null unless `isOutdated`.",
        nullable=True,
        tells=frozenset(),
    ),
    "restricted_values": Computed(
        expression=_kept_back,
        kind=JSON_,
        description="`base`, `proposed` and `current` of a field that not everybody may see, if you see it; else null. "
        "Each reveal is written down.",
        nullable=True,
        tells=frozenset(),
    ),
}
"""The values of one field of a change request."""
