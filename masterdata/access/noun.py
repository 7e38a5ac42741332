"""The parts of the access policy as nouns."""

from collections.abc import Mapping
from typing import Any

from authz.policies.conditions.check import check_condition, table_of
from authz.policies.conditions.tree import ConditionError, parse_condition
from authz.policies.model import (
    LIMIT_MAX,
    ApprovalLimitRow,
    DutyPairRow,
    EntityGroup,
    EntityGroupMember,
    PolicyCondition,
    PolicyRule,
    Standing,
)
from authz.policies.policy import ANYONE, DutyScope, PolicyError, parse_rule
from authz.vocabulary import LIMITED, Action, Resource, Role
from kernel.tables import Base
from masterdata.checks import among, at_least, at_most, code, matching
from masterdata.codes import currency
from masterdata.noun import Noun, Right, code_of, fixed, plain, reference

_RIGHT = Right(Resource.ACCESS_POLICY, Action.AMEND)
_CONDITION_NAME = "[a-z][a-z0-9_]{0,39}"


def _rule_understood(row: Mapping[str, Any]) -> str | None:
    words = (row["role"], row["domain"], row["resource"], row["action"], row["condition"], row["effect"])
    try:
        parse_rule(words)
    except PolicyError as error:
        return f"resource: {error}"
    return None


def _tree_fits(row: Mapping[str, Any]) -> str | None:
    try:
        check_condition(parse_condition(row["tree"]), table_of(Resource(row["resource"]), Base.metadata))
    except ConditionError as error:
        return f"tree: {error}"
    return None


def _role_or_person(row: Mapping[str, Any]) -> str | None:
    if (row["role"] is None) != (row["person"] is None):
        return None
    return "role: a limit is a role's or a person's"


def _dates_in_order(row: Mapping[str, Any]) -> str | None:
    if row["valid_until"] is None or row["valid_until"] > row["valid_from"]:
        return None
    return "valid_until: a limit ends after it begins"


def _two_in_order(row: Mapping[str, Any]) -> str | None:
    if row["first_role"] < row["second_role"]:
        return None
    return "first_role: name two roles, in the order of the alphabet"


_standing = plain("status", among(Standing))

ENTITY_GROUP = Noun(
    name="entity_group",
    model=EntityGroup,
    right=_RIGHT,
    key=("code",),
    fields=(fixed(plain("code", code)), plain("name")),
    governs_access=True,
)

ENTITY_GROUP_MEMBER = Noun(
    name="entity_group_member",
    model=EntityGroupMember,
    right=_RIGHT,
    key=("entity_group", "entity_id"),
    fields=(fixed(code_of("entity_group", "entity_group")), fixed(reference("entity", "legal_entity")), _standing),
    governs_access=True,
)

POLICY_CONDITION = Noun(
    name="policy_condition",
    model=PolicyCondition,
    right=_RIGHT,
    key=("name",),
    fields=(
        fixed(plain("name", matching(_CONDITION_NAME, "a name: small letters, digits, underscores"))),
        fixed(plain("resource", among(Resource))),
        plain("tree"),
    ),
    checks=(_tree_fits,),
    governs_access=True,
)

POLICY_RULE = Noun(
    name="policy_rule",
    model=PolicyRule,
    right=_RIGHT,
    key=("role", "domain", "resource", "action", "condition", "effect"),
    fields=(
        fixed(plain("role", among((*Role, ANYONE)))),
        fixed(plain("domain")),
        fixed(plain("resource")),
        fixed(plain("action")),
        fixed(plain("condition")),
        fixed(plain("effect", among(("allow", "deny")))),
        _standing,
    ),
    checks=(_rule_understood,),
    governs_access=True,
)

APPROVAL_LIMIT = Noun(
    name="approval_limit",
    model=ApprovalLimitRow,
    right=_RIGHT,
    key=("role", "person", "entity_id", "document_kind", "currency", "valid_from"),
    fields=(
        fixed(plain("role", among(Role))),
        fixed(plain("person")),
        fixed(reference("entity", "legal_entity")),
        fixed(plain("document_kind", among(LIMITED))),
        fixed(currency()),
        plain("amount", at_least(0), at_most(LIMIT_MAX)),
        plain("valid_from"),
        plain("valid_until"),
    ),
    checks=(_role_or_person, _dates_in_order),
    governs_access=True,
)

DUTY_PAIR = Noun(
    name="duty_pair",
    model=DutyPairRow,
    right=_RIGHT,
    key=("first_role", "second_role"),
    fields=(
        fixed(plain("first_role", among(Role))),
        fixed(plain("second_role", among(Role))),
        plain("scope", among(DutyScope)),
        _standing,
    ),
    checks=(_two_in_order,),
    governs_access=True,
)
