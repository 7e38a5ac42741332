"""The answer to an operation of nothing but reads: on one connection, one statement after the other."""

from typing import Any

from graphql import GraphQLError, located_error
from strawberry.types import ExecutionResult

from api.reads.operation import Read, ReadContext, Reads
from api.reads.policy import RowPolicy
from api.reads.run import Driver


async def answer(reads: Reads, context: ReadContext, policy: RowPolicy) -> ExecutionResult:
    """Runs the reads by the policy for which they were planned: on a WebSocket the context may have another by now."""
    if not any(isinstance(each, Read) for each in reads.roots.values()):
        return await _on(None, reads, policy)
    try:
        async with context.reading() as driver:
            return await _on(driver, reads, policy)
    except Exception as error:  # no connection could be had
        failed = [_located(error, reads, key) for key in reads.plan.root_fields]
        return ExecutionResult(dict.fromkeys(reads.plan.root_fields), failed)


async def _on(driver: Driver | None, reads: Reads, policy: RowPolicy) -> ExecutionResult:
    data: dict[str, Any] = dict.fromkeys(reads.plan.root_fields)
    errors: list[GraphQLError] = []
    for key in data:
        try:
            data[key] = await _root(reads, key, driver, policy)
        except Exception as error:
            errors.append(_located(error, reads, key))
    return ExecutionResult(data, errors or None)


def _located(error: Exception, reads: Reads, key: str) -> GraphQLError:
    return located_error(error, [each.node for each in reads.plan.root_fields[key]], [key])


async def _root(reads: Reads, key: str, driver: Driver | None, policy: RowPolicy) -> Any:
    read = reads.roots.get(key)
    if read is None:
        return reads.plan.root_type.name  # __typename
    if isinstance(read, GraphQLError):
        raise read
    assert driver is not None
    return await read.answer(driver, policy)
