"""`interCompanyOffers`: what others could spare, to whom it is told, what it costs, and what is written down."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from api.sourcing.offers import COST, ITEMS_MAX
from api.values.ids import encode_id
from authz.vocabulary import Role
from domain.sourcing import offer_queries
from kernel.ids import new_id
from kernel.statements import write
from masterdata.agreements import under
from masterdata.items.model import Item
from tests.api.serving import Office
from tests.api.test_trail import trail
from tests.databases import writing
from tests.factories.agreements import LAST_YEAR, agreed
from tests.factories.world import World

OFFERS = """query ($of: ID!, $items: [ID!]!) { interCompanyOffers(entityId: $of, itemIds: $items) {
  offers { agreement giver site itemId sku quantity unitPrice currency earliestDate } cut } }"""
AGREEMENTS = """query ($id: ID!) {
  interCompanyAgreements(orderBy: [CODE_ASC]) { totalCount nodes {
    id code covers markupPercent titleTransfer pairLimit { amount currency } giver { code } taker { code } } }
  node(id: $id) { ... on InterCompanyAgreement { code } } }"""


def entity_of(world: World) -> str:
    return encode_id("LegalEntity", world.entity_id)


@pytest.fixture
async def giver(world: World) -> World:
    """A company that keeps its books in dollars, far away."""
    return await World(world.database, world.activation, currency="USD").build()


@pytest.fixture
async def flour(giver: World) -> Any:
    """100 kilos in the giver's main site, of which it keeps 32, and 10 in the sister's, which keeps them all."""
    item_id = await giver.item("flour", increment="5")
    await giver.stock(item_id, "100", cost="4.995")
    await giver.stock(item_id, "10", cost="4.995", location_id=giver.sister_bin_id)
    await giver.keep(item_id, giver.site_id, "32")
    await giver.keep(item_id, giver.sister_site_id, "10")
    return item_id


async def offers(house: Office, token: str, taker: World, *item_ids: Any) -> Any:
    items = [encode_id("Item", each) for each in item_ids]
    found = (await house.ask(token, OFFERS, of=entity_of(taker), items=items))["interCompanyOffers"]
    assert found["cut"] == []
    return found["offers"]


async def test_what_is_above_the_givers_policy_is_offered_at_the_agreed_price(
    house: Office, world: World, giver: World, flour: Any
) -> None:
    """65 whole increments of 5 are above the 32 that are kept; the sister's site has nothing to spare."""
    await agreed(giver, world, markup_percent=Decimal("12.5"))
    for role in (Role.PLANNER, Role.BUYER):
        token = await house.hire(role, world.entity_id)
        assert await offers(house, token, world, flour, new_id()) == [
            {
                "agreement": "SPARE", "giver": giver.tag, "site": "MAIN", "itemId": encode_id("Item", flour),
                "sku": f"FLOUR-{giver.tag}", "quantity": "65", "unitPrice": "5.6194", "currency": "USD",
                "earliestDate": house.clock.now.date().isoformat(),
            }
        ]  # fmt: skip


async def test_every_agreement_has_its_own_price(house: Office, world: World, giver: World, flour: Any) -> None:
    for code, percent in (("B", 0), ("A", 100)):
        await agreed(giver, world, code=code, markup_percent=Decimal(percent))
    token = await house.hire(Role.PLANNER, world.entity_id)
    found = [(each["agreement"], each["unitPrice"]) for each in await offers(house, token, world, flour)]
    assert found == [("A", "9.99"), ("B", "4.995")]


@pytest.mark.parametrize(
    "changed",
    [{"status": "retired"}, {"covers": "pairs"}, {"valid_until": LAST_YEAR}, {"valid_from": date(2027, 1, 1)}],
)
async def test_without_an_agreement_in_force_there_is_nothing(
    house: Office, world: World, giver: World, flour: Any, changed: dict[str, Any]
) -> None:
    token = await house.hire(Role.PLANNER, world.entity_id)
    assert await offers(house, token, world, flour) == []
    await agreed(giver, world, **changed)
    await agreed(world, giver, code="BACK")
    assert await offers(house, token, world, flour) == []
    assert await trail(house, token) == []


