"""The policy changes through governance alone, and each change of it is a version that every process can see."""

from decimal import Decimal
from typing import Any

import pytest

from authz.model import RoleGrant
from authz.policies.model import PolicyCondition, PolicyRule
from authz.policies.policy import Policy, Rule, starting_policy
from authz.policies.source import PolicySource
from authz.policies.stored import gather_version
from authz.vocabulary import Action, Resource, Role
from kernel.contexts import SHARED
from kernel.db import Database
from kernel.postgres import EmbeddedServer
from kernel.writers import Writers
from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import named
from tests.databases import Databases
from tests.factories.empty import empty_ground
from tests.factories.stewards import Stewards, admin, change, company, done, requested, unit


@pytest.fixture
async def stewards(database: Database, activation: Writers) -> Stewards:
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


OWN = ("their own", "their other account's", "their delegate's")


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
    (result,) = await stewards.change(change("policy_condition", name=name, resource="sales_order", tree=changed))
    assert result.result == "unchanged"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (rule("*", resource="items"), "policy rule: resource: The policy row"),
        (rule("*", action="see"), "policy rule: resource: The policy row"),
        (rule("*", resource="item#name", action="see"), "policy rule: resource: item#name is no field"),
        (rule("*", role="wizard"), "role: 'wizard' is none of"),
        (rule("*", resource=None), "resource: is missing"),
        (rule("*", condition="unheard_of"), "The condition 'unheard_of' is unknown"),
        (rule("*", condition="within_limit"), "The condition 'within_limit' is about purchase_order, not item"),
        (
            change("policy_condition", name="x", resource="item", tree={"is_null": {"column": "no"}}),
            "policy condition: tree: item has no column 'no'",
        ),
        (change("policy_condition", name="x", resource="invariants", tree={}), "policy condition: tree: "),
        (
            change("duty_pair", first_role="warehouse", second_role="buyer", scope="anywhere"),
            "duty pair: first_role: name two roles",
        ),
        (
            change(
                "approval_limit",
                role="buyer",
                document_kind="purchase_order",
                currency="EUR",
                amount="1000000000001",
                valid_from="2026-01-01T00:00:00Z",
            ),
            "amount: '1000000000001' is more than 1000000000000",
        ),
    ],
)
async def test_what_nobody_could_decide_by_is_refused_at_once(
    stewards: Stewards, database: Database, line: ProposedChange, message: str
) -> None:
    before = await version(database)
    outcome = await stewards.submit(line)
    assert outcome.refused, "it was taken"
    assert outcome.refused[0].message.startswith(message), outcome.refused[0].message
    assert await version(database) == before


SELF = {"role": "anyone", "domain": "*", "resource": "change_request", "condition": "is_submitter", "effect": "deny"}


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        (
            [change("policy_rule", key=None, object_id=None, **SELF, action="approve", status="retired")],
            {f"Somebody could approve {whose} change request." for whose in OWN},
        ),
        (
            [
                change(
                    "policy_condition",
                    name="is_submitter",
                    resource="change_request",
                    tree={"in": [{"column": "submitted_by"}, {"sub": "ids"}]},
                )
            ],
            {
                f"Somebody could {action} {whose} change request."
                for whose in OWN[1:]
                for action in ("approve", "reject")
            },
        ),
        (
            [rule("*", role="supplier_user", resource="item", action="amend")],
            {"supplier_user is a role of outsiders, who act on their own documents alone, and do not amend item."},
        ),
        (
            [rule("*", resource="journal", action="record")],
            {"carrier is a role of outsiders, who act on their own documents alone, and do not record journal."},
        ),
        (
            [rule("*", role="anyone", resource="item", action="amend")],
            {"anyone may be allowed to read, and not to amend item."},
        ),
    ],
)
async def test_no_policy_opens_its_own_doors(
    stewards: Stewards, lines: list[ProposedChange], problems: set[str]
) -> None:
    assert {reason.message for reason in (await stewards.submit(*lines)).refused} == problems


async def test_two_are_left_who_may_decide_on_access(server: EmbeddedServer, databases: Databases) -> None:
    async with empty_ground(server, databases) as ground:
        stewards = Stewards(ground.database, ground.activation)
        await stewards.change(admin("ada"), admin("abe"))
        gone = admin("ada", valid_until="2026-02-01T00:00:00Z")
        demoted = rule("*", role="group_admin", resource="access_policy", action="amend", status="retired")
        refused = [[each.message for each in (await stewards.submit(line)).refused] for line in (gone, demoted)]
        assert (await stewards.submit(gone, admin("eve"))).refused == ()
    assert refused == [[f"Of 2 who may decide on the access policy {n} would be left; 2 are needed."] for n in (1, 0)]


async def test_duties_that_are_kept_apart_do_not_meet(stewards: Stewards) -> None:
    await stewards.change(company(stewards))
    bo, since = f"bo-{stewards.tag}", "2026-01-01T00:00:00Z"

    def grant(role: str, **changed: Any) -> ProposedChange:
        values = {"domain_kind": "entity", "entity": named(stewards.tag), "valid_from": since, **changed}
        return change("role_grant", key=None, object_id=None, subject=bo, role=role, **values)

    await stewards.change(grant("buyer", valid_until="2027-01-01T00:00:00Z"))
    refused = f"{bo} would be procurement_approver and buyer, which one person may not be."
    assert [each.message for each in (await stewards.submit(grant("procurement_approver"))).refused] == [refused]
    everywhere = grant("procurement_approver", domain_kind="group", entity=None)
    assert [each.message for each in (await stewards.submit(everywhere)).refused] == [refused]
    after = grant("procurement_approver", valid_from="2027-01-01T00:00:00Z")
    assert (await stewards.submit(after)).refused == ()
    elsewhere = grant("procurement_approver", entity=named("ELSEWHERE"))
    assert (await stewards.submit(elsewhere)).refused == ()


async def test_a_change_of_access_becomes_active_whole_or_not_at_all(stewards: Stewards, database: Database) -> None:
    """Two lines on one rule are judged by the last; the first alone would be taken."""
    before = await version(database)
    amends = {"role": "supplier_user", "resource": "item", "action": "amend"}
    (reason,) = (await stewards.submit(rule("*", **amends), rule("*", **amends, status="retired"))).refused
    assert reason.path[:2] == ("lines", 1)
    assert reason.message.endswith("line 1 already has this policy rule")
    assert await stewards.rows(PolicyRule, **amends) == []
    assert await version(database) == before


async def test_what_was_harmless_when_it_was_submitted_is_asked_again(stewards: Stewards) -> None:
    """Two requests give one person a duty each; the second to become active is refused."""
    await stewards.change(company(stewards))
    bo, since = f"bo-{stewards.tag}", "2026-01-01T00:00:00Z"

    def grant(role: str) -> ProposedChange:
        values = {"subject": bo, "role": role, "domain_kind": "entity", "entity": named(stewards.tag)}
        return change("role_grant", key=None, object_id=None, valid_from=since, **values)

    first, second = [requested(await stewards.submit(grant(role))) for role in ("buyer", "procurement_approver")]
    for request_id in (first, second):
        done(await stewards.approve(request_id))
    done(await stewards.activate(first))
    refused = f"{bo} would be procurement_approver and buyer, which one person may not be."
    assert [each.message for each in (await stewards.activate(second)).refused] == [refused]
    assert [each["role"] for each in await stewards.rows(RoleGrant, subject=bo)] == ["buyer"]
