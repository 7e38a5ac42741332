"""Row security: the policies of every table, generated from its class.

A serving role sees a row if one of its policies says so, and no row of a table without one. The group's own people see
the rows of the legal entities in their context. An outsider, who reads for one partner, sees only rows of tables that
name a column for partners, or one for what is published to all of them, and items on their own documents
(`kernel.tables.table_class`). Which of those rows an actor may see within these bounds is for the application's own
predicates, in front of this wall. How a policy asks the context is a matter of its `Form` (forms.py).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import MetaData
from sqlalchemy.schema import Table

from authz.wall.context import CARRIED, Value
from authz.wall.dealing import ITEMS_DEALT_IN
from authz.wall.forms import Form, PlainForm
from authz.wall.grants import grants_of
from kernel.roles import Role, quoted
from kernel.tables import (
    TableClass,
    class_of,
    is_offered,
    item_column_of,
    parties_of,
    partner_column_of,
    published_column_of,
)

SELECT, INSERT, UPDATE, DELETE, ALL = "SELECT", "INSERT", "UPDATE", "DELETE", "ALL"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One policy of a table. `using` says which rows are there, `check` which may be written."""

    table: str
    name: str
    role: Role
    command: str
    using: str | None = None
    check: str | None = None

    @property
    def statement(self) -> str:
        """How PostgreSQL is told."""
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        to = f"AS PERMISSIVE FOR {self.command} TO {self.role}"
        return f"CREATE POLICY {self.name} ON {quoted(self.table)} {to}{using}{check}"

    @property
    def fingerprint(self) -> str:
        """What tells it from another policy of the same name."""
        return sha256(self.statement.encode()).hexdigest()


@dataclass(frozen=True)
class _Conditions:
    """Conditions on the rows of one table."""

    table: Table
    form: Form

    @property
    def valid(self) -> str:
        return self.form.value(Value.VALID)

    @property
    def insider(self) -> str:
        return self.form.value(Value.INSIDER)

    @property
    def shown(self) -> str:
        """A row that the whole group shares; outsiders who deal with us somewhere see those that are published.

        That is one question for both. An OR would ask insiders, too, whether they are outsiders.
        """
        column = published_column_of(self.table)
        return self.insider if column is None else f"(NOT {column}) <= {self.insider}"

    @property
    def readable(self) -> str:
        return f"entity_id = ANY ({self._entities(Value.ENTITIES)})"

    @property
    def of_either(self) -> str:
        """A row that belongs to two legal entities. Each column has an index of its own."""
        entities = self._entities(Value.ENTITIES)
        return " OR ".join(f"{column} = ANY ({entities})" for column in parties_of(self.table))

    @property
    def offered(self) -> str:
        return f"entity_id = ANY ({self._entities(Value.OFFERING)})"

    @property
    def writable(self) -> str:
        return f"entity_id = ANY ({self._entities(Value.WRITABLE)})"

    @property
    def readable_or_of_the_group(self) -> str:
        """A row that may belong to a legal entity, or to the whole group: all of its people read that."""
        return self._or_of_the_group(self.readable, of_the_group=self.insider)

    @property
    def writable_or_of_the_group(self) -> str:
        """The same, written: what is the group's by whoever writes anywhere, and so in no context for reading."""
        writes = f"{self._entities(Value.WRITABLE)} <> '{{}}'"
        return self._or_of_the_group(self.writable, of_the_group=f"{self.insider} AND {writes}")

    def _or_of_the_group(self, condition: str, *, of_the_group: str) -> str:
        if "entity_id" not in self.table.c:
            return of_the_group
        return f"CASE WHEN entity_id IS NULL THEN {of_the_group} ELSE {condition} END"

    @property
    def own(self) -> str:
        return f"subject = {self.form.value(Value.AUTHOR)}"

    @property
    def signed(self) -> str:
        """Whoever acts signs with their own name; what is read can be recorded without."""
        return f"{self.form.value(Value.AUTHOR)} IN ('', actor)"

    def of_partner(self, column: str) -> str:
        """A row that names the outsider's partner, in the legal entities in which they deal with us."""
        entities = f"ANY ({self._entities(Value.PARTNER_ENTITIES)})"
        if column == "entity_id":
            return f"id = {entities}"
        partner = f"{column} = {self.form.value(Value.PARTNER)}"
        return f"entity_id = {entities} AND {partner}" if "entity_id" in self.table.c else partner

    def dealt_in(self, item: str) -> str:
        """A row of an item that stands on the outsider's own documents."""
        return f"{item} = ANY ({self._entities(ITEMS_DEALT_IN)})"

    def _entities(self, value: str) -> str:
        # The cast keeps PostgreSQL from taking the subquery for a list of rows.
        return f"{self.form.value(value)}::uuid[]"


