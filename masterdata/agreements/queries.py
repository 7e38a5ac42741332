"""Every statement of inter-company agreements."""

from uuid import UUID

from sqlalchemy import Date, DateTime, Executable, Integer, Uuid, bindparam, cast, func, literal, or_, select

from authz.actor import Actor
from kernel.db import among
from kernel.operation import Operation
from masterdata.agreements.agreement import Agreement
from masterdata.agreements.lifecycle import AgreementCoverage, AgreementStatus, Purpose
from masterdata.agreements.model import InterCompanyAgreement
from masterdata.entities.model import LegalEntity

AGREEMENTS_MAX = 50
"""Under how many agreements one question is asked."""

_NOW = bindparam("now", type_=DateTime(timezone=True))
_TODAY = cast(func.timezone(LegalEntity.time_zone, _NOW), Date())
_AGREEMENTS = select(
    InterCompanyAgreement.id,
    InterCompanyAgreement.code,
    InterCompanyAgreement.giver_entity_id,
    InterCompanyAgreement.taker_entity_id,
    LegalEntity.code.label("giver_code"),
    LegalEntity.currency.label("giver_currency"),
    InterCompanyAgreement.covers,
    InterCompanyAgreement.markup_percent,
    InterCompanyAgreement.title_transfer,
    InterCompanyAgreement.pair_limit_amount,
    InterCompanyAgreement.pair_limit_currency,
    InterCompanyAgreement.valid_from,
    InterCompanyAgreement.valid_until,
    InterCompanyAgreement.status,
    _TODAY.label("today"),
).join(LegalEntity, LegalEntity.id == InterCompanyAgreement.giver_entity_id)
_THE_ONE = _AGREEMENTS.where(InterCompanyAgreement.id == bindparam("agreement", type_=Uuid()))


def _in_force(purpose: Purpose) -> Executable:
    return (
        _AGREEMENTS.where(
            InterCompanyAgreement.taker_entity_id == bindparam("taker", type_=Uuid()),
            InterCompanyAgreement.status == AgreementStatus.ACTIVE,
            among(InterCompanyAgreement.covers, [each for each in AgreementCoverage if each.allows(purpose)]),
            InterCompanyAgreement.valid_from <= _TODAY,
            or_(InterCompanyAgreement.valid_until.is_(None), InterCompanyAgreement.valid_until >= _TODAY),
        )
        .order_by(InterCompanyAgreement.code, InterCompanyAgreement.id)
        .limit(literal(AGREEMENTS_MAX + 1, Integer()))
    )


_IN_FORCE = {purpose: _in_force(purpose) for purpose in Purpose}


async def gather_agreement(op: Operation[Actor], agreement_id: UUID) -> Agreement | None:
    """The agreement, where the actor's legal entities are a party to it."""
    row = (await op.execute(_THE_ONE, {"agreement": agreement_id, "now": op.now})).mappings().one_or_none()
    return Agreement(**row) if row else None


async def gather_in_force(op: Operation[Actor], taker_id: UUID, purpose: Purpose) -> list[Agreement]:
    """The agreements that the taker may use for something now, by their codes; one more than are asked under."""
    rows = await op.execute(_IN_FORCE[purpose], {"taker": taker_id, "now": op.now})
    return [Agreement(**row) for row in rows.mappings()]
