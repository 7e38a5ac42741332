"""Who reads, and which rows they see: the rule of the access policy in words of Python, beside the compiled SQL.

A role shows what the policy lets it read, in the legal entities in which it is held. What the group shares is seen by
whoever may read it anywhere. An outsider sees the legal entities, and else only rows that name their partner.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from api.policy import ActorPolicy
from api.reads.nodes import Node
from api.schema import RESOURCES
from authz.actor import Actor
from authz.fields import FieldRight
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Action, Resource, Role
from tests.oracle.house import House, Reader
from tests.oracle.rights import SHOWN_IN, Rights, random_rights
from tests.oracle.rows import Row, Rows
from tests.oracle.size import SEED

Held = Mapping[Role, frozenset[UUID]]

PARTNER_COLUMNS = {"PurchaseOrder": "supplier_id", "Supplier": "id", "SalesOrder": "customer_id", "Customer": "id"}
"""How rows name a partner."""


@dataclass(frozen=True)
class Sight:
    """What somebody with these roles sees."""

    held: Held
    partner_id: UUID | None
    requests: Mapping[UUID, Row]
    """The change requests, whose lines are seen with them."""

    def __call__(self, node: Node, row: Row) -> bool:
        """Whether they see a row."""
        if node.name == "ChangeRequestLine":
            row = self.requests[row["change_request_id"]]
        where = self._where(RESOURCES[node.name])
        if not where or not self._concerns(node, row):
            return False
        if node.name == "LegalEntity":
            return row["id"] in where
        return row.get("entity_id") is None or row["entity_id"] in where

    def _where(self, resource: Resource) -> frozenset[UUID]:
        return frozenset().union(*(self.held[role] for role in self.held if (role, resource) in READABLE))

    def _concerns(self, node: Node, row: Row) -> bool:
        if self.partner_id is None or node.name == "LegalEntity":
            return True
        column = PARTNER_COLUMNS.get(node.name)
        return column is not None and row[column] == self.partner_id


def _readable() -> frozenset[tuple[Role | None, Resource]]:
    rules = [rule for rule in starting_policy().rules if rule.action is Action.READ]
    assert all(rule.allows and rule.role and rule.domain == "*" for rule in rules), "tell the new kind of rule here"
    return frozenset((rule.role, rule.resource) for rule in rules)


READABLE = _readable()


class MaskedPolicy(ActorPolicy):
    """The policy of an actor, with rights to fields that are drawn at random."""

    def __init__(self, actor: Actor, rights: Rights) -> None:
        super().__init__(actor, RESOURCES)
        self._rights = rights

    @property
    def signature(self) -> Hashable:
        return super().signature, frozenset(self._rights.named.items())

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {**super().parameters, SHOWN_IN: sorted(self._rights.shown_in)}

    def field(self, node: Node, field_name: str) -> FieldRight:
        return self._rights.to(node, field_name)


def masked_readers(house: House) -> Iterator[Reader]:
    """An auditor of one entity and some of the group, with rights of every kind to whatever may be null."""
    group = [row["id"] for row in house.rows["LegalEntity"]]
    requests = {row["id"]: row for row in house.rows["ChangeRequest"]}
    for number in range(4):
        held = {Role.AUDITOR: frozenset(group[:1] if number == 0 else group)}
        rights = random_rights(Random(f"{SEED} masked {number}"), house.nullable_fields(), group)
        actor = Actor(subject="auditor", access=compile_access(starting_policy(), held, frozenset(group)))
        yield Reader(f"auditor with masks {number}", MaskedPolicy(actor, rights), Sight(held, None, requests), rights)


def readers(rows: Rows) -> Sequence[Reader]:
    """People of one entity, of several, of the group, outsiders, and somebody with nothing."""
    north, south, west = (frozenset({row["id"]}) for row in rows["LegalEntity"])
    group = north | south | west
    supplier = rows["PurchaseOrder"][0]["supplier_id"]
    customer = rows["SalesOrder"][0]["customer_id"]
    requests = {row["id"]: row for row in rows["ChangeRequest"]}

    def reader(name: str, held: Held, partner_id: UUID | None = None) -> Reader:
        access = compile_access(starting_policy(), held, group)
        actor = Actor(subject=name, access=access, partner_id=partner_id)
        return Reader(name, ActorPolicy(actor, RESOURCES), Sight(held, partner_id, requests), context=actor.row_context)

    return (
        reader("auditor of the north", {Role.AUDITOR: north}),
        reader("auditor of the south", {Role.AUDITOR: south}),
        reader("warehouse of the north", {Role.WAREHOUSE: north}),
        reader("planner of two", {Role.PLANNER: north | west}),
        reader("clerk here, finance there", {Role.CUSTOMER_SERVICE: north, Role.FINANCE: south | west}),
        reader("administrator of the group", {Role.GROUP_ADMIN: group}),
        reader("supplier", {Role.SUPPLIER_USER: north | south}, supplier),
        reader("customer's machine", {Role.PARTNER_MACHINE: group}, customer),
        reader("carrier", {Role.CARRIER: north}, customer),
        reader("nobody", {}),
    )
