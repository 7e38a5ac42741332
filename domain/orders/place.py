"""Place a sales order: accepted, priced, reserved and promised in one transaction, or refused with every reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from authz.access import foresee, permit_after
from authz.actor import Actor
from authz.sight import may_know
from authz.vocabulary import Action, Resource
from domain.cases.lifecycle import CaseType
from domain.cases.open import open_cases
from domain.cases.rules import NewCase
from domain.inventory.allocate import DemandOrigin, StockPicture, apply_allocations, lock_stock
from domain.inventory.lifecycle import DemandKind
from domain.inventory.rules import NOTHING, Allocation, plan_allocation
from domain.orders.draft import draft_lines
from domain.orders.lifecycle import WhenShort
from domain.orders.model import SalesOrder, SalesOrderLine
from domain.orders.queries.placing import Terms, gather_terms, masters_became_unusable
from domain.orders.rules import (
    DraftLine,
    LineWish,
    SettledLine,
    check_requested_date,
    demand_of,
    derive_order_status,
    refuse_short,
    settle_line,
)
from domain.orders.shortfall import shortfalls_of
from domain.sourcing.detect import detect_shortages
from kernel.commands import argument
from kernel.events import Event
from kernel.ids import new_id
from kernel.money import round_money
from kernel.operation import Operation
from kernel.outcome import Done, Ref
from kernel.refusal import Code, Refusal, Refused, invalid, not_found
from masterdata.parties.lifecycle import CreditStatus, PartyStatus

LINES_MAX = 500


@dataclass(frozen=True)
class PlaceSalesOrderLine:
    """One item that the customer wants."""

    item_id: UUID = argument("The item.", refers_to="Item")
    quantity: Decimal = argument("How much, in `unit`.")
    unit: str | None = argument(
        "The unit of the quantity (UN/ECE Rec 20); the item's base unit if left out.", default=None
    )
    requested_date: date | None = argument("When this line is wanted; the order's date if left out.", default=None)


@dataclass(frozen=True)
class PlaceSalesOrder:
    """What a customer orders from an entity."""

    entity_id: UUID = argument("The legal entity that sells.", refers_to="LegalEntity")
    customer_id: UUID = argument("The customer.", refers_to="Customer")
    lines: tuple[PlaceSalesOrderLine, ...] = argument(f"What is wanted: 1 to {LINES_MAX} lines.")
    site_id: UUID | None = argument(
        "The site that serves the order; the entity's first site if left out.", refers_to="Location", default=None
    )
    requested_date: date | None = argument("When it is wanted; today if left out.", default=None)
    when_short: WhenShort | None = argument(
        "What happens to what cannot be covered; the customer's rule if left out.", default=None
    )


@dataclass(frozen=True)
class _Setting:
    """What holds for the whole order."""

    order_id: UUID
    entity_id: UUID
    customer_id: UUID
    site_id: UUID
    terms: Terms
    when_short: WhenShort
    requested_date: date
    today: date

    @property
    def currency(self) -> str:
        return self.terms.currency


async def place_sales_order(op: Operation[Actor], command: PlaceSalesOrder) -> Done:
    """Places the order. Stock is reserved, the rest pegged to expected supply; what is short is recorded with options.

    Refuses unknown or unusable masters, quantities that cannot be meant, and, with REFUSE, any shortage.
    """
    foresee(op, Resource.SALES_ORDER, Action.CREATE, command.entity_id, partner_id=command.customer_id)
    setting = await _gather_setting(op, command)
    wishes = [
        LineWish(line.item_id, line.quantity, line.unit, line.requested_date or setting.requested_date)
        for line in command.lines
    ]
    drafts = await draft_lines(op, setting.entity_id, wishes, currency=setting.currency, today=setting.today)
    wanted = [demand_of(draft, draft.line_id, setting.site_id, setting.when_short, setting.today) for draft in drafts]
    picture = await lock_stock(op, setting.entity_id, [each.key for each in wanted])
    allocations = plan_allocation(wanted, picture.stocks, picture.supplies)
    lines = _settle(drafts, allocations, setting)
    await _write_order(op, setting, lines)
    await _allocate(op, setting, lines, picture)
    if await masters_became_unusable(
        op, customer_id=setting.customer_id, item_ids={each.item.item_id for each in drafts}
    ):
        raise Refusal(invalid("An item or the customer was blocked or retired while the order was being placed."))
    cases = await detect_shortages(
        op, setting.entity_id, shortfalls_of(lines), currency=setting.currency, today=setting.today
    )
    await open_cases(op, setting.entity_id, [*cases, *_partial_fill(setting, lines)])
    op.record(_placed(setting, lines))
    return Done({"sales_order": (Ref("SalesOrder", setting.order_id, setting.entity_id, 1),)})


async def _gather_setting(op: Operation[Actor], command: PlaceSalesOrder) -> _Setting:
    terms = await gather_terms(
        op, entity_id=command.entity_id, customer_id=command.customer_id, site_id=command.site_id
    )
    today = op.now.astimezone(ZoneInfo(terms.time_zone)).date()
    requested_date = command.requested_date or today
    knows_site = command.site_id is None or may_know(op.actor, Resource.LOCATION, command.entity_id)
    problems = [
        _check_line_count(command),
        _check_customer(op, command, terms),
        check_requested_date(requested_date, today, "requestedDate"),
        None if knows_site and terms.site_id else not_found("Site", "siteId"),
    ]
    if any(problems) or terms.site_id is None:
        raise Refusal(*(problem for problem in problems if problem))
    return _Setting(
        order_id=new_id(),
        entity_id=command.entity_id,
        customer_id=command.customer_id,
        site_id=terms.site_id,
        terms=terms,
        when_short=command.when_short or WhenShort(terms.customer_when_short),
        requested_date=requested_date,
        today=today,
    )


def _check_line_count(command: PlaceSalesOrder) -> Refused | None:
    if 1 <= len(command.lines) <= LINES_MAX:
        return None
    return invalid(f"An order has 1 to {LINES_MAX} lines; this one has {len(command.lines)}.", "lines")


def _check_customer(op: Operation[Actor], command: PlaceSalesOrder, terms: Terms) -> Refused | None:
    is_known = may_know(op.actor, Resource.CUSTOMER, command.entity_id, partner_id=command.customer_id)
    if not is_known or terms.customer_status is None:
        return not_found("Customer", "customerId")
    if terms.customer_status != PartyStatus.ACTIVE:
        return invalid(f"The customer is {terms.customer_status} and cannot order.", "customerId")
    if terms.credit_status == CreditStatus.HOLD:
        return Refused(
            Code.APPROVAL_REQUIRED, "The customer is on credit hold. A credit controller can lift it.", ("customerId",)
        )
    return None


def _settle(drafts: Sequence[DraftLine], allocations: Sequence[Allocation], setting: _Setting) -> list[SettledLine]:
    """What each line got, in the order's sequence. A line's demand carries the line's id until it is written."""
    by_line: Mapping[UUID, Allocation] = {each.wanted.demand_id: each for each in allocations}
    refused = refuse_short(drafts, by_line) if setting.when_short is WhenShort.REFUSE else ()
    lines = [
        settle_line(
            draft,
            by_line[draft.line_id],
            when_short=setting.when_short,
            currency=setting.currency,
            today=setting.today,
        )
        for draft in drafts
    ]
    if not refused and all(line.allocation is None for line in lines):
        refused = refuse_short(drafts, by_line)
    if refused:
        raise Refusal(*refused)
    return lines


