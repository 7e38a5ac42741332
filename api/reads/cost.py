"""Cost: how many rows a plan may make PostgreSQL read at worst, known before any SQL runs.

An object costs one, and one more for every so many values that it shows, and what is nested in it; a page costs its
size times its object. To count a list may mean to read far more rows than a page has, so a count has a price of its
own, and so has a condition that looks into a relation or searches texts. The sizes of pages are values of the request,
so the cost of a plan is a sum that is worked out for each request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.reads.plan import (
    AllOf,
    AnyOf,
    Audited,
    ById,
    ByIds,
    Condition,
    Connection,
    EdgeNode,
    Edges,
    Lookup,
    Many,
    Masked,
    Nodes,
    Not,
    Object,
    One,
    PageFact,
    PageInfo,
    Parts,
    Plan,
    Search,
    Slot,
    Some,
    TotalCount,
)
from api.reads.variables import filled

COST_MAX = 25_000
"""The rows that one request may ask for, unless a setting says otherwise."""
COUNT_COST = 100
VALUES_OF_A_ROW = 25
"""How many values of an object one row stands for. With hundreds of aliases a page would be hundreds of megabytes."""


@dataclass(frozen=True)
class Cost:
    """`rows`, and for each part its cost times the size in its slot: the number in it, or the length of the list."""

    rows: int
    parts: tuple[tuple[Slot, "Cost"], ...] = ()

    def total(self, values: Sequence[Any]) -> int:
        """The rows in a request with these values."""
        return self.rows + sum([_size(values[slot]) * part.total(values) for slot, part in self.parts])


NOTHING = Cost(0)


@dataclass(frozen=True)
class ElementCost:
    """What a computed field costs: `fixed`, and `each` for every element of the list in an argument."""

    fixed: int
    each: int
    argument: str

    def of(self, arguments: Mapping[str, Any]) -> "ListCost":
        """The cost with these arguments, in which scalars of the request may stand."""
        return ListCost(self, arguments.get(self.argument) or [])


@dataclass(frozen=True)
class ListCost:
    """The same for one field of a document."""

    cost: ElementCost
    given: Any

    def total(self, scalars: Sequence[Any]) -> int:
        """The rows in a request with these scalars."""
        return self.cost.fixed + self.cost.each * len(filled(self.given, scalars))


def _size(value: Any) -> int:
    return len(value) if isinstance(value, list) else int(value)


def cost_of(plan: Plan | None) -> Cost:
    """The cost of a plan."""
    match plan:
        case None:
            return NOTHING
        case Connection():
            return _connection(plan)
        case Lookup(read) | ById(read):
            return _object(read)
        case ByIds(selected):
            return Cost(0, tuple((each.ids, _object(each.object)) for each in selected))
        case Audited(shown):
            return cost_of(shown)


def _connection(plan: Connection) -> Cost:
    looks = sum(isinstance(part, TotalCount) for part in plan.parts) + _looks(plan.condition)
    listed = _objects(plan)
    # A page is read for its cursors and its bounds too.
    element = _sum([_object(each) for each in listed]) if listed else Cost(int(_reads_page(plan)))
    return Cost(looks * COUNT_COST, ((plan.page.size, element),))


def _looks(condition: Condition | None) -> int:
    """How many conditions look into relations, or search texts."""
    match condition:
        case Search():
            return 1
        case Some(_, inner) | Not(inner):
            return isinstance(condition, Some) + _looks(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return sum(map(_looks, conditions))
    return 0


def _objects(plan: Connection) -> list[Object]:
    objects = [part.object for part in plan.parts if isinstance(part, Nodes)]
    edges = (part for part in plan.parts if isinstance(part, Edges))
    return objects + [each.object for part in edges for each in part.fields if isinstance(each, EdgeNode)]


def _reads_page(plan: Connection) -> bool:
    infos = (part for part in plan.parts if isinstance(part, PageInfo))
    return any(isinstance(part, Edges) for part in plan.parts) or any(
        isinstance(each, PageFact) for info in infos for each in info.fields
    )


def _object(read: Object) -> Cost:
    fields = [each.read if isinstance(each, Masked) else each for each in read.fields]
    parts = [_connection(each.connection) for each in fields if isinstance(each, Many)]
    parts += [_object(each.object) for each in fields if isinstance(each, One)]
    values = sum(len(each.fields) if isinstance(each, Parts) else 1 for each in fields)
    return _sum([Cost(1 + values // VALUES_OF_A_ROW), *parts])


def _sum(costs: Sequence[Cost]) -> Cost:
    return Cost(sum(each.rows for each in costs), tuple(part for each in costs for part in each.parts))
