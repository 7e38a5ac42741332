"""Running an operation: prepared once, its reads planned once, and answered without the executor where it asks for
nothing but reads.

A query whose root fields are all compiled never meets graphql-core's executor: its variables are coerced, each read
runs its statement, and the texts are put side by side. Nor does a mutation whose commands were all done. Queries with
computed fields, and payloads with errors to tell, take the executor, whose resolvers find their reads planned already.
Whatever can be refused is refused before any SQL runs.
"""

from collections.abc import AsyncGenerator, Callable, Collection, Iterable
from contextlib import aclosing
from typing import Any

import strawberry
from graphql import ExecutionResult as CoreResult
from graphql import GraphQLError, execute, located_error, subscribe
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.execution.is_awaitable import optimized_is_awaitable
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.utils.await_maybe import await_maybe

from api.faults import RequestRefused
from api.operations.allowance import USUAL, Allowance
from api.operations.caller import OperationContext, record_forbidden
from api.operations.coercion import NO_VARIABLES, coerced_simply
from api.operations.deadline import in_time
from api.operations.disclosure import NOTHING_TOLD, Disclosure
from api.operations.documents import DocumentRefused, Documents
from api.operations.price import least_price, price_of
from api.reads.answer import answer
from api.reads.operation import Operation, Reads
from api.reads.policy import RowPolicy
from api.reads.preparing import OperationPlans
from api.reads.registry import Registry
from api.reads.run import FragmentExecutor
from api.writes.answer import commands_of, plain_answer, run_commands
from kernel.passing import is_outdated

VARIABLE_ERRORS_MAX = 20
_EVERY_TYPE = tuple(OperationType)
_ANSWERED = (OperationType.QUERY, OperationType.MUTATION)
"""Tuples, because an enum's member is found in one without being hashed, which Python does slowly."""


Pay = Callable[[int], None]


