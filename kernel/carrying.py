"""Putting a signed context (contexts.py) in force on a connection, as a setting that row security asks."""

from kernel.opening import Driver

_CARRY = "SELECT set_config('wharfinger.context', $1, false)"
_CARRY_IN_TRANSACTION = "SELECT set_config('wharfinger.context', $1, true)"
_CARRIED = "SELECT current_setting('wharfinger.context')"
_BEGIN_CARRYING = "BEGIN; SET LOCAL wharfinger.context = '{}'"
_REMEMBER = "SELECT wharfinger.remember() FROM set_config('wharfinger.context', $1, true)"


async def carry(driver: Driver, text: str) -> None:
    """Has the session carry the context until it is replaced."""
    await driver.fetch(_CARRY, text)


async def begin_carrying(driver: Driver, text: str) -> None:
    """Begins a transaction that carries the context: both in one message, which takes no parameters."""
    await driver.execute(_BEGIN_CARRYING.format(text.replace("'", "''")))


async def carry_in_transaction(driver: Driver, text: str) -> None:
    """Has the transaction that runs carry the context instead, or the savepoint."""
    await driver.fetch(_CARRY_IN_TRANSACTION, text)


async def carried(driver: Driver) -> str:
    """What the transaction that runs carries."""
    return str(await driver.fetchval(_CARRIED))


async def remember(driver: Driver, text: str) -> bool:
    """Has PostgreSQL remember the context, on a connection of the worker's role (memory.py)."""
    return bool(await driver.fetchval(_REMEMBER, text))
