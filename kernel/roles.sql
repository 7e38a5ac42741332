-- The four login roles. Safe to run again. The embedded server runs this by itself; on your own server run it once as
-- superuser, then give each role a way to sign in (a password, a certificate or peer authentication):
--     psql -f kernel/roles.sql
--     createdb --owner=wharfinger_migrate --template=template0 --encoding=UTF8 \
--              --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C wharfinger
-- No role is a member of another, so none can become another with SET ROLE.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['wharfinger_migrate', 'wharfinger_app', 'wharfinger_activate', 'wharfinger_worker'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', role);
        END IF;
        EXECUTE format('ALTER ROLE %I NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
        EXECUTE format('ALTER ROLE %I SET timezone = %L', role, 'UTC');
        EXECUTE format('ALTER ROLE %I SET search_path = public', role);
    END LOOP;
END
$$;

-- Owns every table, and writes past row security when a migration moves rows.
ALTER ROLE wharfinger_migrate BYPASSRLS;

-- Serves requests. A caller does not wait longer than this for a lock, and a forgotten transaction holds none for long.
-- A statement ends with its caller's time (WHARFINGER_REQUEST_SECONDS_MAX); should the word of that be lost, it ends when
-- the connection is seen to be gone, and in any case after a minute.
ALTER ROLE wharfinger_app SET lock_timeout = '10s';
ALTER ROLE wharfinger_app SET statement_timeout = '60s';
ALTER ROLE wharfinger_app SET client_connection_check_interval = '5s';
ALTER ROLE wharfinger_app SET idle_in_transaction_session_timeout = '60s';

-- Writes master data, through governance only. An activation may have 100,000 lines.
ALTER ROLE wharfinger_activate SET lock_timeout = '10s';
ALTER ROLE wharfinger_activate SET statement_timeout = '15min';
ALTER ROLE wharfinger_activate SET idle_in_transaction_session_timeout = '60s';

-- Runs jobs, the sequencer and the hub.
ALTER ROLE wharfinger_worker SET lock_timeout = '30s';
ALTER ROLE wharfinger_worker SET statement_timeout = '15min';
ALTER ROLE wharfinger_worker SET idle_in_transaction_session_timeout = '5min';
