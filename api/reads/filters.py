"""`where`: from the client's conditions to a tree of comparisons (conditions.py makes SQL of it).

Only columns and relations on a node's allow-list can be named, so every condition has an index behind it. Conditions
beside each other hold together; `or` takes a list of alternatives; `not` is the exact complement, rows with NULL
included. `some` and `none` look into a to-many relation; `search` finds a word anywhere in the texts of an object.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from api.reads.errors import bad_argument, public_id
from api.reads.kinds import BOOLEAN, CASELESS, JSON_, STRING, Kind
from api.reads.plan import AllOf, AnyOf, Comparison, Condition, Not, Search, Slot, Some
from api.reads.registry import FilterField, ManyField, ObjectType

IN_LIST_MAX = 1000
DEPTH_MAX = 10
"""How many conditions may stand inside each other."""
GROUPS_MAX = 100
"""How many columns, operators, relations and groups a `where` may name: the statement grows with these."""
SEARCH_LENGTH_MIN = 3
"""An index of trigrams knows nothing shorter."""
SEARCH_LENGTH_MAX = 100

Keep = Callable[[Any, Callable[[Any], Any]], Slot]
"""Makes a slot for an argument's value, which is checked and converted for each request."""

_EQUALITY = ("eq", "in")
_RANGE = ("gt", "gte", "lt", "lte")
_LIKE_SIGN = re.compile(r"[\\%_]")
_ESCAPED = r"\\\g<0>"
_SLOT = "value_"


def operators_of(field: FilterField) -> tuple[str, ...]:
    """The operators that a column offers. Each can use an index under row security."""
    if field.kind is BOOLEAN:
        return ("eq", "isNull")
    if field.kind is CASELESS:
        return ("eq", "startsWith")
    if field.target or (isinstance(field.kind.annotation, type) and issubclass(field.kind.annotation, Enum)):
        return (*_EQUALITY, "isNull")
    prefix = ("startsWith",) if field.kind is STRING else ()
    return (*_EQUALITY, *_RANGE, *prefix, "isNull")


CheckFilter = Callable[[ObjectType, Iterable[str], str], None]
"""Raises a GraphQLError for fields of a type by which the reader may not filter: what is masked must not show itself by
what a condition finds. The last argument names the place of the condition."""


@dataclass(frozen=True)
class WhereReader:
    """Reads `where` inputs: `keep` makes the slots of their values."""

    keep: Keep
    check: CheckFilter

    def condition(self, where: Mapping[str, Any], of: ObjectType, place: str = "where") -> AllOf:
        """The tree of an input. `place` names the input in messages."""
        if place.count(".") > DEPTH_MAX:
            raise bad_argument(f"Conditions may be nested {DEPTH_MAX} deep at most.")
        if groups_in(where) > GROUPS_MAX:
            raise bad_argument(f"{place} may have {GROUPS_MAX} conditions at most.")
        return AllOf(tuple(chain.from_iterable(self._named(name, where[name], of, place) for name in where)))

    def _named(self, name: str, given: Any, of: ObjectType, place: str) -> Iterable[Condition]:
        here = f"{place}.{name}"
        if given is None:
            raise bad_argument(f"{here} cannot be null; leave it out.")
        if name in ("and", "or"):
            group = tuple(self.condition(each, of, here) for each in given)
            return (AllOf(group) if name == "and" else AnyOf(group),)
        if name == "not":
            return (Not(self.condition(given, of, here)),)
        if name == "search" and of.node.search:
            self.check(of, of.searched, here)
            return (Search(of, self.keep(given, lambda text: _pattern(here, text))),)
        self.check(of, (name,), here)
        if name in of.related:
            return self._related(given, of.related[name], here)
        return [comparison(f"{here}.{each}", each, given[each], of.filters[name], self.keep) for each in given]

    def _related(self, given: Mapping[str, Any], field: ManyField, place: str) -> Iterator[Some]:
        for name, where in given.items():
            if where is None:
                raise bad_argument(f"{place}.{name} cannot be null; leave it out.")
            yield Some(field, self.condition(where, field.target, f"{place}.{name}"), negated=name == "none")


def groups_in(given: Any) -> int:
    """How many objects stand inside an input."""
    if isinstance(given, Mapping):
        return sum(1 + groups_in(part) for part in given.values())
    return sum(1 + groups_in(part) for part in given if isinstance(part, Mapping)) if isinstance(given, list) else 0


def _pattern(place: str, text: str) -> str:
    """What LIKE finds a text by, anywhere; its own signs are taken as they are."""
    wanted = text.strip()
    if not SEARCH_LENGTH_MIN <= len(wanted) <= SEARCH_LENGTH_MAX:
        raise bad_argument(f"{place} takes {SEARCH_LENGTH_MIN} to {SEARCH_LENGTH_MAX} characters, not {len(wanted)}.")
    return f"%{_LIKE_SIGN.sub(_ESCAPED, wanted)}%"


def comparison(place: str, operator: str, value: Any, field: FilterField, keep: Keep) -> Comparison:
    """One comparison. `place` names the input in messages."""
    if value is None:
        raise bad_argument(f"{place} cannot be null; use isNull to look for empty values.")
    if operator == "isNull":
        return Comparison(field, "is_null" if value else "is_not_null", None)
    if operator != "in":
        return Comparison(field, operator, keep(value, lambda given: _sql_value(place, given, field)))
    return Comparison(field, operator, keep(value, lambda given: _sql_values(place, given, field)))


def _sql_values(place: str, values: list[Any], field: FilterField) -> list[Any]:
    if len(values) > IN_LIST_MAX:
        raise bad_argument(f"{place} takes {IN_LIST_MAX} values at most, not {len(values)}.")
    return [_sql_value(place, each, field) for each in values]


def _sql_value(place: str, value: Any, field: FilterField) -> Any:
    if isinstance(value, Enum):
        return value.value
    if field.target is None:
        return value
    decoded = public_id(place, value)
    if decoded.type != field.target:
        raise bad_argument(f"{place} must be an id of {field.target}, not of {decoded.type}.")
    return decoded.id


def bound(slot: Slot, kind: Kind, sql_type: Any = None) -> ColumnElement[Any]:
    """The bind parameter of a slot."""
    assert kind is not JSON_
    return bindparam(slot_name(slot), type_=sql_type or kind.sql_type)


def slot_name(slot: Slot) -> str:
    """The name under which a slot's value is bound."""
    return f"{_SLOT}{slot}"


def named_slot(name: str) -> Slot | None:
    """The slot whose value is bound under a name; None for a parameter that is no slot's."""
    return int(name.removeprefix(_SLOT)) if name.startswith(_SLOT) else None
