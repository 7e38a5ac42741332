"""Tables and actors for tests of access: orders and products of two legal entities, and who deals with them."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, MetaData, Text
from sqlalchemy.orm import Mapped, mapped_column

from authz.actor import Actor
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Role
from kernel.ids import new_id
from kernel.operation import Operation
from kernel.tables import Base, EntityOwned, Shared, Versioned

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NORTH, SOUTH = new_id(), new_id()
ACME, BOLT = new_id(), new_id()


class Scratch(Base):
    """Tables of this test, apart from those of the schema."""

    __abstract__ = True
    metadata = MetaData()


class Order(EntityOwned, Versioned, Scratch):
    __tablename__ = "scratch_order"
    __table_args__ = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}  # noqa: RUF012

    supplier_id: Mapped[UUID]
    note: Mapped[str] = mapped_column(Text())


class Product(Shared, Scratch):
    __tablename__ = "scratch_product"


class Proposal(Shared, Scratch):
    __tablename__ = "scratch_proposal"

    entity_id: Mapped[UUID | None]


class Request(Shared, Scratch):
    """Stands before the table of that name, whose lines know it by their key."""

    __tablename__ = "change_request"
    __table_args__ = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}  # noqa: RUF012

    entity_id: Mapped[UUID | None]


class RequestLine(Shared, Scratch):
    __tablename__ = "scratch_request_line"
    __table_args__ = {"prefixes": ["TEMPORARY"], "postgresql_on_commit": "DROP"}  # noqa: RUF012

    change_request_id: Mapped[UUID] = mapped_column(ForeignKey("change_request.id"))


ORDERS = Order.__table__
PRODUCTS = Product.__table__


def actor_with(roles: Mapping[Role, Collection[UUID]], partner_id: UUID | None = None) -> Actor:
    compiled = compile_access(starting_policy(), roles, (NORTH, SOUTH))
    return Actor(subject="bea", access=compiled, partner_id=partner_id)


BUYER = actor_with({Role.BUYER: [NORTH]})


Orders = tuple[Operation[Actor], dict[str, UUID]]
