"""Who decides on what: groups of fields and their owners, one after the other, and what is refused of a request."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from authz.approvals.model import ApprovalDecision, ApprovalStep
from authz.vocabulary import Role
from kernel.refusal import Code
from masterdata.governance.approve import RefusedField
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine
from masterdata.governance.submit import ProposedChange
from masterdata.items.model import Item
from masterdata.parties.model import Supplier
from tests.factories.stewards import Stewards, change, done, item, mill, requested, unit

IBAN, BIC = "DE89370400440532013000", "COBADEFFXXX"


async def status_of(stewards: Stewards, request_id: UUID) -> str:
    return await stewards.status(request_id)


async def steps_of(stewards: Stewards, request_id: UUID) -> dict[tuple[str, int], str]:
    """The status of each step that counts, by its group and place."""
    rows = await stewards.rows(ApprovalStep, document_id=request_id)
    return {(row["part"], row["sequence"]): row["status"] for row in rows if row["status"] != "void"}


async def decisions_of(stewards: Stewards, request_id: UUID) -> dict[str, str]:
    rows = await stewards.rows(ChangeRequestField, change_request_id=request_id)
    return {row["name"]: row["decision"] for row in rows}


@pytest.fixture
async def rope(stewards: Stewards) -> UUID:
    """An item that weighs two kilograms."""
    mass, length = (
        change("unit", code="KGM", name="kilogram", dimension="mass"),
        change("unit", code="MTR", name="metre", dimension="length"),
    )
    await stewards.change(mass, length, unit("C62"), item(stewards, "rope", category="ropes"))
    row = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert row is not None
    return UUID(str(row["id"]))


async def test_the_steward_of_logistics_accepts_the_weight_and_refuses_the_length(
    stewards: Stewards, rope: UUID
) -> None:
    weighed: dict[str, Any] = {"net_weight": "2.5", "weight_unit": "KGM", "length": "30", "size_unit": "MTR"}
    request_id = requested(await stewards.submit(change("item", key="rope", name="Rope, hemp", **weighed)))
    assert await steps_of(stewards, request_id) == {("general", 1): "open", ("logistics", 1): "open"}
    lars = stewards.person("lars", Role.STEWARD_LOCATION)
    refused = (RefusedField(line_number=1, field="length", reason="It is thirty feet."),)
    done(await stewards.approve(request_id, actor=lars, refused=refused))
    assert await status_of(stewards, request_id) == "in_review"
    assert await decisions_of(stewards, request_id) == {
        "name": "pending",
        "net_weight": "accepted",
        "weight_unit": "accepted",
        "length": "refused",
        "size_unit": "accepted",
    }
    done(await stewards.approve(request_id))
    done(await stewards.activate(request_id))
    row = await stewards.row(Item, id=rope)
    assert row is not None
    assert (row["name"], str(row["net_weight"]), row["length"], row["version"]) == ("Rope, hemp", "2.5", None, 2)
    told = await stewards.rows(ChangeRequestField, change_request_id=request_id, name="length")
    assert [(row["decided_by"], row["reason"]) for row in told] == [("lars", "It is thirty feet.")]


async def test_nobody_decides_on_what_others_own(stewards: Stewards, rope: UUID) -> None:
    request_id = requested(await stewards.submit(change("item", object_id=rope, name="Cord")))
    lars = stewards.person("lars", Role.STEWARD_LOCATION)
    (reason,) = (await stewards.approve(request_id, actor=lars)).refused
    assert (reason.code, reason.path) == (Code.FORBIDDEN, ("changeRequestId",))
    assert reason.message.endswith("It waits for a decision on: item general.")


async def test_a_bank_account_takes_two_people(stewards: Stewards) -> None:
    await stewards.change(mill(stewards))
    stewards.petra = stewards.person("petra", Role.STEWARD_SUPPLIER)
    request_id = requested(await stewards.submit(change("supplier", code=f"MILL-{stewards.tag}", iban=IBAN, bic=BIC)))
    assert await steps_of(stewards, request_id) == {("bank", 1): "open", ("bank", 2): "waiting"}
    both = stewards.person("sue", Role.STEWARD_SUPPLIER, Role.STEWARD_FINANCE)
    done(await stewards.approve(request_id, actor=both))
    assert await steps_of(stewards, request_id) == {("bank", 1): "approved", ("bank", 2): "open"}
    (reason,) = (await stewards.approve(request_id, actor=both)).refused
    assert reason.code is Code.FORBIDDEN
    done(await stewards.approve(request_id, actor=stewards.person("finn", Role.STEWARD_FINANCE)))
    done(await stewards.activate(request_id))
    row = await stewards.row(Supplier, code=f"MILL-{stewards.tag}")
    assert row is not None
    assert (row["iban"], row["bic"]) == (IBAN, BIC)


async def test_what_stands_together_is_refused_together(stewards: Stewards) -> None:
    await stewards.change(mill(stewards))
    stewards.petra = stewards.person("petra", Role.STEWARD_SUPPLIER)
    request_id = requested(
        await stewards.submit(change("supplier", code=f"MILL-{stewards.tag}", iban=IBAN, bic=BIC, city="Bergen"))
    )
    sue = stewards.person("sue", Role.STEWARD_SUPPLIER)
    alone = (RefusedField(line_number=1, field="bic"),)
    (reason,) = (await stewards.approve(request_id, actor=sue, refused=alone)).refused
    assert (reason.code, reason.path) == (Code.VALIDATION_FAILED, ("refused", 0, "field"))
    assert set((await decisions_of(stewards, request_id)).values()) == {"pending"}


async def test_what_a_new_object_needs_is_refused_with_its_line(stewards: Stewards) -> None:
    await stewards.change(unit("C62"))
    request_id = requested(await stewards.submit(item(stewards, "rope"), item(stewards, "nail")))
    (reason,) = (await stewards.approve(request_id, refused=(RefusedField(line_number=1, field="sku"),))).refused
    assert reason.path == ("refused", 0, "field")
    assert reason.message.startswith("A item needs sku") or reason.message.startswith("An item needs sku")
    done(await stewards.approve(request_id, refused=(RefusedField(line_number=1, reason="We have it."),)))
    done(await stewards.activate(request_id))
    lines = await stewards.rows(ChangeRequestLine, change_request_id=request_id)
    assert sorted((row["line_number"], row["result"]) for row in lines) == [(1, "refused"), (2, "created")]
    assert await stewards.row(Item, sku=f"rope-{stewards.tag}") is None


async def test_a_line_is_not_left_without_what_it_names(stewards: Stewards) -> None:
    place: dict[str, Any] = {"kind": "site", "code": "YARD", "name": "Yard"}
    whole = [
        change("legal_entity", object_id=stewards.entity_id, code=stewards.tag, name="Fjord", country="NO",
               currency="NOK", time_zone="Europe/Oslo"),
        change("location", site={"code": "YARD"}, **place),
    ]  # fmt: skip
    request_id = requested(await stewards.submit(*whole))
    (reason,) = (await stewards.approve(request_id, refused=(RefusedField(line_number=1),))).refused
    assert reason.message == "Line 2 names what line 1 makes: refuse it too."
    both = (RefusedField(line_number=1), RefusedField(line_number=2))
    done(await stewards.approve(request_id, refused=both))
    assert await status_of(stewards, request_id) == "rejected"


async def test_what_is_not_yours_to_decide_on_is_not_refused_by_you(stewards: Stewards, rope: UUID) -> None:
    request_id = requested(await stewards.submit(change("item", object_id=rope, name="Cord", gross_weight="3",
                                                        weight_unit="KGM")))  # fmt: skip
    (reason,) = (
        await stewards.approve(
            request_id,
            actor=stewards.person("ida", Role.STEWARD_ITEM),
            refused=(RefusedField(line_number=1, field="gross_weight"),),
        )
    ).refused
    assert (reason.code, reason.path) == (Code.VALIDATION_FAILED, ("refused", 0, "field"))


async def test_a_returned_request_keeps_its_number_and_what_still_holds(stewards: Stewards, rope: UUID) -> None:
    weighed: dict[str, Any] = {"gross_weight": "3", "weight_unit": "KGM"}
    first = change("item", object_id=rope, name="Cord", **weighed)
    request_id = requested(await stewards.submit(first))
    done(await stewards.approve(request_id, actor=stewards.person("lars", Role.STEWARD_LOCATION)))
    ida = stewards.person("ida", Role.STEWARD_ITEM)
    done(await stewards.return_it(request_id, "Which cord?", actor=ida))
    (before,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (before["status"], before["decision_reason"]) == ("returned", "Which cord?")
    again = change("item", object_id=rope, name="Cord, hemp", **weighed)
    done(await stewards.submit(again, change_request_id=request_id))
    assert await steps_of(stewards, request_id) == {("general", 1): "open", ("logistics", 1): "approved"}
    done(await stewards.approve(request_id, actor=ida))
    done(await stewards.activate(request_id))
    row = await stewards.row(Item, id=rope)
    assert row is not None
    assert (row["name"], str(row["gross_weight"])) == ("Cord, hemp", "3")
    (after,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (after["number"], after["status"]) == (before["number"], "active")


async def test_an_edit_voids_what_was_decided_on_it(stewards: Stewards, rope: UUID) -> None:
    request_id = requested(await stewards.submit(change("item", object_id=rope, name="Cord", gross_weight="3",
                                                        weight_unit="KGM")))  # fmt: skip
    done(await stewards.approve(request_id, actor=stewards.person("lars", Role.STEWARD_LOCATION)))
    done(await stewards.return_it(request_id, "Weigh it again.", actor=stewards.person("ida", Role.STEWARD_ITEM)))
    heavier = change("item", object_id=rope, name="Cord", gross_weight="4", weight_unit="KGM")
    done(await stewards.submit(heavier, change_request_id=request_id))
    assert await steps_of(stewards, request_id) == {("general", 1): "open", ("logistics", 1): "open"}
    decided = await stewards.rows(ApprovalDecision, document_id=request_id, verdict="approved")
    assert [(row["decided_by"], row["void_at"] is not None) for row in decided] == [("lars", True)]


async def test_only_its_submitter_takes_a_request_back(stewards: Stewards, rope: UUID) -> None:
    request_id = requested(await stewards.submit(change("item", object_id=rope, name="Cord")))
    (reason,) = (await stewards.withdraw(request_id, actor=stewards.person("anna", Role.STEWARD_ITEM))).refused
    assert reason.code is Code.FORBIDDEN
    done(await stewards.withdraw(request_id))
    assert await status_of(stewards, request_id) == "withdrawn"
    assert [reason.code for reason in (await stewards.approve(request_id)).refused] == [Code.INVALID_TRANSITION]
    assert await steps_of(stewards, request_id) == {}


async def test_who_changes_the_same_is_told(stewards: Stewards, rope: UUID) -> None:
    done(await stewards.submit(change("item", object_id=rope, name="Cord")))
    (warning,) = done(await stewards.submit(change("item", object_id=rope, name="Line"))).warnings
    assert warning.code == "OVERLAPS"
    assert f"name of item rope-{stewards.tag}" in warning.message
    assert done(await stewards.submit(change("item", object_id=rope, category="lines"))).warnings == ()


async def test_a_value_that_others_changed_goes_back_to_review(stewards: Stewards, rope: UUID) -> None:
    first, second = [
        requested(await stewards.submit(change("item", object_id=rope, **values)))
        for values in ({"name": "Cord"}, {"name": "Line", "category": "lines"})
    ]
    for request_id in (first, second):
        done(await stewards.approve(request_id))
    done(await stewards.activate(first))
    (warning,) = done(await stewards.activate(second)).warnings
    assert warning.code == "OUTDATED"
    row = await stewards.row(Item, id=rope)
    assert row is not None
    assert (row["name"], row["category"], row["version"]) == ("Cord", "ropes", 2)
    fields = {row["name"]: row for row in await stewards.rows(ChangeRequestField, change_request_id=second)}
    told = fields["name"]
    assert (told["base"], told["current"], told["proposed"], told["is_outdated"]) == ("rope", "Cord", "Line", True)
    assert await status_of(stewards, second) == "submitted"
    done(await stewards.approve(second))
    done(await stewards.activate(second))
    row = await stewards.row(Item, id=rope)
    assert row is not None
    assert (row["name"], row["category"], row["version"]) == ("Line", "lines", 3)


async def test_what_others_made_so_already_is_no_conflict(stewards: Stewards, rope: UUID) -> None:
    first, second = [requested(await stewards.submit(change("item", object_id=rope, name="Cord"))) for _ in range(2)]
    for request_id in (first, second):
        done(await stewards.approve(request_id))
        done(await stewards.activate(request_id))
    assert await status_of(stewards, second) == "active"
    (line,) = await stewards.rows(ChangeRequestLine, change_request_id=second)
    row = await stewards.row(Item, id=rope)
    assert row is not None
    assert (line["result"], row["version"]) == ("unchanged", 2)


async def test_germany_approves_while_france_thinks(stewards: Stewards) -> None:
    """One request gives both companies a price list; each decides on its own."""
    germany, france = stewards, Stewards(stewards.database, stewards.activation_writers)
    for each, code in ((germany, "DE"), (france, "FR")):
        await each.change(
            change("legal_entity", object_id=each.entity_id, code=each.tag, name=code, country=code, currency="EUR",
                   time_zone="Europe/Paris")
        )  # fmt: skip
    both = [germany.entity_id, france.entity_id]
    germany.petra = germany.person_of("petra", both, Role.INTEGRATION_OPERATOR)
    spring = {"code": "SPRING", "name": "Spring", "currency": "EUR"}
    lines = [ProposedChange(noun="price_list", values=spring, entity_id=each) for each in both]
    request_id = requested(await germany.submit(*lines, entity_id=None, source_system=None))
    greta = germany.person("greta", Role.STEWARD_PRICE)
    done(await germany.approve(request_id, actor=greta))
    assert await status_of(germany, request_id) == "in_review"
    (reason,) = (await germany.approve(request_id, actor=greta)).refused
    assert reason.code is Code.FORBIDDEN
    done(await germany.approve(request_id, actor=france.person("fleur", Role.STEWARD_PRICE)))
    assert await status_of(germany, request_id) == "approved"
    (reason,) = (await germany.activate(request_id, actor=greta)).refused
    assert "who sees all of it activates it" in reason.message
    done(await germany.activate(request_id, actor=germany.person_of("ada", both, Role.STEWARD_PRICE)))


async def test_a_rule_asks_for_others_than_the_owners(stewards: Stewards) -> None:
    """Of this company's price lists two people decide, one after the other, and soon; elsewhere all is as it was."""
    rule: dict[str, Any] = {
        "document_kind": "change_request",
        "subject": "price_list",
        "role": "steward_price",
        "is_distinct": True,
    }
    company: dict[str, Any] = {"entity": {"id": str(stewards.entity_id)}, "due_hours": 8, "priority": 500}
    rules = [
        change("approval_rule", code=f"{stewards.tag}-{place}", sequence=place, **rule, **company) for place in (1, 2)
    ]
    await stewards.change(
        change("legal_entity", object_id=stewards.entity_id, code=stewards.tag, name="Fjord", country="NO",
               currency="NOK", time_zone="Europe/Oslo"),
        *rules,
    )  # fmt: skip
    spring = change("price_list", code="SPRING", name="Spring", currency="NOK")
    request_id = requested(await stewards.submit(spring))
    assert await steps_of(stewards, request_id) == {("general", 1): "open", ("general", 2): "waiting"}
    (first,) = await stewards.rows(ApprovalStep, document_id=request_id, status="open")
    assert (first["rule"], first["role"]) == (f"{stewards.tag}-1", "steward_price")
    assert first["due_at"] - first["opened_at"] == timedelta(hours=8)
    done(await stewards.approve(request_id))
    (reason,) = (await stewards.approve(request_id)).refused
    assert reason.code is Code.FORBIDDEN
    done(await stewards.approve(request_id, actor=stewards.person("pia", Role.STEWARD_PRICE)))
    assert await status_of(stewards, request_id) == "approved"
