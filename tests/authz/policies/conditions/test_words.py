"""Conditions as people read them."""

from authz.policies.conditions.tree import parse_condition
from authz.policies.conditions.words import comparisons, in_words

TREE = {
    "and": [
        {"not": {"in": [{"column": "submitted_by"}, {"sub": "ids"}]}},
        {
            "or": [
                {"between": [{"column": "total"}, {"number": "1.50"}, {"sub": "limit.purchase_order"}]},
                {"in": [{"column": "currency"}, ["EUR", "NOK"]]},
                {"exists": {"relation": "purchase_order_line", "where": {"is_null": {"column": "requested_date"}}}},
            ]
        },
    ]
}
PARTS = [
    "submitted_by in sub.ids",
    "total between 1.50 and sub.limit.purchase_order",
    "currency in (EUR, NOK)",
    "a purchase_order_line exists where requested_date is null",
]


def test_a_condition_is_a_line_of_text() -> None:
    denied, *others = PARTS
    assert in_words(parse_condition(TREE)) == f"(not {denied} and ({' or '.join(others)}))"


def test_it_is_made_of_comparisons() -> None:
    assert [in_words(each) for each in comparisons(parse_condition(TREE))] == PARTS
