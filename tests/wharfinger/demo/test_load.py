"""The demo group: loaded whole, once, the same every time, and on from where it was cut off."""

import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from authz.load import load_actor
from authz.model import RoleGrant
from authz.policies.policy import starting_policy
from authz.vocabulary import Action, Resource, Role
from domain.cases.model import ExceptionCase
from domain.inventory.model import BinBalance, Movement, SiteBalance
from domain.orders.model import SalesOrder
from domain.sourcing.model import Shortage, SourcingOption
from kernel.contexts import SHARED
from kernel.ids import new_id
from kernel.postgres import EmbeddedServer
from masterdata.agreements.model import InterCompanyAgreement
from masterdata.entities.model import LegalEntity
from masterdata.governance.model import ChangeRequest
from masterdata.governance.submit import ProposedChange, SubmitChangeRequest
from masterdata.items.model import Item, ItemUnit
from masterdata.locations.model import Lane, Location
from masterdata.parties.model import Customer, Supplier
from masterdata.policies.model import InventoryPolicy, MatchTolerance
from masterdata.prices.model import ExchangeRate, Price, PriceList, SupplierPrice
from tests.databases import Databases
from tests.factories.empty import EmptyGround, empty_ground
from wharfinger.demo.load import load_demo
from wharfinger.demo.proposals import demo_id
from wharfinger.governed import Governed
from wharfinger.people import OPERATING, STEWARDING, person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


WHOLE = {
    "legal_entity": 3,
    "location": 106,
    "lane": 10,
    "item": 214,
    "item_unit": 339,
    "supplier": 41,
    "customer": 84,
    "price_list": 3,
    "price": 1284,
    "supplier_price": 858,
    "inventory_policy": 1498,
    "match_tolerance": 3,
    "exchange_rate": 2,
    "inter_company_agreement": 2,
    "role_grant": 27,
    "sales_order": 54,
    "movement": 922,
}


class Killed(Exception):  # noqa: N818 - it is an event
    """The process ends here."""


async def load(ground: EmptyGround, *, killed_after: tuple[str, int] | None = None) -> None:
    def progress(what: str, done: int, _total: int) -> None:
        if (what, done) == killed_after:
            raise Killed

    await load_demo(ground.database, ground.activation, progress, clock=lambda: NOW)


async def join(ground: EmptyGround, code: str) -> UUID:
    """A company that the demo knows nothing of becomes part of the group."""
    entity_id = new_id()
    values = {"code": code, "name": code, "country": "US", "currency": "USD", "time_zone": "America/Los_Angeles"}
    company = ProposedChange(noun="legal_entity", values=values, object_id=entity_id)
    governed = Governed.of(
        ground.database,
        ground.activation,
        submitter=person("ivo.integration", OPERATING, [entity_id]),
        approver=person("ada.admin", STEWARDING, [entity_id]),
    )
    await governed.carry_through(
        SubmitChangeRequest(title="A company joins", lines=(company,), entity_id=entity_id, source_system="tests")
    )
    return entity_id


async def counts(ground: EmptyGround) -> dict[str, int]:
    models = (LegalEntity, Location, Lane, Item, ItemUnit, Supplier, Customer, PriceList, Price, SupplierPrice,
              InventoryPolicy, MatchTolerance, ExchangeRate, InterCompanyAgreement, RoleGrant, SalesOrder,
              Movement)  # fmt: skip
    return {model.__tablename__: await ground.count(model) for model in models}


@dataclass(frozen=True)
class Group(EmptyGround):
    """The demo group, with how long its loading took."""

    seconds: float


@pytest.fixture(scope="module")
async def group(server: EmbeddedServer, databases: Databases) -> AsyncIterator[Group]:
    """Loaded once for the tests that only look at it."""
    async with empty_ground(server, databases) as ground:
        began = time.perf_counter()
        await load(ground)
        yield Group(ground.database, ground.activation, time.perf_counter() - began)


