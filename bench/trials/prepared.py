"""What prepared statements and kept plans are worth: `python -m bench.trials.prepared`.

Our compiled statements of one item (Q4) and of the nested page (Q2): prepared anew each time; kept, with the planner
deciding about generic plans, with a plan for each run, and with one for all.
"""

import asyncio
from collections.abc import Sequence

import asyncpg
from rich.console import Console
from sqlalchemy.engine import URL

from bench.reads.questions import item_questions, orders_questions
from bench.trials.effort import Driver, compare_variants, trial
from bench.trials.fetching import Fetching
from bench.trials.recorded import Statement, recording

QUESTIONS = 40
_KEPT = 100
_WAYS = {
    "prepared each time": (0, "auto"),
    "kept, PostgreSQL decides": (_KEPT, "auto"),
    "kept, planned each time": (_KEPT, "force_custom_plan"),
    "kept, one plan for all": (_KEPT, "force_generic_plan"),
}
"""How many statements asyncpg keeps, and PostgreSQL's plan_cache_mode."""


def main() -> None:
    """Runs the trial and prints it."""
    with trial() as (extent, console), recording(extent, console.print) as recorder:
        url = recorder.stage.urls.migrate
        item = recorder.statements(item_questions, QUESTIONS)
        page = recorder.statements(orders_questions, QUESTIONS)
        asyncio.run(_compare("One item", url, item, times=400, console=console))
        asyncio.run(_compare("A nested page", url, page, times=60, console=console))


async def _compare(title: str, url: URL, statements: Sequence[Statement], *, times: int, console: Console) -> None:
    variants = {
        name: Fetching(await _connected(url, kept, mode), statements).variant() for name, (kept, mode) in _WAYS.items()
    }
    await compare_variants(variants, times=times, console=console, title=title)


async def _connected(url: URL, kept: int, plan_cache_mode: str) -> Driver:
    return await asyncpg.connect(
        host=str(url.query["host"]),
        port=int(str(url.query["port"])),
        user=url.username,
        database=url.database,
        statement_cache_size=kept,
        max_cacheable_statement_size=0,
        server_settings={"plan_cache_mode": plan_cache_mode},
    )


if __name__ == "__main__":
    main()
