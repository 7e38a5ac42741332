"""Planning: from the selection under a field to a plan and its values.

graphql-core's own collection of fields does the reading of fragments, directives, type conditions and merged fields, so
that a compiled answer has exactly the fields, in exactly the order, that its executor would give.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import strawberry
from graphql import GraphQLObjectType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from api.ids import MalformedId, PublicId, decode_id
from api.reads import plan
from api.reads.errors import bad_argument
from api.reads.filters import comparison, read_condition
from api.reads.paging import page_request
from api.reads.plan import Plan, Slot
from api.reads.registry import (
    ENTITY,
    CompositeField,
    IdField,
    ManyField,
    ObjectType,
    OneField,
    Registry,
    Sort,
    ValueField,
)
from kernel.outcome import Ref

IDS_MAX = 100
FIELDS_MAX = 500
"""How many fields one root field may select, those of nested objects included: the statement grows with them."""
DEPTH_MAX = 10
"""How many objects may stand inside each other: each level is a subquery in the one around it."""

ResolveInfo = GraphQLResolveInfo[Any]

FieldNodes = Sequence[FieldDetails]
"""The occurrences of one response key in the document, which are merged."""


@dataclass(frozen=True)
class Planned:
    """A plan and the values of its slots."""

    plan: Plan
    values: tuple[Any, ...]


@dataclass
class Planner:
    """Plans one field of one operation."""

    registry: Registry
    info: ResolveInfo
    values: list[Any] = field(default_factory=list)
    _fields: int = 0
    _depth: int = 0

    def keep(self, value: Any, convert: Callable[[Any], Any] | None = None) -> Slot:
        """Stores a value, converted, and says its slot."""
        self.values.append(value if convert is None else convert(value))
        return len(self.values) - 1

    def finished(self, made: Plan) -> Planned:
        """The plan with the values that were kept for it."""
        return Planned(made, tuple(self.values))

    def connection(
        self, of: ObjectType, nodes: FieldNodes, default_order: Iterable[str], arguments: Mapping[str, Any]
    ) -> plan.Connection:
        """A page of objects, as the field's arguments want it."""
        order = of.order([chosen.value for chosen in arguments.get("orderBy") or ()] or default_order)
        where = arguments.get("where")
        return plan.Connection(
            type=of,
            condition=read_condition(where, of, self.keep) if where else None,
            order=order,
            page=self._page(arguments, order),
            parts=self._connection_parts(of, nodes),
        )

    def lookup(self, of: ObjectType, nodes: FieldNodes, arguments: Mapping[str, Any]) -> Plan | None:
        """One object by `id` or by a business key; None where the id is of another type."""
        given = {name: value for name, value in arguments.items() if value is not None and name != "entityId"}
        if len(given) != 1:
            raise bad_argument(f"Give exactly one of {', '.join(('id', *of.keys))}.")
        ((name, value),) = given.items()
        if name == "id":
            return self.by_id(of, nodes, public_id("id", value))
        terms = [comparison(name, "eq", value, of.keys[name], self.keep)]
        if arguments.get("entityId") is not None:
            terms.append(comparison("entityId", "eq", arguments["entityId"], ENTITY, self.keep))
        return plan.Lookup(self.object(of, nodes), plan.AllOf(tuple(terms)))

    def by_id(self, of: ObjectType, nodes: FieldNodes, identity: PublicId) -> plan.ById | None:
        """One object by its id; None where the id is of another type."""
        if identity.type != of.name or (identity.entity_id is not None) != of.node.entity_owned:
            return None
        entity = None if identity.entity_id is None else self.keep(identity.entity_id)
        return plan.ById(self.object(of, nodes), self.keep(identity.id), entity)

    def by_ids(self, nodes: FieldNodes, identities: Sequence[PublicId], *, keep_missing: bool) -> plan.ByIds:
        """Objects by their ids, each type's with its own selection."""
        places: dict[str, list[int]] = {}
        for place, identity in enumerate(identities):
            places.setdefault(self._readable_type(identity), []).append(place)
        blanks = places.pop("", [])
        return plan.ByIds(
            selected=tuple(self._selected_type(name, nodes, identities, places[name]) for name in sorted(places)),
            blanks=self.keep(blanks),
            keep_missing=keep_missing,
        )

    def _readable_type(self, identity: PublicId) -> str:
        of = self.registry.types.get(identity.type)
        fits = of is not None and (identity.entity_id is not None) == of.node.entity_owned
        return identity.type if fits else ""

    def _selected_type(
        self, name: str, nodes: FieldNodes, identities: Sequence[PublicId], places: list[int]
    ) -> plan.Selected:
        return plan.Selected(
            object=self.object(self.registry[name], nodes),
            places=self.keep(places),
            ids=self.keep([identities[place].id for place in places]),
            entity_ids=self.keep([identities[place].entity_id for place in places]),
        )

    def object(self, of: ObjectType, nodes: FieldNodes) -> plan.Object:
        """What is selected of one object."""
        if self._depth == DEPTH_MAX:
            raise bad_argument(f"Objects may be nested {DEPTH_MAX} deep at most.")
        self._depth += 1
        fields = tuple(self._object_field(of, key, each) for key, each in self.selected(of.name, nodes))
        self._depth -= 1
        return plan.Object(of, fields)

    def _object_field(
        self, of: ObjectType, key: str, nodes: FieldNodes
    ) -> plan.Typename | plan.Value | plan.Parts | plan.One | plan.Many:
        name = nodes[0].node.name.value
        if name == "__typename":
            return plan.Typename(key, of.name)
        match of.fields[name]:
            case ValueField() | IdField() as value:
                return plan.Value(key, value)
            case CompositeField() as composite:
                return plan.Parts(key, composite, tuple(self._parts(composite, nodes)))
            case OneField() as one:
                return plan.One(key, one, self.object(one.target, nodes))
            case ManyField() as many:
                return self._many(of, key, many, nodes)

    def _parts(self, composite: CompositeField, nodes: FieldNodes) -> Iterator[plan.Typename | plan.Value]:
        for key, each in self.selected(composite.type.name, nodes):
            name = each[0].node.name.value
            if name == "__typename":
                yield plan.Typename(key, composite.type.name)
            else:
                yield plan.Value(key, composite.parts[name])

    def _many(self, of: ObjectType, key: str, many: ManyField, nodes: FieldNodes) -> plan.Many:
        declared = self._object_type(of.name).fields[nodes[0].node.name.value]
        arguments = get_argument_values(declared, nodes[0].node, variables_of(self.info))
        order = many.relation.order or many.target.node.order
        return plan.Many(key, many, self.connection(many.target, nodes, order, arguments))

    def _connection_parts(
        self, of: ObjectType, nodes: FieldNodes
    ) -> tuple[plan.Typename | plan.TotalCount | plan.Nodes | plan.Edges | plan.PageInfo, ...]:
        selected = self.selected(f"{of.name}Connection", nodes)
        return tuple(self._connection_part(of, key, each) for key, each in selected)

    def _connection_part(
        self, of: ObjectType, key: str, nodes: FieldNodes
    ) -> plan.Typename | plan.TotalCount | plan.Nodes | plan.Edges | plan.PageInfo:
        match nodes[0].node.name.value:
            case "totalCount":
                return plan.TotalCount(key)
            case "nodes":
                return plan.Nodes(key, self.object(of, nodes))
            case "edges":
                selected = self.selected(f"{of.name}Edge", nodes)
                return plan.Edges(key, tuple(self._edge_field(of, name, each) for name, each in selected))
            case "pageInfo":
                selected = self.selected("PageInfo", nodes)
                return plan.PageInfo(key, tuple(_page_field(name, each) for name, each in selected))
            case _:
                return plan.Typename(key, f"{of.name}Connection")

    def _edge_field(
        self, of: ObjectType, key: str, nodes: FieldNodes
    ) -> plan.Typename | plan.EdgeCursor | plan.EdgeNode:
        match nodes[0].node.name.value:
            case "cursor":
                return plan.EdgeCursor(key)
            case "node":
                return plan.EdgeNode(key, self.object(of, nodes))
            case _:
                return plan.Typename(key, f"{of.name}Edge")

    def _page(self, arguments: Mapping[str, Any], order: Sequence[Sort]) -> plan.Page:
        wanted = page_request(arguments, order)
        return plan.Page(
            size=self.keep(wanted.size),
            backward=wanted.backward,
            after=self._bound(wanted.after),
            before=self._bound(wanted.before),
        )

    def _bound(self, values: tuple[Any, ...] | None) -> plan.Bound | None:
        if values is None:
            return None
        return plan.Bound(tuple(None if value is None else self.keep(value) for value in values))

    def selected(self, type_name: str, nodes: FieldNodes) -> Iterable[tuple[str, FieldNodes]]:
        """The response keys under merged fields of one object type, each with its own merged fields."""
        collected = collect_subfields(
            self.info.schema,
            self._fragments,
            variables_of(self.info),
            self.info.operation,
            self._object_type(type_name),
            list(nodes),
        )
        self._fields += len(collected.grouped_field_set)
        if self._fields > FIELDS_MAX:
            raise bad_argument(f"One root field may select {FIELDS_MAX} fields at most, with those of nested objects.")
        return collected.grouped_field_set.items()

    @cached_property
    def _fragments(self) -> dict[str, FragmentDetails]:
        return {name: FragmentDetails(fragment) for name, fragment in self.info.fragments.items()}

    def _object_type(self, name: str) -> GraphQLObjectType:
        found = self.info.schema.get_type(name)
        assert isinstance(found, GraphQLObjectType), f"{name} is not in the schema"
        return found


