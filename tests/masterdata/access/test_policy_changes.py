"""The policy changes through governance alone, and each change of it is a version that every process can see."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from authz.policies.model import PolicyCondition, PolicyRule
from authz.policies.policy import Policy, Rule, starting_policy
from authz.policies.source import PolicySource
from authz.policies.stored import gather_version
from authz.vocabulary import Action, Resource, Role
from kernel.contexts import SHARED
from kernel.db import Database
from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import named
from tests.factories.stewards import Stewards, change, company, unit


@pytest.fixture
async def stewards(database: Database, activation: AsyncEngine) -> Stewards:
    return Stewards(database, activation)


@pytest.fixture
def source() -> PolicySource:
    return PolicySource()


async def version(database: Database) -> int:
    async with database.readers.connection(SHARED) as driver:
        return await gather_version(driver)


async def policy(database: Database, source: PolicySource) -> Policy:
    async with database.readers.connection(SHARED) as driver:
        return await source.current(driver)


def rule(group: str, **changed: Any) -> ProposedChange:
    """Carriers read items, in the entities of a group."""
    return change(
        "policy_rule", **{"role": "carrier", "domain": group, "resource": "item", "action": "read", **changed}
    )


async def test_a_new_database_has_the_starting_policy(empty_database: Any) -> None:
    database = await empty_database()
    stored, written = await policy(database, PolicySource()), starting_policy()
    assert stored.version == 1
    assert set(stored.rules) == set(written.rules)
    assert len(stored.rules) == len(written.rules)
    assert stored.conditions == written.conditions
    assert set(stored.duty_pairs) == set(written.duty_pairs)
    assert (stored.groups, stored.limits) == ({}, ())


async def test_every_change_of_the_policy_is_a_version(
    stewards: Stewards, database: Database, source: PolicySource
) -> None:
    before = await policy(database, source)
    assert await policy(database, source) is before, "a version is read once"
    await stewards.change(company(stewards), unit("C62"))
    assert await version(database) == before.version, "what says nothing of access leaves it"
    group = f"G-{stewards.tag}"
    await stewards.change(
        change("entity_group", code=group, name="North"),
        change("entity_group_member", entity_group=group, entity=named(stewards.tag)),
        rule(group),
    )
    after = await policy(database, source)
    assert after.version == before.version + 1
    assert after.groups[group] == {stewards.entity_id}
    added = Rule(Role.CARRIER, group, Resource.ITEM, Action.READ, "-", allows=True)
    assert set(after.rules) - set(before.rules) == {added}
    await stewards.change(rule(group))
    assert await version(database) == after.version, "nothing was changed"
    await stewards.change(rule(group, status="retired"))
    assert added not in (await policy(database, source)).rules
    assert await version(database) == after.version + 1


async def test_a_grant_is_a_change_of_the_policy_too(stewards: Stewards, database: Database) -> None:
    before = await version(database)
    since = "2026-01-01T00:00:00Z"
    bo = f"bo-{stewards.tag}"
    await stewards.change(change("role_grant", subject=bo, role="buyer", domain_kind="group", valid_from=since))
    assert await version(database) == before + 1


async def test_limits_and_duties_are_read_with_the_policy(
    stewards: Stewards, database: Database, source: PolicySource
) -> None:
    results = await stewards.change(
        company(stewards),
        change(
            "approval_limit",
            role="procurement_approver",
            entity=named(stewards.tag),
            document_kind="purchase_order",
            currency="NOK",
            amount="5000.00",
            valid_from="2026-01-01T00:00:00Z",
        ),
    )
    assert [each.message for each in results] == [None, None]
    (limit,) = [each for each in (await policy(database, source)).limits if each.entity_id == stewards.entity_id]
    assert (limit.role, limit.kind, limit.currency, limit.amount) == (
        Role.PROCUREMENT_APPROVER,
        Resource.PURCHASE_ORDER,
        "NOK",
        Decimal(5000),
    )


async def test_a_condition_is_kept_and_changed_as_a_tree(stewards: Stewards) -> None:
    name = f"big_{stewards.tag.lower()}"
    tree: dict[str, Any] = {">": [{"column": "total"}, {"number": "99.50"}]}
    await stewards.change(change("policy_condition", name=name, resource="sales_order", tree=tree))
    (kept,) = await stewards.rows(PolicyCondition, name=name)
    assert kept["tree"] == tree
    changed = {"and": [tree, {"=": [{"column": "currency"}, "EUR"]}]}
    (result,) = await stewards.change(change("policy_condition", name=name, resource="sales_order", tree=changed))
    assert (result.result, result.message) == ("updated", None)
    (kept,) = await stewards.rows(PolicyCondition, name=name)
    assert kept["tree"] == changed


async def test_rules_that_nobody_could_decide_are_refused(stewards: Stewards, database: Database) -> None:
    before = await version(database)
    no_column = {"is_null": {"column": "no"}}
    await stewards.change(unit("C62"))
    results = await stewards.change(
        unit("C62"),
        rule("*", resource="items"),
        rule("*", action="see"),
        rule("*", resource="item#name", action="see"),
        rule("*", role="wizard"),
        change("policy_condition", name=f"x_{stewards.tag.lower()}", resource="item", tree=no_column),
        change("duty_pair", first_role="warehouse", second_role="buyer", scope="anywhere"),
    )
    assert [each.result for each in results] == ["unchanged", *["refused"] * 6]
    fields = [each.message.partition(":")[0] for each in results if each.message]
    assert fields == ["resource", "resource", "resource", "role", "tree", "first_role"]
    assert await stewards.rows(PolicyRule, role="carrier", resource="items") == []
    assert await version(database) == before
