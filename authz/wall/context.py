"""What PostgreSQL makes of the signed context (kernel/contexts.py): the view `wharfinger.context`.

Policies read one column of it, as a scalar subquery, which PostgreSQL runs once for each table that a statement reads.
The view verifies the setting `wharfinger.context` anew each time, because any statement may set a setting: the
signature, the version of the policy, and the end. Without a context every column is empty and every policy finds no
row. What does not verify raises: WH001 where the policy has been replaced, WH002 for anything else.

The view is the one that runs with its owner's rights: whoever reads it may not read the keys behind it, and learns only
what their own context says. It is a view because PostgreSQL plans it into the statement: a function that looks the keys
up by itself takes half as long again (docs/decisions/row-security.md). No name in it is looked up when it runs by
search_path or among temporary tables.

A context is looked at when there is a row that it might hide: a statement that finds none raises nothing.

The end is compared with the beginning of the transaction, and an activation that changes the policy goes on under the
one by which it began: a transaction is allowed or refused as a whole.
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
    """Whether it belongs to the group's own people."""
    ENTITIES = "entities"
    """The legal entities whose rows may be read; empty for an outsider."""
    WRITABLE = "writable"
    """The legal entities whose rows may be written."""
    PARTNER = "partner"
    """The partner for whom an outsider reads."""
    PARTNER_ENTITIES = "partner_entities"
    """The legal entities in which an outsider may read what names their partner."""
    AUTHOR = "author"
    """Who acts; the empty text in a context for reading."""


_TEXT = "current_setting('wharfinger.context', true)"
_ROLES = f"{Role.APP}, {Role.ACTIVATE}"
_MAC_LENGTH = 64

# Everything is qualified, operators by their functions: the caller's search_path is no help to anybody. And it is
# convert_to, not a cast: for bytea a backslash is an escape, and what is verified would not be what is read.
_VERIFIED = f"""
CREATE FUNCTION wharfinger.verified(inner_pad bytea, outer_pad bytea, version bigint, written_by xid) RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    context text := pg_catalog.{_TEXT};
    told text;
BEGIN
    IF coalesce(pg_catalog.texteq(
           pg_catalog.encode(
               pg_catalog.sha256(pg_catalog.byteacat(outer_pad, pg_catalog.sha256(pg_catalog.byteacat(
                   inner_pad, pg_catalog.convert_to(pg_catalog.substr(context, {_MAC_LENGTH + 2}), 'UTF8'))))), 'hex'),
           pg_catalog.substr(context, 1, {_MAC_LENGTH})), false)
       AND pg_catalog.timestamptz_gt(
           pg_catalog.split_part(context, '|', 4)::pg_catalog.timestamptz, pg_catalog.now()) THEN
        told := pg_catalog.split_part(context, '|', 3);
        IF pg_catalog.texteq(told, version::pg_catalog.text) OR pg_catalog.texteq(told, '0')
           -- The activation that runs has replaced the policy itself.
           OR pg_catalog.xideq(written_by, pg_catalog.xid(pg_catalog.pg_current_xact_id_if_assigned())) THEN
            RETURN pg_catalog.string_to_array(context, '|');
        END IF;
        RAISE EXCEPTION 'the policy has been replaced' USING ERRCODE = '{STALE}';
    ELSIF context IS NULL OR pg_catalog.texteq(context, '') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the context is not signed, or its time has run out' USING ERRCODE = '{REFUSED}';
END
$$
"""
_PARTS = "(wharfinger.verified(k.inner_pad, k.outer_pad, s.version, s.xmin))"
_VALUES = {
    Value.VALID: f"{_PARTS}[1] IS NOT NULL",
    Value.INSIDER: f"{_PARTS}[5] = ''",
    Value.ENTITIES: f"CASE {_PARTS}[5] WHEN '' THEN split_part({_TEXT}, '|', 6)::uuid[] END",
    Value.WRITABLE: f"{_PARTS}[7]::uuid[]",
    Value.PARTNER: f"nullif({_PARTS}[5], '')::uuid",
    Value.PARTNER_ENTITIES: f"CASE WHEN {_PARTS}[5] <> '' THEN split_part({_TEXT}, '|', 6)::uuid[] END",
    Value.AUTHOR: f"convert_from(decode({_PARTS}[8], 'hex'), 'UTF8')",
}
# Constants of this module, and nothing else.
_VIEW = (
    f"SELECT {', '.join(f'{value} AS {name}' for name, value in _VALUES.items())} "  # noqa: S608
    f"FROM public.policy_state s LEFT JOIN public.signing_key k ON k.id = split_part({_TEXT}, '|', 2)"
)
FOR_OUTSIDERS = {Value.PARTNER: "uuid", Value.PARTNER_ENTITIES: "uuid[]"}
"""What only the policies for outsiders ask: by functions, which cost nobody anything who is none."""


def _function(value: Value, kind: str) -> str:
    asked = f"SELECT c.{value} FROM wharfinger.context c"  # noqa: S608 - a name of ours
    head = f"CREATE FUNCTION wharfinger.{value}() RETURNS {kind} LANGUAGE plpgsql STABLE PARALLEL SAFE"
    return f"{head} AS $$ BEGIN RETURN ({asked}); END $$"


def context_statements() -> Iterator[str]:
    """Makes the schema with the view, in place of what was there; whatever reads it is dropped with it."""
    yield "DROP SCHEMA IF EXISTS wharfinger CASCADE"
    yield "CREATE SCHEMA wharfinger"
    yield _VERIFIED
    yield f"CREATE VIEW wharfinger.context AS {_VIEW}"
    yield from (_function(value, kind) for value, kind in FOR_OUTSIDERS.items())
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA wharfinger FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA wharfinger TO {_ROLES}"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA wharfinger TO {_ROLES}"
    yield f"GRANT SELECT ON wharfinger.context TO {_ROLES}"
