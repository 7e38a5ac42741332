"""Role grants under governance."""

from collections.abc import Mapping
from typing import Any

from authz.model import DomainKind, RoleGrant
from authz.vocabulary import PARTNER_ROLES, Action, Resource, Role
from masterdata.checks import among
from masterdata.noun import Noun, Right, fixed, plain, reference


def _domain_fits(row: Mapping[str, Any]) -> str | None:
    if (row["domain_kind"] == DomainKind.ENTITY) == (row["entity_id"] is not None):
        return None
    return "entity: a grant on an entity names it, and a grant on the group names none"


def _partner_fits(row: Mapping[str, Any]) -> str | None:
    if (row["role"] in PARTNER_ROLES) == (row["partner_id"] is not None):
        return None
    return f"partner: it is named for the roles {', '.join(PARTNER_ROLES)}, and for no other"


def _outsider_named_entity(row: Mapping[str, Any]) -> str | None:
    if row["role"] not in PARTNER_ROLES or row["domain_kind"] == DomainKind.ENTITY:
        return None
    return "domain_kind: a role of outsiders is granted in a legal entity, and not on the group"


def _dates_in_order(row: Mapping[str, Any]) -> str | None:
    if row["valid_until"] is None or row["valid_until"] > row["valid_from"]:
        return None
    return "valid_until: a grant ends after it begins"


ROLE_GRANT = Noun(
    name="role_grant",
    model=RoleGrant,
    # Whoever could decide on grants without being trusted with the whole group could give themselves everything.
    right=Right(Resource.LEGAL_ENTITY, Action.CREATE),
    key=("subject", "role", "domain_kind", "entity_id", "partner_id"),
    fields=(
        plain("subject"),
        fixed(plain("role", among(Role))),
        fixed(plain("domain_kind", among(DomainKind))),
        reference("entity", "legal_entity"),
        reference("partner", "supplier", "customer"),
        plain("valid_from"),
        plain("valid_until"),
    ),
    checks=(_domain_fits, _partner_fits, _dates_in_order, _outsider_named_entity),
    governs_access=True,
)
