"""Every statement of the checks on access: the policy and the grants as they are, row by row."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Executable, Table, Uuid, any_, bindparam, column, func, or_, select, table, union_all
from sqlalchemy.types import Text

from authz.actor import Actor
from authz.identity.model import Account
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

_ACCOUNT = Account.__table__
_PERSONS = select(_ACCOUNT.c.person).where(
    or_(any_of(_ACCOUNT.c.id, "ids"), any_of(_ACCOUNT.c.subject, "names", Text()))
)
_ACCOUNTS = (
    select(_ACCOUNT)
    .where(
        or_(
            any_of(_ACCOUNT.c.subject, "names", Text()),
            any_of(_ACCOUNT.c.person, "names", Text()),
            _ACCOUNT.c.person == any_(func.array(_PERSONS.scalar_subquery(), type_=ARRAY(Text()))),
        )
    )
    .order_by(_ACCOUNT.c.id)
)
# Partners are of other nouns too; only the ids behind codes are needed here.
_PARTNERS = union_all(
    *(
        select(of.c.id, of.c.code).where(any_of(of.c.code, "codes", Text()))
        for of in (table(name, column("id", Uuid()), column("code", Text())) for name in ("supplier", "customer"))
    )
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


async def gather_accounts(op: Operation[Actor], *, ids: Iterable[UUID], names: Iterable[str]) -> Rows:
    """The accounts with these ids, and all of the people who are known by these names, as a person or by an account."""
    rows = (await op.execute(_ACCOUNTS, {"ids": sorted(ids), "names": sorted(names)})).mappings()
    return {row["id"]: dict(row) for row in rows}


async def gather_partner_codes(op: Operation[Actor], codes: Iterable[str]) -> Mapping[str, UUID]:
    """The suppliers and customers with these codes, by them."""
    return {row.code: row.id for row in await op.execute(_PARTNERS, {"codes": sorted(codes)})}


async def gather_entity_codes(op: Operation[Actor]) -> Mapping[str, UUID]:
    """The legal entities by their codes."""
    return {row.code: row.id for row in await op.execute(_ENTITIES, {})}


@lru_cache(maxsize=16)
def _all(of: Table) -> Executable:
    return select(of).order_by(of.c.id)
