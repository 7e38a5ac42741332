"""Currencies (ISO 4217), with those that were withdrawn and how many decimals amounts have.

The list of today comes from pycountry. That of the withdrawn ones (table A.3) stands beside this file: the standard
gives the month in which each was withdrawn.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources

import pycountry

from kernel.money import minor_digits
from masterdata.standards.form import Reading, Wrong
from masterdata.standards.periods import last_day

_OF_NO_COUNTRY = frozenset({"XDR", "XSU", "XUA", "XXX", "XTS"})
_METALS_AND_BONDS = frozenset({"XAG", "XAU", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD"})
WITHOUT_MINOR_UNIT = _OF_NO_COUNTRY | _METALS_AND_BONDS
"""Units of account, metals and bonds: the standard names no decimals."""

_SHAPE = re.compile("[A-Z]{3}")
_NONE = Wrong("is no currency code of ISO 4217, such as EUR")


@dataclass(frozen=True)
class Currency:
    """A currency of the standard."""

    code: str
    name: str
    minor_units: int | None
    """Decimals of an amount; None where the standard names none."""
    withdrawn_on: date | None = None


@cache
def currencies() -> Mapping[str, Currency]:
    """All of them, by their codes."""
    present = (_currency(each.alpha_3, each.name) for each in pycountry.currencies)
    by_code = {each.code: each for each in (*_withdrawn(), *present)}
    return dict(sorted(by_code.items()))


def currency_in_use(text: str) -> Reading:
    """The code of a currency that there is. One that the standard does not know is left to the governed list."""
    code = text.strip().upper()
    if not _SHAPE.fullmatch(code):
        return _NONE
    known = currencies().get(code)
    if known is not None and known.withdrawn_on is not None:
        return Wrong(f"is the code of {known.name}, withdrawn in {known.withdrawn_on:%Y-%m}: use what followed it")
    return code


def currency(text: str) -> Reading:
    """The code of a currency of ISO 4217 that there is."""
    code = currency_in_use(text)
    if isinstance(code, Wrong) or code in currencies():
        return code
    return _NONE


def _withdrawn() -> Iterator[Currency]:
    file = resources.files("masterdata.standards") / "withdrawn_currencies.csv"
    for row in csv.DictReader(file.read_text("utf-8").splitlines()):
        yield _currency(row["code"], row["name"], last_day(row["until"]))


def _currency(code: str, name: str, withdrawn_on: date | None = None) -> Currency:
    return Currency(code, name, None if code in WITHOUT_MINOR_UNIT else minor_digits(code), withdrawn_on)