async def test_what_may_not_be_sold_is_not_offered(house: Office, world: World, giver: World) -> None:
    blocked = new_id()
    await giver.write(Item, id=blocked, sku=f"X-{giver.tag}", name="x", base_unit="C62", base_increment=Decimal(1))
    await giver.stock(blocked, "5")
    await agreed(giver, world)
    token = await house.hire(Role.PLANNER, world.entity_id)
    assert len(await offers(house, token, world, blocked)) == 1
    await _block(giver, blocked)
    assert await offers(house, token, world, blocked) == []


async def _block(giver: World, item_id: Any) -> None:
    async with writing(giver.activation) as driver:
        await write(driver, update(Item).where(Item.id == item_id).values(status="blocked"), {})


async def refused(house: Office, token: str, **asked: Any) -> tuple[str, str]:
    answer = (await house.post(token, {"query": OFFERS, "variables": {"items": [], **asked}})).json()
    (error,) = answer["errors"]
    assert answer["data"] == {"interCompanyOffers": None}
    return error["message"], error["extensions"]["code"]


async def test_an_entity_in_which_one_has_no_right_is_like_none(house: Office, world: World, giver: World) -> None:
    """Neither the giver's planner, nor who looks for an entity that is not there."""
    await agreed(giver, world)
    nowhere = encode_id("LegalEntity", new_id())
    unknown = ("Legal entity not found.", "NOT_FOUND")
    theirs = await house.hire(Role.PLANNER, giver.entity_id)
    for of in (entity_of(world), nowhere):
        assert await refused(house, theirs, of=of) == unknown


async def test_who_may_use_no_agreement_at_all_is_told_so(house: Office, world: World, giver: World) -> None:
    """Also who reads them, as an auditor does, and whichever legal entity they name."""
    await agreed(giver, world)
    auditor = await house.hire(Role.AUDITOR, world.entity_id)
    for of in (entity_of(world), entity_of(giver), encode_id("LegalEntity", new_id())):
        assert await refused(house, auditor, of=of) == (
            "You have no right to use agreements between legal entities.",
            "FORBIDDEN",
        )
    assert {(row.mutation, row.outcome) for row in await trail(house, auditor)} == {
        ("Query.interCompanyOffers", "refused")
    }


async def test_bad_ids_are_told(house: Office, world: World) -> None:
    token = await house.hire(Role.PLANNER, world.entity_id)
    mine, item = entity_of(world), encode_id("Item", new_id())
    assert await refused(house, token, of="?") == ("entityId is malformed: not an id.", "VALIDATION_FAILED")
    assert await refused(house, token, of=mine, items=["?"]) == (
        "itemIds.0 is malformed: not an id.",
        "VALIDATION_FAILED",
    )
    assert await refused(house, token, of=mine, items=[mine]) == ("itemIds takes ids of Item.", "VALIDATION_FAILED")
    many = [item] * (ITEMS_MAX + 1)
    assert (await refused(house, token, of=mine, items=many))[0] == "itemIds takes 100 ids at most, not 101."


async def test_each_look_is_written_down(house: Office, world: World, giver: World, flour: Any) -> None:
    agreement_id = await agreed(giver, world)
    token = await house.hire(Role.BUYER, world.entity_id)
    await offers(house, token, world, flour)
    (row,) = await trail(house, token)
    assert (row.mutation, row.outcome, row.entity_id) == ("InterCompanyAgreement.offers", "done", world.entity_id)
    assert row.detail["agreement"] == str(agreement_id)
    assert (row.detail["giver"], row.detail["taker"]) == (str(giver.entity_id), str(world.entity_id))


