"""From an operation to its answer over HTTP: JSON, or a stream of events.

Subscriptions are always streams. Everything else is one only for a client that reads nothing but streams.
"""

from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing
from functools import partial
from typing import Any

from starlette.responses import Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.context import RequestContext
from api.faults import bad_request, method_not_allowed
from api.http.answers import json_response, response_document
from api.http.event_stream import EventStream, OpenStreams
from api.http.media import EVENT_STREAM, Acceptable
from api.http.request import GraphQLRequest
from api.http.watch import until_refused
from api.operations.execution import CompiledSchema

_READING = (OperationType.QUERY,)
_ALLOWED = {"POST": (*_READING, OperationType.MUTATION)}
_STREAMS_ONLY = (
    f"A subscription is a stream: name {EVENT_STREAM} in the Accept header, or use WebSocket (graphql-transport-ws)."
)


class Responder:
    """Runs the operations of HTTP requests."""

    def __init__(self, schema: CompiledSchema) -> None:
        self._schema = schema
        self.streams = OpenStreams()

    async def respond(
        self, asked: GraphQLRequest, context: RequestContext, method: str, accepted: Acceptable
    ) -> Response:
        """The answer to an operation. Raises RequestRefused for one that may not be sent in this way."""
        try:
            result = await self._execute(asked, context, method)
        except CannotGetOperationTypeError as error:
            raise bad_request(error.as_http_error_reason()) from None
        except InvalidOperationTypeError as error:
            if error.operation_type is not OperationType.SUBSCRIPTION:
                raise method_not_allowed("A mutation must be sent by POST.", allow="POST") from None
            if not accepted.event_stream or method == "HEAD":
                raise bad_request(_STREAMS_ONLY) from None
            return await self._follow(asked, context, accepted)
        if accepted.only_stream and not isinstance(result, PreExecutionError):
            return self._stream(_single(result), context)
        return json_response(response_document(result, context.request_id), accepted.answer_type)

    def _execute(self, asked: GraphQLRequest, context: RequestContext, method: str) -> Awaitable[ExecutionResult]:
        return self._schema.execute(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=_ALLOWED.get(method, _READING),
            operation_extensions=asked.extensions,
        )

    async def _follow(self, asked: GraphQLRequest, context: RequestContext, accepted: Acceptable) -> Response:
        self.streams.check(context.actor.subject)
        results = await self._schema.follow(
            asked.query, variables=asked.variables, context=context, operation_name=asked.operation_name
        )
        if isinstance(results, PreExecutionError):
            return json_response(response_document(results, context.request_id), accepted.answer_type)
        return self._stream(results, context)

    def _stream(self, results: AsyncGenerator[ExecutionResult, None], context: RequestContext) -> Response:
        documents = _documents(results, context.request_id)
        refused = partial(until_refused, context)
        return EventStream(documents, subject=context.actor.subject, streams=self.streams, until_refused=refused)


async def _single(result: ExecutionResult) -> AsyncGenerator[ExecutionResult, None]:
    yield result


async def _documents(
    results: AsyncGenerator[ExecutionResult, None], request_id: str
) -> AsyncGenerator[dict[str, Any], None]:
    async with aclosing(results):
        async for result in results:
            yield response_document(result, request_id)
