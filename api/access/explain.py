"""`accessExplain`: why somebody may do something, or may not, for those who answer for the policy."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

import strawberry

from api.access.subjects import action_named, explaining, resource_named, subject_now, thing
from api.context import RequestContext
from api.reads.errors import bad_argument
from api.values.ids import encode_id
from authz.actor import Actor
from authz.explain import Explanation, explain, held_in

_FIELD = strawberry.field
_ARGUMENT = strawberry.argument


@strawberry.type(description="A rule of the access policy.")
class AccessRule:
    """One row."""

    role: str = _FIELD(description="Whom it is about: a role, or anyone.")
    domain: str = _FIELD(description="Where: a legal entity by its id, a group of them by its code, or * for all.")
    resource: str = _FIELD(description="What it is about; a field of it stands behind #.")
    action: str = _FIELD(description="What is done.")
    condition: str = _FIELD(description="On which rows: the name of a condition, or - for all.")
    effect: str = _FIELD(description="allow or deny; a denial overrides.")


@strawberry.type(description="A condition that was weighed.")
class AccessCondition:
    """One condition of a rule that applies."""

    name: str = _FIELD(description="Its name.")
    effect: str = _FIELD(description="What its rule does where it holds: allow or deny.")
    holds: bool | None = _FIELD(description="Whether it holds for the object; null where that is not known.")


@strawberry.type(description="A role that the subject holds now.")
class AccessRole:
    """A role, where it is held."""

    role: str = _FIELD(description="The role.")
    entity_ids: list[strawberry.ID] = _FIELD(description="Where it is held, as far as you answer for it.")


@strawberry.type(description="Why somebody may do something, or may not.")
class AccessExplanation:
    """A decision with its reasons."""

    allowed: bool = _FIELD(description="Whether it is allowed.")
    reason: str = _FIELD(description="Why, in words.")
    decided_by: AccessRule | None = _FIELD(description="The rule that decided; null where none applies.")
    conditions: list[AccessCondition] = _FIELD(description="The conditions that were weighed for the object.")
    roles: list[AccessRole] = _FIELD(description="The roles of the subject.")


async def access_explain(
    info: strawberry.Info[RequestContext, None],
    subject: Annotated[str, _ARGUMENT(description="Who, as the identity provider names them.")],
    resource: Annotated[str, _ARGUMENT(description="The resource of the policy, e.g. purchase_order.")],
    action: Annotated[str, _ARGUMENT(description="What they would do, e.g. approve.")],
    id: Annotated[  # noqa: A002 - its name in the API
        strawberry.ID | None, _ARGUMENT(description="The object; any object at all if left out.")
    ] = None,
) -> AccessExplanation | None:
    """Casbin's answer for one subject."""
    context = info.context
    entities = await explaining(context, "Query.accessExplain")
    meant, done = resource_named(resource), action_named(action)
    found = None if id is None else await thing(context, id, entities)
    if found is not None and found.resource is not meant:
        raise bad_argument(f"id: the object is a {found.resource}, not a {meant}.")
    policy, actor = await subject_now(context, subject)
    where = frozenset({found.entity_id}) if found is not None and found.entity_id is not None else entities
    explanation = explain(policy, actor, meant, done, entity_ids=where, row=found.row if found else None)
    return _shown(explanation, actor, entities)


def _shown(explanation: Explanation, actor: Actor, entities: frozenset[UUID]) -> AccessExplanation:
    roles = {grant.role: held_in(actor, grant.role) & entities for grant in actor.grants}
    return AccessExplanation(
        allowed=explanation.allowed,
        reason=explanation.reason,
        decided_by=_rule(explanation.rule) if explanation.rule else None,
        conditions=[
            AccessCondition(name=each.name, effect="allow" if each.allows else "deny", holds=each.holds)
            for each in explanation.conditions
        ],
        roles=[
            AccessRole(role=role, entity_ids=[strawberry.ID(encode_id("LegalEntity", each)) for each in sorted(where)])
            for role, where in sorted(roles.items())
            if where
        ],
    )


def _rule(words: tuple[str, ...]) -> AccessRule:
    names = ("role", "domain", "resource", "action", "condition", "effect")
    return AccessRule(**dict(zip(names, words, strict=True)))


QUERIES: Mapping[str, object] = {
    "access_explain": strawberry.field(
        resolver=access_explain,
        description="Why somebody may do something to an object, or may not; for those who answer for the policy.",
    )
}
