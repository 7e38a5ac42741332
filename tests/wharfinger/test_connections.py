"""Connections on which a request does not arrive are closed; others are left alone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from wharfinger.connections import PromptProtocol

PATIENCE = 0.5
GET = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"


class Impatient(PromptProtocol):
    arrival_seconds_max = 0.2


async def greet(request: Request) -> PlainTextResponse:
    await request.body()
    return PlainTextResponse("hello")


async def refuse(_: Request) -> PlainTextResponse:
    return PlainTextResponse("who are you?", 401)


async def repeat(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[tuple[str, int]]:
    """A server that waits a fifth of a second."""
    routes = [Route("/", greet, methods=["GET", "POST"]), Route("/refuse", refuse, methods=["POST"])]
    app = Starlette(routes=[*routes, WebSocketRoute("/socket", repeat)])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, http=Impatient, lifespan="off", log_level="critical", ws="websockets-sansio")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        yield listener.getsockname()
        server.should_exit = True
        await running


@asynccontextmanager
async def dialled(address: tuple[str, int]) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield reader, writer
    finally:
        writer.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GE",
        b"GET / HTTP/1.1\r\nhost: he",
        b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\nhalf",
        b"POST /refuse HTTP/1.1\r\nhost: here\r\ncontent-length: 9\r\n\r\nhalf",
        GET + b"GET / HT",
    ],
    ids=[
        "nothing",
        "half a line",
        "half a header",
        "half a body",
        "half a body that nobody reads",
        "half a second one",
    ],
)
async def test_a_request_that_does_not_arrive_ends_its_connection(address: tuple[str, int], said: bytes) -> None:
    async with dialled(address) as (reader, writer), asyncio.timeout(10):
        writer.write(said)
        answered = await reader.read()
        assert answered.endswith((b"", b"hello", b"who are you?"))
        assert reader.at_eof()


async def test_requests_that_arrive_keep_their_connection(address: tuple[str, int]) -> None:
    async with dialled(address) as (reader, writer), asyncio.timeout(10):
        for _ in range(3):
            writer.write(GET)
            assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200")
            await asyncio.sleep(PATIENCE)  # longer than a request may take to arrive: it is the time that is tested
        assert not reader.at_eof()


async def test_a_websocket_is_not_hurried(address: tuple[str, int]) -> None:
    host, port = address
    async with connect(f"ws://{host}:{port}/socket") as wire:
        await asyncio.sleep(PATIENCE)  # as above
        await wire.send("still here")
        assert await wire.recv() == "still here"
