"""Row security is forced on every table, with policies for each role that has a privilege there, and no way around."""

import pytest
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from authz.rows import PUBLISHED_TO_PARTNERS
from authz.wall.context import CARRIED
from authz.wall.forms import Form
from authz.wall.grants import grants_of
from authz.wall.model import VerifiedContext
from authz.wall.policies import all_policies, policies_of
from authz.wall.rebuild import rebuild
from authz.wall.search import search_function
from kernel.contexts import ContextKey
from kernel.roles import Role
from kernel.tables import TableClass, class_of, partner_column_of, published_column_of
from migrations.models import load_models
from tests.databases import CONTEXT_KEY

_METADATA = load_models()
_TABLES = _METADATA.sorted_tables
_UNFORCED = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'f')"
    " AND NOT (relrowsecurity AND relforcerowsecurity) AND relname <> 'alembic_version'"
)
_VIEWS = text(
    "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    " AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}'"
)
_OWNED = text("SELECT count(*) FROM pg_class WHERE relowner = :role ::regrole")
_BYPASSING = text("SELECT rolname FROM pg_roles WHERE (rolbypassrls OR rolsuper) AND rolname LIKE 'wharfinger%'")
_SECRETS = text("SELECT count(*) FROM pg_proc p WHERE prosecdef AND has_function_privilege('public', p.oid, 'EXECUTE')")
_MADE = text("SELECT oid FROM pg_policy ORDER BY oid")


async def test_every_table_forces_row_security(migrate_engine: AsyncEngine) -> None:
    async with migrate_engine.connect() as connection:
        assert (await connection.execute(_UNFORCED)).scalars().all() == []


async def test_every_view_sees_with_its_readers_eyes(migrate_engine: AsyncEngine) -> None:
    async with migrate_engine.connect() as connection:
        assert (await connection.execute(_VIEWS)).scalars().all() == []


async def test_no_serving_role_owns_anything_or_bypasses_the_wall(migrate_engine: AsyncEngine) -> None:
    async with migrate_engine.connect() as connection:
        for role in (Role.APP, Role.ACTIVATE, Role.WORKER):
            assert (await connection.execute(_OWNED, {"role": role})).scalar_one() == 0
        assert (await connection.execute(_BYPASSING)).scalars().all() == [Role.MIGRATE]
        assert (await connection.execute(_SECRETS)).scalar_one() == 0


@pytest.mark.parametrize("table", _TABLES, ids=str)
def test_each_role_with_a_privilege_has_a_policy_and_no_other_has(table: Table) -> None:
    allowed = {role for role, privileges in grants_of(table).items() if privileges}
    assert {policy.role for policy in policies_of(table)} == allowed


@pytest.mark.parametrize("table", _TABLES, ids=str)
def test_what_the_application_may_touch_depends_on_the_context(table: Table) -> None:
    for policy in policies_of(table):
        conditions = [each for each in (policy.using, policy.check) if each]
        asked = [("(SELECT" in each and "wharfinger." in each) or each == CARRIED for each in conditions]
        assert policy.role is Role.WORKER or all(asked), policy


def test_outsiders_see_what_names_their_partner() -> None:
    named = {table.name: partner_column_of(table) for table in _TABLES if partner_column_of(table)}
    assert named == {
        "customer": "id",
        "legal_entity": "entity_id",
        "purchase_order": "supplier_id",
        "purchase_order_line": "supplier_id",
        "sales_order": "customer_id",
        "sales_order_line": "customer_id",
        "supplier": "id",
    }


def test_outsiders_see_what_is_published() -> None:
    named = {table.name: published_column_of(table) for table in _TABLES if published_column_of(table)}
    shown = {each.table for table in _TABLES for each in policies_of(table) if "NOT is_published" in each.statement}
    assert shown == set(named)
    assert named == {"item": "is_published", "item_unit": "is_published"}
    assert set(PUBLISHED_TO_PARTNERS.values()) == set(named.values())


def test_the_tables_that_are_searched_have_a_function() -> None:
    assert {name for table in _TABLES if (name := search_function(table))} == {
        "search_customer",
        "search_item",
        "search_supplier",
    }


def test_another_form_asks_the_context_in_its_own_words() -> None:
    class Called:
        def value(self, value: str) -> str:
            return f"called.{value}()"

    called: Form = Called()
    for plain, other in zip(all_policies(_METADATA), all_policies(_METADATA, called), strict=True):
        if plain.table == VerifiedContext.__tablename__:
            continue  # it is what the plain form asks
        assert "wharfinger." not in f"{other.using} {other.check}"
        assert ("called." in other.statement) is (plain.role is not Role.WORKER)


def test_nobody_has_a_policy_on_the_keys() -> None:
    (keys,) = [table for table in _TABLES if table.name == "signing_key"]
    assert class_of(keys) is TableClass.INTERNAL
    assert list(policies_of(keys)) == []


@pytest.fixture
async def owner(migrate_engine: AsyncEngine):  # type: ignore[no-untyped-def]
    """A transaction of the tables' owner that ends in nothing."""
    async with migrate_engine.connect() as connection:
        yield connection
        await connection.rollback()


async def test_what_is_made_without_a_thought_for_the_wall_is_noticed(owner: AsyncConnection) -> None:
    """So that the two questions above are answered with nothing because there is nothing."""
    await owner.execute(text("CREATE TABLE loose (id int)"))
    await owner.execute(text("CREATE TABLE unforced (id int)"))
    await owner.execute(text("ALTER TABLE unforced ENABLE ROW LEVEL SECURITY"))
    await owner.execute(text("CREATE VIEW peephole AS SELECT id FROM item"))
    await owner.execute(text("CREATE VIEW window_ WITH (security_invoker = true) AS SELECT id FROM item"))
    await owner.execute(text("CREATE MATERIALIZED VIEW copy AS SELECT id FROM item"))
    assert set((await owner.execute(_UNFORCED)).scalars()) == {"loose", "unforced", "copy"}
    assert set((await owner.execute(_VIEWS)).scalars()) == {"public.peephole", "public.copy"}


async def _policies(connection: AsyncConnection) -> list[int]:
    return list((await connection.execute(_MADE)).scalars())


async def test_what_is_as_declared_is_left_alone_and_anything_else_made_good(owner: AsyncConnection) -> None:
    before = await _policies(owner)
    await rebuild(owner, _METADATA, CONTEXT_KEY)
    assert await _policies(owner) == before
    await owner.execute(text("DROP POLICY app_read ON demand"))
    await owner.execute(text("CREATE POLICY everything ON item TO wharfinger_app USING (true)"))
    await owner.execute(text("ALTER TABLE movement NO FORCE ROW LEVEL SECURITY"))
    await rebuild(owner, _METADATA, CONTEXT_KEY)
    after = await _policies(owner)
    assert len(after) == len(before)
    assert len(set(before) - set(after)) == 1
    assert (await owner.execute(_UNFORCED)).scalars().all() == []


async def test_two_keys_are_in_force_the_new_one_and_the_one_before(owner: AsyncConnection) -> None:
    first, second = ContextKey(b"1" * 32), ContextKey(b"2" * 32)
    for key in (first, second):
        await rebuild(owner, _METADATA, key)
    kept = (await owner.execute(text("SELECT id FROM signing_key ORDER BY added_at"))).scalars().all()
    assert kept == [first.id, second.id]
