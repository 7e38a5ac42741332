"""Two people decide: whoever stands in for the submitter, or is the submitter by another account, is not the second."""

from dataclasses import replace
from typing import Any

import pytest

from authz.actor import Actor
from kernel.refusal import Code
from masterdata.governance.model import ChangeRequest
from tests.factories.stewards import Stewards, change, done, mill, requested


def somebody(anna: Actor, subject: str, person: str, **changed: str) -> Actor:
    """Somebody with all of Anna's roles."""
    return replace(anna, subject=subject, person=person, **changed)  # type: ignore[arg-type]


def stand_ins(anna: Actor) -> dict[str, Actor]:
    """People with all of Anna's roles who are not the second person for what Petra submits."""
    petra = "Petra P."
    return {
        "who acts for the submitter": somebody(anna, "stan", "stan", on_behalf_of="petra", on_behalf_of_person=petra),
        "the submitter's other account": somebody(anna, "petra.admin", petra),
        "who acts for the submitter's other account": somebody(
            anna, "stan", "stan", on_behalf_of="petra.admin", on_behalf_of_person=petra
        ),
        "who could act for the submitter": replace(
            somebody(anna, "stan", "stan"), delegators=frozenset({"petra", petra})
        ),
        "the submitter, who acts for somebody else": somebody(anna, "petra", petra, on_behalf_of="anna"),
    }


@pytest.mark.parametrize("who", stand_ins(Actor(subject="anna", access=None)))  # type: ignore[arg-type]
async def test_who_is_not_another_person_decides_nothing(stewards: Stewards, who: str) -> None:
    stewards.petra = replace(stewards.petra, person="Petra P.")
    request_id = requested(await stewards.submit(mill(stewards)))
    outcome = await stewards.approve(request_id, actor=stand_ins(stewards.anna)[who])
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    assert "another person decides" in outcome.refused[0].message
    (request,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (request["status"], request["decided_by"], request["version"]) == ("submitted", None, 1)


async def test_nobody_approves_what_was_submitted_for_them(stewards: Stewards) -> None:
    stewards.petra = replace(stewards.petra, on_behalf_of="anna")
    request_id = requested(await stewards.submit(mill(stewards)))
    (request,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (request["submitted_by"], request["submitted_for"]) == ("petra", "anna")
    outcome = await stewards.approve(request_id)
    assert [reason.code for reason in outcome.refused] == [Code.FORBIDDEN]
    bert = somebody(stewards.anna, "bert", "bert")
    done(await stewards.approve(request_id, actor=bert))


async def test_who_acts_for_another_steward_may_decide(stewards: Stewards) -> None:
    request_id = requested(await stewards.submit(mill(stewards)))
    done(await stewards.approve(request_id, actor=somebody(stewards.anna, "stan", "stan", on_behalf_of="anna")))
    (request,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (request["status"], request["decided_by"]) == ("approved", "stan")


DAY, NEXT = "2026-03-02T09:00:00Z", "2026-03-03T09:00:00Z"
KEY = {
    "name": "The shop",
    "subject": "shop.machine",
    "prefix": "0123456789ab",
    "secret_sha256": "0" * 64,
    "scopes": "item:read",
    "expires_at": NEXT,
}
LENT = {"delegator": "dora", "delegate": "stan", "valid_from": DAY, "valid_until": NEXT}


@pytest.mark.parametrize(
    ("noun", "values", "told"),
    [
        ("api_key", {**KEY, "prefix": "0123456789AB"}, "prefix: '0123456789AB' is not a prefix"),
        ("api_key", {**KEY, "secret_sha256": "secret"}, "secret_sha256: 'secret' is not a SHA-256"),
        ("api_key", {**KEY, "scopes": "item:fly"}, "scopes: 'item:fly' is no list"),
        ("api_key", {**KEY, "scopes": "  "}, "scopes: '  ' names nothing"),
        ("api_key", {**KEY, "cost_per_minute": 0}, "cost_per_minute: 0 is not more than 0"),
        ("api_key", {**KEY, "expires_at": None}, "expires_at: is missing"),
        ("delegation", {**LENT, "delegate": "dora"}, "delegate: nobody acts for themselves"),
        ("delegation", {**LENT, "valid_until": DAY}, "valid_until: a delegation ends after it begins"),
        ("delegation", {**LENT, "roles": "buyer king"}, "roles: 'buyer king' names a role that there is not"),
        ("account", {"subject": "dora"}, "person: is missing"),
    ],
)
async def test_what_cannot_hold_is_refused_line_by_line(
    stewards: Stewards, noun: str, values: dict[str, Any], told: str
) -> None:
    (line,) = await stewards.change(change(noun, **values))
    assert line.result == "refused"
    assert line.message is not None
    assert line.message.startswith(told)
