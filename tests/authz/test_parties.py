"""Rows of two legal entities: seen by a right in either, on the terms that hold there."""

from collections.abc import AsyncIterator, Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.policy import Policy, parse_named, parse_rule
from authz.rows import row_conditions
from authz.vocabulary import Action, Resource, Role
from kernel.db import insert_rows
from kernel.ids import new_id
from masterdata.agreements.model import InterCompanyAgreement
from masterdata.entities.model import LegalEntity
from tests.factories.agreements import terms

NORTH, SOUTH, WEST = new_id(), new_id(), new_id()
_ALL = (NORTH, SOUTH, WEST)
_CHEAP = parse_named("cheap", "inter_company_agreement", {"<": [{"column": "markup_percent"}, 20]})
_AGREEMENTS = InterCompanyAgreement.__table__


@pytest.fixture
async def connection(migrate_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A dear and a cheap agreement between each two of three companies, in a transaction that ends in nothing."""
    company = {"name": "A company", "country": "DE", "currency": "EUR", "time_zone": "UTC"}
    async with migrate_engine.connect() as connection:
        companies = [{"id": each, "code": each.hex[-8:], **company} for each in _ALL]
        await insert_rows(connection, LegalEntity, companies)
        await insert_rows(connection, InterCompanyAgreement, [*_rows()])
        yield connection
        await connection.rollback()


def _rows() -> list[dict[str, Any]]:
    names = {NORTH: "N", SOUTH: "S", WEST: "W"}
    return [
        {
            "id": new_id(),
            "giver_entity_id": giver,
            "taker_entity_id": taker,
            **terms(code=f"{names[giver]}{names[taker]} {percent}", markup_percent=Decimal(percent)),
        }
        for giver, taker in ((NORTH, SOUTH), (SOUTH, WEST), (WEST, NORTH))
        for percent in (10, 30)
    ]


def reader(where: Collection[UUID], *, cheap_in: Collection[UUID] = ()) -> Actor:
    """Somebody who reads agreements there; in some companies only the cheap ones."""
    rules = [
        parse_rule(
            ("finance", str(each), "inter_company_agreement", "read", "cheap" if each in cheap_in else "-", "allow")
        )
        for each in where
    ]
    policy = Policy(tuple(rules), conditions={"cheap": _CHEAP})
    return Actor(subject="finn", access=compile_access(policy, {Role.FINANCE: where}, _ALL))


async def seen(connection: AsyncConnection, actor: Actor) -> set[str]:
    """The codes of the agreements that somebody sees; nobody sees one twice."""
    assert isinstance(_AGREEMENTS, Table)
    readable = actor.rows.readable(Resource.INTER_COMPANY_AGREEMENT, _AGREEMENTS)
    mine = _AGREEMENTS.c.giver_entity_id.in_(_ALL)
    statement = select(_AGREEMENTS.c.code).where(mine, *row_conditions(readable, _AGREEMENTS))
    codes = (await connection.execute(statement, dict(actor.rows.parameters))).scalars().all()
    assert len(set(codes)) == len(codes)
    return set(codes)


async def test_a_right_on_either_side_shows_a_row(connection: AsyncConnection) -> None:
    assert await seen(connection, reader([])) == set()
    assert await seen(connection, reader([NORTH])) == {"NS 10", "NS 30", "WN 10", "WN 30"}
    assert await seen(connection, reader([SOUTH, WEST])) == {f"{of} {n}" for of in ("NS", "SW", "WN") for n in (10, 30)}


async def test_terms_hold_on_the_side_for_which_they_are_set(connection: AsyncConnection) -> None:
    """What one side shows on terms, the other may show without."""
    assert await seen(connection, reader([NORTH], cheap_in=[NORTH])) == {"NS 10", "WN 10"}
    assert await seen(connection, reader([NORTH, SOUTH], cheap_in=[NORTH, SOUTH])) == {"NS 10", "SW 10", "WN 10"}
    found = await seen(connection, reader([NORTH, SOUTH], cheap_in=[NORTH]))
    assert found == {"NS 10", "NS 30", "SW 10", "SW 30", "WN 10"}


async def test_the_decision_on_a_row_is_that_of_the_list(connection: AsyncConnection) -> None:
    rows = (
        (await connection.execute(select(_AGREEMENTS).where(_AGREEMENTS.c.giver_entity_id.in_(_ALL)))).mappings().all()
    )
    for actor in (reader([NORTH, SOUTH], cheap_in=[NORTH]), reader([WEST], cheap_in=[WEST]), reader(_ALL)):
        decided = {
            row["code"]
            for row in rows
            for side in (row["giver_entity_id"], row["taker_entity_id"])
            if actor.may(Resource.INTER_COMPANY_AGREEMENT, Action.READ, side, row)
        }
        assert await seen(connection, actor) == decided
