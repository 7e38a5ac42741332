"""What people are known by, under governance: accounts, delegations and API keys."""

from collections.abc import Mapping
from typing import Any

from authz.identity.api_keys import PREFIX_PATTERN
from authz.identity.model import Account, ApiKey, Delegation
from authz.identity.principal import parse_roles
from authz.identity.scopes import parse_scopes
from authz.vocabulary import Action, Resource
from masterdata.checks import matching, more_than
from masterdata.noun import Noun, Right, fixed, plain

# Who could say whose an account is, or lend rights, could give themselves everything: it is decided as grants are.
_RIGHT = Right(Resource.LEGAL_ENTITY, Action.CREATE)


def _known_roles(value: str) -> str | None:
    try:
        return None if parse_roles(value) else "names no role"
    except ValueError as error:
        return f"names a role that there is not: {error}"


def _known_scopes(value: str) -> str | None:
    try:
        return None if parse_scopes(value) else "names nothing that the key may do"
    except ValueError as error:
        return f"is no list such as 'sales_order:read sales_order:create': {error}"


def _two_subjects(row: Mapping[str, Any]) -> str | None:
    return "delegate: nobody acts for themselves" if row["delegate"] == row["delegator"] else None


def _dates_in_order(row: Mapping[str, Any]) -> str | None:
    if row["valid_until"] > row["valid_from"]:
        return None
    return "valid_until: a delegation ends after it begins"


ACCOUNT = Noun(
    name="account",
    model=Account,
    right=_RIGHT,
    key=("subject",),
    fields=(fixed(plain("subject")), plain("person")),
    governs_access=True,
)
DELEGATION = Noun(
    name="delegation",
    model=Delegation,
    right=_RIGHT,
    key=("delegator", "delegate"),
    fields=(
        fixed(plain("delegator")),
        fixed(plain("delegate")),
        plain("roles", _known_roles),
        plain("valid_from"),
        plain("valid_until"),
    ),
    checks=(_two_subjects, _dates_in_order),
    governs_access=True,
)
API_KEY = Noun(
    name="api_key",
    model=ApiKey,
    right=_RIGHT,
    key=("prefix",),
    fields=(
        plain("name"),
        fixed(plain("subject")),
        fixed(plain("prefix", matching(PREFIX_PATTERN, "a prefix of 12 hexadecimal digits"))),
        fixed(plain("secret_sha256", matching("[0-9a-f]{64}", "a SHA-256 in 64 hexadecimal digits"))),
        plain("scopes", _known_scopes),
        plain("expires_at"),
        plain("revoked_at"),
        plain("cost_per_minute", more_than(0)),
    ),
    governs_access=True,
)
