"""The oracle notices what differs, and says it with as little as possible."""

import pytest
from graphql import build_schema

from tests.oracle.agreement import difference
from tests.oracle.ordering import Cursors, Place
from tests.oracle.shrinking import shrunk

SCHEMA = build_schema(
    "type Query { items(first: Int, sku: String): [Item!]! } type Item { sku: String name: String parts: [Item!]! }"
)
QUERY = """query ($sku: String, $few: Int = 3, $no: Boolean!) {
  items(first: $few, sku: $sku) { sku ...Rest parts { ... on Item { sku @skip(if: $no) name } } }
  again: items { sku }
}
fragment Rest on Item { name parts { parts { sku } } }"""

DIFFERENT = {
    "the order of keys": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "a missing key": ({"a": 1}, {"a": 1, "b": 2}),
    "a number for a text": ([1], ["1"]),
    "a number for a boolean": ([1], [True]),
    "one more": ([1, 2], [1]),
    "one less": ([1], [1, 2]),
    "an order": (["b", "a"], ["a", "b"]),
    "nothing for an object": (None, {}),
    "a scale": ("1.0", "1.00"),
}


@pytest.mark.parametrize(("compiled", "plain"), DIFFERENT.values(), ids=DIFFERENT)
def test_different_answers_are_told_apart(compiled: object, plain: object) -> None:
    found = difference(compiled, plain, Cursors())
    assert found is not None
    assert found.startswith("data")


def test_a_cursor_stands_for_one_place() -> None:
    cursors, here, there = Cursors(), Place("Item", (("sku", False),), ()), Place("Item", (("sku", True),), ())
    assert difference(["x", "y"], [here, there], cursors) is None
    assert difference(["x"], [here], cursors) is None
    assert difference(["x"], [there], cursors) == f"data[0]: 'x' is not the cursor of {there}"
    assert difference([None], [here], cursors) is not None


async def test_a_query_shrinks_to_what_matters() -> None:
    async def differs(text: str) -> str | None:
        return "the names differ" if "name" in text and "first" in text else None

    text, found = await shrunk(SCHEMA, QUERY, "something differs", differs)
    assert found == "the names differ"
    assert " ".join(text.split()) in (
        "query ($few: Int = 3) { items(first: $few) { ...Rest } } fragment Rest on Item { name }",
        "query ($few: Int = 3) { items(first: $few) { parts { ... on Item { name } } } }",
    )
