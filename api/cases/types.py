"""Exception cases."""

from api.reads.composites import money
from api.reads.nodes import Node, ToOne
from authz.vocabulary import Resource
from domain.cases.lifecycle import CaseStatus, CaseType
from domain.cases.model import ExceptionCase

_EXCEPTION_CASE = Node(
    model=ExceptionCase,
    name="ExceptionCase",
    description="Something that went another way than planned, with the money at risk.",
    columns=(
        "type",
        "subject_type",
        "status",
        "summary",
        "owner_role",
        "occurrences",
        "detail",
        "opened_at",
        "last_occurred_at",
        "closed_at",
        "version",
    ),
    enums={"type": CaseType, "status": CaseStatus},
    composites={"severity": money("severity")},
    one={"entity": ToOne("entity_id", "LegalEntity")},
    filters=("entity", "type", "status", "owner_role", "opened_at"),
    orders=("opened_at",),
    order=("-opened_at",),
)

NODES = {Resource.EXCEPTION_CASE: (_EXCEPTION_CASE,)}