async def _write_order(op: Operation[Actor], setting: _Setting, lines: Sequence[SettledLine]) -> None:
    order, rows = _order_row(op, setting, lines), [_line_row(setting, line) for line in lines]
    permit_after(op, Resource.SALES_ORDER, Action.CREATE, order, related={SalesOrderLine.__tablename__: rows})
    await op.insert_all({SalesOrder: [order], SalesOrderLine: rows})


def _order_row(op: Operation[Actor], setting: _Setting, lines: Sequence[SettledLine]) -> dict[str, Any]:
    return {
        "entity_id": setting.entity_id,
        "id": setting.order_id,
        "customer_id": setting.customer_id,
        "site_id": setting.site_id,
        "status": derive_order_status([line.status for line in lines], anything_shipped=False),
        "currency": setting.currency,
        "total": sum((line.amount for line in lines), NOTHING),
        "when_short": setting.when_short,
        "requested_date": setting.requested_date,
        "placed_at": op.now,
    }


def _line_row(setting: _Setting, line: SettledLine) -> dict[str, Any]:
    draft = line.draft
    return {
        "entity_id": setting.entity_id,
        "id": draft.line_id,
        "order_id": setting.order_id,
        "customer_id": setting.customer_id,
        "line_number": draft.line_number,
        "item_id": draft.item.item_id,
        "entered_quantity": draft.entered_quantity,
        "entered_unit": draft.entered_unit,
        "quantity": draft.quantity,
        "cancelled_quantity": line.cut,
        "unit_price": draft.price.amount,
        "price_id": draft.price.price_id,
        "amount": line.amount,
        "status": line.status,
        "requested_date": draft.requested_date,
        "first_promised_date": line.promised_date,
        "last_promised_date": line.promised_date,
    }


async def _allocate(
    op: Operation[Actor], setting: _Setting, lines: Sequence[SettledLine], picture: StockPicture
) -> None:
    allocations = [line.allocation for line in lines if line.allocation]
    origin = DemandOrigin(
        kind=DemandKind.SALES_ORDER_LINE,
        document_id=setting.order_id,
        line_ids={line.draft.line_id: line.draft.line_id for line in lines},
        priority=setting.terms.customer_priority,
    )
    await apply_allocations(op, setting.entity_id, allocations, origin=origin, picture=picture)


def _partial_fill(setting: _Setting, lines: Sequence[SettledLine]) -> list[NewCase]:
    cut = [line for line in lines if line.cut]
    if not cut:
        return []
    value = sum((line.cut * line.draft.price.amount for line in cut), NOTHING)
    named = ", ".join(f"{line.cut:f} {line.draft.item.base_unit} of {line.draft.item.sku}" for line in cut)
    return [
        NewCase(
            type=CaseType.PARTIAL_FILL,
            subject_type="SalesOrder",
            subject_id=setting.order_id,
            summary=f"Cut off from the order because it could not be had by the requested date: {named}.",
            severity=round_money(value, setting.currency),
            currency=setting.currency,
            owner_role="customer_service",
        )
    ]


def _placed(setting: _Setting, lines: Sequence[SettledLine]) -> Event:
    return Event(
        type="SalesOrderPlaced",
        subject_type="SalesOrder",
        subject_id=setting.order_id,
        entity_id=setting.entity_id,
        payload={
            "customerId": setting.customer_id,
            "siteId": setting.site_id,
            "total": sum((line.amount for line in lines), NOTHING),
            "currency": setting.currency,
            "lines": len(lines),
            "shortLines": sum(1 for line in lines if line.allocation and line.allocation.short),
        },
    )
