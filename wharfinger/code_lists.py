"""The code lists of the standards, as a database needs them before any other master data: countries, currencies, units.

They go the way of all master data, by a change request that is approved and activated, with a person for each step. A
code that is there is the stewards': a newer edition of a standard adds codes, fills what is empty and tells when a code
was withdrawn, and changes nothing else.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from kernel.clock import Clock, system_clock
from kernel.db import Database
from kernel.statements import fetch
from kernel.writers import Writers
from masterdata.countries.noun import COUNTRY
from masterdata.currencies.noun import CURRENCY
from masterdata.governance.lifecycle import LineResult
from masterdata.governance.submit import ErrorPolicy, ProposedChange, SubmitChangeRequest
from masterdata.noun import Noun
from masterdata.standards.countries import Country, countries
from masterdata.standards.currencies import Currency, currencies
from masterdata.standards.rec20 import Unit, units
from masterdata.units.noun import UNIT
from wharfinger.governed import Governed
from wharfinger.people import OPERATING, STEWARDING, person

log = structlog.get_logger()

SYSTEM = "standards"
TITLE = "Code lists: ISO 3166-1, ISO 4217, UN/ECE Recommendation 20"
_REACH = (UUID(int=0),)
"""The lists are the group's; whoever proposes and approves them stands for no legal entity that exists."""

Values = Mapping[str, Any]
"""What a standard says of a code, as a change request proposes it."""

_KEYS_OF_FACTOR = frozenset({"numerator", "denominator"})


async def load_code_lists(database: Database, activation: Writers, *, clock: Clock = system_clock) -> int:
    """Adds what the standards have and the database lacks; answers how many codes it was."""
    governed = Governed.of(
        database,
        activation,
        submitter=person("standards", OPERATING, _REACH),
        approver=person("standards.steward", STEWARDING, _REACH),
        clock=clock,
    )
    lines = [line for noun, listed in _listed() for line in _lacking(noun, listed, await _present(governed, noun))]
    if lines:
        command = SubmitChangeRequest(
            title=TITLE, lines=tuple(lines), source_system=SYSTEM, error_policy=ErrorPolicy.REJECT_FAILED
        )
        for each in await governed.carry_through(command):
            if each.result == LineResult.REFUSED:
                # What stewards have made of their lists stands, and does not keep the server from starting.
                log.warning(
                    "code_refused", noun=each.noun, code=lines[each.line_number - 1].values["code"], why=each.message
                )
    return len(lines)


def country_values(country: Country) -> Values:
    """A country as a change request proposes it."""
    values = {"code": country.code, "alpha_3": country.alpha_3, "name": country.name}
    return {**values, **({"withdrawn_on": str(country.withdrawn_on)} if country.withdrawn_on else {})}


def currency_values(currency: Currency) -> Values:
    """A currency as a change request proposes it."""
    values = {"code": currency.code, "name": currency.name, "minor_units": currency.minor_units}
    return {**values, **({"withdrawn_on": str(currency.withdrawn_on)} if currency.withdrawn_on else {})}


def unit_values(unit: Unit) -> Values:
    """A unit as a change request proposes it."""
    factor = unit.factor and {"numerator": str(unit.factor.numerator), "denominator": str(unit.factor.denominator)}
    values = {"code": unit.code, "name": unit.name, "symbol": unit.symbol, "dimension": unit.dimension}
    return {**values, **(factor or {})}


def _listed() -> Iterator[tuple[Noun, list[Values]]]:
    yield COUNTRY, [country_values(each) for each in countries().values()]
    yield CURRENCY, [currency_values(each) for each in currencies().values()]
    yield UNIT, [unit_values(each) for each in units().values()]


async def _present(governed: Governed, noun: Noun) -> Mapping[str, Mapping[str, Any]]:
    async with governed.database.app.transaction(governed.submitter.row_context) as transaction:
        rows = await fetch(transaction.driver, select(noun.table), {})
        return {row["code"]: row for row in rows.mappings()}


def _lacking(noun: Noun, listed: list[Values], present: Mapping[str, Mapping[str, Any]]) -> Iterator[ProposedChange]:
    for values in listed:
        code = values["code"]
        lacks = values if code not in present else _empty(noun, values, present[code])
        if lacks:
            yield ProposedChange(noun=noun.name, values={**lacks, "code": code}, external_key=code)


def _empty(noun: Noun, values: Values, row: Mapping[str, Any]) -> Values:
    """What the row lacks. A factor says nothing of a unit that measures something else here; what is fixed stays."""
    lacks = {name: value for name, value in values.items() if value is not None and row[name] is None}
    is_other = "dimension" in values and values["dimension"] != row["dimension"]
    return {
        name: value
        for name, value in lacks.items()
        if not noun.by_name[name].is_fixed and not (is_other and name in _KEYS_OF_FACTOR)
    }
