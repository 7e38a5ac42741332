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
        variants = operation.plans.get((shape, policy.signature), ())
        plan = next((each for each in variants if _fits(each, scalars)), None)
        if plan is None:
            plan = self._planned(operation, VariableValues(variables.sources, placed(shape)), scalars, policy)
            if not any(isinstance(each, GraphQLError) for each in plan.roots.values()):
                operation.keep(shape, policy.signature, plan)
        return Reads(plan, scalars, policy.signature, partial(self.reads, operation, variables))

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

        return OperationPlan(
            root_type,
            root_fields,
            roots=dict(_roots(planner, root_type, root_fields)),
            made={key: dict(_made(planner, root_type, nodes)) for key, nodes in root_fields.items()}
            if operation.type is OperationType.MUTATION
            else {},
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
        plan: FieldPlan | None = _metadata(root_type, nodes).get(COMPILED)
        if plan is None:
            continue
        made = planner()
        try:
            yield key, made.finished(plan(made, nodes, made.selecting.arguments(root_type, nodes)))
        except GraphQLError as error:
            yield key, error


def _made(
    planner: Callable[[], Planner], root_type: GraphQLObjectType, nodes: FieldNodes
) -> Iterator[tuple[str, Made]]:
    """What a payload shows of the objects that were made: their references are one more scalar."""
    payload = _type_of(root_type, nodes)
    if not isinstance(payload, GraphQLObjectType):
        return
    for key, each in planner().selecting.selected(payload, nodes).items():
        plan: MadePlan | None = _metadata(payload, each).get(MADE)
        if plan is not None:
            made = planner()
            planned = made.finished(plan(made, each, Given(len(made.scalars))))
            yield key, Made(each[0].node.name.value, planned)


def _type_of(of: GraphQLObjectType, nodes: FieldNodes) -> GraphQLNamedType | None:
    declared = of.fields.get(nodes[0].node.name.value)
    return get_named_type(declared.type) if declared else None


def _metadata(of: GraphQLObjectType, nodes: FieldNodes) -> Mapping[str, Any]:
    """What was declared about a field beside its type; nothing for `__typename`."""
    declared = of.fields.get(nodes[0].node.name.value)
    definition = declared.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) if declared else None
    return definition.metadata if definition else {}
