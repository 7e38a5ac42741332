"""Whether a condition fits the tables: checked when it is proposed, so that whatever is in force can be run."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Table

from authz.policies.conditions.attributes import IDS, LIMIT_NAMES, PARTNER
from authz.policies.conditions.sql import relation_keys
from authz.policies.conditions.tree import (
    Among,
    And,
    Attribute,
    Between,
    Column,
    Compare,
    Comparison,
    Condition,
    ConditionError,
    Constant,
    Exists,
    IsNull,
    Not,
    Operand,
    Or,
    operands,
)
from authz.vocabulary import RESOURCE_TABLES, Resource

SIZE_MAX = 100
TEXT_LENGTH_MAX = 200


class Kind(Enum):
    """What can be compared with what."""

    TEXT = auto()
    NUMBER = auto()
    TRUTH = auto()
    DATE = auto()
    INSTANT = auto()
    ID = auto()


_KINDS = {
    str: Kind.TEXT,
    int: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    bool: Kind.TRUTH,
    date: Kind.DATE,
    datetime: Kind.INSTANT,
    UUID: Kind.ID,
}
_EQUALITY = (Comparison.EQUAL, Comparison.UNEQUAL)
_WITHOUT_ORDER = (Kind.TRUTH, Kind.ID)


def table_of(resource: Resource, metadata: MetaData) -> Table:
    """The table whose rows the conditions of a resource speak of. Raises ConditionError where there is none."""
    table = metadata.tables.get(RESOURCE_TABLES.get(resource, resource.value))
    if table is None:
        raise ConditionError(f"{resource} has no rows of which a condition could speak")
    return table


def check_condition(condition: Condition, table: Table) -> None:
    """Refuses what the table does not declare, what cannot be compared, and what is too large.

    Raises ConditionError.
    """
    if sum(len(each) if isinstance(each, tuple) else 1 for each in operands(condition)) > SIZE_MAX:
        raise ConditionError(f"it has more than {SIZE_MAX} operands")
    _check(condition, table)


def _check(condition: Condition, table: Table) -> None:
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                _check(part, table)
        case Not(part):
            _check(part, table)
        case Compare(comparison, left, right):
            _check_comparable(table, left, right, ordered=comparison not in _EQUALITY)
        case Between(operand, low, high):
            _check_comparable(table, operand, low, high, ordered=True)
        case Among(operand, Attribute(name)):
            if name != IDS:
                raise ConditionError(f"in: sub.{name} is no set")
            _check_kinds({_kind(operand, table), Kind.TEXT})
        case Among(operand, tuple() as values):
            _check_comparable(table, operand, *values, ordered=False)
        case IsNull(operand):
            _kind(operand, table)
        case Exists(relation, where):
            _check(where, _related(relation, table))


def _related(relation: str, table: Table) -> Table:
    related = table.metadata.tables.get(relation)
    if related is None or len(relation_keys(related, table)) != 1:
        raise ConditionError(f"exists: {relation!r} are no rows that belong to {table.name}")
    return related


def _check_comparable(table: Table, *compared: Any, ordered: bool) -> None:
    kinds = {_kind(each, table) for each in compared}
    _check_kinds(kinds)
    if ordered and kinds & {*_WITHOUT_ORDER}:
        raise ConditionError(f"{', '.join(each.name.lower() for each in kinds)} has no order")


def _check_kinds(kinds: set[Kind]) -> None:
    if len(kinds) != 1:
        raise ConditionError(f"{' and '.join(sorted(each.name.lower() for each in kinds))} cannot be compared")


def _kind(operand: Operand, table: Table) -> Kind:
    match operand:
        case Constant(value):
            if isinstance(value, str) and len(value) > TEXT_LENGTH_MAX:
                raise ConditionError(f"a text has more than {TEXT_LENGTH_MAX} characters")
            return _KINDS[type(value)]
        case Column(name):
            return _kind_of_column(name, table)
        case Attribute(name):
            return _kind_of_attribute(name, table)


def _kind_of_column(name: str, table: Table) -> Kind:
    if name not in table.c:
        raise ConditionError(f"{table.name} has no column {name!r}")
    kind = _KINDS.get(table.c[name].type.python_type)
    if kind is None:
        raise ConditionError(f"{table.name}.{name} cannot be compared")
    return kind


def _kind_of_attribute(name: str, table: Table) -> Kind:
    if name == PARTNER:
        return Kind.ID
    if name in LIMIT_NAMES:
        if not {"entity_id", "currency"} <= set(table.c.keys()):
            raise ConditionError(f"sub.{name} needs a row with legal entity and currency, as {table.name} has not")
        return Kind.NUMBER
    raise ConditionError(
        "sub.ids is a set: ask whether something is in it" if name == IDS else f"there is no sub.{name}"
    )


def relations_of(condition: Condition) -> frozenset[str]:
    """The tables of related rows that must be gathered before the condition can be decided on one row."""
    match condition:
        case And(parts) | Or(parts):
            return frozenset[str]().union(*map(relations_of, parts))
        case Not(part):
            return relations_of(part)
        case Exists(relation, _):
            return frozenset({relation})
        case _:
            return frozenset()
