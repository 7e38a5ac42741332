"""The seam to authorisation: which rows of a type the reader may see.

The compiler asks at every level of every statement, nested ones included, and never reads a row without an answer.
"""

from collections.abc import Hashable, Mapping
from typing import Any, Protocol

from sqlalchemy import ColumnElement, FromClause

from api.reads.nodes import Node


class RowPolicy(Protocol):
    """One reader's rights, as SQL."""

    @property
    def signature(self) -> Hashable:
        """Equal for policies that show the same fields and give the same predicates but for bound values.

        Plans and compiled statements are kept by it.
        """

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The values of the named bind parameters in the predicates."""

    def shows(self, node: Node, field_name: str) -> bool:
        """Whether the reader may see, filter and sort by the field with this GraphQL name; else it is null."""

    def readable(self, node: Node) -> bool:
        """Whether the reader may see any row of the type; otherwise its lists are empty and its objects null."""

    def predicate(self, node: Node, table: FromClause) -> ColumnElement[bool]:
        """The condition on the rows of one aliased table, with named bind parameters for its values.

        A table owned by entities gets at least `table.c.entity_id = :entity` or `= ANY(:entities)`.
        """