Part = tuple[str, str, str | None, str | None]
"""A policy of one role: name, command, which rows are there, which may be written."""
Parts = Iterator[Part]


def _of_entity(when: _Conditions) -> Parts:
    yield "read", SELECT, when.readable, None
    yield "insert", INSERT, None, when.writable
    yield "update", UPDATE, when.readable, when.writable
    yield "delete", DELETE, when.writable, None


def _entity_master(when: _Conditions) -> Parts:
    yield "read", SELECT, when.readable, None


def _shared_master(when: _Conditions) -> Parts:
    yield "read", SELECT, when.shown, None


def _two_party(when: _Conditions) -> Parts:
    yield "read", SELECT, when.of_either, None


def _shared_document(when: _Conditions) -> Parts:
    readable, writable = when.readable_or_of_the_group, when.writable_or_of_the_group
    yield "read", SELECT, readable, None
    yield "insert", INSERT, None, writable
    yield "update", UPDATE, readable, writable


def _master_history(when: _Conditions) -> Parts:
    yield "read", SELECT, when.readable_or_of_the_group, None


def _event(when: _Conditions) -> Parts:
    yield "read", SELECT, when.readable_or_of_the_group, None
    yield "insert", INSERT, None, when.writable_or_of_the_group


def _own_subject(when: _Conditions) -> Parts:
    yield "own", ALL, when.own, when.own


def _insert_only(when: _Conditions) -> Parts:
    yield "insert", INSERT, None, when.signed


def _own_context(_: _Conditions) -> Parts:
    yield "read", SELECT, CARRIED, None


def _internal(_: _Conditions) -> Parts:
    yield from ()


_APP: Mapping[TableClass, Callable[[_Conditions], Parts]] = {
    TableClass.ENTITY_OWNED: _of_entity,
    TableClass.ENTITY_MASTER: _entity_master,
    TableClass.SHARED_MASTER: _shared_master,
    TableClass.TWO_PARTY: _two_party,
    TableClass.SHARED_DOCUMENT: _shared_document,
    TableClass.MASTER_HISTORY: _master_history,
    TableClass.EVENT: _event,
    TableClass.OWN_SUBJECT: _own_subject,
    TableClass.INSERT_ONLY: _insert_only,
    TableClass.OWN_CONTEXT: _own_context,
    TableClass.INTERNAL: _internal,
}


def _activation(kind: TableClass, when: _Conditions) -> Parts:
    """Activation works for the whole group, but never without a context."""
    if kind is TableClass.OWN_SUBJECT:
        yield "own", ALL, when.own, when.own
    elif kind is TableClass.OWN_CONTEXT:
        yield from _own_context(when)
    elif kind is TableClass.SHARED_DOCUMENT:
        # What is activated is found as whoever asks for it finds it.
        yield from _shared_document(when)
    elif kind is TableClass.INSERT_ONLY:
        yield "read", SELECT, when.valid, None
        yield "insert", INSERT, None, when.signed
    else:
        yield "all", ALL, when.valid, when.valid


def _outsiders(table: Table, when: _Conditions) -> Parts:
    column = partner_column_of(table)
    if column is not None:
        yield "outsider", SELECT, when.of_partner(column), None
    item = item_column_of(table)
    if item is not None:
        # PostgreSQL asks the policies of a table from the last name to the first: of people of the group never this.
        yield "dealt_in", SELECT, when.dealt_in(item), None


def _offers(table: Table, when: _Conditions) -> Parts:
    """What another legal entity may see under an agreement. A row that is one's own is never asked about."""
    if is_offered(table):
        yield "offered", SELECT, when.offered, None


def policies_of(table: Table, form: Form | None = None) -> Iterator[Policy]:
    """The policies of one table. A role without a privilege on it needs none."""
    kind, when = class_of(table), _Conditions(table, form or PlainForm())
    parts: Mapping[Role, Iterable[Part]] = {
        Role.APP: [*_APP[kind](when), *_outsiders(table, when), *_offers(table, when)],
        Role.ACTIVATE: tuple(_activation(kind, when)),
        Role.WORKER: [("all", ALL, "true", "true")],
    }
    for role, privileges in grants_of(table).items():
        for name, command, using, check in parts[role] if privileges else ():
            yield Policy(
                table=table.name,
                name=f"{role.removeprefix('wharfinger_')}_{name}",
                role=role,
                command=command,
                using=using,
                check=check,
            )


def all_policies(metadata: MetaData, form: Form | None = None) -> Iterator[Policy]:
    """The policies of all tables."""
    for table in metadata.sorted_tables:
        yield from policies_of(table, form)
