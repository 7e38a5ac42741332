"""Searching under row security.

LIKE is not leakproof: PostgreSQL asks it about a row only after the policies have let the row through, and so never by
the trigram index. A search therefore begins with a function that runs as the tables' owner and has both conditions in
it, that of the policies and that of the search: it answers the ids of rows that the caller may see anyway. It exists
for each table with a trigram index (`kernel.tables.trigram_index`).

LIKE raises an error where a pattern ends in its escape, and it does so only on a row that matches as far as there: of
rows that the caller may not see as well. So a pattern loses the escapes at its end.
"""

from collections.abc import Iterator

from sqlalchemy import Index, MetaData
from sqlalchemy.schema import Table

from authz.wall.forms import CalledForm
from authz.wall.policies import SELECT, policies_of
from kernel.roles import Role, quoted
from kernel.tables import TRIGRAMS

_PATTERN = "rtrim(pattern, chr(92))"
"""What is searched for, without backslashes at its end."""


def search_function(table: Table) -> str | None:
    """The name of the function that searches a table; None where row security has nothing to say."""
    return f"search_{table.name}" if "table_class" in table.info and _texts(table) else None


def search_statements(metadata: MetaData) -> Iterator[str]:
    """Makes the function of each table that has one, in the schema of the context."""
    for table in metadata.sorted_tables:
        name = search_function(table)
        if name is not None:
            yield _function(table, name)
            yield f"REVOKE ALL ON FUNCTION wharfinger.{name}(text) FROM PUBLIC"
            yield f"GRANT EXECUTE ON FUNCTION wharfinger.{name}(text) TO {Role.APP}"


def _function(table: Table, name: str) -> str:
    found = " OR ".join(f"{text} LIKE {_PATTERN}" for text in _texts(table))
    policies = (each for each in policies_of(table, CalledForm()) if each.role is Role.APP and each.command == SELECT)
    seen = " OR ".join(f"({each.using})" for each in policies)
    body = f"SELECT id FROM public.{quoted(table.name)} WHERE ({seen}) AND ({found})"  # noqa: S608 - names of ours
    options = "LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
    return f"CREATE FUNCTION wharfinger.{name}(pattern text) RETURNS SETOF uuid {options} AS $$ {body} $$"


def _texts(table: Table) -> list[str]:
    """The texts of the table's trigram index."""
    indexes = [each for each in table.indexes if isinstance(each, Index) and TRIGRAMS in each.info]
    return [text for index in indexes for text in index.info[TRIGRAMS]]
