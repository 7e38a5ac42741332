"""Use cases as mutations: inputs become commands, refusals become typed errors, and a key is done once."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from api.values.ids import encode_id
from authz.vocabulary import Role
from kernel.audit import AuditEntry
from kernel.db import Database
from kernel.events import EventRecord
from kernel.ids import new_id
from tests.api.office import SECRET
from tests.api.serving import Office
from tests.factories.world import World

WRITE = """mutation ($input: WriteNoteInput!) { writeNote(input: $input) {
  legalEntity { id name } replayed warnings { code message }
  errors { __typename code message path
    ... on InsufficientStock { itemId requested available }
    ... on InvalidTransition { from to } } } }"""
SIGN = """mutation ($input: SignNoteInput!) { signNote(input: $input) {
  errors { __typename code message path ... on VersionConflict { expected current } } } }"""


def note(world: World, *lines: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A good input for writeNote."""
    given = {
        "entityId": encode_id("LegalEntity", world.entity_id),
        "lines": list(lines) or [{"text": "all quiet"}],
        "idempotencyKey": str(new_id()),
    }
    return {**given, **changed}


async def write(office: Office, token: str, given: dict[str, Any]) -> Any:
    """The payload of writeNote."""
    return (await office.ask(token, WRITE, input=given))["writeNote"]


async def notes(database: Database, entity_id: UUID) -> list[dict[str, Any]]:
    """What was written down for an entity."""
    written = (EventRecord.entity_id == entity_id, EventRecord.type == "NoteWritten")
    statement = select(EventRecord.payload).where(*written).order_by(EventRecord.id)
    async with database.worker.connect() as connection:
        return list((await connection.execute(statement)).scalars())


@pytest.fixture
async def branch(office: Office, database: Database) -> World:
    """A legal entity of its own, for tests that count."""
    return await World(database, office.activation).build()


@pytest.fixture
async def writer(office: Office, branch: World) -> str:
    """Someone who may write notes there."""
    return await office.hire(Role.CUSTOMER_SERVICE, branch.entity_id)


async def test_a_note_is_written_and_its_entity_read_back(office: Office, branch: World, writer: str) -> None:
    payload = await write(office, writer, note(branch, {"text": "ok"}, {"text": "fine"}, mood="HURRIED"))
    assert payload == {
        "legalEntity": {"id": encode_id("LegalEntity", branch.entity_id), "name": f"Company {branch.tag}"},
        "replayed": False,
        "warnings": [{"code": "SHORT_NOTE", "message": "This is short."}],
        "errors": [],
    }
    assert await notes(office.database, branch.entity_id) == [{"text": "ok", "mood": "hurried", "items": 0}]


async def test_the_same_key_writes_once_and_says_so(office: Office, branch: World, writer: str) -> None:
    given = note(branch)
    first, second = await write(office, writer, given), await write(office, writer, given)
    assert (first["replayed"], second["replayed"]) == (False, True)
    assert second["legalEntity"] == first["legalEntity"]
    assert len(await notes(office.database, branch.entity_id)) == 1
    other = await write(office, writer, {**given, "lines": [{"text": "something else"}]})
    (error,) = other["errors"]
    assert (error["__typename"], error["path"]) == ("IdempotencyConflict", ["idempotencyKey"])


async def test_a_dry_run_shows_everything_and_leaves_nothing(office: Office, branch: World, writer: str) -> None:
    given = note(branch)
    tried = await write(office, writer, {**given, "dryRun": True})
    assert tried["legalEntity"]["name"] == f"Company {branch.tag}"
    assert await notes(office.database, branch.entity_id) == []
    assert (await write(office, writer, given))["replayed"] is False


async def test_one_field_may_be_selected_twice(office: Office, branch: World, writer: str) -> None:
    selection = "a: legalEntity { name } b: legalEntity { id }"
    query = f"mutation ($input: WriteNoteInput!) {{ writeNote(input: $input) {{ {selection} }} }}"
    payload = (await office.ask(writer, query, input=note(branch)))["writeNote"]
    assert payload == {
        "a": {"name": f"Company {branch.tag}"},
        "b": {"id": encode_id("LegalEntity", branch.entity_id)},
    }


