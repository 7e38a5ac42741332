"""The examples that need nothing but fetch."""

from tests.examples.running import Frontend


async def test_the_first_query(frontend: Frontend) -> None:
    answer = await frontend.run("fetch/first-query.mjs")
    assert answer["errors"] == []
    assert answer["data"]["viewer"] == {"subject": "cleo.service", "roles": [{"role": "customer_service"}]}
    assert [(each["sku"], each["name"]) for each in answer["data"]["items"]["nodes"]] == [
        ("ANC-01", "Wall anchor M5"),
        ("ANC-02", "Wall anchor M6"),
    ]


async def test_an_order_is_tried_placed_and_never_doubled(frontend: Frontend) -> None:
    answers = await frontend.run("fetch/place-order.mjs")
    tried, placed, repeated = answers["tried"], answers["placed"], answers["repeated"]
    assert tried["errors"] == placed["errors"] == repeated["errors"] == []
    assert tried["salesOrder"]["status"] == placed["salesOrder"]["status"] == "ALLOCATED"
    assert repeated == {**placed, "replayed": True}
    assert [each["code"] for each in answers["refused"]["errors"]] == ["IDEMPOTENCY_CONFLICT"]
    assert [(each["code"], each["path"]) for each in answers["wrong"]["errors"]] == [
        ("VALIDATION_FAILED", ["lines", "0", "quantity"])
    ]


async def test_every_page_of_a_list(frontend: Frontend) -> None:
    numbers = await frontend.run("fetch/pages.mjs")
    assert len(numbers) == len(set(numbers)) > 40


async def test_an_object_again_by_its_id(frontend: Frontend) -> None:
    data = await frontend.run("fetch/node.mjs")
    assert data["node"]["__typename"] == "SalesOrder"
    assert [each["id"] for each in data["nodes"]][1] == data["node"]["id"]
