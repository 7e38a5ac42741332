"""From a plan to one SELECT whose rows are JSON text.

PostgreSQL concatenates the text itself: known text, columns, and correlated subqueries for relations (the form that
measured best: docs/decisions/derived-graphql-types.md). Every value is a bind parameter; what is written into the
statement's text comes from the schema or is a response key, which GraphQL's grammar confines to letters, digits and
underscores. The reader's row policy stands at every level, and below an entity-owned row its entity too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from api.ids import encoded_id
from api.reads.connections import ConnectionRows
from api.reads.filters import bound, condition_sql, slot_name
from api.reads.kinds import UUID_, Piece, joined, json_value
from api.reads.plan import (
    ById,
    ByIds,
    Connection,
    Hidden,
    Lookup,
    Many,
    Object,
    One,
    Parts,
    Plan,
    Selected,
    Typename,
    Value,
)
from api.reads.policy import RowPolicy
from api.reads.registry import IdField, ObjectType, ValueField
from api.sqltext import known_text

Link = Callable[[FromClause], list[ColumnElement[bool]]]
"""Ties the rows of a nested list to their parent."""


@dataclass(frozen=True)
class Compiler:
    """Writes statements for one reader's policy."""

    policy: RowPolicy

    def statement(self, plan: Plan) -> Select[Any]:
        """One row of JSON text; no row for a missing object; a second row where a business key is ambiguous."""
        match plan:
            case Connection():
                return select(self._connection(plan, _everything).text())
            case Lookup(read, condition):
                row = read.type.node.table.alias()
                two = literal_column("2", Integer())
                return self._objects(read, row).where(condition_sql(condition, row)).limit(two)
            case ById(read, object_id, entity_id):
                row = read.type.node.table.alias()
                entity = [] if entity_id is None else [row.c.entity_id == bound(entity_id, UUID_)]
                return self._objects(read, row).where(row.c.id == bound(object_id, UUID_), *entity)
            case ByIds():
                return self._by_ids(plan)

    def _objects(self, read: Object, row: FromClause) -> Select[Any]:
        return select(joined(self.object_pieces(read, row))).where(self.visible(read.type, row))

    def visible(self, of: ObjectType, row: FromClause) -> ColumnElement[bool]:
        """The rows of one aliased table that the reader may see."""
        return self.policy.predicate(of.node, row) if self.policy.readable(of.node) else false()

    def _by_ids(self, plan: ByIds) -> Select[Any]:
        place = column("place", Integer())
        branches = [self._selected(selected) for selected in plan.selected]
        blanks = func.unnest(_array(plan.blanks, Integer())).table_valued(place, name="blank").render_derived()
        found = union_all(*branches, select(blanks.c.place, cast(null(), Text()).label("text"))).subquery("found")
        shown = func.coalesce(found.c.text, known_text("null")) if plan.keep_missing else found.c.text
        elements = func.string_agg(shown, known_text(",")).aggregate_order_by(found.c.place)
        return select(joined(["[", func.coalesce(elements, known_text(""), type_=Text()), "]"]))

    def _selected(self, selected: Selected) -> Select[Any]:
        arrays = (
            _array(selected.places, Integer()), _array(selected.ids, Uuid()), _array(selected.entity_ids, Uuid()),
        )  # fmt: skip
        columns = (column("place", Integer()), column("id", Uuid()), column("entity_id", Uuid()))
        given = func.unnest(*arrays).table_valued(*columns, name="given").render_derived()
        of = selected.object.type
        row = of.node.table.alias()
        keys = [row.c[name] == given.c[name] for name in of.key_columns]
        text = self._objects(selected.object, row).where(*keys).correlate(given).scalar_subquery()
        return select(given.c.place, text.label("text"))

    def object_pieces(self, read: Object, row: FromClause) -> Iterator[Piece]:
        """The JSON text of one object over a row of its table."""
        for position, each in enumerate(read.fields):
            yield f'{"," if position else "{"}"{each.key}":'
            match each:
                case Typename():
                    yield f'"{each.name}"'
                case Hidden():
                    yield "null"
                case Value():
                    yield from _value(read.type, each.field, row)
                case Parts():
                    yield self._parts(read.type, each, row)
                case One():
                    yield self._one(each, row)
                case Many():
                    yield self._many(read.type, each, row)
        yield "}"

    def _parts(self, of: ObjectType, parts: Parts, row: FromClause) -> ColumnElement[str]:
        pieces: list[Piece] = []
        for position, each in enumerate(parts.fields):
            pieces.append(f'{"," if position else "{"}"{each.key}":')
            pieces.extend([f'"{each.name}"'] if isinstance(each, Typename) else _value(of, each.field, row))
        text = joined([*pieces, "}"])
        if not parts.field.nullable:
            return text
        empty = or_(*(part.expression(row).is_(None) for part in parts.field.parts.values() if part.nullable))
        return case((empty, known_text("null")), else_=text)

    def _one(self, one: One, row: FromClause) -> ColumnElement[str]:
        target, relation = one.object.type, one.field.relation
        there = target.node.table.alias()
        conditions = [there.c.id == row.c[relation.column]]
        if target.node.entity_owned:
            conditions.append(there.c.entity_id == row.c[relation.entity_column])
        found = self._objects(one.object, there).where(*conditions).correlate(row).scalar_subquery()
        return func.coalesce(found, known_text("null"), type_=Text())

    def _many(self, of: ObjectType, many: Many, row: FromClause) -> ColumnElement[str]:
        target, relation = many.field.target, many.field.relation
        share_entity = of.node.entity_owned and target.node.entity_owned

        def link(there: FromClause) -> list[ColumnElement[bool]]:
            entity = [there.c.entity_id == row.c.entity_id] if share_entity else []
            return [*entity, there.c[relation.column] == row.c.id]

        return self._connection(many.connection, link, row).text()

    def _connection(
        self,
        plan: Connection,
        link: Callable[[FromClause], list[ColumnElement[bool]]],
        parent: FromClause | None = None,
    ) -> ConnectionRows:
        def conditions(row: FromClause) -> list[ColumnElement[bool]]:
            where = [] if plan.condition is None else [condition_sql(plan.condition, row)]
            return [self.visible(plan.type, row), *link(row), *where]

        return ConnectionRows(plan, parent, conditions, self.object_pieces)


def _everything(_row: FromClause) -> list[ColumnElement[bool]]:
    """A list that hangs on no parent."""
    return []


def _value(of: ObjectType, field: ValueField | IdField, row: FromClause) -> tuple[Piece, ...]:
    if isinstance(field, ValueField):
        return json_value(field.kind, field.expression(row), nullable=field.nullable)
    entity = row.c.entity_id if of.node.entity_owned else None
    return ('"', encoded_id(of.name, row.c.id, entity), '"')


def _array(slot: int, kind: Any) -> ColumnElement[Any]:
    return cast(bindparam(slot_name(slot), type_=ARRAY(kind)), ARRAY(kind))
