"""What the worker does beside an API: it writes down who was turned away, and hears of changes of the policy."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from authz.identity.refusals import Reason, RefusedSignIns
from kernel.audit import AuditEntry
from kernel.db import make_engine
from kernel.signals import Channel, lent, notify
from kernel.supervision import supervised
from tests.factories.empty import EmptyGround
from tests.factories.outbox import eventually
from wharfinger.policy_watch import PolicyWatch
from wharfinger.sign_in_audit import SignInAudit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Turnstile:
    """Sign-ins that are refused, with a clock."""

    def __init__(self, ground: EmptyGround) -> None:
        self.now = NOW
        self.refused = RefusedSignIns()
        self.audit = SignInAudit(ground.database.worker, self.refused, clock=lambda: self.now)

    def turn_away(self, reason: Reason, address: str, times: int = 1) -> None:
        for _ in range(times):
            self.refused.count(reason, address)


async def test_refused_sign_ins_are_written_in_batches_with_their_number(ground: EmptyGround) -> None:
    turnstile = Turnstile(ground)
    turnstile.turn_away(Reason.KEY_REFUSED, "192.0.2.7", times=1_000)
    turnstile.turn_away(Reason.TOKEN_EXPIRED, "192.0.2.8")
    turnstile.now += timedelta(minutes=1)
    await turnstile.audit.write()
    await turnstile.audit.write()
    rows = await ground.rows(AuditEntry)
    assert [(row["actor"], row["mutation"], row["outcome"], row["at"], row["entity_id"]) for row in rows] == [
        ("nobody", "signIn", "refused", turnstile.now, None)
    ] * 2
    assert [row["detail"] for row in rows] == [
        {"reason": "key_refused", "address": "192.0.2.7", "count": 1000, "since": NOW.isoformat()},
        {"reason": "token_expired", "address": "192.0.2.8", "count": 1, "since": NOW.isoformat()},
    ]


async def test_what_could_not_be_written_is_written_later(ground: EmptyGround) -> None:
    turnstile = Turnstile(ground)
    turnstile.turn_away(Reason.KEY_REFUSED, "192.0.2.7", times=3)
    elsewhere = make_engine(ground.database.worker.url.set(database="nowhere"), pool_size=1)
    away = SignInAudit(elsewhere, turnstile.refused, clock=lambda: NOW)
    with pytest.raises(DBAPIError, match="nowhere"):
        await away.write()
    await elsewhere.dispose()
    turnstile.turn_away(Reason.KEY_REFUSED, "192.0.2.7")
    await turnstile.audit.write()
    assert [row["detail"]["count"] for row in await ground.rows(AuditEntry)] == [4]


async def test_the_last_batch_is_written_when_the_process_ends(ground: EmptyGround) -> None:
    turnstile = Turnstile(ground)
    running = asyncio.create_task(supervised("sign-in audit", turnstile.audit.run))
    await asyncio.sleep(0)
    turnstile.turn_away(Reason.NO_CREDENTIALS, "192.0.2.7")
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running], timeout=5)
    assert running.cancelled()
    assert await ground.count(AuditEntry) == 1


async def test_a_change_of_the_policy_is_heard_and_a_lost_connection_counts_as_one(ground: EmptyGround) -> None:
    heard: list[str] = []
    watch = PolicyWatch(ground.database.worker, lambda: heard.append("changed"))
    watching = asyncio.create_task(supervised("policy watch", watch.run))
    try:
        await eventually(lambda: _times(heard, 1))
        async with lent(ground.database.worker) as driver:
            await notify(driver, Channel.POLICY)
        await eventually(lambda: _times(heard, 2))
        async with ground.database.worker.begin() as connection:
            await connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'wharfinger policy watch' AND datname = current_database()"
            )
        await eventually(lambda: _times(heard, 3))
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def _times(heard: list[str], times: int) -> bool:
    return len(heard) >= times
