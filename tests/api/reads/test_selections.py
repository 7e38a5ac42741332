"""What a selection gives: aliases, fragments, directives, values of every kind, one statement for each root field."""

from tests.api.reads.conftest import Ask
from tests.api.reads.trade import HOSTILE


async def test_every_kind_of_value_looks_like_its_scalar(ask: Ask) -> None:
    query = """{ salesOrders(where: {number: {eq: "SO-1"}}, first: 1) { nodes {
        __typename number status placedAt requestedOn priority position total rush note extra label doubled
        value { amount currency __typename } carriage { amount } } } }"""
    answer = await ask(query)
    assert answer == {
        "data": {
            "salesOrders": {
                "nodes": [
                    {
                        "__typename": "SalesOrder",
                        "number": "SO-1",
                        "status": "OPEN",
                        "placedAt": "2026-01-01T08:00:00.00001Z",
                        "requestedOn": "2026-02-02",
                        "priority": 1,
                        "position": 2**40 + 1,
                        "total": "10.50",
                        "rush": False,
                        "note": HOSTILE,
                        "extra": {"n": 1, "text": HOSTILE},
                        "label": "SO-1EUR",
                        "doubled": 2**41 + 2,
                        "value": {"amount": "10.50", "currency": "EUR", "__typename": "Money"},
                        "carriage": {"amount": "4.90"},
                    }
                ]
            }
        }
    }
