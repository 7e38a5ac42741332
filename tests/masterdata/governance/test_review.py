"""Who may submit, approve and activate, and in which order."""

from authz.actor import Actor, Grant
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Role
from kernel.audit import AuditEntry
from kernel.db import insert_rows
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.refusal import Code
from masterdata.governance.model import ChangeRequest, ChangeRequestLine
from masterdata.governance.submit import ProposedChange
from masterdata.governance.values import named
from masterdata.items.model import Item
from masterdata.parties.model import Supplier
from tests.factories.stewards import STEWARDS, Stewards, change, company, done, item, mill, requested, unit


async def test_the_submitter_does_not_approve(stewards: Stewards) -> None:
    request_id = requested(await stewards.submit(mill(stewards)))
    double = stewards.person("petra", Role.GROUP_ADMIN, Role.STEWARD_ITEM)
    outcome = await stewards.approve(request_id, actor=double)
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    assert "another person decides" in outcome.refused[0].message


async def test_a_steward_decides_on_their_own_kind_only(stewards: Stewards) -> None:
    request_id = requested(
        await stewards.submit(
            change("role_grant", subject="eve", role="group_admin", domain_kind="group", valid_from="2026-01-01")
        )
    )
    outcome = await stewards.approve(request_id, actor=stewards.person("sven", Role.STEWARD_ITEM))
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    (request,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (request["status"], request["version"]) == ("submitted", 1)


async def test_what_is_not_approved_does_not_become_active(stewards: Stewards) -> None:
    request_id = requested(await stewards.submit(item(stewards, "rope")))
    outcome = await stewards.activate(request_id)
    assert [reason.code for reason in outcome.refused] == [Code.INVALID_TRANSITION]
    assert await stewards.row(Item, sku=f"rope-{stewards.tag}") is None


async def test_each_step_is_taken_once(stewards: Stewards) -> None:
    request_id = requested(await stewards.submit(mill(stewards)))
    done(await stewards.approve(request_id))
    bea = stewards.person("bea", *STEWARDS)
    assert [reason.code for reason in (await stewards.approve(request_id, actor=bea)).refused] == [
        Code.INVALID_TRANSITION
    ]
    done(await stewards.activate(request_id))
    again = await stewards.activate(request_id)
    assert [reason.code for reason in again.refused] == [Code.INVALID_TRANSITION]
    (request,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (request["decided_by"], request["version"]) == ("anna", 3)


async def test_a_proposal_that_nobody_could_read_is_refused_at_once(stewards: Stewards) -> None:
    outcome = await stewards.submit(
        change("dragon", name="Smaug"),
        change("item", colour="red"),
        change("item", name="half \ud800"),
        change("price_list", key="list", code="LIST"),
    )
    assert [(reason.code, reason.path) for reason in outcome.refused] == [
        (Code.VALIDATION_FAILED, ("lines", 0, "noun")),
        (Code.VALIDATION_FAILED, ("lines", 1, "values", "colour")),
        (Code.VALIDATION_FAILED, ("lines", 2, "values")),
        (Code.VALIDATION_FAILED, ("lines", 3)),
    ]
    assert await stewards.rows(ChangeRequest, entity_id=stewards.entity_id) == []
    assert [reason.path for reason in (await stewards.submit()).refused] == [("lines",)]


async def test_each_step_is_an_event_and_an_audit_row(stewards: Stewards) -> None:
    await stewards.change(company(stewards), unit("C62"))
    events = await stewards.rows(EventRecord, entity_id=stewards.entity_id)
    assert sorted((event["type"], event["actor"]) for event in events) == [
        ("ChangeRequestActivated", "anna"),
        ("ChangeRequestApproved", "anna"),
        ("ChangeRequestSubmitted", "petra"),
    ]
    audit = await stewards.rows(AuditEntry, entity_id=stewards.entity_id)
    assert {(row["mutation"], row["outcome"]) for row in audit} == {
        ("submit_change_request", "done"),
        ("approve_change_request", "done"),
        ("activate_change_request", "done"),
    }


async def test_a_request_that_nobody_sees_is_not_found(stewards: Stewards) -> None:
    assert [reason.code for reason in (await stewards.approve(new_id())).refused] == [Code.NOT_FOUND]


async def test_who_may_not_see_a_field_does_not_propose_it(stewards: Stewards) -> None:
    supplier = {"code": f"MILL-{stewards.tag}", "name": "Mill", "currency": "NOK"}
    stewards.petra = stewards.person("pablo", Role.PLANNER)
    outcome = await stewards.submit(change("supplier", key="mill", object_id=None, **supplier, phone="555 0199"))
    (reason,) = outcome.refused
    assert (reason.code, reason.path) == (Code.FORBIDDEN, ("lines", 0, "values", "phone"))
    done(await stewards.submit(change("supplier", key="mill", object_id=None, **supplier)))
    stewards.petra = stewards.person("sam", Role.STEWARD_SUPPLIER)
    done(await stewards.submit(change("supplier", key="mill", object_id=None, **supplier, phone="555 0199")))


async def test_a_line_of_another_legal_entity_is_none_of_the_request(stewards: Stewards) -> None:
    """Row security asks a line for its own entity: who writes elsewhere could put one under a stranger's request."""
    request_id = requested(await stewards.submit(mill(stewards)))
    smuggled = {
        "id": new_id(),
        "change_request_id": request_id,
        "entity_id": new_id(),
        "line_number": 2,
        "noun": "supplier",
        "values": {"code": stewards.tag, "name": "The mill", "currency": "NOK"},
    }
    async with stewards.database.worker.begin() as connection:
        await insert_rows(connection, ChangeRequestLine, [smuggled])
    done(await stewards.approve(request_id))
    done(await stewards.activate(request_id))
    (line,) = await stewards.rows(ChangeRequestLine, id=smuggled["id"])
    assert line["result"] == "pending"
    assert await stewards.rows(Supplier, code=stewards.tag) == []


async def test_who_may_set_a_field_here_does_not_set_it_elsewhere(stewards: Stewards) -> None:
    """A request of several legal entities asks for each line in its own."""
    there = new_id()
    priced = {"item": named("ROPE"), "supplier": named("MILL"), "amount": "7", "currency": "NOK"}
    roles = {Role.BUYER: frozenset({stewards.entity_id}), Role.STEWARD_ITEM: frozenset({stewards.entity_id, there})}
    stewards.petra = Actor(
        subject="petra",
        access=compile_access(starting_policy(), roles, frozenset({stewards.entity_id, there})),
        grants=tuple(Grant(role, reach) for role, reach in roles.items()),
    )
    outcome = await stewards.submit(
        *(ProposedChange(noun="supplier_price", values=priced, entity_id=each) for each in (stewards.entity_id, there)),
        entity_id=None,
    )
    assert [(each.code, each.path) for each in outcome.refused] == [(Code.FORBIDDEN, ("lines", 1, "values", "amount"))]
