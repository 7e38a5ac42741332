"""What `where` means, told in Python: a row either fits or does not, and no value fits no comparison."""

from collections.abc import Callable, Mapping
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from api.ids import decode_id
from api.reads.nodes import Node
from tests.oracle.ordering import ranked
from tests.oracle.rows import Row

Operator = Callable[[Any, Any], bool]

OPERATORS: Mapping[str, Operator] = {
    "eq": lambda value, given: ranked(value) == ranked(given),
    "in": lambda value, given: any(ranked(value) == ranked(each) for each in given),
    "gt": lambda value, given: ranked(value) > ranked(given),
    "gte": lambda value, given: ranked(value) >= ranked(given),
    "lt": lambda value, given: ranked(value) < ranked(given),
    "lte": lambda value, given: ranked(value) <= ranked(given),
    "startsWith": lambda value, given: value.startswith(given),
}
"""All but isNull, for a row that has a value. A new operator must be told here before the generator uses it."""


def holds(node: Node, where: Mapping[str, Any], row: Row) -> bool:
    """Whether a row fits a `where` input as the plain schema read it."""
    return all(_holds_one(node, name, given, row) for name, given in where.items())


def _holds_one(node: Node, name: str, given: Any, row: Row) -> bool:
    match name:
        case "and":
            return all(holds(node, each, row) for each in given)
        case "or":
            return any(holds(node, each, row) for each in given)
        case "not":
            return not holds(node, given, row)
    declared = filtered(node)[name]
    return all(_compares(node, declared, operator, operand, row) for operator, operand in given.items())


def _compares(node: Node, declared: str, operator: str, operand: Any, row: Row) -> bool:
    value = row[column_of(node, declared)]
    if operator == "isNull":
        return (value is None) is bool(operand)
    if value is None:
        return False
    if declared in node.enums:
        value = str(value).upper()
    if declared in node.one:
        operand = [decode_id(each).id for each in operand] if isinstance(operand, list) else decode_id(operand).id
    return OPERATORS[operator](value, operand)


def filtered(node: Node) -> Mapping[str, str]:
    """The filters of a node by their names in the API."""
    return {to_camel_case(name): name for name in node.filters}


def column_of(node: Node, declared: str) -> str:
    """The column that a filter looks at: its own, or that of its relation."""
    return node.one[declared].column if declared in node.one else declared
