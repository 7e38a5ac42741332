"""A use case becomes a mutation.

`mutation_field` declares one: the use case, its command, and the objects that the payload shows. The GraphQL input is
the command (inputs.py) with `idempotencyKey` and `dryRun`; the payload has the objects, typed errors, warnings, and
whether it repeats an earlier answer. `mutation_type` assembles all of them into the root type. Whatever the caller got
wrong is an error of the payload; only what is nobody's fault but ours leaves as a top-level error.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Protocol

import orjson
import strawberry

from api.reads.graphql_types import GraphQLTypes
from api.reads.operation import ReadContext
from api.reads.payloads import object_field, objects_field, read_payload
from api.writes.commands import Given, to_command
from api.writes.errors import MutationRefusal, MutationWarning, to_error, to_warning
from api.writes.inputs import declared_class, input_type
from api.writes.telling import tellable
from authz.actor import Actor
from kernel.operation import Call, Operation, Operations
from kernel.outcome import Done, Outcome
from kernel.refusal import Refusal, invalid
from masterdata.governance.engine import Activation

IDEMPOTENCY_KEY_LENGTH_MAX = 200
UseCase = Callable[[Operation[Actor], Any], Awaitable[Done]]
Objects = Mapping[str, orjson.Fragment | None]
COMMAND = "command"
"""In the metadata of a root field: the `MutationField` that it runs."""

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
_LIST = re.compile(r"\[(\w+)\]")


@dataclass(frozen=True, kw_only=True)
class Payload:
    """The answer, as the generated payload types show it. `objects` go by response key."""

    objects: Objects
    errors: list[MutationRefusal]
    warnings: list[MutationWarning]
    replayed: bool


class CommandContext(ReadContext, Protocol):
    """What running a command needs of the request."""

    @property
    def actor(self) -> Actor:
        """Who asks."""

    @property
    def operations(self) -> Operations:
        """Runs commands."""

    @property
    def activation(self) -> Activation:
        """Makes approved change requests active."""

    async def identified_anew(self) -> Actor:
        """Finds out again who asks."""


class PayloadContext(Protocol):
    """What completing a payload needs of the request."""

    def payload(self, key: str | int) -> Payload:
        """What became of the command with this response key; raises what it raised."""


@dataclass(frozen=True, kw_only=True)
class MutationField:
    """One mutation, declared. `objects`: payload field to the name of its type, `[Type]` for several."""

    name: str
    runs: "Runs"
    command: type
    objects: Mapping[str, str]
    description: str

    @property
    def type_prefix(self) -> str:
        """What the names of its input and payload begin with."""
        return self.name[0].upper() + self.name[1:]

    @property
    def payload_name(self) -> str:
        """The name of its payload's type."""
        return f"{self.type_prefix}Payload"

    @cached_property
    def shown(self) -> frozenset[str]:
        """The names that its use case gives the objects of its payload."""
        return frozenset(map(_python_name, self.objects))

    def shows_several(self, name: str) -> bool:
        """Whether a field of its payload is a list of objects."""
        return _LIST.fullmatch(self.objects[name]) is not None


class Runs(Protocol):
    """Runs a command for a request: on the engine that may do what it does."""

    async def __call__(
        self,
        context: CommandContext,
        command: Any,
        call: Call,
        *,
        read: Callable[[Any, Done], Awaitable[Objects]],
        reload: Callable[[], Awaitable[Actor]],
    ) -> Outcome[Objects]:
        """Runs it once, and reads what the payload shows of it."""


def mutation_field(
    *, name: str, use_case: UseCase, command: type, objects: Mapping[str, str], description: str
) -> MutationField:
    """Declares a mutation: `mutation_field(name="placeSalesOrder", objects={"salesOrder": "SalesOrder"}, ...)`."""

    async def runs(context: CommandContext, command: Any, call: Call, **reading: Any) -> Outcome[Objects]:
        return await context.operations.run(context.actor, use_case, command, call, **reading)

    return mutation_run_by(runs, name=name, command=command, objects=objects, description=description)


def mutation_run_by(
    runs: Runs, *, name: str, command: type, objects: Mapping[str, str], description: str
) -> MutationField:
    """Declares a mutation whose command is not run as others are."""
    assert description, f"{name} has no description"
    return MutationField(name=name, runs=runs, command=command, objects=objects, description=description)


