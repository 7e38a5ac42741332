"""Bringing the wall in the database to what the models declare, in one transaction, as owner of the tables.

Privileges are granted anew each time, which disturbs nobody. A policy is only touched where it differs, because that
locks its table: what a policy was made from is remembered in its comment.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from sqlalchemy import LargeBinary, MetaData, Text, bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from authz.wall.context import DROP_SCHEMA, context_statements
from authz.wall.dealing import dealing_statements
from authz.wall.grants import grant_statements
from authz.wall.model import SigningKey
from authz.wall.policies import Policy, all_policies
from authz.wall.search import search_statements
from kernel.contexts import ContextKey
from kernel.roles import quoted

TAKE_DOWN = f"""
DO $$
DECLARE
    each record;
BEGIN
    FOR each IN SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON public.%I', each.policyname, each.tablename);
    END LOOP;
    {DROP_SCHEMA};
END
$$
"""  # noqa: S608 - a constant
"""Takes the wall down. Row security stays forced: nobody but the owner sees a row until the wall is built again."""
KEYS_KEPT = 2
"""How many keys count: the one in force, and the one that servers may still sign with."""

_SCHEMA = text("SELECT obj_description(to_regnamespace('wharfinger'), 'pg_namespace')")
_UNFORCED = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    " AND NOT (relrowsecurity AND relforcerowsecurity)"
)
_POLICIES = text(
    "SELECT c.relname, p.polname, obj_description(p.oid, 'pg_policy') AS made_from"
    " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'public'::regnamespace"
)
_INNER = bindparam("inner", type_=LargeBinary())
_OUTER = bindparam("outer", type_=LargeBinary())
_ADD_KEY = (
    insert(SigningKey)
    .values(id=bindparam("key", type_=Text()), inner_pad=_INNER, outer_pad=_OUTER)
    .on_conflict_do_update(index_elements=[SigningKey.id], set_={"added_at": func.clock_timestamp()})
)
_NEWEST = select(SigningKey.id).order_by(SigningKey.added_at.desc()).limit(KEYS_KEPT)
_DROP_KEYS = delete(SigningKey).where(SigningKey.id.not_in(_NEWEST))


async def rebuild(connection: AsyncConnection, metadata: MetaData, key: ContextKey) -> None:
    """Privileges, the context and what reads it, the key that signs it, row security, policies."""
    for statement in grant_statements(metadata):
        await connection.exec_driver_sql(statement)
    await _make_schema(connection, [*context_statements(), *dealing_statements(metadata), *search_statements(metadata)])
    await connection.execute(_ADD_KEY, {"key": key.id, "inner": key.inner_pad, "outer": key.outer_pad})
    await connection.execute(_DROP_KEYS)
    await _force(connection, metadata)
    await _replace(connection, {(each.table, each.name): each for each in all_policies(metadata)})


async def _make_schema(connection: AsyncConnection, statements: Sequence[str]) -> None:
    fingerprint = sha256("\n".join(statements).encode()).hexdigest()
    if (await connection.execute(_SCHEMA)).scalar() != fingerprint:
        for statement in (*statements, f"COMMENT ON SCHEMA wharfinger IS '{fingerprint}'"):
            await connection.exec_driver_sql(statement)


async def _force(connection: AsyncConnection, metadata: MetaData) -> None:
    unforced = set((await connection.execute(_UNFORCED)).scalars())
    for table in metadata.sorted_tables:
        if table.name in unforced:
            name = quoted(table.name)
            await connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


async def _replace(connection: AsyncConnection, wanted: Mapping[tuple[str, str], Policy]) -> None:
    found = {(row.relname, row.polname): row.made_from for row in await connection.execute(_POLICIES)}
    for (table, name), made_from in found.items():
        policy = wanted.get((table, name))
        if policy is None or policy.fingerprint != made_from:
            await connection.exec_driver_sql(f"DROP POLICY {quoted(name)} ON {quoted(table)}")
    for place, policy in wanted.items():
        if found.get(place) != policy.fingerprint:
            await connection.exec_driver_sql(policy.statement)
            comment = f"COMMENT ON POLICY {policy.name} ON {quoted(policy.table)} IS '{policy.fingerprint}'"
            await connection.exec_driver_sql(comment)
