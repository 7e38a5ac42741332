"""No value ever gets into the text of a statement: whatever the values are, the text is the same."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from graphql import GraphQLSyntaxError, NameNode, Visitor, parse, visit
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from api.operations.execution import CompiledSchema
from api.reads.assembly import assemble
from api.reads.operation import Reads
from api.reads.paging import order_hash
from api.reads.run import Driver
from api.values.ids import encode_bytes, encode_id
from api.values.sqltext import known_text
from kernel.ids import new_id
from tests.api.reads.trade import HOSTILE, made_id
from tests.api.reads.world import NODES, EntityScope

MARK = "zq7x"
"""Stands in every value, and in no structure."""
SIGNS = st.sampled_from(["'", '"', "\\", "%", "_", "--", ";", "$1", "$$", ":name", "%(name)s", "{}", "\n", "/*", "E'"])
TEXTS = st.lists(SIGNS | st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20).map("".join)
UNSTORABLE = st.sampled_from(["\x00", "\ud800", "\udfff"])

QUERY = """query ($text: String!, $texts: [String!]!, $cursor: Cursor, $id: ID!, $ids: [ID!]!, $search: String!) {
  list: salesOrders(
    first: 5, after: $cursor, orderBy: [NUMBER_ASC]
    where: {
      number: {eq: $text}, note: {startsWith: $text, in: $texts}, or: [{number: {gt: $text}}, {note: {lte: $text}}]
      not: {number: {lt: $text}}, lines: {some: {quantity: {eq: "1"}}, none: {item: {eq: $id}}}
    }
  ) { totalCount nodes { number lines(first: 2) { nodes { lineNumber } } } pageInfo { hasPreviousPage } }
  items(where: {search: $search, sku: {in: $texts}}) { nodes { name } }
  item(sku: $text) { name }
  again: salesOrder(number: $text) { number }
  node(id: $id) { id }
  nodes(ids: $ids) { id }
}"""
ITEM = encode_id("Item", made_id("item 1"))


PLACE = order_hash(assemble(NODES)["SalesOrder"].order(["number"]))
"""What cursors of the order by number begin with."""
Sent = list[tuple[str, Sequence[Any]]]


@dataclass
class Recorder:
    """A request whose statements go nowhere: asyncpg's side of a read."""

    row_policy: EntityScope
    sent: Sent = field(default_factory=list)
    given_reads: Reads | None = None

    @property
    def reads(self) -> Reads:
        assert self.given_reads is not None
        return self.given_reads

    def spend(self, cost: int) -> None:
        """Pays nothing."""

    def with_reads(self, reads: Reads) -> "Recorder":
        return Recorder(self.row_policy, self.sent, reads)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Driver]:
        yield self

    async def fetch(self, query: str, *args: Any) -> Sequence[Sequence[Any]]:
        self.sent.append((query, args))
        return [["{}"]]


def fresh_reader() -> EntityScope:
    """A reader for whom nothing was planned yet, or the text would be a kept one."""
    return EntityScope((made_id("north"), made_id("south")), hidden_fields=frozenset({("fresh", str(new_id()))}))


def values_with(text: str) -> dict[str, Any]:
    """Values for QUERY, all with this text in them."""
    forged = [PLACE, text, str(made_id("north")), str(made_id("north"))]
    return {
        "text": text,
        "texts": [text, f"{text} "],
        "cursor": encode_bytes(orjson.dumps(forged)),
        "id": ITEM,
        "ids": [ITEM],
        "search": text,
    }


async def sent_for(schema: CompiledSchema, query: str, variables: dict[str, Any]) -> Sent:
    recorder = Recorder(fresh_reader())
    result = await schema.execute(query, variable_values=variables, context_value=recorder)
    assert result.errors is None, result.errors
    return recorder.sent


@pytest.fixture(scope="module")
async def usual(schema: CompiledSchema) -> list[str]:
    """The statements for values without any sign."""
    return [text for text, _ in await sent_for(schema, QUERY, values_with("usual"))]


@given(text=TEXTS)
@example(text=HOSTILE)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_statements_are_the_same_whatever_the_values(
    schema: CompiledSchema, usual: list[str], text: str
) -> None:
    marked = f"{MARK}{text}"[:90]
    for sent in (
        await sent_for(schema, QUERY, values_with(marked)),
        await sent_for(schema, written_in(QUERY, values_with(marked)), {}),
    ):
        assert [statement for statement, _ in sent] == usual
        assert all(MARK not in statement for statement, _ in sent)
        bound = repr([arguments for _, arguments in sent])
        assert bound.count(MARK) >= 12, "the values are bound"


def written_in(query: str, values: dict[str, Any]) -> str:
    """The query with its values as literals in the document."""
    literals = {name: json.dumps(value) for name, value in values.items()}
    body = query[query.index("{") :]
    return re.sub(r"\$(\w+)", lambda match: literals[match[1]], body)


@given(text=TEXTS, bad=UNSTORABLE)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_postgresql_cannot_store_is_refused_before_any_sql(
    schema: CompiledSchema, text: str, bad: str
) -> None:
    for name in ("text", "search", "id"):
        recorder = Recorder(fresh_reader())
        variables = {**values_with("usual"), name: f"{text[:40]}{bad}"}
        result = await schema.execute(QUERY, variable_values=variables, context_value=recorder)
        assert result.errors
        assert recorder.sent == []


@given(key=TEXTS)
@example(key="a'b")
@example(key="aé")
def test_a_response_key_is_a_name_or_no_document(key: str) -> None:
    """Response keys are the only part of a statement that a client words; the grammar allows no sign in them."""
    try:
        document = parse(f"{{ {key}: item }}")
    except GraphQLSyntaxError:
        return
    names = _Names()
    visit(document, names)
    assert all(re.fullmatch(r"[_A-Za-z][_0-9A-Za-z]*", name) for name in names.found)


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def enter_name(self, node: NameNode, *_: Any) -> None:
        self.found.append(node.value)


@pytest.mark.parametrize("text", ["it's", "a\\b", "\x00", "é", "\u2028"])
def test_structure_that_could_end_a_literal_is_a_broken_invariant(text: str) -> None:
    with pytest.raises(AssertionError):
        known_text(text)
