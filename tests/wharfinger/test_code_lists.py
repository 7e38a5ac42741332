"""The code lists of a new database: through governance, once, and never over what stewards have changed."""

from datetime import UTC, date, datetime
from decimal import Decimal

from masterdata.countries.model import Country
from masterdata.currencies.model import Currency
from masterdata.governance.model import ChangeRequest, KeyMapping
from masterdata.governance.submit import ProposedChange, SubmitChangeRequest
from masterdata.standards.countries import countries
from masterdata.standards.currencies import currencies
from masterdata.standards.rec20 import units
from masterdata.units.model import Unit
from tests.factories.codes import COUNTRIES, CURRENCIES
from tests.factories.empty import EmptyGround
from wharfinger.code_lists import SYSTEM, load_code_lists
from wharfinger.governed import Governed
from wharfinger.people import OPERATING, STEWARDING, person

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def load(ground: EmptyGround) -> int:
    return await load_code_lists(ground.database, ground.activation, clock=lambda: NOW)


async def change(ground: EmptyGround, noun: str, **values: str) -> list[str]:
    """What stewards change; answers what became of it."""
    reach = [row["id"] for row in await ground.rows(Country, code="DE")]
    governed = Governed.of(
        ground.database,
        ground.activation,
        submitter=person("stella", OPERATING, reach),
        approver=person("ada", STEWARDING, reach),
    )
    line = ProposedChange(noun=noun, values=values)
    command = SubmitChangeRequest(title="Ours", lines=(line,), entity_id=None, source_system="us")
    return [result.result for result in await governed.carry_through(command)]


async def test_a_new_database_has_them_by_one_change_request(ground: EmptyGround) -> None:
    assert await load(ground) == len(countries()) - len(COUNTRIES) + len(currencies()) - len(CURRENCIES) + len(units())
    counts = [await ground.count(model) for model in (Country, Currency, Unit)]
    assert counts == [len(countries()), len(currencies()), len(units())]
    (request,) = await ground.rows(ChangeRequest)
    assert (request["status"], request["submitted_by"], request["decided_by"]) == (
        "active",
        "standards",
        "standards.steward",
    )
    (inch,) = await ground.rows(Unit, code="INH")
    assert (inch["symbol"], inch["dimension"], inch["numerator"], inch["denominator"]) == (
        "in",
        "length",
        Decimal(127),
        Decimal(5000),
    )
    (mark,) = await ground.rows(Currency, code="DEM")
    assert (mark["name"], mark["minor_units"], mark["withdrawn_on"]) == ("Deutsche Mark", 2, date(2002, 3, 31))
    assert await ground.count(KeyMapping, source_system=SYSTEM, external_key="INH", object_id=inch["id"]) == 1


async def test_a_second_start_changes_nothing(ground: EmptyGround) -> None:
    await load(ground)
    assert await load(ground) == 0
    assert await ground.count(ChangeRequest) == 1


async def test_what_stewards_have_changed_stays(ground: EmptyGround) -> None:
    """They made a unit before there were lists, call a country otherwise, and have a code that no standard has."""
    assert await change(ground, "unit", code="KGM", name="kilo", dimension="mass") == ["created"]
    assert await change(ground, "unit", code="MTR", name="metre of thread", dimension="count") == ["created"]
    assert await change(ground, "country", code="NL", name="Holland") == ["updated"]
    assert await change(ground, "country", code="XK", alpha_3="XKX", name="Kosovo") == ["created"]
    await load(ground)
    (kilogram,) = await ground.rows(Unit, code="KGM")
    (metre,) = await ground.rows(Unit, code="MTR")
    assert (kilogram["name"], kilogram["symbol"], kilogram["numerator"]) == ("kilo", "kg", 1)
    assert (metre["dimension"], metre["symbol"], metre["numerator"]) == ("count", "m", None)
    assert [row["name"] for row in await ground.rows(Country, code="NL")] == ["Holland"]
    assert await ground.count(Country, code="XK") == 1
    assert await load(ground) == 0
