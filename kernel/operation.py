"""The operation: one command, one transaction.

`Operations.run` opens the transaction, puts the actor's row context in force, claims the idempotency key, calls the
use case, writes what it recorded (events, audit, the key's result) and commits. A refusal rolls everything back. A dry
run does all of it, lets the caller read the result, and rolls back. What the caller is shown is read in their context
for reading, never in that of the command. See docs/decisions/operation-and-idempotency.md.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from asyncpg import PostgresError
from sqlalchemy import Executable

from kernel.audit import AuditEntry, Subject, audit_row
from kernel.clock import Clock, system_clock
from kernel.events import Event, EventRecord, event_row
from kernel.idempotency import Claim, fingerprint_of
from kernel.lock_order import LockRank, LockRound
from kernel.outcome import Done, Outcome
from kernel.passing import RETRIED_SQLSTATES, is_outdated, waited_in_vain
from kernel.readers import Driver, Readers
from kernel.refusal import Code, Refusal, Refused
from kernel.rows import Row, Rows
from kernel.statements import Change, fetch, insert, insert_all, write
from kernel.tables import Base
from kernel.trail import write_alone
from kernel.writers import Transaction, Writers

ATTEMPTS_MAX = 3
BUSY = Refused(Code.BUSY, "Others hold what this needs, for too long. Send it again shortly, with the same key.")


A = TypeVar("A", bound=Subject)
C = TypeVar("C")
R = TypeVar("R")


@dataclass
class Operation(Generic[A]):
    """One running command: the transaction, who runs it, and when. Use cases and their steps take it first."""

    transaction: Transaction
    actor: A
    now: datetime
    authorised: bool = False
    entity_id: UUID | None = None
    _rank: int = 0
    _events: list[dict[str, Any]] = field(default_factory=list)

    async def execute(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Rows[Row]:
        """Runs one statement that answers rows, in the operation's transaction."""
        return await fetch(self.transaction.driver, statement, parameters or {})

    async def write(self, statement: Executable, parameters: Mapping[str, Any]) -> int:
        """Runs one statement that answers no rows, and says how many it touched."""
        return await write(self.transaction.driver, statement, parameters)

    async def insert(self, model: type[Base], rows: list[dict[str, Any]]) -> None:
        """Writes all rows with one statement."""
        await insert(self.transaction.driver, model, rows)

    async def insert_all(self, rows_of: Mapping[type[Base], list[dict[str, Any]]]) -> None:
        """Writes rows into several tables with one statement; they may refer to each other."""
        await insert_all(self.transaction.driver, rows_of)

    async def change(self, statement: Executable, parameters: Mapping[str, Any], *, rows: int) -> None:
        """Runs a set-based UPDATE or DELETE that must touch exactly `rows` rows; else an invariant is broken."""
        count = await self.write(statement, parameters)
        assert count == rows, f"{count} rows changed where {rows} were meant: {statement}"

    def authorise(self, entity_id: UUID | None) -> None:
        """Remembers that permission was asked for and given; without it nothing commits."""
        self.authorised = True
        self.entity_id = self.entity_id or entity_id

    def lock(self, rank: LockRank) -> None:
        """Declares that rows of this rank are about to be locked. Each rank once, in ascending order."""
        assert rank > self._rank, f"lock order: {rank.name} after {LockRank(self._rank).name}"
        self._rank = rank

    @asynccontextmanager
    async def lock_round(self) -> AsyncIterator[LockRound]:
        """A round of locks that can be given back.

        Who must lock documents that a search found looks again once the last lock is held. If the search now finds
        more, the round is left without `keep()`: its locks are released and its writes undone.
        """
        attempt = LockRound()
        rank_before = self._rank
        async with self.transaction.savepoint() as part:
            yield attempt
            if not attempt.kept:
                part.undo()
                self._rank = rank_before

    def record(self, event: Event) -> None:
        """Remembers a fact; it is written before the commit, in the order of the calls."""
        self._events.append(event_row(event, self.actor, self.now))

    async def tell(self) -> None:
        """Writes the facts recorded so far, for who is about to leave the context in which they happened."""
        told, self._events = self._events, []
        await self.insert_all({EventRecord: told})

    @asynccontextmanager
    async def part(self) -> AsyncIterator[None]:
        """A part of the command whose facts are written as it ends, and forgotten where it fails."""
        assert not self._events, "what happened before is told first"
        try:
            yield
            await self.tell()
        except BaseException:
            self._events = []
            raise

    async def close(self, audit: dict[str, Any], kept: Change | None) -> None:
        """Writes the recorded facts, the audit row and the key's result: `Operations.run` does before the commit."""
        await insert_all(self.transaction.driver, {EventRecord: self._events, AuditEntry: [audit]}, change=kept)


@dataclass(frozen=True, kw_only=True)
class Call:
    """How a command is to be run: as which mutation, under which key, and whether for real."""

    mutation: str
    idempotency_key: str | None = None
    dry_run: bool = False


