"""Every type of the API can be read: its whole selection compiles, and PostgreSQL takes the statement."""

from collections.abc import AsyncIterator

import pytest
import strawberry
from sqlalchemy.ext.asyncio import AsyncEngine
from strawberry.utils.str_converters import to_camel_case

from api.reads.registry import CompositeField, IdField, ManyField, ObjectType, OneField, ValueField
from api.schema import REGISTRY, make_schema
from api.values.ids import encode_id
from kernel.contexts import RowContext, Signer
from kernel.db import Database, make_engine
from kernel.ids import new_id
from tests.api.reads.world import EntityScope, Request
from tests.databases import CONTEXT_KEY

ONE, OTHER = new_id(), new_id()
CARRIED = Signer(CONTEXT_KEY).reading(RowContext(entities_read=(ONE, OTHER)))
"""What shows an audited field writes that down, which nobody may without a context."""


@pytest.fixture(scope="module")
def whole_schema() -> strawberry.Schema:
    return make_schema()


@pytest.fixture(scope="module")
async def app_engine(database: Database) -> AsyncIterator[AsyncEngine]:
    """An engine of the role that serves requests."""
    engine = make_engine(database.app.url, pool_size=1)
    yield engine
    await engine.dispose()


@pytest.mark.parametrize("policy", [EntityScope((ONE,)), EntityScope((ONE, OTHER))], ids=["one", "several"])
@pytest.mark.parametrize("name", sorted(REGISTRY.types))
async def test_a_type_can_be_read_with_all_its_fields(
    whole_schema: strawberry.Schema, app_engine: AsyncEngine, name: str, policy: EntityScope
) -> None:
    of = REGISTRY[name]
    identity = encode_id(name, new_id(), new_id() if of.node.entity_owned else None)
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {name} {{ {selection(of, depth=2)} }} }} }}"
    result = await whole_schema.execute(
        query, variable_values={"ids": [identity]}, context_value=Request(app_engine, policy, carried=CARRIED)
    )
    assert result.errors is None, result.errors


@pytest.mark.parametrize("name", sorted(REGISTRY.types))
def test_what_finds_and_orders_objects_is_shown(name: str) -> None:
    """By the same name: a right to a field is then one to what it can be found and ordered by."""
    of = REGISTRY[name]
    orders = {to_camel_case(each) for each in of.node.orders}
    assert {*of.filters, *of.related, *orders, *of.searched} <= of.fields.keys()


def selection(of: ObjectType, *, depth: int) -> str:
    """All fields of a type, and of the types around it."""
    selected = []
    for name, field in of.fields.items():
        match field:
            case ValueField() | IdField():
                selected.append(name)
            case CompositeField():
                selected.append(f"{name} {{ {' '.join(field.parts)} }}")
            case OneField() if depth:
                selected.append(f"{name} {{ {selection(field.target, depth=depth - 1)} }}")
            case ManyField() if depth:
                page = f"edges {{ cursor node {{ {selection(field.target, depth=depth - 1)} }} }}"
                selected.append(f"{name} {{ totalCount {page} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }}")
    return " ".join(selected)
