"""Planning: from the selection under a field to a plan and the sources of its values.

graphql-core's own collection of fields does the reading of fragments, directives, type conditions and merged fields, so
that a compiled answer has exactly the fields, in exactly the order, that its executor would give.

A plan is made once for all requests whose variables have the same shape (variables.py). What else it depends on, the
type in an id or a NULL in a cursor, is kept beside it as conditions.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from api.reads import plan
from api.reads.cost import cost_of
from api.reads.errors import bad_argument, public_id
from api.reads.filters import WhereReader, comparison, groups_in
from api.reads.identities import IdsByType, readable_type
from api.reads.paging import checked_size, decode_cursor, page_end, value_at
from api.reads.plan import Plan, Slot
from api.reads.planned import Planned
from api.reads.policy import RowPolicy
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
from api.reads.reveals import Reveals
from api.reads.rights import FieldRights, is_hidden, is_open
from api.reads.selecting import FieldNodes, Selecting, syntax_of
from api.reads.trail import FreshId, Told
from api.reads.variables import Given, Source, filled, source, varies
from api.values.ids import PublicId
from kernel.outcome import Ref

FIELDS_MAX = 500
"""How many fields one root field may select, those of nested objects included: the statement grows with them."""
CONDITIONS_MAX = 1_000
"""How many columns, relations and groups all `where` of an operation may name: one variable may stand in hundreds."""
DEPTH_MAX = 10
"""How many objects may stand inside each other: each level is a subquery in the one around it."""


@dataclass
class Planner:
    """Plans one field of one operation, for a request with these scalars and for all that are like it."""

    registry: Registry
    selecting: Selecting
    rights: RowPolicy
    scalars: Sequence[Any]
    _sources: list[Source | FreshId | Told] = field(default_factory=list)
    _conditions: list[tuple[Source, Hashable]] = field(default_factory=list)
    _fields: int = 0
    _depth: int = 0

    def keep(self, argument: Any, convert: Callable[[Any], Any] | None = None) -> Slot:
        """Makes a slot for what `convert` makes of an argument. It outlives the planner, and so must not hold it."""
        self._sources.append(source(argument, convert))
        return len(self._sources) - 1

    def ask(self, argument: Any, question: Callable[[Any], Hashable]) -> Any:
        """Answers a question about an argument; the plan will only serve requests with the same answer."""
        answer = question(filled(argument, self.scalars))
        if varies(argument):
            self._conditions.append((Source(argument, question), answer))
        return answer

    def finished(self, made: Plan | None) -> Planned:
        """The plan with what was kept for it."""
        return Planned(made, tuple(self._sources), tuple(self._conditions), cost_of(made))

    def audited(self, made: Plan | None, name: str, arguments: Mapping[str, Any]) -> Plan | None:
        """The plan of a root field; one that writes down which audited fields it shows, if it shows any."""
        if made is None or isinstance(made, plan.Audited) or not self._reveals.fields:
            return made
        self._sources += [FreshId(), self._reveals.told(self.selecting.operation, arguments)]
        last = len(self._sources) - 1
        return plan.Audited(made, f"Query.{name}", row_id=last - 1, detail=last)

    def connection(
        self, of: ObjectType, nodes: FieldNodes, default_order: Iterable[str], arguments: Mapping[str, Any]
    ) -> plan.Connection:
        """A page of objects, as the field's arguments want it."""
        chosen = [str(each.value) for each in arguments.get("orderBy") or ()]
        if len(chosen) > of.node.orders_max:
            raise bad_argument(f"orderBy takes {of.node.orders_max} orders at most, not {len(chosen)}.")
        self._rights.check_order(of, chosen, syntax_of(nodes))
        order = of.order(chosen or self._rights.visible_order(of, default_order))
        return plan.Connection(
            type=of,
            condition=self._condition(of, arguments.get("where"), nodes),
            order=order,
            page=self._page(arguments, order),
            parts=self._connection_parts(of, nodes),
        )

    @cached_property
    def _rights(self) -> FieldRights:
        return FieldRights(self.rights)

    @cached_property
    def _reveals(self) -> Reveals:
        return Reveals(self.rights)

    def _condition(self, of: ObjectType, where: Mapping[str, Any] | None, nodes: FieldNodes) -> plan.Condition | None:
        if not where:
            return None
        if self.selecting.count_conditions(groups_in(where)) > CONDITIONS_MAX:
            raise bad_argument(
                f"An operation may have {CONDITIONS_MAX} conditions at most, counted wherever they apply."
            )
        check = partial(self._rights.check_filter, nodes=syntax_of(nodes))
        return WhereReader(self.keep, check).condition(where, of)

    def lookup(self, of: ObjectType, nodes: FieldNodes, arguments: Mapping[str, Any]) -> Plan | None:
        """One object by `id` or by a business key; None where the id is of another type."""
        given = {name: value for name, value in arguments.items() if value is not None and name != "entityId"}
        if len(given) != 1:
            raise bad_argument(f"Give exactly one of {', '.join(('id', *of.keys))}.")
        ((name, value),) = given.items()
        if name == "id":
            return self.by_id(nodes, value, (of.name,))
        self._rights.check_filter(of, (name,), name, syntax_of(nodes))
        terms = [comparison(name, "eq", value, of.keys[name], self.keep)]
        if arguments.get("entityId") is not None:
            terms.append(comparison("entityId", "eq", arguments["entityId"], ENTITY, self.keep))
        return plan.Lookup(self.object(of, nodes), plan.AllOf(tuple(terms)))

    def by_id(self, nodes: FieldNodes, argument: Any, types: Iterable[str]) -> plan.ById | None:
        """One object by its public id; None where the id is of none of these types."""
        registry = self.registry
        name = self.ask(argument, lambda text: readable_type(registry, public_id("id", text)))
        if name not in types:
            return None
        of = self.registry[name]
        entity = self.keep(argument, lambda text: public_id("id", text).entity_id) if of.node.entity_owned else None
        return plan.ById(self.object(of, nodes), self.keep(argument, lambda text: public_id("id", text).id), entity)

    def by_ids(
        self, nodes: FieldNodes, argument: Any, identities: Callable[[Any], Sequence[PublicId]], *, keep_missing: bool
    ) -> plan.ByIds:
        """Objects by their ids, each type's with its own selection. `identities` makes ids of the argument."""
        grouped = IdsByType(self.registry, identities)
        types = self.ask(argument, grouped.types)
        return plan.ByIds(
            selected=tuple(self._selected_type(name, nodes, argument, grouped) for name in types),
            blanks=self.keep(argument, partial(grouped.places, "")),
            keep_missing=keep_missing,
        )

    def made(self, of: ObjectType, nodes: FieldNodes, refs: Given) -> plan.ById:
        """The object that a command made or changed: the one in a list of references."""

        def only(given: Sequence[Ref]) -> Ref:
            (ref,) = given
            assert ref.type == of.name, f"{ref.type} stands for {of.name}"
            return ref

        entity = self.keep(refs, lambda given: only(given).entity_id) if of.node.entity_owned else None
        read = self.object(of, nodes)
        self._reveals.refuse()
        return plan.ById(read, self.keep(refs, lambda given: only(given).id), entity)

    def all_made(self, of: ObjectType, nodes: FieldNodes, refs: Given) -> plan.ByIds:
        """The objects that a command made or changed, but for those that are hidden from the reader."""
        selected = plan.Selected(
            object=self.object(of, nodes),
            places=self.keep(refs, lambda given: list(range(len(given)))),
            ids=self.keep(refs, lambda given: [ref.id for ref in given]),
            entity_ids=self.keep(refs, lambda given: [ref.entity_id for ref in given]),
        )
        self._reveals.refuse()
        return plan.ByIds(selected=(selected,), blanks=self.keep([]), keep_missing=False)

    def _selected_type(self, name: str, nodes: FieldNodes, argument: Any, grouped: IdsByType) -> plan.Selected:
        return plan.Selected(
            object=self.object(self.registry[name], nodes),
            places=self.keep(argument, partial(grouped.places, name)),
            ids=self.keep(argument, lambda given: [each.id for each in grouped.of_type(name, given)]),
            entity_ids=self.keep(argument, lambda given: [each.entity_id for each in grouped.of_type(name, given)]),
        )

    def object(self, of: ObjectType, nodes: FieldNodes) -> plan.Object:
        """What is selected of one object."""
        if self._depth == DEPTH_MAX:
            raise bad_argument(f"Objects may be nested {DEPTH_MAX} deep at most.")
        self._depth += 1
        fields = tuple(self._object_field(of, key, each) for key, each in self.selected(of.name, nodes))
        self._depth -= 1
        return plan.Object(of, fields)

    def _object_field(self, of: ObjectType, key: str, nodes: FieldNodes) -> plan.ObjectField:
        name = nodes[0].node.name.value
        if name == "__typename":
            return plan.Typename(key, of.name)
        right = self._rights.to(of, name)
        if is_hidden(right):
            return plan.Hidden(key)
        self._reveals.note(of, name, right)
        read = self._read(of, key, nodes)
        return read if is_open(right) else plan.Masked(key, read, right.mask, right.parameter)

    def _read(self, of: ObjectType, key: str, nodes: FieldNodes) -> plan.Value | plan.Parts | plan.One | plan.Many:
        match of.fields[nodes[0].node.name.value]:
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
        arguments = self.selecting.arguments(self.selecting.object_type(of.name), nodes)
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

    def _page(self, arguments: Mapping[str, Any], order: tuple[Sort, ...]) -> plan.Page:
        wanted = page_end(arguments)
        return plan.Page(
            size=self.keep(wanted.size, lambda size: checked_size(wanted.argument, size)),
            backward=wanted.backward,
            after=self._bound(arguments.get("after"), order),
            before=self._bound(arguments.get("before"), order),
        )

    def _bound(self, cursor: Any, order: tuple[Sort, ...]) -> plan.Bound | None:
        if cursor is None:
            return None
        empty = self.ask(cursor, lambda text: tuple(value is None for value in decode_cursor(text, order)))
        return plan.Bound(
            tuple(None if is_empty else self.keep(cursor, value_at(step, order)) for step, is_empty in enumerate(empty))
        )

    def selected(self, type_name: str, nodes: FieldNodes) -> Iterable[tuple[str, FieldNodes]]:
        """The response keys under merged fields of one object type, counted."""
        found = self.selecting.selected(self.selecting.object_type(type_name), nodes)
        self._fields += len(found)
        if self._fields > FIELDS_MAX:
            raise bad_argument(f"One root field may select {FIELDS_MAX} fields at most, with those of nested objects.")
        return found.items()


def _page_field(key: str, nodes: FieldNodes) -> plan.Typename | plan.PageFact:
    name = nodes[0].node.name.value
    return plan.Typename(key, "PageInfo") if name == "__typename" else plan.PageFact(key, name)
