"""The story of an import: files, master data, opening stock, order history; each step safe to take again."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from authz.actor import Actor
from domain.inventory.open_stock import OpenStock, open_stock
from domain.orders.import_history import ImportOrderHistory, import_order_history
from kernel.db import Database
from kernel.opening import Driver
from kernel.operation import Call, Operation
from kernel.outcome import Done
from kernel.writers import Writers
from masterdata.governance.submit import ErrorPolicy, ProposedChange, SubmitChangeRequest
from wharfinger.governed import Governed, required
from wharfinger.importing import orders, stock
from wharfinger.importing.mapping import ImportMapping
from wharfinger.importing.masters import Origin, Proposal, propose
from wharfinger.importing.queries import Known, KnownEntity, find_entity, gather_known, orders_taken, stock_taken
from wharfinger.importing.report import TAKEN, UNCHANGED, Problem, Report
from wharfinger.importing.sources import Sources, read_sources
from wharfinger.people import OPERATING, STEWARDING, person
from wharfinger.progress import Progress

CHUNK = 200
"""How many orders or stock lines are taken by one transaction."""

T = TypeVar("T")
C = TypeVar("C")
UseCase = Callable[[Operation[Actor], C], Awaitable[Done]]


class ImportRefused(Exception):  # noqa: N818 - it is an answer
    """The import cannot begin; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class ImportOrder:
    """What is to be imported, into which legal entity, and by whom."""

    mapping: ImportMapping
    folder: Path
    entity_code: str
    submitter: str
    approver: str


async def run_import(database: Database, activation: Writers, order: ImportOrder, progress: Progress) -> Report:
    """Takes what can be taken and reports the rest. Raises ImportRefused before anything is touched."""
    if order.submitter == order.approver:
        raise ImportRefused(f"{order.submitter} submits the master data; name another person to approve it.")
    if not order.folder.is_dir():
        raise ImportRefused(f"There is no folder {order.folder}.")
    files = order.mapping.columns
    if files and not any((order.folder / file).is_file() for file in files):
        raise ImportRefused(f"{order.folder} has no file of the mapping: {', '.join(files)}.")
    run = await _prepare(database, activation, order, progress)
    await run.take_masters()
    known = await run.gather_known()
    if known is not None:
        await run.take_stock(known)
        await run.take_orders(known)
    return run.report


async def _prepare(database: Database, activation: Writers, order: ImportOrder, progress: Progress) -> "_Import":
    async with database.app.transaction(person(order.submitter, (), ()).row_context) as transaction:
        entity = await find_entity(transaction.driver, order.entity_code)
    wanted = order.mapping.entity.currency
    if entity and entity.currency != wanted:
        raise ImportRefused(
            f"{order.entity_code} keeps its books in {entity.currency} and the mapping is in {wanted}: "
            "name another entity, or change the mapping."
        )
    # A fixed id: an import that was cut off before the entity existed must find its own request again.
    entity_id = entity.id if entity else uuid5(NAMESPACE_URL, f"wharfinger:{order.mapping.system}:{order.entity_code}")
    governed = Governed.of(
        database,
        activation,
        submitter=person(order.submitter, OPERATING, [entity_id]),
        approver=person(order.approver, STEWARDING, [entity_id]),
    )
    report = Report()
    sources = read_sources(order.folder, order.mapping, report)
    progress("Files", 1, 1)
    return _Import(order, governed, sources, report, progress, entity_id, entity)