@pytest.mark.parametrize("key", ["", "k" * 201])
async def test_an_idempotency_key_has_a_length(office: Office, branch: World, writer: str, key: str) -> None:
    (error,) = (await write(office, writer, note(branch, idempotencyKey=key)))["errors"]
    assert (error["__typename"], error["path"]) == ("ValidationFailed", ["idempotencyKey"])
    assert error["message"] == "An idempotency key has 1 to 200 characters."


async def test_an_idempotency_key_is_needed(office: Office, branch: World, writer: str) -> None:
    given = {name: value for name, value in note(branch).items() if name != "idempotencyKey"}
    answer = await office.post(writer, {"query": WRITE, "variables": {"input": given}})
    (error,) = answer.json()["errors"]
    assert "idempotencyKey" in error["message"]


async def test_refusals_carry_their_data(office: Office, branch: World, writer: str) -> None:
    item = encode_id("Item", new_id())
    payload = await write(office, writer, note(branch, {"text": "fine"}, {"text": "short"}, itemIds=[item]))
    assert payload["legalEntity"] is None
    assert payload["errors"] == [
        {
            "__typename": "InsufficientStock",
            "code": "INSUFFICIENT_STOCK",
            "message": "Too little.",
            "path": ["lines", "1", "itemId"],
            "itemId": item,
            "requested": "5",
            "available": "2.50",
        }
    ]
    (error,) = (await write(office, writer, note(branch, {"text": "stuck"})))["errors"]
    assert (error["__typename"], error["from"], error["to"]) == ("InvalidTransition", "shipped", "open")
    (error,) = (await write(office, writer, note(branch, lines=[])))["errors"]
    assert (error["__typename"], error["message"], error["path"]) == (
        "ValidationFailed",
        "A note needs a line.",
        ["lines"],
    )
    assert await notes(office.database, branch.entity_id) == []


async def test_everything_that_is_wrong_is_told_at_once(
    office: Office, branch: World, writer: str, south: World
) -> None:
    given = note(
        branch,
        {"text": "one", "siteId": encode_id("Location", south.site_id, south.entity_id)},
        {"text": "two", "siteId": encode_id("Location", branch.site_id, branch.entity_id)},
        {"text": "three", "siteId": "nonsense"},
        itemIds=[encode_id("Item", new_id()), encode_id("Customer", new_id())],
    )
    payload = await write(office, writer, given)
    assert [(error["code"], error["message"], error["path"]) for error in payload["errors"]] == [
        ("NOT_FOUND", "Location not found.", ["lines", "0", "siteId"]),
        ("VALIDATION_FAILED", "'nonsense' is not an id.", ["lines", "2", "siteId"]),
        ("NOT_FOUND", "Item not found.", ["itemIds", "1"]),
    ]


async def test_another_entity_is_not_there_and_an_action_may_be_forbidden(
    office: Office, branch: World, writer: str, south: World
) -> None:
    (error,) = (await write(office, writer, note(south)))["errors"]
    assert (error["__typename"], error["message"], error["path"]) == (
        "NotFound",
        "Legal entity not found.",
        ["entityId"],
    )
    (absent,) = (await write(office, writer, note(south, entityId=encode_id("LegalEntity", new_id()))))["errors"]
    assert absent == error
    packer = await office.hire(Role.WAREHOUSE, branch.entity_id)
    (error,) = (await write(office, packer, note(branch)))["errors"]
    assert (error["__typename"], error["message"]) == (
        "Forbidden",
        "None of your roles here allows this: create sales order.",
    )
    assert await notes(office.database, south.entity_id) == []


async def test_a_command_on_a_document_takes_its_entity(office: Office, branch: World, writer: str) -> None:
    async def sign(site: str, version: int) -> Any:
        given = {"siteId": site, "expectedVersion": version, "idempotencyKey": str(new_id())}
        return (await office.ask(writer, SIGN, input=given))["signNote"]["errors"]

    site = encode_id("Location", branch.site_id, branch.entity_id)
    assert await sign(site, 1) == []
    (error,) = await sign(site, 3)
    assert (error["__typename"], error["path"]) == ("VersionConflict", ["expectedVersion"])
    assert (error["expected"], error["current"]) == (3, 1)
    (error,) = await sign(encode_id("Location", branch.site_id), 1)
    assert (error["__typename"], error["path"]) == ("NotFound", ["siteId"])
    (error,) = await sign(encode_id("Location", branch.site_id, new_id()), 1)
    assert error["message"] == "Legal entity not found."


