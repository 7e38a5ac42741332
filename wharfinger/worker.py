"""The worker: what runs beside the requests, in the server's process or as `wharfinger worker`.

Any number of processes may run one. Each is a candidate for the sequencer, has a hub for its own subscribers, tells
the leader of its commits, and forgets old idempotency keys. Beside an API it also writes down who was turned away, and
has everybody identified anew when the policy has changed.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from api.identity import Identities
from authz.policies.stored import gather_version
from kernel.clock import Clock, system_clock
from kernel.db import make_engine
from kernel.hub import Hub
from kernel.idempotency import FORGOTTEN_AT_ONCE, KEPT_FOR, forget_keys
from kernel.sequencer import CommitAnnouncer, Sequencer
from kernel.settings import DatabaseUrls
from kernel.supervision import supervised
from wharfinger.policy_watch import PolicyWatch
from wharfinger.sign_in_audit import SignInAudit

CLEAN_UP_SECONDS = 3600
POOL_SIZE = 4
Task = Callable[[], Awaitable[None]]


def work(urls: DatabaseUrls) -> None:
    """Runs a worker by itself until the process is asked to stop (SIGINT or SIGTERM)."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_work(urls))


async def _work(urls: DatabaseUrls) -> None:
    stop = asyncio.Event()
    for reason in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(reason, stop.set)
    engine = make_engine(urls.worker, pool_size=POOL_SIZE)
    try:
        async with Worker(engine).running():
            await stop.wait()
    finally:
        await engine.dispose()


class Worker:
    """The long-running tasks of one process. `hub` serves its subscriptions; `wake` is called after each commit."""

    def __init__(
        self, engine: AsyncEngine, *, clock: Clock = system_clock, identities: Identities | None = None
    ) -> None:
        """`engine` connects as the worker role; `identities` are those of the API beside which it works."""
        self._engine = engine
        self._clock = clock
        self.hub = Hub(engine, read_version=gather_version)
        self.sequencer = Sequencer(engine)
        self._announcer = CommitAnnouncer(engine, self.sequencer)
        self.wake = self._announcer.wake
        self._beside_api = {} if identities is None else _beside_api(engine, clock, identities)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Worker"]:
        """Runs the tasks for an `async with` block; they have ended when it ends."""
        task = asyncio.create_task(self.run(), name="worker")
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def run(self) -> None:
        """Runs the tasks until cancelled. One that fails is begun again; the others do not notice."""
        async with asyncio.TaskGroup() as group:
            for name, work in self._tasks.items():
                group.create_task(supervised(name, work), name=name)

    @property
    def _tasks(self) -> Mapping[str, Task]:
        return {
            "sequencer": self.sequencer.run,
            "hub": self.hub.run,
            "announcer": self._announcer.run,
            "clean-up": self._clean_up,
            **self._beside_api,
        }

    async def _clean_up(self) -> None:
        while True:
            await forget_old_keys(self._engine, self._clock)
            await asyncio.sleep(CLEAN_UP_SECONDS)


def _beside_api(engine: AsyncEngine, clock: Clock, identities: Identities) -> Mapping[str, Task]:
    return {
        "sign-in audit": SignInAudit(engine, identities.refusals, clock=clock).run,
        "policy watch": PolicyWatch(engine, identities.forget).run,
    }


async def forget_old_keys(engine: AsyncEngine, clock: Clock) -> None:
    """Deletes idempotency keys past their time, a batch per transaction, so that no lock is held for long."""
    before = clock() - KEPT_FOR
    forgotten = FORGOTTEN_AT_ONCE
    while forgotten == FORGOTTEN_AT_ONCE:
        async with engine.begin() as connection:
            forgotten = await forget_keys(connection, before=before)
