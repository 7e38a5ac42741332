"""How a governed noun is declared: once, as data, beside its table.

A `Noun` names its table, the fields that a change request may propose, its natural key, and the checks of its values.
Type, default and whether a field is required are the column's and are not said again. A reference names another
object by the key of an external system, by its code, or by its id; which noun it may name is declared, not imported,
so that no noun knows another.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.schema import Column, Table

from authz.actor import Actor
from authz.vocabulary import Action, Resource, Role
from kernel.lifecycle import Lifecycle
from kernel.operation import Operation
from kernel.refusal import Refused
from kernel.tables import Base, EntityOwned
from masterdata.standards.form import Standard

Check = Callable[[Any], str | None]
"""Says what is wrong with a value, or None."""

RowCheck = Callable[[Mapping[str, Any]], str | None]
"""Says what is wrong with an object as it would be, by the names of its columns, or None."""


GENERAL = "general"
"""The group of every field that is in no other."""


class Holds(Enum):
    """What a column that refers to another object holds."""

    ID = auto()
    CODE = auto()


@dataclass(frozen=True)
class Right:
    """What a reviewer must be allowed to do to decide on changes of a noun."""

    resource: Resource
    action: Action


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value of a noun that a change request may propose."""

    name: str
    column: str
    checks: tuple[Check, ...] = ()
    standard: Standard | None = None
    """Reads a text and says in which form it is kept; asked before the checks."""
    refers_to: tuple[str, ...] = ()
    """The nouns that a reference may name; the first is meant where the reference does not say."""
    holds: Holds = Holds.ID
    lifecycle: Lifecycle | None = None
    is_fixed: bool = False
    """Set when the object is made, and never changed: what is booked relies on it."""
    group: str = GENERAL
    """The fields on which the same people decide."""


def plain(name: str, *checks: Check, standard: Standard | None = None) -> Field:
    """A field that holds a value of its own."""
    return Field(name=name, column=name, checks=checks, standard=standard)


def reference(name: str, *nouns: str) -> Field:
    """A field that names another object; its column `<name>_id` holds the id. The noun is `name` unless said."""
    return Field(name=name, column=f"{name}_id", refers_to=nouns or (name,))


def code_of(noun: str, name: str, *, standard: Standard | None = None) -> Field:
    """A field that holds the code of another object, which must exist."""
    return Field(name=name, column=name, refers_to=(noun,), holds=Holds.CODE, standard=standard)


def status(name: str, lifecycle: Lifecycle) -> Field:
    """A field whose changes follow a lifecycle."""
    return Field(name=name, column=name, lifecycle=lifecycle)


def fixed(field: Field) -> Field:
    """The field, never to be changed once the object exists."""
    return replace(field, is_fixed=True)


def grouped(group: str, *fields: Field) -> tuple[Field, ...]:
    """The fields, as those on which the owners of a group decide."""
    return tuple(replace(field, group=group) for field in fields)


@dataclass(frozen=True)
class FieldGroup:
    """Fields on which the same people decide.

    `owners` are the roles that must agree, one after the other and each another person; an empty one is whoever may
    change such objects. Approval rules may say otherwise (authz/approvals).
    """

    name: str
    owners: tuple[Role | None, ...] = (None,)
    stands_together: bool = False
    """Whether its fields are accepted or refused together."""


class _Shape:
    """What follows from a table and the fields declared on it."""

    model: type[Base]
    fields: tuple[Field, ...]

    @cached_property
    def table(self) -> Table:
        """The table that holds the objects."""
        table = self.model.__table__
        assert isinstance(table, Table)
        return table

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return {field.name: field for field in self.fields}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that the fields fill."""
        return tuple(field.column for field in self.fields)

    def column_of(self, field: Field) -> "Column[Any]":
        """The column of a field."""
        return self.table.c[field.column]

    def default_of(self, column: str) -> Any:
        """What a new object has where nothing is proposed: the database's default as a value, or None."""
        declared = self.table.c[column]
        default: Any = declared.server_default
        if default is None:
            return None
        kind, text = declared.type.python_type, str(default.arg)
        return text == "true" if kind is bool else kind(text)

    def is_required(self, field: Field) -> bool:
        """Whether a new object needs the field."""
        column = self.column_of(field)
        return not column.nullable and column.server_default is None


