"""What a resolver gets besides its arguments: who asks, and the parts that answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import GraphQLError

from api.identity import Credentials, Identities, Identity
from api.policy import ActorPolicy
from api.rates import Rates
from api.reads.operation import Reads
from api.reads.policy import RowPolicy
from api.reads.registry import Registry
from api.writes.answer import Made
from api.writes.mutation import Payload
from authz.actor import Actor
from authz.vocabulary import Resource
from kernel.clock import Clock
from kernel.db import Database
from kernel.hub import Hub
from kernel.operation import Operations
from kernel.readers import Reading
from kernel.trail import record_refusal
from masterdata.governance.engine import Activation


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the composition root gives to the API."""

    database: Database
    operations: Operations
    activation: Activation
    hub: Hub
    identities: Identities
    clock: Clock
    registry: Registry
    """What the read compiler knows of the object types."""
    resources: Mapping[str, Resource]
    """The resource of the access policy behind each object type."""
    rates: Rates = field(default_factory=Rates)
    """What the requests of one caller may cost."""


@dataclass(kw_only=True)
class RequestContext:
    """One HTTP request, or one WebSocket with all its operations."""

    parts: Parts
    request_id: str
    token: str | None = None
    acting_for: str | None = None
    address: str = ""
    """From where the client calls."""
    connection_params: Mapping[str, Any] = field(default_factory=dict)
    """What the client of a WebSocket sent when it began; strawberry fills it."""
    _identity: Identity | None = None
    _reads: Reads | None = None
    _made: Made = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who asks. No resolver runs before they are known."""
        return self.identity.actor

    @property
    def identity(self) -> Identity:
        """How it is known who asks, and until when."""
        assert self._identity is not None, "nobody was identified"
        return self._identity

    @property
    def credentials(self) -> Credentials:
        """What the client shows."""
        return Credentials(self.token, self.acting_for, self.address)

    @property
    def reads(self) -> Reads:
        """The reads of the operation that runs."""
        assert self._reads is not None, "no operation runs"
        return self._reads

    def with_reads(self, reads: Reads) -> "RequestContext":
        """The context of one operation: a WebSocket has many at once."""
        return replace(self, _reads=reads)

    def with_payloads(self, made: Made) -> "RequestContext":
        """The context in which graphql-core completes what the operation's commands made."""
        return replace(self, _made=made)

    def payload(self, key: str | int) -> Payload:
        """What became of the command with this response key; raises what it raised."""
        made = self._made[str(key)]
        if isinstance(made, Exception):
            raise made
        return made

    def recognise(self) -> bool:
        """Whether it is known who asks, without asking anybody."""
        self._identity = self.parts.identities.remembered(self.credentials) if self.token else None
        return self._identity is not None

    async def identify(self) -> None:
        """Finds out who asks; for a WebSocket again before each operation, since sockets outlive tokens and grants."""
        self._identity = await self.parts.identities.identify(self.credentials)

    def spend(self, cost: int) -> None:
        """Pays for what is about to run. Raises RequestRefused for who has spent too much of late."""
        self.parts.rates.spend(self.identity.payer, cost, per_minute=self.identity.cost_per_minute)

    async def identified_anew(self) -> Actor:
        """Who asks, by the policy and the grants as they are now: for whom the database takes for outdated."""
        self._identity = await self.parts.identities.identify_anew(self.credentials)
        return self._identity.actor

    @property
    def database(self) -> Database:
        """The engines of this process."""
        return self.parts.database

    @property
    def operations(self) -> Operations:
        """Runs commands."""
        return self.parts.operations

    @property
    def activation(self) -> Activation:
        """Makes approved change requests active."""
        return self.parts.activation

    @property
    def hub(self) -> Hub:
        """Hands out events."""
        return self.parts.hub

    @property
    def clock(self) -> Clock:
        """Gives the present instant."""
        return self.parts.clock

    @property
    def registry(self) -> Registry:
        """What the read compiler knows of the object types."""
        return self.parts.registry

    @property
    def row_policy(self) -> RowPolicy:
        """Which rows the actor may read."""
        return ActorPolicy(self.actor, self.parts.resources)

    async def record_refusal(self, asked: str, error: GraphQLError) -> None:
        """Writes down that the actor was refused something that they had no right to ask."""
        reason = {**(error.extensions or {}), "message": error.message}
        await record_refusal(self.database.app, self.actor, asked, [reason], at=self.clock())

    def reading(self) -> Reading:
        """A connection of the driver for compiled reads, which finds what the actor may read."""
        return self.database.readers.connection(self.actor.row_context)
