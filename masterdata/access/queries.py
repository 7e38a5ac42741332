"""Every statement of the checks on access: the policy and the grants as they are, row by row."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, Table, Uuid, bindparam, column, or_, select, table
from sqlalchemy.types import Text

from authz.actor import Actor
from authz.model import RoleGrant
from authz.vocabulary import Role
from kernel.db import any_of
from kernel.operation import Operation
from masterdata.noun import Noun

_GRANT = RoleGrant.__table__
_GRANTS = (
    select(_GRANT)
    .where(
        or_(
            any_of(_GRANT.c.id, "ids"),
            any_of(_GRANT.c.subject, "subjects", Text()),
            any_of(_GRANT.c.role, "roles", Text()),
        ),
        or_(_GRANT.c.valid_until.is_(None), _GRANT.c.valid_until > bindparam("now")),
    )
    .order_by(_GRANT.c.id)
)

Rows = dict[UUID, dict[str, Any]]

# The legal entities are another noun; only their codes are needed here.
_LEGAL_ENTITY = table("legal_entity", column("id", Uuid()), column("code", Text()))
_ENTITIES = select(_LEGAL_ENTITY.c.id, _LEGAL_ENTITY.c.code)


async def gather_rows(op: Operation[Actor], noun: Noun) -> Rows:
    """All objects of a noun, by id."""
    rows = (await op.execute(_all(noun.table), {})).mappings()
    return {row["id"]: dict(row) for row in rows}


async def gather_grants(
    op: Operation[Actor], *, ids: Iterable[UUID], subjects: Iterable[str], roles: Iterable[Role]
) -> Rows:
    """The grants with these ids, of these subjects, and of these roles, that have not ended."""
    given = {"ids": sorted(ids), "subjects": sorted(subjects), "roles": sorted(map(str, roles)), "now": op.now}
    rows = (await op.execute(_GRANTS, given)).mappings()
    return {row["id"]: dict(row) for row in rows}


async def gather_entity_codes(op: Operation[Actor]) -> Mapping[str, UUID]:
    """The legal entities by their codes."""
    return {row.code: row.id for row in await op.execute(_ENTITIES, {})}


@lru_cache(maxsize=16)
def _all(of: Table) -> Executable:
    return select(of).order_by(of.c.id)
