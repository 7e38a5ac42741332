"""Checks of single values: each says what is wrong in words that the person who typed the value understands."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from masterdata.noun import Check

LEAD_TIME_DAYS_MAX = 3650
"""Whoever counts days from today with it stays in the calendar."""
CODE_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}"


def matching(pattern: str, meaning: str) -> Check:
    """The text has this form."""
    compiled = re.compile(pattern)

    def check(value: str) -> str | None:
        return None if compiled.fullmatch(value) else f"is not {meaning}"

    return check


def among(values: Iterable[str]) -> Check:
    """The text is one of these."""
    known = tuple(values)

    def check(value: str) -> str | None:
        return None if value in known else f"is none of {', '.join(known)}"

    return check


def at_least(least: int) -> Check:
    """The number is not smaller."""

    def check(value: Decimal | int) -> str | None:
        return None if value >= least else f"is less than {least}"

    return check


def at_most(most: int) -> Check:
    """The number is not greater."""

    def check(value: Decimal | int) -> str | None:
        return None if value <= most else f"is more than {most}"

    return check


def more_than(limit: int) -> Check:
    """The number is greater."""

    def check(value: Decimal | int) -> str | None:
        return None if value > limit else f"is not more than {limit}"

    return check


def whole(value: Decimal) -> str | None:
    """The number has no decimals."""
    return None if value == int(value) else "is no whole number"


def known_time_zone(value: Any) -> str | None:
    """The time zone is in the IANA database."""
    return None if value in available_timezones() else "is no IANA time zone, such as Europe/Berlin"


code = matching(CODE_PATTERN, "a code: 1 to 40 letters, digits, dots, dashes, slashes or underscores")
lead_time = (at_least(0), at_most(LEAD_TIME_DAYS_MAX))
