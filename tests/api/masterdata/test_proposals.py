"""What change requests propose of fields that not everybody may see: shown to those who see the field."""

from typing import Any

import pytest
from sqlalchemy import select

from api.values.ids import encode_id
from authz.masking import PROPOSED
from authz.vocabulary import RESTRICTABLE, Role
from kernel.audit import AuditEntry
from kernel.ids import new_id
from masterdata.registry import NOUNS
from tests.api.people import grant, somebody
from tests.api.serving import Office
from tests.factories.stewards import Stewards, change, requested
from tests.factories.world import World

LINES = """query Proposed($id: ID!) {
  changeRequest(id: $id) { lines { nodes { noun values restrictedValues } } }
}"""


@pytest.fixture
async def request_id(house: Office, world: World) -> str:
    """The group's proposal: a supplier with a telephone, and a price of the entity."""
    stewards = Stewards(house.parts.database, house.activation, entity_id=world.entity_id)
    item, supplier = {"id": str(await world.item("lamp"))}, {"id": str(world.supplier_id)}
    baker = change("supplier", key="B", code=f"B-{world.tag}", name="The baker", currency="EUR", phone="+00 555 1000")
    price = change("supplier_price", item=item, supplier=supplier, amount="12.50", currency="EUR", lead_time_days=3)
    return encode_id("ChangeRequest", requested(await stewards.submit(baker, price)))


async def proposed(house: Office, token: str, request_id: str) -> dict[str, tuple[set[str], Any]]:
    found = await house.ask(token, LINES, id=request_id)
    lines = found["changeRequest"]["lines"]["nodes"]
    return {line["noun"]: (set(line["values"]), line["restrictedValues"]) for line in lines}


@pytest.mark.parametrize(
    ("role", "phone", "amount"),
    [
        (Role.BUYER, {"phone": "+00 555 1000"}, {"amount": "12.50"}),
        (Role.PLANNER, None, {"amount": "12.50"}),
        (Role.STEWARD_SUPPLIER, {"phone": "+00 555 1000"}, None),
        (Role.STEWARD_ITEM, None, None),
    ],
)
async def test_a_proposal_shows_what_its_reader_sees_of_such_fields(
    house: Office, world: World, request_id: str, role: Role, phone: Any, amount: Any
) -> None:
    lines = await proposed(house, await house.hire(role, world.entity_id), request_id)
    assert lines["supplier"] == ({"code", "name", "currency"}, phone)
    assert lines["supplier_price"] == ({"item", "supplier", "currency", "lead_time_days"}, amount)


async def test_who_sees_a_price_elsewhere_is_not_shown_that_of_another_entity(
    house: Office, world: World, request_id: str
) -> None:
    """A steward here who buys for another legal entity."""
    subject, elsewhere = somebody("sam"), new_id()
    await grant(house, subject, Role.STEWARD_ITEM, world.entity_id)
    await grant(house, subject, Role.BUYER, elsewhere)
    lines = await proposed(house, house.issuer.token(subject), request_id)
    assert lines["supplier_price"][1] is None


async def test_each_reveal_of_such_values_is_written_down(house: Office, world: World, request_id: str) -> None:
    subject = somebody("bea")
    await grant(house, subject, Role.BUYER, world.entity_id)
    await proposed(house, house.issuer.token(subject), request_id)
    trail = select(AuditEntry.detail).where(AuditEntry.actor == subject)
    async with house.database.worker.connect() as connection:
        (detail,) = (await connection.scalars(trail)).all()
    assert detail["revealed"] == ["ChangeRequestLine.restrictedValues"]


def test_every_restrictable_field_of_master_data_is_kept_out_of_proposals() -> None:
    kept_back = {
        f"{noun.name}.{field.name}"
        for noun in NOUNS
        for field in noun.fields
        if field.column in RESTRICTABLE.get(noun.right.resource, ())
    }
    assert kept_back == set(PROPOSED)
