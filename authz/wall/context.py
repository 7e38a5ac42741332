"""What PostgreSQL makes of the signed context (kernel/contexts.py): the view `wharfinger.context`.

Policies read one column of it, as a scalar subquery, which PostgreSQL runs once for each table that a statement reads.
The view verifies the setting `wharfinger.context` anew each time, because any statement may set a setting: the
signature, the version of the policy, and the end. Without a context every column is empty and every policy finds no
row. What does not verify raises: WH001 where the policy has been replaced, WH002 for anything else.

The view is the one that runs with its owner's rights: whoever reads it may not read the keys behind it, and learns only
what their own context says. It is a view because PostgreSQL plans it into the statement: a function that does the
same takes three times as long (docs/decisions/row-security.md). No name in it is looked up when it runs, so neither
search_path nor temporary tables reach it.

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
_MAC_LENGTH = 64


def _part(place: int) -> str:
    return f"split_part({_TEXT}, '|', {place})"


_KEY, _VERSION, _ENDS, _PARTNER, _READ, _WRITE, _AUTHOR = (_part(place) for place in range(2, 9))

# bytea's own input would take a backslash for an escape: what is signed would not be what is read.
_SIGNED = f"convert_to(substr({_TEXT}, {_MAC_LENGTH + 2}), 'UTF8')"
_MAC = f"encode(sha256(k.outer_pad || sha256(k.inner_pad || {_SIGNED})), 'hex')"
_GENUINE = f"coalesce({_MAC} = substr({_TEXT}, 1, {_MAC_LENGTH}), false)"
_CURRENT = (
    f"{_VERSION} = s.version::text OR {_VERSION} = '0' "
    # The activation that runs has written the new version itself.
    "OR s.xmin = pg_current_xact_id_if_assigned()::xid"
)
_VERIFIED = (
    f"({_GENUINE} OR wharfinger.refuse('{REFUSED}')) "
    f"AND ({_ENDS}::timestamptz > now() OR wharfinger.refuse('{REFUSED}')) "
    f"AND ({_CURRENT} OR wharfinger.refuse('{STALE}'))"
)
_VALUES = {
    Value.VALID: "true",
    Value.INSIDER: f"{_PARTNER} = ''",
    Value.ENTITIES: f"CASE WHEN {_PARTNER} = '' THEN {_READ}::uuid[] END",
    Value.WRITABLE: f"{_WRITE}::uuid[]",
    Value.PARTNER: f"nullif({_PARTNER}, '')::uuid",
    Value.PARTNER_ENTITIES: f"CASE WHEN {_PARTNER} <> '' THEN {_READ}::uuid[] END",
    Value.AUTHOR: f"convert_from(decode({_AUTHOR}, 'hex'), 'UTF8')",
}
_REFUSE = f"""
CREATE FUNCTION wharfinger.refuse(reason text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF reason = '{STALE}' THEN
        RAISE EXCEPTION 'the policy has been replaced' USING ERRCODE = '{STALE}';
    END IF;
    RAISE EXCEPTION 'the context is not signed, or its time has run out' USING ERRCODE = '{REFUSED}';
END
$$
"""


def _column(value: Value) -> str:
    absent = f"coalesce({_TEXT}, '') = ''"
    return f"CASE WHEN {absent} THEN NULL WHEN {_VERIFIED} THEN {_VALUES[value]} END AS {value}"


# Constants of this module, and nothing else.
_VIEW = (
    f"SELECT {', '.join(_column(value) for value in Value)} "  # noqa: S608
    f"FROM public.policy_state s LEFT JOIN public.signing_key k ON k.id = {_KEY}"
)


def context_statements() -> Iterator[str]:
    """Makes the schema with the view, in place of what was there; whatever reads it is dropped with it."""
    serving = f"{Role.APP}, {Role.ACTIVATE}"
    yield "DROP SCHEMA IF EXISTS wharfinger CASCADE"
    yield "CREATE SCHEMA wharfinger"
    yield _REFUSE
    yield f"CREATE VIEW wharfinger.context AS {_VIEW}"
    yield "REVOKE ALL ON FUNCTION wharfinger.refuse(text) FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA wharfinger TO {serving}"
    yield f"GRANT EXECUTE ON FUNCTION wharfinger.refuse(text) TO {serving}"
    yield f"GRANT SELECT ON wharfinger.context TO {serving}"
