"""What mutations cost a budget: 25 each, and 5 for each element of the lists in their inputs, given in whatever way."""

from typing import Any

import pytest

from api.rates import TRIED_LINE_COST, Rates
from authz.vocabulary import Role
from tests.api.office import make_office_schema
from tests.api.people import grant, somebody
from tests.api.serving import Office, at_another_door
from tests.api.writes.test_writes import note
from tests.factories.world import World

BY_INPUT = "mutation ($input: WriteNoteInput!) { writeNote(input: $input) { errors { code } } }"
BY_LINES = """mutation ($entityId: ID!, $lines: [NoteLineInput!]!, $key: String!) {
  writeNote(input: {entityId: $entityId, lines: $lines, idempotencyKey: $key}) { errors { code } }
}"""
BY_TEXT = """mutation ($entityId: ID!, $key: String!) {
  writeNote(input: {entityId: $entityId, lines: [{text: "one"}, {text: "two"}], idempotencyKey: $key}) {
    errors { code }
  }
}"""
IN_FRAGMENT = """mutation ($input: WriteNoteInput!) { ...Notes }
fragment Notes on Mutation {
  a: writeNote(input: $input) { errors { code } }
  b: writeNote(input: $input) { errors { code } }
}"""
QUIET = {"text": "all quiet"}


class Ledger(Rates):
    """Remembers what was paid, and refuses nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.paid: list[int] = []

    def spend(self, payer: str, cost: int, *, per_minute: int | None = None) -> None:  # noqa: ARG002
        self.paid.append(cost)


@pytest.mark.parametrize(
    ("query", "lines", "price"),
    [
        (BY_INPUT, 1, 25 + 5),
        (BY_INPUT, 100, 25 + 500),
        (BY_LINES, 100, 25 + 500),
        (BY_TEXT, 0, 25 + 10),
        (IN_FRAGMENT, 3, 2 * (25 + 15)),
    ],
)
async def test_a_mutation_costs_as_much_as_it_is_given(
    office: Office, north: World, query: str, lines: int, price: int
) -> None:
    ledger, given = Ledger(), note(north, *[QUIET] * lines)
    variables: dict[str, Any] = {"input": given, "key": given["idempotencyKey"]}
    variables |= {name: given[name] for name in ("entityId", "lines")}
    async with at_another_door(office, make_office_schema(), rates=ledger) as door:
        subject = somebody("nora")
        await grant(door, subject, Role.CUSTOMER_SERVICE, north.entity_id)
        used = {name: value for name, value in variables.items() if f"${name}" in query}
        answer = await door.post(door.issuer.token(subject), {"query": query, "variables": used})
    assert "errors" not in answer.json(), answer.json()
    assert ledger.paid == [price]


TRIED = """mutation ($entityId: ID!, $lines: [NoteLineInput!]!, $key: String!, $tried: Boolean!) {
  writeNote(input: {entityId: $entityId, lines: $lines, idempotencyKey: $key, dryRun: $tried}) { errors { code } }
}"""
TRIED_AS_WRITTEN = TRIED.replace(", $tried: Boolean!", "").replace("$tried", "true")


@pytest.mark.parametrize("is_outsider", [False, True])
@pytest.mark.parametrize(
    ("query", "tried"), [(BY_INPUT, True), (BY_INPUT, False), (TRIED, True), (TRIED, False), (TRIED_AS_WRITTEN, True)]
)
async def test_outsiders_pay_for_each_line_that_they_only_try(
    office: Office, north: World, query: str, *, tried: bool, is_outsider: bool
) -> None:
    ledger, given = Ledger(), note(north, QUIET, QUIET) | {"dryRun": tried}
    variables: dict[str, Any] = {"input": given, "key": given["idempotencyKey"], "tried": tried}
    variables |= {name: given[name] for name in ("entityId", "lines")}
    async with at_another_door(office, make_office_schema(), rates=ledger) as door:
        subject = somebody("nora")
        if is_outsider:
            await grant(door, subject, Role.PARTNER_MACHINE, north.entity_id, partner_id=north.customer_id)
        else:
            await grant(door, subject, Role.CUSTOMER_SERVICE, north.entity_id)
        used = {name: value for name, value in variables.items() if f"${name}" in query}
        await door.post(door.issuer.token(subject), {"query": query, "variables": used})
    assert ledger.paid == [25 + 2 * (TRIED_LINE_COST if tried and is_outsider else 5)]
