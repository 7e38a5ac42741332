"""What PostgreSQL makes of the signed context (kernel/contexts.py): what it remembers of it, and how it verifies it.

Policies ask for one value of the context in a scalar subquery, which PostgreSQL runs once for each table that a
statement reads. The setting `wharfinger.context` may be set by any statement, so nothing of it is believed that was not
verified: the signature, the version of the policy, and the end.

What was verified once is remembered by `wharfinger.remember` in the table `verified_context` (model.py). What is not
remembered there, `wharfinger.verified` verifies anew each time, at three times the cost. Without a context it returns
nothing and every policy finds no row. What does not verify raises: WH001 where the policy has been replaced, WH002 for
anything else.

All functions run with their owner's rights, because whoever calls them may not read the keys, and tell them no more
than their own setting. No name in them is looked up when they run by the caller's search_path, or among temporary
tables.

Remembering holds off a new version of the policy until its transaction has ended. So it is for the worker's role
alone, whose transactions are ours: who runs SQL of their own as the application could leave one open.

A context is looked at when there is a row that it might hide: a statement that finds none raises nothing.

The end is compared with the clock, so that no transaction outlives its context. An activation that changes the policy
goes on under the one by which it began.
"""

from collections.abc import Iterator
from enum import StrEnum

from kernel.roles import Role

STALE = "WH001"
REFUSED = "WH002"


class Value(StrEnum):
    """What a policy can ask of the context. All are empty without one."""

    VALID = "valid"
    """True."""
    INSIDER = "insider"
    """True for the group's own people, false for an outsider who deals with us; empty for who is neither."""
    ENTITIES = "entities"
    """The legal entities whose rows may be read; empty for an outsider."""
    WRITABLE = "writable"
    """The legal entities whose rows may be written."""
    OFFERING = "offering"
    """The legal entities whose offers may be read; in the context of a use of an agreement alone."""
    PARTNER = "partner"
    """The partner for whom an outsider reads."""
    PARTNER_ENTITIES = "partner_entities"
    """The legal entities in which an outsider may read what names their partner."""
    AUTHOR = "author"
    """Who acts; the empty text in a context for reading."""


DROP_SCHEMA = "DROP SCHEMA IF EXISTS wharfinger CASCADE"
"""Drops the schema with every policy that asks for the context."""
_TEXT = "current_setting('wharfinger.context', true)"
_ISOLATION = "current_setting('transaction_isolation')"
_ROLES = f"{Role.APP}, {Role.ACTIVATE}"
_MAC_LENGTH = 64
_FORGOTTEN_AT_ONCE = 100

# Everything is qualified, operators by their functions: the caller's search_path is no help to anybody. And it is
# convert_to, not a cast: for bytea a backslash is an escape, and what is verified would not be what is read.
_VERIFIED = f"""
CREATE FUNCTION wharfinger.verified() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER AS $$
DECLARE
    context pg_catalog.text := pg_catalog.{_TEXT};
    told pg_catalog.text;
    inner_pad pg_catalog.bytea;
    outer_pad pg_catalog.bytea;
    version pg_catalog.int8;
    written_by pg_catalog.xid;
BEGIN
    IF context IS NULL OR pg_catalog.texteq(context, '') THEN
        RETURN NULL;
    END IF;
    SELECT s.version, s.xmin, k.inner_pad, k.outer_pad INTO version, written_by, inner_pad, outer_pad
        FROM public.policy_state s LEFT JOIN public.signing_key k
        ON k.id OPERATOR(pg_catalog.=) pg_catalog.split_part(context, '|', 2);
    IF coalesce(pg_catalog.texteq(
           pg_catalog.encode(
               pg_catalog.sha256(pg_catalog.byteacat(outer_pad, pg_catalog.sha256(pg_catalog.byteacat(
                   inner_pad, pg_catalog.convert_to(pg_catalog.substr(context, {_MAC_LENGTH + 2}), 'UTF8'))))), 'hex'),
           pg_catalog.substr(context, 1, {_MAC_LENGTH})), false)
       AND pg_catalog.timestamptz_gt(
           pg_catalog.split_part(context, '|', 4)::pg_catalog.timestamptz, pg_catalog.clock_timestamp())
       -- Any other kind of transaction would not see that the policy was replaced.
       AND pg_catalog.texteq(pg_catalog.{_ISOLATION}, 'read committed') THEN
        told := pg_catalog.split_part(context, '|', 3);
        IF pg_catalog.texteq(told, version::pg_catalog.text) OR pg_catalog.texteq(told, '0')
           -- The activation that runs has replaced the policy itself.
           OR pg_catalog.xideq(written_by, pg_catalog.xid(pg_catalog.pg_current_xact_id_if_assigned())) THEN
            RETURN pg_catalog.string_to_array(context, '|');
        END IF;
        RAISE EXCEPTION 'the policy has been replaced' USING ERRCODE = '{STALE}';
    END IF;
    RAISE EXCEPTION 'unsigned, ended, or not READ COMMITTED: the context does not hold' USING ERRCODE = '{REFUSED}';
END
$$
"""  # noqa: S608 - constants of this module
_PARTS = "(wharfinger.verified())"