async def test_the_group_is_there_in_seconds(group: Group) -> None:
    assert group.seconds < 30, "a few seconds on a quiet machine"
    assert await counts(group) == WHOLE
    assert {row["currency"] for row in await group.rows(LegalEntity)} == {"USD", "EUR"}
    assert {(row["status"], row["submitted_by"] == row["decided_by"]) for row in await group.rows(ChangeRequest)} == {
        ("active", False)
    }


async def test_some_orders_are_short_and_have_ways_out(group: Group) -> None:
    assert Counter(row["status"] for row in await group.rows(SalesOrder)) == {"allocated": 39, "backordered": 15}
    shortages = await group.rows(Shortage)
    assert {row["status"] for row in shortages} == {"proposed"}
    options = Counter(row["kind"] for row in await group.rows(SourcingOption))
    assert options["buy"] >= len(shortages)
    assert options["transfer"] > 0
    assert await group.count(ExceptionCase, type="shortage", status="open") == len(shortages)


async def test_stock_adds_up(group: Group) -> None:
    sites, bins, movements = [await group.rows(model) for model in (SiteBalance, BinBalance, Movement)]
    on_hand = sum((row["on_hand"] for row in sites), Decimal(0))
    assert on_hand == sum(row["on_hand"] for row in bins) == sum(row["quantity"] for row in movements)
    assert sum(row["reserved"] for row in sites) > 0
    assert await group.broken_invariants() == []


async def test_the_ids_are_always_the_same(group: Group) -> None:
    assert demo_id("legal_entity", "US") == UUID("568e64f4-96b4-5733-9099-b07f6fa9c108")
    (bolt,) = await group.rows(Item, sku="BLT-01")
    assert bolt["id"] == demo_id("item", "BLT-01")


async def test_a_second_load_changes_nothing(group: Group) -> None:
    before, requests = await counts(group), await group.count(ChangeRequest)
    told: list[str] = []
    await load_demo(group.database, group.activation, lambda what, *_: told.append(what), clock=lambda: NOW)
    assert told == []
    assert (await counts(group), await group.count(ChangeRequest)) == (before, requests)


@pytest.mark.parametrize("killed_after", [("Master data", 2), ("Stock", 1), ("Orders", 30)])
async def test_a_load_that_was_cut_off_goes_on(ground: EmptyGround, killed_after: tuple[str, int]) -> None:
    with pytest.raises(Killed):
        await load(ground, killed_after=killed_after)
    assert await ground.count(RoleGrant) == 0
    await load(ground)
    assert await counts(ground) == WHOLE
    assert await ground.count(ChangeRequest) == 5


async def test_there_is_somebody_for_every_role(group: Group) -> None:
    assert {row["role"] for row in await group.rows(RoleGrant)} == set(Role)
    async with group.database.readers.connection(SHARED) as driver:
        dora = await load_actor(driver, "dora.service", policy=starting_policy(), now=NOW)
    assert dora.may(Resource.SALES_ORDER, Action.CREATE, demo_id("legal_entity", "DE"))
    assert not dora.may(Resource.SALES_ORDER, Action.READ, demo_id("legal_entity", "FR"))


async def test_who_works_for_the_group_works_in_a_company_that_joins_it_later(ground: EmptyGround) -> None:
    await load(ground)
    joined = await join(ground, "NORTHWIND")
    async with ground.database.readers.connection(SHARED) as driver:
        actors = {
            subject: await load_actor(driver, subject, policy=starting_policy(), now=NOW)
            for subject in (
                "cleo.service",
                "pablo.planner",
                "bea.buyer",
                "wim.warehouse",
                "finn.finance",
                "dora.service",
            )
        }
    assert actors["cleo.service"].may(Resource.SALES_ORDER, Action.CREATE, joined)
    assert actors["pablo.planner"].may(Resource.SHORTAGE, Action.READ, joined)
    assert actors["bea.buyer"].may(Resource.PURCHASE_ORDER, Action.READ, joined)
    assert actors["wim.warehouse"].may(Resource.SALES_ORDER, Action.READ, joined)
    assert actors["finn.finance"].may(Resource.SUPPLIER_INVOICE, Action.RECORD, joined)
    assert not actors["dora.service"].may(Resource.SALES_ORDER, Action.READ, joined)
