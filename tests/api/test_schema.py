"""The schema as a whole: what is committed, what every mutation takes, and that everything is described."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
    print_ast,
)
from strawberry.utils.str_converters import to_snake_case

from api.reads.registry import IdField
from api.schema import MUTATIONS, REGISTRY, RESOURCES, make_schema
from api.writes.inputs import input_fields
from api.writes.mutation import MutationField
from authz.vocabulary import AUDITED, RESTRICTABLE, Resource

COMMITTED = Path(__file__).parents[2] / "api" / "schema.graphql"


@pytest.fixture(scope="module")
def sdl() -> str:
    return make_schema().as_str() + "\n"


@pytest.fixture(scope="module")
def schema(sdl: str) -> GraphQLSchema:
    return build_schema(sdl)


def test_the_committed_schema_is_the_schema(sdl: str) -> None:
    assert COMMITTED.read_text() == sdl, "Run `wharfinger schema --write`, and tell of what breaks in CHANGELOG.md."


def described(named: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Everything in a type that should have a description."""
    yield named.name, named.description
    if isinstance(named, GraphQLEnumType):
        for name, value in named.values.items():
            yield f"{named.name}.{name}", value.description
    if isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        for name, field in named.fields.items():
            yield f"{named.name}.{name}", field.description
            for argument, declared in getattr(field, "args", {}).items():
                yield f"{named.name}.{name}({argument})", declared.description


def test_everything_is_described(schema: GraphQLSchema) -> None:
    own = (named for name, named in schema.type_map.items() if not name.startswith("__"))
    builtin = {"String", "Int", "Float", "Boolean", "ID"}
    bare = [place for named in own if named.name not in builtin for place, text in described(named) if not text]
    assert bare == []


@pytest.mark.parametrize("resource", RESTRICTABLE)
def test_what_a_policy_may_restrict_may_be_null(schema: GraphQLSchema, resource: Resource) -> None:
    """And each such name means something that the API shows."""
    meant: set[str] = set()
    for of in (REGISTRY[name] for name, named in RESOURCES.items() if named is resource):
        for name, each in of.fields.items():
            names = RESTRICTABLE[resource].intersection(of.node.policy_names(to_snake_case(name)))
            shown = schema.type_map[of.name]
            assert isinstance(shown, GraphQLObjectType)
            assert not names or not isinstance(shown.fields[name].type, GraphQLNonNull), f"{of.name}.{name}"
            assert not names or not isinstance(each, IdField)
            meant |= names
    assert meant == RESTRICTABLE[resource]
    assert AUDITED.get(resource, frozenset()) <= RESTRICTABLE[resource]


def input_of(schema: GraphQLSchema, mutation: str) -> GraphQLInputObjectType:
    assert schema.mutation_type is not None
    (argument,) = schema.mutation_type.fields[mutation].args.values()
    given = get_named_type(argument.type)
    assert isinstance(given, GraphQLInputObjectType)
    return given


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_a_mutation_is_idempotent_and_can_be_tried(schema: GraphQLSchema, mutation: MutationField) -> None:
    given = input_of(schema, mutation.name).fields
    assert str(given["idempotencyKey"].type) == "String!"
    assert str(given["dryRun"].type) == "Boolean!"
    declared = given["dryRun"].ast_node
    assert declared is not None
    assert print_ast(declared).endswith("dryRun: Boolean! = false")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_who_changes_a_document_says_which_version_they_saw(schema: GraphQLSchema, mutation: MutationField) -> None:
    """A command whose entity follows from a document changes that document, and so does one on a change request."""
    fields = input_fields(mutation.command)
    if mutation.name == "submitChangeRequest":  # changes one only where it names it
        return
    changes_a_document = any(field.entity_of or field.refers_to == "ChangeRequest" for field in fields)
    given = input_of(schema, mutation.name).fields
    assert ("expectedVersion" in given) == changes_a_document
    if changes_a_document:
        assert str(given["expectedVersion"].type) == "Int!"


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_a_payload_has_errors_warnings_and_whether_it_is_a_repeat(
    schema: GraphQLSchema, mutation: MutationField
) -> None:
    assert schema.mutation_type is not None
    answer = schema.mutation_type.fields[mutation.name].type
    assert isinstance(answer, GraphQLNonNull)
    payload = answer.of_type
    assert isinstance(payload, GraphQLObjectType)
    assert payload.name == f"{mutation.type_prefix}Payload"
    shown = {name: str(field.type) for name, field in payload.fields.items()}
    assert shown["errors"] == "[MutationError!]!"
    assert shown["warnings"] == "[MutationWarning!]!"
    assert shown["replayed"] == "Boolean!"


def test_the_names_of_the_field_are_there(schema: GraphQLSchema) -> None:
    """What the first release promised; more may be added, none may go."""
    assert schema.query_type is not None
    promised = """node viewer entities locations items item suppliers customers balances movements salesOrders
        salesOrder shortages purchaseOrders purchaseOrder transferOrders supplierInvoices exceptionCases
        inventoryInvariants"""
    assert set(promised.split()) <= set(schema.query_type.fields)
    assert schema.mutation_type is not None
    promised = """placeSalesOrder acceptSourcingOption confirmPurchaseOrder receivePurchaseOrder shipSalesOrder
        cancelSalesOrder recordSupplierInvoice"""
    assert set(promised.split()) <= set(schema.mutation_type.fields)
    assert schema.subscription_type is not None
    assert {"exceptionEvents", "events"} <= set(schema.subscription_type.fields)
