"""A planned read: the plan, where its values come from, and what it costs."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.reads.cost import Cost
from api.reads.plan import Audited, Plan
from api.reads.statements import Statement
from api.reads.trail import FreshId, Told
from api.reads.variables import Source


@dataclass(eq=False)
class Planned:
    """A plan, or None where nothing can be found, with the sources of its values; it fits where the conditions hold.

    It belongs to readers with one policy signature. Their statement is compiled when it is first run, and stays.
    """

    plan: Plan | None
    sources: tuple[Source | FreshId | Told, ...]
    conditions: tuple[tuple[Source, Hashable], ...]
    cost: Cost
    statement: Statement | None = None
    audited: bool = field(init=False)

    def __post_init__(self) -> None:
        self.audited = isinstance(self.plan, Audited)

    def values(self, scalars: Sequence[Any]) -> list[Any]:
        """The values of the plan's slots. Raises a GraphQLError for what they cannot be."""
        return [each.value(scalars) for each in self.sources]
