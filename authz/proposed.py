"""A look at the policy's tables as they would be: statements find proposed rows in the place of those that are there.

PostgreSQL takes a common table expression before a table of the same name, so what reads the policy and the grants
reads the proposal by the same text. Nothing is written, and nobody else sees it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.db import json_text
from kernel.rows import Row


@dataclass(frozen=True)
class ProposedDriver:
    """A connection for reads that finds these rows, by table; each has its id."""

    driver: Any
    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    async def fetch(self, query: str, *args: Any, record_class: type[Row]) -> Sequence[Row]:
        """Runs a statement over the tables as they would be."""
        named, given = [], list(args)
        for table, rows in sorted(self.rows.items()):
            given.append(json_text(list(rows)))
            proposed = f"jsonb_populate_recordset(NULL::public.{table}, CAST(${len(given)}::text AS jsonb)) p"
            kept = f"SELECT * FROM public.{table} t WHERE NOT EXISTS (SELECT FROM {proposed} WHERE p.id = t.id)"  # noqa: S608
            named.append(f"{table} AS ({kept} UNION ALL SELECT * FROM {proposed})")  # noqa: S608 - tables of ours
        whole = f"WITH {', '.join(named)} {query}"
        found: Sequence[Row] = await self.driver.fetch(whole, *given, record_class=record_class)
        return found
