"""A schema for the tests of the shell: mutations that only write down notes, and fields that fail on purpose."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig

from api.context import RequestContext
from api.operations.disclosure import NOTHING_TOLD, Disclosure
from api.operations.execution import CompiledSchema
from api.reads.fields import lookup_field
from api.reads.graphql_types import make_types
from api.schema import REGISTRY
from api.values.scalars import SCALARS, refuse_unstorable_text
from api.viewer import viewer
from api.writes.errors import ERROR_TYPES
from api.writes.mutation import mutation_field, mutation_type
from authz.access import authorise
from authz.actor import Actor
from authz.vocabulary import Action, Resource
from kernel.commands import argument
from kernel.events import Event
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.outcome import Done, Notice, Ref
from kernel.refusal import Code, Refusal, Refused, invalid

SECRET = "postgresql://wharfinger:hunter2@db/erp"  # noqa: S105 - what a leaked exception text would show


class Mood(StrEnum):
    """How the writer felt."""

    CALM = "calm"
    """All is well."""
    HURRIED = "hurried"
    """It had to be quick."""


@dataclass(frozen=True)
class NoteLine:
    """A line of a note."""

    text: str = argument("What it says.")
    site_id: UUID | None = argument("The site that it is about.", refers_to="Location", default=None)
    weight: Decimal | None = argument("How much it weighs.", default=None)


@dataclass(frozen=True)
class WriteNote:
    """A note of a legal entity."""

    entity_id: UUID = argument("The legal entity.", refers_to="LegalEntity")
    lines: tuple[NoteLine, ...] = argument("The lines.")
    item_ids: tuple[UUID, ...] = argument("The items that it mentions.", refers_to="Item", default=())
    due: date | None = argument("When it matters.", default=None)
    at: datetime | None = argument("When it was thought of.", default=None)
    mood: Mood = argument("The mood of the writer.", default=Mood.CALM)

    def __post_init__(self) -> None:
        if not self.lines:
            raise Refusal(invalid("A note needs a line.", "lines"))


@dataclass(frozen=True)
class SignNote:
    """A signature under the note at a site."""

    entity_id: UUID = argument("The legal entity.", entity_of="site_id")
    site_id: UUID = argument("The site.", refers_to="Location")
    expected_version: int = argument("The version that was seen.")


async def write_note(op: Operation[Actor], command: WriteNote) -> Done:
    """Writes an event and nothing else; some texts ask for trouble."""
    authorise(op, Resource.SALES_ORDER, Action.CREATE, command.entity_id)
    for index, line in enumerate(command.lines):
        _give_trouble(line.text, index, command)
    op.record(
        Event(
            type="NoteWritten",
            subject_type="Note",
            subject_id=new_id(),
            entity_id=command.entity_id,
            payload={"text": command.lines[0].text, "mood": command.mood, "items": len(command.item_ids)},
        )
    )
    notices = tuple(Notice("SHORT_NOTE", "This is short.") for line in command.lines if len(line.text) < 3)
    return Done({"legal_entity": (Ref("LegalEntity", command.entity_id),)}, notices)


def _give_trouble(text: str, index: int, command: WriteNote) -> None:
    if text == "break":
        raise RuntimeError(f"cannot reach {SECRET}")
    if text == "short":
        data = {"item_id": command.item_ids[0], "requested": Decimal(5), "available": Decimal("2.50")}
        raise Refusal(Refused(Code.INSUFFICIENT_STOCK, "Too little.", ("lines", index, "item_id"), data))
    if text == "stuck":
        raise Refusal(Refused(Code.INVALID_TRANSITION, "Not now.", data={"from": "shipped", "to": "open"}))


async def sign_note(op: Operation[Actor], command: SignNote) -> Done:
    """Refuses every version but the first."""
    authorise(op, Resource.SALES_ORDER, Action.CREATE, command.entity_id)
    if command.expected_version != 1:
        data = {"expected": command.expected_version, "current": 1}
        raise Refusal(Refused(Code.VERSION_CONFLICT, "It has changed.", ("expected_version",), data))
    return Done()


MUTATIONS = (
    mutation_field(
        name="writeNote",
        use_case=write_note,
        command=WriteNote,
        objects={"legalEntity": "LegalEntity"},
        description="Write a note.",
    ),
    mutation_field(name="signNote", use_case=sign_note, command=SignNote, objects={}, description="Sign a note."),
)


def broken() -> str | None:
    """Fails as nobody meant it to."""
    raise RuntimeError(f"cannot reach {SECRET}")


def deliberate() -> str | None:
    """Fails as it was meant to."""
    raise GraphQLError("There is no such year.", extensions={"code": "VALIDATION_FAILED"})


def echo(text: str) -> str:
    """Says it again."""
    return text


def echo_list(values: list[int]) -> int:
    """Counts."""
    return len(values)


async def ticks(info: strawberry.Info[RequestContext, None], up_to: int) -> AsyncIterator[str]:
    """Counts for the actor; beyond three it breaks."""
    for number in range(1, up_to + 1):
        if number > 3:
            raise RuntimeError(f"cannot reach {SECRET}")
        yield f"{info.context.actor.subject} {number}"
        await asyncio.sleep(0)


async def waiting() -> AsyncIterator[str]:
    """Never tells anything; writes down when it began and when it ended."""
    WAITING.append("began")
    try:
        await asyncio.Event().wait()
        yield "never"
    finally:
        WAITING.append("ended")


WAITING: list[str] = []


async def says(written: list[str], *expected: str) -> bool:
    """Whether just this was written down."""
    return written == list(expected)


def make_office_schema(disclosure: Disclosure = NOTHING_TOLD) -> CompiledSchema:
    """The schema of the tests."""
    refuse_unstorable_text()
    types = make_types(REGISTRY)
    queries: dict[str, Any] = {name.__name__: strawberry.field(name) for name in (viewer, broken, deliberate, echo)}
    queries["echo_list"] = strawberry.field(echo_list)
    queries["entity"] = lookup_field(types, "LegalEntity", "A legal entity.")
    streams = {stream.__name__: strawberry.subscription(stream) for stream in (ticks, waiting)}
    subscription = strawberry.type(type("Subscription", (), streams))
    return CompiledSchema(
        registry=REGISTRY,
        disclosure=disclosure,
        query=strawberry.type(type("Query", (), queries)),
        mutation=mutation_type(MUTATIONS, types),
        subscription=subscription,
        types=[*types.objects.values(), *ERROR_TYPES.values()],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


@dataclass
class StoppedClock:
    """Time that passes only when a test says so."""

    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **passed: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**passed)
