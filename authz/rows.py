"""Which rows of a table an actor may read, as SQL: the first wall, in front of the database's own.

The answer, `Readable`, keeps apart what costs differently. The **scope** says which legal entities' rows are meant: a
list of one entity is one range of an index that begins with the entity; a list of several is read entity by entity and
merged, because no index has the rows of several in one order. What remains are **further** conditions on single rows:
the limit of an outsider to one partner, and the conditions of policies.

The text depends on the shape of the rights alone; the values are named bind parameters. Statements can thus be kept by
`RowRights.signature` and run for all actors whose rights look alike.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    ForeignKey,
    FromClause,
    Integer,
    Table,
    Uuid,
    any_,
    bindparam,
    cast,
    false,
    literal_column,
    or_,
    select,
)
from sqlalchemy.types import TypeEngine

from authz.dealing import published_or_dealt_in
from authz.fields import FieldRight
from authz.masking import CONFIDED_PARAMETER, confided, field_entities, field_right, seen_parameter
from authz.policies.compile import Access
from authz.policies.conditions.attributes import Attributes
from authz.policies.conditions.sql import PARTNER_PARAMETER, attribute_parameters
from authz.terms import RowCondition, row_terms, term_parameters, terms_shape
from authz.vocabulary import RESOURCE_TABLES, Action, FieldAction, Resource
from kernel.tables import Base, parties_of, partner_column_of

PUBLISHED_TO_PARTNERS = {Resource.ITEM: "is_published"}
"""What an outsider sees without naming their partner where it is published: the column that says so. They also see what
their own documents tell of (dealing.py)."""

OPEN_TO_PARTNERS = frozenset({Resource.LEGAL_ENTITY})
"""What an outsider sees without naming their partner: the legal entities with which they deal."""


def partner_column(resource: Resource) -> str | None:
    """The column by which a row belongs to a partner, as the table of the resource declares it (`table_class`).

    Outsiders see nothing of a resource without one.
    """
    table = Base.metadata.tables.get(RESOURCE_TABLES.get(resource, resource.value))
    return None if table is None or resource in OPEN_TO_PARTNERS else partner_column_of(table)


@dataclass(frozen=True)
class NoRows:
    """Nothing of the table."""


@dataclass(frozen=True)
class SharedRows:
    """Rows of the group: they belong to no legal entity."""


@dataclass(frozen=True)
class RowsOfEntity:
    """The rows of one legal entity, whose id is the value of `parameter`."""

    parameter: str

    def holds(self, entity_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        """Whether an entity is the one."""
        return entity_id == self.value

    @property
    def value(self) -> BindParameter[UUID]:
        """The entity."""
        return bindparam(self.parameter, type_=Uuid())


@dataclass(frozen=True)
class RowsOfEntities:
    """The rows of several legal entities, whose ids are the array `parameter`."""

    parameter: str

    def holds(self, entity_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        """Whether an entity is one of them."""
        return entity_id == any_(self.values)

    @property
    def values(self) -> ColumnElement[list[UUID]]:
        """The entities."""
        return cast(bindparam(self.parameter, type_=_IDS), _IDS)


_IDS: TypeEngine[Any] = ARRAY(Uuid())
EntityScope = NoRows | SharedRows | RowsOfEntity | RowsOfEntities


@dataclass(frozen=True)
class Readable:
    """Which rows of one table a reader may see: those in scope for which every further condition holds."""

    scope: EntityScope
    further: tuple[RowCondition, ...] = ()


class Limit(Enum):
    """The limits by partner that name no partner."""

    NONE = auto()
    PUBLISHED = auto()
    """To the rows that all partners may see, and those that the partner's own documents tell of."""
    NOTHING = auto()


NOTHING = Readable(NoRows())


