"""Payload fields: the objects that a mutation made or changed, read through the selection that came with it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson
import strawberry
from graphql import GraphQLObjectType, get_named_type, get_nullable_type, is_list_type
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.utils.str_converters import to_camel_case

from api.reads.graphql_types import GraphQLTypes, list_of
from api.reads.planner import Planned, Planner, ResolveInfo, identity_of, raw_info, root_nodes
from api.reads.policy import RowPolicy
from api.reads.registry import Registry
from api.reads.run import read
from kernel.outcome import Ref


class Payload(Protocol):
    """What a mutation answers: its objects as JSON, by response key."""

    @property
    def objects(self) -> Mapping[str, orjson.Fragment | None]: ...


def object_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A payload field with one object of the node, read by `read_payload`."""
    return strawberry.field(
        resolver=_payload_value, description=description, graphql_type=types.objects[node_name] | None
    )


def objects_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A payload field with a list of objects of the node, read by `read_payload`."""
    return strawberry.field(
        resolver=_payload_values, description=description, graphql_type=list_of(types.objects[node_name])
    )


def _payload_value(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
    return root.objects.get(info.path.key)


def _payload_values(root: strawberry.Parent[Any], info: strawberry.Info) -> Any:
    return root.objects.get(info.path.key, [])


async def read_payload(
    connection: AsyncConnection,
    registry: Registry,
    info: strawberry.Info,
    refs: Mapping[str, Sequence[Ref]],
    policy: RowPolicy,
) -> dict[str, orjson.Fragment | None]:
    """Reads the objects that a mutation's payload selects, one statement for each selected field.

    `refs` are the operation's objects by the Python name or the GraphQL name of their payload field (`Done.objects`).
    The result goes by response key, since one field may be selected twice under different aliases.
    """
    planned = _plan_payload(raw_info(info), registry, refs)
    return {key: await read(connection, plan, policy) for key, plan in planned.items()}


def _plan_payload(info: ResolveInfo, registry: Registry, refs: Mapping[str, Sequence[Ref]]) -> dict[str, Planned]:
    payload = get_named_type(info.return_type)
    assert isinstance(payload, GraphQLObjectType)
    by_field = {to_camel_case(name): given for name, given in refs.items()}
    planned: dict[str, Planned] = {}
    for key, nodes in Planner(registry, info).selected(payload.name, root_nodes(info)):
        name = nodes[0].node.name.value
        if by_field.get(name):
            planner = Planner(registry, info)
            identities = [identity_of(ref) for ref in by_field[name]]
            if is_list_type(get_nullable_type(payload.fields[name].type)):
                planned[key] = planner.finished(planner.by_ids(nodes, identities, keep_missing=False))
            else:
                (identity,) = identities
                plan = planner.by_id(registry[identity.type], nodes, identity)
                assert plan is not None, f"{identity} has no key of its type"
                planned[key] = planner.finished(plan)
    return planned
