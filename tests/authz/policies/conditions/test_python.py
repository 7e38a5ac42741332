"""Three values: what is missing makes an answer unknown, never false by accident."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from authz.policies.conditions.attributes import UNKNOWN, Attributes
from authz.policies.conditions.python import in_python
from authz.policies.conditions.tree import parse_condition
from authz.vocabulary import Resource

HOME, AWAY = UUID(int=1), UUID(int=2)
ANN = Attributes(
    ids=frozenset({"ann", "Ann Olsen"}), limits={(Resource.PURCHASE_ORDER, HOME, "EUR"): Decimal("1000.00")}
)
TOTAL: dict[str, Any] = {"column": "total"}
YES: dict[str, Any] = {"=": [1, 1]}
NO: dict[str, Any] = {"=": [1, 2]}
WHO_KNOWS: dict[str, Any] = {"=": [TOTAL, 1]}


def answer(form: Any, row: dict[str, Any] | None = None, sub: Attributes = ANN) -> bool | None:
    return in_python(parse_condition(form))(row or {}, sub)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"and": [YES, WHO_KNOWS]}, None),
        ({"and": [NO, WHO_KNOWS]}, False),
        ({"and": [WHO_KNOWS, NO]}, False),
        ({"or": [NO, WHO_KNOWS]}, None),
        ({"or": [WHO_KNOWS, YES]}, True),
        ({"not": WHO_KNOWS}, None),
        ({"not": NO}, True),
        ({"is_null": TOTAL}, True),
        ({"in": [TOTAL, [1, 2]]}, None),
        ({"between": [TOTAL, 1, 2]}, None),
        ({"between": [3, TOTAL, 2]}, False),
        ({"<>": [TOTAL, TOTAL]}, None),
    ],
)
def test_what_is_missing_is_unknown(*, form: Any, expected: bool | None) -> None:
    assert answer(form) is expected


@pytest.mark.parametrize(
    ("total", "currency", "entity_id", "expected"),
    [
        ("999.99", "EUR", HOME, True),
        ("1000.00", "EUR", HOME, True),
        ("1000.01", "EUR", HOME, False),
        ("1.00", "NOK", HOME, None),
        ("1.00", "EUR", AWAY, None),
        (None, "EUR", HOME, None),
        ("1.00", None, HOME, None),
    ],
)
def test_a_limit_counts_in_its_entity_and_currency_to_the_last_cent(
    *, total: str | None, currency: str | None, entity_id: UUID, expected: bool | None
) -> None:
    row = {"total": total and Decimal(total), "currency": currency, "entity_id": entity_id}
    assert answer({"<=": [TOTAL, {"sub": "limit.purchase_order"}]}, row) is expected


def test_who_asks_is_looked_up_among_all_that_they_are() -> None:
    form = {"in": [{"column": "submitted_by"}, {"sub": "ids"}]}
    assert answer(form, {"submitted_by": "Ann Olsen"}) is True
    assert answer(form, {"submitted_by": "bo"}) is False
    assert answer(form, {}) is None
    assert answer(form, {"submitted_by": "ann"}, UNKNOWN) is None
    assert answer(form, {}, Attributes(ids=frozenset())) is False


def test_related_rows_that_were_not_gathered_are_unknown() -> None:
    form = {"exists": {"relation": "line", "where": {">": [{"column": "quantity"}, 5]}}}
    assert answer(form, {"line": [{"quantity": 6}, {"quantity": None}]}) is True
    assert answer(form, {"line": [{"quantity": None}]}) is False
    assert answer(form, {"line": []}) is False
    assert answer(form, {}) is None
