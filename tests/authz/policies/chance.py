"""Policies, people and rows by chance: half of what a condition can look at is missing, most of the time."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import Table

from authz.policies.conditions.attributes import Attributes
from authz.policies.conditions.check import check_condition
from authz.policies.conditions.tree import parse_condition
from authz.policies.policy import ALWAYS, NamedCondition, Policy, Rule
from authz.vocabulary import Action, Resource, Role
from kernel.tables import Base

ENTITIES = tuple(UUID(int=number) for number in (1, 2, 3))
PARTNERS = tuple(UUID(int=number) for number in (11, 12))
PEOPLE = ("ann", "bo", "cy")
ROLES = (Role.BUYER, Role.WAREHOUSE, Role.AUDITOR)
WRITES = (Action.AMEND, Action.APPROVE)
CURRENCIES = ("EUR", "NOK")
WORDS = ("a", "B", "é", "Z", "")
AMOUNTS = tuple(Decimal(text) for text in ("-1", "0", "9.99", "10.00", "10.01", "500"))
DATES = tuple(date(2026, 3, day) for day in (1, 2, 3))
INSTANTS = tuple(datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (0, 9, 23))
TEMPORARY = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}


class Chance(Base):
    """Tables of this test, which stand before the schema's own."""

    __abstract__ = True
    metadata = MetaData()


class _Columns:
    """What conditions can look at. Everything may be missing."""

    batch: Mapped[int]
    supplier_id: Mapped[UUID | None]
    submitted_by: Mapped[str | None]
    note: Mapped[str | None]
    currency: Mapped[str | None]
    total: Mapped[Decimal | None]
    pallets: Mapped[int | None]
    ordered_on: Mapped[date | None]
    ordered_at: Mapped[datetime | None]
    is_urgent: Mapped[bool | None]


class Order(_Columns, Chance):
    """Rows that belong to an entity."""

    __tablename__ = "purchase_order"
    __table_args__ = TEMPORARY

    entity_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


class OrderLine(Chance):
    """Lines, which are seen with their order."""

    __tablename__ = "purchase_order_line"
    __table_args__ = (
        ForeignKeyConstraint(["entity_id", "order_id"], ["purchase_order.entity_id", "purchase_order.id"]),
        TEMPORARY,
    )

    entity_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID]
    quantity: Mapped[Decimal | None]
    note: Mapped[str | None]


class Request(_Columns, Chance):
    """Rows of the group, which may name an entity."""

    __tablename__ = "change_request"
    __table_args__ = TEMPORARY

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entity_id: Mapped[UUID | None]


class RequestLine(Chance):
    """Their lines."""

    __tablename__ = "change_request_line"
    __table_args__ = TEMPORARY

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("change_request.id"))
    quantity: Mapped[Decimal | None]
    note: Mapped[str | None]


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


Kind = tuple[tuple[str, ...], Callable[[Random], Any]]
_KINDS: dict[str, Kind] = {
    "text": (("submitted_by", "note", "currency"), lambda chance: chance.choice((*PEOPLE, *CURRENCIES, *WORDS))),
    "number": (("total", "pallets"), lambda chance: _number(chance)),
    "date": (("ordered_on",), lambda chance: {"date": chance.choice(DATES).isoformat()}),
    "instant": (("ordered_at",), lambda chance: {"instant": chance.choice(INSTANTS).isoformat()}),
    "id": (("supplier_id", "entity_id"), lambda chance: {"id": str(chance.choice((*PARTNERS, *ENTITIES)))}),
    "truth": (("is_urgent",), lambda chance: chance.random() < 0.5),
}
_ORDERED = ("text", "number", "date", "instant")
_OF_A_LINE: dict[str, Kind] = {"text": (("note",), _KINDS["text"][1]), "number": (("quantity",), _KINDS["number"][1])}


def _number(chance: Random) -> Any:
    return chance.choice((0, 10, {"number": str(chance.choice(AMOUNTS))}))


def condition(chance: Random, line: str, kinds: dict[str, Kind] = _KINDS, depth: int = 3) -> Any:
    """The form of a condition on rows of these kinds of columns; `line` is the table of their lines."""
    if depth and chance.random() < 0.5:
        word = chance.choice(("and", "or", "not"))
        parts = [condition(chance, line, kinds, depth - 1) for _ in range(1 if word == "not" else chance.randint(1, 3))]
        return {word: parts[0] if word == "not" else parts}
    if kinds is _KINDS and chance.random() < 0.15:
        return {"exists": {"relation": line, "where": condition(chance, line, _OF_A_LINE, 1)}}
    return _leaf(chance, kinds)


