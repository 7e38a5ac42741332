"""Privileges: which role may do what with which table, generated from the declared table classes.

Nothing of the wall is a revision: `migrate` rebuilds it after the schema is up to date (rebuild.py), in one
transaction, so that what is in force is always what the models declare.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sqlalchemy import MetaData
from sqlalchemy.schema import Table

from authz.wall.context import REMEMBERED
from kernel.roles import Role, quoted
from kernel.tables import Mutability, TableClass, class_of, mutability_of

Grants = Mapping[Role, frozenset[str]]
"""What each role may do with a table. Nobody but the owner may TRUNCATE."""


def _grants(*, app: str = "", activate: str = "", worker: str = "") -> Grants:
    words = {Role.APP: app, Role.ACTIVATE: activate, Role.WORKER: worker}
    return MappingProxyType({role: frozenset(privileges.split()) for role, privileges in words.items()})


_ALL = "SELECT INSERT UPDATE DELETE"
_KEEP = "SELECT INSERT UPDATE"
_TOLD = f"SELECT({','.join(REMEMBERED)})"
_GRANTS: Mapping[TableClass, Grants] = {
    TableClass.ENTITY_OWNED: _grants(app=_ALL, activate="SELECT", worker=_ALL),
    TableClass.ENTITY_MASTER: _grants(app="SELECT", activate=_ALL, worker="SELECT"),
    TableClass.SHARED_MASTER: _grants(app="SELECT", activate=_ALL, worker="SELECT"),
    TableClass.TWO_PARTY: _grants(app="SELECT", activate=_ALL, worker="SELECT"),
    # A change request is never deleted; activation writes what became of it.
    TableClass.SHARED_DOCUMENT: _grants(app=_KEEP, activate=_KEEP, worker=_KEEP),
    # A version is closed when another follows, and never changed otherwise.
    TableClass.MASTER_HISTORY: _grants(app="SELECT", activate=_KEEP, worker="SELECT"),
    # The sequencer gives positions and touches nothing else; what the worker's own operations do are events too.
    TableClass.EVENT: _grants(app="SELECT INSERT", activate="SELECT INSERT", worker="SELECT INSERT UPDATE(position)"),
    # The worker forgets old rows.
    TableClass.OWN_SUBJECT: _grants(app=_KEEP, activate=_KEEP, worker=_ALL),
    TableClass.INSERT_ONLY: _grants(app="INSERT", activate="SELECT INSERT", worker="SELECT INSERT"),
    # By what a row is found, its policy asks with nobody's privileges.
    TableClass.OWN_CONTEXT: _grants(app=_TOLD, activate=_TOLD),
    TableClass.INTERNAL: _grants(),
}
_CHANGES = frozenset({"UPDATE", "DELETE"})
_SERVING = ", ".join((Role.APP, Role.ACTIVATE, Role.WORKER))


def grants_of(table: Table) -> Grants:
    """The privileges on one table, from its class and mutability."""
    grants = _GRANTS[class_of(table)]
    if mutability_of(table) is Mutability.MUTABLE:
        return {role: _in_place(table, role, privileges) for role, privileges in grants.items()}
    return {role: privileges - _CHANGES for role, privileges in grants.items()}


def _in_place(table: Table, role: Role, privileges: frozenset[str]) -> frozenset[str]:
    """Requests change no row's legal entity: who may only read in one could take its rows away to another.

    The policies let such a row be found, because it is locked and refused by the same right as one that may be written.
    """
    if role is not Role.APP or "UPDATE" not in privileges or "entity_id" not in table.c:
        return privileges
    columns = ", ".join(quoted(column.name) for column in table.c if column.name != "entity_id")
    return privileges - {"UPDATE"} | {f"UPDATE ({columns})"}


def grant_statements(metadata: MetaData) -> Iterator[str]:
    """Takes every privilege away and grants the declared ones (rebuild.py)."""
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {_SERVING}"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {_SERVING}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {_SERVING}"
    for table in metadata.sorted_tables:
        for role, privileges in grants_of(table).items():
            if privileges:
                yield f'GRANT {", ".join(sorted(privileges))} ON TABLE "{table.name}" TO {role}'
