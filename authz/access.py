"""Asking for permission: fetch, scope, permission and lock in one call.

A row that the actor may not read is answered like a row that does not exist; only for a row that they see do they
learn that an action is forbidden.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, false, select
from sqlalchemy.schema import Table

from authz.actor import Actor
from authz.policies.conditions.python import RowValues
from authz.related import with_related
from authz.rows import Limit, partner_column
from authz.vocabulary import Action, Resource
from kernel.lock_order import LockRank
from kernel.operation import Operation
from kernel.refusal import Code, Refusal, Refused, not_found
from kernel.rows import Row
from kernel.tables import Base

NO_ROW: RowValues = {}
"""A row of which nothing is known: allowed on it is what is allowed on every row."""
NO_RELATED: Mapping[str, Sequence[RowValues]] = MappingProxyType({})


async def access(
    op: Operation[Actor],
    model: type[Base],
    *,
    entity_id: UUID,
    row_id: UUID,
    resource: Resource,
    action: Action,
    noun: str,
    lock: LockRank | None = None,
    expected_version: int | None = None,
    path: tuple[str | int, ...] = ("id",),
) -> Row:
    """The row of an entity-owned document, if the actor may do `action` to it; locked when `lock` names its rank.

    This decides on the row as it is. A use case that changes columns by which rights are given asks again for the row
    as it will be (`permit_after`). Refuses with NOT_FOUND (absent or hidden, at `path`), FORBIDDEN, or VERSION_CONFLICT
    when the row's version is not the one that the caller saw.
    """
    actor, table = op.actor, _table(model)
    if not actor.may(resource, Action.READ, entity_id):
        raise Refusal(not_found(noun, *path))
    permitted = actor.may(resource, action, entity_id)
    # Who is not permitted takes no lock: they only learn whether there is something to be forbidden.
    rank = lock if permitted else None
    if rank is not None:
        op.lock(rank)
    statement = _fetch(table, actor.rows.partner_limit(resource, table), rank is not None)
    found = await op.execute(statement, {"of_entity": entity_id, "of_id": row_id, "of_partner": actor.partner_id})
    row = found.one_or_none()
    if row is None:
        raise Refusal(not_found(noun, *path))
    values = await with_related(op.execute, table, row, actor.access.relations(resource, Action.READ, action))
    if not actor.may(resource, Action.READ, entity_id, values):
        raise Refusal(not_found(noun, *path))
    if not actor.may(resource, action, entity_id, values):
        raise Refusal(forbidden(resource, action))
    _check_version(row, noun, expected_version)
    op.authorise(entity_id)
    return row


def authorise(
    op: Operation[Actor], resource: Resource, action: Action, entity_id: UUID, *, partner_id: UUID | None = None
) -> None:
    """Asks for permission where no row exists. `partner_id` is the partner whom the new row will name.

    Refuses with NOT_FOUND when the actor does not see the legal entity, with FORBIDDEN when the action is not theirs on
    whatever row; an outsider may act for their own partner only. Where the row decides, ask `foresee` first, and
    `permit_after` once it is known.
    """
    foresee(op, resource, action, entity_id, partner_id=partner_id)
    if not op.actor.may(resource, action, entity_id, NO_ROW):
        raise Refusal(forbidden(resource, action))
    op.authorise(entity_id)


def foresee(
    op: Operation[Actor], resource: Resource, action: Action, entity_id: UUID, *, partner_id: UUID | None = None
) -> None:
    """Refuses like `authorise` what no row could make allowed. Nothing commits before `permit_after` has the row."""
    actor = op.actor
    if not actor.may(Resource.LEGAL_ENTITY, Action.READ, entity_id):
        raise Refusal(not_found("Legal entity", "entityId"))
    op.entity_id = entity_id  # a refusal is audited with it
    foreign = actor.partner_id is not None and actor.partner_id != partner_id
    if foreign or not actor.may(resource, action, entity_id):
        raise Refusal(forbidden(resource, action))


def permit_after(
    op: Operation[Actor],
    resource: Resource,
    action: Action,
    row: RowValues,
    *,
    related: Mapping[str, Sequence[RowValues]] = NO_RELATED,
) -> None:
    """Asks for permission on a new row as it will be, by its columns; one that is left out is not known.

    `related` are the rows that are made with it, by their table: its lines. No other row refers to what is new.
    A write must not lead out of what the actor may do: to another legal entity or partner, or over a limit.
    """
    actor, entity_id = op.actor, row["entity_id"]
    column = partner_column(resource)
    foreign = actor.partner_id is not None and (column is None or row.get(column) != actor.partner_id)
    none: Sequence[RowValues] = ()
    tied = {name: related.get(name, none) for name in actor.access.relations(resource, action)}
    if foreign or not actor.may(resource, action, entity_id, {**row, **tied}):
        raise Refusal(forbidden(resource, action))
    op.authorise(entity_id)


def foresee_anywhere(op: Operation[Actor], resource: Resource, action: Action) -> None:
    """Refuses what no row of the group could make allowed. Nothing commits before `permit_shared` has the row."""
    if op.actor.partner_id is not None or not op.actor.access.anywhere(resource, action):
        raise Refusal(forbidden(resource, action))


def authorise_anywhere(op: Operation[Actor], resource: Resource, action: Action) -> None:
    """Asks for permission on what belongs to the whole group, whatever the row; outsiders have none."""
    if op.actor.partner_id is not None or not op.actor.may_shared(resource, action, NO_ROW):
        raise Refusal(forbidden(resource, action))
    op.authorise(None)


def permit_shared(op: Operation[Actor], resource: Resource, action: Action, row: RowValues) -> None:
    """Asks for permission on a row of the group; where it names a legal entity, in that one. Outsiders have none."""
    if op.actor.partner_id is not None or not op.actor.may_shared(resource, action, row):
        raise Refusal(forbidden(resource, action))
    op.authorise(row.get("entity_id"))


@lru_cache(maxsize=512)
def _fetch(table: Table, limit: Limit | str, locked: bool) -> Select[Any]:  # noqa: FBT001 - the key of a cache
    statement = select(table).where(table.c.entity_id == bindparam("of_entity"), table.c.id == bindparam("of_id"))
    if limit in (Limit.NOTHING, Limit.PUBLISHED):  # what is published is no document
        statement = statement.where(false())
    elif isinstance(limit, str):
        statement = statement.where(table.c[limit] == bindparam("of_partner"))
    return statement.with_for_update() if locked else statement


def _check_version(row: Row, noun: str, expected: int | None) -> None:
    if expected is not None and row.version != expected:
        message = f"{noun} was changed since: it has version {row.version}, not {expected}. Read it again."
        data = {"current": row.version, "expected": expected}
        raise Refusal(Refused(Code.VERSION_CONFLICT, message, ("expectedVersion",), data))


def forbidden(resource: Resource, action: Action) -> Refused:
    """The refusal of an action on something that the actor sees."""
    message = f"None of your roles here allows this: {action} {resource.replace('_', ' ')}."
    return Refused(Code.FORBIDDEN, message, (), {"resource": resource, "action": action})


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    assert "entity_id" in table.c, f"{table.name} has no legal entity"
    return table
