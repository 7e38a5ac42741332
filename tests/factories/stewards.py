"""People who change master data, as tests need them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select

from authz.actor import Actor
from authz.vocabulary import Role
from kernel.db import Database
from kernel.ids import new_id
from kernel.operation import Call, Operations
from kernel.outcome import Done, Outcome
from kernel.tables import Base
from kernel.writers import Writers
from masterdata.governance.activate import ActivateChangeRequest
from masterdata.governance.approve import ApproveChangeRequest, RefusedField, approve_change_request
from masterdata.governance.engine import Activation
from masterdata.governance.lifecycle import ChangeRequestStatus
from masterdata.governance.queries.lines import gather_results
from masterdata.governance.queries.requests import LineOutcome, gather_status
from masterdata.governance.return_for_rework import ReturnChangeRequest, return_change_request
from masterdata.governance.submit import ErrorPolicy, ProposedChange, SubmitChangeRequest, submit_change_request
from masterdata.governance.withdraw import WithdrawChangeRequest, withdraw_change_request
from masterdata.registry import NOUNS
from tests.databases import driver_of
from tests.factories.world import actor_of

STEWARDS = (
    Role.GROUP_ADMIN,
    Role.STEWARD_ITEM,
    Role.STEWARD_SUPPLIER,
    Role.STEWARD_CUSTOMER,
    Role.STEWARD_LOCATION,
    Role.STEWARD_PRICE,
    Role.STEWARD_POLICY,
)


def change(noun: str, *, key: str | None = None, object_id: UUID | None = None, **values: Any) -> ProposedChange:
    """A proposed change."""
    return ProposedChange(noun=noun, values=values, external_key=key, object_id=object_id)


@dataclass
class Stewards:
    """Petra proposes, Anna approves, and Finn where it takes a second. The entity need not exist yet."""

    database: Database
    activation_writers: Writers
    entity_id: UUID = field(default_factory=new_id)
    site_id: UUID = field(default_factory=new_id)
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.tag = self.entity_id.hex[-8:].upper()
        self.system = f"erp-{self.tag}"
        self.petra = self.person("petra", Role.INTEGRATION_OPERATOR)
        self.anna = self.person("anna", *STEWARDS)
        self.finn = self.person("finn", Role.STEWARD_FINANCE)
        self.operations = Operations(self.database.app, clock=lambda: self.now)
        self.activation = Activation(self.activation_writers, NOUNS, clock=lambda: self.now)

    def person(self, subject: str, *roles: Role) -> Actor:
        """Somebody with these roles in the entity."""
        return self.person_of(subject, [self.entity_id], *roles)

    def person_of(self, subject: str, entity_ids: Sequence[UUID], *roles: Role) -> Actor:
        """Somebody with these roles in several entities."""
        return actor_of(subject, entity_ids, *roles)

    async def submit(self, *lines: ProposedChange, **changed: Any) -> Outcome[None]:
        """Petra submits a request."""
        named = {
            "title": "Changes",
            "entity_id": self.entity_id,
            "source_system": self.system,
            "error_policy": ErrorPolicy.REJECT_FAILED,
            **changed,
        }
        command = SubmitChangeRequest(lines=lines, **named)
        return await self.operations.run(
            self.petra, partial(submit_change_request, nouns=NOUNS), command, Call(mutation="submit_change_request")
        )

    async def return_it(self, request_id: UUID, reason: str, *, actor: Actor | None = None) -> Outcome[None]:
        """Anna, or somebody else, hands it back."""
        return await self.operations.run(
            actor or self.anna,
            partial(return_change_request, nouns=NOUNS),
            ReturnChangeRequest(
                change_request_id=request_id, reason=reason, expected_version=await self.version(request_id)
            ),
            Call(mutation="return_change_request"),
        )

    async def withdraw(self, request_id: UUID, *, actor: Actor | None = None) -> Outcome[None]:
        """Petra, or somebody else, takes it back."""
        command = WithdrawChangeRequest(change_request_id=request_id, expected_version=await self.version(request_id))
        call = Call(mutation="withdraw_change_request")
        return await self.operations.run(actor or self.petra, withdraw_change_request, command, call)

    async def approve(
        self, request_id: UUID, *, actor: Actor | None = None, refused: tuple[RefusedField, ...] = ()
    ) -> Outcome[None]:
        """Anna, or somebody else, approves it, but for what is refused."""
        return await self.operations.run(
            actor or self.anna,
            partial(approve_change_request, nouns=NOUNS),
            ApproveChangeRequest(
                change_request_id=request_id, refused=refused, expected_version=await self.version(request_id)
            ),
            Call(mutation="approve_change_request"),
        )

    async def activate(self, request_id: UUID, *, actor: Actor | None = None) -> Outcome[None]:
        """Anna, or somebody else, activates it."""
        return await self.activation.run(
            actor or self.anna,
            ActivateChangeRequest(change_request_id=request_id, expected_version=await self.version(request_id)),
            Call(mutation="activate_change_request"),
        )

    async def change(self, *lines: ProposedChange, **changed: Any) -> list[LineOutcome]:
        """The whole way of a request; answers what became of its lines."""
        request_id = requested(await self.submit(*lines, **changed))
        if await self.status(request_id) == ChangeRequestStatus.SUBMITTED:
            done(await self.approve(request_id))
            if await self.status(request_id) == ChangeRequestStatus.IN_REVIEW:
                done(await self.approve(request_id, actor=self.finn))
            done(await self.activate(request_id))
        async with self.database.worker.connect() as connection:
            return await gather_results(await driver_of(connection), request_id)

    async def status(self, request_id: UUID) -> str:
        """How far a request is."""
        async with self.database.worker.connect() as connection:
            request = await gather_status(await driver_of(connection), request_id)
        assert request is not None, "there is no such request"
        return str(request.status)

    async def version(self, request_id: UUID) -> int:
        """The version of a request; of one that does not exist, the first."""
        async with self.database.worker.connect() as connection:
            request = await gather_status(await driver_of(connection), request_id)
        return request.version if request else 1

    async def row(self, model: type[Base], **wanted: Any) -> Mapping[str, Any] | None:
        """The one row of a table with these values."""
        rows = await self.rows(model, **wanted)
        assert len(rows) <= 1
        return rows[0] if rows else None

    async def rows(self, model: type[Base], **wanted: Any) -> Sequence[Mapping[str, Any]]:
        """The rows of a table with these values."""
        table = model.__table__
        statement = select(table).where(*(table.c[column] == value for column, value in wanted.items()))
        async with self.database.worker.connect() as connection:
            return [dict(row) for row in (await connection.execute(statement)).mappings()]


def done(outcome: Outcome[Any]) -> Done:
    """What an operation did that must not be refused."""
    assert outcome.done is not None, outcome.refused
    return outcome.done


def requested(outcome: Outcome[Any]) -> UUID:
    """The change request that an operation made."""
    return done(outcome).objects["change_request"][0].id


def unit(code: str) -> ProposedChange:
    """A unit that counts."""
    return change("unit", code=code, name=code.title(), dimension="count")


def company(stewards: Stewards, **values: Any) -> ProposedChange:
    """The stewards' company."""
    named_values = {"code": stewards.tag, "name": "Fjord Trading", "country": "NO", "currency": "NOK", **values}
    return change("legal_entity", object_id=stewards.entity_id, time_zone="Europe/Oslo", **named_values)


def admin(subject: str, **values: Any) -> ProposedChange:
    """Somebody who administrates the group since the year began."""
    named_values = {"role": "group_admin", "domain_kind": "group", "valid_from": "2026-01-01T00:00:00Z", **values}
    return change("role_grant", subject=subject, **named_values)


def item(stewards: Stewards, name: str, **values: Any) -> ProposedChange:
    """An item with a key in their other system."""
    return change("item", key=name, sku=f"{name}-{stewards.tag}", name=name, base_unit="C62", **values)


def mill(stewards: Stewards, **values: Any) -> ProposedChange:
    """A supplier that nobody knows yet."""
    return change("supplier", code=f"MILL-{stewards.tag}", **{"name": "Mill", "currency": "NOK", **values})
