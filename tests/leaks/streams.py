"""Following what happens: everything that a persona may be told, told by hand, and what they are told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from websockets.asyncio.client import ClientConnection

from api.streams import encode_position
from api.values.ids import encode_id
from kernel.events import EventRecord
from kernel.ids import new_id
from kernel.operation import Operations
from kernel.statements import insert
from tests.api.http.test_socket import heard, subscribe
from tests.databases import writing
from tests.factories.outbox import Outbox, eventually
from tests.factories.supply import cancel
from tests.leaks.asking import Walk
from tests.leaks.audiences import Audience
from tests.leaks.marks import ENTITIES
from tests.leaks.personas import Persona
from tests.leaks.question import NOBODY
from tests.oracle.rows import Row

EVENTS = """subscription ($after: Cursor, $entityId: ID, $types: [String!], $subjectId: ID) {
  events(after: $after, entityId: $entityId, types: $types, subjectId: $subjectId) {
    id type subjectType subjectId entityId actor onBehalfOf payload occurredAt position cursor
  }
}"""
CASES = """subscription ($after: Cursor, $entityId: ID, $kinds: [ExceptionEventKind!], $caseId: ID) {
  exceptionEvents(after: $after, entityId: $entityId, kinds: $kinds, caseId: $caseId) {
    kind caseId entityId type status summary severity currency ownerRole occurrences actor occurredAt cursor
  }
}"""
STREAMS = (EVENTS, CASES)
_KINDS: Mapping[str, str] = {"OPENED": "CaseOpened", "RECURRED": "CaseRecurred", "CLOSED": "CaseClosed"}
_THE_END = "the end"
"""Who makes the last events. They are no real ones: they name the south's objects in both legal entities."""
_QUESTION = "question"
_LAST = "Ended"
"""The type of the event after which nothing more is expected."""


@dataclass(frozen=True)
class Stream:
    """One subscription. Its arguments say the same to the API and to the list by hand."""

    name: str
    text: str
    variables: Mapping[str, Any]
    after: int = 0
    entity_id: UUID | None = None
    types: frozenset[str] | None = None
    subject_id: UUID | None = None

    def wants(self, event: Row) -> bool:
        """Whether the arguments ask for an event."""
        return (
            event["position"] > self.after
            and (self.entity_id is None or event["entity_id"] == self.entity_id)
            and (self.types is None or event["type"] in self.types)
            and (self.subject_id is None or event["subject_id"] == self.subject_id)
        )


