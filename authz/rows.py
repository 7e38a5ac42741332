"""Which rows of a list an actor may read, as SQL: the first wall, in front of the database's own.

A predicate's text depends on the shape of the rights alone (one entity, several, a partner's rows); the values are
named bind parameters. Statements can thus be kept by `row_signature` and run for all actors whose rights look alike.
"""

from collections.abc import Hashable, Mapping
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, ColumnElement, FromClause, Uuid, bindparam, cast, false, func, true
from sqlalchemy.types import TypeEngine

from authz.actor import Actor
from authz.vocabulary import Action, Resource

PARTNER_COLUMNS: Mapping[Resource, str] = {
    Resource.PURCHASE_ORDER: "supplier_id",
    Resource.SUPPLIER: "id",
    Resource.SALES_ORDER: "customer_id",
    Resource.CUSTOMER: "id",
    Resource.SHIPMENT: "carrier_id",
}
"""The column by which a row belongs to a partner. Outsiders see nothing of the resources that are not listed."""

OPEN_TO_PARTNERS = frozenset({Resource.LEGAL_ENTITY})
"""What an outsider sees without naming their partner: the legal entities with which they deal."""


_PARTNER = "reader_partner"


class Limit(Enum):
    """The two limits by partner that need no column."""

    NONE = auto()
    NOTHING = auto()


def visible(actor: Actor, resource: Resource, table: FromClause) -> ColumnElement[bool]:
    """The WHERE of a list: which rows of `table` (or of an alias of it) the actor may read."""
    return _predicate(actor, resource, table, row_parameters(actor))


def row_predicate(actor: Actor, resource: Resource, table: FromClause) -> ColumnElement[bool]:
    """`visible` with parameters that are still to be given: `row_parameters` has their values."""
    return _predicate(actor, resource, table, {})


def row_parameters(actor: Actor) -> dict[str, Any]:
    """The values of all named parameters that the actor's predicates may have."""
    values: dict[str, Any] = {_PARTNER: actor.partner_id}
    for resource in Resource:
        entity_ids = sorted(actor.access.entities(resource, Action.READ))
        if len(entity_ids) == 1:
            values[_one(resource)] = entity_ids[0]
        elif entity_ids:
            values[_several(resource)] = entity_ids
    return values


def row_signature(actor: Actor) -> Hashable:
    """Equal for actors whose predicates have the same text."""
    counts = (min(len(actor.access.entities(resource, Action.READ)), 2) for resource in Resource)
    return (actor.partner_id is not None, *counts)


def partner_limit(actor: Actor, resource: Resource, table: FromClause) -> Limit | str:
    """The column by which the actor's rows are limited to one partner, or that there is no limit, or no row."""
    if actor.partner_id is None or resource in OPEN_TO_PARTNERS:
        return Limit.NONE
    column = PARTNER_COLUMNS.get(resource)
    return column if column is not None and column in table.c else Limit.NOTHING


def _predicate(actor: Actor, resource: Resource, table: FromClause, values: Mapping[str, Any]) -> ColumnElement[bool]:
    rows = _in_scope(actor, resource, table, values)
    match partner_limit(actor, resource, table):
        case Limit.NONE:
            return rows
        case Limit.NOTHING:
            return false()
        case column:
            return rows & (table.c[column] == _bind(_PARTNER, Uuid(), values))


def _in_scope(actor: Actor, resource: Resource, table: FromClause, values: Mapping[str, Any]) -> ColumnElement[bool]:
    entity_ids = actor.access.entities(resource, Action.READ)
    owner = _entity_column(resource, table)
    if owner is None or not entity_ids:
        return true() if entity_ids else false()
    if len(entity_ids) == 1:
        return owner == _bind(_one(resource), Uuid(), values)
    return owner == func.any(cast(_bind(_several(resource), ARRAY(Uuid()), values), ARRAY(Uuid())))


def _bind(name: str, kind: TypeEngine[Any], values: Mapping[str, Any]) -> BindParameter[Any]:
    return bindparam(name, values[name], type_=kind) if name in values else bindparam(name, type_=kind)


def _entity_column(resource: Resource, table: FromClause) -> ColumnElement[UUID] | None:
    """A shared master has none; the legal entity is its own owner."""
    return table.c.id if resource is Resource.LEGAL_ENTITY else table.c.get("entity_id")


def _one(resource: Resource) -> str:
    return f"reader_{resource}_entity"


def _several(resource: Resource) -> str:
    return f"reader_{resource}_entities"
