"""Fields that hold a code of a governed code list: a country, a currency, a unit.

The code must be in the list. What the standard has withdrawn is refused with the words of the standard, whatever the
list says: the list keeps it for what was written before.
"""

from masterdata.noun import Field, code_of
from masterdata.standards.countries import country_in_use
from masterdata.standards.currencies import currency_in_use
from masterdata.standards.rec20 import unit_in_use, unit_measuring


def country(name: str = "country") -> Field:
    """A country."""
    return code_of("country", name, standard=country_in_use)


def currency(name: str = "currency") -> Field:
    """A currency."""
    return code_of("currency", name, standard=currency_in_use)


def unit(name: str, *, of: str | None = None) -> Field:
    """A unit of measure; of one dimension, where that is said."""
    return code_of("unit", name, standard=unit_measuring(of) if of else unit_in_use)
