"""Proposed values: from the JSON of a change request line to typed values, references, and what is wrong with them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from uuid import UUID

from kernel.refusal import Refused, invalid
from masterdata.noun import Field, Holds, Noun, Part
from masterdata.standards.form import Wrong

TEXT_LENGTH_MAX = 500
WORDS_LENGTH_MAX = 2_000
NUMBER_MAX = Decimal(10) ** 15
DECIMALS_MAX = 10
INTEGER_MAX = 2**31 - 1
YEARS = range(1900, 2201)


class By(StrEnum):
    """How a reference names an object."""

    EXTERNAL = "external"
    """By its key in the source system of the change request."""
    CODE = "code"
    ID = "id"


@dataclass(frozen=True)
class Reference:
    """Another object, as it was named."""

    noun: str
    by: By
    key: str

    def __str__(self) -> str:
        how = {By.EXTERNAL: "with the external key", By.CODE: "with the code", By.ID: "with the id"}[self.by]
        return f"{self.noun.replace('_', ' ')} {how} {self.key!r}"


@dataclass
class Reading:
    """What a line proposes. `values` and `references` hold what was named, by column; an empty one is None."""

    values: dict[str, Any] = field(default_factory=dict)
    references: dict[str, tuple[Field, Reference | None]] = field(default_factory=dict)
    parts: dict[str, list["Reading"]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def external(key: str, noun: str | None = None) -> dict[str, str]:
    """A reference by the key of the source system, as a proposed value."""
    return {"external": key, **({"noun": noun} if noun else {})}


def named(code: str, noun: str | None = None) -> dict[str, str]:
    """A reference by code, as a proposed value."""
    return {"code": code, **({"noun": noun} if noun else {})}


def read_line(noun: Noun, proposed: Mapping[str, Any]) -> Reading:
    """Reads the values of one line. Nothing is raised: what cannot be read is a problem that begins with its field."""
    reading = _read(noun, proposed)
    for part in noun.parts:
        given = proposed.get(part.name, [])
        if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
            reading.problems.append(f"{part.name}: is no list of objects")
            continue
        reading.parts[part.name] = [_read_part(part, each) for each in given]
        reading.problems += (f"{part.name}: {why}" for each in reading.parts[part.name] for why in each.problems)
    return reading


def unknown_fields(noun: Noun, proposed: Mapping[str, Any]) -> list[str]:
    """Names in the proposal that the noun does not have."""
    unknown = set(proposed) - set(noun.by_name) - {part.name for part in noun.parts}
    return sorted(unknown)


def check_words(value: str | None, *path: str | int) -> Refused | None:
    """Why words cannot be kept: they are too many, or no text."""
    if value is not None and len(value) > WORDS_LENGTH_MAX:
        return invalid(f"The text has {len(value)} characters; at most {WORDS_LENGTH_MAX} are kept.", *path)
    return check_text(value, *path)


def check_text(value: Any, *path: str | int) -> Refused | None:
    """Why a proposal cannot be kept: it has text that is no text, such as NUL or half a character."""
    if isinstance(value, str):
        unfit = "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
        return invalid("The text has a NUL or half a character in it.", *path) if unfit else None
    nested: Iterable[Any] = ()
    if isinstance(value, Mapping):
        nested = (*value.keys(), *value.values())
    elif isinstance(value, list | tuple):
        nested = value
    return next((found for each in nested if (found := check_text(each, *path))), None)


def _read_part(part: Part, proposed: Mapping[str, Any]) -> Reading:
    reading = _read(part, proposed)
    missing = (each.name for each in part.fields if part.is_required(each) and each.name not in proposed)
    reading.problems += (f"{name}: is missing" for name in missing)
    return reading


def _read(shape: Noun | Part, proposed: Mapping[str, Any]) -> Reading:
    reading = Reading()
    for declared in shape.fields:
        if declared.name not in proposed:
            continue
        raw = proposed[declared.name]
        raw = None if raw == "" else raw
        try:
            _take(shape, declared, raw, reading)
        except _Unfit as problem:
            reading.problems.append(f"{declared.name}: {problem}")
    return reading


class _Unfit(Exception):  # noqa: N818 - it is a finding
    """A value that cannot be taken."""


def _take(shape: Noun | Part, declared: Field, raw: Any, reading: Reading) -> None:
    if raw is None and shape.is_required(declared):
        raise _Unfit("is missing")
    if declared.refers_to:
        named_object = None if raw is None else _reference(declared, raw)
        reading.references[declared.column] = (declared, named_object)
        if declared.holds is Holds.CODE:
            reading.values[declared.column] = None if named_object is None else named_object.key
        return
    reading.values[declared.column] = _value(shape, declared, raw)


def _value(shape: Noun | Part, declared: Field, raw: Any) -> Any:
    if raw is None:
        # A column that has a default never is empty: to propose nothing is to propose the default.
        return shape.default_of(declared.column)
    value = _by_standard(declared, _READERS[shape.column_of(declared).type.python_type](raw))
    for check in declared.checks:
        if why := check(value):
            raise _Unfit(f"{raw!r} {why}")
    if declared.lifecycle and value not in declared.lifecycle.statuses:
        raise _Unfit(f"{raw!r} is none of {', '.join(declared.lifecycle.statuses)}")
    return value


def _by_standard(declared: Field, value: Any) -> Any:
    """The value in the form in which it is kept."""
    if declared.standard is None:
        return value
    reading = declared.standard(value)
    if isinstance(reading, Wrong):
        raise _Unfit(f"{value!r} {reading.why}")
    return reading


def _reference(declared: Field, raw: Any) -> Reference:
    if declared.holds is Holds.CODE:
        return Reference(declared.refers_to[0], By.CODE, _by_standard(declared, _text(raw)))
    if isinstance(raw, Mapping):
        noun = raw.get("noun", declared.refers_to[0])
        ways = [by for by in By if by in raw]
        if noun in declared.refers_to and len(ways) == 1:
            key = _text(raw[ways[0]])
            return Reference(noun, ways[0], str(_uuid(key)) if ways[0] is By.ID else key)
    raise _Unfit(f"{raw!r} is no reference to a {' or '.join(declared.refers_to)}: name it by external, code or id")


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise _Unfit(f"{raw!r} is no text")
    if len(raw) > TEXT_LENGTH_MAX:
        raise _Unfit(f"the text has {len(raw)} characters, and at most {TEXT_LENGTH_MAX} are kept")
    return raw


def _integer(raw: Any) -> int:
    number = _decimal(raw)
    if number != int(number) or abs(number) > INTEGER_MAX:
        raise _Unfit(f"{raw!r} is no whole number that can be kept")
    return int(number)


def _decimal(raw: Any) -> Decimal:
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise _Unfit(f"{raw!r} is no number") from None
    if isinstance(raw, bool) or not number.is_finite():
        raise _Unfit(f"{raw!r} is no number")
    exponent = number.normalize().as_tuple().exponent
    if abs(number) > NUMBER_MAX or (isinstance(exponent, int) and exponent < -DECIMALS_MAX):
        raise _Unfit(f"{raw!r} is beyond what is kept: {NUMBER_MAX:f}, with {DECIMALS_MAX} decimals")
    return number


def _day(raw: Any) -> date:
    try:
        day = date.fromisoformat(str(raw))
    except ValueError:
        raise _Unfit(f"{raw!r} is no date (YYYY-MM-DD)") from None
    if day.year not in YEARS:
        raise _Unfit(f"{raw!r} is not between the years {YEARS[0]} and {YEARS[-1]}")
    return day


def _instant(raw: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(str(raw))
    except ValueError:
        raise _Unfit(f"{raw!r} is no instant (ISO 8601)") from None
    if instant.year not in YEARS:
        raise _Unfit(f"{raw!r} is not between the years {YEARS[0]} and {YEARS[-1]}")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _boolean(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise _Unfit(f"{raw!r} is neither true nor false")
    return raw


def _uuid(raw: Any) -> UUID:
    try:
        return UUID(str(raw))
    except ValueError:
        raise _Unfit(f"{raw!r} is no id") from None


def _object(raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise _Unfit(f"{raw!r} is no object")
    return raw


_READERS: Mapping[type, Callable[[Any], Any]] = {
    object: _object,
    str: _text,
    bool: _boolean,
    int: _integer,
    Decimal: _decimal,
    date: _day,
    datetime: _instant,
    UUID: _uuid,
}
