"""Conditions over the rows of a statement. Constants and attributes are named bind parameters, never text."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    ForeignKeyConstraint,
    FromClause,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.types import TypeEngine

from authz.policies.conditions.attributes import PARTNER, Attributes, limited_kind
from authz.policies.conditions.tree import (
    Among,
    And,
    Attribute,
    Between,
    Column,
    Compare,
    Comparison,
    Condition,
    Constant,
    Exists,
    IsNull,
    Not,
    Operand,
    Or,
    Value,
    operands,
)
from authz.vocabulary import LIMITED, Resource

PARTNER_PARAMETER = "reader_partner"
_IDS_PARAMETER = "reader_ids"
_TYPES: Mapping[type, TypeEngine[Any]] = {
    bool: Boolean(),
    str: Text(),
    int: Numeric(),
    Decimal: Numeric(),
    UUID: Uuid(),
    datetime: DateTime(timezone=True),
    date: Date(),
}
_ORDERING = frozenset(Comparison) - {Comparison.EQUAL, Comparison.UNEQUAL}
_COMPARE: Mapping[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


@dataclass(frozen=True)
class InSql:
    """Writes conditions on the rows of a table, or of an alias of it."""

    table: Table

    def write(self, condition: Condition, rows: FromClause) -> ColumnElement[bool]:
        """The condition as SQL."""
        match condition:
            case And(parts):
                return and_(*(self.write(part, rows) for part in parts)).self_group()
            case Or(parts):
                return or_(*(self.write(part, rows) for part in parts)).self_group()
            case Not(part):
                return not_(self.write(part, rows).self_group())
            case Compare(comparison, left, right):
                return self._compared(comparison, left, right, rows)
            case Between(operand, low, high):
                least = self._compared(Comparison.AT_LEAST, operand, low, rows)
                return and_(least, self._compared(Comparison.AT_MOST, operand, high, rows)).self_group()
            case Among(operand, values):
                return self._value(operand, rows) == any_(self._values(values))
            case IsNull(operand):
                return self._value(operand, rows).is_(None)
            case Exists():
                return self._exists(condition, rows)

    def _compared(self, comparison: Comparison, left: Operand, right: Operand, rows: FromClause) -> ColumnElement[bool]:
        one, other = self._value(left, rows), self._value(right, rows)
        if comparison in _ORDERING and isinstance(one.type, Text):
            # Python orders texts by their characters' numbers, and so must the database, whatever its language.
            one, other = one.collate("C"), other.collate("C")
        made: ColumnElement[bool] = _COMPARE[comparison](one, other)
        return made

    def _exists(self, condition: Exists, rows: FromClause) -> ColumnElement[bool]:
        related = self.table.metadata.tables[condition.relation]
        there = related.alias()
        ties = [
            there.c[element.parent.name] == rows.c[element.column.name]
            for element in relation_key(related, self.table).elements
        ]
        found = select(literal_column("1", Integer())).select_from(there)
        where = InSql(related).write(condition.where, there)
        return found.where(*ties, where).correlate(rows).exists()

    def _value(self, operand: Operand, rows: FromClause) -> ColumnElement[Any]:
        match operand:
            case Column(name):
                return rows.c[name]
            case Constant(value):
                return bindparam(_constant_name(value), type_=_TYPES[type(value)])
            case Attribute(name) if name == PARTNER:
                return bindparam(PARTNER_PARAMETER, type_=Uuid())
            case Attribute(name):
                return _limit(limited_kind(name), rows)

    def _values(self, values: tuple[Constant, ...] | Attribute) -> ColumnElement[Any]:
        if isinstance(values, Attribute):
            return cast(bindparam(_IDS_PARAMETER, type_=_TEXTS), _TEXTS)
        kind: TypeEngine[Any] = ARRAY(_TYPES[type(values[0].value)])
        return cast(bindparam(_constant_name(values), type_=kind), kind)


_TEXTS: TypeEngine[Any] = ARRAY(Text())
_LIMIT_COLUMNS: Mapping[str, TypeEngine[Any]] = {"entities": Uuid(), "currencies": Text(), "amounts": Numeric()}


def not_denied(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """A rule that denies holds unless its condition is provably FALSE."""
    return not_(func.coalesce(condition, literal_column("true", Boolean())))


def attribute_parameters(sub: Attributes) -> dict[str, Any]:
    """The values of the parameters that stand for who asks."""
    values: dict[str, Any] = {
        PARTNER_PARAMETER: sub.partner_id,
        _IDS_PARAMETER: None if sub.ids is None else sorted(sub.ids),
    }
    for kind in LIMITED:
        limits = [
            (entity_id, currency, amount) for (of, entity_id, currency), amount in sub.limits.items() if of is kind
        ]
        for place, name in enumerate(_LIMIT_COLUMNS):
            values[_limit_parameter(kind, name)] = [limit[place] for limit in limits]
    return values


def relation_key(related: Table, table: Table) -> ForeignKeyConstraint:
    """The one key by which rows of a table belong to rows of another."""
    (key,) = relation_keys(related, table)
    return key


def relation_keys(related: Table, table: Table) -> list[ForeignKeyConstraint]:
    """The keys by which rows of a table refer to rows of another."""
    return [key for key in related.foreign_key_constraints if key.referred_table is table]


def _limit(kind: Resource, rows: FromClause) -> ColumnElement[Any]:
    """The limit in the row's own entity and currency; nothing where none is set."""
    given = func.unnest(*_limit_arrays(kind)).table_valued(
        *(column(name, of) for name, of in _LIMIT_COLUMNS.items()), name=f"limits_{kind}"
    )
    limits = given.render_derived()
    here = (limits.c.entities == rows.c.entity_id, limits.c.currencies == rows.c.currency)
    return select(limits.c.amounts).where(*here).correlate(rows).scalar_subquery()


def _limit_arrays(kind: Resource) -> Iterator[ColumnElement[Any]]:
    for name, of in _LIMIT_COLUMNS.items():
        arrays: TypeEngine[Any] = ARRAY(of)
        yield cast(bindparam(_limit_parameter(kind, name), type_=arrays), arrays)


def _limit_parameter(kind: Resource, name: str) -> str:
    return f"reader_limit_{kind}_{name}"


def constant_parameters(condition: Condition) -> dict[str, Any]:
    """The values of the parameters that stand for the constants of a condition."""
    constants: dict[str, Any] = {}
    for operand in operands(condition):
        if isinstance(operand, Constant):
            constants[_constant_name(operand.value)] = _bound(operand.value)
        elif isinstance(operand, tuple):
            constants[_constant_name(operand)] = [_bound(each.value) for each in operand]
    return constants


def _constant_name(value: Value | tuple[Constant, ...]) -> str:
    """A constant is named by what it is: wherever it stands, it is the same parameter."""
    return f"constant_{sha256(repr(value).encode()).hexdigest()[:16]}"


def _bound(value: Value) -> Any:
    return Decimal(value) if type(value) is int else value
