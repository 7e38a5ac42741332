"""The Northwind company, taken over whole: exact counts, twice, after a kill, and ready for an order."""

import csv
import os
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from authz.vocabulary import Role
from domain.inventory.model import BinBalance, Movement, SiteBalance
from domain.orders.model import SalesOrder, SalesOrderLine
from domain.orders.place import PlaceSalesOrder, PlaceSalesOrderLine, place_sales_order
from kernel.operation import Call, Operations
from kernel.outcome import Outcome
from masterdata.entities.model import LegalEntity
from masterdata.governance.model import ChangeRequest, KeyMapping
from masterdata.items.model import Item
from masterdata.locations.model import Location
from masterdata.parties.model import Customer, Supplier
from masterdata.policies.model import InventoryPolicy
from masterdata.prices.model import Price, SupplierPrice
from masterdata.registry import NOUNS
from tests.factories.empty import EmptyGround
from tests.factories.world import actor_of
from wharfinger.importing.mapping_file import read_mapping
from wharfinger.importing.report import Report
from wharfinger.importing.run import ImportOrder, run_import

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("WHARFINGER_SHARED_DATA", ROOT.parent.joinpath("shared", "data"))) / "northwind"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the Northwind files are not beside the repository")

TAKEN = {
    "legal entity": 1,
    "unit": 1,
    "location": 8,
    "item": 77,
    "supplier": 29,
    "customer": 91,
    "price list": 1,
    "price": 77,
    "supplier price": 67,
    "inventory policy": 77,
    "opening stock": 72,
    "order of the past": 830,
    "line of a past order": 2155,
}


class Killed(Exception):  # noqa: N818 - it is an event
    """The process ends here."""


async def take_over(ground: EmptyGround, *, killed_after: tuple[str, int] | None = None) -> Report:
    def progress(what: str, done: int, _total: int) -> None:
        if (what, done) == killed_after:
            raise Killed

    order = ImportOrder(
        mapping=read_mapping(ROOT / "examples" / "northwind.yaml", NOUNS),
        folder=FOLDER,
        entity_code="NORTHWIND",
        submitter="nancy",
        approver="andrew",
    )
    return await run_import(ground.database, ground.activation, order, progress)


def outcomes(report: Report, outcome: str) -> dict[str, int]:
    return {kind: counts[outcome] for kind, counts in report.counts.items() if counts[outcome]}


def in_stock() -> dict[str, Decimal]:
    with (FOLDER / "products.csv").open(encoding="utf-8-sig", newline="") as file:
        return {f"NW-{row['product_id']}": Decimal(row["units_in_stock"]) for row in csv.DictReader(file)}


async def assert_whole(ground: EmptyGround) -> None:
    """Everything is there once."""
    models = (Item, Supplier, Customer, Price, SupplierPrice, InventoryPolicy, Location, SalesOrder, SalesOrderLine)
    counts = [await ground.count(model) for model in models]
    assert counts == [77, 29, 91, 77, 67, 77, 8, 830, 2155]
    assert await ground.count(KeyMapping, source_system="northwind") == 77 + 29 + 91
    skus = {item["id"]: item["sku"] for item in await ground.rows(Item)}
    on_hand = {skus[row["item_id"]]: row["on_hand"] for row in await ground.rows(SiteBalance)}
    assert {sku: on_hand.get(sku, Decimal(0)) for sku in skus.values()} == in_stock()
    assert sum(row["on_hand"] for row in await ground.rows(BinBalance)) == sum(in_stock().values())


async def test_everything_is_taken_and_the_second_time_nothing_changes(ground: EmptyGround) -> None:
    report = await take_over(ground)
    assert report.problems == []
    assert outcomes(report, "taken") == TAKEN
    await assert_whole(ground)

    again = await take_over(ground)
    assert again.problems == []
    assert outcomes(again, "taken") == {}
    assert outcomes(again, "unchanged") == {kind: count for kind, count in TAKEN.items() if kind != "legal entity"}
    await assert_whole(ground)
    requests = await ground.rows(ChangeRequest)
    assert [(row["submitted_by"], row["decided_by"], row["status"]) for row in requests] == [
        ("nancy", "andrew", "active"),
        ("nancy", None, "active"),  # nobody had anything to decide
    ]


async def test_old_orders_are_as_they_were(ground: EmptyGround) -> None:
    await take_over(ground)
    (order,) = await ground.rows(SalesOrder, external_reference="northwind/10250")
    assert order["placed_at"] == datetime(1996, 7, 8, tzinfo=UTC)
    assert (order["requested_date"], order["status"], order["currency"]) == (date(1996, 8, 5), "closed", "USD")
    assert order["total"] == Decimal("1552.60")  # 10 x 7.70 + 35 x 42.40 x 0.85 + 15 x 16.80 x 0.85
    lines = await ground.rows(SalesOrderLine, order_id=order["id"])
    assert sorted(line["unit_price"] for line in lines) == [Decimal("7.70"), Decimal("16.80"), Decimal("42.40")]
    unshipped = Counter(line["shipped_at"] is None for line in await ground.rows(SalesOrderLine))
    assert unshipped[True] == 73
    assert await ground.count(Movement) == 72


@pytest.mark.parametrize(
    "killed_after",
    [("Master data", 0), ("Master data", 429), ("Opening stock", 0), ("Order history", 0), ("Order history", 400)],
)
async def test_an_import_that_was_killed_goes_on(ground: EmptyGround, killed_after: tuple[str, int]) -> None:
    with pytest.raises(Killed):
        await take_over(ground, killed_after=killed_after)
    report = await take_over(ground)
    assert report.problems == []
    await assert_whole(ground)


async def test_an_order_can_be_placed_at_once(ground: EmptyGround) -> None:
    await take_over(ground)
    (entity,) = await ground.rows(LegalEntity)
    (customer,) = await ground.rows(Customer, code="NW-ALFKI")
    (chai,) = await ground.rows(Item, sku="NW-1")
    clerk = actor_of("clerk", [entity["id"]], Role.CUSTOMER_SERVICE)
    line = PlaceSalesOrderLine(item_id=chai["id"], quantity=Decimal(5))
    command = PlaceSalesOrder(entity_id=entity["id"], customer_id=customer["id"], lines=(line,))
    operations = Operations(ground.database.app)
    outcome: Outcome[None] = await operations.run(clerk, place_sales_order, command, Call(mutation="placeSalesOrder"))
    assert outcome.done is not None, outcome.refused
    (order,) = await ground.rows(SalesOrder, status="allocated")
    assert order["total"] == Decimal("90.00")
    (balance,) = await ground.rows(SiteBalance, item_id=chai["id"])
    assert (balance["on_hand"], balance["reserved"]) == (39, 5)
    assert await ground.broken_invariants() == []
