"""Every SQL statement of the authorisation tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Integer, Row, Uuid, bindparam, column, or_, select, table

from authz.model import RoleGrant
from kernel.readers import Driver
from kernel.statements import fetch_alone

# The legal entities stand above this package; only their ids are needed here.
_LEGAL_ENTITY = table("legal_entity", column("id", Uuid()))
_NOW: BindParameter[datetime] = bindparam("now")

_GRANTS = (
    select(
        RoleGrant.role,
        RoleGrant.domain_kind,
        RoleGrant.entity_id,
        RoleGrant.partner_id,
        RoleGrant.valid_from,
        RoleGrant.valid_until,
    )
    .where(
        RoleGrant.subject == bindparam("of_subject"),
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


async def gather_grants(driver: Driver, subject: str, now: datetime) -> Sequence[Row[*tuple[Any, ...]]]:
    """The subject's grants that have not ended."""
    return (await fetch_alone(driver, _GRANTS, {"of_subject": subject, "now": now})).all()


async def gather_subjects(driver: Driver, now: datetime, *, most: int) -> list[str]:
    """Everybody with a grant that has not ended, in the order of their names; `most` at most."""
    return list((await fetch_alone(driver, _SUBJECTS, {"now": now, "most": most})).scalars())


async def gather_entity_ids(driver: Driver) -> frozenset[UUID]:
    """All legal entities of the group."""
    return frozenset((await fetch_alone(driver, _ENTITY_IDS, {})).scalars())
