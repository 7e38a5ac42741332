"""The group that is read: five entities with fifty sites, 20,000 items, 200,000 orders; a hundredth of it for CI.

The owner of the tables writes it set by set, so a million lines take half a minute. Every item is bought, kept and
sold by one entity: entity k has the k-th block of the items, with two suppliers and five balances for each.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg

from authz.model import DomainKind
from authz.vocabulary import Role
from bench.extent import Extent
from kernel.ids import new_id
from kernel.roles import connect
from kernel.settings import DatabaseUrls

ENTITIES = 5
SITES_EACH = 10
LINES_EACH = 5
PLACED_FROM = datetime(2025, 1, 1, tzinfo=UTC)
PLACED_EVERY = timedelta(minutes=2)
READERS = {"reader-of-one": 1, "reader-of-three": 3, "reader-of-all": 5}
"""People who may read everything of so many entities."""
_FIRST_NUMBER = 100_001
_SUPPLIERS = 500
_CUSTOMERS = 2_000


@dataclass(frozen=True)
class Volume:
    """How much there is."""

    items: int
    orders: int


VOLUMES = {Extent.FULL: Volume(20_000, 200_000), Extent.SHORT: Volume(1_000, 2_000)}


@dataclass(frozen=True)
class ReadsWorld:
    """What both sides of a workload know of the group."""

    volume: Volume
    entity_ids: tuple[UUID, ...]

    def order_number(self, chance: Random) -> str:
        """Some order of the first entity."""
        return f"SO-{_FIRST_NUMBER + ENTITIES * chance.randrange(self.volume.orders // ENTITIES)}"

    def instant(self, chance: Random) -> datetime:
        """An instant behind which at least one full page of orders was placed."""
        return PLACED_FROM + PLACED_EVERY * chance.randrange(self.volume.orders // 2, self.volume.orders)

    def sku(self, chance: Random) -> str:
        """Some item of the first entity, with a full page of its items behind it."""
        return f"SKU-{chance.randrange(self.volume.items // ENTITIES // 2):06}"


async def build_reads_world(urls: DatabaseUrls, extent: Extent) -> ReadsWorld:
    """Writes everything, and has PostgreSQL look at it as it would have in time."""
    world = ReadsWorld(VOLUMES[extent], tuple(new_id() for _ in range(ENTITIES)))
    connection = await connect(urls.migrate)
    try:
        async with connection.transaction():
            await _write_masters(connection, world)
            await _write_orders(connection, world)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    return world


async def _write_masters(connection: "asyncpg.Connection[asyncpg.Record]", world: ReadsWorld) -> None:
    await connection.execute(_INSERT_ENTITIES, world.entity_ids)
    for subject, reach in READERS.items():
        await connection.execute(_INSERT_GRANTS, subject, Role.AUDITOR, DomainKind.ENTITY, world.entity_ids[:reach])
    await connection.execute(_INSERT_SITES, world.entity_ids, SITES_EACH)
    await connection.execute(_INSERT_CUSTOMERS, _CUSTOMERS)
    await connection.execute(_INSERT_SUPPLIERS, _SUPPLIERS)
    await connection.execute(_INSERT_ITEMS, world.volume.items)


async def _write_orders(connection: "asyncpg.Connection[asyncpg.Record]", world: ReadsWorld) -> None:
    ids = await _Ids.read(connection, world)
    block = world.volume.items // ENTITIES
    await connection.execute(_INSERT_SUPPLIER_PRICES, ids.entities, ids.items, block, ids.suppliers)
    await connection.execute(_INSERT_BALANCES, ids.entities, ids.items, block, ids.sites, SITES_EACH)
    placing = (world.volume.orders, ids.entities, ids.sites, SITES_EACH, ids.customers, _FIRST_NUMBER)
    await connection.execute(_INSERT_ORDERS, *placing, PLACED_FROM, PLACED_EVERY)
    await connection.execute(_INSERT_LINES, ids.entities, ids.items, block, LINES_EACH, _FIRST_NUMBER)


@dataclass(frozen=True)
class _Ids:
    """Ids in a known order, so that a row finds its partners by arithmetic."""

    entities: list[Any]
    sites: list[Any]
    customers: list[Any]
    suppliers: list[Any]
    items: list[Any]

    @classmethod
    async def read(cls, connection: "asyncpg.Connection[asyncpg.Record]", world: ReadsWorld) -> "_Ids":
        return cls(
            entities=list(world.entity_ids),
            sites=await connection.fetchval("SELECT array_agg(id ORDER BY code) FROM location"),
            customers=await connection.fetchval("SELECT array_agg(id ORDER BY code) FROM customer"),
            suppliers=await connection.fetchval("SELECT array_agg(id ORDER BY code) FROM supplier"),
            items=await connection.fetchval("SELECT array_agg(id ORDER BY sku) FROM item"),
        )


_INSERT_ENTITIES = """
INSERT INTO legal_entity (id, code, name, country, currency, time_zone)
SELECT e.id, 'E' || e.n, 'Entity ' || e.n, 'DE', 'EUR', 'Europe/Berlin'
FROM unnest($1::uuid[]) WITH ORDINALITY AS e (id, n)
"""
_INSERT_GRANTS = """
INSERT INTO role_grant (id, subject, role, domain_kind, entity_id, valid_from)
SELECT uuidv7(), $1, $2, $3, e.id, '2020-01-01' FROM unnest($4::uuid[]) AS e (id)
"""
_INSERT_SITES = """
INSERT INTO location (entity_id, id, site_id, code, name, kind)
SELECT s.entity_id, s.id, s.id, 'S' || lpad(s.n::text, 3, '0'), 'Site ' || s.n, 'site'
FROM (
    SELECT e.id AS entity_id, uuidv7() AS id, (e.n - 1) * $2 + site AS n
    FROM unnest($1::uuid[]) WITH ORDINALITY AS e (id, n), generate_series(1, $2::int) AS site
) AS s
"""
_INSERT_CUSTOMERS = """
INSERT INTO customer (id, code, name)
SELECT uuidv7(), 'C' || lpad(n::text, 6, '0'), 'Customer ' || n FROM generate_series(1, $1::int) AS n
"""
_INSERT_SUPPLIERS = """
INSERT INTO supplier (id, code, name, country, city, currency)
SELECT uuidv7(), 'V' || lpad(n::text, 6, '0'), 'Müller & "Söhne" ' || n, 'DE', 'Köln', 'EUR'
FROM generate_series(1, $1::int) AS n
"""
_INSERT_ITEMS = """
INSERT INTO item (id, sku, name, category, base_unit)
SELECT uuidv7(), 'SKU-' || lpad(n::text, 6, '0'), 'Hexagon bolt, zinc plated, no. ' || n, 'C' || n % 40, 'C62'
FROM generate_series(0, $1::int - 1) AS n
"""
_INSERT_SUPPLIER_PRICES = """
INSERT INTO supplier_price (entity_id, id, item_id, supplier_id, amount, currency, minimum_quantity, lead_time_days)
SELECT
    ($1::uuid[])[1 + (i.n - 1) / $3], uuidv7(), i.id, ($4::uuid[])[1 + (i.n * 7 + choice * 13) % cardinality($4)],
    (100 + i.n % 900 + choice) * 0.01, 'EUR', 10, 5 + choice * 10
