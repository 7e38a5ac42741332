"""The world of the leak test: two legal entities with the same story, two suppliers and two customers of both.

After the story every text and every JSON value is stamped with the mark of its owner. A new text column is stamped, or
stands among those that tell nothing of whose it is; else the world is not made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, Text, case, cast, func, literal, or_, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.finance.model import ValuationLayer
from kernel.db import Database
from kernel.ids import new_id
from kernel.tables import Base
from kernel.writers import Writers
from masterdata.entities.model import LegalEntity
from masterdata.parties.model import Customer, Supplier
from masterdata.units.model import Unit
from tests.factories.agreements import agreed
from tests.factories.stewards import Stewards, change, requested
from tests.factories.world import World
from tests.leaks.branch import Branch, Pair
from tests.leaks.marks import CUSTOMERS, ENTITIES, SUPPLIERS, Mark

PLAIN_TEXTS = frozenset(
    {
        "account", "base_unit", "country", "country_of_origin", "covers", "credit_account", "credit_status",
        "currency", "debit_account", "dimension", "document_type", "domain_kind", "entered_unit", "fingerprint",
        "from_currency", "kind", "match_result", "mutation", "noun", "outcome", "owner_role", "pair_limit_currency",
        "policy", "result", "role", "size_unit", "status", "subject_type", "time_zone", "title_transfer",
        "to_currency", "tracking", "transaction_currency", "type", "unit", "valuation_method", "weight_unit",
        "when_short",
        "column_name", "decision", "field_group", "hash", "operation", "part", "previous_hash",
    }
)  # fmt: skip
"""Columns whose texts are words of the house: they tell nothing of whose row it is."""
NUMBERS = frozenset({"number"})
"""Document numbers: unique as they are. Those of invoices are the suppliers' own and have a mark from the story."""
KEPT_EMPTY = frozenset(
    {
        "decided_by", "decided_by_person", "decided_for", "external_reference", "gln", "gtin", "on_behalf_of",
        "reference", "submitted_for", "tax_id",
    }
)  # fmt: skip
"""Columns in which it means something that there is no value, or that no two rows may share."""
UNTOUCHED = frozenset({"country", "currency", "unit", "idempotency_key"})
"""Tables that no owner has; so have those of the access policy none, and of identities."""
_ACCESS = ("authz.", "masterdata.accounts")


@dataclass(frozen=True)
class Trade:
    """Who is who."""

    ids: Mapping[Mark, UUID]
    branches: Mapping[Mark, Branch]
    pairs: tuple[Pair, Pair]

    @property
    def granted_at(self) -> datetime:
        """From when everybody has their roles."""
        return next(iter(self.branches.values())).now.replace(hour=0)


async def traded(database: Database, activation: Writers, owner: AsyncEngine) -> Trade:
    """Makes the world."""
    branches = {
        mark: Branch(database, activation, mark=mark, number=number) for number, mark in enumerate(ENTITIES, start=1)
    }
    north, south = branches.values()
    for branch in (north, south):
        await branch.build()
    for code, name in (("C62", "one"), ("XBX", "box")):
        await north.write(Unit, id=new_id(), code=code, name=name, dimension="count")
    pairs = await _pair(north, 1, north), await _pair(north, 2, south)
    for branch in (north, south):
        for pair in pairs:
            await branch.trade(pair)
        await _propose(branch, pairs[0])
    ids = {Mark.NORTH: north.entity_id, Mark.SOUTH: south.entity_id, Mark.WEST: await _agree(north, south)}
    ids |= dict(zip(SUPPLIERS, (pair.supplier_id for pair in pairs), strict=True))
    ids |= dict(zip(CUSTOMERS, (pair.customer_id for pair in pairs), strict=True))
    async with owner.begin() as connection:
        await _stamp(connection, ids)
        await _disagree(connection, ids)
    return Trade(ids, branches, pairs)


async def _pair(maker: Branch, number: int, of: Branch) -> Pair:
    """The partners that a branch was built with, and an item that the group shares: the first is published."""
    units, is_published = {"XBX": 10 + number}, number == 1
    item_id = await maker.item(f"item {number}", price=None, increment="0.0001", units=units, is_published=is_published)
    return Pair(number, item_id, of.supplier_id, of.customer_id)


