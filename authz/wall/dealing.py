"""The items on a partner's own documents, for row security: who is to deliver something is told what it is.

A look at documents for each item would be dear. The function answers them all, and a policy asks it once for each table
of a statement, and then only if it comes to a row that nothing else shows: for people of the group it never runs. It
names partner and legal entities itself, because searches call it with their owner's rights.
"""

from collections.abc import Iterator

from sqlalchemy import MetaData

from authz.wall.context import Value
from kernel.roles import Role, quoted
from kernel.tables import Telling, tellings

ITEMS_DEALT_IN = "items_dealt_in"
"""By this a policy asks for them, as it asks for a value of the context."""


def dealing_statements(metadata: MetaData) -> Iterator[str]:
    """Makes the function, in the schema of the context."""
    told = " UNION ".join(map(_told, tellings(metadata)))
    options = "LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp"
    body = f"SELECT coalesce(array_agg(told.item), '{{}}') FROM ({told}) told(item)"  # noqa: S608 - names of ours
    yield f"CREATE FUNCTION wharfinger.{ITEMS_DEALT_IN}() RETURNS uuid[] {options} AS $$ {body} $$"
    yield f"REVOKE ALL ON FUNCTION wharfinger.{ITEMS_DEALT_IN}() FROM PUBLIC"
    yield f"GRANT EXECUTE ON FUNCTION wharfinger.{ITEMS_DEALT_IN}() TO {Role.APP}"


def _told(telling: Telling) -> str:
    document, line = quoted(telling.document.name), quoted(telling.line.name)
    tie = f"l.entity_id = d.entity_id AND l.{telling.key} = d.id"
    entities = f"ANY ((SELECT wharfinger.{Value.PARTNER_ENTITIES}())::uuid[])"
    own = f"d.entity_id = {entities} AND d.{telling.partner} = (SELECT wharfinger.{Value.PARTNER}())"
    return f"SELECT l.{telling.item} FROM public.{document} d JOIN public.{line} l ON {tie} WHERE {own}"  # noqa: S608
