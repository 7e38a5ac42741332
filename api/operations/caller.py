"""Who runs an operation, as its execution knows them."""

from collections.abc import Iterable
from typing import Protocol

from graphql import GraphQLError

from api.reads.errors import is_forbidden
from api.reads.operation import Reads
from api.writes.answer import Made
from api.writes.mutation import CommandContext


class OperationContext(CommandContext, Protocol):
    """What the caller gives as context."""

    def with_reads(self, reads: Reads) -> "OperationContext":
        """The context of one operation: a WebSocket has many at once."""

    def with_payloads(self, made: Made) -> "OperationContext":
        """The context in which graphql-core completes what the operation's commands made."""

    def spend(self, cost: int) -> None:
        """Pays for what is about to run. Raises RequestRefused for who has spent too much of late."""

    async def record_refusal(self, asked: str, error: GraphQLError) -> None:
        """Writes down that the reader was refused something that they had no right to ask."""


async def record_forbidden(context: OperationContext, errors: Iterable[tuple[str, GraphQLError]]) -> None:
    """What was asked without a right to ask it is written down, whether one field is refused for it or everything."""
    for asked, error in errors:
        if is_forbidden(error):
            await context.record_refusal(asked, error)
