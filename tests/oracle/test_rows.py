"""The rows are as mean as their tables permit."""

from collections.abc import Iterator

from sqlalchemy import Numeric

from tests.oracle.house import House

BELOW_EVERYTHING = {
    "JournalEntry.transaction_amount",
    "Price.minimum_quantity",
    "PurchaseOrderLine.confirmed_quantity",
    "SalesOrderLine.entered_quantity",
    "SourcingOption.score",
    "SupplierInvoiceLine.price_variance",
    "SupplierInvoiceLine.quantity_variance",
}
"""The columns of the whole API that permit -Infinity; CHECKs keep it, like every negative number, out of the others."""


def columns_with(house: House, number: str) -> Iterator[str]:
    """The columns of numbers in which this one stands."""
    for node in house.nodes:
        for column in node.table.columns:
            if any(str(row[column.name]) == number for row in house.rows[node.name]):
                yield f"{node.name}.{column.name}"


def numeric_columns(house: House) -> set[str]:
    return {
        f"{node.name}.{column.name}"
        for node in house.nodes
        for column in node.table.columns
        if isinstance(column.type, Numeric)
    }


def test_every_numeric_column_holds_nan_and_infinity(house: House) -> None:
    assert set(columns_with(house, "NaN")) == set(columns_with(house, "Infinity")) == numeric_columns(house)
    assert set(columns_with(house, "-Infinity")) == BELOW_EVERYTHING


def test_the_small_trade_holds_all_three_everywhere(trade: House) -> None:
    for number in ("NaN", "Infinity", "-Infinity"):
        assert set(columns_with(trade, number)) == numeric_columns(trade)


def test_every_column_that_may_be_empty_sometimes_is(house: House, trade: House) -> None:
    for node, rows in ((node, each.rows[node.name]) for each in (house, trade) for node in each.nodes):
        # Three companies are too few for chance.
        for column in node.table.columns if node.name != "LegalEntity" else ():
            empty = {row[column.name] is None for row in rows}
            assert empty == ({True, False} if column.nullable else {False}), f"{node.name}.{column.name}"


def test_ids_are_keys_only_with_their_entity(house: House) -> None:
    orders = house.rows["SalesOrder"]
    assert len({row["id"] for row in orders}) < len({(row["entity_id"], row["id"]) for row in orders}) == len(orders)