def _page_field(key: str, nodes: FieldNodes) -> plan.Typename | plan.PageFact:
    name = nodes[0].node.name.value
    return plan.Typename(key, "PageInfo") if name == "__typename" else plan.PageFact(key, name)


def root_nodes(info: ResolveInfo) -> list[FieldDetails]:
    """The occurrences of the field that is being resolved."""
    return [FieldDetails(node, None) for node in info.field_nodes]


def public_id(place: str, text: str) -> PublicId:
    """A decoded id of an argument; a GraphQLError if it is malformed."""
    try:
        return decode_id(text)
    except MalformedId:
        raise bad_argument(f"{place} is malformed: not an id.") from None


def identity_of(ref: Ref) -> PublicId:
    """The public identity of an object that an operation touched."""
    return PublicId(ref.type, ref.id, ref.entity_id)


def raw_info(info: strawberry.Info[Any, Any]) -> ResolveInfo:
    """graphql-core's own info: strawberry gives no public way to the field nodes with their fragments."""
    return info._raw_info  # noqa: SLF001


def variables_of(info: ResolveInfo) -> VariableValues:
    """strawberry hands resolvers the bare values; graphql-core's functions want them with their sources."""
    values: Any = info.variable_values
    return values if isinstance(values, VariableValues) else VariableValues({}, values)
