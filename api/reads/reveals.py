"""Reveals: the audited fields that a plan shows, and the row of the audit that its statement writes for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationDefinitionNode

from api.reads.errors import bad_argument
from api.reads.policy import RowPolicy
from api.reads.registry import ObjectType
from api.reads.trail import Told
from authz.fields import FieldRight, Shown
from authz.rows import NOTHING


@dataclass(frozen=True)
class Reveals:
    """What one root field reveals to one reader."""

    policy: RowPolicy
    fields: set[str] = field(default_factory=set)

    def note(self, of: ObjectType, name: str, right: FieldRight) -> None:
        """Notes a selected field, if it is audited and shown of any row."""
        if name in of.audited and right.shown is not Shown.NOWHERE and self.policy.readable(of.node) != NOTHING:
            self.fields.add(f"{of.name}.{name}")

    def told(self, operation: OperationDefinitionNode, arguments: Mapping[str, Any]) -> Told:
        """What the row of the audit says."""
        name = operation.name.value if operation.name else None
        return Told(name, arguments, tuple(sorted(self.fields)))

    def refuse(self) -> None:
        """Refuses a payload with such fields: a dry run would undo the row, and have shown the value."""
        if self.fields:
            named = ", ".join(sorted(self.fields))
            raise bad_argument(f"Read {named} by a query: each reveal is written down, and a mutation can be undone.")
