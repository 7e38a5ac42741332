"""Loading the demo group: once, and on from where it was when it was cut off."""

from collections.abc import Iterable, Iterator
from itertools import chain
from uuid import UUID

from sqlalchemy import Text, bindparam, select

from domain.inventory.open_stock import OpenStock, open_stock
from domain.orders.place import place_sales_order
from kernel.clock import Clock, system_clock
from kernel.db import Database
from kernel.operation import Call
from kernel.outcome import Outcome
from kernel.refusal import Code, Refusal
from kernel.statements import fetch
from kernel.writers import Writers
from masterdata.governance.lifecycle import ChangeRequestStatus, LineResult
from masterdata.governance.model import ChangeRequest
from masterdata.governance.submit import ProposedChange, SubmitChangeRequest
from wharfinger.demo.catalogue import propose_items, propose_units
from wharfinger.demo.companies import COMPANIES, propose_companies, propose_lanes, propose_places
from wharfinger.demo.parties import propose_customers, propose_suppliers
from wharfinger.demo.personas import propose_grants
from wharfinger.demo.terms import propose_agreements, propose_rates, propose_terms
from wharfinger.demo.trade import DemoOrder, open_orders, opening_stock
from wharfinger.governed import Governed, required
from wharfinger.people import OPERATING, STEWARDING, person
from wharfinger.progress import Progress

SYSTEM = "demo"
_PEOPLE = "The people of the group"
_STOCK_CHUNK = 500

_ACTIVE_TITLES = select(ChangeRequest.title).where(
    ChangeRequest.source_system == bindparam("system", type_=Text()),
    ChangeRequest.status == ChangeRequestStatus.ACTIVE,
)


async def load_demo(
    database: Database, activation: Writers, progress: Progress, *, clock: Clock = system_clock
) -> None:
    """Loads the demo group; does nothing when it is loaded, and goes on when it is half loaded.

    Its people come last: who can sign in finds everything there.
    """
    everywhere = [company.id for company in COMPANIES]
    governed = Governed.of(
        database,
        activation,
        submitter=person("stella.steward", OPERATING, everywhere),
        approver=person("ada.admin", STEWARDING, everywhere),
        clock=clock,
    )
    finished = await _finished(governed)
    if _PEOPLE in finished:
        return
    await _load_masters(governed, finished, progress)
    await _load_stock(governed, progress)
    await _load_orders(governed, list(open_orders(clock().date())), progress)
    await _carry_through(governed, _PEOPLE, propose_grants(), None)
    progress("People", 1, 1)


async def _finished(governed: Governed) -> set[str]:
    """What was made active before, by the titles of its change requests."""
    async with governed.database.app.transaction(governed.submitter.row_context) as transaction:
        return set((await fetch(transaction.driver, _ACTIVE_TITLES, {"system": SYSTEM})).scalars())


async def _load_masters(governed: Governed, finished: set[str], progress: Progress) -> None:
    requests = list(_requests())
    for done, (title, lines, entity_id) in enumerate(requests, start=1):
        if title not in finished:
            await _carry_through(governed, title, lines, entity_id)
        progress("Master data", done, len(requests))


def _requests() -> Iterator[tuple[str, Iterable[ProposedChange], UUID | None]]:
    """What the group shares, then what is each company's own."""
    goods_and_partners = chain(propose_units(), propose_items(), propose_suppliers(), propose_customers())
    shared = chain(propose_companies(), goods_and_partners, propose_rates())
    yield "The group: companies, goods and partners", shared, None
    for company in COMPANIES:
        places = chain(propose_places(company), propose_lanes(company))
        own = chain(places, propose_terms(company), propose_agreements(company))
        yield f"{company.name}: places and terms", own, company.id


async def _carry_through(
    governed: Governed, title: str, lines: Iterable[ProposedChange], entity_id: UUID | None
) -> None:
    command = SubmitChangeRequest(title=title, lines=tuple(lines), entity_id=entity_id, source_system=SYSTEM)
    results = await governed.carry_through(command)
    refused = [f"{each.noun} {each.message}" for each in results if each.result == LineResult.REFUSED]
    assert not refused, f"{title}: {len(refused)} lines were refused, first: {refused[0]}"


async def _load_stock(governed: Governed, progress: Progress) -> None:
    for done, company in enumerate(COMPANIES, start=1):
        lines = tuple(opening_stock(company))
        for start in range(0, len(lines), _STOCK_CHUNK):
            command = OpenStock(entity_id=company.id, lines=lines[start : start + _STOCK_CHUNK])
            required(await governed.operations.run(governed.submitter, open_stock, command, Call(mutation="openStock")))
        progress("Stock", done, len(COMPANIES))


async def _load_orders(governed: Governed, orders: list[DemoOrder], progress: Progress) -> None:
    for done, order in enumerate(orders, start=1):
        call = Call(mutation="placeSalesOrder", idempotency_key=order.key)
        outcome: Outcome[None] = await governed.operations.run(
            governed.submitter, place_sales_order, order.command, call
        )
        # A run that was cut off on an earlier day wanted the goods by other dates: its order stands.
        if outcome.done is None and {reason.code for reason in outcome.refused} != {Code.IDEMPOTENCY_CONFLICT}:
            raise Refusal(*outcome.refused)
        progress("Orders", done, len(orders))
