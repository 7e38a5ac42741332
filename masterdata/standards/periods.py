"""Dates as code lists give them: a day, or only its month or year."""

import calendar
from datetime import date


def last_day(text: str) -> date:
    """The day; of a month or year the last one: until then a code may have been in use."""
    year, *rest = (int(part) for part in text.split("-"))
    month = rest[0] if rest else 12
    return date(year, month, rest[1] if len(rest) > 1 else calendar.monthrange(year, month)[1])
