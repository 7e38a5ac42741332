"""People and machines of a served API, with roles, keys and delegations."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from authz.identity.api_keys import NewKey, make_key
from authz.identity.model import Account, ApiKey, Delegation
from authz.model import RoleGrant
from authz.vocabulary import Role
from kernel.ids import new_id
from kernel.statements import insert
from kernel.tables import Base
from tests.api.serving import Office
from tests.databases import writing


async def write(office: Office, model: type[Base], **values: Any) -> None:
    """Writes a row of master data as activation does."""
    async with writing(office.activation) as driver:
        await insert(driver, model, [{"id": new_id(), **values}])


async def grant(office: Office, subject: str, role: Role, entity_id: UUID | None, **changed: Any) -> None:
    """Gives a role."""
    row = {
        "subject": subject,
        "role": role,
        "domain_kind": "entity" if entity_id else "group",
        "entity_id": entity_id,
        "partner_id": None,
        "valid_from": office.clock.now,
        "valid_until": None,
    }
    await write(office, RoleGrant, **{**row, **changed})


async def give_key(office: Office, subject: str, scopes: str, **changed: Any) -> NewKey:
    """Gives a key that holds for a day."""
    key = make_key()
    row = {
        "name": "a key",
        "subject": subject,
        "prefix": key.prefix,
        "secret_sha256": key.secret_sha256,
        "scopes": scopes,
        "expires_at": office.clock.now + timedelta(days=1),
        "revoked_at": None,
        "cost_per_minute": None,
    }
    await write(office, ApiKey, **{**row, **changed})
    return key


async def delegate(office: Office, delegator: str, to: str, roles: str | None = None, hours: float = 87_600) -> None:
    """Lets somebody act for somebody else; for ten years unless said, because the database looks at its own clock."""
    since = office.clock.now
    until = since + timedelta(hours=hours)
    await write(office, Delegation, delegator=delegator, delegate=to, roles=roles, valid_from=since, valid_until=until)


async def same_person(office: Office, *subjects: str) -> str:
    """Says that these accounts are one person's."""
    person = f"person-{new_id()}"
    for subject in subjects:
        await write(office, Account, subject=subject, person=person)
    return person


def somebody(name: str) -> str:
    """A subject of this name whom no other test knows."""
    return f"{name}-{new_id().hex[-8:]}"
