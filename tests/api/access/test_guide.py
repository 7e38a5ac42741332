"""The guide to access: its queries fit the schema, and are answered."""

import re

from graphql import build_schema, parse, validate

from api.values.ids import encode_id
from authz.vocabulary import Role
from kernel.ids import new_id
from tests.api.serving import Office
from tests.architecture.sources import ROOT

GUIDE = (ROOT / "docs" / "guides" / "access.md").read_text()
QUERIES = re.findall(r"```graphql\n(.*?)```", GUIDE, re.DOTALL)
SCHEMA = build_schema((ROOT / "api" / "schema.graphql").read_text())


def test_every_query_fits_the_schema() -> None:
    assert len(QUERIES) == 2
    assert [validate(SCHEMA, parse(query)) for query in QUERIES] == [[], []]


async def test_every_query_is_answered(house: Office) -> None:
    """About what is not there: that is told, and nothing else fails."""
    admin = await house.hire(Role.GROUP_ADMIN, None)
    about = (encode_id("PurchaseOrder", new_id(), new_id()), encode_id("ChangeRequest", new_id()))
    for query, identity in zip(QUERIES, about, strict=True):
        asked = {"query": query, "variables": {"id": identity, "subject": "anna"}}
        (error,) = (await house.post(admin, asked)).json()["errors"]
        assert error["extensions"]["code"] == "NOT_FOUND"
