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
from masterdata.access.queries import Rows, gather_entity_codes, gather_partner_codes, gather_rows
from masterdata.noun import Noun, Proposal

PARTS = (POLICY_RULE, POLICY_CONDITION, ENTITY_GROUP_MEMBER, APPROVAL_LIMIT, DUTY_PAIR)
"""The nouns of which a policy consists. Grants say who has its roles."""
_PARTNER = "partner_id"


@dataclass(frozen=True)
class Names:
    """How lines name legal entities and partners, and their ids. What does not exist yet has an id of its own here."""

    entity_ids: Mapping[str, UUID]
    partner_ids: Mapping[str, UUID]
    guessed: frozenset[UUID]
    """The ids of what is named by the key of another system: whether it exists is not known here."""

    def id_of(self, column: str, named: Any) -> Any:
        """The id that a reference in a column means."""
        if not isinstance(named, str):
            return named
        way, _, key = named.partition(":")
        if way == "id":
            return UUID(key)
        known = self.partner_ids if column == _PARTNER else self.entity_ids
        return known[key] if way == "code" and key in known else uuid5(NAMESPACE_URL, named)

    def differ(self, one: UUID | None, other: UUID | None) -> bool:
        """Whether two partners are known to be two."""
        return one != other and not ({one, other} & self.guessed and None not in (one, other))


def applied(noun: Noun, rows: Rows, proposals: Iterable[Proposal], names: Names) -> Rows:
    """The objects of a noun once the proposals are active: each changes the one that it means, or is a new one."""
    changed = dict(rows)
    references = [each.column for each in noun.fields if each.column.endswith("_id")]
    for proposal in proposals:
        if proposal.noun is not noun:
            continue
        values = {**proposal.values, **{name: names.id_of(name, proposal.values.get(name)) for name in references}}
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
    names = await _gather_names(op, proposals)
    before = {part.name: await gather_rows(op, part) for part in PARTS}
    after = {part.name: applied(part, before[part.name], proposals, names) for part in PARTS}
    return PolicyChange(before, after, names)


async def _gather_names(op: Operation[Actor], proposals: Iterable[Proposal]) -> Names:
    partners = {str(each.values[_PARTNER]) for each in proposals if each.values.get(_PARTNER)}
    codes = {named.removeprefix("code:") for named in partners if named.startswith("code:")}
    return Names(
        entity_ids=await gather_entity_codes(op),
        partner_ids=await gather_partner_codes(op, codes) if codes else {},
        guessed=frozenset(uuid5(NAMESPACE_URL, named) for named in partners if named.startswith("external:")),
    )


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
