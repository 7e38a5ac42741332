"""The few codes that the companies of the tests live by, written once into the template of all test databases."""

from typing import Any

from sqlalchemy.engine import URL

from kernel.contexts import SHARED, ContextKey, Signer
from kernel.ids import new_id
from kernel.statements import insert
from kernel.writers import Writers
from masterdata.countries.model import Country
from masterdata.currencies.model import Currency
from masterdata.standards import countries as standard
from masterdata.standards import currencies as money
from masterdata.standards.countries import countries
from masterdata.standards.currencies import currencies

COUNTRIES = (
    "AR", "AT", "AU", "BE", "BR", "CA", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "JP", "MX", "NL", "NO",
    "PL", "PT", "SE", "SG", "US", "VE",
)  # fmt: skip
CURRENCIES = ("BHD", "CHF", "EUR", "GBP", "JPY", "NOK", "SEK", "USD")


async def write_codes(url: URL, key: ContextKey) -> None:
    """Writes them as activation does; `url` signs in as the activate role."""
    writers = Writers(url, size=1, signer=Signer(key))
    async with writers.transaction(SHARED) as transaction:
        await insert(transaction.driver, Country, [_country(countries()[code]) for code in COUNTRIES])
        await insert(transaction.driver, Currency, [_currency(currencies()[code]) for code in CURRENCIES])
        await transaction.commit()
    await writers.close()


def _country(country: standard.Country) -> dict[str, Any]:
    return {"id": new_id(), "code": country.code, "alpha_3": country.alpha_3, "name": country.name}


def _currency(currency: money.Currency) -> dict[str, Any]:
    return {"id": new_id(), "code": currency.code, "name": currency.name, "minor_units": currency.minor_units}
