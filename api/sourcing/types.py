"""Shortages and the ways out of them."""

from api.reads.composites import money
from api.reads.nodes import Node, ToMany, ToOne
from authz.vocabulary import Resource
from domain.sourcing.lifecycle import OptionKind, OptionStatus, ShortageStatus
from domain.sourcing.model import Shortage, SourcingOption

_SHORTAGE = Node(
    model=Shortage,
    name="Shortage",
    description="A demand that stock and expected supply do not cover.",
    columns=("quantity", "due_date", "status", "detected_at", "resolved_at", "version"),
    enums={"status": ShortageStatus},
    one={
        "entity": ToOne("entity_id", "LegalEntity"),
        "demand": ToOne("demand_id", "Demand"),
        "item": ToOne("item_id", "Item"),
        "site": ToOne("site_id", "Location"),
    },
    many={"options": ToMany("SourcingOption", "shortage_id", "The ways out of it, best first.", order=("rank",))},
    filters=("entity", "status", "item", "detected_at"),
    orders=("detected_at",),
    order=("-detected_at",),
)
_SOURCING_OPTION = Node(
    model=SourcingOption,
    name="SourcingOption",
    description="One way out of a shortage, as it stood when it was offered. Execute it by its id.",
    columns=("rank", "kind", "status", "quantity", "arrival_date", "score", "score_terms", "reason"),
    enums={"kind": OptionKind, "status": OptionStatus},
    composites={"landed_cost": money("landed_cost")},
    one={
        "shortage": ToOne("shortage_id", "Shortage"),
        "from_site": ToOne("from_site_id", "Location"),
        "supplier": ToOne("supplier_id", "Supplier"),
    },
    order=("rank",),
)

NODES = {Resource.SHORTAGE: (_SHORTAGE, _SOURCING_OPTION)}
