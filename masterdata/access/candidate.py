"""The access policy as a change request would make it: today's rows, with its lines applied."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from authz.actor import Actor
from authz.policies.model import Standing
from authz.policies.policy import Policy
from authz.policies.stored import policy_of_rows
from kernel.operation import Operation
from masterdata.access.noun import APPROVAL_LIMIT, DUTY_PAIR, ENTITY_GROUP_MEMBER, POLICY_CONDITION, POLICY_RULE
from masterdata.access.queries import Rows, gather_entity_codes, gather_rows
from masterdata.noun import Noun, Proposal

PARTS = (POLICY_RULE, POLICY_CONDITION, ENTITY_GROUP_MEMBER, APPROVAL_LIMIT, DUTY_PAIR)
"""The nouns of which a policy consists. Grants say who has its roles."""


@dataclass(frozen=True)
class Names:
    """How lines name legal entities and partners, and their ids. What does not exist yet has an id of its own here."""

    entity_ids: Mapping[str, UUID]

    def id_of(self, named: Any) -> Any:
        """The id that a reference means."""
        if not isinstance(named, str):
            return named
        way, _, key = named.partition(":")
        if way == "id":
            return UUID(key)
        return self.entity_ids.get(key) if way == "code" and key in self.entity_ids else uuid5(NAMESPACE_URL, named)


def applied(noun: Noun, rows: Rows, proposals: Iterable[Proposal], names: Names) -> Rows:
    """The objects of a noun once the proposals are active: each changes the one that it means, or is a new one."""
    changed = dict(rows)
    references = [each.column for each in noun.fields if each.column.endswith("_id")]
    for proposal in proposals:
        if proposal.noun is not noun:
            continue
        values = {**proposal.values, **{name: names.id_of(proposal.values.get(name)) for name in references}}
        row_id = _meant(noun, changed, proposal.object_id, values)
        before = changed.get(row_id) or {name: noun.default_of(name) for name in noun.columns}
        named = {name: value for name, value in values.items() if name in proposal.values}
        changed[row_id] = {**before, **named, "id": row_id}
    return changed


@dataclass(frozen=True)
class PolicyChange:
    """The rows of the policy's nouns, by the nouns' names, before and after a change request."""

    before: Mapping[str, Rows]
    after: Mapping[str, Rows]
    names: Names

    def policies(self) -> tuple[Policy, Policy]:
        """The policy in force, and the one that would be. Raises PolicyError where it could not be used."""
        return _policy_of(self.before), _policy_of(self.after)


async def gather_change(op: Operation[Actor], proposals: Sequence[Proposal]) -> PolicyChange:
    """What the lines of a change request would make of the policy."""
    names = Names(await gather_entity_codes(op))
    before = {part.name: await gather_rows(op, part) for part in PARTS}
    after = {part.name: applied(part, before[part.name], proposals, names) for part in PARTS}
    return PolicyChange(before, after, names)


def _policy_of(rows_of: Mapping[str, Rows]) -> Policy:
    return policy_of_rows(
        version=0,
        rules=_standing(rows_of[POLICY_RULE.name]),
        conditions=[*rows_of[POLICY_CONDITION.name].values()],
        members=_standing(rows_of[ENTITY_GROUP_MEMBER.name]),
        limits=[*rows_of[APPROVAL_LIMIT.name].values()],
        duty_pairs=_standing(rows_of[DUTY_PAIR.name]),
    ).checked()


def _standing(rows: Rows) -> Sequence[Mapping[str, Any]]:
    return [row for row in rows.values() if row["status"] == Standing.ACTIVE]


def _meant(noun: Noun, rows: Rows, object_id: UUID | None, values: Mapping[str, Any]) -> UUID:
    if object_id is not None:
        return object_id
    key = tuple(values.get(name, noun.default_of(name)) for name in noun.key)
    same = (row_id for row_id, row in rows.items() if tuple(row[name] for name in noun.key) == key)
    return next(same, None) or uuid5(NAMESPACE_URL, f"{noun.name}:{key!r}")
