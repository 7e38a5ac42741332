"""Answers over HTTP: the GraphQL response as JSON, under the name and with the status that the specification gives it.

orjson splices the JSON that PostgreSQL made (`orjson.Fragment`) without parsing it.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from api.faults import RequestRefused, told_errors
from api.http.media import GRAPHQL_JSON


def response_document(result: ExecutionResult, request_id: str) -> dict[str, Any]:
    """The response to an operation. One that failed before any field ran has no data, not even null."""
    document: dict[str, Any] = {"data": result.data} if _ran(result) else {}
    if result.errors:
        document["errors"] = [error.formatted for error in told_errors(result.errors, request_id)]
    if result.extensions:
        document["extensions"] = result.extensions
    return document


def _ran(result: ExecutionResult) -> bool:
    if isinstance(result, PreExecutionError):
        return False
    return not result.errors or result.data is not None or any(error.path for error in result.errors)


class JsonAnswer(Response):
    """A response of JSON. Its two headers are written as they are sent: every answer pays for them."""

    def __init__(self, body: bytes, status: int, media_type: str) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), (b"content-type", media_type.encode())]


def json_response(document: Mapping[str, Any], media_type: str) -> Response:
    """The newer media type says by status 400 that nothing ran; the older one always says 200."""
    status = 400 if media_type == GRAPHQL_JSON and "data" not in document else 200
    return JsonAnswer(encode(document), status, media_type)


def refusal_response(refused: RequestRefused, media_type: str) -> Response:
    """A request that is no GraphQL request, or of nobody known: its status says so in both types."""
    return Response(encode(refused.body()), refused.status, refused.headers, media_type)


def encode(document: Mapping[str, Any]) -> bytes:
    """JSON text; fragments of ready JSON are taken as they are."""
    return orjson.dumps(document)
