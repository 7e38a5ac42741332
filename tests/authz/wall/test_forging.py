"""A context counts only as the process has signed it, and nothing that the application may do changes that."""

import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from authz.vocabulary import Role
from kernel.contexts import SHARED, ContextKey, Signer
from kernel.writers import Writers
from tests.authz.wall.attacker import CARRY, SIGNER, Company, Session, carry, reads, seen
from tests.databases import CONTEXT_KEY


def forged(signed: str, *, place: int, value: str) -> str:
    """A context with one part replaced."""
    parts = signed.split("|")
    parts[place] = value
    return "|".join(parts)


async def test_a_context_that_was_changed_is_refused(
    session: Session, north: Company, south: Company, version: int
) -> None:
    signed = SIGNER.reading(reads(north, policy_version=version))
    stranger = Signer(ContextKey(b"a key that nobody brought into force"))
    both = "{" + f"{north.entity_id.hex},{south.entity_id.hex}" + "}"
    attempts = [
        "nonsense",
        "|" * 8,
        signed[:-1],
        signed + "|",
        signed.upper(),
        forged(signed, place=0, value="0" * 64),
        forged(signed, place=1, value="0" * 16),
        forged(signed, place=1, value=""),
        forged(signed, place=2, value="0"),
        forged(signed, place=3, value="2999-01-01 00:00:00+00:00"),
        forged(signed, place=5, value=both),
        forged(signed, place=7, value="61"),
        stranger.reading(reads(north, south)),
        # What bytea would read as a bar is not what was signed.
        signed.replace("|", "\\174"),
        hmac.digest(b"", signed[65:].encode(), "sha256").hex() + signed[64:],
    ]
    for attempt in attempts:
        await session.execute(CARRY, attempt)
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await seen(session, north, south)
        assert refusal.value.sqlstate == "WH002", attempt


async def test_a_context_ends(session: Session, north: Company) -> None:
    expired = Signer(CONTEXT_KEY, seconds=lambda: datetime.now(UTC).timestamp() - 301)
    ended = replace(reads(north), expires_at=datetime.now(UTC) - timedelta(milliseconds=1))
    for text_ in (expired.reading(reads(north)), SIGNER.reading(ended), SIGNER.commanding(ended)):
        await session.execute(CARRY, text_)
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await seen(session, north)
        assert refusal.value.sqlstate == "WH002"


async def test_a_context_of_another_version_is_stale(session: Session, north: Company, version: int) -> None:
    await carry(session, reads(north, policy_version=version))
    assert await seen(session, north) == {north.entity_id}
    for other in (version + 1, version * 10, -version):
        await carry(session, reads(north, policy_version=other))
        with pytest.raises(asyncpg.PostgresError) as refusal:
            await seen(session, north)
        assert refusal.value.sqlstate == "WH001"


async def test_the_activation_that_replaces_the_policy_goes_on_under_the_one_before(
    activation: Writers, north: Company, version: int
) -> None:
    signed = SIGNER.commanding(reads(north, policy_version=version))
    async with activation.transaction(SHARED) as transaction:
        driver = transaction.driver
        await driver.execute("SELECT set_config('wharfinger.context', $1, true)", signed)
        await driver.execute("UPDATE policy_state SET version = version + 1")
        assert await driver.fetchval("SELECT count(*) FROM item") > 0


@pytest.mark.parametrize(
    "attempt",
    [
        "SELECT * FROM signing_key",
        "SELECT inner_pad FROM signing_key",
        "CREATE FUNCTION wharfinger.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TABLE policy_state (version bigint)",
        "CREATE TEMP TABLE policy_state (version bigint)",
        "CREATE OR REPLACE FUNCTION wharfinger.verified() RETURNS text[] LANGUAGE sql AS 'SELECT NULL::text[]'",
        "ALTER TABLE site_balance DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE site_balance NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY app_read ON site_balance",
        "CREATE POLICY mine ON site_balance USING (true)",
        "UPDATE policy_state SET version = 1",
        "SET ROLE wharfinger_migrate",
        "SET SESSION AUTHORIZATION wharfinger_migrate",
        "ALTER ROLE wharfinger_app BYPASSRLS",
        "SET session_replication_role = replica",
        "COPY site_balance TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/passwd')",
        "TRUNCATE site_balance",
    ],
)
async def test_the_application_cannot_pull_the_wall_down(session: Session, north: Company, attempt: str) -> None:
    await carry(session, reads(north))
    with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.UndefinedColumnError, asyncpg.DuplicateTableError)):
        await session.execute(attempt)


