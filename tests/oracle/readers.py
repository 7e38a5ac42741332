"""Who reads, and which rows they see: the rule of the access policy in words of Python, beside the compiled SQL.

A role shows what the policy lets it read, in the legal entities in which it is held. What the group shares is seen by
whoever may read it anywhere. An outsider sees the legal entities, and else only rows that name their partner.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from uuid import UUID

from strawberry.utils.str_converters import to_camel_case

from api.policy import ActorPolicy
from api.reads.nodes import Node
from api.schema import REGISTRY, RESOURCES
from authz.actor import Actor
from authz.fields import OPEN, FieldRight, Mask, Shown
from authz.masking import CONFIDED_PARAMETER
from authz.policies.compile import compile_access
from authz.policies.policy import starting_policy
from authz.vocabulary import Action, FieldAction, Resource, Role
from tests.oracle.house import House, Reader
from tests.oracle.proposed import confided
from tests.oracle.rights import SHOWN_IN, Rights, random_rights
from tests.oracle.rows import Row, Rows
from tests.oracle.size import SEED

Held = Mapping[Role, frozenset[UUID]]

PARTNER_COLUMNS = {
    "PurchaseOrder": "supplier_id",
    "PurchaseOrderLine": "supplier_id",
    "Supplier": "id",
    "SalesOrder": "customer_id",
    "SalesOrderLine": "customer_id",
    "Customer": "id",
}
"""How rows name a partner."""

PUBLISHED = frozenset({"Item", "ItemUnit"})
"""Of what partners see the rows that are published."""
OF_ITEM = {"Item": "id", "ItemUnit": "item_id"}
"""How these say of which item they are."""


@dataclass(frozen=True)
class Sight:
    """What somebody with these roles sees."""

    held: Held
    partner_id: UUID | None
    requests: Mapping[UUID, Row]
    """The change requests, whose lines are seen with them."""
    lines: Sequence[Row] = ()
    """The lines of purchase orders, whose items their supplier sees."""

    def __call__(self, node: Node, row: Row) -> bool:
        """Whether they see a row."""
        if node.name == "ChangeRequestLine":
            row = self.requests[row["change_request_id"]]
        where = self._where(RESOURCES[node.name])
        if not where or not self._concerns(node, row):
            return False
        if node.name == "LegalEntity":
            return row["id"] in where
        if node.name == "InterCompanyAgreement":
            return not where.isdisjoint((row["giver_entity_id"], row["taker_entity_id"]))
        return row.get("entity_id") is None or row["entity_id"] in where

    def _where(self, resource: Resource) -> frozenset[UUID]:
        return frozenset().union(*(self.held[role] for role in self.held if (role, resource) in READABLE))

    def _dealt_in(self, resource: Resource) -> frozenset[UUID]:
        where = self._where(resource)
        own = (line for line in self.lines if line["supplier_id"] == self.partner_id and line["entity_id"] in where)
        return frozenset(line["item_id"] for line in own)

    def _concerns(self, node: Node, row: Row) -> bool:
        if self.partner_id is None or node.name == "LegalEntity":
            return True
        if node.name in PUBLISHED:
            return bool(row["is_published"]) or row[OF_ITEM[node.name]] in self._dealt_in(RESOURCES[node.name])
        column = PARTNER_COLUMNS.get(node.name)
        return column is not None and row[column] == self.partner_id


def _readable() -> frozenset[tuple[Role | None, Resource]]:
    rules = [rule for rule in starting_policy().rules if rule.action is Action.READ]
    assert all(rule.allows and rule.role and rule.domain == "*" for rule in rules), "tell the new kind of rule here"
    return frozenset((rule.role, rule.resource) for rule in rules)


READABLE = _readable()
Told = frozenset[tuple[Role, Resource, str, FieldAction]]


def _told_of_fields() -> Told:
    """What the rules on fields say: they allow, everywhere, without conditions."""
    rules = [rule for rule in starting_policy().rules if rule.field is not None]
    assert all(rule.allows and rule.role and rule.domain == "*" and rule.condition == "-" for rule in rules)
    kinds = {FieldAction.SEE, FieldAction.SEE_LAST4, FieldAction.SEE_BUCKET}
    assert {rule.action for rule in rules} <= kinds, "tell the new kind of right here"
    return frozenset(
        (rule.role, rule.resource, rule.field, rule.action)
        for rule in rules
        if rule.role and rule.field and isinstance(rule.action, FieldAction)
    )


TOLD_OF_FIELDS = _told_of_fields()


def rights_of(held: Held, nodes: Iterable[Node]) -> Rights:
    """What somebody with these roles may do with fields: see them, or a mask of them where that is all."""
    made: dict[tuple[str, str], FieldRight] = {}
    shown_in: dict[str | None, frozenset[UUID]] = {}
    restricted = {(resource, name) for _, resource, name, _ in TOLD_OF_FIELDS}
    for node in nodes:
        resource = RESOURCES[node.name]
        composites = {name: each.columns.values() for name, each in node.composites.items()}
        for name in (*node.columns, *node.composites):
            meant = next((each for each in (name, *composites.get(name, ())) if (resource, each) in restricted), None)
            if meant is not None:
                right, seen = _right(held, resource, meant, shared=not node.entity_owned)
                made[node.name, to_camel_case(name)] = right
                shown_in[right.parameter] = seen
    return Rights(made, shown_in)


def _right(held: Held, resource: Resource, name: str, *, shared: bool) -> tuple[FieldRight, frozenset[UUID]]:
    def where(*actions: FieldAction) -> frozenset[UUID]:
        given = (held[role] for role in held for each in actions if (role, resource, name, each) in TOLD_OF_FIELDS)
        return frozenset().union(*given)

    reach = frozenset[UUID]().union(*(held[role] for role in held if (role, resource) in READABLE))

    def covers(entities: frozenset[UUID]) -> bool:
        return bool(entities) and (shared or reach <= entities)

    seen = where(FieldAction.SEE)
    if covers(seen):
        return OPEN, seen
    masks = ((FieldAction.SEE_LAST4, Mask.LAST4), (FieldAction.SEE_BUCKET, Mask.BUCKET))
    found = (mask for action, mask in masks if where(action) and covers(where(action, FieldAction.SEE)))
    shown = Shown.SOMEWHERE if seen & reach and not shared else Shown.NOWHERE
    return FieldRight(shown, next(found, Mask.NULL), parameter=f"{resource} {name}"), seen


def _confiding(rights: Rights, actor: Actor) -> Rights:
    """With what change requests show the actor of values that they keep back; who sees which is tested elsewhere."""
    return replace(rights, computed=confided(actor.rows.parameters[CONFIDED_PARAMETER]))


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
        return {**super().parameters, SHOWN_IN: sorted(self._rights.shown_in[SHOWN_IN])}

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
        sight = Sight(held, None, requests)
        policy = MaskedPolicy(actor, rights)
        yield Reader(f"auditor with masks {number}", policy, sight, _confiding(rights, actor), actor.row_context)


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
        rights = _confiding(rights_of(held, (each.node for each in REGISTRY.types.values())), actor)
        sight = Sight(held, partner_id, requests, rows["PurchaseOrderLine"])
        return Reader(name, ActorPolicy(actor, RESOURCES), sight, rights, actor.row_context)

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
