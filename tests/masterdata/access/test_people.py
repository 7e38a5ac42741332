"""What one person may not be is asked of people, whatever accounts they have."""

from typing import Any

import pytest

from kernel.db import Database
from kernel.postgres import EmbeddedServer
from kernel.writers import Writers
from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import external, named
from tests.databases import Databases
from tests.factories.empty import empty_ground
from tests.factories.stewards import Stewards, admin, change, company

SINCE = "2026-01-01T00:00:00Z"


@pytest.fixture
async def stewards(database: Database, activation: Writers) -> Stewards:
    stewards = Stewards(database, activation)
    await stewards.change(company(stewards))
    return stewards


def grant(stewards: Stewards, subject: str, role: str, **changed: Any) -> ProposedChange:
    values = {"domain_kind": "entity", "entity": named(stewards.tag), "valid_from": SINCE, **changed}
    return change("role_grant", key=None, object_id=None, subject=subject, role=role, **values)


def account(subject: str, person: str) -> ProposedChange:
    return change("account", subject=subject, person=person)


async def refused(stewards: Stewards, *lines: ProposedChange) -> list[str]:
    return [each.message for each in (await stewards.submit(*lines)).refused]


async def test_two_accounts_of_a_person_do_not_share_what_is_to_be_kept_apart(stewards: Stewards) -> None:
    bo, second = f"bo-{stewards.tag}", f"bo2-{stewards.tag}"
    await stewards.change(account(bo, f"Bo {stewards.tag}"), account(second, f"Bo {stewards.tag}"))
    await stewards.change(grant(stewards, bo, "buyer"))
    told = f"{second} would be procurement_approver and {bo} buyer, which one person may not be."
    assert await refused(stewards, grant(stewards, second, "procurement_approver")) == [told]
    assert await refused(stewards, grant(stewards, second, "warehouse")) == []


async def test_accounts_that_would_make_one_person_of_two_are_refused(stewards: Stewards) -> None:
    """An account of which nothing is known is a person by its own name."""
    bo, al = f"bo-{stewards.tag}", f"al-{stewards.tag}"
    await stewards.change(grant(stewards, bo, "buyer"), grant(stewards, al, "procurement_approver"))
    told = [f"{al} would be procurement_approver and {bo} buyer, which one person may not be."]
    assert await refused(stewards, account(al, bo)) == told
    (both,) = await refused(stewards, account(al, f"B {stewards.tag}"), account(bo, f"B {stewards.tag}"))
    assert both in (*told, f"{bo} would be buyer and {al} procurement_approver, which one person may not be.")
    await stewards.change(account(bo, f"Bo {stewards.tag}"))
    assert await refused(stewards, account(al, f"Bo {stewards.tag}")) == told
    assert await refused(stewards, account(al, f"Al {stewards.tag}")) == []
    ended = grant(stewards, bo, "buyer", valid_until="2026-02-01T00:00:00Z")
    assert await refused(stewards, account(al, f"Bo {stewards.tag}"), ended) == told, "they met in January"


async def test_two_accounts_are_not_two_who_may_decide_on_access(server: EmbeddedServer, databases: Databases) -> None:
    async with empty_ground(server, databases) as ground:
        stewards = Stewards(ground.database, ground.activation)
        await stewards.change(admin("ada"), admin("abe"))
        linked = await refused(stewards, account("abe", "ada"))
        await stewards.change(admin("eve"))
        await stewards.change(account("eve", "ada"))
        gone = admin("abe", valid_until="2026-02-01T00:00:00Z")
        left = await refused(stewards, gone)
    assert linked == left == ["Of 2 who may decide on the access policy 1 would be left; 2 are needed."]


async def test_an_account_acts_for_one_partner(stewards: Stewards) -> None:
    """Who would be shown what of two partners, nobody could say: they could not sign in."""
    mill, other = f"M-{stewards.tag}", f"O-{stewards.tag}"
    await stewards.change(
        *(change("supplier", key=code, code=code, name=code, currency="NOK") for code in (mill, other))
    )
    shop = f"shop-{stewards.tag}"

    def user(code: str, role: str = "supplier_user", **changed: Any) -> ProposedChange:
        return grant(stewards, shop, role, **{"partner": named(code, "supplier"), **changed})

    told = [f"{shop} would act for several partners, or for a partner and for the group."]
    assert await refused(stewards, user(mill), user(other)) == told
    assert await refused(stewards, user(mill), grant(stewards, shop, "buyer")) == told
    assert await refused(stewards, user(mill), user(mill, role="partner_machine")) == []
    await stewards.change(user(mill))
    assert await refused(stewards, user(other)) == told
    assert await refused(stewards, user(mill, role="partner_machine")) == []
    assert await refused(stewards, user(mill, partner=external(mill, "supplier"), role="partner_machine")) == []
    assert await refused(stewards, grant(stewards, shop, "buyer")) == told
