"""From grants in the database to an actor."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from authz.identity.model import Account
from authz.identity.principal import Principal
from authz.load import AmbiguousPartner, load_actor
from authz.model import RoleGrant
from authz.policies.policy import ApprovalLimit, starting_policy
from authz.vocabulary import Action, Resource, Role
from kernel.db import insert_rows
from kernel.ids import new_id
from tests.databases import driver_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NORTH, SOUTH = new_id(), new_id()
ACME, BOLT = new_id(), new_id()
POLICY = starting_policy()


@pytest.fixture
async def grants(migrate_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection on which two legal entities exist; its tables stand before the schema's own, and vanish."""
    async with migrate_engine.connect() as connection:
        await connection.execute(text("CREATE TEMPORARY TABLE legal_entity (id uuid) ON COMMIT DROP"))
        await connection.execute(
            text("CREATE TEMPORARY TABLE role_grant (LIKE role_grant INCLUDING ALL) ON COMMIT DROP")
        )
        await connection.execute(
            text("INSERT INTO legal_entity VALUES (:north), (:south)"), {"north": NORTH, "south": SOUTH}
        )
        yield connection
        await connection.rollback()


async def grant(connection: AsyncConnection, subject: str, role: str, entity_id: UUID | None, **changed: Any) -> None:
    row = {
        "id": new_id(),
        "subject": subject,
        "role": role,
        "domain_kind": "group" if entity_id is None else "entity",
        "entity_id": entity_id,
        "partner_id": None,
        "valid_from": NOW - DAY,
        "valid_until": None,
    }
    await insert_rows(connection, RoleGrant, [{**row, **changed}])


async def test_a_role_in_one_entity_reaches_no_further(grants: AsyncConnection) -> None:
    await grant(grants, "bea", "buyer", NORTH)
    bea = await load_actor(await driver_of(grants), "bea", policy=POLICY, now=NOW)
    assert bea.access.entities(Resource.PURCHASE_ORDER, Action.CREATE) == {NORTH}
    assert bea.row_context.entities_write == (NORTH,)
    assert bea.row_context.policy_version == 1
    assert (bea.subject, bea.on_behalf_of, bea.partner_id, bea.expires_at) == ("bea", None, None, None)


async def test_a_role_on_the_group_reaches_every_entity(grants: AsyncConnection) -> None:
    await grant(grants, "ada", "auditor", None)
    ada = await load_actor(await driver_of(grants), "ada", policy=POLICY, now=NOW)
    assert ada.access.entities(Resource.JOURNAL, Action.READ) == {NORTH, SOUTH}


async def test_a_subject_without_grants_may_do_nothing(grants: AsyncConnection) -> None:
    await grant(grants, "bea", "buyer", NORTH)
    stranger = await load_actor(await driver_of(grants), "Bea", policy=POLICY, now=NOW)
    assert stranger.access.allowed == {}
    assert stranger.grants == ()


async def test_grants_hold_from_their_first_instant_until_before_their_last(grants: AsyncConnection) -> None:
    await grant(grants, "kim", "buyer", NORTH, valid_from=NOW, valid_until=NOW + DAY)
    await grant(grants, "kim", "buyer", SOUTH, valid_from=NOW + 2 * DAY)
    await grant(grants, "kim", "finance", NORTH, valid_until=NOW)

    async def entities(now: datetime) -> tuple[frozenset[UUID], datetime | None]:
        kim = await load_actor(await driver_of(grants), "kim", policy=POLICY, now=now)
        return kim.access.entities(Resource.PURCHASE_ORDER, Action.CREATE), kim.expires_at

    assert await entities(NOW - DAY / 2) == (frozenset(), NOW)
    assert await entities(NOW) == (frozenset({NORTH}), NOW + DAY)
    assert await entities(NOW + DAY) == (frozenset(), NOW + 2 * DAY)
    assert await entities(NOW + 2 * DAY) == (frozenset({SOUTH}), None)
    kim = await load_actor(await driver_of(grants), "kim", policy=POLICY, now=NOW)
    assert not kim.access.anywhere(Resource.SUPPLIER_INVOICE, Action.RECORD)


async def test_a_grant_in_an_entity_that_does_not_exist_gives_nothing(grants: AsyncConnection) -> None:
    await grant(grants, "bea", "buyer", new_id())
    assert (await load_actor(await driver_of(grants), "bea", policy=POLICY, now=NOW)).access.allowed == {}


async def test_an_outsider_acts_for_one_partner(grants: AsyncConnection) -> None:
    await grant(grants, "acme", "supplier_user", NORTH, partner_id=ACME)
    await grant(grants, "acme", "supplier_user", SOUTH, partner_id=ACME)
    acme = await load_actor(await driver_of(grants), "acme", policy=POLICY, now=NOW)
    assert acme.partner_id == ACME
    assert acme.row_context.partner_id == ACME
    await grant(grants, "acme", "carrier", NORTH, partner_id=BOLT)
    with pytest.raises(AmbiguousPartner):
        await load_actor(await driver_of(grants), "acme", policy=POLICY, now=NOW)