FROM unnest($2::uuid[]) WITH ORDINALITY AS i (id, n), generate_series(0, 1) AS choice
"""
_INSERT_BALANCES = """
INSERT INTO site_balance (entity_id, id, item_id, site_id, on_hand, held, reserved)
SELECT
    ($1::uuid[])[1 + (i.n - 1) / $3], uuidv7(), i.id, ($4::uuid[])[(i.n - 1) / $3 * $5 + 1 + (i.n + place) % $5],
    1000 + i.n % 100, i.n % 7, i.n % 50
FROM unnest($2::uuid[]) WITH ORDINALITY AS i (id, n), generate_series(0, 4) AS place
"""
_INSERT_ORDERS = """
INSERT INTO sales_order
    (entity_id, id, number, customer_id, site_id, status, currency, total, when_short, requested_date, placed_at)
SELECT
    ($2::uuid[])[1 + n % cardinality($2)], uuidv7(), 'SO-' || $6::int + n,
    ($5::uuid[])[1 + n % cardinality($5)], ($3::uuid[])[n % cardinality($2) * $4 + 1 + n / 7 % $4],
    'allocated', 'EUR', (n % 900 + 100) * 0.15, 'backorder',
    ($7::timestamptz + n * $8::interval)::date, $7::timestamptz + n * $8::interval
FROM generate_series(0, $1::int - 1) AS n
"""
_INSERT_LINES = """
INSERT INTO sales_order_line
    (entity_id, id, order_id, line_number, item_id, entered_quantity, entered_unit, quantity, unit_price, amount,
     status, requested_date, first_promised_date, last_promised_date, customer_id)
SELECT
    o.entity_id, uuidv7(), o.id, k, ($2::uuid[])[o.place * $3 + 1 + (o.n * 7919 + k * 104729) % $3],
    k, 'C62', k, (o.n % 900 + 100) * 0.01, (o.n % 900 + 100) * 0.01 * k,
    'allocated', o.requested_date, o.requested_date, o.requested_date, o.customer_id
FROM (
    SELECT *, substr(number, 4)::bigint - $5 AS n, array_position($1::uuid[], entity_id) - 1 AS place FROM sales_order
) AS o, generate_series(1, $4::int) AS k
"""
