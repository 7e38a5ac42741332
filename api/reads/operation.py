"""The reads of an operation: of each compiled root field, and of each compiled field in a mutation's payload."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.language import Node as SyntaxNode
from strawberry.types.graphql import OperationType
from strawberry.utils.str_converters import to_camel_case

from api.reads.cost import ListCost
from api.reads.errors import is_forbidden
from api.reads.plan import ById, ByIds
from api.reads.planned import Planned
from api.reads.policy import RowPolicy
from api.reads.run import Driver, read
from api.reads.selecting import FieldNodes
from api.reads.variables import Shape, Source, leaf_count
from kernel.outcome import Ref

SHAPES_MAX = 32
"""For how many shapes of variables, and rights of readers, an operation keeps plans."""
VARIANTS_MAX = 8
"""How many plans are kept for requests of one shape, which differ in the types of ids or in what a cursor lacks."""
LEAVES_MAX = 1_000
"""Variables with more parts than this are planned each time: they are different each time."""
LEAF_SIZE = 50
"""What a part of the variables, or a value of the statement, counts in a plan: a character of a document is parsed to
some hundred bytes."""
MADE_MAX = 100
"""How many objects a payload's list is expected to have, for its cost."""


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of a valid document."""

    text: str
    document: DocumentNode
    node: OperationDefinitionNode
    grown: Callable[[], None]
    """Hears of each plan that is kept."""
    plans: dict[tuple[Shape, Hashable], list["OperationPlan"]] = field(default_factory=dict)
    """By the shape of the variables and the rights of the reader."""
    _signatures: list[GraphQLVariableSignature] = field(default_factory=list)

    @property
    def plan_count(self) -> int:
        """How many plans are kept."""
        return sum(len(variants) for variants in self.plans.values())

    @property
    def plans_size(self) -> int:
        """How much they count, in characters of the document."""
        counted = (leaf_count(shape) + each.slot_count for (shape, _), plans in self.plans.items() for each in plans)
        return sum(len(self.text) + LEAF_SIZE * count for count in counted)

    def keep(self, shape: Shape, rights: Hashable, plan: "OperationPlan") -> None:
        """Keeps a plan, unless its shape is huge. The oldest makes way where there are too many."""
        if leaf_count(shape) > LEAVES_MAX:
            return
        variants = self.plans.setdefault((shape, rights), [])
        variants.append(plan)
        del variants[:-VARIANTS_MAX]
        if len(self.plans) > SHAPES_MAX:
            del self.plans[next(iter(self.plans))]
        self.grown()

    @property
    def name(self) -> str | None:
        """Its name in the document."""
        return self.node.name.value if self.node.name else None

    @cached_property
    def type(self) -> OperationType:
        """Whether it reads, changes or follows."""
        return OperationType(self.node.operation.value)

    def signatures(self, schema: GraphQLSchema) -> Sequence[GraphQLVariableSignature]:
        """Its variables with their types in the schema, for which it was validated."""
        if not self._signatures:
            found = (get_variable_signature(schema, each) for each in self.node.variable_definitions or ())
            self._signatures.extend(each for each in found if not isinstance(each, GraphQLError))
        return self._signatures

    @cached_property
    def fragments(self) -> dict[str, FragmentDetails]:
        """The document's fragments, as graphql-core collects fields from them."""
        found = (each for each in self.document.definitions if isinstance(each, FragmentDefinitionNode))
        return {each.name.value: FragmentDetails(each) for each in found}

    @cached_property
    def variables_read(self) -> frozenset[str]:
        """The variables on which reads may depend: all but those that only mutations take as their input."""
        names = _VariableNames()
        for selection in self.node.selection_set.selections:
            if isinstance(selection, FieldNode) and self.type is OperationType.MUTATION:
                names.collect(*(selection.directives or ()), selection.selection_set)
            else:
                names.collect(selection)
        names.collect(*(each.definition for each in self.fragments.values()))
        return frozenset(names.found)


