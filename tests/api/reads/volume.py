"""A trade at volume for plans: 20,000 orders with five lines each, or the full size of the benchmarks.

`WHARFINGER_TEST_SIZE=full` chooses the full size. The rows are made by PostgreSQL itself (volume.sql).
"""

import os
from dataclasses import asdict, dataclass
from hashlib import md5
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

_SCRIPT = Path(__file__).with_name("volume.sql").read_text()


@dataclass(frozen=True)
class Volume:
    """How many rows there are. Each order has five lines; each item two suppliers, and a balance in each entity."""

    entities: int = 5
    sites: int = 50
    items: int = 4_000
    suppliers: int = 200
    customers: int = 1_000
    orders: int = 20_000


SIZE = Volume(items=20_000, orders=200_000) if os.environ.get("WHARFINGER_TEST_SIZE") == "full" else Volume()


def made(kind: str, n: int) -> UUID:
    """The id of a row, as the script makes it."""
    return UUID(md5(f"{kind} {n}".encode(), usedforsecurity=False).hexdigest())


async def load(engine: AsyncEngine, volume: Volume) -> None:
    """Writes the rows and counts them for the planner; `engine` signs in as a superuser."""
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        async with driver.transaction():
            for name, size in asdict(volume).items():
                await driver.execute("SELECT set_config($1, $2, true)", f"volume.{name}", str(size))
            await driver.execute(_SCRIPT)
        await driver.execute("VACUUM ANALYZE")