def _leaf(chance: Random, kinds: dict[str, Kind]) -> Any:
    kind = chance.choice(sorted(kinds))
    shape = chance.choice(("compare", "compare", "in", "between", "is_null", "ids"))
    operands = [_operand(chance, kind, kinds) for _ in range(3)]
    if shape == "ids" and kind == "text":
        return {"in": [operands[0], {"sub": "ids"}]}
    if shape == "in":
        return {"in": [operands[0], [kinds[kind][1](chance) for _ in range(chance.randint(1, 3))]]}
    if shape == "between" and kind in _ORDERED:
        return {"between": operands}
    if shape == "is_null":
        return {"is_null": operands[0]}
    comparisons = ("=", "<>", "<", "<=", ">", ">=") if kind in _ORDERED else ("=", "<>")
    return {chance.choice(comparisons): operands[:2]}


def _operand(chance: Random, kind: str, kinds: dict[str, Kind]) -> Any:
    columns, constant = kinds[kind]
    if kinds is _KINDS and kind in ("number", "id") and chance.random() < 0.25:
        return {"sub": "partner" if kind == "id" else "limit.purchase_order"}
    return {"column": chance.choice(columns)} if chance.random() < 0.6 else constant(chance)


def policy(chance: Random, resource: Resource, model: type[Base], line: str) -> Policy:
    """Some rules, most with a condition."""
    conditions = {}
    for name in ("c1", "c2", "c3"):
        tree = parse_condition(condition(chance, line))
        check_condition(tree, table_of(model))
        conditions[name] = NamedCondition(name, resource, tree)
    reads = [_rule(chance, resource, Action.READ) for _ in range(chance.randint(1, 7))]
    writes = [_rule(chance, resource, chance.choice(WRITES)) for _ in range(chance.randint(3, 9))]
    groups = {"EU": frozenset(chance.sample(ENTITIES, 2))}
    return Policy((*reads, *writes), groups, conditions=conditions)


def _rule(chance: Random, resource: Resource, action: Action) -> Rule:
    return Rule(
        role=chance.choice((*ROLES, None)),
        domain=chance.choice(("*", "*", "EU", str(ENTITIES[0]))),
        resource=resource,
        action=action,
        condition=chance.choice((ALWAYS, "c1", "c2", "c3", "c3")),
        allows=chance.random() < 0.7,
    )


def roles(chance: Random) -> dict[Role, frozenset[UUID]]:
    """What somebody is, and where."""
    return {role: frozenset(chance.sample(ENTITIES, chance.randint(1, 3))) for role in chance.sample(ROLES, 2)}


def attributes(chance: Random) -> Attributes:
    """What is known of them."""
    limits = {
        (Resource.PURCHASE_ORDER, entity_id, currency): chance.choice(AMOUNTS)
        for entity_id in ENTITIES
        for currency in CURRENCIES
        if chance.random() < 0.5
    }
    ids = None if chance.random() < 0.1 else frozenset(chance.sample(PEOPLE, chance.randint(0, 2)))
    return Attributes(ids, chance.choice(PARTNERS) if chance.random() < 0.2 else None, limits)


def row(chance: Random, number: int, batch: int, *, owned: bool) -> dict[str, Any]:
    """A row in which things are missing."""

    def maybe(values: tuple[Any, ...]) -> Any:
        return None if chance.random() < 0.35 else chance.choice(values)

    return {
        "entity_id": chance.choice(ENTITIES) if owned else maybe(ENTITIES),
        "id": UUID(int=1000 + number),
        "batch": batch,
        "supplier_id": maybe(PARTNERS),
        "submitted_by": maybe(PEOPLE),
        "note": maybe((*WORDS, *PEOPLE)),
        "currency": maybe(CURRENCIES),
        "total": maybe(AMOUNTS),
        "pallets": maybe((0, 10, 11)),
        "ordered_on": maybe(DATES),
        "ordered_at": maybe(INSTANTS),
        "is_urgent": maybe((True, False)),
    }


def lines(chance: Random, of: dict[str, Any], *, owned: bool) -> list[dict[str, Any]]:
    """The lines of a row: none, one or two."""
    owner = {"entity_id": of["entity_id"]} if owned else {}
    return [
        {
            **owner,
            "id": UUID(int=of["id"].int * 10 + number),
            "order_id": of["id"],
            "quantity": None if chance.random() < 0.35 else chance.choice(AMOUNTS),
            "note": None if chance.random() < 0.35 else chance.choice(WORDS),
        }
        for number in range(chance.randint(0, 2))
    ]
