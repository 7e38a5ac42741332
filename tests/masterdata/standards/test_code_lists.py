"""Code lists: what the standards have, held against a second source where it is there."""

import csv
import os
import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from masterdata.standards.countries import countries, country, country_in_use
from masterdata.standards.currencies import currencies, currency, currency_in_use
from masterdata.standards.form import Wrong
from masterdata.standards.periods import last_day
from masterdata.standards.rec20 import MOVED_TO_PACKAGES, dimensions, unit_in_use, unit_measuring, units
from masterdata.standards.rec20 import unit as rec20

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("WHARFINGER_SHARED_DATA", ROOT.parent.joinpath("shared", "data"))) / "refdata"
compared = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the code lists to compare with are not beside the repository"
)

_TENFOLD = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_NUMBER = re.compile(r"(?P<number>\d[\d ]*(?:,[\d ]+)?)?\s*\S?\s*(?:10(?P<tens>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?")
_POWER = re.compile(r"10(?P<tens>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)")
OTHERWISE = {
    "A48": "a fraction",
    "APZ": "a tenth of it",
    "BQL": "in curie",
    "CTM": "in milligrams",
    "DRI": "in grams",
    "DWT": "in grams",
    "LBT": "in grams",
    "MIK": "in square kilometres",
    "P94": "in bytes",
    "P95": "in bytes",
    "Q34": "a power of ten written as -12",
    "SCR": "in grams",
}
"""Codes whose factor the list gives otherwise than by the base unit."""


def read(file: str) -> Iterator[Mapping[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def test_countries_of_today_and_of_yesterday() -> None:
    germany, east = countries()["DE"], countries()["DD"]
    assert (germany.alpha_3, germany.name, germany.withdrawn_on) == ("DEU", "Germany", None)
    assert (east.name, east.withdrawn_on) == ("German Democratic Republic", date(1990, 10, 30))
    assert countries()["CS"].withdrawn_on == date(2006, 9, 26), "the later of the two that had this code"
    assert countries()["SK"].name == "Slovakia", "and not Sikkim"
    assert countries()["AI"].withdrawn_on is None
    assert country(" de ") == "DE"
    assert country_in_use("XK") == "XK", "the governed list may have what the standard has not"
    assert country("XK") == Wrong("is no country code of ISO 3166-1, such as DE")
    withdrawn = country("DD")
    assert isinstance(withdrawn, Wrong)
    assert "German Democratic Republic, withdrawn on 1990-10-30" in withdrawn.why


def test_currencies_with_their_decimals() -> None:
    decimals = {code: currencies()[code].minor_units for code in ("EUR", "JPY", "BHD", "CLF", "UYI", "XAU", "XDR")}
    assert decimals == {"EUR": 2, "JPY": 0, "BHD": 3, "CLF": 4, "UYI": 0, "XAU": None, "XDR": None}
    assert currencies()["HRK"].withdrawn_on == date(2023, 1, 31)
    assert currency("eur") == "EUR"
    assert currency_in_use("QQQ") == "QQQ"
    assert currency("QQQ") == Wrong("is no currency code of ISO 4217, such as EUR")
    assert currency("DEM") == Wrong("is the code of Deutsche Mark, withdrawn in 2002-03: use what followed it")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1990-10-30", date(1990, 10, 30)),
        ("2004-02", date(2004, 2, 29)),
        ("1977", date(1977, 12, 31)),
    ],
)
def test_a_month_or_year_ends_with_its_last_day(text: str, day: date) -> None:
    assert last_day(text) == day


@pytest.mark.parametrize(
    ("code", "dimension", "factor"),
    [
        ("INH", "length", Fraction(254, 10000)),
        ("NMI", "length", Fraction(1852)),
        ("LBR", "mass", Fraction(45359237, 100000000)),
        ("ONZ", "mass", Fraction(45359237, 1600000000)),
        ("GLL", "volume", 231 * Fraction(254, 10000) ** 3),
        ("GLI", "volume", Fraction(454609, 100000000)),
        ("ACR", "area", 43560 * Fraction(1200, 3937) ** 2),
        ("KWH", "energy", Fraction(3_600_000)),
        ("PS", "pressure", Fraction(45359237, 10**8) * Fraction(980665, 10**5) / Fraction(254, 10000) ** 2),
        ("KMH", "speed", Fraction(5, 18)),
        ("DZN", "count", Fraction(12)),
        ("GRO", "count", Fraction(144)),
        ("2P", "information", Fraction(8000)),
        ("XBX", "count", None),
        ("CEL", "temperature", None),
        ("MON", "time", None),
    ],
)
def test_factors_are_made_from_definitions(code: str, dimension: str, factor: Fraction | None) -> None:
    assert (units()[code].dimension, units()[code].factor) == (dimension, factor)


