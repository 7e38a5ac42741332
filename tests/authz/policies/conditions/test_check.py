"""What a condition may say: what the tables declare, of kinds that can be compared, and not too much of it."""

from typing import Any

import pytest

from authz.policies.conditions.check import SIZE_MAX, check_condition, relations_of, table_of
from authz.policies.conditions.tree import DEPTH_MAX, ConditionError, parse_condition
from authz.vocabulary import Resource
from tests.authz.policies.chance import Order
from tests.authz.policies.chance import table_of as model_table

ORDER = model_table(Order)
TOTAL: dict[str, Any] = {"column": "total"}


def check(form: Any) -> None:
    check_condition(parse_condition(form), ORDER)


def nested(depth: int) -> Any:
    return {"is_null": TOTAL} if depth == 1 else {"not": nested(depth - 1)}


@pytest.mark.parametrize(
    "form",
    [
        {"<=": [TOTAL, {"number": "10.50"}]},
        {"<=": [TOTAL, {"sub": "limit.purchase_order"}]},
        {"in": [{"column": "submitted_by"}, {"sub": "ids"}]},
        {"in": [{"column": "currency"}, ["EUR", "NOK"]]},
        {"=": [{"column": "supplier_id"}, {"sub": "partner"}]},
        {"between": [{"column": "ordered_on"}, {"date": "2026-03-01"}, {"date": "2026-03-02"}]},
        {">": [{"column": "ordered_at"}, {"instant": "2026-03-02T09:00:00+00:00"}]},
        {"=": [{"column": "is_urgent"}, True]},
        {"exists": {"relation": "purchase_order_line", "where": {">": [{"column": "quantity"}, 10]}}},
        {"and": [{"is_null": TOTAL}, {"or": [{"not": {"is_null": TOTAL}}]}]},
        nested(DEPTH_MAX),
    ],
)
def test_what_the_table_declares_can_be_asked(form: Any) -> None:
    check(form)


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"is_null": {"column": "colour"}}, "purchase_order has no column 'colour'"),
        ({"=": [TOTAL, "ten"]}, "number and text cannot be compared"),
        ({"=": [{"column": "ordered_on"}, {"column": "ordered_at"}]}, "date and instant cannot be compared"),
        ({"<": [{"column": "supplier_id"}, {"sub": "partner"}]}, "id has no order"),
        ({"<": [{"column": "is_urgent"}, True]}, "truth has no order"),
        ({"in": [TOTAL, {"sub": "ids"}]}, "number and text cannot be compared"),
        ({"in": [TOTAL, ["a", 1]]}, "number and text cannot be compared"),
        ({"in": [{"column": "submitted_by"}, {"sub": "partner"}]}, "sub.partner is no set"),
        ({"=": [{"column": "submitted_by"}, {"sub": "ids"}]}, "sub.ids is a set"),
        ({"=": [TOTAL, {"sub": "limit.journal"}]}, "there is no sub.limit.journal"),
        ({"exists": {"relation": "item", "where": {"is_null": TOTAL}}}, "'item' are no rows that belong to"),
        ({"exists": {"relation": "purchase_order_line", "where": {"is_null": TOTAL}}}, "has no column 'total'"),
        ({"between": [TOTAL, 1]}, "name 3 operands"),
        ({"in": [TOTAL, []]}, "name at least one value"),
        ({"and": []}, "name a list of conditions"),
        ({"exec": ["rm"]}, "there is no operator 'exec'"),
        ({"and": [{}]}, "an object with one name was expected"),
        ("true", "an object with one name was expected"),
        ({"=": [TOTAL, 1.5]}, "an object with one name was expected"),
        ({"=": [TOTAL, None]}, "an object with one name was expected"),
        ({"=": [TOTAL, {"number": "NaN"}]}, "'NaN' is no number"),
        ({"=": [TOTAL, {"number": "1e999999999"}]}, "is no number"),
        ({"=": [TOTAL, 10**16]}, "a number is beyond"),
        ({">": [{"column": "ordered_at"}, {"instant": "2026-03-02T09:00:00"}]}, "is no instant"),
        ({"=": [{"column": "note"}, "x" * 201]}, "more than 200 characters"),
        ({"in": [TOTAL, list(range(SIZE_MAX))]}, f"more than {SIZE_MAX} operands"),
        (nested(DEPTH_MAX + 1), f"nested more than {DEPTH_MAX} deep"),
    ],
)
def test_what_makes_no_sense_is_refused(form: Any, why: str) -> None:
    with pytest.raises(ConditionError, match=why):
        check(form)


def test_a_limit_needs_a_row_with_entity_and_currency() -> None:
    line = ORDER.metadata.tables["purchase_order_line"]
    with pytest.raises(ConditionError, match="needs a row with legal entity and currency"):
        check_condition(parse_condition({"<": [{"column": "quantity"}, {"sub": "limit.purchase_order"}]}), line)


def test_the_rows_of_a_resource_are_known() -> None:
    assert table_of(Resource.PURCHASE_ORDER, ORDER.metadata) is ORDER
    with pytest.raises(ConditionError, match="invariants has no rows"):
        table_of(Resource.INVARIANTS, ORDER.metadata)


def test_the_relations_that_a_condition_looks_at_are_told() -> None:
    where = {"is_null": {"column": "note"}}
    condition = parse_condition(
        {"or": [{"not": {"exists": {"relation": "purchase_order_line", "where": where}}}, where]}
    )
    assert relations_of(condition) == {"purchase_order_line"}
