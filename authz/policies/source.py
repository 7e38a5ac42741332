"""Where a process has its access policy from: the tables, each version read once and kept while it is in force."""

import asyncio

from authz.policies.policy import Policy
from authz.policies.stored import gather_policy, gather_version
from kernel.readers import Driver


class PolicySource:
    """The policy by version. Versions only go up, so one that was superseded is never asked for again."""

    def __init__(self) -> None:
        self._kept: Policy | None = None
        self._reading = asyncio.Lock()

    @property
    def kept(self) -> Policy | None:
        """The newest version that this process knows."""
        return self._kept

    async def current(self, driver: Driver) -> Policy:
        """The policy in force: one short statement, unless it has changed."""
        return await self.of_version(driver, await gather_version(driver))

    async def of_version(self, driver: Driver, version: int) -> Policy:
        """The policy of at least this version: what the database says is newer than what is kept is read."""
        if self._kept is not None and self._kept.version >= version:
            return self._kept
        async with self._reading:
            if self._kept is None or self._kept.version < version:
                self._kept = await gather_policy(driver)
            return self._kept
