"""Nobody decides on their own work: not by another account, not for somebody else, not through a delegate."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.policy import parse_policy
from authz.vocabulary import Role
from kernel.ids import new_id
from kernel.outcome import Outcome
from kernel.refusal import Code
from masterdata.governance.model import ChangeRequest
from tests.factories.stewards import STEWARDS, Stewards, change, company, done, mill, requested


def who(stewards: Stewards, subject: str, **known: Any) -> Actor:
    return replace(stewards.person(subject, *STEWARDS), **known)


async def submitted_by(stewards: Stewards, actor: Actor) -> Any:
    stewards.petra = actor
    return requested(await stewards.submit(mill(stewards)))


def codes(outcome: Outcome[None]) -> list[Code]:
    return [reason.code for reason in outcome.refused]


PETRA: dict[str, str] = {"person": "Petra Olsen"}


@pytest.mark.parametrize(
    ("submitter", "decider"),
    [
        (("petra", {}), ("petra", {})),
        (("petra", PETRA), ("petra.admin", PETRA)),
        (("petra", PETRA), ("dora", {"on_behalf_of": "petra", "on_behalf_of_person": "Petra Olsen"})),
        (("petra", PETRA), ("dora", {"on_behalf_of": "petra.admin", "on_behalf_of_person": "Petra Olsen"})),
        (("dora", {"on_behalf_of": "petra", "on_behalf_of_person": "Petra Olsen"}), ("petra", PETRA)),
        (("dora", {"on_behalf_of": "petra", "on_behalf_of_person": "Petra Olsen"}), ("dora", {})),
        (("dora", {"on_behalf_of": "petra"}), ("emil", {"on_behalf_of": "petra"})),
    ],
)
async def test_who_submitted_does_not_decide(
    stewards: Stewards, submitter: tuple[str, dict[str, str]], decider: tuple[str, dict[str, str]]
) -> None:
    request_id = await submitted_by(stewards, who(stewards, submitter[0], **submitter[1]))
    again = who(stewards, decider[0], **decider[1])
    assert codes(await stewards.approve(request_id, actor=again)) == [Code.FORBIDDEN]
    (row,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (row["status"], row["decided_by"]) == ("submitted", None)


async def test_a_delegate_decides_on_what_others_submitted(stewards: Stewards) -> None:
    request_id = await submitted_by(stewards, who(stewards, "petra", **PETRA))
    delegate = who(stewards, "dora", on_behalf_of="anna", on_behalf_of_person="Anna Berg")
    done(await stewards.approve(request_id, actor=delegate))
    (row,) = await stewards.rows(ChangeRequest, id=request_id)
    assert (row["submitted_by_person"], row["submitted_for"]) == ("Petra Olsen", None)
    assert (row["decided_by"], row["decided_by_person"], row["decided_for"]) == ("dora", "dora", "Anna Berg")


@pytest.mark.parametrize(
    "decision",
    [
        {"decided_by": "petra.admin", "decided_by_person": "Petra Olsen"},
        {"decided_by": "dora", "decided_by_person": "dora", "decided_for": "Petra Olsen"},
        {"decided_by": "petra", "decided_by_person": "p"},
    ],
)
async def test_the_table_itself_refuses_one_pair_of_eyes(stewards: Stewards, decision: dict[str, str]) -> None:
    request_id = await submitted_by(stewards, who(stewards, "petra", **PETRA))
    statement = update(ChangeRequest).where(ChangeRequest.id == request_id).values(**decision)
    with pytest.raises(IntegrityError):
        async with stewards.database.worker.begin() as connection:
            await connection.execute(statement)


async def test_it_holds_whatever_the_policy_says(stewards: Stewards) -> None:
    """Rules that lost the deny still leave the wall in the use case."""
    rights = [f"p, steward_item, *, {right}, -, allow" for right in ("change_request, read", "change_request, approve")]
    policy = parse_policy([*rights, "p, steward_item, *, item, amend, -, allow"])
    places = [stewards.entity_id]
    access = compile_access(policy, {Role.STEWARD_ITEM: places}, places)
    request_id = await submitted_by(stewards, who(stewards, "petra"))
    assert codes(await stewards.approve(request_id, actor=Actor(subject="petra", access=access))) == [Code.FORBIDDEN]


async def test_a_request_of_an_entity_that_the_decider_does_not_see_is_not_there(stewards: Stewards) -> None:
    await stewards.change(company(stewards))
    price_list = change("price_list", code="LIST", name="List", currency="NOK")
    request_id = requested(await stewards.submit(price_list))
    elsewhere = Stewards(stewards.database, stewards.activation_writers, entity_id=new_id())
    assert codes(await stewards.approve(request_id, actor=elsewhere.anna)) == [Code.NOT_FOUND]
