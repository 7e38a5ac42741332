"""The access policy in its tables: read as one version, and written once into a database that has none."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Executable, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from authz.policies.conditions.python import RowValues
from authz.policies.model import (
    ApprovalLimitRow,
    DutyPairRow,
    EntityGroupMember,
    PolicyCondition,
    PolicyRule,
    PolicyState,
    Standing,
)
from authz.policies.policy import (
    ApprovalLimit,
    DutyPair,
    DutyScope,
    Policy,
    parse_named,
    parse_rule,
    starting_conditions,
    starting_policy,
)
from authz.vocabulary import Resource, Role
from kernel.db import insert_rows
from kernel.ids import new_id
from kernel.opening import Driver
from kernel.statements import fetch

Rows = Sequence[RowValues]
READINGS_MAX = 5
FIRST_VERSION = 1

_WORDS = ("role", "domain", "resource", "action", "condition", "effect")
_VERSION = select(PolicyState.version)
_RULES = (
    select(
        PolicyRule.role,
        PolicyRule.domain,
        PolicyRule.resource,
        PolicyRule.action,
        PolicyRule.condition,
        PolicyRule.effect,
    )
    .where(PolicyRule.status == bindparam("standing"))
    .order_by(PolicyRule.id)
)
_CONDITIONS = select(PolicyCondition.name, PolicyCondition.resource, PolicyCondition.tree)
_MEMBERS = select(EntityGroupMember.entity_group, EntityGroupMember.entity_id).where(
    EntityGroupMember.status == bindparam("standing")
)
_LIMITS = select(
    ApprovalLimitRow.role,
    ApprovalLimitRow.person,
    ApprovalLimitRow.entity_id,
    ApprovalLimitRow.document_kind,
    ApprovalLimitRow.currency,
    ApprovalLimitRow.amount,
    ApprovalLimitRow.valid_from,
    ApprovalLimitRow.valid_until,
)
_DUTY_PAIRS = select(DutyPairRow.first_role, DutyPairRow.second_role, DutyPairRow.scope).where(
    DutyPairRow.status == bindparam("standing")
)
_BEGIN = insert(PolicyState).values(version=bindparam("first", type_=BigInteger()))
_BUMP = update(PolicyState).values(version=PolicyState.version + 1).returning(PolicyState.version)


async def gather_version(driver: Driver) -> int:
    """The version in force."""
    return int((await fetch(driver, _VERSION, {})).scalar_one())


async def gather_policy(driver: Driver) -> Policy:
    """The policy in force, whole: read again if it was changed meanwhile. Each change counts the version up."""
    for _ in range(READINGS_MAX):
        version = await gather_version(driver)
        policy = await _read(driver, version)
        if await gather_version(driver) == version:
            return policy.checked()
    raise TimeoutError(f"the access policy changed {READINGS_MAX} times while it was read")


async def apply_next_version(driver: Driver) -> int:
    """Counts the version up, in the transaction of the change."""
    return int((await fetch(driver, _BUMP, {})).scalar_one())


async def write_starting_policy(connection: AsyncConnection) -> None:
    """Writes the starting policy into a database that has none, as owner of the tables."""
    if (await connection.execute(_VERSION)).first() is not None:
        return
    policy = starting_policy()
    rules = [{"id": new_id(), **dict(zip(_WORDS, rule.words, strict=True))} for rule in policy.rules]
    await insert_rows(connection, PolicyRule, rules)
    await insert_rows(connection, PolicyCondition, [{"id": new_id(), **row} for row in starting_conditions()])
    await insert_rows(connection, DutyPairRow, [_pair_row(pair) for pair in policy.duty_pairs])
    await connection.execute(_BEGIN, {"first": FIRST_VERSION})


def _pair_row(pair: DutyPair) -> dict[str, Any]:
    first, second = sorted(map(str, pair.roles))
    return {"id": new_id(), "first_role": first, "second_role": second, "scope": str(pair.scope)}


async def _read(driver: Driver, version: int) -> Policy:
    return policy_of_rows(
        version=version,
        rules=await _rows(driver, _RULES),
        conditions=await _rows(driver, _CONDITIONS),
        members=await _rows(driver, _MEMBERS),
        limits=await _rows(driver, _LIMITS),
        duty_pairs=await _rows(driver, _DUTY_PAIRS),
    )


def policy_of_rows(
    *, version: int, rules: Rows, conditions: Rows, members: Rows, limits: Rows, duty_pairs: Rows
) -> Policy:
    """The policy that rows of the tables say, by the names of their columns. Raises PolicyError."""
    named = [parse_named(row["name"], row["resource"], _tree(row["tree"])) for row in conditions]
    groups: dict[str, frozenset[UUID]] = {}
    for row in members:
        groups[row["entity_group"]] = groups.get(row["entity_group"], frozenset()) | {row["entity_id"]}
    return Policy(
        rules=tuple(parse_rule(row[name] for name in _WORDS) for row in rules),
        groups=groups,
        version=version,
        conditions={each.name: each for each in named},
        limits=tuple(map(_limit, limits)),
        duty_pairs=tuple(
            DutyPair(frozenset({Role(row["first_role"]), Role(row["second_role"])}), DutyScope(row["scope"]))
            for row in duty_pairs
        ),
    )


async def _rows(driver: Driver, statement: Executable) -> Rows:
    return (await fetch(driver, statement, {"standing": Standing.ACTIVE})).mappings().all()


def _tree(stored: Any) -> Any:
    """A connection for reads hands JSON out as text."""
    return orjson.loads(stored) if isinstance(stored, str) else stored


def _limit(row: RowValues) -> ApprovalLimit:
    return ApprovalLimit(
        role=Role(row["role"]) if row["role"] else None,
        person=row["person"],
        entity_id=row["entity_id"],
        kind=Resource(row["document_kind"]),
        currency=row["currency"],
        amount=row["amount"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
    )