async def _propose(branch: Branch, pair: Pair) -> None:
    """Changes of master data: one of the legal entity, which is done, one that waits, and one of the whole group."""
    stewards = Stewards(branch.database, branch.activation, entity_id=branch.entity_id, now=branch.now)
    contact = change("supplier", key=f"key {branch.mark}", object_id=branch.supplier_id, contact=f"Kim {branch.number}")
    await stewards.change(contact, title="Done")
    new = change("supplier", key="new", code=f"NEW-{branch.number}", name="New", currency="EUR", phone="+00 555 7000")
    terms = change(
        "supplier_price", item={"id": str(pair.item_id)}, supplier={"external": "new"}, amount=branch.much(7)
    )
    for entity_id, lines in ((branch.entity_id, [new, terms]), (None, [new])):
        requested(
            await stewards.submit(*lines, title="Waiting", entity_id=entity_id, source_system=f"erp-{branch.number}")
        )


async def _agree(north: Branch, south: Branch) -> UUID:
    """Look-alike agreements of each with each other, and with a third legal entity, whose id is answered."""
    west = World(north.database, north.activation)
    alike = {"country": "DE", "currency": "EUR", "time_zone": "UTC"}
    await north.write(LegalEntity, id=west.entity_id, code=west.tag, name=f"Company {west.tag}", **alike)
    pairs = ((north, south), (south, north), (north, west), (west, north), (south, west), (west, south))
    for number, (giver, taker) in enumerate(pairs, start=1):
        limit = Decimal("5000.0107") * number
        await agreed(giver, taker, code=f"AGREED-{number}", markup_percent=10 + number, pair_limit_amount=limit)
    return west.entity_id


async def _disagree(connection: AsyncConnection, ids: Mapping[Mark, UUID]) -> None:
    """The books of both companies are wrong, each by its own amount: a proof has an example to show."""
    for number, mark in enumerate(ENTITIES, start=1):
        wrong = update(ValuationLayer).where(ValuationLayer.entity_id == ids[mark])
        await connection.execute(wrong.values(value=ValuationLayer.value + Decimal("7.0103") * number))


async def _stamp(connection: AsyncConnection, ids: Mapping[Mark, UUID]) -> None:
    for table in _owned():
        stamped = {column.name: _stamped(column, _mark(table, ids)) for column in _texts(table)}
        if stamped:
            await connection.execute(update(table).values(stamped))


def _owned() -> Iterator[Table]:
    modules = {mapper.local_table: mapper.class_.__module__ for mapper in Base.registry.mappers}
    for table in Base.metadata.sorted_tables:
        if table.name not in UNTOUCHED and not modules[table].startswith(_ACCESS):
            yield table


def _texts(table: Table) -> Iterator[Column[Any]]:
    """What is stamped: texts and JSON, but for words of the house and keys of documents."""
    told = PLAIN_TEXTS | NUMBERS
    for column in table.columns:
        plain = isinstance(column.type, Text) and column.name in told
        if isinstance(column.type, Text | JSONB) and column.computed is None and not plain:
            yield column


def _stamped(column: Column[Any], mark: ColumnElement[str]) -> ColumnElement[Any]:
    if isinstance(column.type, JSONB):
        made = cast(column, JSONB).op("||")(func.jsonb_build_object("mark", mark))
        return case((func.jsonb_typeof(column) == "object", made), else_=column)
    told = func.concat_ws(" ", column, mark)
    return case((column.is_not(None), told)) if column.name in KEPT_EMPTY else told


def _mark(table: Table, ids: Mapping[Mark, UUID]) -> ColumnElement[str]:
    """The marks of a row's owner and of its partners; where nobody owns it that of the group, or of what it shows."""
    nobodys: ColumnElement[str] = literal(str(Mark.GOODS))
    if "is_published" in table.c:
        nobodys = case((table.c.is_published, literal(str(Mark.SHELF))), else_=nobodys)
    of_marks = [
        case((or_(*(table.c[name] == ids[mark] for name in _keys(table, mark))), literal(str(mark))))
        for mark in ids
        if _keys(table, mark)
    ]
    return func.coalesce(func.nullif(func.concat_ws(" ", *of_marks, cast(None, Text())), ""), nobodys)


def _keys(table: Table, mark: Mark) -> list[str]:
    """The columns in which a row names the owner of a mark."""
    own = {LegalEntity.__table__: (*ENTITIES, Mark.WEST), Supplier.__table__: SUPPLIERS, Customer.__table__: CUSTOMERS}
    names = {**dict.fromkeys((*ENTITIES, Mark.WEST), "entity_id"), **dict.fromkeys(SUPPLIERS, "supplier_id")}
    names |= dict.fromkeys(CUSTOMERS, "customer_id")
    return ["id"] if mark in own.get(table, ()) else [names[mark]] if names[mark] in table.c else []
