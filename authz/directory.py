"""The directory: from credentials that were believed to the actor behind them, by what the database knows of both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from authz.actor import Actor
from authz.identity.api_keys import VerifiedKey, verify_key
from authz.identity.principal import gather_principal
from authz.identity.scopes import Scope
from authz.load import load_actor
from authz.policies.source import PolicySource
from kernel.contexts import SHARED
from kernel.db import Database


@dataclass(frozen=True)
class Proof:
    """Credentials that were believed."""

    subject: str
    expires_at: datetime
    payer: str
    scopes: frozenset[Scope] | None = None
    cost_per_minute: int | None = None


class Directory(Protocol):
    """Who has which key, and who may do what."""

    async def key(self, credential: str, now: datetime) -> VerifiedKey:
        """Whose key it is. Raises TokenRefused."""

    async def actor(self, proof: Proof, acting_for: str | None, now: datetime) -> Actor:
        """The actor by their grants. Raises NotDelegated."""


class GrantedDirectory:
    """Reads keys, delegations and grants from the database."""

    def __init__(self, database: Database, policies: PolicySource) -> None:
        self._database = database
        self._policies = policies

    async def key(self, credential: str, now: datetime) -> VerifiedKey:
        async with self._database.readers.connection(SHARED) as driver:
            return await verify_key(driver, credential, now=now)

    async def actor(self, proof: Proof, acting_for: str | None, now: datetime) -> Actor:
        async with self._database.readers.connection(SHARED) as driver:
            # The policy first: who is loaded while it changes has an old version, and is known by it.
            policy = await self._policies.current(driver)
            principal = await gather_principal(
                driver, proof.subject, acting_for=acting_for, scopes=proof.scopes, now=now
            )
            return await load_actor(driver, principal.grantee, policy=policy, now=now, principal=principal)
