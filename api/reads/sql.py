"""From a plan to one SELECT whose rows are JSON text.

PostgreSQL concatenates the text itself: known text, columns, and correlated subqueries for relations (the form that
measured best: docs/decisions/derived-graphql-types.md). Every value is a bind parameter; what is written into the
statement's text comes from the schema or is a response key, which GraphQL's grammar confines to letters, digits and
underscores. The reader's row policy stands at every level, and below an entity-owned row its entity too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    TableValuedAlias,
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

from api.reads.conditions import Conditions
from api.reads.connections import ConnectionText, empty_connection
from api.reads.filters import bound, slot_name
from api.reads.kinds import NUMBERS, UUID_, Piece, joined, json_name, json_object, json_value, or_null
from api.reads.lists import RowList, Tie
from api.reads.masks import masked
from api.reads.plan import (
    Audited,
    ById,
    ByIds,
    Connection,
    Hidden,
    Lookup,
    Many,
    Masked,
    Object,
    ObjectField,
    One,
    Parts,
    Plan,
    Selected,
    Slot,
    Typename,
    Value,
)
from api.reads.policy import RowPolicy
from api.reads.registry import ObjectType, ValueField
from api.reads.trail import with_trail
from api.values.ids import encoded_id
from api.values.sqltext import known_text
from authz.fields import Mask
from authz.rows import NOTHING, RowsOfEntities, row_conditions


@dataclass(frozen=True)
class Compiler:
    """Writes statements for one reader's policy."""

    policy: RowPolicy

    @property
    def _conditions(self) -> Conditions:
        return Conditions(self.policy)

    def statement(self, plan: Plan) -> Select[Any]:
        """One row of JSON text; no row for a missing object; a second row where a business key is ambiguous."""
        match plan:
            case Connection():
                return select(self._connection(plan, None))
            case Lookup(read, condition):
                row = read.type.row()
                two = literal_column("2", Integer())
                return self._objects(read, row).where(self._conditions.sql(condition, row)).limit(two)
            case ById(read, object_id, entity_id):
                return self._by_id(read, object_id, entity_id)
            case ByIds():
                return self._by_ids(plan)
            case Audited(shown, asked, row_id, detail):
                return with_trail(self.statement(shown), asked, row_id, detail)

    def _by_id(self, read: Object, object_id: Slot, entity_id: Slot | None) -> Select[Any]:
        row = read.type.row()
        entity = None if entity_id is None else bound(entity_id, UUID_)
        tied = [] if entity is None else [row.c.entity_id == entity]
        return self._objects(read, row, entity).where(row.c.id == bound(object_id, UUID_), *tied)

    def _objects(self, read: Object, row: FromClause, entity_id: ColumnElement[UUID] | None = None) -> Select[Any]:
        """The objects that the reader sees of one aliased table; of one entity's, where the statement names it."""
        readable = self.policy.readable(read.type.node)
        if readable == NOTHING:
            return select(_NULL).where(false())
        text = joined(self.object_pieces(read, row))
        return select(text).select_from(row).where(*row_conditions(readable, row, entity_id))

    def _by_ids(self, plan: ByIds) -> Select[Any]:
        branches = [self._selected(selected) for selected in plan.selected]
        found = union_all(*branches, _blanks(plan.blanks)).subquery("found")
        shown = or_null(found.c.text) if plan.keep_missing else found.c.text
        elements = func.string_agg(shown, known_text(",")).aggregate_order_by(found.c.place)
        text = joined(["[", func.coalesce(elements, known_text(""), type_=Text()), "]"])
        return select(text).select_from(found)

    def _selected(self, selected: Selected) -> Select[Any]:
        of = selected.object.type
        if self.policy.readable(of.node) == NOTHING:
            return _blanks(selected.places)
        given = _given(selected)
        row = of.row()
        keys = [row.c[name] == given.c[name] for name in of.key_columns]
        entity = given.c.entity_id if of.node.entity_owned else None
        text = self._objects(selected.object, row, entity).where(*keys).correlate(given).scalar_subquery()
        return select(given.c.place, text.label("text"))

    def object_pieces(self, read: Object, row: FromClause) -> Iterator[Piece]:
        """The JSON text of one object over a row of its table."""
        return json_object((each.key, self._field(read.type, each, row)) for each in read.fields)

    def _field(self, of: ObjectType, each: ObjectField, row: FromClause) -> Iterable[Piece]:
        match each:
            case Typename() | Value():
                return _value(of, each, row)
            case Hidden():
                return ("null",)
            case Masked():
                return (self._masked(of, each, row),)
            case Parts():
                return (_parts(of, each, row),)
            case One():
                return (self._one(each, row),)
            case Many():
                return (self._connection(each.connection, Tie.of(each.field, row)),)

    def _masked(self, of: ObjectType, each: Masked, row: FromClause) -> ColumnElement[str]:
        mask = _mask(each.read, each.mask, row)
        if each.shown_in is None:
            return mask
        assert of.node.entity_column is not None, f"{of.name} is shared by the group, and so shown everywhere"
        known = RowsOfEntities(each.shown_in).holds(row.c[of.node.entity_column])
        return case((known, joined(self._field(of, each.read, row))), else_=mask)

    def _one(self, one: One, row: FromClause) -> Piece:
        target, relation = one.object.type, one.field.relation
        if self.policy.readable(target.node) == NOTHING:
            return "null"
        there = target.row()
        entity = row.c[relation.entity_column] if target.node.entity_owned else None
        tied = [] if entity is None else [there.c.entity_id == entity]
        objects = self._objects(one.object, there, entity).where(there.c.id == row.c[relation.column], *tied)
        return or_null(objects.correlate(row).scalar_subquery())

    def _connection(self, plan: Connection, tie: Tie | None) -> ColumnElement[str]:
        readable = self.policy.readable(plan.type.node)
        if readable == NOTHING:
            return joined(empty_connection(plan))

        def where(row: FromClause) -> list[ColumnElement[bool]]:
            return [] if plan.condition is None else [self._conditions.sql(plan.condition, row)]

        rows = RowList(type=plan.type, order=plan.order, readable=readable, tie=tie, where=where)
        return ConnectionText(plan, rows, self.object_pieces).expression()


