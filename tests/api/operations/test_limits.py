"""Documents that would cost seconds, a stack or an answer are refused before anything of them runs."""

from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from graphql import GraphQLError, validate
from starlette.types import Message

from api.faults import RequestRefused
from api.http.incoming import Incoming
from api.http.request import read_request
from api.operations.limits import COMPARISONS_MAX, LIMITS, MUTATIONS_MAX, RULES, TOKENS_MAX, check_extent, parsed
from api.reads.planner import DEPTH_MAX, FIELDS_MAX
from api.schema import make_schema
from authz.vocabulary import Role
from tests.api.serving import Office
from tests.factories.world import World

SCHEMA = make_schema()._schema  # noqa: SLF001
NESTED = "customer { salesOrders(first: 1) { nodes { "


@pytest.fixture(scope="module")
async def reader(house: Office, north: World) -> str:
    return await house.hire(Role.CUSTOMER_SERVICE, north.entity_id)


async def told(house: Office, token: str, query: str, **parameters: Any) -> list[str]:
    """The messages of the errors, none of which may be a fault of ours."""
    answer = await house.post(token, {"query": query, **parameters})
    assert answer.status_code == 200
    errors = answer.json().get("errors", [])
    assert not [error for error in errors if error["extensions"]["code"] == "INTERNAL"], errors
    return [error["message"] for error in errors]


def mutations(count: int) -> str:
    one = 'cancelSalesOrder(input: {salesOrderId: "x", expectedVersion: 1, reason: "r", idempotencyKey: "k"})'
    return " ".join(f"m{number}: {one} {{ replayed }}" for number in range(count))


FLOODS = {
    "names": "{" + " ".join(f"a{n}: __typename" for n in range(TOKENS_MAX)) + "}",
    "directives": "{ __typename " + "@include(if: true) " * TOKENS_MAX + "}",
    "the same field": "{" + " items { nodes { id } }" * TOKENS_MAX + "}",
    "operations": " ".join(f"query q{n} {{ __typename }}" for n in range(TOKENS_MAX)),
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(TOKENS_MAX)) + ") { __typename }",
    "comments": "{ __typename " + "#\n" * TOKENS_MAX + "}",
}


@pytest.mark.parametrize("query", FLOODS.values(), ids=FLOODS)
async def test_floods_are_refused_while_they_are_read(house: Office, reader: str, query: str) -> None:
    began = process_time()
    (message,) = await told(house, reader, query, operationName="q1")
    assert "token" in message
    assert process_time() - began < 1


def joined(form: str, count: int) -> str:
    """The form so many times, numbered."""
    return " ".join(form.replace("#", str(number)) for number in range(count))


def items(selection: str) -> str:
    """A page of items."""
    return f"{{ items {{ nodes {{ {selection} }} }} }} "


def chain(links: int) -> str:
    """A page whose fields stand in so many fragments inside each other."""
    spreads = [f"fragment F{n} on Item {{ ...F{n + 1} }}" for n in range(links - 1)]
    return items("...F0") + " ".join(spreads) + f" fragment F{links - 1} on Item {{ id }}"


