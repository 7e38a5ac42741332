"""Execution: the JSON text of a plan's statement as an `orjson.Fragment`, which passes through unparsed.

The text goes straight to asyncpg on the connection that it is given, so a mutation's payload is read inside its own
transaction (a dry run) or after its commit.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from graphql import GraphQLOutputType
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from api.reads.errors import bad_argument
from api.reads.planned import Planned
from api.reads.policy import RowPolicy
from api.reads.statements import STATEMENTS


class Driver(Protocol):
    """asyncpg's connection, as far as reads need it."""

    async def fetch(self, query: str, *args: Any) -> Sequence[Sequence[Any]]: ...


async def read(driver: Driver, planned: Planned, values: Sequence[Any], policy: RowPolicy) -> orjson.Fragment | None:
    """The JSON of a plan, or None where there is no such object or the reader may not see it."""
    if planned.plan is None:
        return None
    if planned.statement is None:
        planned.statement = STATEMENTS.of(planned.plan, policy)
    statement = planned.statement
    parameters = policy.trail if planned.audited else policy.parameters
    rows = await driver.fetch(statement.text, *statement.arguments(values, parameters))
    if len(rows) > 1:
        raise bad_argument("Several entities have an object with this key. Give entityId too.")
    return orjson.Fragment(rows[0][0]) if rows else None


class FragmentExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, but for values that are JSON already: they are complete."""

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Any,
        info: Any,
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        """Passes a Fragment through untouched."""
        if type(result) is orjson.Fragment:
            return result
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)
