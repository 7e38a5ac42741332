"""Variables taken apart: their shape decides the plan of an operation, their scalars are bound to its statement.

The shape is everything but texts, numbers, instants and ids: which variables and which parts of them are given, what is
null, true or false, and every enum value. Requests of one shape differ in nothing that a plan could depend on, so they
share it. While a plan is made, a `Given` stands in the place of each scalar; what becomes of the scalar later, for each
request, is a `Source`.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import count
from typing import Any

Shape = Hashable
"""Equal for variables that differ in scalars only."""

_SCALAR, _OBJECT, _LIST = "scalar", "object", "list"
_SCALARS = frozenset({str, int, float, Decimal})
"""The types of most scalars, which are known at once; those of others are not listed."""


@dataclass(frozen=True, slots=True)
class Given:
    """Stands for the scalar with this number: one value, or a list of nothing but values, and not empty."""

    index: int


def separate(values: Mapping[str, Any]) -> tuple[Shape, list[Any]]:
    """The shape of coerced variables, and their scalars in its order."""
    scalars: list[Any] = []
    return _shape(values, scalars), scalars


def placed(shape: Shape) -> dict[str, Any]:
    """Variables of this shape, with a `Given` for each scalar."""
    variables = _placed(shape, count())
    assert isinstance(variables, dict)
    return variables


def leaf_count(shape: Shape) -> int:
    """How many scalars, enum values and the like a shape has."""
    if not isinstance(shape, tuple):
        return 1
    kind, *parts = shape
    return sum(leaf_count(part[1] if kind == _OBJECT else part) for part in parts)


def _shape(value: Any, scalars: list[Any]) -> Shape:
    if type(value) in _SCALARS:
        scalars.append(value)
        return _SCALAR
    if value is None or isinstance(value, bool | Enum):
        return value
    if isinstance(value, Mapping):
        return (_OBJECT, *((name, _shape(part, scalars)) for name, part in value.items()))
    if isinstance(value, list) and not (value and all(_is_scalar(part) for part in value)):
        return (_LIST, *(_shape(part, scalars) for part in value))
    scalars.append(value)
    return _SCALAR


def _is_scalar(value: Any) -> bool:
    return value is not None and not isinstance(value, bool | Enum | Mapping | list)


def _placed(shape: Any, numbers: Iterator[int]) -> Any:
    match shape:
        case "scalar":
            return Given(next(numbers))
        case ("object", *parts):
            return {name: _placed(part, numbers) for name, part in parts}
        case ("list", *parts):
            return [_placed(part, numbers) for part in parts]
    return shape


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value comes from: an argument, in which scalars of the request may stand, and what is made of it."""

    argument: Any
    convert: Callable[[Any], Any] | None = None

    def value(self, scalars: Sequence[Any]) -> Any:
        """The value in one request. `convert` raises a GraphQLError for what it cannot take."""
        argument = filled(self.argument, scalars)
        return argument if self.convert is None else self.convert(argument)


def source(argument: Any, convert: Callable[[Any], Any] | None = None) -> Source:
    """The source of a value; of one that is the same in every request, the value itself."""
    made = Source(argument, convert)
    return made if varies(argument) else Source(made.value(()))


def varies(argument: Any) -> bool:
    """Whether a scalar of the request stands in the argument."""
    return isinstance(argument, Given) or (isinstance(argument, list) and any(varies(each) for each in argument))


def filled(argument: Any, scalars: Sequence[Any]) -> Any:
    """The argument with the scalars of one request."""
    if type(argument) is Given:
        return scalars[argument.index]
    return [filled(each, scalars) for each in argument] if type(argument) is list else argument
