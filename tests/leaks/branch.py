"""A legal entity of the leak test, and its year in short: what it buys, keeps, sells, and what goes wrong.

Everything happens through the use cases. `number` shifts quantities, prices and instants, so that no two companies and
no two pairs of partners have a number in common by which one row could be taken for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor
from authz.vocabulary import Role
from domain.invoicing.record import RecordSupplierInvoice, RecordSupplierInvoiceLine, record_supplier_invoice
from domain.orders.lifecycle import WhenShort
from domain.procurement.model import PurchaseOrderLine
from kernel.ids import new_id
from masterdata.prices.model import Price
from tests.factories.selling import ship
from tests.factories.supply import accept, bought, cancel, confirm, issued, placed, receive
from tests.factories.world import LONG_AGO, World
from tests.leaks.marks import Mark

_SHARE = Decimal("0.0107")
"""How far the numbers of two stories are apart."""


@dataclass(frozen=True)
class Pair:
    """An item with the one who delivers it and the one who orders it."""

    number: int
    item_id: UUID
    supplier_id: UUID
    customer_id: UUID


@dataclass
class Branch(World):
    """One of two companies with the same story."""

    mark: Mark = Mark.NORTH
    number: int = 1
    story: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.now += timedelta(microseconds=11 * self.number)

    @property
    def clerk(self) -> Actor:
        """Whoever works here; their name tells where."""
        roles = (
            Role.CUSTOMER_SERVICE,
            Role.SALES_MANAGER,
            Role.PLANNER,
            Role.BUYER,
            Role.WAREHOUSE,
            Role.FINANCE,
        )
        return self.actor(*roles, subject=f"clerk of {self.mark}")

    def much(self, base: int) -> str:
        """A quantity that only this story has."""
        return str(base + _SHARE * (10 * self.number + self.story))

    async def trade(self, pair: Pair) -> None:
        """The story of one pair: sold from stock, from the sister site, and from the supplier; late, wrong, cut off."""
        self.customer_id, self.supplier_id, self.story = pair.customer_id, pair.supplier_id, pair.number
        await self._prepare(pair.item_id)
        served = await self.sell(pair.item_id, 6)
        assert (await ship(self, served, tracking_reference=f"1Z {self._tag}")).done
        await self.sell(pair.item_id, 18, when_short=WhenShort.PARTIAL)
        moved = await self.sell(pair.item_id, 30)
        assert (await accept(self, moved, "transfer")).done
        await self._buy(await self.sell(pair.item_id, 40))
        dropped = await self.sell(pair.item_id, 3)
        assert (await cancel(self, dropped)).done
        await self.sell(pair.item_id, 50)
        await issued(self, {pair.item_id: self.much(70)})

    @property
    def _tag(self) -> str:
        return f"{self.mark} {self.story}"

    async def _prepare(self, item_id: UUID) -> None:
        """On which terms the item is bought, sold and kept, and what there is of it."""
        amount = Decimal("10.37") + 3 * self.number + self.story
        await self.write(
            Price,
            entity_id=self.entity_id,
            id=new_id(),
            price_list_id=self.price_list_id,
            item_id=item_id,
            valid_from=LONG_AGO,
            amount=amount,
        )
        await self.buyable(item_id, amount=str(amount - 5), days=7 + self.number)
        await self.keep(item_id, self.site_id, self.much(2))
        await self.stock(item_id, self.much(20), cost=str(amount - 6))
        await self.stock(item_id, self.much(35), cost=str(amount - 6), location_id=self.sister_bin_id)

    async def sell(self, item_id: UUID, base: int, **changed: Any) -> UUID:
        """An order, a second after the one before."""
        self.now += timedelta(seconds=1)
        return await placed(self, {item_id: self.much(base)}, **changed)

    async def _buy(self, order_id: UUID) -> None:
        """What the order is short of is bought, confirmed late, received in part, and invoiced well and badly."""
        purchase_id = await bought(self, order_id)
        assert (await confirm(self, purchase_id, self.day(20 + self.number))).done
        received = await receive(self, purchase_id, self.much(9), delivery_note=f"Note {self._tag}")
        assert received.done, received.refused
        (line,) = await self._lines_of(purchase_id)
        await self._invoice(line, self.much(4), line.unit_price, "well")
        await self._invoice(line, self.much(2), line.unit_price * 2, "badly")

    async def _lines_of(self, purchase_id: UUID) -> Sequence[Any]:
        table = PurchaseOrderLine.__table__
        return await self.rows(select(table).where(table.c.order_id == purchase_id))

    async def _invoice(self, line: Any, quantity: str, unit_price: Decimal, name: str) -> None:
        asked = RecordSupplierInvoiceLine(
            purchase_order_line_id=line.id, quantity=Decimal(quantity), unit_price=unit_price
        )
        command = RecordSupplierInvoice(
            entity_id=self.entity_id,
            supplier_id=self.supplier_id,
            number=f"{name} {self._tag}",
            invoice_date=self.today,
            currency=self.currency,
            lines=(asked,),
        )
        await self.done(record_supplier_invoice, command)