@dataclass
class Happening:
    """A world in which something happens while everybody follows it."""

    walk: Walk
    order: Row = field(init=False)
    case: Row = field(init=False)
    position: int = 0

    async def prepare(self) -> None:
        """Waits until what happened before has its place in the stream; the order and the case are the south's."""
        south = self.walk.trade.ids[ENTITIES[1]]
        self.order, self.case = (
            next(row for row in self.walk.house.rows[name] if row["entity_id"] == south)
            for name in ("SalesOrder", "ExceptionCase")
        )
        await self._in_place()
        self.position = max(event["position"] for event in await self.events())

    async def _in_place(self) -> None:
        self.walk.office.parts.operations.committed()
        await eventually(Outbox(self.walk.office.database).all_positioned)

    async def events(self) -> list[Row]:
        """Everything that happened, in order."""
        async with self.walk.house.engine.connect() as connection:
            found = (await connection.execute(select(EventRecord.__table__).order_by(EventRecord.position))).mappings()
            return [dict(row) for row in found]

    def streams(self) -> Sequence[Stream]:
        """Everything from the beginning; what comes now, by every argument."""
        begin, now = encode_position(0), encode_position(self.position)
        order, case = (
            encode_id(name, row["id"], row["entity_id"])
            for name, row in (("SalesOrder", self.order), ("ExceptionCase", self.case))
        )
        live = {"after": now}
        return (
            Stream("all", EVENTS, {"after": begin}),
            Stream("cases", CASES, {"after": begin}, types=frozenset(_KINDS.values())),
            *self._of_entities(live),
            Stream("types", EVENTS, {**live, "types": [_LAST, "SalesOrderPlaced"]}, self.position,
                   types=frozenset({_LAST, "SalesOrderPlaced"})),
            Stream("subject", EVENTS, {**live, "subjectId": order}, self.position, subject_id=self.order["id"]),
            Stream("kinds", CASES, {**live, "kinds": ["CLOSED"]}, self.position, types=frozenset({"CaseClosed"})),
            Stream("case", CASES, {**live, "caseId": case}, self.position, types=frozenset(_KINDS.values()),
                   subject_id=self.case["id"]),
        )  # fmt: skip

    def _of_entities(self, live: Mapping[str, Any]) -> Sequence[Stream]:
        given = {str(mark): self.walk.trade.ids[mark] for mark in ENTITIES} | {"absent": NOBODY}
        types = {EVENTS: None, CASES: frozenset(_KINDS.values())}
        return [
            Stream(f"{name} {number}", text, {**live, "entityId": encode_id("LegalEntity", entity_id)}, self.position,
                   entity_id=entity_id, types=types[text])
            for number, text in enumerate(STREAMS)
            for name, entity_id in given.items()
        ]  # fmt: skip

    def expected(self, audience: Audience, stream: Stream, events: Sequence[Row]) -> list[str] | None:
        """The ids of what an audience is told, by hand; None where it has no right to ask."""
        if not self.may_ask(audience, stream):
            return None
        follows = audience.follows if stream.text is EVENTS else audience.watches
        return [_told_as(stream, event) for event in events if stream.wants(event) and follows(event)]

    def may_ask(self, audience: Audience, stream: Stream) -> bool:
        """Whether they follow anything of the kind, in the legal entity that they ask for if they ask for one."""
        may_ask = audience.may_follow if stream.text is EVENTS else audience.may_watch
        allowed = [each for each in map(self.walk.trade.ids.__getitem__, ENTITIES) if may_ask(each)]
        return stream.entity_id in allowed if stream.entity_id else bool(allowed)

    async def happen(self) -> None:
        """Orders are placed and cancelled in both legal entities, for both partners; then it is over."""
        parts, activation = self.walk.office.parts, self.walk.office.activation
        for of in self.walk.trade.branches.values():
            branch = replace(of, database=parts.database, activation=activation)
            branch.operations = Operations(
                parts.database.app, clock=partial(getattr, branch, "now"), committed=parts.operations.committed
            )
            for pair in self.walk.trade.pairs:
                branch.customer_id, branch.supplier_id = pair.customer_id, pair.supplier_id
                assert (await cancel(branch, await branch.sell(pair.item_id, 33))).done
        await self._end()
        await self._in_place()

    async def _end(self) -> None:
        """The last events: everybody who follows a kind of events in a legal entity is told one of them."""
        entities = [self.walk.trade.ids[mark] for mark in ENTITIES]
        facts = {"type": "shortage", "status": "resolved"}
        last = [("CaseClosed", "ExceptionCase", self.case["id"], each, facts) for each in entities]
        last += [(_LAST, "LegalEntity", self.order["id"], each, {}) for each in entities]
        for kind, subject_type, subject_id, entity_id, payload in last:
            row = {
                "id": new_id(), "entity_id": entity_id, "type": kind, "subject_type": subject_type,
                "subject_id": subject_id, "actor": _THE_END, "on_behalf_of": None, "payload": payload,
                "occurred_at": self.walk.trade.granted_at,
            }  # fmt: skip
            outbox = Outbox(self.walk.office.database, entity_id)
            async with writing(self.walk.office.database.app, outbox.context) as driver:
                await insert(driver, EventRecord, [row])
            await self._in_place()


def _told_as(stream: Stream, event: Row) -> str:
    """By what an event is known in a stream: its id, or its cursor where it has none."""
    return encode_id("Event", event["id"]) if stream.text is EVENTS else encode_position(event["position"])


Expected = Mapping[str, list[str] | None]
"""What each stream tells, by its name; None where it is refused."""


@dataclass(frozen=True)
class Listener:
    """A socket of one persona on which all streams run."""

    persona: Persona
    audience: Audience
    wire: ClientConnection
    streams: Sequence[Stream]
    told: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, Any] = field(default_factory=dict)
    leaked: set[str] = field(default_factory=set)
    """Secrets that were told."""

    async def begin(self) -> None:
        """Subscribes to everything."""
        for stream in self.streams:
            await subscribe(self.wire, stream.text, stream.name, **stream.variables)

    async def hear(self, expected: Expected) -> None:
        """Listens until everything is told that was expected, and refused what was to be refused."""
        told = {name: events[-1:] for name, events in expected.items() if events}
        refused = {name for name, events in expected.items() if events is None}
        while not refused <= self.errors.keys() or any(self.told.get(name, [])[-1:] != told[name] for name in told):
            self._take(await heard(self.wire))

    async def hear_the_rest(self) -> None:
        """Asks something else, and listens until that is answered: what was not to be told would have come before."""
        await subscribe(self.wire, "{ viewer { subject } }", _QUESTION)
        while (message := await heard(self.wire))["id"] != _QUESTION:
            self._take(message)

    def _take(self, message: Any) -> None:
        name = message["id"]
        if message["type"] == "error":
            self.errors[name] = message["payload"]
            return
        (event,) = message["payload"]["data"].values()
        self.told.setdefault(name, []).append(event.get("id") or event["cursor"])
        if event["actor"] != _THE_END:
            # When it happened is told with it, though what they do not see may have happened with it.
            told = {name: value for name, value in event.items() if name != "occurredAt"}
            self.leaked.update(self.audience.secrets.told_in(orjson.dumps(told)))
