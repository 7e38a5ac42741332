"""Every SQL statement of the authorisation tables."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    column,
    func,
    not_,
    or_,
    select,
    table,
)

from authz.identity.model import Account
from authz.model import RoleGrant
from kernel.readers import Driver
from kernel.rows import Row
from kernel.statements import fetch

# The legal entities stand above this package; only their ids are needed here.
_LEGAL_ENTITY = table("legal_entity", column("id", Uuid()))
_NOW: BindParameter[datetime] = bindparam("now")

# The accounts of a person, and their name itself, where that is an account of nobody else's.
_OF_PERSON = select(Account.subject).where(Account.person == bindparam("of_person"))
_OF_OTHERS = (
    select(Account.id).where(Account.subject == RoleGrant.subject, Account.person != bindparam("of_person")).exists()
)
_GRANTS = (
    select(
        RoleGrant.subject,
        RoleGrant.role,
        RoleGrant.domain_kind,
        RoleGrant.entity_id,
        RoleGrant.partner_id,
        RoleGrant.valid_from,
        RoleGrant.valid_until,
    )
    .where(
        or_(
            RoleGrant.subject == bindparam("of_subject"),
            and_(RoleGrant.subject == bindparam("of_person"), not_(_OF_OTHERS)),
            RoleGrant.subject == any_(func.array(_OF_PERSON.scalar_subquery(), type_=ARRAY(Text()))),
        ),
        # A grant that starts later is read too: it is the next edge at which the answer changes.
        or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until > _NOW),
    )
    .order_by(RoleGrant.id)
)
_SUBJECTS = (
    select(RoleGrant.subject)
    .where(or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until > _NOW))
    .distinct()
    .order_by(RoleGrant.subject)
    .limit(bindparam("most", type_=Integer()))
)
_ENTITY_IDS = select(_LEGAL_ENTITY.c.id)


async def gather_grants(driver: Driver, subject: str, *, person: str, now: datetime) -> Sequence[Row]:
    """The subject's grants that have not ended, and those of all accounts of the person behind it."""
    return (await fetch(driver, _GRANTS, {"of_subject": subject, "of_person": person, "now": now})).all()


async def gather_subjects(driver: Driver, now: datetime, *, most: int) -> list[str]:
    """Everybody with a grant that has not ended, in the order of their names; `most` at most."""
    return list((await fetch(driver, _SUBJECTS, {"now": now, "most": most})).scalars())


async def gather_entity_ids(driver: Driver) -> frozenset[UUID]:
    """All legal entities of the group."""
    return frozenset((await fetch(driver, _ENTITY_IDS, {})).scalars())
