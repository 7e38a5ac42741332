"""Several at once: one clear winner, nothing twice, nothing half done."""

import asyncio
from functools import partial
from uuid import UUID

from asyncpg import ConnectionDoesNotExistError

from authz.approvals.model import ApprovalDecision
from kernel.operation import Call
from kernel.outcome import Outcome
from kernel.refusal import Code
from masterdata.governance.activate import ActivateChangeRequest
from masterdata.governance.engine import Activation
from masterdata.governance.model import ChangeRequest, MasterVersion
from masterdata.governance.submit import SubmitChangeRequest, submit_change_request
from masterdata.items.model import Item
from masterdata.registry import NOUNS
from tests.factories.dying import MortalWriters
from tests.factories.stewards import Stewards, change, done, item, mill, requested, unit


async def test_two_requests_make_the_same_item_once(stewards: Stewards) -> None:
    await stewards.change(unit("C62"))
    requests = [requested(await stewards.submit(item(stewards, "rope"))) for _ in range(4)]
    for request_id in requests:
        await stewards.approve(request_id)
    outcomes = await asyncio.gather(*(stewards.activate(request_id) for request_id in requests))
    assert all(outcome.done for outcome in outcomes)
    assert len(await stewards.rows(Item, sku=f"rope-{stewards.tag}")) == 1
    assert stewards.activation.retries == 0


async def test_two_activations_of_one_request_take_it_once(stewards: Stewards) -> None:
    await stewards.change(unit("C62"), item(stewards, "rope"))
    request_id = requested(await stewards.submit(change("item", key="rope", name="Rope, tarred")))
    await stewards.approve(request_id)
    outcomes = await asyncio.gather(*(stewards.activate(request_id) for _ in range(3)))
    assert sorted(outcome.done is not None for outcome in outcomes) == [False, False, True]
    rope = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert rope is not None
    assert (rope["name"], rope["version"]) == ("Rope, tarred", 2)
    assert stewards.activation.retries == 0


async def test_an_activation_that_dies_at_any_statement_has_done_nothing(stewards: Stewards) -> None:
    """Whichever it is, the commit included, the request is as it was, and is activated the next time."""
    await stewards.change(unit("C62"), item(stewards, "rope"))
    writers = MortalWriters(stewards.activation_writers.url, size=1, signer=stewards.activation_writers.signer)
    mortal = Activation(writers, NOUNS, clock=lambda: stewards.now)
    request_id = requested(await stewards.submit(change("item", key="rope", name="Cord"), item(stewards, "nail")))
    done(await stewards.approve(request_id))
    dies_at, is_done = 0, False
    while not is_done:
        writers.dies_at = dies_at = dies_at + 1
        before = await state(stewards, request_id)
        command = ActivateChangeRequest(change_request_id=request_id, expected_version=2)
        try:
            is_done = (await mortal.run(stewards.anna, command, Call(mutation="activate"))).done is not None
        except ConnectionDoesNotExistError:
            assert await state(stewards, request_id) == before == ("approved", 2, "rope", 1, 1)
    await writers.close()
    assert dies_at > 15, "so many statements there are at least"
    assert await state(stewards, request_id) == ("active", 3, "Cord", 2, 2)


async def state(stewards: Stewards, request_id: UUID) -> tuple[object, ...]:
    """The request's status and version, the rope's name, how many items there are, and the rope's versions."""
    (request,) = await stewards.rows(ChangeRequest, id=request_id)
    rope = await stewards.row(Item, sku=request["source_system"].replace("erp", "rope"))
    assert rope is not None
    nail = await stewards.row(Item, sku=rope["sku"].replace("rope", "nail"))
    versions = await stewards.rows(MasterVersion, object_id=rope["id"])
    return request["status"], request["version"], rope["name"], 1 + (nail is not None), len(versions)


async def test_two_people_who_decide_at_once_decide_once(stewards: Stewards) -> None:
    request_id = requested(await stewards.submit(mill(stewards)))
    people = [stewards.person(name, *(grant.role for grant in stewards.anna.grants)) for name in ("bea", "cleo", "dan")]
    outcomes = await asyncio.gather(*(stewards.approve(request_id, actor=each) for each in people))
    assert sorted(outcome.done is not None for outcome in outcomes) == [False, False, True]
    refused = {reason.code for outcome in outcomes for reason in outcome.refused}
    assert refused <= {Code.VERSION_CONFLICT, Code.INVALID_TRANSITION}
    assert len(await stewards.rows(ApprovalDecision, document_id=request_id)) == 1
    assert stewards.operations.retries == 0


async def test_who_approves_while_it_is_taken_back_decides_before_or_not_at_all(stewards: Stewards) -> None:
    for number in range(5):
        request_id = requested(await stewards.submit(change("supplier", code=f"S{number}-{stewards.tag}", name="S",
                                                            currency="NOK")))  # fmt: skip
        approved, withdrawn = await asyncio.gather(stewards.approve(request_id), stewards.withdraw(request_id))
        (request,) = await stewards.rows(ChangeRequest, id=request_id)
        assert request["status"] == ("approved" if approved.done else "withdrawn")
        assert (approved.done is None) is (withdrawn.done is not None)
    assert stewards.operations.retries == 0


async def test_a_request_that_is_sent_twice_is_one(stewards: Stewards) -> None:
    command = SubmitChangeRequest(title="Mill", lines=(mill(stewards),), entity_id=stewards.entity_id)
    call = Call(mutation="submitChangeRequest", idempotency_key=f"mill-{stewards.tag}")
    submit = partial(submit_change_request, nouns=NOUNS)

    async def send() -> Outcome[None]:
        return await stewards.operations.run(stewards.petra, submit, command, call)

    outcomes = await asyncio.gather(*(send() for _ in range(4)))
    assert len({requested(outcome) for outcome in outcomes}) == 1
    assert sorted(outcome.replayed for outcome in outcomes) == [False, True, True, True]
    assert len(await stewards.rows(ChangeRequest, entity_id=stewards.entity_id)) == 1
