"""Plans: a GraphQL selection, resolved against the registry, as a frozen tree.

Aliases, fragments, directives and merged fields are gone from a plan: every object says which response keys it has, in
order, and where each value comes from. A plan holds no values: arguments are kept beside it and the tree names them by
`Slot`. Equal plans have equal SQL text, whatever their values, so compiled statements can be kept by plan.
"""

from dataclasses import dataclass

from api.reads.registry import CompositeField, FilterField, IdField, ManyField, ObjectType, OneField, Sort, ValueField
from authz.fields import Mask

Slot = int
"""The index of a value in the list of the statement's values."""


@dataclass(frozen=True)
class Typename:
    """`__typename` of an object whose type is known."""

    key: str
    name: str


@dataclass(frozen=True)
class Hidden:
    """A field of which the reader may see nothing: null."""

    key: str


@dataclass(frozen=True)
class Masked:
    """A field that is masked: in every row, or outside the legal entities in the reader's parameter `shown_in`."""

    key: str
    read: "Value | Parts | One | Many"
    mask: Mask
    shown_in: str | None


@dataclass(frozen=True)
class Value:
    """A value of the row, or its public id."""

    key: str
    field: ValueField | IdField


@dataclass(frozen=True)
class Parts:
    """A composite of the row's values."""

    key: str
    field: CompositeField
    fields: "tuple[Typename | Value, ...]"


@dataclass(frozen=True)
class One:
    """A to-one relation."""

    key: str
    field: OneField
    object: "Object"


@dataclass(frozen=True)
class Many:
    """A to-many relation."""

    key: str
    field: ManyField
    connection: "Connection"


@dataclass(frozen=True)
class Object:
    """What is read of one row."""

    type: ObjectType
    fields: "tuple[ObjectField, ...]"


ObjectField = Typename | Hidden | Masked | Value | Parts | One | Many
"""What may be selected of an object."""


@dataclass(frozen=True)
class Comparison:
    """A condition on one column. `operator` includes is_null and is_not_null, which have no value."""

    field: FilterField
    operator: str
    value: Slot | None


@dataclass(frozen=True)
class AllOf:
    """Every condition holds; true if there is none."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True)
class AnyOf:
    """At least one condition holds; false if there is none."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True)
class Not:
    """The condition does not hold: the exact complement, rows with NULL included."""

    condition: "Condition"


@dataclass(frozen=True)
class Some:
    """A to-many relation has a row for which the condition holds; or it has none, if `negated`."""

    field: ManyField
    condition: "Condition"
    negated: bool


@dataclass(frozen=True)
class Search:
    """One of the type's searched texts holds the pattern."""

    type: ObjectType
    pattern: Slot


Condition = Comparison | AllOf | AnyOf | Not | Some | Search


@dataclass(frozen=True)
class Bound:
    """A place in the order: for each sort the slot of its value, or None where the value is NULL."""

    values: tuple[Slot | None, ...]


@dataclass(frozen=True)
class Page:
    """Which rows of the ordered list: `size` from the start, or from the end if `backward`, between two bounds."""

    size: Slot
    backward: bool
    after: Bound | None
    before: Bound | None


@dataclass(frozen=True)
class TotalCount:
    """How many rows the whole list has."""

    key: str


@dataclass(frozen=True)
class Nodes:
    """The page's objects."""

    key: str
    object: Object


@dataclass(frozen=True)
class EdgeCursor:
    """The cursor of an edge."""

    key: str


@dataclass(frozen=True)
class EdgeNode:
    """The object of an edge."""

    key: str
    object: Object


@dataclass(frozen=True)
class Edges:
    """The page's edges."""

    key: str
    fields: tuple[Typename | EdgeCursor | EdgeNode, ...]


@dataclass(frozen=True)
class PageFact:
    """One field of PageInfo: hasNextPage, hasPreviousPage, startCursor or endCursor."""

    key: str
    name: str


@dataclass(frozen=True)
class PageInfo:
    """Where the page stands in the list."""

    key: str
    fields: tuple[Typename | PageFact, ...]


ConnectionPart = Typename | TotalCount | Nodes | Edges | PageInfo
"""What one response key of a connection gives."""


@dataclass(frozen=True)
class Connection:
    """A page of an ordered, filtered list."""

    type: ObjectType
    condition: Condition | None
    order: tuple[Sort, ...]
    page: Page
    parts: tuple[ConnectionPart, ...]


@dataclass(frozen=True)
class Lookup:
    """One object by its key: the condition holds for one row, or for one row of each entity."""

    object: Object
    condition: Condition


@dataclass(frozen=True)
class ById:
    """One object by its id, and its entity if it has one."""

    object: Object
    id: Slot
    entity_id: Slot | None


@dataclass(frozen=True)
class Selected:
    """Objects of one type among those of a `ByIds`: arrays of their places, ids, and entities."""

    object: Object
    places: Slot
    ids: Slot
    entity_ids: Slot


@dataclass(frozen=True)
class ByIds:
    """Objects by their ids, of any types, in the given order; `blanks` are the places that no type can fill.

    The answer has null for a missing object if `keep_missing`, else leaves it out.
    """

    selected: tuple[Selected, ...]
    blanks: Slot
    keep_missing: bool


@dataclass(frozen=True)
class Audited:
    """A plan that shows audited fields: its statement writes down that it did, for the root field `asked`."""

    plan: "Connection | Lookup | ById | ByIds"
    asked: str
    row_id: Slot
    detail: Slot


Plan = Connection | Lookup | ById | ByIds | Audited
