"""Inputs are derived from commands: names, descriptions and optionality come from the one declaration."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from api.writes.inputs import input_fields, input_type
from kernel.commands import argument
from tests.api.office import Mood, SignNote, WriteNote, make_office_schema


def test_the_schema_says_what_the_commands_say() -> None:
    sdl = make_office_schema().as_str()
    assert '"""A note of a legal entity."""\ninput WriteNoteInput {' in sdl
    start = sdl.index("input WriteNoteInput")
    fields = [
        line.strip() for line in sdl[start : sdl.index("}", start)].splitlines() if ":" in line and '"' not in line
    ]
    assert [line for line in fields if not line.startswith("Names this")] == [
        "entityId: ID!",
        "lines: [NoteLineInput!]!",
        "itemIds: [ID!]! = []",
        "due: Date",
        "at: DateTime",
        "mood: Mood! = CALM",
        "idempotencyKey: String!",
        "dryRun: Boolean! = false",
    ]
    assert "expectedVersion: Int!" in sdl
    assert "entityId" not in sdl[sdl.index("input SignNoteInput") :].split("}")[0]
    assert '"""It had to be quick."""\n  HURRIED' in sdl


@dataclass(frozen=True)
class Undescribed:
    """A command whose field says nothing."""

    text: str


@dataclass(frozen=True)
class Dangling:
    """A command whose id refers to nothing."""

    item_id: UUID = argument("The item.")


@dataclass(frozen=True)
class Silent:
    text: str = argument("A text.")


@dataclass(frozen=True)
class Colliding:
    """A command with a field that every input has."""

    dry_run: bool = argument("A trial.")


@pytest.mark.parametrize(
    ("command", "complaint"),
    [(Undescribed, "text has no description"), (Dangling, "refers to"), (Silent, "SilentInput has no description")],
)
def test_a_command_that_says_too_little_stops_the_assembly(command: type, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        input_type(command, f"{command.__name__}Input", {})


def test_a_command_may_not_take_the_names_of_every_input() -> None:
    with pytest.raises(AssertionError, match="every input has"):
        input_type(Colliding, "CollidingInput", {"dry_run": (bool, None)})


def test_commands_can_be_analysed_without_an_api() -> None:
    by_name = {field.name: field for field in input_fields(WriteNote)}
    assert (by_name["item_ids"].is_list, by_name["item_ids"].refers_to) == (True, "Item")
    assert by_name["mood"].kind is Mood
    assert [field.carries_entity for field in input_fields(SignNote)] == [False, True, False]
