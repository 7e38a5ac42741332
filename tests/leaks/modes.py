"""The two walls one at a time: row security without the application's predicates, and these without row security."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api.reads.nodes import Node
from api.reads.trail import ACTOR, ON_BEHALF_OF
from authz.fields import OPEN, FieldRight
from authz.rows import Readable, RowsOfEntities, SharedRows
from tests.leaks.sight import NAMES_PARTNER, OF_ITEM, PUBLISHED, items_of
from tests.oracle.rows import Row


@dataclass(frozen=True)
class Everything:
    """A policy of rows that keeps nothing from anybody, in the place of the actor's."""

    entities: tuple[UUID, ...]
    signature: Hashable = "everything"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All legal entities."""
        return {"everything": list(self.entities)}

    @property
    def trail(self) -> Mapping[str, Any]:
        """Whoever reads."""
        return {**self.parameters, ACTOR: "somebody", ON_BEHALF_OF: None}

    def field(self, _node: Node, _field_name: str) -> FieldRight:
        """Every field."""
        return OPEN

    def readable(self, node: Node) -> Readable:
        """Every row."""
        return Readable(RowsOfEntities("everything") if node.entity_owned else SharedRows())


@dataclass(frozen=True)
class WallSight:
    """What row security alone lets somebody see, by hand: it knows legal entities and partners, and no roles.

    What the group shares is seen by whoever belongs to one of its legal entities, and by nobody else.
    """

    entities: frozenset[UUID]
    partner_id: UUID | None
    lines: Sequence[Row] = ()
    """The lines of all purchase orders."""

    def __call__(self, node: Node, row: Row) -> bool:
        """Whether they see a row."""
        if self.partner_id is not None:
            return self._is_of_partner(node, row)
        if node.name == "InterCompanyAgreement":
            return not self.entities.isdisjoint((row["giver_entity_id"], row["taker_entity_id"]))
        if row.get("entity_id") is None:
            return bool(self.entities)
        return row["entity_id"] in self.entities

    def _is_of_partner(self, node: Node, row: Row) -> bool:
        if node.name == "LegalEntity":
            return row["id"] in self.entities
        if node.name in PUBLISHED:
            is_published = bool(self.entities) and bool(row[PUBLISHED[node.name]])
            return is_published or row[OF_ITEM[node.name]] in items_of(self.lines, self.partner_id, self.entities)
        column = NAMES_PARTNER.get(node.name)
        named = column is not None and row[column] == self.partner_id
        return named and ("entity_id" not in row or row["entity_id"] in self.entities)
