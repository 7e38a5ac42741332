"""The step that records shortages with their ranked options."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.cases.rules import NewCase
from domain.sourcing.model import Shortage, SourcingOption
from domain.sourcing.queries import gather_givers, gather_sellers
from domain.sourcing.rules import Option, Shortfall, rank_options
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import round_money
from kernel.operation import Operation


@dataclass(frozen=True)
class _Detected:
    """A shortage about to be recorded."""

    id: UUID
    entity_id: UUID
    shortfall: Shortfall
    options: tuple[Option, ...]
    currency: str


async def detect_shortages(
    op: Operation[Actor], entity_id: UUID, shortfalls: Sequence[Shortfall], *, currency: str, today: date
) -> list[NewCase]:
    """Records the shortages and the ways out of each. Answers the cases to be opened, which the caller opens last."""
    if not shortfalls:
        return []
    keys = [shortfall.key for shortfall in shortfalls]
    givers = await gather_givers(op, entity_id, keys)
    sellers = await gather_sellers(op, entity_id, (key.item_id for key in keys), currency=currency, today=today)
    detected = []
    for shortfall in shortfalls:
        found = givers.get(shortfall.key, ()), sellers.get(shortfall.key.item_id, ())
        options = rank_options(shortfall, *found, today=today, currency=currency)
        detected.append(_Detected(new_id(), entity_id, shortfall, options, currency))
    await op.insert(Shortage, [{**_shortage_row(each), "detected_at": op.now} for each in detected])
    await op.insert(SourcingOption, [row for each in detected for row in _option_rows(each)])
    for each in detected:
        op.record(_event(each))
    return [_case(each) for each in detected]


def _shortage_row(detected: _Detected) -> dict[str, Any]:
    shortfall = detected.shortfall
    return {
        "entity_id": detected.entity_id,
        "id": detected.id,
        "demand_id": shortfall.demand_id,
        "item_id": shortfall.key.item_id,
        "site_id": shortfall.key.site_id,
        "quantity": shortfall.quantity,
        "due_date": shortfall.due_date,
        "status": "proposed" if detected.options else "detected",
    }


def _option_rows(detected: _Detected) -> list[dict[str, Any]]:
    return [
        {
            "entity_id": detected.entity_id,
            "id": new_id(),
            "shortage_id": detected.id,
            "rank": rank,
            "kind": option.kind,
            "quantity": option.quantity,
            "from_site_id": option.source_id if option.kind == "transfer" else None,
            "supplier_id": option.source_id if option.kind == "buy" else None,
            "arrival_date": option.arrival_date,
            "landed_cost": option.landed_cost,
            "currency": detected.currency,
            "score": option.terms.total,
            "score_terms": option.terms._asdict(),
            "reason": option.reason,
            "inputs": asdict(option.inputs),
        }
        for rank, option in enumerate(detected.options, start=1)
    ]


def _event(detected: _Detected) -> Event:
    shortfall = detected.shortfall
    return Event(
        type="ShortageDetected",
        subject_type="Shortage",
        subject_id=detected.id,
        entity_id=detected.entity_id,
        payload={
            "itemId": shortfall.key.item_id,
            "siteId": shortfall.key.site_id,
            "quantity": shortfall.quantity,
            "dueDate": shortfall.due_date,
            "options": len(detected.options),
        },
    )


def _case(detected: _Detected) -> NewCase:
    """The whole value that waits is at risk until somebody chooses."""
    shortfall = detected.shortfall
    way_out = detected.options[0].reason if detected.options else "There is no way out on record."
    return NewCase(
        type="shortage",
        subject_type="Shortage",
        subject_id=detected.id,
        summary=f"{shortfall.quantity:f} short, wanted by {shortfall.due_date}. {way_out}",
        severity=round_money(shortfall.value, detected.currency),
        currency=detected.currency,
        owner_role="planner",
        detail={"demandId": shortfall.demand_id, "itemId": shortfall.key.item_id, "siteId": shortfall.key.site_id},
    )
