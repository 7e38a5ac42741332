"""How tables are declared: the declarative base, the row-security class of every table, shared columns.

Every table names its `TableClass`: the generator of PostgreSQL policies and grants reads it, and a test
fails for a table without one. A table of a legal entity derives from `EntityOwned`: its primary key starts
with `entity_id`, and so do all its unique and foreign keys (`entity_key`), so that no row can refer to a row of
another entity.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Sequence,
    Text,
    UniqueConstraint,
    Uuid,
    event,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import DDL, ForeignKeyConstraint, Table

TRIGRAMS = "trigrams"
"""Under this an index keeps the texts that it was made for (`trigram_index`)."""


class TableClass(StrEnum):
    """Who may read and write the rows of a table; the wall in the database is generated from it."""

    ENTITY_OWNED = "entity_owned"
    """Read and written by those whose context holds the row's entity."""
    ENTITY_MASTER = "entity_master"
    """Read by those whose context holds the row's entity; written by activation alone."""
    SHARED_MASTER = "shared_master"
    """Read by the people of the group; written by activation alone."""
    TWO_PARTY = "two_party"
    """Read by those whose context holds either of a row's two legal entities; written by activation alone."""
    SHARED_DOCUMENT = "shared_document"
    """Documents of the group, such as change requests: read and written by the people of the group."""
    MASTER_HISTORY = "master_history"
    """What master data was: read like a document of the group, written by activation alone."""
    EVENT = "event"
    """Inserted by operations; positioned and read by the worker; read by those whose context holds the entity."""
    OWN_SUBJECT = "own_subject"
    """Rows of one subject: seen and written by that subject alone."""
    INSERT_ONLY = "insert_only"
    """Inserted by operations, never changed; read by the worker."""
    OWN_CONTEXT = "own_context"
    """The one row of the session's context, read by whoever carries it; written by the owner's functions alone."""
    INTERNAL = "internal"
    """Nobody's but the migrate role's."""


class Mutability(StrEnum):
    """Whether the operations of a table's class may change and delete its rows."""

    MUTABLE = "mutable"
    APPEND_ONLY = "append_only"
    """History: rows are inserted and never touched again; PostgreSQL refuses anything else."""


_NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """The one declarative base. Models are tables and constraints; they have no behaviour."""

    metadata = MetaData(naming_convention=_NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        bool: Boolean(),
        Decimal: Numeric(),
        UUID: Uuid(),
        date: Date(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(),
        bytes: LargeBinary(),
    }


# Searching in texts needs trigrams; every PostgreSQL has them, and the owner of a database may switch them on.
event.listen(Base.metadata, "before_create", DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm"))  # type: ignore[no-untyped-call]
# So do periods that must not overlap, of which each object has its own.
event.listen(Base.metadata, "before_create", DDL("CREATE EXTENSION IF NOT EXISTS btree_gist"))  # type: ignore[no-untyped-call]


class EntityOwned:
    """The columns that every row of a legal entity has. The primary key is (entity_id, id)."""

    entity_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-20, doc="The legal entity that owns the row.")
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10, doc="The identifier (UUID version 7).")


class Shared:
    """The key of a row that belongs to the whole group."""

    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10, doc="The identifier (UUID version 7).")


class Versioned:
    """A row whose changes are checked against the version that the caller saw."""

    version: Mapped[int] = mapped_column(
        Integer, server_default="1", sort_order=90, doc="Counts the changes of the row; starts at 1."
    )


def table_class(
    kind: TableClass,
    mutability: Mutability = Mutability.MUTABLE,
    *,
    partner: str | None = None,
    published: str | None = None,
    item: str | None = None,
    tells_of: str | None = None,
    parties: tuple[str, str] | tuple[()] = (),
    offered: bool = False,
) -> dict[str, Any]:
    """The last item of `__table_args__`: declares the row-security class of a table.

    `partner` is the column by which a row belongs to a partner, `published` one that is true where a row is for all
    partners; outsiders see nothing of a table with neither. For the legal entities themselves the partner's column is
    entity_id: an outsider sees those in which they deal with us. `tells_of` is the column by which a line of a
    partner's document names an item, `item` that by which a row is of an item: a partner sees what is published, and
    the rows of the items of which their own lines tell. `parties` are the columns of the two legal entities of
    a row (TWO_PARTY). Rows of an `offered` table are also there for another entity that looks at offers under an
    agreement, and only while it does (masterdata/agreements).
    """
    assert bool(parties) is (kind is TableClass.TWO_PARTY), "a table of two parties names both, and no other does"
    of_outsiders = {"partner_column": partner, "published_column": published}
    of_outsiders |= {"item_column": item, "tells_of": tells_of}
    declared = {"table_class": kind, "mutability": mutability, "parties": parties, "offered": offered}
    return {"info": {**declared, **of_outsiders}}


