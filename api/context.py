"""What a resolver gets besides its arguments: who asks, and the parts that answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Identified, Identities
from api.reads.registry import Registry
from api.rowpolicy import ActorRows
from authz.actor import Actor
from kernel.clock import Clock
from kernel.db import Database, enter_context
from kernel.operation import Operations


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the composition root gives to the API. `registry` is what the read compiler knows of the object types."""

    database: Database
    operations: Operations
    identities: Identities
    registry: Registry
    clock: Clock


@dataclass(kw_only=True)
class RequestContext:
    """One HTTP request, or one WebSocket with all its operations."""

    parts: Parts
    request_id: str
    token: str | None = None
    connection_params: Mapping[str, Any] = field(default_factory=dict)
    """What the client of a WebSocket sent when it began; strawberry fills it."""
    _identified: Identified | None = None

    async def identify(self) -> None:
        """Finds out who asks; for a WebSocket again before each operation, since sockets outlive tokens and grants."""
        self._identified = await self.parts.identities.identify(self.token)

    @property
    def identified(self) -> Identified:
        """Who asks. No resolver runs before they are known."""
        assert self._identified is not None, "nobody was identified"
        return self._identified

    @property
    def actor(self) -> Actor:
        """Who asks, with what they may."""
        return self.identified.actor

    @property
    def row_policy(self) -> ActorRows:
        """Which rows the actor may see."""
        return self.identified.row_policy

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for one root field, with the actor's row context in force."""
        async with self.parts.database.app.connect() as connection:
            await enter_context(connection, self.actor.row_context)
            yield connection

    @property
    def database(self) -> Database:
        """The engines of this process."""
        return self.parts.database

    @property
    def operations(self) -> Operations:
        """Runs commands."""
        return self.parts.operations

    @property
    def registry(self) -> Registry:
        """What the read compiler knows of the object types."""
        return self.parts.registry

    @property
    def clock(self) -> Clock:
        """Gives the present instant."""
        return self.parts.clock