def _told(place: int) -> str:
    """A part of the setting, where another part of it is verified in the same expression."""
    return f"split_part({_TEXT}, '|', {place})"


# Without any legal entity there is nobody of the group behind a context, unless it is the process itself, and no
# outsider who deals with us.
_OF_SOMEBODY = f"({_told(6)} <> '{{}}' OR ({_told(3)} = '0' AND {_told(5)} = ''))"
_VERIFIED_VALUES = {
    Value.VALID: f"{_PARTS}[1] IS NOT NULL",
    Value.INSIDER: f"CASE WHEN {_PARTS}[1] IS NOT NULL AND {_OF_SOMEBODY} THEN {_told(5)} = '' END",
    Value.ENTITIES: f"CASE {_PARTS}[5] WHEN '' THEN {_told(6)}::uuid[] END",
    Value.WRITABLE: f"{_PARTS}[7]::uuid[]",
    Value.PARTNER: f"nullif({_PARTS}[5], '')::uuid",
    Value.PARTNER_ENTITIES: f"CASE WHEN {_PARTS}[5] <> '' THEN {_told(6)}::uuid[] END",
    Value.OFFERING: f"{_PARTS}[9]::uuid[]",
    Value.AUTHOR: f"convert_from(decode({_PARTS}[8], 'hex'), 'UTF8')",
}
_KINDS = {
    Value.VALID: "boolean",
    Value.INSIDER: "boolean",
    Value.ENTITIES: "uuid[]",
    Value.WRITABLE: "uuid[]",
    Value.PARTNER: "uuid",
    Value.PARTNER_ENTITIES: "uuid[]",
    Value.OFFERING: "uuid[]",
    Value.AUTHOR: "text",
}
SELDOM_ASKED = (Value.PARTNER, Value.PARTNER_ENTITIES, Value.OFFERING)
"""What is asked by functions alone, so that it costs nobody anything who is no outsider and looks at no offers."""
REMEMBERED = tuple(value for value in Value if value is not Value.OFFERING)
"""What is remembered. The context of a use of an agreement is for one block, and so neither it nor what only it has."""
_FRESH = f"policy_version IS NOT NULL AND ends_at > clock_timestamp() AND {_ISOLATION} = 'read committed'"
CARRIED = f"context = {_TEXT} AND {_FRESH}"
"""Which remembered context is the session's own, and in force."""


def expression(value: Value) -> str:
    """How a policy asks for a value: of what is remembered, of which a session sees its own row, else by verifying.

    Two subqueries side by side: around both, a third would cost as much as either.
    """
    return f"coalesce((SELECT {value} FROM public.verified_context), (SELECT wharfinger.{value}()))"  # noqa: S608


def _kept(value: Value) -> str:
    """What is remembered of a value: no entities are an empty list, which need not be asked for again."""
    return f"coalesce({_VERIFIED_VALUES[value]}, '{{}}')" if _KINDS[value] == "uuid[]" else _VERIFIED_VALUES[value]


# What has ended is found by an index, some at a time: everybody who is remembered cleans up, and waits for nobody else.
_REMEMBER = f"""
CREATE FUNCTION wharfinger.remember() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    told int8;
BEGIN
    told := (wharfinger.verified())[3]::int8;
    IF told = 0 OR current_setting('transaction_read_only')::boolean THEN
        RETURN true;
    END IF;
    -- While the policy is being replaced nothing is remembered, and nobody waits.
    PERFORM FROM public.policy_state WHERE version = told FOR KEY SHARE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    DELETE FROM public.verified_context WHERE context IN (
        SELECT context FROM public.verified_context WHERE ends_at <= clock_timestamp()
        ORDER BY ends_at LIMIT {_FORGOTTEN_AT_ONCE} FOR UPDATE SKIP LOCKED);
    INSERT INTO public.verified_context (context, policy_version, ends_at, {", ".join(REMEMBERED)})
        SELECT {_TEXT}, told, {_told(4)}::timestamptz,
               {", ".join(_kept(value) for value in REMEMBERED)}
        ON CONFLICT DO NOTHING;
    RETURN true;
END
$$
"""  # noqa: S608 - constants of this module


def _function(value: Value) -> str:
    """The value by itself: looked up, else verified."""
    head = f"CREATE FUNCTION wharfinger.{value}() RETURNS {_KINDS[value]} LANGUAGE plpgsql STABLE PARALLEL SAFE"
    told = _VERIFIED_VALUES[value]
    if value in REMEMBERED:
        told = f"coalesce((SELECT {value} FROM public.verified_context WHERE {CARRIED}), {told})"  # noqa: S608
    return f"{head} SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN {told}; END $$"


def context_statements() -> Iterator[str]:
    """Makes the schema with its functions, in place of what was there; whatever asks them is dropped with it."""
    yield DROP_SCHEMA
    yield "CREATE SCHEMA wharfinger"
    yield _VERIFIED
    yield _REMEMBER
    yield from map(_function, Value)
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA wharfinger FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA wharfinger TO {_ROLES}, {Role.WORKER}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA wharfinger TO {_ROLES}"
    yield f"REVOKE EXECUTE ON FUNCTION wharfinger.remember() FROM {_ROLES}"
    yield f"GRANT EXECUTE ON FUNCTION wharfinger.remember() TO {Role.WORKER}"
