"""Approval rules as a noun."""

from authz.approvals.model import ApprovalRule
from authz.policies.model import Standing
from authz.vocabulary import Action, Resource, Role
from masterdata.checks import among, at_least, at_most, code
from masterdata.noun import Noun, Right, fixed, plain, reference

DOCUMENT_KINDS = ("change_request",)
"""The kinds of documents that are approved in steps."""
SEQUENCE_MAX = 20
PRIORITY_MAX = 1_000
DUE_HOURS_MAX = 24 * 365

APPROVAL_RULE = Noun(
    name="approval_rule",
    model=ApprovalRule,
    # Who decides on who decides is decided on as the access policy is.
    right=Right(Resource.ACCESS_POLICY, Action.AMEND),
    key=("code",),
    fields=(
        fixed(plain("code", code)),
        fixed(plain("document_kind", among(DOCUMENT_KINDS))),
        plain("subject"),
        plain("part"),
        reference("entity", "legal_entity"),
        plain("priority", at_least(0), at_most(PRIORITY_MAX)),
        plain("sequence", at_least(1), at_most(SEQUENCE_MAX)),
        plain("role", among(Role)),
        plain("is_distinct"),
        plain("due_hours", at_least(1), at_most(DUE_HOURS_MAX)),
        plain("status", among(Standing)),
    ),
)
