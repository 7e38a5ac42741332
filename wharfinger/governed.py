"""The whole way of a change request, for commands that bring data along: submitted, approved, activated, and read.

Each step is an operation of its own, and each looks where the last run stopped: a way that was cut off is walked on.
"""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from authz.actor import Actor
from kernel.clock import Clock, system_clock
from kernel.db import Database
from kernel.idempotency import fingerprint_of
from kernel.operation import Call, Operations
from kernel.outcome import Done, Outcome
from kernel.refusal import Refusal
from kernel.rows import Row
from kernel.writers import Writers
from masterdata.governance.activate import ActivateChangeRequest
from masterdata.governance.approve import ApproveChangeRequest, approve_change_request
from masterdata.governance.engine import Activation
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.queries.lines import gather_results
from masterdata.governance.queries.requests import LineOutcome, count_finished, gather_status
from masterdata.governance.submit import SubmitChangeRequest, submit_change_request
from masterdata.registry import NOUNS
from migrations.models import load_models


@dataclass(frozen=True)
class Governed:
    """Two people and the engines: what it takes to change master data."""

    database: Database
    operations: Operations
    activation: Activation
    submitter: Actor
    approver: Actor

    @classmethod
    def of(
        cls,
        database: Database,
        activation: Writers,
        *,
        submitter: Actor,
        approver: Actor,
        clock: Clock = system_clock,
    ) -> "Governed":
        """Runs as the application, and activates as the activate role."""
        load_models()  # conditions of the access policy may speak of any table
        operations = Operations(database.app, clock=clock)
        return cls(database, operations, Activation(activation, NOUNS, clock=clock), submitter, approver)

    async def carry_through(self, command: SubmitChangeRequest) -> list[LineOutcome]:
        """Submits, approves and activates the request; answers what became of its lines.

        A request with the same content that was submitted but never became active is taken up again. Raises Refusal.
        """
        request_id = await self._submit(command)
        request = await self._request(request_id)
        if request.status in (ChangeRequestStatus.SUBMITTED, ChangeRequestStatus.IN_REVIEW):
            await self._approve(request_id, request.version)
            request = await self._request(request_id)
        if request.status in (ChangeRequestStatus.APPROVED, ChangeRequestStatus.FAILED):
            await self._activate(request_id, request.version)
        async with self.database.app.transaction(self.submitter.row_context) as transaction:
            return await gather_results(transaction.driver, request_id)

    async def _submit(self, command: SubmitChangeRequest) -> UUID:
        """Under a key that a run which was cut off has used too, and one after a finished request has not."""
        async with self.database.app.transaction(self.submitter.row_context) as transaction:
            finished = await count_finished(
                transaction.driver, system=command.source_system, entity_id=command.entity_id
            )
        key = f"{command.title}: {finished}: {fingerprint_of(command)}"
        done = required(
            await self.operations.run(
                self.submitter,
                partial(submit_change_request, nouns=NOUNS),
                command,
                Call(mutation="submitChangeRequest", idempotency_key=key),
            )
        )
        return done.objects["change_request"][0].id

    async def _request(self, request_id: UUID) -> Row:
        async with self.database.app.transaction(self.submitter.row_context) as transaction:
            request = await gather_status(transaction.driver, request_id)
        assert request is not None, "it was submitted, and requests are not deleted"
        return request

    async def _approve(self, request_id: UUID, version: int) -> None:
        use_case = partial(approve_change_request, nouns=NOUNS)
        command = ApproveChangeRequest(change_request_id=request_id, expected_version=version)
        required(await self.operations.run(self.approver, use_case, command, Call(mutation="approveChangeRequest")))

    async def _activate(self, request_id: UUID, version: int) -> None:
        command = ActivateChangeRequest(change_request_id=request_id, expected_version=version)
        required(await self.activation.run(self.approver, command, Call(mutation="activateChangeRequest")))


def required(outcome: Outcome[None]) -> Done:
    """What an operation did. Raises its refusal."""
    if outcome.done is None:
        raise Refusal(*outcome.refused)
    return outcome.done
