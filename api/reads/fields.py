"""Root fields that the compiler answers: lists, lookups by key, and Relay's `node` and `nodes`."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import strawberry
from graphql.execution.values import get_argument_values

from api.reads.errors import bad_argument
from api.reads.graphql_types import Arguments, GraphQLTypes, NodeInterface, with_arguments
from api.reads.planner import IDS_MAX, Planner, ResolveInfo, public_id, raw_info, root_nodes, variables_of
from api.reads.registry import ObjectType
from api.reads.run import ReadContext, read_root

Info = strawberry.Info[ReadContext, Any]


def connection_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A root field with a page of the node's objects."""
    of = types.registry[node_name]

    async def resolve(info: Info, **_given: object) -> orjson.Fragment | None:
        raw = raw_info(info)
        planner = Planner(types.registry, raw)
        plan = planner.connection(of, root_nodes(raw), of.node.order, _arguments(raw))
        return await read_root(info.context, planner.finished(plan))

    return _field(resolve, types.connections[node_name], types.list_arguments(of), description)


def lookup_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A root field with one object: by `id`, or by a business key, with `entityId` where keys are per entity."""
    of = types.registry[node_name]

    async def resolve(info: Info, **_given: object) -> orjson.Fragment | None:
        raw = raw_info(info)
        planner = Planner(types.registry, raw)
        plan = planner.lookup(of, root_nodes(raw), _arguments(raw))
        return None if plan is None else await read_root(info.context, planner.finished(plan))

    return _field(resolve, types.objects[node_name] | None, _lookup_arguments(of), description)


def _lookup_arguments(of: ObjectType) -> Arguments:
    arguments: dict[str, tuple[Any, str]] = {"id": (strawberry.ID, "The public id.")}
    for name, key in of.keys.items():
        arguments[name] = (key.kind.annotation, of.fields[name].description)
    if of.keys and of.node.entity_owned:
        arguments["entityId"] = (strawberry.ID, "The legal entity, where several have an object with the same key.")
    return arguments


def node_field(types: GraphQLTypes) -> Any:
    """Relay's `node`: any object by its id. Null where there is none, or where it is hidden."""

    async def resolve(info: Info, **_given: object) -> orjson.Fragment | None:
        raw = raw_info(info)
        planner = Planner(types.registry, raw)
        identity = public_id("id", _arguments(raw)["id"])
        of = types.registry.types.get(identity.type)
        plan = planner.by_id(of, root_nodes(raw), identity) if of else None
        return None if plan is None else await read_root(info.context, planner.finished(plan))

    arguments = {"id": (strawberry.ID, "The public id.")}
    return _field(resolve, NodeInterface | None, arguments, "Any object by its id.", required=("id",))


def nodes_field(types: GraphQLTypes) -> Any:
    """Relay's `nodes`: several objects by their ids, in their order, with null for those that are not there."""

    async def resolve(info: Info, **_given: object) -> orjson.Fragment | None:
        raw = raw_info(info)
        planner, ids = Planner(types.registry, raw), _arguments(raw)["ids"]
        if len(ids) > IDS_MAX:
            raise bad_argument(f"ids takes {IDS_MAX} ids at most, not {len(ids)}.")
        identities = [public_id(f"ids.{place}", text) for place, text in enumerate(ids)]
        plan = planner.by_ids(root_nodes(raw), identities, keep_missing=True)
        return await read_root(info.context, planner.finished(plan))

    arguments = {"ids": (list[strawberry.ID], f"The public ids, {IDS_MAX} at most.")}
    description = "Several objects by their ids, in the same order; null for one that is not there."
    return _field(resolve, list[NodeInterface | None], arguments, description, required=("ids",))


def _field(
    resolve: Callable[..., Awaitable[Any]],
    annotation: Any,
    arguments: Arguments,
    description: str,
    *,
    required: tuple[str, ...] = (),
) -> Any:
    resolver = with_arguments(resolve, arguments, required=required)
    return strawberry.field(resolver=resolver, description=description, graphql_type=annotation)


def _arguments(info: ResolveInfo) -> dict[str, Any]:
    """The field's arguments as GraphQL coerced them, before strawberry makes objects of them."""
    declared = info.parent_type.fields[info.field_name]
    return get_argument_values(declared, info.field_nodes[0], variables_of(info))
