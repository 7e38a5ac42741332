"""What a resolver gets besides its arguments: who asks, and the parts that answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import strawberry
from sqlalchemy.ext.asyncio import AsyncConnection

from api.identity import Identities
from authz.actor import Actor
from kernel.clock import Clock
from kernel.db import Database
from kernel.operation import Operations
from kernel.outcome import Done


class PayloadReader(Protocol):
    """Reads the objects of a mutation's payload through the caller's selection and rights."""

    async def __call__(
        self, context: "RequestContext", info: strawberry.Info[Any, Any], connection: AsyncConnection, done: Done
    ) -> Mapping[str, Any]:
        """The objects by the names of their payload fields, as the executor completes them; absent ones are null."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the composition root gives to the API."""

    database: Database
    operations: Operations
    identities: Identities
    read_payload: PayloadReader
    clock: Clock
    registry: Any = None
    """What the read compiler knows of the object types."""


@dataclass(kw_only=True)
class RequestContext:
    """One HTTP request, or one WebSocket with all its operations."""

    parts: Parts
    request_id: str
    token: str | None = None
    connection_params: Mapping[str, Any] = field(default_factory=dict)
    """What the client of a WebSocket sent when it began; strawberry fills it."""
    _actor: Actor | None = None

    @property
    def actor(self) -> Actor:
        """Who asks. No resolver runs before they are known."""
        assert self._actor is not None, "nobody was identified"
        return self._actor

    async def identify(self) -> None:
        """Finds out who asks; for a WebSocket again before each operation, since sockets outlive tokens and grants."""
        self._actor = await self.parts.identities.identify(self.token)

    @property
    def database(self) -> Database:
        """The engines of this process."""
        return self.parts.database

    @property
    def operations(self) -> Operations:
        """Runs commands."""
        return self.parts.operations

    @property
    def clock(self) -> Clock:
        """Gives the present instant."""
        return self.parts.clock

    @property
    def registry(self) -> Any:
        """What the read compiler knows of the object types."""
        return self.parts.registry
