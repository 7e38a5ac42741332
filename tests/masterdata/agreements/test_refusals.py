"""Who may not use an agreement, and when it is not used: what they are told, and what is written down."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from authz.access import authorise
from authz.actor import Actor
from authz.vocabulary import Action, Resource, Role
from kernel.audit import AuditEntry
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.outcome import Done
from kernel.refusal import Code
from masterdata.agreements.lifecycle import Purpose
from masterdata.agreements.under import under_agreement
from tests.factories.agreements import LAST_YEAR, agreed
from tests.factories.world import actor_of
from tests.masterdata.agreements.conftest import Group
from tests.masterdata.agreements.using import fail, nothing, planner, remove, used, uses_of


async def refused(group: Group, purpose: Purpose, **asked: Any) -> tuple[str, str]:
    """With which code and words a use is refused; the block never runs."""
    outcome = await used(group, purpose, fail, **asked)
    (reason,) = outcome.refused
    return reason.code, reason.message


UNKNOWN = (Code.NOT_FOUND, "Inter-company agreement not found.")


@pytest.mark.parametrize("purpose", Purpose)
async def test_who_is_on_neither_side_is_told_what_is_told_of_nothing(group: Group, purpose: Purpose) -> None:
    outsider = replace(planner(group.south), partner_id=group.south.supplier_id)
    assert await refused(group, purpose, actor=planner(group.west)) == UNKNOWN
    assert await refused(group, purpose, actor=outsider) == UNKNOWN
    assert await refused(group, purpose, agreement_id=new_id()) == UNKNOWN


@pytest.mark.parametrize("purpose", Purpose)
async def test_the_giver_does_not_use_it_in_the_other_direction(group: Group, purpose: Purpose) -> None:
    code, message = await refused(group, purpose, actor=planner(group.north))
    assert (code, message) == (Code.FORBIDDEN, "None of your roles here allows this: use inter company agreement.")


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR, Role.GROUP_ADMIN])
async def test_who_only_reads_it_does_not_use_it(group: Group, role: Role) -> None:
    reader = actor_of(f"{role}-{new_id()}", [group.south.entity_id, group.north.entity_id], role)
    assert (await refused(group, Purpose.PAIR, actor=reader))[0] == Code.FORBIDDEN


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.CUSTOMER_SERVICE])
async def test_who_does_not_read_it_is_told_of_nothing(group: Group, role: Role) -> None:
    somebody = actor_of(f"{role}-{new_id()}", [group.south.entity_id], role)
    assert await refused(group, Purpose.PAIR, actor=somebody) == UNKNOWN


@pytest.mark.parametrize(
    ("changed", "purpose", "why"),
    [
        ({"status": "retired"}, Purpose.PAIR, "The agreement X is retired."),
        ({"valid_until": LAST_YEAR}, Purpose.OFFERS, "The agreement X ended on 2025-12-31."),
        ({"valid_from": LAST_YEAR + timedelta(days=365)}, Purpose.PAIR, "The agreement X begins on 2026-12-31."),
        ({"covers": "offers"}, Purpose.PAIR, "The agreement X does not cover this: pair."),
        ({"covers": "pairs"}, Purpose.OFFERS, "The agreement X does not cover this: offers."),
    ],
)
async def test_what_is_not_in_force_is_not_used(
    group: Group, changed: dict[str, Any], purpose: Purpose, why: str
) -> None:
    agreement_id = await agreed(group.north, group.south, code="X", **changed)
    try:
        found = await refused(group, purpose, agreement_id=agreement_id)
        assert found == (Code.INVALID_TRANSITION, why)
    finally:
        await remove(group, agreement_id)


@pytest.mark.parametrize("changed", [{"valid_from": "today"}, {"valid_until": "today"}])
async def test_the_first_and_the_last_day_count(group: Group, changed: dict[str, Any]) -> None:
    days = dict.fromkeys(changed, group.north.today)
    agreement_id = await agreed(group.north, group.south, code="DAY", **days)
    assert (await used(group, Purpose.PAIR, nothing, agreement_id=agreement_id)).done
    await remove(group, agreement_id)


async def test_a_refusal_is_written_down_where_the_actor_is_at_home(group: Group) -> None:
    actor = planner(group.north)
    assert (await used(group, Purpose.OFFERS, fail, actor=actor)).refused
    (row,) = await group.south.rows(select(AuditEntry.__table__).where(AuditEntry.actor == actor.subject))
    assert (row.outcome, row.entity_id) == ("refused", group.north.entity_id)
    assert [reason["code"] for reason in row.detail["reasons"]] == ["FORBIDDEN"]
    assert await uses_of(group, actor) == []


async def test_whoever_uses_it_has_asked_for_permission(group: Group) -> None:
    """The use is a permission of its own; what is done with it is asked for as anything else."""

    async def use(op: Operation[Actor], _: object) -> Done:
        async with under_agreement(op, group.agreement_id, Purpose.PAIR):
            authorise(op, Resource.SALES_ORDER, Action.CREATE, group.north.entity_id)
        return Done()

    outcome = await group.south.run(use, None, actor=planner(group.south))
    assert [reason.code for reason in outcome.refused] == [Code.NOT_FOUND]
