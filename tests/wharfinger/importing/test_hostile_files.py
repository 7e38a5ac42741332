"""Files as they come: every row that cannot be taken is told with its place, and the rest is taken."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from domain.inventory.model import SiteBalance
from domain.orders.model import SalesOrder, SalesOrderLine
from masterdata.entities.model import LegalEntity
from masterdata.items.model import Item
from masterdata.parties.model import Customer
from masterdata.registry import NOUNS
from tests.factories.empty import EmptyGround
from wharfinger.importing.mapping_file import read_mapping
from wharfinger.importing.report import Report
from wharfinger.importing.run import ImportOrder, ImportRefused, run_import

MAPPING = """
system: kiosk
title: The kiosk
approver: kai
entity: {code: KIOSK, name: Kiosk, country: DE, currency: EUR, time_zone: Europe/Berlin}
words:
  lands: {Germany: DE}
records:
  - noun: unit
    rows: [{code: C62, name: one, dimension: count}]
  - noun: location
    rows:
      - {code: SHOP, name: Shop, kind: site, site: {code: SHOP}}
      - {code: ADJ, name: Adjustments, kind: adjustment}
  - noun: item
    file: goods.csv
    key: id
    fields:
      sku: {template: "K-{id}"}
      name: name
      base_unit: {value: C62}
  - noun: customer
    file: people.csv
    key: id
    fields:
      code: {template: "K-{id}"}
      name: name
      country: {column: land, words: lands}
  - noun: price_list
    rows: [{code: LIST, name: List, currency: EUR}]
  - noun: price
    file: goods.csv
    fields:
      price_list: {code: LIST}
      item: {external: id}
      valid_from: {value: 2020-01-01}
      amount: {column: price, decimals: 2}
opening_stock:
  file: goods.csv
  item: id
  quantity: stock
  unit_cost: {column: price, times: 0.5, decimals: 2}
  location: SHOP
orders:
  file: orders.csv
  key: id
  customer: person
  site: SHOP
  placed_on: day
  requested_on: day
  shipped_on: sent
  lines:
    file: lines.csv
    order: order
    item: good
    quantity: quantity
    unit_price: price
    discount: {value: 0}
"""

FILES = {
    "goods.csv": "id,name,price,stock\n1,Pencil,1.20,10\n2,Paper,3.00,5\n",
    "people.csv": "id,name,land\nann,Ann,Germany\n",
    "orders.csv": "id,person,day,sent\n7,ann,2024-05-06,2024-05-07\n",
    "lines.csv": "order,good,quantity,price\n7,1,2,1.20\n7,2,1,3.00\n",
}


class Kiosk:
    """A small company's files, one of them changed."""

    def __init__(self, ground: EmptyGround, folder: Path) -> None:
        self.ground = ground
        self.folder = folder

    async def take_over(self, changed: Mapping[str, str | bytes | None] | None = None, **named: Any) -> Report:
        mapping = self.folder / "mapping.yaml"
        mapping.write_text(MAPPING)
        for name, content in {**FILES, **(changed or {})}.items():
            if content is None:
                (self.folder / name).unlink(missing_ok=True)
            else:
                (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        values = {"entity_code": "KIOSK", "submitter": "kim", "approver": "kai", "folder": self.folder, **named}
        order = ImportOrder(mapping=read_mapping(mapping, NOUNS), **values)
        return await run_import(self.ground.database, self.ground.activation, order, lambda *_: None)


@pytest.fixture
def kiosk(ground: EmptyGround, tmp_path: Path) -> Kiosk:
    return Kiosk(ground, tmp_path)


def told(report: Report) -> list[str]:
    return [f"{each.file}:{each.line} {each.column}={each.value!r} {each.why}" for each in report.problems]


async def test_clean_files_are_taken_whole(kiosk: Kiosk) -> None:
    report = await kiosk.take_over()
    assert report.problems == []
    assert await kiosk.ground.count(SalesOrder) == 1
    assert [row["on_hand"] for row in await kiosk.ground.rows(SiteBalance)] == [10, 5]


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("goods.csv", None, "goods.csv:None None=None the file is missing"),
        ("goods.csv", "", "goods.csv:None None=None the file is empty"),
        ("goods.csv", "id,name,stock\n1,x,2\n", "goods.csv:None None=None the columns price are missing"),
        ("goods.csv", b"\xff\xfei\x00d\x00", "goods.csv:None None=None the columns id, name, price, stock are missing"),
    ],
)
async def test_an_unusable_file_is_named_and_the_others_are_taken(
    kiosk: Kiosk, file: str, content: str | bytes | None, expected: str
) -> None:
    report = await kiosk.take_over({file: content})
    assert told(report) == [
        expected,
        "lines.csv:2 good='1' there is no such item",
    ]
    assert await kiosk.ground.count(Customer) == 1
    assert await kiosk.ground.count(Item) == 0
    assert await kiosk.ground.count(SalesOrder) == 0


