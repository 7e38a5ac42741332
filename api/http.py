"""GraphQL over HTTP: one operation per request, JSON in, JSON out, by the GraphQL-over-HTTP specification.

The answer is encoded by orjson, which splices the JSON that PostgreSQL made (`orjson.Fragment`) without parsing it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from json import JSONDecodeError
from typing import Any

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.schema.base import BaseSchema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType
from strawberry.types.unset import UNSET, UnsetType

from api.context import Parts, RequestContext
from api.deadline import REQUEST_SECONDS_MAX, within
from api.faults import RequestRefused, bad_request, method_not_allowed, told_errors, unexpected
from api.identity import bearer_token
from api.persisted import PersistedDocuments
from api.request import BODY_BYTES_MAX, GraphQLRequest, read_request
from api.socket import JsonSocket, OperationsOverSocket, authenticate_socket

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
CONNECTION_INIT_WAIT = timedelta(seconds=5)
_ALLOWED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}

log = structlog.get_logger()


class GraphQLEndpoint(GraphQL[RequestContext, None]):
    """The ASGI application at /graphql. Strawberry serves the WebSocket (see socket.py); HTTP is answered here."""

    websocket_adapter_class = JsonSocket
    graphql_transport_ws_handler_class = OperationsOverSocket

    def __init__(
        self,
        schema: BaseSchema,
        parts: Parts,
        *,
        documents: PersistedDocuments,
        body_bytes_max: int = BODY_BYTES_MAX,
        request_seconds_max: float = REQUEST_SECONDS_MAX,
        origins: Sequence[str] = (),
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=CONNECTION_INIT_WAIT,
            allowed_origins=origins,
        )
        self.parts = parts
        self.documents = documents
        self.body_bytes_max = body_bytes_max
        self.request_seconds_max = request_seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            log.info("client_disconnected", request_id=_request_id(request))
            return
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> RequestContext:  # noqa: ARG002
        """The context of a request; nobody is identified yet."""
        token = bearer_token(request.headers.get("authorization"))
        return RequestContext(parts=self.parts, request_id=_request_id(request), token=token)

    async def on_ws_connect(self, context: RequestContext) -> UnsetType | dict[str, object] | None:
        """Identifies who opened a WebSocket."""
        await authenticate_socket(context)
        plain: UnsetType = UNSET
        return plain

    def decode_json(self, data: str | bytes) -> object:
        """Decodes a WebSocket message; what is too large or too deep is no JSON to us."""
        if len(data) > self.body_bytes_max:
            raise JSONDecodeError("message too large", "", 0)
        return orjson.loads(data)

    async def _answer(self, request: Request) -> Response:
        media_type = _media_type(request.headers.get("accept", ""))
        try:
            context = await self.get_context(request, Response())
            await context.identify()
            asked = self.documents.complete(await read_request(request, body_bytes_max=self.body_bytes_max))
            work = self._execute(asked, context, request.method)
            result = await within(request, self.request_seconds_max, work)
            return _response(_document(result, context.request_id), media_type)
        except RequestRefused as refused:
            return _refusal(refused, media_type)
        except ClientDisconnect:
            raise
        except Exception as error:
            return _refusal(unexpected(error, _request_id(request)), media_type)

    async def _execute(self, asked: GraphQLRequest, context: RequestContext, method: str) -> ExecutionResult:
        try:
            return await self.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=_ALLOWED[method],
                operation_extensions=asked.extensions,
            )
        except InvalidOperationTypeError as error:
            raise _refused_operation(error.operation_type) from None
        except CannotGetOperationTypeError as error:
            raise bad_request(error.as_http_error_reason()) from None


def _refused_operation(kind: OperationType) -> RequestRefused:
    if kind is OperationType.SUBSCRIPTION:
        return bad_request("Subscriptions are served over WebSocket (graphql-transport-ws) only.")
    return method_not_allowed("A mutation must be sent by POST.", allow="POST")


def _document(result: ExecutionResult, request_id: str) -> dict[str, Any]:
    document: dict[str, Any] = {"data": result.data}
    if result.errors:
        document["errors"] = [error.formatted for error in told_errors(result.errors, request_id)]
    if result.extensions:
        document["extensions"] = result.extensions
    return document


def _response(document: Mapping[str, Any], media_type: str) -> Response:
    """A request that failed before any field ran has no data, and its newer media type says so by status 400."""
    failed_early = document["data"] is None and not any("path" in error for error in document.get("errors", ()))
    if failed_early and media_type == GRAPHQL_JSON:
        without_data = {name: part for name, part in document.items() if name != "data"}
        return Response(encode(without_data), 400, media_type=media_type)
    return Response(encode(document), media_type=media_type)


def _refusal(refused: RequestRefused, media_type: str) -> Response:
    return Response(encode(refused.body()), refused.status, refused.headers, media_type)


def encode(document: Mapping[str, Any]) -> bytes:
    """JSON text; fragments of ready JSON are taken as they are."""
    return orjson.dumps(document)


def _media_type(accept: str) -> str:
    return GRAPHQL_JSON if GRAPHQL_JSON in accept else JSON


def _request_id(request: Request | WebSocket) -> str:
    request_id: str = request.state.request_id
    return request_id
