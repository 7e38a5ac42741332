"""Putting a signed context (contexts.py) in force on a connection, as a setting that row security asks.

Each policy of a statement asks for the context, and verifying its signature takes longer than reading a row. So
PostgreSQL verifies a context once and remembers it (`wharfinger.remember`, authz/wall/context.py); which ones it has
remembered, the signer knows. That takes a short transaction of its own, never the caller's: nobody is to wait for a
caller's transaction to learn whether a context is remembered. Nothing depends on it but time.
"""

from kernel.contexts import Signer
from kernel.opening import Driver

_CARRY = "SELECT set_config('wharfinger.context', $1, false)"
_CARRY_IN_TRANSACTION = "SELECT set_config('wharfinger.context', $1, true)"
_CARRIED = "SELECT current_setting('wharfinger.context')"
_BEGIN_CARRYING = "BEGIN; SET LOCAL wharfinger.context = '{}'"
_REMEMBER = "SELECT wharfinger.remember() FROM set_config('wharfinger.context', $1, true)"
_REMEMBER_AND_CARRY = "SELECT wharfinger.remember() FROM set_config('wharfinger.context', $1, false)"


async def carry(driver: Driver, signer: Signer, text: str) -> None:
    """Has the session carry the context until it is replaced."""
    if signer.is_remembered(text):
        await driver.fetch(_CARRY, text)
    elif await driver.fetchval(_REMEMBER_AND_CARRY, text):
        signer.remembered(text)


async def begin_carrying(driver: Driver, text: str) -> None:
    """Begins a transaction that carries the context: both in one message, which takes no parameters."""
    await driver.execute(_BEGIN_CARRYING.format(text.replace("'", "''")))


async def carry_in_transaction(driver: Driver, text: str) -> None:
    """Has the transaction that runs carry the context instead, or the savepoint."""
    await driver.fetch(_CARRY_IN_TRANSACTION, text)


async def carried(driver: Driver) -> str:
    """What the transaction that runs carries."""
    return str(await driver.fetchval(_CARRIED))


async def have_remembered(driver: Driver, signer: Signer, text: str) -> None:
    """Before the transaction begins that will carry the context."""
    assert not driver.is_in_transaction(), "others would wait for the end of this transaction"
    if not signer.is_remembered(text) and await driver.fetchval(_REMEMBER, text):
        signer.remembered(text)
