"""Refused sign-ins in the audit trail: written in batches, so that strangers cannot make the database write."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from authz.identity.refusals import Refusals, RefusedSignIns
from kernel.audit import AuditEntry, audit_row
from kernel.clock import Clock
from kernel.db import insert_rows

BATCH_SECONDS = 60.0
SIGN_IN = "signIn"


@dataclass(frozen=True)
class Unknown:
    """Stands where an audit row names the actor: it is not known who it was."""

    subject: str = "nobody"
    on_behalf_of: str | None = None


class SignInAudit:
    """Writes down what was refused since the last time."""

    def __init__(self, engine: AsyncEngine, refused: RefusedSignIns, *, clock: Clock) -> None:
        self._engine = engine
        self._refused = refused
        self._clock = clock
        self._since = clock()

    async def run(self) -> None:
        """Writes a batch a minute until cancelled, and then the last one, if the database is still there."""
        try:
            while True:
                await asyncio.sleep(BATCH_SECONDS)
                await self.write()
        except asyncio.CancelledError:
            with suppress(Exception):  # whatever it is must not keep the process from ending
                await self.write()
            raise

    async def write(self) -> None:
        """Writes a row for each reason and address. What could not be written stays for the next batch."""
        refusals, now = self._refused.drain(), self._clock()
        if not refusals:
            self._since = now
            return
        try:
            async with self._engine.begin() as connection:
                await insert_rows(connection, AuditEntry, _rows(refusals, since=self._since, now=now))
        except BaseException:
            for (reason, address), number in refusals.items():
                self._refused.count(reason, address, number)
            raise
        self._since = now


def _rows(refusals: Refusals, *, since: datetime, now: datetime) -> list[dict[str, Any]]:
    return [
        audit_row(
            Unknown(),
            SIGN_IN,
            "refused",
            {"reason": str(reason), "address": address, "count": count, "since": since.isoformat()},
            at=now,
        )
        for (reason, address), count in refusals.items()
    ]