@dataclass(frozen=True, kw_only=True, eq=False)
class Part(_Shape):
    """Rows that belong to an object and change with it, such as the units of an item. A part not named stays."""

    name: str
    model: type[Base]
    owner: str
    """The column that holds the id of the object."""
    key: str
    """The column that tells the parts of one object apart."""
    fields: tuple[Field, ...]
    follows: tuple[str, ...] = ()
    """Columns that repeat those of the object; a foreign key keeps them equal."""
    group: str = GENERAL
    """The group of fields of the object to which it belongs."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Noun(_Shape):
    """A kind of governed object."""

    name: str
    model: type[Base]
    right: Right
    key: tuple[str, ...]
    """The columns that together name one object: in its legal entity, where it belongs to one."""
    fields: tuple[Field, ...]
    parts: tuple[Part, ...] = ()
    checks: tuple[RowCheck, ...] = ()
    identifiers: tuple[tuple[str, ...], ...] = ()
    """Columns that no two objects have alike, beside the key, such as a GTIN. Where the last of them is empty the
    others do not count."""
    given_by: str | None = None
    """Where an object ties two legal entities: the column of the one whose change requests alone change it."""
    groups: tuple[FieldGroup, ...] = ()
    governs_access: bool = False
    """Whether its objects say who may do what: a change of any of them is a new version of the access policy."""

    @property
    def title(self) -> str:
        """The name as people say it."""
        return self.name.replace("_", " ")

    @cached_property
    def is_entity_owned(self) -> bool:
        """Whether its objects belong to one legal entity."""
        return issubclass(self.model, EntityOwned)

    @cached_property
    def is_of_an_entity(self) -> bool:
        """Whether its objects are changed in change requests of one legal entity, and by whoever is trusted there."""
        return self.is_entity_owned or self.given_by is not None

    @cached_property
    def code(self) -> str | None:
        """The column by which others may name an object, if its key is one column."""
        return self.key[0] if len(self.key) == 1 else None

    @cached_property
    def group_of(self) -> Mapping[str, FieldGroup]:
        """The groups of fields by their names. What says who may do what is decided on as a whole."""
        declared = {group.name: group for group in self.groups}
        named = {GENERAL, *(field.group for field in self.fields), *(part.group for part in self.parts)}
        whole = {name: FieldGroup(name, stands_together=self.governs_access) for name in named}
        return {**whole, **declared}

    def refers_to_itself(self, field: Field) -> bool:
        """Whether the field may name an object of the same noun, as a parent does."""
        return self.name in field.refers_to


@dataclass(frozen=True)
class Proposal:
    """An object as a line of a change request proposes it, read as far as it can be read without the others."""

    index: int
    """The line, from 0."""
    noun: Noun
    object_id: UUID | None
    values: Mapping[str, Any]
    """By column. An object that is referred to stands as how it was named, such as `code:DE`."""
    problems: tuple[str, ...] = ()
    """What could not be read; each begins with its field."""


WholeCheck = Callable[[Operation[Actor], Sequence[Proposal]], Awaitable[Iterable[Refused]]]
"""Says what must be refused of a change of access as a whole, whatever its lines are one by one."""


class Nouns:
    """All governed nouns, in an order in which each comes after those that it refers to."""

    def __init__(self, *nouns: Noun, check_whole: WholeCheck | None = None) -> None:
        self.check_whole = check_whole
        self.in_order = nouns
        self.by_name: Mapping[str, Noun] = {noun.name: noun for noun in nouns}
        known: set[str] = set()
        for noun in nouns:
            known.add(noun.name)
            missing = set(_targets(noun)) - known
            assert not missing, f"{noun.name} refers to {sorted(missing)}, which must come before it"

    def __iter__(self) -> Iterator[Noun]:
        return iter(self.in_order)

    def __getitem__(self, name: str) -> Noun:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def needed_by(self, names: Iterable[str]) -> frozenset[str]:
        """These nouns and all to which their objects may refer, directly or not."""
        found: set[str] = set()
        pending = set(names)
        while pending:
            found |= pending
            pending = {target for name in pending for target in _targets(self[name])} - found
        return frozenset(found)


def _targets(noun: Noun) -> Iterable[str]:
    shapes: tuple[_Shape, ...] = (noun, *noun.parts)
    return (target for shape in shapes for field in shape.fields for target in field.refers_to)
