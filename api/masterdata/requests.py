"""Change requests, line by line and value by value, who must agree to them, and what they made of each object."""

from sqlalchemy import func

from api.masterdata.proposals import CHANGED_VALUES, split
from api.reads.kinds import DATE_TIME, JSON_
from api.reads.nodes import Computed, Node, ToMany, ToOne
from authz.approvals.lifecycle import StepStatus, Verdict
from authz.approvals.model import ApprovalDecision, ApprovalStep
from authz.vocabulary import Resource
from masterdata.governance.lifecycle import ChangeRequestStatus, FieldDecision, LineOperation, LineResult
from masterdata.governance.model import ChangeRequest, ChangeRequestField, ChangeRequestLine, MasterVersion

_CHANGE_REQUEST = Node(
    model=ChangeRequest,
    name="ChangeRequest",
    description="A set of master-data changes that become active together, once approved.",
    columns=(
        "number",
        "title",
        "reason",
        "status",
        "source_system",
        "submitted_by",
        "submitted_at",
        "decided_by",
        "decided_at",
        "decision_reason",
        "activated_at",
        "failure",
        "version",
    ),
    enums={"status": ChangeRequestStatus},
    many={
        "lines": ToMany("ChangeRequestLine", "change_request_id", "What it changes.", order=("line_number", "id")),
        "fields": ToMany(
            "ChangeRequestField", "change_request_id", "What it changes, value by value.", order=("line_id", "name")
        ),
        "steps": ToMany("ApprovalStep", "document_id", "Who must agree to it, and who has.", order=("sequence", "id")),
        "versions": ToMany("MasterVersion", "change_request_id", "What it made.", order=("id",)),
    },
    keys=("number",),
    filters=("number", "status", "submitted_at", "lines", "steps"),
    orders=("submitted_at",),
    order=("-submitted_at",),
)
_CHANGE_REQUEST_LINE = Node(
    model=ChangeRequestLine,
    name="ChangeRequestLine",
    description="One object to be created or changed, and what became of it.",
    columns=(
        "line_number",
        "noun",
        "operation",
        "label",
        "external_key",
        "object_id",
        "result",
        "message",
        "replaced_at",
    ),
    computed=split(
        "values",
        opened="The proposed values, but for those in `restrictedValues`.",
        kept_back="The proposed values of fields that not everybody may see, as far as you see them; null if none.",
    ),
    enums={"operation": LineOperation, "result": LineResult},
    one={"change_request": ToOne("change_request_id", "ChangeRequest")},
    many={"fields": ToMany("ChangeRequestField", "line_id", "What it changes, value by value.", order=("name",))},
    filters=("result", "noun", "operation", "object_id", "replaced_at"),
    order=("line_number",),
)
_CHANGE_REQUEST_FIELD = Node(
    model=ChangeRequestField,
    name="ChangeRequestField",
    description="One proposed value: what it was, what it is to be, and what was decided on it.",
    columns=("noun", "name", "part", "field_group", "is_outdated", "decision", "decided_by", "reason"),
    computed=CHANGED_VALUES,
    enums={"decision": FieldDecision},
    one={
        "change_request": ToOne("change_request_id", "ChangeRequest"),
        "line": ToOne("line_id", "ChangeRequestLine"),
    },
    filters=("name", "field_group", "decision", "is_outdated"),
    order=("name",),
)
_APPROVAL_STEP = Node(
    model=ApprovalStep,
    name="ApprovalStep",
    description="One decision that a document needs: on a group of fields of a kind of object.",
    columns=(
        "subject",
        "part",
        "sequence",
        "role",
        "rule",
        "is_distinct",
        "status",
        "content_hash",
        "opened_at",
        "due_at",
        "closed_at",
    ),
    enums={"status": StepStatus},
    one={
        "change_request": ToOne("document_id", "ChangeRequest"),
        "for_entity": ToOne("for_entity_id", "LegalEntity"),
    },
    many={
        "decisions": ToMany(
            "ApprovalDecision", "step_id", "What was decided on it; those that are void as well.", order=("decided_at",)
        )
    },
    filters=("status", "role", "subject", "part", "due_at"),
    orders=("opened_at", "due_at"),
    order=("sequence",),
)
_APPROVAL_DECISION = Node(
    model=ApprovalDecision,
    name="ApprovalDecision",
    description="What somebody decided on a step. It counts until it is void.",
    columns=("verdict", "reason", "content_hash", "decided_by", "decided_for", "decided_at", "void_at"),
    enums={"verdict": Verdict},
    one={"step": ToOne("step_id", "ApprovalStep")},
    order=("decided_at",),
)
_MASTER_VERSION = Node(
    model=MasterVersion,
    name="MasterVersion",
    description="An object of master data as it was, is or will be over a time. Each version is chained to the one "
    "before by its hash.",
    columns=("noun", "object_id", "number", "recorded_at", "closed_at", "previous_hash", "hash"),
    computed={
        "valid_from": Computed(
            expression=lambda row: func.lower(row.c.valid_during),
            kind=DATE_TIME,
            description="Since when the object is like this.",
        ),
        "valid_until": Computed(
            expression=lambda row: func.upper(row.c.valid_during),
            kind=DATE_TIME,
            description="Until when it was; null as long as nothing followed.",
            nullable=True,
        ),
        "changed": Computed(
            expression=lambda row: func.to_jsonb(row.c.changed),
            kind=JSON_,
            description="The names of the values in which it differs from the version before.",
        ),
        **split(
            "content",
            opened="The object with its parts, but for what is in `restrictedValues`.",
            kept_back="The values of fields that not everybody may see, as far as you see them; null if none.",
        ),
    },
    one={"change_request": ToOne("change_request_id", "ChangeRequest"), "entity": ToOne("entity_id", "LegalEntity")},
    filters=("noun", "object_id"),
    order=("-id",),
)

GOVERNANCE = {
    Resource.CHANGE_REQUEST: (
        _CHANGE_REQUEST,
        _CHANGE_REQUEST_LINE,
        _CHANGE_REQUEST_FIELD,
        _APPROVAL_STEP,
        _APPROVAL_DECISION,
    ),
    Resource.MASTER_VERSION: (_MASTER_VERSION,),
}
