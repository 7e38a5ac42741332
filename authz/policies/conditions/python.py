"""Conditions over one row in Python, with SQL's three values: None is neither true nor false."""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from authz.policies.conditions.attributes import IDS, PARTNER, Attributes, limited_kind
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
)

RowValues = Mapping[Any, Any]
"""A row by the names of its columns; related rows, where they were gathered, by the name of their table."""
Decide = Callable[[RowValues, Attributes], bool | None]
Evaluate = Callable[[RowValues, Attributes], Any]


def in_python(condition: Condition) -> Decide:
    """The condition as a function of a row and of who asks."""
    match condition:
        case And(parts):
            return _all([in_python(part) for part in parts])
        case Or(parts):
            return _negated(_all([_negated(in_python(part)) for part in parts]))
        case Not(part):
            return _negated(in_python(part))
        case Compare(comparison, left, right):
            return _compared(_COMPARE[comparison], _value(left), _value(right))
        case Between(operand, low, high):
            value = _value(operand)
            return _all([_compared(operator.ge, value, _value(low)), _compared(operator.le, value, _value(high))])
        case Among(operand, values):
            return _among(_value(operand), values)
        case IsNull(operand):
            value = _value(operand)
            return lambda row, sub: value(row, sub) is None
        case Exists(relation, where):
            return _exists(relation, in_python(where))


def _all(decisions: Sequence[Decide]) -> Decide:
    def decide(row: RowValues, sub: Attributes) -> bool | None:
        outcome: bool | None = True
        for each in decisions:
            found = each(row, sub)
            if found is False:
                return False
            if found is None:
                outcome = None
        return outcome

    return decide


def _negated(decision: Decide) -> Decide:
    def decide(row: RowValues, sub: Attributes) -> bool | None:
        found = decision(row, sub)
        return None if found is None else not found

    return decide


def _compared(compare: Callable[[Any, Any], bool], left: Evaluate, right: Evaluate) -> Decide:
    def decide(row: RowValues, sub: Attributes) -> bool | None:
        one, other = left(row, sub), right(row, sub)
        return None if one is None or other is None else compare(one, other)

    return decide


def _among(operand: Evaluate, values: tuple[Constant, ...] | Attribute) -> Decide:
    constants = None if isinstance(values, Attribute) else frozenset(each.value for each in values)

    def decide(row: RowValues, sub: Attributes) -> bool | None:
        known = sub.ids if constants is None else constants
        if known is None:
            return None
        value = operand(row, sub)
        # PostgreSQL as well finds nothing among nothing, whatever is sought.
        return None if value is None and known else value in known

    return decide


def _exists(relation: str, where: Decide) -> Decide:
    def decide(row: RowValues, sub: Attributes) -> bool | None:
        related = row.get(relation)
        return None if related is None else any(where(each, sub) is True for each in related)

    return decide


_COMPARE: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.UNEQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


def _value(operand: Operand) -> Evaluate:
    match operand:
        case Column(name):
            return lambda row, _sub: row.get(name)
        case Constant(value):
            return lambda _row, _sub: value
        case Attribute(name) if name == PARTNER:
            return lambda _row, sub: sub.partner_id
        case Attribute(name):
            assert name != IDS, "a set is no single value"
            kind = limited_kind(name)
            return lambda row, sub: sub.limits.get((kind, row.get("entity_id"), row.get("currency")))  # type: ignore[arg-type]