class Operations:
    """Runs commands as one role of the database. `retries` counts repeats after a deadlock or serialisation failure.

    Explicit locks in one order mean that the count stays at 0; the tests of races assert it.
    """

    def __init__(
        self,
        writers: Writers,
        *,
        readers: Readers | None = None,
        clock: Clock = system_clock,
        committed: Callable[[], None] = lambda: None,
    ) -> None:
        """`writers` lend the transactions, `readers` the connection on which a payload is read after the commit."""
        self.writers = writers
        self.readers = readers
        self.clock = clock
        self.committed = committed
        self.retries = 0

    async def run(
        self,
        actor: A,
        use_case: Callable[[Operation[A], C], Awaitable[Done]],
        command: C,
        call: Call,
        *,
        read: Callable[[Driver, Done], Awaitable[R]] | None = None,
        reload: Callable[[], Awaitable[A]] | None = None,
    ) -> Outcome[R]:
        """Runs `use_case(operation, command)` in one transaction and answers what became of it.

        `read` makes the payload: before the rollback of a dry run in its transaction, otherwise after the commit on a
        connection for reads. Where the policy was replaced meanwhile, `reload` answers who the actor is now, and what
        was refused is done once more. Waiting in vain for what others hold is the refusal BUSY. Raises what is nobody's
        refusal: a broken invariant, a database that is away.
        """
        run = _Run(self, actor, use_case, command, call, read)
        try:
            return await self._answered(run)
        except PostgresError as error:
            if reload is None or not is_outdated(error):
                raise
        run.actor = await reload()
        return await self._answered(run)

    async def _answered(self, run: "_Run[A, C, R]") -> Outcome[R]:
        try:
            return await self._retried(run)
        except Refusal as refusal:
            if not run.call.dry_run or run.is_probing:
                reasons = [{"code": str(reason.code), "message": reason.message} for reason in refusal.reasons]
                await run.write_down("refused", {"reasons": reasons})
            return Outcome(refused=refusal.reasons, dry_run=run.call.dry_run)

    async def _retried(self, run: "_Run[A, C, R]") -> Outcome[R]:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return await run.once()
            except PostgresError as error:
                if error.sqlstate not in RETRIED_SQLSTATES or attempt == ATTEMPTS_MAX:
                    if waited_in_vain(error) and run.finished is None:
                        raise Refusal(BUSY) from error
                    raise
                self.retries += 1
        raise AssertionError("the last attempt returns or raises")


@dataclass
class _Run(Generic[A, C, R]):
    operations: Operations
    actor: A
    use_case: Callable[[Operation[A], C], Awaitable[Done]]
    command: C
    call: Call
    read: Callable[[Driver, Done], Awaitable[R]] | None
    entity_id: UUID | None = None
    finished: Outcome[R] | None = None
    """What the transaction came to, once it has ended; what is repeated after that is the reading of the payload."""

    async def once(self) -> Outcome[R]:
        if self.finished is None:
            async with self.operations.writers.transaction(self.actor.row_context) as transaction:
                self.finished = await self._finished(transaction)
            if self.is_probing:
                await self.write_down("done", {"tried": self.command})
        outcome = self.finished
        if self.read is None or self.call.dry_run or outcome.done is None:
            return outcome
        assert self.operations.readers is not None, "these operations were made without connections for reads"
        async with self.operations.readers.connection(self.actor.row_context) as driver:
            return replace(outcome, payload=await self.read(driver, outcome.done))

    async def _finished(self, transaction: Transaction) -> Outcome[R]:
        now = self.operations.clock()
        claim = self._claim()
        earlier = await claim.take(transaction.driver, now) if claim else None
        if earlier is not None:
            return Outcome(done=earlier, replayed=True)
        done = await self._work(transaction, now, claim)
        if self.call.dry_run:
            return Outcome(done=done, dry_run=True, payload=await self._tried(transaction, done))
        await transaction.commit()
        self.operations.committed()
        return Outcome(done=done)

    async def _work(self, transaction: Transaction, now: datetime, claim: Claim | None) -> Done:
        operation = Operation(transaction=transaction, actor=self.actor, now=now)
        try:
            done = await self.use_case(operation, self.command)
        finally:
            self.entity_id = operation.entity_id
        assert operation.authorised, f"{self.call.mutation} would commit without having asked for permission"
        audit = self._audit_row(now, "done", done.stored())
        await operation.close(audit, claim.kept(done) if claim else None)
        return done

    @property
    def is_probing(self) -> bool:
        """Whether an outsider only tries it: the answer tells them of our stock, so it is written down all the same."""
        return self.call.dry_run and self.actor.row_context.partner_id is not None

    async def write_down(self, outcome: str, detail: dict[str, Any]) -> None:
        row = self._audit_row(self.operations.clock(), outcome, detail)
        await write_alone(self.operations.writers, self.actor, row)

    def _audit_row(self, at: datetime, outcome: str, detail: dict[str, Any]) -> dict[str, Any]:
        asked = f"{self.call.mutation}.dryRun" if self.call.dry_run else self.call.mutation
        return audit_row(self.actor, asked, outcome, detail, at=at, entity_id=self.entity_id)

    async def _tried(self, transaction: Transaction, done: Done) -> R | None:
        """What a dry run would have made: only its own transaction sees it."""
        if self.read is None:
            return None
        await transaction.show(self.actor.row_context)
        return await self.read(transaction.driver, done)

    def _claim(self) -> Claim | None:
        """A dry run claims no key: it leaves nothing behind, so it needs no protection from a repeat."""
        if self.call.idempotency_key is None or self.call.dry_run:
            return None
        return Claim(
            subject=self.actor.subject,
            mutation=self.call.mutation,
            key=self.call.idempotency_key,
            fingerprint=fingerprint_of(self.command, on_behalf_of=self.actor.on_behalf_of),
        )
