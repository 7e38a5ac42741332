"""Every SQL statement of the tables by which people are known."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Text, any_, bindparam, func, select, union
from sqlalchemy.types import TypeEngine

from authz.identity.model import Account, ApiKey, Delegation
from kernel.db import any_of
from kernel.readers import Driver
from kernel.rows import Row
from kernel.statements import fetch

_KEY = select(
    ApiKey.prefix,
    ApiKey.subject,
    ApiKey.secret_sha256,
    ApiKey.scopes,
    ApiKey.expires_at,
    ApiKey.revoked_at,
    ApiKey.cost_per_minute,
).where(ApiKey.prefix == bindparam("of_prefix"))
_PEOPLE = select(Account.subject, Account.person).where(any_of(Account.subject, "subjects", Text()))
# A person's accounts, and their name itself, where that is an account; of whom nothing is known, the account itself.
_TEXTS: TypeEngine[Any] = ARRAY(Text())
_SUBJECTS: BindParameter[Any] = bindparam("subjects", type_=_TEXTS)
_NAMES = func.unnest(_SUBJECTS, type_=Text()).column_valued("name")
_PERSONS = select(Account.person).where(any_of(Account.subject, "subjects", Text()))
_PERSON = union(select(_NAMES), _PERSONS).subquery()
_ACCOUNTS = select(Account.subject).where(Account.person.in_(select(_PERSON.c[0])))
_SELVES = union(select(_PERSON.c[0]), _ACCOUNTS).scalar_subquery()
_DELEGATIONS = select(
    Delegation.delegate, Delegation.delegator, Delegation.roles, Delegation.valid_from, Delegation.valid_until
).where(Delegation.delegate == any_(func.array(_SELVES, type_=_TEXTS)), Delegation.valid_until > bindparam("now"))


async def gather_key(driver: Driver, prefix: str) -> Row | None:
    """The key with this prefix."""
    return (await fetch(driver, _KEY, {"of_prefix": prefix})).one_or_none()


async def gather_people(driver: Driver, subjects: Collection[str]) -> Mapping[str, str]:
    """The people whose accounts these subjects are, as far as they are known, by subject."""
    rows = (await fetch(driver, _PEOPLE, {"subjects": list(subjects)})).all()
    return {row.subject: row.person for row in rows}


async def gather_delegations(driver: Driver, *, delegates: Collection[str], now: datetime) -> Sequence[Row]:
    """Who lets the people behind these subjects act for them, by any of their accounts, now or later."""
    return (await fetch(driver, _DELEGATIONS, {"subjects": list(delegates), "now": now})).all()
