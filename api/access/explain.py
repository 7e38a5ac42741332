"""`accessExplain`: why somebody may do something, or may not, for those who answer for the policy."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated
from uuid import UUID

import strawberry

from api.access.subjects import NoActor, Signing, explaining, subject_now
from api.access.things import thing
from api.access.words import AccessAction, AccessField, AccessResource, action_of
from api.context import RequestContext
from api.reads.errors import bad_argument
from api.reads.preparing import COSTS
from api.values.ids import encode_id
from authz.actor import Actor
from authz.explain import Explanation, Question, Weighed, explain, held_in
from authz.vocabulary import RESTRICTABLE, Action

ROWS_AT_WORST = 100
"""What one question counts: the object with its related rows, and the subject with their grants."""

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


@strawberry.type(description="A comparison of which a condition is made.")
class AccessComparison:
    """One comparison."""

    comparison: str = _FIELD(description="What is compared; sub stands for the subject. Values are not told.")
    holds: bool | None = _FIELD(description="Whether it holds for the object; null where something is not known.")
    related: int | None = _FIELD(description="How many related objects were looked at, where it asks for some.")


@strawberry.type(description="A condition that was weighed.")
class AccessCondition:
    """One condition of a rule that speaks of the subject."""

    name: str = _FIELD(description="Its name.")
    effect: str = _FIELD(description="What its rule does where it holds: allow or deny.")
    rule: AccessRule = _FIELD(description="The rule that names it.")
    holds: bool | None = _FIELD(description="Whether it holds for the object; null where that is not known.")
    comparisons: list[AccessComparison] = _FIELD(description="What it is made of, each by itself.")


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
    resource: Annotated[AccessResource, _ARGUMENT(description="What is acted upon.")],
    action: Annotated[AccessAction, _ARGUMENT(description="What they would do.")],
    id: Annotated[  # noqa: A002 - its name in the API
        strawberry.ID | None, _ARGUMENT(description="The object; any object at all if left out.")
    ] = None,
    field: Annotated[
        AccessField | None, _ARGUMENT(description="The field, for an action on one; of the resource's fields.")
    ] = None,
    acting_for: Annotated[str | None, _ARGUMENT(description="For whom they would act, by a delegation.")] = None,
    api_key: Annotated[
        str | None, _ARGUMENT(description="The public prefix of the key with which they would sign in.")
    ] = None,
) -> AccessExplanation | None:
    """Casbin's answer for one subject, and what cuts it."""
    context = info.context
    entities = await explaining(context, "Query.accessExplain")
    asked = _asked(resource, action, field, entities)
    try:
        found = await subject_now(context, Signing(subject, acting_for, api_key))
    except NoActor as error:
        return AccessExplanation(allowed=False, reason=str(error), decided_by=None, conditions=[], roles=[])
    if id is not None:
        of = await thing(context, id, resource, found.policy, entities)
        asked = replace(asked, entity_ids=of.entity_ids or entities, row=of.row, partner_id=of.partner_id)
    return _shown(explain(found.policy, found.actor, asked, scopes=found.scopes), found.actor, entities)


def _asked(
    resource: AccessResource, action: AccessAction, field: AccessField | None, entities: frozenset[UUID]
) -> Question:
    meant, name = action_of(action), None if field is None else str(field)
    if isinstance(meant, Action) is not (name is None):
        raise bad_argument(f"field: {action.name} is done to {'an object' if name else 'a field: name it'}.")
    if name is not None and name not in RESTRICTABLE.get(resource, ()):
        raise bad_argument(f"field: {resource.name} has no field {name.upper()} that rules may name.")
    return Question(resource=resource, action=meant, field=name, entity_ids=entities)


def _shown(explanation: Explanation, actor: Actor, entities: frozenset[UUID]) -> AccessExplanation:
    roles = {grant.role: held_in(actor, grant.role) & entities for grant in actor.grants}
    return AccessExplanation(
        allowed=explanation.allowed,
        reason=explanation.reason,
        decided_by=_rule(explanation.rule) if explanation.rule else None,
        conditions=[_condition(each) for each in explanation.conditions],
        roles=[
            AccessRole(role=role, entity_ids=[strawberry.ID(encode_id("LegalEntity", each)) for each in sorted(where)])
            for role, where in sorted(roles.items())
            if where
        ],
    )


def _condition(weighed: Weighed) -> AccessCondition:
    words = weighed.rule.words
    compared = [
        AccessComparison(comparison=each.words, holds=each.holds, related=each.related) for each in weighed.compared
    ]
    return AccessCondition(
        name=weighed.rule.condition, effect=words[-1], rule=_rule(words), holds=weighed.holds, comparisons=compared
    )


def _rule(words: tuple[str, ...]) -> AccessRule:
    names = ("role", "domain", "resource", "action", "condition", "effect")
    return AccessRule(**dict(zip(names, words, strict=True)))


QUERIES: Mapping[str, object] = {
    "access_explain": strawberry.field(
        resolver=access_explain,
        description="Why somebody may do something to an object, or may not; for those who answer for the policy.",
        metadata={COSTS: ROWS_AT_WORST},
    )
}
