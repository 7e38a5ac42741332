"""GraphQL over HTTP: one operation per request, JSON in, JSON out, by the GraphQL-over-HTTP specification.

A GET changes nothing, and a POST must be JSON, which no page of another origin can send without being allowed to.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from json import JSONDecodeError

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.unset import UNSET, UnsetType

from api.context import Parts, RequestContext
from api.faults import RequestRefused, unexpected
from api.http.answers import refusal_response
from api.http.compression import send_compressed
from api.http.incoming import Incoming
from api.http.media import EVENT_STREAM, GRAPHQL_JSON, JSON, Acceptable, acceptable, prefers_html
from api.http.persisted import PersistedDocuments
from api.http.request import ALLOWED_METHODS, read_request
from api.http.responder import Responder
from api.http.socket import JsonSocket, OperationsOverSocket, authenticate_socket
from api.identity import ACTING_FOR, bearer_token, named_in_header
from api.operations.deadline import in_time, within
from api.operations.execution import CompiledSchema

CONNECTION_INIT_WAIT = timedelta(seconds=5)
_ACTING_FOR = ACTING_FOR.encode()
_UNKNOWN = ("", 0)
_PAGE_METHODS = ("GET", "HEAD")
_NOT_ACCEPTABLE = RequestRefused(
    406, "NOT_ACCEPTABLE", f"Answers are {GRAPHQL_JSON}, {JSON} or {EVENT_STREAM}; the Accept header takes none."
)

log = structlog.get_logger()


class GraphQLEndpoint(GraphQL[RequestContext, None]):
    """The ASGI application at /graphql. Strawberry serves the WebSocket (see socket.py); HTTP is answered here."""

    websocket_adapter_class = JsonSocket
    graphql_transport_ws_handler_class = OperationsOverSocket

    def __init__(
        self,
        schema: CompiledSchema,
        parts: Parts,
        *,
        documents: PersistedDocuments,
        origins: Sequence[str] = (),
        page: Callable[[], Response] | None = None,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=CONNECTION_INIT_WAIT,
            max_subscriptions_per_connection=None,  # socket.py counts, and tells so with a code
            allowed_origins=origins,
        )
        self.parts = parts
        self.allowance = schema.allowance
        self.documents = documents
        self.page = page
        self.responder = Responder(schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await super().__call__(scope, receive, send)
            return
        request = Incoming(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            log.info("client_disconnected", request_id=request.request_id)
            return
        await send_compressed(response, scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> RequestContext:  # noqa: ARG002
        """The context of a WebSocket; nobody is identified yet."""
        return self._context(request.headers.get("authorization"), request.headers.get(ACTING_FOR), request.scope)

    def _context(self, authorization: str | None, acting_for: str | None, scope: Scope) -> RequestContext:
        return RequestContext(
            parts=self.parts,
            request_id=scope["state"]["request_id"],
            token=bearer_token(authorization),
            acting_for=named_in_header(acting_for),
            address=(scope["client"] or _UNKNOWN)[0],
        )

    async def on_ws_connect(self, context: RequestContext) -> UnsetType | dict[str, object] | None:
        """Identifies who opened a WebSocket."""
        await authenticate_socket(context)
        plain: UnsetType = UNSET
        return plain

    def decode_json(self, data: str | bytes) -> object:
        """Decodes a WebSocket message; what is too large or too deep is no JSON to us."""
        if len(data) > self.allowance.bytes_max:
            raise JSONDecodeError("message too large", "", 0)
        return orjson.loads(data)

    async def _respond(self, request: Incoming) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"allow": ALLOWED_METHODS})
        accept = request.accept
        if self.page is not None and request.method in _PAGE_METHODS and prefers_html(accept):
            return self.page()
        accepted = acceptable(accept)
        if accepted.json is None and not accepted.event_stream:
            return refusal_response(_NOT_ACCEPTABLE, JSON)
        return await self._answer(request, accepted)

    async def _answer(self, request: Incoming, accepted: Acceptable) -> Response:
        try:
            context = self._context(request.header(b"authorization"), request.header(_ACTING_FOR), request.scope)
            if not context.recognise():
                await in_time(self.allowance.seconds_max, context.identify())
            asked = self.documents.complete(await read_request(request, body_bytes_max=self.allowance.bytes_max))
            answer = self.responder.respond(asked, context, request.method, accepted)
            return await within(request.receive, self.allowance.seconds_max, answer)
        except RequestRefused as refused:
            return refusal_response(refused, accepted.answer_type)
        except ClientDisconnect:
            raise
        except Exception as error:
            return refusal_response(unexpected(error, request.request_id), accepted.answer_type)