def test_every_dimension_has_its_base() -> None:
    bases: dict[str, list[str]] = {each: [] for each in dimensions()}
    for unit in units().values():
        if unit.factor == Fraction(1):
            bases[unit.dimension].append(unit.code)
    assert [each for each, codes in bases.items() if not codes] == ["level"], "decibels are no multiple of anything"
    assert (bases["mass"], bases["length"], bases["time"]) == (["KGM"], ["MTR"], ["SEC"])


def test_what_was_given_up_names_what_to_use() -> None:
    assert rec20("BX") == Wrong("was given up by UN/ECE Recommendation 20: use XBX, box")
    assert rec20("PF") == Wrong("was given up by UN/ECE Recommendation 20: use XPX, pallet")
    assert all(isinstance(unit_in_use(code), Wrong) for code in MOVED_TO_PACKAGES)
    assert rec20(" mtr ") == "MTR"
    assert unit_in_use("ZZ9") == "ZZ9"
    assert isinstance(rec20("ZZ9"), Wrong)


def test_a_weight_is_not_measured_in_metres() -> None:
    mass = unit_measuring("mass")
    assert mass("grm") == "GRM"
    assert mass("ZZ9") == "ZZ9"
    assert mass("MTR") == Wrong("is a unit of length: use one of mass, such as KGM")
    assert isinstance(mass("BX"), Wrong)


@compared
def test_countries_agree() -> None:
    present = {each.code: each.alpha_3 for each in countries().values() if each.withdrawn_on is None}
    listed = {row["ISO3166-1-Alpha-2"]: row["ISO3166-1-Alpha-3"] for row in read("country_codes.csv")}
    assert {code: present.get(code) for code in listed} == listed


@compared
def test_currencies_agree() -> None:
    present: dict[str, int | None] = {}
    past: dict[str, list[str]] = {}
    for row in read("iso4217_currency_codes.csv"):
        if row["WithdrawalDate"]:
            past.setdefault(row["AlphabeticCode"], []).append(
                re.findall(r"\d{4}(?:-\d\d\b)?", row["WithdrawalDate"])[-1]
            )
        elif row["AlphabeticCode"]:
            present[row["AlphabeticCode"]] = None if row["MinorUnit"] == "-" else int(row["MinorUnit"])
    ours = currencies().values()
    assert {each.code: each.minor_units for each in ours if each.withdrawn_on is None} == present
    gone = {code: last_day(max(dates)) for code, dates in past.items() if code not in present}
    assert {each.code: each.withdrawn_on for each in ours if each.withdrawn_on} == gone


@compared
def test_units_agree() -> None:
    """Our factors are exact, and those of the list rounded: to six digits they are the same."""
    listed = {row["CommonCode"]: row for row in read("unece_rec20_units.csv")}
    ours = {code: unit for code, unit in units().items() if not code.startswith("X") or code == "X1"}
    assert sorted(set(ours) - set(listed)) == []
    assert [code for code in ours if listed[code]["Status"] == "X"] == []
    told = {
        code: (unit.factor, _factor(listed[code]["ConversionFactor"])) for code, unit in ours.items() if unit.factor
    }
    off = [
        code
        for code, (exact, rounded) in told.items()
        if rounded is not None and abs(float(exact / rounded) - 1) > 3e-3
    ]
    assert sorted(off) == sorted(OTHERWISE)
    close = [code for code, (exact, rounded) in told.items() if rounded and abs(float(exact / rounded) - 1) < 2e-6]
    assert len(close) > 300
    given_up = {code for code, row in listed.items() if row["Status"] == "X"}
    assert given_up >= MOVED_TO_PACKAGES


def _factor(text: str) -> Fraction | None:
    """The number before the unit; None where there is none."""
    text = text.replace("\xa0", " ").strip()
    if not text:
        return None
    if power := _POWER.match(text):
        return Fraction(10) ** int(power["tens"].translate(_TENFOLD))
    found = _NUMBER.match(text)
    if found is None or not found["number"]:
        return None
    number = Fraction(found["number"].replace(" ", "").replace(",", "."))
    return number * Fraction(10) ** int((found["tens"] or "0").translate(_TENFOLD))
