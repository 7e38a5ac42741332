"""What a reader may do with a single field: see it, see a mask of it, filter and sort by it.

A field that no rule of the policy names is open to everybody who may read its row. One that a rule names is restricted:
who is not allowed to see it gets its mask, and may neither filter nor sort by it, because bisection would tell them
what the mask hides.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto


class Mask(StrEnum):
    """What is shown instead of a value that may not be seen."""

    NULL = "null"
    """Nothing."""
    LAST4 = "last4"
    """The last four characters of a text."""
    BUCKET = "bucket"
    """The power of ten below a number."""


class Shown(Enum):
    """In which of the reader's legal entities the value itself is shown."""

    EVERYWHERE = auto()
    SOMEWHERE = auto()
    """In the entities of the list `FieldRight.parameter`, one of the reader's parameters."""
    NOWHERE = auto()


@dataclass(frozen=True)
class FieldRight:
    """The right to one field of a resource. Its values are hashable: they are part of a plan's shape."""

    shown: Shown
    mask: Mask = Mask.NULL
    filters: bool = False
    sorts: bool = False
    parameter: str | None = None
    """Names the list of legal entities in which the value is shown, where that is some of them."""


OPEN = FieldRight(Shown.EVERYWHERE, filters=True, sorts=True)
"""The right to a field that is not restricted."""