_NULL = known_text("null")


def _given(selected: Selected) -> TableValuedAlias:
    arrays = (
        _array(selected.places, Integer()), _array(selected.ids, Uuid()), _array(selected.entity_ids, Uuid()),
    )  # fmt: skip
    columns = (column("place", Integer()), column("id", Uuid()), column("entity_id", Uuid()))
    return func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def _blanks(places: Slot) -> Select[Any]:
    """Places of the answer at which there is nothing."""
    place = column("place", Integer())
    blanks = func.unnest(_array(places, Integer())).table_valued(place, name="blank").render_derived()
    return select(blanks.c.place, cast(null(), Text()).label("text"))


def _parts(of: ObjectType, parts: Parts, row: FromClause) -> ColumnElement[str]:
    text = joined(json_object((each.key, _value(of, each, row)) for each in parts.fields))
    if not parts.field.nullable:
        return text
    empty = or_(*(part.expression(row).is_(None) for part in parts.field.parts.values() if part.nullable))
    return case((empty, _NULL), else_=text)


def _mask(read: Value | Parts | One | Many, mask: Mask, row: FromClause) -> ColumnElement[str]:
    """The JSON text of what the mask leaves of a value: of a sum of money the currency too, if any of its amount."""
    match read:
        case Value(_, ValueField() as value):
            shown = masked(mask, value.kind, value.expression(row))
            return _NULL if shown is None else joined(json_value(value.kind, shown, nullable=True))
        case Parts() if mask is Mask.BUCKET:
            parts = {part: _masked_part(part, mask, row) for part in read.field.parts.values()}
            empty = or_(*(part.is_(None) for part in parts.values()))
            text = joined(json_object((each.key, _part(each, parts)) for each in read.fields))
            return case((empty, _NULL), else_=text)
    return _NULL


def _masked_part(part: ValueField, mask: Mask, row: FromClause) -> ColumnElement[Any]:
    value = part.expression(row)
    return masked(mask, part.kind, value) if part.kind in NUMBERS else value  # type: ignore[return-value]


def _part(each: Typename | Value, parts: Mapping[ValueField, ColumnElement[Any]]) -> tuple[Piece, ...]:
    if isinstance(each, Typename):
        return json_name(each.name)
    assert isinstance(each.field, ValueField)
    return each.field.kind.pieces(parts[each.field])


def _value(of: ObjectType, each: Typename | Value, row: FromClause) -> tuple[Piece, ...]:
    if isinstance(each, Typename):
        return json_name(each.name)
    if isinstance(each.field, ValueField):
        return json_value(each.field.kind, each.field.expression(row), nullable=each.field.nullable)
    entity = row.c.entity_id if of.node.entity_owned else None
    return ('"', encoded_id(of.name, row.c.id, entity), '"')


def _array(slot: int, kind: Any) -> ColumnElement[Any]:
    return cast(bindparam(slot_name(slot), type_=ARRAY(kind)), ARRAY(kind))
