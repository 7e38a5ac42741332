"""Compiled statements: the text for asyncpg, kept by plan and policy signature. Values never are."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from api.bounded import Bounded
from api.reads.filters import slot_name
from api.reads.plan import Plan
from api.reads.policy import RowPolicy
from api.reads.sql import Compiler

STATEMENTS_LENGTH_MAX = 4 * 1024 * 1024
"""The length of all compiled texts together."""


@dataclass(frozen=True)
class Statement:
    """SQL text for asyncpg with the names of its parameters in order; the policy itself bound `fixed` values."""

    text: str
    parameters: tuple[str, ...]
    fixed: Mapping[str, Any]

    def arguments(self, values: Sequence[Any], policy: Mapping[str, Any]) -> list[Any]:
        """The positional arguments of one run."""
        named = {**self.fixed, **policy, **{slot_name(slot): value for slot, value in enumerate(values)}}
        return [named[name] for name in self.parameters]


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
    return Statement(str(made), tuple(made.positiontup or ()), dict(made.params))


_DIALECT: Dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]
STATEMENTS = Statements()
"""Those of this process."""