@pytest.mark.parametrize("odd", ["\u2028", "\x0b", "\x1c", "\x85"])
async def test_only_line_ends_end_a_line(kiosk: Kiosk, odd: str) -> None:
    report = await kiosk.take_over(
        {"goods.csv": f"id,name,price,stock\r\n1,Blue{odd}pencil,1.20,10\r\n2,Paper,3,5\r\n"}
    )
    assert told(report) == []
    assert sorted(row["name"] for row in await kiosk.ground.rows(Item)) == [f"Blue{odd}pencil", "Paper"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (b"3,Caf\xe9,1.00,1", ["goods.csv:3 name='Caf\\\\udce9' the cell is not in the encoding of the mapping"]),
        (b"3,a\x00b,1.00,1", ["goods.csv:3 name='a\\\\0b' the cell has a NUL in it"]),
        (b"3,Ink,1.00", ["goods.csv:3 None=None the row has 3 cells where the header has 4"]),
        (b"3,,1.00,0", ["goods.csv:3 name='' is missing", "goods.csv:3 id='3' the item {} was refused in {}"]),
        (b",Ink,1.00,0", ["goods.csv:3 id='' the key is missing", "goods.csv:3 id='' is missing"]),
        (b"3,Ink,cheap,0", ["goods.csv:3 price='cheap' this is no number"]),
        (b"3,Ink,1e99,0", ["goods.csv:3 price='1e99' this is no number that can be kept"]),
        (b"3,Ink,-1,0", ["goods.csv:3 price='-1' '-1.00' is less than 0"]),
        (b"3,Ink,1,many", ["goods.csv:3 stock='many' this is no number"]),
        (b"3,Ink,1,0.5", ["goods.csv:3 stock='0.5' this is no whole multiple of 1"]),
        (b"3,Ink,1,-4", ["goods.csv:3 stock='-4' The quantity must be greater than zero."]),
        (
            b"1,Ink,1,1",
            [
                "goods.csv:3 id='1' the key stands in line 2 already",
                "goods.csv:3 None=None price_list, item, minimum_quantity, valid_from: "
                "goods.csv line 2 already has this price",
                "goods.csv:3 id='1' an earlier line opens the stock of this item",
            ],
        ),
    ],
)
async def test_a_bad_row_is_told_with_its_place(kiosk: Kiosk, row: bytes, expected: list[str]) -> None:
    report = await kiosk.take_over({"goods.csv": b"id,name,price,stock\n1,Pencil,1.20,10\n" + row + b"\n2,Paper,3,5\n"})
    named = [each.format("with the external key '3'", "goods.csv line 3") for each in expected]
    assert told(report) == named
    assert await kiosk.ground.count(SalesOrder) == 1


async def test_a_word_that_the_mapping_does_not_know(kiosk: Kiosk) -> None:
    report = await kiosk.take_over({"people.csv": "id,name,land\nann,Ann,Germany\nbob,Bob,Atlantis\ncy,Cy,\n"})
    assert told(report) == ["people.csv:3 land='Atlantis' the word is not in the mapping's list"]
    assert [row["country"] for row in await kiosk.ground.rows(Customer)] == ["DE", None]


