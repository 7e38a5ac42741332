"""A key that names a request is its sender's alone: whoever sends another's is neither answered with it nor refused."""

from dataclasses import replace
from typing import Any

from tests.leaks.asking import Walk
from tests.leaks.attempts import Attempts
from tests.leaks.personas import BY_NAME, Persona
from tests.leaks.question import Question


async def test_the_key_of_another_means_nothing(lively: Walk) -> None:
    clerk, manager = BY_NAME["customer_service of the north"], BY_NAME["sales_manager of the north"]
    ash, stranger = BY_NAME["ash in the north"], BY_NAME["stranger"]
    order = _order(lively)
    first = await _placed(lively, clerk, order)
    again = await _placed(lively, clerk, order)
    assert (again["salesOrder"]["id"], again["replayed"]) == (first["salesOrder"]["id"], True)
    other = await _placed(lively, clerk, _changed(order))
    assert [error["code"] for error in other["errors"]] == ["IDEMPOTENCY_CONFLICT"]
    theirs = await _placed(lively, manager, _changed(order))
    assert not theirs["errors"]
    assert (theirs["salesOrder"]["id"] != first["salesOrder"]["id"], theirs["replayed"]) == (True, False)
    for persona in (ash, stranger):  # who does not see the item, or anything at all
        theirs = await _placed(lively, persona, order)
        assert ([error["code"] for error in theirs["errors"]], theirs["replayed"]) == (["NOT_FOUND"], False)


def _order(walk: Walk) -> Question:
    """A real order of the north's for ash, under a key."""
    question, _ = Attempts(walk.house, walk.trade).one("placeSalesOrder")
    return replace(question, text=question.text.replace("dryRun: true", "dryRun: false"))


def _changed(order: Question) -> Question:
    return replace(order, text=order.text.replace('quantity: "1.0000"', 'quantity: "2.0000"'))


async def _placed(walk: Walk, persona: Persona, order: Question) -> Any:
    (answer,) = (await walk.post(persona, order)).json()["data"].values()
    return answer
