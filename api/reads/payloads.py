"""Payload fields: the objects that a mutation made or changed, read through the selection that came with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson
import strawberry

from api.reads.graphql_types import GraphQLTypes, list_of
from api.reads.operation import ReadContext
from api.reads.plan import Plan
from api.reads.planner import Planner
from api.reads.preparing import MADE
from api.reads.run import Driver
from api.reads.selecting import FieldNodes
from api.reads.variables import Given
from kernel.outcome import Ref


class Payload(Protocol):
    """What a mutation answers: its objects as JSON, by response key."""

    @property
    def objects(self) -> Mapping[str, orjson.Fragment | None]: ...


def object_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A payload field with one object of the node, read by `read_payload`."""
    of = types.registry[node_name]

    def plan(planner: Planner, nodes: FieldNodes, refs: Given) -> Plan:
        return planner.made(of, nodes, refs)

    return strawberry.field(
        resolver=_payload_value,
        description=description,
        graphql_type=types.objects[node_name] | None,
        metadata={MADE: plan},
    )


def objects_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A payload field with a list of objects of the node, read by `read_payload`."""
    of = types.registry[node_name]

    def plan(planner: Planner, nodes: FieldNodes, refs: Given) -> Plan:
        return planner.all_made(of, nodes, refs)

    return strawberry.field(
        resolver=_payload_values,
        description=description,
        graphql_type=list_of(types.objects[node_name]),
        metadata={MADE: plan},
    )


def _payload_value(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
    return root.objects.get(info.path.key)


def _payload_values(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
    return root.objects.get(info.path.key, [])


async def read_payload(
    driver: Driver, context: ReadContext, key: str | int, refs: Mapping[str, Sequence[Ref]]
) -> dict[str, orjson.Fragment | None]:
    """Reads the objects that a mutation's payload selects, one statement for each selected field.

    `key` is the payload's response key. `refs` are the operation's objects by the Python name or the GraphQL name of
    their payload field (`Done.objects`). The result goes by response key, since one field may be selected twice under
    different aliases.
    """
    policy = context.row_policy
    reads = context.reads.suiting(policy).of_payload(key, refs)
    return {name: await each.answer(driver, policy) for name, each in reads.items()}