async def test_a_broken_use_case_leaks_nothing(office: Office, branch: World, writer: str) -> None:
    with capture_logs() as logs:
        answer = await office.post(writer, {"query": WRITE, "variables": {"input": note(branch, {"text": "break"})}})
    assert SECRET not in answer.text
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert SECRET in str(logs[0]["exc_info"])
    assert await notes(office.database, branch.entity_id) == []


@pytest.mark.parametrize("weight", ["NaN", "Infinity", "1e30", "", "1,5", "9" * 61, None])
async def test_a_number_that_is_none_never_reaches_the_command(
    office: Office, branch: World, writer: str, weight: str | None
) -> None:
    given = note(branch, {"text": "heavy", "weight": weight})
    answer = await office.post(writer, {"query": WRITE, "variables": {"input": given}})
    assert answer.status_code == 200
    assert ("errors" in answer.json()) is (weight is not None)
    assert len(await notes(office.database, branch.entity_id)) == (1 if weight is None else 0)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
async def test_texts_that_cannot_be_stored_change_nothing(
    office: Office, branch: World, writer: str, text: str
) -> None:
    body = {"query": WRITE, "variables": {"input": note(branch, {"text": text})}}
    answer = await office.post(writer, json.dumps(body).encode())
    assert answer.status_code == 400
    assert await notes(office.database, branch.entity_id) == []


async def test_what_was_refused_and_what_was_done_are_both_audited(office: Office, branch: World, writer: str) -> None:
    await write(office, writer, note(branch, {"text": "stuck"}))
    await write(office, writer, note(branch))
    statement = (
        select(AuditEntry.mutation, AuditEntry.outcome)
        .where(AuditEntry.entity_id == branch.entity_id, AuditEntry.mutation == "writeNote")
        .order_by(AuditEntry.id)
    )
    async with office.database.worker.connect() as connection:
        entries = [tuple(row) for row in await connection.execute(statement)]
    assert entries == [("writeNote", "refused"), ("writeNote", "done")]


async def test_commands_of_one_request_run_once_each_and_in_order(office: Office, branch: World, writer: str) -> None:
    """One of them has errors to tell, which graphql-core completes: none runs again for that."""
    document = """mutation ($first: WriteNoteInput!, $second: WriteNoteInput!, $third: WriteNoteInput!) {
      __typename
      first: writeNote(input: $first) { __typename legalEntity { name } errors { code } replayed }
      second: writeNote(input: $second) { legalEntity { name } errors { code path } }
      third: writeNote(input: $third) { legalEntity { name } warnings { code } } }"""
    first, third = note(branch, {"text": "the first of them"}), note(branch, {"text": "the third"}, mood="HURRIED")
    answer = await office.ask(writer, document, first=first, second=note(branch, idempotencyKey=""), third=third)
    entity = {"name": f"Company {branch.tag}"}
    assert answer == {
        "__typename": "Mutation",
        "first": {"__typename": "WriteNotePayload", "legalEntity": entity, "errors": [], "replayed": False},
        "second": {"legalEntity": None, "errors": [{"code": "VALIDATION_FAILED", "path": ["idempotencyKey"]}]},
        "third": {"legalEntity": entity, "warnings": []},
    }
    written = await notes(office.database, branch.entity_id)
    assert [each["text"] for each in written] == ["the first of them", "the third"]


async def test_a_command_that_breaks_leaves_the_others_done(office: Office, branch: World, writer: str) -> None:
    """Every mutation promises a payload, so the answer has no data; what was done stays done, and the key says so."""
    document = """mutation ($good: WriteNoteInput!, $bad: WriteNoteInput!) {
      good: writeNote(input: $good) { replayed } bad: writeNote(input: $bad) { replayed } }"""
    good = note(branch, {"text": "done before"})
    body = {"query": document, "variables": {"good": good, "bad": note(branch, {"text": "break"})}}
    answer = (await office.post(writer, body)).json()
    assert answer["data"] is None
    assert [error["path"] for error in answer["errors"]] == [["bad"]]
    assert (await write(office, writer, good))["replayed"] is True
