"""The activate role's connections, and the one thing that can be done with them.

Master data can be written by the activate role alone, and this module alone holds that role's connections once the
composition root has handed it over: whoever has an `Activation` can activate an approved change request, and nothing
else.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from authz.actor import Actor
from kernel.clock import Clock, system_clock
from kernel.operation import Call, Operations
from kernel.outcome import Done, Outcome
from kernel.readers import Driver, Readers
from kernel.writers import Writers
from masterdata.governance.activate import ActivateChangeRequest, activate_change_request
from masterdata.noun import Nouns

R = TypeVar("R")


class Activation:
    """Activates change requests, each as one operation: outbox, audit and idempotency share its transaction."""

    def __init__(
        self,
        writers: Writers,
        nouns: Nouns,
        *,
        readers: Readers | None = None,
        clock: Clock = system_clock,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        self._operations = Operations(writers, readers=readers, clock=clock, committed=committed)
        self._use_case = partial(activate_change_request, nouns=nouns)

    async def run(
        self,
        actor: Actor,
        command: ActivateChangeRequest,
        call: Call,
        *,
        read: Callable[[Driver, Done], Awaitable[R]] | None = None,
        reload: Callable[[], Awaitable[Actor]] | None = None,
    ) -> Outcome[R]:
        """Activates one change request and answers what became of it."""
        return await self._operations.run(actor, self._use_case, command, call, read=read, reload=reload)

    @property
    def retries(self) -> int:
        """How often an activation was repeated after a deadlock or serialisation failure."""
        return self._operations.retries