def mutation_type(declared: Iterable[MutationField], types: GraphQLTypes) -> type:
    """The root type of all mutations, over the object types of the read compiler."""
    members = {field.name: _resolved(field, _payload_type(field, types)) for field in declared}
    return declared_class("Mutation", members, strawberry.type, "Everything that changes something.")


def _resolved(field: MutationField, payload_type: Any) -> tuple[Any, Any]:
    """The annotation and the strawberry field with its resolver."""
    given_type = input_type(field.command, f"{field.type_prefix}Input", _every_input())

    def resolve(info: Any, given: Any) -> Payload:  # noqa: ARG001 - the command has run (answer.py)
        context: PayloadContext = info.context
        return context.payload(info.path.key)

    # Strawberry reads the arguments from the annotations, which are known only now.
    resolve.__annotations__ = {
        "info": strawberry.Info,
        "given": Annotated[given_type, strawberry.argument(name="input", description="What is asked for.")],
        "return": payload_type,
    }
    made = strawberry.mutation(
        resolver=resolve, name=field.name, description=field.description, metadata={COMMAND: field}
    )
    return payload_type, made


async def run_command(field: MutationField, key: str, given: Given, context: CommandContext) -> Payload:
    """Runs the command that an input asks for. `key` is the response key of its payload."""
    try:
        call = _call(field.name, given)
        command = to_command(field.command, given)
    except Refusal as refusal:
        return _payload(Outcome(refused=refusal.reasons), context.actor)

    async def read(driver: Any, done: Done) -> Objects:
        unknown = done.objects.keys() - field.shown
        assert not unknown, f"{field.name} made {unknown}, which no payload shows"
        return await read_payload(driver, context, key, done.objects)

    outcome = await field.runs(context, command, call, read=read, reload=context.identified_anew)
    return _payload(outcome, context.actor)


def _call(mutation: str, given: Given) -> Call:
    key: str = given["idempotencyKey"]
    if not 0 < len(key) <= IDEMPOTENCY_KEY_LENGTH_MAX:
        text = f"An idempotency key has 1 to {IDEMPOTENCY_KEY_LENGTH_MAX} characters."
        raise Refusal(invalid(text, "idempotencyKey"))
    if not key.isprintable() or not key.strip():
        raise Refusal(invalid("An idempotency key has characters that can be seen.", "idempotencyKey"))
    return Call(mutation=mutation, idempotency_key=key, dry_run=given["dryRun"])


def _payload(outcome: Outcome[Objects], actor: Actor) -> Payload:
    return Payload(
        objects=outcome.payload or {},
        errors=[to_error(tellable(refused, actor)) for refused in outcome.refused],
        warnings=[to_warning(notice) for notice in outcome.done.warnings] if outcome.done else [],
        replayed=outcome.replayed,
    )


def _payload_type(field: MutationField, types: GraphQLTypes) -> type:
    members = {_python_name(name): (Any, _object_field(kind, types)) for name, kind in field.objects.items()}
    return declared_class(
        field.payload_name,
        {**members, **_every_payload()},
        strawberry.type,
        f"What became of {field.name}.",
    )


def _object_field(kind: str, types: GraphQLTypes) -> Any:
    if several := _LIST.fullmatch(kind):
        return objects_field(types, several[1], "What was made or changed; empty if the mutation was refused.")
    return object_field(types, kind, "What was made or changed; null if the mutation was refused.")


def _every_input() -> dict[str, tuple[Any, Any]]:
    key = "Names this request: sent again with the same key, it is done once. 1 to 200 characters of your choice."
    dry_run = "Whether to check and compute everything, show the result, and change nothing."
    return {
        "idempotency_key": (str, strawberry.field(description=key)),
        "dry_run": (bool, strawberry.field(description=dry_run, default=False)),
    }


def _every_payload() -> dict[str, tuple[Any, Any]]:
    replayed = "Whether this repeats the answer to an earlier request with the same idempotency key."
    return {
        "errors": (
            list[MutationRefusal],
            strawberry.field(description="Why the mutation was refused; empty if it was done."),
        ),
        "warnings": (
            list[MutationWarning],
            strawberry.field(description="What you should know although the mutation was done."),
        ),
        "replayed": (bool, strawberry.field(description=replayed)),
    }


def _python_name(name: str) -> str:
    """The name that use cases give their objects: salesOrder is sales_order."""
    return _CAPITAL.sub("_", name).lower()
