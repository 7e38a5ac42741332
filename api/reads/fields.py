"""Root fields that the compiler answers: lists, lookups by key, and Relay's `node` and `nodes`.

Each carries its own way to be planned. Their resolver is there for operations that also have fields
which are computed: it hands on what was read for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import strawberry

from api.reads.errors import bad_argument, public_id
from api.reads.graphql_types import Arguments, GraphQLTypes, NodeInterface, with_arguments
from api.reads.operation import ReadContext
from api.reads.plan import Plan
from api.reads.planner import Planner
from api.reads.preparing import COMPILED, FieldPlan
from api.reads.registry import ObjectType
from api.reads.selecting import FieldNodes
from api.values.ids import PublicId

IDS_MAX = 100

Info = strawberry.Info[ReadContext, Any]


def connection_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A root field with a page of the node's objects."""
    of = types.registry[node_name]

    def plan(planner: Planner, nodes: FieldNodes, arguments: Mapping[str, Any]) -> Plan:
        return planner.connection(of, nodes, of.node.order, arguments)

    return _field(plan, types.connections[node_name] | None, types.list_arguments(of), description)


def lookup_field(types: GraphQLTypes, node_name: str, description: str) -> Any:
    """A root field with one object: by `id`, or by a business key, with `entityId` where keys are per entity."""
    of = types.registry[node_name]

    def plan(planner: Planner, nodes: FieldNodes, arguments: Mapping[str, Any]) -> Plan | None:
        return planner.lookup(of, nodes, arguments)

    return _field(plan, types.objects[node_name] | None, _lookup_arguments(of), description)


def _lookup_arguments(of: ObjectType) -> Arguments:
    arguments: dict[str, tuple[Any, str]] = {"id": (strawberry.ID, "The public id.")}
    for name, key in of.keys.items():
        arguments[name] = (key.kind.annotation, of.fields[name].description)
    if of.keys and of.node.entity_owned:
        arguments["entityId"] = (strawberry.ID, "The legal entity, where several have an object with the same key.")
    return arguments


def node_field(types: GraphQLTypes) -> Any:
    """Relay's `node`: any object by its id. Null where there is none, or where it is hidden."""

    def plan(planner: Planner, nodes: FieldNodes, arguments: Mapping[str, Any]) -> Plan | None:
        return planner.by_id(nodes, arguments["id"], types.registry.types)

    arguments = {"id": (strawberry.ID, "The public id.")}
    return _field(plan, NodeInterface | None, arguments, "Any object by its id.", required=("id",))


def nodes_field() -> Any:
    """Relay's `nodes`: several objects by their ids, in their order, with null for those that are not there."""

    def plan(planner: Planner, nodes: FieldNodes, arguments: Mapping[str, Any]) -> Plan:
        return planner.by_ids(nodes, arguments["ids"], _identities, keep_missing=True)

    arguments = {"ids": (list[strawberry.ID], f"The public ids, {IDS_MAX} at most.")}
    description = "Several objects by their ids, in the same order; null for one that is not there."
    return _field(plan, list[NodeInterface | None] | None, arguments, description, required=("ids",))


def _identities(ids: Sequence[str]) -> list[PublicId]:
    if len(ids) > IDS_MAX:
        raise bad_argument(f"ids takes {IDS_MAX} ids at most, not {len(ids)}.")
    return [public_id(f"ids.{place}", text) for place, text in enumerate(ids)]


def _field(
    plan: FieldPlan, annotation: Any, arguments: Arguments, description: str, *, required: tuple[str, ...] = ()
) -> Any:
    """Every one is nullable, so that the error of one root field leaves the others intact."""

    async def resolve(info: Info, **_given: object) -> orjson.Fragment | None:
        found: orjson.Fragment | None = await info.context.reads.read(info.path.key, info.context)
        return found

    return strawberry.field(
        resolver=with_arguments(resolve, arguments, required=required),
        description=description,
        graphql_type=annotation,
        metadata={COMPILED: plan},
    )
