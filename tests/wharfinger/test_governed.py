"""The whole way of a change request, walked on when it was cut off."""

import pytest

from kernel.ids import new_id
from kernel.refusal import Refusal
from masterdata.governance.model import ChangeRequest
from masterdata.governance.submit import ProposedChange, SubmitChangeRequest
from tests.factories.empty import EmptyGround
from wharfinger.governed import Governed
from wharfinger.people import OPERATING, STEWARDING, person


async def test_a_request_that_was_not_approved_is_taken_up_again(ground: EmptyGround) -> None:
    entity_id = new_id()
    submitter = person("nancy", OPERATING, [entity_id])
    unit = ProposedChange(noun="unit", values={"code": "C62", "name": "one", "dimension": "count"})
    command = SubmitChangeRequest(title="Units", lines=(unit,), entity_id=entity_id, source_system="old")

    stranger = person("steven", (), [entity_id])
    cut_off = Governed.of(ground.database, ground.activation, submitter=submitter, approver=stranger)
    with pytest.raises(Refusal):
        await cut_off.carry_through(command)
    assert [row["status"] for row in await ground.rows(ChangeRequest)] == ["submitted"]

    andrew = person("andrew", STEWARDING, [entity_id])
    governed = Governed.of(ground.database, ground.activation, submitter=submitter, approver=andrew)
    assert [line.result for line in await governed.carry_through(command)] == ["created"]
    assert [row["status"] for row in await ground.rows(ChangeRequest)] == ["active"]

    assert [line.result for line in await governed.carry_through(command)] == ["unchanged"]
    assert await ground.count(ChangeRequest) == 2
