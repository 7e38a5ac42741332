"""Conditions in words, for people who are told why: the comparisons of which one is made, each as a line of text.

Columns stand by their names, and what is known of the reader as `sub.<name>`. Values of rows are not told: who answers
for the policy need not see prices.
"""

from collections.abc import Iterator
from typing import assert_never

from authz.policies.conditions.tree import (
    Among,
    And,
    Attribute,
    Between,
    Column,
    Compare,
    Condition,
    Constant,
    Exists,
    IsNull,
    Not,
    Operand,
    Or,
)


def comparisons(condition: Condition) -> Iterator[Condition]:
    """The parts that are neither joined nor negated, in their order."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from comparisons(part)
        case Not(part):
            yield from comparisons(part)
        case _:
            yield condition


def in_words(condition: Condition) -> str:
    """The condition as a line of text."""
    match condition:
        case And(parts):
            return f"({' and '.join(map(in_words, parts))})"
        case Or(parts):
            return f"({' or '.join(map(in_words, parts))})"
        case Not(part):
            return f"not {in_words(part)}"
        case Compare(comparison, left, right):
            return f"{_named(left)} {comparison} {_named(right)}"
        case Between(operand, low, high):
            return f"{_named(operand)} between {_named(low)} and {_named(high)}"
        case Among(operand, values):
            listed = _named(values) if isinstance(values, Attribute) else f"({', '.join(map(_named, values))})"
            return f"{_named(operand)} in {listed}"
        case IsNull(operand):
            return f"{_named(operand)} is null"
        case Exists(relation, where):
            return f"a {relation} exists where {in_words(where)}"
    assert_never(condition)


def _named(operand: Operand) -> str:
    match operand:
        case Column(name):
            return name
        case Attribute(name):
            return f"sub.{name}"
        case Constant(value):
            return str(value)
    assert_never(operand)
