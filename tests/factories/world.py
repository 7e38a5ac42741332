"""A small company for one test: an entity with two sites, made through the activate role as governance would."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Executable, select

from authz.actor import Actor, Grant
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Role
from domain.inventory.open_stock import OpeningLine, OpenStock, open_stock
from kernel.db import Database
from kernel.ids import new_id
from kernel.operation import Call, Operations
from kernel.outcome import Done, Outcome
from kernel.statements import insert
from kernel.tables import Base
from kernel.writers import Writers
from masterdata.entities.model import LegalEntity
from masterdata.items.model import Item, ItemUnit
from masterdata.locations.model import Lane, Location
from masterdata.parties.model import Customer, Supplier
from masterdata.policies.model import InventoryPolicy, MatchTolerance
from masterdata.prices.model import Price, PriceList, SupplierPrice
from tests.databases import writing

POLICY = starting_policy()
LONG_AGO = date(2020, 1, 1)


def actor_of(subject: str, entity_ids: Collection[UUID], *roles: Role) -> Actor:
    """Somebody with these roles in these entities."""
    reach = frozenset(entity_ids)
    return Actor(
        subject=subject,
        grants=tuple(Grant(role, reach) for role in roles),
        access=compile_access(POLICY, dict.fromkeys(roles, reach), reach),
    )


@dataclass
class World:
    """The entity, its places, and the people who work there. The clock stands still until a test moves it."""

    database: Database
    activation: Writers
    currency: str = "EUR"
    entity_id: UUID = field(default_factory=new_id)
    site_id: UUID = field(default_factory=new_id)
    bin_id: UUID = field(default_factory=new_id)
    sister_site_id: UUID = field(default_factory=new_id)
    sister_bin_id: UUID = field(default_factory=new_id)
    price_list_id: UUID = field(default_factory=new_id)
    customer_id: UUID = field(default_factory=new_id)
    supplier_id: UUID = field(default_factory=new_id)
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.tag = self.entity_id.hex[-8:].upper()
        self.operations = Operations(self.database.app, clock=lambda: self.now)

    @property
    def today(self) -> date:
        return self.now.date()

    def day(self, days: int) -> date:
        """The date so many days from today."""
        return self.today + timedelta(days=days)

    def actor(self, *roles: Role, subject: str = "test") -> Actor:
        """Somebody with these roles here."""
        return actor_of(subject, [self.entity_id], *roles)

    @property
    def clerk(self) -> Actor:
        """Somebody who may do all daily work of the entity."""
        return self.actor(
            Role.CUSTOMER_SERVICE,
            Role.SALES_MANAGER,
            Role.PLANNER,
            Role.BUYER,
            Role.WAREHOUSE,
            Role.FINANCE,
            subject="clerk",
        )

    async def build(self) -> "World":
        """Writes the entity with its places, a customer, a supplier, a price list and a tolerance."""
        await self.write(
            LegalEntity,
            id=self.entity_id,
            code=self.tag,
            name=f"Company {self.tag}",
            country="DE",
            currency=self.currency,
            time_zone="UTC",
        )
        await self._write_places()
        await self.write(PriceList, **self._own(self.price_list_id), code="LIST", name="List", currency=self.currency)
        await self.write(Customer, id=self.customer_id, code=f"C-{self.tag}", name="The two buyers")
        await self.write(Supplier, id=self.supplier_id, code=f"S-{self.tag}", name="The mill", currency=self.currency)
        await self.write(MatchTolerance, **self._own(new_id()), price_percent=Decimal(2), quantity_percent=Decimal(0))
        return self

    async def _write_places(self) -> None:
        site, sister = self.site_id, self.sister_site_id
        await self._location(site, "MAIN", "site", None, site, 1)
        await self._location(self.bin_id, "MAIN-A1", "bin", site, site, 1)
        await self._location(sister, "SISTER", "site", None, sister, 2)
        await self._location(self.sister_bin_id, "SISTER-A1", "bin", sister, sister, 1)
        for kind in ("supplier", "customer", "adjustment"):
            await self._location(new_id(), kind.upper(), kind, None, None, 100)
        await self.write(
            Lane,
            **self._own(new_id()),
            from_site_id=sister,
            to_site_id=site,
            lead_time_days=2,
            cost_per_unit=Decimal("0.50"),
        )

    async def _location(
        self, location_id: UUID, code: str, kind: str, parent_id: UUID | None, site_id: UUID | None, priority: int
    ) -> None:
        await self.write(
            Location,
            **self._own(location_id),
            code=code,
            name=code.title(),
            kind=kind,
            parent_id=parent_id,
            site_id=site_id,
            priority=priority,
        )

    async def item(
        self,
        name: str,
        *,
        price: str | None = "10.00",
        increment: str = "1",
        base_unit: str = "C62",
        units: Mapping[str, int] | None = None,
        is_published: bool = False,
    ) -> UUID:
        """An item with a selling price, counted in pieces unless said; `units` are multiples of its base unit."""
        item_id = new_id()
        sku = f"{name.upper().replace(' ', '-')}-{self.tag}"
        published = {"is_published": is_published}
        least = Decimal(increment)
        await self.write(Item, id=item_id, sku=sku, name=name, base_unit=base_unit, base_increment=least, **published)
        for unit, factor in (units or {}).items():
            await self.write(ItemUnit, id=new_id(), item_id=item_id, unit=unit, numerator=factor, **published)
        if price is not None:
            await self.write(
                Price,
                **self._own(new_id()),
                price_list_id=self.price_list_id,
                item_id=item_id,
                valid_from=LONG_AGO,
                amount=Decimal(price),
            )
        return item_id

    async def buyable(self, item_id: UUID, *, amount: str = "6.00", days: int = 7, **terms: Any) -> None:
        """Lets the supplier deliver the item."""
        await self.write(
            SupplierPrice,
            **self._own(new_id()),
            supplier_id=self.supplier_id,
            item_id=item_id,
            amount=Decimal(amount),
            lead_time_days=days,
            **{"currency": self.currency, **terms},
        )

    async def keep(self, item_id: UUID, site_id: UUID, reorder_level: str) -> None:
        """Sets how much of the item a site keeps."""
        await self.write(
            InventoryPolicy,
            **self._own(new_id()),
            item_id=item_id,
            site_id=site_id,
            reorder_level=Decimal(reorder_level),
        )

    async def stock(self, item_id: UUID, quantity: str, *, cost: str = "5.00", location_id: UUID | None = None) -> None:
        """Puts stock into the bin of the main site, or elsewhere."""
        line = OpeningLine(
            item_id=item_id,
            location_id=location_id or self.bin_id,
            quantity=Decimal(quantity),
            unit_cost=Decimal(cost),
            reference=str(new_id()),
        )
        outcome = await self.run(open_stock, OpenStock(entity_id=self.entity_id, lines=(line,)))
        assert outcome.done is not None, outcome.refused

    async def run(self, use_case: Any, command: Any, *, actor: Actor | None = None, **call: Any) -> Outcome[None]:
        """Runs a command as the clerk, or as somebody else."""
        made = Call(mutation=use_case.__name__, **call)
        return await self.operations.run(actor or self.clerk, use_case, command, made)

    async def done(self, use_case: Any, command: Any) -> Done:
        """Runs a command that must not be refused."""
        outcome = await self.run(use_case, command)
        assert outcome.done is not None, outcome.refused
        return outcome.done

    async def rows(self, statement: Executable) -> list[Any]:
        """What a statement finds now."""
        async with self.database.worker.connect() as connection:
            return list((await connection.execute(statement)).all())

    async def all(self, model: type[Base]) -> list[Any]:
        """All rows of the entity in a table, by id."""
        table = model.__table__
        return await self.rows(select(table).where(table.c.entity_id == self.entity_id).order_by(table.c.id))

    async def write(self, model: type[Base], **values: Any) -> None:
        """Writes a row of master data as activation does."""
        async with writing(self.activation) as driver:
            await insert(driver, model, [values])

    def _own(self, row_id: UUID) -> dict[str, UUID]:
        return {"entity_id": self.entity_id, "id": row_id}
