"""Change requests: what becomes active, what is refused line by line, and who may let it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from authz.model import RoleGrant
from masterdata.entities.model import LegalEntity
from masterdata.governance.model import ChangeRequest, KeyMapping
from masterdata.governance.values import external, named
from masterdata.items.model import Item, ItemUnit
from masterdata.locations.model import Location
from masterdata.prices.model import Price
from masterdata.registry import NOUNS
from masterdata.units.model import Unit
from tests.factories.stewards import Stewards, change, company, done, item, requested, unit


async def test_a_company_starts_with_one_request(stewards: Stewards) -> None:
    results = await stewards.change(
        change("price", price_list=named("LIST"), item=external("rope"), valid_from="2026-01-01", amount="12.50"),
        change("price_list", code="LIST", name="List", currency="NOK"),
        item(stewards, "rope", units=[{"unit": "XBX", "numerator": 12}]),
        change("location", code="BIN", name="Bin", kind="bin", parent=named("OSLO"), site=named("OSLO")),
        change("location", code="OSLO", name="Oslo", kind="site", site=named("OSLO")),
        unit("C62"),
        unit("XBX"),
        company(stewards),
    )
    assert [(each.line_number, each.message) for each in results if each.result == "refused"] == []
    entity = await stewards.row(LegalEntity, id=stewards.entity_id)
    assert entity is not None
    assert (entity["code"], entity["currency"], entity["version"]) == (stewards.tag, "NOK", 1)
    rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert rope is not None
    assert (rope["base_increment"], rope["tracking"], rope["status"]) == (1, "none", "active")
    (box,) = await stewards.rows(ItemUnit, item_id=rope["id"])
    assert (box["unit"], box["numerator"], box["denominator"]) == ("XBX", 12, 1)
    (price,) = await stewards.rows(Price, entity_id=stewards.entity_id)
    assert (price["item_id"], price["amount"]) == (rope["id"], Decimal("12.50"))
    assert price["valid_from"] == date(2026, 1, 1)
    places = {place["code"]: place for place in await stewards.rows(Location, entity_id=stewards.entity_id)}
    assert places["BIN"]["parent_id"] == places["BIN"]["site_id"] == places["OSLO"]["id"] == places["OSLO"]["site_id"]
    (key,) = await stewards.rows(KeyMapping, source_system=stewards.system)
    assert (key["noun"], key["external_key"], key["object_id"]) == ("item", "rope", rope["id"])


async def test_the_same_request_again_changes_nothing(stewards: Stewards) -> None:
    lines = (unit("C62"), unit("XBX"), item(stewards, "nail", units=[{"unit": "XBX", "numerator": 500}]))
    await stewards.change(*lines)
    again = await stewards.change(*lines)
    assert [each.result for each in again] == ["unchanged"] * 3
    nail = await stewards.row(Item, sku=f"nail-{stewards.tag}")
    assert nail is not None
    assert nail["version"] == 1


async def test_only_what_differs_is_changed_and_counted(stewards: Stewards) -> None:
    await stewards.change(unit("C62"), unit("XBX"), item(stewards, "nail", category="iron"), item(stewards, "rope"))
    results = await stewards.change(
        change("item", key="nail", name="Nail, round"),
        change("item", key="rope", units=[{"unit": "XBX", "numerator": 7}]),
    )
    assert [each.result for each in results] == ["updated", "updated"]
    nail = await stewards.row(Item, sku=f"nail-{stewards.tag}")
    assert nail is not None
    assert (nail["name"], nail["category"], nail["version"]) == ("Nail, round", "iron", 2)
    rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert rope is not None
    assert (rope["name"], rope["version"]) == ("rope", 2)
    results = await stewards.change(change("item", key="rope", units=[{"unit": "XBX", "numerator": 8}]))
    (box,) = await stewards.rows(ItemUnit, item_id=rope["id"])
    assert (results[0].result, box["numerator"]) == ("updated", 8)


async def test_only_the_named_company_changes(stewards: Stewards) -> None:
    site = change("location", object_id=stewards.site_id, code="S", name="Site", kind="site", site=named("S"))
    neighbour = Stewards(stewards.database, stewards.activation_writers)
    for company_stewards in (stewards, neighbour):
        await company_stewards.change(company(company_stewards), site)
    (result,) = await stewards.change(change("location", code="S", name="Harbour", priority="3"))
    assert result.result == "updated"
    ours = await stewards.row(Location, entity_id=stewards.entity_id)
    theirs = await stewards.row(Location, entity_id=neighbour.entity_id)
    assert ours is not None
    assert theirs is not None
    assert (ours["name"], ours["priority"], ours["version"]) == ("Harbour", 3, 2)
    assert (theirs["name"], theirs["priority"], theirs["version"]) == ("Site", 100, 1)


async def test_a_refused_line_stops_only_those_that_need_it(stewards: Stewards) -> None:
    results = await stewards.change(
        company(stewards),
        unit("C62"),
        item(stewards, "good"),
        item(stewards, "bad", base_increment="none"),
        change("price_list", code="LIST", name="List", currency="NOK"),
        change("price", price_list=named("LIST"), item=external("good"), valid_from="2026-01-01", amount="5"),
        change("price", price_list=named("LIST"), item=external("bad"), valid_from="2026-01-01", amount="5"),
        change("price", price_list=named("LIST"), item=external("ugly"), valid_from="2026-01-01", amount="5"),
    )
    refused = {each.line_number: each.message for each in results if each.result == "refused"}
    assert refused == {
        4: "base_increment: 'none' is no number",
        7: "item: the item with the external key 'bad' was refused in line 4",
        8: "item: no item with the external key 'ugly' is known",
    }
    assert len(await stewards.rows(Price, entity_id=stewards.entity_id)) == 1


async def test_a_place_whose_site_is_refused_is_refused_too(stewards: Stewards) -> None:
    results = await stewards.change(
        company(stewards),
        change("location", code="A", name="A", kind="site", site=named("B")),
        change("location", code="B", name="B", kind="site", site=named("B"), priority="-1"),
        change("location", code="A1", name="A1", kind="bin", site=named("A")),
        change("location", code="C", name="C", kind="site", site=named("C")),
    )
    assert [(each.result, each.message) for each in results] == [
        ("created", None),
        ("refused", "site: the location with the code 'B' was refused in line 3"),
        ("refused", "priority: '-1' is less than 0"),
        ("refused", "site: it is made by line 2, which was refused"),
        ("created", None),
    ]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": None}, "name: is missing"),
        ({"base_unit": "ZZZ"}, "base_unit: no unit with the code 'ZZZ' is known"),
        ({"base_increment": "0"}, "base_increment: '0' is not more than 0"),
        ({"base_increment": "NaN"}, "base_increment: 'NaN' is no number"),
        (
            {"base_increment": "1e30"},
            "base_increment: '1e30' is beyond what is kept: 1000000000000000, with 10 decimals",
        ),
        ({"tracking": "magic"}, "tracking: 'magic' is none of none, lot, serial"),
        ({"status": "lost"}, "status: 'lost' is none of active, blocked, retired"),
        ({"name": "x" * 501}, "name: the text has 501 characters, and at most 500 are kept"),
        ({"name": 7}, "name: 7 is no text"),
        ({"units": [{"unit": "C62"}]}, "units: numerator: is missing"),
        ({"units": "many"}, "units: is no list of objects"),
    ],
)
async def test_a_refusal_names_field_and_value(stewards: Stewards, values: dict[str, Any], message: str) -> None:
    whole: dict[str, Any] = {"sku": f"X-{stewards.tag}", "name": "X", "base_unit": "C62", **values}
    results = await stewards.change(unit("C62"), change("item", **whole))
    assert (results[1].result, results[1].message) == ("refused", message)
    assert await stewards.row(Item, sku=f"X-{stewards.tag}") is None


async def test_an_object_is_spoken_of_once(stewards: Stewards) -> None:
    twin = item(stewards, "twin")
    results = await stewards.change(
        unit("C62"), twin, twin, change("item", key="other", sku=f"twin-{stewards.tag}", name="x", base_unit="C62")
    )
    assert [each.message for each in results[2:]] == ["sku: line 2 already has this item"] * 2
    taken = await stewards.change(item(stewards, "lone"), change("item", key="twin", sku=f"lone-{stewards.tag}"))
    assert taken[1].message == "sku: line 1 already has this item"
    taken = await stewards.change(change("item", key="twin", sku=f"lone-{stewards.tag}"))
    assert taken[0].message == "sku: another item has this key already"


async def test_what_is_booked_in_stays_as_it_was_made(stewards: Stewards) -> None:
    await stewards.change(company(stewards), unit("C62"), unit("XBX"), item(stewards, "rope"))
    results = await stewards.change(
        change("item", key="rope", base_unit="XBX"),
        change("legal_entity", object_id=stewards.entity_id, currency="EUR"),
    )
    assert {each.noun: each.message for each in results} == {
        "item": "base_unit: XBX differs from what is fixed since the object was made",
        "legal_entity": "currency: EUR differs from what is fixed since the object was made",
    }


async def test_the_retired_do_not_come_back(stewards: Stewards) -> None:
    await stewards.change(unit("C62"), item(stewards, "rope"))
    assert (await stewards.change(change("item", key="rope", status="retired")))[0].result == "updated"
    again = await stewards.change(change("item", key="rope", status="active"))
    assert again[0].message == "status: retired cannot become active"


async def test_no_place_in_an_entity_that_does_not_exist(stewards: Stewards) -> None:
    results = await stewards.change(change("price_list", code="LIST", name="List", currency="NOK"))
    assert results[0].message == f"entity: no legal entity with the id '{stewards.entity_id}' is known"
    (request,) = await stewards.rows(ChangeRequest, entity_id=stewards.entity_id)
    assert (request["status"], request["activated_at"]) == ("rejected", None)


async def test_a_failed_request_can_be_activated_when_the_cause_is_gone(stewards: Stewards) -> None:
    await stewards.change(unit("C62"))
    first, second = [
        requested(await stewards.submit(item(stewards, "rope"), source_system=f"{stewards.system}-{shop}"))
        for shop in ("north", "south")
    ]
    for request_id in (first, second):
        done(await stewards.approve(request_id))
    done(await stewards.activate(first))
    (warning,) = done(await stewards.activate(second)).warnings
    assert warning.code == "FAILED"
    (request,) = await stewards.rows(ChangeRequest, id=second)
    assert (request["status"], request["failure"]) == ("failed", "line 1: another item has this sku already")
    rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert rope is not None
    await stewards.change(change("item", object_id=rope["id"], sku=f"cord-{stewards.tag}"))
    done(await stewards.activate(second))
    assert len(await stewards.rows(Item, sku=f"rope-{stewards.tag}")) == 1


async def test_grants_reach_where_they_say(stewards: Stewards) -> None:
    since = "2026-01-01T00:00:00Z"
    results = await stewards.change(
        company(stewards),
        change("supplier", key="mill", code=f"MILL-{stewards.tag}", name="Mill", currency="NOK"),
        change(
            "role_grant",
            subject="bo",
            role="buyer",
            domain_kind="entity",
            entity=named(stewards.tag),
            valid_from=since,
        ),
        change("role_grant", subject="bo", role="buyer", domain_kind="entity", valid_from=since),
        change("role_grant", subject="mia", role="supplier_user", domain_kind="group", valid_from=since),
        change(
            "role_grant",
            subject="mia",
            role="supplier_user",
            domain_kind="group",
            partner=external("mill", "supplier"),
            valid_from=since,
            valid_until="2025-01-01T00:00:00Z",
        ),
    )
    assert [each.result for each in results] == ["created"] * 3 + ["refused"] * 3
    assert [each.message for each in results[3:]] == [
        "entity: a grant on an entity names it, and a grant on the group names none",
        "partner: it is named for the roles supplier_user, carrier, partner_machine, and for no other",
        "valid_until: a grant ends after it begins",
    ]
    (grant,) = await stewards.rows(RoleGrant, entity_id=stewards.entity_id)
    assert (grant["subject"], grant["partner_id"]) == ("bo", None)


async def test_nobody_promises_beyond_the_calendar(stewards: Stewards) -> None:
    slow = change("supplier", code=f"S-{stewards.tag}", name="Slow", currency="EUR", lead_time_days=5_000_000)
    (result,) = await stewards.change(slow)
    assert (result.result, result.message) == ("refused", "lead_time_days: 5000000 is more than 3650")


def test_every_noun_is_declared_on_columns_that_exist() -> None:
    for noun in NOUNS:
        assert set(noun.columns) <= set(noun.table.c.keys()), noun.name
        assert set(noun.key) <= set(noun.columns), noun.name


async def test_units_are_shared_by_all(stewards: Stewards) -> None:
    await stewards.change(unit("C62"))
    assert len(await stewards.rows(Unit, code="C62")) == 1


async def test_units_are_published_with_their_item(stewards: Stewards) -> None:
    """The units that an item gets later as well, and whichever way it goes."""

    async def published(*units: str, **values: bool) -> tuple[bool, set[tuple[str, bool]]]:
        packs = [{"unit": each, "numerator": 12} for each in units]
        await stewards.change(unit("C62"), unit("XBX"), unit("XCT"), item(stewards, "rope", units=packs, **values))
        rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
        assert rope is not None
        rows = await stewards.rows(ItemUnit, item_id=rope["id"])
        return rope["is_published"], {(row["unit"], row["is_published"]) for row in rows}

    assert await published("XBX") == (False, {("XBX", False)})
    assert await published(is_published=True) == (True, {("XBX", True)})
    assert await published("XCT") == (True, {("XBX", True), ("XCT", True)})
    assert await published(is_published=False) == (False, {("XBX", False), ("XCT", False)})


async def test_whether_an_item_is_published_is_said_with_true_or_false(stewards: Stewards) -> None:
    (*_, refused) = await stewards.change(unit("C62"), item(stewards, "rope", is_published="yes"))
    assert refused.message == "is_published: 'yes' is neither true nor false"
