"""Execution: a planned read becomes one statement, and its JSON text an `orjson.Fragment` that passes through unparsed.

Compiled statements are kept by plan and policy signature; values never are. The text goes straight to asyncpg on the
connection that it is given, so a mutation's payload is read inside its own transaction (a dry run) or after its commit.
"""

from collections.abc import Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from graphql import GraphQLOutputType
from graphql.pyutils import Path
from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.reads.errors import bad_argument
from api.reads.filters import slot_name
from api.reads.plan import Plan
from api.reads.planner import Planned, ResolveInfo
from api.reads.policy import RowPolicy
from api.reads.sql import Compiler

STATEMENTS_MAX = 2000


class ReadContext(Protocol):
    """What the request's context must offer to compiled root fields."""

    @property
    def row_policy(self) -> RowPolicy:
        """Which rows the reader may see."""

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A connection for one root field, with the reader's row context in force."""


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
    """Compiled statements; when there are too many, the oldest goes."""

    kept: dict[Hashable, Statement] = field(default_factory=dict)

    def of(self, plan: Plan, policy: RowPolicy) -> Statement:
        """The statement of a plan under a policy."""
        key = (plan, policy.signature)
        statement = self.kept.get(key)
        if statement is None:
            statement = self.kept[key] = compiled(Compiler(policy).statement(plan))
            if len(self.kept) > STATEMENTS_MAX:
                del self.kept[next(iter(self.kept))]
        return statement


def compiled(statement: Select[Any]) -> Statement:
    """Text and parameters for asyncpg. Every value has one of asyncpg's own types, so none needs converting."""
    made = statement.compile(dialect=_DIALECT)
    return Statement(str(made), tuple(made.positiontup or ()), dict(made.params))


_DIALECT: Dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]
_STATEMENTS = Statements()


async def read(connection: AsyncConnection, planned: Planned, policy: RowPolicy) -> orjson.Fragment | None:
    """The JSON of a plan, or None where there is no such object or the reader may not see it."""
    statement = _STATEMENTS.of(planned.plan, policy)
    arguments = statement.arguments(planned.values, policy.parameters)
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    rows = await driver.fetch(statement.text, *arguments)
    if len(rows) > 1:
        raise bad_argument("Several entities have an object with this key. Give entityId too.")
    return orjson.Fragment(rows[0][0]) if rows else None


async def read_root(context: ReadContext, planned: Planned) -> orjson.Fragment | None:
    """Reads a root field on a connection of its own."""
    async with context.reading() as connection:
        return await read(connection, planned, context.row_policy)


class FragmentExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, but for values that are JSON already: they are complete."""

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Any,
        info: ResolveInfo,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Passes a Fragment through untouched."""
        if type(result) is orjson.Fragment:
            return result
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)
