"""`where`: from the client's conditions to a tree of comparisons, and from the tree to SQL.

Only columns on a node's allow-list can be named, so every condition has an index behind it. Conditions beside each
other hold together; `or` takes a list of alternatives; `not` is the exact complement, rows with NULL included.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from itertools import chain
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, FromClause, and_, any_, bindparam, cast, false, or_, true

from api.reads.errors import bad_argument, public_id
from api.reads.kinds import BOOLEAN, JSON_, STRING, Kind
from api.reads.plan import AllOf, AnyOf, Comparison, Condition, Not, Slot
from api.reads.registry import FilterField, ObjectType

IN_LIST_MAX = 1000

Keep = Callable[[Any, Callable[[Any], Any]], Slot]
"""Makes a slot for an argument's value, which is checked and converted for each request."""

_EQUALITY = ("eq", "in")
_RANGE = ("gt", "gte", "lt", "lte")


def operators_of(field: FilterField) -> tuple[str, ...]:
    """The operators that a column offers. Each can use an index under row security."""
    if field.kind is BOOLEAN:
        return ("eq", "isNull")
    if field.target or (isinstance(field.kind.annotation, type) and issubclass(field.kind.annotation, Enum)):
        return (*_EQUALITY, "isNull")
    prefix = ("startsWith",) if field.kind is STRING else ()
    return (*_EQUALITY, *_RANGE, *prefix, "isNull")


def read_condition(where: Mapping[str, Any], of: ObjectType, keep: Keep) -> AllOf:
    """The tree of a `where` input; `keep` makes the slots of its values."""
    conditions: list[Condition] = []
    for name, given in where.items():
        if given is None:
            raise bad_argument(f"where.{name} cannot be null; leave it out.")
        if name == "and":
            conditions.append(AllOf(tuple(read_condition(each, of, keep) for each in given)))
        elif name == "or":
            conditions.append(AnyOf(tuple(read_condition(each, of, keep) for each in given)))
        elif name == "not":
            conditions.append(Not(read_condition(given, of, keep)))
        else:
            conditions.extend(_comparisons(name, given, of.filters[name], keep))
    return AllOf(tuple(conditions))


def columns_named(where: Mapping[str, Any]) -> Iterator[str]:
    """The GraphQL names of all columns on which a `where` input lays conditions."""
    for name, given in where.items():
        if name in ("and", "or"):
            yield from chain.from_iterable(columns_named(each) for each in given or ())
        elif name == "not":
            yield from columns_named(given or {})
        else:
            yield name


def _comparisons(name: str, given: Mapping[str, Any], field: FilterField, keep: Keep) -> list[Comparison]:
    return [comparison(f"where.{name}.{operator}", operator, value, field, keep) for operator, value in given.items()]


def comparison(place: str, operator: str, value: Any, field: FilterField, keep: Keep) -> Comparison:
    """One comparison. `place` names the input in messages."""
    if value is None:
        raise bad_argument(f"{place} cannot be null; use isNull to look for empty values.")
    if operator == "isNull":
        return Comparison(field, "is_null" if value else "is_not_null", None)
    if operator != "in":
        return Comparison(field, operator, keep(value, lambda given: _sql_value(place, given, field)))
    return Comparison(field, operator, keep(value, lambda given: _sql_values(place, given, field)))


def _sql_values(place: str, values: list[Any], field: FilterField) -> list[Any]:
    if len(values) > IN_LIST_MAX:
        raise bad_argument(f"{place} takes {IN_LIST_MAX} values at most, not {len(values)}.")
    return [_sql_value(place, each, field) for each in values]


def _sql_value(place: str, value: Any, field: FilterField) -> Any:
    if isinstance(value, Enum):
        return value.value
    if field.target is None:
        return value
    decoded = public_id(place, value)
    if decoded.type != field.target:
        raise bad_argument(f"{place} must be an id of {field.target}, not of {decoded.type}.")
    return decoded.id


def condition_sql(condition: Condition, row: FromClause) -> ColumnElement[bool]:
    """The condition over one aliased table."""
    match condition:
        case Comparison():
            return _comparison_sql(condition, row)
        case AllOf(conditions):
            return and_(true(), *(condition_sql(each, row) for each in conditions))
        case AnyOf(conditions):
            return or_(false(), *(condition_sql(each, row) for each in conditions))
        case Not(negated):
            return condition_sql(negated, row).is_not(true())


def _comparison_sql(compared: Comparison, row: FromClause) -> ColumnElement[bool]:
    column = row.c[compared.field.column]
    if compared.value is None:
        return column.is_(None) if compared.operator == "is_null" else column.is_not(None)
    if compared.operator == "in":
        array = ARRAY(compared.field.kind.sql_type)
        return column == any_(cast(bound(compared.value, compared.field.kind, array), array))
    return _BINARY[compared.operator](column, bound(compared.value, compared.field.kind))


_BINARY: Mapping[str, Callable[[ColumnElement[Any], ColumnElement[Any]], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    # The operator, unlike LIKE, is leakproof and takes the prefix as it is.
    "startsWith": lambda column, value: column.bool_op("^@")(value),
}


def bound(slot: Slot, kind: Kind, sql_type: Any = None) -> ColumnElement[Any]:
    """The bind parameter of a slot."""
    assert kind is not JSON_
    return bindparam(slot_name(slot), type_=sql_type or kind.sql_type)


def slot_name(slot: Slot) -> str:
    """The name under which a slot's value is bound."""
    return f"value_{slot}"
