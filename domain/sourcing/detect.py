"""The step that records shortages with their ranked options."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from authz.actor import Actor
from domain.cases.lifecycle import CaseType
from domain.cases.rules import NewCase
from domain.sourcing.lifecycle import OptionKind, ShortageStatus
from domain.sourcing.model import Shortage, SourcingOption
from domain.sourcing.queries import apply_shortages, gather_givers, gather_sellers
from domain.sourcing.rules import OpenShortage, Option, Shortfall, rank_options
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import round_money
from kernel.operation import Operation

NONE_STANDING: Mapping[UUID, OpenShortage] = MappingProxyType({})


@dataclass(frozen=True)
class _Detected:
    """A shortage about to be recorded."""

    entity_id: UUID
    shortfall: Shortfall
    options: tuple[Option, ...]
    currency: str
    standing: OpenShortage | None

    @cached_property
    def id(self) -> UUID:
        return self.standing.id if self.standing else new_id()

    @property
    def status(self) -> ShortageStatus:
        return ShortageStatus.PROPOSED if self.options else ShortageStatus.DETECTED


async def detect_shortages(
    op: Operation[Actor],
    entity_id: UUID,
    shortfalls: Sequence[Shortfall],
    *,
    currency: str,
    today: date,
    standing: Mapping[UUID, OpenShortage] = NONE_STANDING,
) -> list[NewCase]:
    """Records the shortages and the ways out of each. Answers the cases to be opened, which the caller opens last.

    standing: the demands whose shortage is on record already; it then says what is short now, with fresh options.
    """
    if not shortfalls:
        return []
    ranked = await rank_shortfalls(op, entity_id, shortfalls, currency=currency, today=today)
    detected = [
        _Detected(entity_id, shortfall, options, currency, standing.get(shortfall.demand_id))
        for shortfall, options in zip(shortfalls, ranked, strict=True)
    ]
    await _write(op, entity_id, detected)
    for each in detected:
        op.record(_event(each))
    return [_case(each) for each in detected]


async def rank_shortfalls(
    op: Operation[Actor], entity_id: UUID, shortfalls: Sequence[Shortfall], *, currency: str, today: date
) -> list[tuple[Option, ...]]:
    """The ways out of each shortfall as things are now, the best first."""
    givers = await gather_givers(op, entity_id, [shortfall.key for shortfall in shortfalls])
    items = (shortfall.key.item_id for shortfall in shortfalls)
    sellers = await gather_sellers(op, entity_id, items, currency=currency, today=today)
    return [
        rank_options(
            shortfall,
            givers.get(shortfall.key, ()),
            sellers.get(shortfall.key.item_id, ()),
            today=today,
            currency=currency,
        )
        for shortfall in shortfalls
    ]


async def _write(op: Operation[Actor], entity_id: UUID, detected: Sequence[_Detected]) -> None:
    new = [{**_shortage_row(each), "detected_at": op.now} for each in detected if not each.standing]
    await op.insert(Shortage, new)
    changed = {each.id: (each.status, each.shortfall.quantity) for each in detected if each.standing}
    await apply_shortages(op, entity_id, changed)
    await op.insert(SourcingOption, [row for each in detected for row in _option_rows(each)])


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
        "status": detected.status,
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
            "from_site_id": option.source_id if option.kind == OptionKind.TRANSFER else None,
            "supplier_id": option.source_id if option.kind == OptionKind.BUY else None,
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
        type="ShortageChanged" if detected.standing else "ShortageDetected",
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
        type=CaseType.SHORTAGE,
        subject_type="Shortage",
        subject_id=detected.id,
        summary=f"{shortfall.quantity:f} short, wanted by {shortfall.due_date}. {way_out}",
        severity=round_money(shortfall.value, detected.currency),
        currency=detected.currency,
        owner_role="planner",
        detail={"demandId": shortfall.demand_id, "itemId": shortfall.key.item_id, "siteId": shortfall.key.site_id},
    )
