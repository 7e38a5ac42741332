"""Preparing an operation: every read of it is planned once, for all requests that are like the first.

Planning costs more than running. Plans are therefore kept by the operation, the shape of its variables and the rights
of the reader; a request only takes its variables apart and puts their scalars in.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import GraphQLError, GraphQLNamedType, GraphQLObjectType, GraphQLSchema, get_named_type
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.graphql import OperationType

from api.reads.cost import ElementCost
from api.reads.operation import Made, Operation, OperationPlan, Reads
from api.reads.plan import Plan
from api.reads.planned import Planned
from api.reads.planner import Planner
from api.reads.policy import RowPolicy
from api.reads.registry import Registry
from api.reads.selecting import FieldNodes, Selecting
from api.reads.variables import Given, placed, separate

COMPILED = "compiled"
"""In a field's metadata: how the compiler plans it (`FieldPlan`)."""
MADE = "made"
"""In the metadata of a payload's field: how the compiler plans the objects that a command made (`MadePlan`)."""

COSTS = "costs"
"""In the metadata of a root field that is computed and not compiled: how many rows it may read at worst, as a number
or by an argument (`ElementCost`)."""

FieldPlan = Callable[[Planner, FieldNodes, Mapping[str, Any]], Plan | None]
MadePlan = Callable[[Planner, FieldNodes, Given], Plan]


@dataclass(frozen=True, eq=False)
class OperationPlans:
    """Plans operations; the plans are kept with them."""

    schema: GraphQLSchema
    registry: Registry

    def reads(self, operation: Operation, variables: VariableValues, policy: RowPolicy) -> Reads:
        """The reads of one request. Raises the GraphQLError of a payload that cannot be planned."""
        read = {name: value for name, value in variables.coerced.items() if name in operation.variables_read}
        shape, scalars = separate(read)
        rights = policy.signature
        variants = operation.plans.get((shape, rights), ())
        plan = next((each for each in variants if _fits(each, scalars)), None)
        if plan is None:
            plan = self._planned(operation, VariableValues(variables.sources, placed(shape)), scalars, policy)
            if not any(isinstance(each, GraphQLError) for each in plan.roots.values()):
                operation.keep(shape, rights, plan)
        return Reads(plan, scalars, rights, partial(self.reads, operation, variables))

    def _planned(
        self, operation: Operation, variables: VariableValues, scalars: Sequence[Any], policy: RowPolicy
    ) -> OperationPlan:
        selecting = Selecting(self.schema, operation.fragments, operation.node, variables)
        root_type = self.schema.get_root_type(operation.node.operation)
        assert root_type is not None, "the operation was validated"
        collected = collect_fields(self.schema, operation.fragments, variables, root_type, operation.node)
        root_fields: Mapping[str, FieldNodes] = collected.grouped_field_set

        def planner() -> Planner:
            return Planner(self.registry, selecting, policy, scalars)

        declared = {key: declared_with(root_type, nodes) for key, nodes in root_fields.items()}
        payloads = _payloads(selecting, root_type, root_fields) if operation.type is OperationType.MUTATION else {}
        costs = {key: metadata.get(COSTS, 0) for key, metadata in declared.items()}
        return OperationPlan(
            root_type,
            root_fields,
            roots=dict(_roots(planner, root_type, root_fields)),
            made={key: dict(_made(planner, *selected)) for key, selected in payloads.items()},
            declared=declared,
            payloads={key: _names(fields) for key, (_, fields) in payloads.items()},
            fixed_cost=sum(each for each in costs.values() if isinstance(each, int)),
            list_costs=[
                each.of(selecting.arguments(root_type, root_fields[key]))
                for key, each in costs.items()
                if isinstance(each, ElementCost)
            ],
        )


def _fits(plan: OperationPlan, scalars: Sequence[Any]) -> bool:
    """A malformed scalar fits no plan; planning will say what is wrong with it."""
    try:
        return plan.fits(scalars)
    except GraphQLError:
        return False


def _roots(
    planner: Callable[[], Planner], root_type: GraphQLObjectType, root_fields: Mapping[str, FieldNodes]
) -> Iterator[tuple[str, Planned | GraphQLError]]:
    for key, nodes in root_fields.items():
        plan: FieldPlan | None = declared_with(root_type, nodes).get(COMPILED)
        if plan is None:
            continue
        made = planner()
        try:
            arguments = made.selecting.arguments(root_type, nodes)
            planned = plan(made, nodes, arguments)
            yield key, made.finished(made.audited(planned, nodes[0].node.name.value, arguments))
        except GraphQLError as error:
            yield key, error


def _payloads(
    selecting: Selecting, root_type: GraphQLObjectType, root_fields: Mapping[str, FieldNodes]
) -> dict[str, tuple[GraphQLObjectType, Mapping[str, FieldNodes]]]:
    """The payloads of a mutation, each with what is selected in it."""
    types = {key: _type_of(root_type, nodes) for key, nodes in root_fields.items()}
    return {
        key: (payload, selecting.selected(payload, root_fields[key]))
        for key, payload in types.items()
        if isinstance(payload, GraphQLObjectType)
    }


def _names(fields: Mapping[str, FieldNodes]) -> dict[str, str]:
    return {key: nodes[0].node.name.value for key, nodes in fields.items()}


def _made(
    planner: Callable[[], Planner], payload: GraphQLObjectType, fields: Mapping[str, FieldNodes]
) -> Iterator[tuple[str, Made]]:
    """What a payload shows of the objects that were made: their references are one more scalar."""
    for key, nodes in fields.items():
        plan: MadePlan | None = declared_with(payload, nodes).get(MADE)
        if plan is not None:
            made = planner()
            planned = made.finished(plan(made, nodes, Given(len(made.scalars))))
            yield key, Made(nodes[0].node.name.value, planned)


def _type_of(of: GraphQLObjectType, nodes: FieldNodes) -> GraphQLNamedType | None:
    declared = of.fields.get(nodes[0].node.name.value)
    return get_named_type(declared.type) if declared else None


def declared_with(of: GraphQLObjectType, nodes: FieldNodes) -> Mapping[str, Any]:
    """The metadata that a field was declared with; nothing for `__typename`."""
    declared = of.fields.get(nodes[0].node.name.value)
    definition = declared.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if declared else None
    return definition.metadata if definition else {}
