"""Units of measure: common codes of UN/ECE Recommendation 20, and those of packages, which are X and a code of
Recommendation 21.

The list beside this file gives each unit its dimension and how many of the SI base unit of the dimension it is:
exactly, as a fraction made from the definitions (an inch is 0.0254 m, a US gallon 231 cubic inches). What the
Recommendation rounds is not rounded here. Units without a factor are packages, whose content each item tells, and units
that are no multiple of the base: Celsius and Fahrenheit have a zero of their own, months differ, a degree of arc is no
fraction of a radian.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources

from masterdata.standards.form import Reading, Standard, Wrong

MOVED_TO_PACKAGES = frozenset(
    {
        "AM", "BD", "BE", "BG", "BJ", "BK", "BL", "BO", "BR", "BX", "CA", "CH", "CL", "CO", "CR", "CS", "CT", "CY",
        "DR", "JG", "JR", "KG", "MT", "PA", "PG", "PK", "PL", "PU", "RD", "RG", "RL", "RO", "SA", "SL", "SO", "ST",
        "TK", "TN", "TU", "TY", "VI",
    }
)  # fmt: skip
"""Codes that Recommendation 20 has given up: the same package is now X and this code."""
_FOLLOWED_BY = {"PF": "XPX", "EV": "XEN", "NPR": "PR", "NRL": "XRO", "Z2": "XCH", "Z3": "XCK", "4A": "XBB"}
"""Other codes that were given up or should not be used any more, and what stands for them."""


@dataclass(frozen=True)
class Unit:
    """A unit of the Recommendations."""

    code: str
    name: str
    symbol: str | None
    dimension: str
    factor: Fraction | None
    """How many of the base unit of the dimension it is; None where it is no multiple of it."""


@cache
def units() -> Mapping[str, Unit]:
    """All of them, by their codes."""
    file = resources.files("masterdata.standards") / "rec20.csv"
    listed = csv.DictReader(file.read_text("utf-8").splitlines())
    return {row["code"]: _unit(row) for row in listed}


@cache
def dimensions() -> tuple[str, ...]:
    """What units measure."""
    return tuple(dict.fromkeys(unit.dimension for unit in units().values()))


def unit_in_use(text: str) -> Reading:
    """The code of a unit that was not given up. One that is not in the list is left to the governed one."""
    code = text.strip().upper()
    followed_by = f"X{code}" if code in MOVED_TO_PACKAGES else _FOLLOWED_BY.get(code)
    if followed_by is not None:
        return Wrong(f"was given up by UN/ECE Recommendation 20: use {followed_by}, {units()[followed_by].name}")
    return code


def unit(text: str) -> Reading:
    """The code of a unit of the list that is in use."""
    code = unit_in_use(text)
    if isinstance(code, Wrong) or code in units():
        return code
    return Wrong("is no common code of UN/ECE Recommendation 20, such as C62 (one) or KGM (kilogram)")


def unit_measuring(dimension: str) -> Standard:
    """The code of a unit in use of this dimension; of a unit that is not in the list it is not known."""
    example = next(each for each in units().values() if each.dimension == dimension and each.factor == 1)

    def read(text: str) -> Reading:
        code = unit_in_use(text)
        if isinstance(code, Wrong) or code not in units() or units()[code].dimension == dimension:
            return code
        return Wrong(f"is a unit of {units()[code].dimension}: use one of {dimension}, such as {example.code}")

    return read


def _unit(row: Mapping[str, str]) -> Unit:
    factor = Fraction(int(row["numerator"]), int(row["denominator"])) if row["numerator"] else None
    return Unit(row["code"], row["name"], row["symbol"] or None, row["dimension"], factor)
