"""API keys from the command line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from authz.identity.model import ApiKey
from authz.identity.scopes import parse_scopes
from kernel.clock import system_clock
from kernel.ids import new_id
from kernel.postgres import EmbeddedServer
from kernel.readers import Pooling
from kernel.roles import Role
from kernel.settings import DatabaseUrls
from masterdata.governance.model import ChangeRequest
from masterdata.governance.submit import ProposedChange, SubmitChangeRequest
from tests.databases import CONTEXT_KEY
from tests.factories.empty import EmptyGround
from tests.factories.pooling import pooled
from wharfinger.cli import app
from wharfinger.governed import Governed
from wharfinger.keys import KeyOrder, KeyRefused, key_desk
from wharfinger.people import OPERATING, STEWARDING, person

ORDER = KeyOrder(
    subject="shop.machine",
    name="The shop",
    scopes=parse_scopes("sales_order:create item:read"),
    expires_at=datetime(2036, 3, 2, tzinfo=UTC),
    cost_per_minute=5_000,
)


@pytest.fixture
def urls(server: EmbeddedServer, ground: EmptyGround) -> DatabaseUrls:
    name = ground.database.app.url.database
    assert name is not None
    return DatabaseUrls(
        app=server.url(Role.APP, name),
        activate=server.url(Role.ACTIVATE, name),
        worker=server.url(Role.WORKER, name),
        migrate=server.url(Role.MIGRATE, name),
        context_key=CONTEXT_KEY,
    )


@pytest.fixture
async def company(ground: EmptyGround) -> None:
    """A legal entity: keys open doors of companies."""
    entity_id = new_id()
    submitter, approver = person("nancy", OPERATING, [entity_id]), person("andrew", STEWARDING, [entity_id])
    values = {"code": "NO", "name": "Fjord", "country": "NO", "currency": "NOK", "time_zone": "Europe/Oslo"}
    line = ProposedChange(noun="legal_entity", values=values, object_id=entity_id)
    governed = Governed.of(ground.database, ground.activation, submitter=submitter, approver=approver)
    await governed.carry_through(SubmitChangeRequest(title="Fjord", lines=(line,), entity_id=entity_id))


@pytest.mark.usefixtures("company")
async def test_a_key_is_made_behind_a_proxy_that_pools_transactions(ground: EmptyGround, urls: DatabaseUrls) -> None:
    async with pooled(urls.app) as (_, app_url), pooled(urls.activate) as (_, activate):
        behind = replace(urls, app=app_url, activate=activate, pooling=Pooling.TRANSACTION)
        async with key_desk(behind, submitter="nancy", approver="andrew") as desk:
            key = await desk.make(ORDER)
    assert [kept["prefix"] for kept in await ground.rows(ApiKey)] == [key.prefix]


@pytest.mark.usefixtures("company")
async def test_a_key_is_made_and_revoked_by_change_requests(ground: EmptyGround, urls: DatabaseUrls) -> None:
    began = system_clock()
    async with key_desk(urls, submitter="nancy", approver="andrew") as desk:
        key = await desk.make(ORDER)
        (kept,) = await ground.rows(ApiKey)
        assert kept == {
            "id": kept["id"],
            "name": "The shop",
            "subject": "shop.machine",
            "prefix": key.prefix,
            "secret_sha256": key.secret_sha256,
            "scopes": "item:read sales_order:create",
            "expires_at": ORDER.expires_at,
            "revoked_at": None,
            "cost_per_minute": 5_000,
        }
        await desk.revoke(key.prefix)
        with pytest.raises(KeyRefused, match="There is no key with the prefix 000000000000"):
            await desk.revoke("000000000000")
        again = await desk.make(ORDER)
        await desk.revoke(again.text)
    first, second = await ground.rows(ApiKey)
    assert second["revoked_at"] is not None, "who has the whole key may name it by that"
    kept = first if first["prefix"] == key.prefix else second
    assert began <= kept["revoked_at"] <= system_clock() + timedelta(seconds=1)
    requests = await ground.rows(ChangeRequest)
    assert [(each["status"], each["submitted_by"], each["decided_by"]) for each in requests[1:]] == [
        ("active", "nancy", "andrew")
    ] * 4
    assert key.secret not in str(requests)
    assert again.secret not in str(requests)


async def test_nobody_approves_their_own_key(ground: EmptyGround, urls: DatabaseUrls) -> None:
    with pytest.raises(KeyRefused, match="another person"):
        async with key_desk(urls, submitter="nancy", approver="nancy"):
            pass
    assert await ground.rows(ApiKey) == []


async def test_a_database_without_a_company_is_told(urls: DatabaseUrls) -> None:
    """Mostly it is not the one that was meant."""
    with pytest.raises(KeyRefused, match="no legal entity in this database"):
        async with key_desk(urls, submitter="nancy", approver="andrew"):
            pass


@pytest.mark.usefixtures("company")
async def test_a_key_of_somebody_without_a_role_is_told(urls: DatabaseUrls) -> None:
    async with key_desk(urls, submitter="nancy", approver="andrew") as desk:
        assert await desk.opens_nothing("shop.machine")


def test_scopes_that_are_none_are_told_before_anything_begins() -> None:
    asked = ["key", "make", "shop.machine", "--approve-as", "andrew", "--scopes", "castle:read"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 2
    assert "'castle' is not a valid Resource" in " ".join(result.output.replace("│", " ").split())
