"""The nested page (Q2) in SQL, in any form of JSON: one description of the page, and how each form writes its parts.

`$1` is the entity, `$2` and `$3` are the place behind which the page begins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.reads.sql_by_hand import ORDERS_PAGE, owned_id, shared_id

Fields = Mapping[str, str]
"""SQL expressions by their keys in the answer."""


@dataclass(frozen=True)
class Form:
    """How a form writes a text, a number, an object, and a list of a subquery's rows."""

    text: str
    number: str
    object: Callable[[Fields], str]
    listed: str


def _concatenated(fields: Fields) -> str:
    pieces = [f"""'{"," if place else "{"}"{key}":' || {fields[key]}""" for place, key in enumerate(fields)]
    return " || ".join(pieces) + " || '}'"


def _row(fields: Fields) -> str:
    columns = ", ".join(f'{value} AS "{key}"' for key, value in fields.items())
    return f"(SELECT row_to_json(r) FROM (SELECT {columns}) AS r)"  # noqa: S608


def _built(fields: Fields) -> str:
    pairs = ", ".join(f"'{key}', {value}" for key, value in fields.items())
    return f"json_build_object({pairs})"


def _positional(fields: Fields) -> str:
    return f"json_build_array({', '.join(fields.values())})"


_AGGREGATED = "coalesce(json_agg({element} ORDER BY {order}), '[]')"

CONCATENATED = Form(
    text="to_json({})::text",
    number="{}::text",
    object=_concatenated,
    listed="'[' || coalesce(string_agg({element}, ',' ORDER BY {order}), '') || ']'",
)
ROWS = Form(text="{}", number="{}", object=_row, listed=_AGGREGATED)
BUILT = Form(text="{}", number="{}", object=_built, listed=_AGGREGATED)
POSITIONAL = Form(text="{}", number="{}", object=_positional, listed=_AGGREGATED)


@dataclass(frozen=True)
class Page:
    """The page in one form; a to-one relation is a correlated subquery, or it is joined."""

    form: Form
    joined: bool = False

    def sql(self) -> str:
        """The whole statement."""
        order = {
            "id": self._text(owned_id("SalesOrder", "o")),
            "number": self._text("o.number"),
            "status": self._text("upper(o.status)"),
            "placedAt": self._text("to_json(o.placed_at AT TIME ZONE 'UTC') #>> '{{}}' || 'Z'"),
            "total": self._money("o.total", "o.currency"),
            "lines": self._lines(),
        }
        page = self._nodes(order, order="o.placed_at DESC, o.id DESC", rows=f"({ORDERS_PAGE}) AS o")
        return f"SELECT ({page})::text"

    def _lines(self) -> str:
        line = {
            "id": self._text(owned_id("SalesOrderLine", "l")),
            "lineNumber": self.form.number.format("l.line_number"),
            "quantity": self._text("l.quantity::text"),
            "unitPrice": self._text("l.unit_price::text"),
            "status": self._text("upper(l.status)"),
            "item": self._one(self._item(), "item AS i", "i.id = l.item_id"),
        }
        rows = self._source("sales_order_line AS l", "item AS i", "i.id = l.item_id")
        return self._nodes(line, order="l.line_number", rows=f"{rows} WHERE l.entity_id = $1 AND l.order_id = o.id")

    def _item(self) -> Fields:
        return {
            "id": self._text(shared_id("Item", "i")),
            "sku": self._text("i.sku"),
            "name": self._text("i.name"),
            "baseUnit": self._text("i.base_unit"),
            "supplierPrices": self._prices(),
        }

    def _prices(self) -> str:
        supplier = {
            "id": self._text(shared_id("Supplier", "s")),
            "code": self._text("s.code"),
            "name": self._text("s.name"),
        }
        price = {
            "price": self._money("p.amount", "p.currency"),
            "leadTimeDays": self.form.number.format("p.lead_time_days"),
            "supplier": self._one(supplier, "supplier AS s", "s.id = p.supplier_id"),
        }
        rows = self._source("supplier_price AS p", "supplier AS s", "s.id = p.supplier_id")
        return self._nodes(price, order="p.supplier_id", rows=f"{rows} WHERE p.entity_id = $1 AND p.item_id = i.id")

    def _money(self, amount: str, currency: str) -> str:
        return self.form.object({"amount": self._text(f"{amount}::text"), "currency": self._text(currency)})

    def _text(self, value: str) -> str:
        return self.form.text.format(value)

    def _nodes(self, element: Fields, *, order: str, rows: str) -> str:
        listed = self.form.listed.format(element=self.form.object(element), order=order)
        return self.form.object({"nodes": f"(SELECT {listed} FROM {rows})"})  # noqa: S608

    def _one(self, fields: Fields, target: str, key: str) -> str:
        made = self.form.object(fields)
        return made if self.joined else f"(SELECT {made} FROM {target} WHERE {key})"  # noqa: S608

    def _source(self, rows: str, target: str, key: str) -> str:
        return f"{rows} JOIN {target} ON {key}" if self.joined else rows