async def test_no_setting_widens_what_is_seen(session: Session, north: Company, south: Company) -> None:
    await carry(session, reads(north))
    await session.execute("SET search_path = pg_temp, public")
    await session.execute("SET TimeZone = 'Pacific/Kiritimati'; SET DateStyle = 'SQL, DMY'")
    await session.execute("SET client_encoding = 'UTF8'; SET bytea_output = 'escape'; SET backslash_quote = on")
    assert await seen(session, north, south) == {north.entity_id}
    await session.execute("SET row_security = off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await seen(session, north, south)


async def test_a_context_that_is_set_within_a_statement_does_not_widen_it(
    session: Session, north: Company, south: Company
) -> None:
    signed = await carry(session, reads(north))
    wider = forged(signed, place=5, value="{" + f"{north.entity_id.hex},{south.entity_id.hex}" + "}")
    found = (
        "SELECT b.entity_id FROM (SELECT set_config('wharfinger.context', $1, false) OFFSET 0) AS set,"
        " LATERAL (SELECT entity_id FROM site_balance WHERE set.set_config <> '' OFFSET 0) AS b"
    )
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await session.fetch(found, wider)
    assert refusal.value.sqlstate == "WH002"


def test_people_with_the_same_rights_share_a_context(north: Company) -> None:
    ann, bob = (north.actor(Role.BUYER, subject=name) for name in ("ann", "bob"))
    assert SIGNER.reading(ann.row_context) is SIGNER.reading(bob.row_context)
    assert SIGNER.commanding(ann.row_context) != SIGNER.commanding(bob.row_context)


_SHADOWS = """
CREATE SCHEMA shadows;
GRANT USAGE ON SCHEMA shadows TO wharfinger_app;
CREATE FUNCTION shadows.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT ''::bytea $$;
CREATE FUNCTION shadows.texteq(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
CREATE FUNCTION shadows.substr(text, int) RETURNS text LANGUAGE sql AS $$ SELECT '' $$;
CREATE FUNCTION shadows.encode(bytea, text) RETURNS text LANGUAGE sql AS $$ SELECT '' $$;
CREATE FUNCTION shadows.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '2000-01-01'::timestamptz $$;
CREATE OPERATOR shadows.= (LEFTARG = text, RIGHTARG = text, FUNCTION = shadows.texteq);
CREATE DOMAIN shadows.timestamptz AS date;
CREATE VIEW shadows.context AS SELECT true AS valid, true AS insider;
"""


async def test_what_a_careless_administrator_lets_in_front_of_the_catalogue_shadows_nothing(
    session: Session, north: Company, south: Company, migrate_engine: AsyncEngine
) -> None:
    signed = SIGNER.reading(reads(north))
    both = "{" + f"{north.entity_id.hex},{south.entity_id.hex}" + "}"
    async with migrate_engine.begin() as connection:
        for statement in _SHADOWS.strip().split(";\n"):
            await connection.execute(text(statement))
    await session.execute("SET search_path = shadows, pg_temp, pg_catalog, public")
    await session.execute(CARRY, signed)
    assert await seen(session, north, south) == {north.entity_id}
    await session.execute(CARRY, forged(signed, place=5, value=both))
    with pytest.raises(asyncpg.PostgresError) as refusal:
        await seen(session, north, south)
    assert refusal.value.sqlstate == "WH002"
    async with migrate_engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA shadows CASCADE"))