AT_LIMITS: dict[str, Callable[[int], str]] = {
    "operations": lambda n: joined("query q# { __typename }", n),
    "variables": lambda n: f"query q1({joined('$v#: Int', n)}) {{ __typename }}",
    "directives": lambda n: items(f"sku {'@include(if: true) ' * (n - 1)}") + "query q1 @skip(if: false) { a }",
    "aliases": lambda n: items(joined("s#: sku", n)),
    "introspection_aliases": lambda n: "{ __schema { " + joined("t#: types { name }", n) + " } }",
    "root_fields": lambda n: "{ " + joined("r#: __typename", n) + " }",
    "mutations": lambda n: "mutation { ...F } fragment F on Mutation { " + joined("m#: __typename", n) + " }",
    "fields": lambda n: items("...F " * (n // 2 - 1)) + "fragment F on Item { sku id }" + " fragment G on Item { id }",
    "depth": lambda n: "{ a " * n + "} " * n,
    "fragment_depth": chain,
}


def refusal(text: str) -> dict[str, Any]:
    """What is told of a document that is past a limit."""
    try:
        check_extent(parsed(text))
    except GraphQLError as error:
        return dict(error.extensions or {})
    return {}


@pytest.mark.parametrize("limit", LIMITS)
def test_at_the_limit_all_is_well_and_past_it_the_limit_is_named(limit: str) -> None:
    most, _ = LIMITS[limit]
    assert refusal(AT_LIMITS[limit](most)) == {}
    given = most + (2 if limit == "fields" else 1)
    assert refusal(AT_LIMITS[limit](given)) == {"code": "LIMIT_EXCEEDED", "limit": limit, "given": given, "max": most}


def test_the_limit_of_tokens_is_named() -> None:
    text = "{ " + "a " * (TOKENS_MAX - 2) + "}"
    assert parsed(text).kind == "document"
    with pytest.raises(GraphQLError, match=f"{TOKENS_MAX} tokens at most") as refused:
        parsed(text.replace("{", "{ a"))
    assert refused.value.extensions == {"code": "LIMIT_EXCEEDED", "limit": "tokens", "max": TOKENS_MAX}


def same_fragments(count: int) -> str:
    return items(joined("...F#", count)) + joined("fragment F# on Item { id sku name }", count)


HEAVY = {
    "the same fields in fragments": same_fragments(270),
    "the same field": items("sku " * 1_900),
    "the same object": "{ items { " + "nodes { id units { nodes { id } } } " * 240 + "} }",
    "the same arguments": "{ " + 'items(first: 1, after: "x", where: {sku: {eq: "a"}}) { nodes { id } } ' * 50 + "}",
    "other fields in fragments": items(joined("...F#", 270)) + joined("fragment F# on Item { a#: sku }", 270),
    "types": '{ node(id: "x") {' + "... on Item { id sku } ... on Supplier { id code } " * 150 + "} }",
    "operations over shared variables": " ".join(
        f"query q{number}({joined('$v#: Int', 29)}) {{ ...F }}" for number in range(20)
    )
    + f" fragment F on Query {{ {joined('a#: items(first: $v#) { nodes { id } }', 29)} }}",
    "literals": "{ nodes(ids: [" + joined('"x#"', 2_980) + "]) { id } }",
    "what does not exist": items(joined("nothing#", 1_900)),
    "conflicts": items("a: sku a: name " * 150),
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
def test_the_heaviest_documents_within_the_limits_cost_milliseconds(text: str) -> None:
    """On one idle core about 40 ms; the bound catches what would grow with the square. Python's collector may walk the
    whole process in between, so the least of some counts."""

    def cost() -> float:
        began = process_time()
        document = parsed(text)
        check_extent(document)
        validate(SCHEMA, document, RULES, 20, hide_suggestions=True)
        return process_time() - began

    assert min(cost() for _ in range(3)) < 0.4


def test_comparing_fields_has_a_budget() -> None:
    assert validate(SCHEMA, parsed(same_fragments(60)), RULES) == []
    (error,) = validate(SCHEMA, parsed(same_fragments(61)), RULES)
    assert error.message.startswith("Too many fields of the same name")
    assert error.extensions == {"code": "LIMIT_EXCEEDED", "limit": "comparisons", "max": COMPARISONS_MAX}


async def test_a_query_string_has_the_limit_of_a_body() -> None:
    async def receive() -> Message:
        return {"type": "http.request"}

    def asked(length: int) -> Incoming:
        text = b"query={a}&x=" + b"x" * (length - 12)
        state = {"request_id": "long"}
        return Incoming({"method": "GET", "query_string": text, "headers": [], "state": state}, receive)

    assert (await read_request(asked(1_000), body_bytes_max=1_000)).query == "{a}"
    with pytest.raises(RequestRefused, match="1000 bytes at most") as refused:
        await read_request(asked(1_001), body_bytes_max=1_000)
    assert (refused.value.status, refused.value.code) == (414, "REQUEST_TOO_LARGE")


async def test_past_a_limit_the_status_is_400_where_the_client_knows_it(house: Office, reader: str) -> None:
    query = {"query": items(joined("s#: sku", 301))}
    for accept, status in (("application/json", 200), ("application/graphql-response+json", 400)):
        answer = await house.post(reader, query, accept=accept)
        assert answer.status_code == status
        (error,) = answer.json()["errors"]
        assert error["message"] == "A request may have 300 aliases at most; this has 301."
        assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "aliases", "given": 301, "max": 300}


@pytest.mark.parametrize(
    "query", ["{ %s }", "{ items(%s: 1) { nodes { id } } }", "query q($v: %s) { viewer { subject } }"]
)
async def test_an_error_repeats_no_more_than_a_thousand_characters(house: Office, reader: str, query: str) -> None:
    messages = await told(house, reader, query % ("x" * 100_000))
    assert messages
    assert max(len(message) for message in messages) <= 1_000


async def test_a_field_has_a_limit_of_fields_under_it(house: Office, reader: str) -> None:
    def query(count: int) -> str:
        pairs = joined("a#: units { totalCount }", count // 2)
        return f"{{ items(first: 1) {{ nodes {{ {pairs} {'sku' * (count % 2)} }} }} }}"

    (message,) = await told(house, reader, query(FIELDS_MAX))
    assert message == f"One root field may select {FIELDS_MAX} fields at most, with those of nested objects."
    assert await told(house, reader, query(FIELDS_MAX - 1)) == []


async def test_objects_have_a_limit_of_depth(house: Office, reader: str) -> None:
    def query(depth: int) -> str:
        pairs = (depth - 1) // 2
        return "{ salesOrders(first: 1) { nodes { " + NESTED * pairs + "id" + " } } }" * pairs + " } } }"

    assert await told(house, reader, query(DEPTH_MAX - 1)) == []
    (message,) = await told(house, reader, query(DEPTH_MAX + 1))
    assert message == f"Objects may be nested {DEPTH_MAX} deep at most."


async def test_a_document_has_a_limit_of_mutations(house: Office, reader: str) -> None:
    assert await told(house, reader, f"mutation {{ {mutations(MUTATIONS_MAX)} }}") == []
    refused = [f"A request may have {MUTATIONS_MAX} mutations at most; this has {MUTATIONS_MAX + 1}."]
    assert await told(house, reader, f"mutation {{ {mutations(MUTATIONS_MAX + 1)} }}") == refused
    hidden = f"mutation {{ ...all ... {{ m: __typename }} }} fragment all on Mutation {{ {mutations(MUTATIONS_MAX)} }}"
    assert await told(house, reader, hidden) == refused


async def test_of_several_operations_the_client_must_name_one(house: Office, reader: str) -> None:
    query = "query first { __typename } query second { __typename }"
    (message,) = await told(house, reader, query)
    assert "operationName" in message
    assert await told(house, reader, query, operationName="second") == []
