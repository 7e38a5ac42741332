"""Who may ask about the access of others, and about whom and what they are told."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from graphql import GraphQLError
from sqlalchemy import select

from api.context import RequestContext
from api.reads.errors import bad_argument, public_id
from authz.actor import Actor
from authz.load import load_actor
from authz.policies.policy import Policy
from authz.policies.stored import gather_policy
from authz.vocabulary import Action, Resource
from kernel.contexts import SHARED
from kernel.refusal import Code


@dataclass(frozen=True)
class Thing:
    """An object about which is asked: its row, and the legal entity that it belongs to, if any."""

    resource: Resource
    row: dict[str, Any]
    entity_id: UUID | None


async def explaining(context: RequestContext, asked: str) -> frozenset[UUID]:
    """The legal entities of which the actor may explain the access. Refuses all others, and writes that down."""
    entities = context.actor.access.entities(Resource.ACCESS_POLICY, Action.EXPLAIN)
    if context.actor.partner_id is None and entities:
        return entities
    message = "Only those who answer for the access policy may ask this."
    error = GraphQLError(message, extensions={"code": str(Code.FORBIDDEN)})
    await context.record_refusal(asked, error)
    raise error


async def subject_now(context: RequestContext, subject: str) -> tuple[Policy, Actor]:
    """The policy in force, and a subject by it, as they are now."""
    async with context.database.readers.connection(SHARED) as driver:
        policy = await gather_policy(driver)
        return policy, await load_actor(driver, subject, policy=policy, now=context.clock())


async def thing(context: RequestContext, text: str, entities: frozenset[UUID]) -> Thing:
    """The object with a public id, if it belongs to the group or to one of these legal entities.

    It is read as the worker reads, by nobody's rights: who answers for the policy is told of what they do not see
    otherwise. One elsewhere is not found, like one that does not exist.
    """
    identity = public_id("id", text)
    of = context.registry.types.get(identity.type)
    missing = GraphQLError("Object not found.", extensions={"code": str(Code.NOT_FOUND)})
    if of is None or of.node.entity_owned is (identity.entity_id is None):
        raise missing
    table = of.node.table
    found = select(table).where(table.c.id == identity.id)
    if identity.entity_id is not None:
        found = found.where(table.c.entity_id == identity.entity_id)
    async with context.database.worker.connect() as connection:
        row = (await connection.execute(found)).mappings().one_or_none()
    entity_id = None if row is None else row["id"] if of.name == "LegalEntity" else row.get("entity_id")
    if row is None or (entity_id is not None and entity_id not in entities):
        raise missing
    return Thing(context.parts.resources[of.name], dict(row), entity_id)


def resource_named(name: str) -> Resource:
    """A resource of the policy."""
    try:
        return Resource(name)
    except ValueError:
        raise bad_argument(f"resource: the policy knows {', '.join(sorted(Resource))}.") from None


def action_named(name: str) -> Action:
    """An action of the policy."""
    try:
        return Action(name)
    except ValueError:
        raise bad_argument(f"action: the policy knows {', '.join(sorted(Action))}.") from None
