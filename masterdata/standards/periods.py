"""Dates as code lists give them: a day, or only its month or year."""

import calendar
from datetime import date


def last_day(text: str) -> date:
    """The day; of a month or year the last one: until then a code may have been in use."""
    year, month, day = (*(int(part) for part in text.split("-")), None, None)[:3]
    assert year is not None
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])
