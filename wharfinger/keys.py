"""API keys from the command line: they go the way of all master data, from proposal to activation, in one step."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authz.identity.api_keys import NewKey, make_key, prefix_of
from authz.identity.queries import gather_key
from authz.identity.scopes import Scope, format_scopes
from authz.queries import gather_entity_ids, gather_grants
from kernel.clock import Clock, system_clock
from kernel.contexts import SHARED
from kernel.settings import DatabaseUrls
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.submit import ProposedChange, SubmitChangeRequest
from wharfinger.governed import Governed
from wharfinger.ground import engines_of
from wharfinger.people import OPERATING, STEWARDING, person


class KeyRefused(Exception):  # noqa: N818 - it is an answer
    """The change could not be made; the text says why."""


@dataclass(frozen=True, kw_only=True)
class KeyOrder:
    """A key that somebody wants to have."""

    subject: str
    name: str
    scopes: frozenset[Scope]
    expires_at: datetime
    cost_per_minute: int | None = None


@dataclass(frozen=True)
class KeyDesk:
    """Where keys are made and revoked, by a submitter and an approver who must be two people."""

    governed: Governed
    clock: Clock = system_clock

    async def make(self, order: KeyOrder) -> NewKey:
        """Makes a key; it works from now on. Raises KeyRefused and Refusal."""
        key = make_key()
        values = {
            "name": order.name,
            "subject": order.subject,
            "prefix": key.prefix,
            "secret_sha256": key.secret_sha256,
            "scopes": format_scopes(order.scopes),
            "expires_at": order.expires_at.isoformat(),
            "cost_per_minute": order.cost_per_minute,
        }
        await self._change(f"API key {key.prefix} of {order.subject}: {order.name}", values)
        return key

    async def opens_nothing(self, subject: str) -> bool:
        """Whether the subject has no role now, so that a key of theirs would open nothing."""
        now = self.clock()
        async with self.governed.database.readers.connection(SHARED) as driver:
            grants = await gather_grants(driver, subject, person=subject, now=now)
        return all(grant.subject != subject or grant.valid_from > now for grant in grants)

    async def revoke(self, key: str) -> None:
        """Ends a key at once, named by its prefix or as a whole. Raises KeyRefused and Refusal."""
        prefix = prefix_of(key) or key
        async with self.governed.database.readers.connection(SHARED) as driver:
            if await gather_key(driver, prefix) is None:
                raise KeyRefused(f"There is no key with the prefix {prefix}.")
        values = {"prefix": prefix, "revoked_at": self.clock().isoformat()}
        await self._change(f"Revoke the API key {prefix}", values)

    async def _change(self, title: str, values: Mapping[str, Any]) -> None:
        command = SubmitChangeRequest(title=title, lines=(ProposedChange(noun="api_key", values=values),))
        (line,) = await self.governed.carry_through(command)
        if line.result == LineResult.REFUSED:
            raise KeyRefused(line.message)


@asynccontextmanager
async def key_desk(urls: DatabaseUrls, *, submitter: str, approver: str) -> AsyncIterator[KeyDesk]:
    """The desk over a database, for an `async with` block. Raises KeyRefused where the two are one."""
    if submitter == approver:
        raise KeyRefused(f"{submitter} asks for it; name another person to approve it.")
    async with engines_of(urls, commands=2) as (database, activation):
        async with database.readers.connection(SHARED) as driver:
            entity_ids = await gather_entity_ids(driver)
        if not entity_ids:
            raise KeyRefused("There is no legal entity in this database yet: is it the one that WHARFINGER_DATA names?")
        governed = Governed.of(
            database,
            activation,
            submitter=person(submitter, OPERATING, entity_ids),
            approver=person(approver, STEWARDING, entity_ids),
        )
        yield KeyDesk(governed)