async def test_it_is_counted(house: Office, world: World) -> None:
    """By what is asked about, in the document or in a variable: so there is an end to asking much in one request."""
    token = await house.hire(Role.PLANNER, world.entity_id)
    item = encode_id("Item", new_id())
    nothing, some = (f'interCompanyOffers(entityId: "{entity_of(world)}", itemIds: {each}) {{ cut }}' for each in (
        "[]", f'["{item}", "{item}"]'
    ))  # fmt: skip
    answer = (await house.post(token, {"query": f"{{ a: {nothing} b: {some} }}"})).json()
    assert answer["data"] == {"a": {"cut": []}, "b": {"cut": []}}
    assert answer["extensions"]["cost"]["requested"] == 2 * COST.fixed + 2 * COST.each
    for count in (0, 1, 3):
        asked = {"query": OFFERS, "variables": {"of": entity_of(world), "items": [item] * count}}
        answer = (await house.post(token, asked)).json()
        assert answer["extensions"]["cost"]["requested"] == COST.fixed + count * COST.each
    wrong = {"query": OFFERS, "variables": {"of": entity_of(world), "items": None}}
    assert "data" not in (await house.post(token, wrong)).json()
    one = "interCompanyOffers(entityId: $of, itemIds: $items) { cut }"
    many = " ".join(f"a{number}: {one}" for number in range(5))
    asked = {"of": entity_of(world), "items": [item] * ITEMS_MAX}
    query = f"query ($of: ID!, $items: [ID!]!) {{ {many} }}"
    (error,) = (await house.post(token, {"query": query, "variables": asked})).json()["errors"]
    assert error["extensions"]["code"] == "COST_EXCEEDED"


async def test_what_was_left_out_is_told(
    house: Office, world: World, giver: World, flour: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in ("A", "B", "C"):
        await agreed(giver, world, code=code)
    await giver.stock(flour, "40", cost="4.995", location_id=giver.sister_bin_id)
    token = await house.hire(Role.PLANNER, world.entity_id)
    assert len(await offers(house, token, world, flour)) == 6
    asked = {"of": entity_of(world), "items": [encode_id("Item", flour)]}
    monkeypatch.setattr(offer_queries, "ROWS_OF_AN_ITEM_MAX", 1)
    found = (await house.ask(token, OFFERS, **asked))["interCompanyOffers"]
    assert ([each["site"] for each in found["offers"]], found["cut"]) == (["MAIN"] * 3, ["SITES"])
    monkeypatch.setattr(under, "AGREEMENTS_MAX", 2)
    found = (await house.ask(token, OFFERS, **asked))["interCompanyOffers"]
    assert ([each["agreement"] for each in found["offers"]], found["cut"]) == (["A", "B"], ["AGREEMENTS", "SITES"])


async def test_either_side_sees_the_agreement_and_nobody_else(house: Office, world: World, giver: World) -> None:
    identity = encode_id("InterCompanyAgreement", await agreed(giver, world, pair_limit_currency="USD"))
    shown = {
        "id": identity, "code": "SPARE", "covers": "OFFERS_AND_PAIRS", "markupPercent": "10",
        "titleTransfer": "AT_SHIPMENT", "pairLimit": {"amount": "5000", "currency": "USD"},
    }  # fmt: skip
    for side, companies in (
        (giver, {"giver": {"code": giver.tag}, "taker": None}),
        (world, {"giver": None, "taker": {"code": world.tag}}),
    ):
        found = await house.ask(await house.hire(Role.FINANCE, side.entity_id), AGREEMENTS, id=identity)
        assert found["interCompanyAgreements"] == {"totalCount": 1, "nodes": [{**shown, **companies}]}
        assert found["node"] == {"code": "SPARE"}
    elsewhere = await World(world.database, world.activation).build()
    for role, where in ((Role.FINANCE, elsewhere), (Role.WAREHOUSE, world)):
        found = await house.ask(await house.hire(role, where.entity_id), AGREEMENTS, id=identity)
        assert found == {"interCompanyAgreements": {"totalCount": 0, "nodes": []}, "node": None}


async def test_who_is_on_both_sides_sees_it_once(house: Office, giver: World, world: World) -> None:
    identity = encode_id("InterCompanyAgreement", await agreed(giver, world))
    admin = await house.hire(Role.GROUP_ADMIN, None)
    found = await house.ask(admin, AGREEMENTS, id=identity)
    ids = [node["id"] for node in found["interCompanyAgreements"]["nodes"]]
    assert ids.count(identity) == 1