class _VariableNames(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def collect(self, *nodes: SyntaxNode | None) -> None:
        for node in nodes:
            if node is not None:
                visit(node, self)

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.found.add(node.name.value)


class ReadContext(Protocol):
    """What the context of an operation must offer to its compiled fields."""

    @property
    def row_policy(self) -> RowPolicy:
        """What the reader may see."""

    @property
    def reads(self) -> "Reads":
        """The operation's reads."""

    def reading(self) -> AbstractAsyncContextManager[Driver]:
        """A connection of the driver for reads."""


@dataclass(frozen=True, eq=False)
class Made:
    """A payload's field with objects that a command made."""

    field_name: str
    planned: Planned


@dataclass(frozen=True, eq=False)
class OperationPlan:
    """Every read of an operation, by response key; for a mutation, of its payloads by theirs.

    A root field that cannot be planned has its error instead.
    """

    root_type: GraphQLObjectType
    root_fields: Mapping[str, FieldNodes]
    roots: Mapping[str, Planned | GraphQLError]
    made: Mapping[str, Mapping[str, Made]]
    declared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """With what metadata the root fields were declared."""
    payloads: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The fields that are selected in each payload of a mutation, by response key."""
    fixed_cost: int = 0
    """What the root fields cost that are computed and not compiled ..."""
    list_costs: Sequence[ListCost] = ()
    """... and those whose cost depends on their arguments."""

    @cached_property
    def complete(self) -> bool:
        """Whether nothing is left for graphql-core's executor."""
        return all(key in self.roots or self.name(key) == "__typename" for key in self.root_fields)

    def name(self, key: str) -> str:
        """The name of the root field with this response key."""
        return self.root_fields[key][0].node.name.value

    def fits(self, scalars: Sequence[Any]) -> bool:
        """Whether these are the plans for such scalars. Raises a GraphQLError for malformed ones."""
        return not self._conditions or all(question.value(scalars) == answer for question, answer in self._conditions)

    @cached_property
    def _conditions(self) -> tuple[tuple[Source, Hashable], ...]:
        return tuple(condition for each in self._planned() for condition in each.conditions)

    @cached_property
    def forbidden(self) -> tuple[tuple[str, GraphQLError], ...]:
        """The root fields, by name, that ask for what the reader has no right to ask."""
        refused = ((self.name(key), each) for key, each in self.roots.items() if isinstance(each, GraphQLError))
        return tuple((f"Query.{name}", error) for name, error in refused if is_forbidden(error))

    @cached_property
    def slot_count(self) -> int:
        """How many values its statements have."""
        return sum(len(each.sources) for each in self._planned())

    def _planned(self) -> Iterator[Planned]:
        yield from (each for each in self.roots.values() if isinstance(each, Planned))
        yield from (each.planned for fields in self.made.values() for each in fields.values())


@dataclass(frozen=True, eq=False)
class Read:
    """One read of one request."""

    planned: Planned
    values: Sequence[Any]

    def answer(self, driver: Driver, policy: RowPolicy) -> Awaitable[orjson.Fragment | None]:
        """The JSON, or None where there is no such object or the reader may not see it."""
        return read(driver, self.planned, self.values, policy)


@dataclass(frozen=True, eq=False)
class Reads:
    """The reads of one request, made from the plans for all requests like it."""

    plan: OperationPlan
    scalars: Sequence[Any] = ()
    rights: Hashable = None
    """For whose rights they were planned ..."""
    again: Callable[[RowPolicy], "Reads"] | None = None
    """... and how they are planned for others."""
    roots: Mapping[str, Read | GraphQLError] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "roots", {key: self._root(each) for key, each in self.plan.roots.items()})

    def _root(self, planned: Planned | GraphQLError) -> Read | GraphQLError:
        if isinstance(planned, GraphQLError):
            return planned
        try:
            return Read(planned, planned.values(self.scalars))
        except GraphQLError as error:
            return error

    @cached_property
    def turn(self) -> asyncio.Lock:
        """An operation holds one connection at a time: two would let one request starve others."""
        return asyncio.Lock()

    def suiting(self, policy: RowPolicy) -> "Reads":
        """The reads for these rights, which may have been replaced while a mutation ran."""
        if self.again is None or policy.signature == self.rights:
            return self
        return self.again(policy)

    def cost(self) -> int:
        """How many rows they may read at worst. Raises the GraphQLError of a payload's arguments, before it is made."""
        roots = sum([each.planned.cost.total(each.values) for each in self.roots.values() if isinstance(each, Read)])
        roots += self.plan.fixed_cost + sum([each.total(self.scalars) for each in self.plan.list_costs])
        if not self.plan.made:
            return roots
        payloads = (each.planned for fields in self.plan.made.values() for each in fields.values())
        return roots + sum(each.cost.total(each.values([*self.scalars, _made_at_worst(each)])) for each in payloads)

    async def read(self, key: str | int, context: ReadContext) -> orjson.Fragment | None:
        """Reads a root field on a connection of its own. Raises the GraphQLError of its arguments."""
        found = self.roots[str(key)]
        if isinstance(found, GraphQLError):
            raise found
        async with self.turn, context.reading() as driver:
            return await found.answer(driver, context.row_policy)

    def of_payload(self, key: str | int, refs: Mapping[str, Sequence[Ref]]) -> dict[str, Read]:
        """The reads of the payload with this response key, by theirs, of what was made.

        `refs` go by the Python name or the GraphQL name of their field.
        """
        by_field = {to_camel_case(name): given for name, given in refs.items()}
        return {
            name: Read(made.planned, made.planned.values([*self.scalars, by_field[made.field_name]]))
            for name, made in self.plan.made[str(key)].items()
            if by_field.get(made.field_name)
        }


def _made_at_worst(planned: Planned) -> list[Ref]:
    match planned.plan:
        case ById(read):
            return [Ref(read.type.name, _NOBODY, _NOBODY)]
        case ByIds((selected,)):
            return [Ref(selected.object.type.name, _NOBODY, _NOBODY)] * MADE_MAX
    raise AssertionError("a payload has objects by their ids")


_NOBODY = UUID(int=0)
