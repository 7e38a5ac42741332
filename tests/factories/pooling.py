"""A proxy that pools transactions, such as pgbouncer does: PostgreSQL's protocol, as much of it as lending needs.

Who connects is believed, and has no session of PostgreSQL until they send something; then one is lent to them until
PostgreSQL says that no transaction is open. There are a few sessions, and each loan is of the one that rested longest,
so that nobody meets their own twice in a row. Nothing is cleaned up in between: what somebody leaves in a session, the
next one finds there. Prepared statements are not followed from session to session, and parameters at the beginning are
refused unless pgbouncer knows them.
"""

import asyncio
import secrets
import struct
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy.engine import URL

SESSIONS = 3
"""How many sessions each role has in a database."""
KNOWN_PARAMETERS = frozenset(
    {"user", "database", "application_name", "client_encoding", "datestyle", "timezone", "standard_conforming_strings"}
)

_PROTOCOL, _CANCEL, _ENCRYPT = 3 << 16, 80877102, {80877103, 80877104}
_ENDS_ROUND = {b"Q", b"S"}
"""What is answered by ReadyForQuery: a simple query, and Sync."""
_LENGTH = struct.Struct("!I")
_KEY = struct.Struct("!II")

Key = tuple[int, int]
"""By what a statement of somebody can be cancelled."""


@dataclass(frozen=True)
class Message:
    """One message of either side."""

    kind: bytes
    body: bytes

    @property
    def wire(self) -> bytes:
        """As it is sent."""
        return self.kind + _LENGTH.pack(len(self.body) + 4) + self.body


@dataclass(frozen=True, eq=False)
class Wire:
    """A connection to either side."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def receive(self) -> Message:
        """The next message. Raises IncompleteReadError at the end."""
        head = await self.reader.readexactly(5)
        (length,) = _LENGTH.unpack(head[1:])
        return Message(head[:1], await self.reader.readexactly(length - 4))

    async def opening(self) -> bytes:
        """What somebody begins with: it has no kind."""
        (length,) = _LENGTH.unpack(await self.reader.readexactly(4))
        return await self.reader.readexactly(length - 4)

    async def send(self, *messages: Message) -> None:
        """Sends, as far as the other side takes it."""
        self.writer.write(b"".join(each.wire for each in messages))
        await self.writer.drain()

    async def close(self) -> None:
        """Hangs up."""
        self.writer.close()
        with suppress(OSError):
            await self.writer.wait_closed()


@dataclass(frozen=True, eq=False)
class Session:
    """A session of PostgreSQL."""

    wire: Wire
    key: Key
    parameters: tuple[Message, ...]
    """What PostgreSQL says of itself."""
    cancelling: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a word to cancel is on its way: nobody else gets the session, and the word."""


@dataclass(eq=False)
class Sessions:
    """Those of one role in one database."""

    server: "PoolingProxy"
    parameters: Mapping[str, str]
    unopened: int = SESSIONS
    resting: deque[Session] = field(default_factory=deque)
    returned: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def lend(self) -> Session:
        """A new one while there may be more, else the one that rested longest, else the next that comes back."""
        async with self.returned:
            await self.returned.wait_for(lambda: self.unopened or self.resting)
            if not self.unopened:
                return self.resting.popleft()
            self.unopened -= 1
        return await self.server.open_session(self.parameters)

    async def give_back(self, session: Session) -> None:
        """Takes a session back in which no transaction is open."""
        async with self.returned:
            self.resting.append(session)
            self.returned.notify()

    async def drop(self, session: Session) -> None:
        """Ends a session that was left in the middle of something."""
        await session.wire.close()
        async with self.returned:
            self.unopened += 1
            self.returned.notify()


