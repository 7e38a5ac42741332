"""What events copied from fields: told by the rights that the subscriber has when the event is sent."""

from collections.abc import Callable
from typing import Any

import pytest

from api.events.copies import COPIES
from authz.actor import Actor
from authz.fields import OPEN, FieldRight, Shown
from authz.vocabulary import AUDITED, RESTRICTABLE, Resource, Role
from tests.api.http.test_socket import begun, heard, subscribe
from tests.api.serving import Office
from tests.api.test_streams import EVENTS, START, events_of, told
from tests.factories.outbox import Outbox
from tests.factories.world import World

Restrict = Callable[[Shown, Resource, str], None]


@pytest.fixture
def outbox(house: Office, world: World) -> Outbox:
    return Outbox(house.parts.database, world.entity_id)


@pytest.fixture
def restrict(monkeypatch: pytest.MonkeyPatch) -> Restrict:
    """Masks a field to everybody, or shows it in the entities of a parameter that rows have."""

    def made(shown: Shown, resource: Resource, name: str) -> None:
        right = FieldRight(shown, parameter="reader_event_entity" if shown is Shown.SOMEWHERE else None)
        monkeypatch.setattr(Actor, "field", lambda _self, of, field: right if (of, field) == (resource, name) else OPEN)

    return made


async def happen(house: Office, outbox: Outbox, subject_type: str, payload: dict[str, Any]) -> None:
    await outbox.commit(1, subject_type=subject_type, payload=payload)
    house.parts.operations.committed()


ORDER = {"total": "40.00", "currency": "EUR", "lines": [{"unitPrice": "20.00", "quantity": "2"}]}


async def test_a_copy_is_masked_like_its_field_from_the_next_event_on(
    house: Office, world: World, outbox: Outbox, restrict: Restrict
) -> None:
    token = await house.hire(Role.AUDITOR, world.entity_id)
    async with begun(house, token) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START, types=["GoodsCounted"])
        await happen(house, outbox, "SalesOrder", ORDER)
        assert told(await heard(wire))["payload"] == ORDER
        restrict(Shown.NOWHERE, Resource.SALES_ORDER, "total")
        await happen(house, outbox, "SalesOrder", ORDER)
        assert told(await heard(wire))["payload"] == {**ORDER, "total": None}
        restrict(Shown.NOWHERE, Resource.SALES_ORDER, "unit_price")
        await happen(house, outbox, "SalesOrder", ORDER)
        assert told(await heard(wire))["payload"] == {**ORDER, "lines": [{"unitPrice": None, "quantity": "2"}]}
        restrict(Shown.NOWHERE, Resource.RECEIPT, "value")
        await happen(house, outbox, "Receipt", {"lines": [{"value": "12.00", "quantity": "2"}]})
        assert told(await heard(wire))["payload"] == {"lines": [{"value": None, "quantity": "2"}]}


@pytest.mark.parametrize(
    ("subject_type", "name", "field"),
    [
        ("SalesOrder", "cost", (Resource.SHIPMENT, "value")),
        ("PurchaseOrder", "value", (Resource.RECEIPT, "value")),
        ("LegalEntity", "value", (Resource.MOVEMENT, "value")),
        ("Shortage", "landedCost", (Resource.SHORTAGE, "landed_cost")),
        ("ExceptionCase", "severity", (Resource.EXCEPTION_CASE, "severity")),
        ("SupplierInvoice", "total", (Resource.SUPPLIER_INVOICE, "total")),
    ],
)
async def test_what_goods_cost_is_told_to_who_may_know_it(
    house: Office, world: World, outbox: Outbox, restrict: Restrict, subject_type: str, name: str, field: Any
) -> None:
    token = await house.hire(Role.AUDITOR, world.entity_id)
    async with begun(house, token) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START, types=["GoodsCounted"])
        restrict(Shown.NOWHERE, *field)
        await happen(house, outbox, subject_type, {name: "12.00", "quantity": "2"})
        assert told(await heard(wire))["payload"] == {name: None, "quantity": "2"}


async def test_what_is_audited_is_told_by_no_event(house: Office, world: World, outbox: Outbox) -> None:
    token = await house.hire(Role.AUDITOR, world.entity_id)
    async with begun(house, token) as wire:
        await subscribe(wire, EVENTS, **events_of(world), after=START, types=["GoodsCounted"])
        await happen(house, outbox, "Customer", {"name": "The two buyers", "phone": "+00 555 1000"})
        assert told(await heard(wire))["payload"] == {"name": "The two buyers", "phone": None}


def test_every_copy_is_of_a_field_that_may_be_masked() -> None:
    for resource, name in COPIES.values():
        assert name in RESTRICTABLE[resource]
        assert name not in AUDITED.get(resource, ())
