"""Ways to have PostgreSQL write the nested page (Q2) as JSON: `python -m bench.trials.json_forms`.

Our compiled statement as the server runs it, and the same page in other forms. All give the same data, but for the
positional arrays, whose keys the reader would have to put back.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from rich.console import Console
from sqlalchemy.engine import URL

from bench.reads.questions import orders_questions
from bench.reads.sql_by_hand import ORDERS
from bench.trials.effort import Driver, Variant, compare_variants, trial
from bench.trials.fetching import Fetching
from bench.trials.json_sql import BUILT, CONCATENATED, POSITIONAL, ROWS, Page
from bench.trials.per_level import read_by_level
from bench.trials.recorded import Statement, recording
from kernel.roles import connect

PAGES = 40
TIMES = 80
_OURS, _BY_LEVEL, _WITHOUT_KEYS = "ours, compiled", "a statement for each level", "positional arrays"
_FORMS = {
    "concatenated text": Page(CONCATENATED).sql(),
    "row_to_json, by hand": ORDERS,
    "row_to_json for every object": Page(ROWS).sql(),
    "json_build_object": Page(BUILT).sql(),
    _WITHOUT_KEYS: Page(POSITIONAL).sql(),
    "concatenated text, to-one joined": Page(CONCATENATED, joined=True).sql(),
    "json_build_object, to-one joined": Page(BUILT, joined=True).sql(),
}


def main() -> None:
    """Runs the trial and prints it."""
    with trial() as (extent, console), recording(extent, console.print) as recorder:
        statements = recorder.statements(orders_questions, PAGES)
        asyncio.run(_compare(recorder.stage.urls.migrate, statements, recorder.stage.world.entity_ids[0], console))


async def _compare(url: URL, statements: Sequence[Statement], entity_id: UUID, console: Console) -> None:
    places = [_place(each, entity_id) for each in statements]
    works: dict[str, Fetching | _ByLevel] = {_OURS: Fetching(await connect(url), statements)}
    for name, text in _FORMS.items():
        works[name] = Fetching(await connect(url), [Statement(text, place) for place in places])
    works[_BY_LEVEL] = _ByLevel(await connect(url), places)
    await _assert_same(works)
    variants = {name: Variant(work, work.driver.get_server_pid()) for name, work in works.items()}
    await compare_variants(variants, times=TIMES, console=console, title="A nested page, by form of JSON")


class _ByLevel:
    """Five statements for each page."""

    def __init__(self, driver: Driver, places: Sequence[tuple[Any, ...]]) -> None:
        self.driver = driver
        self._places = places

    async def __call__(self, number: int) -> bytes:
        return await read_by_level(self.driver, *self._places[number % len(self._places)])


def _place(statement: Statement, entity_id: UUID) -> tuple[Any, ...]:
    """The entity, and the place behind which the page begins, whatever their order in our statement is."""
    (placed_at,) = {each for each in statement.arguments if isinstance(each, datetime)}
    (order_id,) = {each for each in statement.arguments if isinstance(each, UUID)} - {entity_id}
    return entity_id, placed_at, order_id


async def _assert_same(works: Mapping[str, Fetching | _ByLevel]) -> None:
    ours = orjson.loads(await works[_OURS](0))
    for name, work in works.items():
        page = orjson.loads(await work(0))
        assert name == _WITHOUT_KEYS or page == ours, f"{name}: {page} is not {ours}"


if __name__ == "__main__":
    main()
