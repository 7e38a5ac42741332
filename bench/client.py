"""A lean HTTP/1.1 client: it shares a core with PostgreSQL, so it does no more than it must."""

import asyncio

import orjson

ANSWER_SECONDS_MAX = 30


class Failed(Exception):  # noqa: N818 - it says what the server did
    """The answer is not the one that a measurement can count."""


class Client:
    """One connection that is kept alive, with one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, token: str) -> None:
        self._reader = reader
        self._writer = writer
        self._head = (
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
            f"authorization: Bearer {token}\r\ncontent-length: "
        ).encode()

    @classmethod
    async def connect(cls, host: str, port: int, *, token: str) -> "Client":
        """Opens a connection."""
        return cls(*await asyncio.open_connection(host, port), token=token)

    async def ask(self, body: bytes) -> bytes:
        """Sends one GraphQL request and answers the body of a 200; anything else raises."""
        self._writer.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            head = await self._reader.readuntil(b"\r\n\r\n")
            answer = await self._reader.readexactly(_length(head))
        if not head.startswith(b"HTTP/1.1 200 "):
            raise Failed((head + answer).decode(errors="replace"))
        return answer

    async def close(self) -> None:
        """Closes the connection."""
        self._writer.close()
        await self._writer.wait_closed()


def _length(head: bytes) -> int:
    _, _, rest = head.partition(b"content-length: ")
    return int(rest.partition(b"\r")[0])


def request_body(document: str, variables: dict[str, object]) -> bytes:
    """One GraphQL request as it travels."""
    return orjson.dumps({"query": document, "variables": variables})