@dataclass(eq=False)
class Client:
    """Somebody who is connected. `lent` are the sessions that they had, one after the other."""

    wire: Wire
    sessions: Sessions
    key: Key = field(default_factory=lambda: (secrets.randbits(31), secrets.randbits(31)))
    session: Session | None = None
    lent: list[Session] = field(default_factory=list)
    _rounds: int = 0
    _is_unended: bool = False
    _answering: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        """Passes on what they send, until they leave."""
        try:
            while (message := await self.wire.receive()).kind != b"X":
                await self._pass_on(message)
        finally:
            await self._leave()

    async def _pass_on(self, message: Message) -> None:
        if self.session is None:
            self.session = await self.sessions.lend()
            self.lent.append(self.session)
            self._answering = asyncio.create_task(self._answer(self.session))
        self._rounds += message.kind in _ENDS_ROUND
        self._is_unended = message.kind not in _ENDS_ROUND
        await self.session.wire.send(message)

    async def _answer(self, session: Session) -> None:
        """Passes on what PostgreSQL says, until no transaction is open and nothing else is on the way."""
        try:
            while True:
                message = await session.wire.receive()
                self._rounds -= message.kind == b"Z"
                if message == _IDLE and not self._rounds and not self._is_unended:
                    break
                await self.wire.send(message)
        except (asyncio.IncompleteReadError, ConnectionError):
            await self.wire.close()
            return
        # Given back before they hear of it: what they send next is for another session.
        async with session.cancelling:
            self.session = None
        await self.sessions.give_back(session)
        with suppress(ConnectionError):
            await self.wire.send(message)

    async def _leave(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
            await asyncio.wait([self._answering])
        if self.session is not None:
            await self.sessions.drop(self.session)


class PoolingProxy:
    """The proxy in front of one server."""

    def __init__(self, socket: str) -> None:
        """`socket` is the file at which PostgreSQL listens."""
        self._socket = socket
        self._pools: dict[tuple[str, str], Sessions] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self.clients: list[Client] = []
        """Everybody who was ever connected."""

    async def open_session(self, parameters: Mapping[str, str]) -> Session:
        """A new session of PostgreSQL, which believes who connects."""
        wire = Wire(*await asyncio.open_unix_connection(self._socket))
        wire.writer.write(_packed(_PROTOCOL, _listed(parameters)))
        told: list[Message] = []
        while (message := await wire.receive()).kind != b"Z":
            assert message.kind in b"RSKN", message
            told.append(message)
        (key,) = (_KEY.unpack(each.body) for each in told if each.kind == b"K")
        return Session(wire, key, tuple(each for each in told if each.kind == b"S"))

    async def close(self) -> None:
        """Hangs up on everybody."""
        for task in self._serving:
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving)
        for pool in self._pools.values():
            for session in pool.resting:
                await session.wire.close()

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody comes."""
        task = asyncio.create_task(self._receive(Wire(reader, writer)))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _receive(self, wire: Wire) -> None:
        try:
            await self._serve(wire)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # they have left
        finally:
            await wire.close()

    async def _serve(self, wire: Wire) -> None:
        opening = await wire.opening()
        while (code := _LENGTH.unpack(opening[:4])[0]) in _ENCRYPT:
            wire.writer.write(b"N")
            opening = await wire.opening()
        if code == _CANCEL:
            await self._cancel(_KEY.unpack(opening[4:]))
            return
        parameters = _parameters(opening[4:])
        unknown = [name for name in parameters if name.lower() not in KNOWN_PARAMETERS]
        if unknown:
            await wire.send(_refusal(f"unsupported startup parameter: {unknown[0]}"))
        else:
            await self._greet(Client(wire, self._sessions_of(parameters)))

    async def _greet(self, client: Client) -> None:
        self.clients.append(client)
        session = await client.sessions.lend()
        await client.sessions.give_back(session)
        key = Message(b"K", _KEY.pack(*client.key))
        await client.wire.send(Message(b"R", _LENGTH.pack(0)), *session.parameters, key, _IDLE)
        await client.serve()

    async def _cancel(self, key: Key) -> None:
        """Passes the word on, unless they have no session any more."""
        for client in [each for each in self.clients if each.key == key]:
            session = client.session
            if session is None:
                continue
            async with session.cancelling:
                if client.session is session:
                    wire = Wire(*await asyncio.open_unix_connection(self._socket))
                    wire.writer.write(_packed(_CANCEL, _KEY.pack(*session.key)))
                    await wire.reader.read()
                    await wire.close()

    def _sessions_of(self, parameters: Mapping[str, str]) -> Sessions:
        own = {name: parameters[name] for name in ("user", "database")}
        return self._pools.setdefault((own["user"], own["database"]), Sessions(self, own))


@asynccontextmanager
async def pooled(url: URL) -> AsyncIterator[tuple[PoolingProxy, URL]]:
    """A proxy for a block in front of the server that an address names by its socket, and the address to go by it."""
    proxy = PoolingProxy(f"{url.query['host']}/.s.PGSQL.{url.query['port']}")
    listener = await asyncio.start_server(proxy.connected, "127.0.0.1")
    place = {"host": "127.0.0.1", "port": str(listener.sockets[0].getsockname()[1])}
    try:
        yield proxy, url.update_query_dict(place)
    finally:
        listener.close()
        await proxy.close()
        await listener.wait_closed()


_IDLE = Message(b"Z", b"I")


def _packed(code: int, body: bytes) -> bytes:
    return _LENGTH.pack(len(body) + 8) + _LENGTH.pack(code) + body


def _listed(parameters: Mapping[str, str]) -> bytes:
    return b"".join(f"{name}\0{value}\0".encode() for name, value in parameters.items()) + b"\0"


def _parameters(body: bytes) -> Mapping[str, str]:
    told = body.decode().split("\0")
    return {name: value for name, value in zip(told[::2], told[1::2], strict=False) if name}


def _refusal(text: str) -> Message:
    return Message(b"E", f"SFATAL\0VFATAL\0C08P01\0M{text}\0\0".encode())
