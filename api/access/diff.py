"""`policyDiff`: what a change request would let each subject see and do, or no longer, before it is approved."""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError
from sqlalchemy.ext.asyncio import AsyncConnection

from api.access.counting import COUNTED_MAX, count_beyond
from api.access.pairs import SUBJECTS_MAX, Pair, gather_pairs, made_entities
from api.access.subjects import explaining
from api.access.words import AccessAction, AccessField, AccessResource
from api.context import RequestContext
from api.reads.errors import bad_argument, public_id
from api.reads.preparing import COSTS
from authz.difference import FieldUse, RightsDifference, rights_difference
from authz.vocabulary import RESOURCE_TABLES, Action, Resource
from kernel.operation import Operation
from kernel.refusal import Code
from masterdata.governance.foresee import Foreseen, foresee_access
from masterdata.registry import NOUNS

CHANGES_MAX = 500
ROWS_AT_WORST = 10_000
"""What one question counts: it has PostgreSQL count rows of every type for everybody whom the change concerns."""

_FIELD = strawberry.field


@strawberry.type(description="What is done with a field.")
class AccessFieldUse:
    """A field and an action on it."""

    field: AccessField = _FIELD(description="The field.")
    action: AccessAction = _FIELD(description="Whether the value is seen, a mask of it, or what else is done with it.")


@strawberry.type(description="What a subject would see and do more and less of one type.")
class AccessChange:
    """Rows, fields and actions gained and lost."""

    subject: str = _FIELD(description="Who.")
    resource: AccessResource = _FIELD(description="What it is to the policy; several types may be one resource.")
    type: str | None = _FIELD(description="The object type; null for a resource that has none.")
    gained: int = _FIELD(description=f"How many rows they would see and do not see now; {COUNTED_MAX} is also more.")
    lost: int = _FIELD(description="How many rows they see now and would no longer see.")
    actions_gained: list[AccessAction] = _FIELD(
        description="What they could do in a legal entity where they may not now. Told with the resource's main type."
    )
    actions_lost: list[AccessAction] = _FIELD(description="What they could no longer do in some legal entity.")
    actions_changed: list[AccessAction] = _FIELD(
        description="What they may do now as then, but on other conditions or up to other limits."
    )
    fields_gained: list[AccessFieldUse] = _FIELD(
        description="What they would be shown of restricted fields in a legal entity where they are not now."
    )
    fields_lost: list[AccessFieldUse] = _FIELD(description="What they would no longer be shown of them.")


@strawberry.type(description="What a change of the access policy would change.")
class PolicyDifference:
    """The difference."""

    changes: list[AccessChange] = _FIELD(description="By subject and type, without those for whom nothing changes.")
    problems: list[str] = _FIELD(
        description="Lines that would be refused, what no policy may say, and who could not sign in any more."
    )
    truncated: bool = _FIELD(
        description=f"Whether there is more to tell: {SUBJECTS_MAX} subjects and {CHANGES_MAX} changes are looked at."
    )


async def policy_diff(
    info: strawberry.Info[RequestContext, None],
    change_request: Annotated[strawberry.ID, strawberry.argument(description="The change request.")],
) -> PolicyDifference | None:
    """Compiles the policy as it would be, and compares."""
    context = info.context
    entities = await explaining(context, "Query.policyDiff")
    foreseen = await _foreseen(context, change_request)
    pairs = await gather_pairs(context, foreseen)
    entities |= await made_entities(context, foreseen, entities)
    changes: list[AccessChange] = []
    truncated = pairs.truncated
    async for change in _changes(context, pairs.each, entities):
        if len(changes) == CHANGES_MAX:
            truncated = True
            break
        changes.append(change)
    problems = [*foreseen.problems, *pairs.problems]
    return PolicyDifference(changes=changes, problems=problems, truncated=truncated)


async def _foreseen(context: RequestContext, text: str) -> Foreseen:
    identity = public_id("changeRequest", text)
    if identity.type != "ChangeRequest":
        raise bad_argument(f"changeRequest must be an id of ChangeRequest, not of {identity.type}.")
    async with context.database.app.transaction(context.actor.row_context) as transaction:
        op = Operation(transaction=transaction, actor=context.actor, now=context.clock())
        foreseen = await foresee_access(op, identity.id, NOUNS)
    if foreseen is None:
        raise GraphQLError("Change request not found.", extensions={"code": str(Code.NOT_FOUND)})
    return foreseen


async def _changes(
    context: RequestContext, pairs: Iterable[Pair], entities: frozenset[UUID]
) -> AsyncIterator[AccessChange]:
    types_of = _types_of(context)
    async with context.database.oversight.connect() as connection:
        for pair in pairs:
            for resource in Resource:
                rights = rights_difference(pair.before, pair.after, resource, entities)
                for name in types_of[resource]:
                    gained, lost = await _rows(context, connection, pair, name, entities)
                    if gained or lost or not rights.is_empty:
                        yield _change(pair, resource, name, (gained, lost), rights)
                    rights = RightsDifference()


def _types_of(context: RequestContext) -> Mapping[Resource, list[str | None]]:
    """The types of each resource: the main one first, or none."""
    found: dict[Resource, list[str | None]] = {}
    for resource in Resource:
        home = RESOURCE_TABLES.get(resource, resource.value)
        tables = {
            name: of.node.table.name
            for name, of in context.registry.types.items()
            if context.parts.resources[name] is resource
        }
        named: list[str | None] = [*sorted(tables, key=lambda name: (tables[name] != home, name))]
        found[resource] = named or [None]
    return found


async def _rows(
    context: RequestContext, connection: AsyncConnection, pair: Pair, name: str | None, entities: frozenset[UUID]
) -> tuple[int, int]:
    if name is None or not pair.rows_differ:
        return 0, 0
    node, resource = context.registry.types[name].node, context.parts.resources[name]
    gained, lost = [
        await count_beyond(connection, node, resource, more=more, less=less, entities=entities)
        for more, less in ((pair.after, pair.before), (pair.before, pair.after))
    ]
    return gained, lost


def _change(
    pair: Pair, resource: Resource, name: str | None, rows: tuple[int, int], rights: RightsDifference
) -> AccessChange:
    return AccessChange(
        subject=pair.before.subject,
        resource=AccessResource(resource),
        type=name,
        gained=rows[0],
        lost=rows[1],
        actions_gained=_actions(rights.actions_gained),
        actions_lost=_actions(rights.actions_lost),
        actions_changed=_actions(rights.actions_changed),
        fields_gained=_uses(rights.fields_gained),
        fields_lost=_uses(rights.fields_lost),
    )


def _actions(actions: Iterable[Action]) -> list[AccessAction]:
    return [AccessAction(each.value) for each in actions]


def _uses(uses: Iterable[FieldUse]) -> list[AccessFieldUse]:
    return [AccessFieldUse(field=AccessField(name), action=AccessAction(use.value)) for name, use in uses]


QUERIES: Mapping[str, object] = {
    "policy_diff": strawberry.field(
        resolver=policy_diff,
        description="What a change request would give to each subject or take; for those who answer for the policy.",
        metadata={COSTS: ROWS_AT_WORST},
    )
}
