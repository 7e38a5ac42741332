"""The items on a partner's own documents, as a condition on rows: who is to deliver something is told what it is.

Row security says the same in words of its own (wall/dealing.py).
"""

from typing import Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, Table, Uuid, bindparam, or_, select

from authz.policies.conditions.sql import PARTNER_PARAMETER
from authz.terms import RowCondition
from kernel.tables import Telling, item_column_of, tellings


class Entities(Protocol):
    """Legal entities in which something may be read."""

    def holds(self, entity_id: ColumnElement[UUID]) -> ColumnElement[bool]:
        """Whether an entity is one of them."""


def published_or_dealt_in(table: Table, published: str, entities: Entities) -> RowCondition:
    """That a row is for all partners, or of an item on a line of the partner's in these legal entities."""
    item = item_column_of(table)
    assert item is not None, f"{table.name} does not say of which item its rows are"
    told = [_items(each, entities) for each in tellings(table.metadata)]

    def seen(rows: FromClause) -> ColumnElement[bool]:
        return or_(rows.c[published], *(rows.c[item].in_(each) for each in told)).self_group()

    return seen


def _items(telling: Telling, entities: Entities) -> Select[tuple[UUID]]:
    document, line = telling.document.alias(), telling.line.alias()
    tied = (line.c.entity_id == document.c.entity_id) & (line.c[telling.key] == document.c.id)
    partner = bindparam(PARTNER_PARAMETER, type_=Uuid())
    found = select(line.c[telling.item]).select_from(document.join(line, tied))
    return found.where(entities.holds(document.c.entity_id), document.c[telling.partner] == partner)
