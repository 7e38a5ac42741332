"""Idempotency: a (subject, mutation, key) is done once, however often it is sent.

The key is claimed by the first statement after the row context: a second sender of the same key waits there for the
first to end. A success stores references to its objects; a refusal rolls the claim back, so the key may be tried again.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, delete, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from kernel.opening import Driver
from kernel.outcome import Done
from kernel.refusal import Code, Refusal, Refused
from kernel.statements import Change, fetch, write
from kernel.tables import Base, TableClass, table_class

KEPT_FOR = timedelta(days=30)
FORGOTTEN_AT_ONCE = 1_000


class IdempotencyKey(Base):
    """What a key did. Kept for 30 days."""

    __tablename__ = "idempotency_key"

    subject: Mapped[str] = mapped_column(primary_key=True, doc="Who sent the key.")
    mutation: Mapped[str] = mapped_column(primary_key=True, doc="For which mutation.")
    key: Mapped[str] = mapped_column(primary_key=True, doc="The key itself.")
    fingerprint: Mapped[str] = mapped_column(doc="SHA-256 of the command, without dryRun, and for whom it was done.")
    result: Mapped[dict[str, Any] | None] = mapped_column(doc="The stored Done; empty only inside its transaction.")
    created_at: Mapped[datetime] = mapped_column(index=True, doc="When it was first sent.")

    __table_args__ = (table_class(TableClass.OWN_SUBJECT),)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One sender's claim to a key."""

    subject: str
    mutation: str
    key: str
    fingerprint: str

    async def take(self, driver: Driver, now: datetime) -> Done | None:
        """Claims the key. Answers None when it is ours now, or the earlier result of the same command.

        Refuses a key that was used for another command.
        """
        given = {**self._identity, "of_fingerprint": self.fingerprint, "at": now}
        if await write(driver, _TAKE, given) == 1:
            return None
        earlier = (await fetch(driver, _EARLIER, self._identity)).one()
        if earlier.fingerprint != self.fingerprint:
            raise Refusal(
                Refused(
                    Code.IDEMPOTENCY_CONFLICT,
                    f"The idempotency key {self.key!r} was used for another {self.mutation} input. Send a new key.",
                    ("idempotencyKey",),
                )
            )
        return Done.restored(earlier.result)

    def kept(self, done: Done) -> Change:
        """What stores the result beside the key, in the operation's transaction."""
        return Change(statement=_KEEP, given={**self._identity, "stored": done.stored()})

    @property
    def _identity(self) -> dict[str, str]:
        return {"of_subject": self.subject, "of_mutation": self.mutation, "of_key": self.key}


async def forget_keys(connection: AsyncConnection, *, before: datetime) -> int:
    """Deletes keys that were claimed before an instant, `FORGOTTEN_AT_ONCE` at most; answers how many."""
    return (await connection.execute(_FORGET, {"before": before})).rowcount


def fingerprint_of(command: object, *, on_behalf_of: str | None = None) -> str:
    """SHA-256 over the command's fields in key order; 1, 1.0 and 1.00 are the same quantity.

    What is done for somebody else is another command: whoever acts for them may do what the sender may not.
    """
    meant = command if on_behalf_of is None else [command, on_behalf_of]
    canonical = orjson.dumps(meant, default=_canonical, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(canonical).hexdigest()


def _canonical(value: object) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):  # the driver's own subclass; orjson writes the standard class itself
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


_TAKE = (
    insert(IdempotencyKey)
    .values(
        subject=bindparam("of_subject"),
        mutation=bindparam("of_mutation"),
        key=bindparam("of_key"),
        fingerprint=bindparam("of_fingerprint"),
        created_at=bindparam("at"),
    )
    .on_conflict_do_nothing()
)
_ROW = (
    IdempotencyKey.subject == bindparam("of_subject"),
    IdempotencyKey.mutation == bindparam("of_mutation"),
    IdempotencyKey.key == bindparam("of_key"),
)
_EARLIER = select(IdempotencyKey.fingerprint, IdempotencyKey.result).where(*_ROW)
_KEEP = update(IdempotencyKey).where(*_ROW).values(result=bindparam("stored"))
_KEY = (IdempotencyKey.subject, IdempotencyKey.mutation, IdempotencyKey.key)
_OLDEST = (
    select(*_KEY)
    .where(IdempotencyKey.created_at < bindparam("before"))
    .order_by(IdempotencyKey.created_at)
    .limit(FORGOTTEN_AT_ONCE)
    # Several workers forget at the same time without waiting for each other.
    .with_for_update(skip_locked=True)
)
_FORGET = delete(IdempotencyKey).where(tuple_(*_KEY).in_(_OLDEST))