class CompiledSchema(strawberry.Schema):
    """Strawberry's schema, run by the read compiler.

    The time of an operation on a WebSocket is bounded here, that of an HTTP request where the client's leaving is seen.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        allowance: Allowance = USUAL,
        disclosure: Disclosure = NOTHING_TOLD,
        **declared: Any,
    ):
        super().__init__(execution_context_class=FragmentExecutor, **declared)
        self.allowance = allowance
        self.disclosure = disclosure
        self.hide_suggestions = not disclosure.suggestions
        self.documents = Documents(self._schema, disclosure=disclosure, tokens_max=allowance.tokens_max)
        self.plans = OperationPlans(self._schema, registry)

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> ExecutionResult:
        """Runs a query or a mutation.

        Raises InvalidOperationTypeError for one that is not allowed, CannotGetOperationTypeError for a missing one.
        """
        asked_for = _ANSWERED if allowed_operation_types is None else allowed_operation_types
        allowed = [each for each in asked_for if each in _ANSWERED]
        try:
            operation = self._operation(query, operation_name, allowed)
            return await self._run(operation, variable_values or {}, context_value, root_value)
        except DocumentRefused as refused:
            return PreExecutionError(None, refused.errors)

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,  # noqa: ARG002
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Runs any operation: the results of a subscription as they come, of another its only one."""
        allowed = _EVERY_TYPE if allowed_operation_types is None else tuple(allowed_operation_types)
        return self._results(query, operation_name, allowed, variable_values or {}, context_value, root_value)

    async def follow(
        self, query: str, *, variables: dict[str, Any] | None, context: Any, operation_name: str | None
    ) -> AsyncGenerator[ExecutionResult, None] | PreExecutionError:
        """Opens the stream of a subscription; what can be refused is refused here, before the first result."""
        try:
            operation = self._operation(query, operation_name, {OperationType.SUBSCRIPTION})
        except DocumentRefused as refused:
            return PreExecutionError(None, refused.errors)
        context.spend(least_price(operation))
        return await self._open(operation, variables or {}, context, None)

    async def _results(
        self,
        query: str | None,
        operation_name: str | None,
        allowed: Collection[OperationType],
        variables: dict[str, Any],
        context: Any,
        root_value: Any,
    ) -> AsyncGenerator[ExecutionResult, None]:
        try:
            operation = self._operation(query, operation_name, allowed)
            if operation.type is not OperationType.SUBSCRIPTION:
                yield await in_time(self.allowance.seconds_max, self._run(operation, variables, context, root_value))
                return
            context.spend(least_price(operation))
        except RequestRefused as late:
            yield PreExecutionError(None, [late.error])
            return
        except DocumentRefused as refused:
            yield PreExecutionError(None, refused.errors)
            return
        except (InvalidOperationTypeError, CannotGetOperationTypeError) as error:
            yield PreExecutionError(None, [GraphQLError(_reason(error), original_error=error)])
            return
        found = await self._open(operation, variables, context, root_value)
        if isinstance(found, PreExecutionError):
            yield found
            return
        async with aclosing(found) as results:
            async for result in results:
                yield result

    async def _open(
        self, operation: Operation, variables: dict[str, Any], context: Any, root_value: Any
    ) -> AsyncGenerator[ExecutionResult, None] | PreExecutionError:
        found = await await_maybe(
            subscribe(
                self._schema,
                operation.document,
                root_value,
                context,
                variables,
                operation.name,
                executor_class=FragmentExecutor,
                hide_suggestions=self.hide_suggestions,
                max_coercion_errors=VARIABLE_ERRORS_MAX,
            )
        )
        return PreExecutionError(None, found.errors) if isinstance(found, CoreResult) else _results_of(found)

    def _operation(self, query: str | None, name: str | None, allowed: Collection[OperationType]) -> Operation:
        operation = self.documents.valid(query or "").operation(name)
        if operation is None:
            raise CannotGetOperationTypeError(name)
        if operation.type not in allowed:
            raise InvalidOperationTypeError(operation.type)
        return operation

    async def _run(
        self, operation: Operation, variables: dict[str, Any], context: OperationContext, root_value: Any
    ) -> ExecutionResult:
        try:
            result = await self._once(operation, variables, context, root_value, context.spend)
            # Where the policy was replaced since they were identified, a mutation sees to that by itself.
            outdated = operation.type is OperationType.QUERY and any(map(_is_outdated, result.errors or ()))
        except Exception as error:
            # What is refused is written down before anything is asked.
            outdated = is_outdated(error)
            if not outdated:
                raise
        if outdated:
            await context.identified_anew()
            result = await self._once(operation, variables, context, root_value, _paid_already)
        return result

    async def _once(
        self, operation: Operation, variables: dict[str, Any], context: OperationContext, root_value: Any, pay: Pay
    ) -> ExecutionResult:
        policy = context.row_policy
        coerced = self._coerced(operation, variables)
        try:
            reads, cost = self._planned(operation, coerced, policy)
        except DocumentRefused as refused:
            pay(least_price(operation))
            await record_forbidden(context, [(operation.type.value.title(), each) for each in refused.errors])
            raise
        pay(price_of(operation, reads.plan, coerced.coerced, cost["requested"], payer=context))
        if reads.plan.forbidden:
            await record_forbidden(context, reads.plan.forbidden)
        if reads.plan.complete:
            result = await answer(reads, context, policy)
        elif commands := commands_of(reads.plan):
            own = context.with_reads(reads)
            made = await run_commands(commands, reads.plan, coerced, own)
            result = plain_answer(commands, reads.plan, made) or await self._execute(
                operation, variables, own.with_payloads(made), root_value
            )
        else:
            result = await self._execute(operation, variables, context.with_reads(reads), root_value)
        result.extensions = {"cost": cost}
        return result

    def _coerced(self, operation: Operation, variables: dict[str, Any]) -> VariableValues:
        definitions = operation.node.variable_definitions
        if not definitions:
            return NO_VARIABLES
        coerced = coerced_simply(operation.signatures(self._schema), variables) or get_variable_values(
            self._schema, definitions, variables, VARIABLE_ERRORS_MAX, hide_suggestions=self.hide_suggestions
        )
        if isinstance(coerced, list):
            raise DocumentRefused(*coerced)
        return coerced

    def _planned(
        self, operation: Operation, variables: VariableValues, policy: RowPolicy
    ) -> tuple[Reads, dict[str, int]]:
        """The reads, and what the answer tells of their cost. Raises DocumentRefused where it is too high."""
        try:
            reads = self.plans.reads(operation, variables, policy)
            requested = reads.cost()
        except GraphQLError as error:
            raise DocumentRefused(error) from None
        limit = self.allowance.cost_max
        if requested > limit:
            raise DocumentRefused(
                GraphQLError(
                    f"The operation may read {requested} rows; {limit} is the limit. "
                    "Ask for smaller pages (first, last), above all of lists inside lists.",
                    extensions={"code": "COST_EXCEEDED", "requested": requested, "limit": limit},
                )
            )
        return reads, {"requested": requested, "limit": limit, "left": limit - requested}

    async def _execute(
        self, operation: Operation, variables: dict[str, Any], context: OperationContext, root_value: Any
    ) -> ExecutionResult:
        result = await await_maybe(
            execute(
                self._schema,
                operation.document,
                root_value,
                context,
                variables,
                operation.name,
                executor_class=FragmentExecutor,
                is_awaitable=_is_awaitable,
                hide_suggestions=self.hide_suggestions,
                max_coercion_errors=VARIABLE_ERRORS_MAX,
            )
        )
        return ExecutionResult(result.data, result.errors)


def _is_outdated(error: GraphQLError) -> bool:
    return error.original_error is not None and is_outdated(error.original_error)


async def _results_of(events: Any) -> AsyncGenerator[ExecutionResult, None]:
    async with aclosing(events):
        try:
            async for result in events:
                yield ExecutionResult(result.data, result.errors)
        except Exception as error:
            # A stream that breaks says so as its last result.
            yield ExecutionResult(None, [located_error(error)])


def _paid_already(_cost: int) -> None:
    """What is run once more costs once."""


_is_awaitable: Any = optimized_is_awaitable


def _reason(error: InvalidOperationTypeError | CannotGetOperationTypeError) -> str:
    if isinstance(error, CannotGetOperationTypeError):
        return error.as_http_error_reason()
    return error.as_http_error_reason("this transport")
