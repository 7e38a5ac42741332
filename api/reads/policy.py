"""The seam to authorisation: which rows of a type the reader may see.

The compiler asks at every level of every statement, nested ones included, and never reads a row without an answer. The
answer keeps the entity scope apart from further conditions, since the scope decides how an ordered list is read
(lists.py), while a further condition is one more term of a WHERE.
"""

from collections.abc import Hashable, Mapping
from typing import Any, Protocol

from api.reads.nodes import Node
from authz.fields import FieldRight
from authz.rows import Readable


class RowPolicy(Protocol):
    """One reader's rights, as SQL."""

    @property
    def signature(self) -> Hashable:
        """Equal for policies that show the same fields and give the same answers but for bound values.

        Plans and compiled statements are kept by it.
        """

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The values of the named bind parameters in the answers."""

    @property
    def trail(self) -> Mapping[str, Any]:
        """The parameters with those that say who reads (trail.py): for statements that write it down."""

    def field(self, node: Node, field_name: str) -> FieldRight:
        """What the reader may do with the field that has this GraphQL name."""

    def readable(self, node: Node) -> Readable:
        """Which rows of the type the reader may see; where that is none, its lists are empty and its objects null."""
