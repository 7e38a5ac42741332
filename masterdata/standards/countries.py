"""Countries (ISO 3166-1), with those that are no more: what was made in East Germany has a country of origin.

A code that was given to another country since means that one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pycountry

from masterdata.standards.form import Reading, Wrong
from masterdata.standards.periods import last_day

_SHAPE = re.compile("[A-Z]{2}")
_NONE = Wrong("is no country code of ISO 3166-1, such as DE")


@dataclass(frozen=True)
class Country:
    """A country of the standard."""

    code: str
    alpha_3: str
    name: str
    withdrawn_on: date | None = None


@cache
def countries() -> Mapping[str, Country]:
    """All of them, by their codes of two letters."""
    present = {each.alpha_2: _country(each) for each in pycountry.countries}
    past = sorted((_country(each) for each in pycountry.historic_countries if hasattr(each, "alpha_2")), key=_ended)
    return {**{each.code: each for each in past}, **present}


def country_in_use(text: str) -> Reading:
    """The code of a country that there is. One that the standard does not know is left to the governed list."""
    code = text.strip().upper()
    if not _SHAPE.fullmatch(code):
        return _NONE
    known = countries().get(code)
    if known is not None and known.withdrawn_on is not None:
        return Wrong(
            f"is the code of {known.name}, withdrawn on {known.withdrawn_on}: use the code of what followed it"
        )
    return code


def country(text: str) -> Reading:
    """The code of a country of ISO 3166-1 that there is."""
    code = country_in_use(text)
    if isinstance(code, Wrong) or code in countries():
        return code
    return _NONE


def _country(listed: Any) -> Country:
    ended = getattr(listed, "withdrawal_date", None)
    return Country(listed.alpha_2, listed.alpha_3, listed.name, last_day(ended) if ended else None)


def _ended(country: Country) -> date:
    return country.withdrawn_on or date.max