@pytest.mark.parametrize(
    ("role", "entity_id", "changed"),
    [
        ("wizard", NORTH, {}),
        ("buyer", None, {"domain_kind": "entity"}),
        ("buyer", NORTH, {"domain_kind": "group"}),
        ("supplier_user", NORTH, {}),
        ("buyer", NORTH, {"partner_id": ACME}),
        ("buyer", NORTH, {"valid_until": NOW - DAY}),
    ],
)
async def test_the_table_refuses_a_grant_that_makes_no_sense(
    grants: AsyncConnection, role: str, entity_id: UUID | None, changed: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError):
        await grant(grants, "bea", role, entity_id, **changed)


async def test_a_grant_that_brings_two_duties_together_does_not_count(grants: AsyncConnection) -> None:
    await grant(grants, "bea", "buyer", NORTH)
    await grant(grants, "bea", "procurement_approver", NORTH)
    await grant(grants, "bea", "procurement_approver", SOUTH)
    bea = await load_actor(await driver_of(grants), "bea", policy=POLICY, now=NOW)
    assert bea.access.entities(Resource.PURCHASE_ORDER, Action.CREATE) == {NORTH}
    assert bea.access.entities(Resource.PURCHASE_ORDER, Action.APPROVE) == {SOUTH}


async def test_limits_come_with_the_policy_and_end_with_their_time(grants: AsyncConnection) -> None:
    await grant(grants, "aron", "procurement_approver", NORTH)
    limit = ApprovalLimit(
        role=Role.PROCUREMENT_APPROVER,
        person=None,
        entity_id=None,
        kind=Resource.PURCHASE_ORDER,
        currency="EUR",
        amount=Decimal(500),
        valid_from=NOW - DAY,
        valid_until=NOW + DAY,
    )
    policy = replace(POLICY, limits=(limit,))
    aron = await load_actor(await driver_of(grants), "aron", policy=policy, now=NOW)
    assert aron.limits == {(Resource.PURCHASE_ORDER, NORTH, "EUR"): Decimal(500)}
    assert aron.expires_at == NOW + DAY
    later = await load_actor(await driver_of(grants), "aron", policy=policy, now=NOW + DAY)
    assert (later.limits, later.expires_at) == ({}, None)


async def link(connection: AsyncConnection, subject: str, person: str) -> None:
    await insert_rows(connection, Account, [{"id": new_id(), "subject": subject, "person": person}])


async def test_duties_are_kept_apart_in_a_person_whatever_their_accounts(grants: AsyncConnection) -> None:
    """Bea orders by one account; what would approve by another does not count."""
    await grant(grants, "bea", "buyer", NORTH, id=UUID(int=2))
    await grant(grants, "bea.2", "procurement_approver", NORTH, id=UUID(int=3))
    await grant(grants, "bea.2", "finance", NORTH, id=UUID(int=4))
    driver = await driver_of(grants)

    async def roles(subject: str, person: str) -> set[Role]:
        principal = Principal(subject=subject, person=person)
        actor = await load_actor(driver, subject, policy=POLICY, now=NOW, principal=principal)
        return {each.role for each in actor.grants}

    assert await roles("bea.2", "bea.2") == {Role.PROCUREMENT_APPROVER, Role.FINANCE}
    await link(grants, "bea.2", "bea")
    assert await roles("bea.2", "bea") == {Role.FINANCE}, "an account without a row is a person by its own name"
    assert await roles("bea", "bea") == {Role.BUYER}
    await link(grants, "bea", "another")
    assert await roles("bea.2", "bea") == {Role.PROCUREMENT_APPROVER, Role.FINANCE}
    await link(grants, "bea.3", "bea")
    await grant(grants, "bea.3", "warehouse", NORTH, id=UUID(int=1))
    assert await roles("bea.2", "bea") == {Role.PROCUREMENT_APPROVER}, "who receives does not book the invoice"


async def test_a_delegate_has_the_delegators_duties_and_not_both(grants: AsyncConnection) -> None:
    """Bo orders. Acting for Cy he approves and does not order; what Cy does not have he does not lend."""
    await grant(grants, "bo", "buyer", NORTH)
    await grant(grants, "cy", "procurement_approver", NORTH, id=UUID(int=1))
    await grant(grants, "cy", "buyer", NORTH, id=UUID(int=2))
    driver = await driver_of(grants)

    async def lent(*roles: Role) -> set[Role]:
        principal = Principal(subject="bo", person="bo", on_behalf_of="cy", roles=frozenset(roles) or None)
        actor = await load_actor(driver, "cy", policy=POLICY, now=NOW, principal=principal)
        return {each.role for each in actor.grants}

    assert await lent() == {Role.PROCUREMENT_APPROVER}
    assert await lent(Role.BUYER) == set(), "a grant that does not count for Cy counts for nobody"
