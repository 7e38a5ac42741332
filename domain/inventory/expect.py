"""The step by which documents write what they will bring: expected supplies."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.inventory.lifecycle import SupplyKind
from domain.inventory.model import Supply
from domain.inventory.rules import ExpectedSupply, StockKey
from kernel.ids import new_id
from kernel.operation import Operation


@dataclass(frozen=True, kw_only=True)
class NewSupply:
    """What a document line will bring, in base units."""

    kind: SupplyKind
    document_id: UUID
    line_id: UUID
    key: StockKey
    quantity: Decimal
    expected_date: date
    id: UUID = field(default_factory=new_id)


async def expect_supplies(
    op: Operation[Actor], entity_id: UUID, supplies: Sequence[NewSupply]
) -> tuple[ExpectedSupply, ...]:
    """Writes the supplies; nobody holds them yet."""
    await op.insert(Supply, [_row(entity_id, each) for each in supplies])
    return tuple(ExpectedSupply(each.id, each.key, each.expected_date, each.quantity) for each in supplies)


def _row(entity_id: UUID, supply: NewSupply) -> dict[str, Any]:
    return {
        "entity_id": entity_id,
        "id": supply.id,
        "kind": supply.kind,
        "document_id": supply.document_id,
        "line_id": supply.line_id,
        "item_id": supply.key.item_id,
        "site_id": supply.key.site_id,
        "expected_date": supply.expected_date,
        "open_quantity": supply.quantity,
    }
