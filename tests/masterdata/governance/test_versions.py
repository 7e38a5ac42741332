"""Versions: what an object was and when, chained by hashes that anybody can compute again."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Text, cast, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.invariants.prove import check_invariants
from kernel.events import EventRecord
from masterdata.governance.model import MasterVersion
from masterdata.items.model import Item
from tests.databases import driver_of
from tests.factories.stewards import Stewards, change, done, item, mill, requested, unit


async def versions_of(stewards: Stewards, noun: str, object_id: Any) -> list[Any]:
    """The versions of an object in their order, with their content as PostgreSQL writes it."""
    columns = (
        MasterVersion.number,
        MasterVersion.recorded_at,
        MasterVersion.closed_at,
        func.lower(MasterVersion.valid_during).label("since"),
        func.upper(MasterVersion.valid_during).label("until"),
        cast(MasterVersion.content, Text()).label("written"),
        MasterVersion.content,
        MasterVersion.changed,
        MasterVersion.previous_hash,
        MasterVersion.hash,
    )
    statement = select(*columns).where(MasterVersion.noun == noun, MasterVersion.object_id == object_id)
    async with stewards.database.worker.connect() as connection:
        return list(await connection.execute(statement.order_by(MasterVersion.number)))


async def rope_of(stewards: Stewards) -> Any:
    row = await stewards.row(Item, sku=f"rope-{stewards.tag}")
    assert row is not None
    return row


async def test_each_activation_leaves_a_version(stewards: Stewards) -> None:
    first = stewards.now
    nails = item(stewards, "nail", units=[{"unit": "XBX", "numerator": 500}])
    await stewards.change(unit("C62"), unit("XBX"), item(stewards, "rope"), nails)
    stewards.now = first + timedelta(days=1)
    boxed = [{"unit": "XBX", "numerator": 12}]
    await stewards.change(change("item", key="rope", name="Rope, hemp", units=boxed))
    rope = await rope_of(stewards)
    old, new = await versions_of(stewards, "item", rope["id"])
    assert (old.number, old.since, old.until, old.closed_at) == (1, first, stewards.now, stewards.now)
    assert (new.number, new.since, new.until, new.recorded_at) == (2, stewards.now, None, stewards.now)
    assert (old.content["name"], old.content["units"]) == ("rope", [])
    assert (new.content["name"], new.content["units"][0]["numerator"]) == ("Rope, hemp", 12)
    assert new.changed == ["name", "name_normalised", "units"]
    assert rope["version"] == new.content["version"] == 2


async def test_the_chain_is_computed_again_without_the_database(stewards: Stewards) -> None:
    for name in ("one", "two", "three"):
        await stewards.change(mill(stewards, name=name))
    (told,) = await stewards.rows(MasterVersion, noun="supplier", number=3, change_request_id=await latest(stewards))
    previous = ""
    for version in await versions_of(stewards, "supplier", told["object_id"]):
        since, recorded = (f"{each:%Y-%m-%dT%H:%M:%S.%fZ}" for each in (version.since, version.recorded_at))
        words = (previous, "supplier", str(told["object_id"]), str(version.number), since, recorded, version.written)
        assert sha256("|".join(words).encode()).hexdigest() == version.hash
        assert (version.previous_hash or "") == previous
        previous = version.hash
    assert previous == told["hash"]


async def latest(stewards: Stewards) -> Any:
    async with stewards.database.worker.connect() as connection:
        return (await connection.execute(text("SELECT id FROM change_request ORDER BY id DESC LIMIT 1"))).scalar_one()


async def test_two_changes_at_one_instant_follow_each_other(stewards: Stewards) -> None:
    await stewards.change(mill(stewards))
    await stewards.change(mill(stewards, name="Mill & Sons"))
    (row,) = await stewards.rows(MasterVersion, noun="supplier", number=2, change_request_id=await latest(stewards))
    one, two = await versions_of(stewards, "supplier", row["object_id"])
    assert one.until == two.since == stewards.now + timedelta(microseconds=1)


async def test_no_two_versions_hold_at_one_instant(stewards: Stewards, migrate_engine: AsyncEngine) -> None:
    await stewards.change(mill(stewards))
    (row,) = await stewards.rows(MasterVersion, noun="supplier", number=1, change_request_id=await latest(stewards))
    twin = (
        "INSERT INTO master_version (id, noun, object_id, number, valid_during, recorded_at, content, changed, hash)"
        " SELECT uuidv7(), noun, object_id, 2, tstzrange(now(), NULL), now(), content, changed, hash"
        " FROM master_version WHERE id = :id"
    )
    async with migrate_engine.connect() as connection:
        with pytest.raises(DBAPIError, match="uq_master_version_valid_during"):
            await connection.execute(text(twin), {"id": row["id"]})


@pytest.mark.parametrize(
    "forged",
    [
        {"content": {"name": "Forged"}},
        {"recorded_at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"previous_hash": "0" * 64},
    ],
    ids=lambda forged: next(iter(forged)),
)
async def test_a_forged_version_is_found(
    stewards: Stewards, migrate_engine: AsyncEngine, forged: dict[str, Any]
) -> None:
    await stewards.change(mill(stewards))
    await stewards.change(mill(stewards, name="Mill & Sons"))
    (row,) = await stewards.rows(MasterVersion, noun="supplier", number=2, change_request_id=await latest(stewards))
    async with migrate_engine.connect() as connection:
        driver = await driver_of(connection)
        assert "versions_are_chained" not in {each.name for each in await check_invariants(driver, None)}
        await connection.execute(update(MasterVersion).where(MasterVersion.id == row["id"]).values(**forged))
        found = {each.name: each for each in await check_invariants(driver, None)}
        assert [each.subject_id for each in found["versions_are_chained"].examples] == [row["object_id"]]
        await connection.rollback()


async def test_everybody_is_told_but_not_of_what_is_kept_back(stewards: Stewards) -> None:
    stewards.petra = stewards.person("petra", *(grant.role for grant in stewards.anna.grants))
    request_id = requested(await stewards.submit(mill(stewards, phone="555 0199", city="Bergen")))
    done(await stewards.approve(request_id, actor=stewards.person("bea", *(g.role for g in stewards.anna.grants))))
    done(await stewards.activate(request_id))
    (version,) = await stewards.rows(MasterVersion, change_request_id=request_id)
    (event,) = await stewards.rows(EventRecord, subject_id=version["object_id"])
    assert (event["type"], event["subject_type"], event["entity_id"]) == ("MasterDataChanged", "Supplier", None)
    told = event["payload"]
    assert (told["noun"], told["number"], told["values"]["city"]) == ("supplier", 1, "Bergen")
    assert not {"phone", "contact", "iban"} & told["values"].keys()
    assert version["content"]["phone"] == "555 0199"
