"""Variables taken apart: what decides a plan is in the shape, everything else is a scalar."""

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from api.reads.variables import Given, filled, placed, separate, source


class Way(Enum):
    UP = "up"
    DOWN = "down"


SCALARS = st.one_of(st.text("ab'", max_size=3), st.integers(), st.just(date(2026, 1, 1)), st.just(Decimal("0.5")))
VALUES = st.recursive(
    st.one_of(SCALARS, st.none(), st.booleans(), st.sampled_from(Way)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    max_leaves=12,
)


def refilled(argument: Any, scalars: list[Any]) -> Any:
    """The placed variables with their scalars put back, at every depth."""
    if isinstance(argument, dict):
        return {name: refilled(part, scalars) for name, part in argument.items()}
    if isinstance(argument, list):
        return [refilled(part, scalars) for part in argument]
    return filled(argument, scalars)


@given(st.dictionaries(st.sampled_from("xyz"), VALUES, max_size=3))
def test_what_is_taken_apart_can_be_put_together(variables: dict[str, Any]) -> None:
    shape, scalars = separate(variables)
    assert refilled(placed(shape), scalars) == variables
    assert separate(variables)[0] == shape
    assert hash(shape) == hash(separate(variables)[0])


def test_scalars_are_no_part_of_the_shape() -> None:
    one = {"first": 5, "after": "a", "where": {"at": {"gt": date(2026, 1, 1)}, "in": ["x"]}}
    two = {"first": 9, "after": "b", "where": {"at": {"gt": date(2026, 2, 2)}, "in": ["y", "z"]}}
    assert separate(one)[0] == separate(two)[0]
    assert separate(two)[1] == [9, "b", date(2026, 2, 2), ["y", "z"]]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {}),
        ({"a": 1}, {"a": None}),
        ({"a": True}, {"a": False}),
        ({"a": Way.UP}, {"a": Way.DOWN}),
        ({"a": [Way.UP]}, {"a": [Way.UP, Way.DOWN]}),
        ({"a": [{"x": 1}]}, {"a": [{"x": 1}, {"x": 1}]}),
        ({"a": []}, {"a": ["x"]}),
        ({"a": "object"}, {"a": {}}),
    ],
)
def test_what_may_decide_a_plan_is_part_of_the_shape(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert separate(one)[0] != separate(other)[0]


def test_a_value_that_never_varies_is_converted_once() -> None:
    calls: list[Any] = []

    def doubled(value: Any) -> Any:
        calls.append(value)
        return value * 2

    constant, varying = source(Decimal(2), doubled), source([Given(0), 7], len)
    assert [constant.value(["a"]), constant.value(["b"])] == [4, 4]
    assert calls == [2]
    assert varying.value(["a"]) == 2


def test_a_conversion_may_refuse_the_scalar_of_one_request() -> None:
    def even(value: int) -> int:
        if value % 2:
            raise GraphQLError("odd")
        return value

    found = source(Given(1), even)
    assert found.value([0, 4]) == 4
    with pytest.raises(GraphQLError, match="odd"):
        found.value([0, 5])
