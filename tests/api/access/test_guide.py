"""The guide to access: its queries fit the schema, and are answered."""

import re

import pytest
from graphql import build_schema, parse, validate

from api.values.ids import encode_id
from authz.vocabulary import Role
from kernel.ids import new_id
from tests.api.serving import Office
from tests.architecture.sources import ROOT
from tests.factories.agreements import agreed
from tests.factories.world import World

GUIDE = (ROOT / "docs" / "guides" / "access.md").read_text()
QUERIES = re.findall(r"```graphql\n(.*?)```", GUIDE, re.DOTALL)
SCHEMA = build_schema((ROOT / "api" / "schema.graphql").read_text())


def test_every_query_fits_the_schema() -> None:
    assert [validate(SCHEMA, parse(query)) for query in QUERIES] == [[], [], []]


@pytest.mark.usefixtures("north")
async def test_every_query_is_answered(house: Office) -> None:
    """About what is not there: that is told, and nothing else fails."""
    admin, planner = await house.hire(Role.GROUP_ADMIN, None), await house.hire(Role.PLANNER, None)
    about: tuple[dict[str, object], ...] = (
        {"id": encode_id("PurchaseOrder", new_id(), new_id()), "subject": "anna"},
        {"id": encode_id("ChangeRequest", new_id())},
        {"entityId": encode_id("LegalEntity", new_id()), "itemIds": []},
    )
    for query, variables, token in zip(QUERIES, about, (admin, admin, planner), strict=True):
        asked = {"query": query, "variables": variables}
        (error,) = (await house.post(token, asked)).json()["errors"]
        assert error["extensions"]["code"] == "NOT_FOUND"


async def test_offers_are_those_of_the_guide(house: Office, world: World, north: World) -> None:
    """What another company could spare, as a planner asks for it."""
    await agreed(north, world)
    bolt = await north.item("bolt")
    await north.stock(bolt, "12", cost="5.00")
    planner = await house.hire(Role.PLANNER, world.entity_id)
    asked = {"entityId": encode_id("LegalEntity", world.entity_id), "itemIds": [encode_id("Item", bolt)]}
    (offer,) = (await house.ask(planner, QUERIES[2], **asked))["interCompanyOffers"]["offers"]
    assert (offer["giver"], offer["site"], offer["quantity"], offer["unitPrice"]) == (north.tag, "MAIN", "12", "5.50")
