"""Compiled statements: the text for asyncpg, kept by plan and policy signature. Values never are."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from api.bounded import Bounded
from api.reads.filters import named_slot
from api.reads.plan import Plan, Slot
from api.reads.policy import RowPolicy
from api.reads.sql import Compiler

STATEMENTS_LENGTH_MAX = 4 * 1024 * 1024
"""The length of all compiled texts together."""


@dataclass(frozen=True)
class Statement:
    """SQL text for asyncpg with its parameters in order, each with the slot of its value, if it has one.

    The values of the others are the policy's, or `fixed` ones that the statement was made with.
    """

    text: str
    parameters: tuple[tuple[str, Slot | None], ...]
    fixed: Mapping[str, Any]

    def arguments(self, values: Sequence[Any], policy: Mapping[str, Any]) -> list[Any]:
        """The positional arguments of one run."""
        return [
            values[slot] if slot is not None else policy[name] if name in policy else self.fixed[name]
            for name, slot in self.parameters
        ]


@dataclass(frozen=True)
class Statements:
    """Compiled statements, bounded by their length."""

    kept: Bounded[tuple[Plan, Hashable], Statement] = field(
        default_factory=lambda: Bounded(size_max=STATEMENTS_LENGTH_MAX)
    )

    def of(self, plan: Plan, policy: RowPolicy) -> Statement:
        """The statement of a plan under a policy."""
        key = (plan, policy.signature)
        statement = self.kept.find(key)
        if statement is None:
            statement = compiled(Compiler(policy).statement(plan))
            self.kept.keep(key, statement, size=len(statement.text))
        return statement


def compiled(statement: Select[Any]) -> Statement:
    """Text and parameters for asyncpg. Every value has one of asyncpg's own types, so none needs converting."""
    made = statement.compile(dialect=_DIALECT)
    parameters = tuple((name, named_slot(name)) for name in made.positiontup or ())
    return Statement(str(made), parameters, dict(made.params))


_DIALECT: Dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]
STATEMENTS = Statements()
"""Those of this process."""
