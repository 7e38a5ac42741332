"""GraphQL over WebSocket (graphql-transport-ws): queries, mutations and subscriptions on one connection.

Close codes as the protocol has them: 4400 for a message that is not understood, 4401 when nobody is signed in, 4403
for credentials that are not believed, or no longer (clients get fresh ones and come again), 4408 when the client does
not begin in time, 4409 for an id that is in use, 4429 for a second beginning. A refused operation ends alone, by an
`error` message; the connection stays.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from api.context import RequestContext
from api.faults import RequestRefused, told_errors, unexpected
from api.http.request import GraphQLRequest, checked_request
from api.http.watch import until_refused
from api.identity import ACTING_FOR, bearer_token

OPERATIONS_MAX = 100
"""How many operations one socket may have at once."""
REASON_LENGTH_MAX = 120
"""A reason for closing is sent in a frame of 125 bytes."""
_WITH_ID = frozenset({"subscribe", "complete"})


class SocketRefused(Exception):  # noqa: N818 - it is an answer
    """Ends a connection with a close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


async def authenticate_socket(context: RequestContext) -> None:
    """Identifies who opened a socket: by connection_init (`Authorization` or `token`), else by the handshake."""
    given = context.connection_params
    token = given.get("token")
    context.token = bearer_token(given.get("Authorization", given.get("authorization"))) or (
        token if isinstance(token, str) else context.token
    )
    acting_for = given.get("X-Acting-For", given.get(ACTING_FOR))
    context.acting_for = acting_for if isinstance(acting_for, str) else context.acting_for
    await identify_or_close(context)


async def identify_or_close(context: RequestContext) -> None:
    """Identifies the actor of a socket. Raises SocketRefused."""
    try:
        await context.identify()
    except RequestRefused as refused:
        raise _closing(context, refused) from None


def _closing(context: RequestContext, refused: RequestRefused) -> "SocketRefused":
    if refused.status not in (401, 403):
        return SocketRefused(1013, "Try again later")
    return SocketRefused(4401 if context.token is None else 4403, refused.message[:REASON_LENGTH_MAX])


class JsonSocket(ASGIWebSocketAdapter):
    """Sends messages as text frames; ready JSON inside them is spliced."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        if self.ws.application_state is WebSocketState.DISCONNECTED:
            raise WebSocketDisconnected
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error


class OperationsOverSocket(BaseGraphQLTransportWSHandler[RequestContext, None]):
    """The protocol, with checked messages, an actor who is known anew for each operation, and masked errors."""

    view: Any
    """The endpoint (http.py), which knows the persisted documents."""
    _watch: asyncio.Task[None] | None = None

    async def shutdown(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await super().shutdown()

    async def handle_connection_init(self, message: Any) -> None:
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._watch is None:
            self._watch = asyncio.create_task(self._close_when_refused())

    async def _close_when_refused(self) -> None:
        """Ends the connection, and what runs on it, when its actor is no longer served."""
        refused = await until_refused(self.context)
        closing = _closing(self.context, refused)
        for operation_id in list(self.operations):
            await self.cleanup_operation(operation_id)
        with suppress(WebSocketDisconnected):
            await self.websocket.close(closing.code, closing.reason)

    async def handle_message(self, message: Any) -> None:
        if not _is_well_formed(message):
            await self.handle_invalid_message("Message not understood")
            return
        try:
            await super().handle_message(message)
        except SocketRefused as refused:
            await self.websocket.close(refused.code, refused.reason)

    async def handle_subscribe(self, message: Any) -> None:
        if self.connection_acknowledged and message["id"] not in self.operations:
            await identify_or_close(self.context)
            try:
                asked = self._checked(message["payload"])
            except RequestRefused as refused:
                await self.send_message({"id": message["id"], "type": "error", "payload": [refused.error.formatted]})
                return
            message["payload"]["query"] = asked.query
        await super().handle_subscribe(message)

    def _checked(self, payload: object) -> GraphQLRequest:
        if len(self.operations) >= OPERATIONS_MAX:
            message = f"A socket may have {OPERATIONS_MAX} operations at once; complete one, or open another socket."
            raise RequestRefused(429, "TOO_MANY_OPERATIONS", message)
        asked: GraphQLRequest = self.view.documents.complete(checked_request(payload))
        return asked

    async def handle_task_exception(self, error: Exception) -> None:
        if not isinstance(error, WebSocketDisconnected):
            unexpected(error, self.context.request_id)

    async def _send_result_stream(self, operation: Any, result_source: Any) -> None:
        await super()._send_result_stream(operation, self._told(result_source))

    async def _told(self, results: Any) -> AsyncGenerator[Any, None]:
        async with aclosing(results):
            async for result in results:
                if getattr(result, "errors", None):
                    result.errors = told_errors(result.errors, self.context.request_id)
                yield result

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:  # noqa: ARG004
        """A bad document ends its own operation, not the connection with all others on it."""
        return None


def _is_well_formed(message: Any) -> bool:
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] in _WITH_ID and not isinstance(message.get("id"), str):
        return False
    return message["type"] != "subscribe" or isinstance(message.get("payload"), dict)