@dataclass(frozen=True, eq=False)
class RowRights:
    """What one actor may read, worked out once for all their requests."""

    access: Access
    sub: Attributes

    def readable(self, resource: Resource, table: Table) -> Readable:
        """What of a table the actor may read, with parameters that are still to be given: `parameters` has them."""
        limit = self.partner_limit(resource, table)
        entity_ids = self.access.entities(resource, Action.READ)
        if limit is Limit.NOTHING or not entity_ids:
            return NOTHING
        entities = RowsOfEntity(_one(resource)) if len(entity_ids) == 1 else RowsOfEntities(_several(resource))
        further = _limited(resource, limit, table, entities)
        if self.access.is_conditional(resource, Action.READ):
            further = (*further, row_terms(resource, table, self.access.grant(resource, Action.READ)))
        if "entity_id" in table.primary_key.columns:
            return Readable(entities, further)
        if parties := parties_of(table):
            return Readable(SharedRows(), (_of_either(entities, parties), *further))
        return Readable(SharedRows(), (*_of_entities(entities, resource, table), *further))

    def field(self, resource: Resource, name: str) -> FieldRight:
        """What the actor may do with a field of the rows that they read."""
        return field_right(self.access, resource, name)

    @cached_property
    def parameters(self) -> Mapping[str, Any]:
        """The values of all named parameters that the actor's rows may need."""
        values: dict[str, Any] = attribute_parameters(self.sub)
        values[CONFIDED_PARAMETER] = confided(self.access)
        for resource in Resource:
            entity_ids = sorted(self.access.entities(resource, Action.READ))
            if len(entity_ids) == 1:
                values[_one(resource)] = entity_ids[0]
            elif entity_ids:
                values[_several(resource)] = entity_ids
            values |= term_parameters(resource, self.access.grant(resource, Action.READ))
        for resource, names in self.access.restricted.items():
            for name in names:
                seen = field_entities(self.access, resource, name, FieldAction.SEE)
                values[seen_parameter(resource, name)] = sorted(seen)
        return values

    @cached_property
    def signature(self) -> Hashable:
        """Equal for actors whose readable rows, and what is shown of them, have the same text."""
        rows = tuple(self._shape(resource) for resource in Resource)
        fields = tuple(
            (resource, name, self.field(resource, name))
            for resource, names in sorted(self.access.restricted.items())
            for name in names
        )
        # Statements are looked up by it for each request, and a text keeps its hash.
        return sha256(repr((self.sub.partner_id is not None, rows, fields)).encode()).hexdigest()

    def _shape(self, resource: Resource) -> Hashable:
        count = min(len(self.access.entities(resource, Action.READ)), 2)
        if not self.access.is_conditional(resource, Action.READ):
            return count
        return count, tuple(terms_shape(each) for each in self.access.grant(resource, Action.READ))

    def partner_limit(self, resource: Resource, table: FromClause) -> Limit | str:
        """The column by which the actor's rows are limited to one partner, or how else they are limited."""
        if self.sub.partner_id is None or resource in OPEN_TO_PARTNERS:
            return Limit.NONE
        column = partner_column(resource)
        if column is not None and column in table.c:
            return column
        return Limit.PUBLISHED if PUBLISHED_TO_PARTNERS.get(resource, "") in table.c else Limit.NOTHING


def row_conditions(
    readable: Readable, rows: FromClause, entity_id: ColumnElement[UUID] | None = None
) -> list[ColumnElement[bool]]:
    """What must hold for a row of `rows` to be seen: for statements in which the order does not matter.

    Where the statement ties the rows to one entity anyway, `entity_id` is that entity: PostgreSQL then tests it once.
    """
    further = [condition(rows) for condition in readable.further]
    match readable.scope:
        case NoRows():
            return [false()]
        case SharedRows():
            return further
        case scope:
            return [scope.holds(rows.c.entity_id if entity_id is None else entity_id), *further]


def _limited(
    resource: Resource, limit: Limit | str, table: Table, entities: RowsOfEntity | RowsOfEntities
) -> tuple[RowCondition, ...]:
    match limit:
        case str():
            return (_of_partner(limit),)
        case Limit.PUBLISHED:
            return (published_or_dealt_in(table, PUBLISHED_TO_PARTNERS[resource], entities),)
        case _:
            return ()


def _of_partner(column: str) -> RowCondition:
    return lambda rows: rows.c[column] == bindparam(PARTNER_PARAMETER, type_=Uuid())


def _of_entities(entities: RowsOfEntity | RowsOfEntities, resource: Resource, table: Table) -> Iterator[RowCondition]:
    """Shared rows that concern legal entities: the entities themselves, and documents that may name one."""
    if resource is Resource.LEGAL_ENTITY:
        yield lambda rows: entities.holds(rows.c.id)
    elif "entity_id" in table.c:
        yield lambda rows: rows.c.entity_id.is_(None) | entities.holds(rows.c.entity_id)
    else:
        documents = (each for each in table.foreign_keys if each.column.table.name == resource)
        yield from (_of_document(entities, each) for each in documents if "entity_id" in each.column.table.c)


def _of_either(entities: RowsOfEntity | RowsOfEntities, parties: tuple[str, ...]) -> RowCondition:
    """A row of two legal entities: a range of the index on either column."""
    return lambda rows: or_(*(entities.holds(rows.c[party]) for party in parties)).self_group()


def _of_document(entities: RowsOfEntity | RowsOfEntities, key: ForeignKey) -> RowCondition:
    """The lines of a document that may name an entity: they are seen with it, and not otherwise."""

    def seen(rows: FromClause) -> ColumnElement[bool]:
        document = key.column.table.alias()
        found = select(literal_column("1", Integer())).select_from(document)
        named = document.c.entity_id.is_(None) | entities.holds(document.c.entity_id)
        return found.where(document.c.id == rows.c[key.parent.name], named).correlate(rows).exists()

    return seen


def _one(resource: Resource) -> str:
    return f"reader_{resource}_entity"


def _several(resource: Resource) -> str:
    return f"reader_{resource}_entities"