@dataclass(frozen=True)
class _Import:
    order: ImportOrder
    governed: Governed
    sources: Sources
    report: Report
    progress: Progress
    entity_id: UUID
    entity: KnownEntity | None

    @property
    def mapping(self) -> ImportMapping:
        return self.order.mapping

    async def take_masters(self) -> None:
        """Everything that is master data, by one change request."""
        proposal = Proposal()
        if self.entity is None:
            proposal.add(_new_entity(self.order, self.entity_id), Origin())
        propose(self.mapping.records, self.sources, proposal, self.report)
        self.progress("Master data", 0, len(proposal.lines))
        if proposal.lines:
            command = SubmitChangeRequest(
                error_policy=ErrorPolicy.REJECT_FAILED,
                title=f"{self.mapping.title} ({self.order.entity_code})",
                lines=tuple(proposal.lines),
                entity_id=self.entity_id,
                source_system=self.mapping.system,
            )
            proposal.settle(await self.governed.carry_through(command), self.report)
        self.progress("Master data", len(proposal.lines), len(proposal.lines))

    async def gather_known(self) -> Known | None:
        """What the keys of the other system mean now; None where the legal entity could not be made."""
        async with self._reading() as driver:
            if await find_entity(driver, self.order.entity_code) is None:
                self.report.add([Problem("the mapping", None, None, None, "the legal entity could not be made")])
                return None
            return await gather_known(driver, system=self.mapping.system, entity_id=self.entity_id)

    async def take_stock(self, known: Known) -> None:
        """What is there when the entity starts."""
        if self.mapping.opening_stock is None:
            return
        lines = stock.read_stock(self.mapping.opening_stock, self.mapping.system, self.sources, known, self.report)
        async with self._reading() as driver:
            taken = await stock_taken(driver, self.entity_id, {line.reference for line in lines})
        self._count(stock.KIND, fresh=len(lines) - len(taken), known=len(taken))
        async for part in self._chunks("Opening stock", [line for line in lines if line.reference not in taken]):
            await self._run(open_stock, OpenStock(entity_id=self.entity_id, lines=tuple(part)), "openStock")

    async def take_orders(self, known: Known) -> None:
        """What the entity sold before."""
        if self.mapping.orders is None:
            return
        site_id = known.locations.get(self.mapping.orders.site)
        if site_id is None:
            why = f"there is no location {self.mapping.orders.site!r}"
            self.report.add([Problem("the mapping", None, None, None, why)])
            return
        past = orders.read_orders(self.mapping.orders, self.mapping.system, self.sources, known, self.report)
        async with self._reading() as driver:
            taken = await orders_taken(driver, self.entity_id, {each.external_reference for each in past})
        fresh = [each for each in past if each.external_reference not in taken]
        self._count(orders.KIND, fresh=len(fresh), known=len(past) - len(fresh))
        lines, new_lines = (sum(len(each.lines) for each in group) for group in (past, fresh))
        self._count(orders.LINE_KIND, fresh=new_lines, known=lines - new_lines)
        async for part in self._chunks("Order history", fresh):
            command = ImportOrderHistory(entity_id=self.entity_id, site_id=site_id, orders=tuple(part))
            await self._run(import_order_history, command, "importOrderHistory")

    async def _chunks(self, what: str, things: Sequence[T]) -> AsyncIterator[Sequence[T]]:
        """The things in parts; says how many are done when the caller has done with a part."""
        self.progress(what, 0, len(things))
        for start in range(0, len(things), CHUNK):
            part = things[start : start + CHUNK]
            yield part
            self.progress(what, start + len(part), len(things))

    async def _run(self, use_case: UseCase[C], command: C, mutation: str) -> None:
        governed = self.governed
        required(await governed.operations.run(governed.submitter, use_case, command, Call(mutation=mutation)))

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Driver]:
        async with self.governed.database.app.transaction(self.governed.submitter.row_context) as transaction:
            yield transaction.driver

    def _count(self, kind: str, *, fresh: int, known: int) -> None:
        self.report.count(kind, TAKEN, fresh)
        self.report.count(kind, UNCHANGED, known)


def _new_entity(order: ImportOrder, entity_id: UUID) -> ProposedChange:
    entity = order.mapping.entity
    values = {
        "code": order.entity_code,
        "name": entity.name,
        "country": entity.country,
        "currency": entity.currency,
        "time_zone": entity.time_zone,
    }
    return ProposedChange(noun="legal_entity", values=values, object_id=entity_id)
