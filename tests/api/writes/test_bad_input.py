"""Whatever a client may get wrong in a mutation is refused in words, and changes nothing.

The good commands are turned back into inputs, field by field; then each field in turn gets values that nobody can mean.
A new mutation needs a line in `good_commands` and is walked like the others.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from strawberry.utils.str_converters import to_camel_case

from api.schema import MUTATIONS, REGISTRY
from api.values.ids import encode_id
from api.writes.inputs import InputField, input_fields
from api.writes.mutation import MutationField
from authz.vocabulary import Role
from domain.invoicing.record import RecordSupplierInvoice, RecordSupplierInvoiceLine
from domain.resolution.refresh_options import RefreshSourcingOptions
from kernel.commands import ANYTHING
from kernel.db import Database
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.writers import Writers
from tests.api.serving import Office
from tests.api.writes.requests import good_requests
from tests.factories import selling, supply
from tests.factories.world import World

ROLES = {
    "placeSalesOrder": Role.CUSTOMER_SERVICE,
    "cancelSalesOrder": Role.CUSTOMER_SERVICE,
    "acceptSourcingOption": Role.BUYER,
    "refreshSourcingOptions": Role.BUYER,
    "confirmPurchaseOrder": Role.BUYER,
    "receivePurchaseOrder": Role.WAREHOUSE,
    "shipSalesOrder": Role.WAREHOUSE,
    "recordSupplierInvoice": Role.FINANCE,
    "submitChangeRequest": Role.STEWARD_PRICE,
    "approveChangeRequest": Role.STEWARD_PRICE,
    "rejectChangeRequest": Role.STEWARD_PRICE,
    "returnChangeRequest": Role.STEWARD_PRICE,
    "withdrawChangeRequest": Role.STEWARD_PRICE,
    "activateChangeRequest": Role.STEWARD_PRICE,
}
Place = tuple[str | int, ...]
LEAKED = re.compile(r"Traceback|asyncpg|sqlalchemy|SELECT |/site-packages/|Something went wrong")

QUANTITIES = [
    "-1",
    "0",
    "-0",
    "0.0000001",
    "1e30",
    "NaN",
    "Infinity",
    "1000000000001",
    "9" * 59,
    "",
    "1,5",
    10**30,
    True,
]
DATES = ["0001-01-01", "9999-12-31", "2027-02-29", "20260302", "\x00"]
TEXTS = ["\x00", "\ud800", "x" * 5_000, 7, []]
VERSIONS = [0, -1, 2**31 - 1, 2**31, 2**63, 1.5]
LISTS: list[Any] = [[], [None], [[]], "x", [{}]]
CODED = {
    "number": ["", " ", "\x1b", "\ufeffINV-7", "INV\u200b-7"],
    "title": ["", " "],
    "currency": ["", "eur", "XXX", "USD"],
    "unit": ["", "KGM", "c62"],
}
FREE_ZERO = {"unit_price"}  # a gift may stand on an invoice


@dataclass(frozen=True)
class Good:
    """The commands that would be carried out, and the company that they are about."""

    world: World
    stranger: World
    commands: dict[str, Any]


@pytest.fixture(scope="module")
async def good(database: Database, activation: Writers) -> Good:
    world = await World(database, activation).build()
    stranger = await World(database, activation).build()
    boots, laces = await world.item("boots"), await world.item("laces")
    for item in (boots, laces):
        await world.buyable(item)
    await world.stock(boots, "10")
    held = await supply.placed(world, {boots: "4"})
    short = await supply.placed(world, {laces: "5"})
    ordered = await supply.issued(world, {boots: "7"})
    shortage = await supply.shortage_of(world, short)
    (line,) = await selling.lines_now(world, held)
    delivery = await supply.delivery(world, ordered)
    invoiced = RecordSupplierInvoiceLine(
        purchase_order_line_id=delivery.lines[0].purchase_order_line_id, quantity=Decimal(7), unit_price=Decimal(6)
    )
    commands = {
        "placeSalesOrder": supply.order_of(world, {boots: "1"}, site_id=world.site_id, requested_date=world.day(3)),
        "cancelSalesOrder": await supply.cancellation(world, held),
        "acceptSourcingOption": await supply.acceptance(world, short, "buy"),
        "refreshSourcingOptions": RefreshSourcingOptions(
            entity_id=world.entity_id, shortage_id=shortage.id, expected_version=shortage.version
        ),
        "confirmPurchaseOrder": await supply.confirmation(world, ordered, world.day(8), "7"),
        "receivePurchaseOrder": delivery,
        "shipSalesOrder": await selling.shipping(world, held, (line.id, "1")),
        "recordSupplierInvoice": RecordSupplierInvoice(
            entity_id=world.entity_id,
            supplier_id=world.supplier_id,
            number="INV-7",
            invoice_date=world.today,
            currency=world.currency,
            lines=(invoiced,),
        ),
        **await good_requests(world, database, activation),
    }
    return Good(world, stranger, commands)


async def given_by(house: Office, token: str, good: Good, field: MutationField) -> dict[str, Any]:
    """The input that would be carried out for somebody: what they take back is their own."""
    given = given_of(good.commands[field.name], good.world)
    if field.name != "withdrawChangeRequest":
        return given
    own = given_of(good.commands["submitChangeRequest"], good.world)
    query = "mutation ($i: SubmitChangeRequestInput!) { submitChangeRequest(input: $i) { changeRequest { id } } }"
    answer = await house.post(token, {"query": query, "variables": {"i": {**own, "idempotencyKey": str(new_id())}}})
    return {**given, "changeRequestId": answer.json()["data"]["submitChangeRequest"]["changeRequest"]["id"]}


def given_of(command: Any, world: World) -> dict[str, Any]:
    """The GraphQL input that a command came from."""
    declared: type = type(command)
    shown = [each for each in input_fields(declared) if each.entity_of is None]
    return {to_camel_case(each.name): _shown(each, getattr(command, each.name), world) for each in shown}


def _shown(of: InputField, value: Any, world: World) -> Any:
    if isinstance(value, tuple):
        return [_shown(of, each, world) for each in value]
    if isinstance(value, UUID):
        assert of.refers_to
        return public_id(of.refers_to, value, world.entity_id)
    if isinstance(value, Decimal | date):
        return str(value)
    if isinstance(value, StrEnum):
        return value.name
    if isinstance(value, Mapping):
        return dict(value)
    return given_of(value, world) if is_dataclass(value) else value


def public_id(type_name: str, object_id: UUID, entity_id: UUID) -> str:
    return encode_id(type_name, object_id, entity_id if REGISTRY[type_name].node.entity_owned else None)


def hostile(command: type, world: World, stranger: World) -> Iterator[tuple[Place, Any]]:
    """Each place in an input with each value that cannot be meant there."""
    for each in input_fields(command):
        if each.entity_of is not None:
            continue
        name = to_camel_case(each.name)
        for value in _unmeant(each, world, stranger):
            yield (name,), value
        if each.is_list:
            for path, value in hostile(each.kind, world, stranger):
                yield (name, 0, *path), value


def _unmeant(of: InputField, world: World, stranger: World) -> list[Any]:
    required = [] if of.is_optional else [None]
    if of.is_list:
        empty_is_meant = of.default == ()
        return [*(each for each in LISTS if each != [] or not empty_is_meant), *required]
    if of.refers_to == ANYTHING:
        return [encode_id("Nothing", new_id())[:-3], "x", "x" * 5_000, "\x00", 7, [], *required]
    if of.refers_to:
        foreign = [public_id(of.refers_to, new_id(), each.entity_id) for each in (world, stranger)]
        other = "Item" if of.refers_to == "Customer" else "Customer"
        wrong = [encode_id(other, world.customer_id), encode_id(of.refers_to, world.entity_id, new_id())]
        return [*foreign, *wrong, encode_id("Nothing", new_id()), "", "x", "x" * 5_000, "\x00", 7, [], *required]
    if of.kind is Decimal:
        return [value for value in QUANTITIES if of.name not in FREE_ZERO or value not in ("0", "-0", "1000000000001")]
    by_kind: dict[Any, list[Any]] = {
        date: DATES,
        datetime: [*DATES, "2026-01-01T00:00:00Z"],
        int: VERSIONS,
        Mapping: ["", "x", 7, [], {"colour": "red"}, {"code": "\ud800"}, {"code": ["LIST"]}],
    }
    return [*by_kind.get(of.kind, TEXTS), *CODED.get(of.name, []), *required]


def with_value(given: Any, path: Place, value: Any) -> Any:
    """The input with one value replaced."""
    if not path:
        return value
    step, *rest = path
    changed: Any = list(given) if isinstance(given, list) else dict(given)
    changed[step] = with_value(given[step], tuple(rest), value)
    return changed


async def told(house: Office, token: str, field: MutationField, given: Any) -> list[str]:
    """The codes that an input is refused with; none if it was taken."""
    prefix = field.type_prefix
    query = f"mutation ($i: {prefix}Input!) {{ done: {field.name}(input: $i) {{ errors {{ code message path }} }} }}"
    # orjson would not write lone surrogates.
    answer = await house.post(token, json.dumps({"query": query, "variables": {"i": given}}).encode())
    assert answer.status_code < 500, (given, answer.text)
    assert not LEAKED.search(answer.text), (given, answer.text)
    document = answer.json()
    if "errors" in document:
        return [error["extensions"]["code"] for error in document["errors"]]
    return [error["code"] for error in document["data"]["done"]["errors"]]


async def happened(database: Database, world: World) -> int:
    statement = select(func.count()).select_from(EventRecord).where(EventRecord.entity_id == world.entity_id)
    async with database.worker.connect() as connection:
        return (await connection.execute(statement)).scalar_one()


def test_every_mutation_is_walked() -> None:
    assert {field.name for field in MUTATIONS} == ROLES.keys()


@pytest.mark.parametrize("field", MUTATIONS, ids=lambda field: field.name)
async def test_what_nobody_can_mean_is_refused_and_changes_nothing(
    house: Office, database: Database, good: Good, field: MutationField
) -> None:
    token = await house.hire(ROLES[field.name], good.world.entity_id)
    given = await given_by(house, token, good, field)
    before = await happened(database, good.world)
    spoiled = [
        (place, value, with_value(given, place, value))
        for place, value in hostile(field.command, good.world, good.stranger)
    ]
    keyed = [(place, value, {**bad, "idempotencyKey": str(new_id())}) for place, value, bad in spoiled]
    keyed += [
        (("idempotencyKey",), key, {**given, "idempotencyKey": key})
        for key in ("", "k" * 201, "\x00", "\ud800", None, 7)
    ]
    answers = await asyncio.gather(*(told(house, token, field, bad) for _, _, bad in keyed))
    taken = [(place, value) for (place, value, _), codes in zip(keyed, answers, strict=True) if not codes]
    assert taken == []
    assert await happened(database, good.world) == before
    probe = {**given, "idempotencyKey": str(new_id()), "dryRun": True}
    assert await told(house, token, field, probe) == [], "the input was no good before anything was spoiled"


@pytest.mark.parametrize("field", MUTATIONS, ids=lambda field: field.name)
async def test_who_has_no_business_here_changes_nothing(
    house: Office, database: Database, good: Good, field: MutationField
) -> None:
    given = given_of(good.commands[field.name], good.world)
    before = await happened(database, good.world)
    elsewhere = await house.hire(ROLES[field.name], good.stranger.entity_id)
    reader = await house.hire(Role.AUDITOR, good.world.entity_id)
    for token, code in ((elsewhere, "NOT_FOUND"), (reader, "FORBIDDEN")):
        assert await told(house, token, field, {**given, "idempotencyKey": str(new_id())}) == [code]
    assert await happened(database, good.world) == before