def class_of(table: Table) -> TableClass:
    """The declared row-security class of a table; a table without one is a broken invariant."""
    return TableClass(table.info["table_class"])


def partner_column_of(table: Table) -> str | None:
    """The column by which rows of the table belong to a partner, if there is one."""
    column: str | None = table.info["partner_column"]
    return column


def published_column_of(table: Table) -> str | None:
    """The column that is true for the rows that all partners may see, if there is one."""
    column: str | None = table.info["published_column"]
    return column


def item_column_of(table: Table) -> str | None:
    """The column that names the item of a row, where partners see the rows of items on their documents."""
    column: str | None = table.info["item_column"]
    return column


@dataclass(frozen=True)
class Telling:
    """Lines of partners' documents that tell of items."""

    document: Table
    line: Table
    key: str
    """The line's column that refers to the document."""
    item: str
    partner: str


def tellings(metadata: MetaData) -> Iterator[Telling]:
    """All lines of partners' documents that tell of items."""
    for line in metadata.sorted_tables:
        if (item := line.info.get("tells_of")) is None:
            continue
        partner = partner_column_of(line)
        (tie,) = (each for each in line.foreign_key_constraints if partner in each.column_keys)
        (key,) = set(tie.column_keys) - {"entity_id", partner}
        assert partner is not None
        yield Telling(tie.referred_table, line, key, item, partner)


def parties_of(table: Table) -> tuple[str, ...]:
    """The columns of the two legal entities to which a row belongs; none in most tables."""
    columns: tuple[str, ...] = table.info.get("parties", ())
    return columns


def is_offered(table: Table) -> bool:
    """Whether an agreement may show rows of the table to another legal entity."""
    return bool(table.info["offered"])


def mutability_of(table: Table) -> Mutability:
    """Whether rows of the table may be changed."""
    return Mutability(table.info["mutability"])


def entity_key(column: str, target: str) -> ForeignKeyConstraint:
    """A foreign key inside one entity: (entity_id, column) refers to (entity_id, id) of `target`."""
    return ForeignKeyConstraint(["entity_id", column], [f"{target}.entity_id", f"{target}.id"])


def partner_key(column: str, target: str, partner: str) -> ForeignKeyConstraint:
    """The same for a line, which names the partner of its document: PostgreSQL keeps both equal.

    Row security asks the line itself to whom it belongs, because a look into another table for each row would be dear.
    The document has `partner_known` among its constraints.
    """
    columns, known = ["entity_id", column, partner], ["entity_id", "id", partner]
    return ForeignKeyConstraint(columns, [f"{target}.{each}" for each in known])


def partner_known(partner: str) -> UniqueConstraint:
    """What the lines of a document refer to, to name its partner."""
    return UniqueConstraint("entity_id", "id", partner)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """A CHECK that `column` holds one of `values`: statuses and kinds are text, not database enums."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def trigram_index(name: str, *expressions: str) -> Index:
    """An index for searching anywhere in texts: any of the expressions may be compared with LIKE '%...%'."""
    # An operator class goes to an expression by its label.
    labelled = {f"searched_{place}": expression for place, expression in enumerate(expressions)}
    return Index(
        name,
        *(literal_column(expression).label(label) for label, expression in labelled.items()),
        postgresql_using="gin",
        postgresql_ops=dict.fromkeys(labelled, "gin_trgm_ops"),
        info={TRIGRAMS: expressions},
    )


def numbered(prefix: str) -> Any:
    """A document number such as SO-100001, taken from a sequence when the row is written. Gaps are allowed."""
    sequence = Sequence(f"{prefix.lower()}_number", start=100_001, metadata=Base.metadata)
    return mapped_column(
        Text,
        server_default=text(f"'{prefix}-' || nextval('{sequence.name}')"),
        doc=f"The document number, e.g. {prefix}-100001.",
    )
