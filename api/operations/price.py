"""What an operation costs its caller's budget (api/rates.py): what it reads at worst, and what it has written.

A mutation that takes a list of five hundred lines does five hundred times the work of one that takes a line, so the
elements of its input's lists are counted, however deep they stand; nothing of them is converted for that.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from graphql import BooleanValueNode, ListValueNode, ObjectValueNode, ValueNode, VariableNode
from strawberry.types.graphql import OperationType

from api.rates import LINE_COST, MUTATION_COST, TRIED_LINE_COST
from api.reads.operation import Operation, OperationPlan
from api.writes.answer import commands_of
from authz.actor import Actor


class Payer(Protocol):
    """Whoever sends the operation."""

    @property
    def actor(self) -> Actor: ...


def least_price(operation: Operation) -> int:
    """What an operation costs that is refused before it is planned, or reads nothing: one at least."""
    if operation.type is OperationType.MUTATION:
        return MUTATION_COST * len(operation.node.selection_set.selections)
    return 1


def price_of(
    operation: Operation, plan: OperationPlan, variables: Mapping[str, Any], rows: int, *, payer: Payer
) -> int:
    """What a planned operation costs that may read so many rows. Outsiders pay more for what they only try."""
    if operation.type is not OperationType.MUTATION:
        return max(1, rows)
    nodes = [plan.root_fields[key][0].node for key in commands_of(plan)]
    lines = sum(
        _elements(given.value, variables) * _line_cost(given.value, variables, payer)
        for node in nodes
        for given in node.arguments or ()
    )
    return rows + MUTATION_COST * max(1, len(nodes)) + lines


def _line_cost(given: ValueNode, variables: Mapping[str, Any], payer: Payer) -> int:
    is_tried = _is_tried(given, variables) and payer.actor.partner_id is not None
    return TRIED_LINE_COST if is_tried else LINE_COST


def _is_tried(given: ValueNode, variables: Mapping[str, Any]) -> bool:
    """Whether an input says that it is a dry run."""
    match given:
        case VariableNode(name=name):
            value = variables.get(name.value)
            return isinstance(value, Mapping) and bool(value.get("dryRun"))
        case ObjectValueNode(fields=fields):
            return any(each.name.value == "dryRun" and _is_true(each.value, variables) for each in fields)
    return False


def _is_true(given: ValueNode, variables: Mapping[str, Any]) -> bool:
    match given:
        case VariableNode(name=name):
            return bool(variables.get(name.value))
        case BooleanValueNode(value=value):
            return value
    return False


def _elements(given: ValueNode, variables: Mapping[str, Any]) -> int:
    """How many elements the lists in an argument have, together."""
    count, left = 0, [given]
    while left:
        match left.pop():
            case VariableNode(name=name):
                count += sum(_lengths(variables.get(name.value)))
            case ListValueNode(values=values):
                count += len(values)
                left += values
            case ObjectValueNode(fields=fields):
                left += (each.value for each in fields)
    return count


def _lengths(value: Any) -> Iterator[int]:
    left = [value]
    while left:
        match left.pop():
            case dict() as members:
                left += members.values()
            case list() | tuple() as elements:
                yield len(elements)
                left += elements
