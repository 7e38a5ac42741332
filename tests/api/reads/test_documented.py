"""The queries of the guides: what SQL each becomes, and that PostgreSQL reads it by indexes at volume.

They run as in production: by the role that serves requests, under row security.

The statements stand beside the queries, for one legal entity and for several. Write them again, and read the change:

    WHARFINGER_SNAPSHOTS=write python -m pytest tests/api/reads/test_documented.py -k statement
"""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import orjson
import pytest
import strawberry
from sqlalchemy.ext.asyncio import AsyncEngine

from api.policy import ActorPolicy
from api.schema import REGISTRY, RESOURCES, make_schema
from api.values.ids import encode_id
from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Role
from kernel.contexts import Signer
from kernel.db import make_engine
from kernel.postgres import SUPERUSER, EmbeddedServer
from kernel.roles import Role as Login
from tests.api.reads.sqlformat import readable
from tests.api.reads.volume import SIZE, load, made
from tests.api.reads.world import Request
from tests.databases import CONTEXT_KEY, Databases

FOLDER = Path(__file__).with_name("documented")
QUERIES = sorted(file.stem for file in FOLDER.glob("*.graphql"))
ENTITIES = [made("entity", n) for n in range(1, SIZE.entities + 1)]
READERS = {"one": ENTITIES[:1], "three": ENTITIES[:3], "all": ENTITIES}
BIG = {
    "demand", "exception_case", "item", "journal_entry", "movement", "purchase_order", "purchase_order_line",
    "sales_order", "sales_order_line", "shortage", "site_balance", "sourcing_option", "supplier_price",
}  # fmt: skip
SIGNER = Signer(CONTEXT_KEY)
SORTED_ROWS_MAX = 2_000
"""What may be sorted: pages that were cut already, to be merged, and the rows below one row."""


def auditor(reader: str) -> Actor:
    access = compile_access(starting_policy(), {Role.AUDITOR: READERS[reader]}, ENTITIES)
    return Actor(subject="auditor", access=access)


def carried(reader: str) -> str:
    return SIGNER.reading(auditor(reader).row_context)


@dataclass
class Reading(Request):
    """A request that keeps the statements which it sent, with their arguments."""

    sent: list[tuple[str, list[Any]]] = field(default_factory=list)

    def _count(self, record: Any) -> None:
        if record.query.startswith("SELECT"):
            self.sent.append((record.query, list(record.args)))


@dataclass(frozen=True)
class House:
    """The API over a trade at volume."""

    schema: strawberry.Schema
    engine: AsyncEngine

    async def ask(self, name: str, reader: str) -> tuple[Any, str, list[Any]]:
        """The answer to a documented query, and the one statement that made it."""
        answer, sent = await self._run((FOLDER / f"{name}.graphql").read_text(), reader, await self._variables(name))
        assert len(sent) == 1, "one root field is one statement"
        return answer, *sent[0]

    async def _run(self, query: str, reader: str, variables: dict[str, Any]) -> tuple[Any, list[Any]]:
        request = Reading(self.engine, ActorPolicy(auditor(reader), RESOURCES), carried=carried(reader))
        result = await self.schema.execute(query, variable_values=variables, context_value=request)
        assert result.errors is None, result.errors
        return orjson.loads(orjson.dumps(result.data)), request.sent

    async def _variables(self, name: str) -> dict[str, Any]:
        match name:
            case "next_page":
                return {"after": await self._cursor("PLACED_AT_DESC")}
            case "previous_page":
                return {"before": await self._cursor("NUMBER_ASC")}
            case _:
                return VARIABLES.get(name, {})

    async def _cursor(self, order: str) -> str:
        query = f"{{ salesOrders(first: 100, orderBy: [{order}]) {{ pageInfo {{ endCursor }} }} }}"
        answer, _ = await self._run(query, "one", {})
        return str(answer["salesOrders"]["pageInfo"]["endCursor"])


VARIABLES: dict[str, dict[str, Any]] = {
    "order": {"number": "SO-101001", "entity": encode_id("LegalEntity", ENTITIES[0])},
    "item": {"sku": "SKU-000123"},
    "stock_of_site": {"site": encode_id("Location", made("site", 5), ENTITIES[0])},
    "supplier_orders": {"supplier": encode_id("Supplier", made("supplier", 5))},
    "customer_orders": {"code": "C00005"},
    "cases": {"role": "buyer"},
    "search": {"text": "valve 12"},
    "orders_of_item": {"item": encode_id("Item", made("item", 155))},
    "movements": {"item": encode_id("Item", made("item", 155))},
    "journal": {"from": "2025-01-02", "to": "2025-02-01"},
    "found_again": {"id": encode_id("SalesOrder", made("order", 1000), ENTITIES[0])},
}


@pytest.fixture(scope="module")
async def house(server: EmbeddedServer, databases: Databases) -> AsyncIterator[House]:
    async with databases.copy() as name:
        loader = make_engine(server.url(SUPERUSER, name), pool_size=1)
        await load(loader, SIZE)
        await loader.dispose()
        engine = make_engine(server.url(Login.APP, name), pool_size=2)
        yield House(make_schema(), engine)
        await engine.dispose()


@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_is_the_documented_statement(house: House, name: str) -> None:
    _, one, _ = await house.ask(name, "one")
    _, several, _ = await house.ask(name, "three")
    assert several == (await house.ask(name, "all"))[1], "the text does not grow with the entities"
    written = f"-- For a reader of one legal entity\n{readable(one)}\n-- For a reader of several\n{readable(several)}"
    file = FOLDER / f"{name}.sql"
    if os.environ.get("WHARFINGER_SNAPSHOTS") == "write":
        file.write_text(written)
    assert file.read_text() == written


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_is_read_by_indexes(house: House, name: str, reader: str) -> None:
    """Planned for these values, as PostgreSQL does at first, and for any values, as it may do from the sixth run on."""
    answer, statement, arguments = await house.ask(name, reader)
    assert filled(answer), "the query finds something"
    async with house.engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute("SELECT set_config('wharfinger.context', $1, false)", carried(reader))
        plans = [await driver.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *arguments)]
        await driver.execute(f"SET plan_cache_mode = force_generic_plan; PREPARE documented AS {statement}")
        any_values = f"({', '.join(['NULL'] * len(arguments))})" if arguments else ""
        plans.append(await driver.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE documented{any_values}"))
        await driver.execute("RESET plan_cache_mode; DEALLOCATE documented")
    for step in chain.from_iterable(steps(plan[0]["Plan"]) for plan in plans):
        assert not (step["Node Type"] == "Seq Scan" and step["Relation Name"] in BIG), step
        assert "Sort" not in step["Node Type"] or rows_read(step) <= SORTED_ROWS_MAX, step


def rows_read(plan: dict[str, Any]) -> int:
    """How many rows of a big table are read for a step, where no LIMIT on the way stops the reading early."""
    if plan["Node Type"] == "Limit":
        return 0
    own = plan["Plan Rows"] if plan.get("Relation Name") in BIG else 0
    return max(own, *(rows_read(child) for child in plan.get("Plans", ())), 0)


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every step of a plan."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from steps(child)


def filled(answer: Any) -> bool:
    """Whether every root field has an object, or a list with rows."""
    roots = list(answer.values())
    return all(root and root.get("nodes", root.get("edges", True)) for root in roots)


def test_every_type_with_many_rows_is_watched() -> None:
    tables = {of.node.table.name for of in REGISTRY.types.values()}
    assert tables >= BIG
