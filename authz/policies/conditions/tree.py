"""The form of conditions: frozen values, and the JSON in which they are kept and proposed.

`{"and": [...]}`, `{"or": [...]}`, `{"not": ...}`, `{"=": [a, b]}` and `<> < <= > >=`, `{"in": [a, [...]]}`,
`{"between": [a, low, high]}`, `{"is_null": a}`, `{"exists": {"relation": "purchase_order_line", "where": ...}}`.
An operand is a column `{"column": "total"}`, an attribute of who asks `{"sub": "partner"}`, or a constant: a text, a
whole number, true or false, or one that says what it is, such as `{"number": "12.50"}` or `{"date": "2026-03-02"}`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

DEPTH_MAX = 8
NUMBER_MAX = 10**15
DECIMALS_MAX = 10
Value = str | int | bool | Decimal | date | datetime | UUID


class ConditionError(Exception):
    """The condition cannot be used; the message says why."""


class Comparison(StrEnum):
    """How two operands are compared."""

    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True)
class Column:
    """A column of the row."""

    name: str


@dataclass(frozen=True)
class Attribute:
    """What is known of who asks: `ids`, `partner`, or `limit.<kind of document>`."""

    name: str


@dataclass(frozen=True)
class Constant:
    """A value that the condition brings."""

    value: Value


Operand = Column | Attribute | Constant


@dataclass(frozen=True)
class And:
    """Every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Or:
    """A part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


@dataclass(frozen=True)
class Compare:
    """Two operands, compared."""

    comparison: Comparison
    left: Operand
    right: Operand


@dataclass(frozen=True)
class Among:
    """The operand is one of the constants, or of the values of an attribute that has several."""

    operand: Operand
    values: tuple[Constant, ...] | Attribute


@dataclass(frozen=True)
class Between:
    """The operand lies between the two, which belong to it."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True)
class IsNull:
    """The operand has no value."""

    operand: Operand


@dataclass(frozen=True)
class Exists:
    """The row has a row in a table that belongs to it, such as its lines, for which `where` holds."""

    relation: str
    where: "Condition"


Condition = And | Or | Not | Compare | Among | Between | IsNull | Exists


def parse_condition(form: Any, depth: int = 1) -> Condition:
    """Reads the JSON form. Raises ConditionError."""
    if depth > DEPTH_MAX:
        raise ConditionError(f"it is nested more than {DEPTH_MAX} deep")
    word, given = _single(form)
    if word in _COMPARISONS:
        left, right = _operands(given, 2)
        return Compare(Comparison(word), left, right)
    reader = _READERS.get(word)
    if reader is None:
        raise ConditionError(f"there is no operator {word!r}")
    return reader(given, depth)


def operands(condition: Condition) -> Iterator[Operand | tuple[Constant, ...]]:
    """All operands of a condition; the constants of a list together."""
    match condition:
        case And(parts) | Or(parts):
            for part in parts:
                yield from operands(part)
        case Not(part) | Exists(_, part):
            yield from operands(part)
        case Compare(_, left, right):
            yield from (left, right)
        case Between(operand, low, high):
            yield from (operand, low, high)
        case Among(operand, values):
            yield from (operand, values)
        case IsNull(operand):
            yield operand


def _parts(given: Any, depth: int) -> tuple[Condition, ...]:
    if not isinstance(given, list) or not given:
        raise ConditionError("and, or: name a list of conditions")
    return tuple(parse_condition(each, depth + 1) for each in given)


def _among(given: Any, _depth: int) -> Among:
    if not isinstance(given, list) or len(given) != 2:
        raise ConditionError("in: name an operand and its values")
    operand, values = given
    if isinstance(values, list):
        if not values:
            raise ConditionError("in: name at least one value")
        return Among(_operand(operand), tuple(_constant(each) for each in values))
    attribute = _operand(values)
    if not isinstance(attribute, Attribute):
        raise ConditionError("in: the values are a list of constants, or an attribute")
    return Among(_operand(operand), attribute)


def _exists(given: Any, depth: int) -> Exists:
    if not isinstance(given, Mapping) or set(given) != {"relation", "where"} or not isinstance(given["relation"], str):
        raise ConditionError("exists: name relation and where")
    return Exists(given["relation"], parse_condition(given["where"], depth + 1))


_COMPARISONS = frozenset(Comparison)
_READERS: Mapping[str, Callable[[Any, int], Condition]] = {
    "and": lambda given, depth: And(_parts(given, depth)),
    "or": lambda given, depth: Or(_parts(given, depth)),
    "not": lambda given, depth: Not(parse_condition(given, depth + 1)),
    "in": _among,
    "between": lambda given, _depth: Between(*_operands(given, 3)),
    "is_null": lambda given, _depth: IsNull(_operand(given)),
    "exists": _exists,
}


def _operands(given: Any, count: int) -> tuple[Operand, ...]:
    if not isinstance(given, list) or len(given) != count:
        raise ConditionError(f"name {count} operands")
    return tuple(_operand(each) for each in given)


def _operand(form: Any) -> Operand:
    if isinstance(form, Mapping):
        word, given = _single(form)
        if word in ("column", "sub"):
            if not isinstance(given, str):
                raise ConditionError(f"{word}: name it by a text")
            return Column(given) if word == "column" else Attribute(given)
    return _constant(form)


def _constant(form: Any) -> Constant:
    if isinstance(form, str | int):
        if isinstance(form, int) and abs(form) > NUMBER_MAX:
            raise ConditionError(f"a number is beyond {NUMBER_MAX}")
        return Constant(form)
    word, given = _single(form)
    reader = _CONSTANTS.get(word)
    if reader is None or not isinstance(given, str):
        raise ConditionError(f"{form!r} is no constant")
    try:
        return Constant(reader(given))
    except (ValueError, ArithmeticError):
        raise ConditionError(f"{given!r} is no {word}") from None


def _number(text: str) -> Decimal:
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -DECIMALS_MAX or abs(number) > NUMBER_MAX:
        raise ValueError
    return number


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError
    return instant


_CONSTANTS: Mapping[str, Callable[[str], Value]] = {
    "number": _number,
    "date": date.fromisoformat,
    "instant": _instant,
    "id": UUID,
}


def _single(form: Any) -> tuple[str, Any]:
    if not isinstance(form, Mapping) or len(form) != 1:
        raise ConditionError(f"{form!r} is no expression: an object with one name was expected")
    ((word, given),) = form.items()
    return str(word), given
