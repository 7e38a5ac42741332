"""The company in which orders are placed: one entity with 2,000 items in stock, priced, and 200 customers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.engine import URL

from authz.actor import Actor, Grant
from authz.model import DomainKind, RoleGrant
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Role
from bench.extent import Extent
from domain.inventory.open_stock import OpeningLine, OpenStock, open_stock
from kernel.contexts import SHARED, Signer
from kernel.ids import new_id
from kernel.opening import Driver
from kernel.operation import Call, Operations
from kernel.outcome import Outcome
from kernel.roles import connect
from kernel.settings import DatabaseUrls
from kernel.statements import insert
from kernel.writers import Writers
from masterdata.entities.model import LegalEntity
from masterdata.items.model import Item
from masterdata.locations.model import Location
from masterdata.parties.model import Customer
from masterdata.prices.model import Price, PriceList

ITEMS = 2_000
CUSTOMERS = 200
LINES = 5
PERSON = "bench"
ROLES = (Role.CUSTOMER_SERVICE, Role.WAREHOUSE)
_LONG_AGO = date(2020, 1, 1)
_PLENTY = Decimal(1_000_000_000)


@dataclass(frozen=True)
class Ware:
    """An item with its price."""

    item_id: UUID
    price_id: UUID
    price: Decimal


@dataclass(frozen=True)
class World:
    """What both sides of a workload know of the company."""

    entity_id: UUID
    site_id: UUID
    customer_ids: tuple[UUID, ...]
    wares: tuple[Ware, ...]


@dataclass(frozen=True)
class Wish:
    """What a customer orders: wares with quantities."""

    customer_id: UUID
    lines: tuple[tuple[Ware, Decimal], ...]


def wishes(world: World, *, seed: int) -> Iterator[Wish]:
    """Orders of five different wares, without end; the same for the same seed."""
    chance = Random(seed)  # noqa: S311 - nothing is secret here
    while True:
        wares = chance.sample(world.wares, LINES)
        lines = tuple((ware, Decimal(chance.randint(1, 9))) for ware in wares)
        yield Wish(chance.choice(world.customer_ids), lines)


async def build_world(urls: DatabaseUrls, _extent: Extent) -> World:
    """Writes the master data as activation does, then the opening stock as an operation of the app role."""
    world = _invented()
    activation = Writers(urls.activate, size=1, signer=Signer(urls.context_key))
    async with activation.transaction(SHARED) as transaction:
        bin_id = await _write_masters(transaction.driver, world)
        await insert(transaction.driver, RoleGrant, [_grant(role) for role in ROLES])
        await transaction.commit()
    await activation.close()
    await _open_stock(urls, world, bin_id)
    await analyse(urls.migrate)
    return world


async def analyse(owner: URL) -> None:
    """Has PostgreSQL count what was written, as it does by itself after a while."""
    connection = await connect(owner)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _invented() -> World:
    chance = Random(1)  # noqa: S311 - nothing is secret here
    return World(
        entity_id=new_id(),
        site_id=new_id(),
        customer_ids=tuple(new_id() for _ in range(CUSTOMERS)),
        wares=tuple(Ware(new_id(), new_id(), Decimal(chance.randint(100, 99_999)) / 100) for _ in range(ITEMS)),
    )


async def _write_masters(driver: Driver, world: World) -> UUID:
    """Answers the bin that holds everything."""
    entity = {
        "id": world.entity_id, "code": "BENCH", "name": "Bench", "country": "DE", "currency": "EUR", "time_zone": "UTC",
    }  # fmt: skip
    await insert(driver, LegalEntity, [entity])
    bin_id, list_id = new_id(), new_id()
    places = [(world.site_id, "MAIN", "site"), (bin_id, "MAIN-A1", "bin"), (new_id(), "ADJUSTMENT", "adjustment")]
    await insert(driver, Location, [_location(world, *place) for place in places])
    prices = {"entity_id": world.entity_id, "id": list_id, "code": "LIST", "name": "List", "currency": "EUR"}
    await insert(driver, PriceList, [prices])
    numbered_customers = enumerate(world.customer_ids)
    customers = [{"id": row_id, "code": f"C{n}", "name": f"Customer {n}"} for n, row_id in numbered_customers]
    await insert(driver, Customer, customers)
    await insert(driver, Item, [_item(number, ware) for number, ware in enumerate(world.wares)])
    await insert(driver, Price, [_price(world, list_id, ware) for ware in world.wares])
    return bin_id


def _location(world: World, location_id: UUID, code: str, kind: str) -> dict[str, Any]:
    return {
        "entity_id": world.entity_id,
        "id": location_id,
        "code": code,
        "name": code.title(),
        "kind": kind,
        "site_id": None if kind == "adjustment" else world.site_id,
    }


def _item(number: int, ware: Ware) -> dict[str, Any]:
    return {"id": ware.item_id, "sku": f"SKU-{number:05}", "name": f"Ware {number}", "base_unit": "C62"}


def _price(world: World, list_id: UUID, ware: Ware) -> dict[str, Any]:
    return {
        "entity_id": world.entity_id,
        "id": ware.price_id,
        "price_list_id": list_id,
        "item_id": ware.item_id,
        "valid_from": _LONG_AGO,
        "amount": ware.price,
    }


def _grant(role: Role) -> dict[str, Any]:
    return {
        "id": new_id(),
        "subject": PERSON,
        "role": role,
        "domain_kind": DomainKind.GROUP,
        "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
    }


async def _open_stock(urls: DatabaseUrls, world: World, bin_id: UUID) -> None:
    lines = tuple(OpeningLine(
        item_id=ware.item_id, location_id=bin_id, quantity=_PLENTY, unit_cost=Decimal(1), reference=str(ware.item_id)
    ) for ware in world.wares)  # fmt: skip
    reach = frozenset([world.entity_id])
    actor = Actor(
        subject=PERSON,
        grants=tuple(Grant(role, reach) for role in ROLES),
        access=compile_access(starting_policy(), dict.fromkeys(ROLES, reach), reach),
    )
    writers = Writers(urls.app, size=1, signer=Signer(urls.context_key))
    command = OpenStock(entity_id=world.entity_id, lines=lines)
    outcome: Outcome[None] = await Operations(writers).run(actor, open_stock, command, Call(mutation="openStock"))
    assert outcome.done is not None, outcome.refused
    await writers.close()