async def test_an_order_is_taken_whole_or_not_at_all(kiosk: Kiosk) -> None:
    orders = (
        "id,person,day,sent\n7,ann,2024-05-06,2024-05-07\n8,ann,2024-05-06,\n9,ann,2024-05-06,\n"
        "10,zoe,2024-05-06,\n11,ann,06.05.2024,\n12,ann,0099-05-06,\n13,ann,2024-05-06,2024-05-01\n14,ann,,\n"
        "7,ann,2024-05-06,\n15,ann,2024-05-06,\n"
    )
    lines = "order,good,quantity,price\n7,1,2,1.20\n8,1,1,1\n8,99,1,1\n9,1,0,1\n" + "".join(
        f"{order},1,1,1\n" for order in (10, 11, 12, 13, 14, 404)
    )
    report = await kiosk.take_over({"orders.csv": orders, "lines.csv": lines})
    assert told(report) == [
        "lines.csv:11 order='404' there is no such order",
        "lines.csv:4 good='99' there is no such item",
        "lines.csv:5 quantity='0' The quantity must be greater than zero.",
        "orders.csv:5 person='zoe' there is no such customer",
        "orders.csv:6 day='06.05.2024' this is no date (YYYY-MM-DD)",
        "orders.csv:7 day='0099-05-06' the year is not between 1900 and 2200",
        "orders.csv:8 sent='2024-05-01' the order left before it was placed",
        "orders.csv:9 day='' a date is missing",
        "orders.csv:10 id='7' the key is missing or stands there twice",
        "orders.csv:11 id='15' the order has 0 lines",
    ]
    assert await kiosk.ground.count(SalesOrder) == 1
    assert await kiosk.ground.count(SalesOrderLine) == 1
    counts = report.counts
    assert (counts["order of the past"]["refused"], counts["line of a past order"]["refused"]) == (9, 9)


async def test_what_was_refused_is_taken_once_it_is_mended(kiosk: Kiosk) -> None:
    await kiosk.take_over({"goods.csv": "id,name,price,stock\n1,Pencil,1.20,10\n2,Paper,dear,5\n"})
    assert await kiosk.ground.count(SalesOrder) == 1
    report = await kiosk.take_over({"goods.csv": "id,name,price,stock\n1,Pencil,1.20,10\n2,Fine paper,3,5\n"})
    assert report.problems == []
    assert {kind: counts["taken"] for kind, counts in report.counts.items() if counts["taken"]} == {
        "item": 1,
        "price": 1,
        "opening stock": 1,
    }


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"approver": "kim"}, "name another person to approve it"),
        ({"folder": Path("nowhere")}, "There is no folder nowhere."),
        ({"folder": Path("tests")}, "tests has no file of the mapping: .*goods.csv"),
    ],
)
async def test_an_import_that_cannot_begin_touches_nothing(kiosk: Kiosk, named: dict[str, Any], message: str) -> None:
    with pytest.raises(ImportRefused, match=message):
        await kiosk.take_over(**named)
    assert (await kiosk.ground.count(Item), await kiosk.ground.count(LegalEntity)) == (0, 0)


async def test_another_currency_is_another_company(kiosk: Kiosk) -> None:
    await kiosk.take_over()
    mapping = kiosk.folder / "dollars.yaml"
    mapping.write_text(MAPPING.replace("currency: EUR", "currency: USD"))
    order = ImportOrder(
        mapping=read_mapping(mapping, NOUNS),
        folder=kiosk.folder,
        entity_code="KIOSK",
        submitter="kim",
        approver="kai",
    )
    with pytest.raises(ImportRefused, match="keeps its books in EUR and the mapping is in USD"):
        await run_import(kiosk.ground.database, kiosk.ground.activation, order, lambda *_: None)


async def test_the_report_is_a_file(kiosk: Kiosk) -> None:
    report = await kiosk.take_over({"goods.csv": 'id,name,price,stock\n1,"Pen, red",none,10\n2,Paper,3,5\n'})
    report.write(kiosk.folder / "report.csv")
    assert (kiosk.folder / "report.csv").read_text().splitlines() == [
        "file,line,column,value,why",
        "goods.csv,2,price,none,this is no number",
        "goods.csv,2,price,none,this is no number",
    ]
