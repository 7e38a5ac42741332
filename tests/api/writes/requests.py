"""Commands on change requests that would be carried out."""

from typing import Any

from kernel.db import Database
from kernel.writers import Writers
from masterdata.governance.activate import ActivateChangeRequest
from masterdata.governance.approve import ApproveChangeRequest, RefusedField
from masterdata.governance.reject import RejectChangeRequest
from masterdata.governance.return_for_rework import ReturnChangeRequest
from masterdata.governance.submit import SubmitChangeRequest
from masterdata.governance.withdraw import WithdrawChangeRequest
from tests.factories.stewards import Stewards, change, done, requested
from tests.factories.world import World


async def good_requests(world: World, database: Database, activation: Writers) -> dict[str, Any]:
    """By their mutations: one request waits, another was approved."""
    stewards = Stewards(database, activation, entity_id=world.entity_id)
    line = change("price_list", code="SPRING", name="Spring", currency=world.currency, priority=7)
    submitted, approved = [requested(await stewards.submit(line, source_system="erp")) for _ in range(2)]
    done(await stewards.approve(approved))
    return {
        "submitChangeRequest": SubmitChangeRequest(
            title="Prices of spring", lines=(line,), entity_id=world.entity_id, source_system="erp"
        ),
        "approveChangeRequest": ApproveChangeRequest(
            change_request_id=submitted,
            refused=(RefusedField(line_number=1, field="priority", reason="Later."),),
            expected_version=1,
        ),
        "rejectChangeRequest": RejectChangeRequest(change_request_id=submitted, expected_version=1),
        "returnChangeRequest": ReturnChangeRequest(
            change_request_id=submitted, reason="Which spring?", expected_version=1
        ),
        "withdrawChangeRequest": WithdrawChangeRequest(change_request_id=submitted, expected_version=1),
        "activateChangeRequest": ActivateChangeRequest(change_request_id=approved, expected_version=2),
    }
