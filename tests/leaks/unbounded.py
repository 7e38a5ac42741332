"""Commands without the application's decisions: whoever asks may do anything, and only row security stands in the way.

The house is entered by a door at which everybody is taken for somebody who may do all there is, whatever their roles
and whoever's partner they are. The context that PostgreSQL is told is that of their own grants.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from api.identity import Identities
from api.operations.execution import CompiledSchema
from authz.actor import Actor
from authz.directory import Directory, GrantedDirectory, Proof
from authz.identity.api_keys import VerifiedKey
from authz.identity.keys import GivenKeys
from authz.identity.tokens import TokenVerifier
from authz.policies.compile import Access
from authz.policies.conditions.attributes import UNKNOWN, Attributes
from authz.policies.conditions.python import RowValues
from authz.policies.source import PolicySource
from authz.vocabulary import Action, Resource
from tests.api.serving import AUDIENCE, ISSUER, Office, another_door
from tests.leaks.asking import Walk


@dataclass(frozen=True)
class Unlimited(Access):
    """Every decision is a yes."""

    def decide(
        self,
        resource: Resource,  # noqa: ARG002
        action: Action,  # noqa: ARG002
        entity_id: UUID,  # noqa: ARG002
        row: RowValues | None = None,  # noqa: ARG002
        sub: Attributes = UNKNOWN,  # noqa: ARG002
    ) -> bool:
        """Yes."""
        return True

    def decide_shared(
        self,
        resource: Resource,  # noqa: ARG002
        action: Action,  # noqa: ARG002
        row: RowValues,  # noqa: ARG002
        sub: Attributes = UNKNOWN,  # noqa: ARG002
    ) -> bool:
        """Yes."""
        return True

    def anywhere(self, resource: Resource, action: Action) -> bool:  # noqa: ARG002
        """Yes."""
        return True


def unbounded(actor: Actor) -> Actor:
    """Somebody who may do anything, of whom PostgreSQL is told what it is told of the actor."""
    access = Unlimited(actor.access.grants, actor.access.fields, actor.access.restricted)
    made = replace(actor, access=access, partner_id=None)
    made.__dict__["row_context"] = actor.row_context  # in the place of what it would compute
    return made


@dataclass(frozen=True)
class UnboundedDirectory:
    """Knows everybody as somebody who may do anything."""

    asked: Directory

    async def key(self, credential: str, now: datetime) -> VerifiedKey:
        """Whose key it is."""
        return await self.asked.key(credential, now)

    async def actor(self, proof: Proof, acting_for: str | None, now: datetime) -> Actor:
        """The actor, unbounded."""
        return unbounded(await self.asked.actor(proof, acting_for, now))


@asynccontextmanager
async def without_decisions(walk: Walk, schema: CompiledSchema) -> AsyncIterator[Walk]:
    """The same walk, by the other door."""
    office: Office = walk.office
    verifier = TokenVerifier(
        issuer=ISSUER, audience=AUDIENCE, keys=GivenKeys(office.issuer.public_keys), clock=office.clock
    )
    directory = UnboundedDirectory(GrantedDirectory(office.database, PolicySource()))
    identities = Identities(verifier=verifier, directory=directory, clock=office.clock)
    parts = replace(office.parts, identities=identities)
    async with another_door(replace(office, parts=parts), schema) as door:
        yield replace(walk, office=door)
