"""`policyDiff`: what a change request would let each subject see or no longer see, before it is approved."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry
from graphql import GraphQLError

from api.access.counting import COUNTED_MAX, count_beyond
from api.access.subjects import explaining
from api.context import RequestContext
from api.reads.errors import bad_argument, public_id
from authz.actor import Actor
from authz.load import load_actor
from authz.policies.stored import gather_policy
from authz.proposed import ProposedDriver
from authz.queries import gather_subjects
from kernel.contexts import SHARED
from kernel.db import enter_context
from kernel.operation import Operation
from kernel.refusal import Code
from masterdata.governance.foresee import Foreseen, foresee_access
from masterdata.registry import NOUNS

SUBJECTS_MAX = 200
CHANGES_MAX = 500

_FIELD = strawberry.field


@strawberry.type(description="What a subject would see more and less of one type.")
class AccessChange:
    """Rows gained and lost."""

    subject: str = _FIELD(description="Who.")
    type: str = _FIELD(description="The object type.")
    gained: int = _FIELD(description=f"How many rows they would see and do not see now; {COUNTED_MAX} is also more.")
    lost: int = _FIELD(description="How many rows they see now and would no longer see.")


@strawberry.type(description="What a change of the access policy would change.")
class PolicyDifference:
    """The difference."""

    changes: list[AccessChange] = _FIELD(description="By subject and type, without those for whom nothing changes.")
    problems: list[str] = _FIELD(description="Lines that would be refused, and why.")
    truncated: bool = _FIELD(
        description=f"Whether there is more to tell: {SUBJECTS_MAX} subjects and {CHANGES_MAX} changes are looked at."
    )


@dataclass(frozen=True)
class _Pair:
    before: Actor
    after: Actor

    @property
    def differs(self) -> bool:
        """Whether anything that they read may have changed."""
        now, then = self.before.rows, self.after.rows
        return now.signature != then.signature or now.parameters != then.parameters


async def policy_diff(
    info: strawberry.Info[RequestContext, None],
    change_request: Annotated[strawberry.ID, strawberry.argument(description="The change request.")],
) -> PolicyDifference | None:
    """Compiles the policy as it would be, and counts."""
    context = info.context
    entities = await explaining(context, "Query.policyDiff")
    foreseen = await _foreseen(context, change_request)
    subjects, truncated = await _subjects(context, foreseen)
    changes: list[AccessChange] = []
    async for change in _changes(context, foreseen, subjects, entities):
        if len(changes) == CHANGES_MAX:
            truncated = True
            break
        changes.append(change)
    return PolicyDifference(changes=changes, problems=foreseen.problems, truncated=truncated)


async def _foreseen(context: RequestContext, text: str) -> Foreseen:
    identity = public_id("changeRequest", text)
    if identity.type != "ChangeRequest":
        raise bad_argument(f"changeRequest must be an id of ChangeRequest, not of {identity.type}.")
    async with context.database.app.connect() as connection:
        await enter_context(connection, context.actor.row_context)
        op = Operation(connection=connection, actor=context.actor, now=context.clock())
        foreseen = await foresee_access(op, identity.id, NOUNS)
    if foreseen is None:
        raise GraphQLError("Change request not found.", extensions={"code": str(Code.NOT_FOUND)})
    return foreseen


async def _subjects(context: RequestContext, foreseen: Foreseen) -> tuple[list[str], bool]:
    """Everybody whom it may concern: who is named, where only grants change, else whoever has a role."""
    if not foreseen.rows:
        return [], False
    named = {row["subject"] for rows in (foreseen.rows, foreseen.replaced) for row in rows.get("role_grant", ())}
    if foreseen.rows.keys() == {"role_grant"}:
        found: Iterable[str] = named
    else:
        async with context.database.readers.connection(SHARED) as driver:
            found = named | set(await gather_subjects(driver, context.clock(), most=SUBJECTS_MAX + 1))
    listed = sorted(found)
    return listed[:SUBJECTS_MAX], len(listed) > SUBJECTS_MAX


async def _changes(
    context: RequestContext, foreseen: Foreseen, subjects: list[str], entities: frozenset[UUID]
) -> AsyncIterator[AccessChange]:
    pairs = await _pairs(context, foreseen, subjects)
    async with context.database.worker.connect() as connection:
        for pair in pairs:
            if not pair.differs:
                continue
            for name, of in sorted(context.registry.types.items()):
                resource = context.parts.resources[name]
                gained, lost = [
                    await count_beyond(connection, of.node, resource, more=more, less=less, entities=entities)
                    for more, less in ((pair.after, pair.before), (pair.before, pair.after))
                ]
                if gained or lost:
                    yield AccessChange(subject=pair.before.subject, type=name, gained=gained, lost=lost)


async def _pairs(context: RequestContext, foreseen: Foreseen, subjects: list[str]) -> list[_Pair]:
    """Each subject as they are, and as they would be."""
    if not subjects:
        return []
    async with context.database.readers.connection(SHARED) as driver:
        proposed: Any = ProposedDriver(driver, foreseen.rows)
        now, then = await gather_policy(driver), await gather_policy(proposed)
        at = context.clock()
        return [
            _Pair(
                await load_actor(driver, subject, policy=now, now=at),
                await load_actor(proposed, subject, policy=then, now=at),
            )
            for subject in subjects
        ]


QUERIES: Mapping[str, object] = {
    "policy_diff": strawberry.field(
        resolver=policy_diff,
        description="What a change request would show to each subject or hide; for those who answer for the policy.",
    )
}
