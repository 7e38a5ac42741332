"""Reading a GraphQL request: its size, its encoding, its shape and its texts are checked before anything is parsed.

Size and nesting are bounded, because a few megabytes of comment or a few thousand brackets cost a server seconds or its
stack. NUL characters and lone surrogates are refused here, because PostgreSQL cannot store them.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import JSONDecodeError
from typing import Any

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import Message

from api.faults import RequestRefused, bad_request, method_not_allowed
from api.http.incoming import Incoming
from api.http.media import JSON, parse_media_type

BODY_SECONDS_MAX = 20
DISCARDED_BYTES_MAX = 16 * 1024 * 1024
ALLOWED_METHODS = "GET, HEAD, OPTIONS, POST"
UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
NESTING_MAX = 64
"""How deep variables, and the brackets of a document, may be nested. Deeper ones are attacks or mistakes."""

_REMEMBERED_MAX, _REMEMBERED_LENGTH_MAX = 512, 4096
_UTF_8 = ("utf-8", "utf8")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUL_ESCAPE = re.compile(r"\\u(0000|\{0+\})")
_ENDLESS_NUMBER = re.compile(r"[0-9]{101}")
_BRACKET = re.compile(r"[{}\[\]()]")
_OPENING = frozenset("{[(")


@dataclass(frozen=True)
class GraphQLRequest:
    """One operation as the client sent it."""

    query: str
    """The text of the document; empty while the document is only named (see persisted.py)."""
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    document_id: str | None = None


async def read_request(request: Incoming, *, body_bytes_max: int) -> GraphQLRequest:
    """The operation in a GET or POST request. Raises RequestRefused."""
    if request.method in ("GET", "HEAD"):
        _check_query_string(request.query_string, body_bytes_max)
        return checked_request(_from_query(request.query_params))
    if request.method != "POST":
        raise method_not_allowed("GraphQL is served by GET and POST.", allow=ALLOWED_METHODS)
    _check_content_type(request.header(b"content-type") or "")
    _check_encoding(request.header(b"content-encoding"))
    return checked_request(decode_json(await _read_body(request, body_bytes_max)))


def checked_request(parameters: object) -> GraphQLRequest:
    """The operation in decoded parameters: the body of a POST, or the payload of a subscribe message."""
    if not isinstance(parameters, dict):
        raise bad_request("A request is one JSON object; batches are not served.")
    query = _parameter(parameters, "query", str) or ""
    document_id = _parameter(parameters, "documentId", str) or None
    variables = _parameter(parameters, "variables", dict)
    extensions = _parameter(parameters, "extensions", dict)
    operation_name = _parameter(parameters, "operationName", str)
    if not (query or document_id or "persistedQuery" in (extensions or {})):
        raise bad_request("The request has no query.")
    _check_document(query)
    for values in (variables, extensions, operation_name, document_id):
        if values is not None:
            _check_values(values)
    return GraphQLRequest(query, variables, operation_name, extensions, document_id)


def decode_json(text: str | bytes) -> object:
    """Decodes JSON, which must be UTF-8. Raises RequestRefused."""
    try:
        return orjson.loads(text)
    except (JSONDecodeError, RecursionError) as error:
        reason = str(error).partition(":")[0]
        raise bad_request(f"The request is not valid JSON in UTF-8: {reason}.") from None


def _check_query_string(text: bytes, limit: int) -> None:
    if len(text) > limit:
        raise RequestRefused(414, "REQUEST_TOO_LARGE", f"A query string may have {limit} bytes at most.")


def _from_query(parameters: Mapping[str, str]) -> dict[str, object]:
    decoded: dict[str, object] = dict(parameters)
    for name in ("variables", "extensions"):
        if parameters.get(name):
            decoded[name] = decode_json(parameters[name])
    return decoded


def _check_content_type(content_type: str) -> None:
    """Only JSON: a page of another origin cannot send it without the browser asking first (CORS)."""
    if content_type == JSON:
        return
    given = parse_media_type(content_type)
    if given.type != JSON or given.parameters.get("charset", "utf-8").lower() not in _UTF_8:
        message = "Send the request as application/json in UTF-8."
        raise RequestRefused(415, UNSUPPORTED_MEDIA_TYPE, message, accept_post=JSON)


def _check_encoding(encoding: str | None) -> None:
    """A request is small: it comes as it is, so that its size is known before any of it is unpacked."""
    if encoding is not None and encoding.strip().lower() != "identity":
        message = "Send the request without content encoding."
        raise RequestRefused(415, UNSUPPORTED_MEDIA_TYPE, message, accept_encoding="identity")


async def _read_body(request: Incoming, limit: int) -> bytes:
    """The body, in bounded time. Nearly every body is one part; the server sees to it that one arrives."""
    body, more = _part(await request.receive())
    return await _read_rest(request, bytearray(body), limit) if more else _checked_size(body, len(body), limit)


async def _read_rest(request: Incoming, body: bytearray, limit: int) -> bytes:
    """A body that is too large is read to its end, so that the client can hear the answer."""
    received, more = len(body), True
    try:
        async with asyncio.timeout(BODY_SECONDS_MAX):
            while more and received <= DISCARDED_BYTES_MAX:
                part, more = _part(await request.receive())
                received += len(part)
                body += part if received <= limit else b""
    except TimeoutError:
        raise RequestRefused(408, "REQUEST_TIMEOUT", "The request came too slowly.", connection="close") from None
    return _checked_size(bytes(body), received, limit)


def _checked_size(body: bytes, received: int, limit: int) -> bytes:
    if received > limit:
        too_large = f"A request may have {limit} bytes at most."
        raise RequestRefused(413, "REQUEST_TOO_LARGE", too_large, connection="close")
    return body


def _part(message: Message) -> tuple[bytes, bool]:
    """A part of the body, and whether there are more."""
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def _parameter(parameters: dict[str, object], name: str, kind: type) -> Any:
    value = parameters.get(name)
    if value is not None and not isinstance(value, kind):
        raise bad_request(f"{name} must be {'an object' if kind is dict else 'a string'}.")
    return value


def _check_document(query: str) -> None:
    """Clients send the same few documents over and over: short ones that were found in order are remembered."""
    (_found_in_order if len(query) <= _REMEMBERED_LENGTH_MAX else _check_text)(query)


def _check_text(query: str) -> None:
    if _UNSTORABLE.search(query) or _NUL_ESCAPE.search(query):
        raise bad_request("The query contains a NUL character or a lone surrogate.")
    if _ENDLESS_NUMBER.search(query):
        # Python refuses to read numbers of thousands of digits, and graphql-core does not expect that.
        raise bad_request("The query contains a number of more than 100 digits.")
    depth = 0
    for bracket in _BRACKET.findall(query):
        depth += 1 if bracket in _OPENING else -1
        if depth > NESTING_MAX:
            raise bad_request(f"The query is nested deeper than {NESTING_MAX} levels.")


_found_in_order = lru_cache(_REMEMBERED_MAX)(_check_text)


def _check_values(values: object) -> None:
    """Walks decoded JSON level by level, so that no nesting can exhaust the stack."""
    level = [values]
    for _ in range(NESTING_MAX):
        level = _inside(level)
        if not level:
            return
    raise bad_request(f"The variables are nested deeper than {NESTING_MAX} levels.")


def _inside(values: list[object]) -> list[object]:
    """The values inside some values; texts are checked instead."""
    inner: list[object] = []
    for value in values:
        if isinstance(value, str):
            if _UNSTORABLE.search(value):
                raise bad_request("The variables contain a NUL character or a lone surrogate.")
        elif isinstance(value, dict):
            inner += value
            inner += value.values()
        elif isinstance(value, list):
            inner += value
    return inner
