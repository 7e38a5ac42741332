"""The object about which somebody asks, as the policy sees it: its row, or that of the document that has it."""

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from graphql import GraphQLError
from sqlalchemy import Select, Table, bindparam, select

from api.context import RequestContext
from api.reads.errors import bad_argument, public_id
from api.reads.registry import ObjectType
from api.values.ids import PublicId
from authz.policies.conditions.python import RowValues
from authz.policies.conditions.sql import relation_keys
from authz.policies.policy import Policy
from authz.related import with_related
from authz.rows import partner_column
from authz.vocabulary import RESOURCE_TABLES, Resource
from kernel.opening import Driver
from kernel.refusal import Code
from kernel.rows import Row, Rows
from kernel.signals import lent
from kernel.statements import fetch


@dataclass(frozen=True)
class Thing:
    """The row of the resource, the legal entities that it belongs to, and the partner whom it names.

    Of two legal entities to which a row belongs these are those for which the asker answers; none are the group's.
    """

    row: RowValues
    entity_ids: frozenset[UUID]
    partner_id: UUID | None


async def thing(
    context: RequestContext, text: str, resource: Resource, policy: Policy, entities: frozenset[UUID]
) -> Thing:
    """The object with a public id, if it belongs to the group or to one of these legal entities.

    It is read as the worker reads, by nobody's rights: who answers for the policy is told of what they do not see
    otherwise. One elsewhere is not found, like one that does not exist and one of a type that there is not.
    """
    identity = public_id("id", text)
    of = context.registry.types.get(identity.type)
    if of is None or of.node.entity_owned is (identity.entity_id is None):
        raise _missing()
    behind = context.parts.resources[of.name]
    if behind is not resource:
        raise bad_argument(f"id: a {of.name} is a matter of {behind.name}, not of {resource.name}.")
    async with lent(context.database.oversight) as driver:
        own = await _own_row(driver, of, identity)
        if own is None:
            raise _missing()
        owners = frozenset(own[column] for column in of.node.entity_columns if own[column] is not None)
        if owners and not owners & entities:
            raise _missing()
        column = partner_column(resource)
        row = await _judged_row(driver, of.node.table, own, resource, policy)
        return Thing(row, owners & entities, None if column is None else own.get(column))


def _missing() -> GraphQLError:
    return GraphQLError("Object not found.", extensions={"code": str(Code.NOT_FOUND)})


async def _own_row(driver: Driver, of: ObjectType, identity: PublicId) -> dict[str, Any] | None:
    values = {"id": identity.id} | ({} if identity.entity_id is None else {"entity_id": identity.entity_id})
    return (await _having(driver, of.node.table, values)).mappings().one_or_none()


async def _judged_row(driver: Driver, table: Table, own: RowValues, resource: Resource, policy: Policy) -> RowValues:
    """The row of which conditions speak, with the related rows at which they look. A line is seen with its document."""
    home = table.metadata.tables.get(RESOURCE_TABLES.get(resource, resource.value), table)
    row = own
    if home is not table:
        keys = relation_keys(table, home)
        if len(keys) != 1:
            return {"entity_id": own.get("entity_id")}
        ties = {each.column.name: own[each.parent.name] for each in keys[0].elements}
        row = (await _having(driver, home, ties)).mappings().one()
    return await with_related(partial(fetch, driver), home, row, policy.relations_of(resource))


async def _having(driver: Driver, table: Table, values: RowValues) -> Rows[Row]:
    """The rows of a table that have these values."""
    return await fetch(driver, _where(table, tuple(values)), {f"of_{name}": value for name, value in values.items()})


@lru_cache(maxsize=256)
def _where(table: Table, columns: tuple[str, ...]) -> Select[Any]:
    return select(table).where(*(table.c[name] == bindparam(f"of_{name}") for name in columns))
