"""What `where` means, told in Python: a row either fits or does not, and no value fits no comparison."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from api.reads.nodes import Node
from api.values.ids import decode_id
from tests.oracle.ordering import ranked
from tests.oracle.rows import Row

Operator = Callable[[Any, Any], bool]
Related = Callable[[Node, Row, str], tuple[Node, Sequence[Row]]]
"""The target of a declared to-many relation, and the rows of it that the reader sees below a row."""

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

QUANTIFIERS = frozenset({"some", "none"})

SEARCHED: Mapping[str, tuple[str, ...]] = {
    "Item": ("sku", "name"),
    "Supplier": ("code", "name"),
    "Customer": ("code", "name"),
}
"""The columns in whose texts `search` looks, node by node."""


@dataclass(frozen=True)
class Conditions:
    """Decides for one reader, who looks only into rows that they see."""

    related: Related

    def hold(self, node: Node, where: Mapping[str, Any], row: Row) -> bool:
        """Whether a row fits a `where` input as the plain schema read it."""
        return all(self._holds(node, name, given, row) for name, given in where.items())

    def _holds(self, node: Node, name: str, given: Any, row: Row) -> bool:
        match name:
            case "and":
                return all(self.hold(node, each, row) for each in given)
            case "or":
                return any(self.hold(node, each, row) for each in given)
            case "not":
                return not self.hold(node, given, row)
            case "search":
                return any(simple_lower(given.strip()) in simple_lower(row[column]) for column in SEARCHED[node.name])
        declared = filtered(node)[name]
        if declared in node.many:
            return all(self._looks(node, declared, quantifier, where, row) for quantifier, where in given.items())
        return all(_compares(node, declared, operator, operand, row) for operator, operand in given.items())

    def _looks(self, node: Node, declared: str, quantifier: str, where: Mapping[str, Any], row: Row) -> bool:
        target, rows = self.related(node, row, declared)
        fits = any(self.hold(target, where, there) for there in rows)
        return {"some": fits, "none": not fits}[quantifier]


def _compares(node: Node, declared: str, operator: str, operand: Any, row: Row) -> bool:
    value = row[column_of(node, declared)]
    if operator == "isNull":
        return (value is None) is bool(operand)
    if value is None:
        return False
    if declared in node.enums:
        value = str(value).upper()
    if declared in node.folded:
        value, operand = simple_lower(value), simple_lower(operand)
    if declared in node.one:
        operand = [decode_id(each).id for each in operand] if isinstance(operand, list) else decode_id(operand).id
    return OPERATORS[operator](value, operand)


def filtered(node: Node) -> Mapping[str, str]:
    """The filters of a node by their names in the API."""
    return {to_camel_case(name): name for name in node.filters}


def column_of(node: Node, declared: str) -> str:
    """The column that a filter looks at: its own, or that of its relation."""
    return node.one[declared].column if declared in node.one else declared


def simple_lower(text: str) -> str:
    """Letter by letter, as PostgreSQL's built-in C.UTF-8 does it: a text keeps its length."""
    return "".join(letter.lower()[0] for letter in text)
